//! What Codat's checks found.

use super::{State, ok};
use crate::codat::read_data;
use crate::codat::refresh_data::PullOperationStatus;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use crate::sandbox::object::{self, object};
use serde_json::json;

pub(super) const HANDLERS: Handlers<State> =
    &[(&read_data::GET_VALIDATION_RESULTS, State::get_validation_results)];

impl State {
    fn get_validation_results(&mut self, asked: &Asked<'_>) -> Step {
        let (id, pull) = self.dataset(asked)?;
        let error = || {
            object!({
                "ruleId": "sandbox-001",
                "itemId": id,
                "message": "The test says that the data did not pass the checks.",
                "validatorName": "SandboxValidator",
            })
        };
        let failed = pull.status(asked.now) == PullOperationStatus::ValidationError;
        ok(object!({ "errors": object::list(&mut failed.then(error).into_iter()), "warnings": json!([]) }))
    }
}
