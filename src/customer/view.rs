use super::look::Found;
use super::{Account, Connection, Key};
use crate::{Error, Provider, Unread};
use std::fmt;

/// A customer's connections at all vendors, as far as these have answered.
#[derive(Debug)]
pub struct View {
    connections: Vec<Connection>,
    available: Vec<Connection>,
    unread: Vec<Unread>,
    failures: Vec<Failure>,
}

impl View {
    /// The customer's connections, by account in the order in which these were named.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// What the customer can connect and has not: the services that Apideck's application offers.
    pub fn available(&self) -> &[Connection] {
        &self.available
    }

    /// The row that has this key, of what is connected or available.
    pub fn get(&self, key: &Key) -> Option<&Connection> {
        self.connections.iter().chain(&self.available).find(|connection| connection.key() == Some(key))
    }

    /// What kept a vendor's connections from the view; those of the others are there.
    ///
    /// An account whose list ended with an error has the rows before it.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What of the answers was left out because it was not understood; empty as a rule.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.unread.is_empty()
    }
}

impl View {
    pub(super) fn of(all: impl IntoIterator<Item = Found>) -> Self {
        let (mut connections, mut available) = (Vec::new(), Vec::new());
        let (mut unread, mut failures) = (Vec::new(), Vec::new());
        for found in all {
            connections.extend(found.connections);
            available.extend(found.available);
            unread.extend(found.unread);
            failures.extend(found.failure);
        }
        Self { connections, available, unread, failures }
    }
}

/// Why an account's connections are not in the view, or not all of them.
#[derive(Debug)]
pub struct Failure {
    account: Option<Account>,
    error: Error,
}

impl Failure {
    pub(super) fn new(account: Option<Account>, error: Error) -> Self {
        Self { account, error }
    }

    /// The account that was asked about; `None` where the customer has none.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The vendor.
    pub fn provider(&self) -> Option<Provider> {
        self.account.as_ref().map(Account::provider)
    }

    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}
