//! The only code that touches the network. It knows no vendor's models.
//!
//! A call goes through [`Engine::send`] from top to bottom: span, then attempts, each bounded in time and size, until
//! one succeeds or [`RetryPolicy::wait`] ends it.

mod body;
mod decode;
mod endpoint;
mod operation;
mod request;
mod reqwest;
mod retry;
mod telemetry;
mod transport;

pub use operation::{Auth, Consumer, Operation, Provider, Repeat};
pub use reqwest::ReqwestTransport;
pub use retry::RetryPolicy;
pub use transport::{Body, SendError, Transport, TransportFuture};

pub(crate) use decode::{Misread, without_bom};
pub(crate) use endpoint::authorization;
pub(crate) use endpoint::{BaseUrl, Endpoint, ErrorView, sensitive, visible};
pub(crate) use request::{Draft, Options, Reading, Request};
pub(crate) use reqwest::TransportSettings;
pub(crate) use retry::Budget;

use crate::error::{ApiError, CallInfo, RedirectError, TransportError};
use crate::{Error, Outcome, Secret};
use body::{Buffer, ReadError};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header, response};
use retry::{FailedAttempt, Failure};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span};
use uuid::Uuid;

/// What all clones of a client share.
pub(crate) struct Engine {
    pub(crate) transport: Arc<dyn Transport>,
    /// The vendors that are configured.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vendors = self.endpoints.iter().map(|endpoint| (endpoint.provider, endpoint.base.origin()));
        f.debug_map().entries(vendors).finish()
    }
}

/// Bounds of time and size.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_error_body: usize,
}

/// A successful answer, not decoded.
pub(crate) struct Answer {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) body: Bytes,
    /// The body instead, where it is to be streamed.
    pub(crate) stream: Option<Body>,
    /// The call's, open until the body is decoded.
    pub(crate) span: Span,
}

impl Answer {
    pub(crate) fn call_info(&self) -> CallInfo {
        CallInfo {
            operation: self.operation,
            status: Some(self.status),
            request_id: self.request_id.clone(),
            attempts: self.attempts,
            outcome: Outcome::Applied,
        }
    }
}

impl Engine {
    /// Starts a request of this operation.
    pub(crate) fn call(self: &Arc<Self>, operation: &'static Operation) -> Draft {
        Draft::new(self.clone(), operation)
    }

    pub(crate) fn endpoint(&self, provider: Provider) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.provider == provider)
    }

    pub(crate) async fn send(&self, endpoint: &Endpoint, request: Request) -> Result<Answer, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::config_of(request.operation, "calls must be awaited inside a tokio runtime"));
        }
        let span = telemetry::call_span(endpoint, &request);
        let result = self.attempts(endpoint, &request).instrument(span.clone()).await;
        telemetry::ended(&span, result.as_ref());
        Ok(Answer { span, ..result? })
    }

    /// Attempts the request until it succeeds, may not be repeated, or time or budget runs out.
    async fn attempts(&self, endpoint: &Endpoint, request: &Request) -> Result<Answer, Error> {
        let deadline = after(Instant::now(), request.options.timeout.unwrap_or(self.limits.timeout));
        let max_attempts = request.options.max_attempts.unwrap_or(self.retry.max_attempts);
        let policy = RetryPolicy { max_attempts, ..self.retry.clone() };
        let mut worst = Outcome::NotSent;

        for attempts in 1.. {
            let mut error = match self.attempt(endpoint, request, deadline).await {
                Ok(answer) => {
                    let answer = Answer { attempts, ..answer };
                    telemetry::attempted(Ok(&answer));
                    self.budget.give_back();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let lost_before = worst >= Outcome::Unknown;
            worst = worst.max(error.outcome());
            if let Some(call) = error.call_mut() {
                call.attempts = attempts;
                call.outcome = worst;
            }
            telemetry::attempted(Err(&error));

            let failed = FailedAttempt {
                repeat: request.operation.repeat(),
                failure: failure(&error),
                attempts,
                lost_before,
                never_retry: error.api().is_some_and(ApiError::never_retry),
                retry_after: error.retry_after(),
                time_left: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
            };
            match policy.wait(&failed, random()) {
                Some(wait) if self.budget.take() => sleep(wait).await,
                _ => return Err(error),
            }
        }
        Err(Error::request(request.operation, "more attempts than can be counted"))
    }

    /// Sends once and reads the answer, all within the attempt's time and what is left of the call's.
    async fn attempt(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        deadline: Option<Instant>,
    ) -> Result<Answer, Error> {
        let time = request.options.attempt_timeout.unwrap_or(self.limits.attempt_timeout);
        let until = [after(Instant::now(), time), deadline].into_iter().flatten().min();
        let lost = |head: Option<&response::Parts>, problem: String| TransportError {
            call: call_info(endpoint, request, head),
            problem,
            timeout: false,
            connect: false,
            permanent: false,
            source: None,
        };
        let late = |head| {
            let call_is_over = deadline.is_some() && until == deadline;
            let scope = if call_is_over { "for the call" } else { "for an attempt" };
            let error =
                TransportError { timeout: true, ..lost(head, format!("no answer in the time {scope}")) };
            Error::Transport(Box::new(error))
        };
        let broken = |head, error: SendError| {
            let mut lost = lost(head, error.to_string());
            lost.timeout = error.is_timeout();
            lost.connect = error.is_connect();
            if lost.connect {
                lost.call.outcome = Outcome::NotSent;
            }
            lost.source = Some(error.into_source());
            Error::Transport(Box::new(lost))
        };

        let response = within(until, self.transport.send(request.to_http()))
            .await
            .ok_or_else(|| late(None))?
            .map_err(|error| broken(None, error))?;
        let (head, body) = response.into_parts();
        if head.status.is_redirection() {
            return Err(redirect(endpoint, request, &head));
        }
        let limit = if head.status.is_success() { self.limits.max_body } else { self.limits.max_error_body };
        let mut buffer = Buffer::new(limit, &head.headers);
        if !head.status.is_success() {
            // The status decides; whatever of the body arrives in time explains it.
            let _ = within(until, buffer.read(body)).await;
            return Err(refusal(endpoint, request, &head, buffer.into_bytes()));
        }
        let mut stream = None;
        match request.reading {
            Reading::Nothing => {}
            Reading::Stream if body::is_encoded(&head.headers) => {
                let problem = "the body is encoded although nothing but `identity` was asked for".to_owned();
                let error = TransportError { permanent: true, ..lost(Some(&head), problem) };
                return Err(Error::Transport(Box::new(error)));
            }
            Reading::Stream => stream = Some(body),
            Reading::Whole => match within(until, buffer.fill(body)).await {
                None => return Err(late(Some(&head))),
                Some(Err(ReadError::Broken(error))) => return Err(broken(Some(&head), error)),
                Some(Err(ReadError::TooLarge)) => {
                    let problem = format!("the body is over the limit of {limit} bytes");
                    let error = TransportError { permanent: true, ..lost(Some(&head), problem) };
                    return Err(Error::Transport(Box::new(error)));
                }
                Some(Ok(())) => {}
            },
        }
        Ok(Answer {
            operation: request.operation,
            status: head.status,
            request_id: request_id(endpoint, request, &head.headers),
            headers: head.headers,
            attempts: 0,
            body: buffer.into_bytes(),
            stream,
            span: Span::none(),
        })
    }
}

/// The error for a status that is neither success nor redirect.
fn refusal(endpoint: &Endpoint, request: &Request, head: &response::Parts, body: Bytes) -> Error {
    let mut view = (endpoint.read_error)(without_bom(&body));
    view.retry_after = retry::retry_after(&head.headers, SystemTime::now()).or(view.retry_after);
    let mut call = call_info(endpoint, request, Some(head));
    call.request_id =
        call.request_id.or_else(|| view.request_id.take().filter(|id| !echoes(endpoint, request, id)));
    let error = ApiError::new(call, view, body, &endpoint.secrets, &request.body);
    match head.status.as_u16() {
        400 => Error::BadRequest(error),
        401 => Error::Unauthorized(error),
        402 => Error::PaymentRequired(error),
        403 => Error::Forbidden(error),
        404 => Error::NotFound(error),
        409 => Error::Conflict(error),
        422 => Error::Unprocessable(error),
        429 => Error::RateLimited(error),
        _ if head.status.is_client_error() => Error::Client(error),
        _ => Error::Server(error),
    }
}

fn redirect(endpoint: &Endpoint, request: &Request, head: &response::Parts) -> Error {
    let location = head.headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    Error::Redirect(Box::new(RedirectError {
        call: call_info(endpoint, request, Some(head)),
        target: location.and_then(|location| endpoint.base.target_origin(location)),
    }))
}

/// What is known of a call of which this much has arrived.
fn call_info(endpoint: &Endpoint, request: &Request, head: Option<&response::Parts>) -> CallInfo {
    let status = head.map(|head| head.status);
    let outcome = match status.map(|status| status.as_u16()) {
        Some(200..=299) => Outcome::Applied,
        Some(408) => Outcome::Unknown,
        Some(300..=499) => Outcome::Refused,
        _ => Outcome::Unknown,
    };
    let request_id = head.and_then(|head| request_id(endpoint, request, &head.headers));
    CallInfo { operation: request.operation, status, request_id, attempts: 0, outcome }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Transport(error) if error.permanent => Failure::Final,
        Error::Transport(error) if error.connect => Failure::Connect,
        Error::Transport(_) => Failure::Lost,
        _ => error.api().map_or(Failure::Final, |error| Failure::Status(error.status())),
    }
}

fn request_id(endpoint: &Endpoint, request: &Request, headers: &HeaderMap) -> Option<String> {
    let id = headers.get("request-id").or_else(|| headers.get("x-request-id"))?.to_str().ok()?;
    (!echoes(endpoint, request, id)).then(|| id.to_owned())
}

/// Whether a request id is none, but something secret that we sent: ids are logged.
fn echoes(endpoint: &Endpoint, request: &Request, id: &str) -> bool {
    let credential = |secret: &Secret| id.contains(secret.expose_secret());
    endpoint.secrets.iter().any(credential)
        || id.len() >= 4 && request.body.windows(id.len()).any(|sent| sent == id.as_bytes())
}

/// `None` when the sum is beyond what the clock can tell: no deadline.
fn after(start: Instant, time: Duration) -> Option<Instant> {
    start.checked_add(time)
}

/// `None` when time ran out first.
async fn within<T>(until: Option<Instant>, work: impl Future<Output = T>) -> Option<T> {
    match until {
        Some(until) => timeout_at(until, work).await.ok(),
        None => Some(work.await),
    }
}

/// A random number in 0..1, for the jitter of waits.
fn random() -> f64 {
    let bits = Uuid::new_v4().as_u64_pair().1 & ((1 << 53) - 1);
    bits as f64 / (1_u64 << 53) as f64
}
