//! What the vendors know, which of them answers a request, and what goes wrong on the way.

#[cfg(feature = "apideck")]
use super::apideck;
#[cfg(feature = "codat")]
use super::codat;
use super::control;
#[cfg(feature = "deck")]
use super::deck;
use super::exchange::{Asked, Reply, later};
use super::faults::{Delivery, Fault, Faults, Played};
use super::journal::{self, Journal, Mismatch, Request};
use super::random::Random;
use crate::Provider;
use crate::operation::Operation;
use bytes::Bytes;
use http::{StatusCode, request};
use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use url::form_urlencoded;

/// All state of one sandbox. It knows nothing of sockets.
pub(super) struct World {
    random: Random,
    clock: Mutex<Clock>,
    faults: Mutex<Faults>,
    journal: Mutex<Journal>,
    log: Option<Log>,
    #[cfg(feature = "deck")]
    deck: Mutex<deck::State>,
    #[cfg(feature = "apideck")]
    apideck: Mutex<apideck::State>,
    #[cfg(feature = "codat")]
    codat: Mutex<codat::State>,
}

/// Called with every request once it has been answered.
pub(super) type Log = Box<dyn Fn(&Request) + Send + Sync>;

/// The sandbox's time: the machine's or one that stands still, moved forward by what a test says.
#[derive(Clone, Copy, Default)]
pub(super) struct Clock {
    pub(super) stands_at: Option<SystemTime>,
    pub(super) advanced: Duration,
}

impl Clock {
    fn now(self) -> SystemTime {
        later(self.stands_at.unwrap_or_else(SystemTime::now), self.advanced)
    }
}

/// Where vendors are served.
#[derive(Clone, Copy)]
pub(super) struct Mount {
    /// The one vendor that is served, below its own base path; without one all are, each below its prefix.
    pub(super) only: Option<Provider>,
    /// `None` in memory.
    pub(super) address: Option<SocketAddr>,
}

impl Mount {
    pub(super) const MEMORY: Self = Self { only: None, address: None };

    /// How clients reach the vendor here: not by what they say in `Host`, which anybody can make up.
    pub(super) fn base_url(self, provider: Provider) -> Option<String> {
        let prefix = self.prefix(provider)?;
        Some(match self.address {
            Some(address) => format!("http://{address}{prefix}"),
            None => format!("http://localhost{prefix}"),
        })
    }

    /// The path of an operation, with the ids' names; `None` where its vendor is not served.
    pub(super) fn path_of(self, operation: &Operation) -> Option<String> {
        self.prefix(operation.provider()).map(|prefix| format!("{prefix}{}", operation.path()))
    }

    /// The path below which the vendor is served; Deck's ends as the real one does.
    fn prefix(self, provider: Provider) -> Option<&'static str> {
        match (self.only, provider) {
            (None, Provider::Deck) => Some("/deck/api/v1"),
            (None, Provider::Apideck) => Some("/apideck"),
            (None, Provider::Codat) => Some("/codat"),
            (Some(only), provider) if only != provider => None,
            (Some(_), Provider::Deck) => Some("/api/v1"),
            (Some(_), Provider::Apideck | Provider::Codat) => Some(""),
        }
    }
}

/// Where a request leads.
struct Route {
    provider: Provider,
    base_url: String,
    found: Option<(&'static Operation, Vec<String>)>,
}

impl World {
    pub(super) fn new(random: Random, clock: Clock, journal: Journal, log: Option<Log>) -> Self {
        Self {
            clock: Mutex::new(clock),
            faults: Mutex::default(),
            journal: Mutex::new(journal),
            log,
            #[cfg(feature = "deck")]
            deck: Mutex::default(),
            #[cfg(feature = "apideck")]
            apideck: Mutex::new(apideck::State::new(&random)),
            #[cfg(feature = "codat")]
            codat: Mutex::default(),
            random,
        }
    }

    /// Answers as the vendor would, unless a fault comes in between, and remembers it.
    pub(super) fn play(&self, mount: Mount, head: &request::Parts, body: &Bytes) -> Played {
        if let Some(reply) = control::answer(self, head, body) {
            return self.log_alone(mount, head, body, reply);
        }
        #[cfg(feature = "apideck")]
        if let Some(reply) = self.follow_link(mount, head) {
            return self.log_alone(mount, head, body, reply);
        }
        let route = route(mount, head);
        let mut request = asked_for(mount, route.as_ref(), head, body);
        let strike = |operation| lock(&self.faults).striking(operation, &self.random);
        let faults = request.operation.map(strike).unwrap_or_default();
        let answer = |fails| self.answer(route.as_ref(), head, body, fails);
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

    /// What Apideck answers the browser of a customer who follows one of its links. That is no request of a client: no
    /// fault strikes it, and it is not remembered.
    #[cfg(feature = "apideck")]
    fn follow_link(&self, mount: Mount, head: &request::Parts) -> Option<Reply> {
        let path = head.uri.path().strip_prefix(mount.prefix(Provider::Apideck)?)?;
        let query = head.uri.query().unwrap_or_default();
        (head.method == http::Method::GET).then(|| self.apideck().follow(path, query, self.now()))?
    }

    /// Refuses a request whose body cannot be had, before any vendor sees it, and remembers it.
    pub(super) fn refuse(&self, mount: Mount, head: &request::Parts, status: StatusCode) -> Played {
        if let Some(reply) = control::refuse(head, status) {
            return self.log_alone(mount, head, &Bytes::new(), reply);
        }
        let played = Played::new(Reply::empty(status));
        self.remember(asked_for(mount, route(mount, head).as_ref(), head, &Bytes::new()), &played);
        played
    }

    fn remember(&self, mut request: Request, played: &Played) {
        self.log(&mut request, played);
        lock(&self.journal).record(request);
    }

    /// What is no request of a client is logged, and not remembered.
    fn log_alone(&self, mount: Mount, head: &request::Parts, body: &Bytes, reply: Reply) -> Played {
        let played = Played::new(reply);
        self.log(&mut Request::new(mount, head, body), &played);
        played
    }

    fn log(&self, request: &mut Request, played: &Played) {
        let answered = !matches!(played.delivery, Delivery::Never | Delivery::Reset);
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
            base_url: base_url.clone(),
            now: self.now(),
            random: &self.random,
        };
        match provider {
            #[cfg(feature = "deck")]
            Provider::Deck => self.deck().answer(&asked),
            #[cfg(feature = "apideck")]
            Provider::Apideck => self.apideck().answer(&asked),
            #[cfg(feature = "codat")]
            Provider::Codat => self.codat().answer(&asked),
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
            Provider::Codat => self.codat().no_route(self.now(), &self.random),
            #[allow(unreachable_patterns, reason = "vendors that are not compiled in answer nothing")]
            _ => Reply::empty(StatusCode::NOT_FOUND),
        }
    }

    pub(super) fn random(&self) -> &Random {
        &self.random
    }

    pub(super) fn now(&self) -> SystemTime {
        lock(&self.clock).now()
    }

    pub(super) fn advance(&self, time: Duration) {
        let mut clock = lock(&self.clock);
        clock.advanced = clock.advanced.saturating_add(time);
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Whether all that was asked and expected is as it should be.
    pub(super) fn verify(&self) -> Result<(), Mismatch> {
        self.journal().verify()?;
        self.faults().operations().try_for_each(journal::known)
    }

    #[cfg(feature = "deck")]
    pub(super) fn deck(&self) -> MutexGuard<'_, deck::State> {
        lock(&self.deck)
    }

    #[cfg(feature = "apideck")]
    pub(super) fn apideck(&self) -> MutexGuard<'_, apideck::State> {
        lock(&self.apideck)
    }

    #[cfg(feature = "codat")]
    pub(super) fn codat(&self) -> MutexGuard<'_, codat::State> {
        lock(&self.codat)
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
    let vendors = [Provider::Deck, Provider::Apideck, Provider::Codat];
    vendors.into_iter().find_map(|provider| {
        let prefix = mount.prefix(provider)?;
        let path = head.uri.path().strip_prefix(prefix).filter(|rest| rest.starts_with('/'))?;
        let found = crate::operations()
            .filter(|operation| operation.provider() == provider && operation.method() == head.method)
            .find_map(|operation| Some((operation, ids(operation, path)?)));
        Some(Route { provider, base_url: mount.base_url(provider)?, found })
    })
}

/// The ids of a path that this operation has; `None` when it has not.
fn ids(operation: &Operation, path: &str) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    let mut segments = path.split('/');
    for expected in operation.path().split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') {
            ids.push(percent_decode(segment).filter(|id| !id.is_empty())?);
        } else if segment != expected {
            return None;
        }
    }
    segments.next().is_none().then_some(ids)
}

pub(super) fn percent_decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = tail else { return None };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        bytes.push(u8::try_from(16 * digit(high)? + digit(low)?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::percent_decode;

    #[test]
    fn two_hexadecimal_digits_make_a_byte_and_nothing_else_does() {
        assert_eq!(percent_decode("a%2Fb%c3%A9%25").as_deref(), Some("a/bé%"));
        for broken in ["%", "%4", "%+a", "%-1", "%g0", "%0x", "%ff"] {
            assert_eq!(percent_decode(broken), None, "{broken}");
        }
    }
}
