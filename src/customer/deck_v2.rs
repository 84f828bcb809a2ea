//! Deck v2: the credentials that have an `external_id`.

use super::at_once::at_once;
use super::connection::{Place, Seen};
use super::look::{Found, Look};
use super::{
    Account, Connection, Failure, Key, Need, Original, Reconnect, Reconnection, Refreshed, Since, Status,
    Work, gone,
};
#[cfg(feature = "events")]
use super::{Change, ConnectionChange};
use crate::deck_v2::credentials::{Credential, CredentialStatus as State, LIST, ListCredentials};
#[cfg(feature = "events")]
use crate::deck_v2::events::Event;
use crate::deck_v2::{CredentialId, SourceId};
use crate::operation::Operation;
use crate::{Client, Error};
use std::collections::{BTreeMap, BTreeSet};

#[inline]
pub(super) async fn look(external_id: String, look: Look) -> Found {
    let account = Account::DeckV2(external_id.clone());
    if external_id.is_empty() {
        // Deck may take it for no filter at all.
        let error = Error::request(&LIST, "the external id is empty: it would name everybody's credentials");
        return Found::failed(Some(account), error);
    }
    let mut found = Found::default();
    let query = ListCredentials::new().external_id(external_id.as_str()).limit(100_u32);
    let walked = look.walk(look.client.deck_v2().credentials().list(&query), |page| {
        let seen = page.data.len();
        // A customer is never shown what another one has, whatever Deck makes of the filter.
        let own = page.data.into_iter().filter(|it| it.external_id.as_deref() == Some(&*external_id));
        found.connections.extend(own.map(|credential| row(&account, credential)));
        found.unread.extend(page.unread);
        seen
    });
    let failure = walked.await.err().map(|error| Failure::new(Some(account.clone()), error));
    name_services(&mut found.connections, &look).await;
    Found { failure, ..found }
}

#[inline]
fn row(account: &Account, credential: Credential) -> Connection {
    let service = credential.source_id.as_ref().map(SourceId::to_string).unwrap_or_default();
    Connection::new(account.clone(), service, seen(&credential), At { credential })
}

/// Calls the sources by their names; one that cannot be had costs no row.
#[inline]
async fn name_services(connections: &mut [Connection], look: &Look) {
    let ids: BTreeSet<_> = connections.iter().map(|it| it.service().to_owned()).collect();
    let ids = ids.into_iter().filter(|id| !id.is_empty());
    let names = at_once(ids.map(|id| {
        let (look, source) = (look.clone(), look.client.deck_v2().sources().get(id.as_str()));
        async move { Some((id, look.ask(source).await.ok()?.name?)) }
    }));
    let names: BTreeMap<String, String> = names.await.into_iter().flatten().collect();
    for connection in connections {
        if let Some(name) = names.get(connection.service()) {
            connection.call_service(name);
        }
    }
}

pub(super) fn key(credential: &CredentialId) -> Key {
    Key::of("deck-v2", &[credential.as_str()])
}

#[inline]
fn seen(credential: &Credential) -> Seen {
    match &credential.status {
        Some(State::Verified) => (Status::Active, None),
        Some(State::Unverified) => (Status::Pending, None),
        Some(State::Invalid) => (Status::NeedsCustomer, Some(Need::Credentials)),
        Some(State::Deleted) => (Status::Disconnected, Some(Need::Credentials)),
        None | Some(State::Unknown(_)) => (Status::NeedsLook, None),
    }
}

/// Where the connection is.
#[derive(Debug)]
struct At {
    credential: Credential,
}

impl Place for At {
    fn original(&self) -> Original<'_> {
        Original::DeckV2(&self.credential)
    }

    fn key(&self) -> Option<Key> {
        Some(key(&self.credential.id))
    }

    fn since(&self) -> Option<Since> {
        self.credential.updated_at.clone().map(Since::Text)
    }

    fn seen_by(&self) -> &'static Operation {
        &LIST
    }

    #[inline]
    fn disconnect(&self, client: &Client) -> Work<()> {
        let delete = client.deck_v2().credentials().delete(&self.credential.id).send();
        Box::pin(async move { gone(delete.await, |error| matches!(error, Error::NotFound(_))) })
    }

    #[inline]
    fn reconnect(&self, client: &Client, _: Option<Need>, _: &Reconnect) -> Work<Reconnection> {
        let token = client.deck_v2().session_tokens().create().send();
        Box::pin(async move { Ok(Reconnection::DeckV2Component(token.await?.token)) })
    }

    #[inline]
    fn refresh(&self, _: &Client) -> Work<Refreshed> {
        let none =
            Refreshed::NotPossible("Deck v2 refreshes nothing by itself: run a task with the credential");
        Box::pin(async move { Ok(none) })
    }
}

#[cfg(feature = "events")]
impl Event {
    /// What it says of a customer's connection; `None` for an event of something else.
    ///
    /// The table is in `docs/customer.md`.
    #[cfg_attr(docsrs, doc(cfg(feature = "events")))]
    pub fn connection_change(&self) -> Option<ConnectionChange> {
        let change = match self {
            Self::CredentialVerified(_) => Change::Connected,
            Self::CredentialInvalid(_) => Change::NeedsCustomer,
            Self::CredentialDeleted(_) => Change::Disconnected,
            Self::CredentialCreated(_) | Self::CredentialUnverified(_) | Self::Other(_) => Change::LookAgain,
            _ => return None,
        };
        change.of(self.credential().map(|credential| key(&credential.id)))
    }
}
