//! Where Codat sends its events: `client.codat().webhooks()`.

use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, model, request, setters};
use crate::{Call, Secret};
use std::sync::Arc;

/// The operations on webhook consumers.
#[derive(Clone, Debug)]
pub struct Webhooks {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.webhooks";
    /// changes nothing
    LIST_CONSUMERS = "list_consumers": GET "/webhooks", Read, sdk "webhooks.list_consumers";
    /// each call makes a consumer, and Codat keeps a key for 90 minutes
    CREATE_CONSUMER = "create_consumer": POST "/webhooks", Keyed, sdk "webhooks.create_consumer";
    /// gone twice is gone
    DELETE_CONSUMER = "delete_consumer": DELETE "/webhooks/{webhookId}", Idempotent, sdk "webhooks.delete_consumer";
    /// each call makes a key, and Codat keeps an idempotency key for 90 minutes
    ROTATE_ZAPIER_KEY = "rotate_zapier_key": POST "/webhooks/integrationKeys/zapier", Keyed, sdk "webhooks.rotate_zapier_key";
}

id! {
    /// A webhook consumer: a UUID.
    pub struct WebhookConsumerId;
}

impl Webhooks {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists all of your webhook consumers, 50 at most.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-webhook-consumers>.
    #[doc(alias = "list-webhook-consumers")]
    #[inline]
    pub fn list_consumers(&self) -> Call<WebhookConsumers> {
        self.engine.call(&LIST_CONSUMERS).returns_with_unread::<WebhookConsumers, _>()
    }

    /// Creates a webhook consumer, and returns it.
    ///
    /// Its signing secret is in Codat's portal only.
    ///
    /// # Errors
    /// `BadRequest` where you have 50 already.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/create-webhook-consumer>.
    #[doc(alias = "create-webhook-consumer")]
    #[inline]
    pub fn create_consumer(&self, body: &CreateWebhookConsumer) -> Call<WebhookConsumer> {
        self.engine.call(&CREATE_CONSUMER).json(body).returns()
    }

    /// Deletes a webhook consumer.
    ///
    /// # Errors
    /// `NotFound` for a consumer that Codat does not know, also after an attempt whose answer was lost.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/delete-webhook-consumer>.
    #[doc(alias = "delete-webhook-consumer")]
    #[inline]
    pub fn delete_consumer(&self, consumer: impl Into<WebhookConsumerId>) -> Call<()> {
        self.engine.call(&DELETE_CONSUMER).path(consumer.into()).returns_nothing()
    }

    /// Creates a new key for Codat's integration at Zapier, and revokes the one before.
    ///
    /// Zaps that use the old key have to be authorized again. Codat's SDKs before 6.0 do not have this operation.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/rotate-zapier-key>.
    #[doc(alias = "rotate-zapier-key")]
    #[inline]
    pub fn rotate_zapier_key(&self) -> Call<ZapierKey> {
        self.engine.call(&ROTATE_ZAPIER_KEY).returns()
    }
}

request! {
    /// A webhook consumer to create.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateWebhookConsumer in camelCase {
        /// Where events are sent.
        pub url: String,
        /// Which [events](https://docs.codat.io/using-the-api/webhooks/event-types) are sent, such as `connection.connected`.
        pub event_types: Vec<String>,
        /// Whether nothing is sent for now.
        pub disabled: Option<bool>,
        /// Only events of companies with one of these tags are sent: `region:uk`, 10 at most.
        pub company_tags: Option<Vec<String>>,
    }
}

impl CreateWebhookConsumer {
    /// A consumer of these events, of all companies.
    pub fn new(url: impl Into<String>, event_types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            url: url.into(),
            event_types: event_types.into_iter().map(Into::into).collect(),
            disabled: None,
            company_tags: None,
        }
    }

    setters! {
        disabled: Option<bool>,
        company_tags: Option<Vec<String>>,
    }
}

model! {
    /// Your webhook consumers.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct WebhookConsumers {
        /// The consumers.
        pub results: Vec<WebhookConsumer>,
    } with unread
}

model! {
    /// An address that Codat sends events to.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/WebhookConsumer>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct WebhookConsumer in camelCase {
        /// The consumer's id.
        pub id: WebhookConsumerId,
        /// Where events are sent.
        pub url: Option<String>,
        /// Whether nothing is sent for now.
        pub disabled: Option<bool>,
        /// Which events are sent.
        pub event_types: Vec<String>,
        /// Only events of companies with one of these tags are sent; of all where there are none.
        pub company_tags: Vec<String>,
    }
}

model! {
    /// A key for Codat's integration at Zapier.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct ZapierKey {
        /// The key.
        pub key: Secret,
    }
}
