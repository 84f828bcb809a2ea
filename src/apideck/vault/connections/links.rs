//! Links that a customer's browser follows, and what it brings back.

use super::{Connection, Connections};
use crate::apideck::ServiceId;
use crate::call::write_query;
use crate::operation::{Operation, Repeat};
use crate::types::{model, request, setters, with_secrets, write_secret};
use crate::{Error, Provider, Secret, SecretUrl};
use http::Method;
use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};

/// No calls: the client only makes their addresses, and a browser follows them.
static AUTHORIZE: Operation = Operation::new(
    Provider::Apideck,
    "apideck.vault.connections.authorize_link",
    Method::GET,
    "/vault/authorize/{service_id}/{application_id}",
    Repeat::Once,
);
static REVOKE: Operation = Operation::new(
    Provider::Apideck,
    "apideck.vault.connections.revoke_link",
    Method::GET,
    "/vault/revoke/{service_id}/{application_id}",
    Repeat::Once,
);

impl Connection {
    /// The link at which the customer authorizes; `None` where the service has none.
    ///
    /// It carries a secret: send it to this customer's browser, and keep it out of logs.
    ///
    /// ```
    /// use connectory::SecretUrl;
    /// use connectory::apideck::vault::connections::{AuthorizeLink, Connection};
    ///
    /// fn link(connection: &Connection, nonce: &str) -> Option<SecretUrl> {
    ///     connection.authorize_link(&AuthorizeLink::new("https://example.com/connected").nonce(nonce))
    /// }
    /// ```
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsAuthorize>.
    pub fn authorize_link(&self, link: &AuthorizeLink) -> Option<SecretUrl> {
        self.authorize_url.as_ref().map(|url| extended(url, link))
    }

    /// The link at which the customer revokes; `None` where the service has none.
    ///
    /// The browser comes back to this URI. The link carries a secret, as the one to authorize does.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsRevoke>.
    pub fn revoke_link(&self, redirect_uri: impl AsRef<str>) -> Option<SecretUrl> {
        let redirect_uri = redirect_uri.as_ref();
        self.revoke_url.as_ref().map(|url| extended(url, &Revoke { redirect_uri }))
    }
}

impl Connections {
    /// Builds the link at which a customer authorizes, with a state of [`create_callback_state`](Self::create_callback_state).
    ///
    /// Nothing is sent. The link is for the application of this client, and for the consumer that the state was made for.
    /// Where you have the connection, [`Connection::authorize_link`] needs no state.
    ///
    /// # Errors
    /// `Error::Config` without Apideck's settings, `Error::Request` for a service whose id cannot stand in a path.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsAuthorize>.
    #[doc(alias = "connectionsAuthorize")]
    pub fn authorize_link(
        &self,
        service: impl Into<ServiceId>,
        state: impl Into<Secret>,
        link: &AuthorizeLink,
    ) -> Result<SecretUrl, Error> {
        self.link(&AUTHORIZE, service.into(), state.into(), link)
    }

    /// Builds the link at which a customer revokes, with a state of [`create_callback_state`](Self::create_callback_state).
    ///
    /// The browser comes back to this URI; the rest is as with [`authorize_link`](Self::authorize_link).
    ///
    /// # Errors
    /// As with [`authorize_link`](Self::authorize_link).
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/connectionsRevoke>.
    #[doc(alias = "connectionsRevoke")]
    pub fn revoke_link(
        &self,
        service: impl Into<ServiceId>,
        state: impl Into<Secret>,
        redirect_uri: impl AsRef<str>,
    ) -> Result<SecretUrl, Error> {
        let redirect_uri = redirect_uri.as_ref();
        self.link(&REVOKE, service.into(), state.into(), &Revoke { redirect_uri })
    }

    fn link(
        &self,
        operation: &'static Operation,
        service: ServiceId,
        state: Secret,
        query: &impl Serialize,
    ) -> Result<SecretUrl, Error> {
        let draft = self.apideck.call(operation).path(service).path(self.apideck.app_id());
        draft.query(&State { state }).query(query).link()
    }
}

/// What a link to authorize says besides whom it is for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AuthorizeLink {
    /// Where the browser comes back to; empty for the application's default.
    pub redirect_uri: String,
    /// The OAuth scopes to ask the service for; the application's by default.
    #[serde(serialize_with = "space_delimited")]
    pub scope: Option<Vec<String>>,
    /// A random value that proves that the same browser came back: letters, digits and `-`, used once.
    ///
    /// With a nonce, and if CSRF protection is switched on for your account, the connection has to be
    /// [confirmed](Connections::confirm) before it is callable.
    #[serde(serialize_with = "write_secret")]
    pub nonce: Option<Secret>,
}

impl AuthorizeLink {
    /// Leads back to this URI.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self { redirect_uri: redirect_uri.into(), scope: None, nonce: None }
    }

    setters! {
        scope: Option<Vec<String>>,
        nonce: Option<Secret>,
    }
}

fn space_delimited<S: Serializer>(scope: &Option<Vec<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    let scope = scope.as_ref().filter(|scope| !scope.is_empty());
    scope.map(|scope| scope.join(" ")).serialize(serializer)
}

#[derive(Serialize)]
struct Revoke<'a> {
    redirect_uri: &'a str,
}

request! {
    struct State {
        state: Secret as Hidden,
    }
}

/// The link with these parameters, each in the place of the one that it has, if any.
fn extended(url: &SecretUrl, parameters: &impl Serialize) -> SecretUrl {
    let parameters = with_secrets(|| serde_json::to_value(parameters)).unwrap_or_default();
    let (url, fragment) = match url.expose_secret().split_once('#') {
        Some((url, fragment)) => (url, Some(fragment)),
        None => (url.expose_secret(), None),
    };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let is_set = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        parameters.get(name).is_some_and(|value| !value.is_null())
    };
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_set(pair));
    let mut query = kept.collect::<Vec<_>>().join("&");
    write_query(&mut query, "", &parameters);
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    SecretUrl::from(format!("{path}?{query}{fragment}").as_str())
}

request! {
    /// What to make a state for.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateCallbackState {
        /// Where the browser comes back to in the end.
        pub redirect_uri: Option<String>,
    }
}

impl CreateCallbackState {
    /// Leads back to the application's default.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        redirect_uri: Option<String>,
    }
}

model! {
    /// What tells Vault for whom a link is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct CallbackState {
        /// Goes into links as `state`.
        pub state: Secret,
    }
}

/// What the browser brings back in its address after `#`, where the link had a nonce.
///
/// Browsers do not send that part to a server: a script of your page has to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedirectFragment {
    /// The nonce of the link that the browser followed.
    pub nonce: Secret,
    /// What [`confirm`](Connections::confirm) takes, once and within 30 minutes.
    pub confirm_token: Secret,
    /// The service that was connected.
    pub service_id: Option<ServiceId>,
}

impl RedirectFragment {
    /// Reads a fragment, with or without its `#`, or the whole address; `None` where it brings no token.
    ///
    /// A `+` is itself and no space.
    ///
    /// ```
    /// use connectory::apideck::vault::connections::RedirectFragment;
    ///
    /// let hash = "#nonce=0b1c-2d&confirm_token=550e8400-e29b-41d4-a716-446655440000&service_id=hubspot";
    /// let fragment = RedirectFragment::parse(hash).unwrap();
    /// assert!(fragment.is_for("0b1c-2d") && !fragment.is_for("another"));
    /// ```
    pub fn parse(fragment: &str) -> Option<Self> {
        let fragment = fragment.split_once('#').map_or(fragment, |(_, fragment)| fragment);
        let value = |name: &str| {
            let mut pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
            let (_, value) = pairs.find(|(known, _)| *known == name)?;
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (!value.is_empty()).then(|| value.into_owned())
        };
        Some(Self {
            nonce: value("nonce")?.into(),
            confirm_token: value("confirm_token")?.into(),
            service_id: value("service_id").map(ServiceId::from),
        })
    }

    /// Whether the browser followed the link with this nonce. If not, do not confirm.
    pub fn is_for(&self, nonce: impl Into<Secret>) -> bool {
        let nonce = nonce.into();
        !nonce.expose_secret().is_empty() && nonce.expose_secret() == self.nonce.expose_secret()
    }
}

request! {
    /// What confirms a connection.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct ConfirmConnection {
        /// The token of a [`RedirectFragment`].
        pub confirm_token: Secret as Hidden,
    }
}

impl ConfirmConnection {
    /// Confirms with this token.
    pub fn new(confirm_token: impl Into<Secret>) -> Self {
        Self { confirm_token: confirm_token.into() }
    }
}

model! {
    /// Whether a connection is confirmed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Confirmation {
        /// Whether it is.
        pub confirmed: bool,
    }
}
