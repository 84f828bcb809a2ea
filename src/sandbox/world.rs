//! What the vendors know, which of them answers a request, and what goes wrong on the way.

#[cfg(feature = "apideck")]
use super::apideck;
#[cfg(feature = "codat")]
use super::codat;
use super::context::{Clock, Context, lock};
#[cfg(feature = "deck")]
use super::deck;
#[cfg(feature = "deck-v2")]
use super::deck_v2;
use super::deliveries::Delivery;
use super::exchange::{Asked, Reply};
use super::faults::{Fault, Faults, Played, Way};
use super::journal::{Journal, Mismatch, Request};
use super::mount::Mount;
use super::office::Office;
use super::outbox::{self, Attempt, Outbox, Policy, Vendor};
use super::random::Random;
use super::route::ROUTES;
use crate::Provider;
use crate::operation::Operation;
use bytes::Bytes;
use http::{StatusCode, request};
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use url::{Url, form_urlencoded};

/// All state of one sandbox. It knows nothing of sockets.
pub(super) struct World {
    context: Context,
    faults: Mutex<Faults>,
    journal: Mutex<Journal>,
    office: Arc<Office>,
    log: Option<Log>,
    #[cfg(feature = "deck")]
    deck: Mutex<deck::State>,
    #[cfg(feature = "apideck")]
    apideck: apideck::Apps,
    #[cfg(feature = "codat")]
    codat: Mutex<codat::State>,
    #[cfg(feature = "deck-v2")]
    deck_v2: Mutex<deck_v2::State>,
}

/// Called with every request once it has been answered.
pub(super) type Log = Box<dyn Fn(&Request) + Send + Sync>;

const VENDORS: [Provider; 4] = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2];

/// Who posts: a vendor, or one of its applications.
#[derive(Clone, Copy)]
pub(super) struct Posting {
    provider: Provider,
    app: usize,
}

/// Where a request leads.
struct Route {
    provider: Provider,
    base_url: String,
    found: Option<(&'static Operation, Vec<String>)>,
}

impl World {
    pub(super) fn new(random: Random, clock: Clock, journal: Journal, log: Option<Log>) -> Self {
        let context = Context::new(random, clock);
        let (office, random) = (Office::new(context.clock()), &context.random);
        let outbox = |policy: Policy| {
            let random = random.apart(policy.provider as u64);
            Outbox::new(&office, random, policy)
        };
        Self {
            faults: Mutex::default(),
            journal: Mutex::new(journal),
            log,
            #[cfg(feature = "deck")]
            deck: Mutex::new(deck::State::new(outbox(deck::POLICY))),
            #[cfg(feature = "codat")]
            codat: Mutex::new(codat::State::new(outbox(codat::POLICY))),
            #[cfg(feature = "deck-v2")]
            deck_v2: Mutex::new(deck_v2::State::new(outbox(deck_v2::POLICY))),
            // It draws, and nothing is drawn apart after that.
            #[cfg(feature = "apideck")]
            apideck: apideck::Apps::new(outbox(apideck::POLICY), random),
            office,
            context,
        }
    }

    /// Answers as the vendor would, unless a fault comes in between, and remembers it.
    pub(super) fn play(&self, mount: Mount, head: &request::Parts, body: &Bytes) -> Played {
        #[cfg(any(feature = "apideck", feature = "codat"))]
        if let Some(reply) = self.follow_link(mount, head) {
            return self.log_alone(mount, head, body, reply);
        }
        #[cfg(feature = "deck-v2")]
        if let Some(reply) = self.send_file(mount, head) {
            return self.log_alone(mount, head, body, reply);
        }
        let route = route(mount, head);
        let mut request = asked_for(mount, route.as_ref(), head, body);
        let strike = |operation| lock(&self.faults).striking(operation, &self.context.random);
        let faults = request.operation.map(strike).unwrap_or_default();
        let takes = faults.iter().map(Fault::latency).fold(Duration::ZERO, Duration::saturating_add);
        let answer = |fails| self.answer(route.as_ref(), head, body, fails, takes);
        let instead = faults.iter().find_map(|fault| match fault {
            Fault::ResetBefore => Some(Reply::empty(StatusCode::OK)),
            fault => fault.instead(|status| answer(Some(status))),
        });
        request.was_handled = instead.is_none() && request.operation.is_some();
        let mut reply = instead.unwrap_or_else(|| answer(None));
        faults.iter().for_each(|fault| fault.reshape(&mut reply));
        let mut played = Played::new(reply);
        faults.iter().for_each(|fault| fault.distort(&mut played));
        self.remember(request, &played);
        played
    }

    /// What the browser of a customer is answered who follows a vendor's link. That is no request of a client: no fault
    /// strikes it, and it is not remembered.
    #[cfg(any(feature = "apideck", feature = "codat"))]
    fn follow_link(&self, mount: Mount, head: &request::Parts) -> Option<Reply> {
        if head.method != http::Method::GET {
            return None;
        }
        let path = |provider| head.uri.path().strip_prefix(mount.prefix(provider)?);
        #[cfg(feature = "apideck")]
        if let Some(path) = path(Provider::Apideck) {
            return self.apideck().follow(path, head.uri.query().unwrap_or_default());
        }
        #[cfg(feature = "codat")]
        if let Some(path) = path(Provider::Codat) {
            return self.codat().follow(path);
        }
        None
    }

    /// What Deck v2's links to stored files lead to. That is no request of a client either.
    #[cfg(feature = "deck-v2")]
    fn send_file(&self, mount: Mount, head: &request::Parts) -> Option<Reply> {
        let path = head.uri.path().strip_prefix(mount.prefix(Provider::DeckV2)?)?;
        let query = head.uri.query().unwrap_or_default();
        let state = lock(&self.deck_v2);
        (head.method == http::Method::GET).then(|| state.file(path, query, self.context.now()))?
    }

    /// Refuses a request whose body cannot be had, before any vendor sees it, and remembers it.
    pub(super) fn refuse(&self, mount: Mount, head: &request::Parts, status: StatusCode) -> Played {
        let played = Played::new(Reply::empty(status));
        self.remember(asked_for(mount, route(mount, head).as_ref(), head, &Bytes::new()), &played);
        played
    }

    fn remember(&self, mut request: Request, played: &Played) {
        self.log(&mut request, played);
        lock(&self.journal).record(request);
    }

    /// What is no request of a client is logged, and not remembered.
    pub(super) fn log_alone(
        &self,
        mount: Mount,
        head: &request::Parts,
        body: &Bytes,
        reply: Reply,
    ) -> Played {
        let played = Played::new(reply);
        self.log(&mut Request::new(mount, head, body), &played);
        played
    }

    fn log(&self, request: &mut Request, played: &Played) {
        let answered = !matches!(played.way, Way::Never | Way::Reset);
        request.status = answered.then(|| played.response.status());
        if let Some(log) = &self.log {
            log(request);
        }
    }

    fn answer(
        &self,
        route: Option<&Route>,
        head: &request::Parts,
        body: &[u8],
        fails: Option<StatusCode>,
        takes: Duration,
    ) -> Reply {
        let Some(Route { provider, base_url, found }) = route else {
            return Reply::empty(StatusCode::NOT_FOUND);
        };
        let Some((operation, ids)) = found else { return self.no_route(*provider) };
        let query = head.uri.query().unwrap_or_default();
        let asked = Asked {
            operation,
            ids: ids.clone(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: &head.headers,
            body,
            fails,
            takes,
            base_url: base_url.clone(),
            now: self.context.now(),
            random: &self.context.random,
        };
        match provider {
            #[cfg(feature = "deck")]
            Provider::Deck => lock(&self.deck).answer(&asked),
            #[cfg(feature = "apideck")]
            Provider::Apideck => {
                let app = self.apideck.of(asked.header("x-apideck-app-id"));
                lock(app.unwrap_or(self.apideck.first())).answer(&asked)
            }
            #[cfg(feature = "codat")]
            Provider::Codat => lock(&self.codat).answer(&asked),
            #[cfg(feature = "deck-v2")]
            Provider::DeckV2 => lock(&self.deck_v2).answer(&asked),
            #[allow(unreachable_patterns, reason = "vendors that are not compiled in answer nothing")]
            _ => Reply::empty(StatusCode::NOT_FOUND),
        }
    }

    /// What this vendor says of an operation that it does not have.
    fn no_route(&self, provider: Provider) -> Reply {
        match provider {
            #[cfg(feature = "deck")]
            Provider::Deck => deck::no_route(),
            #[cfg(feature = "apideck")]
            Provider::Apideck => apideck::no_route(),
            #[cfg(feature = "codat")]
            Provider::Codat => lock(&self.codat).no_route(self.context.now(), &self.context.random),
            #[cfg(feature = "deck-v2")]
            Provider::DeckV2 => lock(&self.deck_v2).no_route(),
            #[allow(unreachable_patterns, reason = "vendors that are not compiled in answer nothing")]
            _ => Reply::empty(StatusCode::NOT_FOUND),
        }
    }

    pub(super) fn advance(&self, time: Duration) {
        self.context.advance(time);
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(super) fn clear_faults(&self) {
        self.faults().clear();
        self.office.clear_rules();
    }

    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Whether all that was asked and expected is as it should be.
    pub(super) fn verify(&self) -> Result<(), Mismatch> {
        self.journal().verify()
    }

    /// Adds an application of this id at Apideck.
    #[cfg(feature = "apideck")]
    pub(super) fn add_apideck_app(&mut self, app_id: String) {
        let random = self.context.random.apart(apideck::POLICY.provider as u64);
        let outbox = Outbox::new(&self.office, random, apideck::POLICY);
        self.apideck.add(app_id, outbox, &self.context.random);
    }

    /// What Apideck knows its account and its first application by.
    #[cfg(feature = "apideck")]
    pub(super) fn set_apideck_credentials(&self, credentials: apideck::Credentials) {
        self.apideck.set_credentials(credentials);
    }

    /// Who may have something to post: each vendor, and at Apideck each application.
    fn posting(&self) -> Vec<Posting> {
        let mut posting = Vec::new();
        for provider in VENDORS {
            let count = match provider {
                #[cfg(feature = "apideck")]
                Provider::Apideck => self.apideck.all().count(),
                _ => 1,
            };
            posting.extend((0..count).map(|app| Posting { provider, app }));
        }
        posting
    }

    /// Lets a vendor be seen as what posts sees it.
    fn vendor<T>(&self, posting: Posting, see: impl FnOnce(&mut dyn Vendor) -> T) -> Option<T> {
        Some(match posting.provider {
            #[cfg(feature = "deck")]
            Provider::Deck => see(&mut *lock(&self.deck)),
            #[cfg(feature = "apideck")]
            Provider::Apideck => see(&mut *lock(self.apideck.all().nth(posting.app)?)),
            #[cfg(feature = "codat")]
            Provider::Codat => see(&mut *lock(&self.codat)),
            #[cfg(feature = "deck-v2")]
            Provider::DeckV2 => see(&mut *lock(&self.deck_v2)),
            #[allow(unreachable_patterns, reason = "vendors that are not compiled in post nothing")]
            _ => return None,
        })
    }

    /// Every attempt to deliver an event so far.
    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        let now = self.context.now();
        let mut told = Vec::new();
        for posting in self.posting() {
            self.vendor(posting, |vendor| outbox::tell_deliveries(vendor, now, &mut told));
        }
        outbox::in_order(told)
    }

    /// What is due to be posted next, and where to.
    pub(super) fn next_post(&self) -> Option<(Posting, Attempt, Url)> {
        let now = self.context.now();
        let due = |posting| {
            let due = self.vendor(posting, |vendor| outbox::next_due(vendor, now))??;
            Some((due, posting))
        };
        let mut due: Vec<_> = self.posting().into_iter().filter_map(due).collect();
        while let Some((first, _)) = due.iter().enumerate().min_by_key(|(_, (due, _))| *due) {
            let (_, posting) = due.remove(first);
            if let Some((attempt, url)) =
                self.vendor(posting, |vendor| outbox::next_post(vendor, now)).flatten()
            {
                return Some((posting, attempt, url));
            }
        }
        None
    }

    /// What came of a post.
    pub(super) fn record(&self, posting: Posting, attempt: Attempt, status: Option<StatusCode>) {
        self.vendor(posting, |vendor| outbox::record(vendor, attempt, status));
    }

    pub(super) fn office(&self) -> &Office {
        &self.office
    }

    /// Waits until all that is due has been posted.
    pub(super) async fn deliver(&self) {
        match self.office.ask() {
            Some(posted) => drop(posted.await),
            None => drop(self.deliveries()),
        }
    }

    #[cfg(feature = "deck")]
    pub(super) fn deck(&self) -> deck::Deck<'_> {
        deck::Deck::new(&self.deck, &self.context)
    }

    #[cfg(feature = "apideck")]
    pub(super) fn apideck(&self) -> apideck::Apideck<'_> {
        apideck::Apideck::new(&self.apideck, &self.context)
    }

    #[cfg(feature = "codat")]
    pub(super) fn codat(&self) -> codat::Codat<'_> {
        codat::Codat::new(&self.codat, &self.context)
    }

    #[cfg(feature = "deck-v2")]
    pub(super) fn deck_v2(&self) -> deck_v2::DeckV2<'_> {
        deck_v2::DeckV2::new(&self.deck_v2, &self.context)
    }
}

/// The request as it is remembered.
fn asked_for(mount: Mount, route: Option<&Route>, head: &request::Parts, body: &Bytes) -> Request {
    let mut request = Request::new(mount, head, body);
    if let Some((operation, ids)) = route.and_then(|route| route.found.as_ref()) {
        request.operation = Some(operation);
        request.ids.clone_from(ids);
    }
    request
}

/// The vendor that is meant, and its operation if it has one there.
fn route(mount: Mount, head: &request::Parts) -> Option<Route> {
    VENDORS.into_iter().find_map(|provider| {
        let prefix = mount.prefix(provider)?;
        let path = head.uri.path().strip_prefix(prefix).filter(|rest| rest.starts_with('/'))?;
        let found = ROUTES.find(provider, &head.method, path);
        Some(Route { provider, base_url: mount.base_url(provider)?, found })
    })
}
