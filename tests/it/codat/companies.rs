//! Codat's companies on the wire.

use crate::support::{
    COMPANY,
    wire::{Seen, Wire},
};
use connectory::{DecodeCategory, Error, Outcome};
use std::time::Duration;

#[tokio::test]
async fn get_access_token_of_a_company() {
    let body = r#"{"expiresIn":86400,"accessToken":"string","tokenType":"Bearer"}"#;
    let wire = Wire::ok(body).await;
    let token = wire.client().codat().companies().get_access_token(COMPANY).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "string");
    assert_eq!((token.expires_in, token.token_type.as_deref()), (Some(86400), Some("Bearer")));

    let request = wire.request().await;
    assert_eq!(request.line(), format!("GET /companies/{COMPANY}/accessToken"));
    // The key `codat-api-key` in Base64, without a user name or a colon.
    assert_eq!(request.header("authorization"), "Basic Y29kYXQtYXBpLWtleQ==");
    assert_eq!(request.header("accept"), "application/json");
    assert_eq!(request.header("user-agent"), concat!("connectory/", env!("CARGO_PKG_VERSION")));
    assert!(request.body.is_empty());
    for absent in ["content-type", "idempotency-key", "x-apideck-app-id", "x-deck-secret"] {
        assert_eq!(request.header(absent), "", "{absent}");
    }
}

#[tokio::test]
async fn get_access_token_with_every_option() {
    let wire = Wire::ok(r#"{"accessToken":"string"}"#).await;
    let call = wire.client().codat().companies().get_access_token(COMPANY);
    let response = call
        .timeout(Duration::from_secs(5))
        .attempt_timeout(Duration::from_secs(2))
        .max_attempts(2)
        .header("x-trace", "a1b2")
        .response()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    assert_eq!(response.value().access_token.expose_secret(), "string");

    let request = wire.request().await;
    assert_eq!(request.line(), format!("GET /companies/{COMPANY}/accessToken"));
    assert_eq!(request.header("x-trace"), "a1b2");
    assert_eq!(request.header("authorization"), "Basic Y29kYXQtYXBpLWtleQ==");
}

#[tokio::test]
async fn get_access_token_needs_only_the_token_of_the_answer() {
    for body in [
        r#"{"accessToken":"string"}"#,
        r#"{"expiresIn":null,"accessToken":"string","tokenType":null}"#,
        r#"{"accessToken":"string","scopes":["unseen",{"a":1}]}"#,
    ] {
        let wire = Wire::ok(body).await;
        let token = wire.client().codat().companies().get_access_token(COMPANY).await.unwrap();
        assert_eq!(token.access_token.expose_secret(), "string");
        assert_eq!((token.expires_in, token.token_type), (None, None));
    }
    let wire = Wire::ok(r#"{"tokenType":"DPoP","accessToken":"string"}"#).await;
    let token = wire.client().codat().companies().get_access_token(COMPANY).await.unwrap();
    assert_eq!(token.token_type.as_deref(), Some("DPoP"));
}

#[tokio::test]
async fn get_access_token_without_a_token_is_a_decode_error() {
    let body = r#"{"expiresIn":86400,"accessToken":null,"tokenType":"Bearer"}"#;
    let wire = Wire::ok(body).await;
    let error = wire.client().codat().companies().get_access_token(COMPANY).await.unwrap_err();
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert_eq!((decode.path(), decode.category()), ("accessToken", DecodeCategory::Type));
    assert_eq!(error.outcome(), Outcome::Applied);
    assert_eq!(error.body().unwrap(), body);
}
