//! Codat's settings by name, and where its document differs from what it answers.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::codat::settings::{CreateApiKey, Settings};
use serde_json::{Value, json};

fn answered(status: u16, body: &'static str) -> Settings {
    offline(&Memory::playing([Step::answer(status, body)])).codat().settings()
}

#[tokio::test]
async fn a_profile_has_its_members_by_name() {
    let body = r#"{
        "name": "Bob", "logoUrl": "https://logo.example", "iconUrl": "https://icon.example",
        "redirectUrl": "https://bob.example/{companyId}", "whiteListUrls": ["https://bob.example"],
        "apiKey": "s3cret", "confirmCompanyName": true
    }"#;
    let profile = answered(200, body).get_profile().await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Bob"));
    assert_eq!(profile.logo_url.as_deref(), Some("https://logo.example"));
    assert_eq!(profile.icon_url.as_deref(), Some("https://icon.example"));
    assert_eq!(profile.redirect_url.as_deref(), Some("https://bob.example/{companyId}"));
    assert_eq!(profile.white_list_urls, ["https://bob.example"]);
    assert_eq!(
        (profile.api_key.unwrap().expose_secret(), profile.confirm_company_name),
        ("s3cret", Some(true))
    );
}

#[tokio::test]
async fn a_profile_gives_the_update_that_changes_nothing() {
    let whole = json!({
        "name": "Bob", "logoUrl": "https://logo.example", "iconUrl": "https://icon.example",
        "redirectUrl": "https://bob.example/{companyId}", "whiteListUrls": ["https://bob.example"],
        "apiKey": "s3cret", "confirmCompanyName": true
    });
    let memory = Memory::playing([200, 200].map(|status| Step::answer(status, whole.to_string())));
    let settings = offline(&memory).codat().settings();
    let update = settings.get_profile().await.unwrap().to_update().unwrap();
    settings.update_profile(&update).await.unwrap();
    let sent: Value = serde_json::from_slice(memory.requests()[1].body()).unwrap();
    assert_eq!(sent, whole);

    for lacking in [r#"{ "name": "Bob" }"#, r#"{ "redirectUrl": "https://bob.example" }"#] {
        assert!(answered(200, lacking).get_profile().await.unwrap().to_update().is_none());
    }
}

#[tokio::test]
async fn sync_settings_are_their_client_s() {
    let body = r#"{ "clientId": "c-1", "settings": null, "overridesDefaults": false }"#;
    let found = answered(200, body).get_sync_settings().await.unwrap();
    assert_eq!((found.client_id, found.overrides_defaults), (Some("c-1".into()), Some(false)));
    assert!(found.settings.is_empty());
}

#[tokio::test]
async fn api_keys_have_their_members_by_name() {
    let body = r#"{ "results": [
        { "id": "k-1", "name": "azure", "apiKey": "s3cret", "createdDate": "2022-04-11T13:49:37Z" },
        { "id": "k-2", "apiKey": null, "createdDate": null },
        { "name": "lost" }
    ] }"#;
    let keys = answered(200, body).list_api_keys().await.unwrap();
    let [first, second] = &keys.results[..] else { panic!("two keys") };
    assert_eq!((first.id.as_str(), first.name.as_deref()), ("k-1", Some("azure")));
    assert_eq!(first.api_key.as_ref().unwrap().expose_secret(), "s3cret");
    assert_eq!(first.created_date.as_ref().unwrap().as_str(), "2022-04-11T13:49:37Z");
    assert!(second.name.is_none() && second.api_key.is_none() && second.created_date.is_none());
    assert_eq!(keys.unread.len(), 1, "one has no id");

    let body = r#"{ "id": "k-1", "name": null, "apiKey": "s3cret", "createdDate": "2022-04-11" }"#;
    let key = answered(201, body).create_api_key(&CreateApiKey::new()).await.unwrap();
    assert_eq!((key.id.as_str(), key.name, key.api_key.expose_secret()), ("k-1", None, "s3cret"));
    assert_eq!(key.created_date.unwrap().as_str(), "2022-04-11");
}

/// The document gives it the body of a refusal.
#[tokio::test]
async fn an_api_key_is_deleted_by_a_204() {
    for body in ["", r#"{ "statusCode": 429, "error": "You have made too many requests" }"#] {
        answered(204, body).delete_api_key("k-1").await.unwrap();
    }
}
