//! Where calls may be made: on any thread of a tokio runtime, and nowhere else.

use crate::support::{a_call, calls, client, memory::Memory, offline, success, traces::printed};
use connectory::{Client, ClientBuilder, Error, Outcome, Response};
use std::{
    fmt::Debug,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn r36_outside_a_runtime_a_call_is_an_error_and_no_panic() {
    // Without a runtime, and on the transport that would need one.
    let client = client("http://127.0.0.1:1");
    for call in calls::all() {
        let Poll::Ready(Err(error)) = poll_once(call.send_default(&client)) else { panic!("{}", call.id) };
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains("tokio runtime"), "{error}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
    }
    let memory = Memory::default();
    let Poll::Ready(Err(error)) = poll_once(a_call(&offline(&memory)).bytes()) else { panic!() };
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    assert_eq!(memory.count(), 0);
}

#[test]
fn r36_a_runtime_without_a_timer_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let client = offline(&Memory::default());
    for call in calls::all() {
        let error = runtime.block_on(call.send_default(&client)).unwrap_err();
        assert!(error.to_string().contains("has no timer"), "{error}");
    }
}

#[test]
fn r36_a_runtime_without_io_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let client = client("http://127.0.0.1:1");
    for call in calls::all() {
        let error = runtime.block_on(call.send_default(&client)).unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        assert!(printed(&error).contains("has no I/O"), "{error:?}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1));
    }
}

#[cfg(feature = "deck")]
#[test]
fn r36_a_download_outside_a_runtime_is_an_error_and_no_panic() {
    use connectory::deck::documents::GetDocumentFile;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = offline(&Memory::playing([crate::support::memory::Step::answer(200, "%PDF")]));
    let file = client.deck().documents().file(&GetDocumentFile::new("t", "d"));
    let mut download = runtime.block_on(file.into_future()).unwrap();
    let Poll::Ready(Err(error)) = poll_once(download.chunk()) else { panic!() };
    assert!(matches!(error, Error::Config(_)), "{error:?}");
}

#[test]
fn a_client_outlives_the_runtime_of_its_calls() {
    let memory = Memory::default();
    let client = offline(&memory);
    for _ in 0..2 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let call = a_call(&client);
        memory.play([success(call.operation())]);
        runtime.block_on(call.into_future()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_run_on_any_thread_at_once() {
    let memory = Memory::default();
    let client = offline(&memory);
    memory.play([success(a_call(&client).operation())]);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        running.spawn(async move { a_call(&client).await.map(drop) });
    }
    running.join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(memory.count(), 100);
}

#[test]
fn clients_are_handles_and_calls_go_to_tasks() {
    fn handle<T: Clone + Debug + Send + Sync + 'static>() {}
    fn goes_to_a_task<T: Send + 'static>(_: T) {}
    handle::<Client>();
    handle::<ClientBuilder>();
    handle::<Arc<dyn connectory::Transport>>();
    handle::<connectory::RetryPolicy>();
    #[cfg(feature = "deck")]
    {
        handle::<connectory::deck::Deck>();
        handle::<connectory::deck::connections::Connections>();
        handle::<connectory::deck::Config>();
    }
    #[cfg(feature = "apideck")]
    {
        handle::<connectory::apideck::Apideck>();
        handle::<connectory::apideck::vault::Vault>();
        handle::<connectory::apideck::vault::connections::Connections>();
        handle::<connectory::apideck::Config>();
    }
    #[cfg(feature = "codat")]
    {
        handle::<connectory::codat::Codat>();
        handle::<connectory::codat::companies::Companies>();
        handle::<connectory::codat::Config>();
    }
    #[cfg(feature = "deck-v2")]
    {
        handle::<connectory::deck_v2::DeckV2>();
        handle::<connectory::deck_v2::agents::Agents>();
        handle::<connectory::deck_v2::Config>();
    }
    let client = offline(&Memory::default());
    goes_to_a_task(a_call(&client));
    goes_to_a_task(a_call(&client).into_future());
    goes_to_a_task(a_call(&client).response());
    goes_to_a_task(a_call(&client).bytes());
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Error>();
    crosses::<Response<String>>();
}
