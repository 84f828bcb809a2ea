//! One consumer's connections to services: `client.apideck().vault().connections()`.

mod connection;
mod consents;
mod form_fields;

pub use connection::{
    AuthType, Connection, ConnectionHealth, ConnectionId, ConnectionState, ConnectionStatus, ConsentState,
    CustomMapping, CustomMappingInput, IntegrationState, OAuthGrantType, WebhookSubscription,
};
pub use consents::{
    ConsentId, ConsentRecord, ConsentRecordInput, DataScopes, DataScopesFields, DataScopesInput,
    DataScopesResources, FieldPermission,
};
pub use form_fields::{
    ConfigurationDefault, ConfigurationTarget, ConnectionConfiguration, FieldValue, FormField,
    FormFieldOption, FormFieldType, OptionGroup, SimpleOption,
};

use crate::apideck::{Apideck, Envelope, ServiceId, UnifiedApi};

use crate::operation::operations;
use crate::types::{List, setters, write_secret};
use crate::{Call, JsonMap, Patch, Secret, Timestamp};
use serde::Serialize;

/// The operations on one consumer's connections.
#[derive(Clone, Debug)]
pub struct Connections {
    apideck: Apideck,
}

operations! { Apideck, "apideck.vault.connections";
    /// changes nothing
    LIST = "list": GET "/vault/connections", Read, consumer Optional, sdk "vault.connections.list";
    /// changes nothing
    GET = "get": GET "/vault/connections/{unified_api}/{service_id}", Read, consumer Required, sdk "vault.connections.get";
    /// sets members; with a `latest_consent`, which is appended, it goes as Once
    UPDATE = "update": PATCH "/vault/connections/{unified_api}/{service_id}", Idempotent, consumer Required, sdk "vault.connections.update";
    /// gone twice is gone
    DELETE = "delete": DELETE "/vault/connections/{unified_api}/{service_id}", Idempotent, consumer Required, sdk "vault.connections.delete";
    /// would put an old refresh token back
    IMPORT = "import": POST "/vault/connections/{unified_api}/{service_id}/import", Once, consumer Required, sdk "vault.connections.imports";
    /// a valid token is stored afterwards
    TOKEN = "token": POST "/vault/connections/{unified_api}/{service_id}/token", Idempotent, consumer Required, sdk "vault.connections.token";
}

impl Connections {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Lists the connections of a consumer, those still available included.
    ///
    /// It holds what an integrations page needs: names, icons, states, form fields, and for OAuth the links to
    /// authorize and revoke. Without a consumer it lists what the application offers. The list is not paged.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsAll>.
    #[doc(alias = "connectionsAll")]
    pub fn list(&self, query: &ListConnections) -> Call<Envelope<Vec<Connection>>> {
        self.apideck.call(&LIST).query(query).returns_with_unread::<Envelope<List<Connection>>, _>()
    }

    /// Gives one connection.
    ///
    /// # Errors
    /// `NotFound` for a service that Apideck does not know or the application does not offer.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsOne>.
    #[doc(alias = "connectionsOne")]
    pub fn get(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Connection>> {
        self.apideck
            .call(&GET)
            .path(unified_api.into())
            .path(service.into())
            .returns_with_unread::<Envelope<Connection>, _>()
    }

    /// Changes a connection and returns it.
    ///
    /// Switches it on or off, stores settings, metadata and defaults. What the body leaves out stays as it is.
    /// Settings are merged into the form fields; once the required ones are there the connection becomes callable.
    ///
    /// With a `latest_consent` it is never repeated after a lost answer, because Apideck adds each one to the
    /// connection's `consents`.
    ///
    /// # Errors
    /// `NotFound` for a service that Apideck does not know, `Unprocessable` for settings that it cannot store.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsUpdate>.
    #[doc(alias = "connectionsUpdate")]
    pub fn update(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &UpdateConnection,
    ) -> Call<Envelope<Connection>> {
        let draft = self.apideck.call(&UPDATE).path(unified_api.into()).path(service.into()).json(body);
        if body.latest_consent.is_some() {
            draft.once().returns_with_unread::<Envelope<Connection>, _>()
        } else {
            draft.returns_with_unread::<Envelope<Connection>, _>()
        }
    }

    /// Deletes a connection with its credentials; the service is available again afterwards.
    ///
    /// # Errors
    /// `NotFound` for a connection that does not exist. After a lost answer that may be the trace of a first attempt
    /// that did its work: [`outcome`](crate::Error::outcome) is then `Unknown`.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsDelete>.
    #[doc(alias = "connectionsDelete")]
    pub fn delete(&self, unified_api: impl Into<UnifiedApi>, service: impl Into<ServiceId>) -> Call<()> {
        self.apideck.call(&DELETE).path(unified_api.into()).path(service.into()).returns_nothing()
    }

    /// Stores credentials that were obtained elsewhere and returns the connection.
    ///
    /// For customers who have authorized your app before you used Vault. Never repeated after a lost answer: an
    /// older refresh token would overwrite a rotated one. See what [`get`](Self::get) says before you import again.
    ///
    /// # Errors
    /// `Unprocessable` for credentials that the service cannot use.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsImport>.
    #[doc(alias = "imports")]
    #[doc(alias = "connectionsImport")]
    pub fn import(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &ImportConnection,
    ) -> Call<Envelope<Connection>> {
        self.apideck
            .call(&IMPORT)
            .path(unified_api.into())
            .path(service.into())
            .json(body)
            .returns_with_unread::<Envelope<Connection>, _>()
    }

    /// Makes Vault exchange the stored credentials for an access token, and returns the connection.
    ///
    /// For connections with the OAuth grants `client_credentials` and `password`. The token stays in Vault; success
    /// says that a valid one is stored.
    ///
    /// # Errors
    /// `Unprocessable` for connections with another grant or without credentials.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsToken>.
    #[doc(alias = "connectionsToken")]
    pub fn token(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Connection>> {
        let nothing = JsonMap::new();
        self.apideck
            .call(&TOKEN)
            .path(unified_api.into())
            .path(service.into())
            .json(&nothing)
            .returns_with_unread::<Envelope<Connection>, _>()
    }
}

/// Which connections to list; all of them by default.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ListConnections {
    /// Only those of this unified API.
    pub api: Option<UnifiedApi>,
    /// Only those that are configured, or only those that are not.
    pub configured: Option<bool>,
}

impl ListConnections {
    /// Lists every connection.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        api: Option<UnifiedApi>,
        configured: Option<bool>,
    }
}

/// What to change of a connection; nothing by default.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct UpdateConnection {
    /// Whether calls may go through the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Values for the form fields, by field id. Members that are left out stay.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "write_secret")]
    pub settings: Patch<JsonMap>,
    /// Your own data about the connection.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub metadata: Patch<JsonMap>,
    /// Defaults for new records, by resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Vec<ConnectionConfiguration>>,
    /// How custom fields are found in the service's records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_mappings: Option<Vec<CustomMappingInput>>,
    /// Whether the consumer agrees to the sharing of data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_state: Option<ConsentState>,
    /// A consent to record, besides those that are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_consent: Option<ConsentRecordInput>,
    /// Which data the application may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_data_scopes: Option<DataScopesInput>,
}

impl UpdateConnection {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        enabled: Option<bool>,
        settings: Patch<JsonMap>,
        metadata: Patch<JsonMap>,
        configuration: Option<Vec<ConnectionConfiguration>>,
        custom_mappings: Option<Vec<CustomMappingInput>>,
        consent_state: Option<ConsentState>,
        latest_consent: Option<ConsentRecordInput>,
        application_data_scopes: Option<DataScopesInput>,
    }
}

/// Credentials and settings of a connection that was authorized elsewhere.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ImportConnection {
    /// The tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<ImportCredentials>,
    /// Values for the form fields, by field id.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "write_secret")]
    pub settings: Patch<JsonMap>,
    /// Your own data about the connection.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub metadata: Patch<JsonMap>,
}

impl ImportConnection {
    /// Imports nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        credentials: Option<ImportCredentials>,
        settings: Patch<JsonMap>,
        metadata: Patch<JsonMap>,
    }
}

/// Tokens that were obtained outside Vault.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ImportCredentials {
    /// The token that Vault refreshes the access token with.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "write_secret")]
    pub refresh_token: Patch<Secret>,
    /// The token of the next calls.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_secret")]
    pub access_token: Option<Secret>,
    /// When the access token was issued. Without it Vault refreshes the token at once.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub issued_at: Patch<Timestamp>,
    /// Seconds from `issued_at` until the access token expires. Without it Vault refreshes the token at once.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub expires_in: Patch<i64>,
}

impl ImportCredentials {
    /// No tokens yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        refresh_token: Patch<Secret>,
        access_token: Option<Secret>,
        issued_at: Patch<Timestamp>,
        expires_in: Patch<i64>,
    }
}
