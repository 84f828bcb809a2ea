//! What Deck posts to webhooks, and how often it tries.

use super::{State, Webhook};
use crate::sandbox::outbox::{Endpoint, Message, Outbox, Outcome, Policy, Vendor};
use crate::{Provider, Secret};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

/// Three more attempts, each after a time of chance: decorrelated jitter with the median of 30 seconds.
pub(in crate::sandbox) const POLICY: Policy = Policy {
    provider: Provider::Deck,
    timeout: Duration::from_secs(10),
    accepts: |status| status == StatusCode::OK,
    wait: |failed, waited, random| {
        const LEAST: Duration = Duration::from_secs(15);
        let most = waited.max(LEAST).saturating_mul(3);
        (failed <= 3).then(|| random.between(LEAST, most))
    },
};

/// The URL of the dashboard, where a connection has none.
const DEFAULT: &str = "https://acme.example/webhooks/deck";
/// 32 bytes in base64.
const SECRET: &str = "c2FuZGJveC1kZWNrLWhtYWMta2V5LW9mLTMyLWJ5dGU=";

pub(super) struct Events {
    pub(super) outbox: Outbox,
    pub(super) default_webhook: String,
    pub(super) secret: Secret,
    /// Encrypts what goes out.
    #[cfg(feature = "deck-encryption")]
    pub(super) seal: Option<crate::sandbox::exchange::Seal>,
}

impl Events {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            default_webhook: DEFAULT.to_owned(),
            secret: SECRET.into(),
            #[cfg(feature = "deck-encryption")]
            seal: None,
        }
    }

    /// Posts one of this type and code, which tells this, unless the webhook is inactive.
    pub(super) fn push(
        &mut self,
        webhook: &Webhook,
        (webhook_type, webhook_code): (&str, &str),
        mut event: Value,
        at: SystemTime,
    ) {
        let endpoint = match &webhook.url {
            None => self.default_webhook.clone(),
            Some(_) if !webhook.is_active => return,
            Some(url) => url.clone(),
        };
        if let Value::Object(members) = &mut event {
            let every =
                [("webhook_type", webhook_type), ("webhook_code", webhook_code), ("environment", "Sandbox")];
            members.extend(every.map(|(key, value)| (key.to_owned(), value.into())));
        }
        let (headers, body) = self.sealed(event.to_string().into());
        self.outbox.send(Message {
            id: String::new(),
            event_type: format!("{webhook_type}.{webhook_code}"),
            endpoint,
            headers,
            body: Arc::new(move |_| body.clone()),
            about: Value::Null,
            at,
        });
    }

    #[cfg(feature = "deck-encryption")]
    fn sealed(&self, body: Bytes) -> (Vec<(&'static str, String)>, Bytes) {
        match self.seal.as_ref().and_then(|seal| seal(&body)) {
            Some(sealed) => (vec![("content-type", "application/json+encrypted".to_owned())], sealed),
            None => (Vec::new(), body),
        }
    }

    #[cfg(not(feature = "deck-encryption"))]
    fn sealed(&self, body: Bytes) -> (Vec<(&'static str, String)>, Bytes) {
        (Vec::new(), body)
    }
}

impl Vendor for State {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.events.outbox
    }

    fn settle(&mut self, now: SystemTime) {
        self.finish_jobs(now);
    }

    /// An endpoint's id is its URL.
    fn endpoint(&self, id: &str) -> Option<Endpoint> {
        let url = Some(Url::parse(id).ok()?);
        Some(Endpoint { url, secrets: vec![self.events.secret.clone()], headers: Vec::new() })
    }

    fn learn(&mut self, _: &Outcome) {}
}
