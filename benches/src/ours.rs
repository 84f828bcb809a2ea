//! The work with connectory.

use crate::work::Calls;
use connectory::apideck::{
    Envelope,
    vault::connections::{
        Connection, ConnectionConfiguration, CustomMappingInput, ListConnections, UpdateConnection,
    },
};
use connectory::deck::connections::AccessTokenRequest;
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
}

impl Calls for Ours {
    async fn get(&self) {
        let connections = self.client.apideck().vault().connections();
        drop(connections.get("crm", "salesforce").await.expect("an answer"));
    }

    async fn update(&self) {
        let connections = self.client.apideck().vault().connections();
        drop(connections.update("crm", "salesforce", &self.update).await.expect("an answer"));
    }

    async fn refused(&self) {
        let connections = self.client.apideck().vault().connections();
        let error = connections.get("crm", "salesforce").await.expect_err("a refusal");
        assert!(matches!(error, Error::Unprocessable(_)));
    }

    async fn rotate(&self) {
        let body = AccessTokenRequest::new("access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51");
        drop(self.client.deck().connections().invalidate_access_token(&body).await.expect("an answer"));
    }

    async fn token(&self) {
        let companies = self.client.codat().companies();
        let token = companies.get_access_token("8a210b68-6988-11ed-a1eb-0242ac120002");
        drop(token.await.expect("an answer"));
    }

    async fn list(&self) {
        let query = ListConnections::new().api("crm").configured(true);
        drop(self.client.apideck().vault().connections().list(&query).await.expect("an answer"));
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
