//! The work with connectory.

use connectory::apideck::{
    Envelope,
    vault::connections::{Connection, ListConnections},
};
use connectory::deck::connections::{AccessTokenRequest, InvalidatedAccessToken};
use connectory::{Client, apideck, deck};

#[derive(Clone)]
pub struct Ours(Client);

impl Ours {
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .deck(deck::Config::at(base, "client-id", "secret"))
            .apideck(apideck::Config::new("key", "app").consumer_id("consumer").base_url(base))
            // 10,000 connections are 40 MB.
            .max_body(100_000_000)
            .build();
        Self(client.expect("the settings are good"))
    }

    pub fn client(&self) -> &Client {
        &self.0
    }

    pub async fn get(&self) -> Envelope<Connection> {
        let connections = self.0.apideck().vault().connections();
        connections.get("crm", "salesforce").await.expect("an answer")
    }

    pub async fn list(&self) -> Envelope<Vec<Connection>> {
        let query = ListConnections::new().api("crm").configured(true);
        self.0.apideck().vault().connections().list(&query).await.expect("an answer")
    }

    pub async fn rotate(&self) -> InvalidatedAccessToken {
        let body = AccessTokenRequest::new("access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51");
        self.0.deck().connections().invalidate_access_token(&body).await.expect("an answer")
    }
}

/// Decodes what `list` answers.
pub fn decode(json: &[u8]) -> Envelope<Vec<Connection>> {
    serde_json::from_slice(json).expect("the example decodes")
}
