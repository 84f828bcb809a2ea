//! Spans and events, named as OpenTelemetry names them for HTTP clients.
//!
//! What they hold is an allow-list: no id, query, header value, body or free text of a vendor. `docs/tracing.md` promises
//! target, names, levels and fields.

use super::{Answer, Request, endpoint::Endpoint};
use crate::{Error, Unread};
use tracing::{Level, Span, field::Empty};

/// The target of all of them, whatever module they come from.
const TARGET: &str = "connectory";

/// One span per call.
pub(crate) fn call_span(endpoint: &Endpoint, request: &Request) -> Span {
    let operation = request.operation;
    tracing::info_span!(
        target: TARGET,
        "connectory.call",
        otel.kind = "client",
        otel.name = operation.id(),
        http.request.method = operation.method().as_str(),
        url.template = operation.path(),
        server.address = endpoint.base.host(),
        server.port = endpoint.base.origin().port(),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        connectory.provider = %operation.provider(),
        connectory.operation = operation.id(),
        connectory.request_id = Empty,
    )
}

/// One event per attempt.
pub(crate) fn attempted(result: Result<&Answer, &Error>) {
    if !tracing::enabled!(target: TARGET, Level::DEBUG) {
        return;
    }
    let end = End::of(result);
    tracing::debug!(
        target: TARGET,
        {
            http.response.status_code = end.status,
            connectory.request_id = end.request_id,
            http.request.resend_count = end.resend_count,
            error.type = end.error,
        },
        "attempt"
    );
}

/// What the call came to, once: a span keeps everything that is recorded on it.
pub(crate) fn ended(span: &Span, result: Result<&Answer, &Error>) {
    if span.is_disabled() {
        return;
    }
    let end = End::of(result);
    span.record("http.response.status_code", end.status);
    span.record("connectory.request_id", end.request_id);
    span.record("http.request.resend_count", end.resend_count);
    span.record("error.type", end.error);
    span.record("otel.status_code", end.error.map(|_| "ERROR"));
}

/// The answer was a success, and parts of it were not understood.
pub(crate) fn repaired(unread: &[Unread]) {
    let count = unread.iter().map(Unread::count).sum::<usize>();
    if count > 0 {
        tracing::warn!(target: TARGET, { connectory.unread = count }, "parts of the answer were left out");
    }
}

/// How an attempt or a call ended.
struct End<'a> {
    status: Option<u16>,
    request_id: Option<&'a str>,
    resend_count: Option<u32>,
    error: Option<&'static str>,
}

impl<'a> End<'a> {
    fn of(result: Result<&'a Answer, &'a Error>) -> Self {
        let (status, request_id, attempts, error) = match result {
            Ok(answer) => (Some(answer.status), answer.request_id(), answer.attempts, None),
            Err(error) => (error.status(), error.request_id(), error.attempts(), Some(error.kind())),
        };
        Self {
            status: status.map(|status| status.as_u16()),
            request_id: request_id.filter(|id| is_plain(id)),
            resend_count: attempts.checked_sub(1).filter(|count| *count > 0),
            error,
        }
    }
}

/// Request ids are the vendor's: one that does not look like an id is not recorded.
fn is_plain(id: &str) -> bool {
    id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
