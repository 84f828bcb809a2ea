use super::{ConnectionConfiguration, ConsentRecord, DataScopes, FormField};
use crate::apideck::{ServiceId, UnifiedApi};
use crate::types::{id, model, open_enum, request};
use crate::{JsonMap, SecretUrl, Timestamp, UnixMillis};

id! {
    /// A connection: unified API and service, such as `crm+salesforce`.
    pub struct ConnectionId;
}

model! {
    /// A consumer's connection to a service, from "available" to "callable".
    ///
    /// Source: <https://developers.apideck.com/guides/connection-states>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Connection {
        /// Unified API and service, such as `crm+salesforce`.
        pub id: ConnectionId,
        /// The service.
        pub service_id: ServiceId,
        /// The unified API through which it is called.
        pub unified_api: UnifiedApi,
        /// The service's name.
        pub name: Option<String>,
        /// The service in a sentence.
        pub tag_line: Option<String>,
        /// How far the connection has come.
        pub state: Option<ConnectionState>,
        /// Whether the application has set the service up.
        pub integration_state: Option<IntegrationState>,
        /// How the consumer authorizes.
        pub auth_type: Option<AuthType>,
        /// The OAuth grant, where `auth_type` is OAuth.
        pub oauth_grant_type: Option<OAuthGrantType>,
        /// Whether Apideck offers the service yet.
        pub status: Option<ConnectionStatus>,
        /// Whether calls may go through the connection.
        pub enabled: Option<bool>,
        /// The service's website.
        pub website: Option<String>,
        /// An image for lists.
        pub icon: Option<String>,
        /// The service's logo.
        pub logo: Option<String>,
        /// Where the customer authorizes, OAuth only; [`authorize_link`](Self::authorize_link) adds where to come back to.
        pub authorize_url: Option<SecretUrl>,
        /// Where the customer revokes, OAuth only; [`revoke_link`](Self::revoke_link) adds where to come back to.
        pub revoke_url: Option<SecretUrl>,
        /// Values for the form fields, by field id. Not serialised: a customer's keys may be among them.
        pub settings: Option<JsonMap> as Hidden,
        /// Your own data about the connection; `company_id` is Apideck's.
        pub metadata: Option<JsonMap>,
        /// What the customer has to enter.
        pub form_fields: Vec<FormField>,
        /// Defaults for new records, by resource.
        pub configuration: Vec<ConnectionConfiguration>,
        /// Resources that take defaults.
        pub configurable_resources: Vec<String>,
        /// Resources whose schema can be asked for.
        pub resource_schema_support: Vec<String>,
        /// Resources that have settings of their own.
        pub resource_settings_support: Vec<String>,
        /// Whether the connection's state can be validated.
        pub validation_support: Option<bool>,
        /// Whether schemas can be asked for.
        pub schema_support: Option<bool>,
        /// Settings that must be there before the customer can authorize.
        pub settings_required_for_authorization: Vec<String>,
        /// Webhooks at the service.
        pub subscriptions: Vec<WebhookSubscription>,
        /// Whether Apideck has a guide to connecting the service.
        pub has_guide: Option<bool>,
        /// How custom fields are found in the service's records.
        pub custom_mappings: Vec<CustomMapping>,
        /// Whether the consumer agrees to the sharing of data.
        pub consent_state: Option<ConsentState>,
        /// Every consent ever recorded.
        pub consents: Vec<ConsentRecord>,
        /// The consent in force.
        pub latest_consent: Option<ConsentRecord>,
        /// Which data the application may see.
        pub application_data_scopes: Option<DataScopes>,
        /// Whether the connection works.
        pub health: Option<ConnectionHealth>,
        /// When the credentials will be deleted if refreshing keeps failing.
        pub credentials_expire_at: Option<UnixMillis>,
        /// When refreshing the token failed last.
        pub last_refresh_failed_at: Option<UnixMillis>,
        /// When the service was last out of reach.
        pub last_downstream_error_at: Option<UnixMillis>,
        /// When the connection was added.
        pub created_at: Option<UnixMillis>,
        /// When it was last changed.
        pub updated_at: Option<UnixMillis>,
    }
}

model! {
    /// A connection that was tested.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ValidatedConnection {
        /// Unified API and service, such as `crm+salesforce`.
        pub id: Option<ConnectionId>,
        /// How far the connection has come.
        pub state: Option<ConnectionState>,
    }
}

open_enum! {
    /// How far a connection has come.
    pub enum ConnectionState {
        /// The service is offered; the consumer has not added it.
        Available = "available",
        /// Everything is there: calls go through.
        Callable = "callable",
        /// Added, not authorized yet, or credentials are missing.
        Added = "added",
        /// Authorized; required settings are missing.
        Authorized = "authorized",
        /// The service rejects the credentials.
        Invalid = "invalid",
    }
}

open_enum! {
    /// Whether the application has set a service up.
    pub enum IntegrationState {
        /// Switched off.
        Disabled = "disabled",
        /// The application's own credentials are missing.
        NeedsConfiguration = "needs_configuration",
        /// Ready.
        Configured = "configured",
    }
}

open_enum! {
    /// How a consumer authorizes at a service.
    pub enum AuthType {
        /// OAuth 2.
        OAuth2 = "oauth2",
        /// An API key.
        ApiKey = "apiKey",
        /// User name and password.
        Basic = "basic",
        /// A way of the service's own.
        Custom = "custom",
        /// Not at all.
        None = "none",
    }
}

open_enum! {
    /// The OAuth grant of a service.
    pub enum OAuthGrantType {
        /// The customer authorizes in the browser.
        AuthorizationCode = "authorization_code",
        /// The application's credentials are enough.
        ClientCredentials = "client_credentials",
        /// The customer's user name and password.
        Password = "password",
    }
}

open_enum! {
    /// Whether Apideck offers a service yet.
    pub enum ConnectionStatus {
        /// Offered.
        Live = "live",
        /// Announced.
        Upcoming = "upcoming",
        /// Asked for.
        Requested = "requested",
    }
}

open_enum! {
    /// Whether a connection works.
    pub enum ConnectionHealth {
        /// The customer has revoked it.
        Revoked = "revoked",
        /// Required settings are missing.
        MissingSettings = "missing_settings",
        /// The consumer's consent is missing.
        NeedsConsent = "needs_consent",
        /// Authorized, and waiting for your confirmation.
        PendingConfirmation = "pending_confirmation",
        /// The customer has to authorize.
        NeedsAuth = "needs_auth",
        /// Refreshing the token failed; Apideck will try again.
        PendingRefresh = "pending_refresh",
        /// It works.
        Ok = "ok",
        /// The service is out of reach at times.
        Degraded = "degraded",
    }
}

open_enum! {
    /// Whether a consumer agrees to the sharing of data.
    pub enum ConsentState {
        /// Nobody had to be asked.
        Implicit = "implicit",
        /// Asked, not answered.
        Pending = "pending",
        /// Agreed.
        Granted = "granted",
        /// Refused.
        Denied = "denied",
        /// Agreed once, no longer.
        Revoked = "revoked",
        /// Agreed to less than is asked for now.
        RequiresReconsent = "requires_reconsent",
    }
}

model! {
    /// A webhook that Apideck keeps at the service.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct WebhookSubscription {
        /// Its id at the service.
        pub downstream_id: Option<String>,
        /// Apideck's events that it leads to, such as `crm.contact.created`.
        pub unify_event_types: Vec<String>,
        /// The service's own events.
        pub downstream_event_types: Vec<String>,
        /// Where the service posts to. Whoever knows it can post too, so it is not serialised.
        pub execute_url: Option<SecretUrl> as Hidden,
        /// When it was made.
        pub created_at: Option<Timestamp>,
    }
}

model! {
    /// How one custom field is found in the service's records.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CustomMapping {
        /// The field that it fills, such as `hris+employees+first_aid_training`.
        pub id: Option<String>,
        /// The field's name to show.
        pub label: Option<String>,
        /// What the field is for.
        pub description: Option<String>,
        /// The JSONPath of the value in the service's record.
        pub value: Option<String>,
        /// The field's key.
        pub key: Option<String>,
        /// Whether the field must be mapped.
        pub required: Option<bool>,
        /// Whether the mapping finds a custom field of the service.
        pub custom_field: Option<bool>,
        /// The consumer that the mapping belongs to.
        pub consumer_id: Option<String>,
        /// A value as the service has it.
        pub example: Option<String>,
    }
}

request! {
    /// A mapping to store.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CustomMappingInput {
        /// The JSONPath of the value in the service's record.
        pub value: String,
    }
}

impl CustomMappingInput {
    /// Finds the value at this JSONPath.
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into() }
    }
}
