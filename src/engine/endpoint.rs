use super::Decode;
use crate::{Error, Operation, Provider, Secret};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header, uri::PathAndQuery};
use std::{any::Any, fmt, time::Duration};
use url::{Host, Url};

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
    /// The header of [`Repeat::Keyed`](crate::Repeat::Keyed) operations.
    pub(crate) idempotency_header: Option<HeaderName>,
    pub(crate) read_error: Decode<ErrorView>,
    /// What encrypts bodies, where the vendor and the config have it so.
    pub(crate) cipher: Option<Box<dyn BodyCipher>>,
}

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

/// What the engine wants to know of a vendor's error body.
#[derive(Default)]
pub(crate) struct ErrorView {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// What the message is about, where the vendor says it apart.
    pub(crate) detail: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// The vendor says that repeating is pointless.
    pub(crate) never_retry: bool,
    /// The vendor's typed body, when it parses.
    pub(crate) body: Option<Box<dyn Any + Send + Sync>>,
}

/// A base URL as it was given. `Debug` leaves out what a base URL must not hold, such as a password.
#[derive(Clone)]
pub(crate) struct GivenUrl(String);

impl From<String> for GivenUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Debug for GivenUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Url::parse(&self.0) {
            Ok(url) => write!(f, "{}{}", url.origin().ascii_serialization(), url.path()),
            Err(_) => f.write_str("not a URL"),
        }
    }
}

/// A base URL that has been checked: http or https, a host, nothing but a path prefix behind it.
pub(crate) struct BaseUrl {
    url: Url,
    uri: Uri,
}

impl BaseUrl {
    pub(crate) fn parse(provider: Provider, GivenUrl(text): &GivenUrl) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::config(format!("the base URL of {provider} {why}")));
        let Ok(url) = Url::parse(text) else { return refuse("is not a URL") };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return refuse("is neither http nor https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("holds user info; give credentials to the config");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("holds a query or a fragment");
        }
        // Of the two parsers this one takes fewer hosts.
        let Ok(uri) = Uri::try_from(url.as_str()) else {
            return refuse("has a host with characters that no request can name, or is too long");
        };
        Ok(Self { url, uri })
    }

    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// What stands before each path, without a slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        self.uri.path().trim_end_matches('/')
    }

    /// The address of this path, which begins with the prefix; `None` where it is too long or no path.
    pub(crate) fn address(&self, path: String) -> Option<Uri> {
        const LONGEST: usize = u16::MAX as usize - 1;
        if self.url.as_str().len() + path.len() > LONGEST {
            return None;
        }
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(path)).ok()?);
        Uri::from_parts(parts).ok()
    }

    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Where a `Location` points, without the parts that may hold secrets; `None` where that is no host.
    pub(crate) fn target_origin(&self, location: &str) -> Option<String> {
        let origin = self.url.join(location).ok()?.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// A header value of visible ASCII, or why it is not one.
pub(crate) fn visible(text: &str) -> Result<HeaderValue, &'static str> {
    if text.contains(' ') {
        return Err("holds bytes that are not visible ASCII");
    }
    spaced(text)
}

/// A header value of visible ASCII with spaces within, as ids that people choose have them, or why it is not one.
pub(crate) fn spaced(text: &str) -> Result<HeaderValue, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err("begins or ends with a space");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err("holds bytes that are not visible ASCII");
    }
    HeaderValue::from_str(text).map_err(|_| "is not a header value")
}

/// [`visible`], marked so that nothing prints it.
pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, &'static str> {
    let mut value = visible(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Authorization` header for a key: as it is if it already reads `Basic …` or `Bearer …`, else what `encode`
/// makes of it. With it what must never be shown: the key as it was given and as it is sent, without the scheme.
pub(crate) fn authorization(
    key: &Secret,
    encode: impl FnOnce(&str) -> String,
) -> Result<(HeaderValue, Vec<Secret>), &'static str> {
    let key = key.expose_secret();
    let ready = key
        .split_once(' ')
        .filter(|(scheme, _)| ["basic", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let given = ready.map_or(key, |(_, rest)| rest);
    visible(given)?;
    let text = if ready.is_some() { key.to_owned() } else { encode(key) };
    let mut value = HeaderValue::from_str(&text).map_err(|_| "is not a header value")?;
    value.set_sensitive(true);
    let sent = text.split_once(' ').map_or(text.as_str(), |(_, sent)| sent);
    Ok((value, vec![given.into(), sent.into()]))
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
            || self.idempotency_header.as_ref() == Some(name)
            || self.reserved.contains(&name)
    }
}
