//! What all vendors' webhooks have in common: verified deliveries, and why one is refused.
//!
//! Each vendor has its own `Verifier` and `Event`, in its own `events` module. `docs/events.md` shows a whole handler.
//!
//! ```
//! # #[cfg(feature = "codat")] {
//! use connectory::codat::events::{Event, Verifier};
//! use connectory::events::EventError;
//! use connectory::http::HeaderMap;
//!
//! fn received(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(), EventError> {
//!     let delivery = verifier.verify(headers, body)?;
//!     match delivery.event() {
//!         Event::ConnectionConnected(connected) => println!("{} works", connected.connection.id),
//!         Event::Other(_) => println!("{:?} is new to me", delivery.event_type()),
//!         _ => {}
//!     }
//!     Ok(())
//! }
//! # }
//! ```

mod delivery;
mod error;
mod event;
mod headers;
pub(crate) mod signature;
#[cfg(any(feature = "codat", feature = "deck-v2"))]
pub(crate) mod standard_webhooks;
mod verifier;

pub use delivery::Delivery;
pub use error::EventError;
pub use event::RawEvent;
pub(crate) use event::{events, read};
pub(crate) use headers::Headers;
pub(crate) use verifier::{Bounds, verifier_methods};
