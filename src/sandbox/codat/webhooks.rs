//! Webhook consumers, and the key for Zapier.

use super::{Codat, State, body, created, done, invalid, ok, refusal};
use crate::Secret;
use crate::codat::webhooks::{self, WebhookConsumerId};
use crate::sandbox::deliveries::{Secrets, Vendor};
use crate::sandbox::exchange::{Asked, Handlers, Step};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const HANDLERS: Handlers<State> = &[
    (&webhooks::LIST_CONSUMERS, State::list_webhook_consumers),
    (&webhooks::CREATE_CONSUMER, State::create_webhook_consumer),
    (&webhooks::DELETE_CONSUMER, State::delete_webhook_consumer),
    (&webhooks::ROTATE_ZAPIER_KEY, State::rotate_zapier_key),
];

const MOST_CONSUMERS: usize = 50;
const MOST_TAGS: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewConsumer {
    url: String,
    event_types: Vec<String>,
    disabled: Option<bool>,
    company_tags: Option<Vec<String>>,
}

impl Codat<'_> {
    /// The secret that deliveries to a webhook consumer are signed with, as the portal shows it: `whsec_` and base64.
    ///
    /// `None` where there is no such consumer.
    pub fn webhook_secret(&self, consumer: impl Into<WebhookConsumerId>) -> Option<Secret> {
        let state = self.state();
        state.secrets.get(consumer.into().as_str()).map(|secrets| secrets.latest.clone())
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
        let key =
            secret.expose_secret().strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
        let mut state = self.state();
        state.catch_up(now);
        let secrets = state.secrets.get_mut(consumer.into().as_str());
        match secrets.filter(|_| key.is_some_and(|key| !key.is_empty())) {
            Some(secrets) => {
                secrets.rotate(secret, now);
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
        let consumers: Vec<&Value> = self.consumers.iter().map(|(_, consumer)| consumer).collect();
        ok(json!({ "results": consumers }))
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
        let consumer = json!({
            "id": id,
            "url": url,
            "disabled": disabled.unwrap_or(false),
            "eventTypes": event_types,
            "companyTags": company_tags,
        });
        self.secrets.insert(id.clone(), Secrets::new(self.outbox.new_secret()));
        self.consumers.put(id, consumer.clone());
        created(consumer)
    }

    fn delete_webhook_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("webhookId")?;
        self.secrets.remove(id);
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
        created(json!({ "key": key }))
    }
}
