//! The work with connectory.

use connectory::apideck::{
    Envelope,
    vault::connections::{
        Connection, ConnectionConfiguration, CustomMappingInput, ListConnections, UpdateConnection,
    },
};
use connectory::codat::companies::CompanyAccessToken;
use connectory::deck::connections::{AccessTokenRequest, InvalidatedAccessToken};
use connectory::{Client, Error, HttpStack, JsonMap, apideck, codat, deck};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

#[derive(Clone)]
pub struct Ours {
    client: Client,
    update: Arc<UpdateConnection>,
}

impl Ours {
    pub fn new(base: &str, update: &str, stack: HttpStack) -> Self {
        let client = Client::builder()
            .http_stack(stack)
            .deck(deck::Config::at(base, "client-id", "secret"))
            .apideck(apideck::Config::new("key", "app").consumer_id("consumer").base_url(base))
            .codat(codat::Config::new("key").base_url(base))
            // 10,000 connections are 40 MB.
            .max_body(100_000_000)
            .build();
        Self { client: client.expect("the settings are good"), update: Arc::new(read_update(update)) }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub async fn get(&self) -> Envelope<Connection> {
        let connections = self.client.apideck().vault().connections();
        connections.get("crm", "salesforce").await.expect("an answer")
    }

    pub async fn list(&self) -> Envelope<Vec<Connection>> {
        let query = ListConnections::new().api("crm").configured(true);
        self.client.apideck().vault().connections().list(&query).await.expect("an answer")
    }

    pub async fn rotate(&self) -> InvalidatedAccessToken {
        let body = AccessTokenRequest::new("access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51");
        self.client.deck().connections().invalidate_access_token(&body).await.expect("an answer")
    }

    pub async fn update(&self) -> Envelope<Connection> {
        let connections = self.client.apideck().vault().connections();
        connections.update("crm", "salesforce", &self.update).await.expect("an answer")
    }

    /// Gets a connection that the vendor refuses to give.
    pub async fn refused(&self) -> Error {
        let connections = self.client.apideck().vault().connections();
        let error = connections.get("crm", "salesforce").await.expect_err("a refusal");
        assert!(matches!(error, Error::Unprocessable(_)));
        error
    }

    pub async fn token(&self) -> CompanyAccessToken {
        let companies = self.client.codat().companies();
        companies.get_access_token("8a210b68-6988-11ed-a1eb-0242ac120002").await.expect("an answer")
    }
}

/// The vendor's example of an update.
fn read_update(json: &str) -> UpdateConnection {
    fn member<T: DeserializeOwned>(example: &Value, name: &str) -> T {
        T::deserialize(&example[name]).expect("the example decodes")
    }

    let example: Value = serde_json::from_str(json).expect("the example is JSON");
    let mappings = example["custom_mappings"].as_array().expect("a list");
    let mappings =
        mappings.iter().map(|mapping| CustomMappingInput::new(mapping["value"].as_str().expect("text")));
    UpdateConnection::new()
        .enabled(member::<bool>(&example, "enabled"))
        .settings(member::<JsonMap>(&example, "settings"))
        .metadata(member::<JsonMap>(&example, "metadata"))
        .configuration(member::<Vec<ConnectionConfiguration>>(&example, "configuration"))
        .custom_mappings(mappings.collect::<Vec<_>>())
}

/// Decodes what `list` answers.
pub fn decode(json: &[u8]) -> Envelope<Vec<Connection>> {
    serde_json::from_slice(json).expect("the example decodes")
}
