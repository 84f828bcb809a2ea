//! Codat's error table, for every operation.

use crate::support::{
    COMPANY, client,
    memory::{Memory, Step},
    offline,
    refusals::{Refusal, refused},
    wire::Wire,
};
use connectory::codat::{ErrorBody, ValidationItem};
use connectory::{Error, Outcome};
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::ResponseTemplate;

struct Row {
    status: u16,
    variant: &'static str,
    /// What the body says: in the vendor's own examples not always the status.
    body_status: i64,
    message: &'static str,
    correlation_id: &'static str,
}

const HEX: &str = "bc997528a9d7abb9161ef45f05d38599";
const DASHED: &str = "bc997528-a9d7-abb9-161e-f45f05d38599";

const TABLE: &[Row] = &[
    Row {
        status: 400,
        variant: "BadRequest",
        body_status: 400,
        message: "Error processing request - not valid.",
        correlation_id: DASHED,
    },
    Row {
        status: 401,
        variant: "Unauthorized",
        body_status: 401,
        message: "Unauthorized",
        correlation_id: "7eb40d6b415d7bcd99ce658268284056",
    },
    Row {
        status: 402,
        variant: "PaymentRequired",
        body_status: 429,
        message: "You have exceeded the 50-company limit that applies to a Free plan. We recommend that you \
                  delete any companies you no longer need and retry the request.",
        correlation_id: HEX,
    },
    Row {
        status: 403,
        variant: "Forbidden",
        body_status: 403,
        message: "You are using an outdated API key or a key not associated with that resource.",
        correlation_id: HEX,
    },
    Row {
        status: 404,
        variant: "NotFound",
        body_status: 404,
        message: "No company was found with ID 846ed55c-974b-4392-a1f1-87b6fdbf3c5e",
        correlation_id: "0a40c2f31fc8f992fb88b0853e4166f3",
    },
    Row {
        status: 409,
        variant: "Conflict",
        body_status: 400,
        message: "Maximum number of API keys reached. To create a new API key, delete an unused key and try again.",
        correlation_id: HEX,
    },
    Row {
        status: 422,
        variant: "Unprocessable",
        body_status: 422,
        message: "The idempotency key belongs to another request.",
        correlation_id: DASHED,
    },
    Row {
        status: 429,
        variant: "RateLimited",
        body_status: 429,
        message: "You have made too many requests in a given amount of time; please retry later.",
        correlation_id: HEX,
    },
    Row {
        status: 451,
        variant: "Client",
        body_status: 451,
        message: "Platform 'qudb' is not currently available for compliance purposes.",
        correlation_id: HEX,
    },
    Row {
        status: 500,
        variant: "Server",
        body_status: 500,
        message: "There is a problem with our server. Please try again later.",
        correlation_id: HEX,
    },
    Row {
        status: 503,
        variant: "Server",
        body_status: 500,
        message: "The Codat API is temporarily offline for maintenance. Please try again later.",
        correlation_id: HEX,
    },
];

#[tokio::test]
async fn every_status_of_every_operation() {
    for row in TABLE {
        let body = json!({
            "statusCode": row.body_status, "service": "PublicApi", "error": row.message,
            "correlationId": row.correlation_id, "validation": null, "canBeRetried": "Unknown",
            "detailedErrorCode": 0, "unseen": { "a": [1] }
        })
        .to_string();
        let answer = ResponseTemplate::new(row.status).set_body_raw(body.clone(), "application/json");
        let refusal = Refusal {
            status: row.status,
            variant: row.variant,
            outcome: if row.status < 500 { Outcome::Refused } else { Outcome::Unknown },
            code: None,
            message: Some(row.message),
            request_id: Some(row.correlation_id),
        };
        for error in refusal.check("codat", answer, &body).await {
            let typed: &ErrorBody = error.api().unwrap().vendor().unwrap();
            assert_eq!(typed.status_code, Some(row.body_status));
            assert_eq!(typed.service.as_deref(), Some("PublicApi"));
            assert_eq!(typed.error.as_deref(), Some(row.message));
            assert_eq!(typed.correlation_id.as_deref(), Some(row.correlation_id));
            assert_eq!(typed.can_be_retried.as_deref(), Some("Unknown"));
            assert_eq!(typed.detailed_error_code, Some(0));
            assert!(typed.validation.is_none());
        }
    }
}

async fn refused_with(status: u16, body: Value) -> Vec<Error> {
    refused("codat", ResponseTemplate::new(status).set_body_json(body)).await
}

#[tokio::test]
async fn validation_says_what_is_wrong() {
    let item = json!({
        "itemId": "Company",
        "message": "Company limit exceeded. Learn more at https://docs.codat.io/using-the-api/errors",
        "validatorName": "CreateCompany"
    });
    let texts = |item: &ValidationItem| {
        [&item.item_id, &item.message, &item.validator_name].map(|text| text.clone().unwrap_or_default())
    };
    let unlike = json!({ "itemId": 17, "message": null });
    for (validation, errors, warnings) in [
        (json!({ "errors": [item], "warnings": null }), 1, 0),
        (json!({ "errors": null, "warnings": [item, item] }), 0, 2),
        (json!({ "errors": [item] }), 1, 0),
        (json!({}), 0, 0),
    ] {
        let body =
            json!({ "statusCode": 402, "error": "CompanyValidationException", "validation": validation });
        for error in refused_with(402, body).await {
            let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
            let validation = body.validation.as_ref().unwrap();
            assert_eq!((validation.errors.len(), validation.warnings.len()), (errors, warnings));
            for found in validation.errors.iter().chain(&validation.warnings) {
                let expected = ["itemId", "message", "validatorName"].map(|key| item[key].as_str().unwrap());
                assert_eq!(texts(found), expected);
            }
        }
    }
    for error in refused_with(400, json!({ "validation": { "errors": [unlike, item] } })).await {
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        let errors = &body.validation.as_ref().unwrap().errors;
        assert_eq!(texts(&errors[0]), ["", "", ""]);
        assert_eq!(errors[1].item_id.as_deref(), Some("Company"));
    }
}

#[tokio::test]
async fn a_detailed_code_is_the_code_and_zero_is_none() {
    for (sent, code) in [(json!(0), None), (json!(1012), Some("1012")), (json!(-1), Some("-1"))] {
        for error in refused_with(400, json!({ "detailedErrorCode": sent })).await {
            assert_eq!(error.code(), code);
        }
    }
}

#[tokio::test]
async fn a_member_of_the_wrong_type_costs_only_itself() {
    let body = json!({
        "statusCode": "404", "service": 1, "error": "Not here", "correlationId": {},
        "validation": "none", "canBeRetried": [true], "detailedErrorCode": "x"
    });
    for error in refused_with(404, body).await {
        assert_eq!((error.message(), error.request_id(), error.code()), (Some("Not here"), None, None));
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        assert!(body.status_code.is_none() && body.validation.is_none() && body.can_be_retried.is_none());
    }
}

#[tokio::test]
async fn only_a_clear_no_forbids_the_retry() {
    for (text, attempts) in [
        (json!("False"), 1),
        (json!("false"), 1),
        (json!("FALSE"), 1),
        (json!("True"), 2),
        (json!("Unknown"), 2),
        (json!(""), 2),
        (Value::Null, 2),
    ] {
        let body = json!({ "statusCode": 503, "canBeRetried": text }).to_string();
        let wire = Wire::status(503, body).await;
        let call = client(&wire.base()).codat().companies().get_access_token(COMPANY);
        let error = call.max_attempts(2).await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{text}");
        assert_eq!(wire.requests().await.len(), attempts as usize, "{text}");
    }
}

#[tokio::test]
async fn too_many_requests_say_how_long_to_wait() {
    let answer = ResponseTemplate::new(429).insert_header("Retry-After", "86400");
    for error in refused("codat", answer).await {
        assert_eq!(error.retry_after(), Some(Duration::from_secs(86_400)));
    }
}

#[tokio::test]
async fn r24_the_header_s_request_id_goes_before_the_body_s() {
    let answer = ResponseTemplate::new(404)
        .set_body_json(json!({ "correlationId": HEX }))
        .insert_header("Request-Id", "from-the-header");
    for error in refused("codat", answer).await {
        assert_eq!(error.request_id(), Some("from-the-header"));
        let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
        assert_eq!(body.correlation_id.as_deref(), Some(HEX));
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_leaves_the_status() {
    for (status, variant, body) in
        [(403, "Forbidden", "<html>no</html>"), (504, "Server", ""), (400, "BadRequest", "{\"error\":")]
    {
        let answer = ResponseTemplate::new(status).set_body_raw(body, "text/html");
        let outcome = if status < 500 { Outcome::Refused } else { Outcome::Unknown };
        let row = Refusal { status, variant, outcome, code: None, message: None, request_id: None };
        for error in row.check("codat", answer, body).await {
            assert!(error.api().unwrap().vendor::<ErrorBody>().is_none());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_odd_place_hides_nothing_else_that_an_error_says() {
    let odd = [
        (r#"{"statusCode":1e400,"error":"No company","correlationId":"abc"}"#, false),
        (r#"{"error":"No company","canBeRetried":"False","service":"\ud83d","correlationId":"abc"}"#, true),
        ("{\"service\":\"a\tb\",\"error\":\"No company\",\"correlationId\":\"abc\"}", false),
    ];
    for (body, never_retry) in odd {
        let memory = Memory::default();
        memory.play([503, 503, 503].map(|status| Step::answer(status, body)));
        let call = offline(&memory).codat().companies().get_access_token(COMPANY);
        let error = call.await.unwrap_err();
        assert_eq!((error.message(), error.request_id()), (Some("No company"), Some("abc")), "{body}");
        assert_eq!(error.attempts(), if never_retry { 1 } else { 3 }, "{body}");
    }
}
