//! Connections of companies to the software that they use: `client.codat().connections()`.

use super::{CompanyId, ListOptions, Page, PlatformKey};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, model, open_enum, request, write_secret};
use crate::{Call, JsonMap, Secret, SecretUrl, Timestamp};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// The operations on connections.
#[derive(Clone, Debug)]
pub struct Connections {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.connections";
    /// changes nothing
    LIST = "list": GET "/companies/{companyId}/connections", Read, sdk "connections.list";
    /// each call makes a connection, and Codat keeps a key for 90 minutes
    CREATE = "create": POST "/companies/{companyId}/connections", Keyed, sdk "connections.create";
    /// changes nothing
    GET = "get": GET "/companies/{companyId}/connections/{connectionId}", Read, sdk "connections.get";
    /// Codat keeps a key for 90 minutes
    UNLINK = "unlink": PATCH "/companies/{companyId}/connections/{connectionId}", Keyed, sdk "connections.unlink";
    /// gone twice is gone
    DELETE = "delete": DELETE "/companies/{companyId}/connections/{connectionId}", Idempotent, sdk "connections.delete";
    /// sets the credentials
    UPDATE_AUTHORIZATION = "update_authorization": PUT "/companies/{companyId}/connections/{connectionId}/authorization", Idempotent, sdk "connections.update_authorization";
}

id! {
    /// A connection of a company: a UUID.
    pub struct ConnectionId;
    /// A kind of software that Codat connects to: a UUID.
    pub struct IntegrationId;
    /// The source that a connection reads: a UUID.
    pub struct SourceId;
}

impl Connections {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists the connections of a company, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of them.
    ///
    /// # Errors
    /// `BadRequest` for a query that Codat cannot read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-connections>.
    #[doc(alias = "list-connections")]
    #[inline]
    pub fn list(&self, company: impl Into<CompanyId>, options: &ListOptions) -> Call<Page<Connection>> {
        let call = self.engine.call(&LIST).path(company.into()).query(options);
        call.returns_with_unread::<Page<Connection>, _>()
    }

    /// Creates a connection to one software and returns it, with its link.
    ///
    /// It is `PendingAuth` until the customer has followed `link_url` and authorized.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/create-connection>.
    #[doc(alias = "create-connection")]
    #[inline]
    pub fn create(&self, company: impl Into<CompanyId>, connection: &CreateConnection) -> Call<Connection> {
        self.engine.call(&CREATE).path(company.into()).json(connection).returns()
    }

    /// Returns one connection.
    ///
    /// # Errors
    /// `NotFound` for a connection that is not the company's, or is deleted.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-connection>.
    #[doc(alias = "get-connection")]
    #[inline]
    pub fn get(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
    ) -> Call<Connection> {
        self.engine.call(&GET).path(company.into()).path(connection.into()).returns()
    }

    /// Ends the access to the customer's software, and returns the connection.
    ///
    /// Connection and data stay at Codat, and the customer can link it again. Only a `Linked` connection can be
    /// unlinked.
    ///
    /// # Errors
    /// `NotFound` for a connection that is not the company's, or is deleted. What Codat answers where it is not `Linked`
    /// is not documented.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/unlink-connection>.
    #[doc(alias = "unlink-connection")]
    #[inline]
    pub fn unlink(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
    ) -> Call<Connection> {
        let call = self.engine.call(&UNLINK).path(company.into()).path(connection.into());
        call.json(&Unlink { status: ConnectionStatus::Unlinked }).returns()
    }

    /// Ends the access to the customer's software and removes the connection for good.
    ///
    /// # Errors
    /// `NotFound` for a connection that is not the company's, or is deleted, also after an attempt whose answer was
    /// lost.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/delete-connection>.
    #[doc(alias = "delete-connection")]
    #[inline]
    pub fn delete(&self, company: impl Into<CompanyId>, connection: impl Into<ConnectionId>) -> Call<()> {
        self.engine.call(&DELETE).path(company.into()).path(connection.into()).returns_nothing()
    }

    /// Hands Codat the credentials of a connection, and returns it.
    ///
    /// That is for customers who authorized elsewhere before you used Codat.
    ///
    /// # Errors
    /// `NotFound` for a connection that is not the company's, or is deleted.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/update-connection-authorization>.
    #[doc(alias = "update-connection-authorization")]
    #[inline]
    pub fn update_authorization(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
        authorization: &UpdateAuthorization,
    ) -> Call<Connection> {
        let call = self.engine.call(&UPDATE_AUTHORIZATION).path(company.into()).path(connection.into());
        call.json(authorization).returns()
    }
}

request! {
    /// The software to connect to.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CreateConnection in camelCase {
        /// Its four letters; `integrations().list(..)` has them.
        pub platform_key: PlatformKey,
    }
}

impl CreateConnection {
    /// A connection to this software.
    pub fn new(platform_key: impl Into<PlatformKey>) -> Self {
        Self { platform_key: platform_key.into() }
    }
}

request! {
    /// Codat takes no other status.
    struct Unlink {
        status: ConnectionStatus,
    }
}

/// Credentials of a connection, by the names that its software gives them.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
#[non_exhaustive]
pub struct UpdateAuthorization {
    /// The credentials.
    #[serde(serialize_with = "write_secret")]
    pub credentials: BTreeMap<String, Secret>,
}

impl UpdateAuthorization {
    /// No credentials yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a credential, under the name that the software gives it.
    #[must_use]
    pub fn credential(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.credentials.insert(name.into(), value.into());
        self
    }
}

model! {
    /// A company's connection to one software.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-connections>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Connection in camelCase {
        /// The connection's id.
        pub id: ConnectionId,
        /// The software's id.
        pub integration_id: Option<IntegrationId>,
        /// The software's key: four letters.
        pub integration_key: Option<String>,
        /// The source's id.
        pub source_id: Option<SourceId>,
        /// The software's name.
        pub platform_name: Option<String>,
        /// Where to send the customer to authorize. Anyone who has the link can connect their own account.
        pub link_url: Option<SecretUrl>,
        /// Whether the connection works.
        pub status: Option<ConnectionStatus>,
        /// What kind of data it brings.
        pub source_type: Option<SourceType>,
        /// When its data were last synced.
        pub last_sync: Option<Timestamp>,
        /// When it was made.
        pub created: Option<Timestamp>,
        /// What went wrong with it, also what is over.
        pub data_connection_errors: Vec<ConnectionError>,
        /// What the software says of itself.
        pub connection_info: Option<JsonMap>,
    }
}

model! {
    /// Something that went wrong with a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectionError in camelCase {
        /// The HTTP status of the software's answer, as text.
        pub status_code: Option<String>,
        /// The status in words.
        pub status_text: Option<String>,
        /// What went wrong.
        pub error_message: Option<String>,
        /// When, in UTC.
        pub errored_on_utc: Option<Timestamp>,
        /// Whether it still applies; without one Codat counts the error as permanent.
        pub status: Option<ConnectionErrorStatus>,
        /// Until when, in UTC.
        pub resolved_on_utc: Option<Timestamp>,
    }
}

open_enum! {
    /// Whether a connection works.
    pub enum ConnectionStatus {
        /// The customer has not authorized yet.
        PendingAuth = "PendingAuth",
        /// It works.
        Linked = "Linked",
        /// It was unlinked.
        Unlinked = "Unlinked",
        /// The customer or the software has withdrawn the authorization.
        Deauthorized = "Deauthorized",
    }
}

impl ConnectionStatus {
    /// Whether the customer has decided: anything but [`PendingAuth`](Self::PendingAuth). An unknown status is not final.
    ///
    /// One who turns back leaves it `PendingAuth`; then [`data_connection_errors`](Connection::data_connection_errors) says
    /// so.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::PendingAuth | Self::Unknown(_))
    }
}

open_enum! {
    /// What kind of data a connection brings.
    pub enum SourceType {
        /// Accounting.
        Accounting = "Accounting",
        /// Banking.
        Banking = "Banking",
        /// Bank feeds.
        BankFeed = "BankFeed",
        /// Commerce.
        Commerce = "Commerce",
        /// Expenses.
        Expense = "Expense",
        /// Another one.
        Other = "Other",
        /// Codat does not say.
        Unspecified = "Unknown",
    }
}

open_enum! {
    /// Whether an error of a connection still is there.
    pub enum ConnectionErrorStatus {
        /// It still applies.
        Active = "Active",
        /// It is resolved.
        Resolved = "Resolved",
    }
}
