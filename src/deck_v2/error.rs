use crate::error::{ErrorView, Sealed};
use crate::types::{from_object, model, open_enum};
use std::fmt;

model! {
    /// The body of Deck's refusals and failures.
    ///
    /// 401 and 403 may come without one.
    ///
    /// Source: <https://docs.deck.co/api/errors>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct ErrorBody {
        /// What went wrong: one item as a rule. The first one gives [`Error::code`](crate::Error::code) and the message.
        pub errors: Vec<ErrorItem>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String> as AnyText,
    }
}

model! {
    /// One thing that went wrong: in a refusal, or in a run of a task.
    ///
    /// Type and code together say what; a code such as `timeout` belongs to several types. `Debug` leaves the message out,
    /// because it may echo what was sent.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ErrorItem {
        /// The broad kind of error.
        pub kind: Option<ErrorType> = "type",
        /// The particular error.
        pub code: Option<ErrorCode>,
        /// What went wrong, for developers. Deck may reword it.
        pub message: Option<String>,
        /// The member of the request that it is about.
        pub field: Option<String>,
    }
}

impl fmt::Debug for ErrorItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorItem")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl ErrorItem {
    /// Whether the same request fails again, however long one waits.
    ///
    /// Too many sessions are among it: they end when somebody ends one.
    fn is_lasting(&self) -> bool {
        matches!(self.code, Some(ErrorCode::SessionLimitExceeded | ErrorCode::IdempotencyError))
            || self.kind == Some(ErrorType::Organization)
    }
}

open_enum! {
    /// The broad kind of an error.
    pub enum ErrorType {
        /// Deck failed, or no longer has the endpoint.
        Api = "api",
        /// The idempotency key is wrong, or was used for another request.
        Idempotency = "idempotency",
        /// The session failed.
        Session = "session",
        /// Too many requests or sessions.
        RateLimit = "rate_limit",
        /// The source failed or refuses.
        Source = "source",
        /// The request is wrong.
        Request = "request",
        /// The source does not take the credential.
        Auth = "auth",
        /// A question to the customer was not answered.
        Interaction = "interaction",
        /// The task failed.
        Task = "task",
        /// A file could not be stored.
        Storage = "storage",
        /// The organisation's plan does not allow it.
        Organization = "organization",
        /// The connection failed. Older documentation only.
        Connection = "connection",
    }
}

open_enum! {
    /// The particular error. Deck has more codes than its documentation shows.
    pub enum ErrorCode {
        /// Deck failed.
        ApiError = "api_error",
        /// It took too long; the type says what.
        Timeout = "timeout",
        /// The endpoint is no longer there.
        EndpointDeprecated = "endpoint_deprecated",
        /// The idempotency key was used for another request.
        IdempotencyError = "idempotency_error",
        /// The idempotency key is over 256 characters.
        IdempotencyKeyError = "idempotency_key_error",
        /// Over 200 requests in ten seconds.
        RateLimitExceeded = "rate_limit_exceeded",
        /// Too many sessions at once. It ends when a session ends.
        SessionLimitExceeded = "session_limit_exceeded",
        /// The source failed.
        SourceError = "source_error",
        /// The source is wrong.
        SourceInvalid = "source_invalid",
        /// No such source.
        SourceNotFound = "source_not_found",
        /// The source does not answer.
        SourceNotAvailable = "source_not_available",
        /// The source turns Deck away.
        SourceBlocked = "source_blocked",
        /// The input lacks a value.
        InputMissing = "input_missing",
        /// The source does not take the credential.
        AuthInvalid = "auth_invalid",
        /// Nobody answered the question in time.
        InteractionTimeout = "interaction_timeout",
        /// The same, in older documentation.
        MfaTimeout = "mfa_timeout",
        /// The source turns the connection away. Older documentation only.
        Blocked = "blocked",
    }
}

impl Sealed for ErrorBody {}

pub(super) fn read(body: &str) -> Result<ErrorView, serde_json::Error> {
    let body: ErrorBody = from_object(body)?;
    let first = body.errors.first().cloned().unwrap_or_default();
    // What a gateway says may be repeated; some have a request id too.
    let is_deck_s = body.errors.iter().any(|error| error.kind.is_some() || error.code.is_some());
    Ok(ErrorView {
        code: first.code.map(|code| code.as_str().to_owned()),
        message: first.message,
        detail: first.field,
        request_id: body.request_id.clone(),
        never_retry: body.errors.iter().any(ErrorItem::is_lasting),
        body: is_deck_s.then(|| Box::new(body) as _),
        ..ErrorView::default()
    })
}
