use crate::Operation;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, request::Parts};
use std::{collections::VecDeque, fmt};

/// A request that a sandbox was asked, and what became of it.
///
/// `Debug` prints no header value and no body, because they hold credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The operation that it is for; `None` for a request that no vendor knows.
    pub operation: Option<&'static Operation>,
    /// The ids of its path, decoded, in URL order.
    pub ids: Vec<String>,
    /// Its method.
    pub method: Method,
    /// Its path and query, as they came.
    pub target: String,
    /// Its headers, credentials included.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
    /// The status that it was answered with; `None` when a fault took the answer away.
    pub status: Option<StatusCode>,
    /// Whether its vendor saw it: a fault may have struck before.
    pub was_handled: bool,
}

impl Request {
    pub(super) fn new(head: &Parts, body: &Bytes) -> Self {
        Self {
            operation: None,
            ids: Vec::new(),
            method: head.method.clone(),
            target: head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: head.headers.clone(),
            body: body.clone(),
            status: None,
            was_handled: false,
        }
    }

    /// The body as JSON; `None` when it is none.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The request in one line that is fit for a log: operation or path, status, length.
    pub fn summary(&self) -> String {
        let what = match self.operation {
            Some(operation) => format!("{} {} ({})", self.method, operation.path(), operation.id()),
            None => format!("{} {} (no operation)", self.method, self.path()),
        };
        let status = self.status.map_or("no answer".to_owned(), |status| status.to_string());
        format!("{what} {} bytes -> {status}", self.body.len())
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("operation", &self.operation.map(Operation::id))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What a sandbox was asked, against what it was told to expect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// A request that no vendor knows.
    #[error("no operation takes {request}; the nearest is {nearest}")]
    UnknownRequest {
        /// Method and path.
        request: String,
        /// The operation whose method and path are most alike.
        nearest: String,
    },
    /// An expectation or a fault names an operation that is none.
    #[error("there is no operation {0}")]
    NoOperation(String),
    /// An operation that was called more or less often than expected.
    #[error("calls of {operation}: {expected} expected, {called} made")]
    Count {
        /// The operation's id.
        operation: String,
        /// How often it was expected.
        expected: usize,
        /// How often it was called.
        called: usize,
    },
}

/// What a sandbox remembers of its requests.
#[derive(Default)]
pub(super) struct Journal {
    requests: VecDeque<Request>,
    /// How many requests are kept, if not all.
    limit: Option<usize>,
    expected: Vec<(String, usize)>,
    /// How many requests there were when somebody last asked for the verdict.
    verified: usize,
}

impl Journal {
    pub(super) fn limited(limit: Option<usize>) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(super) fn record(&mut self, request: Request) {
        self.requests.push_back(request);
        while self.limit.is_some_and(|limit| self.requests.len() > limit) {
            self.requests.pop_front();
            self.verified = self.verified.saturating_sub(1);
        }
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn expect(&mut self, operation: &str, times: usize) {
        self.expected.retain(|(known, _)| known != operation);
        self.expected.push((operation.to_owned(), times));
    }

    pub(super) fn verify(&mut self) -> Result<(), Mismatch> {
        self.verified = self.requests.len();
        self.unknown(0).map_or(Ok(()), Err)?;
        for (operation, expected) in &self.expected {
            known(operation)?;
            let of_it = |request: &&Request| request.operation.is_some_and(|known| known.id() == operation);
            let called = self.requests.iter().filter(of_it).count();
            if called != *expected {
                return Err(Mismatch::Count { operation: operation.clone(), expected: *expected, called });
            }
        }
        Ok(())
    }

    /// The unknown request that nobody has been told of.
    pub(super) fn untold(&self) -> Option<Mismatch> {
        self.unknown(self.verified)
    }

    /// The first unknown request from this one on.
    fn unknown(&self, start: usize) -> Option<Mismatch> {
        let request = self.requests.iter().skip(start).find(|request| request.operation.is_none())?;
        let nearest = crate::operations()
            .min_by_key(|operation| distance(operation, request))
            .map_or_else(String::new, |operation| format!("{} {}", operation.method(), operation.path()));
        Some(Mismatch::UnknownRequest { request: format!("{} {}", request.method, request.path()), nearest })
    }
}

/// Refuses an id that no operation has.
pub(super) fn known(id: &str) -> Result<(), Mismatch> {
    let known = crate::operations().any(|operation| operation.id() == id);
    known.then_some(()).ok_or_else(|| Mismatch::NoOperation(id.to_owned()))
}

/// How far a request is from an operation: segments that differ, from the end, and the method.
fn distance(operation: &Operation, request: &Request) -> usize {
    let wanted: Vec<_> = operation.path().rsplit('/').collect();
    let segments: Vec<_> = request.path().rsplit('/').collect();
    let alike = wanted
        .iter()
        .zip(&segments)
        .filter(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
        .count();
    let method = usize::from(operation.method() != request.method);
    2 * (wanted.len().max(segments.len()) - alike) + method
}
