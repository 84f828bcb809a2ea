//! What happens to connections, posted to the webhooks that want to know of it: kept as event logs.

use super::catalog::{self, Service};
use super::connection;
use super::vault::consumers::consumer_connection;
use super::{State, timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// So many event logs are kept, the latest ones.
const KEPT: usize = 10_000;

/// Consumer, unified API and service.
type Key = (String, &'static str, &'static str);

/// What there is to see of a connection.
#[derive(PartialEq)]
struct Look {
    state: &'static str,
    health: Option<&'static str>,
    enabled: bool,
    updated_at: u64,
}

/// An event as it was posted to one webhook.
pub(super) struct Posted {
    pub(super) event_id: String,
    pub(super) event_type: &'static str,
    pub(super) consumer: String,
    pub(super) service: &'static Service,
    pub(super) endpoint: String,
    pub(super) body: String,
    /// Unix milliseconds.
    pub(super) at: u64,
    pub(super) delivered: bool,
}

impl State {
    /// Makes a change, and tells the webhooks what it has done to connections.
    pub(super) fn telling<T>(&mut self, now: u64, change: impl FnOnce(&mut Self) -> T) -> T {
        if self.webhooks.len() == 0 {
            return change(self);
        }
        let before = self.looks(now);
        let done = change(self);
        let after = self.looks(now);
        let ended = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key, None));
        for (key, look) in after.iter().map(|(key, look)| (key, Some(look))).chain(ended) {
            for event in events(before.get(key), look) {
                self.post(key, event, now);
            }
        }
        done
    }

    /// In a fixed order, so that the same seed gives the same events.
    fn looks(&self, now: u64) -> BTreeMap<Key, Look> {
        let looks = self.records.iter().filter_map(|(key, record)| {
            let (state, health) = connection::state(catalog::service(key.1, key.2)?, Some(record), now);
            let look = Look { state, health, enabled: record.enabled, updated_at: record.updated_at };
            Some((key.clone(), look))
        });
        looks.collect()
    }

    fn post(&mut self, key: &Key, event_type: &'static str, now: u64) {
        let (consumer, unified_api, service_id) = key;
        let Some(service) = catalog::service(unified_api, service_id) else { return };
        let wanted = self.webhooks.iter().filter(|(_, webhook)| webhook.wants(event_type));
        let endpoints: Vec<_> = wanted.map(|(_, webhook)| webhook.delivery_url.clone()).collect();
        if endpoints.is_empty() {
            return;
        }
        let event_id = self.next_id();
        let application = &self.credentials.app_id;
        let entity = consumer_connection(application, consumer, service, self.records.get(key), now);
        let body = json!({ "payload": {
            "event_id": event_id,
            "service_id": "apideck-vault",
            "entity_id": entity.get("id"),
            "entity_type": "Connection",
            "entity": entity,
            "event_type": event_type,
            "occurred_at": timestamp(now),
            "execution_attempt": 1,
        }});
        for endpoint in endpoints {
            let delivered = super::webhooks::answers(&endpoint);
            let posted = Posted {
                event_id: event_id.clone(),
                event_type,
                consumer: consumer.clone(),
                service,
                endpoint,
                body: body.to_string(),
                at: now,
                delivered,
            };
            let id = self.next_id();
            self.event_logs.put(id, posted);
        }
        self.event_logs.keep_latest(KEPT);
    }
}

/// What has happened to a connection that looked like this before and looks like that now.
fn events(before: Option<&Look>, after: Option<&Look>) -> Vec<&'static str> {
    let Some(after) = after else { return vec!["vault.connection.deleted"] };
    if before == Some(after) {
        return Vec::new();
    }
    let had = |health: &str| before.and_then(|before| before.health) == Some(health);
    let (state, health) = (before.map(|before| before.state), after.health);
    let happened = [
        (before.is_none(), "vault.connection.created"),
        (state != Some("callable") && after.state == "callable", "vault.connection.callable"),
        (before.is_some_and(|before| before.enabled) && !after.enabled, "vault.connection.disabled"),
        (!had("revoked") && health == Some("revoked"), "vault.connection.revoked"),
        (
            !had("pending_refresh") && health == Some("pending_refresh"),
            "vault.connection.token_refresh.pending",
        ),
        (had("pending_refresh") && health == Some("ok"), "vault.connection.token_refresh.recovered"),
    ];
    let happened: Vec<_> = happened.into_iter().filter(|(has, _)| *has).map(|(_, event)| event).collect();
    if happened.is_empty() { vec!["vault.connection.updated"] } else { happened }
}
