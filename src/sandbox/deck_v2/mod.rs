mod agents;
mod clock;
mod credentials;
mod event_destinations;
mod event_log;
mod kept;
mod session_tokens;
mod sessions;
mod sources;
mod storage;
mod task_runs;
mod tasks;
mod test;

use super::context::{Context, lock};
use super::exchange::{Asked, Handlers, Reply, Step};
use super::idempotency::{Answers, OtherRequest};
use super::outbox::{self, Outbox};
use super::store::Store;
use crate::deck_v2::{Config, CredentialId, SourceId};
use crate::operation::Repeat;
use crate::sandbox::object::object;
use clock::Next;
use credentials::SignIn;
use event_destinations::Hook;
pub(super) use event_destinations::POLICY;
use http::StatusCode;
use kept::{Kept, Resource, new_id};
use serde_json::{Map, Value, json};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use uuid::Uuid;

pub(super) const HANDLERS: &[Handlers<State>] = &[
    test::HANDLERS,
    sources::HANDLERS,
    agents::HANDLERS,
    tasks::HANDLERS,
    credentials::HANDLERS,
    session_tokens::HANDLERS,
    task_runs::HANDLERS,
    storage::HANDLERS,
    sessions::HANDLERS,
    event_log::HANDLERS,
    event_destinations::HANDLERS,
];

/// How long a success is remembered under its idempotency key.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// So many requests are taken in so much time.
const RATE: (usize, Duration) = (200, Duration::from_secs(10));

/// What happens at Deck v2 without the API.
///
/// It takes 200 requests in ten seconds of its own clock, and keeps successes under their idempotency keys for 24 hours. A
/// source is any http or https address, and is kept as URL parsers write it.
///
/// Each step of a run takes a second of the sandbox's clock: it is queued, running, signed in, completed. Every sign-in
/// succeeds and verifies the credential, but for these:
///
/// | credential | what happens |
/// |---|---|
/// | password `invalid` | the run fails, and the credential is invalid |
/// | user name with `mfa` in it | the run asks for a `code`; `123456` is right |
/// | user name with `accounts` in it | the run asks for an `account_id`; `1001` is right |
///
/// A question waits for ten minutes, and a wrong answer is asked for again. A run's output has the form of its task's
/// `output_schema`, unless [`set_output`](Self::set_output) says otherwise; a task whose storage is enabled stores one
/// file. Links to files lead to the sandbox, need no key and last a quarter of an hour. A session ends ten minutes after
/// its last run.
///
/// A destination is verified after a second. Deck takes any 2XX within five seconds for a success, and posts three times more
/// after 10, 20 and 40 seconds, which it does not document; then the destination is inactive. A webhook's secret that is not
/// `whsec_` and base64 is refused, because nothing could be signed with it. What is no webhook takes every event, and is
/// posted nowhere.
///
/// Deck does not document every code of its errors: `request_invalid`, and `agent_not_found` and its like, are the sandbox's
/// own. A 401 and a 403 have no body.
#[derive(Clone, Copy)]
pub struct DeckV2<'a> {
    state: &'a Mutex<State>,
    context: &'a Context,
}

impl<'a> DeckV2<'a> {
    pub(super) fn new(state: &'a Mutex<State>, context: &'a Context) -> Self {
        Self { state, context }
    }

    pub(super) fn state(&self) -> MutexGuard<'a, State> {
        lock(self.state)
    }

    /// A customer signs in on your page, in the Auth Component that has this session token.
    ///
    /// `None` where the component would not take the token, or there is no such source.
    pub fn sign_in(
        &self,
        session_token: &str,
        source: impl Into<SourceId>,
        username: impl Into<String>,
        password: impl Into<String>,
    ) -> Option<CredentialId> {
        let Context { random, .. } = self.context;
        let now = self.context.now();
        let mut state = self.state();
        outbox::catch_up(&mut *state, now);
        if !state.takes_session_token(session_token, now) {
            return None;
        }
        let id = new_id("cred_", random);
        let sign_in = SignIn::new(username.into(), password.into());
        state.add_credential(&id, source.into().as_str(), None, sign_in, now).ok()?;
        Some(id.into())
    }

    /// A credential that has this `external_id`, for a new source with this address.
    pub(super) fn add_credential(&self, url: &str, external_id: &str) {
        let Context { random, .. } = self.context;
        let (source, id, now) = (new_id("src_", random), new_id("cred_", random), self.context.now());
        let mut state = self.state();
        state.add_source(&source, url, now);
        let sign_in = SignIn::new("customer".to_owned(), "sandbox".to_owned());
        // The source is there.
        let _ = state.add_credential(&id, &source, Some(external_id), sign_in, now);
    }

    /// The events of the last 30 days, oldest first, as Deck would deliver them.
    pub fn events(&self) -> Vec<Value> {
        let (mut state, now) = (self.state(), self.context.now());
        outbox::catch_up(&mut *state, now);
        state.forget_events(now);
        state.events.iter().map(|(_, event)| Value::Object(event.clone())).collect()
    }
}

impl fmt::Debug for DeckV2<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeckV2")
    }
}

/// Deck's knowledge.
pub(super) struct State {
    /// What Deck knows its client by.
    pub(super) api_key: String,
    /// When the latest requests were taken.
    taken: VecDeque<SystemTime>,
    /// How many requests were answered: their ids are numbers, so that looking at something draws nothing.
    requests: u64,
    answered: Answers,
    sources: Kept,
    agents: Kept,
    tasks: Kept,
    credentials: Kept,
    /// What the credentials hold, by their ids.
    sign_ins: Store<SignIn>,
    /// When tokens of the Auth Component expire.
    session_tokens: Store<SystemTime>,
    runs: Kept,
    /// What runs of a task end with, by the task, where a test has said so.
    outputs: Map<String, Value>,
    sessions: Kept,
    session_limit: Option<usize>,
    storage: Kept,
    /// What links to files are signed with, from the first run on.
    file_secret: Option<Uuid>,
    events: Store<Resource>,
    /// How many events there were.
    told: u64,
    destinations: Kept,
    /// What Deck keeps of webhooks to itself, by their destinations.
    hooks: Store<Hook>,
    outbox: Outbox,
    /// How far time has come.
    now: SystemTime,
    next: Store<Next>,
}

impl State {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self {
            api_key: "sk_live_sandbox-5d0e".to_owned(),
            taken: VecDeque::new(),
            requests: 0,
            answered: Answers::default(),
            sources: Kept::new("source", "src_"),
            agents: Kept::new("agent", "agt_"),
            tasks: Kept::new("task", "task_"),
            credentials: Kept::new("credential", "cred_"),
            sign_ins: Store::default(),
            session_tokens: Store::default(),
            runs: Kept::new("task_run", "trun_"),
            outputs: Map::new(),
            sessions: Kept::new("session", "sess_"),
            session_limit: None,
            storage: Kept::new("storage", "stor_"),
            file_secret: None,
            events: Store::default(),
            told: 0,
            destinations: Kept::new("event_destination", "evtd_"),
            hooks: Store::default(),
            outbox,
            now: SystemTime::UNIX_EPOCH,
            next: Store::default(),
        }
    }

    /// How a client reaches Deck.
    pub(super) fn config(&self, base_url: String) -> Config {
        Config::new(self.api_key.as_str()).base_url(base_url)
    }

    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        if let Some(status) = asked.fails {
            return self.with_request_id(failure(status));
        }
        if asked.header("authorization") != format!("Bearer {}", self.api_key) {
            return failure(StatusCode::UNAUTHORIZED);
        }
        outbox::catch_up(self, asked.now);
        let reply = self.take(asked.now).and_then(|()| self.carry_out_once(asked));
        reply.unwrap_or_else(|refusal| self.with_request_id(refusal))
    }

    pub(super) fn no_route(&mut self) -> Reply {
        let reply =
            refusal(StatusCode::NOT_FOUND, "request", "endpoint_not_found", "There is no such operation");
        self.with_request_id(reply)
    }

    /// Counts the request, or refuses it where there are too many.
    fn take(&mut self, now: SystemTime) -> Result<(), Reply> {
        let (most, time) = RATE;
        while self.taken.front().is_some_and(|taken| *taken + time <= now) {
            self.taken.pop_front();
        }
        if self.taken.len() >= most {
            return Err(failure(StatusCode::TOO_MANY_REQUESTS));
        }
        self.taken.push_back(now);
        Ok(())
    }

    /// Gives the stored success again where the idempotency key has one.
    fn carry_out_once(&mut self, asked: &Asked<'_>) -> Step {
        let key = asked.header("idempotency-key");
        if key.is_empty() || asked.operation.repeat() != Repeat::Keyed {
            return asked.carry_out(HANDLERS, self).map(|reply| self.with_request_id(reply));
        }
        if key.len() > 256 {
            let message = "The idempotency key is over 256 characters";
            return Err(refusal(StatusCode::BAD_REQUEST, "idempotency", "idempotency_key_error", message));
        }
        let body: Option<Value> = serde_json::from_slice(asked.body).ok();
        let request = json!([asked.operation.id(), asked.ids, body]);
        match self.answered.find(key, &request, asked.now) {
            Some(Ok(reply)) => return Ok(reply),
            Some(Err(OtherRequest)) => return Err(failure(StatusCode::CONFLICT)),
            None => {}
        }
        // After an error the same key executes again.
        let reply = asked.carry_out(HANDLERS, self)?;
        let reply = self.with_request_id(reply);
        self.answered.keep(key, request, &reply, asked.now + REMEMBERED);
        Ok(reply)
    }

    fn with_request_id(&mut self, mut reply: Reply) -> Reply {
        self.requests += 1;
        if let Some(Value::Object(body)) = reply.json_mut() {
            body.insert("request_id".to_owned(), format!("req_{:016}", self.requests).into());
        }
        reply
    }
}

fn ok(body: impl Into<Value>) -> Step {
    Ok(Reply::json(StatusCode::OK, body.into()))
}

fn created(body: impl Into<Value>) -> Step {
    Ok(Reply::json(StatusCode::CREATED, body.into()))
}

/// What confirms that a resource is gone.
fn deleted(resource: &Resource) -> Value {
    object!({ "id": resource.get("id"), "object": resource.get("object"), "deleted": true })
}

/// What Deck answers with this status, whatever was asked.
fn failure(status: StatusCode) -> Reply {
    let (kind, code, message) = match status.as_u16() {
        401 | 403 => return Reply::empty(status),
        409 => ("idempotency", "idempotency_error", "The idempotency key was used with other parameters"),
        429 => ("rate_limit", "rate_limit_exceeded", "Too many requests"),
        500.. => ("api", "api_error", "Something went wrong at Deck"),
        _ => ("request", "request_invalid", "The request is not valid"),
    };
    refusal(status, kind, code, message)
}

fn invalid(message: &str) -> Reply {
    refusal(StatusCode::BAD_REQUEST, "request", "request_invalid", message)
}

fn refusal(status: StatusCode, kind: &str, code: &str, message: &str) -> Reply {
    Reply::json(status, object!({ "errors": json!([error(kind, code, message)]) }))
}

/// As refusals and runs have it.
fn error(kind: &str, code: &str, message: &str) -> Value {
    object!({ "type": kind, "code": code, "message": message })
}

fn iso(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map(|time| format!("{time:.0}")).unwrap_or_default()
}
