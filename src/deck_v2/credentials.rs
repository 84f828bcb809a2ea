//! What a customer signs in with at a source: `client.deck_v2().credentials()`.

use super::{CredentialId, Page, SourceId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters};
use crate::{Call, JsonMap, Patch, Secret, Timestamp};
use std::sync::Arc;

/// The operations on credentials.
#[derive(Clone, Debug)]
pub struct Credentials {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.credentials";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/credentials", Keyed;
    /// changes nothing
    LIST = "list": GET "/credentials", Read;
    /// changes nothing
    GET = "get": GET "/credentials/{credential_id}", Read;
    /// Deck keeps a success for 24 hours
    UPDATE = "update": PATCH "/credentials/{credential_id}", Keyed;
    /// Deck keeps a success for 24 hours
    DELETE = "delete": DELETE "/credentials/{credential_id}", Keyed;
}

impl Credentials {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Stores a customer's credential for one source.
    ///
    /// Nothing signs in yet: it is `Unverified` until a run of a task has used it.
    ///
    /// # Errors
    /// `NotFound` or `BadRequest` for a source that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/credentials/create-a-credential>.
    #[inline]
    pub fn create(&self, body: &CreateCredential) -> Call<Credential> {
        self.engine.call(&CREATE).json(body).returns()
    }

    /// Lists credentials, a page at a time.
    ///
    /// With [`external_id`](field@ListCredentials::external_id) those of one customer.
    ///
    /// Source: <https://docs.deck.co/api-reference/credentials/list-credentials>.
    #[inline]
    pub fn list(&self, query: &ListCredentials) -> Call<Page<Credential>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Credential>, _>()
    }

    /// Returns one credential, without its secrets.
    ///
    /// One that was deleted can still be read.
    ///
    /// # Errors
    /// `NotFound` for a credential that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/credentials/retrieve-a-credential>.
    #[inline]
    pub fn get(&self, credential: impl Into<CredentialId>) -> Call<Credential> {
        self.engine.call(&GET).path(credential.into()).returns()
    }

    /// Replaces a credential's user name and password, or your own id of it.
    ///
    /// One that was `Verified` is `Unverified` afterwards.
    ///
    /// # Errors
    /// `NotFound` for a credential that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/credentials/update-a-credential>.
    #[inline]
    pub fn update(&self, credential: impl Into<CredentialId>, body: &UpdateCredential) -> Call<Credential> {
        self.engine.call(&UPDATE).path(credential.into()).json(body).returns()
    }

    /// Deletes a credential: no run can use it any more.
    ///
    /// It stays readable, as `Deleted`.
    ///
    /// # Errors
    /// `NotFound` for a credential that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/platform/credential-management>.
    #[inline]
    pub fn delete(&self, credential: impl Into<CredentialId>) -> Call<()> {
        self.engine.call(&DELETE).path(credential.into()).returns_nothing()
    }
}

request! {
    /// A credential to store.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CreateCredential {
        /// The source that it is for.
        pub source_id: SourceId,
        /// How the customer signs in: with nothing where it is not set.
        pub auth_method: Option<AuthMethod>,
        /// What the customer signs in with.
        pub auth_credentials: Option<AuthCredentials>,
        /// Your own id of the customer or the credential: 255 characters at most.
        pub external_id: Option<String>,
    }
}

impl CreateCredential {
    /// A credential without anything to sign in with.
    pub fn new(source: impl Into<SourceId>) -> Self {
        Self { source_id: source.into(), auth_method: None, auth_credentials: None, external_id: None }
    }

    /// A user name and a password.
    pub fn username_password(
        source: impl Into<SourceId>,
        username: impl Into<Secret>,
        password: impl Into<Secret>,
    ) -> Self {
        let credentials = AuthCredentials::username_password(username, password);
        Self::new(source).auth_method(AuthMethod::UsernamePassword).auth_credentials(credentials)
    }

    setters! {
        auth_method: Option<AuthMethod>,
        auth_credentials: Option<AuthCredentials>,
        external_id: Option<String>,
    }
}

request! {
    /// What a customer signs in with.
    ///
    /// Source: <https://docs.deck.co/concepts/credentials>.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct AuthCredentials {
        /// The user name.
        pub username: Option<Secret> as Hidden,
        /// The password.
        pub password: Option<Secret> as Hidden,
        /// What else the source asks for, such as `company_id`: ten values at most, none called `username` or `password`.
        ///
        /// Deck returns them when the credential is read, unless they are marked as secret. How one marks them is not in
        /// the documentation that has been seen.
        pub source_fields: Option<JsonMap> as Hidden,
        /// Other members, for a method that this type does not know.
        pub more: JsonMap as More,
    }
}

impl AuthCredentials {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A user name and a password.
    pub fn username_password(username: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self { username: Some(username.into()), password: Some(password.into()), ..Self::default() }
    }

    setters! {
        source_fields: Option<JsonMap>,
        more: JsonMap,
    }
}

request! {
    /// What to change of a credential.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct UpdateCredential {
        /// What the customer signs in with from now on.
        pub auth_credentials: Option<AuthCredentials>,
        /// Your own id of the customer or the credential; `Clear` removes it.
        pub external_id: Patch<String>,
    }
}

impl UpdateCredential {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        auth_credentials: Option<AuthCredentials>,
        external_id: Patch<String>,
    }
}

request! {
    /// Which credentials to list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListCredentials {
        /// How many credentials a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// The `next_cursor` of the page before; the first page where it is not set.
        pub cursor: Option<String>,
        /// Those for any of these sources.
        pub source_id: Option<Vec<SourceId>>,
        /// Those in any of these states.
        pub status: Option<Vec<CredentialStatus>>,
        /// Those that have this id of yours.
        pub external_id: Option<String>,
    }
}

impl ListCredentials {
    /// All credentials.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
        source_id: Option<Vec<SourceId>>,
        status: Option<Vec<CredentialStatus>>,
        external_id: Option<String>,
    }
}

model! {
    /// What a customer signs in with at a source, without its secrets.
    ///
    /// Source: <https://docs.deck.co/api-reference/credentials/retrieve-a-credential>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Credential {
        /// The credential's id.
        pub id: CredentialId,
        /// What kind of resource it is: `credential`.
        pub object: Option<String>,
        /// Whether it works.
        pub status: Option<CredentialStatus>,
        /// Your own id of the customer or the credential.
        pub external_id: Option<String>,
        /// The source that it is for.
        pub source_id: Option<SourceId>,
        /// How the customer signs in.
        pub auth_method: Option<AuthMethod>,
        /// What Deck shows of the credential, such as `username`: no password.
        pub auth_credentials: Option<JsonMap>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support; not of a credential in a list.
        pub request_id: Option<String>,
    }
}

open_enum! {
    /// Whether a credential works.
    pub enum CredentialStatus {
        /// No run has signed in with it, or not since it was changed.
        Unverified = "unverified",
        /// A run has signed in with it.
        Verified = "verified",
        /// The source has refused it: the customer has to give another one.
        Invalid = "invalid",
        /// It was deleted, and can only be read.
        Deleted = "deleted",
    }
}

impl CredentialStatus {
    /// Whether it is known if the credential works, or it is gone; false for a status that is unknown.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Verified | Self::Invalid | Self::Deleted)
    }
}

open_enum! {
    /// How a customer signs in.
    pub enum AuthMethod {
        /// With a user name and a password.
        UsernamePassword = "username_password",
        /// With nothing.
        None = "none",
    }
}
