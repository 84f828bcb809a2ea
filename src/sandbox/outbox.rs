//! What the vendors post to webhooks: to whom, when, how often, and what came of it.

use super::deliveries::{Delivery, DeliveryFault};
use super::exchange::later;
use super::office::{Office, answers};
use super::random::Random;
use super::store::Store;
use crate::{Provider, Secret};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

/// A sandbox may run for weeks: of each vendor it keeps so many messages, the latest.
const KEPT: usize = 10_000;

/// What says how a message travels: nobody who wants headers sent along decides on that.
const OF_THE_CONNECTION: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// How a vendor posts.
#[derive(Clone, Copy)]
pub(super) struct Policy {
    pub(super) provider: Provider,
    /// How long it waits for the answer.
    pub(super) timeout: Duration,
    pub(super) accepts: fn(StatusCode) -> bool,
    /// How long after so many attempts that failed the next is due, the last wait being this; `None` where it gives up.
    pub(super) wait: fn(usize, Duration, &Random) -> Option<Duration>,
}

/// An event on its way to one endpoint.
pub(super) struct Message {
    /// The same for every attempt.
    pub(super) id: String,
    pub(super) event_type: String,
    /// The id of the endpoint at its vendor.
    pub(super) endpoint: String,
    /// Beside those of the signature.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body of each attempt.
    pub(super) body: Body,
    /// What the vendor's log knows of it.
    pub(super) about: Value,
    /// When it was first due.
    pub(super) at: SystemTime,
}

pub(super) type Body = Arc<dyn Fn(u32) -> Bytes + Send + Sync>;

/// A body that is the same in every attempt.
pub(super) fn fixed(body: &Value) -> Body {
    let body = Bytes::from(body.to_string());
    Arc::new(move |_| body.clone())
}

/// A message and what has come of it so far.
pub(super) struct Sent {
    /// It grows from one to the next.
    number: u64,
    pub(super) message: Arc<Message>,
    pub(super) attempts: Vec<Delivery>,
    /// When the next attempt is due; `None` where it has been delivered or given up.
    pub(super) next: Option<SystemTime>,
    /// A fault has made it out of another: it is nothing to the vendor.
    pub(super) is_copy: bool,
    waited: Duration,
    delay: Duration,
    signature: Signature,
}

#[derive(Clone)]
enum Signature {
    Right,
    Wrong,
    With(Secret),
}

/// Where a vendor's deliveries go just now.
pub(super) struct Endpoint {
    /// `None` for what is no webhook: it is acted out, and shown in the vendor's log alone.
    pub(super) url: Option<Url>,
    /// The vendor signs with each of them.
    pub(super) secrets: Vec<Secret>,
    /// What the owner wants sent along.
    pub(super) headers: Vec<(String, String)>,
}

/// Whether this is a secret in the form of Standard Webhooks: `whsec_` and base64.
pub(super) fn is_standard_secret(secret: &str) -> bool {
    let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
    key.is_some_and(|key| !key.is_empty())
}

/// A webhook's secret, and the one before, with which the vendor signs too for a day.
pub(super) struct Secrets {
    pub(super) latest: Secret,
    previous: Option<(Secret, SystemTime)>,
}

impl Secrets {
    pub(super) fn new(latest: Secret) -> Self {
        Self { latest, previous: None }
    }

    pub(super) fn rotate(&mut self, secret: Secret, now: SystemTime) {
        const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);
        let before = std::mem::replace(&mut self.latest, secret);
        self.previous = Some((before, later(now, GOOD_FOR)));
    }

    pub(super) fn good_at(&self, now: SystemTime) -> Vec<Secret> {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        [&self.latest].into_iter().chain(previous).cloned().collect()
    }
}

/// What a vendor posts, has posted, and will post again.
pub(super) struct Outbox {
    policy: Policy,
    office: Arc<Office>,
    /// Of its own, so that an event changes no id beside.
    random: Random,
    /// In the order of their numbers.
    sent: Vec<Sent>,
    /// When the next attempts are due, and of which numbers: the first one comes first.
    due: Vec<(SystemTime, u64)>,
    latest: u64,
}

impl Outbox {
    pub(super) fn new(office: &Arc<Office>, random: Random, policy: Policy) -> Self {
        Self { policy, office: office.clone(), random, sent: Vec::new(), due: Vec::new(), latest: 0 }
    }

    /// An id for an event or a message.
    pub(super) fn new_id(&self) -> uuid::Uuid {
        self.random.uuid()
    }

    /// A secret in the form of Standard Webhooks.
    pub(super) fn new_secret(&self) -> Secret {
        let bytes = [self.new_id().into_bytes(), self.new_id().into_bytes()].concat();
        format!("whsec_{}", BASE64_STANDARD.encode(bytes)).into()
    }

    pub(super) fn send(&mut self, message: Message) {
        let (mut delay, mut copies, mut signature) = (Duration::ZERO, 0, Signature::Right);
        for fault in self.office.striking(self.policy.provider) {
            match fault {
                DeliveryFault::Twice => copies += 1,
                DeliveryFault::Late(by) => delay = delay.saturating_add(by),
                DeliveryFault::WrongSignature => signature = Signature::Wrong,
                DeliveryFault::SignedWith(secret) => signature = Signature::With(secret),
            }
        }
        let message = Arc::new(message);
        for copy in 0..=copies {
            self.latest += 1;
            self.sent.push(Sent {
                number: self.latest,
                message: message.clone(),
                attempts: Vec::new(),
                next: None,
                is_copy: copy > 0,
                waited: Duration::ZERO,
                delay,
                signature: signature.clone(),
            });
            self.plan(self.latest, Duration::ZERO);
        }
        let surplus = self.sent.len().saturating_sub(KEPT);
        for forgotten in self.sent.drain(..surplus) {
            self.due.retain(|(_, number)| *number != forgotten.number);
        }
    }

    fn sent(&self, number: u64) -> Option<&Sent> {
        let place = self.sent.binary_search_by_key(&number, |sent| sent.number).ok()?;
        self.sent.get(place)
    }

    fn sent_mut(&mut self, number: u64) -> Option<&mut Sent> {
        let place = self.sent.binary_search_by_key(&number, |sent| sent.number).ok()?;
        self.sent.get_mut(place)
    }

    /// Plans the next attempt that long after the last, or after the event.
    fn plan(&mut self, number: u64, wait: Duration) {
        let Some(sent) = self.sent_mut(number) else { return };
        let since = sent.attempts.last().map_or(sent.message.at, |attempt| attempt.time);
        let first_delay = if sent.attempts.is_empty() { sent.delay } else { Duration::ZERO };
        let due = later(later(since, wait), first_delay);
        (sent.next, sent.waited) = (Some(due), wait);
        let place = self.due.partition_point(|known| *known < (due, number));
        self.due.insert(place, (due, number));
    }

    /// What has been tried, oldest first, without the copies that faults have made: each with an id for the vendor's log.
    pub(super) fn tried<'a, T>(&'a self, show: impl Fn(u64, &'a Sent) -> (String, T)) -> Store<T> {
        let tried = self.sent.iter().filter(|sent| !sent.is_copy && !sent.attempts.is_empty());
        let shown = tried.map(|sent| {
            let (id, item) = show(sent.number, sent);
            (sent.number, id, item)
        });
        Store::numbered(shown, self.latest)
    }

    /// Forgets what is of no interest to the vendor any more.
    pub(super) fn retain(&mut self, keep: &dyn Fn(&Sent) -> bool) {
        if self.sent.iter().all(keep) {
            return;
        }
        self.sent.retain(keep);
        let kept = std::mem::take(&mut self.due);
        self.due = kept.into_iter().filter(|(_, number)| self.sent(*number).is_some()).collect();
    }

    fn forget_next(&mut self, number: u64) {
        self.due.retain(|(_, due)| *due != number);
        if let Some(sent) = self.sent_mut(number) {
            sent.next = None;
        }
    }

    fn attempt(&self, number: u64, endpoint: &Endpoint) -> Option<Attempt> {
        let sent = self.sent(number)?;
        let (message, provider) = (&sent.message, self.policy.provider);
        let attempt = u32::try_from(sent.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (time, body) = (sent.next?, (message.body)(attempt));
        let signs_at = self.office.receivers_time();
        let signs_at = signs_at.checked_sub(sent.delay).unwrap_or(SystemTime::UNIX_EPOCH);
        let signed = match &sent.signature {
            Signature::Right => sign(provider, &endpoint.secrets, &message.id, signs_at, &body),
            Signature::With(secret) => {
                sign(provider, std::slice::from_ref(secret), &message.id, signs_at, &body)
            }
            Signature::Wrong => {
                sign(provider, &endpoint.secrets, &message.id, signs_at, br#"{"another":"body"}"#)
            }
        };
        let mut headers = HeaderMap::new();
        // The vendor's own come last: what the owner wants sent along replaces none of them.
        let own = message.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let own = [("content-type".to_owned(), "application/json".to_owned())].into_iter().chain(own);
        for (name, value) in endpoint.headers.iter().cloned().chain(own).chain(signed) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        OF_THE_CONNECTION.iter().for_each(|name| drop(headers.remove(name)));
        let delivery = Delivery {
            provider,
            event_type: message.event_type.clone(),
            endpoint: endpoint.url.as_ref().map(Url::to_string).unwrap_or_default(),
            attempt,
            time,
            headers,
            body,
            status: None,
            is_accepted: false,
            order: 0,
        };
        Some(Attempt { number, delivery, url: endpoint.url.clone(), timeout: self.policy.timeout })
    }

    /// Keeps what came of an attempt; the outcome, if it is one that counts to the vendor.
    fn keep(&mut self, attempt: Attempt, status: Option<StatusCode>) -> Option<Outcome> {
        let Attempt { number, mut delivery, .. } = attempt;
        delivery.status = status;
        delivery.is_accepted = status.is_some_and(self.policy.accepts);
        delivery.order = self.office.next_order();
        let (is_accepted, at) = (delivery.is_accepted, delivery.time);
        self.forget_next(number);
        let sent = self.sent_mut(number)?;
        sent.attempts.push(delivery);
        let (endpoint, failed, waited) = (sent.message.endpoint.clone(), sent.attempts.len(), sent.waited);
        if sent.is_copy {
            return None;
        }
        if is_accepted {
            return Some(Outcome { endpoint, at, kind: OutcomeKind::Accepted });
        }
        let wait = (self.policy.wait)(failed, waited, &self.random);
        if let Some(wait) = wait {
            self.plan(number, wait);
        }
        let kind = if wait.is_some() { OutcomeKind::Failed } else { OutcomeKind::GivenUp };
        Some(Outcome { endpoint, at, kind })
    }
}

/// A delivery that is due.
pub(super) struct Attempt {
    number: u64,
    pub(super) delivery: Delivery,
    url: Option<Url>,
    pub(super) timeout: Duration,
}

/// What came of an attempt.
pub(super) struct Outcome {
    /// The id of the endpoint.
    pub(super) endpoint: String,
    pub(super) at: SystemTime,
    pub(super) kind: OutcomeKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OutcomeKind {
    Accepted,
    /// It is tried again.
    Failed,
    /// It was the last attempt of this message.
    GivenUp,
}

/// A vendor as what posts sees it.
pub(super) trait Vendor {
    fn outbox(&mut self) -> &mut Outbox;

    /// Does what time has brought by then.
    fn settle(&mut self, now: SystemTime);

    /// Where this endpoint is; `None` where it takes nothing, or is gone.
    fn endpoint(&self, id: &str) -> Option<Endpoint>;

    /// What the vendor does about what came of an attempt.
    fn learn(&mut self, outcome: &Outcome);
}

/// Does what time has brought, and acts out what is due to be posted unless it really is posted.
pub(super) fn catch_up(vendor: &mut dyn Vendor, now: SystemTime) {
    if vendor.outbox().office.is_posting() {
        return vendor.settle(now);
    }
    while let Some(attempt) = next_attempt(vendor, now) {
        let is_answered = attempt.url.as_ref().is_none_or(answers);
        record(vendor, attempt, is_answered.then_some(StatusCode::OK));
    }
}

/// What is due to be posted next, with its address; what is no webhook is acted out on the way.
pub(super) fn next_post(vendor: &mut dyn Vendor, now: SystemTime) -> Option<(Attempt, Url)> {
    loop {
        let attempt = next_attempt(vendor, now)?;
        let Some(url) = &attempt.url else {
            record(vendor, attempt, Some(StatusCode::OK));
            continue;
        };
        let url = vendor.outbox().office.posted_to(url)?;
        return Some((attempt, url));
    }
}

/// When the next attempt is due, if that has come.
pub(super) fn next_due(vendor: &mut dyn Vendor, now: SystemTime) -> Option<SystemTime> {
    let next = |vendor: &mut dyn Vendor| vendor.outbox().due.first().map(|(due, _)| *due);
    let due = next(vendor).filter(|due| *due <= now);
    vendor.settle(due.unwrap_or(now));
    next(vendor).filter(|due| *due <= now)
}

fn next_attempt(vendor: &mut dyn Vendor, now: SystemTime) -> Option<Attempt> {
    while next_due(vendor, now).is_some() {
        let (_, number) = *vendor.outbox().due.first()?;
        let id = vendor.outbox().sent(number).map(|sent| sent.message.endpoint.clone());
        let endpoint = id.and_then(|id| vendor.endpoint(&id));
        match endpoint.and_then(|endpoint| vendor.outbox().attempt(number, &endpoint)) {
            Some(attempt) => return Some(attempt),
            None => vendor.outbox().forget_next(number),
        }
    }
    None
}

/// Keeps what came of an attempt.
pub(super) fn record(vendor: &mut dyn Vendor, attempt: Attempt, status: Option<StatusCode>) {
    if let Some(outcome) = vendor.outbox().keep(attempt, status) {
        vendor.learn(&outcome);
    }
}

/// Adds all attempts so far, those of what is no webhook left out.
pub(super) fn tell_deliveries(vendor: &mut dyn Vendor, now: SystemTime, told: &mut Vec<Delivery>) {
    catch_up(vendor, now);
    for sent in &vendor.outbox().sent {
        for attempt in &sent.attempts {
            if !attempt.endpoint.is_empty() {
                told.push(attempt.clone());
            }
        }
    }
}

/// In the order in which they were due.
pub(super) fn in_order(mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.sort_unstable_by_key(|delivery| (delivery.time, delivery.order));
    deliveries
}

/// The headers of a signature by each of the secrets; without the feature `events` those alone that are no signature.
fn sign(
    provider: Provider,
    secrets: &[Secret],
    id: &str,
    at: SystemTime,
    body: &[u8],
) -> Vec<(String, String)> {
    let since_epoch = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
    let mut headers: Vec<(String, String)> = Vec::new();
    if matches!(provider, Provider::Codat | Provider::DeckV2) {
        headers.push(("webhook-id".to_owned(), id.to_owned()));
        headers.push(("webhook-timestamp".to_owned(), seconds.to_string()));
    }
    for (name, value) in secrets.iter().flat_map(|secret| signature(provider, secret, id, seconds, body)) {
        match headers.iter_mut().find(|(known, _)| known == name && name == "webhook-signature") {
            Some((_, signatures)) => *signatures = format!("{signatures} {value}"),
            None => headers.push((name.to_owned(), value)),
        }
    }
    headers
}

/// As the vendor signs; nothing with a secret of the wrong form.
#[cfg(feature = "events")]
fn signature(
    provider: Provider,
    secret: &Secret,
    id: &str,
    seconds: i64,
    body: &[u8],
) -> Vec<(&'static str, String)> {
    let signed = match provider {
        #[cfg(feature = "deck")]
        Provider::Deck => crate::deck::events::sign(secret, body),
        #[cfg(feature = "apideck")]
        Provider::Apideck => crate::apideck::events::sign(secret, body),
        #[cfg(feature = "codat")]
        Provider::Codat => crate::codat::events::sign(secret, id, seconds, body),
        #[cfg(feature = "deck-v2")]
        Provider::DeckV2 => crate::deck_v2::events::sign(secret, id, seconds, body),
        #[allow(unreachable_patterns, reason = "vendors that are not compiled in post nothing")]
        _ => Ok(Vec::new()),
    };
    signed.unwrap_or_default()
}

#[cfg(not(feature = "events"))]
fn signature(_: Provider, _: &Secret, _: &str, _: i64, _: &[u8]) -> Vec<(&'static str, String)> {
    Vec::new()
}
