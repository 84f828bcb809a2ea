//! A request as the vendors see it, and their answer.

use super::body;
use super::random::Random;
use super::route::placeholder;
use crate::operation::Operation;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A request that has found its operation.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    pub(super) operation: &'static Operation,
    /// The ids of the path, decoded, in the order of its template.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    /// What the vendor was told to answer, whatever is asked.
    pub(super) fails: Option<StatusCode>,
    /// How long the vendor takes to answer, on the clock that faults wait by: tokio's.
    pub(super) takes: Duration,
    /// Where the vendor is, without a slash at the end.
    pub(super) base_url: String,
    pub(super) now: SystemTime,
    pub(super) random: &'a Random,
}

impl Asked<'_> {
    /// Whether this is asked for.
    pub(super) fn is(&self, operation: &Operation) -> bool {
        ptr::eq(self.operation, operation)
    }

    /// Lets the operation's handler answer; 501 where none of the groups has one.
    pub(super) fn carry_out<S>(&self, groups: &[Handlers<S>], state: &mut S) -> Step {
        let mut handlers = groups.iter().copied().flatten();
        match handlers.find(|(operation, _)| self.is(operation)) {
            Some((_, handler)) => handler(state, self),
            None => Err(Reply::empty(StatusCode::NOT_IMPLEMENTED)),
        }
    }

    /// The id that the path's template calls so. Another name is a mistake of the sandbox's: 501, which its tests see.
    pub(super) fn id(&self, name: &str) -> Result<&str, Reply> {
        let names = self.operation.path().split('/').filter_map(placeholder);
        let mut ids = names.zip(&self.ids);
        let found = ids.find(|(known, _)| *known == name).map(|(_, id)| id.as_str());
        found.ok_or_else(|| Reply::empty(StatusCode::NOT_IMPLEMENTED))
    }

    /// A header's value; empty when it is absent or not text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The body, which is an object with the vendors.
    pub(super) fn json<T: body::Body>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(self.body).and_then(T::of)
    }

    /// The texts of a body that has these members alone.
    pub(super) fn texts<const N: usize>(
        &self,
        names: &'static [&'static str; N],
    ) -> serde_json::Result<[String; N]> {
        serde_json::from_slice(self.body).and_then(|members| body::texts(members, names))
    }

    pub(super) fn now_millis(&self) -> u64 {
        millis(self.now)
    }
}

/// How a vendor answers one operation.
pub(super) type Handler<S> = fn(&mut S, &Asked<'_>) -> Step;

/// A group's operations, each with what answers it.
pub(super) type Handlers<S> = &'static [(&'static Operation, Handler<S>)];

/// What a step of a flow comes to: an answer, or a refusal.
pub(super) type Step = Result<Reply, Reply>;

/// A moment later by this much, kept where a date can say it: from 1970 to the end of 9998, so that there is room for
/// what ends in a day or an hour from then.
pub(super) fn later(time: SystemTime, by: Duration) -> SystemTime {
    const LATEST: Duration = Duration::from_secs(253_370_764_799);
    let latest = SystemTime::UNIX_EPOCH + LATEST;
    time.checked_add(by).unwrap_or(latest).clamp(SystemTime::UNIX_EPOCH, latest)
}

/// Unix milliseconds.
pub(super) fn millis(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// An answer.
#[derive(Clone)]
pub(super) struct Reply {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Body,
    seal: Option<Seal>,
}

/// Encrypts a body, if it can.
pub(super) type Seal = Arc<dyn Fn(&[u8]) -> Option<Bytes> + Send + Sync>;

#[derive(Clone)]
enum Body {
    Empty,
    Json(Value),
    File { content_type: &'static str, content: Bytes },
}

impl Reply {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty, seal: None }
    }

    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::empty(status) }
    }

    pub(super) fn file(content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let body = Body::File { content_type, content: content.into() };
        Self { body, ..Self::empty(StatusCode::OK) }
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Encrypts the body when it goes over the wire.
    #[cfg(feature = "deck-encryption")]
    pub(super) fn sealed(mut self, seal: Seal) -> Self {
        self.seal = Some(seal);
        self
    }

    /// The body, to be changed; `None` where it is no JSON.
    pub(super) fn json_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Body::Json(body) => Some(body),
            Body::Empty | Body::File { .. } => None,
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_http(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status;
        let (content_type, body) = match self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(body) => (Some("application/json; charset=utf-8"), body.to_string().into()),
            Body::File { content_type, content } => (Some(content_type), content),
        };
        let sealed = self.seal.filter(|_| content_type.is_some()).and_then(|seal| seal(&body));
        let (content_type, body) =
            sealed.map_or((content_type, body), |sealed| (Some("application/json+encrypted"), sealed));
        *response.body_mut() = body;
        if let Some(content_type) = content_type {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in self.headers {
            let value = HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""));
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Handlers, Random, Reply, Step};
    use crate::Provider;
    use crate::operation::{Operation, Repeat};
    use http::{HeaderMap, Method, StatusCode};
    use std::time::{Duration, SystemTime};

    static ONE: Operation = operation("one");
    static OTHER: Operation = operation("other");
    const REFUSES: Handlers<u8> = &[(&OTHER, |_, _| Err(Reply::empty(StatusCode::CONFLICT)))];
    const COUNTS: Handlers<u8> = &[(&ONE, |calls, _| {
        *calls += 1;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })];

    const fn operation(id: &'static str) -> Operation {
        let path = "/companies/{companyId}/connections/{connectionId}";
        Operation::new(Provider::Codat, id, Method::GET, path, Repeat::Read)
    }

    fn asked<'a>(headers: &'a HeaderMap, random: &'a Random) -> Asked<'a> {
        Asked {
            operation: &ONE,
            ids: vec!["acme".to_owned(), "7".to_owned()],
            query: Vec::new(),
            headers,
            body: b"",
            fails: None,
            takes: Duration::ZERO,
            base_url: String::new(),
            now: SystemTime::UNIX_EPOCH,
            random,
        }
    }

    #[test]
    fn ids_have_the_names_of_the_path_and_no_others() {
        let (headers, random) = (HeaderMap::new(), Random::seeded(0));
        let asked = asked(&headers, &random);
        assert_eq!(asked.id("companyId").ok(), Some("acme"));
        assert_eq!(asked.id("connectionId").ok(), Some("7"));
        for unknown in ["company_id", "{companyId}", "companies", ""] {
            let refusal = asked.id(unknown).err().unwrap().into_http();
            assert_eq!(refusal.status(), StatusCode::NOT_IMPLEMENTED, "{unknown}");
        }
    }

    #[test]
    fn a_handler_is_found_by_its_operation_in_any_group() {
        let (headers, random) = (HeaderMap::new(), Random::seeded(0));
        let asked = asked(&headers, &random);
        let status = |step: Step| step.unwrap_or_else(|refusal| refusal).into_http().status();
        let (groups, mut calls) = ([REFUSES, COUNTS], 0);
        assert_eq!(status(asked.carry_out(&groups, &mut calls)), StatusCode::NO_CONTENT);
        assert_eq!(calls, 1);
        assert_eq!(status(asked.carry_out(&groups[..1], &mut calls)), StatusCode::NOT_IMPLEMENTED);
    }
}
