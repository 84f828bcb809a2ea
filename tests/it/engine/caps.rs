//! No body takes more memory than its cap, however it is packed or announced.

use crate::support::{
    a_call, builder, calls, child, client,
    memory::{Memory, Step},
    offline, offline_builder,
    raw::{Raw, read_request},
};
use connectory::{Error, Outcome, TransportErrorKind};
use flate2::{Compression, write::GzEncoder};
use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const MIB: usize = 1024 * 1024;

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// 300 MiB of zeros in about 300 kB: a gzip file may have many members.
fn bomb() -> Vec<u8> {
    gzip(&vec![0; MIB]).repeat(300)
}

fn gzipped(status: u16, body: Vec<u8>) -> Step {
    Step::answer(status, body).header("content-encoding", "gzip")
}

#[track_caller]
fn assert_over_the_limit(error: &Error, limit: usize) {
    let Error::Transport(lost) = error else { panic!("{error:?}") };
    assert_eq!(lost.problem(), format!("the body is over the limit of {limit} bytes"));
    assert_eq!(
        (error.outcome(), error.attempts()),
        (Outcome::Applied, 1),
        "another try would end the same way"
    );
    assert_eq!(lost.kind(), TransportErrorKind::TooLarge);
    assert!(!error.is_timeout() && !error.is_connect());
}

#[tokio::test]
async fn r14_the_cap_is_exact_for_every_packing() {
    let limit = 1000;
    let texts = |length: usize| vec![b' '; length];
    for (length, fits) in [(0, true), (1, true), (limit, true), (limit + 1, false), (10 * limit, false)] {
        let packings = [
            Step::answer(200, texts(length)),
            gzipped(200, gzip(&texts(length))),
            gzipped(200, [gzip(&texts(length / 2)), gzip(&texts(length - length / 2))].concat()),
        ];
        for step in packings {
            let memory = Memory::playing([step.clone()]);
            let client = offline_builder(&memory).max_body(limit).build().unwrap();
            match a_call(&client).bytes().await {
                Ok(body) => assert!(fits && body == texts(length), "{length} bytes as {step:?}"),
                Err(error) => {
                    assert!(!fits, "{length} bytes as {step:?}: {error:?}");
                    assert_over_the_limit(&error, limit);
                }
            }
            assert_eq!(memory.count(), 1);
        }
    }
}

#[tokio::test]
async fn r14_the_default_cap_is_sixteen_mebibytes_for_every_operation() {
    for call in calls::all().into_iter().filter(|call| call.reads_body()) {
        let memory = Memory::playing([Step::answer(200, vec![b' '; 16 * MIB + 1])]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        assert_over_the_limit(&error, 16 * MIB);
    }
}

/// In a process of its own, where nobody else's memory counts.
#[cfg(all(target_os = "linux", feature = "apideck"))]
#[test]
fn r14_a_body_that_is_repaired_costs_less_than_twice_the_cap() {
    use connectory::apideck::vault::connections::ListConnections;

    child::run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let packed = |begin: &str, repeated: &str, end: &str| {
            let many = gzip(repeated.repeat(MIB / repeated.len()).as_bytes()).repeat(3);
            [gzip(begin.as_bytes()), many, gzip(end.as_bytes())].concat()
        };
        let list = packed(r#"{"data":["#, "\"0123456\",", "7]}");
        let brackets = packed(r#"{"x":"#, "[", "");
        for (body, is_read) in [(list, true), (brackets, false)] {
            let memory = Memory::playing([Step::answer(204, ""), gzipped(200, body)]);
            let client = offline_builder(&memory).max_body(4 * MIB).build().unwrap();
            let connections = client.apideck().vault().connections();
            runtime.block_on(connections.delete("crm", "salesforce").into_future()).unwrap();
            let before = child::peak();
            match runtime.block_on(connections.list(&ListConnections::new()).into_future()) {
                Ok(list) => assert!(is_read && list.unread.len() == 1001, "{}", list.unread.len()),
                Err(Error::Decode(error)) => assert!(!is_read && error.path().len() <= 1024 + 3, "{error}"),
                Err(error) => panic!("{error}"),
            }
            let grown = child::growth(before);
            assert!(grown < 2 * 4 * MIB, "grew by {grown} bytes");
        }
    });
}

/// In a process of its own, where nobody else's memory counts.
#[cfg(target_os = "linux")]
#[test]
fn r14_a_gzip_bomb_costs_less_than_twice_the_cap() {
    child::run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bomb = bomb();
            assert!(bomb.len() < 400_000, "{}", bomb.len());
            for status in [200, 500] {
                let memory = Memory::playing([Step::answer(200, "{}"), gzipped(status, bomb.clone())]);
                let client = offline(&memory);
                a_call(&client).bytes().await.unwrap();
                let before = child::peak();
                let error = a_call(&client).max_attempts(1).bytes().await.unwrap_err();
                let grown = child::growth(before);
                match status {
                    200 => assert_over_the_limit(&error, 16 * MIB),
                    _ => assert_eq!(error.body().unwrap().len(), 64 * 1024),
                }
                assert!(grown < 2 * 16 * MIB, "grew by {grown} bytes");
            }
        });
    });
}

#[tokio::test]
async fn r14_a_content_length_that_lies_is_an_error() {
    let limit = 16 * MIB;
    let server =
        Raw::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{{}}", u64::MAX / 2)).await;
    let error = a_call(&client(&server.base())).bytes().await.unwrap_err();
    assert_over_the_limit(&error, limit);

    let server = Raw::answering("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}").await;
    let error = a_call(&client(&server.base())).max_attempts(1).bytes().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Applied);

    let server =
        Raw::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n").await;
    assert_eq!(a_call(&client(&server.base())).bytes().await.unwrap(), "{}");
}

#[tokio::test]
async fn r14_endless_bodies_end_at_the_cap() {
    async fn endless(mut stream: TcpStream, head: &str, chunk: Vec<u8>, sent: Arc<AtomicUsize>) {
        read_request(&mut stream).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        while stream.write_all(&chunk).await.is_ok() {
            sent.fetch_add(chunk.len(), Ordering::SeqCst);
        }
    }

    let chunked = [b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat();
    let unframed = vec![b' '; 0x1000];
    let (chunks, plain) =
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
    for (head, chunk) in [(chunks, chunked), (plain, unframed)] {
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = sent.clone();
        let server = Raw::serving(move |stream| endless(stream, head, chunk.clone(), counter.clone())).await;
        let client = builder(&server.base()).no_proxy().max_body(MIB).build().unwrap();
        let error = a_call(&client).bytes().await.unwrap_err();
        assert_over_the_limit(&error, MIB);
        assert!(sent.load(Ordering::SeqCst) < 64 * MIB, "the connection is closed at the cap");
    }
}

/// In a process of its own: a refused allocation would end this one.
#[cfg(target_os = "linux")]
#[test]
fn r14_an_announced_length_is_not_taken_from_memory_before_it_comes() {
    child::run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for announced in [1 << 40, 1 << 62, u64::MAX - 2] {
                for status in [200, 500] {
                    let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {announced}\r\n\r\n");
                    // More than one read of the socket.
                    let server = Raw::answering([head.as_bytes(), &vec![b' '; MIB]].concat()).await;
                    for limit in [1 << 40, usize::MAX] {
                        let client = builder(&server.base()).no_proxy().max_body(limit).max_error_body(limit);
                        let before = child::peak();
                        let call = a_call(&client.build().unwrap()).max_attempts(1);
                        let error = call.bytes().await.unwrap_err();
                        let kept = error.body().map(|body| body.len());
                        assert_eq!(kept, (status == 500).then_some(MIB), "{error}");
                        assert!(child::growth(before) < 16 * MIB, "{announced} bytes announced");
                    }
                }
            }
        });
    });
}

#[tokio::test]
async fn an_error_body_is_cut_and_its_beginning_kept() {
    let text: Vec<u8> = (0..100 * 1024).map(|index| b'a' + (index % 26) as u8).collect();
    let length = text.len();
    let announced =
        [format!("HTTP/1.1 400 Bad\r\ncontent-length: {length}\r\n\r\n").as_bytes(), &text].concat();
    let unframed = [b"HTTP/1.1 400 Bad\r\n\r\n".as_slice(), &text].concat();
    let packed = gzip(&text);
    let gzipped = [
        format!("HTTP/1.1 400 Bad\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", packed.len())
            .as_bytes(),
        &packed,
    ]
    .concat();
    for answer in [announced, unframed, gzipped] {
        let server = Raw::answering(answer.clone()).await;
        for limit in [64 * 1024, 10] {
            let client = builder(&server.base()).no_proxy().max_error_body(limit).build().unwrap();
            let error = a_call(&client).await.unwrap_err();
            assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
            assert_eq!(error.body().unwrap(), &text[..limit]);
        }
        let error = a_call(&client(&server.base())).await.unwrap_err();
        assert_eq!(error.body().unwrap().len(), 64 * 1024, "the default");
    }
}

#[tokio::test]
async fn every_operation_reads_gzip() {
    for call in calls::all().into_iter().filter(|call| call.reads_body()) {
        for coding in ["gzip", "x-gzip", "GZIP"] {
            let body = call.answer.1.replace("{secret}", "s");
            let step = Step::answer(200, gzip(body.as_bytes())).header("content-encoding", coding);
            let memory = Memory::playing([step]);
            call.send_default(&offline(&memory)).await.unwrap();
            assert_eq!(memory.requests()[0].headers()["accept-encoding"], "gzip");
        }
    }
}

#[tokio::test]
async fn r35_several_codings_are_one_list_and_what_can_be_undone_is() {
    let packed = gzip(b"good");
    let undone: [&[&str]; 7] = [
        &["gzip"],
        &["identity, gzip"],
        &["gzip, identity"],
        &["identity", "gzip"],
        &["gzip", "identity"],
        &["", "X-Gzip"],
        &[" , gzip,,"],
    ];
    let unknown: [(&[&str], &str); 5] = [
        (&["gzip, gzip"], "gzip, gzip"),
        (&["gzip", "x-gzip"], "gzip, x-gzip"),
        (&["identity", "br"], "identity, br"),
        (&["br", "gzip"], "br, gzip"),
        (&["gzip", "caf\u{e9}"], "gzip, something unreadable"),
    ];
    let answering = |status, codings: &[&str], body: Vec<u8>| {
        let step = Step::answer(status, body);
        codings.iter().fold(step, |step, coding| step.header("content-encoding", coding.as_bytes()))
    };
    for codings in undone {
        let memory = Memory::playing([answering(200, codings, packed.clone())]);
        assert_eq!(a_call(&offline(&memory)).bytes().await.unwrap(), "good", "{codings:?}");
        let memory = Memory::playing([answering(404, codings, packed.clone())]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        assert_eq!(error.body().unwrap(), "good", "{codings:?}");
    }
    for codings in [&["identity", "identity"][..], &["", "identity"], &[""]] {
        let memory = Memory::playing([answering(200, codings, b"good".to_vec())]);
        assert_eq!(a_call(&offline(&memory)).bytes().await.unwrap(), "good", "{codings:?}");
    }
    for (codings, shown) in unknown {
        let memory = Memory::playing([answering(200, codings, packed.clone())]);
        let error = a_call(&offline(&memory)).bytes().await.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{error:?}") };
        assert_eq!(lost.problem(), format!("the body is encoded as {shown}, which was not asked for"));
        assert_eq!(lost.kind(), TransportErrorKind::Encoded);
        assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Applied));
    }
}

/// In a process of its own, where nobody else's memory counts.
#[cfg(target_os = "linux")]
#[test]
fn r14_an_error_does_not_hold_the_buffer_that_its_answer_came_in() {
    child::run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let body = r#"{"error_message":"no","message":"no"}"#;
            let head = "HTTP/1.1 400 Bad\r\nx-ratelimit-remaining: 7\r\nx-long: ";
            let tail = format!("\r\nx-after: 8\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let server = Raw::answering([head, &"x".repeat(256 * 1024), &tail].concat()).await;
            let client = client(&server.base());
            a_call(&client).await.unwrap_err();
            let before = child::peak();
            let mut errors = Vec::new();
            for _ in 0..200 {
                errors.push(a_call(&client).await.unwrap_err());
            }
            let grown = child::growth(before);
            assert!(grown < 16 * MIB, "200 errors hold {grown} bytes");
            for error in &errors {
                assert_eq!(error.body().unwrap(), body);
                let headers = error.headers().unwrap();
                assert!(headers["x-ratelimit-remaining"] == "7" && headers["x-after"] == "8");
                assert!(!headers.contains_key("x-long") && error.api().unwrap().headers_cut());
            }
        });
    });
}

#[tokio::test]
async fn an_error_keeps_its_answer_s_headers() {
    for status in [400, 401, 404, 422, 429, 503] {
        let step = Step::answer(status, "").header("x-limit", "7").header("set-cookie", "s3cret");
        let memory = Memory::playing([step.header("set-cookie", "second").header("retry-after", "99")]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        let headers = error.headers().unwrap();
        assert_eq!((headers.len(), &headers["x-limit"]), (4, &"7".parse().unwrap()));
        assert_eq!(headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["s3cret", "second"]);
        assert!(!error.api().unwrap().headers_cut());
        assert!(!format!("{error} {error:?} {error:#?}").contains("s3cret"));
    }
    let memory = Memory::playing([Step::answer(302, "").header("x-limit", "7")]);
    assert!(a_call(&offline(&memory)).await.unwrap_err().headers().is_none());
}

#[tokio::test]
async fn broken_gzip_is_a_transport_error_and_of_a_failure_keeps_what_was_readable() {
    let text = "x".repeat(1000);
    let packed = gzip(text.as_bytes());
    let broken = [
        packed[..packed.len() - 1].to_vec(),
        packed[..packed.len() / 2].to_vec(),
        packed[..5].to_vec(),
        [packed.clone(), b"garbage".to_vec()].concat(),
        b"not gzip at all".to_vec(),
        [&packed[..packed.len() - 8], &[0; 8]].concat(),
    ];
    for bytes in broken {
        let memory = Memory::playing([gzipped(200, bytes.clone())]);
        let error = a_call(&offline(&memory)).max_attempts(1).bytes().await.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{error:?}") };
        assert_eq!(lost.problem(), "the body is not whole gzip, as which it is announced");
        assert_eq!(lost.kind(), TransportErrorKind::Broken);
        assert!(std::error::Error::source(lost).is_some());
        assert_eq!(error.outcome(), Outcome::Applied);

        let memory = Memory::playing([gzipped(404, bytes)]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        assert!(matches!(error, Error::NotFound(_)), "{error:?}");
        assert!(text.as_bytes().starts_with(error.body().unwrap()));
    }
}
