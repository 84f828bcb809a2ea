//! Where events go: verified after a second of the clock, inactive once a delivery has failed.

use super::clock::seconds;
use super::kept::{Resource, asks_for, body, object, page, text};
use super::{State, created, deleted, invalid, iso, ok};
use crate::deck_v2::event_destinations::{self, DestinationType};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};
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
/// The first attempt and three more.
const ATTEMPTS: u64 = 4;

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
        self.later(text(&destination, "id"), asked.now + VERIFIES, |state, id, at| {
            state.set_destination(id, at, "active");
        });
        created(destination)
    }

    fn list_event_destinations(&mut self, asked: &Asked<'_>) -> Step {
        self.destinations.page(asked, |_| true)
    }

    fn get_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.destinations.get(asked.id("destination_id")?)?.clone())
    }

    fn update_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        let kind = text(self.destinations.get(id)?, "type").to_owned();
        let mut sent: Resource = body(asked)?;
        let status = sent.remove("status").filter(|status| !status.is_null());
        let mut changes = settings(&mut sent, &kind)?;
        if let Some(Value::Object(config)) = changes.get_mut(&kind) {
            let before = self.destinations.get(id)?.get(&kind).and_then(Value::as_object);
            let mut whole = before.cloned().unwrap_or_default();
            whole.append(config);
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
        ok(self.destinations.set(id, asked.now, changes)?)
    }

    fn delete_event_destination(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        let destination = self.destinations.delete(id)?;
        self.forget_next(id);
        self.deliveries.retain(|_, delivery| text(delivery, "event_destination_id") != id);
        ok(deleted(&destination))
    }

    fn list_event_deliveries(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("destination_id")?;
        self.destinations.get(id)?;
        page(&self.deliveries, asked, |delivery| {
            text(delivery, "event_destination_id") == id
                && asks_for(asked, "status", delivery, "status")
                && asks_for(asked, "type", delivery, "event_type")
        })
    }

    fn set_destination(&mut self, id: &str, at: SystemTime, status: &str) {
        // There is nobody to tell where it is gone.
        let _ = self.destinations.set(id, at, object(json!({ "status": status })));
    }

    /// Sends an event wherever it is to go.
    pub(super) fn deliver(&mut self, event: &Resource, at: SystemTime) {
        let (event_id, kind) = (text(event, "id"), text(event, "type"));
        let wants = |destination: &Resource| {
            let mut events = destination.get("events").and_then(Value::as_array).into_iter().flatten();
            text(destination, "status") == "active" && events.any(|event| event == "*" || event == kind)
        };
        let wanting: Vec<_> = self
            .destinations
            .items
            .iter()
            .filter(|(_, destination)| wants(destination))
            .map(|(id, destination)| (id.to_owned(), is_reachable(destination)))
            .collect();
        for (id, arrives) in wanting {
            let delivery = json!({
                "object": "event_delivery",
                "status": if arrives { "success" } else { "failure" },
                "event_type": kind,
                "event_id": event_id,
                "event_destination_id": id,
                "attempts": if arrives { 1 } else { ATTEMPTS },
                "created_at": iso(at),
                "delivered_at": arrives.then(|| iso(at)),
            });
            self.deliveries.put(format!("{event_id} {id}"), object(delivery));
            if !arrives {
                self.set_destination(&id, at, "inactive");
            }
        }
    }
}

fn is_reachable(destination: &Resource) -> bool {
    let url = destination.get("webhook").map(|webhook| &webhook["url"]).and_then(Value::as_str);
    !url.is_some_and(|url| url.contains("unreachable"))
}

/// Name, events and configuration as they are kept, of a body that has nothing beside.
fn settings(sent: &mut Resource, kind: &str) -> Result<Resource, Reply> {
    let mut settings = Resource::new();
    sent.retain(|_, value| !value.is_null());
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
        config
            .retain(|name, _| SHOWN.contains(&name.as_str()) || name == "name" && kind == "azure_servicebus");
        settings.insert(kind.to_owned(), config.into());
    }
    match sent.keys().next() {
        Some(name) => Err(invalid(&format!("{name} is no member of this request"))),
        None => Ok(settings),
    }
}

fn webhook(config: &Resource) -> Result<(), Reply> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Webhook {
        url: Option<String>,
        #[serde(rename = "secret")]
        _secret: Option<String>,
        custom_headers: Option<String>,
    }

    let webhook: Webhook = serde_json::from_value(Value::Object(config.clone()))
        .map_err(|error| invalid(&format!("webhook is not valid: {error}")))?;
    let is_absolute =
        |url: String| Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !webhook.url.is_none_or(is_absolute) {
        return Err(invalid("The url is not an absolute http or https URL"));
    }
    let are_headers = |text: String| serde_json::from_str::<BTreeMap<String, String>>(&text).is_ok();
    if !webhook.custom_headers.is_none_or(are_headers) {
        return Err(invalid("custom_headers is no text with a JSON object of texts in it"));
    }
    Ok(())
}
