//! What the tests share: clients, a server that records, a transport in memory, a call of every operation.

pub mod calls;
pub mod child;
#[cfg(all(feature = "http2", feature = "rustls"))]
pub mod h2;
pub mod memory;
pub mod models;
pub mod raw;
pub mod refusals;
#[cfg(feature = "rustls")]
pub mod tls;
pub mod traces;
pub mod wire;

use connectory::operation::Operation;
use connectory::{Call, Client, ClientBuilder, Provider};
use memory::{Memory, Step};
use std::{fmt::Debug, sync::Arc, time::Duration};

pub const DECK_CLIENT_ID: &str = "deck-client-id";
pub const DECK_SECRET: &str = "deck-secret-1f0c";
pub const APIDECK_KEY: &str = "sk_test_apideck_key";
pub const APIDECK_APP: &str = "dSBdXd2H6Mqwfg0atXHXYcysLJE9qyn1VwBtXHX";
pub const CONSUMER: &str = "test-consumer";
pub const CODAT_KEY: &str = "codat-api-key";
pub const DECK_V2_KEY: &str = "sk_live_deck_v2_key";
pub const COMPANY: &str = "8a210b68-6988-11ed-a1eb-0242ac120002";

/// A client of every vendor that is compiled in, all at this base URL.
pub fn builder(base: &str) -> ClientBuilder {
    let builder = Client::builder();
    #[cfg(feature = "deck")]
    let builder = builder.deck(connectory::deck::Config::at(base, DECK_CLIENT_ID, DECK_SECRET));
    #[cfg(feature = "apideck")]
    let builder = builder.apideck(
        connectory::apideck::Config::new(APIDECK_KEY, APIDECK_APP).consumer_id(CONSUMER).base_url(base),
    );
    #[cfg(feature = "codat")]
    let builder = builder.codat(connectory::codat::Config::new(CODAT_KEY).base_url(base));
    #[cfg(feature = "deck-v2")]
    let builder = builder.deck_v2(connectory::deck_v2::Config::new(DECK_V2_KEY).base_url(base));
    builder
}

/// [`builder`], built, whatever the environment says of proxies.
pub fn client(base: &str) -> Client {
    builder(base).no_proxy().build().unwrap()
}

/// A reqwest builder of one's own, which knows its TLS.
#[cfg(feature = "reqwest-0-13")]
pub fn reqwest_builder() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().no_proxy();
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_preconfigured(tls::client_config());
    builder
}

/// A client of the sandbox with the consumer that the cases are for.
pub fn of_sandbox(sandbox: &connectory::sandbox::Sandbox) -> ClientBuilder {
    let builder = sandbox.client_builder();
    // What it knows its application by, unless it is told otherwise.
    #[cfg(feature = "apideck")]
    let builder = builder.apideck(
        connectory::apideck::Config::new("sk_test_sandbox_5b1e0d77", "sandbox-app")
            .consumer_id(CONSUMER)
            .base_url(sandbox.base_url(Provider::Apideck)),
    );
    builder
}

/// What comes of this work, which fails the test instead of keeping it for ever.
pub async fn ends<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work).await.expect("it ends in time")
}

/// One builder for each vendor that is compiled in, with no other vendor in it.
pub fn vendors(base: &str) -> Vec<(Provider, ClientBuilder)> {
    vec![
        #[cfg(feature = "deck")]
        (
            Provider::Deck,
            Client::builder().deck(connectory::deck::Config::at(base, DECK_CLIENT_ID, DECK_SECRET)),
        ),
        #[cfg(feature = "apideck")]
        (
            Provider::Apideck,
            Client::builder()
                .apideck(connectory::apideck::Config::new(APIDECK_KEY, APIDECK_APP).base_url(base)),
        ),
        #[cfg(feature = "codat")]
        (Provider::Codat, Client::builder().codat(connectory::codat::Config::new(CODAT_KEY).base_url(base))),
        #[cfg(feature = "deck-v2")]
        (
            Provider::DeckV2,
            Client::builder().deck_v2(connectory::deck_v2::Config::new(DECK_V2_KEY).base_url(base)),
        ),
    ]
}

/// A client of every vendor that touches no network.
pub fn offline(memory: &Memory) -> Client {
    offline_builder(memory).build().unwrap()
}

pub fn offline_builder(memory: &Memory) -> ClientBuilder {
    builder("http://127.0.0.1:1").transport(Arc::new(memory.clone()))
}

/// The answer of a success of this operation.
pub fn success(operation: &Operation) -> Step {
    calls::all().into_iter().find(|call| call.id == operation.id()).unwrap().success("s3cret")
}

/// The idempotency key among these headers of a request.
pub fn idempotency_key(headers: &http::HeaderMap) -> Option<String> {
    let key = ["idempotency-key", "x-deck-idempotency-key"].iter().find_map(|name| headers.get(*name))?;
    Some(key.to_str().unwrap().to_owned())
}

/// A call that may be repeated, of a vendor that is compiled in: for what holds for every call.
#[cfg(feature = "codat")]
pub fn a_call(client: &Client) -> Call<impl Debug + 'static> {
    client.codat().companies().get_access_token(COMPANY)
}

/// A call that may be repeated, of a vendor that is compiled in: for what holds for every call.
#[cfg(all(feature = "apideck", not(feature = "codat")))]
pub fn a_call(client: &Client) -> Call<impl Debug + 'static> {
    client.apideck().vault().connections().get("crm", "salesforce")
}

/// A call that may be repeated, of a vendor that is compiled in: for what holds for every call.
#[cfg(all(feature = "deck", not(any(feature = "apideck", feature = "codat"))))]
pub fn a_call(client: &Client) -> Call<impl Debug + 'static> {
    use connectory::deck::connections::UpdateWebhook;
    let body = UpdateWebhook::new("access-token", "https://example.com/hook", true);
    client.deck().connections().update_webhook(&body)
}

/// A call that may be repeated, of a vendor that is compiled in: for what holds for every call.
#[cfg(not(any(feature = "deck", feature = "apideck", feature = "codat")))]
pub fn a_call(client: &Client) -> Call<impl Debug + 'static> {
    client.deck_v2().agents().get("agt_1")
}
