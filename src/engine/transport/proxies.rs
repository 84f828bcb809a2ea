use crate::engine::origin::Address;
use crate::env::Variables;
use crate::{Error, Secret};
use http::Uri;
use std::fmt;

/// The proxies that requests go through, but for those to loopback.
///
/// The environment is read here and not by the HTTP client, which goes direct where it cannot read a variable, and would
/// read them anew for each runtime.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    pub(super) http: Option<Uri>,
    pub(super) https: Option<Uri>,
    /// What goes without, as `NO_PROXY` names it.
    pub(super) exceptions: Option<String>,
}

/// A proxy's address may hold a password.
impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies")
    }
}

impl Proxies {
    /// One for everything.
    pub(crate) fn given(url: &Secret) -> Result<Self, Error> {
        let proxy = read(url.expose_secret())
            .ok_or_else(|| Error::config("the proxy is not an http or https URL"))?;
        Ok(Self { http: Some(proxy.clone()), https: Some(proxy), exceptions: None })
    }

    /// Those that the environment names, in the variables that curl reads and by hyper-util's rules for them.
    pub(crate) fn of_the_environment(variables: &Variables<'_>) -> Result<Self, Error> {
        // In a CGI script `HTTP_PROXY` is a header of the request.
        if variables.is_set("REQUEST_METHOD") {
            return Ok(Self::default());
        }
        let proxy = |names| {
            let Some((name, text)) = variables.first(names)? else { return Ok(None) };
            // There an address may lack its scheme.
            let address = if text.contains("://") { text } else { format!("http://{text}") };
            read(&address).map(Some).ok_or_else(|| {
                Error::config(format!(
                    "the variable {name} names no http or https proxy; `no_proxy()` goes without"
                ))
            })
        };
        let every = proxy(["ALL_PROXY", "all_proxy"])?;
        let http = proxy(["HTTP_PROXY", "http_proxy"])?.or_else(|| every.clone());
        let https = proxy(["HTTPS_PROXY", "https_proxy"])?.or(every);
        let exceptions = variables.first(["NO_PROXY", "no_proxy"])?.map(|(_, text)| text);
        Ok(Self { http, https, exceptions })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }
}

/// A proxy's address, without what stands behind host and port.
fn read(text: &str) -> Option<Uri> {
    let address = Address::parse(text)?;
    address.origin()?;
    let scheme = address.scheme.to_ascii_lowercase();
    let user_info = address.user_info.map(|info| format!("{info}@")).unwrap_or_default();
    format!("{scheme}://{user_info}{}", address.place).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn found(variables: &[(&str, &str)]) -> Result<Proxies, Error> {
        let look_up = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        Proxies::of_the_environment(&Variables::new(&look_up))
    }

    #[test]
    fn r5_a_proxy_variable_that_cannot_be_read_is_refused_by_name() {
        let unreadable = [
            "http://s3cret:pass word@h",
            "ftp://s3cret@h",
            "http://",
            "/s3cret",
            "http://h:s3cret",
            "::s3cret",
        ];
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            for value in unreadable {
                for beside in
                    ["REST", "all_proxy", "https_proxy", "http_proxy"].map(|other| (other, "http://h"))
                {
                    let error = found(&[(name, value), beside]).unwrap_err();
                    assert!(error.to_string().contains(&format!(" {name} ")), "{error}");
                    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
                }
                assert!(found(&[(name, value), ("REQUEST_METHOD", "")]).unwrap().is_empty());
            }
        }
    }

    #[test]
    fn proxies_are_those_that_curl_would_take() {
        let good = "user:p%20w@proxy:3128";
        type Variables<'a> = &'a [(&'a str, &'a str)];
        let rows: [(Variables<'_>, usize, bool); 10] = [
            (&[], 0, false),
            (&[("HTTP_PROXY", good)], 1, true),
            (&[("https_proxy", "http://user:pw@proxy:3128/path")], 1, false),
            (&[("all_proxy", "10.0.0.1")], 2, true),
            (&[("ALL_PROXY", "http://proxy"), ("https_proxy", "https://proxy")], 2, true),
            (&[("HTTP_PROXY", ""), ("http_proxy", good)], 0, false),
            (&[("HTTP_PROXY", good), ("http_proxy", "::")], 1, true),
            (&[("HTTP_PROXY", ""), ("ALL_PROXY", "proxy")], 2, true),
            (&[("NO_PROXY", "*"), ("HTTPS_PROXY", "[::1]:8080")], 1, false),
            (&[("HTTPS_PROXY", ""), ("HTTP_PROXY", ""), ("ALL_PROXY", "")], 0, false),
        ];
        for (variables, count, http) in rows {
            let proxies = found(variables).unwrap();
            let found = [&proxies.http, &proxies.https].into_iter().flatten().count();
            assert_eq!((found, proxies.http.is_some()), (count, http), "{variables:?}");
            assert_eq!(format!("{proxies:?}"), "Proxies");
        }
    }
}
