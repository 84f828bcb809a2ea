//! Deck: the one connection of an access token.

use super::connection::{Place, Seen};
use super::look::{Found, Look};
use super::{
    Account, Connection, Key, Need, Original, Reconnect, Reconnection, Refreshed, Since, Status, Work, gone,
};
#[cfg(feature = "events")]
use super::{Change, ConnectionChange};
use crate::deck::connections::{
    AccessTokenRequest, CONTEXT, ConnectionContext, ConnectivityStatus as State, RefreshConnection,
    ScrapingStatus as Reason, SourceRef,
};
#[cfg(feature = "events")]
use crate::deck::events::Event;
#[cfg(feature = "events")]
use crate::deck::jobs::JobCode;
use crate::deck::link::{CreateLinkToken, LinkUpdate, UpdateMode};
use crate::deck::{ConnectionId, ErrorCode};
use crate::operation::Operation;
use crate::{Client, Secret};

#[inline]
pub(super) async fn look(access_token: Secret, look: Look) -> Found {
    let account = Account::Deck(access_token.clone());
    let context = look.client.deck().connections().context(&AccessTokenRequest::new(&access_token));
    match look.ask(context).await {
        Err(error) => Found::failed(Some(account), error),
        Ok(context) => {
            let SourceRef { id, name } =
                context.provider.clone().unwrap_or(SourceRef { id: None, name: None });
            let service = name.or_else(|| id.map(|id| id.to_string())).unwrap_or_default();
            let seen = seen(&context);
            let row = Connection::new(account, service, seen, At { access_token, context });
            Found { connections: vec![row], ..Found::default() }
        }
    }
}

pub(super) fn key(connection: &ConnectionId) -> Key {
    Key::of("deck", &[connection.as_str()])
}

#[inline]
fn seen(context: &ConnectionContext) -> Seen {
    let reason = context.connection_status_reason.as_ref();
    let needs = reason.and_then(asked);
    match (&context.connection_status, needs) {
        (None | Some(State::Unknown(_)), _) => (Status::NeedsLook, None),
        (Some(State::Error), _) => (Status::Failed, None),
        (Some(State::New | State::Connecting | State::Connected), Some(need)) => {
            (Status::NeedsCustomer, Some(need))
        }
        (Some(State::Disconnected), need) => (Status::NeedsCustomer, need.or(Some(Need::Credentials))),
        (Some(State::New | State::Connecting), None) => (Status::Pending, None),
        (Some(State::Connected), None) if reason == Some(&Reason::Error) => (Status::NeedsLook, None),
        (Some(State::Connected), None) => (Status::Active, None),
    }
}

/// What the customer is asked for.
fn asked(reason: &Reason) -> Option<Need> {
    match reason {
        Reason::InvalidCredentials => Some(Need::Credentials),
        Reason::SecurityAnswerRequired
        | Reason::SecurityAnswerInvalid
        | Reason::SecurityQuestionTimeout
        | Reason::MfaMethodChoiceRequired
        | Reason::MfaCodeRequired
        | Reason::MfaCodeInvalid
        | Reason::MfaCodeTimeout => Some(Need::Answer),
        Reason::MfaActionRequired | Reason::BlockedByPin => Some(Need::ActAtSource),
        Reason::AccountSelectionRequired => Some(Need::SelectAccounts),
        Reason::New
        | Reason::Connecting
        | Reason::CredentialsSent
        | Reason::ConnectedCredentials
        | Reason::WaitingForJob
        | Reason::ExecutingJob
        | Reason::CompletedJob
        | Reason::RetryLater
        | Reason::DataFound
        | Reason::ConnectedWaitingOnDataExtraction
        | Reason::NoDataFound
        | Reason::NoStatement
        | Reason::Error
        | Reason::Unknown(_) => None,
    }
}

/// Where the connection is.
#[derive(Debug)]
struct At {
    access_token: Secret,
    context: ConnectionContext,
}

impl Place for At {
    fn original(&self) -> Original<'_> {
        Original::Deck(&self.context)
    }

    fn key(&self) -> Option<Key> {
        self.context.connection_id.as_ref().map(key)
    }

    fn since(&self) -> Option<Since> {
        self.context.connection_status_timestamp.clone().map(Since::Text)
    }

    fn seen_by(&self) -> &'static Operation {
        &CONTEXT
    }

    #[inline]
    fn disconnect(&self, client: &Client) -> Work<()> {
        let destroy =
            client.deck().connections().destroy(&AccessTokenRequest::new(&self.access_token)).send();
        Box::pin(async move {
            let gone_codes = [ErrorCode::InvalidAccessToken, ErrorCode::ConnectionNotFound];
            gone(destroy.await, |error| error.code().is_some_and(|code| gone_codes.contains(&code.into())))
        })
    }

    #[inline]
    fn reconnect(&self, client: &Client, need: Option<Need>, options: &Reconnect) -> Work<Reconnection> {
        let mode = match need {
            Some(Need::Answer | Need::ActAtSource) => UpdateMode::Refresh,
            Some(Need::SelectAccounts) => UpdateMode::UpdateAccountSelection,
            _ => UpdateMode::UpdateCredentials,
        };
        let mut token = CreateLinkToken::new().update(LinkUpdate::new(&self.access_token, mode));
        if let Some(url) = &options.webhook_url {
            token = token.webhook_url(url.as_str());
        }
        let token = client.deck().link().create_token(&token).send();
        Box::pin(async move { Ok(Reconnection::DeckLink(token.await?.link_token)) })
    }

    #[inline]
    fn refresh(&self, client: &Client) -> Work<Refreshed> {
        let refresh = RefreshConnection::new(&self.access_token);
        let refresh = client.deck().connections().refresh(&refresh).send();
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
        let change = match self {
            Self::ConnectionCompleted(_) => Change::Connected,
            Self::ConnectionInvalidCredentials(_) | Self::ConnectionMfaQuestion(_) => Change::NeedsCustomer,
            Self::ConnectionError(_) | Self::LinkConnectionCreated(_) | Self::Other(_) => Change::LookAgain,
            Self::JobEnded(job) => match job.job_code {
                Some(JobCode::EnsureConnection | JobCode::CloseConnection) => Change::LookAgain,
                _ => return None,
            },
            _ => return None,
        };
        change.of(self.connection_id().map(key))
    }
}
