//! Credentials by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::credentials::{
    AuthCredentials, AuthMethod, CreateCredential, CredentialStatus, UpdateCredential,
};
use connectory::{JsonMap, Patch};
use serde_json::{Value, json};

#[tokio::test]
async fn a_credential_has_its_members_by_name() {
    let body = json!({
        "id": "cred_1", "object": "credential", "status": "verified", "external_id": "customer-7",
        "source_id": "src_1", "auth_method": "username_password", "auth_credentials": { "username": "jane" },
        "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let credential = client.deck_v2().credentials().get("cred_1").await.unwrap();
    assert_eq!((credential.id.as_str(), credential.object.as_deref()), ("cred_1", Some("credential")));
    assert_eq!(credential.status, Some(CredentialStatus::Verified));
    assert_eq!(credential.external_id.as_deref(), Some("customer-7"));
    assert_eq!(credential.source_id.as_ref().unwrap().as_str(), "src_1");
    assert_eq!(credential.auth_method, Some(AuthMethod::UsernamePassword));
    let shown = credential.auth_credentials.as_ref().unwrap();
    assert_eq!(shown.get::<String>("username").as_deref(), Some("jane"));
    assert!(!format!("{credential:?}").contains("jane"));
    assert_eq!(credential.created_at.unwrap().as_str(), "2026-03-01T09:00:00Z");
    assert_eq!(credential.updated_at.unwrap().as_str(), "2026-03-02T09:00:00Z");
    assert_eq!(credential.request_id.as_deref(), Some("req_1"));
}

async fn sent(body: &CreateCredential) -> Value {
    let memory = Memory::playing([Step::answer(201, r#"{"id":"cred_1"}"#)]);
    offline(&memory).deck_v2().credentials().create(body).await.unwrap();
    serde_json::from_slice(memory.requests()[0].body()).unwrap()
}

#[tokio::test]
async fn a_user_name_and_a_password_are_sent_and_never_printed() {
    let body = CreateCredential::username_password("src_1", "jane", "hunter22");
    let expected = json!({
        "source_id": "src_1", "auth_method": "username_password",
        "auth_credentials": { "username": "jane", "password": "hunter22" },
    });
    assert_eq!(sent(&body).await, expected);
    let shown = format!("{body:?} {}", serde_json::to_string(&body).unwrap());
    assert!(!shown.contains("jane") && !shown.contains("hunter22"), "{shown}");
}

#[tokio::test]
async fn a_method_that_this_version_does_not_know_can_be_sent() {
    let key = AuthCredentials::new().more("key", "s3cret-key");
    let body = CreateCredential::new("src_1").auth_method("api_key").auth_credentials(key);
    let expected = json!({
        "source_id": "src_1", "auth_method": "api_key", "auth_credentials": { "key": "s3cret-key" },
    });
    assert_eq!(sent(&body).await, expected);
    let shown = format!("{body:?} {}", serde_json::to_string(&body).unwrap());
    assert!(!shown.contains("s3cret-key"), "{shown}");
}

#[tokio::test]
async fn an_update_sends_what_it_changes_alone() {
    let fields = JsonMap::new().with("company_id", "c-7");
    for (update, expected) in [
        (UpdateCredential::new(), json!({})),
        (UpdateCredential::new().external_id("c"), json!({ "external_id": "c" })),
        (UpdateCredential::new().external_id(Patch::Clear), json!({ "external_id": null })),
        (
            UpdateCredential::new().auth_credentials(AuthCredentials::new().source_fields(fields)),
            json!({ "auth_credentials": { "source_fields": { "company_id": "c-7" } } }),
        ),
    ] {
        let memory = Memory::playing([Step::answer(200, r#"{"id":"cred_1"}"#)]);
        offline(&memory).deck_v2().credentials().update("cred_1", &update).await.unwrap();
        let sent: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
        assert_eq!(sent, expected);
    }
}

#[test]
fn a_credential_that_was_tried_or_is_gone_stays_so_for_now() {
    let open: Vec<_> = CredentialStatus::KNOWN.iter().filter(|status| !status.is_final()).collect();
    assert_eq!(open, [&CredentialStatus::Unverified]);
    assert!(!CredentialStatus::from("checking").is_final());
}
