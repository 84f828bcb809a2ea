//! What goes wrong on the way, on a socket and in memory: each fault shows as what it is.

use super::*;
use crate::support::calls::Case;
use connectory::sandbox::{Fault, FaultRule};
use connectory::{Client, Error, Outcome, RetryPolicy};

/// A call that reads and that the sandbox answers with 200.
fn reading() -> Case {
    let known = [
        "apideck.vault.connections.list",
        "deck.link.create_token",
        "codat.companies.get_access_token",
        "deck_v2.agents.list",
    ];
    let call = calls::all().into_iter().find(|call| known.contains(&call.id));
    call.expect("every vendor has one")
}

/// The same sandbox twice: on a port and in memory.
async fn both() -> [Sandbox; 2] {
    [seeded().start().await.unwrap(), seeded().in_memory().unwrap()]
}

fn impatient(sandbox: &Sandbox) -> Client {
    let builder = of_sandbox(sandbox).retry(RetryPolicy::never());
    builder.attempt_timeout(Duration::from_millis(500)).max_body(100_000).build().unwrap()
}

#[tokio::test]
async fn each_fault_shows_as_what_it_is() {
    type Check = fn(&Error) -> bool;
    let rows: Vec<(Fault, Outcome, Check)> = vec![
        (Fault::Latency(Duration::from_secs(9)), Outcome::Unknown, Error::is_timeout),
        (Fault::Silence, Outcome::Unknown, Error::is_timeout),
        (Fault::ResetBefore, Outcome::Unknown, |error| matches!(error, Error::Transport(_))),
        (Fault::ResetAfter, Outcome::Unknown, |error| matches!(error, Error::Transport(_))),
        (Fault::CutBody, Outcome::Applied, |error| matches!(error, Error::Transport(_))),
        (Fault::WrongLength, Outcome::Applied, |error| matches!(error, Error::Transport(_))),
        (Fault::TruncatedJson, Outcome::Applied, |error| matches!(error, Error::Decode(_))),
        (Fault::GzipBomb(1_000_000), Outcome::Applied, |error| {
            error.to_string().contains("over the limit of 100000")
        }),
        (Fault::RateLimited(9), Outcome::Refused, |error| {
            error.retry_after() == Some(Duration::from_secs(9))
        }),
        (Fault::RateLimitedUntil(Duration::from_secs(99)), Outcome::Refused, |error| {
            error.retry_after().is_some_and(|wait| wait > Duration::from_secs(90))
        }),
        (Fault::Status(503), Outcome::Unknown, |error| error.message().is_some()),
        (Fault::Status(402), Outcome::Refused, |error| matches!(error, Error::PaymentRequired(_))),
        (Fault::Html, Outcome::Unknown, |error| error.body().unwrap().starts_with(b"<html>")),
        (
            Fault::Redirect("https://elsewhere.example/x".into()),
            Outcome::Refused,
            |error| matches!(error, Error::Redirect(redirect) if redirect.target_origin() == Some("https://elsewhere.example")),
        ),
    ];
    let call = reading();
    for sandbox in both().await {
        for (fault, outcome, check) in &rows {
            sandbox.inject(fault.clone());
            let error = call.send_default(&impatient(&sandbox)).await.unwrap_err();
            assert!(check(&error), "{fault:?}: {error:?}");
            assert_eq!(error.outcome(), *outcome, "{fault:?}: {error}");
            sandbox.clear_faults();
        }
        call.send_default(&impatient(&sandbox)).await.unwrap();
    }
}

#[tokio::test]
async fn a_huge_bomb_costs_the_test_next_to_nothing() {
    for sandbox in both().await {
        let start = std::time::Instant::now();
        sandbox.inject(Fault::GzipBomb(1 << 30));
        let error = reading().send_default(&impatient(&sandbox)).await.unwrap_err();
        assert!(error.to_string().contains("over the limit of 100000"), "{error:?}");
        assert_eq!(sandbox.requests()[0].status.unwrap(), 200);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());

        sandbox.clear_faults();
        sandbox.inject(Fault::GzipBomb((3 << 20) + 1));
        let client = of_sandbox(&sandbox).max_body((3 << 20) + 1).build().unwrap();
        let error = reading().send_default(&client).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        let client = of_sandbox(&sandbox).max_body(3 << 20).build().unwrap();
        let error = reading().send_default(&client).await.unwrap_err();
        assert!(error.to_string().contains("over the limit"), "{error:?}");
    }
}

#[tokio::test]
async fn a_bomb_is_one_gzip_member() {
    use std::io::Read;
    let operation = reading().operation();
    for size in [0, 5, 1 << 20, (5 << 20) + 1] {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        sandbox.inject(Fault::GzipBomb(size));
        let path = operation.path().replace(['{', '}'], "");
        let target = format!("{}{path}", sandbox.base_url(operation.provider()));
        let request = http::Request::builder().method(operation.method()).uri(target);
        let answer = sandbox.transport().send(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        // Python's httpx reads the first member alone.
        let mut zeros = Vec::new();
        flate2::read::GzDecoder::new(&*body).read_to_end(&mut zeros).unwrap();
        assert_eq!(zeros.len(), size);
    }
}

#[tokio::test]
async fn no_wait_is_too_long() {
    for sandbox in both().await {
        sandbox.inject(Fault::RateLimitedUntil(Duration::MAX));
        let error = reading().send_default(&impatient(&sandbox)).await.unwrap_err();
        assert!(error.retry_after() > Some(Duration::from_secs(86_400)), "{error}");
        sandbox.clear_faults();

        sandbox.inject(Fault::Latency(Duration::MAX));
        sandbox.inject(Fault::Latency(Duration::MAX));
        assert!(reading().send_default(&impatient(&sandbox)).await.unwrap_err().is_timeout());
    }
}

/// What the vendor says with this status: code, then message.
async fn told(call: &Case, sandbox: &Sandbox, status: u16) -> (Option<String>, Option<String>) {
    sandbox.inject(FaultRule::new(Fault::Status(status)).times(1));
    let error = call.send_default(&impatient(sandbox)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), status);
    (error.code().map(str::to_owned), error.message().map(str::to_owned))
}

#[tokio::test]
async fn injected_failures_are_in_the_vendor_s_words() {
    let rows = [
        ("deck.", 400, "INVALID_ARGUMENT", "The request is not valid"),
        ("deck.", 401, "", "Invalid API key"),
        ("deck.", 429, "RATE_LIMIT_EXCEEDED", "Too many requests"),
        ("deck.", 503, "UNEXPECTED_ERROR", "An unexpected error occurred"),
        ("apideck.", 400, "RequestValidationError", "Invalid Params"),
        ("apideck.", 401, "UnauthorizedError", "Unauthorized Request"),
        ("apideck.", 402, "RequestLimitError", "Request Limit Reached"),
        ("apideck.", 409, "ConflictError", "Conflict"),
        ("apideck.", 422, "InvalidStateError", "Invalid State"),
        ("apideck.", 429, "ConnectorRateLimitError", "Too Many Requests"),
        ("apideck.", 503, "ConnectorExecutionError", "Connector Error"),
        ("deck_v2.", 400, "request_invalid", "The request is not valid"),
        ("deck_v2.", 429, "rate_limit_exceeded", "Too many requests"),
        ("deck_v2.", 503, "api_error", "Something went wrong at Deck"),
        ("codat.", 401, "", "Unauthorized"),
        ("codat.", 500, "", "There is a problem with our server. Please try again later."),
        ("codat.", 503, "", "The Codat API is temporarily offline for maintenance. Please try again later."),
    ];
    let sandbox = seeded().in_memory().unwrap();
    let calls = calls::all();
    for (vendor, status, code, message) in rows {
        let Some(call) = calls.iter().find(|call| call.id.starts_with(vendor)) else { continue };
        let (told_code, told_message) = told(call, &sandbox, status).await;
        assert_eq!(told_code.as_deref().unwrap_or_default(), code, "{vendor} {status}");
        assert_eq!(told_message.as_deref(), Some(message), "{vendor} {status}");
    }
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn an_injected_failure_is_given_again_under_its_idempotency_key() {
    use connectory::deck::{ErrorBody, ErrorCategory, jobs::SubmitJob};
    let key = || uuid::Uuid::new_v4().to_string();
    let sandbox = seeded().in_memory().unwrap();
    let jobs = impatient(&sandbox).deck().jobs();
    let body = SubmitJob::fetch_balance(sandbox.deck().connect());
    let once = |fault| sandbox.inject(FaultRule::new(fault).times(1));

    let failed = key();
    once(Fault::Status(500));
    jobs.submit(&body).idempotency_key(&failed).await.unwrap_err();
    let again = jobs.submit(&body).idempotency_key(&failed).await.unwrap_err();
    assert_eq!(again.status().unwrap(), 500);
    let told: &ErrorBody = again.api().unwrap().vendor().unwrap();
    assert_eq!(told.category, Some(ErrorCategory::ApiError));

    for fault in [Fault::RateLimited(1), Fault::Html, Fault::Redirect("/".into()), Fault::ResetBefore] {
        let lost = key();
        once(fault.clone());
        jobs.submit(&body).idempotency_key(&lost).await.unwrap_err();
        jobs.submit(&body).idempotency_key(&lost).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        sandbox.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn every_number_is_a_status_that_arrives() {
    let rows = [(0, 500), (100, 500), (101, 500), (199, 500), (204, 204), (205, 205), (304, 304), (599, 599)];
    for sandbox in both().await {
        for (number, status) in rows.into_iter().chain([(600, 500), (999, 500), (u16::MAX, 500)]) {
            sandbox.inject(FaultRule::new(Fault::Status(number)).times(1));
            let error = reading().send_default(&impatient(&sandbox)).await.unwrap_err();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{number}: {error:?}");
        }
    }
}

#[tokio::test]
async fn answers_that_nobody_has_seen_before_cost_no_call() {
    for sandbox in both().await {
        for fault in [Fault::UnseenValues, Fault::ExtraFields] {
            sandbox.inject(fault);
        }
        reading().send_default(&client(&sandbox)).await.unwrap();
    }
}

#[tokio::test]
async fn rules_strike_where_and_as_often_as_they_say() {
    let sandbox = seeded().start().await.unwrap();
    let (call, client) = (reading(), impatient(&sandbox));
    let another = connectory::operations().find(|operation| operation.id() != call.id).unwrap();
    sandbox.inject(FaultRule::new(Fault::Status(500)).operation(another.id()));
    call.send_default(&client).await.unwrap();

    sandbox.inject(FaultRule::new(Fault::Status(500)).operation(call.id).times(2));
    for expected in [true, true, false] {
        assert_eq!(call.send_default(&client).await.is_err(), expected);
    }

    sandbox.inject(FaultRule::new(Fault::Status(500)).rate(0.5));
    let mut failed = 0;
    for _ in 0..200 {
        failed += usize::from(call.send_default(&client).await.is_err());
    }
    assert!((60..140).contains(&failed), "{failed} of 200");
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn an_answer_without_a_body_is_lost_whole() {
    use connectory::deck::connections::UpdateAutoRefresh;
    for sandbox in both().await {
        for fault in [Fault::CutBody, Fault::WrongLength] {
            sandbox.inject(FaultRule::new(fault.clone()).times(1));
            let body = UpdateAutoRefresh::new(sandbox.deck().connect(), true);
            let error =
                impatient(&sandbox).deck().connections().update_auto_refresh(&body).await.unwrap_err();
            assert!(matches!(error, Error::Transport(_)), "{fault:?}: {error:?}");
            assert_eq!(error.outcome(), Outcome::Unknown);
        }
    }
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn a_reset_before_changes_nothing_and_a_reset_after_does() {
    use connectory::deck::connections::AccessTokenRequest;
    for sandbox in both().await {
        for (fault, changed) in
            [(Fault::ResetBefore, false), (Fault::ResetAfter, true), (Fault::Silence, true)]
        {
            let token = sandbox.deck().connect();
            sandbox.inject(FaultRule::new(fault).times(1));
            let connections = impatient(&sandbox).deck().connections();
            let error =
                connections.invalidate_access_token(&AccessTokenRequest::new(&token)).await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::Unknown);
            assert_eq!(sandbox.deck().webhook(token.expose_secret()).is_none(), changed);
            let last = sandbox.requests().pop().unwrap();
            assert_eq!((last.was_handled, last.status), (changed, None));
        }
    }
}

#[test]
#[should_panic(expected = "rate is not between 0 and 1: 20")]
fn a_rate_is_no_percentage() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.inject(FaultRule::new(Fault::Status(500)).rate(20.0));
}
