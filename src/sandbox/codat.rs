use super::exchange::{Asked, Reply};
use super::random::Random;
use super::world::World;
use crate::codat::{CompanyId, Config};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use http::StatusCode;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

/// What the vendor says of a company's access token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);
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
    world: &'a World,
}

impl<'a> Codat<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self { world }
    }

    /// Adds a company.
    pub fn add_company(&self, name: impl Into<String>) -> CompanyId {
        let id = self.world.random().uuid().to_string();
        self.world.codat().companies.insert(id.clone(), name.into());
        id.into()
    }

    /// The company that an access token acts for.
    ///
    /// `None` when the token is unknown or has expired.
    pub fn company_of(&self, access_token: &str) -> Option<CompanyId> {
        let now = self.world.now();
        let state = self.world.codat();
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
    pub(super) companies: HashMap<String, String>,
    tokens: HashMap<String, Token>,
    quota: Quota,
}

struct Token {
    company: String,
    expires: SystemTime,
}

/// The requests of one day, from midnight to midnight in UTC.
#[derive(Default)]
struct Quota {
    day: u64,
    used: u64,
}

impl Quota {
    /// Counts one request; what is left of the limit after it, `None` when it was used up before.
    fn count(&mut self, limit: u64, now: SystemTime) -> Option<u64> {
        let day = seconds(now) / DAY;
        if day != self.day {
            *self = Self { day, used: 0 };
        }
        let left = limit.checked_sub(self.used + 1);
        self.used += 1;
        left
    }

    fn resets(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs((self.day + 1) * DAY)
    }
}

impl State {
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        if asked.header("authorization")
            != format!("Basic {}", BASE64_STANDARD.encode(&self.credentials.api_key))
        {
            return refusal(asked, StatusCode::UNAUTHORIZED, "PublicApi", "Unauthorized");
        }
        // 1,000 requests a day, and as many for each company.
        let limit = 1000 * (1 + self.companies.len() as u64);
        let left = self.quota.count(limit, asked.now);
        let resets = self.quota.resets();
        let reply = match left {
            Some(_) => self.carry_out(asked),
            None => {
                let message =
                    "You have made too many requests in a given amount of time; please retry later.";
                let wait = seconds(resets).saturating_sub(seconds(asked.now));
                refusal(asked, StatusCode::TOO_MANY_REQUESTS, "PublicApi", message)
                    .header("retry-after", wait.to_string())
            }
        };
        reply
            .header("x-rate-limit-limit", limit.to_string())
            .header("x-rate-limit-remaining", left.unwrap_or(0).to_string())
            .header("x-rate-limit-reset", httpdate::fmt_http_date(resets))
    }

    fn carry_out(&mut self, asked: &Asked<'_>) -> Reply {
        match asked.operation.id() {
            "codat.companies.get_access_token" => self.get_access_token(asked),
            // Removed on 2026-10-12.
            "codat.connection_management.get" => {
                refusal(asked, StatusCode::NOT_FOUND, "PublicApi", "NotFound")
            }
            _ => Reply::empty(StatusCode::NOT_IMPLEMENTED),
        }
    }

    fn get_access_token(&mut self, asked: &Asked<'_>) -> Reply {
        let company = asked.id(0);
        let Some(name) = self.companies.get(company) else {
            let message = format!("No company was found with ID {company}");
            return refusal(asked, StatusCode::NOT_FOUND, "ClientsApi", &message);
        };
        let expires = asked.now + TOKEN_LIFETIME;
        let claims = json!({
            "sub": company,
            "name": name,
            "jti": asked.random.uuid().to_string(),
            "exp": seconds(expires),
        });
        let token = jwt(&claims, asked.random);
        let body =
            json!({ "expiresIn": TOKEN_LIFETIME.as_secs(), "accessToken": token, "tokenType": "Bearer" });
        self.tokens.insert(token, Token { company: company.to_owned(), expires });
        Reply::json(StatusCode::OK, body)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A token in the form of a JWT. Its signature is random: nobody verifies it but the sandbox.
fn jwt(claims: &Value, random: &Random) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(random.uuid().as_bytes());
    format!("{}.{}.{signature}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims))
}

/// What Codat answers with this status, whatever was asked.
pub(super) fn failure(status: StatusCode, random: &Random) -> Reply {
    let error = match status {
        StatusCode::NOT_FOUND => "NotFound",
        StatusCode::TOO_MANY_REQUESTS => {
            "You have made too many requests in a given amount of time; please retry later."
        }
        _ => "The sandbox was told to answer so",
    };
    refusal_with(random, status, "PublicApi", error)
}

fn refusal(asked: &Asked<'_>, status: StatusCode, service: &str, error: &str) -> Reply {
    refusal_with(asked.random, status, service, error)
}

fn refusal_with(random: &Random, status: StatusCode, service: &str, error: &str) -> Reply {
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
