//! How long a vendor may keep a call waiting.

use crate::support::{
    a_call,
    memory::{Memory, Step},
    offline, offline_builder, success,
};
use connectory::{Error, RetryPolicy};
use http::HeaderValue;
use proptest::{prelude::*, test_runner::TestRunner};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const BACKOFF: Duration = Duration::from_millis(201);

fn asking(status: u16, retry_after: impl TryInto<HeaderValue>) -> Step {
    Step::answer(status, "").header("retry-after", retry_after)
}

fn in_seconds(seconds: u64) -> String {
    httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
}

#[tokio::test(start_paused = true)]
async fn r10_a_wait_that_fits_is_kept() {
    let rows = [
        ("0".to_owned(), 0.0, 0.0),
        ("7".to_owned(), 7.0, 7.0),
        ("1.5".to_owned(), 1.5, 1.5),
        (".5".to_owned(), 0.5, 0.5),
        ("50".to_owned(), 50.0, 50.0),
        // A date has whole seconds, and one may pass before it is read.
        (in_seconds(30), 28.0, 30.0),
        (in_seconds(0), 0.0, 0.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT".to_owned(), 0.0, 0.0),
    ];
    for status in [429, 503] {
        for (asked, least, most) in &rows {
            let memory = Memory::default();
            let call = a_call(&offline(&memory));
            memory.play([asking(status, asked.as_str()), success(call.operation())]);
            call.await.unwrap();
            let wait = memory.offsets()[1];
            let (least, most) = (Duration::from_secs_f64(*least), Duration::from_secs_f64(*most));
            assert!(wait >= least && wait <= most + BACKOFF, "{asked}: waited {wait:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r10_nothing_is_waited_for_where_the_vendor_asks_for_no_wait() {
    // Off the ticks of the timer, which a wait of no time would wait for.
    tokio::time::advance(Duration::from_micros(300)).await;
    for asked in ["0", "0.0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let memory = Memory::playing([asking(429, asked)]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        assert_eq!(memory.offsets(), [Duration::ZERO; 3], "{asked}: not even a tick of the timer");
        assert_eq!((error.attempts(), error.retry_after()), (3, Some(Duration::ZERO)));

        let client = offline_builder(&memory).retry(RetryPolicy::default().budget(5)).build().unwrap();
        assert_eq!(a_call(&client).await.unwrap_err().attempts(), 2, "the budget holds");
    }
}

#[tokio::test(start_paused = true)]
async fn r10_a_wait_is_read_against_the_server_s_clock_and_from_the_first_header_that_can_be_read() {
    let date = |seconds| httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    let answer = || Step::answer(503, "");
    let rows = [
        answer().header("date", date(1_000_000)).header("retry-after", date(1_000_007)),
        answer().header("date", date(9_000_000_000)).header("retry-after", date(9_000_000_007)),
        answer().header("retry-after", "soon").header("retry-after", "7").header("retry-after", "9"),
    ];
    for step in rows {
        let memory = Memory::default();
        let call = a_call(&offline(&memory));
        memory.play([step.clone(), success(call.operation())]);
        call.await.unwrap();
        let wait = memory.offsets()[1];
        assert!(
            wait >= Duration::from_secs(7) && wait <= Duration::from_secs(7) + BACKOFF,
            "{wait:?} {step:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn r10_a_wait_that_is_too_long_ends_the_call_at_once() {
    let seconds = Duration::from_secs;
    let rows = [
        ("61".to_owned(), seconds(3600), seconds(61)),
        ("86400".to_owned(), seconds(3600), seconds(86_400)),
        ("99999999999999999999999".to_owned(), seconds(3600), Duration::MAX),
        ("5".to_owned(), seconds(5), seconds(5)),
        ("59".to_owned(), seconds(20), seconds(59)),
    ];
    for (asked, timeout, expected) in rows {
        let memory = Memory::playing([asking(429, asked.as_str())]);
        let start = Instant::now();
        let error = a_call(&offline(&memory)).timeout(timeout).await.unwrap_err();
        assert!(matches!(error, Error::RateLimited(_)), "{error:?}");
        assert_eq!(error.retry_after(), Some(expected));
        assert_eq!(start.elapsed(), Duration::ZERO, "{asked}");
        assert_eq!((error.attempts(), memory.count()), (1, 1));
    }
    let memory = Memory::playing([asking(503, in_seconds(7200))]);
    let error = a_call(&offline(&memory)).timeout(Duration::MAX).await.unwrap_err();
    let asked = error.retry_after().unwrap();
    assert!((7190..=7200).contains(&asked.as_secs()), "{asked:?}");
    assert_eq!(memory.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_is_the_policy_s() {
    let memory = Memory::default();
    let policy = RetryPolicy::default().max_retry_after(Duration::from_secs(600));
    let client = offline_builder(&memory).retry(policy).timeout(Duration::MAX).build().unwrap();
    let call = a_call(&client);
    memory.play([asking(429, "600"), success(call.operation())]);
    call.await.unwrap();
    assert!(memory.offsets()[1] >= Duration::from_secs(600));
}

#[test]
fn r10_no_header_bytes_panic_or_stretch_the_call() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let memory = Memory::default();
    let client = offline_builder(&memory).retry(RetryPolicy::default().budget(u32::MAX)).build().unwrap();
    let text = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        "[-+.eE0-9]{0,40}".prop_map(String::into_bytes),
        "(Mon|Sun|Foo), [0-9]{1,3} (Jan|Feb|Xyz) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)"
            .prop_map(String::into_bytes),
    ];
    let values = text.prop_filter_map("a header's bytes", |bytes| HeaderValue::from_bytes(&bytes).ok());
    let config = ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&values, |value| {
            memory.play([asking(429, value)]);
            runtime.block_on(async {
                let start = Instant::now();
                a_call(&client).await.unwrap_err();
                prop_assert!(start.elapsed() <= Duration::from_secs(60));
                Ok(())
            })
        })
        .unwrap();
}
