//! An id is one segment of the path, whatever is in it, and a base URL is nothing but a place.

use crate::support::{
    builder,
    calls::{self, Input},
    client,
    memory::Memory,
    offline, offline_builder,
    raw::{Raw, read_request},
    vendors,
};
use connectory::{Error, Outcome};
use proptest::{prelude::*, test_runner::TestRunner};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;
use url::Url;

/// The path's segments, those at the template's placeholders decoded.
fn ids_in(path: &str, template: &str) -> Vec<String> {
    let (segments, pattern): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    assert_eq!(segments.len(), pattern.len(), "{path} has as many segments as {template}");
    let mut ids = Vec::new();
    for (segment, name) in segments.into_iter().zip(pattern) {
        match name.starts_with('{') {
            true => ids.push(percent_decode(segment)),
            false => assert_eq!(segment, name, "{path}"),
        }
    }
    ids
}

pub(super) fn percent_decode(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                rest = tail;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// What RFC 3986 and URL parsers after it take for "here" and "up", and nothing at all.
pub(super) fn leads_elsewhere(id: &str) -> bool {
    let dots = id.to_ascii_lowercase().replace("%2e", ".");
    matches!(dots.as_str(), "" | "." | "..")
}

pub(super) fn any_id() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "..", ".", "/", "\\", "%2e", "%2E", "%2f", "%", "?", "#", "&", "=", ";", ":", "@", "//", "\r\n",
        "\t", "\0", " ", "+", "é", "\u{202e}", "\u{feff}", "a", "{", "}",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat())]
}

#[test]
fn r1_every_id_of_every_operation_is_one_segment_or_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let memory = Memory::default();
    let client = offline(&memory);
    let calls = calls::all();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(any_id(), 3), |ids| {
            for call in calls.iter().filter(|call| call.ids() > 0) {
                memory.play([call.success("s")]);
                let input = Input { ids: ids.clone(), ..Input::default() };
                let result = runtime.block_on((call.send)(&client, &input));
                let requests = memory.take_requests();
                let used = &ids[..call.ids()];
                if used.iter().any(|id| leads_elsewhere(id)) {
                    let error = result.unwrap_err();
                    prop_assert!(matches!(error, Error::Request(_)), "{error:?}");
                    prop_assert!(requests.is_empty());
                } else {
                    result.unwrap();
                    let uri = requests[0].uri();
                    prop_assert_eq!(ids_in(uri.path(), call.operation().path()), used);
                    let parsed = Url::parse(&uri.to_string()).unwrap();
                    prop_assert_eq!(parsed.path(), uri.path(), "a URL parser leaves the path alone");
                    prop_assert_eq!((parsed.query(), parsed.fragment()), (uri.query(), None));
                }
            }
            Ok(())
        })
        .unwrap();
}

/// The property above, to the last byte on the socket.
#[tokio::test]
async fn r1_the_request_line_holds_each_id_as_one_segment() {
    let nasty = "../%2e%2E/\\..?x=1#y;z&/é\r\nHost: evil\t%00+ ";
    let encoded = "..%2F%252e%252E%2F%5C..%3Fx%3D1%23y%3Bz%26%2F%C3%A9%0D%0AHost%3A%20evil%09%2500%2B%20";
    let targets = Arc::new(Mutex::new(Vec::new()));
    let seen = targets.clone();
    let server = Raw::serving(move |mut stream| {
        let seen = seen.clone();
        async move {
            let request = read_request(&mut stream).await.unwrap();
            seen.lock().unwrap().push(request.split(' ').nth(1).unwrap().to_owned());
            stream
                .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
        }
    })
    .await;
    let client = client(&server.base());
    for call in calls::all().iter().filter(|call| call.ids() > 0) {
        let input = Input { ids: vec![nasty.to_owned(); 3], ..Input::default() };
        (call.send)(&client, &input).await.unwrap_err();
        let target = targets.lock().unwrap().pop().unwrap();
        let template = call.operation().path();
        let expected = template.split('/').map(|part| if part.starts_with('{') { encoded } else { part });
        let path = target.split('?').next().unwrap();
        assert_eq!(path, expected.collect::<Vec<_>>().join("/"), "{}", call.id);
    }
}

#[tokio::test]
async fn r1_an_id_that_leads_elsewhere_is_refused_before_a_socket_opens() {
    let server = Raw::serving(|_| async {}).await;
    let client = client(&server.base());
    for call in calls::all() {
        for place in 0..call.ids() {
            for dots in ["", ".", "..", "%2e", "%2E", "%2e%2e", "%2E%2e", ".%2E", "%2e."] {
                let mut input = Input::default();
                input.ids[place] = dots.to_owned();
                let error = (call.send)(&client, &input).await.unwrap_err();
                assert!(matches!(error, Error::Request(_)), "{dots:?}: {error:?}");
                assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
            }
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn r6_a_path_prefix_of_the_base_url_is_kept() {
    let bases = ["http://127.0.0.1:1/a/b%20c", "http://127.0.0.1:1/a/b%20c/", "http://127.0.0.1:1/a/b%20c//"];
    for base in bases {
        for call in calls::all() {
            let memory = Memory::playing([call.success("s")]);
            let client = builder(base).transport(Arc::new(memory.clone())).build().unwrap();
            call.send_default(&client).await.unwrap();
            let uri = memory.requests().remove(0).uri().clone();
            let path = uri.path().strip_prefix("/a/b%20c").unwrap();
            assert_eq!(ids_in(path, call.operation().path()), Input::default().ids[..call.ids()]);
        }
    }
}

#[test]
fn r6_a_base_url_that_is_more_than_a_place_is_refused() {
    let refused = [
        "https://user@vendor.example",
        "https://user:pass@vendor.example",
        "https://:pass@vendor.example",
        "https://vendor.example/?",
        "https://vendor.example/v1?key=1",
        "https://vendor.example/#",
        "https://vendor.example/v1#top",
        "ftp://vendor.example",
        "file:///etc/passwd",
        "data:text/plain,a",
        "wss://vendor.example",
        "//vendor.example",
        "vendor.example",
        "https://vendor`.example",
        "https://{vendor}.example",
        "https://bücher.example",
        "https://vendor..example",
        "https://256.256.256.256",
        "https://vendor.example:pass",
        "https://vendor.example:65536",
        "https://vendor.example/../v1",
        "https://vendor.example/v1/%2E%2e",
        "https://vendor.example/v 1",
        "https://vendor.example/v1\\v2",
        "https://vendor.example/é",
        "https://",
        "",
    ];
    for base in refused {
        for (vendor, builder) in vendors(base) {
            let error = builder.transport(Arc::new(Memory::default())).build().unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{base}: {error:?}");
            assert!(error.to_string().contains(&vendor.to_string()), "{error}");
            assert!(!error.to_string().contains("pass"), "{error}");
        }
    }
    offline_builder(&Memory::default()).build().unwrap();
}
