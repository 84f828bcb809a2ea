//! The only code that touches the network. It knows no vendor's models.
//!
//! A call goes through [`Ready::value`] from top to bottom: span, then attempts, each bounded in time and size, until one
//! succeeds or [`RetryPolicy::wait`] ends it; then its answer is read.

mod attempt;
mod base_url;
mod body;
mod cipher;
mod decode;
mod endpoint;
mod header_value;
mod json_path;
mod origin;
mod repair;
mod request;
mod retry;
pub(crate) mod runtime;
mod telemetry;
mod transport;

pub use retry::RetryPolicy;
#[cfg(feature = "reqwest-0-13")]
pub use transport::ReqwestTransport;
pub use transport::{AttemptInfo, Body, HttpStack, SendError, Transport, TransportFuture};

pub(crate) use base_url::{BaseUrl, GivenUrl, is_dots};
pub(crate) use cipher::{BodyCipher, Sealed};
pub(crate) use decode::{Decode, Decoding};
pub(crate) use endpoint::{Endpoint, Keeps, KeyStore};
pub(crate) use header_value::{authorization, sensitive, spaced, visible};
pub(crate) use origin::is_loopback;
pub(crate) use request::{Options, Reading, Request};
pub(crate) use retry::{Budget, may_succeed_later};
pub(crate) use transport::{Proxies, TransportSettings};

use crate::error::{ApiError, CallInfo};
use crate::operation::Operation;
use crate::{Error, Outcome, Provider, Unread};
use attempt::Attempt;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use retry::{FailedAttempt, Failure};
use std::{fmt, pin::pin, sync::Arc, time::Duration};
use tokio::{
    task::yield_now,
    time::{Instant, sleep},
};
use tracing::Instrument;
use uuid::Uuid;

/// What all clones of a client share.
pub(crate) struct Engine {
    pub(crate) transport: Arc<dyn Transport>,
    /// It is one of the caller's, or in one.
    pub(crate) has_own_transport: bool,
    /// The vendors that are configured.
    pub(crate) endpoints: Vec<Arc<Endpoint>>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vendors =
            self.endpoints.iter().map(|endpoint| (endpoint.provider, endpoint.base.origin().to_string()));
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

/// A call that can be sent.
pub(crate) struct Ready {
    pub(crate) engine: Arc<Engine>,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) request: Request,
}

/// How an answer becomes the value of its call.
pub(crate) enum Reader<T> {
    /// Its text is decoded; the second one tells the value what was left out.
    Json(Decode<T>, fn(&mut T, &[Unread])),
    /// It is taken from the answer as it is.
    Answer(fn(&mut Answer) -> T),
}

/// A successful answer.
pub(crate) struct Answer {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    request_id: Option<HeaderValue>,
    pub(crate) attempts: u32,
    /// The body, until it is read.
    pub(crate) body: Bytes,
    /// The body instead, where it is to be streamed.
    pub(crate) stream: Option<Body>,
    /// What of the body was not understood.
    pub(crate) unread: Vec<Unread>,
    /// When the call ends; `None`: never.
    pub(crate) deadline: Option<Instant>,
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reader<T> {}

impl Answer {
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_ref()?.to_str().ok()
    }

    pub(crate) fn call_info(&self) -> CallInfo {
        CallInfo {
            operation: self.operation,
            status: Some(self.status),
            request_id: self.request_id().map(str::to_owned),
            attempts: self.attempts,
            outcome: Outcome::Applied,
        }
    }
}

impl Ready {
    /// Sends the call and reads its answer.
    pub(crate) async fn value<T>(&self, reader: Reader<T>) -> Result<(T, Answer), Error> {
        let Self { engine, endpoint, request } = self;
        runtime::check(request.operation)?;
        let span = telemetry::call_span(endpoint, request);
        let work = async {
            let mut answer = engine.attempts(endpoint, request).await?;
            let value = match reader {
                Reader::Json(decode, tell) => {
                    let mut value = self.decoded(&mut answer, decode).await?;
                    tell(&mut value, &answer.unread);
                    value
                }
                Reader::Answer(take) => take(&mut answer),
            };
            Ok((value, answer))
        };
        let result = pin!(work).instrument(span.clone()).await;
        telemetry::ended(&span, result.as_ref().map(|(_, answer)| answer));
        result
    }

    /// Decodes the body, and repairs it where it is not understood for as long as the call may last.
    async fn decoded<T>(&self, answer: &mut Answer, decode: Decode<T>) -> Result<T, Error> {
        let Limits { max_body, max_error_body, .. } = self.engine.limits;
        let mut decoding = Decoding::new(std::mem::take(&mut answer.body), max_body, max_error_body);
        let misread = loop {
            match decoding.attempt(decode) {
                Ok(Some(value)) => {
                    answer.unread = decoding.unread();
                    telemetry::repaired(&answer.unread);
                    return Ok(value);
                }
                Err(misread) => break misread,
                Ok(None) => {}
            }
            let is_late = answer.deadline.is_some_and(|deadline| deadline <= Instant::now());
            match decoding.last_misread().filter(|_| is_late) {
                Some(misread) => break misread,
                None => yield_now().await,
            }
        };
        let Self { endpoint, request, .. } = self;
        Err(misread.into_error(answer.call_info(), decoding.kept(), &endpoint.secrets, &request.plain))
    }
}

impl Engine {
    pub(crate) fn endpoint(&self, provider: Provider) -> Option<&Arc<Endpoint>> {
        self.endpoints.iter().find(|endpoint| endpoint.provider == provider)
    }

    /// Attempts the request until it succeeds, may not be repeated, or time or budget runs out.
    async fn attempts(&self, endpoint: &Endpoint, request: &Request) -> Result<Answer, Error> {
        let Options { timeout, attempt_timeout, max_attempts, .. } = request.options;
        let deadline = after(timeout.unwrap_or(self.limits.timeout));
        let attempt_timeout = attempt_timeout.unwrap_or(self.limits.attempt_timeout);
        let mut attempts = 0_u32;
        let mut worst = Outcome::NotSent;
        let mut afresh = false;

        loop {
            attempts = attempts.saturating_add(1);
            let until = [after(attempt_timeout), deadline].into_iter().flatten().min();
            let attempt = Attempt {
                endpoint,
                request,
                limits: &self.limits,
                number: attempts,
                worst_before: worst,
                afresh,
                is_told: self.has_own_transport,
                until,
                deadline,
            };
            let error = match attempt.send(&*self.transport).await {
                Ok(answer) => {
                    telemetry::attempted(Ok(&answer));
                    self.budget.give_back();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let lost_before = worst >= Outcome::Unknown;
            worst = error.outcome();
            telemetry::attempted(Err(&error));

            let failed = FailedAttempt {
                repeat: request.repeat,
                failure: Failure::of(&error),
                attempts,
                max_attempts: max_attempts.unwrap_or(self.retry.max_attempts),
                lost_before,
                afresh,
                never_retry: error.api().is_some_and(ApiError::never_retry),
                by_vendor: error.api().is_some_and(ApiError::is_by_vendor),
                keeps: endpoint.keys.as_ref().map_or(Keeps::Everything, |keys| keys.keeps),
                retry_after: error.retry_after(),
                time_left: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
            };
            afresh |= failed.failure.is_of_the_connection();
            let Some(wait) = self.retry.wait(&failed, random) else { return Err(error) };
            let Some(taken) = self.budget.take() else { return Err(error) };
            // Sleeping for no time takes tokio a millisecond.
            if !wait.is_zero() {
                sleep(wait).await;
            }
            taken.spend();
        }
    }
}

/// `None` when the sum is beyond what the clock can tell: no deadline.
fn after(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}

/// A random number in 0..1, for the jitter of waits.
fn random() -> f64 {
    let bits = Uuid::new_v4().as_u64_pair().1 & ((1 << 53) - 1);
    bits as f64 / (1_u64 << 53) as f64
}
