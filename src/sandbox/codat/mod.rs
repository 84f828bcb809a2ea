mod companies;
mod connection_management;
mod pages;
mod query;

use super::context::{Context, lock};
use super::exchange::{Asked, Handlers, Reply, Step};
use super::random::Random;
use super::store::Store;
use crate::codat::{CompanyId, Config};
use base64::{Engine, prelude::BASE64_STANDARD};
use companies::Token;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

pub(super) const HANDLERS: &[Handlers<State>] = &[companies::HANDLERS, connection_management::HANDLERS];

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

/// What happens at Codat without the operations that the client has.
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
        self.state().companies.put(id.as_str(), name);
    }

    /// Adds a company.
    pub fn add_company(&self, name: impl Into<String>) -> CompanyId {
        let id = CompanyId::from(self.context.random.uuid().to_string());
        self.seed(&id, name.into());
        id
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
#[derive(Default)]
pub(super) struct State {
    pub(super) credentials: Credentials,
    /// Names by id.
    companies: Store<String>,
    tokens: Store<Token>,
    quota: Quota,
}

/// The requests of one day, from midnight to midnight in UTC.
#[derive(Default)]
struct Quota {
    day: u64,
    used: u64,
}

impl Quota {
    /// Begins anew when a day has begun.
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
        self.quota.turn(asked.now);
        let reply = self.answer_within_quota(asked);
        self.with_quota(reply)
    }

    pub(super) fn no_route(&mut self, now: SystemTime, random: &Random) -> Reply {
        self.quota.turn(now);
        self.with_quota(refusal(random, StatusCode::NOT_FOUND, "PublicApi", "NotFound"))
    }

    fn answer_within_quota(&mut self, asked: &Asked<'_>) -> Reply {
        if let Some(status) = asked.fails {
            return failure(asked.random, status);
        }
        if asked.header("authorization")
            != format!("Basic {}", BASE64_STANDARD.encode(&self.credentials.api_key))
        {
            return failure(asked.random, StatusCode::UNAUTHORIZED);
        }
        if self.quota.used >= self.limit() {
            let wait = seconds(self.quota.resets()).saturating_sub(seconds(asked.now));
            return failure(asked.random, StatusCode::TOO_MANY_REQUESTS)
                .header("retry-after", wait.to_string());
        }
        self.quota.used += 1;
        asked.carry_out(HANDLERS, self).unwrap_or_else(|refusal| refusal)
    }

    /// 1,000 requests a day, and as many for each company.
    fn limit(&self) -> u64 {
        1000 * (1 + self.companies.len() as u64)
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

fn ok(body: Value) -> Step {
    Ok(Reply::json(StatusCode::OK, body))
}

/// What Codat answers to a request that it cannot read.
fn invalid(asked: &Asked<'_>) -> Reply {
    failure(asked.random, StatusCode::BAD_REQUEST)
}

/// The body, read strictly: a type that it is read as denies members that are not its own.
fn body<T: DeserializeOwned>(asked: &Asked<'_>) -> Result<T, Reply> {
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
    let body = json!({
        "statusCode": status.as_u16(),
        "service": service,
        "error": error,
        "correlationId": random.uuid().simple().to_string(),
        "validation": null,
        "canBeRetried": "Unknown",
        "detailedErrorCode": 0,
    });
    Reply::json(status, body)
}
