// The README's examples talk to all three vendors.
#![cfg_attr(all(feature = "deck", feature = "apideck", feature = "codat"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat")),
    doc = "One typed, async client for the connection APIs of Deck, Apideck Vault and Codat."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// One vendor alone, or a client without TLS, does not use all of what the others share.
#![cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat", feature = "rustls")),
    allow(unused)
)]

mod call;
mod client;
mod download;
mod engine;
mod env;
mod error;
// Without a vendor there is no call to fuzz.
#[cfg(all(any(test, fuzzing), any(feature = "deck", feature = "apideck", feature = "codat")))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg_attr(not(all(feature = "deck", feature = "apideck", feature = "codat")), allow(unused))]
mod types;

#[cfg(feature = "apideck")]
pub mod apideck;
#[cfg(feature = "codat")]
pub mod codat;
#[cfg(feature = "deck")]
pub mod deck;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;

pub use call::{Call, Response};
pub use client::{Client, ClientBuilder};
pub use download::Download;
pub use engine::{
    Auth, Body, Consumer, Operation, Provider, Repeat, ReqwestTransport, RetryPolicy, SendError, Transport,
    TransportFuture,
};
pub use error::{
    ApiError, ConfigError, DecodeError, Error, Outcome, RedirectError, RequestError, TransportError,
    TransportErrorKind, WriteError,
};
#[cfg(feature = "jiff")]
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
pub use types::Moment;
pub use types::{JsonMap, OtherJson, Patch, Secret, SecretUrl, Timestamp, UnixMillis, UnknownValue, Unread};

// What the public API is made of besides: a `Transport` is written with them.
pub use {bytes, http};

/// Every operation of the vendors that are compiled in.
///
/// For coverage tests and for tools; the calls themselves are methods of the sub-clients.
#[doc(hidden)]
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let groups: &[&[&Operation]] = &[
        #[cfg(feature = "deck")]
        deck::link::OPERATIONS,
        #[cfg(feature = "deck")]
        deck::connections::OPERATIONS,
        #[cfg(feature = "deck")]
        deck::jobs::OPERATIONS,
        #[cfg(feature = "deck")]
        deck::documents::OPERATIONS,
        #[cfg(feature = "apideck")]
        apideck::vault::connections::OPERATIONS,
        #[cfg(feature = "codat")]
        codat::companies::OPERATIONS,
        #[cfg(feature = "codat")]
        codat::connection_management::OPERATIONS,
    ];
    groups.concat().into_iter()
}

/// The code in `docs/` compiles.
#[cfg(all(doctest, feature = "deck", feature = "apideck", feature = "codat"))]
mod pages {
    #[doc = include_str!("../docs/architecture.md")]
    mod architecture {}
    #[doc = include_str!("../docs/deck.md")]
    mod deck {}
    #[doc = include_str!("../docs/errors.md")]
    mod errors {}
    #[doc = include_str!("../docs/operations.md")]
    mod operations {}
    #[doc = include_str!("../docs/performance.md")]
    mod performance {}
    #[doc = include_str!("../docs/reliability.md")]
    mod reliability {}
    #[doc = include_str!("../docs/security.md")]
    mod security {}
    #[doc = include_str!("../docs/testing.md")]
    mod testing {}
}
