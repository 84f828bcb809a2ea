use super::mount::Mount;
use crate::operation::Operation;
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
    mount: Mount,
}

impl Request {
    pub(super) fn new(mount: Mount, head: &Parts, body: &Bytes) -> Self {
        Self {
            operation: None,
            ids: Vec::new(),
            method: head.method.clone(),
            target: head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: head.headers.clone(),
            body: body.clone(),
            status: None,
            was_handled: false,
            mount,
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
            None => {
                // One that moves the cursor of a terminal is not for a log.
                let path = self.path().replace(char::is_control, "\u{fffd}");
                format!("{} {path} (no operation)", self.method)
            }
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
        /// Method and path of the operation that is most alike.
        nearest: String,
    },
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
    expected: Vec<Expected>,
    /// How many requests there were when somebody last asked for the verdict.
    verified: usize,
}

/// How often an operation is to be called.
struct Expected {
    operation: String,
    times: usize,
    /// Whether somebody has asked for the verdict since.
    is_told: bool,
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
        self.add(Expected { operation: operation.to_owned(), times, is_told: false });
    }

    /// The same by somebody who cannot see the sandbox being dropped, and has to ask for the verdict.
    pub(super) fn expect_elsewhere(&mut self, operation: &str, times: usize) {
        self.add(Expected { operation: operation.to_owned(), times, is_told: true });
    }

    fn add(&mut self, expected: Expected) {
        self.expected.retain(|known| known.operation != expected.operation);
        self.expected.push(expected);
    }

    /// The first mismatch; from now on whoever asks knows what there is so far.
    pub(super) fn verify(&mut self) -> Result<(), Mismatch> {
        self.verified = self.requests.len();
        self.expected.iter_mut().for_each(|expected| expected.is_told = true);
        let mismatch =
            self.unknown(0).or_else(|| self.expected.iter().find_map(|known| self.miscounted(known)));
        mismatch.map_or(Ok(()), Err)
    }

    /// The unknown request that nobody has been told of.
    pub(super) fn untold_request(&self) -> Option<Mismatch> {
        self.unknown(self.verified)
    }

    /// The expectation that was not met, and nobody has been told of.
    pub(super) fn untold_count(&self) -> Option<Mismatch> {
        let mut untold = self.expected.iter().filter(|expected| !expected.is_told);
        untold.find_map(|expected| self.miscounted(expected))
    }

    fn miscounted(&self, Expected { operation, times, .. }: &Expected) -> Option<Mismatch> {
        let of_it = |request: &&Request| request.operation.is_some_and(|known| known.id() == operation);
        let (called, expected) = (self.requests.iter().filter(of_it).count(), *times);
        (called != expected).then(|| Mismatch::Count { operation: operation.clone(), expected, called })
    }

    /// The first unknown request from this one on.
    fn unknown(&self, start: usize) -> Option<Mismatch> {
        let request = self.requests.iter().skip(start).find(|request| request.operation.is_none())?;
        let mut served = Vec::new();
        for operation in crate::operations() {
            let path = request.mount.path_of(operation);
            served.extend(path.map(|path| (operation.method(), path)));
        }
        let nearest = served.iter().min_by_key(|(method, path)| distance(request, method, path));
        let nearest = nearest.map_or_else(String::new, |(method, path)| format!("{method} {path}"));
        Some(Mismatch::UnknownRequest { request: format!("{} {}", request.method, request.path()), nearest })
    }
}

/// Refuses an id that no operation has, and names the nearest.
pub(super) fn known(id: &str) -> Result<(), String> {
    let mut ids = Vec::new();
    for operation in crate::operations() {
        ids.push(operation.id());
    }
    if ids.contains(&id) {
        return Ok(());
    }
    // Longer ones are near to nothing, and take long to compare.
    let sent: Vec<_> = id.chars().take(100).collect();
    let differing = |known: &str| {
        let known: Vec<_> = known.chars().collect();
        edits(&sent, &known, |_| 1, |one, other| usize::from(one != other))
    };
    let nearest = ids.into_iter().min_by_key(|known| differing(known));
    Err(format!("there is no operation {id}; the nearest is {}", nearest.unwrap_or_default()))
}

/// How far a request is from an operation: the characters that differ, and the method.
fn distance(request: &Request, method: &Method, path: &str) -> usize {
    // Longer ones are near to nothing, and take long to compare.
    const COMPARED: usize = 500;
    let sent: String = request.path().chars().take(COMPARED).collect();
    let (sent, wanted): (Vec<_>, Vec<_>) = (sent.split('/').collect(), path.split('/').collect());
    let is_id = |segment: &str| segment.starts_with('{');
    let missing = |segment: &&str| if is_id(segment) { 2 } else { segment.chars().count().clamp(1, 4) };
    let other = |sent: &&str, wanted: &&str| {
        let (sent, wanted): (Vec<_>, Vec<_>) = (sent.chars().collect(), wanted.chars().collect());
        edits(&sent, &wanted, |_| 1, |sent, wanted| usize::from(sent != wanted))
    };
    let instead = |sent: &&str, wanted: &&str| if is_id(wanted) { 0 } else { other(sent, wanted) };
    edits(&sent, &wanted, missing, instead) + usize::from(request.method != *method)
}

/// What it costs at least to turn one into the other, by items that are missing and items that stand for others.
fn edits<T>(from: &[T], to: &[T], missing: impl Fn(&T) -> usize, instead: impl Fn(&T, &T) -> usize) -> usize {
    // To each beginning of `to`, from what was seen of `from`.
    let mut costs = vec![0];
    costs.extend(to.iter().scan(0, |cost, item| {
        *cost += missing(item);
        Some(*cost)
    }));
    for item in from {
        let mut left = costs.first().map_or(0, |cost| cost + missing(item));
        let mut next = vec![left];
        for (costs, wanted) in costs.windows(2).zip(to) {
            if let [before, above] = costs {
                left =
                    (above + missing(item)).min(left + missing(wanted)).min(before + instead(item, wanted));
                next.push(left);
            }
        }
        costs = next;
    }
    costs.last().copied().unwrap_or_default()
}
