//! Codat's companies by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};

#[tokio::test]
async fn a_token_has_its_members_by_name() {
    let body = r#"{"expiresIn":86400,"accessToken":"string","tokenType":"Bearer"}"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let token = client.codat().companies().get_access_token(COMPANY).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "string");
    assert_eq!((token.expires_in, token.token_type.as_deref()), (Some(86400), Some("Bearer")));
}
