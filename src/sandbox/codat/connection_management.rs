//! What Codat has removed.

use super::{State, failure};
use crate::codat::connection_management;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use http::StatusCode;

pub(super) const HANDLERS: Handlers<State> = &[(&connection_management::GET, State::get_connection_token)];

impl State {
    /// Removed on 2026-10-12.
    fn get_connection_token(&mut self, asked: &Asked<'_>) -> Step {
        Err(failure(asked.random, StatusCode::NOT_FOUND))
    }
}
