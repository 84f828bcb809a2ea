//! What an error of the HTTP stack means for a call.

use super::SendError;
use crate::error::BoxError;
use std::{error::Error as StdError, io, iter};

/// Reads what is below the error; whether no connection was made, and whether time ran out, the stack knows best.
#[cold]
pub(super) fn told(
    error: impl StdError + Send + Sync + 'static,
    is_connect: bool,
    is_timeout: bool,
) -> SendError {
    if is_connect {
        if causes(&error).any(|cause| cause.to_string() == "tunnel error: proxy authorization required") {
            return refused_by_proxy(error);
        }
        #[cfg(feature = "rustls")]
        if causes(&error).any(super::tls::is_distrust) {
            return SendError::connect(error).permanent_because("the server's certificate is not trusted");
        }
        return SendError::connect(error);
    }
    #[cfg(feature = "http2")]
    if causes(&error).any(is_turned_away) {
        return SendError::unprocessed(error);
    }
    let problem = causes(&error).find_map(unreadable);
    if let Some(problem) = problem {
        return SendError::other(error).permanent_because(problem);
    }
    if is_timeout { SendError::timeout(error) } else { SendError::other(error) }
}

#[cold]
pub(super) fn refused_by_proxy(source: impl Into<BoxError>) -> SendError {
    SendError::connect(source).permanent_because("the proxy refuses: it wants other credentials (407)")
}

/// An error and what is below it.
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |error| {
        let error: &(dyn StdError + 'static) = *error;
        // An I/O error hides what it holds: its source is that of the error in it.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        held.map(|held| held as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

/// Whether this, somewhere below an error, says that time ran out.
#[cfg(feature = "hyper")]
pub(super) fn is_timeout(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref().is_some_and(hyper::Error::is_timeout)
        || cause.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::TimedOut)
}

/// Whether the server says that it has not looked at the request (RFC 9113, 8.7).
///
/// h2 gives an error of the peer's GOAWAY to the streams alone that come after the last one which the peer names.
#[cfg(feature = "http2")]
fn is_turned_away(cause: &(dyn StdError + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<h2::Error>() else { return false };
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || refused)
}

/// Why an answer is none that can be read: another try would bring the same one.
fn unreadable(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    let error = cause.downcast_ref::<hyper::Error>().filter(|error| error.is_parse())?;
    Some(match error.to_string().as_str() {
        "message head is too large" => "the answer's head is too large: more than 100 headers, or 400 KiB",
        "invalid HTTP header parsed" => "the answer has a header that is none",
        "invalid HTTP status-code parsed" => "the answer has no readable status",
        _ => "the answer's head cannot be read as HTTP",
    })
}
