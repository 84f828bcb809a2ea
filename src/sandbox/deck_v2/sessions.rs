//! Sessions: they begin with a run, idle when none is left, and end after ten minutes of that.

use super::clock::{runtime, seconds};
use super::kept::{Resource, resource, text};
use super::task_runs::is_active;
use super::{DeckV2, State, invalid, ok, refusal};
use crate::deck_v2::sessions;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&sessions::LIST, State::list_sessions),
    (&sessions::GET, State::get_session),
    (&sessions::END, State::end_session),
];

const IDLES: Duration = seconds(10 * 60);
const ENDS: Duration = seconds(1);

impl DeckV2<'_> {
    /// Allows so many sessions at once, as a plan does; without it any number.
    pub fn limit_sessions(&self, most: usize) {
        self.state().session_limit = Some(most);
    }
}

impl State {
    fn list_sessions(&mut self, asked: &Asked<'_>) -> Step {
        self.sessions.page(asked, &|_| true)
    }

    fn get_session(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.sessions.get(asked.id("session_id")?)?.clone())
    }

    fn end_session(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("session_id")?;
        if has_ended(self.sessions.get(id)?) {
            return Err(invalid("The session has ended"));
        }
        self.set_session(id, asked.now, "completing");
        self.later(id, asked.now + ENDS, Self::complete_session);
        for run in self.runs_in(id) {
            self.end_run(&run, asked.now, "canceled", object!({ "interaction": Value::Null }));
        }
        ok(self.sessions.get(id)?.clone())
    }

    /// The id of the session of a new run.
    pub(super) fn enter_session(&mut self, id: Option<&str>, asked: &Asked<'_>) -> Result<String, Reply> {
        if let Some(id) = id {
            return match has_ended(self.sessions.get(id)?) {
                true => Err(invalid("The session has ended")),
                false => Ok(id.to_owned()),
            };
        }
        let open = self.sessions.items.filter(&|_, session| !has_ended(session)).len();
        if self.session_limit.is_some_and(|most| open >= most) {
            let message = "Agent sandbox limit exceeded.";
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(refusal(status, "rate_limit", "session_limit_exceeded", message));
        }
        let members = object!({ "status": "queued", "runtime_ms": 0, "task_runs": json!([]) });
        let session = self.sessions.add(asked, resource(members));
        self.tell("session.queued", &session, asked.now);
        Ok(text(&session, "id").to_owned())
    }

    /// A run waits in it, so that it no longer ends by itself.
    pub(super) fn add_to_session(&mut self, id: &str, run: &Resource) {
        self.forget_next(id);
        let runs = self.sessions.items.get_mut(id).and_then(|session| session.get_mut("task_runs"));
        if let Some(runs) = runs.and_then(Value::as_array_mut) {
            runs.push(object!({
                "id": run.get("id"),
                "task_id": run.get("task_id"),
                "agent_id": run.get("agent_id"),
                "credential_id": run.get("credential_id"),
            }));
        }
    }

    /// A run works in it.
    pub(super) fn occupy_session(&mut self, id: &str, at: SystemTime) {
        self.set_session(id, at, "running");
    }

    /// A run in it has ended.
    pub(super) fn rest_session(&mut self, id: &str, at: SystemTime) {
        let is_open = self.sessions.get(id).is_ok_and(|session| !has_ended(session));
        if is_open && self.runs_in(id).is_empty() {
            self.set_session(id, at, "idle");
            self.later(id, at + IDLES, Self::complete_session);
        }
    }

    fn complete_session(&mut self, id: &str, at: SystemTime) {
        self.set_session(id, at, "completed");
    }

    /// Changes a session's status, and tells of it; nothing where it is so already.
    fn set_session(&mut self, id: &str, at: SystemTime, status: &str) {
        let Ok(session) = self.sessions.get(id) else { return };
        if text(session, "status") == status {
            return;
        }
        let members = object!({ "status": status, "runtime_ms": runtime(session, at) });
        if let Ok(session) = self.sessions.set(id, at, resource(members)) {
            self.tell(&format!("session.{status}"), &session, at);
        }
    }

    /// The runs in it that have yet to end.
    fn runs_in(&self, id: &str) -> Vec<String> {
        self.runs.items.ids(&|run| text(run, "session_id") == id && is_active(run))
    }
}

fn has_ended(session: &Resource) -> bool {
    matches!(text(session, "status"), "completing" | "completed" | "failed")
}
