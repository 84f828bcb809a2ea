//! What happens to connections, posted to the webhooks that want to know of it.

use super::catalog::{self, Service};
use super::connection::{self, Record};
use super::vault::consumers::consumer_connection;
use super::{State, timestamp};
use crate::Provider;
use crate::apideck::webhooks::DisabledReason;
use crate::sandbox::deliveries::{Body, Endpoint, Failure, Message, Outbox, Policy, Vendor};
use crate::sandbox::exchange::millis;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

/// Apideck documents that there is a limit of retries, and neither the limit nor the schedule.
pub(in crate::sandbox) const POLICY: Policy = Policy {
    provider: Provider::Apideck,
    timeout: Duration::from_secs(60),
    accepts: |status| status.is_success(),
    wait: |failed, _, _| [60, 300, 1800, 7200].get(failed.checked_sub(1)?).copied().map(Duration::from_secs),
};

/// Consumer, unified API and service.
type Key = (String, &'static str, &'static str);

/// What there is to see of a connection.
#[derive(PartialEq)]
struct Look {
    state: &'static str,
    health: Option<&'static str>,
    enabled: bool,
    migrated_from: Option<&'static str>,
    updated_at: u64,
    data: Data,
}

/// What the customer has given.
#[derive(PartialEq)]
struct Data {
    grants: u32,
    settings: Map<String, Value>,
    metadata: Map<String, Value>,
}

/// An event in Apideck's order of its members, which is not the order that is signed.
#[derive(Serialize)]
struct Payload {
    event_id: String,
    event_type: &'static str,
    service_id: &'static str,
    entity_id: Value,
    entity_type: &'static str,
    entity: Value,
    execution_attempt: u32,
    occurred_at: String,
}

impl State {
    /// Makes a change, and tells the webhooks what it has done to connections.
    pub(super) fn telling<T>(&mut self, now: u64, change: impl FnOnce(&mut Self) -> T) -> T {
        self.tell_what_time_has_done(now);
        if self.webhooks.len() == 0 {
            return change(self);
        }
        let before = self.looks(now);
        let done = change(self);
        let after = self.looks(now);
        self.tell(&before, &after, now);
        done
    }

    /// Tokens that cannot be refreshed expire, and are deleted.
    fn tell_what_time_has_done(&mut self, now: u64) {
        let since = std::mem::replace(&mut self.told_until, now);
        if self.webhooks.len() == 0 {
            return;
        }
        let moments = self.records.values().flat_map(Record::turning_points);
        let moments: BTreeSet<_> = moments.filter(|at| since < *at && *at <= now).collect();
        for at in moments {
            self.tell(&self.looks(at - 1), &self.looks(at), at);
        }
    }

    fn tell(&mut self, before: &BTreeMap<Key, Look>, after: &BTreeMap<Key, Look>, at: u64) {
        let ended = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key, None));
        for (key, look) in after.iter().map(|(key, look)| (key, Some(look))).chain(ended) {
            for event in events(before.get(key), look) {
                self.post(key, event, at);
            }
        }
    }

    /// In a fixed order, so that the same seed gives the same events.
    fn looks(&self, now: u64) -> BTreeMap<Key, Look> {
        let looks = self.records.iter().filter_map(|(key, record)| {
            let (state, health) = connection::state(catalog::service(key.1, key.2)?, Some(record), now);
            let look = Look {
                state,
                health,
                enabled: record.enabled,
                migrated_from: record.migrated_from,
                updated_at: record.updated_at,
                data: Data {
                    grants: record.grants,
                    settings: record.settings.clone(),
                    metadata: record.metadata.clone(),
                },
            };
            Some((key.clone(), look))
        });
        looks.collect()
    }

    fn post(&mut self, key: &Key, event_type: &'static str, now: u64) {
        let (consumer, unified_api, service_id) = key;
        let Some(service) = catalog::service(unified_api, service_id) else { return };
        let wanted = self.webhooks.iter().filter(|(_, webhook)| webhook.wants(event_type));
        let endpoints: Vec<_> = wanted.map(|(id, _)| id.to_owned()).collect();
        if endpoints.is_empty() {
            return;
        }
        let record = self.records.get(key);
        let application = &self.credentials.app_id;
        let mut entity = consumer_connection(application, consumer, service, record, now);
        let source = record.and_then(|record| record.migrated_from).filter(|_| event_type == MIGRATED);
        if let (Some(source), Value::Object(members)) = (source, &mut entity) {
            members.insert("migrated_from".to_owned(), source.into());
        }
        let event_id = self.outbox.new_id().to_string();
        let about = about(&event_id, consumer, service);
        let body = body(Payload {
            event_id,
            event_type,
            service_id: "apideck-vault",
            entity_id: entity.get("id").cloned().unwrap_or_default(),
            entity_type: "Connection",
            entity,
            execution_attempt: 1,
            occurred_at: timestamp(now),
        });
        let idempotency_key = self.outbox.new_id().to_string();
        for endpoint in endpoints {
            self.outbox.send(Message {
                id: self.outbox.new_id().to_string(),
                event_type: event_type.to_owned(),
                endpoint,
                headers: vec![
                    ("x-apideck-event-type", event_type.to_owned()),
                    ("x-apideck-idempotency-key", idempotency_key.clone()),
                ],
                body: body.clone(),
                about: about.clone(),
                at: SystemTime::UNIX_EPOCH + Duration::from_millis(now),
            });
        }
    }
}

const MIGRATED: &str = "vault.connection.migrated";

/// What event logs are asked for by.
fn about(event_id: &str, consumer: &str, service: &Service) -> Value {
    json!({ "event_id": event_id, "consumer": consumer, "service": { "id": service.id, "name": service.name } })
}

fn body(payload: Payload) -> Body {
    #[derive(Serialize)]
    struct Envelope<'a> {
        payload: &'a Payload,
    }

    Arc::new(move |attempt| {
        // Only the attempt differs.
        let payload = &Payload {
            event_id: payload.event_id.clone(),
            occurred_at: payload.occurred_at.clone(),
            entity_id: payload.entity_id.clone(),
            entity: payload.entity.clone(),
            execution_attempt: attempt,
            ..payload
        };
        serde_json::to_vec(&Envelope { payload }).unwrap_or_default().into()
    })
}

impl Vendor for State {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    fn settle(&mut self, now: SystemTime) {
        self.tell_what_time_has_done(millis(now).max(self.told_until));
    }

    fn endpoint(&self, id: &str) -> Option<Endpoint> {
        let webhook = self.webhooks.get(id).filter(|webhook| webhook.is_enabled())?;
        let url = Some(Url::parse(&webhook.delivery_url).ok()?);
        Some(Endpoint { url, secrets: vec![self.credentials.api_key.as_str().into()], headers: Vec::new() })
    }

    fn has_failed(&mut self, failure: &Failure) {
        if let Some(webhook) = self.webhooks.get_mut(&failure.endpoint).filter(|_| failure.is_last) {
            webhook.disable(DisabledReason::RetryLimit, millis(failure.at));
        }
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
    // A migration moves what the customer has given, which is the same then.
    let is_migrated = before.is_none() && after.migrated_from.is_some();
    let is_updated = match before {
        Some(before) => before.data != after.data,
        None => after.data.grants > 0 && !is_migrated,
    };
    let happened = [
        (before.is_none(), "vault.connection.created"),
        (is_updated, "vault.connection.updated"),
        (state != Some("callable") && after.state == "callable", "vault.connection.callable"),
        (is_migrated, MIGRATED),
        (before.is_some_and(|before| before.enabled) && !after.enabled, "vault.connection.disabled"),
        (!had("revoked") && health == Some("revoked"), "vault.connection.revoked"),
        (
            !had("pending_refresh") && health == Some("pending_refresh"),
            "vault.connection.token_refresh.pending",
        ),
        (had("pending_refresh") && health == Some("needs_auth"), "vault.connection.token_refresh.failed"),
        (had("pending_refresh") && health == Some("ok"), "vault.connection.token_refresh.recovered"),
    ];
    let happened: Vec<_> = happened.into_iter().filter(|(has, _)| *has).map(|(_, event)| event).collect();
    if happened.is_empty() { vec!["vault.connection.updated"] } else { happened }
}
