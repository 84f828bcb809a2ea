use super::exchange::{Asked, Reply};
use super::world::World;
use crate::deck::{Config, ErrorCategory, ErrorCode};
use crate::{Auth, Secret};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use url::Url;
use uuid::Uuid;

const CLIENT_ID: &str = "sandbox-client-id";
const SECRET: &str = "sandbox-secret-2f8a1c55";

pub(super) fn config(base_url: String) -> Config {
    Config::at(base_url, CLIENT_ID, SECRET)
}

/// What happens at Deck without the API.
#[derive(Clone, Copy)]
pub struct Deck<'a> {
    world: &'a World,
}

impl<'a> Deck<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self { world }
    }

    /// A customer connects an account; returns the connection's access token.
    pub fn connect(&self) -> Secret {
        let token = new_token();
        self.world.deck().connections.insert(token.clone(), Connection::default());
        token.into()
    }

    /// Where this token's connection sends its events; `None` for a refused token.
    pub fn webhook(&self, access_token: &str) -> Option<Webhook> {
        self.world.deck().connections.get(access_token).map(|connection| connection.webhook.clone())
    }
}

impl std::fmt::Debug for Deck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
#[derive(Default)]
pub(super) struct State {
    /// By access token.
    connections: HashMap<String, Connection>,
}

#[derive(Default)]
struct Connection {
    webhook: Webhook,
}

fn new_token() -> String {
    // Deck's own sandbox says "development" too.
    format!("access-development-{}", Uuid::new_v4())
}

impl State {
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        let known = asked.header("x-deck-client-id") == CLIENT_ID && asked.header("x-deck-secret") == SECRET;
        if asked.operation.auth() == Auth::Credentials && !known {
            return Reply::json(StatusCode::UNAUTHORIZED, json!({ "message": "Invalid API key" }));
        }
        let answer = match asked.operation.id() {
            "deck.connections.invalidate_access_token" => self.invalidate_access_token(asked),
            "deck.connections.update_webhook" => self.update_webhook(asked),
            _ => Ok(Reply::empty(StatusCode::NOT_IMPLEMENTED)),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    fn invalidate_access_token(&mut self, asked: &Asked<'_>) -> Result<Reply, Reply> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Body {
            access_token: String,
        }

        let Body { access_token } = body(asked)?;
        let connection = self.connections.remove(&access_token).ok_or_else(invalid_access_token)?;
        let token = new_token();
        let reply = Reply::json(StatusCode::OK, json!({ "new_access_token": token }));
        self.connections.insert(token, connection);
        Ok(reply)
    }

    fn update_webhook(&mut self, asked: &Asked<'_>) -> Result<Reply, Reply> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Body {
            access_token: String,
            url: String,
            is_active: bool,
        }

        let Body { access_token, url, is_active } = body(asked)?;
        let connection = self.connections.get_mut(&access_token).ok_or_else(invalid_access_token)?;
        if !Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(refusal(
                ErrorCategory::InvalidRequest,
                ErrorCode::InvalidArgument,
                "The url is not an absolute http or https URL",
            ));
        }
        connection.webhook = Webhook { url: Some(url), is_active };
        Ok(Reply::empty(StatusCode::OK))
    }
}

fn body<T: serde::de::DeserializeOwned>(asked: &Asked<'_>) -> Result<T, Reply> {
    asked.json().map_err(|error| {
        refusal(
            ErrorCategory::InvalidRequest,
            ErrorCode::ValidationFailed,
            &format!("The request body is not valid: {error}"),
        )
    })
}

fn invalid_access_token() -> Reply {
    refusal(
        ErrorCategory::InvalidRequest,
        ErrorCode::InvalidAccessToken,
        "The access token is unknown or no longer valid",
    )
}

fn refusal(category: ErrorCategory, code: ErrorCode, message: &str) -> Reply {
    let body = json!({
        "error_category": category,
        "error_code": code,
        "error_message": message,
        "display_message": null,
    });
    Reply::json(StatusCode::BAD_REQUEST, body)
}
