//! A body that is handed on as it arrives: no deadline over the whole of it, and no end before its end.

use crate::support::{
    memory::{Memory, Step},
    offline, offline_builder,
    raw::{Raw, read_request},
};
use connectory::deck::documents::DocumentFileRequest;
use connectory::{Call, Client, Download, Error, Outcome};
use http::StatusCode;
use std::{io, pin::Pin, task::Poll, time::Duration};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    time::Instant,
};

const PDF: &[u8] = b"%PDF-1.7\n\0\xff\xfe";

fn file(client: &Client) -> Call<Download> {
    client.deck().documents().file(&DocumentFileRequest::new("access-token", "doc-1"))
}

fn answer() -> Step {
    Step::answer(200, PDF).header("content-type", "application/pdf")
}

#[track_caller]
fn assert_lost(error: &Error, problem: &str) {
    let Error::Transport(lost) = error else { panic!("{error:?}") };
    assert!(lost.problem().contains(problem), "{lost}");
    assert_eq!((error.status(), error.outcome()), (Some(StatusCode::OK), Outcome::Applied));
    assert_eq!(error.operation().unwrap().id(), "deck.documents.file");
}

#[tokio::test]
async fn a_stream_gives_the_bytes_as_they_are_sent() {
    let memory = Memory::playing([answer().header("content-length", PDF.len().to_string())]);
    let client = offline(&memory);
    let mut download = file(&client).await.unwrap();
    assert_eq!((download.content_type(), download.content_length()), (Some("application/pdf"), Some(12)));
    assert_eq!(download.chunk().await.unwrap().unwrap(), PDF);
    assert_eq!(download.chunk().await.unwrap(), None);
    assert_eq!(memory.requests()[0].headers()["accept-encoding"], "identity");

    let mut written = Vec::new();
    assert_eq!(file(&client).await.unwrap().write_to(&mut written).await.unwrap(), 12);
    assert_eq!(written, PDF);
    assert_eq!(file(&client).await.unwrap().bytes(12).await.unwrap(), PDF);
    assert_lost(&file(&client).await.unwrap().bytes(11).await.unwrap_err(), "limit of 11 bytes");
    assert_eq!(file(&client).bytes().await.unwrap(), PDF, "the whole, under the client's cap");
}

#[tokio::test]
async fn a_body_that_ends_before_its_end_is_an_error() {
    let announced = answer().header("content-length", "13");
    for (step, problem) in [(announced, "cut short"), (answer().then_breaks(), "connection broken")] {
        let memory = Memory::playing([step]);
        let mut written = Vec::new();
        let error = file(&offline(&memory)).await.unwrap().write_to(&mut written).await.unwrap_err();
        assert_lost(&error, problem);
        assert_eq!((written.as_slice(), memory.count()), (PDF, 1));
    }
    // As a server on a socket does it.
    for head in ["content-length: 100\r\n", "transfer-encoding: chunked\r\n"] {
        let server = Raw::serving(move |mut stream| async move {
            read_request(&mut stream).await;
            let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n5\r\nabcde\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await;
        let download = file(&crate::support::client(&server.base())).await.unwrap();
        assert_lost(&download.bytes(1000).await.unwrap_err(), "");
    }
}

#[tokio::test]
async fn a_body_that_is_packed_although_none_was_asked_for_is_refused() {
    let memory = Memory::playing([answer().header("content-encoding", "gzip")]);
    assert_lost(&file(&offline(&memory)).await.unwrap_err(), "identity");
    assert_eq!(memory.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_with_the_headers_and_thirty_seconds_may_pass_between_chunks() {
    let memory = Memory::playing([answer().then_stalls()]);
    let client = offline_builder(&memory).timeout(Duration::from_secs(1)).build().unwrap();
    let mut download = file(&client).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(download.chunk().await.unwrap().unwrap(), PDF, "the caller may take its time");
    let start = Instant::now();
    let error = download.chunk().await.unwrap_err();
    assert_lost(&error, "in time");
    assert!(error.is_timeout());
    let waited = start.elapsed();
    assert!((Duration::from_secs(30)..Duration::from_millis(30_002)).contains(&waited), "{waited:?}");

    memory.play([Step::silence()]);
    let start = Instant::now();
    assert!(file(&client).await.unwrap_err().is_timeout(), "until the headers the call's time runs");
    assert!(start.elapsed() <= Duration::from_millis(1002));
}

/// A disk that is full.
struct Full;

impl AsyncWrite for Full {
    fn poll_write(self: Pin<&mut Self>, _: &mut std::task::Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::StorageFull.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_writer_s_failure_is_the_source_of_the_error() {
    let client = offline(&Memory::playing([answer()]));
    let error = file(&client).await.unwrap().write_to(&mut Full).await.unwrap_err();
    assert_lost(&error, "could not be written");
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
}
