//! Asking again until the value is as wanted.

use crate::support::{
    memory::{Memory, Step},
    offline, offline_builder,
};
use connectory::codat::connections::{Connection, ConnectionStatus, CreateConnection};
use connectory::{Call, Client, Error, Waited};
use std::time::Duration;
use tokio::time::Instant;

fn connection(client: &Client) -> Call<Connection> {
    client.codat().connections().get("company", "connection")
}

fn shown(status: &str) -> Step {
    Step::answer(200, format!(r#"{{"id":"connection","status":"{status}"}}"#))
}

fn is_decided(connection: &Connection) -> bool {
    connection.status.as_ref().is_some_and(ConnectionStatus::is_final)
}

fn seconds(memory: &Memory) -> Vec<u64> {
    memory.offsets().iter().map(Duration::as_secs).collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_look_is_taken_at_once_and_the_waits_grow_to_ten_seconds() {
    let looks = [shown("PendingAuth")].into_iter().cycle().take(7).chain([shown("Linked")]);
    let memory = Memory::playing(looks);
    let start = Instant::now();
    let connection = connection(&offline(&memory)).until(is_decided).await.unwrap().done().unwrap();
    assert_eq!(connection.status, Some(ConnectionStatus::Linked));
    assert_eq!(seconds(&memory), [0, 1, 3, 7, 15, 25, 35, 45]);
    assert_eq!(start.elapsed().as_secs(), 45);
}

#[tokio::test(start_paused = true)]
async fn every_final_state_ends_it_and_an_unknown_one_does_not() {
    for (status, ends) in [("Linked", true), ("Unlinked", true), ("Deauthorized", true), ("Resting", false)] {
        let memory = Memory::playing([shown(status)]);
        let waited = connection(&offline(&memory)).until(is_decided).await.unwrap();
        assert_eq!(matches!(waited, Waited::Done(_)), ends, "{status}");
        assert_eq!(memory.requests().len() == 1, ends, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_ends_in_five_minutes_or_the_time_given_and_gives_the_last_value() {
    for (within, looks) in [(None, 34), (Some(20), 6), (Some(4), 3), (Some(1), 1)] {
        let memory = Memory::playing([shown("PendingAuth")]);
        let call = connection(&offline(&memory)).until(is_decided);
        let call = match within {
            Some(within) => call.within(Duration::from_secs(within)),
            None => call,
        };
        let start = Instant::now();
        let Waited::TimeUp { last, error } = call.await.unwrap() else { panic!("it is not linked") };
        assert_eq!(last.unwrap().status, Some(ConnectionStatus::PendingAuth));
        assert!(error.is_none());
        assert_eq!(memory.requests().len(), looks, "{within:?}");
        let end = Duration::from_secs(within.unwrap_or(300));
        assert!(start.elapsed() <= end && start.elapsed() + Duration::from_secs(2) > end, "{within:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_in_passing_is_no_answer() {
    let failures = [
        Step::answer(503, ""),
        Step::answer(500, ""),
        Step::answer(429, ""),
        Step::reset(),
        Step::connect_fails(),
        Step::silence(),
    ];
    for failure in failures {
        let memory = Memory::playing([shown("PendingAuth"), failure.clone(), shown("Linked")]);
        let call = connection(&offline(&memory)).max_attempts(1);
        assert!(call.until(is_decided).await.unwrap().done().is_some(), "{failure:?}");

        memory.play([shown("PendingAuth"), failure.clone()]);
        let call = connection(&offline(&memory)).max_attempts(1);
        let Waited::TimeUp { last, error } = call.until(is_decided).await.unwrap() else { panic!() };
        assert!(last.is_some() && error.is_some(), "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_error_ends_it() {
    for step in [Step::answer(404, ""), Step::answer(401, ""), Step::answer(200, "<html>")] {
        let memory = Memory::playing([shown("PendingAuth"), step]);
        connection(&offline(&memory)).until(is_decided).await.unwrap_err();
        assert_eq!(memory.requests().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_where_it_fits_into_the_time() {
    let asking = |seconds: &'static str| Step::answer(429, "").header("retry-after", seconds);
    let memory = Memory::playing([asking("90"), shown("Linked")]);
    connection(&offline(&memory)).until(is_decided).await.unwrap().done().unwrap();
    assert_eq!(seconds(&memory), [0, 90], "longer than the client waits within a call");

    let memory = Memory::playing([asking("400")]);
    let start = Instant::now();
    let Waited::TimeUp { last: None, error: Some(error) } =
        connection(&offline(&memory)).until(is_decided).await.unwrap()
    else {
        panic!("nothing was seen")
    };
    assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
    assert_eq!((memory.requests().len(), start.elapsed().as_secs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn each_look_has_the_call_s_own_time_cut_to_what_is_left() {
    let memory = Memory::playing([Step::silence()]);
    let client = offline_builder(&memory).attempt_timeout(Duration::from_secs(500)).build().unwrap();
    let start = Instant::now();
    let call = connection(&client).timeout(Duration::from_secs(7)).max_attempts(1);
    let Waited::TimeUp { last: None, error: Some(error) } =
        call.until(is_decided).within(Duration::from_secs(12)).await.unwrap()
    else {
        panic!("nothing was seen")
    };
    assert!(error.is_timeout());
    assert_eq!(seconds(&memory), [0, 8]);
    assert_eq!(start.elapsed().as_secs(), 12);
}

#[tokio::test]
async fn what_is_no_read_is_refused_and_nothing_sent() {
    let memory = Memory::playing([shown("Linked")]);
    let connections = offline(&memory).codat().connections();
    let create = connections.create("company", &CreateConnection::new("gbol"));
    let error = create.until(|_| true).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error}");
    assert!(error.to_string().contains("Keyed"), "{error}");
    let error = connections.get("..", "connection").until(|_| true).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error}");
    assert!(memory.requests().is_empty());
}

#[test]
fn outside_a_runtime_it_is_an_error() {
    let memory = Memory::playing([shown("PendingAuth")]);
    let mut waiting = Box::pin(connection(&offline(&memory)).until(is_decided).send());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(Error::Config(_))) = waiting.as_mut().poll(&mut context) else {
        panic!("it waits for what never comes")
    };
}
