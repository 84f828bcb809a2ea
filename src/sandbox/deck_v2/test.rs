//! Whether the key works.

use super::{State, ok};
use crate::deck_v2::test;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use crate::sandbox::object::object;

pub(super) const HANDLERS: Handlers<State> = &[(&test::GET, State::test)];

impl State {
    fn test(&mut self, _: &Asked<'_>) -> Step {
        ok(object!({ "status": "ready", "environment": "live" }))
    }
}
