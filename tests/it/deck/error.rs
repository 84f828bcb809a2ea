//! Deck's error table, for every operation.

use crate::support::refusals::{Refusal, refused};
use connectory::deck::{ErrorBody, ErrorCategory, ErrorCode};
use connectory::{Error, Outcome};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

const MESSAGE: &str = "The access token is not valid";

/// 400 is the only status that Deck documents a body for; the shape may turn up with any other.
const TABLE: &[(u16, &str, Outcome)] = &[
    (400, "BadRequest", Outcome::Refused),
    (401, "Unauthorized", Outcome::Refused),
    (403, "Forbidden", Outcome::Refused),
    (404, "NotFound", Outcome::Refused),
    (408, "Client", Outcome::Unknown),
    (409, "Conflict", Outcome::Refused),
    (410, "Client", Outcome::Refused),
    (422, "Unprocessable", Outcome::Refused),
    (429, "RateLimited", Outcome::Refused),
    (500, "Server", Outcome::Unknown),
    (503, "Server", Outcome::Unknown),
    (599, "Server", Outcome::Unknown),
];

#[tokio::test]
async fn every_status_of_every_operation() {
    for &(status, variant, outcome) in TABLE {
        for content_type in ["application/json", "text/json"] {
            let body = json!({
                "error_category": "INVALID_REQUEST", "error_code": "INVALID_ACCESS_TOKEN",
                "error_message": MESSAGE, "display_message": null, "unseen": { "a": [1] }
            })
            .to_string();
            let answer = ResponseTemplate::new(status).set_body_raw(body.clone(), content_type);
            let (code, message) = (Some("INVALID_ACCESS_TOKEN"), Some(MESSAGE));
            let row = Refusal { status, variant, outcome, code, message, request_id: None };
            for error in row.check("deck", answer, &body).await {
                let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
                assert_eq!(typed.category, Some(ErrorCategory::InvalidRequest));
                assert_eq!(typed.code, Some(ErrorCode::InvalidAccessToken));
                assert_eq!(typed.message.as_deref(), Some(MESSAGE));
                assert_eq!(typed.display_message, None);
            }
        }
    }
}

#[tokio::test]
async fn any_status_may_come_without_a_body_or_with_one_that_is_no_json() {
    for &(status, variant, outcome) in TABLE {
        for body in ["", "<html>no</html>", "{\"error_code\":"] {
            let answer = ResponseTemplate::new(status).set_body_raw(body, "text/html");
            let row = Refusal { status, variant, outcome, code: None, message: None, request_id: None };
            for error in row.check("deck", answer, body).await {
                assert!(error.api().unwrap().vendor::<ErrorBody>().is_none());
            }
        }
    }
}

async fn refused_with(body: Value) -> Vec<Error> {
    refused("deck", ResponseTemplate::new(400).set_body_json(body)).await
}

#[tokio::test]
async fn what_is_for_the_customer_is_kept_apart() {
    let display = "The provided credentials were not correct. Please try again.";
    let body = json!({
        "error_category": "CONNECTION_ERROR", "error_code": "INVALID_CREDENTIALS",
        "error_message": "The provided credentials were not correct", "display_message": display
    });
    for error in refused_with(body).await {
        assert_eq!(error.message(), Some("The provided credentials were not correct"));
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        assert_eq!(body.category, Some(ErrorCategory::ConnectionError));
        assert_eq!(body.code, Some(ErrorCode::InvalidCredentials));
        assert_eq!(body.display_message.as_deref(), Some(display));
    }
}

#[tokio::test]
async fn every_member_may_be_new_missing_null_or_of_another_type() {
    let rows = [
        (
            json!({ "error_code": "JOB_NOT_RUNNING", "error_message": "x" }),
            Some("JOB_NOT_RUNNING"),
            Some("x"),
        ),
        (json!({ "error_code": null, "error_message": null, "error_category": null }), None, None),
        (json!({ "error_code": 17, "error_message": "x", "error_category": [] }), None, Some("x")),
        (json!({ "error_code": "INVALID_ARGUMENT", "error_message": {} }), Some("INVALID_ARGUMENT"), None),
        (json!({}), None, None),
    ];
    for (body, code, message) in rows {
        for error in refused_with(body.clone()).await {
            assert!(matches!(error, Error::BadRequest(_)), "{body}");
            assert_eq!((error.code(), error.message()), (code, message), "{body}");
            let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
            assert_eq!(typed.code.as_ref().map(ErrorCode::as_str), code);
            assert_eq!((&typed.category, &typed.display_message), (&None, &None));
        }
    }
}

#[test]
fn every_value_that_the_vendor_documents_is_known() {
    let categories: Vec<_> = ErrorCategory::KNOWN.iter().map(ErrorCategory::as_str).collect();
    assert_eq!(
        categories.join(" "),
        "INVALID_REQUEST INVALID_RESULT INVALID_INPUT DATA_SOURCE_ERROR RATE_LIMIT_EXCEEDED API_ERROR \
         CONNECTION_ERROR RECAPTCHA_ERROR FETCH_BALANCE ADD_PAYMENT_METHOD FETCH_PAYMENT_METHODS PAYMENT"
    );
    let codes: Vec<_> = ErrorCode::KNOWN.iter().map(ErrorCode::as_str).collect();
    assert_eq!(
        codes.join(" "),
        "DATA_SOURCE_NOT_FOUND DATA_SOURCE_NOT_RESPONDING PRODUCT_NOT_READY CONNECTION_NOT_FOUND \
         CONNECTION_FAILED INVALID_CREDENTIALS LIVE_CONNECTIVITY_NOT_ENABLED PRODUCT_NOT_ENABLED NO_ACCOUNTS \
         NO_STATEMENTS CONNECTION_LOCKED BLOCKED_BY_PIN VALIDATION_FAILED INVALID_API_KEYS INVALID_LINK_TOKEN \
         INVALID_PUBLIC_TOKEN INVALID_ACCESS_TOKEN INVALID_ACCOUNT_ID INVALID_STATEMENT_ID CONSENT_REQUIRED \
         INVALID_CURP INVALID_DOCUMENT_UPLOAD INVALID_ARGUMENT NOT_SUPPORTED UNEXPECTED_ERROR \
         PLANNED_MAINTENANCE SECURITY_QUESTION_NOT_FOUND SECURITY_CAPTCHA_NOT_FOUND RATE_LIMIT_EXCEEDED \
         NO_ACTIVE_CONNECTION INVALID_SOURCE ACTIVE_CONNECTION_EXISTS"
    );
}
