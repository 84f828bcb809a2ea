//! Apideck's error table, for every operation.

use crate::support::refusals::{Refusal, refused};
use connectory::apideck::{ErrorBody, ErrorDetail};
use connectory::{Error, JsonMap, Outcome, UnixMillis};
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::ResponseTemplate;

struct Row {
    status: u16,
    variant: &'static str,
    /// What the body says in `error`, `type_name` and `message`.
    words: [&'static str; 3],
    details: Vec<Value>,
}

fn table() -> Vec<Row> {
    let row = |status, variant, words, details| Row { status, variant, words, details };
    vec![
        row(
            400,
            "BadRequest",
            ["Bad Request", "RequestValidationError", "Invalid Params"],
            vec![json!("Missing property foobar"), json!({ "missing": [{ "foobar": "required" }] })],
        ),
        row(
            400,
            "BadRequest",
            ["Bad Request", "RequestHeadersValidationError", "Invalid Params"],
            vec![
                json!("Missing Header: x-apideck-consumer-id"),
                json!({ "missing": [{ "x-apideck-consumer-id": "required" }] }),
            ],
        ),
        row(
            401,
            "Unauthorized",
            ["Unauthorized", "UnauthorizedError", "Unauthorized Request"],
            vec![json!("Missing authentication"), refresh_failed()],
        ),
        row(
            402,
            "PaymentRequired",
            ["Payment Required", "RequestLimitError", "Request Limit Reached"],
            vec![json!("You have reached your limit of 2000")],
        ),
        row(
            403,
            "Forbidden",
            ["Forbidden", "ConnectorDisabledError", "Connector disabled"],
            vec![Value::Null],
        ),
        row(
            404,
            "NotFound",
            ["Not Found", "EntityNotFoundError", "Unknown Widget"],
            vec![
                json!("Could not find widget with id: '123'"),
                json!({ "not_found": { "entity": "widget", "id": "123" } }),
            ],
        ),
        row(
            409,
            "Conflict",
            ["Conflict", "ConflictError", "Conflict"],
            vec![
                json!("A connection already exists for the target connector"),
                json!({ "error": "Conflict", "message": "A connection already exists for the target connector" }),
            ],
        ),
        row(
            422,
            "Unprocessable",
            ["Unprocessable Entity", "InvalidStateError", "Invalid State"],
            vec![
                json!("Unprocessable request, please verify your request headers and body."),
                json!({ "error": "Unprocessable", "message": "Unprocessable request, please verify." }),
            ],
        ),
        row(
            429,
            "RateLimited",
            ["Too Many Requests", "ConnectorRateLimitError", "Too Many Requests"],
            vec![Value::Null],
        ),
        row(
            418,
            "Client",
            ["I'm a teapot", "SomethingNewError", "Short and stout"],
            vec![json!(["neither text", "nor object"])],
        ),
        row(
            500,
            "Server",
            ["Internal Server Error", "ConnectorExecutionError", "Something went wrong"],
            vec![Value::Null],
        ),
        row(
            501,
            "Server",
            ["Not Implemented", "MappingError", "Unmapped Attribute"],
            vec![
                json!("Failed to retrieve Widget tokenUrl from 'components.securitySchemes.OAuth2.flows'"),
                json!({}),
            ],
        ),
    ]
}

fn refresh_failed() -> Value {
    json!({
        "type": "refresh_token_connector_error",
        "message": "Token refresh failed with 401 error",
        "debug": {
            "response": { "statusCode": 401, "data": { "error": "invalid_grant" } },
            "credentials_expire_at_ms": 1_620_172_800_000_i64,
            "retry_after_ms": 1_620_000_030_000_i64,
            "cooldown_remaining_ms": 30_000
        }
    })
}

#[tokio::test]
async fn every_status_of_every_operation() {
    for Row { status, variant, words, details } in table() {
        let [error, type_name, message] = words;
        for detail in details {
            let reference =
                format!("https://developers.apideck.com/errors#{}", type_name.to_ascii_lowercase());
            let body = json!({
                "status_code": status, "error": error, "type_name": type_name, "message": message,
                "detail": detail, "ref": reference, "unseen": { "a": [1] }
            });
            let text = body.to_string();
            let answer = ResponseTemplate::new(status)
                .set_body_raw(text.clone(), "application/json")
                .insert_header("Request-Id", "req-0123456789");
            let outcome = if status < 500 { Outcome::Refused } else { Outcome::Unknown };
            let row = Refusal {
                status,
                variant,
                outcome,
                code: Some(type_name),
                message: Some(message),
                request_id: Some("req-0123456789"),
            };
            for refusal in row.check("apideck", answer, &text).await {
                let typed: &ErrorBody = refusal.api().unwrap().vendor().unwrap();
                assert_eq!(typed.status_code, Some(status.into()));
                assert_eq!(typed.error.as_deref(), Some(error));
                assert_eq!(typed.type_name.as_deref(), Some(type_name));
                assert_eq!(typed.message.as_deref(), Some(message));
                assert_eq!(typed.reference.as_deref(), Some(reference.as_str()));
                assert!(typed.downstream_errors.is_none());
                assert_detail(typed.detail.as_ref(), &detail);
            }
        }
    }
}

fn assert_detail(detail: Option<&ErrorDetail>, expected: &Value) {
    assert_eq!(detail.and_then(ErrorDetail::as_text), expected.as_str());
    let members = detail.and_then(ErrorDetail::as_object).map(|members| Value::Object(members.to_map()));
    assert_eq!(members.as_ref(), expected.is_object().then_some(expected));
    match (detail, expected) {
        (None, Value::Null) => {}
        (Some(ErrorDetail::Text(text)), Value::String(expected)) => assert_eq!(text, expected),
        (Some(ErrorDetail::Object(members)), Value::Object(expected)) => {
            assert_eq!(members, &JsonMap::from(expected.clone()));
        }
        (Some(ErrorDetail::Other(json)), expected) => assert_eq!(json.raw(), expected.to_string()),
        (detail, expected) => panic!("{detail:?} for {expected}"),
    }
}

async fn refused_with(status: u16, body: Value) -> Vec<Error> {
    refused("apideck", ResponseTemplate::new(status).set_body_json(body)).await
}

#[tokio::test]
async fn a_failed_token_refresh_says_how_long_to_wait() {
    // `retry_after_ms` is a moment and not a delay: the delay is `cooldown_remaining_ms`.
    for (cooldown, wait) in [
        (json!(30_000), Some(Duration::from_secs(30))),
        (json!(1500.5), Some(Duration::from_micros(1_500_500))),
        (json!(0), Some(Duration::ZERO)),
        (json!(-1), None),
        (json!("soon"), None),
        (Value::Null, None),
    ] {
        let mut detail = refresh_failed();
        detail["debug"]["message"] = json!("connect refused");
        detail["debug"]["code"] = json!("ECONNREFUSED");
        detail["debug"]["cooldown_remaining_ms"] = cooldown;
        for error in refused_with(401, json!({ "status_code": 401, "detail": detail })).await {
            assert_eq!(error.retry_after(), wait);
            let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
            assert_eq!(body.cooldown(), wait);
            let failure = body.refresh_failure().unwrap();
            assert_eq!(failure.cooldown, wait);
            assert_eq!(failure.message.as_deref(), Some("Token refresh failed with 401 error"));
            assert_eq!(failure.credentials_expire_at, Some(UnixMillis::from(1_620_172_800_000)));
            assert_eq!(failure.retry_at, Some(UnixMillis::from(1_620_000_030_000)));
            let response = failure.response.as_ref().unwrap();
            assert_eq!(response.get("statusCode"), Some(401));
            assert_eq!(response.get("data"), Some(json!({ "error": "invalid_grant" })));
            assert_eq!(failure.cause.as_deref(), Some("connect refused"));
            assert_eq!(failure.code.as_deref(), Some("ECONNREFUSED"));
            let shown = format!("{failure:?}");
            assert!(!shown.contains("Token refresh") && !shown.contains("refused"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_failed_token_refresh_is_known_by_what_it_says() {
    let rows = [
        (json!({ "type": "refresh_token_connector_error", "debug": {} }), Some((None, None))),
        (json!({ "debug": { "cooldown_remaining_ms": 5 } }), Some((None, Some(Duration::from_millis(5))))),
        (
            json!({ "debug": { "retry_after_ms": 1_620_000_030_000_i64, "credentials_expire_at_ms": 0 } }),
            Some((Some(UnixMillis::from(1_620_000_030_000)), None)),
        ),
        (json!({ "type": "something_else", "debug": { "message": "no" } }), None),
        (json!({ "type": "refresh_token_connector_error", "debug": "none" }), None),
        (json!({ "missing": [{ "foobar": "required" }] }), None),
        (json!("Token refresh failed"), None),
        (json!(null), None),
    ];
    for (detail, expected) in rows {
        for error in refused_with(401, json!({ "detail": detail })).await.into_iter().take(1) {
            let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
            let failure = body.refresh_failure();
            assert_eq!(
                failure.as_ref().map(|failure| (failure.retry_at, failure.cooldown)),
                expected,
                "{detail}"
            );
            assert!(failure.is_none_or(|failure| failure.credentials_expire_at.is_none()), "0 is never");
        }
    }
}

#[tokio::test]
async fn the_header_goes_before_the_cooldown() {
    let body = json!({ "status_code": 401, "detail": refresh_failed() });
    let answer = ResponseTemplate::new(401).set_body_json(body).insert_header("Retry-After", "7");
    for error in refused("apideck", answer).await {
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn downstream_errors_keep_what_can_be_read() {
    let body = json!({
        "status_code": 400, "type_name": "ConnectorExecutionError",
        "downstream_errors": [
            {
                "message": "Account code '100' has been archived or deleted",
                "detail": "Each line item must reference a valid account",
                "code": "VALIDATION_ERROR"
            },
            { "message": null, "code": 17 },
            {}
        ]
    });
    for error in refused_with(400, body).await {
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        let [first, second, third] = body.downstream_errors.as_deref().unwrap() else { panic!("{body:?}") };
        assert_eq!(first.message.as_deref(), Some("Account code '100' has been archived or deleted"));
        assert_eq!(first.detail.as_deref(), Some("Each line item must reference a valid account"));
        assert_eq!(first.code.as_deref(), Some("VALIDATION_ERROR"));
        assert!(second.message.is_none() && second.code.is_none());
        assert!(third.message.is_none() && third.detail.is_none());
    }
}

#[tokio::test]
async fn a_member_of_the_wrong_type_costs_only_itself() {
    let body = json!({
        "status_code": "400", "error": 1, "type_name": "RequestValidationError", "message": { "en": "no" },
        "detail": 17, "ref": false, "downstream_errors": "none"
    });
    for error in refused_with(400, body).await {
        assert_eq!((error.code(), error.message()), (Some("RequestValidationError"), None));
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        assert!(body.status_code.is_none() && body.error.is_none() && body.reference.is_none());
        assert!(body.downstream_errors.is_none());
        assert_detail(body.detail.as_ref(), &json!(17));
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_leaves_the_status() {
    for (status, variant, body) in
        [(404, "NotFound", "<html>not here</html>"), (502, "Server", ""), (422, "Unprocessable", "{\"type_")]
    {
        let answer = ResponseTemplate::new(status).set_body_raw(body, "text/html");
        let outcome = if status < 500 { Outcome::Refused } else { Outcome::Unknown };
        let row = Refusal { status, variant, outcome, code: None, message: None, request_id: None };
        for error in row.check("apideck", answer, body).await {
            assert!(error.api().unwrap().vendor::<ErrorBody>().is_none());
        }
    }
}
