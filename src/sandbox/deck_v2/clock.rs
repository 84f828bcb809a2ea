//! What time brings: it is done when somebody asks, in the order in which it was due.

use super::State;
use super::kept::{Resource, text};
use std::time::{Duration, SystemTime};

/// What happens to a resource next, and when.
pub(super) struct Next {
    at: SystemTime,
    what: fn(&mut State, &str, SystemTime),
}

impl State {
    /// Lets this happen to the resource then, instead of what was to happen next.
    pub(super) fn later(&mut self, id: &str, at: SystemTime, what: fn(&mut Self, &str, SystemTime)) {
        self.forget_next(id);
        self.next.put(id, Next { at, what });
    }

    pub(super) fn forget_next(&mut self, id: &str) {
        self.next.delete(id);
    }

    /// Does all that was due by now.
    pub(super) fn do_what_is_due(&mut self, now: SystemTime) {
        let due = |state: &Self| {
            let (id, next) = state.next.iter().min_by_key(|(_, next)| next.at)?;
            (next.at <= now).then(|| (id.to_owned(), next.at, next.what))
        };
        while let Some((id, at, what)) = due(self) {
            self.forget_next(&id);
            what(self, &id, at);
        }
    }
}

/// How long after it was created, in milliseconds.
pub(super) fn runtime(resource: &Resource, now: SystemTime) -> u64 {
    let age = now.duration_since(created(resource)).unwrap_or_default();
    u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn created(resource: &Resource) -> SystemTime {
    let created = text(resource, "created_at").parse::<jiff::Timestamp>();
    created.map_or(SystemTime::UNIX_EPOCH, SystemTime::from)
}

pub(super) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
