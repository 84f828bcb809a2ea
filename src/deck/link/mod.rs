//! A Link session, in which a customer connects an account: `client.deck().link()`.

mod types;

pub use types::{
    AccountSelectMode, BetaSourceStatus, ClientInfo, ConnectionStatus, FieldType, Language, LinkAccount,
    LinkAccounts, LinkConnectionStatus, LinkMode, LinkToken, LinkTokenSettings, ParsingMethod,
    SecurityQuestion, Source, SourceField, Sources, StartedConnection, UpdateInfo, UpdateMode,
};

use super::{AccountId, SourceId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{request, setters};
use crate::{Call, Patch, Secret};
use std::sync::Arc;

/// The operations of a Link session.
///
/// Those that a browser makes are authorized by the link token alone: the client's id and secret never go with them.
#[derive(Clone, Debug)]
pub struct Link {
    engine: Arc<Engine>,
}

operations! { Deck, "deck.link";
    /// each call makes a token
    CREATE_TOKEN = "create_token": POST "/link/token/create", Once, sdk "link.create_token";
    /// returns what the token was created with
    GET_TOKEN = "get_token": POST "/link/token/get", Read, sdk "link.get_token";
    /// returns what the first screen shows
    INFO = "info": POST "/link/info", Read, auth None, sdk "link.get_info";
    /// a search
    SOURCES = "sources": POST "/link/sources", Read, auth None, sdk "link.search_sources";
    /// each attempt counts at the source
    CONNECT = "connect": POST "/link/connect", Once, auth None, sdk "links.connect";
    /// made for polling
    CONNECTION_STATUS = "connection_status": POST "/link/connection/status", Read, auth None, sdk "links.get_connection_status";
    /// returns the question that waits
    MFA_QUESTION = "mfa_question": POST "/link/authentication/mfa/get", Read, auth None, sdk "links.authentication.get_mfa_question";
    /// a code works once
    ANSWER_MFA = "answer_mfa": POST "/link/authentication/mfa/answer", Once, auth None, sdk "links.authentication.answer_mfa";
    /// returns what was found
    ACCOUNTS = "accounts": POST "/link/account/list", Read, auth None, sdk "links.list_accounts";
    /// sets the whole selection
    SELECT_ACCOUNTS = "select_accounts": POST "/link/account/select", Idempotent, auth None, sdk "link.select_account";
}

impl Link {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Creates a token that opens one Link session.
    ///
    /// It expires after 20 minutes and opens one session. Your front end gives it to Deck's widget, or your backend to
    /// the other calls of this group. After a lost answer create another one: a token that nobody has just expires.
    ///
    /// Source: <https://docs.deck.co/guides/authentication/deck-auth>.
    #[doc(alias = "createToken")]
    #[inline]
    pub fn create_token(&self, body: &CreateLinkToken) -> Call<LinkToken> {
        self.engine.call(&CREATE_TOKEN).json(body).returns()
    }

    /// Gives the settings that a link token was created with.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidLinkToken`](super::ErrorCode::InvalidLinkToken) for a token that is unknown or
    /// expired; so for every call of this group that takes a link token.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/link/README.md>.
    #[doc(alias = "getToken")]
    #[inline]
    pub fn get_token(&self, body: &LinkTokenRequest) -> Call<LinkTokenSettings> {
        self.engine.call(&GET_TOKEN).json(body).returns()
    }

    /// Gives what the session shows: your name, your logo, and the steps to go through.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/link/README.md>.
    #[doc(alias = "getInfo")]
    #[inline]
    pub fn info(&self, body: &LinkTokenRequest) -> Call<ClientInfo> {
        self.engine.call(&INFO).json(body).returns()
    }

    /// Finds sources to connect to, with the fields that each asks for.
    ///
    /// Without a search and without an id these are the 15 most common ones.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/link/README.md>.
    #[doc(alias = "searchSources")]
    #[inline]
    pub fn sources(&self, body: &SearchSources) -> Call<Sources> {
        self.engine.call(&SOURCES).json(body).returns_with_unread::<Sources, _>()
    }

    /// Starts connecting with the customer's credentials, and returns the public token to exchange.
    ///
    /// Connecting goes on after the answer: follow it with [`connection_status`](Self::connection_status). Never
    /// repeated after a lost answer, because each attempt counts at the source and may lock the customer out; the
    /// status tells whether it has begun.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/links/README.md>.
    #[inline]
    pub fn connect(&self, body: &ConnectSource) -> Call<StartedConnection> {
        self.engine.call(&CONNECT).json(body).returns()
    }

    /// Tells how far connecting has come.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/links/README.md>.
    #[doc(alias = "getConnectionStatus")]
    #[inline]
    pub fn connection_status(&self, body: &LinkTokenRequest) -> Call<ConnectionStatus> {
        self.engine.call(&CONNECTION_STATUS).json(body).returns()
    }

    /// Gives the security question to put to the customer, while the status is `MfaQuestion`.
    ///
    /// # Errors
    /// `BadRequest` with [`SecurityQuestionNotFound`](super::ErrorCode::SecurityQuestionNotFound) when none waits.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/authentication/README.md>.
    #[doc(alias = "getMfaQuestion")]
    #[inline]
    pub fn mfa_question(&self, body: &LinkTokenRequest) -> Call<SecurityQuestion> {
        self.engine.call(&MFA_QUESTION).json(body).returns()
    }

    /// Passes on the customer's answer to the security question.
    ///
    /// Never repeated after a lost answer, because a code works once: see what
    /// [`connection_status`](Self::connection_status) says.
    ///
    /// # Errors
    /// `BadRequest` with [`SecurityQuestionNotFound`](super::ErrorCode::SecurityQuestionNotFound) when none waits.
    /// Whether the answer is right shows in the status.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/authentication/README.md>.
    #[doc(alias = "answerMfa")]
    #[inline]
    pub fn answer_mfa(&self, body: &AnswerLinkMfa) -> Call<()> {
        self.engine.call(&ANSWER_MFA).json(body).returns_nothing()
    }

    /// Lists the accounts that were found, while the status is `AccountSelection`.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/links/README.md>.
    #[doc(alias = "listAccounts")]
    #[inline]
    pub fn accounts(&self, body: &LinkTokenRequest) -> Call<LinkAccounts> {
        self.engine.call(&ACCOUNTS).json(body).returns_with_unread::<LinkAccounts, _>()
    }

    /// Selects the accounts to go on with.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccountId`](super::ErrorCode::InvalidAccountId) for an account that was not found.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/link/README.md>.
    #[doc(alias = "selectAccount")]
    #[inline]
    pub fn select_accounts(&self, body: &SelectLinkAccounts) -> Call<()> {
        self.engine.call(&SELECT_ACCOUNTS).json(body).returns_nothing()
    }
}

request! {
    /// How a Link session shall run; Deck's own defaults where nothing is set.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "LinkTokenCreateRequest")]
    pub struct CreateLinkToken {
        /// The language of the widget.
        pub language: Patch<Language>,
        /// Sources of these countries only: ISO 3166-1 alpha-2.
        pub countries: Patch<Vec<String>>,
        /// These sources only.
        pub source_ids: Patch<Vec<SourceId>>,
        /// Sources of these types only.
        pub source_types: Patch<Vec<String>>,
        /// Whether sources in beta are shown.
        pub beta_source_status: Patch<BetaSourceStatus>,
        /// The connection to update, for a session that makes no new one.
        pub update: Patch<LinkUpdate>,
        /// Where the session's events are sent.
        pub webhook_url: Patch<String>,
        /// Whether the connection's data are refreshed regularly.
        pub auto_refresh: Patch<bool>,
        /// How far documents are read.
        pub parsing_method: Patch<ParsingMethod>,
        /// Whether only the latest invoice is collected.
        pub latest_invoice_only: Patch<bool>,
    }
}

impl CreateLinkToken {
    /// A session with Deck's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        language: Patch<Language>,
        countries: Patch<Vec<String>>,
        source_ids: Patch<Vec<SourceId>>,
        source_types: Patch<Vec<String>>,
        beta_source_status: Patch<BetaSourceStatus>,
        update: Patch<LinkUpdate>,
        webhook_url: Patch<String>,
        auto_refresh: Patch<bool>,
        parsing_method: Patch<ParsingMethod>,
        latest_invoice_only: Patch<bool>,
    }
}

request! {
    /// The connection that a session updates, and what of it.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct LinkUpdate {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// What to update.
        pub mode: UpdateMode,
    }
}

impl LinkUpdate {
    /// Updates the connection with this access token.
    pub fn new(access_token: impl Into<Secret>, mode: impl Into<UpdateMode>) -> Self {
        Self { access_token: access_token.into(), mode: mode.into() }
    }
}

request! {
    /// Names a Link session by its token.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct LinkTokenRequest {
        /// The session's token.
        pub link_token: Secret as Hidden,
    }
}

impl LinkTokenRequest {
    /// The session of this token.
    pub fn new(link_token: impl Into<Secret>) -> Self {
        Self { link_token: link_token.into() }
    }
}

request! {
    /// Which sources to find: by id, by name, or the most common ones.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "SourcesRequest")]
    pub struct SearchSources {
        /// The session's token.
        pub link_token: Secret as Hidden,
        /// This source only; the search is then ignored.
        pub source_id: Option<SourceId>,
        /// Sources with this in their name: 3 to 255 characters.
        pub search: Option<String>,
    }
}

impl SearchSources {
    /// The most common sources.
    pub fn new(link_token: impl Into<Secret>) -> Self {
        Self { link_token: link_token.into(), source_id: None, search: None }
    }

    setters! {
        source_id: Option<SourceId>,
        search: Option<String>,
    }
}

request! {
    /// A customer's credentials at a source.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "ConnectRequest")]
    pub struct ConnectSource {
        /// The session's token.
        pub link_token: Secret as Hidden,
        /// The source.
        pub source_id: SourceId,
        /// A value for each field of the source.
        pub fields: Vec<CredentialField>,
        /// The terms of use that the customer has accepted.
        pub terms_of_use_url: Option<String>,
        /// The privacy policy that the customer has accepted.
        pub privacy_policy_url: Option<String>,
    }
}

impl ConnectSource {
    /// Connects to this source with these values.
    pub fn new(
        link_token: impl Into<Secret>,
        source: impl Into<SourceId>,
        fields: impl IntoIterator<Item = CredentialField>,
    ) -> Self {
        Self {
            link_token: link_token.into(),
            source_id: source.into(),
            fields: fields.into_iter().collect(),
            terms_of_use_url: None,
            privacy_policy_url: None,
        }
    }

    setters! {
        terms_of_use_url: Option<String>,
        privacy_policy_url: Option<String>,
    }
}

request! {
    /// What a customer has entered into one field of a source.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CredentialField {
        /// The field, by the source's `field_name`.
        pub field_name: String,
        /// The value.
        pub field_value: Secret as Hidden,
    }
}

impl CredentialField {
    /// This value for this field.
    pub fn new(name: impl Into<String>, value: impl Into<Secret>) -> Self {
        Self { field_name: name.into(), field_value: value.into() }
    }
}

request! {
    /// A customer's answer to a security question.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "LinkMfaAnswerRequest")]
    pub struct AnswerLinkMfa {
        /// The session's token.
        pub link_token: Secret as Hidden,
        /// The answer, or the code that the customer was sent.
        pub answer: Secret as Hidden,
    }
}

impl AnswerLinkMfa {
    /// This answer.
    pub fn new(link_token: impl Into<Secret>, answer: impl Into<Secret>) -> Self {
        Self { link_token: link_token.into(), answer: answer.into() }
    }
}

request! {
    /// The accounts to go on with.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "LinkAccountSelectRequest")]
    pub struct SelectLinkAccounts {
        /// The session's token.
        pub link_token: Secret as Hidden,
        /// The accounts.
        pub accounts: Vec<AccountId>,
    }
}

impl SelectLinkAccounts {
    /// These accounts.
    pub fn new<A: Into<AccountId>>(
        link_token: impl Into<Secret>,
        accounts: impl IntoIterator<Item = A>,
    ) -> Self {
        Self { link_token: link_token.into(), accounts: accounts.into_iter().map(Into::into).collect() }
    }
}
