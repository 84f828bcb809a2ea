use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// An http or https server: scheme, host and port, each in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    is_https: bool,
    host: Host,
    port: u16,
}

/// The host of an address. A number in any spelling that resolvers know is an IPv4 address, as browsers have it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// In lower case.
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

/// An address with a scheme and a host, taken apart.
pub(crate) struct Address<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) user_info: Option<&'a str>,
    /// Host and port.
    pub(crate) place: &'a str,
    pub(crate) path: &'a str,
    /// From the first `?` or `#` on.
    pub(crate) rest: &'a str,
}

/// Whether the host of an address is this machine, without asking a resolver.
pub(crate) fn is_loopback(host: &str) -> bool {
    Host::parse(host).is_some_and(|host| host.is_loopback())
}

impl<'a> Address<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (scheme, text) = text.trim().split_once("://")?;
        let (authority, text) = text.split_at(text.find(['/', '?', '#']).unwrap_or(text.len()));
        let (path, rest) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        let (user_info, place) = match authority.rsplit_once('@') {
            Some((user_info, place)) => (Some(user_info), place),
            None => (None, authority),
        };
        Some(Self { scheme, user_info, place, path, rest })
    }

    /// `None` where the scheme is neither http nor https, or the host is none.
    pub(crate) fn origin(&self) -> Option<Origin> {
        let is_https = self.scheme.eq_ignore_ascii_case("https");
        if !is_https && !self.scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let after_host = self.place.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match self.place.get(after_host..)?.find(':') {
            Some(colon) => self.place.split_at_checked(after_host + colon)?,
            None => (self.place, ""),
        };
        let port = match port.strip_prefix(':').unwrap_or(port) {
            "" => Origin::usual_port(is_https),
            port if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().ok()?,
            _ => return None,
        };
        Some(Origin { is_https, host: Host::parse(host)?, port })
    }
}

impl Origin {
    fn usual_port(is_https: bool) -> u16 {
        if is_https { 443 } else { 80 }
    }

    fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// Where a `Location` from here points; `None` where that is no http or https address.
    pub(crate) fn target(&self, location: &str) -> Option<Self> {
        // URL parsers drop tabs wherever they are.
        if location.contains('\t') {
            return None;
        }
        let location = location.trim().replace('\\', "/");
        let first = location.split(['/', '?', '#']).next()?;
        if first.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme)) {
            Address::parse(&location)?.origin()
        } else if location.starts_with("//") {
            Address::parse(&format!("{}:{location}", self.scheme()))?.origin()
        } else {
            Some(self.clone())
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.host.is_loopback()
    }

    /// As an address has it: an IPv6 address stands in brackets.
    pub(crate) fn host(&self) -> String {
        self.host.to_string()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host)?;
        if self.port == Self::usual_port(self.is_https) { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        if let Some(text) = text.strip_prefix('[') {
            return Some(Self::V6(text.strip_suffix(']')?.parse().ok()?));
        }
        let labels = text.strip_suffix('.').unwrap_or(text).split('.');
        let last = labels.clone().next_back()?;
        if last.bytes().all(|byte| byte.is_ascii_digit()) || number(last).is_some() {
            return Some(Self::V4(ipv4(labels)?));
        }
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        labels.clone().all(is_label).then(|| Self::Name(text.to_ascii_lowercase()))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// The address of at most four numbers, of which the last fills what the others leave: `127.1` is `127.0.0.1`.
fn ipv4<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Ipv4Addr> {
    let numbers = parts.map(number).collect::<Option<Vec<u64>>>()?;
    let (last, first) = numbers.split_last()?;
    let mut address = *last;
    let bytes = 4_usize.checked_sub(first.len()).filter(|bytes| *bytes > 0)?;
    if address >> (8 * bytes) != 0 {
        return None;
    }
    for (byte, shift) in first.iter().zip([24, 16, 8]) {
        address |= u64::from(u8::try_from(*byte).ok()?) << shift;
    }
    Some(Ipv4Addr::from(u32::try_from(address).ok()?))
}

/// A number as resolvers read it: hexadecimal after `0x`, octal after `0`.
fn number(text: &str) -> Option<u64> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match (hexadecimal, text.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) => (digits, 8),
        (None, None) if text.is_empty() => return None,
        (None, None) => (text, 10),
    };
    match digits {
        "" => Some(0),
        // What is too large is a number all the same, and no address.
        _ if digits.chars().all(|digit| digit.is_digit(radix)) => {
            Some(u64::from_str_radix(digits, radix).unwrap_or(u64::MAX))
        }
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prelude::*, sample::select};
    use url::Url;

    fn origin(text: &str) -> Option<Origin> {
        Address::parse(text)?.origin()
    }

    #[test]
    fn an_origin_has_one_spelling() {
        let rows = [
            ("HTTPS://Vendor.Example:443/v1", "https://vendor.example"),
            ("http://vendor.example:", "http://vendor.example"),
            ("http://vendor.example.:0080", "http://vendor.example."),
            ("https://vendor.example:80", "https://vendor.example:80"),
            ("http://2130706433:1", "http://127.0.0.1:1"),
            ("http://0x7f.1", "http://127.0.0.1"),
            ("http://0177.0.0.1.", "http://127.0.0.1"),
            ("https://[0:0::1]:8080/", "https://[::1]:8080"),
            ("http://0xfffffffffffffffffg", "http://0xfffffffffffffffffg"),
        ];
        for (text, expected) in rows {
            assert_eq!(origin(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_host_is_no_origin() {
        let refused = [
            "http://",
            "http://h:1x",
            "http://h:65536",
            "http://h:+1",
            "http://[::1",
            "http://[::1]x",
            "http://::1",
            "http://h..example",
            "http://é.example",
            "http://a%41",
            "http://256.1",
            "http://1.2.3.4.5",
            "http://1.2.3.256",
            "http://1.2.3.4.0",
            "http://a.08",
            "http://0xfffffffffffffffff",
            "http://a.0Xfffffffffffffffff.",
            "http://0xfffffffffffffffff.1",
            "http://0777777777777777777777777",
            "http://a b",
            "http://a\\b",
            "ftp://h",
        ];
        for text in refused {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    proptest! {
        /// `url` reads addresses as browsers do, in a third of the crates that a client has.
        #[test]
        fn r6_a_host_is_what_browsers_take_it_for(
            host in prop_oneof![
                "[0-9a-fxX.]{0,12}",
                "(0x[0-9a-f]{0,8}|0[0-7]{0,11}|[0-9]{1,10})(\\.(0x[0-9a-f]{0,3}|0[0-7]{0,3}|[0-9]{1,3})){0,4}\\.?",
                "([0-9a-z]{1,3}\\.){0,2}(0[xX][0-9a-g]{15,20}|0[0-8]{20,25}|[0-9]{18,22})\\.?",
                "[a-zA-Z0-9_.%@:-]{0,8}",
                "\\[[0-9a-f:.]{0,12}\\]",
            ],
            port in select(&["", ":", ":1", ":080", ":443", ":70000"][..]),
        ) {
            for scheme in ["http", "https"] {
                let text = format!("{scheme}://{host}{port}");
                let theirs = Url::parse(&text);
                // Of internationalised names nothing but the letters is looked at.
                if let Some(ours) = origin(&text) && !text.contains("xn--") {
                    prop_assert_eq!(Url::parse(&ours.to_string()).unwrap().origin(), theirs.unwrap().origin());
                } else if let Ok(theirs) = theirs {
                    let is_number = !matches!(theirs.host(), Some(url::Host::Domain(_)));
                    prop_assert!(!is_number || text.contains('%'), "{text} is {theirs}");
                }
            }
        }
    }
}
