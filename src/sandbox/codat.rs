use super::exchange::{Asked, Reply};
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
use uuid::Uuid;

const API_KEY: &str = "sandbox-codat-key-7c1e";
/// What the vendor says of a company's access token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);
const DAY: u64 = 86_400;

pub(super) fn config(base_url: String) -> Config {
    Config::new(API_KEY).base_url(base_url)
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
        let id = Uuid::new_v4().to_string();
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
    /// Names by id.
    companies: HashMap<String, String>,
    tokens: HashMap<String, Token>,
    /// Requests answered so far, for the rate limit's headers.
    answered: u64,
}

struct Token {
    company: String,
    expires: SystemTime,
}

impl State {
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        self.answered += 1;
        let reply = if asked.header("authorization") == format!("Basic {}", BASE64_STANDARD.encode(API_KEY)) {
            match asked.operation.id() {
                "codat.companies.get_access_token" => self.get_access_token(asked),
                // Removed on 2026-10-12.
                "codat.connection_management.get" => no_route(),
                _ => Reply::empty(StatusCode::NOT_IMPLEMENTED),
            }
        } else {
            refusal(StatusCode::UNAUTHORIZED, "PublicApi", "Unauthorized")
        };
        self.with_rate_limit(reply, asked.now)
    }

    fn get_access_token(&mut self, asked: &Asked<'_>) -> Reply {
        let company = asked.id(0);
        let Some(name) = self.companies.get(company) else {
            let message = format!("No company was found with ID {company}");
            return refusal(StatusCode::NOT_FOUND, "ClientsApi", &message);
        };
        let expires = asked.now + TOKEN_LIFETIME;
        let token = jwt(&json!({
            "sub": company,
            "name": name,
            "jti": Uuid::new_v4().to_string(),
            "exp": asked.now_millis() / 1000 + TOKEN_LIFETIME.as_secs(),
        }));
        let body =
            json!({ "expiresIn": TOKEN_LIFETIME.as_secs(), "accessToken": token, "tokenType": "Bearer" });
        self.tokens.insert(token, Token { company: company.to_owned(), expires });
        Reply::json(StatusCode::OK, body)
    }

    /// 1,000 requests a day, and as many for each company.
    fn with_rate_limit(&self, reply: Reply, now: SystemTime) -> Reply {
        let limit = 1000 * (1 + self.companies.len() as u64);
        let today = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / DAY;
        let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs((today + 1) * DAY);
        reply
            .header("x-rate-limit-limit", limit.to_string())
            .header("x-rate-limit-remaining", limit.saturating_sub(self.answered).to_string())
            .header("x-rate-limit-reset", httpdate::fmt_http_date(midnight))
    }
}

/// A token in the form of a JWT. Its signature is random: nobody verifies it but the sandbox.
fn jwt(claims: &Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes());
    format!("{}.{}.{signature}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims))
}

/// What Codat answers where it has nothing.
pub(super) fn no_route() -> Reply {
    refusal(StatusCode::NOT_FOUND, "PublicApi", "NotFound")
}

fn refusal(status: StatusCode, service: &str, error: &str) -> Reply {
    let body = json!({
        "statusCode": status.as_u16(),
        "service": service,
        "error": error,
        "correlationId": Uuid::new_v4().simple().to_string(),
        "validation": null,
        "canBeRetried": "Unknown",
        "detailedErrorCode": 0,
    });
    Reply::json(status, body)
}
