//! Deck v2's error table, for every operation, and what its key store means for repeats.

use crate::support::{
    client, idempotency_key,
    memory::{Memory, Step},
    offline,
    refusals::{Refusal, refused},
    wire::Wire,
};
use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::{ErrorBody, ErrorCode, ErrorType};
use connectory::{Error, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wiremock::ResponseTemplate;

/// Status, variant, type, code.
const TABLE: &[(u16, &str, &str, &str)] = &[
    (400, "BadRequest", "request", "input_missing"),
    (400, "BadRequest", "api", "endpoint_deprecated"),
    (400, "BadRequest", "idempotency", "idempotency_key_error"),
    (400, "BadRequest", "source", "source_invalid"),
    (402, "PaymentRequired", "organization", "plan_required"),
    (403, "Forbidden", "source", "source_blocked"),
    (404, "NotFound", "source", "source_not_found"),
    (409, "Conflict", "idempotency", "idempotency_error"),
    (429, "RateLimited", "rate_limit", "rate_limit_exceeded"),
    (429, "RateLimited", "rate_limit", "session_limit_exceeded"),
    (500, "Server", "api", "api_error"),
    (500, "Server", "api", "timeout"),
    (503, "Server", "source", "source_not_available"),
    (503, "Server", "connection", "blocked"),
    (504, "Server", "session", "timeout"),
];

fn body(kind: &str, code: &str) -> Value {
    json!({ "errors": [{ "type": kind, "code": code, "message": "In Deck's words" }], "request_id": "req_7" })
}

#[tokio::test]
async fn every_status_of_every_operation() {
    for (status, variant, kind, code) in TABLE {
        let body = body(kind, code).to_string();
        let answer = ResponseTemplate::new(*status).set_body_raw(body.clone(), "text/plain");
        let refusal = Refusal {
            status: *status,
            variant,
            outcome: if *status < 500 { Outcome::Refused } else { Outcome::Unknown },
            code: Some(code),
            message: Some("In Deck's words"),
            request_id: Some("req_7"),
        };
        for error in refusal.check("deck_v2", answer, &body).await {
            let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
            let [item] = &typed.errors[..] else { panic!("one error") };
            assert_eq!(item.kind, Some(ErrorType::from(*kind)));
            assert_eq!(item.code, Some(ErrorCode::from(*code)));
            assert_eq!(item.message.as_deref(), Some("In Deck's words"));
            assert_eq!((item.field.as_deref(), typed.request_id.as_deref()), (None, Some("req_7")));
        }
    }
}

#[tokio::test]
async fn the_first_of_several_errors_gives_the_code_and_its_field_is_named() {
    let body = json!({ "errors": [
        { "type": "request", "code": "input_missing", "field": "name", "message": "It is missing" },
        { "type": "task", "code": "timeout", "message": "Too long" },
    ], "request_id": "req_7" });
    for error in refused("deck_v2", ResponseTemplate::new(400).set_body_json(&body)).await {
        assert_eq!((error.code(), error.message()), (Some("input_missing"), Some("It is missing")));
        assert!(error.to_string().contains("It is missing: name"), "{error}");
        let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
        assert_eq!(typed.errors[1].kind, Some(ErrorType::Task));
        assert_eq!(typed.errors[0].field.as_deref(), Some("name"));
    }
}

#[tokio::test]
async fn a_401_or_403_has_no_body_or_a_foreign_one() {
    for (status, variant) in [(401, "Unauthorized"), (403, "Forbidden")] {
        for body in ["", "<html>no</html>", r#"{"title":"Forbidden","status":403}"#] {
            let answer = ResponseTemplate::new(status).set_body_raw(body, "text/html");
            let outcome = Outcome::Refused;
            let row = Refusal { status, variant, outcome, code: None, message: None, request_id: None };
            for error in row.check("deck_v2", answer, body).await {
                assert!(error.api().unwrap().vendor::<ErrorBody>().is_none());
            }
        }
    }
}

/// How often a write goes out that is always answered like this, and what comes of it.
async fn attempts(step: Step) -> (u32, Error) {
    let memory = Memory::playing(std::iter::repeat_n(step, 3));
    let error = offline(&memory).deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap_err();
    let keys: BTreeSet<_> =
        memory.requests().iter().map(|request| idempotency_key(request.headers())).collect();
    assert_eq!(keys.len(), 1, "one key for all attempts: {keys:?}");
    assert_eq!(memory.count(), error.attempts() as usize);
    (error.attempts(), error)
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_deck_s_own_is_not_repeated_for_a_write_and_a_gateway_s_is() {
    for status in [502, 503, 504, 520] {
        let (deck_s, error) = attempts(Step::answer(status, body("api", "api_error").to_string())).await;
        assert_eq!((deck_s, error.outcome()), (1, Outcome::Unknown), "{status}");
        let kong_s = r#"{"message":"Bad gateway","request_id":"1"}"#;
        for gateway_s in
            ["", "<html>Bad gateway</html>", r#"{"message":"Bad gateway"}"#, kong_s, r#"{"errors":[]}"#]
        {
            let (tried, error) = attempts(Step::answer(status, gateway_s)).await;
            assert_eq!((tried, error.outcome()), (3, Outcome::Unknown), "{status} {gateway_s}");
        }
    }
    // Its work may be done, and nothing of it kept.
    for body in [body("api", "api_error").to_string(), String::new()] {
        assert_eq!(attempts(Step::answer(500, body)).await.0, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_waited_on_and_too_many_sessions_are_not() {
    for (kind, code, tries) in [
        ("rate_limit", "rate_limit_exceeded", 3),
        ("rate_limit", "session_limit_exceeded", 1),
        ("organization", "plan_required", 1),
    ] {
        let (tried, error) = attempts(Step::answer(429, body(kind, code).to_string())).await;
        assert_eq!((tried, error.outcome()), (tries, Outcome::Refused), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_used_for_another_request_is_never_waited_on() {
    for conflict in [body("idempotency", "idempotency_error").to_string(), String::new()] {
        let memory = Memory::playing([Step::silence(), Step::answer(409, conflict)]);
        let call = offline(&memory).deck_v2().agents().create(&CreateAgent::new("Bills"));
        let error = call.await.unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error:?}");
        assert_eq!((error.attempts(), error.outcome()), (2, Outcome::Unknown));
    }
}

#[tokio::test]
async fn a_read_is_repeated_whoever_failed() {
    let wire = Wire::status(503, body("api", "api_error").to_string()).await;
    let error = client(&wire.base()).deck_v2().agents().get("agt_1").max_attempts(2).await.unwrap_err();
    assert_eq!(error.attempts(), 2);
}
