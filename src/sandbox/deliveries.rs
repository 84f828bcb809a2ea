//! What the vendors post to webhooks: to whom, when, how often, and what came of it.

use super::context::{Clock, lock};
use super::exchange::{later, read_seconds};
use super::random::Random;
use super::store::Store;
use crate::engine::is_loopback;
use crate::{Provider, Secret};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{fmt, io, sync::Arc, sync::Mutex};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
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
    order: u64,
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
    fault: DeliveryFault,
    #[serde(default, deserialize_with = "read_provider")]
    provider: Option<Provider>,
    #[serde(rename = "times")]
    left: Option<u32>,
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

/// What all vendors' outboxes share: the clock, what goes wrong, and where the sandbox really posts to.
pub(super) struct Office {
    clock: Arc<Mutex<Clock>>,
    rules: Mutex<Vec<DeliveryRule>>,
    target: Mutex<Option<Target>>,
    orders: AtomicU64,
}

struct Target {
    base: Url,
    postman: Postman,
}

/// What posts, until it is dropped.
pub(super) struct Postman {
    pub(super) asks: mpsc::UnboundedSender<oneshot::Sender<()>>,
    pub(super) task: AbortHandle,
}

impl Drop for Postman {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Office {
    pub(super) fn new(clock: Arc<Mutex<Clock>>) -> Arc<Self> {
        let (rules, target, orders) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        Arc::new(Self { clock, rules, target, orders })
    }

    pub(super) fn add_rule(&self, rule: DeliveryRule) {
        lock(&self.rules).push(rule);
    }

    pub(super) fn clear_rules(&self) {
        lock(&self.rules).clear();
    }

    /// What strikes an event's delivery, oldest rule first.
    fn striking(&self, provider: Provider) -> Vec<DeliveryFault> {
        let mut rules = lock(&self.rules);
        let applies = |rule: &DeliveryRule| rule.provider.is_none_or(|wanted| wanted == provider);
        let mut faults = Vec::new();
        for rule in rules.iter_mut().filter(|rule| applies(rule) && rule.left != Some(0)) {
            rule.left = rule.left.map(|left| left - 1);
            faults.push(rule.fault.clone());
        }
        rules.retain(|rule| rule.left != Some(0));
        faults
    }

    /// Posts to this base address from now on, by this postman where there is none yet.
    pub(super) fn post_to(&self, base: Url, start: impl FnOnce() -> io::Result<Postman>) -> io::Result<()> {
        let mut target = lock(&self.target);
        let postman = match target.take() {
            Some(Target { postman, .. }) => postman,
            None => start()?,
        };
        *target = Some(Target { base, postman });
        Ok(())
    }

    pub(super) fn stop_posting(&self) {
        let stopped = lock(&self.target).take();
        drop(stopped);
    }

    /// Whether what is due is really posted, and not only acted out.
    fn is_posting(&self) -> bool {
        lock(&self.target).is_some()
    }

    /// Where an endpoint's deliveries are posted to: its path and query, on this machine.
    fn posted_to(&self, endpoint: &Url) -> Option<Url> {
        let mut url = lock(&self.target).as_ref()?.base.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), endpoint.path()));
        url.set_query(endpoint.query());
        Some(url)
    }

    /// Asks for all that is due to be posted; what is received says that it has been.
    pub(super) fn ask(&self) -> Option<oneshot::Receiver<()>> {
        let (done, receiver) = oneshot::channel();
        lock(&self.target).as_ref()?.postman.asks.send(done).ok()?;
        Some(receiver)
    }
}

/// The base address that `deliver_to` takes: of this machine, and nothing else.
pub(super) fn base(url: &str) -> Result<Url, DeliverToError> {
    let url = Url::parse(url).map_err(|_| DeliverToError::NotAUrl)?;
    if url.scheme() != "http" {
        return Err(DeliverToError::NotHttp);
    }
    if !url.host_str().is_some_and(is_loopback) {
        return Err(DeliverToError::NotLoopback);
    }
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if has_credentials || url.query().is_some() || url.fragment().is_some() {
        return Err(DeliverToError::NotABase);
    }
    Ok(url)
}

/// Whether what is posted to this URL is answered where nothing is really posted. A name that ends in `.invalid` never
/// resolves.
pub(super) fn answers(url: &Url) -> bool {
    url.host_str().is_some_and(|host| !format!(".{host}").ends_with(".invalid"))
}

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
    sent: BTreeMap<u64, Sent>,
    due: BTreeSet<(SystemTime, u64)>,
    latest: u64,
    /// Since when every attempt has failed, by endpoint.
    failing: HashMap<String, SystemTime>,
}

impl Outbox {
    pub(super) fn new(office: &Arc<Office>, random: Random, policy: Policy) -> Self {
        Self {
            policy,
            office: office.clone(),
            random,
            sent: BTreeMap::new(),
            due: BTreeSet::new(),
            latest: 0,
            failing: HashMap::new(),
        }
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
        let (message, next) = (Arc::new(message), None);
        for number in 0..=copies {
            let (message, signature, is_copy) = (message.clone(), signature.clone(), number > 0);
            let sent = Sent {
                message,
                attempts: Vec::new(),
                next,
                is_copy,
                waited: Duration::ZERO,
                delay,
                signature,
            };
            self.latest += 1;
            self.sent.insert(self.latest, sent);
            self.plan(self.latest, Duration::ZERO);
        }
        while self.sent.len() > KEPT {
            let Some((number, sent)) = self.sent.pop_first() else { return };
            if let Some(next) = sent.next {
                self.due.remove(&(next, number));
            }
        }
    }

    /// Plans the next attempt that long after the last, or after the event.
    fn plan(&mut self, number: u64, wait: Duration) {
        let Some(sent) = self.sent.get_mut(&number) else { return };
        let since = sent.attempts.last().map_or(sent.message.at, |attempt| attempt.time);
        let first_delay = if sent.attempts.is_empty() { sent.delay } else { Duration::ZERO };
        let due = later(later(since, wait), first_delay);
        (sent.next, sent.waited) = (Some(due), wait);
        self.due.insert((due, number));
    }

    /// What has been tried, oldest first, without the copies that faults have made: each with an id for the vendor's log.
    pub(super) fn tried<'a, T>(&'a self, show: impl Fn(u64, &'a Sent) -> (String, T)) -> Store<T> {
        let tried = self.sent.iter().filter(|(_, sent)| !sent.is_copy && !sent.attempts.is_empty());
        Store::numbered(tried.map(|(number, sent)| (*number, show(*number, sent))), self.latest)
    }

    /// Forgets what is of no interest to the vendor any more.
    pub(super) fn retain(&mut self, keep: impl Fn(&Sent) -> bool) {
        let due = &mut self.due;
        self.sent.retain(|number, sent| {
            let keeps = keep(sent);
            if let Some(next) = sent.next.filter(|_| !keeps) {
                due.remove(&(next, *number));
            }
            keeps
        });
    }

    fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.sent.values().flat_map(|sent| &sent.attempts).filter(|attempt| !attempt.endpoint.is_empty())
    }

    fn forget_next(&mut self, number: u64) {
        let next = self.sent.get_mut(&number).and_then(|sent| sent.next.take());
        if let Some(next) = next {
            self.due.remove(&(next, number));
        }
    }

    fn attempt(&self, number: u64, endpoint: &Endpoint) -> Option<Attempt> {
        let sent = self.sent.get(&number)?;
        let (message, provider) = (&sent.message, self.policy.provider);
        let attempt = u32::try_from(sent.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (time, body) = (sent.next?, (message.body)(attempt));
        let signs_at = lock(&self.office.clock).of_receivers();
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

    /// Keeps what came of an attempt; the failure, if it was one that counts to the vendor.
    fn keep(&mut self, attempt: Attempt, status: Option<StatusCode>) -> Option<Failure> {
        let Attempt { number, mut delivery, .. } = attempt;
        delivery.status = status;
        delivery.is_accepted = status.is_some_and(self.policy.accepts);
        delivery.order = self.office.orders.fetch_add(1, Ordering::Relaxed);
        let (is_accepted, at) = (delivery.is_accepted, delivery.time);
        self.forget_next(number);
        let sent = self.sent.get_mut(&number)?;
        sent.attempts.push(delivery);
        let endpoint = sent.message.endpoint.clone();
        if sent.is_copy {
            return None;
        }
        if is_accepted {
            self.failing.remove(&endpoint);
            return None;
        }
        let wait = (self.policy.wait)(sent.attempts.len(), sent.waited, &self.random);
        if let Some(wait) = wait {
            self.plan(number, wait);
        }
        let since = *self.failing.entry(endpoint.clone()).or_insert(at);
        Some(Failure { endpoint, since, at, is_last: wait.is_none() })
    }
}

/// A delivery that is due.
pub(super) struct Attempt {
    number: u64,
    pub(super) delivery: Delivery,
    url: Option<Url>,
    pub(super) timeout: Duration,
}

/// An attempt that failed.
pub(super) struct Failure {
    /// The id of the endpoint.
    pub(super) endpoint: String,
    /// Since when all attempts there have failed.
    pub(super) since: SystemTime,
    pub(super) at: SystemTime,
    /// Whether the vendor gives this message up.
    pub(super) is_last: bool,
}

/// A vendor as what posts sees it.
pub(super) trait Vendor {
    fn outbox(&mut self) -> &mut Outbox;

    /// Does what time has brought by then.
    fn settle(&mut self, now: SystemTime);

    /// Where this endpoint is; `None` where it takes nothing, or is gone.
    fn endpoint(&self, id: &str) -> Option<Endpoint>;

    /// What the vendor does about an endpoint that fails.
    fn has_failed(&mut self, failure: &Failure);

    /// Does what time has brought, and acts out what is due to be posted unless it really is posted.
    fn catch_up(&mut self, now: SystemTime) {
        if self.outbox().office.is_posting() {
            return self.settle(now);
        }
        while let Some(attempt) = self.next_attempt(now) {
            let is_answered = attempt.url.as_ref().is_none_or(answers);
            self.record(attempt, is_answered.then_some(StatusCode::OK));
        }
    }

    /// What is due to be posted next, with its address; what is no webhook is acted out on the way.
    fn next_post(&mut self, now: SystemTime) -> Option<(Attempt, Url)> {
        loop {
            let attempt = self.next_attempt(now)?;
            let Some(url) = &attempt.url else {
                self.record(attempt, Some(StatusCode::OK));
                continue;
            };
            let url = self.outbox().office.posted_to(url)?;
            return Some((attempt, url));
        }
    }

    /// When the next attempt is due, if that has come.
    fn next_due(&mut self, now: SystemTime) -> Option<SystemTime> {
        let next = |vendor: &mut Self| vendor.outbox().due.first().map(|(due, _)| *due);
        let due = next(self).filter(|due| *due <= now);
        self.settle(due.unwrap_or(now));
        next(self).filter(|due| *due <= now)
    }

    fn next_attempt(&mut self, now: SystemTime) -> Option<Attempt> {
        while self.next_due(now).is_some() {
            let (_, number) = *self.outbox().due.first()?;
            let id = self.outbox().sent.get(&number).map(|sent| sent.message.endpoint.clone());
            let endpoint = id.and_then(|id| self.endpoint(&id));
            match endpoint.and_then(|endpoint| self.outbox().attempt(number, &endpoint)) {
                Some(attempt) => return Some(attempt),
                None => {
                    self.outbox().due.pop_first();
                    self.outbox().forget_next(number);
                }
            }
        }
        None
    }

    fn record(&mut self, attempt: Attempt, status: Option<StatusCode>) {
        if let Some(failure) = self.outbox().keep(attempt, status) {
            self.has_failed(&failure);
        }
    }

    /// All attempts so far, those of what is no webhook left out.
    fn deliveries(&mut self, now: SystemTime) -> Vec<Delivery> {
        self.catch_up(now);
        self.outbox().deliveries().cloned().collect()
    }
}

/// In the order in which they were due.
pub(super) fn in_order(mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.sort_by_key(|delivery| (delivery.time, delivery.order));
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
    let mut headers = BTreeMap::new();
    if matches!(provider, Provider::Codat | Provider::DeckV2) {
        headers.insert("webhook-id", id.to_owned());
        headers.insert("webhook-timestamp", seconds.to_string());
    }
    for (name, value) in secrets.iter().flat_map(|secret| signature(provider, secret, id, seconds, body)) {
        match headers.get_mut(name).filter(|_| name == "webhook-signature") {
            Some(signatures) => *signatures = format!("{signatures} {value}"),
            None => drop(headers.insert(name, value)),
        }
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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
