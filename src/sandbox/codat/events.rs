//! What Codat posts to webhook consumers, and when what takes time has come to its end.

use super::companies::Company;
use super::{DAY, Pending, State, iso, segment};
use crate::Provider;
use crate::codat::connections::ConnectionStatus;
use crate::codat::push_data::PushOperationStatus;
use crate::codat::refresh_data::PullOperationStatus;
use crate::sandbox::body::Texts;
use crate::sandbox::exchange::later;
use crate::sandbox::object::{self, object};
use crate::sandbox::outbox::{Endpoint, Message, Outbox, Outcome, OutcomeKind, Policy, Vendor, fixed};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use url::Url;

/// As Codat documents it, and Svix, which posts for Codat, does it.
pub(in crate::sandbox) const POLICY: Policy = Policy {
    provider: Provider::Codat,
    timeout: Duration::from_secs(15),
    accepts: |status| status.is_success(),
    wait: |failed, _, _| {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let waits = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
        waits.get(failed.checked_sub(1)?).copied().map(Duration::from_secs)
    },
};

/// A consumer that has failed for so long is disabled.
const DISABLED_AFTER: Duration = Duration::from_secs(5 * DAY);

impl State {
    /// Posts an event to the consumers that want it, of a company that has these tags.
    fn tell(&mut self, event_type: &str, tags: &Texts, payload: Value, at: SystemTime) {
        let endpoints = self.consumers.ids(&|consumer| consumer.wants(event_type, tags));
        if endpoints.is_empty() {
            return;
        }
        let message = self.outbox.new_id().simple().to_string();
        let event = object!({
            "id": self.outbox.new_id().to_string(),
            "eventType": event_type,
            "generatedDate": iso(at),
            "payload": payload,
        });
        let body = fixed(&event);
        for endpoint in endpoints {
            self.outbox.send(Message {
                id: format!("msg_{}", message.get(..27).unwrap_or_default()),
                event_type: event_type.to_owned(),
                endpoint,
                headers: Vec::new(),
                body: body.clone(),
                about: Value::Null,
                at,
            });
        }
    }

    pub(super) fn tell_of_company(&mut self, id: &str, event_type: &str, at: SystemTime) {
        let Some(company) = self.companies.get(id) else { return };
        let (tags, mut payload) =
            (company.tags.clone(), self.company_json(id, company, &self.last_syncs(at)));
        if let Value::Object(members) = &mut payload {
            object::retain(members, &|name, _| !matches!(name, "dataConnections" | "platform"));
        }
        self.tell(event_type, &tags, payload, at);
    }

    pub(super) fn tell_of_product(&mut self, id: &str, event_type: &str, product: &str, at: SystemTime) {
        let Some(company) = self.companies.get(id) else { return };
        let tags = company.tags.clone();
        let payload = object!({
            "id": id,
            "name": company.name,
            "description": company.description,
            "productId": product,
            "productName": product,
            "products": company.products,
        });
        self.tell(event_type, &tags, payload, at);
    }

    pub(super) fn tell_of_connection(&mut self, id: &str, event_type: &str, at: SystemTime) {
        let Some(connection) = self.connections.get(id) else { return };
        let Some(company) = self.companies.get(&connection.company) else { return };
        let tags = company.tags.clone();
        let payload = object!({
            "referenceCompany": reference(&connection.company, company),
            "connection": self.connection_json(id, at),
        });
        self.tell(event_type, &tags, payload, at);
    }

    /// The first refusal of a day tells that the quota is used up.
    pub(super) fn tell_of_quota(&mut self, now: SystemTime) {
        let resets = self.quota.resets();
        if self.pending.iter().any(|pending| matches!(pending, Pending::Reset(at) if *at == resets)) {
            return;
        }
        self.pending.push(Pending::Reset(resets));
        self.tell_quota("client.rateLimit.reached", 0, resets, now);
    }

    fn tell_quota(&mut self, event_type: &str, left: u64, expires: SystemTime, at: SystemTime) {
        let payload =
            object!({ "dailyQuota": self.limit(), "quotaRemaining": left, "expiryDate": iso(expires) });
        self.tell(event_type, &Texts::default(), payload, at);
    }

    /// What has ended by now, in the order in which it has.
    fn end_what_is_over(&mut self, now: SystemTime) {
        let pending = std::mem::take(&mut self.pending);
        let mut over = Vec::new();
        for pending in pending {
            let ends = self.end_of(&pending);
            if ends <= now { over.push((ends, pending)) } else { self.pending.push(pending) }
        }
        while let Some((first, _)) = over.iter().enumerate().min_by_key(|(_, (ends, _))| *ends) {
            let (at, pending) = over.remove(first);
            self.tell_of_end(&pending, at);
        }
    }

    fn end_of(&self, pending: &Pending) -> SystemTime {
        let ends = match pending {
            Pending::Read { pulls, .. } => {
                pulls.iter().filter_map(|id| self.pulls.get(id)).map(|pull| pull.ends).max()
            }
            Pending::Write(key) => self.pushes.get(key).map(|push| push.ends),
            Pending::Product { ends, .. } | Pending::Reset(ends) => Some(*ends),
        };
        // What is gone is over.
        ends.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn tell_of_end(&mut self, pending: &Pending, at: SystemTime) {
        match pending {
            Pending::Read { company, pulls } => {
                let pulls = pulls.iter().filter_map(|id| self.pulls.get(id));
                let read =
                    pulls.map(|pull| (pull.connection.clone(), pull.data_type.clone(), pull.status(at)));
                let read = read.collect();
                self.tell_of_read(company, read, at);
            }
            Pending::Product { company, data_types, .. } => {
                let linked = self.connections.filter(&|_, connection| {
                    connection.company == *company && connection.status == ConnectionStatus::Linked
                });
                let mut read = Vec::new();
                for (id, connection) in linked {
                    for known in connection.integration.data_types() {
                        if data_types.as_ref().is_none_or(|types| types.iter().any(|it| it == known)) {
                            read.push((id.to_owned(), known.to_owned(), PullOperationStatus::Complete));
                        }
                    }
                }
                self.tell_of_read(company, read, at);
            }
            Pending::Write(key) => self.tell_of_write(key, at),
            Pending::Reset(_) => {
                let next = later(at, Duration::from_secs(DAY));
                self.tell_quota("client.rateLimit.reset", self.limit(), next, at);
            }
        }
    }

    /// The first reading of a company's data that ends is the initial one.
    fn tell_of_read(&mut self, id: &str, read: Vec<(String, String, PullOperationStatus)>, at: SystemTime) {
        let Some(company) = self.companies.get_mut(id) else { return };
        let before = company.last_read.replace(at);
        let (tags, reference) = (company.tags.clone(), reference(id, company));
        let mut summaries = read.into_iter().map(|(connection, data_type, status)| {
            object!({
                "connectionId": connection,
                "dataType": data_type,
                "recordsModified": status == PullOperationStatus::Complete,
                "status": status,
                "issues": json!([]),
            })
        });
        let payload = object!({
            "referenceCompany": reference,
            "modifiedFromDate": before.map(iso),
            "dataTypes": object::list(&mut summaries),
        });
        let event_type = if before.is_some() { "read.completed" } else { "read.completed.initial" };
        self.tell(event_type, &tags, payload, at);
    }

    fn tell_of_write(&mut self, key: &str, at: SystemTime) {
        let Some(push) = self.pushes.get(key) else { return };
        let Some(company) = self.companies.get(&push.company) else { return };
        let is_done = push.end == PushOperationStatus::Success;
        let result = if is_done { "successful" } else { "unsuccessful" };
        let event_type = format!("{}.write.{result}", push.data_type);
        let tags = company.tags.clone();
        let payload = object!({
            "id": key,
            "type": "Create",
            "referenceCompany": reference(&push.company, company),
            "connectionId": push.connection,
            "requestedOnDate": iso(push.requested),
            "completedOnDate": iso(at),
            "status": push.end,
            "record": is_done.then(|| object!({ "id": push.record })),
            "attachmentId": Value::Null,
        });
        self.tell(&event_type, &tags, payload, at);
    }
}

fn reference(id: &str, company: &Company) -> Value {
    object!({
        "id": id,
        "name": company.name,
        "description": company.description,
        "links": object!({ "portal": format!("https://app.codat.io/companies/{}/summary", segment(id)) }),
        "tags": company.tags.to_json(),
    })
}

impl Vendor for State {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    fn settle(&mut self, now: SystemTime) {
        self.end_what_is_over(now);
        self.now = self.now.max(now);
    }

    fn endpoint(&self, id: &str) -> Option<Endpoint> {
        let consumer = self.consumers.get(id).filter(|consumer| !consumer.is_disabled)?;
        let url = Some(Url::parse(&consumer.url).ok()?);
        Some(Endpoint { url, secrets: consumer.secrets.good_at(self.now), headers: Vec::new() })
    }

    fn learn(&mut self, outcome: &Outcome) {
        let Some(consumer) = self.consumers.get_mut(&outcome.endpoint) else { return };
        if outcome.kind == OutcomeKind::Accepted {
            consumer.fails_since = None;
            return;
        }
        let since = *consumer.fails_since.get_or_insert(outcome.at);
        let fails_for = outcome.at.duration_since(since).unwrap_or_default();
        consumer.is_disabled |= fails_for >= DISABLED_AFTER;
    }
}
