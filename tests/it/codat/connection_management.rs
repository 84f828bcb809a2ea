//! Codat's old company tokens on the wire: tested as long as they are there.
#![expect(deprecated)]

use crate::support::{
    COMPANY,
    wire::{Seen, Wire},
};
use connectory::{Error, Outcome};
use std::time::Duration;

const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

#[tokio::test]
async fn get_of_a_company() {
    let wire = Wire::ok(format!(r#"{{"accessToken":"{JWT}"}}"#)).await;
    let token = wire.client().codat().connection_management().get(COMPANY).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), JWT);

    let request = wire.request().await;
    assert_eq!(request.line(), format!("GET /companies/{COMPANY}/connectionManagement/accessToken"));
    assert_eq!(request.header("authorization"), "Basic Y29kYXQtYXBpLWtleQ==");
    assert_eq!(request.header("accept"), "application/json");
    assert!(request.body.is_empty());
    assert_eq!(request.header("content-type"), "");
}

#[tokio::test]
async fn get_with_every_option() {
    let wire = Wire::ok(format!(r#"{{"accessToken":"{JWT}","expiresIn":3600,"unseen":{{}}}}"#)).await;
    let call = wire.client().codat().connection_management().get(COMPANY);
    let response = call
        .timeout(Duration::from_secs(5))
        .attempt_timeout(Duration::from_secs(2))
        .max_attempts(2)
        .header("x-trace", "a1b2")
        .response()
        .await
        .unwrap();
    assert_eq!(response.into_value().access_token.expose_secret(), JWT);
    assert_eq!(wire.request().await.header("x-trace"), "a1b2");
}

#[tokio::test]
async fn get_without_a_token_is_a_decode_error() {
    for body in ["{}", r#"{"accessToken":null}"#] {
        let wire = Wire::ok(body).await;
        let error = wire.client().codat().connection_management().get(COMPANY).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Applied);
    }
}

#[tokio::test]
async fn get_says_not_found_since_the_vendor_removed_it() {
    let body = r#"{"statusCode":404,"service":"PublicApi","error":"NotFound",
        "correlationId":"8fa2b5f4794970a4ee73758f612e8df0","canBeRetried":"Unknown","detailedErrorCode":0}"#;
    let wire = Wire::status(404, body).await;
    let error = wire.client().codat().connection_management().get(COMPANY).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "codat.connection_management.get: Codat answered 404 Not Found: NotFound \
         (request id 8fa2b5f4794970a4ee73758f612e8df0)"
    );
}
