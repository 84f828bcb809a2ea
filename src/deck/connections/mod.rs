//! A customer's connection at Deck: `client.deck().connections()`.

mod types;

pub use types::{
    Account, Accounts, ConnectionContext, ConnectivityStatus, Entity, ExchangedField, InvalidatedAccessToken,
    PublicTokenExchange, ScrapingStatus, SourceRef,
};

use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{request, setters};
use crate::{Call, Secret};
use serde::Serialize;
use std::sync::Arc;

/// The operations on a customer's connection.
#[derive(Clone, Debug)]
pub struct Connections {
    engine: Arc<Engine>,
}

operations! { Deck, "deck.connections";
    /// a public token is exchanged once
    EXCHANGE_PUBLIC_TOKEN = "exchange_public_token": POST "/connection/public_token/exchange", Once, sdk "connection.exchange_public_token";
    /// returns status and entities
    CONTEXT = "context": POST "/connection/context", Read, sdk "connection.get_context";
    /// returns the accounts
    ACCOUNTS = "accounts": POST "/connection/accounts", Read, sdk "connection.get_accounts";
    /// sets a flag for each account named
    SELECT_ACCOUNTS = "select_accounts": POST "/connection/accounts/select", Idempotent, sdk "connection.select_accounts";
    /// the new token is told once
    INVALIDATE_ACCESS_TOKEN = "invalidate_access_token": POST "/connection/access_token/invalidate", Once, sdk "connections.invalidate_access_token";
    /// sets URL and switch
    UPDATE_WEBHOOK = "update_webhook": POST "/connection/webhook/update", Idempotent, sdk "connections.update_webhook";
    /// sets a flag
    UPDATE_AUTO_REFRESH = "update_auto_refresh": POST "/connection/auto_refresh/update", Idempotent, sdk "connection.update_auto_refresh";
    /// each call starts a session at the source
    REFRESH = "refresh": POST "/connection/refresh", Once, sdk "connection.refresh";
    /// gone twice is gone
    DESTROY = "destroy": POST "/connection/destroy", Idempotent, sdk "connection.destroy";
}

impl Connections {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Exchanges the public token of a finished Link session for the connection's access token.
    ///
    /// Never repeated after a lost answer, because a public token is exchanged once: if the next exchange is refused
    /// the access token is lost, and the customer has to connect again.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidPublicToken`](super::ErrorCode::InvalidPublicToken) for a token that is unknown or was
    /// exchanged before.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[doc(alias = "exchangePublicToken")]
    #[inline]
    pub fn exchange_public_token(&self, body: &ExchangePublicToken) -> Call<PublicTokenExchange> {
        self.engine.call(&EXCHANGE_PUBLIC_TOKEN).json(body).returns()
    }

    /// Gives the state of a connection: its source, its status and since when, its entities.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown or was
    /// rotated; so for every call of this group that takes an access token.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[doc(alias = "getContext")]
    #[inline]
    pub fn context(&self, body: &AccessTokenRequest) -> Call<ConnectionContext> {
        self.engine.call(&CONTEXT).json(body).returns()
    }

    /// Lists the accounts of a connection and tells which are selected.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[doc(alias = "getAccounts")]
    #[inline]
    pub fn accounts(&self, body: &AccessTokenRequest) -> Call<Accounts> {
        self.engine.call(&ACCOUNTS).json(body).returns_with_unread::<Accounts, _>()
    }

    /// Sets which accounts of a connection are considered.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[doc(alias = "selectAccounts")]
    #[inline]
    pub fn select_accounts(&self, body: &SelectAccounts) -> Call<()> {
        self.engine.call(&SELECT_ACCOUNTS).json(body).returns_nothing()
    }

    /// Rotates a connection's access token and returns the new one.
    ///
    /// The old token is refused from then on. Store the new one before anything else: Deck tells it once. The call is
    /// never repeated: if its answer is lost
    /// ([`Outcome::Unknown`](crate::Outcome::Unknown)) the old token may be dead and the new one is not known; then
    /// the customer has to connect again unless the old token still works.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown or
    /// was rotated before.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-dotnet/blob/main/docs/sdks/connections/README.md#invalidateaccesstoken>.
    #[inline]
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
    #[inline]
    pub fn update_webhook(&self, body: &UpdateWebhook) -> Call<()> {
        self.engine.call(&UPDATE_WEBHOOK).json(body).returns_nothing()
    }

    /// Sets whether a connection's data are refreshed regularly.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[doc(alias = "updateAutoRefresh")]
    #[inline]
    pub fn update_auto_refresh(&self, body: &UpdateAutoRefresh) -> Call<()> {
        self.engine.call(&UPDATE_AUTO_REFRESH).json(body).returns_nothing()
    }

    /// Starts a refresh of a connection's data now.
    ///
    /// The new data come later, by webhook. Never repeated after a lost answer, because each call starts a session at
    /// the source: wait for the webhook before you call again.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[inline]
    pub fn refresh(&self, body: &RefreshConnection) -> Call<()> {
        self.engine.call(&REFRESH).json(body).returns_nothing()
    }

    /// Deletes a connection with all its data; its access token is dead afterwards.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown. After
    /// a lost answer that may be the trace of a first attempt that did its work: [`outcome`](crate::Error::outcome) is
    /// then `Unknown`.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/connection/README.md>.
    #[inline]
    pub fn destroy(&self, body: &AccessTokenRequest) -> Call<()> {
        self.engine.call(&DESTROY).json(body).returns_nothing()
    }
}

request! {
    /// A public token to exchange.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "PublicTokenExchangeRequest")]
    pub struct ExchangePublicToken {
        /// The token that connecting gave.
        pub public_token: Secret as Hidden,
    }
}

impl ExchangePublicToken {
    /// Exchanges this token.
    pub fn new(public_token: impl Into<Secret>) -> Self {
        Self { public_token: public_token.into() }
    }
}

request! {
    /// Which accounts of a connection are considered.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "AccountsSelectRequest")]
    pub struct SelectAccounts {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// The accounts to change.
        pub accounts: Vec<AccountSelection>,
    }
}

impl SelectAccounts {
    /// Changes these accounts.
    pub fn new(
        access_token: impl Into<Secret>,
        accounts: impl IntoIterator<Item = AccountSelection>,
    ) -> Self {
        Self { access_token: access_token.into(), accounts: accounts.into_iter().collect() }
    }
}

/// Whether one account is considered.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AccountSelection {
    /// The source's number of it; `null` for an account without one.
    pub account_number: Option<String>,
    /// Whether it is considered.
    pub is_selected: bool,
}

request::part! { AccountSelection }

impl AccountSelection {
    /// Considers the account with this number, or does not.
    pub fn new(account_number: impl Into<String>, is_selected: bool) -> Self {
        Self { account_number: Some(account_number.into()), is_selected }
    }

    /// Considers the account without a number, or does not.
    pub fn without_number(is_selected: bool) -> Self {
        Self { account_number: None, is_selected }
    }
}

request! {
    /// Whether a connection's data are refreshed regularly.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "AutoRefreshUpdateRequest")]
    pub struct UpdateAutoRefresh {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// Whether they are.
        pub auto_refresh: bool,
    }
}

impl UpdateAutoRefresh {
    /// Switches the refresh on or off.
    pub fn new(access_token: impl Into<Secret>, auto_refresh: bool) -> Self {
        Self { access_token: access_token.into(), auto_refresh }
    }
}

request! {
    /// What to refresh of a connection.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "RefreshConnectionRequest")]
    pub struct RefreshConnection {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// The accounts; all where it is not set.
        pub account_numbers: Option<Vec<String>>,
    }
}

impl RefreshConnection {
    /// Refreshes all accounts.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), account_numbers: None }
    }

    setters! {
        account_numbers: Option<Vec<String>>,
    }
}

request! {
    /// Names a connection by its access token.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct AccessTokenRequest {
        /// The token that the exchange or the last rotation gave.
        pub access_token: Secret as Hidden,
    }
}

impl AccessTokenRequest {
    /// The connection that this token belongs to.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into() }
    }
}

request! {
    /// Where a connection's events go.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "WebhookUpdateRequest")]
    pub struct UpdateWebhook {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// The URL that Deck posts events to.
        pub url: String,
        /// Whether it does.
        pub is_active: bool,
    }
}

impl UpdateWebhook {
    /// Sends the connection's events to this URL, or keeps the URL and sends none.
    pub fn new(access_token: impl Into<Secret>, url: impl Into<String>, is_active: bool) -> Self {
        Self { access_token: access_token.into(), url: url.into(), is_active }
    }
}
