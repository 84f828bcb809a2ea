//! A call may be dropped at any await: nothing of it goes on.

use crate::support::{
    a_call, client,
    memory::{Memory, Step},
    offline_builder,
    raw::{Raw, read_request},
    success,
};
use bytes::Bytes;
use connectory::{RetryPolicy, Transport, TransportFuture};
use http::Request;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{io::AsyncWriteExt, runtime::Handle, time::timeout};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Counts the requests that are under way.
#[derive(Debug)]
struct Busy {
    inner: Memory,
    requests: Arc<AtomicUsize>,
}

struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for Busy {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let guard = Guard(self.requests.clone());
        Box::pin(async move {
            let _guard = guard;
            self.inner.send(request).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn r16_a_call_dropped_at_any_time_leaves_nothing_behind() {
    let memory = Memory::default();
    let requests = Arc::new(AtomicUsize::new(0));
    let busy = Arc::new(Busy { inner: memory.clone(), requests: requests.clone() });
    let policy = RetryPolicy::default().backoff(millis(20), millis(20)).budget(u32::MAX);
    let client = offline_builder(&memory).transport(busy).retry(policy).build().unwrap();
    let good = success(a_call(&client).operation());
    let mut finished = 0;
    for cut in 0..200 {
        memory.play([
            Step::answer(503, "").header("retry-after", "0.03").after(millis(20)),
            Step::reset().after(millis(20)),
            good.clone().then_stalls().after(millis(20)),
        ]);
        let call = a_call(&client).attempt_timeout(millis(60)).bytes();
        finished += usize::from(timeout(millis(cut), call).await.is_ok());
        assert_eq!(requests.load(Ordering::SeqCst), 0, "dropped after {cut} ms");
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);

        let sent_before = memory.count();
        memory.play([good.clone()]);
        a_call(&client).await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(memory.count(), sent_before + 1, "nothing of the dropped call comes later");
    }
    assert!((1..150).contains(&finished), "calls are dropped at every stage, and some not: {finished}");
}

#[tokio::test(start_paused = true)]
async fn r16_a_call_dropped_while_it_waits_takes_nothing_from_the_budget() {
    let memory = Memory::playing([Step::answer(503, "").header("retry-after", "20")]);
    let client = offline_builder(&memory).retry(RetryPolicy::default().budget(10)).build().unwrap();
    for dropped in 1..=100 {
        assert!(timeout(millis(100), a_call(&client).bytes()).await.is_err(), "it waits to be repeated");
        assert_eq!(memory.count(), dropped);
    }
    // Two retries are there, and no more.
    assert_eq!(a_call(&client).await.unwrap_err().attempts(), 3);
    assert_eq!(a_call(&client).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn r16_a_dropped_call_closes_its_connection() {
    let (requests, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (requests.clone(), closed.clone());
    let server = Raw::serving(move |mut stream| {
        let (requests, closed) = counters.clone();
        async move {
            // Half an answer to one call in two: a body is dropped as a request is.
            while read_request(&mut stream).await.is_some() {
                if requests.fetch_add(1, Ordering::SeqCst) % 2 == 1 {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await.unwrap();
                }
            }
            closed.fetch_add(1, Ordering::SeqCst);
        }
    })
    .await;
    let client = client(&server.base());
    for round in 1..=4 {
        let call = tokio::spawn(a_call(&client).bytes());
        reaches(&requests, round).await;
        tokio::time::sleep(millis(20)).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        reaches(&closed, round).await;
    }
    assert_eq!(server.connections(), 4);
}

async fn reaches(counter: &AtomicUsize, expected: usize) {
    let wait = async {
        while counter.load(Ordering::SeqCst) < expected {
            tokio::time::sleep(millis(1)).await;
        }
    };
    timeout(Duration::from_secs(5), wait).await.unwrap();
}
