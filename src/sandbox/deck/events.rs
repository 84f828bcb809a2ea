//! What Deck would have posted to webhooks.

use serde_json::Value;
use std::collections::VecDeque;

/// A sandbox may run for weeks: it keeps so many events, the latest.
const KEPT: usize = 10_000;

#[derive(Default)]
pub(super) struct Events(VecDeque<Value>);

impl Events {
    /// Adds one of this type and code, which tells this.
    pub(super) fn push(&mut self, webhook_type: &str, webhook_code: &str, mut event: Value) {
        if let Value::Object(members) = &mut event {
            let every =
                [("webhook_type", webhook_type), ("webhook_code", webhook_code), ("environment", "Sandbox")];
            members.extend(every.map(|(key, value)| (key.to_owned(), value.into())));
        }
        self.0.push_back(event);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    pub(super) fn to_vec(&self) -> Vec<Value> {
        self.0.iter().cloned().collect()
    }
}
