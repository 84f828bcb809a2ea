//! What happens, told as events that are kept for 30 days.

use super::kept::{Resource, asks_for, page, resource, text};
use super::{State, invalid, iso, ok, refusal};
use crate::deck_v2::event_log;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::Value;
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> =
    &[(&event_log::LIST, State::list_events), (&event_log::GET, State::get_event)];

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
        let mut told =
            SUMMARY.iter().filter_map(|name| Some(((*name).to_owned(), about.get(*name)?.clone())));
        let summary = object::members(&mut told);
        // Numbers and not chance: what happens on the clock is told when somebody looks, and looking draws nothing.
        self.told += 1;
        let id = format!("evt_{:016}", self.told);
        let event = object!({
            "id": id,
            "object": "event",
            "type": kind,
            "data": summary,
            "created_at": iso(at),
        });
        let event = resource(event);
        self.forget_events(at);
        self.events.put(&id, event.clone());
        self.deliver(&event, at);
    }

    pub(super) fn forget_events(&mut self, now: SystemTime) {
        let since = iso(now.checked_sub(KEPT).unwrap_or(SystemTime::UNIX_EPOCH));
        // Times of one form sort as their texts do.
        let is_kept = |event: &Resource| event.get("created_at").and_then(Value::as_str) >= Some(&since);
        self.events.retain(&|_, event| is_kept(event));
        let since = now.checked_sub(KEPT).unwrap_or(SystemTime::UNIX_EPOCH);
        self.outbox.retain(&|sent| since <= sent.message.at);
    }

    fn list_events(&mut self, asked: &Asked<'_>) -> Step {
        self.forget_events(asked.now);
        let between = between(asked)?;
        page(&self.events, asked, &|event| {
            asks_for(asked, "type", event, "type") && between(text(event, "created_at"))
        })
    }

    fn get_event(&mut self, asked: &Asked<'_>) -> Step {
        self.forget_events(asked.now);
        let event = self.events.get(asked.id("event_id")?);
        let missing =
            || refusal(StatusCode::NOT_FOUND, "request", "event_not_found", "There is no such event");
        ok(event.ok_or_else(missing)?.clone())
    }
}

/// Whether a moment lies in the time that the query asks for.
pub(super) fn between(asked: &Asked<'_>) -> Result<impl Fn(&str) -> bool, Reply> {
    let moment = |name: &str| {
        let given = asked.query(name).map(str::parse::<jiff::Timestamp>).transpose();
        let given = given.map_err(|_| invalid(&format!("{name} is no moment")))?;
        Ok(given.map(|moment| iso(moment.into())))
    };
    let (after, before) = (moment("created_after")?, moment("created_before")?);
    Ok(move |at: &str| after.as_deref() < Some(at) && before.as_deref().is_none_or(|before| at < before))
}
