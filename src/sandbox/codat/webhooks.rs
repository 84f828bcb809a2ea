//! Webhook consumers, and the key for Zapier.

use super::{Codat, State, body, created, done, invalid, ok, refusal};
use crate::Secret;
use crate::codat::webhooks::{self, WebhookConsumerId};
use crate::sandbox::body::{Texts, body};
use crate::sandbox::exchange::{Asked, Handlers, Step};
use crate::sandbox::object::{self, object};
use crate::sandbox::outbox::{self, Secrets};
use http::StatusCode;
use serde_json::Value;
use std::time::SystemTime;

pub(super) const HANDLERS: Handlers<State> = &[
    (&webhooks::LIST_CONSUMERS, State::list_webhook_consumers),
    (&webhooks::CREATE_CONSUMER, State::create_webhook_consumer),
    (&webhooks::DELETE_CONSUMER, State::delete_webhook_consumer),
    (&webhooks::ROTATE_ZAPIER_KEY, State::rotate_zapier_key),
];

const MOST_CONSUMERS: usize = 50;
const MOST_TAGS: usize = 10;

body! {
    struct NewConsumer in camelCase {
        url: String,
        event_types: Vec<String>,
        disabled: Option<bool>,
        company_tags: Option<Vec<String>>,
    }
}

pub(super) struct Consumer {
    pub(super) url: String,
    pub(super) is_disabled: bool,
    event_types: Vec<String>,
    company_tags: Option<Vec<String>>,
    /// What deliveries are signed with.
    pub(super) secrets: Secrets,
    /// Since when all attempts have failed.
    pub(super) fails_since: Option<SystemTime>,
}

impl Consumer {
    /// Whether it wants events of this type, of a company with these tags.
    pub(super) fn wants(&self, event_type: &str, tags: &Texts) -> bool {
        let has =
            |tag: &String| tag.split_once(':').is_some_and(|(name, value)| tags.get(name) == Some(value));
        let wanted = self.company_tags.as_deref().unwrap_or_default();
        !self.is_disabled
            && self.event_types.iter().any(|wanted| wanted == event_type)
            && (wanted.is_empty() || wanted.iter().any(has))
    }

    fn json(&self, id: &str) -> Value {
        object!({
            "id": id,
            "url": self.url,
            "disabled": self.is_disabled,
            "eventTypes": self.event_types,
            "companyTags": self.company_tags,
        })
    }
}

impl Codat<'_> {
    /// The secret that deliveries to a webhook consumer are signed with, as the portal shows it: `whsec_` and base64.
    ///
    /// `None` where there is no such consumer.
    pub fn webhook_secret(&self, consumer: impl Into<WebhookConsumerId>) -> Option<Secret> {
        let state = self.state();
        state.consumers.get(consumer.into().as_str()).map(|consumer| consumer.secrets.latest.clone())
    }

    /// Gives a webhook consumer this secret, as the portal does; for 24 hours the one before signs too.
    ///
    /// False where there is no such consumer, or the secret is not `whsec_` and base64.
    pub fn set_webhook_secret(
        &self,
        consumer: impl Into<WebhookConsumerId>,
        secret: impl Into<Secret>,
    ) -> bool {
        let (now, secret) = (self.context.now(), secret.into());
        let mut state = self.state();
        outbox::catch_up(&mut *state, now);
        let consumer = state.consumers.get_mut(consumer.into().as_str());
        match consumer.filter(|_| outbox::is_standard_secret(secret.expose_secret())) {
            Some(consumer) => {
                consumer.secrets.rotate(secret, now);
                true
            }
            None => false,
        }
    }

    /// The key that Zaps are authorized by: the latest; `None` where there has been none.
    pub fn zapier_key(&self) -> Option<Secret> {
        self.state().zapier_key.clone()
    }
}

impl State {
    fn list_webhook_consumers(&mut self, _: &Asked<'_>) -> Step {
        let consumers = object::list(&mut self.consumers.iter().map(|(id, consumer)| consumer.json(id)));
        ok(object!({ "results": consumers }))
    }

    fn create_webhook_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let NewConsumer { url, event_types, disabled, company_tags } = body(asked)?;
        let is_address = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let tags = company_tags.iter().flatten();
        if !is_address || event_types.is_empty() || tags.count() > MOST_TAGS {
            return Err(invalid(asked));
        }
        if self.consumers.len() >= MOST_CONSUMERS {
            let message = "Maximum number of webhook consumers reached.";
            return Err(refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message));
        }
        let id = asked.random.uuid().to_string();
        let consumer = Consumer {
            url,
            is_disabled: disabled.unwrap_or(false),
            event_types,
            company_tags,
            secrets: Secrets::new(self.outbox.new_secret()),
            fails_since: None,
        };
        let shown = consumer.json(&id);
        self.consumers.put(&id, consumer);
        created(shown)
    }

    fn delete_webhook_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("webhookId")?;
        match self.consumers.delete(id) {
            Some(_) => done(StatusCode::NO_CONTENT),
            None => {
                let message = format!("Webhook consumer {id} not found");
                Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message))
            }
        }
    }

    fn rotate_zapier_key(&mut self, asked: &Asked<'_>) -> Step {
        let key = format!("sk_integ_{}.us", asked.random.uuid().simple());
        self.zapier_key = Some(key.as_str().into());
        created(object!({ "key": key }))
    }
}
