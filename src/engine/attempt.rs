//! One attempt: a request sent, its answer read and classified, within a time and under a cap.

use super::body::{Buffer, Coding, ReadError};
use super::cipher::is_encrypted;
use super::transport::{self, AttemptInfo};
use super::{
    Answer, Body, Decoding, Endpoint, Limits, Reading, Request, SendError, Transport, decode, retry,
};
use crate::error::{
    ApiError, CallInfo, KeptHeaders, RedirectError, TransportError, in_json, shown_aside, shown_origin,
};
use crate::operation::Repeat;
use crate::{Error, Outcome, Secret, TransportErrorKind as Kind};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, response::Parts};
use memchr::memmem;
use std::{
    io,
    pin::{Pin, pin},
    time::SystemTime,
};
use tokio::time::{Instant, timeout_at};

pub(crate) struct Attempt<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) request: &'a Request,
    pub(crate) limits: &'a Limits,
    /// Which attempt of its call it is, from 1.
    pub(crate) number: u32,
    /// What became of the attempts before, at the worst.
    pub(crate) worst_before: Outcome,
    /// An attempt before failed with its connection.
    pub(crate) afresh: bool,
    /// Somebody else's transport is told which attempt it is; ours needs it for `afresh` alone.
    pub(crate) is_told: bool,
    /// When the attempt ends; `None`: never.
    pub(crate) until: Option<Instant>,
    /// When the call ends; `None`: never.
    pub(crate) deadline: Option<Instant>,
}

impl Attempt<'_> {
    pub(crate) async fn send(&self, transport: &dyn Transport) -> Result<Answer, Error> {
        let response = self
            .within(pin!(transport::send(transport, self.http_request())))
            .await
            .ok_or_else(|| self.late(None))?
            .map_err(|error| self.broken(None, error))?;
        let (mut head, body) = response.into_parts();
        if head.status.is_redirection() {
            return Err(self.redirect(&head));
        }
        if !head.status.is_success() {
            // The status decides; whatever of the body arrives in time explains it.
            let mut buffer = Buffer::new(self.limits.max_error_body, &head.headers);
            let _ = self.within(pin!(buffer.read(body, self.until))).await;
            return Err(self.refusal(head, buffer.into_own_bytes()));
        }
        if head.status == StatusCode::PARTIAL_CONTENT && self.wants_all() {
            let problem = "the answer is a part (206), and no part was asked for";
            return Err(self.unusable(&head, Kind::Partial, problem.to_owned()));
        }
        let (body, stream) = match self.request.reading {
            Reading::Nothing => (Bytes::new(), None),
            Reading::Whole => (self.read(&mut head, body).await?, None),
            // What is encrypted can be told from what was tampered with at its end only.
            Reading::Stream if is_encrypted(&head.headers) => {
                (Bytes::new(), Some(self.read(&mut head, body).await?.into()))
            }
            Reading::Stream if Coding::of(&head.headers) != Coding::Identity => {
                let problem = "the body is encoded although nothing but `identity` was asked for";
                return Err(self.unusable(&head, Kind::Encoded, problem.to_owned()));
            }
            Reading::Stream => (Bytes::new(), Some(body)),
        };
        Ok(Answer {
            operation: self.request.operation,
            status: head.status,
            request_id: self.request_id(&head.headers).cloned(),
            headers: head.headers,
            attempts: self.number,
            body,
            stream,
            unread: Vec::new(),
            deadline: self.deadline,
        })
    }

    /// Whether the body matters, and the caller did not ask for a range of it.
    fn wants_all(&self) -> bool {
        self.request.reading != Reading::Nothing && !self.request.headers.contains_key(header::RANGE)
    }

    fn http_request(&self) -> http::Request<Bytes> {
        let mut request = self.request.to_http();
        if self.afresh || self.is_told {
            let Self { number, afresh, .. } = *self;
            let operation = self.request.operation;
            request.extensions_mut().insert(AttemptInfo { operation, number, afresh });
        }
        request
    }

    /// Reads the body of a success to its end, under the cap, and decrypts it where it is encrypted.
    async fn read(&self, head: &mut Parts, body: Body) -> Result<Bytes, Error> {
        match Coding::of(&head.headers) {
            Coding::Identity | Coding::Gzip => {}
            Coding::Unknown(coding) => {
                let coding = shown_aside(&coding, &self.endpoint.secrets, &self.request.plain);
                let problem = format!("the body is encoded as {coding}, which was not asked for");
                return Err(self.unusable(head, Kind::Encoded, problem));
            }
        }
        let limit = self.limits.max_body;
        let mut buffer = Buffer::new(limit, &head.headers);
        match self.within(pin!(buffer.fill(body, self.until))).await {
            Some(Ok(())) => {}
            None | Some(Err(ReadError::Late)) => return Err(self.late(Some(head))),
            Some(Err(ReadError::Broken(error))) => return Err(self.broken(Some(head), error)),
            Some(Err(ReadError::Spoilt(problem, error))) => {
                let is_memory = error.kind() == io::ErrorKind::OutOfMemory;
                let kind = if is_memory { Kind::TooLarge } else { Kind::Broken };
                let cause = |lost: &mut TransportError| lost.source = Some(error.into());
                return Err(self.failed(Some(head), kind, problem.to_owned(), cause));
            }
            Some(Err(ReadError::TooLarge)) => {
                let problem = format!("the body is over the limit of {limit} bytes");
                return Err(self.unusable(head, Kind::TooLarge, problem));
            }
        }
        let body = buffer.into_bytes();
        if !is_encrypted(&head.headers) {
            return Ok(body);
        }
        // The headers describe the encrypted body.
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.remove(header::CONTENT_TYPE);
        self.decrypted(&body).ok_or_else(|| {
            decode::unreadable(self.call_info(Some(head)), decode::kept(&body, self.limits.max_error_body))
        })
    }

    fn decrypted(&self, body: &Bytes) -> Option<Bytes> {
        self.endpoint.cipher.as_ref()?.open(body)
    }

    /// The error for a status that is neither success nor redirect.
    #[cold]
    fn refusal(&self, head: Parts, body: Bytes) -> Error {
        let decrypted = is_encrypted(&head.headers).then(|| self.decrypted(&body)).flatten();
        let body = decrypted.unwrap_or(body);
        // A control character becomes an escape of six.
        let limit = body.len().saturating_mul(6);
        let mut decoding = Decoding::new(body, limit, usize::MAX);
        let mut view = decoding.now(self.endpoint.read_error).unwrap_or_default();
        view.retry_after = retry::retry_after(&head.headers, SystemTime::now()).or(view.retry_after);
        let mut call = self.call_info(Some(&head));
        let request_id = view.request_id.take().filter(|id| self.is_id(id));
        call.request_id = call.request_id.or(request_id);
        let headers = KeptHeaders::of(head.headers);
        let body = decoding.body();
        let error = ApiError::new(call, view, headers, body, &self.endpoint.secrets, &self.request.plain);
        match head.status {
            StatusCode::BAD_REQUEST => Error::BadRequest(error),
            StatusCode::UNAUTHORIZED => Error::Unauthorized(error),
            StatusCode::PAYMENT_REQUIRED => Error::PaymentRequired(error),
            StatusCode::FORBIDDEN => Error::Forbidden(error),
            StatusCode::NOT_FOUND => Error::NotFound(error),
            StatusCode::CONFLICT => Error::Conflict(error),
            StatusCode::UNPROCESSABLE_ENTITY => Error::Unprocessable(error),
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited(error),
            status if status.is_client_error() => Error::Client(error),
            _ => Error::Server(error),
        }
    }

    #[cold]
    fn redirect(&self, head: &Parts) -> Error {
        let location = head.headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
        let target = location
            .and_then(|location| self.endpoint.base.target_origin(location))
            .map(|origin| shown_origin(&origin, &self.endpoint.secrets, &self.request.plain));
        Error::Redirect(Box::new(RedirectError { call: self.call_info(Some(head)), target }))
    }

    #[cold]
    fn late(&self, head: Option<&Parts>) -> Error {
        let scope = if self.until == self.deadline { "the call" } else { "an attempt" };
        self.failed(head, Kind::Timeout, format!("no answer in the time for {scope}"), |_| ())
    }

    #[cold]
    fn broken(&self, head: Option<&Parts>, cause: SendError) -> Error {
        let kind = match cause {
            // Whatever a body says of it, its headers came over a connection.
            _ if cause.is_connect() && head.is_none() => Kind::Connect,
            _ if cause.is_unprocessed() && head.is_none() => Kind::Unprocessed,
            _ if cause.is_timeout() => Kind::Timeout,
            _ => Kind::Broken,
        };
        self.failed(head, kind, cause.to_string(), |error| {
            error.permanent = cause.is_permanent();
            if matches!(kind, Kind::Connect | Kind::Unprocessed) {
                error.call.outcome = self.worst_before;
            }
            error.source = Some(cause.into_source());
        })
    }

    /// The answer is there, and another try would bring the same.
    #[cold]
    fn unusable(&self, head: &Parts, kind: Kind, problem: String) -> Error {
        self.failed(Some(head), kind, problem, |error| error.permanent = true)
    }

    fn failed(
        &self,
        head: Option<&Parts>,
        kind: Kind,
        problem: String,
        describe: impl FnOnce(&mut TransportError),
    ) -> Error {
        let mut error =
            TransportError { call: self.call_info(head), problem, kind, permanent: false, source: None };
        describe(&mut error);
        Error::Transport(Box::new(error))
    }

    /// What is known of a call of which this much has arrived.
    fn call_info(&self, head: Option<&Parts>) -> CallInfo {
        let status = head.map(|head| head.status);
        let outcome = match status {
            Some(status) if status.is_success() => Outcome::Applied,
            None | Some(StatusCode::REQUEST_TIMEOUT) => Outcome::Unknown,
            // What comes after a form is sent: the work may be done, and its result be elsewhere.
            Some(StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER)
                if self.request.repeat != Repeat::Read =>
            {
                Outcome::Unknown
            }
            Some(status) if status.is_redirection() || status.is_client_error() => Outcome::Refused,
            Some(_) => Outcome::Unknown,
        };
        CallInfo {
            operation: self.request.operation,
            status,
            request_id: head.and_then(|head| Some(self.request_id(&head.headers)?.to_str().ok()?.to_owned())),
            attempts: self.number,
            outcome: self.worst_before.max(outcome),
        }
    }

    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        static NAMES: [HeaderName; 2] =
            [HeaderName::from_static("request-id"), HeaderName::from_static("x-request-id")];
        let mut values = NAMES.iter().filter_map(|name| headers.get(name));
        values.find(|value| value.to_str().is_ok_and(|id| self.is_id(id)))
    }

    fn is_id(&self, id: &str) -> bool {
        !id.trim().is_empty() && !self.echoes(id)
    }

    /// Whether a request id is none, but something secret that we sent: ids are logged.
    fn echoes(&self, id: &str) -> bool {
        // Shorter ones would hit everything.
        let long = |text: &str| text.len() >= 4;
        let credential =
            |secret: &Secret| long(secret.expose_secret()) && id.contains(secret.expose_secret());
        let sent = &self.request.plain;
        let written = in_json(id);
        let written = written.as_deref().unwrap_or(id).as_bytes();
        self.endpoint.secrets.iter().any(credential) || long(id) && memmem::find(sent, written).is_some()
    }

    /// `None` when time ran out first.
    async fn within<T>(&self, work: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match self.until {
            Some(until) => timeout_at(until, work).await.ok(),
            None => Some(work.await),
        }
    }
}
