use http::HeaderMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many requests are left, as the headers of an answer tell it.
///
/// Codat counts your own requests of the day. Apideck passes on what the service behind it counts for one customer's
/// connection. [`scope`](Self::scope) tells which it is. Deck tells nothing.
///
/// ```
/// # async fn example(client: connectory::Client) -> Result<(), connectory::Error> {
/// # #[cfg(feature = "codat")] {
/// let profile = client.codat().settings().get_profile().response().await?;
/// if let Some(left) = profile.rate_limit().and_then(|limit| limit.remaining()) {
///     println!("{left} requests are left today");
/// }
/// # }
/// # Ok(())
/// # }
/// ```
///
/// Sources: <https://docs.codat.io/using-the-api/rate-limits>, <https://developers.apideck.com/guides/unified-rate-limits>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    scope: RateLimitScope,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset: Option<SystemTime>,
}

/// Which quota a [`RateLimit`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateLimitScope {
    /// Yours at the vendor: Codat's `X-Rate-Limit-*`.
    Vendor,
    /// Those at the service behind the vendor, for one customer's connection: Apideck's `x-downstream-ratelimit-*`.
    Service,
}

impl RateLimit {
    /// Which quota is counted.
    pub fn scope(&self) -> RateLimitScope {
        self.scope
    }

    /// How many requests there are in a period; Codat's is a day.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// How many of them are left.
    pub fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// When the next period begins; `None` too for a form of date that the crate does not know.
    ///
    /// The vendors do not say how they write it. HTTP dates, ISO 8601 (in UTC unless it says otherwise), and Unix seconds
    /// or milliseconds are read.
    pub fn reset(&self) -> Option<SystemTime> {
        self.reset
    }

    /// What the headers tell, the vendor's own before the service's.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let told = |scope, prefix: &str| {
            let header = |name: &str| headers.get(format!("{prefix}{name}"))?.to_str().ok();
            let number = |name| header(name)?.trim().parse().ok();
            let (limit, remaining) = (number("limit"), number("remaining"));
            let reset = header("reset").and_then(|text| moment(text.trim()));
            let is_told = limit.is_some() || remaining.is_some() || reset.is_some();
            is_told.then_some(Self { scope, limit, remaining, reset })
        };
        told(RateLimitScope::Vendor, "x-rate-limit-")
            .or_else(|| told(RateLimitScope::Service, "x-downstream-ratelimit-"))
    }
}

fn moment(text: &str) -> Option<SystemTime> {
    if let Ok(number) = text.parse::<u64>() {
        // A small number would be a wait: nobody says of which begin.
        return match number {
            1_000_000_000_000.. => UNIX_EPOCH.checked_add(Duration::from_millis(number)),
            1_000_000_000.. => UNIX_EPOCH.checked_add(Duration::from_secs(number)),
            _ => None,
        };
    }
    httpdate::parse_http_date(text).ok().or_else(|| iso_8601(text))
}

/// `2024-05-02T00:00:00.0000000+00:00` and its like, to the second.
fn iso_8601(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let [year, month, day] = numbers(date, '-')?;
    let day_of_year = days_before(year, month, day)?;
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => (time.get(..at)?, time.get(at..)?),
        None => (time, "Z"),
    };
    let [hour, minute, second] = match time.split('.').next().filter(|time| !time.is_empty()) {
        Some(time) => numbers(time, ':')?,
        None => [0; 3],
    };
    let ahead = match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
        (Some(ahead), _) => minutes(ahead)?,
        (_, Some(behind)) => -minutes(behind)?,
        _ => 0,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    let seconds = ((day_of_year * 24 + hour) * 60 + minute - ahead) * 60 + second;
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok().filter(|_| is_time)?))
}

/// Three numbers without a sign.
fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.split(between).map(|part| {
        let is_number = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| is_number)
    });
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// The minutes of `05:30`.
fn minutes(offset: &str) -> Option<i64> {
    let [hours, minutes, _] = numbers(&format!("{offset}:0"), ':')?;
    Some(hours * 60 + minutes)
}

/// The days from 1970 to this one.
fn days_before(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_date = year >= 1970 && (1..=12).contains(&month) && (1..=31).contains(&day);
    // Years from March on, so that a leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1;
    is_date.then_some(days - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;
    use proptest::prelude::*;

    fn told(headers: &[(&'static str, &str)]) -> Option<RateLimit> {
        let header =
            |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().unwrap());
        RateLimit::of(&headers.iter().map(header).collect())
    }

    fn seconds(text: &str) -> Option<u64> {
        moment(text)?.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
    }

    #[test]
    fn each_vendor_s_headers_are_read() {
        let codat = told(&[
            ("x-rate-limit-limit", "2000"),
            ("x-rate-limit-remaining", " 7 "),
            ("x-rate-limit-reset", "Thu, 02 May 2024 00:00:00 GMT"),
        ]);
        let codat = codat.unwrap();
        assert_eq!(
            (codat.scope(), codat.limit(), codat.remaining()),
            (RateLimitScope::Vendor, Some(2000), Some(7))
        );
        assert_eq!(codat.reset(), Some(UNIX_EPOCH + Duration::from_secs(1_714_608_000)));
        let service = told(&[("x-downstream-ratelimit-remaining", "14982")]).unwrap();
        assert_eq!((service.scope(), service.limit()), (RateLimitScope::Service, None));
        assert_eq!((service.remaining(), service.reset()), (Some(14_982), None));
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        let odd = told(&[
            ("x-rate-limit-limit", "many"),
            ("x-rate-limit-remaining", "-1"),
            ("x-rate-limit-reset", "soon"),
        ]);
        assert_eq!(odd, None);
        let some = told(&[("x-rate-limit-limit", "many"), ("x-rate-limit-remaining", "3")]).unwrap();
        assert_eq!((some.limit(), some.remaining()), (None, Some(3)));
        let both = told(&[("x-rate-limit-limit", "many"), ("x-downstream-ratelimit-limit", "5")]).unwrap();
        assert_eq!(both.scope(), RateLimitScope::Service);
        assert_eq!(told(&[("retry-after", "7")]), None);
    }

    #[test]
    fn a_reset_is_read_in_the_forms_that_dates_have() {
        for (text, expected) in [
            ("2024-05-02T00:00:00Z", Some(1_714_608_000)),
            ("2024-05-02T00:00:00.0000000+00:00", Some(1_714_608_000)),
            ("2024-05-02 05:30:07+05:30", Some(1_714_608_007)),
            ("2024-05-01T19:00:00-05:00", Some(1_714_608_000)),
            ("2024-05-02T00:00:00", Some(1_714_608_000)),
            ("2024-05-02", Some(1_714_608_000)),
            ("2024-02-29", Some(1_709_164_800)),
            ("1714608000", Some(1_714_608_000)),
            ("1714608000000", Some(1_714_608_000)),
            ("60", None),
            ("", None),
            ("2024-05", None),
            ("2024-13-01", None),
            ("2024-05-02T24:00:00Z", None),
            ("2024-05-02T00:00:99Z", None),
            ("2024-05-02T00:00:00+x", None),
            ("+2024-05-02", None),
            ("1969-12-31", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[cfg(any(feature = "sandbox", feature = "jiff-0-2"))]
    proptest! {
        #[test]
        fn a_date_is_what_jiff_says(instant in 0..253_370_764_799_i64, offset in -1439..1440_i32) {
            let offset = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
            let time = jiff::Timestamp::from_second(instant).unwrap();
            let text = time.display_with_offset(offset).to_string();
            prop_assume!(!text.starts_with("1969") && !text.starts_with("10000"));
            prop_assert_eq!(seconds(&text), u64::try_from(instant).ok(), "{}", text);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:+. -]{0,40}|\\PC{0,20}") {
            let _ = moment(&text);
        }
    }
}
