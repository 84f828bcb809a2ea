//! Servers that no HTTP library would be: each call to them ends in time, in little memory, and with the truth.

use crate::support::{
    a_call, builder, calls, client, ends,
    raw::{Raw, read_request},
};
use connectory::operation::Repeat;
use connectory::{Error, Outcome, RetryPolicy};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    time::{Instant, sleep},
};

const MIB: usize = 1024 * 1024;
const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood";

/// How a server takes leave of a request that it does not answer.
#[derive(Clone, Copy, Debug)]
enum Leave {
    /// The connection is reset before anything of the request is read.
    ResetUnread,
    Reset,
    Close,
    /// The server sends nothing any more, and goes on reading.
    HalfClose,
    /// Half of an answer's head, then nothing.
    HalfAHead,
}

impl Leave {
    async fn take(self, mut stream: TcpStream) {
        if matches!(self, Self::ResetUnread | Self::Reset) {
            stream.set_zero_linger().unwrap();
        }
        if matches!(self, Self::ResetUnread) {
            return;
        }
        read_request(&mut stream).await;
        let said: &[u8] = match self {
            Self::HalfAHead => b"HTTP/1.1 200 OK\r\ncontent-le",
            _ => b"",
        };
        let _ = stream.write_all(said).await;
        if matches!(self, Self::HalfClose) {
            let _ = stream.shutdown().await;
            while read_request(&mut stream).await.is_some() {}
        }
    }
}

#[tokio::test]
async fn r12_a_request_that_a_server_leaves_unanswered_is_repeated_where_it_may_be() {
    use Leave::{Close, HalfAHead, HalfClose, Reset, ResetUnread};
    for leave in [ResetUnread, Reset, Close, HalfClose, HalfAHead] {
        let server = Raw::serving(move |stream| leave.take(stream)).await;
        let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).budget(u32::MAX);
        let client = builder(&server.base()).no_proxy().retry(policy).build().unwrap();
        for call in calls::all() {
            let before = server.connections();
            let error = call.send_default(&client).await.unwrap_err();
            let expected = if call.operation().repeat() == Repeat::Once { 1 } else { 3 };
            let context = format!("{} after {leave:?}: {error:?}", call.id);
            assert_eq!(server.connections() - before, expected, "{context}");
            assert_eq!(
                (error.outcome(), error.attempts() as usize),
                (Outcome::Unknown, expected),
                "{context}"
            );
            assert!(!error.is_connect() && !error.is_timeout(), "{context}");
        }
    }
}

fn with_headers(count: usize) -> String {
    let headers: String = (2..=count).map(|number| format!("x-{number}: a\r\n")).collect();
    format!("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n{headers}\r\ngood")
}

#[tokio::test]
async fn r12_an_answer_whose_head_cannot_be_read_is_not_asked_for_again() {
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "a".repeat(MIB));
    let rows = [
        (with_headers(101), "more than 100 headers"),
        (long, "more than 100 headers, or 400 KiB"),
        ("HTTP/1.1 200 OK\r\nbad header: a\r\n\r\n".to_owned(), "a header that is none"),
        ("HTTP/1.1 2xx OK\r\n\r\n".to_owned(), "no readable status"),
        ("HTTP/7.3 200 OK\r\n\r\n".to_owned(), "cannot be read as HTTP"),
        ("220 mail.example ESMTP\r\n".to_owned(), "cannot be read as HTTP"),
        ("HTTP/1.1 200 OK\r\ncontent-length: -4\r\n\r\n".to_owned(), "cannot be read as HTTP"),
    ];
    for (answer, problem) in rows {
        let server = Raw::answering(answer).await;
        let client = client(&server.base());
        for (sent, call) in calls::all().into_iter().enumerate() {
            let error = call.send_default(&client).await.unwrap_err();
            assert!(error.to_string().contains(problem), "{error}");
            assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1), "{error:?}");
            assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
            assert_eq!(server.connections(), sent + 1);
        }
    }
    let server = Raw::answering(with_headers(100)).await;
    assert_eq!(a_call(&client(&server.base())).bytes().await.unwrap(), "good");
}

/// Says this, then this over and over; counts the bytes that it got rid of.
async fn endless(beginning: &'static [u8], chunk: Vec<u8>) -> (Raw, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let server = Raw::serving(move |mut stream| {
        let (counter, chunk) = (counter.clone(), chunk.clone());
        async move {
            read_request(&mut stream).await;
            let mut written = stream.write_all(beginning).await;
            while written.is_ok() {
                counter.fetch_add(chunk.len(), Ordering::SeqCst);
                written = stream.write_all(&chunk).await;
            }
        }
    })
    .await;
    (server, sent)
}

#[tokio::test]
async fn r14_headers_without_an_end_end_the_call() {
    let line = b"x-filler: abcdefghijklmnopqrstuvwxyz\r\n".to_vec();
    for (beginning, chunk) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], line.repeat(100)),
        (b"HTTP/1.1 200 OK\r\nx-filler: ", vec![b'a'; 4096]),
        (b"HTTP/1.1 200 ", vec![b'a'; 4096]),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", vec![b'a'; 4096]),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", line.repeat(100)),
    ] {
        let (server, sent) = endless(beginning, chunk).await;
        let call = a_call(&client(&server.base())).max_attempts(1);
        let error = ends(Duration::from_secs(20), call.bytes()).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)) && !error.is_timeout(), "{beginning:?}: {error:?}");
        let sent = sent.load(Ordering::SeqCst);
        assert!(sent < 16 * MIB, "{sent} bytes were taken after {:?}", String::from_utf8_lossy(beginning));
    }
}

#[tokio::test]
async fn r9_a_flood_that_says_nothing_ends_in_time() {
    let interim = |status: &str| format!("HTTP/1.1 {status}\r\nlink: </a>\r\n\r\n").into_bytes();
    let floods = [
        (&b""[..], interim("100 Continue"), Outcome::Unknown),
        (b"", interim("103 Early Hints"), Outcome::Unknown),
        // A chunk whose length has leading zeros for ever.
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", vec![b'0'; 4096], Outcome::Applied),
    ];
    for (beginning, flood, outcome) in floods {
        let (server, _) = endless(beginning, flood).await;
        let limit = Duration::from_millis(300);
        let start = Instant::now();
        let call = a_call(&client(&server.base())).timeout(limit);
        let error = ends(limit + Duration::from_secs(10), call.bytes()).await.unwrap_err();
        assert!(start.elapsed() < limit + Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!((error.is_timeout(), error.outcome()), (true, outcome), "{error:?}");
    }
    let answer =
        [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", GOOD].concat();
    let server = Raw::answering(answer).await;
    assert_eq!(a_call(&client(&server.base())).bytes().await.unwrap(), "good");
}

#[tokio::test]
async fn r13_what_follows_an_answer_is_never_the_answer_to_another_call() {
    let stray = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray";
    for together in [true, false] {
        let sent = Arc::new(Notify::new());
        let notify = sent.clone();
        let server = Raw::serving(move |mut stream| {
            let notify = notify.clone();
            async move {
                while read_request(&mut stream).await.is_some() {
                    if together {
                        let _ = stream.write_all(&[GOOD, stray].concat()).await;
                    } else {
                        let _ = stream.write_all(GOOD).await;
                        sleep(Duration::from_millis(2)).await;
                        let _ = stream.write_all(stray).await;
                    }
                    notify.notify_one();
                }
            }
        })
        .await;
        let client = client(&server.base());
        for round in 1..=10 {
            assert_eq!(a_call(&client).bytes().await.unwrap(), "good");
            sent.notified().await;
            sleep(Duration::from_millis(5)).await;
            assert_eq!(server.connections(), round, "the connection is given up");
        }
    }
}

#[tokio::test]
async fn r35_an_answer_that_contradicts_itself_is_an_error_and_not_half_a_body() {
    for head in [
        "content-length: 4\r\ncontent-length: 2",
        "content-length: 4, 2",
        "content-length: -4",
        "content-length: 4x",
        "content-length: 99999999999999999999",
        // The body is not in chunks.
        "transfer-encoding: chunked\r\ncontent-length: 4",
    ] {
        let server = Raw::answering(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\ngood")).await;
        let result = a_call(&client(&server.base())).max_attempts(1).bytes().await;
        assert!(matches!(&result, Err(Error::Transport(_))), "{head}: {result:?}");
    }
}

/// The answer is there before the request has been read: it is the answer all the same.
#[cfg(feature = "apideck")]
#[tokio::test]
async fn r35_an_answer_before_the_end_of_the_request_is_understood_or_unknown() {
    use connectory::{JsonMap, apideck::vault::connections::UpdateConnection};
    let huge = UpdateConnection::new().metadata(JsonMap::new().with("note", "x".repeat(8 * MIB)));
    for goes_on_reading in [true, false] {
        let server = Raw::serving(move |mut stream| async move {
            let mut taken = vec![0; 1024];
            stream.read_exact(&mut taken).await.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n").await;
            while goes_on_reading && matches!(stream.read(&mut taken).await, Ok(1..)) {}
        })
        .await;
        let connections = client(&server.base()).apideck().vault().connections();
        let error = connections.update("crm", "salesforce", &huge).max_attempts(1).await.unwrap_err();
        match error.status() {
            Some(status) => assert_eq!((status.as_u16(), error.outcome()), (413, Outcome::Refused)),
            None => assert!(!goes_on_reading && error.outcome() == Outcome::Unknown, "{error:?}"),
        }
    }
}
