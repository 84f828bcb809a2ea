use super::Keeps;
use crate::error::ApiError;
use crate::operation::Repeat;
use crate::{Error, TransportErrorKind};
use http::{HeaderMap, StatusCode, header};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

/// How often and how patiently a client repeats a failed attempt.
///
/// What may be repeated at all is a property of each operation: see [`Repeat`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts per call, the first included. 3 by default.
    pub max_attempts: u32,
    /// Upper bound of the first wait; it doubles with each attempt. 200 ms by default.
    pub initial_backoff: Duration,
    /// Upper bound of every wait that the vendor did not ask for. 10 s by default.
    pub max_backoff: Duration,
    /// The longest `Retry-After` that is waited for; a longer one ends the call. 60 s by default.
    pub max_retry_after: Duration,
    /// Tokens for retries that all clones of a client share. 500 by default.
    ///
    /// A retry takes 5, a success gives back 10. Without tokens nothing is repeated.
    pub budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            initial_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
            budget: 500,
        }
    }
}

impl RetryPolicy {
    /// The policy that sends every call exactly once.
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets [`max_attempts`](field@Self::max_attempts); 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets [`initial_backoff`](field@Self::initial_backoff) and [`max_backoff`](field@Self::max_backoff).
    #[must_use]
    pub fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        self.initial_backoff = initial;
        self.max_backoff = max;
        self
    }

    /// Sets [`max_retry_after`](field@Self::max_retry_after).
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Sets [`budget`](field@Self::budget).
    #[must_use]
    pub fn budget(mut self, tokens: u32) -> Self {
        self.budget = tokens;
        self
    }

    /// How long to wait before the next attempt; `None` ends the call.
    ///
    /// `random` lies in 0..=1.
    pub(crate) fn wait(&self, failed: &FailedAttempt, random: impl FnOnce() -> f64) -> Option<Duration> {
        if !failed.may_repeat() {
            return None;
        }
        let doublings = failed.attempts.saturating_sub(1).min(31);
        let ceiling = self.initial_backoff.saturating_mul(1 << doublings).min(self.max_backoff);
        let backoff = ceiling.mul_f64(random());
        if failed.retry_after.is_some_and(|asked| asked > self.max_retry_after) {
            return None;
        }
        // A vendor that is still at work says 0 as often as it is asked.
        let at_once = failed.retry_after == Some(Duration::ZERO) && failed.attempts < failed.max_attempts;
        let wait = failed.retry_after.map_or(backoff, |asked| asked.max(backoff));
        let wait = if at_once { Duration::ZERO } else { wait };
        failed.time_left.is_none_or(|left| wait < left).then_some(wait)
    }
}

/// Everything that decides whether another attempt follows.
#[derive(Clone, Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) repeat: Repeat,
    pub(crate) failure: Failure,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    pub(crate) max_attempts: u32,
    /// An earlier attempt of this call may have been carried out.
    pub(crate) lost_before: bool,
    /// The attempt had a connection of its own.
    pub(crate) afresh: bool,
    pub(crate) never_retry: bool,
    /// The vendor itself answered, and not a gateway before it.
    pub(crate) by_vendor: bool,
    pub(crate) keeps: Keeps,
    pub(crate) retry_after: Option<Duration>,
    /// `None`: the call has no deadline.
    pub(crate) time_left: Option<Duration>,
}

/// Whether what changes nothing may succeed later where it failed with this.
pub(crate) fn may_succeed_later(error: &Error) -> bool {
    let failed = FailedAttempt {
        repeat: Repeat::Read,
        failure: Failure::of(error),
        attempts: 0,
        max_attempts: 1,
        lost_before: false,
        afresh: false,
        never_retry: error.api().is_some_and(ApiError::never_retry),
        by_vendor: error.api().is_some_and(ApiError::is_by_vendor),
        keeps: Keeps::Everything,
        retry_after: None,
        time_left: None,
    };
    failed.may_repeat()
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection: nothing was sent.
    Connect,
    /// The server has not looked at it.
    Unprocessed,
    /// Sent, and no usable answer came: timeout, reset, body cut short.
    Lost,
    /// The vendor answered with this status.
    Status(StatusCode),
    /// Repeating cannot help.
    Final,
}

impl Failure {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Transport(error) if error.permanent => Self::Final,
            Error::Transport(error) if error.kind == TransportErrorKind::Connect => Self::Connect,
            Error::Transport(error) if error.kind == TransportErrorKind::Unprocessed => Self::Unprocessed,
            Error::Transport(_) => Self::Lost,
            _ => error.api().map_or(Self::Final, |error| Self::Status(error.status())),
        }
    }

    /// Whether another connection may do what this one did not.
    pub(crate) fn is_of_the_connection(self) -> bool {
        matches!(self, Self::Lost | Self::Unprocessed | Self::Status(StatusCode::MISDIRECTED_REQUEST))
    }
}

impl FailedAttempt {
    fn may_repeat(&self) -> bool {
        if self.never_retry {
            return false;
        }
        let Self { repeat, attempts, max_attempts, .. } = *self;
        let keeps_failures = self.keeps == Keeps::Everything;
        // The vendor is still at work on the attempt whose answer was lost: wait for it as long as the call may last.
        if self.failure == Failure::Status(StatusCode::CONFLICT) {
            let in_time = self.time_left.is_some() || attempts < max_attempts;
            return repeat == Repeat::Keyed && keeps_failures && self.lost_before && in_time;
        }
        // The work may be done and not be kept: the key would not hold it back.
        let failed_unkept = self.by_vendor && !keeps_failures && repeat == Repeat::Keyed;
        let repeatable = match self.failure {
            Failure::Connect
            | Failure::Unprocessed
            | Failure::Status(StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY) => true,
            Failure::Status(StatusCode::MISDIRECTED_REQUEST) => !self.afresh,
            Failure::Lost => repeat != Repeat::Once,
            Failure::Status(StatusCode::INTERNAL_SERVER_ERROR) => {
                matches!(repeat, Repeat::Read | Repeat::Idempotent)
            }
            Failure::Status(status) if status.is_server_error() && failed_unkept => false,
            Failure::Status(status) => {
                matches!(status.as_u16(), 408 | 502..=504 | 520..=524 | 527 | 529) && repeat != Repeat::Once
            }
            Failure::Final => false,
        };
        repeatable && attempts < max_attempts
    }
}

/// The bucket that keeps an outage from multiplying traffic.
#[derive(Debug)]
pub(crate) struct Budget {
    tokens: AtomicU32,
    capacity: u32,
}

impl Budget {
    const RETRY_TAKES: u32 = 5;
    const SUCCESS_GIVES: u32 = 10;

    pub(crate) fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Takes what one retry costs; `None` when the bucket is too empty for it.
    pub(crate) fn take(&self) -> Option<Taken<'_>> {
        self.update(|tokens| tokens.checked_sub(Self::RETRY_TAKES)).then(|| Taken(self))
    }

    /// What a success is worth.
    pub(crate) fn give_back(&self) {
        let full = |tokens| tokens == self.capacity;
        if !full(self.tokens.load(Ordering::Relaxed)) {
            self.put(Self::SUCCESS_GIVES);
        }
    }

    fn put(&self, tokens: u32) {
        self.update(|held| Some(held.saturating_add(tokens).min(self.capacity)));
    }

    fn update(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

/// The tokens of a retry that has not been made yet; they go back when it never is.
pub(crate) struct Taken<'a>(&'a Budget);

impl Taken<'_> {
    pub(crate) fn spend(self) {
        std::mem::forget(self);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.put(Budget::RETRY_TAKES);
    }
}

/// The wait that a `Retry-After` header asks for: whole or fractional seconds, or an HTTP date.
///
/// Of several the first that can be read counts. A date is one of the server's clock, which `Date` tells: `now` is for
/// answers without it.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let readable = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::trim);
    let server = || readable(header::DATE).find_map(|date| httpdate::parse_http_date(date).ok());
    readable(header::RETRY_AFTER).find_map(|text| wait_until(text, || server().unwrap_or(now)))
}

fn wait_until(text: &str, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    if text.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        // Several that a proxy has joined are one list.
        let first = text.split(',').next().unwrap_or_default().trim_end();
        let is_number = first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds = is_number.then(|| first.parse::<f64>().ok()).flatten()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now()).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn header(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())])
    }

    fn parsed(text: &str) -> Option<Duration> {
        retry_after(&header(text), SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
    }

    #[test]
    fn r10_retry_after_takes_seconds_fractions_and_dates() {
        assert_eq!(parsed("7"), Some(Duration::from_secs(7)));
        assert_eq!(parsed(" 0.25 "), Some(Duration::from_millis(250)));
        assert_eq!(parsed("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(parsed("Sun, 06 Nov 1994 08:49:07 GMT"), Some(Duration::ZERO));
        assert_eq!(parsed("99999999999999999999999999"), Some(Duration::MAX));
        for nonsense in ["", "soon", "-3", "1e", "nan", "inf", "Sun, 06 Nov"] {
            assert_eq!(parsed(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn r10_the_first_header_that_can_be_read_counts_and_a_date_is_of_the_server_s_clock() {
        let parsed = |lines: &[(HeaderName, &[u8])]| {
            let lines =
                lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value).unwrap()));
            retry_after(&lines.collect(), SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        let wait = |value: &'static [u8]| (header::RETRY_AFTER, value);
        let date = |value: &'static [u8]| (header::DATE, value);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let in_the_afternoon: &[u8] = b"Sun, 06 Nov 1994 18:00:30 GMT";
        assert_eq!(parsed(&[wait(b"soon"), wait(b"3"), wait(b"4")]), seconds(3));
        assert_eq!(parsed(&[wait(b"\xff"), wait(b""), wait(b"0")]), seconds(0));
        assert_eq!(parsed(&[wait(b"soon"), wait(b"\xff")]), None);
        assert_eq!(parsed(&[wait(in_the_afternoon)]), seconds(33_063));
        for known in [
            &[date(b"Sun, 06 Nov 1994 18:00:00 GMT")][..],
            &[date(b"\xff"), date(b"now"), date(b"Sun, 06 Nov 1994 18:00:00 GMT")],
        ] {
            assert_eq!(parsed(&[known, &[wait(in_the_afternoon)]].concat()), seconds(30));
        }
        assert_eq!(parsed(&[date(b"now"), wait(in_the_afternoon)]), seconds(33_063));
        assert_eq!(parsed(&[date(b"Sun, 06 Nov 1994 18:00:00 GMT"), wait(b"9")]), seconds(9));
    }

    #[test]
    fn budget_takes_five_and_gives_back_ten() {
        let budget = Budget::new(12);
        let take = || budget.take().map(Taken::spend).is_some();
        assert!(take() && take());
        assert!(!take());
        budget.give_back();
        budget.give_back();
        assert_eq!(budget.tokens.load(Ordering::Relaxed), 12);
    }

    fn failed(repeat: Repeat, failure: Failure) -> FailedAttempt {
        FailedAttempt {
            repeat,
            failure,
            attempts: 1,
            max_attempts: 3,
            lost_before: false,
            afresh: false,
            never_retry: false,
            by_vendor: true,
            keeps: Keeps::Everything,
            retry_after: None,
            time_left: Some(Duration::from_secs(60)),
        }
    }

    #[test]
    fn the_table_of_repeat_holds() {
        use Failure::{Connect, Final, Lost, Unprocessed};
        let policy = RetryPolicy::default();
        let status = |code| Failure::Status(StatusCode::from_u16(code).unwrap());
        let rows = [
            (Connect, [true, true, true, true]),
            (Unprocessed, [true, true, true, true]),
            (status(421), [true, true, true, true]),
            (Lost, [true, true, true, false]),
            (status(425), [true, true, true, true]),
            (status(429), [true, true, true, true]),
            (status(408), [true, true, true, false]),
            (status(502), [true, true, true, false]),
            (status(503), [true, true, true, false]),
            (status(504), [true, true, true, false]),
            (status(520), [true, true, true, false]),
            (status(524), [true, true, true, false]),
            (status(527), [true, true, true, false]),
            (status(529), [true, true, true, false]),
            (status(500), [true, true, false, false]),
            (status(519), [false; 4]),
            (status(525), [false; 4]),
            (status(526), [false; 4]),
            (status(528), [false; 4]),
            (status(530), [false; 4]),
            (status(400), [false; 4]),
            (status(404), [false; 4]),
            (status(409), [false; 4]),
            (status(501), [false; 4]),
            (Final, [false; 4]),
        ];
        let classes = [Repeat::Read, Repeat::Idempotent, Repeat::Keyed, Repeat::Once];
        for (failure, expected) in rows {
            for (repeat, expected) in classes.into_iter().zip(expected) {
                let wait = policy.wait(&failed(repeat, failure), || 1.0);
                assert_eq!(wait.is_some(), expected, "{repeat:?} after {failure:?}");
            }
        }
    }

    #[test]
    fn where_failures_are_not_kept_a_keyed_write_that_the_vendor_failed_is_not_sent_again() {
        let waits = |status: u16, by_vendor, repeat| {
            let failure = Failure::Status(StatusCode::from_u16(status).unwrap());
            let failed = FailedAttempt { keeps: Keeps::Successes, by_vendor, ..failed(repeat, failure) };
            RetryPolicy::default().wait(&failed, || 1.0).is_some()
        };
        for status in [502, 503, 504, 520, 524, 529] {
            assert!(!waits(status, true, Repeat::Keyed), "{status}");
            assert!(waits(status, false, Repeat::Keyed), "a gateway's {status}");
            assert!(waits(status, true, Repeat::Read) && waits(status, true, Repeat::Idempotent), "{status}");
        }
        assert!(waits(429, true, Repeat::Keyed) && waits(408, true, Repeat::Keyed));
        assert!(!waits(500, false, Repeat::Keyed) && !waits(500, true, Repeat::Keyed));
        let conflict = Failure::Status(StatusCode::CONFLICT);
        let lost = FailedAttempt { lost_before: true, ..failed(Repeat::Keyed, conflict) };
        assert!(RetryPolicy::default().wait(&lost, || 1.0).is_some());
        let lost = FailedAttempt { keeps: Keeps::Successes, ..lost };
        assert_eq!(RetryPolicy::default().wait(&lost, || 1.0), None);
    }

    #[test]
    fn a_misdirected_request_goes_to_one_new_connection() {
        let misdirected = Failure::Status(StatusCode::MISDIRECTED_REQUEST);
        let failed = FailedAttempt { afresh: true, ..failed(Repeat::Read, misdirected) };
        assert!(misdirected.is_of_the_connection());
        assert_eq!(RetryPolicy::default().wait(&failed, || 1.0), None);
    }

    #[test]
    fn a_keyed_conflict_after_a_lost_answer_is_waited_on_beyond_the_attempts() {
        let mut conflict = failed(Repeat::Keyed, Failure::Status(StatusCode::CONFLICT));
        conflict.attempts = 7;
        assert_eq!(RetryPolicy::default().wait(&conflict, || 1.0), None);
        conflict.lost_before = true;
        assert_eq!(RetryPolicy::default().wait(&conflict, || 1.0), Some(Duration::from_secs(10)));
        conflict.never_retry = true;
        assert_eq!(RetryPolicy::default().wait(&conflict, || 1.0), None);
    }

    #[test]
    fn waits_double_to_the_ceiling_and_honour_the_longer_retry_after() {
        let policy = RetryPolicy::default();
        let mut attempt = failed(Repeat::Read, Failure::Lost);
        attempt.max_attempts = 100;
        let waits: Vec<_> = (1..=8)
            .map(|attempts| {
                attempt.attempts = attempts;
                policy.wait(&attempt, || 1.0).unwrap().as_millis()
            })
            .collect();
        assert_eq!(waits, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        attempt.attempts = 90;
        assert_eq!(policy.wait(&attempt, || 0.5), Some(Duration::from_secs(5)));

        attempt.retry_after = Some(Duration::ZERO);
        assert_eq!(policy.wait(&attempt, || 0.5), Some(Duration::ZERO), "the vendor asks for it at once");
        attempt.max_attempts = 90;
        attempt.repeat = Repeat::Keyed;
        attempt.lost_before = true;
        attempt.failure = Failure::Status(StatusCode::CONFLICT);
        assert_eq!(
            policy.wait(&attempt, || 0.5),
            Some(Duration::from_secs(5)),
            "beyond the attempts it is paced"
        );

        attempt = failed(Repeat::Read, Failure::Lost);
        attempt.retry_after = Some(Duration::from_secs(30));
        assert_eq!(policy.wait(&attempt, || 0.5), Some(Duration::from_secs(30)));
        attempt.retry_after = Some(Duration::from_secs(61));
        assert_eq!(policy.wait(&attempt, || 0.5), None);
        attempt.retry_after = Some(Duration::from_secs(30));
        attempt.time_left = Some(Duration::from_secs(30));
        assert_eq!(policy.wait(&attempt, || 0.5), None, "a wait that uses up the time left ends the call");
    }
}
