use super::origin::{Address, Origin};
use crate::{Error, Provider};
use bytes::Bytes;
use http::{Uri, uri::PathAndQuery};
use std::fmt;

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
        let address = Address::parse(&self.0).filter(|address| is_path(address.path));
        match address.and_then(|address| Some((address.origin()?, address.path))) {
            Some((origin, path)) => write!(f, "{origin}{path}"),
            None => f.write_str("not a URL"),
        }
    }
}

/// A base URL that has been checked: http or https, a host, nothing but a path prefix behind it.
pub(crate) struct BaseUrl {
    origin: Origin,
    host: String,
    uri: Uri,
}

impl BaseUrl {
    pub(crate) fn parse(provider: Provider, GivenUrl(text): &GivenUrl) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::config(format!("the base URL of {provider} {why}")));
        let Some(address) = Address::parse(text) else { return refuse("is not a URL") };
        if !["http", "https"].iter().any(|scheme| address.scheme.eq_ignore_ascii_case(scheme)) {
            return refuse("is neither http nor https");
        }
        if address.user_info.is_some() {
            return refuse("holds user info; give credentials to the config");
        }
        if !address.rest.is_empty() {
            return refuse("holds a query or a fragment");
        }
        let Some(origin) = address.origin() else {
            return refuse(
                "has a host or a port that is none; a name of other letters is written as `xn--…`",
            );
        };
        if !is_path(address.path) {
            return refuse("has a path with characters that stand there as `%` and two digits");
        }
        if address.path.split('/').any(|segment| !segment.is_empty() && is_dots(segment)) {
            return refuse("has a dot segment in its path");
        }
        let Ok(uri) = Uri::try_from(format!("{origin}{}", address.path)) else {
            return refuse("is too long");
        };
        Ok(Self { host: origin.host(), origin, uri })
    }

    #[cfg(test)]
    pub(crate) fn as_str(&self) -> String {
        format!("{}{}", self.origin, self.prefix())
    }

    /// What stands before each path, without a slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        self.uri.path().trim_end_matches('/')
    }

    /// The address of this path, which begins with the prefix; `None` where it is too long or no path.
    pub(crate) fn address(&self, path: String) -> Option<Uri> {
        const LONGEST: usize = u16::MAX as usize - 1;
        let mut parts = self.uri.clone().into_parts();
        let authority = parts.authority.as_ref()?.as_str();
        if "https://".len() + authority.len() + path.len() > LONGEST {
            return None;
        }
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(path)).ok()?);
        Uri::from_parts(parts).ok()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Where a `Location` points, without the parts that may hold secrets; `None` where that is no host.
    pub(crate) fn target_origin(&self, location: &str) -> Option<String> {
        Some(self.origin.target(location)?.to_string())
    }
}

/// Whether a URL parser takes the segment for "here" or "up": URL parsers read `%2e` as a dot.
pub(crate) fn is_dots(segment: &str) -> bool {
    let mut rest = segment;
    for _ in 0..2 {
        rest = rest
            .strip_prefix('.')
            .or_else(|| rest.strip_prefix("%2e"))
            .or_else(|| rest.strip_prefix("%2E"))
            .unwrap_or(rest);
    }
    rest.is_empty()
}

/// Whether the path goes out as it stands (RFC 3986, 3.3), whatever carries it.
fn is_path(path: &str) -> bool {
    path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte))
}
