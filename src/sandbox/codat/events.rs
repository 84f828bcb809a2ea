//! What Codat posts to webhook consumers, and when what takes time has come to its end.

use super::companies::Company;
use super::{DAY, Pending, State, iso, segment};
use crate::Provider;
use crate::codat::connections::ConnectionStatus;
use crate::codat::push_data::PushOperationStatus;
use crate::codat::refresh_data::PullOperationStatus;
use crate::sandbox::deliveries::{Endpoint, Failure, Message, Outbox, Policy, Vendor, fixed};
use crate::sandbox::exchange::later;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    fn tell(&mut self, event_type: &str, tags: &BTreeMap<String, String>, payload: Value, at: SystemTime) {
        let wants = |consumer: &Value| {
            let texts = |name| consumer[name].as_array().into_iter().flatten().filter_map(Value::as_str);
            let has = |tag: &str| {
                tag.split_once(':')
                    .is_some_and(|(name, value)| tags.get(name).is_some_and(|known| known == value))
            };
            let any_company = texts("companyTags").next().is_none();
            consumer["disabled"] != true
                && texts("eventTypes").any(|wanted| wanted == event_type)
                && (any_company || texts("companyTags").any(has))
        };
        let wanting = self.consumers.iter().filter(|(_, consumer)| wants(consumer));
        let endpoints: Vec<_> = wanting.map(|(id, _)| id.to_owned()).collect();
        if endpoints.is_empty() {
            return;
        }
        let message = self.outbox.new_id().simple().to_string();
        let event = json!({
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
            members.retain(|name, _| !matches!(name.as_str(), "dataConnections" | "platform"));
        }
        self.tell(event_type, &tags, payload, at);
    }

    pub(super) fn tell_of_product(&mut self, id: &str, event_type: &str, product: &str, at: SystemTime) {
        let Some(company) = self.companies.get(id) else { return };
        let tags = company.tags.clone();
        let payload = json!({
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
        let payload = json!({
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
            json!({ "dailyQuota": self.limit(), "quotaRemaining": left, "expiryDate": iso(expires) });
        self.tell(event_type, &BTreeMap::new(), payload, at);
    }

    /// What has ended by now, in the order in which it has.
    fn end_what_is_over(&mut self, now: SystemTime) {
        let pending = std::mem::take(&mut self.pending);
        let ends = pending.into_iter().map(|pending| (self.end_of(&pending), pending));
        let (mut over, rest): (Vec<_>, Vec<_>) = ends.partition(|(ends, _)| *ends <= now);
        self.pending = rest.into_iter().map(|(_, pending)| pending).collect();
        over.sort_by_key(|(ends, _)| *ends);
        for (at, pending) in over {
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
                let linked = |(_, connection): &(&str, &super::Connection)| {
                    connection.company == *company && connection.status == ConnectionStatus::Linked
                };
                let mut read = Vec::new();
                for (id, connection) in self.connections.iter().filter(linked) {
                    let known = connection.integration.data_types().map(|data_type| data_type.as_str());
                    let is_asked = |known: &&str| {
                        data_types.as_ref().is_none_or(|types| types.iter().any(|it| it == known))
                    };
                    let found = known.filter(is_asked);
                    read.extend(
                        found.map(|known| (id.to_owned(), known.to_owned(), PullOperationStatus::Complete)),
                    );
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
        let summaries = read.into_iter().map(|(connection, data_type, status)| {
            json!({
                "connectionId": connection,
                "dataType": data_type,
                "recordsModified": status == PullOperationStatus::Complete,
                "status": status,
                "issues": [],
            })
        });
        let payload = json!({
            "referenceCompany": reference,
            "modifiedFromDate": before.map(iso),
            "dataTypes": summaries.collect::<Vec<_>>(),
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
        let payload = json!({
            "id": key,
            "type": "Create",
            "referenceCompany": reference(&push.company, company),
            "connectionId": push.connection,
            "requestedOnDate": iso(push.requested),
            "completedOnDate": iso(at),
            "status": push.end,
            "record": is_done.then(|| json!({ "id": push.record })),
            "attachmentId": null,
        });
        self.tell(&event_type, &tags, payload, at);
    }
}

fn reference(id: &str, company: &Company) -> Value {
    json!({
        "id": id,
        "name": company.name,
        "description": company.description,
        "links": { "portal": format!("https://app.codat.io/companies/{}/summary", segment(id)) },
        "tags": company.tags,
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
        let consumer = self.consumers.get(id).filter(|consumer| consumer["disabled"] != true)?;
        let url = Some(Url::parse(consumer["url"].as_str()?).ok()?);
        let secrets = self.secrets.get(id).map(|secrets| secrets.good_at(self.now)).unwrap_or_default();
        Some(Endpoint { url, secrets, headers: Vec::new() })
    }

    fn has_failed(&mut self, failure: &Failure) {
        let fails_for = failure.at.duration_since(failure.since).unwrap_or_default();
        if let Some(consumer) = self.consumers.get_mut(&failure.endpoint)
            && fails_for >= DISABLED_AFTER
        {
            consumer["disabled"] = true.into();
        }
    }
}
