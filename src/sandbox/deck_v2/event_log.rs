//! What happens, told as events that are kept for 30 days.

use super::State;
use super::iso;
use super::kept::{Resource, object};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What an event tells of its resource: a summary, which has neither inputs nor outputs.
const SUMMARY: [&str; 13] = [
    "id",
    "object",
    "name",
    "status",
    "result",
    "auth_method",
    "task_id",
    "credential_id",
    "agent_id",
    "source_id",
    "runtime_ms",
    "created_at",
    "updated_at",
];

impl State {
    /// Tells that this has happened to the resource, by an event such as `agent.created`.
    pub(super) fn tell(&mut self, kind: &str, about: &Resource, at: SystemTime) {
        let summary: Resource =
            SUMMARY.iter().filter_map(|name| Some(((*name).to_owned(), about.get(*name)?.clone()))).collect();
        // Numbers and not chance: what happens on the clock is told when somebody looks, and looking draws nothing.
        self.told += 1;
        let id = format!("evt_{:016}", self.told);
        let event = json!({
            "id": id,
            "object": "event",
            "type": kind,
            "data": summary,
            "created_at": iso(at),
        });
        self.forget_events(at);
        self.events.put(id, object(event));
    }

    pub(super) fn forget_events(&mut self, now: SystemTime) {
        let since = iso(now.checked_sub(KEPT).unwrap_or(SystemTime::UNIX_EPOCH));
        // Times of one form sort as their texts do.
        let is_kept = |event: &Resource| event.get("created_at").and_then(Value::as_str) >= Some(&since);
        self.events.retain(|_, event| is_kept(event));
    }
}
