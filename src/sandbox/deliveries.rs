//! Deliveries to webhooks, as tests see them, and what can go wrong with them.

use super::body::read_seconds;
use crate::{Provider, Secret};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, SystemTime};
use std::{fmt, io};

/// One attempt to deliver an event to a webhook.
///
/// `Debug` prints neither URL, header values nor body, because they hold tokens.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The vendor that posts it.
    pub provider: Provider,
    /// What has happened, such as `connection.connected`; Deck v1's two words have a dot between them.
    pub event_type: String,
    /// The URL that the webhook has at the vendor.
    pub endpoint: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// When it was due, on the sandbox's clock.
    pub time: SystemTime,
    /// Its headers; those of the signature need the feature `events`.
    pub headers: HeaderMap,
    /// Its body, as it is signed.
    pub body: Bytes,
    /// What the webhook answered; `None` where nobody did in time.
    pub status: Option<StatusCode>,
    /// Whether the vendor takes that for a success.
    pub is_accepted: bool,
    /// Among all vendors' deliveries of one moment.
    pub(super) order: u64,
}

impl Delivery {
    /// The request that the webhook is sent, for a handler that is called without a socket.
    pub fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.parse().unwrap_or(Uri::from_static("/"));
        request.headers_mut().clone_from(&self.headers);
        request
    }

    /// The body as JSON; `None` where it is encrypted whole.
    pub fn json(&self) -> Option<Value> {
        let is_json = self.headers.get("content-type").is_some_and(|value| value == "application/json");
        if is_json { serde_json::from_slice(&self.body).ok() } else { None }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("provider", &self.provider)
            .field("event_type", &self.event_type)
            .field("attempt", &self.attempt)
            .field("time", &self.time)
            .field("status", &self.status)
            .field("is_accepted", &self.is_accepted)
            .finish_non_exhaustive()
    }
}

/// Something that goes wrong with a delivery on its way to the webhook.
///
/// In JSON it is `"twice"`, or with a value `{"late": 1.5}`, in seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryFault {
    /// It comes a second time, right after the first, the same but for its signature's time.
    Twice,
    /// It comes later by this much of the sandbox's clock: after what happens meanwhile. A timestamp that is signed is
    /// older by as much.
    #[serde(deserialize_with = "read_seconds")]
    Late(Duration),
    /// Its signature is one of another body.
    WrongSignature,
    /// It is signed with this secret, as before or after a rotation. One of the wrong form signs nothing.
    SignedWith(Secret),
}

/// Which deliveries a fault strikes: those of all events from now on, unless it is told otherwise.
///
/// ```
/// use connectory::Provider;
/// use connectory::sandbox::{DeliveryFault, DeliveryRule};
///
/// let rule = DeliveryRule::new(DeliveryFault::Twice).provider(Provider::Codat).times(1);
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRule {
    pub(super) fault: DeliveryFault,
    #[serde(default, deserialize_with = "read_provider")]
    pub(super) provider: Option<Provider>,
    #[serde(rename = "times")]
    pub(super) left: Option<u32>,
}

fn read_provider<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Provider>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let known = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2];
    let found = known.into_iter().find(|provider| self::name(*provider) == name);
    found.map(Some).ok_or_else(|| serde::de::Error::custom(format!("there is no provider {name}")))
}

/// As the sandbox's own routes call the vendor.
pub(super) fn name(provider: Provider) -> &'static str {
    match provider {
        Provider::Deck => "deck",
        Provider::Apideck => "apideck",
        Provider::Codat => "codat",
        Provider::DeckV2 => "deck_v2",
    }
}

impl DeliveryRule {
    /// This fault, at every delivery.
    pub fn new(fault: DeliveryFault) -> Self {
        Self { fault, provider: None, left: None }
    }

    /// Only at this vendor.
    #[must_use]
    pub fn provider(mut self, provider: Provider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Only so often, then never again. All attempts of a delivery count as one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }
}

impl From<DeliveryFault> for DeliveryRule {
    fn from(fault: DeliveryFault) -> Self {
        Self::new(fault)
    }
}

/// Why the sandbox does not post to a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliverToError {
    /// It is no absolute URL.
    #[error("webhooks cannot be delivered there: it is no absolute URL")]
    NotAUrl,
    /// It is no `http` URL: the sandbox speaks no TLS.
    #[error("webhooks cannot be delivered there: the sandbox posts over plain http only")]
    NotHttp,
    /// Its host is neither a loopback address nor `localhost`.
    #[error("webhooks cannot be delivered there: the host is neither a loopback address nor localhost")]
    NotLoopback,
    /// It has credentials, a query or a fragment.
    #[error("webhooks cannot be delivered there: the URL has credentials, a query or a fragment")]
    NotABase,
    /// The thread that posts cannot be started.
    #[error("webhooks cannot be delivered: the thread that posts them does not start")]
    Thread(#[source] io::Error),
}
