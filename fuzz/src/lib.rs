//! What the targets of the vendors' models share: the tests' own table of calls, so that a new operation is fuzzed too.

#[path = "../../tests/it/support/calls/mod.rs"]
pub mod calls;
#[path = "../../tests/it/support/memory.rs"]
pub mod memory;
#[path = "../../tests/it/support/models.rs"]
pub mod models;

use connectory::{Client, Provider, apideck, codat, deck, deck_v2};
use memory::Memory;
use models::Models;
use std::sync::Arc;

const BASE: &str = "https://vendor.example";

/// Answers the calls of this vendor with these bytes.
pub fn answer(provider: Provider, data: &[u8]) {
    thread_local! {
        static MODELS: Models = Models::new(client);
    }
    MODELS.with(|models| models.answer(provider, data));
}

fn client(memory: &Memory) -> Client {
    Client::builder()
        .deck(deck::Config::at(BASE, "id", "secret"))
        .apideck(apideck::Config::new("key", "app").consumer_id("consumer").base_url(BASE))
        .codat(codat::Config::new("key").base_url(BASE))
        .deck_v2(deck_v2::Config::new("key").base_url(BASE))
        .transport(Arc::new(memory.clone()))
        .build()
        .expect("a client that touches no network")
}
