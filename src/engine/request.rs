use crate::{
    Secret,
    operation::{Operation, Repeat},
};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use std::time::Duration;

/// What is done with the body of a successful answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Read to its end, under the cap.
    Whole,
    /// Not read: the status says it all.
    Nothing,
    /// Handed to the caller as it arrives.
    Stream,
}

/// What a caller may set for one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) idempotency_key: Option<Secret>,
}

/// A request that can be sent, as often as need be.
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    pub(crate) repeat: Repeat,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body before it was encrypted: what must not be shown when it is echoed.
    pub(crate) plain: Bytes,
    pub(crate) reading: Reading,
    pub(crate) options: Options,
}

impl Request {
    pub(crate) fn to_http(&self) -> http::Request<Bytes> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.operation.method().clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}
