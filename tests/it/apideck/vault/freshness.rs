//! R18: one `validate` for all who ask at once.

use crate::support::{
    ends,
    memory::{Memory, Step},
    offline,
};
use connectory::apideck::vault::{Freshness, connections::ConnectionState};
use connectory::sandbox::Sandbox;
use connectory::{Error, Outcome};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

const VALIDATE: &str = "apideck.vault.connections.validate";

fn validated(state: &str) -> Step {
    Step::answer(200, format!(r#"{{"data":{{"id":"accounting+xero","state":"{state}"}}}}"#))
}

fn freshness(memory: &Memory) -> Freshness {
    Freshness::new(&offline(memory).apideck())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn ensure(freshness: &Freshness) -> Result<Option<ConnectionState>, Arc<Error>> {
    freshness.ensure("acme", "accounting", "xero").await.map(|connection| connection.state)
}

#[tokio::test]
async fn r18_a_hundred_callers_make_one_call() {
    let sandbox = Sandbox::builder().apideck_connection("acme", "accounting", "quickbooks", "callable");
    let sandbox = sandbox.start().await.unwrap();
    sandbox.inject(connectory::sandbox::Fault::Latency(Duration::from_millis(20)));
    sandbox.expect(VALIDATE, 1);
    let freshness = Freshness::new(&sandbox.client().apideck());
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let freshness = freshness.clone();
        callers.spawn(async move { freshness.ensure("acme", "accounting", "quickbooks").await });
    }
    while let Some(validated) = callers.join_next().await {
        assert_eq!(validated.unwrap().unwrap().state, Some(ConnectionState::Callable));
    }
    freshness.ensure("acme", "accounting", "quickbooks").await.unwrap();
    sandbox.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn r18_a_caller_that_is_dropped_while_it_leads_hands_over_without_any_wait() {
    let memory = Memory::playing([validated("callable").after(seconds(5))]);
    let freshness = freshness(&memory);
    let start = Instant::now();
    let lead = |freshness: Freshness| tokio::spawn(async move { ensure(&freshness).await });
    let leaders = [lead(freshness.clone()), lead(freshness.clone()), lead(freshness.clone())];
    let last = lead(freshness.clone());
    for leader in leaders {
        tokio::time::sleep(seconds(1)).await;
        leader.abort();
        assert!(leader.await.unwrap_err().is_cancelled());
    }
    assert_eq!(last.await.unwrap().unwrap(), Some(ConnectionState::Callable));
    assert_eq!(start.elapsed(), seconds(5), "the call goes on where the dropped one left it");
    assert_eq!(memory.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r18_each_caller_keeps_its_own_deadline() {
    let memory = Memory::playing([validated("callable").after(seconds(5))]);
    let freshness = freshness(&memory);
    let start = Instant::now();
    let caller = |patience: u64| {
        let freshness = freshness.clone();
        tokio::spawn(async move {
            let ended = tokio::time::timeout(seconds(patience), ensure(&freshness)).await;
            (ended.is_ok(), start.elapsed())
        })
    };
    let callers = [caller(1), caller(3), caller(9), caller(7)];
    let mut seen = Vec::new();
    for caller in callers {
        seen.push(caller.await.unwrap());
    }
    assert_eq!(seen, [(false, seconds(1)), (false, seconds(3)), (true, seconds(5)), (true, seconds(5))]);
    assert_eq!(memory.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r18_a_failure_is_shared_with_those_who_wait_and_never_kept() {
    let memory = Memory::playing([Step::answer(422, "").after(seconds(1)), validated("callable")]);
    let freshness = freshness(&memory);
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let freshness = freshness.clone();
        callers.spawn(async move { ensure(&freshness).await.unwrap_err() });
    }
    let errors = callers.join_all().await;
    assert!(errors.iter().all(|error| Arc::ptr_eq(error, &errors[0])));
    assert_eq!((errors[0].status().unwrap().as_u16(), errors[0].outcome()), (422, Outcome::Refused));
    assert_eq!(memory.requests().len(), 1);
    assert_eq!(ensure(&freshness).await.unwrap(), Some(ConnectionState::Callable));
    assert_eq!(memory.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn r18_who_asks_again_does_not_get_the_failure_that_others_still_wait_for() {
    let memory = Memory::playing([Step::answer(422, "").after(seconds(1)), validated("callable")]);
    let freshness = freshness(&memory);
    let (leader, other) = (freshness.clone(), freshness.clone());
    let leader = tokio::spawn(async move {
        ensure(&leader).await.unwrap_err();
        // The other one has been woken and not run yet.
        ensure(&leader).await
    });
    let other = tokio::spawn(async move { ensure(&other).await });
    assert_eq!(leader.await.unwrap().unwrap(), Some(ConnectionState::Callable));
    assert_eq!(other.await.unwrap().unwrap_err().status().unwrap().as_u16(), 422);
    assert_eq!(memory.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_call_is_left_that_nobody_waits_for() {
    let memory = Memory::playing([validated("callable").after(seconds(5)), validated("callable")]);
    let freshness = freshness(&memory);
    assert!(tokio::time::timeout(seconds(1), ensure(&freshness)).await.is_err());
    ensure(&freshness).await.unwrap();
    assert_eq!(memory.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_counts_as_fresh_for_ten_minutes_or_as_long_as_it_is_told() {
    for (setting, lasts) in [(None, 600), (Some(60), 60)] {
        let memory = Memory::playing([validated("callable")]);
        let freshness = freshness(&memory);
        let freshness = match setting {
            Some(time) => freshness.fresh_for(seconds(time)),
            None => freshness,
        };
        for (passed, calls) in [(0, 1), (lasts - 1, 1), (1, 2), (lasts - 1, 2)] {
            tokio::time::advance(seconds(passed)).await;
            ensure(&freshness).await.unwrap();
            assert_eq!(memory.requests().len(), calls, "{lasts}");
        }
    }
}

#[tokio::test]
async fn what_is_not_callable_or_forgotten_or_another_connection_is_asked_about_again() {
    let memory = Memory::playing([validated("invalid")]);
    let freshness = freshness(&memory);
    for calls in 1..=3 {
        assert_eq!(ensure(&freshness).await.unwrap(), Some(ConnectionState::Invalid));
        assert_eq!(memory.requests().len(), calls);
    }
    memory.play([validated("callable")]);
    memory.take_requests();
    for _ in 0..2 {
        ensure(&freshness).await.unwrap();
    }
    assert_eq!(memory.requests().len(), 1);
    freshness.ensure("globex", "accounting", "xero").await.unwrap();
    freshness.ensure("acme", "crm", "xero").await.unwrap();
    freshness.ensure("acme", "accounting", "quickbooks").await.unwrap();
    assert_eq!(memory.requests().len(), 4);
    freshness.forget("acme", "accounting", "xero");
    for _ in 0..2 {
        ensure(&freshness).await.unwrap();
        freshness.ensure("globex", "accounting", "xero").await.unwrap();
    }
    assert_eq!(memory.requests().len(), 5);
    let sent = memory.requests();
    assert_eq!(sent[1].headers()["x-apideck-consumer-id"], "globex");
    assert_eq!(sent[4].uri().path(), "/vault/connections/accounting/xero/validate");
}

#[tokio::test]
async fn an_id_that_escapes_is_an_error_and_nothing_is_sent() {
    let memory = Memory::playing([validated("callable")]);
    let freshness = freshness(&memory);
    let error = freshness.ensure("acme", "accounting", "..").await.unwrap_err();
    assert!(matches!(*error, Error::Request(_)), "{error}");
    assert!(memory.requests().is_empty());
}

#[test]
fn nobody_waits_for_a_runtime_that_is_not_driven() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let memory = Memory::playing([validated("callable").after(Duration::from_millis(50))]);
    let (freshness, idle, own) = (freshness(&memory), runtime(), runtime());
    let leader = freshness.clone();
    idle.spawn(async move { ensure(&leader).await });
    idle.block_on(async { tokio::time::sleep(Duration::from_millis(5)).await });
    own.block_on(async { ends(seconds(20), ensure(&freshness)).await }).unwrap();
    let unasked = std::thread::spawn(move || {
        let mut waiting = Box::pin(async move { ensure(&freshness).await });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        waiting.as_mut().poll(&mut context).map(|ended| ended.is_err())
    });
    assert_eq!(unasked.join().unwrap(), std::task::Poll::Ready(true), "outside a runtime it is an error");
}
