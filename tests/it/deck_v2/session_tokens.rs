//! A session token by name.

use crate::support::{
    memory::{Memory, Step},
    offline,
};

#[tokio::test]
async fn a_token_has_its_members_by_name() {
    let body = r#"{
        "id": "tok_1", "object": "token", "token": "tk_1", "expires_at": "2026-03-01T09:30:00Z",
        "created_at": "2026-03-01T09:00:00Z", "request_id": "req_1"
    }"#;
    let client = offline(&Memory::playing([Step::answer(201, body)]));
    let token = client.deck_v2().session_tokens().create().await.unwrap();
    assert_eq!((token.id.unwrap().as_str(), token.object.as_deref()), ("tok_1", Some("token")));
    assert_eq!(token.token.expose_secret(), "tk_1");
    assert_eq!(token.expires_at.unwrap().as_str(), "2026-03-01T09:30:00Z");
    assert_eq!(token.created_at.unwrap().as_str(), "2026-03-01T09:00:00Z");
    assert_eq!(token.request_id.as_deref(), Some("req_1"));
}

#[tokio::test]
async fn a_token_is_never_printed_and_its_id_may_be_missing() {
    let client = offline(&Memory::playing([Step::answer(201, r#"{"token":"tk_1"}"#)]));
    let token = client.deck_v2().session_tokens().create().await.unwrap();
    assert!(token.id.is_none() && !format!("{token:?}").contains("tk_1"));
}
