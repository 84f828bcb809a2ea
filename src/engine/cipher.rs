use crate::operation::Operation;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

/// Encrypts the bodies of requests and decrypts those of answers.
pub(crate) trait BodyCipher: Send + Sync {
    /// The body as it travels; `None` when it cannot be encrypted.
    fn seal(&self, operation: &Operation, body: Bytes) -> Option<Sealed>;

    /// What an encrypted answer holds; `None` when the key does not fit.
    fn open(&self, body: &Bytes) -> Option<Bytes>;
}

/// A body as it travels.
pub(crate) struct Sealed {
    pub(crate) body: Bytes,
    pub(crate) content_type: &'static str,
}

/// Whether an answer's body is encrypted.
pub(crate) fn is_encrypted(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    media_type.last_chunk::<10>().is_some_and(|end| end.eq_ignore_ascii_case(b"+encrypted"))
}
