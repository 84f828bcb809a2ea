//! Bodies that are streamed: of any type and length, to their end or not at all.

use crate::support::{
    builder, calls, child, client,
    memory::{Memory, Step},
    offline, offline_builder,
    raw::{Raw, read_request},
};
use bytes::Bytes;
use connectory::{
    Body, Call, Client, Download, Error, Outcome, RetryPolicy, Transport, TransportErrorKind,
    TransportFuture, deck::documents::GetDocumentFile,
};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::oneshot,
    time::Instant,
};

const MIB: usize = 1024 * 1024;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn file(client: &Client) -> Call<Download> {
    client.deck().documents().file(&GetDocumentFile::new("access-token", "doc-1"))
}

/// The download that begins with this step.
async fn download(step: Step) -> Download {
    file(&offline(&Memory::playing([step]))).await.unwrap()
}

#[track_caller]
fn assert_lost(error: &Error, problem: &str) {
    let Error::Transport(lost) = error else { panic!("{error:?}") };
    assert_eq!(lost.problem(), problem);
    assert_eq!(error.status(), Some(http::StatusCode::OK));
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
    assert_eq!(error.operation().unwrap().id(), "deck.documents.file");
    assert!(!error.is_connect());
}

#[tokio::test]
async fn anything_is_asked_for_as_it_is() {
    let memory = Memory::playing([Step::answer(200, "%PDF")]);
    let client = offline(&memory);
    file(&client).await.unwrap();
    file(&client).bytes().await.unwrap();
    file(&client).header("accept", "application/pdf").await.unwrap();
    let requests = memory.requests();
    let asked = |index: usize| {
        let headers = requests[index].headers();
        (headers["accept"].to_str().unwrap(), headers["accept-encoding"].to_str().unwrap())
    };
    assert_eq!(asked(0), ("*/*", "identity"));
    assert_eq!(asked(1), ("*/*", "gzip"), "a body that is read whole may be packed");
    assert_eq!(asked(2), ("application/pdf", "identity"));
    assert_eq!(requests[0].headers()["content-type"], "application/json");
}

#[tokio::test]
async fn any_content_type_will_do_and_so_will_none() {
    let rows = [
        ("content-type: application/pdf\r\n", Some("application/pdf")),
        ("Content-Type: text/html; charset=utf-8\r\n", Some("text/html; charset=utf-8")),
        ("content-type: application/json\r\n", Some("application/json")),
        ("content-type: \r\n", Some("")),
        ("", None),
    ];
    for (header, content_type) in rows {
        let server =
            Raw::answering(format!("HTTP/1.1 200 OK\r\n{header}content-length: 4\r\n\r\n%PDF")).await;
        let download = file(&client(&server.base())).await.unwrap();
        assert_eq!(download.content_type(), content_type);
        assert_eq!(download.content_length(), Some(4));
        assert_eq!(download.bytes(4).await.unwrap(), "%PDF");
    }
    let unreadable = http::HeaderValue::from_bytes(b"caf\xe9").unwrap();
    let download = download(Step::answer(200, "%PDF").header("content-type", unreadable)).await;
    assert_eq!((download.content_type(), download.content_length()), (None, None));
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_to_its_end() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n%PD\r\n1\r\nF\r\n0\r\n\r\n";
    let until_closed = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n%PDF";
    for answer in [chunked, until_closed] {
        let server = Raw::answering(answer).await;
        let download = file(&client(&server.base())).await.unwrap();
        assert_eq!(download.content_length(), None);
        assert_eq!(download.bytes(4).await.unwrap(), "%PDF");
    }
    for empty in ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 204 None\r\n\r\n"] {
        let server = Raw::answering(empty).await;
        assert!(file(&client(&server.base())).await.unwrap().bytes(0).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn chunks_come_as_they_arrive() {
    let (go_on, wait) = oneshot::channel::<()>();
    let wait = Arc::new(tokio::sync::Mutex::new(Some(wait)));
    let server = Raw::serving(move |mut stream| {
        let wait = wait.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf").await.unwrap();
            wait.lock().await.take().unwrap().await.unwrap();
            stream.write_all(b"rest").await.unwrap();
        }
    })
    .await;
    let mut download = file(&client(&server.base())).await.unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
    assert_eq!(format!("{download:?}"), "Download { content_length: Some(8), received: 4, .. }");
    go_on.send(()).unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "rest");
    assert_eq!(download.chunk().await.unwrap(), None);
    assert_eq!(download.chunk().await.unwrap(), None, "the end stays the end");
}

#[tokio::test]
async fn bytes_holds_at_most_its_limit() {
    let gap = Duration::ZERO;
    let step = || Step::answer(200, "12").then_sends(gap, "34").then_sends(gap, "5");
    for limit in [5, 6, usize::MAX] {
        assert_eq!(download(step()).await.bytes(limit).await.unwrap(), "12345");
    }
    for limit in [0, 1, 2, 4] {
        let error = download(step()).await.bytes(limit).await.unwrap_err();
        assert_lost(&error, &format!("the body is over the limit of {limit} bytes"));
        assert!(!error.is_timeout());
    }
}

/// Takes this many bytes, fails then, and knows whether it was flushed.
struct Writer {
    room: usize,
    taken: Vec<u8>,
    flushed: bool,
    flush_fails: bool,
}

impl Writer {
    fn with_room(room: usize) -> Self {
        Self { room, taken: Vec::new(), flushed: false, flush_fails: false }
    }
}

impl AsyncWrite for Writer {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        // Two at a time, as a busy disk may.
        let count = bytes.len().min(self.room - self.taken.len()).min(2);
        if count == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::StorageFull, "no space left")));
        }
        self.taken.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushed = true;
        Poll::Ready(if self.flush_fails { Err(io::Error::other("not flushed")) } else { Ok(()) })
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        panic!("the writer is the caller's to close")
    }
}

#[tokio::test]
async fn write_to_writes_everything_and_flushes() {
    let step = || Step::answer(200, "12345").then_sends(Duration::ZERO, "678");
    let mut writer = Writer::with_room(8);
    assert_eq!(download(step()).await.write_to(&mut writer).await.unwrap(), 8);
    assert!(writer.taken == b"12345678" && writer.flushed);

    // What one has read oneself is counted, and not written again.
    let mut download = download(step()).await;
    assert_eq!(download.chunk().await.unwrap().unwrap(), "12345");
    let mut rest = Vec::new();
    assert_eq!(download.write_to(&mut rest).await.unwrap(), 8);
    assert_eq!(rest, b"678");
}

#[tokio::test]
async fn a_writer_that_fails_is_no_failure_of_the_transport() {
    let broken = || {
        let mut writer = Writer::with_room(100);
        writer.flush_fails = true;
        writer
    };
    for (mut writer, kind, source, taken) in [
        (Writer::with_room(3), io::ErrorKind::StorageFull, "no space left", "123"),
        (broken(), io::ErrorKind::Other, "not flushed", "12345"),
    ] {
        let error = download(Step::answer(200, "12345")).await.write_to(&mut writer).await.unwrap_err();
        let Error::Write(write) = &error else { panic!("{error:?}") };
        assert_eq!((write.io().kind(), write.io().to_string().as_str()), (kind, source));
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
        assert_eq!(error.status(), Some(http::StatusCode::OK));
        assert!(!error.is_timeout() && !error.is_connect());
        let line = format!("deck.documents.file: Deck: the body could not be written ({kind:?})");
        assert_eq!(error.to_string(), line);
        let found = std::error::Error::source(&error).unwrap();
        assert_eq!(found.downcast_ref::<io::Error>().unwrap().to_string(), source);
        assert_eq!(writer.taken, taken.as_bytes(), "what was written stays written");
    }
}

#[tokio::test]
async fn a_body_cut_short_is_an_error_and_never_a_short_file() {
    let cut = [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n12345",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a length\r\n",
    ];
    for answer in cut {
        let server = Raw::answering(answer).await;
        let client = client(&server.base());
        let error = file(&client).await.unwrap().bytes(100).await.unwrap_err();
        assert_lost(&error, "connection broken");
        assert!(!error.is_timeout(), "{error:?}");
        let mut written = Vec::new();
        file(&client).await.unwrap().write_to(&mut written).await.unwrap_err();
        assert!(b"12345".starts_with(&written));
    }
}

/// RFC 9112, 6.3: a body that is framed otherwise has not the length that is announced beside it.
#[tokio::test]
async fn r35_a_length_beside_chunks_is_ignored() {
    for length in [0, 3, 4, 5, 1000] {
        let chunks = "4\r\n%PDF\r\n0\r\n\r\n";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n{chunks}"
        );
        let server = Raw::answering(answer.clone()).await;
        let client = client(&server.base());
        let whole = file(&client).await.unwrap();
        assert_eq!(whole.content_length(), None);
        assert_eq!(whole.bytes(100).await.unwrap(), "%PDF", "{length}");
        assert_eq!(file(&client).bytes().await.unwrap(), "%PDF", "a call's body, {length}");

        let server = Raw::answering(answer.strip_suffix("0\r\n\r\n").unwrap()).await;
        let cut = file(&self::client(&server.base())).await.unwrap();
        assert_lost(&cut.bytes(100).await.unwrap_err(), "connection broken");
    }
    // A 204 has no body, whatever it announces.
    let server = Raw::answering("HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\n").await;
    let empty = file(&client(&server.base())).await.unwrap();
    assert_eq!((empty.content_length(), empty.bytes(0).await.unwrap().len()), (None, 0));
}

#[tokio::test]
async fn r35_a_body_without_a_length_ends_with_the_connection() {
    for head in ["HTTP/1.0 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\ntransfer-encoding: x"] {
        let server = Raw::answering(format!("{head}\r\n\r\n%PDF")).await;
        let download = file(&client(&server.base())).await.unwrap();
        assert_eq!(download.content_length(), None);
        assert_eq!(download.bytes(100).await.unwrap(), "%PDF", "{head}");
    }
}

#[tokio::test]
async fn a_transport_that_counts_badly_is_caught() {
    for (length, fits) in [("5", true), ("6", false), ("4", false), ("many", true)] {
        let download = download(Step::answer(200, "12345").header("content-length", length)).await;
        match download.bytes(100).await {
            Ok(bytes) => assert!(fits && bytes == "12345", "{length}"),
            Err(error) => {
                assert!(!fits, "{length}");
                assert_lost(&error, "the body is cut short");
            }
        }
    }
    let error = download(Step::answer(200, "12345").then_breaks()).await.bytes(100).await.unwrap_err();
    assert_lost(&error, "connection broken");
    assert!(std::error::Error::source(&error).is_some());
}

/// A part every `gap`, after the first.
fn paced(gap: Duration, parts: usize) -> Step {
    (0..parts).fold(Step::answer(200, "0123456789"), |step, _| step.then_sends(gap, "0123456789"))
}

#[tokio::test(start_paused = true)]
async fn the_call_s_time_ends_with_the_headers() {
    let memory = Memory::playing([paced(seconds(20), 30).after(seconds(4))]);
    let client = offline_builder(&memory).timeout(seconds(6)).attempt_timeout(seconds(5)).build().unwrap();
    let start = Instant::now();
    let download = file(&client).await.unwrap();
    let mut written = Vec::new();
    assert_eq!(download.write_to(&mut written).await.unwrap(), 310);
    assert_eq!(written.len(), 310);
    assert!(start.elapsed() >= seconds(604), "ten minutes: {:?}", start.elapsed());

    let late = offline(&Memory::playing([paced(seconds(1), 1).after(seconds(4))]));
    let error = file(&late).timeout(seconds(3)).await.unwrap_err();
    assert!(error.is_timeout(), "before the headers it holds: {error:?}");
}

#[tokio::test(start_paused = true)]
async fn the_caller_may_take_its_time() {
    let mut download = download(Step::answer(200, "12345").then_sends(seconds(29), "678")).await;
    for chunk in ["12345", "678"] {
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!(download.chunk().await.unwrap().unwrap(), chunk);
    }
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(download.chunk().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_gap_of_more_than_thirty_seconds_ends_the_download() {
    assert_eq!(download(paced(seconds(29), 2)).await.bytes(100).await.unwrap().len(), 30);

    for step in [paced(seconds(20), 2).then_sends(seconds(31), "x"), paced(seconds(20), 2).then_stalls()] {
        let start = Instant::now();
        let error = download(step.clone()).await.bytes(100).await.unwrap_err();
        assert_lost(&error, "the next part of the body did not come in time");
        assert!(error.is_timeout(), "{error:?}");
        let waited = start.elapsed();
        assert!(waited >= seconds(70) && waited <= seconds(70) + Duration::from_millis(5), "{waited:?}");

        let mut written = Vec::new();
        let error = download(step).await.write_to(&mut written).await.unwrap_err();
        assert!(error.is_timeout() && written.len() == 30, "{error:?}");
    }
}

/// As a service hands a file on that it does not keep.
#[tokio::test]
async fn a_download_is_the_body_of_an_answer_of_one_s_own() {
    use http_body::Body as _;
    let step = || Step::answer(200, "%PD").then_sends(Duration::ZERO, "F");
    let known = download(step().header("content-length", "4")).await;
    assert_eq!((known.size_hint().exact(), known.is_end_stream()), (Some(4), false));
    assert_eq!(axum::body::to_bytes(axum::body::Body::new(known), 100).await.unwrap(), "%PDF");

    let mut begun = download(step().header("content-length", "4")).await;
    begun.chunk().await.unwrap();
    assert_eq!(begun.size_hint().exact(), Some(1));
    begun.chunk().await.unwrap();
    assert!(begun.is_end_stream());

    let unknown = download(step()).await;
    assert_eq!((unknown.size_hint().exact(), unknown.is_end_stream()), (None, false));
    assert_eq!(axum::body::to_bytes(axum::body::Body::new(unknown), 100).await.unwrap(), "%PDF");

    let cut = download(step().header("content-length", "5")).await;
    let error = axum::body::to_bytes(axum::body::Body::new(cut), 100).await.unwrap_err();
    let mut causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    assert!(causes.any(|cause| cause.to_string().contains("the body is cut short")), "{error:?}");
}

#[cfg(feature = "futures-core-0-3")]
mod stream {
    use super::*;
    use futures_core::Stream;
    use std::future::poll_fn;

    async fn next(download: &mut Download) -> Option<Result<Bytes, Error>> {
        poll_fn(|context| Pin::new(&mut *download).poll_next(context)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_gives_chunk_after_chunk_and_ends() {
        let mut download = download(paced(seconds(29), 2)).await;
        for _ in 0..3 {
            assert_eq!(next(&mut download).await.unwrap().unwrap(), "0123456789");
        }
        assert!(next(&mut download).await.is_none() && next(&mut download).await.is_none());
        let body = axum::body::Body::from_stream(super::download(paced(seconds(1), 1)).await);
        assert_eq!(axum::body::to_bytes(body, 100).await.unwrap().len(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_after_its_first_error() {
        let late = paced(seconds(20), 1).then_sends(seconds(31), "x");
        let broken = paced(seconds(20), 1).then_breaks();
        for (step, is_timeout) in [(late, true), (broken, false)] {
            let mut download = download(step).await;
            for _ in 0..2 {
                next(&mut download).await.unwrap().unwrap();
            }
            let error = next(&mut download).await.unwrap().unwrap_err();
            assert_eq!((error.is_timeout(), error.outcome()), (is_timeout, Outcome::Applied), "{error}");
            assert!(next(&mut download).await.is_none());
        }
    }

    /// As `select!` in a loop does, over a stream.
    #[tokio::test(start_paused = true)]
    async fn a_gap_counts_over_all_polls_of_a_stream_and_not_while_nobody_polls() {
        let mut download = download(Step::answer(200, "1").then_stalls()).await;
        next(&mut download).await.unwrap().unwrap();
        let start = Instant::now();
        let error = loop {
            if let Ok(chunk) = tokio::time::timeout(seconds(1), next(&mut download)).await {
                break chunk.unwrap().unwrap_err();
            }
        };
        assert!(error.is_timeout() && start.elapsed() <= seconds(31), "{:?}", start.elapsed());

        let mut download = super::download(Step::answer(200, "1").then_sends(seconds(59), "2")).await;
        next(&mut download).await.unwrap().unwrap();
        assert!(tokio::time::timeout(seconds(1), next(&mut download)).await.is_err());
        tokio::time::sleep(seconds(57)).await;
        assert_eq!(next(&mut download).await.unwrap().unwrap(), "2");
    }
}

/// As `select!` in a loop does: somebody waits all the time, and no future for long.
#[tokio::test(start_paused = true)]
async fn a_gap_counts_over_all_who_wait_for_the_next_chunk() {
    let mut download = download(paced(seconds(20), 1).then_stalls()).await;
    let start = Instant::now();
    let mut ticks = tokio::time::interval(seconds(1));
    let mut chunks = 0;
    let error = loop {
        tokio::select! {
            chunk = download.chunk() => match chunk {
                Ok(chunk) => chunks += usize::from(chunk.is_some()),
                Err(error) => break error,
            },
            _ = ticks.tick() => assert!(start.elapsed() < seconds(60), "it ends"),
        }
    };
    assert_lost(&error, "the next part of the body did not come in time");
    assert!(error.is_timeout());
    assert_eq!((chunks, start.elapsed().as_secs()), (2, 50));
}

#[tokio::test(start_paused = true)]
async fn time_in_which_nobody_waits_fails_no_download() {
    let mut download =
        download(Step::answer(200, "1").then_sends(seconds(29), "2").then_sends(seconds(29), "3")).await;
    let mut received = Vec::new();
    while received.len() < 3 {
        if let Ok(chunk) = tokio::time::timeout(seconds(10), download.chunk()).await {
            received.extend(chunk.unwrap().unwrap());
        }
        tokio::time::sleep(seconds(3600)).await;
    }
    assert_eq!((received.as_slice(), download.chunk().await.unwrap()), (b"123".as_slice(), None));
}

/// What is there is taken, also by one whose patience has ended.
#[tokio::test(start_paused = true)]
async fn a_chunk_that_is_there_comes_before_the_end_of_the_time() {
    let mut download = download(Step::answer(200, "1").then_sends(seconds(40), "2")).await;
    download.chunk().await.unwrap();
    assert!(tokio::time::timeout(seconds(30) - Duration::from_millis(1), download.chunk()).await.is_err());
    tokio::time::sleep(seconds(20)).await;
    assert_eq!(download.chunk().await.unwrap().unwrap(), "2");
}

#[tokio::test(start_paused = true)]
async fn r35_a_part_that_nobody_asked_for_is_an_error() {
    let part = || Step::answer(206, r#"{"half":"#).header("content-range", "bytes 0-7/100");
    for call in calls::all() {
        let memory = Memory::playing([part()]);
        let result = call.send_default(&offline(&memory)).await;
        assert_eq!(memory.count(), 1, "{}: it is not repeated", call.id);
        if !call.reads_body() && call.id != "deck.documents.file" {
            result.unwrap();
            continue;
        }
        let error = result.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{}: {error:?}", call.id) };
        assert_eq!(lost.problem(), "the answer is a part (206), and no part was asked for");
        assert_eq!(lost.kind(), TransportErrorKind::Partial);
        assert_eq!((error.outcome(), error.status().unwrap().as_u16()), (Outcome::Applied, 206));
    }
    let client = offline(&Memory::playing([part()]));
    let asked = file(&client).header("range", "bytes=0-7").await.unwrap();
    assert_eq!(asked.bytes(100).await.unwrap(), r#"{"half":"#);
}

#[tokio::test]
async fn an_encoded_body_is_a_clear_error() {
    for coding in ["gzip", "br", "GZIP", "identity, gzip", "gzip, identity", "gzip, gzip"] {
        let memory = Memory::playing([Step::answer(200, "\u{1f}\u{8b}").header("content-encoding", coding)]);
        let error = file(&offline(&memory)).await.unwrap_err();
        assert_lost(&error, "the body is encoded although nothing but `identity` was asked for");
        assert_eq!(memory.count(), 1, "another try would end the same way");
    }
    let second =
        Step::answer(200, "%PDF").header("content-encoding", "identity").header("content-encoding", "br");
    file(&offline(&Memory::playing([second]))).await.unwrap_err();
    for coding in ["identity", "Identity", "identity, identity", ""] {
        let download = download(Step::answer(200, "%PDF").header("content-encoding", coding)).await;
        assert_eq!(download.bytes(4).await.unwrap(), "%PDF");
    }
}

#[tokio::test(start_paused = true)]
async fn statuses_are_read_as_usual() {
    let body = r#"{"error_code":"INVALID_STATEMENT_ID","error_message":"No such document"}"#;
    let error = file(&offline(&Memory::playing([Step::answer(400, body)]))).await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    assert_eq!((error.code(), error.message()), (Some("INVALID_STATEMENT_ID"), Some("No such document")));
    assert_eq!(error.body().unwrap().as_ref(), body.as_bytes());

    let moved = Step::answer(302, "").header("location", "https://files.example.com/doc-1");
    let error = file(&offline(&Memory::playing([moved]))).await.unwrap_err();
    assert!(matches!(error, Error::Redirect(_)), "{error:?}");

    let error = file(&offline(&Memory::playing([Step::answer(500, vec![b'x'; MIB])]))).await.unwrap_err();
    assert_eq!((error.attempts(), error.body().unwrap().len()), (3, 64 * 1024));

    let memory = Memory::playing([Step::answer(503, ""), Step::reset(), Step::answer(200, "%PDF")]);
    let response = file(&offline(&memory)).response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 3));
    let error = response.into_value().bytes(1).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (3, Outcome::Applied));
}

#[tokio::test]
async fn the_call_s_own_bytes_are_capped() {
    for (length, fits) in [(16 * MIB, true), (16 * MIB + 1, false)] {
        let memory = Memory::playing([Step::answer(200, vec![b'x'; length])]);
        let result = file(&offline(&memory)).bytes().await;
        assert_eq!(result.is_ok(), fits, "{length}");
    }
    let memory = Memory::playing([Step::answer(200, "12345")]);
    let client = offline_builder(&memory).max_body(4).build().unwrap();
    let error = file(&client).bytes().await.unwrap_err();
    assert_lost(&error, "the body is over the limit of 4 bytes");
    // A stream is the caller's to bound.
    assert_eq!(file(&client).await.unwrap().bytes(5).await.unwrap(), "12345");
}

/// Sends a body of this many mebibytes; says how much of it has left, and whether the client went away before its end.
async fn sending(mebibytes: usize) -> (Raw, Arc<AtomicUsize>, Arc<AtomicBool>) {
    let (sent, gone) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, flag) = (sent.clone(), gone.clone());
    let server = Raw::serving(move |mut stream| {
        let (counter, flag) = (counter.clone(), flag.clone());
        async move {
            while read_request(&mut stream).await.is_some() {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", mebibytes * MIB);
                stream.write_all(head.as_bytes()).await.unwrap();
                for _ in 0..mebibytes * 16 {
                    if stream.write_all(&[b'x'; MIB / 16]).await.is_err() {
                        flag.store(true, Ordering::SeqCst);
                        return;
                    }
                    counter.fetch_add(MIB / 16, Ordering::SeqCst);
                }
            }
        }
    })
    .await;
    (server, sent, gone)
}

/// In a process of its own, where nobody else's memory counts.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_however_long_the_body_is() {
    child::run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for (mebibytes, counts) in [(1, false), (256, true)] {
                let (server, _, _) = sending(mebibytes).await;
                let client = client(&server.base());
                let before = child::peak();
                let download = file(&client).await.unwrap();
                let written = download.write_to(&mut tokio::io::sink()).await.unwrap();
                assert_eq!(written, (mebibytes * MIB) as u64);
                let grown = child::growth(before);
                assert!(!counts || grown < 4 * MIB, "grew by {grown} bytes");
            }
        });
    });
}

#[tokio::test]
async fn a_download_that_is_dropped_midway_leaves_nothing_behind() {
    let (server, sent, gone) = sending(256).await;
    let client = builder(&server.base()).no_proxy().retry(RetryPolicy::never()).build().unwrap();
    let mut download = file(&client).await.unwrap();
    download.chunk().await.unwrap().unwrap();
    drop(download);
    for _ in 0..500 {
        if gone.load(Ordering::SeqCst) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(gone.load(Ordering::SeqCst), "the connection is closed");
    assert!(sent.load(Ordering::SeqCst) < 128 * MIB, "the rest is not read");

    let mut download = file(&client).await.unwrap();
    assert!(download.chunk().await.unwrap().is_some(), "the client works as before");
    assert_eq!(server.connections(), 2);
}

/// A body that breaks once and then pretends that it has ended.
struct Deceiving(u8);

impl http_body::Body for Deceiving {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, &'static str>>> {
        self.0 += 1;
        Poll::Ready(match self.0 {
            1 => Some(Ok(http_body::Frame::data(Bytes::from_static(b"half")))),
            2 => Some(Err("broken")),
            _ => None,
        })
    }
}

#[derive(Debug)]
struct Deceiver;

impl Transport for Deceiver {
    fn send(&self, _: http::Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async { Ok(http::Response::new(Body::new(Deceiving(0)))) })
    }
}

#[tokio::test]
async fn after_an_error_a_body_never_ends_well() {
    let client = builder("https://vendor.invalid").transport(Arc::new(Deceiver)).build().unwrap();
    let mut download = file(&client).await.unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
    for _ in 0..3 {
        download.chunk().await.unwrap_err();
    }
}
