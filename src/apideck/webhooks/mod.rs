//! Where Apideck posts its events to: `client.apideck().webhooks()`.

mod event_type;

pub use event_type::WebhookEventType;

use super::{Apideck, AppId, ConsumerId, Envelope, Service, ServiceId, UnifiedApi};
use crate::operation::operations;
use crate::types::{id, model, open_enum, request, setters};
use crate::{Call, Patch, Secret, SecretUrl, Timestamp};

/// The operations on webhooks and their event logs.
#[derive(Clone, Debug)]
pub struct Webhooks {
    apideck: Apideck,
}

id! {
    /// A webhook.
    pub struct WebhookId;
}

operations! { Apideck, "apideck.webhooks";
    /// changes nothing
    LIST = "list": GET "/webhook/webhooks", Read, sdk "webhook.webhooks.list";
    /// each call makes a webhook
    CREATE = "create": POST "/webhook/webhooks", Once, sdk "webhook.webhooks.create";
    /// changes nothing
    GET = "get": GET "/webhook/webhooks/{id}", Read, sdk "webhook.webhooks.get";
    /// sets members
    UPDATE = "update": PATCH "/webhook/webhooks/{id}", Idempotent, sdk "webhook.webhooks.update";
    /// gone twice is gone
    DELETE = "delete": DELETE "/webhook/webhooks/{id}", Idempotent, sdk "webhook.webhooks.delete";
    /// changes nothing
    EVENT_LOGS = "event_logs": GET "/webhook/logs", Read, sdk "webhook.event_logs.list";
}

impl Webhooks {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Lists the application's webhooks, page by page.
    ///
    /// [`pages`](Call::pages) walks all of them.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/webhooksAll>.
    #[doc(alias = "webhooksAll")]
    #[inline]
    pub fn list(&self, query: &ListWebhooks) -> Call<Envelope<Vec<Webhook>>> {
        self.apideck.call(&LIST).query(query).returns_list()
    }

    /// Creates a webhook and returns it, switched on or off.
    ///
    /// Apideck first posts a signed request to the delivery URL. Unless that is answered with a 2XX, the webhook is
    /// created all the same, and is disabled: look at `status` and `disabled_reason`. Never repeated after a lost
    /// answer; [`list`](Self::list) tells whether the webhook is there, and twice it would get each event twice.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/webhooksAdd>.
    #[doc(alias = "webhooksAdd")]
    #[inline]
    pub fn create(&self, body: &CreateWebhook) -> Call<Envelope<Webhook>> {
        self.apideck.call(&CREATE).json(body).returns_one()
    }

    /// Returns one webhook.
    ///
    /// # Errors
    /// `NotFound` for a webhook that does not exist.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/webhooksOne>.
    #[doc(alias = "webhooksOne")]
    #[inline]
    pub fn get(&self, webhook: impl Into<WebhookId>) -> Call<Envelope<Webhook>> {
        self.apideck.call(&GET).path(webhook.into()).returns_one()
    }

    /// Changes a webhook and returns it.
    ///
    /// A new delivery URL is asked first, as by [`create`](Self::create): look at `status` and `disabled_reason`. Apideck
    /// does not ask the same URL again: a webhook that is enabled again gets its next event untested.
    ///
    /// # Errors
    /// `NotFound` for a webhook that does not exist.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/webhooksUpdate>.
    #[doc(alias = "webhooksUpdate")]
    #[inline]
    pub fn update(&self, webhook: impl Into<WebhookId>, body: &UpdateWebhook) -> Call<Envelope<Webhook>> {
        self.apideck.call(&UPDATE).path(webhook.into()).json(body).returns_one()
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    /// `NotFound` for a webhook that does not exist. After a lost answer that may be the trace of a first attempt that
    /// did its work: [`outcome`](crate::Error::outcome) is then `Unknown`.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/webhooksDelete>.
    #[doc(alias = "webhooksDelete")]
    #[inline]
    pub fn delete(&self, webhook: impl Into<WebhookId>) -> Call<()> {
        self.apideck.call(&DELETE).path(webhook.into()).returns_nothing()
    }

    /// Lists the events that Apideck has posted, page by page.
    ///
    /// [`pages`](Call::pages) walks all of them, with the same filters. A delivery that was not answered within 60
    /// seconds has the status 0.
    ///
    /// Source: <https://developers.apideck.com/apis/webhook/reference#operation/eventLogsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "eventLogsAll")]
    #[inline]
    pub fn event_logs(&self, query: &ListEventLogs) -> Call<Envelope<Vec<EventLog>>> {
        self.apideck.call(&EVENT_LOGS).query(query).returns_list()
    }
}

request! {
    /// Which page of webhooks to list; the first by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct ListWebhooks {
        /// Where to begin: the cursor of a page. The first page where it is not set.
        pub cursor: Option<String>,
        /// How many webhooks a page holds: 20 where it is not set, 200 at most.
        pub limit: Option<u32>,
    }
}

impl ListWebhooks {
    /// All webhooks.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        cursor: Option<String>,
        limit: Option<u32>,
    }
}

request! {
    /// A webhook to create.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CreateWebhook {
        /// The unified API whose events it gets; [`Vault`](UnifiedApi::Vault) for those of connections.
        pub unified_api: UnifiedApi,
        /// Where the events are posted to.
        pub delivery_url: String,
        /// The events that it gets.
        pub events: Vec<WebhookEventType>,
        /// Whether it gets any.
        pub status: WebhookStatus,
        /// Your own words for it.
        pub description: Option<String>,
    }
}

impl CreateWebhook {
    /// A webhook that gets these events of the unified API, switched on.
    pub fn new(
        unified_api: impl Into<UnifiedApi>,
        delivery_url: impl Into<String>,
        events: impl IntoIterator<Item = impl Into<WebhookEventType>>,
    ) -> Self {
        Self {
            unified_api: unified_api.into(),
            delivery_url: delivery_url.into(),
            events: events.into_iter().map(Into::into).collect(),
            status: WebhookStatus::Enabled,
            description: None,
        }
    }

    /// Sets [`status`](field@Self::status).
    #[must_use]
    pub fn status(mut self, status: impl Into<WebhookStatus>) -> Self {
        self.status = status.into();
        self
    }

    setters! {
        description: Option<String>,
    }
}

request! {
    /// What to change of a webhook; nothing by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct UpdateWebhook {
        /// Where the events are posted to.
        pub delivery_url: Option<String>,
        /// The events that it gets, all of them.
        pub events: Option<Vec<WebhookEventType>>,
        /// Whether it gets any.
        pub status: Option<WebhookStatus>,
        /// Your own words for it.
        pub description: Patch<String>,
    }
}

impl UpdateWebhook {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        delivery_url: Option<String>,
        events: Option<Vec<WebhookEventType>>,
        status: Option<WebhookStatus>,
        description: Patch<String>,
    }
}

model! {
    /// A webhook: where Apideck posts some of its events to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Webhook {
        /// Its id.
        pub id: WebhookId,
        /// The unified API whose events it gets.
        pub unified_api: Option<UnifiedApi>,
        /// Whether it gets any.
        pub status: Option<WebhookStatus>,
        /// Why Apideck has switched it off.
        pub disabled_reason: Option<DisabledReason>,
        /// Where the events are posted to.
        pub delivery_url: Option<String>,
        /// Where services post their events to, once the service's id is appended. Whoever knows it can post too.
        pub execute_base_url: Option<SecretUrl>,
        /// The events that it gets.
        pub events: Vec<WebhookEventType>,
        /// Your own words for it.
        pub description: Option<String>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

open_enum! {
    /// Whether a webhook gets events.
    pub enum WebhookStatus {
        /// It does.
        Enabled = "enabled",
        /// It does not.
        Disabled = "disabled",
    }
}

open_enum! {
    /// Why Apideck has switched a webhook off.
    pub enum DisabledReason {
        /// It has not.
        None = "none",
        /// Deliveries failed too often.
        RetryLimit = "retry_limit",
        /// The account has used up what its plan allows.
        UsageLimit = "usage_limit",
        /// The delivery URL did not answer with a 2XX when it was set.
        DeliveryUrlValidationFailed = "delivery_url_validation_failed",
    }
}

request! {
    /// Which event logs to list; all of them by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "WebhookEventLogsFilter")]
    pub struct ListEventLogs {
        /// None of these unified APIs, separated by commas: `vault,proxy`.
        pub exclude_apis: Option<String> = "filter[exclude_apis]",
        /// Only those about this service.
        pub service: Option<ServiceId> = "filter[service][id]",
        /// Only those about this consumer.
        pub consumer_id: Option<ConsumerId> = "filter[consumer_id]",
        /// Only those about this type of entity, such as `Connection`.
        pub entity_type: Option<String> = "filter[entity_type]",
        /// Only those of this type.
        pub event_type: Option<WebhookEventType> = "filter[event_type]",
        /// Only those of the event with this id.
        pub event_id: Option<String> = "filter[event_id]",
        /// Only those that were posted so often.
        pub execution_attempt: Option<u32> = "filter[execution_attempt]",
        /// Only those from this moment on.
        pub start_date: Option<Timestamp> = "filter[start_date]",
        /// Only those up to this moment, itself included.
        pub end_date: Option<Timestamp> = "filter[end_date]",
        /// Only those that were delivered, or only those that were not.
        pub success: Option<bool> = "filter[success]",
        /// Only those that were answered with this status.
        pub status_code: Option<u32> = "filter[status_code]",
        /// Only those that were answered with one of these statuses, 50 at most.
        pub status_codes: Option<Vec<u32>> = "filter[status_codes]",
        /// Where to begin: the cursor of a page. The first page where it is not set.
        pub cursor: Option<String>,
        /// How many logs a page holds: 20 where it is not set, 200 at most.
        pub limit: Option<u32>,
    }
}

impl ListEventLogs {
    /// All event logs.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        exclude_apis: Option<String>,
        service: Option<ServiceId>,
        consumer_id: Option<ConsumerId>,
        entity_type: Option<String>,
        event_type: Option<WebhookEventType>,
        event_id: Option<String>,
        execution_attempt: Option<u32>,
        start_date: Option<Timestamp>,
        end_date: Option<Timestamp>,
        success: Option<bool>,
        status_code: Option<u32>,
        status_codes: Option<Vec<u32>>,
        cursor: Option<String>,
        limit: Option<u32>,
    }
}

model! {
    /// An event that Apideck has posted to a webhook, or tried to.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    #[doc(alias = "WebhookEventLog")]
    pub struct EventLog {
        /// The log's id.
        pub id: Option<String>,
        /// The application.
        pub application_id: Option<AppId>,
        /// The consumer that the event is about.
        pub consumer_id: Option<ConsumerId>,
        /// The unified API that the event belongs to.
        pub unified_api: Option<UnifiedApi>,
        /// The service that the event is about.
        pub service: Option<Service>,
        /// The type of what the event is about, such as `Connection`.
        pub entity_type: Option<String>,
        /// The event's type.
        pub event_type: Option<WebhookEventType>,
        /// The URL that it was posted to.
        pub endpoint: Option<String>,
        /// The HTTP method that it was posted with.
        pub http_method: Option<String>,
        /// What was posted, as JSON. It may hold what a customer has entered, and is not serialised.
        pub request_body: Option<Secret> as Hidden,
        /// What was answered. Not serialised.
        pub response_body: Option<Secret> as Hidden,
        /// The HTTP status of the last answer; 0 where there was none.
        pub status_code: Option<i64> as WholeNumber,
        /// Whether it was delivered.
        pub success: Option<bool>,
        /// How often it was posted.
        pub execution_attempt: Option<i64> as WholeNumber,
        /// Whether it will be posted again.
        pub retry_scheduled: Option<bool>,
        /// Each time that it was posted.
        pub attempts: Vec<DeliveryAttempt>,
        /// When it was posted.
        pub timestamp: Option<Timestamp>,
    }
}

model! {
    /// One time that an event was posted.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DeliveryAttempt {
        /// When.
        pub timestamp: Option<Timestamp>,
        /// Which time it was, from 1.
        pub execution_attempt: Option<i64> as WholeNumber,
        /// The HTTP status of the answer; 0 where there was none.
        pub status_code: Option<i64> as WholeNumber,
        /// Whether it was delivered.
        pub success: Option<bool>,
    }
}
