//! Sessions on Apideck's own pages, of which the sandbox has none.

use crate::apideck::UnifiedApi;
use crate::apideck::vault::sessions::{self, SessionAction};
use crate::engine::is_loopback;
use crate::sandbox::apideck::{State, body, consumer, invalid, success, unauthorized};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::jwt;
use crate::sandbox::object::object;
use http::StatusCode;
use serde_json::{Map, Value};
use url::Url;

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> =
    &[(&sessions::CREATE, State::create_session)];

/// In seconds.
const HOUR: u64 = 60 * 60;
const WEEK: u64 = 7 * 24 * HOUR;

const FLAGS: [&str; 8] = [
    "hide_resource_settings",
    "sandbox_mode",
    "isolation_mode",
    "show_logs",
    "show_suggestions",
    "show_sidebar",
    "auto_redirect",
    "hide_guides",
];

body! {
    /// What a session's token says.
    struct Claims {
        consumer_id: String,
        session_id: String,
        redirect_uri: Option<String>,
        /// In seconds since 1970.
        exp: u64,
        ..
    }
}

impl State {
    fn create_session(&mut self, asked: &Asked<'_>) -> Step {
        let create: Create = if asked.body.is_empty() { Create::default() } else { body(asked)? };
        if create.redirect_uri.as_ref().is_some_and(|uri| Url::parse(uri).is_err()) {
            return Err(invalid("redirect_uri is no URL"));
        }
        let length = check(&create.settings.unwrap_or_default())?;
        let consumer = consumer(asked);
        if let Some(metadata) = create.consumer_metadata {
            self.describe(consumer, metadata, asked.now_millis())?;
        }
        let claims = object!({
            "consumer_id": consumer,
            "application_id": self.credentials.app_id,
            "session_id": self.next_id(),
            "redirect_uri": create.redirect_uri,
            "exp": asked.now_millis() / 1000 + length,
        });
        let token = jwt::sign(&claims, self.link_secret);
        let uri = format!("{}/session/{token}", asked.base_url);
        Ok(success(object!({ "session_uri": uri, "session_token": token })))
    }

    /// The consumer whose session has this token.
    pub(in crate::sandbox::apideck) fn consumer_of(&self, token: &str, now: u64) -> Option<String> {
        self.claims(token, now).map(|claims| claims.consumer_id)
    }

    fn claims(&self, token: &str, now: u64) -> Option<Claims> {
        let claims: Claims = jwt::read(token, self.link_secret)?;
        (now / 1000 < claims.exp && !claims.session_id.is_empty()).then_some(claims)
    }

    /// What a customer's browser is answered at a session's link: there is nothing to do, and it leads back at once.
    pub(in crate::sandbox::apideck) fn visit_session(&self, path: &str, now: u64) -> Option<Reply> {
        let token = path.strip_prefix("/session/").filter(|token| !token.contains('/'))?;
        let Some(claims) = self.claims(token, now) else { return Some(unauthorized()) };
        let back = claims.redirect_uri.and_then(|uri| Url::parse(&uri).ok());
        let back = back.filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_loopback)
        });
        Some(match back {
            Some(back) => Reply::empty(StatusCode::FOUND).header("location", back),
            None => Reply::empty(StatusCode::NO_CONTENT),
        })
    }
}

/// Refuses settings that Apideck does not know, and gives the session's length in seconds.
fn check(settings: &Map<String, Value>) -> Result<u64, Reply> {
    let mut length = Some(HOUR);
    for (name, value) in settings {
        let is_each = |known: fn(&str) -> bool| {
            let items = value.as_array();
            items.is_some_and(|items| items.iter().all(|item| item.as_str().is_some_and(known)))
        };
        let fits = match name.as_str() {
            "unified_apis" => {
                is_each(|text| !matches!(UnifiedApi::from(text), UnifiedApi::Unknown(_) | UnifiedApi::Proxy))
            }
            "allow_actions" => is_each(|text| !matches!(text.into(), SessionAction::Unknown(_))),
            "session_length" => {
                length = value.as_str().and_then(seconds);
                length.is_some()
            }
            flag => FLAGS.contains(&flag) && value.is_boolean(),
        };
        if !fits {
            return Err(invalid(&format!("settings.{name} is unknown or not valid")));
        }
    }
    Ok(length.unwrap_or(HOUR))
}

/// `30m` in seconds; nothing beyond a week.
fn seconds(length: &str) -> Option<u64> {
    let (number, unit) = length.split_at_checked(length.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => HOUR,
        "d" => 24 * HOUR,
        "w" => WEEK,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit).filter(|length| (1..=WEEK).contains(length))
}

body! {
    #[derive(Default)]
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Create {
        consumer_metadata: Option<Map<String, Value>>,
        redirect_uri: Option<String>,
        settings: Option<Map<String, Value>>,
        theme: Option<Map<String, Value>>,
        custom_consumer_settings: Option<Map<String, Value>>,
    }
}
