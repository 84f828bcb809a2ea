//! A customer's connection at Deck: `client.deck().connections()`.

use crate::engine::{Engine, Operation, Provider, Repeat};
use crate::types::write_secret;
use crate::{Call, Secret};
use http::Method;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The operations on a customer's connection.
#[derive(Clone, Debug)]
pub struct Connections {
    engine: Arc<Engine>,
}

static INVALIDATE_ACCESS_TOKEN: Operation = Operation::new(
    Provider::Deck,
    "deck.connections.invalidate_access_token",
    Method::POST,
    "/connection/access_token/invalidate",
    Repeat::Once,
);

static UPDATE_WEBHOOK: Operation = Operation::new(
    Provider::Deck,
    "deck.connections.update_webhook",
    Method::POST,
    "/connection/webhook/update",
    // It sets where the events go and whether they do: an absolute state.
    Repeat::Idempotent,
);

pub(crate) const OPERATIONS: &[&Operation] = &[&INVALIDATE_ACCESS_TOKEN, &UPDATE_WEBHOOK];

impl Connections {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Rotates a connection's access token and returns the new one.
    ///
    /// The old token is refused from then on. The call is never repeated: if its answer is lost
    /// ([`Outcome::Unknown`](crate::Outcome::Unknown)) the old token may be dead and the new one is not known; then
    /// the customer has to connect again unless the old token still works.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown or
    /// was rotated before.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-dotnet/blob/main/docs/sdks/connections/README.md#invalidateaccesstoken>.
    pub fn invalidate_access_token(&self, body: &AccessTokenRequest) -> Call<InvalidatedAccessToken> {
        self.engine.call(&INVALIDATE_ACCESS_TOKEN).json(body).returns()
    }

    /// Sets where the events of one connection are sent, and whether they are.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown or
    /// was rotated.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-dotnet/blob/main/docs/sdks/connections/README.md#updatewebhook>.
    pub fn update_webhook(&self, body: &WebhookUpdateRequest) -> Call<()> {
        self.engine.call(&UPDATE_WEBHOOK).json(body).returns_nothing()
    }
}

/// Names a connection by its access token.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AccessTokenRequest {
    /// The token that the exchange or the last rotation gave.
    #[serde(serialize_with = "write_secret")]
    pub access_token: Secret,
}

impl AccessTokenRequest {
    /// The connection that this token belongs to.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into() }
    }
}

/// A connection's new access token.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct InvalidatedAccessToken {
    /// The token to use from now on. Store it before anything else: Deck does not give it twice.
    pub new_access_token: Secret,
}

/// Where a connection's events go.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WebhookUpdateRequest {
    /// The connection's access token.
    #[serde(serialize_with = "write_secret")]
    pub access_token: Secret,
    /// The URL that Deck posts events to.
    pub url: String,
    /// Whether it does.
    pub is_active: bool,
}

impl WebhookUpdateRequest {
    /// Sends the connection's events to this URL, or keeps the URL and sends none.
    pub fn new(access_token: impl Into<Secret>, url: impl Into<String>, is_active: bool) -> Self {
        Self { access_token: access_token.into(), url: url.into(), is_active }
    }
}
