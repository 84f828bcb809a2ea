//! A connection, from the exchange of its public token to its end.

use super::{State, Webhook, body, done, error, is_web, iso, ok, refusal};
use crate::deck::connections::{self, ConnectivityStatus, ScrapingStatus};
use crate::deck::{ConnectionId, ErrorCode};
use crate::sandbox::body::{OrDefault, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use crate::sandbox::random::Random;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

use super::documents::Documents;
use super::link::Source;

pub(super) const HANDLERS: Handlers<State> = &[
    (&connections::EXCHANGE_PUBLIC_TOKEN, State::exchange_public_token),
    (&connections::CONTEXT, State::context),
    (&connections::ACCOUNTS, State::accounts),
    (&connections::SELECT_ACCOUNTS, State::select_accounts),
    (&connections::INVALIDATE_ACCESS_TOKEN, State::invalidate_access_token),
    (&connections::UPDATE_WEBHOOK, State::update_webhook),
    (&connections::UPDATE_AUTO_REFRESH, State::update_auto_refresh),
    (&connections::REFRESH, State::refresh),
    (&connections::DESTROY, State::destroy),
];

/// How long a connection stays open without a job.
const OPEN: Duration = Duration::from_secs(10 * 60);

pub(super) struct Connection {
    pub(super) id: ConnectionId,
    pub(super) source: &'static str,
    pub(super) username: String,
    pub(super) accounts: Vec<Account>,
    pub(super) webhook: Webhook,
    pub(super) documents: Documents,
    pub(super) auto_refresh: bool,
    status: ConnectivityStatus,
    reason: ScrapingStatus,
    since: SystemTime,
    /// Jobs are taken until then.
    pub(super) open_until: SystemTime,
}

#[derive(Clone)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) is_selected: bool,
}

impl Connection {
    pub(super) fn new(source: &'static str, username: &str, now: SystemTime, random: &Random) -> Self {
        let account = |number: &str| Account {
            id: random.uuid().to_string(),
            number: number.to_owned(),
            is_selected: true,
        };
        Self {
            id: random.uuid().to_string().into(),
            source,
            username: username.to_owned(),
            accounts: vec![account("1001"), account("1002")],
            webhook: Webhook::default(),
            documents: Documents::default(),
            auto_refresh: false,
            status: ConnectivityStatus::Connected,
            reason: ScrapingStatus::DataFound,
            since: now,
            open_until: now + OPEN,
        }
    }

    pub(super) fn is_open(&self, now: SystemTime) -> bool {
        now < self.open_until
    }

    /// The source lets the customer in, under this name.
    pub(super) fn sign_in(&mut self, username: &str, now: SystemTime) {
        username.clone_into(&mut self.username);
        (self.status, self.reason) = (ConnectivityStatus::Connected, ScrapingStatus::DataFound);
        self.since = now;
        self.keep_open(now);
    }

    /// The source asks the customer for a code.
    pub(super) fn ask(&mut self, now: SystemTime) {
        self.disconnect(ScrapingStatus::MfaCodeRequired, now);
    }

    /// The source rejects what the customer signs in with.
    pub(super) fn reject(&mut self, now: SystemTime) {
        self.disconnect(ScrapingStatus::InvalidCredentials, now);
    }

    /// The source throws the customer out; whether the reason is one for that.
    pub(super) fn disconnect(&mut self, reason: ScrapingStatus, now: SystemTime) -> bool {
        let Some(status) = status_after(&reason) else { return false };
        (self.status, self.reason) = (status, reason);
        self.since = now;
        self.close();
        true
    }

    pub(super) fn is_connected(&self) -> bool {
        self.status == ConnectivityStatus::Connected
    }

    pub(super) fn close(&mut self) {
        self.open_until = SystemTime::UNIX_EPOCH;
    }

    pub(super) fn keep_open(&mut self, now: SystemTime) {
        self.open_until = now + OPEN;
    }
}

body! {
    struct AccessToken {
        access_token: String,
    }
}

impl State {
    fn exchange_public_token(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                public_token: String,
            }
        }

        let Body { public_token } = body(asked)?;
        let session = self.sessions.connected(&public_token);
        // The session keeps its public token: it stays used.
        let Some(mut connection) = session.and_then(|session| session.connecting.take()) else {
            return Err(refusal(
                ErrorCode::InvalidPublicToken,
                "The public token is unknown, used or not ready",
            ));
        };
        connection.keep_open(asked.now);
        let (id, username) = (connection.id.clone(), connection.username.clone());
        let token = self.add_connection(connection, asked.random);
        ok(object!({
            "access_token": token,
            "connection_id": id,
            "fields": json!([{ "field_name": "username", "field_value": username }]),
        }))
    }

    fn context(&mut self, asked: &Asked<'_>) -> Step {
        let AccessToken { access_token } = body(asked)?;
        let connection = self.connection(&access_token)?;
        let name = Source::find(connection.source).map(|source| source.name);
        let mut entities =
            connection.accounts.iter().map(|account| object!({ "account_number": account.number }));
        ok(object!({
            "connection_id": connection.id,
            "provider": object!({ "id": connection.source, "name": name }),
            "connection_status": connection.status,
            "connection_status_timestamp": iso(connection.since),
            "connection_status_reason": connection.reason,
            "num_of_entities": connection.accounts.len(),
            "entities": object::list(&mut entities),
        }))
    }

    fn accounts(&mut self, asked: &Asked<'_>) -> Step {
        let AccessToken { access_token } = body(asked)?;
        let accounts: Vec<Value> = self
            .connection(&access_token)?
            .accounts
            .iter()
            .map(|account| object!({ "account_number": account.number, "is_selected": account.is_selected }))
            .collect();
        ok(object!({ "accounts": accounts }))
    }

    fn select_accounts(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
                accounts: OrDefault<Vec<Selection>>,
            }
        }

        body! {
            struct Selection {
                account_number: Option<String>,
                is_selected: bool,
            }
        }

        let Body { access_token, accounts: OrDefault(accounts) } = body(asked)?;
        let connection = self.connection(&access_token)?;
        let numbers = accounts.iter().map(|selection| selection.account_number.as_deref());
        known_accounts(connection, numbers)?;
        for Selection { account_number, is_selected } in accounts {
            let account = connection
                .accounts
                .iter_mut()
                .find(|account| Some(&account.number) == account_number.as_ref());
            if let Some(account) = account {
                account.is_selected = is_selected;
            }
        }
        done()
    }

    fn invalidate_access_token(&mut self, asked: &Asked<'_>) -> Step {
        let AccessToken { access_token } = body(asked)?;
        let id = self.connection(&access_token)?.id.clone();
        self.access_tokens.delete(&access_token);
        let token = self.issue_token(id, asked.random);
        ok(object!({ "new_access_token": token }))
    }

    fn update_webhook(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
                url: String,
                is_active: bool,
            }
        }

        let Body { access_token, url, is_active } = body(asked)?;
        let connection = self.connection(&access_token)?;
        if !is_web(&url) {
            return Err(refusal(ErrorCode::InvalidArgument, "The url is not an absolute http or https URL"));
        }
        connection.webhook = Webhook { url: Some(url), is_active };
        done()
    }

    fn update_auto_refresh(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
                auto_refresh: bool,
            }
        }

        let Body { access_token, auto_refresh } = body(asked)?;
        self.connection(&access_token)?.auto_refresh = auto_refresh;
        done()
    }

    fn refresh(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
                account_numbers: Option<Vec<String>>,
            }
        }

        let Body { access_token, account_numbers } = body(asked)?;
        let connection = self.connection(&access_token)?;
        known_accounts(connection, account_numbers.iter().flatten().map(|number| Some(number.as_str())))?;
        if !connection.is_connected() {
            return Err(not_open());
        }
        connection.since = asked.now;
        let (webhook, event) = (connection.webhook.clone(), object!({ "connection_id": connection.id }));
        self.events.push(&webhook, ("Connection", "DefaultUpdate"), event, asked.now);
        done()
    }

    fn destroy(&mut self, asked: &Asked<'_>) -> Step {
        let AccessToken { access_token } = body(asked)?;
        let id = self.connection(&access_token)?.id.clone();
        self.access_tokens.retain(&|_, owner| *owner != id);
        self.connections.delete(id.as_str());
        self.sessions.forget_updates_of(&id);
        self.jobs.retain(|job| job.connection.as_ref() != Some(&id));
        done()
    }
}

impl State {
    /// The source throws the customer out: what runs fails. Whether there is such a connection, and reason.
    pub(super) fn disconnect(&mut self, access_token: &str, reason: ScrapingStatus, now: SystemTime) -> bool {
        let Ok(connection) = self.connection(access_token) else { return false };
        if !connection.disconnect(reason.clone(), now) {
            return false;
        }
        let (id, webhook) = (connection.id.clone(), connection.webhook.clone());
        if reason == ScrapingStatus::InvalidCredentials {
            self.break_off(&id, "InvalidCredentials", now);
            let event = object!({ "connection_id": id });
            self.events.push(&webhook, ("Connection", "InvalidCredentials"), event, now);
        } else {
            self.break_off(&id, "SystemError", now);
            let error = error(ErrorCode::ConnectionFailed, "The source has ended the connection");
            let event = object!({ "connection_id": id, "error": error });
            self.events.push(&webhook, ("Connection", "Error"), event, now);
        }
        true
    }
}

/// The status of a connection that has ended for this reason; `None` where it goes on.
fn status_after(reason: &ScrapingStatus) -> Option<ConnectivityStatus> {
    use ScrapingStatus::{
        AccountSelectionRequired, CompletedJob, ConnectedCredentials, ConnectedWaitingOnDataExtraction,
        Connecting, CredentialsSent, DataFound, Error, ExecutingJob, MfaActionRequired, MfaCodeRequired,
        MfaMethodChoiceRequired, New, SecurityAnswerRequired, WaitingForJob,
    };
    match reason {
        New
        | Connecting
        | CredentialsSent
        | ConnectedCredentials
        | WaitingForJob
        | ExecutingJob
        | CompletedJob
        | DataFound
        | ConnectedWaitingOnDataExtraction => None,
        // The customer has to do something.
        SecurityAnswerRequired
        | MfaMethodChoiceRequired
        | MfaCodeRequired
        | MfaActionRequired
        | AccountSelectionRequired => Some(ConnectivityStatus::Connecting),
        Error => Some(ConnectivityStatus::Error),
        _ => Some(ConnectivityStatus::Disconnected),
    }
}

pub(super) fn not_open() -> Reply {
    refusal(ErrorCode::NoActiveConnection, "The connection is not open")
}

/// An account without a number names none.
fn known_accounts<'a>(
    connection: &Connection,
    mut numbers: impl Iterator<Item = Option<&'a str>>,
) -> Result<(), Reply> {
    let unknown = |number: &str| connection.accounts.iter().all(|account| account.number != number);
    match numbers.any(|number| number.is_some_and(unknown)) {
        true => Err(refusal(ErrorCode::InvalidAccountId, "The connection has no such account")),
        false => Ok(()),
    }
}
