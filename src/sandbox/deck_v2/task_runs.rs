//! Runs: queued, running, with a question in between, completed; a second of the clock for each step.

use super::clock::{created, runtime, seconds};
use super::kept::{Resource, asks_for, body, members, resource, text};
use super::{DeckV2, State, error, invalid, ok, refusal};
use crate::deck_v2::{TaskId, task_runs};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step, later};
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&task_runs::RUN, State::run_task),
    (&task_runs::LIST, State::list_task_runs),
    (&task_runs::GET, State::get_task_run),
    (&task_runs::CANCEL, State::cancel_task_run),
    (&task_runs::ANSWER_INTERACTION, State::answer_interaction),
    (&task_runs::LIST_STORAGE, State::list_task_run_storage),
];

const STEP: Duration = seconds(1);
/// How long a question waits.
const ASKS: Duration = seconds(10 * 60);
/// A task's `settings.timeout_seconds` where they say nothing.
const TIMEOUT: u64 = 1800;

/// A question that the source asks customers whose user name has this word in it, with its field and the right answer.
struct Question {
    word: &'static str,
    kind: &'static str,
    message: &'static str,
    field: &'static str,
    answer: &'static str,
}

const QUESTIONS: [Question; 2] = [
    Question {
        word: "mfa",
        kind: "mfa",
        message: "Which code have we sent you?",
        field: "code",
        answer: "123456",
    },
    Question {
        word: "accounts",
        kind: "account_selection",
        message: "Which account, 1001 or 1002?",
        field: "account_id",
        answer: "1001",
    },
];

impl DeckV2<'_> {
    /// Makes runs of this task end with this output from now on.
    ///
    /// Without it a run ends with a value that has the form of the task's `output_schema`.
    pub fn set_output(&self, task: impl Into<TaskId>, output: Value) {
        self.state().outputs.insert(task.into().as_str().to_owned(), output);
    }
}

impl State {
    fn run_task(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            #[expect(dead_code, reason = "some of it is only checked")]
            struct Body {
                credential_id: Option<String>,
                source_id: Option<String>,
                session_id: Option<String>,
                input: Option<Value>,
                request_id: Option<String>,
                ..
            }
        }

        let task_id = asked.id("task_id")?;
        let task = self.tasks.get(task_id)?.clone();
        let mut run = members::<Body>(asked)?;
        run.remove("request_id");
        if let Some(id) = run.get("credential_id").and_then(Value::as_str) {
            let credential = self.credentials.get(id)?;
            if text(credential, "status") == "deleted" {
                return Err(invalid("The credential was deleted"));
            }
            let source = credential.get("source_id").cloned();
            if run.get("source_id").is_none_or(Value::is_null) {
                run.extend(source.map(|source| ("source_id".to_owned(), source)));
            }
        }
        if let Some(id) = run.get("source_id").and_then(Value::as_str) {
            self.sources.get(id)?;
        }
        has_all(task.get("input_schema"), run.get("input"))?;
        let session = self.enter_session(run.get("session_id").and_then(Value::as_str), asked)?;
        run.extend(resource(object!({
            "status": "queued",
            "result": Value::Null,
            "task_id": task_id,
            "agent_id": task.get("agent_id"),
            "session_id": session,
            "runtime_ms": Value::Null,
            "output": Value::Null,
            "errors": json!([]),
            "interaction": Value::Null,
        })));
        let run = self.runs.add(asked, run);
        self.file_secret.get_or_insert_with(|| asked.random.uuid());
        self.add_to_session(&session, &run);
        self.tell("task_run.queued", &run, asked.now);
        self.later(text(&run, "id"), asked.now + STEP, Self::start_run);
        Ok(self.run_reply(run, asked).with_status(StatusCode::CREATED))
    }

    fn list_task_runs(&mut self, asked: &Asked<'_>) -> Step {
        let between = super::event_log::between(asked)?;
        let names = ["status", "source_id", "agent_id", "credential_id", "task_id"];
        let found = self.runs.page(asked, &|run| {
            names.iter().all(|name| asks_for(asked, name, run, name))
                && asks_for(asked, "outcome", run, "result")
                && between(text(run, "created_at"))
        });
        found.map(|mut page| {
            let runs = page.json_mut().and_then(|page| page.get_mut("data")).and_then(Value::as_array_mut);
            runs.into_iter().flatten().filter_map(Value::as_object_mut).for_each(|run| {
                run.remove("input");
            });
            page
        })
    }

    fn get_task_run(&mut self, asked: &Asked<'_>) -> Step {
        let run = self.runs.get(asked.id("run_id")?)?.clone();
        Ok(self.run_reply(run, asked))
    }

    /// Deck documents it for runs that are queued or running; a run that asks something can be canceled here, too.
    fn cancel_task_run(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("run_id")?;
        if !matches!(text(self.runs.get(id)?, "status"), "queued" | "running" | "interaction_required") {
            return Err(invalid("The run is neither queued nor running"));
        }
        let run = self.set_run(id, asked.now, "canceling", object!({ "interaction": Value::Null }))?;
        self.later(id, asked.now + STEP, |state, id, at| state.end_run(id, at, "canceled", json!({})));
        Ok(self.run_reply(run, asked))
    }

    fn answer_interaction(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                input: Map<String, Value>,
            }
        }

        let id = asked.id("run_id")?;
        let Body { input } = body(asked)?;
        let run = self.runs.get(id)?;
        let kind = run.get("interaction").map(|interaction| &interaction["type"]);
        let asks = |question: &&Question| kind.is_some_and(|kind| kind == question.kind);
        let Some(question) = QUESTIONS.iter().find(asks) else {
            return Err(invalid("The run does not wait for an answer"));
        };
        let answer = input.get(question.field).ok_or_else(|| missing(question.field))?;
        let right = answer == question.answer;
        if right {
            self.set_run(id, asked.now, "running", object!({ "interaction": Value::Null }))?;
            self.go_on(id, asked.now);
        } else {
            self.ask(id, asked.now, question);
        }
        let run = self.runs.get(id)?.clone();
        Ok(self.run_reply(run, asked))
    }

    fn list_task_run_storage(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("run_id")?;
        self.runs.get(id)?;
        ok(object!({ "data": self.storage_of(id, asked), "has_more": false, "next_cursor": Value::Null }))
    }

    /// The run with those of its larger parts that are asked for.
    fn run_reply(&self, mut run: Resource, asked: &Asked<'_>) -> Reply {
        let id = text(&run, "id").to_owned();
        let parts: Vec<_> = asked.query("include").unwrap_or_default().split(',').collect();
        if !parts.contains(&"input") {
            run.remove("input");
        }
        if parts.contains(&"storage") {
            run.insert("storage".to_owned(), self.storage_of(&id, asked));
        }
        if parts.contains(&"artifacts") {
            run.insert("artifacts".to_owned(), self.artifacts_of(&run, asked));
        }
        Reply::json(StatusCode::OK, run.into())
    }

    /// Changes a run, and tells of it.
    fn set_run(&mut self, id: &str, at: SystemTime, status: &str, more: Value) -> Result<Resource, Reply> {
        let mut members = resource(more);
        members.insert("status".to_owned(), status.into());
        let run = self.runs.set(id, at, members)?;
        self.tell(&format!("task_run.{status}"), &run, at);
        Ok(run)
    }

    /// What a run does next, unless its time is over before.
    fn work(&mut self, id: &str, at: SystemTime, what: fn(&mut Self, &str, SystemTime)) {
        let Ok(run) = self.runs.get(id) else { return };
        let task = self.tasks.get(text(run, "task_id")).ok();
        let timeout = task.and_then(|task| task.get("settings")?.get("timeout_seconds")?.as_u64());
        let until = later(created(run), seconds(timeout.unwrap_or(TIMEOUT)));
        if at <= until {
            return self.later(id, at, what);
        }
        self.later(id, until, |state, id, at| {
            state.fail_run(id, at, error("task", "timeout", "The run took longer than its task allows"));
        });
    }

    fn start_run(&mut self, id: &str, at: SystemTime) {
        let Ok(run) = self.set_run(id, at, "running", json!({})) else { return };
        self.occupy_session(text(&run, "session_id"), at);
        self.work(id, at + STEP, Self::sign_in);
    }

    /// The source takes the credential, refuses it, or asks back.
    fn sign_in(&mut self, id: &str, at: SystemTime) {
        let Ok(run) = self.runs.get(id) else { return };
        let credential = text(run, "credential_id").to_owned();
        let sign_in = self.sign_ins.get(&credential);
        if sign_in.and_then(|sign_in| sign_in.password.as_deref()) == Some("invalid") {
            self.verify_credential(&credential, false, at);
            return self.fail_run(id, at, error("auth", "auth_invalid", "The source refuses the credential"));
        }
        let username = sign_in.and_then(|sign_in| sign_in.username.as_deref()).unwrap_or_default();
        match QUESTIONS.iter().find(|question| username.contains(question.word)) {
            Some(question) => self.ask(id, at, question),
            None => self.go_on(id, at),
        }
    }

    fn ask(&mut self, id: &str, at: SystemTime, question: &Question) {
        let Question { kind, message, field, .. } = question;
        let field = object!({ "name": field, "type": "text", "label": field });
        let interaction = object!({ "type": kind, "message": message, "fields": json!([field]) });
        if self.set_run(id, at, "interaction_required", object!({ "interaction": interaction })).is_ok() {
            self.work(id, at + ASKS, |state, id, at| {
                let error = error("interaction", "interaction_timeout", "Nobody has answered in time");
                state.fail_run(id, at, error);
            });
        }
    }

    fn go_on(&mut self, id: &str, at: SystemTime) {
        let Ok(run) = self.runs.get(id) else { return };
        let credential = text(run, "credential_id").to_owned();
        self.verify_credential(&credential, true, at);
        self.work(id, at + STEP, Self::complete_run);
    }

    fn complete_run(&mut self, id: &str, at: SystemTime) {
        let Ok(run) = self.runs.get(id) else { return };
        let task_id = text(run, "task_id").to_owned();
        let schema = self.tasks.get(&task_id).ok().and_then(|task| task.get("output_schema"));
        let schema = schema.filter(|schema| !schema.is_null());
        let output = self.outputs.get(&task_id).cloned();
        let output = output.unwrap_or_else(|| schema.map_or_else(|| json!({}), example));
        self.store_file(id, &task_id, at);
        self.end_run(id, at, "completed", object!({ "result": "success", "output": output }));
    }

    fn fail_run(&mut self, id: &str, at: SystemTime, error: Value) {
        let more = object!({ "result": "failure", "errors": json!([error]), "interaction": Value::Null });
        self.end_run(id, at, "failed", more);
    }

    pub(super) fn end_run(&mut self, id: &str, at: SystemTime, status: &str, more: Value) {
        self.forget_next(id);
        let Ok(run) = self.runs.get(id) else { return };
        let mut more = resource(more);
        more.insert("runtime_ms".to_owned(), runtime(run, at).into());
        if let Ok(run) = self.set_run(id, at, status, more.into()) {
            self.rest_session(text(&run, "session_id"), at);
        }
    }
}

/// Whether the run has yet to end.
pub(super) fn is_active(run: &Resource) -> bool {
    !matches!(text(run, "status"), "completed" | "failed" | "canceled")
}

/// Whether the input has what the schema requires.
fn has_all(schema: Option<&Value>, input: Option<&Value>) -> Result<(), Reply> {
    let required = schema.and_then(|schema| schema["required"].as_array()).into_iter().flatten();
    let is_there = |name: &&str| input.is_some_and(|input| input.get(*name).is_some());
    match required.filter_map(Value::as_str).find(|name| !is_there(name)) {
        Some(name) => Err(missing(name)),
        None => Ok(()),
    }
}

fn missing(field: &str) -> Reply {
    let mut reply = refusal(StatusCode::BAD_REQUEST, "request", "input_missing", "A value is missing");
    let error = reply.json_mut().and_then(|body| body.pointer_mut("/errors/0"));
    if let Some(error) = error.and_then(Value::as_object_mut) {
        error.insert("field".to_owned(), field.into());
    }
    reply
}

/// A value that a JSON schema allows, as far as its types go.
pub(super) fn example(schema: &Value) -> Value {
    if let Some(value) = schema.pointer("/enum/0") {
        return value.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema.pointer("/type/0")?.as_str());
    match kind.unwrap_or_default() {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            object::members(&mut properties.map(|(name, schema)| (name.clone(), example(schema)))).into()
        }
        "array" => json!([example(&schema["items"])]),
        "string" => json!("text"),
        "integer" => json!(1),
        "number" => json!(1.5),
        "boolean" => json!(true),
        _ => Value::Null,
    }
}
