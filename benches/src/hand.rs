//! The same work by hand: reqwest, serde and models that know as much, without anything that connectory adds.

#![expect(dead_code, reason = "what is decoded is dropped")]

use reqwest::{RequestBuilder, Response, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value};
use std::{collections::BTreeMap, time::Duration};

#[derive(Clone)]
pub struct Hand {
    client: reqwest::Client,
    base: String,
}

impl Hand {
    pub fn new(base: &str) -> Self {
        // reqwest has no provider of its own in this build; the second client finds it set.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("by-hand/0.1")
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(60))
            .redirect(Policy::none())
            .no_proxy()
            .build();
        Self { client: client.expect("the settings are good"), base: base.to_owned() }
    }

    pub async fn get(&self) -> Envelope<Connection> {
        let (api, service) = ("crm", "salesforce");
        let url = format!("{}/vault/connections/{api}/{service}", self.base);
        self.apideck(self.client.get(url)).await
    }

    pub async fn list(&self) -> Envelope<Vec<Connection>> {
        let url = format!("{}/vault/connections?api=crm&configured=true", self.base);
        self.apideck(self.client.get(url)).await
    }

    pub async fn rotate(&self) -> InvalidatedAccessToken {
        let body =
            AccessTokenRequest { access_token: "access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51" };
        let body = serde_json::to_vec(&body).expect("JSON");
        let request = self
            .client
            .post(format!("{}/connection/access_token/invalidate", self.base))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("x-deck-client-id", "client-id")
            .header("x-deck-secret", "secret")
            .body(body);
        send(request).await
    }

    async fn apideck<T: DeserializeOwned>(&self, request: RequestBuilder) -> T {
        let request = request
            .header("accept", "application/json")
            .header("authorization", "Bearer key")
            .header("x-apideck-app-id", "app")
            .header("x-apideck-consumer-id", "consumer");
        send(request).await
    }
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> T {
    let response = request.send().await.and_then(Response::error_for_status).expect("an answer");
    serde_json::from_slice(&response.bytes().await.expect("a body")).expect("it decodes")
}

/// Decodes what `list` answers.
pub fn decode(json: &[u8]) -> Envelope<Vec<Connection>> {
    serde_json::from_slice(json).expect("the example decodes")
}

#[derive(Serialize)]
struct AccessTokenRequest<'a> {
    access_token: &'a str,
}

#[derive(Deserialize)]
pub struct InvalidatedAccessToken {
    pub new_access_token: String,
}

#[derive(Deserialize)]
pub struct Envelope<T> {
    pub data: T,
    pub status_code: Option<i64>,
    pub status: Option<String>,
    pub meta: Option<Meta>,
    pub links: Option<Cursors>,
    #[serde(rename = "_raw")]
    pub raw: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
pub struct Meta {
    pub items_on_page: Option<i64>,
    pub cursors: Option<Cursors>,
    pub total_count: Option<i64>,
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

#[derive(Deserialize)]
pub struct Cursors {
    pub previous: Option<String>,
    pub current: Option<String>,
    pub next: Option<String>,
}

#[derive(Deserialize)]
pub struct Warning {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub status_code: Option<i64>,
    pub error: Option<String>,
    pub operation: Option<String>,
    pub message: Option<String>,
}

#[derive(Deserialize)]
pub struct Connection {
    pub id: String,
    pub service_id: String,
    pub unified_api: String,
    pub name: Option<String>,
    pub tag_line: Option<String>,
    pub state: Option<ConnectionState>,
    pub integration_state: Option<IntegrationState>,
    pub auth_type: Option<AuthType>,
    pub oauth_grant_type: Option<OAuthGrantType>,
    pub status: Option<ConnectionStatus>,
    pub enabled: Option<bool>,
    pub website: Option<String>,
    pub icon: Option<String>,
    pub logo: Option<String>,
    pub authorize_url: Option<String>,
    pub revoke_url: Option<String>,
    pub settings: Option<Map<String, Value>>,
    pub metadata: Option<Map<String, Value>>,
    #[serde(default)]
    pub form_fields: Vec<FormField>,
    #[serde(default)]
    pub configuration: Vec<ConnectionConfiguration>,
    #[serde(default)]
    pub configurable_resources: Vec<String>,
    #[serde(default)]
    pub resource_schema_support: Vec<String>,
    #[serde(default)]
    pub resource_settings_support: Vec<String>,
    pub validation_support: Option<bool>,
    pub schema_support: Option<bool>,
    #[serde(default)]
    pub settings_required_for_authorization: Vec<String>,
    #[serde(default)]
    pub subscriptions: Vec<WebhookSubscription>,
    pub has_guide: Option<bool>,
    #[serde(default)]
    pub custom_mappings: Vec<CustomMapping>,
    pub consent_state: Option<ConsentState>,
    #[serde(default)]
    pub consents: Vec<ConsentRecord>,
    pub latest_consent: Option<ConsentRecord>,
    pub application_data_scopes: Option<DataScopes>,
    pub health: Option<ConnectionHealth>,
    pub credentials_expire_at: Option<f64>,
    pub last_refresh_failed_at: Option<f64>,
    pub last_downstream_error_at: Option<f64>,
    pub created_at: Option<f64>,
    pub updated_at: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    Available,
    Callable,
    Added,
    Authorized,
    Invalid,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    Disabled,
    NeedsConfiguration,
    Configured,
}

#[derive(Deserialize)]
pub enum AuthType {
    #[serde(rename = "oauth2")]
    OAuth2,
    #[serde(rename = "apiKey")]
    ApiKey,
    #[serde(rename = "basic")]
    Basic,
    #[serde(rename = "custom")]
    Custom,
    #[serde(rename = "none")]
    None,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthGrantType {
    AuthorizationCode,
    ClientCredentials,
    Password,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    Live,
    Upcoming,
    Requested,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionHealth {
    Revoked,
    MissingSettings,
    NeedsConsent,
    PendingConfirmation,
    NeedsAuth,
    PendingRefresh,
    Ok,
    Degraded,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    Implicit,
    Pending,
    Granted,
    Denied,
    Revoked,
    RequiresReconsent,
}

#[derive(Deserialize)]
pub struct WebhookSubscription {
    pub downstream_id: Option<String>,
    #[serde(default)]
    pub unify_event_types: Vec<String>,
    #[serde(default)]
    pub downstream_event_types: Vec<String>,
    pub execute_url: Option<String>,
    pub created_at: Option<String>,
}

#[derive(Deserialize)]
pub struct CustomMapping {
    pub id: Option<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    pub value: Option<String>,
    pub key: Option<String>,
    pub required: Option<bool>,
    pub custom_field: Option<bool>,
    pub consumer_id: Option<String>,
    pub example: Option<String>,
}

#[derive(Deserialize)]
pub struct ConsentRecord {
    pub id: Option<String>,
    pub created_at: Option<String>,
    pub granted: Option<bool>,
    pub resources: Option<Resources>,
}

#[derive(Deserialize)]
pub struct DataScopes {
    pub enabled: Option<bool>,
    pub updated_at: Option<String>,
    pub resources: Option<Resources>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Resources {
    All(String),
    Fields(BTreeMap<String, BTreeMap<String, Permission>>),
}

#[derive(Deserialize)]
pub struct Permission {
    pub read: Option<bool>,
    pub write: Option<bool>,
}

#[derive(Deserialize)]
pub struct FormField {
    pub id: Option<String>,
    pub label: Option<String>,
    pub value: Option<FieldValue>,
    pub placeholder: Option<String>,
    pub description: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<FormFieldType>,
    pub required: Option<bool>,
    pub custom_field: Option<bool>,
    pub allow_custom_values: Option<bool>,
    pub disabled: Option<bool>,
    pub hidden: Option<bool>,
    pub deprecated: Option<bool>,
    pub sensitive: Option<bool>,
    pub mask: Option<bool>,
    pub prefix: Option<String>,
    pub suffix: Option<String>,
    #[serde(default)]
    pub options: Vec<FormFieldOption>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormFieldType {
    Text,
    Checkbox,
    Tel,
    Email,
    Url,
    Textarea,
    Select,
    FilteredSelect,
    MultiSelect,
    Datetime,
    Date,
    Time,
    Number,
    Password,
}

#[derive(Deserialize)]
#[serde(tag = "option_type", rename_all = "snake_case")]
pub enum FormFieldOption {
    Simple { label: String, value: Option<FieldValue> },
    Group { id: Option<String>, label: String, options: Vec<FormFieldOption> },
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    Text(String),
    Number(Number),
    Boolean(bool),
    List(Vec<FieldValue>),
}

#[derive(Deserialize)]
pub struct ConnectionConfiguration {
    pub resource: Option<String>,
    #[serde(default)]
    pub defaults: Vec<ConfigurationDefault>,
}

#[derive(Deserialize)]
pub struct ConfigurationDefault {
    pub id: Option<String>,
    pub target: Option<ConfigurationTarget>,
    #[serde(default)]
    pub options: Vec<FormFieldOption>,
    pub value: Option<FieldValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigurationTarget {
    CustomFields,
    Resource,
}
