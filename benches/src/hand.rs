//! The same work by hand, as well as a person would write it: reqwest, serde and models that know as much.
//!
//! Nothing is read twice: what may be one of several kinds has a visitor, because serde's untagged enums read everything
//! into a buffer first. Nothing that connectory adds is in it.

#![expect(dead_code, reason = "what is decoded is dropped")]

use crate::work::Calls;
use reqwest::{RequestBuilder, Response, StatusCode, redirect::Policy};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Number, Value};
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

#[derive(Clone)]
pub struct Hand {
    client: reqwest::Client,
    base: String,
    update: Arc<UpdateConnection>,
}

impl Hand {
    pub fn new(base: &str, update: &str) -> Self {
        // reqwest has no provider of its own in this build; the second client finds it set.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("by-hand/0.1")
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(60))
            .redirect(Policy::none())
            .no_proxy()
            .build();
        let update = Arc::new(serde_json::from_str(update).expect("the example decodes"));
        Self { client: client.expect("the settings are good"), base: base.to_owned(), update }
    }

    async fn apideck<T: DeserializeOwned>(&self, request: RequestBuilder) -> T {
        send(self.apideck_headers(request)).await
    }

    fn apideck_headers(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("accept", "application/json")
            .header("authorization", "Bearer key")
            .header("x-apideck-app-id", "app")
            .header("x-apideck-consumer-id", "consumer")
    }
}

impl Calls for Hand {
    async fn get(&self) {
        let (api, service) = ("crm", "salesforce");
        let url = format!("{}/vault/connections/{api}/{service}", self.base);
        drop::<Envelope<Connection>>(self.apideck(self.client.get(url)).await);
    }

    async fn update(&self) {
        let (api, service) = ("crm", "salesforce");
        let url = format!("{}/vault/connections/{api}/{service}", self.base);
        let request = with_json(self.client.patch(url), &*self.update);
        drop::<Envelope<Connection>>(self.apideck(request).await);
    }

    async fn refused(&self) {
        let (api, service) = ("crm", "salesforce");
        let url = format!("{}/vault/connections/{api}/{service}", self.base);
        let response = self.apideck_headers(self.client.get(url)).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        drop::<ErrorBody>(read(response).await);
    }

    async fn rotate(&self) {
        let body =
            AccessTokenRequest { access_token: "access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51" };
        let request = self
            .client
            .post(format!("{}/connection/access_token/invalidate", self.base))
            .header("accept", "application/json")
            .header("x-deck-client-id", "client-id")
            .header("x-deck-secret", "secret");
        drop::<InvalidatedAccessToken>(send(with_json(request, &body)).await);
    }

    async fn token(&self) {
        let company = "8a210b68-6988-11ed-a1eb-0242ac120002";
        let request = self
            .client
            .get(format!("{}/companies/{company}/accessToken", self.base))
            .header("accept", "application/json")
            .header("authorization", "Basic a2V5");
        drop::<AccessToken>(send(request).await);
    }

    async fn list(&self) {
        let url = format!("{}/vault/connections?api=crm&configured=true", self.base);
        drop::<Envelope<Vec<Connection>>>(self.apideck(self.client.get(url)).await);
    }
}

fn with_json(request: RequestBuilder, body: &impl Serialize) -> RequestBuilder {
    let body = serde_json::to_vec(body).expect("JSON");
    request.header("content-type", "application/json").body(body)
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> T {
    read(request.send().await.and_then(Response::error_for_status).expect("an answer")).await
}

async fn read<T: DeserializeOwned>(response: Response) -> T {
    serde_json::from_slice(&response.bytes().await.expect("a body")).expect("it decodes")
}

/// Decodes what `list` answers.
pub fn decode(json: &[u8]) -> Envelope<Vec<Connection>> {
    serde_json::from_slice(json).expect("the example decodes")
}

#[derive(Serialize)]
pub struct AccessTokenRequest<'a> {
    pub access_token: &'a str,
}

#[derive(Deserialize)]
pub struct InvalidatedAccessToken {
    pub new_access_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    pub access_token: String,
    pub expires_in: Option<i64>,
    pub token_type: Option<String>,
}

#[derive(Deserialize)]
pub struct ErrorBody {
    pub status_code: Option<i64>,
    pub error: Option<String>,
    pub type_name: Option<String>,
    pub message: Option<String>,
    pub detail: Option<ErrorDetail>,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub downstream_errors: Option<Vec<DownstreamError>>,
}

#[derive(Deserialize)]
pub struct DownstreamError {
    pub message: Option<String>,
    pub detail: Option<String>,
    pub code: Option<String>,
}

pub enum ErrorDetail {
    Text(String),
    Object(Map<String, Value>),
}

impl<'de> Deserialize<'de> for ErrorDetail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Detail;

        impl<'de> Visitor<'de> for Detail {
            type Value = ErrorDetail;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sentence or an object")
            }

            fn visit_str<E>(self, text: &str) -> Result<ErrorDetail, E> {
                Ok(ErrorDetail::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<ErrorDetail, A::Error> {
                Map::deserialize(MapAccessDeserializer::new(members)).map(ErrorDetail::Object)
            }
        }

        deserializer.deserialize_any(Detail)
    }
}

#[derive(Serialize, Deserialize)]
pub struct UpdateConnection {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Vec<ConnectionConfiguration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_mappings: Option<Vec<CustomMapping>>,
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
    pub warnings: Option<Vec<Warning>>,
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
    pub form_fields: Option<Vec<FormField>>,
    pub configuration: Option<Vec<ConnectionConfiguration>>,
    pub configurable_resources: Option<Vec<String>>,
    pub resource_schema_support: Option<Vec<String>>,
    pub resource_settings_support: Option<Vec<String>>,
    pub validation_support: Option<bool>,
    pub schema_support: Option<bool>,
    pub settings_required_for_authorization: Option<Vec<String>>,
    pub subscriptions: Option<Vec<WebhookSubscription>>,
    pub has_guide: Option<bool>,
    pub custom_mappings: Option<Vec<CustomMapping>>,
    pub consent_state: Option<ConsentState>,
    pub consents: Option<Vec<ConsentRecord>>,
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
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    Disabled,
    NeedsConfiguration,
    Configured,
    #[serde(other)]
    Unknown,
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
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthGrantType {
    AuthorizationCode,
    ClientCredentials,
    Password,
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    Live,
    Upcoming,
    Requested,
    #[serde(other)]
    Unknown,
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
    #[serde(other)]
    Unknown,
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
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
pub struct WebhookSubscription {
    pub downstream_id: Option<String>,
    pub unify_event_types: Option<Vec<String>>,
    pub downstream_event_types: Option<Vec<String>>,
    pub execute_url: Option<String>,
    pub created_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub struct CustomMapping {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
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

pub enum Resources {
    All,
    Fields(BTreeMap<String, BTreeMap<String, Permission>>),
}

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllOrFields;

        impl<'de> Visitor<'de> for AllOrFields {
            type Value = Resources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`*` or an object of resources")
            }

            fn visit_str<E>(self, _: &str) -> Result<Resources, E> {
                Ok(Resources::All)
            }

            fn visit_map<A: MapAccess<'de>>(self, resources: A) -> Result<Resources, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(resources)).map(Resources::Fields)
            }
        }

        deserializer.deserialize_any(AllOrFields)
    }
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
    pub options: Option<Vec<FormFieldOption>>,
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
    #[serde(other)]
    Unknown,
}

/// Flat, because serde reads a tagged enum into a buffer until it has found the tag.
#[derive(Serialize, Deserialize)]
pub struct FormFieldOption {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FieldValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<FormFieldOption>>,
    pub option_type: OptionType,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionType {
    Simple,
    Group,
    #[serde(other)]
    Unknown,
}

pub enum FieldValue {
    Text(String),
    Number(Number),
    Boolean(bool),
    List(Vec<FieldValue>),
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::List(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scalar or a list of scalars")
            }

            fn visit_str<E>(self, text: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(text.to_owned()))
            }

            fn visit_bool<E>(self, flag: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::Boolean(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(number.into()))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<FieldValue, E> {
                let finite = Number::from_f64(number);
                finite.map(FieldValue::Number).ok_or_else(|| E::custom("a number beyond what JSON holds"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldValue, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = items.next_element()? {
                    values.push(value);
                }
                Ok(FieldValue::List(values))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

#[derive(Serialize, Deserialize)]
pub struct ConnectionConfiguration {
    pub resource: Option<String>,
    pub defaults: Option<Vec<ConfigurationDefault>>,
}

#[derive(Serialize, Deserialize)]
pub struct ConfigurationDefault {
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<ConfigurationTarget>,
    pub options: Option<Vec<FormFieldOption>>,
    pub value: Option<FieldValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigurationTarget {
    CustomFields,
    Resource,
    #[serde(other)]
    Unknown,
}
