//! Sessions on Apideck's own pages: `client.apideck().vault().sessions()`.

use super::consumers::ConsumerMetadata;
use crate::apideck::{Apideck, Envelope, UnifiedApi};
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters};
use crate::{Call, JsonMap, Secret, SecretUrl};

/// The operations on one consumer's sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    apideck: Apideck,
}

operations! { Apideck, "apideck.vault.sessions";
    /// each call makes a session
    CREATE = "create": POST "/vault/sessions", Once, consumer Required, sdk "vault.sessions.create";
}

impl Sessions {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Creates a session and returns its link, to which you send the customer.
    ///
    /// There the customer connects services and enters settings, for an hour or the
    /// [`session_length`](SessionSettings::session_length). A consumer that does not exist yet is created. Never
    /// repeated after a lost answer; create another session then, the lost one expires unused.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/sessionsCreate>.
    #[doc(alias = "sessionsCreate")]
    #[inline]
    pub fn create(&self, body: &CreateSession) -> Call<Envelope<Session>> {
        self.apideck.call(&CREATE).json(body).returns_one()
    }
}

request! {
    /// A session to create; Apideck's defaults where nothing is set.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct CreateSession {
        /// What Vault shows of the consumer.
        pub consumer_metadata: Option<ConsumerMetadata>,
        /// Where the customer goes at the end.
        pub redirect_uri: Option<String>,
        /// What the customer sees and may do.
        pub settings: Option<SessionSettings>,
        /// How Vault looks.
        pub theme: Option<SessionTheme>,
        /// Your own data that goes with the session.
        pub custom_consumer_settings: Option<JsonMap> as Hidden,
    }
}

impl CreateSession {
    /// A session with Apideck's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        consumer_metadata: Option<ConsumerMetadata>,
        redirect_uri: Option<String>,
        settings: Option<SessionSettings>,
        theme: Option<SessionTheme>,
        custom_consumer_settings: Option<JsonMap>,
    }
}

request! {
    /// What the customer sees in a session, and may do.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct SessionSettings {
        /// The unified APIs whose services are shown; all by default.
        pub unified_apis: Option<Vec<UnifiedApi>>,
        /// Hides the settings of resources.
        pub hide_resource_settings: Option<bool>,
        /// Shows a banner that this is a test environment.
        pub sandbox_mode: Option<bool>,
        /// Shows the settings of one connection alone, without navigation.
        pub isolation_mode: Option<bool>,
        /// How long the session lasts, such as `30m`: `1h` by default, one week at most.
        pub session_length: Option<String>,
        /// Shows the page of logs, as by default.
        pub show_logs: Option<bool>,
        /// Lets the customer suggest services.
        pub show_suggestions: Option<bool>,
        /// Shows the sidebar, as by default.
        pub show_sidebar: Option<bool>,
        /// Sends the customer to `redirect_uri` as soon as a connection is callable.
        pub auto_redirect: Option<bool>,
        /// Hides Apideck's guides to connecting services.
        pub hide_guides: Option<bool>,
        /// What the customer may do with a connection: everything by default, nothing where it is empty.
        pub allow_actions: Option<Vec<SessionAction>>,
    }
}

impl SessionSettings {
    /// Apideck's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        unified_apis: Option<Vec<UnifiedApi>>,
        hide_resource_settings: Option<bool>,
        sandbox_mode: Option<bool>,
        isolation_mode: Option<bool>,
        session_length: Option<String>,
        show_logs: Option<bool>,
        show_suggestions: Option<bool>,
        show_sidebar: Option<bool>,
        auto_redirect: Option<bool>,
        hide_guides: Option<bool>,
        allow_actions: Option<Vec<SessionAction>>,
    }
}

open_enum! {
    /// What a customer may do with a connection in a session.
    pub enum SessionAction {
        /// Delete it.
        Delete = "delete",
        /// Disconnect it from the service.
        Disconnect = "disconnect",
        /// Authorize again.
        Reauthorize = "reauthorize",
        /// Switch it off.
        Disable = "disable",
    }
}

request! {
    /// How Vault looks in a session. Colours are in hexadecimal, such as `#286efa`.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct SessionTheme {
        /// The URL of the icon in the browser's tab.
        pub favicon: Option<String>,
        /// The URL of the logo.
        pub logo: Option<String>,
        /// The main colour.
        pub primary_color: Option<String>,
        /// The sidebar's background.
        pub sidepanel_background_color: Option<String>,
        /// The sidebar's text.
        pub sidepanel_text_color: Option<String>,
        /// The name in the sidebar.
        pub vault_name: Option<String>,
        /// The URL of your privacy policy.
        pub privacy_url: Option<String>,
        /// The URL of your terms.
        pub terms_url: Option<String>,
    }
}

impl SessionTheme {
    /// Apideck's own look.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        favicon: Option<String>,
        logo: Option<String>,
        primary_color: Option<String>,
        sidepanel_background_color: Option<String>,
        sidepanel_text_color: Option<String>,
        vault_name: Option<String>,
        privacy_url: Option<String>,
        terms_url: Option<String>,
    }
}

model! {
    /// A session. Whoever knows its link or token acts for the consumer until it expires.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct Session {
        /// Where to send the customer. It holds the token.
        pub session_uri: SecretUrl,
        /// The session's token, for Apideck's JavaScript library.
        pub session_token: Secret,
    }
}
