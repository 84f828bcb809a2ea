//! Where Deck sends events: `client.deck_v2().event_destinations()`.

use super::event_log::EventType;
use super::{EventDestinationId, EventId, ListOptions, Page};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters, write_secret};
use crate::{Call, JsonMap, Patch, Secret, Timestamp};
use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, sync::Arc};

/// The operations on destinations of events.
#[derive(Clone, Debug)]
pub struct EventDestinations {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.event_destinations";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/event-destinations", Keyed;
    /// changes nothing
    LIST = "list": GET "/event-destinations", Read;
    /// changes nothing
    GET = "get": GET "/event-destinations/{destination_id}", Read;
    /// Deck keeps a success for 24 hours
    UPDATE = "update": PATCH "/event-destinations/{destination_id}", Keyed;
    /// Deck keeps a success for 24 hours
    DELETE = "delete": DELETE "/event-destinations/{destination_id}", Keyed;
    /// changes nothing
    LIST_DELIVERIES = "list_deliveries": GET "/event-destinations/{destination_id}/event-deliveries", Read;
}

impl EventDestinations {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Adds a destination, and returns it, `pending_verification` at first.
    ///
    /// Bring a [`secret`](WebhookConfig::secret) of your own: whether Deck tells the one that it makes is not known.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/create-an-event-destination>.
    #[doc(alias = "createEventDestination")]
    #[inline]
    pub fn create(&self, body: &CreateEventDestination) -> Call<EventDestination> {
        self.engine.call(&CREATE).json(body).returns()
    }

    /// Lists the destinations, a page at a time.
    ///
    /// Deck's page of this call has not been seen; it may take filters that are not known.
    ///
    /// Source: <https://docs.deck.co/events/destinations-and-deliveries>.
    #[doc(alias = "listEventDestinations")]
    #[inline]
    pub fn list(&self, query: &ListOptions) -> Call<Page<EventDestination>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<EventDestination>, _>()
    }

    /// Returns one destination, without its secrets.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/retrieve-an-event-destination>.
    #[doc(alias = "getEventDestination")]
    #[inline]
    pub fn get(&self, destination: impl Into<EventDestinationId>) -> Call<EventDestination> {
        self.engine.call(&GET).path(destination.into()).returns()
    }

    /// Changes what is set of a destination, and returns it.
    ///
    /// A destination that has gone `inactive` becomes `active` again so, and a webhook's secret is rotated so. For 24
    /// hours accept signatures with the old secret, too.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/update-an-event-destination>.
    #[doc(alias = "updateEventDestination")]
    #[inline]
    pub fn update(
        &self,
        destination: impl Into<EventDestinationId>,
        body: &UpdateEventDestination,
    ) -> Call<EventDestination> {
        self.engine.call(&UPDATE).path(destination.into()).json(body).returns()
    }

    /// Deletes a destination.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/delete-an-event-destination>.
    #[doc(alias = "deleteEventDestination")]
    #[inline]
    pub fn delete(&self, destination: impl Into<EventDestinationId>) -> Call<()> {
        self.engine.call(&DELETE).path(destination.into()).returns_nothing()
    }

    /// Lists what was sent to a destination, a page at a time.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/list-event-deliveries>.
    #[doc(alias = "listEventDeliveries")]
    #[inline]
    pub fn list_deliveries(
        &self,
        destination: impl Into<EventDestinationId>,
        query: &ListEventDeliveries,
    ) -> Call<Page<EventDelivery>> {
        let draft = self.engine.call(&LIST_DELIVERIES).path(destination.into()).query(query);
        draft.returns_with_unread::<Page<EventDelivery>, _>()
    }
}

request! {
    /// A destination to add.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "CreateEventDestinationRequest")]
    pub struct CreateEventDestination {
        /// A name for it.
        pub name: String,
        /// What kind of destination it is.
        pub kind: DestinationType = "type",
        /// The events to send there, `["*"]` for all. What Deck sends where they are not set is not known.
        pub events: Option<Vec<EventType>>,
        /// Where a webhook goes.
        pub webhook: Option<WebhookConfig>,
        /// Where another kind goes: one member, which is named after the kind.
        pub more: JsonMap as More,
    }
}

impl CreateEventDestination {
    /// A webhook of this name.
    pub fn webhook(name: impl Into<String>, webhook: WebhookConfig) -> Self {
        let (name, more) = (name.into(), JsonMap::new());
        Self { name, kind: DestinationType::Webhook, events: None, webhook: Some(webhook), more }
    }

    /// A destination of another kind, with the members that Deck's guide has for it.
    ///
    /// It needs credentials beside those, whose names Deck's guide did not show: see [`DestinationType`].
    pub fn other(name: impl Into<String>, kind: impl Into<DestinationType>, config: JsonMap) -> Self {
        let (name, kind) = (name.into(), kind.into());
        let more = JsonMap::new().with_raw(kind.as_str(), config.into());
        Self { name, kind, events: None, webhook: None, more }
    }

    setters! {
        events: Option<Vec<EventType>>,
    }
}

request! {
    /// What to change of a destination.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "UpdateEventDestinationRequest")]
    pub struct UpdateEventDestination {
        /// Its name.
        pub name: Option<String>,
        /// `active` or `inactive`.
        pub status: Option<DestinationStatus>,
        /// All events to send there, `["*"]` for every kind.
        pub events: Option<Vec<EventType>>,
        /// What to change of a webhook.
        pub webhook: Option<WebhookConfig>,
        /// What to change of another kind: one member, which is named after the kind. The kind stays what it is.
        pub more: JsonMap as More,
    }
}

impl UpdateEventDestination {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Option<String>,
        status: Option<DestinationStatus>,
        events: Option<Vec<EventType>>,
        webhook: Option<WebhookConfig>,
    }

    /// Sets where a destination of another kind than webhook goes.
    #[must_use]
    pub fn other(mut self, kind: impl Into<DestinationType>, config: JsonMap) -> Self {
        self.more = self.more.with_raw(kind.into().as_str(), config.into());
        self
    }
}

/// Where a webhook goes, and what goes with it.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct WebhookConfig {
    /// The absolute URL. An update may leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the events are signed with, as [Standard Webhooks](https://www.standardwebhooks.com) has it: `whsec_…`.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_secret")]
    pub secret: Option<Secret>,
    /// Headers that go with every event. Deck takes them as a text with a JSON object in it.
    ///
    /// An update without them leaves them. Whether `null`, which is [`Patch::Clear`], or an empty object removes them is
    /// not documented.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "write_headers")]
    pub custom_headers: Patch<BTreeMap<String, Secret>>,
}

impl WebhookConfig {
    /// A webhook to this URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    setters! {
        url: Option<String>,
        secret: Option<Secret>,
        custom_headers: Patch<BTreeMap<String, Secret>>,
    }

    /// Adds a header that goes with every event.
    #[must_use]
    pub fn custom_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        let mut headers = self.custom_headers.value().cloned().unwrap_or_default();
        headers.insert(name.into(), value.into());
        self.custom_headers = headers.into();
        self
    }
}

fn write_headers<S: Serializer>(
    headers: &Patch<BTreeMap<String, Secret>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(headers) = headers.value() else { return serializer.serialize_none() };
    let headers: BTreeMap<_, _> = headers.iter().map(|(name, value)| (name, value.expose_secret())).collect();
    let text = serde_json::to_string(&headers).map_err(serde::ser::Error::custom)?;
    write_secret(&Secret::from(text), serializer)
}

open_enum! {
    /// What kind of destination events go to.
    ///
    /// Each has an object of its own, named after it. Deck's guide names the members below; the credentials that go in
    /// the same object were not to be had.
    ///
    /// | kind | members |
    /// |---|---|
    /// | `webhook` | see [`WebhookConfig`] |
    /// | `aws_sqs` | `queue_url` |
    /// | `aws_kinesis` | `stream_name`, `region` |
    /// | `aws_s3` | `bucket`, `region` |
    /// | `aws_eventbridge` | `event_bus_name`, `region` |
    /// | `gcp_pubsub` | `project_id`, `topic` |
    /// | `rabbitmq` | `exchange`, `server_url` |
    /// | `azure_servicebus` | `name` |
    /// | `hookdeck` | `token` |
    ///
    /// Source: <https://docs.deck.co/events/destinations-and-deliveries>.
    pub enum DestinationType {
        /// An HTTP endpoint of yours.
        Webhook = "webhook",
        /// Amazon SQS.
        AwsSqs = "aws_sqs",
        /// Amazon Kinesis.
        AwsKinesis = "aws_kinesis",
        /// Amazon S3.
        AwsS3 = "aws_s3",
        /// Amazon EventBridge.
        AwsEventBridge = "aws_eventbridge",
        /// Google Cloud Pub/Sub.
        GcpPubSub = "gcp_pubsub",
        /// RabbitMQ.
        RabbitMq = "rabbitmq",
        /// Azure Service Bus.
        AzureServiceBus = "azure_servicebus",
        /// Hookdeck, also for local tests.
        Hookdeck = "hookdeck",
    }
}

open_enum! {
    /// Whether events go to a destination.
    pub enum DestinationStatus {
        /// Deck has yet to see that it is there.
        PendingVerification = "pending_verification",
        /// Events go there.
        Active = "active",
        /// None do: you have said so, or the attempts to deliver one have all failed.
        Inactive = "inactive",
    }
}

model! {
    /// Where events go.
    ///
    /// Its place is in the member that is named after its kind; secrets are never returned.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/retrieve-an-event-destination>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EventDestination {
        /// The destination's id.
        pub id: EventDestinationId,
        /// What this is: `event_destination`.
        pub object: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// Whether events go there.
        pub status: Option<DestinationStatus>,
        /// What kind of destination it is.
        pub kind: Option<DestinationType> = "type",
        /// The events that are sent there; `*` is all.
        pub events: Vec<EventType>,
        /// A webhook's place.
        pub webhook: Option<Webhook>,
        /// `queue_url`.
        pub aws_sqs: Option<JsonMap>,
        /// `stream_name`, `region`.
        pub aws_kinesis: Option<JsonMap>,
        /// `bucket`, `region`.
        pub aws_s3: Option<JsonMap>,
        /// `event_bus_name`, `region`.
        pub aws_eventbridge: Option<JsonMap>,
        /// `project_id`, `topic`.
        pub gcp_pubsub: Option<JsonMap>,
        /// `exchange`, `server_url`.
        pub rabbitmq: Option<JsonMap>,
        /// `name`.
        pub azure_servicebus: Option<JsonMap>,
        /// Nothing, as far as is known.
        pub hookdeck: Option<JsonMap>,
        /// When it was added.
        pub created_at: Option<Timestamp>,
        /// When it changed last.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String>,
    }
}

model! {
    /// Where a webhook goes.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Webhook {
        /// The URL.
        pub url: Option<String>,
    }
}

request! {
    /// Which deliveries to list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListEventDeliveries {
        /// How many deliveries a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// Where the page begins: the `next_cursor` of the one before.
        pub cursor: Option<String>,
        /// Those that arrived, or those that did not.
        pub status: Option<DeliveryStatus>,
        /// Those of events of this kind.
        pub kind: Option<EventType> = "type",
    }
}

impl ListEventDeliveries {
    /// All deliveries.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
        status: Option<DeliveryStatus>,
        kind: Option<EventType>,
    }
}

model! {
    /// One event on its way to one destination.
    ///
    /// Deck's page shows it without an id.
    ///
    /// Source: <https://docs.deck.co/api-reference/event-destinations/list-event-deliveries>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EventDelivery {
        /// What this is: `event_delivery`.
        pub object: Option<String>,
        /// Whether it arrived.
        pub status: Option<DeliveryStatus>,
        /// What has happened, and to what.
        pub event_type: Option<EventType>,
        /// The event.
        pub event_id: Option<EventId>,
        /// Where it went.
        pub event_destination_id: Option<EventDestinationId>,
        /// How often it was tried.
        pub attempts: Option<i64> as WholeNumber,
        /// When it was first due.
        pub created_at: Option<Timestamp>,
        /// When it arrived; absent, it seems, where it did not.
        pub delivered_at: Option<Timestamp>,
    }
}

open_enum! {
    /// Whether a delivery arrived.
    pub enum DeliveryStatus {
        /// It did.
        Success = "success",
        /// It did not.
        Failure = "failure",
    }
}
