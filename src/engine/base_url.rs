use crate::{Error, Provider};
use bytes::Bytes;
use http::{Uri, uri::PathAndQuery};
use std::fmt;
use url::{Host, Url};

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
