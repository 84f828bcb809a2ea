//! Codat: a company's connections.

use super::connection::{Place, Seen};
use super::look::{Found, Look};
use super::{
    Account, Connection, Failure, Key, Need, Original, Reconnect, Reconnection, Refreshed, Since, Status,
    Work, gone,
};
#[cfg(feature = "events")]
use super::{Change, ConnectionChange};
use crate::codat::connections::{
    Connection as CodatConnection, ConnectionError, ConnectionErrorStatus, ConnectionId,
    ConnectionStatus as State, LIST,
};
#[cfg(feature = "events")]
use crate::codat::events::Event;
use crate::codat::{CompanyId, ListOptions};
use crate::operation::Operation;
use crate::{Client, Error};

#[inline]
pub(super) async fn look(company: CompanyId, look: Look) -> Found {
    let account = Account::Codat(company.clone());
    let mut found = Found::default();
    let list = look.client.codat().connections().list(&company, &ListOptions::new());
    let walked = look.walk(list, |page| {
        let before = found.connections.len();
        found.connections.extend(page.results.into_iter().map(|connection| {
            let name = connection.platform_name.clone().or_else(|| connection.integration_key.clone());
            let service = name.unwrap_or_else(|| connection.id.to_string());
            let seen = seen(&connection);
            Connection::new(account.clone(), service, seen, At { company: company.clone(), connection })
        }));
        found.unread.extend(page.unread);
        found.connections.len() - before
    });
    let failure = walked.await.err().map(|error| Failure::new(Some(account.clone()), error));
    Found { failure, ..found }
}

pub(super) fn key(company: &CompanyId, connection: &ConnectionId) -> Key {
    Key::of("codat", &[company.as_str(), connection.as_str()])
}

/// The errors that still apply, as far as Codat says.
fn troubles(connection: &CodatConnection) -> impl Iterator<Item = &ConnectionError> {
    let errors = connection.data_connection_errors.iter();
    errors.filter(|error| error.status != Some(ConnectionErrorStatus::Resolved))
}

#[inline]
fn seen(connection: &CodatConnection) -> Seen {
    let has_trouble = troubles(connection).next().is_some();
    match &connection.status {
        Some(State::Linked) if !has_trouble => (Status::Active, None),
        Some(State::PendingAuth) if !has_trouble => (Status::Pending, Some(Need::Authorize)),
        Some(State::PendingAuth | State::Deauthorized) => (Status::NeedsCustomer, Some(Need::Authorize)),
        Some(State::Unlinked) => (Status::Disconnected, Some(Need::Authorize)),
        None | Some(State::Linked | State::Unknown(_)) => (Status::NeedsLook, None),
    }
}

/// Where the connection is.
#[derive(Debug)]
struct At {
    company: CompanyId,
    connection: CodatConnection,
}

impl Place for At {
    fn original(&self) -> Original<'_> {
        Original::Codat(&self.connection)
    }

    fn key(&self) -> Option<Key> {
        Some(key(&self.company, &self.connection.id))
    }

    fn since(&self) -> Option<Since> {
        let failed = troubles(&self.connection).filter_map(|error| error.errored_on_utc.as_ref()).last();
        let is_new = self.connection.status == Some(State::PendingAuth);
        let moment = failed.or_else(|| self.connection.created.as_ref().filter(|_| is_new));
        moment.cloned().map(Since::Text)
    }

    fn seen_by(&self) -> &'static Operation {
        &LIST
    }

    #[inline]
    fn disconnect(&self, client: &Client) -> Work<()> {
        let (connections, company) = (client.codat().connections(), self.company.clone());
        let id = self.connection.id.clone();
        Box::pin(async move {
            let is_gone = |error: &Error| matches!(error, Error::NotFound(_));
            match connections.get(&company, &id).await?.status {
                Some(State::Unlinked) => Ok(()),
                Some(State::PendingAuth | State::Deauthorized) => {
                    gone(connections.delete(&company, &id).await, is_gone)
                }
                // Codat may refuse to unlink what is in a state of tomorrow; to delete it cannot be undone.
                None | Some(State::Linked | State::Unknown(_)) => {
                    connections.unlink(&company, &id).await.map(|_| ())
                }
            }
        })
    }

    #[inline]
    fn reconnect(&self, _: &Client, _: Option<Need>, _: &Reconnect) -> Work<Reconnection> {
        let link = self.connection.link_url.clone().map(Reconnection::Redirect);
        let none = Reconnection::NotPossible("Codat gave no link for this connection");
        Box::pin(async move { Ok(link.unwrap_or(none)) })
    }

    #[inline]
    fn refresh(&self, client: &Client) -> Work<Refreshed> {
        let refresh = client.codat().refresh_data().all(&self.company).send();
        Box::pin(async move { refresh.await.map(|()| Refreshed::Started) })
    }
}

#[cfg(feature = "events")]
impl Event {
    /// What it says of a customer's connection; `None` for an event of something else.
    ///
    /// The table is in `docs/customer.md`.
    #[cfg_attr(docsrs, doc(cfg(feature = "events")))]
    pub fn connection_change(&self) -> Option<ConnectionChange> {
        let (change, at) = match self {
            Self::ConnectionConnected(at) | Self::ConnectionReconnected(at) => (Change::Connected, at),
            Self::ConnectionFailed(at) => (Change::NeedsCustomer, at),
            Self::ConnectionDeleted(at) => (Change::Removed, at),
            Self::ConnectionCreated(at) => (Change::LookAgain, at),
            Self::ConnectionDisconnected(at) => match at.connection.status {
                Some(State::Deauthorized) => (Change::NeedsCustomer, at),
                Some(State::Unlinked) => (Change::Disconnected, at),
                _ => (Change::LookAgain, at),
            },
            Self::CompanyDeleted(_) | Self::Other(_) => return Change::LookAgain.of(None),
            _ => return None,
        };
        let company = at.reference_company.as_ref().and_then(|company| company.id.as_ref());
        change.of(company.map(|company| key(company, &at.connection.id)))
    }
}
