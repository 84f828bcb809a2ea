mod api;
mod headers;
mod redact;
mod shown;
mod view;

pub use api::ApiError;
pub(crate) use view::ErrorView;
pub use view::VendorBody;
pub(crate) use view::sealed::Sealed;

use crate::operation::Operation;
use crate::{Provider, RateLimit};
use bytes::Bytes;
pub(crate) use headers::KeptHeaders;
use http::{HeaderMap, StatusCode};
pub(crate) use redact::in_json;
use shown::{SHOWN, printable};
pub(crate) use shown::{shown_aside, shown_origin};
use std::{error::Error as StdError, fmt, io, time::Duration};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Why a call failed, and with [`outcome`](Self::outcome) what became of it at the vendor.
///
/// The variant follows from the HTTP status alone, whatever the body says, and a status never gets another variant in a
/// later version. `Display` is one line for a log, and so is `Debug`, which adds the causes as [`report`](Self::report)
/// does. Where the vendor's code or message repeats the client's credentials or texts of the request's body, it shows `[REDACTED]`;
/// [`code`](Self::code), [`message`](Self::message) and [`body`](Self::body) give what the vendor sent.
///
/// # Troubleshooting
/// - After a failed write ask [`outcome`](Self::outcome) before you repeat it: `Unknown` means that the vendor may
///   have carried it out.
/// - A failure that the caller can fix carries the vendor's code in [`code`](Self::code); match on that, never on
///   the message.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client cannot make this call as it is configured. Nothing was sent.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// An argument of the call is unusable. Nothing was sent.
    #[error(transparent)]
    Request(Box<RequestError>),
    /// No usable answer came: no connection, a timeout, a reset, a body over the limit.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// 400: the vendor refuses the request as it is.
    #[error(transparent)]
    BadRequest(Box<ApiError>),
    /// 401: the credentials are wrong, or belong to another environment.
    #[error(transparent)]
    Unauthorized(Box<ApiError>),
    /// 402: the plan's limit is reached, or the account is not paid up.
    #[error(transparent)]
    PaymentRequired(Box<ApiError>),
    /// 403: the credentials may not do this.
    #[error(transparent)]
    Forbidden(Box<ApiError>),
    /// 404: no such resource, or the vendor has removed the endpoint.
    #[error(transparent)]
    NotFound(Box<ApiError>),
    /// 409: the request collides with the state of the resource or with another request.
    #[error(transparent)]
    Conflict(Box<ApiError>),
    /// 422: understood, but not possible in this state.
    #[error(transparent)]
    Unprocessable(Box<ApiError>),
    /// 429: too many requests; see [`retry_after`](Error::retry_after).
    #[error(transparent)]
    RateLimited(Box<ApiError>),
    /// Any other 4XX.
    #[error(transparent)]
    Client(Box<ApiError>),
    /// 5XX, or a status that HTTP does not define: the vendor failed.
    #[error(transparent)]
    Server(Box<ApiError>),
    /// 3XX: redirects are never followed, because credentials would follow them.
    #[error(transparent)]
    Redirect(Box<RedirectError>),
    /// The vendor answered with success, and the body was not understood. The call was carried out.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// The caller's own writer failed under [`Download::write_to`](crate::Download::write_to).
    #[error(transparent)]
    Write(Box<WriteError>),
}

/// What became of a failed call at the vendor.
///
/// It takes every attempt into account: once an attempt is `Unknown`, a later refusal does not make it known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing reached the vendor, or it turned the request away unseen.
    NotSent,
    /// The vendor refused it (4XX but 408, or 3XX but for what `Unknown` says): nothing was carried out.
    Refused,
    /// Perhaps carried out: the answer was lost, or was 408 or 5XX, or 301, 302 or 303 to a write.
    ///
    /// These three may be how a server says that the work is done, and where its result is.
    Unknown,
    /// The vendor answered with success; only its answer could not be read.
    Applied,
}

impl Error {
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config(Box::new(ConfigError { operation: None, message: message.into(), source: None }))
    }

    #[cfg(feature = "rustls")]
    pub(crate) fn config_because(message: impl Into<String>, source: impl Into<BoxError>) -> Self {
        let source = Some(source.into());
        Self::Config(Box::new(ConfigError { operation: None, message: message.into(), source }))
    }

    pub(crate) fn config_of(operation: &'static Operation, message: impl Into<String>) -> Self {
        let operation = Some(operation);
        Self::Config(Box::new(ConfigError { operation, message: message.into(), source: None }))
    }

    pub(crate) fn request(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::Request(Box::new(RequestError { operation, message: message.into() }))
    }

    /// No answer in the time for what the call was a part of.
    pub(crate) fn late(operation: &'static Operation, outcome: Outcome) -> Self {
        Self::Transport(Box::new(TransportError {
            call: CallInfo { operation, status: None, request_id: None, attempts: 0, outcome },
            problem: "no answer in the time for the whole".to_owned(),
            kind: TransportErrorKind::Timeout,
            permanent: false,
            source: None,
        }))
    }

    /// A page that leads back.
    pub(crate) fn cycle(call: CallInfo) -> Self {
        let (path, shown_path) = (".".to_owned(), ".".to_owned());
        let category = DecodeCategory::Cycle;
        Self::Decode(Box::new(DecodeError {
            call,
            path,
            shown_path,
            line: 0,
            column: 0,
            category,
            body: Bytes::new(),
        }))
    }

    /// Pages without an end.
    pub(crate) fn endless(operation: &'static Operation) -> Self {
        let (status, outcome) = (Some(StatusCode::OK), Outcome::Applied);
        Self::cycle(CallInfo { operation, status, request_id: None, attempts: 1, outcome })
    }

    /// The error and what caused it, on one line: `Display`, then each source after a colon.
    ///
    /// It holds no secret, unless a [`Transport`](crate::Transport) or a writer of your own puts one into its error.
    ///
    /// ```
    /// # async fn example(client: connectory::Client) {
    /// # #[cfg(feature = "codat")]
    /// if let Err(error) = client.codat().companies().get_access_token("c-1").await {
    ///     eprintln!("{}", error.report());
    /// }
    /// # }
    /// ```
    pub fn report(&self) -> impl fmt::Display + '_ {
        Report(self)
    }

    /// The operation that failed; `None` for an error of `build()`.
    pub fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Config(error) => error.operation,
            Self::Request(error) => Some(error.operation),
            _ => self.call().map(|call| call.operation),
        }
    }

    /// The vendor that was called.
    pub fn provider(&self) -> Option<Provider> {
        self.operation().map(Operation::provider)
    }

    /// The HTTP status, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.call()?.status
    }

    /// The vendor's code for the error: Deck's `error_code`, Apideck's `type_name`, Codat's `detailedErrorCode`, Deck v2's first `code`.
    pub fn code(&self) -> Option<&str> {
        self.api()?.code()
    }

    /// The vendor's own words, as they came. They may echo what you sent: think before you log them.
    pub fn message(&self) -> Option<&str> {
        self.api()?.message()
    }

    /// The vendor's id of the request, for its support.
    ///
    /// `None` too where it echoes what was sent.
    pub fn request_id(&self) -> Option<&str> {
        self.call()?.request_id.as_deref()
    }

    /// How long the vendor asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api()?.retry_after()
    }

    /// How many requests are left, where the answer that refused the call tells it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.api()?.rate_limit()
    }

    /// How many attempts were made; 0 if nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.call().map_or(0, |call| call.attempts)
    }

    /// The body of the answer, cut at the limit for error bodies. It may hold secrets.
    pub fn body(&self) -> Option<&Bytes> {
        match self {
            Self::Decode(error) => Some(&error.body),
            _ => self.api().map(ApiError::body),
        }
    }

    /// The headers of the answer that refused the call, cut at 16 KiB.
    ///
    /// See [`ApiError::headers`].
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.api().map(ApiError::headers)
    }

    /// Whether time ran out, for an attempt or for the whole call.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.kind == TransportErrorKind::Timeout)
    }

    /// Whether no connection could be made.
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Transport(error) if error.kind == TransportErrorKind::Connect)
    }

    /// What became of the call at the vendor.
    pub fn outcome(&self) -> Outcome {
        self.call().map_or(Outcome::NotSent, |call| call.outcome)
    }

    /// The vendor's typed error body, such as `deck::ErrorBody`, if the body parses as one.
    pub fn vendor<T: VendorBody>(&self) -> Option<&T> {
        self.api()?.vendor()
    }

    /// The vendor's refusal or failure, if that is what the error is.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::BadRequest(error)
            | Self::Unauthorized(error)
            | Self::PaymentRequired(error)
            | Self::Forbidden(error)
            | Self::NotFound(error)
            | Self::Conflict(error)
            | Self::Unprocessable(error)
            | Self::RateLimited(error)
            | Self::Client(error)
            | Self::Server(error) => Some(error),
            Self::Config(_)
            | Self::Request(_)
            | Self::Transport(_)
            | Self::Redirect(_)
            | Self::Decode(_)
            | Self::Write(_) => None,
        }
    }

    pub(crate) fn call(&self) -> Option<&CallInfo> {
        match self {
            Self::Config(_) | Self::Request(_) => None,
            Self::Transport(error) => Some(&error.call),
            Self::Redirect(error) => Some(&error.call),
            Self::Decode(error) => Some(&error.call),
            Self::Write(error) => Some(&error.call),
            _ => self.api().map(|error| &error.call),
        }
    }

    /// The low-cardinality name that telemetry calls `error.type`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::Request(_) => "request",
            Self::Transport(error) => match error.kind {
                TransportErrorKind::Timeout => "timeout",
                TransportErrorKind::Connect => "connect",
                _ => "transport",
            },
            Self::BadRequest(_) => "400",
            Self::Unauthorized(_) => "401",
            Self::PaymentRequired(_) => "402",
            Self::Forbidden(_) => "403",
            Self::NotFound(_) => "404",
            Self::Conflict(_) => "409",
            Self::Unprocessable(_) => "422",
            Self::RateLimited(_) => "429",
            Self::Client(_) => "4xx",
            Self::Server(_) => "5xx",
            Self::Redirect(_) => "redirect",
            Self::Decode(_) => "decode",
            Self::Write(_) => "write",
        }
    }
}

/// As `main` prints it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Report(self), f)
    }
}

struct Report<'a>(&'a Error);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = printable(&cause.to_string(), SHOWN);
            // Some errors say what their source says.
            if !said.ends_with(&text) {
                write!(f, ": {text}")?;
            }
            (said, next) = (text, cause.source());
        }
        Ok(())
    }
}

/// What every error after sending knows of its call.
#[derive(Clone, Debug)]
pub(crate) struct CallInfo {
    pub(crate) operation: &'static Operation,
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) outcome: Outcome,
}

impl CallInfo {
    /// `codat.companies.get_access_token: Codat`
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.operation.provider())
    }

    /// ` (request id 8fa2b5f4, 3 attempts)`
    fn write_tail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request_id = self.request_id.as_deref().map(|id| format!("request id {}", printable(id, 100)));
        let attempts = (self.attempts > 1).then(|| format!("{} attempts", self.attempts));
        let details: Vec<_> = request_id.into_iter().chain(attempts).collect();
        if details.is_empty() { Ok(()) } else { write!(f, " ({})", details.join(", ")) }
    }
}

/// The client cannot make a call, or cannot be built.
///
/// A vendor, credential, consumer or TLS setting is missing or bad.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError {
    operation: Option<&'static Operation>,
    message: String,
    source: Option<BoxError>,
}

impl ConfigError {
    /// What is wrong, and what to set.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "{operation}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// An argument of a call is unusable: an id, a header or a body.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct RequestError {
    operation: &'static Operation,
    message: String,
}

impl RequestError {
    /// What is wrong with the argument.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// No usable answer came.
#[derive(Debug, thiserror::Error)]
pub struct TransportError {
    pub(crate) call: CallInfo,
    pub(crate) problem: String,
    pub(crate) kind: TransportErrorKind,
    /// Another try would end the same way.
    pub(crate) permanent: bool,
    pub(crate) source: Option<BoxError>,
}

impl TransportError {
    /// What went wrong, in our words.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.write_head(f)?;
        write!(f, ": {}", self.problem)?;
        self.call.write_tail(f)
    }
}

/// Why no usable answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made: the last attempt sent nothing.
    Connect,
    /// An HTTP/2 server turned the request away without looking at it.
    Unprocessed,
    /// Time ran out: for an attempt, for the call, or between two chunks of a download.
    Timeout,
    /// The connection broke, the body was cut short, or it is not the gzip that it announces to be.
    Broken,
    /// The body is over the limit, or over the memory that is to be had.
    TooLarge,
    /// The body is in a coding that was not asked for.
    Encoded,
    /// The answer is 206, a part of what was asked for, and no part was asked for.
    Partial,
}

/// The caller's writer failed while a body was written to it.
///
/// The call was carried out, and nothing is wrong with the answer.
#[derive(Debug, thiserror::Error)]
pub struct WriteError {
    pub(crate) call: CallInfo,
    pub(crate) source: io::Error,
}

impl WriteError {
    /// What the writer said, such as that the disk is full.
    pub fn io(&self) -> &io::Error {
        &self.source
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.write_head(f)?;
        write!(f, ": the body could not be written ({:?})", self.source.kind())?;
        self.call.write_tail(f)
    }
}

/// A redirect that was not followed.
#[derive(Debug, thiserror::Error)]
pub struct RedirectError {
    pub(crate) call: CallInfo,
    pub(crate) target: Option<String>,
}

impl RedirectError {
    /// Scheme, host and port that the vendor points to, without what it echoes in them.
    ///
    /// `None` where it points nowhere, or to what is no host.
    pub fn target_origin(&self) -> Option<&str> {
        self.target.as_deref()
    }
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.write_head(f)?;
        let status = self.call.status.unwrap_or_default();
        match &self.target {
            Some(target) => write!(f, " answered {status} to {target}, which is not followed")?,
            None => write!(f, " answered {status}, which names no readable target")?,
        }
        self.call.write_tail(f)
    }
}

/// What kept a successful answer from being understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeCategory {
    /// It is no JSON.
    Syntax,
    /// A value that is needed is of another type.
    Type,
    /// A value that is needed is not there.
    Missing,
    /// It ends too early.
    Truncated,
    /// It has no body.
    Empty,
    /// It is encrypted, and no key opens it.
    Encrypted,
    /// It names a page that was there before: the pages have no end.
    Cycle,
}

impl fmt::Display for DecodeCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Syntax => "syntax",
            Self::Type => "type",
            Self::Missing => "missing",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::Cycle => "cycle",
        })
    }
}

/// A successful answer whose body was not understood.
///
/// It has no source: serde's own error text holds values of the body.
#[derive(thiserror::Error)]
pub struct DecodeError {
    pub(crate) call: CallInfo,
    pub(crate) path: String,
    /// The path, made fit for logs: members' names are the vendor's.
    pub(crate) shown_path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) category: DecodeCategory,
    pub(crate) body: Bytes,
}

impl DecodeError {
    /// Where in the body decoding stopped, such as `data[3].state`. Names of members are as the vendor wrote them.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line of the body, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of that line, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What kind of mistake it is.
    pub fn category(&self) -> DecodeCategory {
        self.category
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.write_head(f)?;
        let status = self.call.status.unwrap_or_default();
        let Self { shown_path: path, category, line, column, .. } = self;
        write!(
            f,
            " answered {status}, and its body was not understood ({category} at `{path}`, line {line} column {column})"
        )?;
        self.call.write_tail(f)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("call", &self.call)
            .field("path", &self.shown_path)
            .field("line", &self.line)
            .field("column", &self.column)
            .field("category", &self.category)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_and_can_cross_threads() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        assert!(size_of::<Error>() <= 16);
    }

    #[test]
    fn outcomes_rank_by_how_much_may_have_happened() {
        let mut outcomes = [Outcome::Applied, Outcome::Unknown, Outcome::NotSent, Outcome::Refused];
        outcomes.sort();
        assert_eq!(outcomes, [Outcome::NotSent, Outcome::Refused, Outcome::Unknown, Outcome::Applied]);
    }
}
