// The README's examples talk to all vendors, and to the sandbox.
#![cfg_attr(
    all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2", feature = "sandbox"),
    doc = include_str!("guide_links.md"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(
        feature = "deck",
        feature = "apideck",
        feature = "codat",
        feature = "deck-v2",
        feature = "sandbox"
    )),
    doc = "One typed, async client for the connection APIs of Deck (v1 and v2), Apideck Vault and Codat."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// One vendor alone, or a client without TLS, does not use all of what the others share.
#![cfg_attr(
    not(all(
        feature = "deck",
        feature = "apideck",
        feature = "codat",
        feature = "deck-v2",
        any(feature = "reqwest", feature = "hyper"),
        feature = "rustls"
    )),
    allow(unused)
)]

mod call;
mod client;
mod engine;
mod env;
mod error;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub mod events;
pub mod operation;
mod provider;
mod rate_limit;
// Without a vendor there is no call to fuzz.
#[cfg(all(
    any(test, fuzzing),
    any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")
))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")),
    allow(unused)
)]
mod types;

#[cfg(feature = "apideck")]
#[cfg_attr(docsrs, doc(cfg(feature = "apideck")))]
pub mod apideck;
#[cfg(feature = "codat")]
#[cfg_attr(docsrs, doc(cfg(feature = "codat")))]
pub mod codat;
// Without a vendor nobody has a customer.
#[cfg(any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
pub mod customer;
#[cfg(feature = "deck")]
#[cfg_attr(docsrs, doc(cfg(feature = "deck")))]
pub mod deck;
#[cfg(feature = "deck-v2")]
#[cfg_attr(docsrs, doc(cfg(feature = "deck-v2")))]
pub mod deck_v2;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;

#[cfg(all(
    any(doc, doctest),
    feature = "deck",
    feature = "apideck",
    feature = "codat",
    feature = "deck-v2",
    feature = "sandbox"
))]
pub mod guide;

pub use call::{Call, Download, Paged, Pages, RequestBuilder, Response, Until, Waited};
pub use client::{Client, ClientBuilder};
#[cfg(feature = "reqwest-0-13")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
pub use engine::ReqwestTransport;
pub use engine::{AttemptInfo, Body, HttpStack, RetryPolicy, SendError, Transport, TransportFuture};
pub use error::{
    ApiError, ConfigError, DecodeCategory, DecodeError, Error, Outcome, RedirectError, RequestError,
    TransportError, TransportErrorKind, VendorBody, WriteError,
};
pub use provider::Provider;
pub use rate_limit::{RateLimit, RateLimitScope};
#[cfg(feature = "chrono-0-4")]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
pub use types::ChronoMoment;
#[cfg(feature = "jiff-0-2")]
#[cfg_attr(docsrs, doc(cfg(feature = "jiff-0-2")))]
pub use types::Moment;
pub use types::{JsonMap, OtherJson, Patch, Secret, SecretUrl, Timestamp, UnixMillis, UnknownValue, Unread};

use operation::Operation;

// What the public API is made of besides: a `Transport` and values of open JSON are written with them.
pub use {bytes, http, http_body, serde_json};

/// All operations of the vendors that are compiled in, in the order of the guides.
///
/// For tables, tests and tools; the calls themselves are methods of the sub-clients.
///
/// ```
/// use connectory::operation::Repeat;
///
/// let writes = connectory::operations().filter(|operation| operation.repeat() != Repeat::Read);
/// for operation in writes {
///     println!("{operation}: {} {}, {}", operation.method(), operation.path(), operation.reason());
/// }
/// ```
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    const PROVIDERS: &[&[&[&Operation]]] = &[
        #[cfg(feature = "deck")]
        deck::OPERATIONS,
        #[cfg(feature = "apideck")]
        apideck::OPERATIONS,
        #[cfg(feature = "codat")]
        codat::OPERATIONS,
        #[cfg(feature = "deck-v2")]
        deck_v2::OPERATIONS,
    ];
    PROVIDERS.iter().copied().flatten().copied().flatten().copied()
}
