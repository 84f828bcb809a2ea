mod catalog;
mod companies;
mod connection_management;
mod connections;
mod custom_data_types;
mod events;
mod integrations;
mod pages;
mod push_data;
mod query;
mod read_data;
mod refresh_data;
mod settings;
mod supplemental_data;
mod webhooks;

use super::body::Body;
use super::context::{Context, lock};
use super::exchange::{Asked, Handlers, Reply, Step};
use super::idempotency::{Answers, OtherRequest};
use super::outbox::{self, Outbox};
use super::random::Random;
use super::route::percent_decode;
use super::store::Store;
use crate::Secret;
use crate::call::RESERVED;
use crate::codat::connections::ConnectionId;
use crate::codat::{CompanyId, Config, PlatformKey};
use crate::engine::is_loopback;
use crate::sandbox::object::{self, object};
use base64::{Engine, prelude::BASE64_STANDARD};
use companies::{Company, Token};
use connections::Connection;
use custom_data_types::Record;
pub(super) use events::POLICY;
use http::{Method, StatusCode};
use percent_encoding::utf8_percent_encode;
use push_data::Push;
use refresh_data::Pull;
use serde_json::{Value, json};
use settings::{ApiKey, Profile, SyncSettings};
use std::{
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;
use webhooks::Consumer;

pub(super) const HANDLERS: &[Handlers<State>] = &[
    companies::HANDLERS,
    connection_management::HANDLERS,
    connections::HANDLERS,
    custom_data_types::HANDLERS,
    integrations::HANDLERS,
    push_data::HANDLERS,
    read_data::HANDLERS,
    refresh_data::HANDLERS,
    settings::HANDLERS,
    supplemental_data::HANDLERS,
    webhooks::HANDLERS,
];

/// How long Codat remembers an idempotency key.
const REMEMBERED: Duration = Duration::from_secs(90 * 60);
const DAY: u64 = 86_400;

/// What Codat knows its client by.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) api_key: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { api_key: "sandbox-codat-key-7c1e".to_owned() }
    }
}

impl Credentials {
    pub(super) fn config(&self, base_url: String) -> Config {
        Config::new(self.api_key.as_str()).base_url(base_url)
    }
}

/// What happens at Codat without the API.
///
/// It has the integrations `gbol` (Xero) and `qhyg` (QuickBooks Online), which are accounting software, `dfxm` (Basiq, a
/// bank) and `fztf` (Shopify, a shop).
///
/// A connection is `PendingAuth` until its `linkUrl` is followed, [`link`](Self::link) is called, or it is given
/// credentials, whatever they are. The link is the sandbox's own and leads to the profile's `redirectUrl` if that is on
/// this machine. A company has one active connection to accounting software: another one cannot be linked meanwhile.
/// Unlinking one that is not `Linked` is a 400.
///
/// 50 companies are too many to create another, and ten API keys; the last key cannot be deleted (409). A product of
/// your own is any that Codat does not have, and reading its data takes ten seconds.
///
/// Reading a data type of a linked connection takes ten seconds, as does writing a record:
/// [`end_pull_operation`](Self::end_pull_operation) and [`end_push_operation`](Self::end_push_operation) end them
/// otherwise. The first link of a connection reads all its data types, as does a refresh of all, but for those that the
/// sync settings do not fetch on first link. `lastSync` is when a read last ended with success. Without a
/// linked connection a refresh is a 400. What is not configured, of custom types and of supplemental data, is a 404, as
/// is a data type that has no supplemental data. A 51st webhook consumer is a 400.
///
/// A POST or PATCH with an `Idempotency-Key` is answered as the first time for 90 minutes, whatever that was but a 429;
/// failures that a test injects count too. While [`Fault::Latency`](crate::sandbox::Fault::Latency) holds the first answer
/// back, another request with the key is a 409. With another path or body it is a 422. A key that is no GUID, that comes
/// twice or with another method, is a 400.
///
/// Webhook consumers get what they name; `companyTags` let through what is of a company that has one of them. The first
/// reading of a company's data that ends is `read.completed.initial`, and the first request of a day that the quota refuses
/// is `client.rateLimit.reached`. Any 2XX within 15 seconds is a success to Codat, which posts again after 5 seconds, 5 and
/// 30 minutes, 2, 5, 10 and 10 hours; a consumer that has failed for five days is disabled.
///
/// Lists take `query` and `orderBy`, that of companies `tags` too. A text is equal to its very letters. A property that
/// leads through a list fits if one of its items does, and null fits nothing.
#[derive(Clone, Copy)]
pub struct Codat<'a> {
    state: &'a Mutex<State>,
    context: &'a Context,
}

impl<'a> Codat<'a> {
    pub(super) fn new(state: &'a Mutex<State>, context: &'a Context) -> Self {
        Self { state, context }
    }

    pub(super) fn state(&self) -> MutexGuard<'a, State> {
        lock(self.state)
    }

    pub(super) fn seed(&self, id: &CompanyId, name: String) {
        let now = self.context.now();
        let mut state = self.state();
        state.companies.put(id.as_str(), Company::new(name, now));
        state.tell_of_company(id.as_str(), "company.created", now);
    }

    /// Adds a company, also where no plan has room for it.
    pub fn add_company(&self, name: impl Into<String>) -> CompanyId {
        let id = CompanyId::from(self.context.random.uuid().to_string());
        self.seed(&id, name.into());
        id
    }

    /// Adds a connection of a company to the software that has this key, `PendingAuth` until it is linked.
    ///
    /// `None` where there is no such company or software.
    pub fn add_connection(
        &self,
        company: impl Into<CompanyId>,
        platform_key: impl Into<PlatformKey>,
    ) -> Option<ConnectionId> {
        let (company, now) = (company.into(), self.context.now());
        let integration = catalog::integration(platform_key.into().as_str())?;
        let mut state = self.state();
        state.companies.get(company.as_str())?;
        let id = self.context.random.uuid().to_string();
        state.connections.put(id.as_str(), Connection::new(company.to_string(), integration, now));
        Some(id.into())
    }

    /// The customer authorizes this connection, for the first time or again.
    ///
    /// False where there is no such connection, or another one to accounting software is active.
    pub fn link(&self, connection: impl Into<ConnectionId>) -> bool {
        let Context { random, .. } = self.context;
        let now = self.context.now();
        self.state().link(connection.into().as_str(), now, random)
    }

    /// The customer turns back on the way to this connection: it has an error, and is `PendingAuth` still.
    ///
    /// False where there is no such connection, or it has been linked.
    pub fn cancel_link(&self, connection: impl Into<ConnectionId>) -> bool {
        self.change(connection.into(), Connection::cancel, "connection.failed")
    }

    /// The customer, or time, ends the authorization of this connection: it is `Deauthorized`, and has an error.
    ///
    /// False where there is no such connection, or it is not `Linked`.
    pub fn deauthorize(&self, connection: impl Into<ConnectionId>) -> bool {
        self.change(connection.into(), Connection::deauthorize, "connection.disconnected")
    }

    fn change(
        &self,
        id: ConnectionId,
        change: fn(&mut Connection, SystemTime) -> bool,
        event_type: &str,
    ) -> bool {
        let now = self.context.now();
        let mut state = self.state();
        let connection = state.connections.get_mut(id.as_str());
        let is_changed = connection.is_some_and(|connection| change(connection, now));
        if is_changed {
            state.tell_of_connection(id.as_str(), event_type, now);
        }
        is_changed
    }

    /// What the browser of a customer is answered who follows a connection's link; `None` for another path.
    pub(super) fn follow(&self, path: &str) -> Option<Reply> {
        let (company, rest) = path.strip_prefix("/companies/")?.split_once("/connections/")?;
        let id = rest.strip_suffix("/start").filter(|id| !id.contains('/'))?;
        let (company, id) = (percent_decode(company)?, percent_decode(id)?);
        let now = self.context.now();
        let mut state = self.state();
        let refuse = |status| Some(failure(&self.context.random, status));
        if state.connections.get(&id).is_none_or(|connection| connection.company != company) {
            return refuse(StatusCode::NOT_FOUND);
        }
        if !state.link(&id, now, &self.context.random) {
            return refuse(StatusCode::CONFLICT);
        }
        let back = Url::parse(&state.profile.redirect_url.replace("{companyId}", &segment(&company))).ok();
        let back = back.filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_loopback)
        });
        Some(match back {
            Some(back) => Reply::empty(StatusCode::FOUND).header("location", back),
            None => Reply::empty(StatusCode::OK),
        })
    }

    /// The company that an access token acts for.
    ///
    /// `None` when the token is unknown or has expired.
    pub fn company_of(&self, access_token: &str) -> Option<CompanyId> {
        let now = self.context.now();
        let state = self.state();
        let token = state.tokens.get(access_token).filter(|token| now < token.expires)?;
        Some(token.company.as_str().into())
    }
}

impl std::fmt::Debug for Codat<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codat")
    }
}

/// Codat's knowledge.
pub(super) struct State {
    credentials: Credentials,
    allowed_origins: Vec<String>,
    answered: Answers,
    /// Where Codat was last asked, for the links in events.
    base_url: String,
    /// Until when requests are worked on, by their idempotency keys; `None` for one that is never answered.
    in_progress: Store<Option<Instant>>,
    api_keys: Store<ApiKey>,
    companies: Store<Company>,
    connections: Store<Connection>,
    consumers: Store<Consumer>,
    outbox: Outbox,
    /// What ends some time, and is told of then.
    pending: Vec<Pending>,
    /// How far time has come.
    now: SystemTime,
    /// Configurations, by integration and custom data type.
    custom_data_types: Store<Value>,
    profile: Profile,
    pulls: Store<Pull>,
    pushes: Store<Push>,
    quota: Quota,
    /// Of custom data types.
    records: Store<Record>,
    /// Configurations, by integration and data type.
    supplemental_data: Store<Value>,
    sync_settings: SyncSettings,
    tokens: Store<Token>,
    zapier_key: Option<Secret>,
}

/// Something that takes time.
enum Pending {
    /// Pull operations that were asked for together.
    Read { company: String, pulls: Vec<String> },
    /// The data of a product, of these types.
    Product { company: String, data_types: Option<Vec<String>>, ends: SystemTime },
    /// A push operation.
    Write(String),
    /// A quota that is used up comes back.
    Reset(SystemTime),
}

impl State {
    pub(super) fn new(outbox: Outbox) -> Self {
        let mut state = Self {
            credentials: Credentials::default(),
            allowed_origins: Vec::new(),
            answered: Answers::default(),
            base_url: String::new(),
            in_progress: Store::default(),
            api_keys: Store::default(),
            companies: Store::default(),
            connections: Store::default(),
            consumers: Store::default(),
            outbox,
            pending: Vec::new(),
            now: SystemTime::UNIX_EPOCH,
            custom_data_types: Store::default(),
            profile: Profile::default(),
            pulls: Store::default(),
            pushes: Store::default(),
            quota: Quota::default(),
            records: Store::default(),
            supplemental_data: Store::default(),
            sync_settings: SyncSettings::default(),
            tokens: Store::default(),
            zapier_key: None,
        };
        state.set_credentials(Credentials::default());
        state
    }
}

/// The requests of one day, from midnight to midnight in UTC.
#[derive(Default)]
struct Quota {
    day: u64,
    used: u64,
}

impl Quota {
    /// Starts again when a day has begun.
    fn turn(&mut self, now: SystemTime) {
        let day = seconds(now) / DAY;
        if day != self.day {
            *self = Self { day, used: 0 };
        }
    }

    fn resets(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs((self.day + 1) * DAY)
    }
}

impl State {
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        outbox::catch_up(self, asked.now);
        self.base_url.clone_from(&asked.base_url);
        self.quota.turn(asked.now);
        let reply = self.answer_within_quota(asked);
        self.with_quota(reply)
    }

    pub(super) fn no_route(&mut self, now: SystemTime, random: &Random) -> Reply {
        self.quota.turn(now);
        self.with_quota(refusal(random, StatusCode::NOT_FOUND, "PublicApi", "NotFound"))
    }

    fn answer_within_quota(&mut self, asked: &Asked<'_>) -> Reply {
        if asked.fails.is_none() {
            if !self.knows(asked.header("authorization")) {
                return failure(asked.random, StatusCode::UNAUTHORIZED);
            }
            if self.quota.used >= self.limit() {
                self.tell_of_quota(asked.now);
                let wait = seconds(self.quota.resets()).saturating_sub(seconds(asked.now));
                return failure(asked.random, StatusCode::TOO_MANY_REQUESTS)
                    .header("retry-after", wait.to_string());
            }
            self.quota.used += 1;
        }
        self.answer_once(asked).unwrap_or_else(|refusal| refusal)
    }

    /// Gives what was answered under the same idempotency key, once it has been.
    fn answer_once(&mut self, asked: &Asked<'_>) -> Step {
        let Some(key) = key(asked)? else { return Ok(self.carry_out(asked)) };
        let body: Value = serde_json::from_slice(asked.body).unwrap_or_default();
        let request = json!([asked.operation.id(), asked.ids, body]);
        if asked.fails.is_none() {
            match self.answered.find(key, &request, asked.now) {
                Some(Ok(_)) if self.is_in_progress(key) => {
                    let message = "A request with this idempotency key is in progress";
                    return Err(refusal(asked.random, StatusCode::CONFLICT, "PublicApi", message));
                }
                Some(Ok(reply)) => return Ok(reply),
                Some(Err(OtherRequest)) => {
                    let message = "The idempotency key was used for another request";
                    return Err(refusal(
                        asked.random,
                        StatusCode::UNPROCESSABLE_ENTITY,
                        "PublicApi",
                        message,
                    ));
                }
                None => {}
            }
        }
        let reply = self.carry_out(asked);
        self.answered.keep(key, request, &reply, asked.now + REMEMBERED);
        if !asked.takes.is_zero() {
            self.in_progress.put(key, Instant::now().checked_add(asked.takes));
        }
        Ok(reply)
    }

    fn is_in_progress(&mut self, key: &str) -> bool {
        let now = Instant::now();
        self.in_progress.retain(&|_, until| until.is_none_or(|until| now < until));
        self.in_progress.get(key).is_some()
    }

    fn carry_out(&mut self, asked: &Asked<'_>) -> Reply {
        match asked.fails {
            Some(status) => failure(asked.random, status),
            None => asked.carry_out(HANDLERS, self).unwrap_or_else(|refusal| refusal),
        }
    }

    /// The first API key is the client's own.
    pub(super) fn set_credentials(&mut self, credentials: Credentials) {
        const FIRST: &str = "0498e921-9b53-4396-a412-4f2f5983b0a2";
        let key = credentials.api_key.clone();
        self.api_keys.put(FIRST, ApiKey { name: None, key, created: None });
        self.credentials = credentials;
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn knows(&self, authorization: &str) -> bool {
        let is_it = |key: &ApiKey| authorization == format!("Basic {}", BASE64_STANDARD.encode(&key.key));
        self.api_keys.iter().any(|(_, key)| is_it(key))
    }

    /// 1,000 requests a day, and as many for each company with a connection that works.
    fn limit(&self) -> u64 {
        1000 * (1 + self.active_companies() as u64)
    }

    /// Every answer of Codat's says how much is left.
    fn with_quota(&self, reply: Reply) -> Reply {
        let limit = self.limit();
        reply
            .header("x-rate-limit-limit", limit.to_string())
            .header("x-rate-limit-remaining", limit.saturating_sub(self.quota.used).to_string())
            .header("x-rate-limit-reset", httpdate::fmt_http_date(self.quota.resets()))
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// As Codat writes moments: in UTC with seven digits of a second.
fn iso(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map(|time| format!("{time:.7}")).unwrap_or_default()
}

/// The idempotency key, which has to be one GUID, of a method that takes one.
fn key<'a>(asked: &'a Asked<'_>) -> Result<Option<&'a str>, Reply> {
    let mut keys = asked.headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| Uuid::parse_str(key).is_ok() && keys.next().is_none());
    let takes_key = matches!(*asked.operation.method(), Method::POST | Method::PATCH);
    key.filter(|_| takes_key).map(Some).ok_or_else(|| {
        let message = "Idempotency-Key has to be one GUID, with POST or PATCH.";
        refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message)
    })
}

/// The id as one segment of a path.
fn segment(id: &str) -> String {
    utf8_percent_encode(id, RESERVED).to_string()
}

fn ok(body: Value) -> Step {
    Ok(Reply::json(StatusCode::OK, without_nulls(body)))
}

fn created(body: Value) -> Step {
    Ok(Reply::json(StatusCode::CREATED, without_nulls(body)))
}

/// The body as Codat's examples show it: what there is nothing to say of is left out, of the items of lists too. Not of
/// objects within, which may be a customer's data.
fn without_nulls(mut body: Value) -> Value {
    match &mut body {
        Value::Object(members) => {
            object::retain(members, &|_, member| !member.is_null());
            let lists = members.values_mut().filter(|member| member.is_array());
            lists.for_each(|list| *list = without_nulls(list.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_nulls(item.take())),
        _ => {}
    }
    body
}

fn done(status: StatusCode) -> Step {
    Ok(Reply::empty(status))
}

/// What Codat answers to a request that it cannot read.
fn invalid(asked: &Asked<'_>) -> Reply {
    failure(asked.random, StatusCode::BAD_REQUEST)
}

/// The body, read strictly: a type that it is read as denies members that are not its own.
fn body<T: Body>(asked: &Asked<'_>) -> Result<T, Reply> {
    asked.json().map_err(|_| invalid(asked))
}

/// What Codat answers with this status, whatever was asked.
fn failure(random: &Random, status: StatusCode) -> Reply {
    let error = match status.as_u16() {
        400 => "Error processing request - not valid.",
        401 => "Unauthorized",
        402 => {
            "You have exceeded the 50-company limit that applies to a Free plan. We recommend that you delete any \
             companies you no longer need and retry the request."
        }
        403 => "You are using an outdated API key or a key not associated with that resource.",
        404 => "NotFound",
        409 => {
            "Maximum number of API keys reached. To create a new API key, delete an unused key and try again."
        }
        429 => "You have made too many requests in a given amount of time; please retry later.",
        451 => "Platform 'qudb' is not currently available for compliance purposes.",
        503 => "The Codat API is temporarily offline for maintenance. Please try again later.",
        500.. => "There is a problem with our server. Please try again later.",
        _ => status.canonical_reason().unwrap_or("Error"),
    };
    refusal(random, status, "PublicApi", error)
}

fn refusal(random: &Random, status: StatusCode, service: &str, error: &str) -> Reply {
    let body = object!({
        "statusCode": status.as_u16(),
        "service": service,
        "error": error,
        "correlationId": random.request_id().simple().to_string(),
        "validation": Value::Null,
        "canBeRetried": "Unknown",
        "detailedErrorCode": 0,
    });
    Reply::json(status, body)
}
