//! What happens to connections, posted to the webhooks that want to know of it.

use super::catalog::Service;
use super::connection;
use super::vault::consumers::consumer_connection;
use super::{State, timestamp};
use crate::Provider;
use crate::apideck::webhooks::DisabledReason;
use crate::sandbox::exchange::millis;
use crate::sandbox::object::object;
use crate::sandbox::outbox::{Body, Endpoint, Message, Outbox, Outcome, OutcomeKind, Policy, Vendor};
use serde::Serialize;
use serde_json::{Map, Value};
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

/// How one connection looks.
struct Look {
    key: String,
    consumer: String,
    service: &'static Service,
    seen: Seen,
}

/// That of this key, among those in the order of their keys.
fn find<'a>(looks: &'a [Look], key: &str) -> Option<&'a Look> {
    let place = looks.binary_search_by(|look| look.key.as_str().cmp(key)).ok()?;
    looks.get(place)
}

/// What there is to see of it.
#[derive(PartialEq)]
struct Seen {
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
        let before = self.looks_if_told(now);
        let done = change(self);
        if let Some(before) = before {
            self.tell(&before, &self.looks(now), now);
        }
        done
    }

    /// How the connections look; `None` where nobody wants to know.
    fn looks_if_told(&self, now: u64) -> Option<Vec<Look>> {
        (self.webhooks.len() > 0).then(|| self.looks(now))
    }

    /// Tokens that cannot be refreshed expire, and are deleted.
    fn tell_what_time_has_done(&mut self, now: u64) {
        let mut since = std::mem::replace(&mut self.told_until, now);
        if self.webhooks.len() == 0 {
            return;
        }
        while let Some(at) = self.next_turning_point(since, now) {
            self.tell(&self.looks(at - 1), &self.looks(at), at);
            since = at;
        }
    }

    /// When time alone changes a connection next.
    fn next_turning_point(&self, since: u64, now: u64) -> Option<u64> {
        let mut next = None;
        for (_, record) in self.records.iter() {
            for at in record.turning_points().into_iter().flatten() {
                if since < at && at <= now && next.is_none_or(|next| at < next) {
                    next = Some(at);
                }
            }
        }
        next
    }

    fn tell(&mut self, before: &[Look], after: &[Look], at: u64) {
        for look in after {
            for event in events(find(before, &look.key).map(|before| &before.seen), Some(&look.seen)) {
                self.post(look, event, at);
            }
        }
        for look in before.iter().filter(|look| find(after, &look.key).is_none()) {
            for event in events(Some(&look.seen), None) {
                self.post(look, event, at);
            }
        }
    }

    /// In the order of their keys, so that the same seed gives the same events.
    fn looks(&self, now: u64) -> Vec<Look> {
        let mut keys: Vec<_> = self.records.iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        let mut looks = Vec::new();
        for key in keys {
            let Some(record) = self.records.get(key) else { continue };
            let (state, health) = connection::state(record.service, Some(record), now);
            let seen = Seen {
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
            let (key, consumer) = (key.to_owned(), record.consumer.clone());
            looks.push(Look { key, consumer, service: record.service, seen });
        }
        looks
    }

    fn post(&mut self, look: &Look, event_type: &'static str, now: u64) {
        let Look { key, consumer, service, .. } = look;
        let endpoints = self.webhooks.ids(&|webhook| webhook.wants(event_type));
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
    let service = object!({ "id": service.id, "name": service.name });
    object!({ "event_id": event_id, "consumer": consumer, "service": service })
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

    fn learn(&mut self, outcome: &Outcome) {
        let is_given_up = outcome.kind == OutcomeKind::GivenUp;
        if let Some(webhook) = self.webhooks.get_mut(&outcome.endpoint).filter(|_| is_given_up) {
            webhook.disable(DisabledReason::RetryLimit, millis(outcome.at));
        }
    }
}

/// What has happened to a connection that looked like this before and looks like that now.
fn events(before: Option<&Seen>, after: Option<&Seen>) -> Vec<&'static str> {
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
