use super::Key;
use serde::Serialize;

/// What an event says of a customer's connection, whichever vendor delivered it.
///
/// It keeps a stored list true without polling: find the row by its key and do what the change says. Events come in any
/// order and more than once, so that a list that matters is looked at again from time to time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectionChange {
    /// What the connection is stored under; `None` where the event does not say which one it is.
    pub key: Option<Key>,
    /// What has happened to it.
    pub change: Change,
}

/// What has happened to a connection. It is complete: a later version adds no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It works, for the first time or again.
    Connected,
    /// It does not work, or soon will not, until the customer does something.
    NeedsCustomer,
    /// It was ended, and can be had again.
    Disconnected,
    /// It is gone.
    Removed,
    /// Something else, or something that this version does not know: look at it.
    LookAgain,
}

impl Change {
    pub(super) fn of(self, key: Option<Key>) -> Option<ConnectionChange> {
        Some(ConnectionChange { key, change: self })
    }
}
