//! One consumer's connections to services: `client.apideck().vault().connections()`.

mod connection;
mod consents;
mod form_fields;
mod links;
mod resources;

pub use connection::{
    AuthType, Connection, ConnectionHealth, ConnectionId, ConnectionState, ConnectionStatus, ConsentState,
    CustomMapping, CustomMappingInput, IntegrationState, OAuthGrantType, ValidatedConnection,
    WebhookSubscription,
};
pub use consents::{
    ConsentId, ConsentRecord, ConsentRecordInput, DataScopes, DataScopesFields, DataScopesInput,
    DataScopesResources, FieldPermission,
};
pub use form_fields::{
    ConfigurationDefault, ConfigurationTarget, ConnectionConfiguration, FieldValue, FormField,
    FormFieldOption, FormFieldType, OptionGroup, SimpleOption,
};
pub use links::{
    AuthorizeLink, CallbackState, ConfirmConnection, Confirmation, CreateCallbackState, RedirectFragment,
};
pub use resources::{
    ConnectorResource, CustomField, ListCustomFields, ResourceExample, ResourceId, ResourceStatus,
};

use crate::apideck::{Apideck, Envelope, ServiceId, UnifiedApi};
use crate::call::Draft;
use crate::operation::{Operation, operations};
use crate::types::{request, setters};
use crate::{Call, JsonMap, Patch, Secret, Timestamp};

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
    /// makes a connection, and there is no key
    CREATE = "create": POST "/vault/connections/{unified_api}/{service_id}", Once, consumer Required;
    /// sets members; with a `latest_consent`, which is appended, it goes as Once
    UPDATE = "update": PATCH "/vault/connections/{unified_api}/{service_id}", Idempotent, consumer Required, sdk "vault.connections.update";
    /// gone twice is gone
    DELETE = "delete": DELETE "/vault/connections/{unified_api}/{service_id}", Idempotent, consumer Required, sdk "vault.connections.delete";
    /// would put an old refresh token back
    IMPORT = "import": POST "/vault/connections/{unified_api}/{service_id}/import", Once, consumer Required, sdk "vault.connections.imports";
    /// Apideck resumes a migration that was begun
    MIGRATE = "migrate": POST "/vault/connections/{unified_api}/{service_id}/migrate", Idempotent, consumer Required, sdk "vault.connections.migrate";
    /// a valid token is stored afterwards
    TOKEN = "token": POST "/vault/connections/{unified_api}/{service_id}/token", Idempotent, consumer Required, sdk "vault.connections.token";
    /// a fresh token is stored afterwards
    VALIDATE = "validate": POST "/vault/connections/{unified_api}/{service_id}/validate", Idempotent, consumer Required, sdk "vault.validate_connection.state";
    /// changes nothing
    CONSENTS = "consents": GET "/vault/connections/{unified_api}/{service_id}/consent", Read, consumer Required, sdk "vault.connection_consents.list";
    /// each one is appended to the history
    UPDATE_CONSENT = "update_consent": PATCH "/vault/connections/{unified_api}/{service_id}/consent", Once, consumer Required, sdk "vault.connection_consent.update";
    /// makes a state, and there is no key
    CREATE_CALLBACK_STATE = "create_callback_state": POST "/vault/connections/{unified_api}/{service_id}/callback-state", Once, consumer Required, sdk "vault.create_callback.state";
    /// a token works once
    CONFIRM = "confirm": POST "/vault/connections/{unified_api}/{service_id}/confirm", Once, consumer Required;
    /// changes nothing
    RESOURCE_SETTINGS = "resource_settings": GET "/vault/connections/{unified_api}/{service_id}/{resource}/config", Read, consumer Required, sdk "vault.connection_settings.list";
    /// sets members; with a `latest_consent`, which is appended, it goes as Once
    UPDATE_RESOURCE_SETTINGS = "update_resource_settings": PATCH "/vault/connections/{unified_api}/{service_id}/{resource}/config", Idempotent, consumer Required, sdk "vault.connection_settings.update";
    /// changes nothing
    SCHEMA = "schema": GET "/vault/connections/{unified_api}/{service_id}/{resource}/schema", Read, consumer Required;
    /// changes nothing
    EXAMPLE = "example": GET "/vault/connections/{unified_api}/{service_id}/{resource}/example", Read, consumer Required;
    /// changes nothing
    CUSTOM_FIELDS = "custom_fields": GET "/vault/connections/{unified_api}/{service_id}/{resource}/custom-fields", Read, consumer Required, sdk "vault.custom_fields.list";
    /// changes nothing
    CUSTOM_MAPPINGS = "custom_mappings": GET "/vault/connections/{unified_api}/{service_id}/{resource}/custom-mappings", Read, consumer Required, sdk "vault.connection_custom_mappings.list";
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
    #[inline]
    pub fn list(&self, query: &ListConnections) -> Call<Envelope<Vec<Connection>>> {
        self.apideck.call(&LIST).query(query).returns_list()
    }

    /// Gives one connection.
    ///
    /// # Errors
    /// `NotFound` for a service that Apideck does not know or the application does not offer.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsOne>.
    #[doc(alias = "connectionsOne")]
    #[inline]
    pub fn get(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Connection>> {
        self.one(&GET, unified_api.into(), service.into()).returns_one()
    }

    /// Creates a connection for a service that the consumer has not added yet, and returns it.
    ///
    /// Most connections need no such call: they come into being when the customer authorizes, or with
    /// [`update`](Self::update). None of Apideck's SDKs has it. Never repeated after a lost answer: see what
    /// [`get`](Self::get) says.
    ///
    /// # Errors
    /// `NotFound` for a service that Apideck does not know, `Unprocessable` for settings that it cannot store.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsAdd>.
    #[doc(alias = "connectionsAdd")]
    #[inline]
    pub fn create(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &CreateConnection,
    ) -> Call<Envelope<Connection>> {
        self.one(&CREATE, unified_api.into(), service.into()).json(body).returns_one()
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
    #[inline]
    pub fn update(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &UpdateConnection,
    ) -> Call<Envelope<Connection>> {
        let draft = self.one(&UPDATE, unified_api.into(), service.into()).json(body);
        body.repeatable(draft).returns_one()
    }

    /// Deletes a connection with its credentials; the service is available again afterwards.
    ///
    /// # Errors
    /// `NotFound` for a connection that does not exist. After a lost answer that may be the trace of a first attempt
    /// that did its work: [`outcome`](crate::Error::outcome) is then `Unknown`.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsDelete>.
    #[doc(alias = "connectionsDelete")]
    #[inline]
    pub fn delete(&self, unified_api: impl Into<UnifiedApi>, service: impl Into<ServiceId>) -> Call<()> {
        self.one(&DELETE, unified_api.into(), service.into()).returns_nothing()
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
    #[inline]
    pub fn import(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &ImportConnection,
    ) -> Call<Envelope<Connection>> {
        self.one(&IMPORT, unified_api.into(), service.into()).json(body).returns_one()
    }

    /// Moves a connection to another service with all that it has, and returns it there.
    ///
    /// Credentials, settings, metadata, configuration, subscriptions and consents go along; the old connection is gone,
    /// and the service's token is not revoked. Apideck declares which services one can be moved to. Operations that only the new
    /// service has may need another authorization, because the token keeps its OAuth scopes.
    ///
    /// # Errors
    /// `Conflict` where the consumer has a connection to the target already: delete one of the two.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsMigrate>.
    #[doc(alias = "connectionsMigrate")]
    #[inline]
    pub fn migrate(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &MigrateConnection,
    ) -> Call<Envelope<Connection>> {
        self.one(&MIGRATE, unified_api.into(), service.into()).json(body).returns_one()
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
    #[inline]
    pub fn token(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Connection>> {
        self.one(&TOKEN, unified_api.into(), service.into()).json(&JsonMap::new()).returns_one()
    }

    /// Tests a connection, and gives its state.
    ///
    /// With OAuth, Vault refreshes the access token now, however long it has left; else it looks whether the required
    /// fields are there. Nothing else is stored.
    ///
    /// # Errors
    /// `Unauthorized` where the service refuses to refresh:
    /// [`ErrorBody::refresh_failure`](crate::apideck::ErrorBody::refresh_failure) says what it answered and how long
    /// Vault waits before the next try.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/validateConnectionState>.
    #[doc(alias = "state")]
    #[doc(alias = "validateConnectionState")]
    #[inline]
    pub fn validate(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<ValidatedConnection>> {
        self.one(&VALIDATE, unified_api.into(), service.into()).json(&JsonMap::new()).returns_one()
    }

    /// Lists the consents and refusals that were recorded for a connection.
    ///
    /// The list is not paged.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionConsentsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "connectionConsentsAll")]
    #[inline]
    pub fn consents(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Vec<ConsentRecord>>> {
        self.one(&CONSENTS, unified_api.into(), service.into()).returns_list()
    }

    /// Records a consent or refusal, and returns the record.
    ///
    /// A refusal after a consent revokes it. Never repeated after a lost answer, because each one is added to those that
    /// are recorded: look at [`consents`](Self::consents) first.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionConsentUpdate>.
    #[doc(alias = "update")]
    #[doc(alias = "connectionConsentUpdate")]
    #[inline]
    pub fn update_consent(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &ConsentRecordInput,
    ) -> Call<Envelope<ConsentRecord>> {
        self.one(&UPDATE_CONSENT, unified_api.into(), service.into()).json(body).returns_one()
    }

    /// Makes a state with which a link can be built: see [`authorize_link`](Self::authorize_link).
    ///
    /// A connection brings links of its own, so that most applications need no state. Never repeated after a lost
    /// answer; to call again does no harm.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/createCallbackState>.
    #[doc(alias = "state")]
    #[doc(alias = "createCallbackState")]
    #[inline]
    pub fn create_callback_state(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &CreateCallbackState,
    ) -> Call<Envelope<CallbackState>> {
        self.one(&CREATE_CALLBACK_STATE, unified_api.into(), service.into()).json(body).returns_one()
    }

    /// Confirms a connection that was authorized with a nonce; only then is it callable.
    ///
    /// [`RedirectFragment`] reads the token from where the browser came back to. Compare its nonce first: it tells that
    /// this browser is the one that you gave the link to. A token works once, within 30 minutes. Never repeated after a
    /// lost answer: see whether the connection's `health` is still `PendingConfirmation`. None of Apideck's SDKs has it.
    ///
    /// # Errors
    /// A refusal for a token that was used, has expired or belongs to another connection; Apideck does not document
    /// its status.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsConfirm>.
    #[doc(alias = "connectionsConfirm")]
    #[inline]
    pub fn confirm(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        body: &ConfirmConnection,
    ) -> Call<Envelope<Confirmation>> {
        self.one(&CONFIRM, unified_api.into(), service.into()).json(body).returns_one()
    }

    /// Gives a connection with the settings of one of its resources, and their defaults.
    ///
    /// They are the connection's `configuration`. `resource_settings_support` of a connection names the resources that
    /// have some.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionSettingsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "connectionSettingsAll")]
    #[inline]
    pub fn resource_settings(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
    ) -> Call<Envelope<Connection>> {
        self.one(&RESOURCE_SETTINGS, unified_api.into(), service.into()).path(resource.into()).returns_one()
    }

    /// Sets the defaults of a resource's settings, and returns the connection.
    ///
    /// They go into `configuration` of the body. As with [`update`](Self::update), what the body leaves out stays, and
    /// with a `latest_consent` it is never repeated after a lost answer.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionSettingsUpdate>.
    #[doc(alias = "update")]
    #[doc(alias = "connectionSettingsUpdate")]
    #[inline]
    pub fn update_resource_settings(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
        body: &UpdateConnection,
    ) -> Call<Envelope<Connection>> {
        let draft = self.one(&UPDATE_RESOURCE_SETTINGS, unified_api.into(), service.into());
        body.repeatable(draft.path(resource.into()).json(body)).returns_one()
    }

    /// Gives the JSON Schema of a resource as the service has it, roughly.
    ///
    /// `resource_schema_support` of a connection names the resources that have one.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsSchema>.
    #[doc(alias = "connectionsSchema")]
    #[inline]
    pub fn schema(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
    ) -> Call<Envelope<JsonMap>> {
        self.one(&SCHEMA, unified_api.into(), service.into()).path(resource.into()).returns_one()
    }

    /// Gives an example of what the service itself answers for a resource.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsExample>.
    #[doc(alias = "connectionsExample")]
    #[inline]
    pub fn example(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
    ) -> Call<Envelope<ResourceExample>> {
        self.one(&EXAMPLE, unified_api.into(), service.into()).path(resource.into()).returns_one()
    }

    /// Lists the custom fields that the service has for a resource.
    ///
    /// Vault asks the service. Some services have no list of fields, and then Vault looks at one record: fields that it
    /// lacks are missing, and `resource_id` picks the record. The list is not paged.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customFieldsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "customFieldsAll")]
    #[inline]
    pub fn custom_fields(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
        query: &ListCustomFields,
    ) -> Call<Envelope<Vec<CustomField>>> {
        let draft = self.one(&CUSTOM_FIELDS, unified_api.into(), service.into());
        draft.path(resource.into()).query(query).returns_list()
    }

    /// Lists the custom mappings of a resource of this connection.
    ///
    /// With a `resource_id` the examples come from that record. The list is not paged.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionCustomMappingsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "connectionCustomMappingsAll")]
    #[inline]
    pub fn custom_mappings(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        resource: impl Into<ResourceId>,
        query: &ListCustomFields,
    ) -> Call<Envelope<Vec<CustomMapping>>> {
        let draft = self.one(&CUSTOM_MAPPINGS, unified_api.into(), service.into());
        draft.path(resource.into()).query(query).returns_list()
    }

    /// A call on one connection.
    fn one(&self, operation: &'static Operation, unified_api: UnifiedApi, service: ServiceId) -> Draft {
        self.apideck.call(operation).path(unified_api).path(service)
    }
}

request! {
    /// Which connections to list; all of them by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct ListConnections {
        /// Only those of this unified API.
        pub api: Option<UnifiedApi>,
        /// Only those that are configured, or only those that are not.
        pub configured: Option<bool>,
    }
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

/// What to set of a new connection: the same members as in an update.
pub type CreateConnection = UpdateConnection;

request! {
    /// What to change of a connection; nothing by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct UpdateConnection {
        /// Whether calls may go through the connection.
        pub enabled: Option<bool>,
        /// Values for the form fields, by field id. Members that are left out stay.
        pub settings: Patch<JsonMap> as Hidden,
        /// Your own data about the connection.
        pub metadata: Patch<JsonMap>,
        /// Defaults for new records, by resource.
        pub configuration: Option<Vec<ConnectionConfiguration>>,
        /// How custom fields are found in the service's records.
        ///
        /// Apideck documents neither which fields these are for nor what becomes of mappings that the list leaves out: count
        /// them as gone. [`vault().custom_mappings()`](crate::apideck::vault::custom_mappings) sets one field and no other.
        pub custom_mappings: Option<Vec<CustomMappingInput>>,
        /// Whether the consumer agrees to the sharing of data.
        pub consent_state: Option<ConsentState>,
        /// A consent to record, besides those that are recorded.
        pub latest_consent: Option<ConsentRecordInput>,
        /// Which data the application may see.
        pub application_data_scopes: Option<DataScopesInput>,
    }
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

    /// The draft, as often as it may be sent: a consent is appended to those that are recorded.
    fn repeatable(&self, draft: Draft) -> Draft {
        if self.latest_consent.is_some() { draft.once() } else { draft }
    }
}

request! {
    /// Where to move a connection to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct MigrateConnection {
        /// The service, one of those that Apideck declares for the present one.
        pub target_service_id: ServiceId,
    }
}

impl MigrateConnection {
    /// To this service.
    pub fn new(target_service_id: impl Into<ServiceId>) -> Self {
        Self { target_service_id: target_service_id.into() }
    }
}

request! {
    /// Credentials and settings of a connection that was authorized elsewhere.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct ImportConnection {
        /// The tokens.
        pub credentials: Option<ImportCredentials>,
        /// Values for the form fields, by field id.
        pub settings: Patch<JsonMap> as Hidden,
        /// Your own data about the connection.
        pub metadata: Patch<JsonMap>,
    }
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

request! {
    /// Tokens that were obtained outside Vault.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct ImportCredentials {
        /// The token that Vault refreshes the access token with.
        pub refresh_token: Patch<Secret> as Hidden,
        /// The token of the next calls.
        pub access_token: Option<Secret> as Hidden,
        /// When the access token was issued. Without it Vault refreshes the token at once.
        pub issued_at: Patch<Timestamp>,
        /// Seconds from `issued_at` until the access token expires. Without it Vault refreshes the token at once.
        pub expires_in: Patch<i64>,
    }
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
