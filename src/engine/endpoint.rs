use super::{BaseUrl, BodyCipher, Decode};
use crate::error::ErrorView;
use crate::{Provider, Secret};
use http::{HeaderMap, HeaderName, header};

/// One configured vendor: where it is, who we are there, and how it words its errors.
pub(crate) struct Endpoint {
    pub(crate) provider: Provider,
    pub(crate) base: BaseUrl,
    /// Sent with every call that takes credentials.
    pub(crate) credentials: HeaderMap,
    /// What must never be shown when the vendor echoes it.
    pub(crate) secrets: Vec<Secret>,
    /// Headers besides these that a caller must not set.
    pub(crate) reserved: &'static [&'static HeaderName],
    /// What [`Repeat::Keyed`](crate::operation::Repeat::Keyed) operations rely on.
    pub(crate) keys: Option<KeyStore>,
    pub(crate) read_error: Decode<ErrorView>,
    /// What encrypts bodies, where the vendor and the config have it so.
    pub(crate) cipher: Option<Box<dyn BodyCipher>>,
}

/// Where a vendor keeps idempotency keys with its answers.
pub(crate) struct KeyStore {
    pub(crate) header: HeaderName,
    pub(crate) keeps: Keeps,
}

/// Which answers a vendor keeps with their keys, and replays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// All but those that refuse because of a limit.
    Everything,
    /// Those of a success: after a failure the same key does the work again.
    Successes,
}

impl Endpoint {
    /// Whether the engine or the vendor's config sets the header, so that a caller must not.
    pub(crate) fn reserves(&self, name: &HeaderName) -> bool {
        const RESERVED: [HeaderName; 12] = [
            header::AUTHORIZATION,
            header::PROXY_AUTHORIZATION,
            header::HOST,
            header::CONTENT_TYPE,
            header::CONTENT_ENCODING,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
            header::TE,
            header::TRAILER,
            header::UPGRADE,
            header::ACCEPT_ENCODING,
        ];
        RESERVED.contains(name)
            || self.credentials.contains_key(name)
            || self.keys.as_ref().is_some_and(|keys| keys.header == name)
            || self.reserved.contains(&name)
    }
}
