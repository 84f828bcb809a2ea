//! Where the application wants its events posted to, and what was posted.

use super::pages::{LogFilter, filter, flag, number, page, page_size};
use super::{State, body, envelope, invalid, not_found, success, timestamp};
use crate::apideck::UnifiedApi;
use crate::apideck::webhooks::{self, DisabledReason, WebhookEventType, WebhookStatus};
use crate::sandbox::body::{body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step, millis};
use crate::sandbox::object::{self, object};
use crate::sandbox::office;
use crate::sandbox::outbox::Sent;
use crate::types::Patch;
use http::StatusCode;
use serde_json::Value;
use url::Url;

pub(super) const HANDLERS: Handlers<State> = &[
    (&webhooks::LIST, State::list_webhooks),
    (&webhooks::CREATE, State::create_webhook),
    (&webhooks::GET, State::get_webhook),
    (&webhooks::UPDATE, State::update_webhook),
    (&webhooks::DELETE, State::delete_webhook),
    (&webhooks::EVENT_LOGS, State::list_event_logs),
];

pub(super) struct Webhook {
    unified_api: UnifiedApi,
    status: WebhookStatus,
    disabled_reason: DisabledReason,
    pub(super) delivery_url: String,
    events: Vec<WebhookEventType>,
    description: Option<String>,
    /// Unix milliseconds.
    created_at: u64,
    updated_at: u64,
}

impl Webhook {
    pub(super) fn wants(&self, event_type: &str) -> bool {
        let belongs = event_type.split('.').next() == Some(self.unified_api.as_str());
        let is_named =
            |event: &WebhookEventType| *event == WebhookEventType::All || event.as_str() == event_type;
        self.is_enabled() && belongs && self.events.iter().any(is_named)
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.status == WebhookStatus::Enabled
    }

    pub(super) fn disable(&mut self, reason: DisabledReason, now: u64) {
        (self.status, self.disabled_reason, self.updated_at) = (WebhookStatus::Disabled, reason, now);
    }

    /// Posts to the delivery URL, as Apideck does before it uses one: this is acted out, always.
    fn validate(&mut self, now: u64) {
        if !Url::parse(&self.delivery_url).is_ok_and(|url| office::answers(&url)) {
            self.disable(DisabledReason::DeliveryUrlValidationFailed, now);
        }
    }
}

impl State {
    fn list_webhooks(&mut self, asked: &Asked<'_>) -> Step {
        let found = self.webhooks.follow(asked.query("cursor"), page_size(asked)?, &|_, _| true);
        page(asked, found, &|id, webhook| webhook_json(asked, id, webhook))
    }

    fn create_webhook(&mut self, asked: &Asked<'_>) -> Step {
        let create: Create = body(asked)?;
        check(&create.events, Some(&create.status), Some(&create.delivery_url))?;
        if matches!(create.unified_api, UnifiedApi::Unknown(_) | UnifiedApi::Proxy) {
            return Err(invalid("there is no such unified_api"));
        }
        let now = asked.now_millis();
        let mut webhook = Webhook {
            unified_api: create.unified_api,
            status: create.status,
            disabled_reason: DisabledReason::None,
            delivery_url: create.delivery_url,
            events: create.events,
            description: create.description,
            created_at: now,
            updated_at: now,
        };
        webhook.validate(now);
        let id = asked.random.uuid().to_string();
        let shown = webhook_json(asked, &id, &webhook);
        self.webhooks.put(&id, webhook);
        Ok(envelope(StatusCode::CREATED, shown))
    }

    fn get_webhook(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("id")?;
        let webhook = self.webhooks.get(id).ok_or_else(|| unknown(id))?;
        Ok(success(webhook_json(asked, id, webhook)))
    }

    fn update_webhook(&mut self, asked: &Asked<'_>) -> Step {
        let (id, update): (_, Update) = (asked.id("id")?, body(asked)?);
        let webhook = self.webhooks.get_mut(id).ok_or_else(|| unknown(id))?;
        let events = update.events.as_deref().unwrap_or_default();
        check(events, update.status.as_ref(), update.delivery_url.as_deref())?;
        let now = asked.now_millis();
        if let Some(status) = update.status {
            (webhook.status, webhook.disabled_reason) = (status, DisabledReason::None);
        }
        if let Some(events) = update.events {
            webhook.events = events;
        }
        match update.description {
            Patch::Set(description) => webhook.description = Some(description),
            Patch::Clear => webhook.description = None,
            Patch::Keep => {}
        }
        webhook.updated_at = now;
        let url = update.delivery_url.filter(|url| *url != webhook.delivery_url);
        if let Some(url) = url {
            webhook.delivery_url = url;
            webhook.validate(now);
        }
        Ok(success(webhook_json(asked, id, webhook)))
    }

    fn delete_webhook(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("id")?;
        let webhook = self.webhooks.delete(id).ok_or_else(|| unknown(id))?;
        Ok(success(webhook_json(asked, id, &webhook)))
    }

    fn list_event_logs(&mut self, asked: &Asked<'_>) -> Step {
        let filters = LogFilter::read(asked, "exclude_apis")?;
        let is = |name, value: &str| filter(asked, name).is_none_or(|wanted| wanted == value);
        let attempt = filter(asked, "execution_attempt");
        let delivered = flag("success", filter(asked, "success"))?;
        let logs = self.outbox.tried(|_, sent| (sent.message.id.clone(), sent));
        let fits = |_: &str, sent: &&Sent| {
            let Sent { message, attempts, .. } = sent;
            let about = |pointer| message.about.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            filters.fits(millis(message.at), status(sent), "vault")
                && asked.query("filter[service][id]").is_none_or(|id| id == about("/service/id"))
                && is("consumer_id", about("/consumer"))
                && is("entity_type", "Connection")
                && is("event_type", &message.event_type)
                && is("event_id", about("/event_id"))
                && attempt.is_none_or(|attempt| number(attempt).map(usize::from) == Some(attempts.len()))
                && delivered.is_none_or(|delivered| is_delivered(sent) == delivered)
        };
        let found = logs.follow_back(asked.query("cursor"), page_size(asked)?, &fits);
        page(asked, found, &|id, sent| self.event_log_json(id, sent))
    }

    fn event_log_json(&self, id: &str, sent: &Sent) -> Value {
        let Sent { message, attempts, next, .. } = sent;
        let at = |time| timestamp(millis(time));
        let mut tried = attempts.iter().map(|attempt| {
            object!({
                "timestamp": at(attempt.time),
                "execution_attempt": attempt.attempt,
                "status_code": attempt.status.map_or(0, |status| status.as_u16()),
                "success": attempt.is_accepted,
            })
        });
        let last = attempts.last();
        object!({
            "id": id,
            "status_code": status(sent),
            "success": is_delivered(sent),
            "application_id": self.credentials.app_id,
            "consumer_id": message.about.get("consumer"),
            "unified_api": "vault",
            "service": message.about.get("service"),
            "endpoint": last.map(|last| &last.endpoint),
            "event_type": message.event_type,
            "execution_attempt": attempts.len(),
            "http_method": "POST",
            "timestamp": last.map(|last| at(last.time)),
            "entity_type": "Connection",
            "request_body": last.map(|last| String::from_utf8_lossy(&last.body)),
            "response_body": "",
            "retry_scheduled": next.is_some(),
            "attempts": object::list(&mut tried),
        })
    }
}

/// What the last attempt came to; 0 where it was not answered.
fn status(sent: &Sent) -> u16 {
    sent.attempts.last().and_then(|last| last.status).map_or(0, |status| status.as_u16())
}

fn is_delivered(sent: &Sent) -> bool {
    sent.attempts.last().is_some_and(|last| last.is_accepted)
}

/// Refuses what Apideck does not know.
fn check(
    events: &[WebhookEventType],
    status: Option<&WebhookStatus>,
    delivery_url: Option<&str>,
) -> Result<(), Reply> {
    if let Some(WebhookEventType::Unknown(event)) =
        events.iter().find(|event| matches!(event, WebhookEventType::Unknown(_)))
    {
        return Err(invalid(&format!("there is no event {}", event.as_str())));
    }
    if let Some(WebhookStatus::Unknown(status)) = status {
        return Err(invalid(&format!("there is no status {}", status.as_str())));
    }
    let is_web = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if delivery_url.is_some_and(|url| !is_web(url)) {
        return Err(invalid("delivery_url is no http or https URL"));
    }
    Ok(())
}

fn unknown(id: &str) -> Reply {
    not_found("EntityNotFoundError", "webhook", id)
}

fn webhook_json(asked: &Asked<'_>, id: &str, webhook: &Webhook) -> Value {
    object!({
        "id": id,
        "description": webhook.description,
        "unified_api": webhook.unified_api,
        "status": webhook.status,
        "disabled_reason": webhook.disabled_reason,
        "delivery_url": webhook.delivery_url,
        "execute_base_url": format!("{}/webhook/webhooks/{id}/execute", asked.base_url),
        "events": webhook.events,
        "created_at": timestamp(webhook.created_at),
        "updated_at": timestamp(webhook.updated_at),
    })
}

read_by_serde! { UnifiedApi, WebhookEventType, WebhookStatus }

body! {
    struct Create {
        unified_api: UnifiedApi,
        delivery_url: String,
        events: Vec<WebhookEventType>,
        status: WebhookStatus,
        description: Option<String>,
    }
}

body! {
    struct Update {
        delivery_url: Option<String>,
        events: Option<Vec<WebhookEventType>>,
        status: Option<WebhookStatus>,
        description: Patch<String>,
    }
}
