//! HTTP/2: a path that dies, and a server that turns requests away.

use crate::support::{
    a_call, builder, calls, ends,
    h2::{Connection, H2, Step, answer, go_away, reset},
    tls::ROOT,
};
use connectory::operation::Repeat;
use connectory::{Client, Error, Outcome, RetryPolicy};
use std::time::Duration;

const REFUSED_STREAM: u32 = 7;

fn client(server: &H2, policy: RetryPolicy) -> Client {
    let policy = policy.backoff(Duration::ZERO, Duration::ZERO).budget(u32::MAX);
    let builder = builder(&server.base()).no_proxy().root_certificate(ROOT).retry(policy);
    builder.attempt_timeout(Duration::from_secs(6)).build().unwrap()
}

/// The first connection answers once, and from then on brings nothing.
fn dying() -> H2 {
    H2::serving(|connection, request, stream| match (connection, request) {
        (0, 1..) => Step::Swallow,
        _ => Step::Say(answer(stream)),
    })
}

#[tokio::test]
async fn r25_a_path_that_swallows_everything_costs_one_write() {
    let server = dying();
    let client = client(&server, RetryPolicy::never());
    a_call(&client).bytes().await.unwrap();
    let error = ends(Duration::from_secs(60), a_call(&client).bytes()).await.unwrap_err();
    assert_eq!((error.outcome(), error.is_timeout()), (Outcome::Unknown, true), "{error:?}");
    for _ in 0..3 {
        a_call(&client).bytes().await.unwrap();
    }
    let requests: Vec<_> = server.connections().iter().map(|connection| connection.requests).collect();
    assert_eq!(requests, [2, 3]);
}

#[tokio::test]
async fn r25_a_path_that_swallows_everything_costs_no_read() {
    let server = dying();
    let client = client(&server, RetryPolicy::default());
    for _ in 0..4 {
        ends(Duration::from_secs(60), a_call(&client).bytes()).await.unwrap();
    }
    let requests: Vec<_> = server.connections().iter().map(|connection| connection.requests).collect();
    assert_eq!(requests, [2, 1, 2], "what is repeated has a connection of its own");
}

/// Before anybody calls: an idle connection is pinged too.
#[tokio::test]
async fn r25_a_path_that_dies_while_idle_costs_nothing() {
    let server = H2::serving(|connection, request, stream| match (connection, request) {
        (0, 1) => Step::Swallow,
        _ => Step::Say(answer(stream)),
    });
    let client = client(&server, RetryPolicy::never());
    a_call(&client).bytes().await.unwrap();
    // A call that is given up leaves its connection, which is dead from there on.
    tokio::time::timeout(Duration::from_millis(300), a_call(&client).bytes()).await.unwrap_err();
    let closed = async {
        while !server.connections()[0].closed {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    ends(Duration::from_secs(20), closed).await;
    a_call(&client).bytes().await.unwrap();
    assert_eq!(server.connections()[1], Connection { requests: 1, closed: false });
}

#[tokio::test]
async fn r12_a_request_that_the_server_turns_away_unprocessed_is_sent_again() {
    let refusing = H2::serving(|connection, _, stream| match connection {
        0 => Step::Say(reset(stream, REFUSED_STREAM)),
        _ => Step::Say(answer(stream)),
    });
    let leaving = H2::serving(|connection, _, stream| match connection % 2 {
        0 => Step::Say(go_away(stream - 1, 0)),
        _ => Step::Say(answer(stream)),
    });
    for server in [refusing, leaving] {
        let client = client(&server, RetryPolicy::default());
        for (sent, call) in calls::all().into_iter().enumerate() {
            match call.send_default(&client).await {
                Ok(_) | Err(Error::Decode(_)) => {}
                Err(error) => panic!("{}: {error:?}", call.id),
            }
            let requests: usize = server.connections().iter().map(|connection| connection.requests).sum();
            assert_eq!(requests, 2 * (sent + 1), "{}", call.id);
        }
    }
}

#[tokio::test]
async fn r12_what_became_of_a_stream_is_told_as_the_server_tells_it() {
    type Play = fn(u32) -> Step;
    let rows: [(Play, Outcome); 5] = [
        (|stream| Step::Say(reset(stream, REFUSED_STREAM)), Outcome::NotSent),
        (|_| Step::Say(go_away(0, 11)), Outcome::NotSent),
        (|stream| Step::SayAndClose(go_away(stream, 0)), Outcome::Unknown),
        (|stream| Step::SayAndClose(go_away(stream, 2)), Outcome::Unknown),
        (|stream| Step::Say(reset(stream, 8)), Outcome::Unknown),
    ];
    for (row, (play, outcome)) in rows.into_iter().enumerate() {
        let server = H2::serving(move |_, _, stream| play(stream));
        let client = client(&server, RetryPolicy::default());
        for call in calls::all() {
            let error = ends(Duration::from_secs(60), call.send_default(&client)).await.unwrap_err();
            let again = outcome == Outcome::NotSent || call.operation().repeat() != Repeat::Once;
            let expected = (outcome, if again { 3 } else { 1 });
            assert_eq!((error.outcome(), error.attempts()), expected, "{row}: {} {error:?}", call.id);
            assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
        }
    }
}
