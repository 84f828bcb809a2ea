//! What Codat has replaced.

use super::{State, failure};
use crate::codat::connection_management;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use http::StatusCode;

pub(super) const HANDLERS: Handlers<State> = &[
    (&connection_management::GET_ACCESS_TOKEN, State::get_connection_token),
    (&connection_management::GET_CORS_SETTINGS, State::get_cors_settings),
    (&connection_management::SET_CORS_SETTINGS, State::set_cors_settings),
];

impl State {
    /// Removed on 2026-10-12.
    fn get_connection_token(&mut self, asked: &Asked<'_>) -> Step {
        Err(failure(asked.random, StatusCode::NOT_FOUND))
    }
}
