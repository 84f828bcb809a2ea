//! Push operations: they write one record, for ten seconds of the sandbox's clock.

use super::pages::list;
use super::{Codat, Pending, State, iso, ok, refusal};
use crate::codat::connections::ConnectionId;
use crate::codat::push_data::{self, PushOperationKey, PushOperationStatus};
use crate::codat::{CompanyId, DataType};
use crate::sandbox::exchange::{Asked, Handlers, Step, later};
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&push_data::GET_MODEL_OPTIONS, State::get_model_options),
    (&push_data::LIST_OPERATIONS, State::list_push_operations),
    (&push_data::GET_OPERATION, State::get_push_operation),
];

const RUNS: Duration = Duration::from_secs(10);
const TIMEOUT_IN_MINUTES: u64 = 60;

pub(super) struct Push {
    pub(super) company: String,
    pub(super) connection: String,
    pub(super) data_type: DataType,
    /// The id of the record that it creates.
    pub(super) record: String,
    pub(super) requested: SystemTime,
    pub(super) ends: SystemTime,
    pub(super) end: PushOperationStatus,
}

impl Push {
    fn json(&self, key: &str, now: SystemTime) -> Value {
        let status = if now < self.ends { &PushOperationStatus::Pending } else { &self.end };
        let change = object!({
            "type": "Created",
            "recordRef": object!({ "id": self.record, "dataType": self.data_type }),
            "attachmentId": Value::Null,
        });
        let (code, changes, error) = match status {
            PushOperationStatus::Pending => (202, json!([]), None),
            PushOperationStatus::Success => (200, json!([change]), None),
            PushOperationStatus::TimedOut => (408, json!([]), Some("The software did not answer in time")),
            _ => (400, json!([]), Some("The software refused the record")),
        };
        let finding =
            |message| object!({ "itemId": "", "message": message, "validatorName": "SandboxValidator" });
        object!({
            "pushOperationKey": key,
            "companyId": self.company,
            "dataConnectionKey": self.connection,
            "dataType": self.data_type,
            "status": status,
            "statusCode": code,
            "errorMessage": error,
            "validation": object!({
                "errors": object::list(&mut error.map(finding).into_iter()),
                "warnings": json!([]),
            }),
            "changes": changes,
            "requestedOnUtc": iso(self.requested),
            "completedOnUtc": status.is_final().then(|| iso(self.ends)),
            "timeoutInMinutes": TIMEOUT_IN_MINUTES,
            "timeoutInSeconds": TIMEOUT_IN_MINUTES * 60,
        })
    }
}

impl Codat<'_> {
    /// Begins to write a record of this type, as Codat's other APIs do.
    ///
    /// It succeeds ten seconds later, unless [`end_push_operation`](Self::end_push_operation) has it otherwise.
    pub fn add_push_operation(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
        data_type: impl Into<DataType>,
    ) -> PushOperationKey {
        let (now, random) = (self.context.now(), &self.context.random);
        let key = random.uuid().to_string();
        let push = Push {
            company: company.into().to_string(),
            connection: connection.into().to_string(),
            data_type: data_type.into(),
            record: random.uuid().to_string(),
            requested: now,
            ends: later(now, RUNS),
            end: PushOperationStatus::Success,
        };
        let mut state = self.state();
        state.pushes.put(key.as_str(), push);
        state.pending.push(Pending::Write(key.clone()));
        key.into()
    }

    /// Ends a push operation now, with this status.
    ///
    /// False where there is no such operation, or it has ended.
    pub fn end_push_operation(&self, key: impl Into<PushOperationKey>, status: PushOperationStatus) -> bool {
        let (key, now) = (key.into(), self.context.now());
        let mut state = self.state();
        let running = state.pushes.get_mut(key.as_str()).filter(|push| now < push.ends);
        running.map(|push| (push.ends, push.end) = (now, status)).is_some()
    }
}

impl State {
    /// The same for every type: a name, a status to choose, and lines.
    fn get_model_options(&mut self, asked: &Asked<'_>) -> Step {
        let ((_, connection), data_type) = (self.connection(asked)?, asked.id("dataType")?);
        if !connection.integration.data_types().contains(&data_type) {
            let message = format!("{data_type} is not supported for {}", connection.integration.name);
            return Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message));
        }
        let text = |name: &str, required: bool, options: &[Value]| {
            object!({
                "type": "String", "displayName": name, "description": name, "required": required,
                "options": options,
            })
        };
        let active = object!({
            "value": "Active",
            "type": "String",
            "displayName": "Active",
            "description": "Active",
            "required": false,
        });
        let amount =
            object!({ "type": "Number", "displayName": "Amount", "description": "Amount", "required": true });
        let model = object!({
            "type": "Object", "displayName": data_type, "description": data_type, "required": true,
            "properties": object!({
                "name": text("Name", true, &[]),
                "status": text("Status", false, &[active]),
                "lines": object!({
                    "type": "Array", "displayName": "Lines", "description": "Lines", "required": false,
                    "properties": object!({ "amount": amount }),
                }),
            }),
            "validation": object!({
                "warnings": json!([]),
                "information": json!([{ "field": "name", "details": "At most 50 characters" }]),
            }),
        });
        ok(model)
    }

    fn list_push_operations(&mut self, asked: &Asked<'_>) -> Step {
        let (company, _) = self.company(asked)?;
        let pushes = self.pushes.filter(&|_, push| push.company == company);
        list(asked, &pushes, |(key, push)| push.json(key, asked.now))
    }

    fn get_push_operation(&mut self, asked: &Asked<'_>) -> Step {
        let ((company, _), key) = (self.company(asked)?, asked.id("pushOperationKey")?);
        match self.pushes.get(key).filter(|push| push.company == company) {
            Some(push) => ok(push.json(key, asked.now)),
            None => {
                let message = format!("Push operation {key} not found");
                Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message))
            }
        }
    }
}
