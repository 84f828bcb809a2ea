//! What the tests share: clients, a server that records, a transport in memory, a call of every operation.

pub mod calls;
pub mod memory;
pub mod refusals;
pub mod wire;

use connectory::{Client, ClientBuilder};

pub const DECK_CLIENT_ID: &str = "deck-client-id";
pub const DECK_SECRET: &str = "deck-secret-1f0c";
pub const APIDECK_KEY: &str = "sk_test_apideck_key";
pub const APIDECK_APP: &str = "dSBdXd2H6Mqwfg0atXHXYcysLJE9qyn1VwBtXHX";
pub const CONSUMER: &str = "test-consumer";
pub const CODAT_KEY: &str = "codat-api-key";
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
    builder
}

/// [`builder`], built, whatever the environment says of proxies.
pub fn client(base: &str) -> Client {
    builder(base).no_proxy().build().unwrap()
}
