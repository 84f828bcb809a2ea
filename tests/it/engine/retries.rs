//! Which failures are repeated, how often, and what is said of the outcome.

use crate::support::{
    a_call, builder,
    calls::{self, Case},
    idempotency_key,
    memory::{Memory, Step},
    offline, offline_builder, success,
};
use connectory::operation::Repeat;
use connectory::{Outcome, Provider, RetryPolicy};
use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};
use tokio::time::Instant;

/// The table of [`Repeat`]: after which failures each class is sent again.
fn repeats(repeat: Repeat, failure: &str) -> bool {
    match failure {
        "connect" | "425" | "429" => true,
        "lost" | "408" | "502" | "503" | "504" => repeat != Repeat::Once,
        "520" | "521" | "522" | "523" | "524" | "527" | "529" => repeat != Repeat::Once,
        "500" => matches!(repeat, Repeat::Read | Repeat::Idempotent),
        _ => false,
    }
}

#[tokio::test(start_paused = true)]
async fn the_table_of_repeat_holds_for_every_operation() {
    use Outcome::{NotSent, Refused, Unknown};
    let gateways = [519, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529, 530];
    let gateways = gateways.map(|status| (status.to_string(), Step::answer(status, "<html>"), Unknown));
    let failures = [
        ("connect", Step::connect_fails(), NotSent),
        ("lost", Step::reset(), Unknown),
        ("lost", Step::silence(), Unknown),
        ("429", Step::answer(429, ""), Refused),
        ("408", Step::answer(408, ""), Unknown),
        ("500", Step::answer(500, ""), Unknown),
        ("502", Step::answer(502, "<html>"), Unknown),
        ("503", Step::answer(503, ""), Unknown),
        ("504", Step::answer(504, ""), Unknown),
        ("501", Step::answer(501, ""), Unknown),
        ("505", Step::answer(505, ""), Unknown),
        ("599", Step::answer(599, ""), Unknown),
        ("999", Step::answer(999, ""), Unknown),
        ("307", Step::answer(307, ""), Refused),
        ("400", Step::answer(400, ""), Refused),
        ("401", Step::answer(401, ""), Refused),
        ("404", Step::answer(404, ""), Refused),
        ("409", Step::answer(409, ""), Refused),
        ("418", Step::answer(418, ""), Refused),
        ("425", Step::answer(425, ""), Refused),
    ];
    let failures = failures.map(|(name, step, outcome)| (name.to_owned(), step, outcome));
    for call in calls::all() {
        for (name, step, outcome) in failures.iter().chain(&gateways) {
            let memory = Memory::playing([step.clone()]);
            let client = offline_builder(&memory).attempt_timeout(Duration::from_secs(10)).build().unwrap();
            let error = call.send_default(&client).await.unwrap_err();
            let repeat = call.operation().repeat();
            let attempts = if repeats(repeat, name) { 3 } else { 1 };
            assert_eq!(memory.count(), attempts, "{} after {step:?}", call.id);
            assert_eq!(error.attempts() as usize, attempts);
            assert_eq!(error.outcome(), *outcome, "{} after {step:?}", call.id);
            assert_eq!(error.is_connect(), name == "connect");
            assert_eq!(error.status().map(|status| status.as_u16()), name.parse().ok());

            for pair in memory.requests().windows(2) {
                let parts = |index: usize| {
                    let request: &http::Request<_> = &pair[index];
                    (request.method(), request.uri(), request.headers(), request.body())
                };
                assert_eq!(parts(0), parts(1), "{}: every attempt is the same request", call.id);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_cut_short_was_applied_and_only_what_may_be_repeated_is() {
    for call in calls::all() {
        for cut in [Step::answer(200, "{").then_breaks(), Step::answer(200, "{").then_stalls()] {
            let memory = Memory::playing([cut, call.success("s")]);
            let client = offline_builder(&memory).attempt_timeout(Duration::from_secs(10)).build().unwrap();
            let result = call.send_default(&client).await;
            match call.operation().repeat() {
                _ if !call.reads_body() => {
                    result.unwrap();
                    assert_eq!(memory.count(), 1, "{}: the body does not matter", call.id);
                }
                Repeat::Once => {
                    let error = result.unwrap_err();
                    assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1), "{}", call.id);
                    assert_eq!(error.status(), Some(http::StatusCode::OK));
                }
                _ => {
                    result.unwrap();
                    assert_eq!(memory.count(), 2, "{}", call.id);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r12_a_keyed_write_is_repeated_with_its_one_key_while_the_vendor_is_at_work_on_it() {
    // The 409 of Deck v2 says that the key was used for something else.
    let waits = |call: &Case| call.operation().provider() != Provider::DeckV2;
    let keyed = calls::all().into_iter().filter(|call| call.operation().repeat() == Repeat::Keyed);
    for call in keyed.filter(waits) {
        let in_progress = Step::answer(409, "");
        let mut script = vec![Step::reset(), Step::answer(429, "")];
        script.extend(std::iter::repeat_n(in_progress.clone(), 4));
        script.push(call.success("s"));
        let memory = Memory::playing(script);
        call.send_default(&offline(&memory)).await.unwrap();
        let requests = memory.take_requests();
        assert_eq!(requests.len(), 7, "{}: a conflict is no attempt that failed", call.id);
        let keys: HashSet<_> = requests.iter().map(|request| idempotency_key(request.headers())).collect();
        assert_eq!(keys.len(), 1, "{}", call.id);

        // A vendor that never comes to an end: neither does the call go on for ever.
        memory.play([Step::reset(), in_progress.clone()]);
        let start = Instant::now();
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        assert!(start.elapsed() <= Duration::from_secs(60));
        assert_eq!((error.status().unwrap().as_u16(), error.outcome()), (409, Outcome::Unknown));
        let other = idempotency_key(memory.take_requests()[0].headers());
        assert!(!keys.contains(&other), "{}: another call has another key", call.id);

        memory.play([in_progress]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Refused), "{}", call.id);
    }
}

#[cfg(feature = "deck")]
#[tokio::test(start_paused = true)]
async fn r12_a_key_of_the_caller_s_own_goes_with_every_attempt() {
    use connectory::deck::jobs::SubmitJob;
    let body = SubmitJob::new("FetchAccounts", serde_json::json!({}));
    let memory = Memory::playing([Step::reset()]);
    let jobs = offline(&memory).deck().jobs();
    jobs.submit(&body).idempotency_key("order-7").await.unwrap_err();
    let requests = memory.take_requests();
    let keys = requests.iter().map(|request| idempotency_key(request.headers()));
    assert_eq!(keys.flatten().collect::<Vec<_>>(), ["order-7"; 3]);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_a_connect_failure() {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    for call in calls::all() {
        // One for each: a hundred retries are all that a client's budget pays for.
        let client = builder("http://127.0.0.1:1").no_proxy().retry(policy.clone()).build().unwrap();
        let error = call.send_default(&client).await.unwrap_err();
        assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 3), "{}", call.id);
    }
}

#[tokio::test(start_paused = true)]
async fn the_outcome_is_the_worst_of_all_attempts() {
    use Outcome::{Applied, NotSent, Refused, Unknown};
    let connect = Step::connect_fails;
    let status = |status| Step::answer(status, "");
    let rows = [
        // The repeat of a DELETE that had worked.
        (vec![Step::reset(), status(404)], 2, Unknown),
        (vec![status(429), connect()], 3, Refused),
        (vec![connect(), status(422)], 2, Refused),
        (vec![status(503), status(400)], 2, Unknown),
        (vec![Step::reset(), connect()], 3, Unknown),
        (vec![Step::answer(200, "{").then_breaks(), status(404)], 2, Applied),
        (vec![connect(), connect(), connect()], 3, NotSent),
        (vec![status(429), status(429), Step::reset()], 3, Unknown),
        (vec![Step::reset(), status(307)], 2, Unknown),
    ];
    for (script, attempts, outcome) in rows {
        let memory = Memory::playing(script.clone());
        let error = a_call(&offline(&memory)).bytes().await.unwrap_err();
        assert_eq!((error.attempts(), error.outcome()), (attempts, outcome), "{script:?}");
        assert_eq!(memory.count(), attempts as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_counts_its_attempts() {
    for failures in 0..3 {
        let memory = Memory::default();
        let call = a_call(&offline(&memory));
        let lost = std::iter::repeat_n(Step::reset(), failures);
        memory.play(lost.chain([success(call.operation())]));
        assert_eq!(call.response().await.unwrap().attempts() as usize, failures + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded_by_the_call_else_by_the_client() {
    let rows = [
        (RetryPolicy::default(), None, 3),
        (RetryPolicy::default(), Some(1), 1),
        (RetryPolicy::default(), Some(5), 5),
        (RetryPolicy::default().max_attempts(4), None, 4),
        (RetryPolicy::default().max_attempts(4), Some(2), 2),
        (RetryPolicy::default().max_attempts(0), None, 1),
        (RetryPolicy::default(), Some(0), 1),
        (RetryPolicy::never(), None, 1),
        (RetryPolicy::never(), Some(2), 2),
    ];
    for (policy, of_the_call, expected) in rows {
        let memory = Memory::playing([Step::reset()]);
        let client = offline_builder(&memory).retry(policy.clone()).build().unwrap();
        let call = match of_the_call {
            Some(attempts) => a_call(&client).max_attempts(attempts),
            None => a_call(&client),
        };
        let error = call.await.unwrap_err();
        assert_eq!(
            (error.attempts(), memory.count()),
            (expected, expected as usize),
            "{policy:?} {of_the_call:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_within_their_bounds() {
    let memory = Memory::playing([Step::reset()]);
    let policy =
        RetryPolicy::default().max_attempts(6).backoff(Duration::from_secs(1), Duration::from_secs(4));
    let client = offline_builder(&memory).retry(policy).build().unwrap();
    for _ in 0..20 {
        a_call(&client).await.unwrap_err();
    }
    let offsets = memory.offsets();
    for call in offsets.chunks(6) {
        let waits = call.windows(2).map(|pair| pair[1] - pair[0]);
        for (wait, bound) in waits.zip([1, 2, 4, 4, 4]) {
            // tokio's timer rounds up to a millisecond.
            assert!(wait <= Duration::from_millis(bound * 1000 + 1), "{wait:?} of at most {bound} s");
        }
    }
    let first: BTreeSet<_> = offsets.chunks(6).map(|call| call[1] - call[0]).collect();
    assert!(first.len() > 5, "waits are spread at random: {first:?}");
}

#[cfg(feature = "codat")]
#[tokio::test(start_paused = true)]
async fn codat_s_clear_no_ends_the_call() {
    let rows = [
        (r#"{"canBeRetried":"False"}"#, 1),
        (r#"{"canBeRetried":"false"}"#, 1),
        (r#"{"canBeRetried":"True"}"#, 3),
        (r#"{"canBeRetried":"Unknown"}"#, 3),
        (r#"{"canBeRetried":""}"#, 3),
        (r#"{"canBeRetried":null}"#, 3),
        // A string is what Codat documents; a boolean is as clear.
        (r#"{"canBeRetried":false}"#, 1),
        (r#"{"canBeRetried":true}"#, 3),
        (r#"{"canBeRetried":[]}"#, 3),
        (r#"{}"#, 3),
        ("", 3),
    ];
    for (body, expected) in rows {
        for status in [429, 500, 503] {
            let memory = Memory::playing([Step::answer(status, body)]);
            let companies = offline(&memory).codat().companies();
            companies.get_access_token(crate::support::COMPANY).await.unwrap_err();
            assert_eq!(memory.count(), expected, "{status} {body}");
        }
    }
}
