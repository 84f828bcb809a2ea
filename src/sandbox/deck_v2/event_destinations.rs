//! Where events go: verified after a second of the clock, inactive once Deck has given a delivery up.

use super::clock::seconds;
use super::kept::{Resource, asks_for, body, page, resource, text};
use super::{DeckV2, State, created, deleted, invalid, iso, ok};
use crate::deck_v2::EventDestinationId;
use crate::deck_v2::event_destinations::{self, DestinationType};
use crate::sandbox::body::{Body, Texts, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use crate::sandbox::outbox::{
    Endpoint, Message, Outbox, Outcome, OutcomeKind, Policy, Secrets, Sent, Vendor, fixed, is_standard_secret,
};
use crate::{Provider, Secret};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use url::Url;

pub(super) const HANDLERS: Handlers<State> = &[
    (&event_destinations::CREATE, State::create_event_destination),
    (&event_destinations::LIST, State::list_event_destinations),
    (&event_destinations::GET, State::get_event_destination),
    (&event_destinations::UPDATE, State::update_event_destination),
    (&event_destinations::DELETE, State::delete_event_destination),
    (&event_destinations::LIST_DELIVERIES, State::list_event_deliveries),
];

const VERIFIES: Duration = seconds(1);

/// Up to three more attempts, with exponential backoff. How long that is Deck does not document.
pub(in crate::sandbox) const POLICY: Policy = Policy {
    provider: Provider::DeckV2,
    timeout: seconds(5),
    accepts: |status| status.is_success(),
    wait: |failed, _, _| [10, 20, 40].get(failed.checked_sub(1)?).copied().map(seconds),
};

/// What Deck keeps of a webhook to itself.
pub(super) struct Hook {
    secrets: Secrets,
    headers: Texts,
}

impl DeckV2<'_> {
    /// The secret of an event destination, its own or one that Deck has made, as the dashboard shows it.
    ///
    /// `None` for what is no webhook. For 24 hours after another was set, deliveries are signed with both.
    pub fn webhook_secret(&self, destination: impl Into<EventDestinationId>) -> Option<Secret> {
        self.state().hooks.get(destination.into().as_str()).map(|hook| hook.secrets.latest.clone())
    }
}

/// What Deck returns of a destination's configuration: neither headers nor secrets.
const SHOWN: [&str; 10] = [
    "url",
    "queue_url",
    "stream_name",
    "bucket",
    "region",
    "event_bus_name",
    "project_id",
    "topic",
    "exchange",
    "server_url",
];

impl State {
    fn create_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        let mut sent: Resource = body(asked)?;
        let kind = sent.remove("type").unwrap_or_else(|| "webhook".into());
        let kind = kind.as_str().unwrap_or_default();
        if DestinationType::KNOWN.iter().all(|known| known.as_str() != kind) {
            return Err(invalid("There is no such type of destination"));
        }
        let hook = sent.get(kind).and_then(hook).filter(|_| kind == "webhook");
        let mut destination = settings(&mut sent, kind)?;
        let has_url =
            kind != "webhook" || destination.get(kind).is_some_and(|webhook| webhook["url"].is_string());
        if text(&destination, "name").is_empty() || !destination.contains_key(kind) || !has_url {
            return Err(invalid(&format!("A destination has a name and a member {kind}, a webhook a url")));
        }
        destination.entry("events").or_insert_with(|| json!(["*"]));
        destination.insert("type".to_owned(), kind.into());
        destination.insert("status".to_owned(), "pending_verification".into());
        let destination = self.destinations.add(asked, destination);
        if let Some(changes) = hook {
            let secrets = Secrets::new(changes.secret.unwrap_or_else(|| self.outbox.new_secret()));
            let headers = changes.headers.unwrap_or_default();
            self.hooks.put(text(&destination, "id"), Hook { secrets, headers });
        }
        self.later(text(&destination, "id"), asked.now + VERIFIES, |state, id, at| {
            state.set_destination(id, at, "active");
        });
        created(destination)
    }

    fn list_event_destinations(&mut self, asked: &Asked<'_>) -> Step {
        self.destinations.page(asked, &|_| true)
    }

    fn get_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.destinations.get(asked.id("destination_id")?)?.clone())
    }

    fn update_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        let kind = text(self.destinations.get(id)?, "type").to_owned();
        let mut sent: Resource = body(asked)?;
        let status = sent.remove("status").filter(|status| !status.is_null());
        let changed = sent.get(&kind).and_then(hook);
        let mut changes = settings(&mut sent, &kind)?;
        if let Some(Value::Object(config)) = changes.get_mut(&kind) {
            let before = self.destinations.get(id)?.get(&kind).and_then(Value::as_object);
            let mut whole = before.cloned().unwrap_or_default();
            whole.extend(std::mem::take(config));
            *config = whole;
        }
        match status.as_ref().map(Value::as_str) {
            None => {}
            Some(Some(status @ ("active" | "inactive"))) => {
                changes.insert("status".to_owned(), status.into());
                self.forget_next(id);
            }
            Some(_) => return Err(invalid("status can be set to active and to inactive")),
        }
        if let (Some(hook), Some(changed)) = (self.hooks.get_mut(id), changed) {
            if let Some(secret) = changed.secret {
                hook.secrets.rotate(secret, asked.now);
            }
            hook.headers = changed.headers.unwrap_or_else(|| std::mem::take(&mut hook.headers));
        }
        ok(self.destinations.set(id, asked.now, changes)?)
    }

    fn delete_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        let destination = self.destinations.delete(id)?;
        self.forget_next(id);
        self.hooks.delete(id);
        self.outbox.retain(&|sent| sent.message.endpoint != id);
        ok(deleted(&destination))
    }

    fn list_event_deliveries(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        self.destinations.get(id)?;
        let deliveries = self.outbox.tried(|number, sent| (number.to_string(), delivery_json(sent)));
        page(&deliveries, asked, &|delivery| {
            text(delivery, "event_destination_id") == id
                && asks_for(asked, "status", delivery, "status")
                && asks_for(asked, "type", delivery, "event_type")
        })
    }

    fn set_destination(&mut self, id: &str, at: SystemTime, status: &str) {
        // There is nobody to tell where it is gone.
        let _ = self.destinations.set(id, at, resource(object!({ "status": status })));
    }

    /// Sends an event wherever it is to go.
    pub(super) fn deliver(&mut self, event: &Resource, at: SystemTime) {
        let (event_id, kind) = (text(event, "id"), text(event, "type"));
        let wants = |destination: &Resource| {
            let mut events = destination.get("events").and_then(Value::as_array).into_iter().flatten();
            text(destination, "status") == "active" && events.any(|event| event == "*" || event == kind)
        };
        for endpoint in self.destinations.items.ids(&wants) {
            self.outbox.send(Message {
                id: event_id.to_owned(),
                event_type: kind.to_owned(),
                endpoint,
                headers: Vec::new(),
                body: fixed(&event.clone().into()),
                about: Value::Null,
                at,
            });
        }
    }
}

impl Vendor for State {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    fn settle(&mut self, now: SystemTime) {
        self.do_what_is_due(now);
        self.now = self.now.max(now);
    }

    fn endpoint(&self, id: &str) -> Option<Endpoint> {
        let destination = self.destinations.get(id).ok()?;
        if text(destination, "status") != "active" {
            return None;
        }
        let Some(hook) = self.hooks.get(id) else {
            return Some(Endpoint { url: None, secrets: Vec::new(), headers: Vec::new() });
        };
        let url = destination.get("webhook").and_then(|webhook| webhook["url"].as_str());
        Some(Endpoint {
            url: Some(Url::parse(url?).ok()?),
            secrets: hook.secrets.good_at(self.now),
            headers: hook.headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    fn learn(&mut self, outcome: &Outcome) {
        if outcome.kind == OutcomeKind::GivenUp {
            self.set_destination(&outcome.endpoint, outcome.at, "inactive");
        }
    }
}

/// A delivery as Deck lists it, once it has been tried.
fn delivery_json(sent: &Sent) -> Resource {
    let last = sent.attempts.last();
    let delivered = last.filter(|last| last.is_accepted);
    resource(object!({
        "object": "event_delivery",
        "status": if delivered.is_some() { "success" } else { "failure" },
        "event_type": sent.message.event_type,
        "event_id": sent.message.id,
        "event_destination_id": sent.message.endpoint,
        "attempts": sent.attempts.len(),
        "created_at": iso(sent.message.at),
        "delivered_at": delivered.map(|last| iso(last.time)),
    }))
}

/// What a configuration says of what Deck keeps to itself.
struct HookChanges {
    secret: Option<Secret>,
    headers: Option<Texts>,
}

fn hook(config: &Value) -> Option<HookChanges> {
    let member = |name| config.as_object()?.get(name)?.as_str();
    let headers = member("custom_headers").and_then(texts);
    Some(HookChanges { secret: member("secret").map(Secret::from), headers })
}

/// Name, events and configuration as they are kept, of a body that has nothing beside.
fn settings(sent: &mut Resource, kind: &str) -> Result<Resource, Reply> {
    let mut settings = Resource::new();
    object::retain(sent, &|_, value| !value.is_null());
    if let Some(name) = sent.remove("name") {
        let name = name.as_str().filter(|name| !name.is_empty());
        settings.insert("name".to_owned(), name.ok_or_else(|| invalid("name is no text"))?.into());
    }
    if let Some(events) = sent.remove("events") {
        let names = events.as_array().filter(|names| names.iter().all(Value::is_string));
        let is_usable =
            names.is_some_and(|names| names.len() == 1 || !names.is_empty() && !names.contains(&"*".into()));
        if !is_usable {
            return Err(invalid("events are names, or * alone"));
        }
        settings.insert("events".to_owned(), events);
    }
    if let Some(config) = sent.remove(kind) {
        let mut config =
            config.as_object().cloned().ok_or_else(|| invalid(&format!("{kind} is no object")))?;
        if kind == "webhook" {
            webhook(&config)?;
        }
        object::retain(&mut config, &|name, _| {
            SHOWN.contains(&name) || name == "name" && kind == "azure_servicebus"
        });
        settings.insert(kind.to_owned(), config.into());
    }
    match sent.keys().next() {
        Some(name) => Err(invalid(&format!("{name} is no member of this request"))),
        None => Ok(settings),
    }
}

fn texts(text: &str) -> Option<Texts> {
    Texts::of(serde_json::from_str(text).ok()?).ok()
}

fn webhook(config: &Resource) -> Result<(), Reply> {
    body! {
        struct Webhook {
            url: Option<String>,
            secret: Option<String>,
            custom_headers: Option<String>,
        }
    }

    let webhook =
        Webhook::of(config.clone()).map_err(|error| invalid(&format!("webhook is not valid: {error}")))?;
    let is_absolute =
        |url: String| Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !webhook.url.is_none_or(is_absolute) {
        return Err(invalid("The url is not an absolute http or https URL"));
    }
    if !webhook.secret.is_none_or(|secret| is_standard_secret(&secret)) {
        return Err(invalid("The secret is not whsec_ and base64: no event could be signed with it"));
    }
    let are_headers = |text: String| texts(&text).is_some();
    if !webhook.custom_headers.is_none_or(are_headers) {
        return Err(invalid("custom_headers is no text with a JSON object of texts in it"));
    }
    Ok(())
}
