//! What the vendors know, and which of them answers a request.

#[cfg(feature = "apideck")]
use super::apideck;
#[cfg(feature = "codat")]
use super::codat;
#[cfg(feature = "deck")]
use super::deck;
use super::exchange::{Asked, Reply};
use crate::{Operation, Provider};
use http::{StatusCode, request};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use url::form_urlencoded;

/// All state of one sandbox. It knows nothing of sockets.
#[derive(Default)]
pub(super) struct World {
    /// How far the clock has been moved.
    advanced: Mutex<Duration>,
    #[cfg(feature = "deck")]
    deck: Mutex<deck::State>,
    #[cfg(feature = "apideck")]
    apideck: Mutex<apideck::State>,
    #[cfg(feature = "codat")]
    codat: Mutex<codat::State>,
}

/// The path below which the sandbox acts as this vendor; Deck's ends as the real one does.
pub(super) fn prefix(provider: Provider) -> &'static str {
    match provider {
        Provider::Deck => "/deck/api/v1",
        Provider::Apideck => "/apideck",
        Provider::Codat => "/codat",
    }
}

impl World {
    /// Answers as the vendor would.
    pub(super) fn answer(&self, head: &request::Parts, body: &[u8]) -> Reply {
        let path = head.uri.path();
        let vendors = [Provider::Deck, Provider::Apideck, Provider::Codat];
        let found = vendors.into_iter().find_map(|provider| Some((provider, below(path, prefix(provider))?)));
        let Some((provider, path)) = found else { return Reply::empty(StatusCode::NOT_FOUND) };
        let route = crate::operations()
            .filter(|operation| operation.provider() == provider && operation.method() == head.method)
            .find_map(|operation| Some((operation, ids(operation, path)?)));
        let Some((operation, ids)) = route else { return no_route(provider) };
        let host = head.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let query = head.uri.query().unwrap_or_default();
        let asked = Asked {
            operation,
            ids,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: &head.headers,
            body,
            base_url: format!("http://{host}{}", prefix(provider)),
            now: self.now(),
        };
        match provider {
            #[cfg(feature = "deck")]
            Provider::Deck => self.deck().answer(&asked),
            #[cfg(feature = "apideck")]
            Provider::Apideck => self.apideck().answer(&asked),
            #[cfg(feature = "codat")]
            Provider::Codat => self.codat().answer(&asked),
            #[allow(unreachable_patterns, reason = "vendors that are not compiled in have no operations")]
            _ => Reply::empty(StatusCode::NOT_FOUND),
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        SystemTime::now() + *lock(&self.advanced)
    }

    pub(super) fn advance(&self, time: Duration) {
        let mut advanced = lock(&self.advanced);
        *advanced = advanced.saturating_add(time);
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

fn no_route(provider: Provider) -> Reply {
    match provider {
        #[cfg(feature = "apideck")]
        Provider::Apideck => apideck::no_route(),
        #[cfg(feature = "codat")]
        Provider::Codat => codat::no_route(),
        _ => Reply::empty(StatusCode::NOT_FOUND),
    }
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

fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    path.strip_prefix(prefix).filter(|rest| rest.starts_with('/'))
}

fn percent_decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail.get(2..)?;
    }
    String::from_utf8(bytes).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
