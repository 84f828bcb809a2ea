use crate::{Provider, Timestamp};
use bytes::Bytes;
use std::{fmt, time::SystemTime};

/// A verified delivery: one event, as a vendor posted it to your webhook.
///
/// Vendors deliver at least once and in any order. Keep the [`id`](Self::id) in the transaction that does the work, and skip a
/// delivery whose id is there already. `Debug` shows neither the body nor the event.
#[derive(Clone, PartialEq)]
pub struct Delivery<E> {
    pub(crate) provider: Provider,
    pub(crate) id: String,
    pub(crate) event_type: Option<String>,
    pub(crate) attempt: Option<u32>,
    pub(crate) time: Option<Timestamp>,
    pub(crate) sent_at: Option<SystemTime>,
    pub(crate) body: Bytes,
    pub(crate) event: E,
}

impl<E> Delivery<E> {
    /// The vendor that it comes from.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// What is the same whenever the same event is delivered again.
    ///
    /// Of which parts it is made depends on the vendor, and so does for how long to keep it: `docs/events.md` has the
    /// table. At Deck v1 another event that says the same has the same id, too. It holds no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The event's type in the vendor's own words, such as `connection.connected`; `None` where the body has none.
    ///
    /// Deck v1 tells it in two words, `webhook_type` and `webhook_code`: they have a dot between them.
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// Which try of the vendor's it is, from 1. Only Apideck tells it.
    pub fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// When it happened, as the vendor wrote it. Deck v1 does not tell it.
    ///
    /// What came later by this clock is newer, whatever the order of arrival.
    pub fn time(&self) -> Option<&Timestamp> {
        self.time.as_ref()
    }

    /// When this try was sent, as it is signed: Codat and Deck v2 only.
    pub fn sent_at(&self) -> Option<SystemTime> {
        self.sent_at
    }

    /// The text that was signed, decrypted where it was encrypted: JSON as a rule.
    ///
    /// Apideck signs a text that it does not send, the body with its keys sorted: it is that text.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What has happened.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// What has happened, without the delivery.
    pub fn into_event(self) -> E {
        self.event
    }
}

impl<E> fmt::Debug for Delivery<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("provider", &self.provider)
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("attempt", &self.attempt)
            .field("time", &self.time)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}
