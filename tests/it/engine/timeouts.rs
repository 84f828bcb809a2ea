//! A call ends in bounded time, whatever the server does.

use crate::support::{
    a_call, builder, calls, ends,
    memory::{Memory, Step},
    offline, offline_builder,
    raw::{Raw, read_request},
};
use connectory::{Error, Outcome, RetryPolicy};
use proptest::{prelude::*, test_runner::TestRunner};
use std::time::Duration;
use tokio::{io::AsyncWriteExt, time::Instant};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn r9_by_default_an_attempt_takes_thirty_seconds_and_a_call_sixty() {
    for call in calls::all() {
        let memory = Memory::playing([Step::silence()]);
        let start = Instant::now();
        let error = ends(seconds(100), call.send_default(&offline(&memory))).await.unwrap_err();
        assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Unknown);
        let expected = if memory.count() == 1 { seconds(30) } else { seconds(60) };
        assert!(start.elapsed() >= expected && start.elapsed() <= expected + Duration::from_millis(2));
        assert!(memory.count() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn r9_bounds_of_the_call_go_before_those_of_the_client() {
    // Call and attempt, of the client and of the call; when the call ends, and whether its own time was over.
    let none = None::<Duration>;
    let rows = [
        (seconds(9), seconds(2), none, none, seconds(2), false),
        (seconds(2), seconds(9), none, none, seconds(2), true),
        (seconds(9), seconds(2), Some(seconds(1)), none, seconds(1), true),
        (seconds(9), seconds(2), none, Some(seconds(5)), seconds(5), false),
        (seconds(9), seconds(2), Some(seconds(100)), Some(seconds(90)), seconds(90), false),
        (seconds(9), seconds(2), Some(Duration::ZERO), none, Duration::ZERO, true),
        (Duration::MAX, seconds(3), none, none, seconds(3), false),
        (seconds(3), Duration::MAX, none, none, seconds(3), true),
    ];
    for (call, attempt, own_call, own_attempt, expected, whole) in rows {
        let memory = Memory::playing([Step::silence()]);
        let builder = offline_builder(&memory).timeout(call).attempt_timeout(attempt);
        let mut call = a_call(&builder.build().unwrap()).max_attempts(1);
        call = own_call.into_iter().fold(call, |call, time| call.timeout(time));
        call = own_attempt.into_iter().fold(call, |call, time| call.attempt_timeout(time));
        let start = Instant::now();
        let error = ends(seconds(100), call.into_future()).await.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{error:?}") };
        let scope = if whole { "for the call" } else { "for an attempt" };
        assert!(lost.problem().ends_with(scope), "{lost}");
        assert!(start.elapsed() >= expected && start.elapsed() <= expected + Duration::from_millis(2));
    }
}

#[tokio::test(start_paused = true)]
async fn r9_a_stalled_body_counts_as_time_of_the_attempt() {
    let memory = Memory::playing([Step::answer(200, r#"{"data":"#).then_stalls()]);
    let start = Instant::now();
    let call = a_call(&offline(&memory)).max_attempts(1);
    let error = ends(seconds(100), call.bytes()).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!((error.status(), error.outcome()), (Some(http::StatusCode::OK), Outcome::Applied));
    assert!(start.elapsed() <= seconds(30) + Duration::from_millis(2));

    // Of a failure the status is known: what has arrived of the body goes with it.
    let memory = Memory::playing([Step::answer(403, "<html>half").then_stalls()]);
    let error = ends(seconds(100), a_call(&offline(&memory)).into_future()).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    assert_eq!(error.body().unwrap().as_ref(), b"<html>half");
}

/// gzip of blocks with nothing in them: each is ten bits, costs its tables, and brings no cap nearer.
#[tokio::test]
async fn r9_a_body_that_costs_time_and_holds_nothing_ends_in_time() {
    const START: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let blocks = [2, 8, 0x20, 0x80, 0].repeat(10_000);
    for status in [200, 500] {
        let start = Step::answer(status, START).header("content-encoding", "gzip");
        let step = (0..60).fold(start, |step, _| step.then_sends(Duration::ZERO, blocks.clone()));
        let client = offline_builder(&Memory::playing([step])).timeout(seconds(1)).build().unwrap();
        let start = std::time::Instant::now();
        let call = tokio::spawn(a_call(&client).max_attempts(1).bytes());
        let mut breaths = 0;
        while !call.is_finished() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            breaths += 1;
        }
        let error = call.await.unwrap().unwrap_err();
        assert!(start.elapsed() < seconds(3), "{:?} for {error}", start.elapsed());
        assert_eq!(
            (error.status().unwrap().as_u16(), error.is_timeout()),
            (status, status == 200),
            "{error}"
        );
        assert!(breaths > 5, "others have their turn meanwhile: {breaths}");
    }
}

#[test]
fn r9_no_policy_and_no_server_stretch_a_call() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let millis = || (0_u64..5000).prop_map(Duration::from_millis);
    let step = prop::sample::select(vec![
        Step::silence(),
        Step::reset(),
        Step::connect_fails(),
        Step::answer(503, ""),
        Step::answer(429, "").header("retry-after", "2"),
        Step::answer(200, "{").then_stalls(),
        Step::answer(500, "{").then_stalls(),
    ]);
    let script = prop::collection::vec((step, millis()).prop_map(|(step, delay)| step.after(delay)), 1..6);
    let settings = (millis(), millis(), millis(), millis(), script);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&settings, |(timeout, attempt, initial, max, script)| {
            let memory = Memory::playing(script);
            let policy = RetryPolicy::default().max_attempts(u32::MAX).backoff(initial, max);
            let client = offline_builder(&memory).retry(policy).timeout(timeout).attempt_timeout(attempt);
            runtime.block_on(async {
                let start = Instant::now();
                let _ = ends(seconds(100), a_call(&client.build().unwrap()).bytes()).await;
                // tokio's timer has a resolution of a millisecond.
                prop_assert!(start.elapsed() <= timeout + Duration::from_millis(2), "{:?}", start.elapsed());
                Ok(())
            })
        })
        .unwrap();
}

#[tokio::test]
async fn r9_real_sockets_that_say_nothing_or_little_end_in_time() {
    let silent =
        Raw::serving(|mut stream| async move { while read_request(&mut stream).await.is_some() {} }).await;
    let trickling_head = Raw::serving(|stream| trickle(stream, "")).await;
    let trickling_body =
        Raw::serving(|stream| trickle(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")).await;
    let trickling_error = Raw::serving(|stream| trickle(stream, "HTTP/1.1 403 No\r\n\r\n")).await;
    let servers = [&silent, &trickling_head, &trickling_body, &trickling_error];
    let https = cfg!(feature = "rustls").then(|| silent.base().replace("http:", "https:"));

    let limit = seconds(1);
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for base in servers.map(Raw::base).into_iter().chain(https) {
        let client = builder(&base).no_proxy().timeout(limit).build().unwrap();
        running.spawn(async move { (base, a_call(&client).bytes().await.unwrap_err()) });
    }
    while let Some(ended) = ends(limit + seconds(2), running.join_next()).await {
        let (base, error) = ended.unwrap();
        match base == trickling_error.base() {
            true => assert_eq!(error.status().unwrap(), 403),
            false => assert!(error.is_timeout(), "{base}: {error:?}"),
        }
    }
    assert!(start.elapsed() < limit + seconds(2), "{:?}", start.elapsed());
}

/// The server takes the connection, and says nothing when TLS or a tunnel is asked for.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn r9_the_time_for_a_connection_holds_for_its_tunnel_and_its_tls() {
    use crate::support::tls::ROOT;
    let silent =
        Raw::serving(|mut stream| async move { while read_request(&mut stream).await.is_some() {} }).await;
    let direct = builder(&silent.base().replace("http:", "https:")).no_proxy();
    let tunnelled = builder("https://vendor.example").proxy(silent.base());
    for builder in [direct, tunnelled] {
        let builder = builder.root_certificate(ROOT).retry(RetryPolicy::never());
        let client = builder.connect_timeout(Duration::from_millis(200)).build().unwrap();
        for call in calls::all().into_iter().take(3) {
            let error = ends(seconds(20), call.send_default(&client)).await.unwrap_err();
            assert!(error.is_connect(), "{error:?}");
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1), "{error:?}");
        }
    }
}

/// This beginning at once, then one byte a second.
async fn trickle(mut stream: tokio::net::TcpStream, beginning: &'static str) {
    read_request(&mut stream).await;
    let mut sent = stream.write_all(beginning.as_bytes()).await;
    for byte in b"HTTP/1.1 200 OK\r\n".iter().cycle() {
        if sent.is_err() {
            break;
        }
        tokio::time::sleep(seconds(1)).await;
        sent = stream.write_all(&[*byte]).await;
    }
}
