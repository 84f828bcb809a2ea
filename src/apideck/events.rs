//! What Apideck delivers to your webhook: verified, and typed.

use super::canonical::{Arrays, Parsed};
use super::vault::consumers::ConsumerConnection;
use super::webhooks::WebhookEventType;
use super::{ConsumerId, ServiceId, UnifiedApi};
use crate::engine::visible;
#[cfg(any(test, fuzzing, feature = "sandbox"))]
use crate::events::signature::to_hex;
use crate::events::signature::{Key, digest, from_hex, signed};
use crate::events::{Bounds, Delivery, EventError, Headers, RawEvent, events, read, verifier_methods};
use crate::types::model;
use crate::{Error, OtherJson, Provider, Secret, Timestamp};
use bytes::Bytes;
use std::time::SystemTime;

/// Verifies what Apideck delivers to your webhook, with the application's API key.
///
/// A delivery carries no time that is signed: whoever has seen one can send it again, under the same [`Delivery::id`].
/// Apideck waits 60 seconds for a 2XX.
///
/// Apideck signs the body as JavaScript writes it once its keys are sorted, and its texts disagree on whether that goes for
/// objects in arrays, and on whether the body is sorted at all: each of the three is taken.
///
/// ```
/// use connectory::apideck::events::Verifier;
///
/// let verifier = Verifier::new("sk_test_apideck_key")?;
/// let signature = "946e9b6c6a6f6b64948cc68ef0e820e9ec5a5fdff81143dbbd4888055b4c7ca6";
/// let body = br#"{"payload":{"event_type":"vault.connection.created","event_id":"9755c355-56c3-4a2f-a2da-86ff4411fccb","entity":{"state":"added","id":"1111+test_user_id"}}}"#;
/// let delivery = verifier.verify([("x-apideck-signature", signature)], body)?;
/// assert_eq!(delivery.id(), "9755c355-56c3-4a2f-a2da-86ff4411fccb");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: <https://developers.apideck.com/guides/webhook-signature-verification>.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Vec<Key>,
    bounds: Bounds,
}

impl Verifier {
    const HEADERS: &'static [&'static str] = &["x-apideck-signature"];

    /// Verifies with the application's API key, the one that calls are made with.
    ///
    /// # Errors
    /// [`Error::Config`] for a text that is no API key.
    pub fn new(api_key: impl Into<Secret>) -> Result<Self, Error> {
        Self { keys: Vec::new(), bounds: Bounds::default() }.or(api_key)
    }

    verifier_methods!(Event);

    fn with(mut self, api_key: &Secret) -> Result<Self, Error> {
        self.keys.push(key(api_key)?);
        Ok(self)
    }

    fn delivered(
        &self,
        headers: &Headers,
        body: &[u8],
        _: SystemTime,
    ) -> Result<Delivery<Event>, EventError> {
        let signature = from_hex(headers.text(["x-apideck-signature"])?)
            .ok_or(EventError::MalformedHeader("x-apideck-signature"))?;
        let mut texts = vec![Bytes::copy_from_slice(body)];
        if let Some(parsed) = Parsed::new(body) {
            texts.extend([Arrays::Untouched, Arrays::Descended].map(|arrays| parsed.written(arrays).into()));
        }
        let messages: Vec<[&[u8]; 1]> = texts.iter().map(|text| [&**text]).collect();
        let messages: Vec<&[&[u8]]> = messages.iter().map(|message| &message[..]).collect();
        let fitting = signed(&self.keys, &messages, &[signature]).ok_or(EventError::WrongSignature)?;
        let text = texts.into_iter().nth(fitting).unwrap_or_default();

        let Envelope { payload } = read(&text).unwrap_or_default();
        let json = payload.as_ref().map(OtherJson::raw).unwrap_or_default();
        let payload: Payload = read(json.as_bytes()).unwrap_or_default();
        let event = Event::of(&payload, json).unwrap_or_else(|| Event::Other(RawEvent::new(&text)));
        Ok(Delivery {
            provider: Provider::Apideck,
            id: payload.event_id.filter(|id| !id.is_empty()).unwrap_or_else(|| digest(&text)),
            event_type: payload.event_type,
            attempt: payload.execution_attempt.and_then(|attempt| attempt.try_into().ok()),
            time: payload.occurred_at,
            sent_at: None,
            body: text,
            event,
        })
    }
}

/// The key in a secret: the application's API key as it is.
fn key(secret: &Secret) -> Result<Key, Error> {
    let text = secret.expose_secret();
    match visible(text) {
        Ok(_) => Ok(Key::new(text.as_bytes())),
        Err(why) => Err(Error::config(format!("Apideck's API key {why}"))),
    }
}

/// The header that Apideck signs a delivery with, as its code does: objects in arrays stay as they are.
///
/// Apideck adds `x-apideck-event-type` and `x-apideck-idempotency-key`, which are not signed.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(secret: &Secret, body: &[u8]) -> Result<Vec<(&'static str, String)>, Error> {
    let parsed = Parsed::new(body).map(|parsed| parsed.written(Arrays::Untouched));
    let text = parsed.as_ref().map_or(body, String::as_bytes);
    Ok(vec![("x-apideck-signature", to_hex(key(secret)?.sign(&[text])))])
}

model! {
    #[derive(Default)]
    struct Envelope {
        payload: Option<OtherJson>,
    }
}

model! {
    #[derive(Default)]
    struct Payload {
        event_id: Option<String>,
        event_type: Option<String>,
        entity: Option<OtherJson>,
        execution_attempt: Option<i64> as WholeNumber,
        occurred_at: Option<Timestamp>,
    }
}

events! {
    /// Something that has happened at Apideck.
    ///
    /// A connection that is added comes as created, updated, callable; one that is authorized again as updated, callable.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference>.
    #[derive(PartialEq)]
    pub enum Event {
        /// A connection was added.
        ConnectionCreated(ConsumerConnection) = "vault.connection.created",
        /// A connection's credentials, settings or metadata have changed.
        ConnectionUpdated(ConsumerConnection) = "vault.connection.updated",
        /// A connection was switched off.
        ConnectionDisabled(ConsumerConnection) = "vault.connection.disabled",
        /// A connection was deleted.
        ConnectionDeleted(ConsumerConnection) = "vault.connection.deleted",
        /// Everything is there: calls go through.
        ConnectionCallable(ConsumerConnection) = "vault.connection.callable",
        /// The customer's authorization was revoked at the service.
        ConnectionRevoked(ConsumerConnection) = "vault.connection.revoked",
        /// Refreshing the token failed for good: the customer has to authorize again.
        TokenRefreshFailed(ConsumerConnection) = "vault.connection.token_refresh.failed",
        /// Refreshing the token failed, and Apideck will try again. It comes once until it is over.
        TokenRefreshPending(ConsumerConnection) = "vault.connection.token_refresh.pending",
        /// Refreshing the token works again.
        TokenRefreshRecovered(ConsumerConnection) = "vault.connection.token_refresh.recovered",
        /// The service is out of reach at times.
        DownstreamDegraded(ConsumerConnection) = "vault.connection.downstream.degraded",
        /// The service is in reach again.
        DownstreamRecovered(ConsumerConnection) = "vault.connection.downstream.recovered",
    }
    besides {
        /// A connection was moved to another service. One was created and one deleted with it.
        ///
        /// On the wire: `vault.connection.migrated`.
        ConnectionMigrated(MigratedConnection),
        /// A record of another unified API has changed, such as `crm.contact.created`.
        ///
        /// On the wire: every type that does not begin with `vault.`.
        Record(RecordEvent),
    }
}

impl Event {
    fn of(payload: &Payload, json: &str) -> Option<Self> {
        let event_type = payload.event_type.as_deref()?;
        if !event_type.starts_with("vault.") {
            return read(json.as_bytes()).map(Self::Record);
        }
        let entity = payload.entity.as_ref()?.raw().as_bytes();
        if event_type != "vault.connection.migrated" {
            return Self::read(event_type, entity);
        }
        let Origin { migrated_from } = read(entity)?;
        Some(Self::ConnectionMigrated(MigratedConnection { connection: read(entity)?, migrated_from }))
    }

    /// The connection that it is about, as it was then.
    ///
    /// Consumer, unified API and service together are what a connection is known by: its `id` is another one than
    /// that of [`vault().connections()`](super::vault::connections).
    pub fn connection(&self) -> Option<&ConsumerConnection> {
        match self {
            Self::ConnectionCreated(connection)
            | Self::ConnectionUpdated(connection)
            | Self::ConnectionDisabled(connection)
            | Self::ConnectionDeleted(connection)
            | Self::ConnectionCallable(connection)
            | Self::ConnectionRevoked(connection)
            | Self::TokenRefreshFailed(connection)
            | Self::TokenRefreshPending(connection)
            | Self::TokenRefreshRecovered(connection)
            | Self::DownstreamDegraded(connection)
            | Self::DownstreamRecovered(connection) => Some(connection),
            Self::ConnectionMigrated(migrated) => Some(&migrated.connection),
            Self::Record(_) | Self::Other(_) => None,
        }
    }

    /// The consumer that it is about.
    pub fn consumer_id(&self) -> Option<&ConsumerId> {
        match self {
            Self::Record(record) => record.consumer_id.as_ref(),
            event => event.connection()?.consumer_id.as_ref(),
        }
    }
}

/// A connection that was moved from one service to another.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MigratedConnection {
    /// The connection to the service that it is at now.
    pub connection: ConsumerConnection,
    /// The service that it was at.
    pub migrated_from: Option<ServiceId>,
}

model! {
    struct Origin {
        migrated_from: Option<ServiceId>,
    }
}

model! {
    /// A record that has changed, by the id that its service knows it by.
    ///
    /// Apideck sends an id and a URL as a rule, and not the record.
    ///
    /// Source: <https://developers.apideck.com/apis/crm/reference/webhook-events>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RecordEvent {
        /// What has happened to it.
        pub event_type: WebhookEventType,
        /// The unified API.
        pub unified_api: Option<UnifiedApi>,
        /// The service.
        pub service_id: Option<ServiceId>,
        /// The consumer whose connection it was.
        pub consumer_id: Option<ConsumerId>,
        /// The record's id at the service.
        pub entity_id: Option<String>,
        /// What kind of record it is, such as `Company`.
        pub entity_type: Option<String>,
        /// Where Apideck's API has the record.
        pub entity_url: Option<String>,
        /// The record, where it is sent.
        pub entity: Option<OtherJson>,
    }
}
