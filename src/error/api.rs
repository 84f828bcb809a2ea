use super::redact::redact;
use super::shown::{SHOWN, printable};
use super::{CallInfo, KeptHeaders};
use super::{ErrorView, VendorBody};
use crate::{RateLimit, Secret};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{borrow::Cow, fmt, time::Duration};

/// The vendor refused the call or failed.
///
/// It holds the answer in one shape for all vendors, and as it came.
#[derive(thiserror::Error)]
pub struct ApiError {
    pub(super) call: CallInfo,
    view: ErrorView,
    /// Code, and message with detail, made fit for logs.
    shown_code: Option<String>,
    shown: Option<String>,
    headers: KeptHeaders,
    body: Bytes,
}

impl ApiError {
    /// `secrets` are the client's credentials, `sent` is the request's body: neither is shown when echoed.
    pub(crate) fn new(
        call: CallInfo,
        view: ErrorView,
        headers: KeptHeaders,
        body: Bytes,
        secrets: &[Secret],
        sent: &[u8],
    ) -> Box<Self> {
        let code = view.code.as_deref();
        let words = match (view.message.as_deref(), view.detail.as_deref()) {
            (Some(message), Some(detail)) => Some(Cow::from([message, ": ", detail].concat())),
            (words, None) | (None, words) => words.map(Cow::from),
        };
        let texts = [code.unwrap_or_default(), words.as_deref().unwrap_or_default()];
        let [shown_code, shown] = redact(texts, secrets, sent);
        let shown_code = code.is_some().then(|| printable(&shown_code, 100));
        let shown = words.is_some().then(|| printable(&shown, SHOWN));
        Box::new(Self { call, view, shown_code, shown, headers, body })
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.call.status.unwrap_or_default()
    }

    /// The vendor's code for the error: Deck's `error_code`, Apideck's `type_name`, Codat's `detailedErrorCode`, Deck v2's first `code`.
    pub fn code(&self) -> Option<&str> {
        self.view.code.as_deref()
    }

    /// The vendor's own words, as they came. They may echo what you sent: think before you log them.
    pub fn message(&self) -> Option<&str> {
        self.view.message.as_deref()
    }

    /// The vendor's id of the request, for its support.
    ///
    /// `None` too where it echoes what was sent.
    pub fn request_id(&self) -> Option<&str> {
        self.call.request_id.as_deref()
    }

    /// How long the vendor asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.view.retry_after
    }

    /// How many requests are left, where the answer tells it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::of(&self.headers.map)
    }

    /// The headers of the answer, as far as they fit into 16 KiB.
    ///
    /// Each counts as long as its name and value, and 32 bytes. They may echo what you sent.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers.map
    }

    /// Whether some headers did not fit, and are not among [`headers`](Self::headers).
    pub fn headers_cut(&self) -> bool {
        self.headers.cut
    }

    /// The body as it came, cut at the limit for error bodies.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The vendor's typed error body, such as `deck::ErrorBody`, if the body parses as one.
    pub fn vendor<T: VendorBody>(&self) -> Option<&T> {
        self.view.body.as_ref()?.downcast_ref()
    }

    pub(crate) fn never_retry(&self) -> bool {
        self.view.never_retry
    }

    /// Whether the body is one of the vendor's own, and not a gateway's.
    pub(crate) fn is_by_vendor(&self) -> bool {
        self.view.body.is_some()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.write_head(f)?;
        write!(f, " answered {}", self.status())?;
        if let Some(code) = &self.shown_code {
            write!(f, ", code {code}")?;
        }
        if let Some(message) = &self.shown {
            write!(f, ": {message}")?;
        }
        self.call.write_tail(f)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("call", &self.call)
            .field("code", &self.shown_code)
            .field("message", &self.shown)
            .field("retry_after", &self.view.retry_after)
            .finish_non_exhaustive()
    }
}
