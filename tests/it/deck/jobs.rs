use super::{JOB, SOURCE, TOKEN};
use crate::support::{
    memory::{Memory, Step},
    offline, offline_builder,
    wire::{Seen, Wire},
};
use connectory::deck::{
    AlreadyRunningJob, ErrorBody, ErrorCode,
    jobs::{AnswerJobMfa, ConnectionInput, EnsureConnection, Job, JobCode, SandboxOutcome, SubmitJob},
};
use connectory::{Error, Outcome, RetryPolicy};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const KEY: &str = "x-deck-idempotency-key";
const OWN_KEY: &str = "7d9ba6a4-4e0e-4d0b-8b8a-3f3a5a0c9f00";

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn submitted() -> String {
    json!({ "job_guid": JOB, "job_code": "FetchDocuments" }).to_string()
}

fn success() -> Step {
    Step::answer(200, submitted())
}

/// What Deck gets for this request.
async fn written<I: Serialize + Sync>(body: &SubmitJob<I>) -> Value {
    let memory = Memory::playing([success()]);
    offline(&memory).deck().jobs().submit(body).await.unwrap();
    serde_json::from_slice(memory.requests()[0].body()).unwrap()
}

#[tokio::test]
async fn submit_returns_the_job_s_id() {
    let job = submit([success()]).await.0.unwrap();
    assert_eq!((job.job_guid.as_str(), job.job_code), (JOB, Some(JobCode::FetchDocuments)));
}

#[tokio::test]
async fn submit_takes_any_input_that_serialises() {
    #[derive(Serialize)]
    struct Payment {
        access_token: &'static str,
        amount: f64,
        installments: Vec<Installment>,
        memo: Option<String>,
    }

    #[derive(Serialize)]
    struct Installment {
        due: &'static str,
        cents: u64,
    }

    let payment = Payment {
        access_token: TOKEN,
        amount: 12.5,
        installments: vec![Installment { due: "2026-01-01", cents: u64::MAX }],
        memo: None,
    };
    assert_eq!(
        written(&SubmitJob::new("PayInstallments", payment)).await,
        json!({
            "job_code": "PayInstallments",
            "input": {
                "access_token": TOKEN,
                "amount": 12.5,
                "installments": [{ "due": "2026-01-01", "cents": u64::MAX }],
                "memo": null,
            },
        })
    );

    let nested = json!({ "a": { "b": [1, -2.5, true, null, "text", { "c": [] }] }, "n": i64::MIN });
    let expected = json!({ "job_code": "MyJob", "input": nested });
    assert_eq!(written(&SubmitJob::new("MyJob", &nested)).await, expected);

    let texts = BTreeMap::from([("access_token", TOKEN), ("key1", "value1")]);
    let expected =
        json!({ "job_code": "FetchBalance", "input": { "access_token": TOKEN, "key1": "value1" } });
    assert_eq!(written(&SubmitJob::new(JobCode::FetchBalance, texts)).await, expected);
}

#[tokio::test]
async fn submit_refuses_input_that_is_no_json_unsent() {
    let memory = Memory::playing([success()]);
    let input = BTreeMap::from([((1, 2), "JSON has no such keys")]);
    let error = offline(&memory).deck().jobs().submit(&SubmitJob::new("MyJob", input)).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert_eq!((error.outcome(), memory.count()), (Outcome::NotSent, 0));
}

#[tokio::test]
async fn the_typed_inputs_are_what_deck_documents() {
    let bare = EnsureConnection::new(SOURCE, "user123", "password123");
    let input = json!({ "source_guid": SOURCE, "username": "user123", "password": "password123" });
    assert_eq!(
        written(&SubmitJob::ensure_connection(bare.clone())).await,
        json!({ "job_code": "EnsureConnection", "input": input })
    );

    let whole = bare.external_id("acme-1").webhook_url("https://example.com/hook");
    let input = json!({
        "source_guid": SOURCE, "username": "user123", "password": "password123",
        "external_id": "acme-1", "webhook_url": "https://example.com/hook",
    });
    assert_eq!(
        written(&SubmitJob::ensure_connection(whole)).await,
        json!({ "job_code": "EnsureConnection", "input": input })
    );

    type Make = fn(&str) -> SubmitJob<ConnectionInput>;
    let makers: [(Make, &str); 5] = [
        (|token| SubmitJob::close_connection(token), "CloseConnection"),
        (|token| SubmitJob::fetch_documents(token), "FetchDocuments"),
        (|token| SubmitJob::fetch_payment_methods(token), "FetchPaymentMethods"),
        (|token| SubmitJob::fetch_balance(token), "FetchBalance"),
        (|token| SubmitJob::make_payment(token), "MakePayment"),
    ];
    for (make, code) in makers {
        let expected = json!({ "job_code": code, "input": { "access_token": TOKEN } });
        assert_eq!(written(&make(TOKEN)).await, expected);
        let more = make(TOKEN).input("amount", 1250).input("period", json!({ "months": [6, 7] }));
        let input = json!({ "access_token": TOKEN, "amount": 1250, "period": { "months": [6, 7] } });
        assert_eq!(written(&more).await, json!({ "job_code": code, "input": input }));
    }
    let codes: Vec<_> = JobCode::KNOWN.iter().map(JobCode::as_str).collect();
    assert_eq!(
        codes.join(" "),
        "EnsureConnection CloseConnection FetchDocuments FetchPaymentMethods FetchBalance MakePayment"
    );
}

#[tokio::test]
async fn the_sandbox_outcome_is_a_header() {
    let outcomes = [
        "job-failed",
        "error-input-values",
        "error-not-found",
        "error-system-error",
        "error-action-rejected",
        "error-unexpected-error",
    ];
    let known: Vec<_> = SandboxOutcome::KNOWN.iter().map(SandboxOutcome::as_str).collect();
    assert_eq!(known, outcomes);
    for outcome in outcomes.into_iter().chain(["error-of-tomorrow"]) {
        let wire = Wire::ok(submitted()).await;
        let body = SubmitJob::fetch_balance(TOKEN).sandbox_outcome(outcome);
        wire.client().deck().jobs().submit(&body).await.unwrap();
        let request = wire.request().await;
        assert_eq!(request.header("x-deck-sandbox"), outcome);
        assert_eq!(request.json(), json!({ "job_code": "FetchBalance", "input": { "access_token": TOKEN } }));
    }

    let memory = Memory::playing([success()]);
    let body = SubmitJob::fetch_balance(TOKEN).sandbox_outcome("a\r\nx-deck-secret: b");
    let error = offline(&memory).deck().jobs().submit(&body).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert_eq!(memory.count(), 0);
}

#[test]
fn nothing_of_a_job_s_input_is_printed() {
    let body = SubmitJob::new("MyJob", json!({ "password": "s3cret" })).sandbox_outcome("job-failed");
    let shown = format!("{body:?}");
    assert!(shown.contains("MyJob") && shown.contains("JobFailed") && !shown.contains("s3cret"), "{shown}");
    let input = ConnectionInput::new("s3cret");
    assert!(!format!("{input:?}").contains("s3cret"));
}

#[tokio::test]
async fn answer_mfa_needs_no_job() {
    let memory = Memory::playing([Step::answer(200, "")]);
    let mut anonymous = AnswerJobMfa::new(JOB, "123456");
    anonymous.job_guid = None;
    offline(&memory).deck().jobs().answer_mfa(&anonymous).await.unwrap();
    assert_eq!(memory.requests()[0].body(), r#"{"answer":"123456"}"#);
}

/// The keys of all requests so far, in order.
fn keys(memory: &Memory) -> Vec<String> {
    let requests = memory.requests();
    requests.iter().map(|request| request.headers()[KEY].to_str().unwrap().to_owned()).collect()
}

/// Submits a job while Deck answers like this; gives what came of it and the transport.
async fn submit(steps: impl IntoIterator<Item = Step>) -> (Result<Job, Error>, Memory) {
    let memory = Memory::playing(steps);
    let result = offline(&memory).deck().jobs().submit(&SubmitJob::fetch_documents(TOKEN)).await;
    (result, memory)
}

#[tokio::test(start_paused = true)]
async fn the_idempotency_key_is_a_new_uuid_for_each_call_and_one_for_all_its_attempts() {
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let (result, memory) = submit([Step::reset(), Step::answer(503, ""), success()]).await;
        result.unwrap();
        let keys = keys(&memory);
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        let key = uuid::Uuid::parse_str(&keys[0]).unwrap();
        assert_eq!((key.get_version_num(), keys[0].len()), (4, 36));
        assert_eq!(key.get_variant(), uuid::Variant::RFC4122);
        seen.insert(key);
    }
    assert_eq!(seen.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn the_idempotency_key_can_be_one_s_own() {
    let memory = Memory::playing([Step::reset(), success()]);
    let jobs = offline(&memory).deck().jobs();
    jobs.submit(&SubmitJob::fetch_documents(TOKEN)).idempotency_key(OWN_KEY).await.unwrap();
    assert_eq!(keys(&memory), [OWN_KEY, OWN_KEY]);

    for unusable in ["", "a b", "a\r\nx-deck-secret: b", "é"] {
        let memory = Memory::playing([success()]);
        let call = offline(&memory).deck().jobs().submit(&SubmitJob::fetch_documents(TOKEN));
        let error = call.idempotency_key(unusable).await.unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{unusable:?}: {error:?}");
        assert_eq!(memory.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_is_asked_for_again_with_its_key_unless_deck_has_answered() {
    let rows = [
        (Step::connect_fails(), 2),
        (Step::reset(), 2),
        (Step::silence(), 2),
        (Step::answer(200, "{").then_breaks(), 2),
        (Step::answer(408, ""), 2),
        (Step::answer(429, "").header("retry-after", "3"), 2),
        (Step::answer(502, "<html>"), 2),
        (Step::answer(503, ""), 2),
        (Step::answer(504, ""), 2),
        // Deck would replay what it has stored under the key.
        (Step::answer(500, ""), 1),
        (Step::answer(400, ""), 1),
        (Step::answer(409, ""), 1),
    ];
    for (step, attempts) in rows {
        let (result, memory) = submit([step.clone(), success()]).await;
        assert_eq!(result.is_ok(), attempts == 2, "{step:?}");
        let keys = keys(&memory);
        assert_eq!(keys.len(), attempts, "{step:?}");
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }
}

/// Deck's two ways to tell which job runs: the names of today, and the deprecated ones alone.
fn already_running() -> [Value; 2] {
    [
        json!({ "job_guid": JOB, "job_id": "old", "error_message": "Busy", "message": "old" }),
        json!({ "job_id": JOB, "message": "Busy", "unseen": 1 }),
    ]
}

#[tokio::test(start_paused = true)]
async fn another_job_that_runs_is_named_and_not_waited_on() {
    for body in already_running() {
        let busy = Step::answer(409, body.to_string());
        for script in [vec![busy.clone(), success()], vec![Step::reset(), busy, success()]] {
            let attempts = script.len() - 1;
            let (result, memory) = submit(script).await;
            let error = result.unwrap_err();
            let Error::Conflict(refused) = &error else { panic!("{error:?}") };
            let running: &AlreadyRunningJob = refused.vendor().unwrap();
            assert_eq!(running.job_guid.as_str(), JOB);
            assert_eq!(running.message.as_deref(), Some("Busy"));
            assert_eq!((error.message(), memory.count()), (Some("Busy"), attempts), "{body}");
            let outcome = if attempts == 1 { Outcome::Refused } else { Outcome::Unknown };
            assert_eq!(error.outcome(), outcome);
            assert!(refused.vendor::<ErrorBody>().is_none());
            assert!(!format!("{running:?}").contains("Busy"));
        }
    }
}

#[tokio::test]
async fn a_running_job_keeps_the_error_s_code() {
    let body = json!({ "job_guid": JOB, "error_code": "JOB_RUNNING", "error_message": "Busy" });
    let (result, _) = submit([Step::answer(409, body.to_string())]).await;
    let error = result.unwrap_err();
    assert_eq!(error.code(), Some("JOB_RUNNING"));
    assert!(error.api().unwrap().vendor::<AlreadyRunningJob>().is_some());
}

#[tokio::test]
async fn a_conflict_of_the_idempotency_key_names_no_job() {
    let bodies = [
        r#"{"error_message":"The key was used for another request"}"#,
        r#"{"job_guid":null,"job_id":null,"error_message":"x"}"#,
        "{}",
        "",
        "<html>",
    ];
    for body in bodies {
        let (result, memory) = submit([Step::answer(409, body)]).await;
        let error = result.unwrap_err();
        let Error::Conflict(refused) = &error else { panic!("{error:?}") };
        assert!(refused.vendor::<AlreadyRunningJob>().is_none(), "{body}");
        assert_eq!((error.outcome(), memory.count()), (Outcome::Refused, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_with_the_lost_attempt_is_waited_on() {
    let in_progress = || Step::answer(409, r#"{"error_message":"in progress"}"#);
    let script = [Step::reset()].into_iter().chain((0..8).map(|_| in_progress())).chain([success()]);
    let (result, memory) = submit(script).await;
    assert_eq!(result.unwrap().job_guid.as_str(), JOB);
    let keys = keys(&memory);
    assert_eq!(keys.len(), 10, "more attempts than the policy's three");
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_that_stays_ends_with_the_call_s_time() {
    let memory = Memory::playing([Step::reset(), Step::answer(409, "")]);
    // Waits of a second on average: about twenty attempts.
    let policy = RetryPolicy::default().backoff(seconds(2), seconds(2));
    let client = offline_builder(&memory).retry(policy).timeout(seconds(20)).build().unwrap();
    let start = tokio::time::Instant::now();
    let error = client.deck().jobs().submit(&SubmitJob::fetch_documents(TOKEN)).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown, "the first attempt may have been carried out");
    assert!(start.elapsed() >= seconds(17) && start.elapsed() <= seconds(20), "{:?}", start.elapsed());
    assert!(memory.count() > 8, "{}", memory.count());
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_question_is_never_given_twice() {
    for lost in [Step::reset(), Step::silence(), Step::answer(503, ""), Step::answer(500, "")] {
        let memory = Memory::playing([lost, Step::answer(200, "")]);
        let body = AnswerJobMfa::new(JOB, "123456");
        let error = offline(&memory).deck().jobs().answer_mfa(&body).await.unwrap_err();
        assert_eq!((error.outcome(), memory.count()), (Outcome::Unknown, 1));
    }
}

#[tokio::test]
async fn a_job_without_a_connection_is_refused_in_deck_s_words() {
    let body = json!({ "error_code": "NO_ACTIVE_CONNECTION", "error_message": "Not open", "message": "old" });
    let (result, _) = submit([Step::answer(400, body.to_string())]).await;
    let error = result.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
    assert_eq!(typed.code, Some(ErrorCode::NoActiveConnection));
    assert_eq!(error.message(), Some("Not open"));
}

#[tokio::test]
async fn an_input_that_is_no_object_is_refused_before_it_is_sent() {
    let memory = Memory::playing([Step::answer(200, r#"{"job_guid":"j"}"#)]);
    let jobs = offline(&memory).deck().jobs();
    for input in [json!("text"), json!(17), json!(null), json!([{}]), json!(true)] {
        let error = jobs.submit(&SubmitJob::new("Own", input)).await.unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{error:?}");
        assert_eq!(error.to_string(), "deck.jobs.submit: the input of a job is no JSON object");
    }
    assert_eq!(memory.count(), 0);
    jobs.submit(&SubmitJob::new("Own", json!({}))).await.unwrap();
}
