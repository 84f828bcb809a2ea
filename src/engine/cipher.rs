use crate::operation::Operation;
use bytes::Bytes;
use http::{HeaderMap, header};

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
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.contains('+') {
        return false;
    }
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.rsplit_once('+').is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case("encrypted"))
}
