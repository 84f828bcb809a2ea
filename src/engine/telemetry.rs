//! Spans and events, named as OpenTelemetry names them for HTTP clients.
//!
//! What they hold is an allow-list: no id, query, header value, body or free text of a vendor.

use super::{Request, endpoint::Endpoint};
use crate::Error;
use http::StatusCode;
use tracing::{Span, field::Empty};

/// One span per call.
pub(crate) fn call_span(endpoint: &Endpoint, request: &Request) -> Span {
    let operation = request.operation;
    tracing::info_span!(
        "connectory.call",
        otel.kind = "client",
        otel.name = operation.id(),
        http.request.method = operation.method().as_str(),
        url.template = operation.path(),
        server.address = endpoint.base.host(),
        server.port = endpoint.base.port(),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
        connectory.provider = %operation.provider(),
        connectory.operation = operation.id(),
        connectory.request_id = Empty,
    )
}

/// One event per attempt; the span keeps what the last one says.
pub(crate) fn attempted(attempt: u32, answer: Result<(StatusCode, Option<&str>), &Error>) {
    let (status, request_id, error) = match answer {
        Ok((status, request_id)) => (Some(status), request_id, None),
        Err(error) => (error.status(), error.request_id(), Some(error.kind())),
    };
    let status = status.map(|status| status.as_u16());
    let request_id = request_id.filter(|id| is_plain(id));
    let resend_count = attempt.checked_sub(1).filter(|count| *count > 0);

    let span = Span::current();
    span.record("http.response.status_code", status);
    span.record("connectory.request_id", request_id);
    span.record("http.request.resend_count", resend_count);
    span.record("error.type", error);
    tracing::debug!(
        http.response.status_code = status,
        connectory.request_id = request_id,
        http.request.resend_count = resend_count,
        error.type = error,
        "attempt"
    );
}

/// Request ids are the vendor's: one that does not look like an id is not recorded.
fn is_plain(id: &str) -> bool {
    id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
