//! Apideck: a consumer's connections.

use super::connection::{Place, Seen};
use super::look::{Found, Look};
use super::{
    Account, Connection, Failure, Key, Need, Original, Reconnect, Reconnection, Refreshed, Since, Status,
    Work, gone,
};
#[cfg(feature = "events")]
use super::{Change, ConnectionChange};
#[cfg(feature = "events")]
use crate::apideck::events::Event;
use crate::apideck::vault::connections::{
    AuthorizeLink, Connection as VaultConnection, ConnectionHealth as Health, ConnectionState as State,
    Connections, LIST, ListConnections,
};
use crate::apideck::vault::sessions::{CreateSession, SessionSettings};
use crate::apideck::{ConsumerId, ServiceId, UnifiedApi};
use crate::operation::Operation;
use crate::{Client, Error};

#[inline]
pub(super) async fn look(consumer: ConsumerId, look: Look) -> Found {
    let account = Account::Apideck(consumer.clone());
    let list = connections(&look.client, &consumer).list(&ListConnections::new());
    let answer = match look.ask(list).await {
        Ok(answer) => answer,
        Err(error) => return Found::failed(Some(account), error),
    };
    // A health that could not be read would pass for one that Apideck left out.
    let is_whole = !answer.unread.iter().any(|unread| unread.path().ends_with(".health"));
    let rows = answer.data.into_iter().map(|connection| {
        let service = connection.name.clone().unwrap_or_else(|| connection.service_id.to_string());
        let (is_available, seen) = (connection.state == Some(State::Available), seen(&connection, is_whole));
        let at = At { consumer: consumer.clone(), connection };
        (is_available, Connection::new(account.clone(), service, seen, at))
    });
    let (available, connections): (Vec<_>, Vec<_>) = rows.partition(|(is_available, _)| *is_available);
    let rows = |rows: Vec<(bool, Connection)>| rows.into_iter().map(|(_, row)| row).collect();
    Found {
        connections: rows(connections),
        available: rows(available),
        unread: answer.unread,
        failure: None::<Failure>,
    }
}

fn connections(client: &Client, consumer: &ConsumerId) -> Connections {
    client.apideck().consumer(consumer).vault().connections()
}

pub(super) fn key(consumer: &ConsumerId, unified_api: &UnifiedApi, service: &ServiceId) -> Key {
    Key::of("apideck", &[consumer.as_str(), unified_api.as_str(), service.as_str()])
}

/// The first line that fits counts.
#[inline]
fn seen(connection: &VaultConnection, is_whole: bool) -> Seen {
    let sign_in = if connection.authorize_url.is_some() { Need::Authorize } else { Need::Settings };
    let loses_credentials = connection.credentials_expire_at.is_some_and(|at| !at.is_never());
    match (&connection.state, &connection.health) {
        (None | Some(State::Unknown(_)), _) | (_, Some(Health::Unknown(_))) => (Status::NeedsLook, None),
        (Some(State::Available), _) | (_, Some(Health::Revoked)) => (Status::Disconnected, Some(sign_in)),
        (_, Some(Health::PendingConfirmation)) => (Status::Pending, None),
        (_, Some(Health::NeedsConsent)) => (Status::NeedsCustomer, Some(Need::Consent)),
        (Some(State::Authorized), _) | (_, Some(Health::MissingSettings)) => {
            (Status::NeedsCustomer, Some(Need::Settings))
        }
        (Some(State::Added | State::Invalid), _) | (_, Some(Health::NeedsAuth)) => {
            (Status::NeedsCustomer, Some(sign_in))
        }
        (Some(State::Callable), Some(Health::PendingRefresh)) if loses_credentials => {
            (Status::NeedsCustomer, Some(sign_in))
        }
        (Some(State::Callable), _) if connection.enabled == Some(false) => (Status::Paused, None),
        (Some(State::Callable), Some(Health::Ok)) if connection.enabled == Some(true) => {
            (Status::Active, None)
        }
        (Some(State::Callable), None) if connection.enabled == Some(true) && is_whole => {
            (Status::Active, None)
        }
        (Some(State::Callable), None | Some(Health::Ok | Health::Degraded | Health::PendingRefresh)) => {
            (Status::NeedsLook, None)
        }
    }
}

/// Where the connection is.
#[derive(Debug)]
struct At {
    consumer: ConsumerId,
    connection: VaultConnection,
}

impl At {
    /// The operations on the consumer's connections, and what names this one.
    fn of(&self, client: &Client) -> (Connections, UnifiedApi, ServiceId) {
        let VaultConnection { unified_api, service_id, .. } = &self.connection;
        (connections(client, &self.consumer), unified_api.clone(), service_id.clone())
    }

    /// The link to authorize, where that is all that the customer has to do.
    fn link(&self, need: Option<Need>, options: &Reconnect) -> Option<Reconnection> {
        let needs_more = matches!(need, Some(Need::Settings | Need::Consent));
        if needs_more || !self.connection.settings_required_for_authorization.is_empty() {
            return None;
        }
        let mut link = AuthorizeLink::new(options.redirect_uri.as_str());
        link.nonce.clone_from(&options.nonce);
        self.connection.authorize_link(&link).map(Reconnection::Redirect)
    }
}

impl Place for At {
    fn original(&self) -> Original<'_> {
        Original::Apideck(&self.connection)
    }

    fn key(&self) -> Option<Key> {
        let VaultConnection { unified_api, service_id, .. } = &self.connection;
        Some(key(&self.consumer, unified_api, service_id))
    }

    fn since(&self) -> Option<Since> {
        let VaultConnection { health, last_refresh_failed_at, last_downstream_error_at, updated_at, .. } =
            &self.connection;
        let moment = match health {
            Some(Health::PendingRefresh) => last_refresh_failed_at,
            Some(Health::Degraded) => last_downstream_error_at,
            _ => updated_at,
        };
        moment.filter(|moment| !moment.is_never()).map(Since::Millis)
    }

    fn seen_by(&self) -> &'static Operation {
        &LIST
    }

    #[inline]
    fn disconnect(&self, client: &Client) -> Work<()> {
        let (connections, unified_api, service) = self.of(client);
        let delete = connections.delete(unified_api, service).send();
        Box::pin(async move { gone(delete.await, |error| matches!(error, Error::NotFound(_))) })
    }

    #[inline]
    fn reconnect(&self, client: &Client, need: Option<Need>, options: &Reconnect) -> Work<Reconnection> {
        if let Some(link) = self.link(need, options) {
            return Box::pin(async { Ok(link) });
        }
        let settings =
            SessionSettings::new().unified_apis([self.connection.unified_api.clone()]).auto_redirect(true);
        let session = CreateSession::new().redirect_uri(options.redirect_uri.as_str()).settings(settings);
        let sessions = client.apideck().consumer(&self.consumer).vault().sessions();
        let session = sessions.create(&session).send();
        Box::pin(async move { Ok(Reconnection::Redirect(session.await?.data.session_uri)) })
    }

    #[inline]
    fn refresh(&self, client: &Client) -> Work<Refreshed> {
        let (connections, unified_api, service) = self.of(client);
        let validate = connections.validate(unified_api, service).send();
        Box::pin(async move { validate.await.map(|_| Refreshed::Done) })
    }
}

#[cfg(feature = "events")]
impl Event {
    /// What it says of a customer's connection; `None` for an event of something else.
    ///
    /// The table is in `docs/customer.md`.
    #[cfg_attr(docsrs, doc(cfg(feature = "events")))]
    pub fn connection_change(&self) -> Option<ConnectionChange> {
        let connection = self.connection();
        let key = connection.and_then(|it| {
            Some(key(it.consumer_id.as_ref()?, it.unified_api.as_ref()?, it.service_id.as_ref()?))
        });
        let is_enabled = connection.is_some_and(|it| it.enabled == Some(true));
        let loses_credentials = connection.is_some_and(|it| it.credentials_expire_at.is_some());
        let change = match self {
            Self::Record(_) => return None,
            Self::ConnectionCallable(_) | Self::TokenRefreshRecovered(_) if is_enabled => Change::Connected,
            Self::TokenRefreshFailed(_) => Change::NeedsCustomer,
            Self::TokenRefreshPending(_) if loses_credentials => Change::NeedsCustomer,
            Self::ConnectionRevoked(_) => Change::Disconnected,
            Self::ConnectionDeleted(_) => Change::Removed,
            _ => Change::LookAgain,
        };
        change.of(key)
    }
}
