//! What is fuzzed of the engine: each function takes any bytes, feeds them to the real send path, and asserts what must
//! hold, not just that nothing panics.
//!
//! `fuzz/` runs them under libFuzzer; the tests below run them under proptest and over the corpus that is kept there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a mistake here has to be seen: these are tests, though not always under `cfg(test)`"
)]

use crate::engine::{Answer, Draft};
use crate::{
    Body, Client, ClientBuilder, Error, Operation, Outcome, RetryPolicy, SendError, Transport,
    TransportFuture,
};
use bytes::Bytes;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body::Frame;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{Read, Write},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};
use tokio::runtime::Runtime;
use url::Url;

const BASE: &str = "https://vendor.example/v1";
const CREDENTIAL: &str = "credential-of-the-client";
/// Longer addresses are refused.
const LONGEST_URI: usize = u16::MAX as usize - 1;

/// Ids, parted by 0xFF: each becomes exactly one segment of the path, or the call is refused.
pub fn path(data: &[u8]) {
    let ids: Vec<_> = data.split(|byte| *byte == 0xff).map(String::from_utf8_lossy).collect();
    for operation in crate::operations().filter(|operation| places(operation) > 0) {
        let template = operation.path();
        let used: Vec<_> = ids.iter().cycle().take(places(operation)).collect();
        let address = address(BASE, operation, |draft| used.iter().fold(draft, Draft::path));
        if used.iter().any(|id| leads_elsewhere(id)) {
            assert!(matches!(address, Err(Error::Request(_))), "{used:?}: {address:?}");
        } else if let Some(uri) = unless_too_long(address, data.len() * used.len()) {
            let segments = uri.path().strip_prefix("/v1").unwrap().split('/');
            assert_eq!(segments.clone().count(), template.split('/').count(), "{uri}");
            let mut used = used.into_iter();
            for (segment, name) in segments.zip(template.split('/')) {
                let expected = if name.starts_with('{') { used.next().unwrap() } else { name };
                assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), expected, "{uri}");
            }
            assert_eq!(uri.query(), None);
        }
    }
}

/// JSON, or text: as a member of a query it goes out as name and value of each leaf, and leaves the path alone.
pub fn query(data: &[u8]) {
    let json = serde_json::from_slice(data).unwrap_or_else(|_| String::from_utf8_lossy(data).into());
    let mut expected = Vec::new();
    collect_leaves("filter".to_owned(), &json, &mut expected);
    let Some(operation) = crate::operations().find(|operation| places(operation) == 0) else { return };
    let address = address(BASE, operation, |draft| draft.query(&json!({ "filter": json })));
    let length = expected.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    if let Some(uri) = unless_too_long(address, length) {
        let url = Url::parse(&uri.to_string()).unwrap();
        assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), expected);
        assert_eq!(uri.path(), format!("/v1{}", operation.path()));
    }
}

/// A base URL: refused without showing what is secret in it, or a place below which every operation is.
pub fn base_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for operation in crate::operations() {
        match address(&text, operation, |draft| fill_places(draft, operation)) {
            Err(error) => assert!(matches!(error, Error::Config(_)), "{text:?}: {error}"),
            Ok(uri) => {
                let (base, sent) = (Url::parse(&text).unwrap(), Url::parse(&uri.to_string()).unwrap());
                assert_eq!(sent.origin(), base.origin());
                assert!(sent.path().starts_with(base.path().trim_end_matches('/')), "{sent} is below {base}");
                let below = operation.path().split('{').next().unwrap();
                assert!(sent.path().contains(below), "{sent} is {below}");
            }
        }
    }
    let Ok(mut url) = Url::parse(&text) else { return };
    if url.set_password(Some(CREDENTIAL)).is_ok() {
        let builder = builder(url.as_str());
        assert_hidden(&format!("{builder:?}"), CREDENTIAL);
        assert_loggable(&builder.build().unwrap_err());
    }
}

/// The bytes of a `Retry-After`: a wait or none, and a number is what it says.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let before = SystemTime::now();
    for operation in one_of_each_vendor() {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, value.clone())]);
        let played = Played { status: StatusCode::TOO_MANY_REQUESTS, headers, ..Played::default() };
        let error = refusal(operation, played, "");
        assert!(matches!(error, Error::RateLimited(_)), "{error}");
        let text = value.to_str().unwrap_or_default().trim();
        let wait = error.retry_after();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = text.parse().map_or(Duration::MAX, Duration::from_secs);
            // As precise as an f64, which is exact for some 285 million years.
            let exact = seconds.as_secs() < 1 << 53;
            assert!(
                if exact { wait == Some(seconds) } else { wait >= Some(seconds / 2) },
                "{text}: {wait:?}"
            );
        } else if let Ok(date) = httpdate::parse_http_date(text) {
            let until = |now| date.duration_since(now).unwrap_or_default();
            assert!(wait.is_some_and(|wait| (until(SystemTime::now())..=until(before)).contains(&wait)));
        } else if wait.is_some() {
            assert!(text.parse::<f64>().is_ok_and(|seconds| seconds >= 0.0), "{text}: {wait:?}");
        }
    }
}

/// The body of a refusal, and after a 0xFF what was sent before: the status says what the error is, the body is kept,
/// and neither the client's credentials nor what was sent is shown when the vendor echoes it.
pub fn error_body(data: &[u8]) {
    let (body, sent) = split_once(data, 0xff);
    let status = data.iter().fold(100_u16, |sum, byte| (sum * 31 + u16::from(*byte)) % 900) + 100;
    let status = StatusCode::from_u16(status).unwrap();
    if status.is_success() || status.is_redirection() {
        return;
    }
    let text = String::from_utf8_lossy(body);
    let sent = format!("«sent {}»", String::from_utf8_lossy(sent));
    for operation in one_of_each_vendor() {
        let error = refusal(operation, Played::answering(status, body), &sent);
        assert_eq!(error.kind(), kind(status), "{error}");
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
        let refused = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT;
        assert_eq!(error.outcome(), if refused { Outcome::Refused } else { Outcome::Unknown });
        assert_eq!(error.body().unwrap(), body);
        assert_loggable(&error);

        // A redaction may happen to write what was sent.
        if sent.contains("REDACTED") || text.contains("«sent ") {
            continue;
        }
        for id in [&sent, CREDENTIAL] {
            let words = format!("{text}{sent}{text}{CREDENTIAL}{sent}");
            let echo = json!({
                "error_code": words, "error_message": words,
                "type_name": words, "message": words, "detail": [words, sent],
                "error": words, "correlationId": id,
            });
            let error =
                refusal(operation, Played::answering(status, &serde_json::to_vec(&echo).unwrap()), &sent);
            assert_loggable(&error);
            for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                assert_hidden(&shown, &sent);
                assert_hidden(&shown, &format!("{sent:?}"));
            }
        }
    }
}

/// Limit, size of the chunks, and a body: never more than the limit is handed over, and nothing that is cut short.
pub fn body(data: &[u8]) {
    let [limit, chunk, body @ ..] = data else { return };
    let (limit, chunk) = (usize::from(*limit) * 4, usize::from(*chunk) + 1);
    let Some(operation) = crate::operations().find(|operation| places(operation) == 0) else { return };
    let play = |status, packed: bool, body: &[u8]| {
        let coding = packed.then(|| (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        let chunks = body.chunks(chunk).map(Bytes::copy_from_slice).collect();
        let played = Played { status, headers: coding.into_iter().collect(), chunks, ..Played::default() };
        send(builder(BASE).max_body(limit).max_error_body(limit), played, |client| {
            client.engine().call(operation)
        })
        .0
    };
    let packed = packed(body);
    for result in [play(StatusCode::OK, false, body), play(StatusCode::OK, true, &packed)] {
        match result {
            Ok(answer) => assert!(answer.body == body && body.len() <= limit),
            Err(error) => {
                assert!(body.len() > limit && error.to_string().contains("over the limit"), "{error}");
                assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
            }
        }
    }
    for refused in [play(StatusCode::NOT_FOUND, false, body), play(StatusCode::NOT_FOUND, true, &packed)] {
        assert_eq!(refused.err().unwrap().body().unwrap(), &body[..limit.min(body.len())]);
    }
    // The body as something that calls itself gzip.
    assert!(play(StatusCode::NOT_FOUND, true, body).err().unwrap().body().unwrap().len() <= limit);
    if let Ok(answer) = play(StatusCode::OK, true, body)
        && !body.is_empty()
    {
        let mut expected = Vec::new();
        let whole = MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut expected);
        assert!(whole.is_ok() && answer.body == expected && expected.len() <= limit);
    }
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// How many ids the path takes.
fn places(operation: &Operation) -> usize {
    operation.path().matches('{').count()
}

/// What URL parsers take for "here" and "up", and nothing at all.
fn leads_elsewhere(id: &str) -> bool {
    matches!(&*id.to_ascii_lowercase().replace("%2e", "."), "" | "." | "..")
}

/// The leaves of a query, as a reader of forms would have them.
fn collect_leaves(key: String, value: &Value, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => leaves.push((key, text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_leaves(key.clone(), item, leaves)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect_leaves(format!("{key}[{name}]"), value, leaves));
        }
        Value::Bool(_) | Value::Number(_) => leaves.push((key, value.to_string())),
    }
}

/// The name that telemetry gives to an error with this status.
fn kind(status: StatusCode) -> String {
    match status.as_u16() {
        known @ (400..=404 | 409 | 422 | 429) => known.to_string(),
        400..=499 => "4xx".to_owned(),
        _ => "5xx".to_owned(),
    }
}

fn split_once(data: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == separator) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

fn one_of_each_vendor() -> Vec<&'static Operation> {
    let mut operations: Vec<_> = crate::operations().collect();
    operations.dedup_by_key(|operation| operation.provider());
    operations
}

/// An error is one bounded line, holds no credential, and nothing that turns or breaks the line it is shown in.
fn assert_loggable(error: &Error) {
    let line = error.to_string();
    let breaks = |shown: char| {
        let turns = matches!(shown, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || shown.is_control() || matches!(shown, '\u{2028}' | '\u{2029}')
    };
    assert!(!line.contains(breaks), "{line:?}");
    // Code, message and request id, each of whose characters may be written as an escape.
    assert!(line.len() < 200 + 10 * (100 + 300 + 100), "{line:?}");
    assert_hidden(&line, CREDENTIAL);
    assert_hidden(&format!("{error:?} {error:#?}"), CREDENTIAL);
}

#[track_caller]
fn assert_hidden(shown: &str, secret: &str) {
    assert!(!shown.contains(secret), "{secret:?} is shown: {shown:?}");
}

/// `None` for an address that may be too long for one.
fn unless_too_long(address: Result<Uri, Error>, length: usize) -> Option<Uri> {
    match address {
        Ok(uri) => {
            assert_eq!(
                Url::parse(&uri.to_string()).unwrap().as_str(),
                uri.to_string(),
                "parsers leave it alone"
            );
            Some(uri)
        }
        Err(error) => {
            assert!(matches!(error, Error::Request(_)), "{error}");
            assert!(BASE.len() + 100 + 3 * length > LONGEST_URI, "{error}");
            None
        }
    }
}

/// Where a call of the operation goes.
fn address(
    base: &str,
    operation: &'static Operation,
    fill: impl FnOnce(Draft) -> Draft,
) -> Result<Uri, Error> {
    let (result, asked) =
        send(builder(base), Played::default(), |client| fill(client.engine().call(operation)));
    asked.map(|request| request.uri().clone()).ok_or_else(|| result.err().unwrap())
}

/// The error of a call that sent this text in its body.
fn refusal(operation: &'static Operation, played: Played, sent: &str) -> Error {
    let draft = |client: &Client| {
        let draft = client.engine().call(operation).json(&json!({ "password": sent }));
        fill_places(draft, operation)
    };
    send(builder(BASE), played, draft).0.err().unwrap()
}

fn fill_places(draft: Draft, operation: &Operation) -> Draft {
    (0..places(operation)).fold(draft, |draft, _| draft.path("id"))
}

fn builder(base: &str) -> ClientBuilder {
    let builder = Client::builder();
    #[cfg(feature = "deck")]
    let builder = builder.deck(crate::deck::Config::at(base, CREDENTIAL, CREDENTIAL));
    #[cfg(feature = "apideck")]
    let builder = builder.apideck(crate::apideck::Config::new(CREDENTIAL, "app").base_url(base));
    #[cfg(feature = "codat")]
    let builder = builder.codat(crate::codat::Config::new(CREDENTIAL).base_url(base));
    builder.allow_http(true).retry(RetryPolicy::never())
}

/// What becomes of the call when it is answered like this, and the request if one went out.
fn send(
    builder: ClientBuilder,
    played: Played,
    draft: impl FnOnce(&Client) -> Draft,
) -> (Result<Answer, Error>, Option<Request<Bytes>>) {
    thread_local! {
        static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    let played = Arc::new(played);
    let result = match builder.transport(played.clone()).build() {
        Ok(client) => RUNTIME.with(|runtime| runtime.block_on(draft(&client).send())),
        Err(error) => Err(error),
    };
    let asked = played.asked.lock().unwrap().take();
    (result.map(|(answer, _)| answer), asked)
}

/// A transport that answers like this, and keeps what it was asked.
#[derive(Debug, Default)]
struct Played {
    status: StatusCode,
    headers: HeaderMap,
    chunks: VecDeque<Bytes>,
    asked: Mutex<Option<Request<Bytes>>>,
}

impl Played {
    fn answering(status: StatusCode, body: &[u8]) -> Self {
        Self { status, chunks: [Bytes::copy_from_slice(body)].into(), ..Self::default() }
    }
}

impl Transport for Played {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        *self.asked.lock().unwrap() = Some(request);
        let mut response = Response::new(Body::new(Chunks(self.chunks.clone())));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        Box::pin(async { Ok(response) })
    }
}

struct Chunks(VecDeque<Bytes>);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::any_json;
    use proptest::{collection::vec, prelude::*, sample::select};
    use std::{collections::BTreeSet, fs, path::Path};

    type Target = (&'static str, fn(&[u8]));

    const TARGETS: [Target; 6] = [
        ("base_url", base_url),
        ("body", body),
        ("error_body", error_body),
        ("path", path),
        ("query", query),
        ("retry_after", retry_after),
    ];

    /// The published crate has no `fuzz`.
    #[test]
    fn the_corpus_holds() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        if !fuzz.exists() {
            return;
        }
        for (name, target) in TARGETS {
            assert!(fuzz.join("fuzz_targets").join(name).with_extension("rs").exists(), "{name}");
            let inputs: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name)).unwrap().collect();
            assert!(!inputs.is_empty(), "{name}");
            for input in inputs {
                target(&fs::read(input.unwrap().path()).unwrap());
            }
        }
    }

    /// Text out of pieces that have a meaning somewhere, and any text.
    fn hostile_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat())]
    }

    const PIECES: &[&str] = &[
        "..", ".", "/", "\\", "%2e", "%2E", "%2f", "%", "?", "#", "&", "=", ";", ":", "@", "//", "\r\n",
        "\t", "\0", " ", "+", "é", "\u{202e}", "\u{feff}", "\u{61c}", "a", "{", "}", "[", "]", "\"", "`",
    ];

    proptest! {
        #[test]
        fn r1_paths_hold(ids in vec(prop_oneof!["(\\.|%2[eE]){0,3}", hostile_text()], 1..4)) {
            path(&ids.iter().map(String::as_bytes).collect::<Vec<_>>().join(&0xff));
        }

        #[test]
        fn queries_hold(json in any_json()) {
            query(json.to_string().as_bytes());
        }

        #[test]
        fn r6_base_urls_hold(
            scheme in select(&["http://", "https://", "HTTPS:\\\\", "ftp://", ""][..]),
            host in select(&["h", "127.0.0.1", "[::1]", "user@h", "h:8080", "é.example", ""][..]),
            rest in hostile_text(),
        ) {
            base_url(format!("{scheme}{host}{rest}").as_bytes());
            base_url(format!("{scheme}{host}/{rest}").as_bytes());
        }

        #[test]
        fn r10_retry_after_holds(text in prop_oneof![
            vec(any::<u8>(), 0..40),
            " ?[-+.eE0-9]{0,40}".prop_map(String::into_bytes),
            "(Mon|Sun|Foo), [0-9]{1,3} (Jan|Feb|Xyz) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)"
                .prop_map(String::into_bytes),
            (0_u64..1 << 37).prop_map(|seconds| {
                httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).into_bytes()
            }),
        ]) {
            retry_after(&text);
        }

        #[test]
        fn r35_error_bodies_hold(
            body in prop_oneof![
                vec(any::<u8>(), 0..100),
                hostile_text().prop_map(String::into_bytes),
                vec((select(MEMBERS), any_json()), 0..6).prop_map(|members| {
                    let members: BTreeSet<_> =
                        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(",")).into_bytes()
                }),
            ],
            sent in hostile_text(),
        ) {
            error_body(&[&body, sent.as_bytes()].join(&0xff));
        }

        #[test]
        fn r14_bodies_hold(mut data in vec(any::<u8>(), 2..300), repeat in 1..8_usize) {
            let content = data.split_off(2);
            body(&[&data[..], &content.repeat(repeat)].concat());
            body(&[&data[..], &packed(&content.repeat(repeat))].concat());
        }
    }

    const MEMBERS: &[&str] = &[
        "error_category",
        "error_code",
        "error_message",
        "display_message",
        "job_guid",
        "job_id",
        "message",
        "status_code",
        "error",
        "type_name",
        "detail",
        "ref",
        "downstream_errors",
        "statusCode",
        "service",
        "correlationId",
        "validation",
        "canBeRetried",
        "detailedErrorCode",
    ];
}
