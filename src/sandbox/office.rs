//! What all vendors' outboxes share: the clock, what goes wrong, and where the sandbox really posts to.

use super::context::{Clock, lock};
use super::deliveries::{DeliverToError, DeliveryFault, DeliveryRule};
use crate::Provider;
use crate::engine::is_loopback;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use std::{io, sync::Arc, sync::Mutex};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use url::Url;

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

    /// The time of whoever a delivery is for.
    pub(super) fn receivers_time(&self) -> SystemTime {
        lock(&self.clock).of_receivers()
    }

    /// A number that grows with each delivery of any vendor.
    pub(super) fn next_order(&self) -> u64 {
        self.orders.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn add_rule(&self, rule: DeliveryRule) {
        lock(&self.rules).push(rule);
    }

    pub(super) fn clear_rules(&self) {
        lock(&self.rules).clear();
    }

    /// What strikes an event's delivery, oldest rule first.
    pub(super) fn striking(&self, provider: Provider) -> Vec<DeliveryFault> {
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
    pub(super) fn post_to(&self, base: Url, start: &dyn Fn() -> io::Result<Postman>) -> io::Result<()> {
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
    pub(super) fn is_posting(&self) -> bool {
        lock(&self.target).is_some()
    }

    /// Where an endpoint's deliveries are posted to: its path and query, on this machine.
    pub(super) fn posted_to(&self, endpoint: &Url) -> Option<Url> {
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
