//! Connections of companies to the software that they use.

use crate::types::{id, list, open_enum};
use crate::{JsonMap, SecretUrl, Timestamp};
use serde::{Deserialize, Serialize};

id! {
    /// A connection of a company: a UUID.
    pub struct ConnectionId;
    /// A kind of software that Codat connects to: a UUID.
    pub struct IntegrationId;
    /// The source that a connection reads: a UUID.
    pub struct SourceId;
}

/// A company's connection to one software.
///
/// Source: <https://docs.codat.io/platform-api#/operations/list-connections>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Connection {
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
    /// Where to send the customer to authorize. Whoever knows it can connect an account of his own.
    pub link_url: Option<SecretUrl>,
    /// Whether the connection works.
    pub status: Option<ConnectionStatus>,
    /// What kind of data it brings.
    pub source_type: Option<SourceType>,
    /// When its data were last synced.
    pub last_sync: Option<Timestamp>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// What went wrong with it.
    #[serde(default, deserialize_with = "list")]
    pub data_connection_errors: Vec<ConnectionError>,
    /// What the software says of itself.
    pub connection_info: Option<JsonMap>,
}

/// Something that went wrong with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionError {
    /// The HTTP status of the software's answer, as text.
    pub status_code: Option<String>,
    /// The status in words.
    pub status_text: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// When, in UTC.
    pub errored_on_utc: Option<Timestamp>,
    /// Whether it still is so.
    pub status: Option<ConnectionErrorStatus>,
    /// Until when, in UTC.
    pub resolved_on_utc: Option<Timestamp>,
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
        /// It is.
        Active = "Active",
        /// It is over.
        Resolved = "Resolved",
    }
}
