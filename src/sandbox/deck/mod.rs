mod connections;
mod documents;
#[cfg(feature = "deck-encryption")]
pub(super) mod encryption;
mod events;
mod jobs;
mod link;

use super::body::Body;
use super::context::{Context, lock};
use super::exchange::{Asked, Handlers, Reply, Step};
use super::idempotency::Answers;
use super::outbox::{self, Outbox};
use super::random::Random;
use super::store::Store;
use crate::Secret;
use crate::deck::connections::ScrapingStatus;
use crate::deck::jobs::SUBMIT;
use crate::deck::{Config, ConnectionId, ErrorCategory, ErrorCode};
use crate::operation::Auth;
use crate::sandbox::object::object;
use base64::{Engine, prelude::BASE64_STANDARD};
use connections::Connection;
use events::Events;
pub(super) use events::POLICY;
use http::StatusCode;
use jobs::Job;
use link::Sessions;
use serde_json::Value;
use std::{
    fmt,
    sync::{Mutex, MutexGuard},
    time::SystemTime,
};
use url::Url;
use uuid::Uuid;

pub(super) const HANDLERS: &[Handlers<State>] =
    &[link::HANDLERS, connections::HANDLERS, jobs::HANDLERS, documents::HANDLERS];

const QUESTION: &str = "Which code have we sent you?";
/// The right answer to every security question.
const MFA_ANSWER: &str = "123456";

/// What Deck knows its client by.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) secret: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { client_id: "sandbox-client-id".to_owned(), secret: "sandbox-secret-2f8a1c55".to_owned() }
    }
}

/// What happens at Deck without the API.
///
/// It has the sources `11115055-46cf-4e49-6ba4-08ddcbf23235` (Sandbox Utility) and
/// `fee328b0-fc48-4699-a245-5de34313952e` (Aetna), which accept any credentials, but for these:
///
/// | credentials | what happens |
/// |---|---|
/// | password `invalid` | the source rejects them |
/// | user name with `mfa` in it | a security question is asked; the answer is `123456` |
/// | user name with `accounts` in it | accounts have to be selected, in a Link session |
///
/// Each look at a Link session's status moves connecting one step on. A job takes two seconds of the sandbox's clock, its
/// question waits for an hour, and a connection closes after ten minutes without a job. A job that is submitted with
/// [`sandbox_outcome`](crate::deck::jobs::SubmitJob::sandbox_outcome) ends that way, but for one that opens or closes. The latest 1,000 documents of a
/// connection are kept, and so are the latest 1,000 public tokens that nobody exchanges within 20 minutes.
/// Destroying a connection ends the Link sessions that update it.
///
/// Events go to the webhook of their connection, and to the [default one](Self::set_default_webhook) where that has none; an
/// inactive one gets none. With the feature `deck-encryption`, and a key for bodies, they are encrypted. Deck takes 200
/// within ten seconds for a success, and posts three times more, each time after at least 15 seconds, as chance has it.
#[derive(Clone, Copy)]
pub struct Deck<'a> {
    state: &'a Mutex<State>,
    context: &'a Context,
}

impl<'a> Deck<'a> {
    pub(super) fn new(state: &'a Mutex<State>, context: &'a Context) -> Self {
        Self { state, context }
    }

    pub(super) fn state(&self) -> MutexGuard<'a, State> {
        lock(self.state)
    }

    /// A connection whose token is known beforehand.
    pub(super) fn seed(&self, access_token: &str) {
        let Context { random, .. } = self.context;
        let connection = Connection::new(link::SOURCES[0].id, "customer", self.context.now(), random);
        let mut state = self.state();
        let id = connection.id.clone();
        state.connections.put(id.as_str(), connection);
        state.access_tokens.put(access_token, id);
    }

    /// A customer connects an account; gives the access token.
    pub fn connect(&self) -> Secret {
        let Context { random, .. } = self.context;
        let connection = Connection::new(link::SOURCES[0].id, "customer", self.context.now(), random);
        self.state().add_connection(connection, random).into()
    }

    /// The source ends this token's connection; false where it cannot.
    ///
    /// That is for a token that Deck would refuse, and for a reason by which a connection goes on, such as `DataFound` or
    /// `CompletedJob`. What runs on the connection fails, and no job is taken. Until the customer signs in again its status
    /// is `Disconnected`; `Connecting` where the reason asks the customer for something, such as `MfaCodeRequired`; `Error`
    /// where it is `Error`. That the customer can come back from `Error`, too, is the sandbox's choice: to Deck it is final.
    pub fn disconnect(&self, access_token: &str, reason: impl Into<ScrapingStatus>) -> bool {
        let now = self.context.now();
        let mut state = self.state();
        outbox::catch_up(&mut *state, now);
        state.disconnect(access_token, reason.into(), now)
    }

    /// Where the events of this token's connection go.
    ///
    /// `None` for a token that Deck would refuse.
    pub fn webhook(&self, access_token: &str) -> Option<Webhook> {
        self.state().connection_of(access_token).map(|connection| connection.webhook.clone())
    }

    /// Whether the data of this token's connection are refreshed regularly.
    ///
    /// `None` for a token that Deck would refuse.
    pub fn auto_refresh(&self, access_token: &str) -> Option<bool> {
        self.state().connection_of(access_token).map(|connection| connection.auto_refresh)
    }

    /// Sets the webhook of connections that have none of their own, as the dashboard does; false for no web address.
    ///
    /// It is `https://acme.example/webhooks/deck` at the start.
    pub fn set_default_webhook(&self, url: impl Into<String>) -> bool {
        let url = url.into();
        let is_web = is_web(&url);
        if is_web {
            self.state().events.default_webhook = url;
        }
        is_web
    }

    /// The HMAC key that deliveries are signed with, as the dashboard shows it: base64.
    pub fn webhook_secret(&self) -> Secret {
        self.state().events.secret.clone()
    }

    /// Signs deliveries with this HMAC key from now on, retries too; false where it is no base64.
    pub fn set_webhook_secret(&self, secret: impl Into<Secret>) -> bool {
        let secret = secret.into();
        let is_key = BASE64_STANDARD.decode(secret.expose_secret()).is_ok_and(|key| !key.is_empty());
        if is_key {
            let mut state = self.state();
            outbox::catch_up(&mut *state, self.context.now());
            state.events.secret = secret;
        }
        is_key
    }
}

impl fmt::Debug for Deck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deck")
    }
}

/// Where the events of a connection go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// The URL, if one was ever set.
    pub url: Option<String>,
    /// Whether events are sent to it.
    pub is_active: bool,
}

/// Deck's knowledge.
pub(super) struct State {
    pub(super) credentials: Credentials,
    #[cfg(feature = "deck-encryption")]
    pub(super) encryption: Option<encryption::Encryption>,
    sessions: Sessions,
    connections: Store<Connection>,
    /// Which connection an access token stands for.
    access_tokens: Store<ConnectionId>,
    /// In the order in which they were submitted.
    jobs: Vec<Job>,
    /// Of jobs.
    answered: Answers,
    events: Events,
}

impl State {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self {
            credentials: Credentials::default(),
            #[cfg(feature = "deck-encryption")]
            encryption: None,
            sessions: Sessions::default(),
            connections: Store::default(),
            access_tokens: Store::default(),
            jobs: Vec::new(),
            answered: Answers::default(),
            events: Events::new(outbox),
        }
    }

    /// How a client reaches Deck.
    pub(super) fn config(&self, base_url: String) -> Config {
        let Credentials { client_id, secret } = &self.credentials;
        let config = Config::at(base_url, client_id.as_str(), secret.as_str());
        #[cfg(feature = "deck-encryption")]
        if let Some(encryption) = &self.encryption {
            return encryption.configure(config);
        }
        config
    }

    #[cfg(not(feature = "deck-encryption"))]
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        self.answer_plain(asked)
    }

    fn answer_plain(&mut self, asked: &Asked<'_>) -> Reply {
        let reply = self.carry_out(asked);
        if asked.is(&SUBMIT) { jobs::as_job_s(reply) } else { reply }
    }

    fn carry_out(&mut self, asked: &Asked<'_>) -> Reply {
        let Credentials { client_id, secret } = &self.credentials;
        let known = asked.header("x-deck-client-id") == client_id && asked.header("x-deck-secret") == secret;
        if let Some(status) = asked.fails {
            let reply = failure(status);
            self.keep_failure(asked, &reply);
            return reply;
        }
        if asked.operation.auth() == Auth::Credentials && !known {
            return unauthorized();
        }
        outbox::catch_up(self, asked.now);
        self.sessions.forget_useless(asked.now);
        asked.carry_out(HANDLERS, self).unwrap_or_else(|refusal| refusal)
    }

    /// Stores the connection and gives its access token.
    fn add_connection(&mut self, connection: Connection, random: &Random) -> String {
        let id = connection.id.clone();
        self.connections.put(id.as_str(), connection);
        self.issue_token(id, random)
    }

    fn issue_token(&mut self, connection: ConnectionId, random: &Random) -> String {
        // Deck's own sandbox says "development" too.
        let token = format!("access-development-{}", random.uuid());
        self.access_tokens.put(token.as_str(), connection);
        token
    }

    fn connection_of(&self, access_token: &str) -> Option<&Connection> {
        self.connections.get(self.access_tokens.get(access_token)?.as_str())
    }

    fn connection(&mut self, access_token: &str) -> Result<&mut Connection, Reply> {
        let found = self.access_tokens.get(access_token).and_then(|id| self.connections.get_mut(id.as_str()));
        found.ok_or_else(|| {
            refusal(ErrorCode::InvalidAccessToken, "The access token is unknown or no longer valid")
        })
    }
}

fn body<T: Body>(asked: &Asked<'_>) -> Result<T, Reply> {
    asked.json().map_err(not_valid)
}

fn not_valid(error: serde_json::Error) -> Reply {
    invalid(&format!("The request body is not valid: {error}"))
}

fn ok(body: Value) -> Step {
    Ok(Reply::json(StatusCode::OK, body))
}

fn done() -> Step {
    Ok(Reply::empty(StatusCode::OK))
}

/// What Deck answers with this status, whatever was asked.
fn failure(status: StatusCode) -> Reply {
    let (code, message) = match status.as_u16() {
        401 => return unauthorized(),
        429 => (ErrorCode::RateLimitExceeded, "Too many requests"),
        500.. => (ErrorCode::UnexpectedError, "An unexpected error occurred"),
        _ => (ErrorCode::InvalidArgument, "The request is not valid"),
    };
    refusal(code, message).with_status(status)
}

pub(super) fn no_route() -> Reply {
    refusal(ErrorCode::NotSupported, "There is no such operation").with_status(StatusCode::NOT_FOUND)
}

fn unauthorized() -> Reply {
    Reply::json(StatusCode::UNAUTHORIZED, object!({ "message": "Invalid API key" }))
}

fn invalid(message: &str) -> Reply {
    refusal(ErrorCode::ValidationFailed, message)
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// An id of this name, which Deck takes for a UUID alone.
fn guid(name: &str, text: &str) -> Result<Uuid, Reply> {
    Uuid::parse_str(text).map_err(|_| invalid(&format!("{name} is not a UUID")))
}

fn refusal(code: ErrorCode, message: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, error(code, message))
}

/// As answers and webhooks have it.
fn error(code: ErrorCode, message: &str) -> Value {
    let category = match code {
        ErrorCode::InvalidLinkToken | ErrorCode::InvalidPublicToken => ErrorCategory::InvalidInput,
        ErrorCode::DataSourceNotFound => ErrorCategory::DataSourceError,
        ErrorCode::NoActiveConnection | ErrorCode::ActiveConnectionExists | ErrorCode::ConnectionFailed => {
            ErrorCategory::ConnectionError
        }
        ErrorCode::RateLimitExceeded => ErrorCategory::RateLimitExceeded,
        ErrorCode::UnexpectedError => ErrorCategory::ApiError,
        _ => ErrorCategory::InvalidRequest,
    };
    object!({
        "error_category": category,
        "error_code": code,
        "error_message": message,
        "display_message": Value::Null,
    })
}

fn iso(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map(|time| format!("{time:.3}")).unwrap_or_default()
}
