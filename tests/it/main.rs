//! All tests of the crate from outside, in one binary. One folder per part of `src`, one file per concern.

// Without any vendor there is no call to test.
#![cfg(any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
// One vendor alone does not use all of what the tests share.
#![cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")),
    allow(unused)
)]
// The library's lints of the same name are about its callers.
#![allow(unreachable_pub, missing_docs, missing_debug_implementations)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_futures
)]

// The same tests hold both: each is run alone, too.
#[cfg(not(any(feature = "reqwest", feature = "hyper")))]
compile_error!("the tests need a transport: the feature `reqwest` or `hyper`");

// One vendor alone does not use all of what the tests share.
#[cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")),
    allow(dead_code)
)]
mod support;

mod coverage;
mod customer;
mod docs;
mod documents;
mod engine;
#[cfg(feature = "events")]
mod events;
// The tables hold all vendors.
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod generated;
mod models;
mod mutation;
mod sandbox;
mod source;
mod wire;
mod writes;

#[cfg(feature = "apideck")]
mod apideck;
#[cfg(feature = "codat")]
mod codat;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
