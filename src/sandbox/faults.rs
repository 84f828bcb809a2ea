use super::body::read_seconds;
use super::exchange::{Reply, later};
use super::object::object;
use super::random::Random;
use crate::operation::Operation;
use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use http::{Response, StatusCode};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// Something that goes wrong on the way to a vendor, at it, or on the way back.
///
/// In JSON it is `"reset_after"`, or with a value `{"status": 503}`; times are in seconds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes later by this much. Until then Codat counts the request as in progress.
    #[serde(deserialize_with = "read_seconds")]
    Latency(Duration),
    /// The vendor carries the request out and never answers.
    Silence,
    /// The connection breaks before the vendor sees the request.
    ResetBefore,
    /// The vendor carries the request out, and the connection breaks before its answer.
    ResetAfter,
    /// The vendor carries the request out, and the connection breaks in the middle of its answer: before it, where
    /// the answer has no body.
    CutBody,
    /// 429, with a `Retry-After` in seconds. Nothing is carried out.
    RateLimited(u64),
    /// 429, with a `Retry-After` that is a date this much later, on the machine's clock. Nothing is carried out.
    #[serde(deserialize_with = "read_seconds")]
    RateLimitedUntil(Duration),
    /// This status with the vendor's error body, which 204, 205 and 304 go without; 500 for a number outside 200 to
    /// 599. Nothing is carried out.
    Status(u16),
    /// 502 with a page of HTML, as proxies answer. Nothing is carried out.
    Html,
    /// The vendor carries the request out; its JSON ends in the middle, in a whole HTTP answer. Nothing happens to an
    /// answer without a body.
    TruncatedJson,
    /// The vendor carries the request out; its answer announces more bytes than it has. Where the answer has no body
    /// the connection breaks instead.
    WrongLength,
    /// The vendor carries the request out; its answer is this many bytes once decompressed, 16 GiB at most.
    GzipBomb(usize),
    /// A redirect to this URL. Nothing is carried out.
    Redirect(String),
    /// The vendor carries the request out; the texts of its answer are ones that nobody has seen before.
    UnseenValues,
    /// The vendor carries the request out; the members of its answer are null, but for those that are objects.
    NulledFields,
    /// The vendor carries the request out; its answer has members that nobody has seen before.
    ExtraFields,
}

/// When a fault strikes: at every operation and always, unless it is told otherwise.
///
/// [`Sandbox::inject`](super::Sandbox::inject) panics at one whose operation is none.
///
/// ```
/// use connectory::sandbox::{Fault, FaultRule};
///
/// let rule = FaultRule::new(Fault::ResetAfter).operation("deck.connections.invalidate_access_token").times(1);
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    fault: Fault,
    operation: Option<String>,
    #[serde(rename = "times")]
    left: Option<u32>,
    #[serde(default = "always", deserialize_with = "read_rate")]
    rate: f64,
}

fn always() -> f64 {
    1.0
}

/// A share, which is no percentage.
fn read_rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let rate = f64::deserialize(deserializer)?;
    is_share(rate).then_some(rate).ok_or_else(|| D::Error::custom(NO_SHARE))
}

fn is_share(rate: f64) -> bool {
    (0.0..=1.0).contains(&rate)
}

const NO_SHARE: &str = "rate is not between 0 and 1";

impl FaultRule {
    /// This fault, at every request.
    pub fn new(fault: Fault) -> Self {
        Self { fault, operation: None, left: None, rate: always() }
    }

    /// Only at this operation, by its id such as `codat.companies.get_access_token`.
    #[must_use]
    pub fn operation(mut self, id: impl Into<String>) -> Self {
        self.operation = Some(id.into());
        self
    }

    /// Only so often, then never again.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    /// Only at this share of the requests, between 0 and 1, as the seed has it.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }
}

impl FaultRule {
    /// # Panics
    /// When the rate is no share: it would strike always or never.
    #[track_caller]
    pub(super) fn assert_share(&self) {
        assert!(is_share(self.rate), "{NO_SHARE}: {}", self.rate);
    }

    pub(super) fn named_operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    fn applies_to(&self, operation: &Operation) -> bool {
        self.named_operation().is_none_or(|wanted| wanted == operation.id())
    }
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

/// The rules of a sandbox.
#[derive(Default)]
pub(super) struct Faults(Vec<FaultRule>);

impl Faults {
    pub(super) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What strikes this request: the faults of all rules that apply, oldest first.
    pub(super) fn striking(&mut self, operation: &Operation, random: &Random) -> Vec<Fault> {
        let mut faults = Vec::new();
        for rule in &mut self.0 {
            if !rule.applies_to(operation)
                || rule.left == Some(0)
                || (rule.rate < 1.0 && !random.happens(rule.rate))
            {
                continue;
            }
            rule.left = rule.left.map(|left| left - 1);
            faults.push(rule.fault.clone());
        }
        self.0.retain(|rule| rule.left != Some(0));
        faults
    }
}

impl Fault {
    /// What stands in the vendor's place, where it never sees the request.
    pub(super) fn instead(&self, refusal: impl FnOnce(StatusCode) -> Reply) -> Option<Reply> {
        let limited = StatusCode::TOO_MANY_REQUESTS;
        Some(match self {
            Self::RateLimited(seconds) => refusal(limited).header("retry-after", seconds.to_string()),
            Self::RateLimitedUntil(wait) => {
                let date = httpdate::fmt_http_date(later(SystemTime::now(), *wait));
                refusal(limited).header("retry-after", date)
            }
            Self::Status(status) => match final_status(*status) {
                bodiless
                @ (StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED) => {
                    Reply::empty(bodiless)
                }
                status => refusal(status),
            },
            Self::Html => Reply::file("text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>")
                .with_status(StatusCode::BAD_GATEWAY),
            Self::Redirect(target) => {
                Reply::empty(StatusCode::TEMPORARY_REDIRECT).header("location", target.clone())
            }
            _ => return None,
        })
    }

    /// How much later the answer comes.
    pub(super) fn latency(&self) -> Duration {
        if let Self::Latency(wait) = self { *wait } else { Duration::ZERO }
    }

    /// What becomes of what a vendor says.
    pub(super) fn reshape(&self, reply: &mut Reply) {
        let Some(json) = reply.json_mut() else { return };
        match self {
            Self::UnseenValues => each(json, &mut |value| {
                if let Value::String(text) = value {
                    text.insert_str(0, "unseen-");
                }
            }),
            Self::NulledFields => each(json, &mut |value| {
                if let Value::Object(members) = value {
                    members
                        .values_mut()
                        .filter(|member| !member.is_object())
                        .for_each(|member| *member = Value::Null);
                }
            }),
            Self::ExtraFields => each(json, &mut |value| {
                if let Value::Object(members) = value {
                    members
                        .insert("unseen_member".to_owned(), object!({ "nested": json!([1, "two", null]) }));
                }
            }),
            _ => {}
        }
    }

    /// What becomes of a vendor's answer on its way.
    pub(super) fn distort(&self, answer: &mut Played) {
        match self {
            Self::Latency(wait) => answer.latency = answer.latency.saturating_add(*wait),
            Self::Silence => answer.way = Way::Never,
            Self::ResetBefore | Self::ResetAfter => answer.way = Way::Reset,
            Self::CutBody | Self::WrongLength if answer.response.body().is_empty() => {
                answer.way = Way::Reset;
            }
            Self::CutBody => answer.way = Way::Cut,
            Self::WrongLength => answer.way = Way::WrongLength,
            Self::TruncatedJson => {
                let body = answer.response.body();
                let half = body.slice(..body.len() / 2);
                *answer.response.body_mut() = half;
            }
            Self::GzipBomb(size) => {
                let status = answer.response.status();
                answer.response = bomb(*size);
                *answer.response.status_mut() = status;
            }
            Self::RateLimited(_)
            | Self::RateLimitedUntil(_)
            | Self::Status(_)
            | Self::Html
            | Self::Redirect(_)
            | Self::UnseenValues
            | Self::NulledFields
            | Self::ExtraFields => {}
        }
    }
}

/// A status that ends an exchange and that servers send.
fn final_status(status: u16) -> StatusCode {
    let known = StatusCode::from_u16(status).ok().filter(|_| (200..600).contains(&status));
    known.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// An answer and the way it takes.
pub(super) struct Played {
    pub(super) response: Response<Bytes>,
    pub(super) latency: Duration,
    pub(super) way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Whole,
    /// Nothing ever comes.
    Never,
    /// The connection breaks.
    Reset,
    /// The connection breaks after half of the body.
    Cut,
    /// All of the body comes, and more was announced.
    WrongLength,
}

impl Played {
    pub(super) fn new(reply: Reply) -> Self {
        Self { response: reply.into_http(), latency: Duration::ZERO, way: Way::Whole }
    }
}

/// Changes the value and all that is in it, inmost first.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Object(members) => members.values_mut().for_each(|member| each(member, change)),
        _ => {}
    }
    change(value);
}

/// Zeros, compressed: the same mebibyte over and over, and what is left. It is one gzip member, because there are clients
/// that read no second one.
fn bomb(size: usize) -> Response<Bytes> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    const MEBIBYTE: usize = 1 << 20;
    const MOST: usize = 16 * 1024;
    static BLOCK: LazyLock<Vec<u8>> = LazyLock::new(|| deflated_zeros(MEBIBYTE, FlushCompress::Full));
    let (blocks, rest) = ((size / MEBIBYTE).min(MOST), size % MEBIBYTE);
    let mut body = HEADER.to_vec();
    body.extend(BLOCK.repeat(blocks));
    body.extend(deflated_zeros(rest, FlushCompress::Finish));
    let mut sum = repeated(checksum(MEBIBYTE), blocks);
    sum.combine(&checksum(rest));
    body.extend(sum.sum().to_le_bytes());
    body.extend(sum.amount().to_le_bytes());
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert("content-encoding", http::HeaderValue::from_static("gzip"));
    headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}

fn deflated_zeros(count: usize, flush: FlushCompress) -> Vec<u8> {
    // Far more than a mebibyte of zeros takes.
    let mut deflated = Vec::with_capacity(64 * 1024);
    // Compression fails only where another stream has ended.
    let _ = Compress::new(Compression::best(), false).compress_vec(&vec![0; count], &mut deflated, flush);
    deflated
}

fn checksum(zeros: usize) -> Crc {
    let mut sum = Crc::new();
    sum.update(&vec![0; zeros]);
    sum
}

/// The checksum of so many times the same.
fn repeated(mut of_one: Crc, times: usize) -> Crc {
    let (mut sum, mut left) = (Crc::new(), times);
    while left > 0 {
        if left % 2 == 1 {
            sum.combine(&of_one);
        }
        let mut doubled = Crc::new();
        doubled.combine(&of_one);
        doubled.combine(&of_one);
        (of_one, left) = (doubled, left / 2);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_used_up_is_forgotten() {
        let (mut faults, random) = (Faults::default(), Random::seeded(7));
        let operation = crate::operations().next().unwrap();
        faults.add(FaultRule::new(Fault::Html));
        for _ in 0..100 {
            faults.add(FaultRule::new(Fault::Html).times(1));
            faults.add(FaultRule::new(Fault::Html).times(1).operation(operation.id()));
            assert_eq!(faults.striking(operation, &random).len(), 3);
            assert_eq!(faults.0.len(), 1);
        }
    }
}
