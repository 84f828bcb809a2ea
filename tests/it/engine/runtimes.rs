//! One client on several tokio runtimes, by turns and at once.

use crate::support::{
    a_call, builder, calls, ends,
    raw::{Raw, read_request},
};
use connectory::{Client, Error, RetryPolicy};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{io::AsyncWriteExt, runtime::Runtime};

fn current_thread() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server that keeps its connections, on a runtime of its own, and the number of its requests.
fn server() -> (Runtime, Raw, Arc<AtomicUsize>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = requests.clone();
    let server = runtime.block_on(Raw::serving(move |mut stream| {
        let counter = counter.clone();
        async move {
            while read_request(&mut stream).await.is_some() {
                counter.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
            }
        }
    }));
    (runtime, server, requests)
}

fn client(server: &Raw) -> Client {
    builder(&server.base()).no_proxy().retry(RetryPolicy::never()).build().unwrap()
}

/// None of these runtimes is driven while another is at work.
fn by_turns(client: &Client, server: &Raw) {
    let runtimes = [current_thread(), current_thread(), current_thread()];
    for round in 0..5 {
        for runtime in &runtimes {
            let call = ends(Duration::from_secs(10), a_call(client).bytes());
            runtime.block_on(call).unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        }
    }
    assert_eq!(server.connections(), runtimes.len(), "each keeps its own");
}

#[test]
fn r19_no_call_waits_for_a_runtime_that_is_not_driven() {
    let (_runtime, server, _) = server();
    by_turns(&client(&server), &server);
}

#[cfg(feature = "reqwest-0-13")]
#[test]
fn r19_clients_of_a_builder_of_one_s_own_are_made_for_each_runtime() {
    let (_runtime, server, _) = server();
    let transport = connectory::ReqwestTransport::from_builder(crate::support::reqwest_builder).unwrap();
    let client = builder(&server.base()).transport(Arc::new(transport)).build().unwrap();
    by_turns(&client, &server);
}

/// Sends `count` of the calls one after the other, each on a runtime that ends with it.
fn short_lived(client: &Client, count: usize) {
    let all = calls::all();
    for call in all.iter().cycle().take(count) {
        match current_thread().block_on(call.send_default(client)) {
            Ok(_) | Err(Error::Decode(_)) => {}
            Err(error) => panic!("{}: {error:?}", call.id),
        }
    }
}

/// Nothing is repeated, so that each of them is as a write that must not be.
#[test]
fn r19_no_call_is_lost_to_a_runtime_that_ends() {
    let (_runtime, server, requests) = server();
    let client = client(&server);
    short_lived(&client, 100);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| short_lived(&client, 50));
        }
    });
    assert_eq!(requests.load(Ordering::SeqCst), 500);
}
