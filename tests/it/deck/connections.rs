use crate::support::{
    DECK_CLIENT_ID, DECK_SECRET,
    wire::{Seen, Wire},
};
use connectory::deck::{
    ErrorBody, ErrorCategory, ErrorCode,
    connections::{AccessTokenRequest, WebhookUpdateRequest},
};
use connectory::{Error, Outcome, Secret};
use serde_json::json;
use std::time::Duration;
use wiremock::ResponseTemplate;

const TOKEN: &str = "access-development-6599f8dd-1a1c-4586-39d1-08ddb97283f7";
const REFUSED: &str = r#"{"error_category":"INVALID_REQUEST","error_code":"INVALID_ACCESS_TOKEN",
    "error_message":"The access token is not valid","display_message":null}"#;

#[tokio::test]
async fn invalidate_access_token_rotates() {
    let wire = Wire::ok(r#"{"new_access_token":"access-development-new","unseen":{"a":[1]}}"#).await;
    let connections = wire.client().deck().connections();
    let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap();
    assert_eq!(rotated.new_access_token.expose_secret(), "access-development-new");

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/access_token/invalidate");
    assert_eq!(request.json(), json!({ "access_token": TOKEN }));
    assert_eq!(request.header("x-deck-client-id"), DECK_CLIENT_ID);
    assert_eq!(request.header("x-deck-secret"), DECK_SECRET);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("accept"), "application/json");
    assert_eq!(request.header("user-agent"), concat!("connectory/", env!("CARGO_PKG_VERSION")));
    assert_eq!(request.header("authorization"), "");
    assert_eq!(request.header("x-deck-idempotency-key"), "", "the vendor takes no key here");
}

#[tokio::test]
async fn invalidate_access_token_with_every_option() {
    let answer = ResponseTemplate::new(200).set_body_raw(r#"{"new_access_token":"new"}"#, "text/json");
    let wire = Wire::answering(answer).await;
    let body = AccessTokenRequest::new(Secret::from(TOKEN));
    let call = wire.client().deck().connections().invalidate_access_token(&body);
    let response = call
        .timeout(Duration::from_secs(5))
        .attempt_timeout(Duration::from_secs(2))
        .max_attempts(5)
        .header("x-trace", "a1b2")
        .response()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    assert_eq!(response.into_value().new_access_token.expose_secret(), "new");

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/access_token/invalidate");
    assert_eq!(request.json(), json!({ "access_token": TOKEN }));
    assert_eq!(request.header("x-trace"), "a1b2");
}

#[tokio::test]
async fn invalidate_access_token_takes_no_idempotency_key() {
    let wire = Wire::ok(r#"{"new_access_token":"new"}"#).await;
    let call = wire.client().deck().connections().invalidate_access_token(&AccessTokenRequest::new(TOKEN));
    let error = call.idempotency_key("7d9ba6a4-4e0e-4d0b-8b8a-3f3a5a0c9f00").await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert!(wire.requests().await.is_empty());
}

#[tokio::test]
async fn invalidate_access_token_without_the_token_in_the_answer_is_a_decode_error() {
    let wire = Wire::ok(r#"{"new_access_token":null}"#).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert_eq!((decode.path(), decode.category()), ("new_access_token", "type"));
    assert_eq!(error.outcome(), Outcome::Applied);
}

#[tokio::test]
async fn update_webhook_takes_any_body_for_success() {
    for (status, body) in [(200, ""), (200, "OK"), (200, "{}"), (204, ""), (200, "<html>")] {
        let wire = Wire::status(status, body).await;
        let body = WebhookUpdateRequest::new(TOKEN, "https://example.com/hook", false);
        wire.client().deck().connections().update_webhook(&body).await.unwrap();

        let request = wire.request().await;
        assert_eq!(request.line(), "POST /connection/webhook/update");
        let expected =
            json!({ "access_token": TOKEN, "url": "https://example.com/hook", "is_active": false });
        assert_eq!(request.json(), expected);
        assert_eq!(request.header("x-deck-secret"), DECK_SECRET);
    }
}

#[tokio::test]
async fn update_webhook_with_every_option() {
    let wire = Wire::ok("").await;
    let body =
        WebhookUpdateRequest::new(String::from(TOKEN), String::from("https://example.com/a?b=c"), true);
    let call = wire.client().deck().connections().update_webhook(&body);
    let response = call.timeout(Duration::from_secs(5)).header("x-trace", "a1b2").response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/webhook/update");
    let expected = json!({ "access_token": TOKEN, "url": "https://example.com/a?b=c", "is_active": true });
    assert_eq!(request.json(), expected);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("x-deck-client-id"), DECK_CLIENT_ID);
    assert_eq!(request.header("x-trace"), "a1b2");
}

#[tokio::test]
async fn a_refusal_carries_deck_s_code_and_body() {
    let wire = Wire::status(400, REFUSED).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    let Error::BadRequest(refused) = &error else { panic!("{error:?}") };
    let body: &ErrorBody = refused.vendor().unwrap();
    assert_eq!(body.category, Some(ErrorCategory::InvalidRequest));
    assert_eq!(body.code, Some(ErrorCode::InvalidAccessToken));
    assert_eq!(body.display_message, None);
    assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!(error.message(), Some("The access token is not valid"));
    assert_eq!(error.outcome(), Outcome::Refused);
    assert_eq!(
        error.to_string(),
        "deck.connections.invalidate_access_token: Deck answered 400 Bad Request, \
         code INVALID_ACCESS_TOKEN: The access token is not valid"
    );
}

#[tokio::test]
async fn an_error_code_that_is_new_keeps_the_error_whole() {
    let wire = Wire::status(400, REFUSED.replace("INVALID_ACCESS_TOKEN", "JOB_NOT_RUNNING")).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    assert_eq!(error.code(), Some("JOB_NOT_RUNNING"));
    let code = error.api().unwrap().vendor::<ErrorBody>().unwrap().code.clone().unwrap();
    assert!(matches!(code, ErrorCode::Unknown(_)), "{code:?}");
    assert_eq!(serde_json::to_string(&code).unwrap(), r#""JOB_NOT_RUNNING""#);
}

#[tokio::test]
async fn wrong_credentials_are_unauthorized_although_the_body_is_empty() {
    let wire = Wire::status(401, "").await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error:?}");
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!(wire.requests().await.len(), 1);
}
