//! Tokens for the Auth Component, good for 30 minutes.

use super::kept::new_id;
use super::{State, created, iso};
use crate::deck_v2::session_tokens;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use crate::sandbox::object::object;
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[(&session_tokens::CREATE, State::create_session_token)];

const LIFETIME: Duration = Duration::from_secs(30 * 60);

impl State {
    fn create_session_token(&mut self, asked: &Asked<'_>) -> Step {
        let token = new_id("tk_", asked.random);
        let expires = asked.now + LIFETIME;
        let body = object!({
            "id": new_id("tok_", asked.random),
            "object": "token",
            "token": token,
            "expires_at": iso(expires),
            "created_at": iso(asked.now),
        });
        self.session_tokens.retain(&|_, expires| asked.now < *expires);
        self.session_tokens.put(&token, expires);
        created(body)
    }

    /// Whether the component takes this token.
    pub(super) fn takes_session_token(&self, token: &str, now: SystemTime) -> bool {
        self.session_tokens.get(token).is_some_and(|expires| now < *expires)
    }
}
