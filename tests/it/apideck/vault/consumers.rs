//! Apideck's consumers by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::apideck::UnifiedApi;
use connectory::apideck::vault::connections::{AuthType, ConnectionHealth, ConnectionState};
use connectory::apideck::vault::consumers::Consumers;
use serde_json::{Value, json};

fn consumers(data: Value) -> Consumers {
    let answer = json!({ "status_code": 200, "status": "OK", "data": data }).to_string();
    offline(&Memory::playing([Step::answer(200, answer)])).apideck().vault().consumers()
}

#[tokio::test]
async fn a_consumer_has_its_members_by_name() {
    let consumers = consumers(json!({
        "consumer_id": "acme", "application_id": "app-1", "created": "2021-05-05T12:55:42.242Z",
        "metadata": { "account_name": "Acme Inc", "user_name": "Jo", "email": "jo@acme.example", "image": "https://jo" },
        "connections": [{
            "id": "app-1+acme", "name": "Salesforce", "icon": "https://icon", "logo": "https://logo",
            "website": "https://site", "tag_line": "CRM", "unified_api": "crm", "service_id": "salesforce",
            "consumer_id": "acme", "auth_type": "oauth2", "enabled": false, "settings": { "a": 1 },
            "metadata": { "b": 2 }, "state": "callable", "health": "ok", "created_at": "2020-09-19T12:18:37.071Z",
            "updated_at": "2020-09-20T12:18:37.071Z", "credentials_expire_at": "2020-09-22T12:18:37.071Z",
            "last_refresh_failed_at": "2020-09-21T12:18:37.071Z",
        }],
        "services": ["salesforce", "stripe"], "aggregated_request_count": 131.0,
        "request_counts": { "unify": 100, "proxy": 10, "vault": 21 },
        "request_count_updated": "2021-05-07T12:55:42.242Z", "modified": "2021-05-06T12:55:42.242Z",
    }));
    let consumer = consumers.get("acme").await.unwrap().data;
    assert_eq!((consumer.consumer_id.as_str(), consumer.application_id.unwrap().as_str()), ("acme", "app-1"));
    let metadata = consumer.metadata.unwrap();
    assert_eq!(
        (metadata.account_name.as_deref(), metadata.user_name.as_deref()),
        (Some("Acme Inc"), Some("Jo"))
    );
    assert_eq!(
        (metadata.email.as_deref(), metadata.image.as_deref()),
        (Some("jo@acme.example"), Some("https://jo"))
    );
    assert_eq!(consumer.services.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["salesforce", "stripe"]);
    assert_eq!(consumer.aggregated_request_count, Some(131), "a fraction of zeros is a whole number");
    let counts = consumer.request_counts.unwrap();
    assert_eq!((counts.unify, counts.proxy, counts.vault), (Some(100), Some(10), Some(21)));
    assert_eq!(consumer.request_count_updated.unwrap().as_str(), "2021-05-07T12:55:42.242Z");
    assert_eq!(consumer.created.unwrap().as_str(), "2021-05-05T12:55:42.242Z");
    assert_eq!(consumer.modified.unwrap().as_str(), "2021-05-06T12:55:42.242Z");

    let [connection] = &consumer.connections[..] else { panic!("one connection") };
    assert_eq!(
        (connection.id.as_deref(), connection.name.as_deref()),
        (Some("app-1+acme"), Some("Salesforce"))
    );
    assert_eq!(
        (connection.icon.as_deref(), connection.logo.as_deref()),
        (Some("https://icon"), Some("https://logo"))
    );
    assert_eq!(
        (connection.website.as_deref(), connection.tag_line.as_deref()),
        (Some("https://site"), Some("CRM"))
    );
    assert_eq!(connection.unified_api, Some(UnifiedApi::Crm));
    assert_eq!(connection.service_id.as_ref().unwrap().as_str(), "salesforce");
    assert_eq!(connection.consumer_id.as_ref().unwrap().as_str(), "acme");
    assert_eq!((connection.auth_type.clone(), connection.enabled), (Some(AuthType::OAuth2), Some(false)));
    assert_eq!(connection.state, Some(ConnectionState::Callable));
    assert_eq!(connection.health, Some(ConnectionHealth::Ok));
    assert_eq!(connection.settings.as_ref().unwrap().get("a"), Some(1));
    assert_eq!(connection.metadata.as_ref().unwrap().get("b"), Some(2));
    assert_eq!(connection.created_at.as_ref().unwrap().as_str(), "2020-09-19T12:18:37.071Z");
    assert_eq!(connection.updated_at.as_ref().unwrap().as_str(), "2020-09-20T12:18:37.071Z");
    assert_eq!(connection.last_refresh_failed_at.as_ref().unwrap().as_str(), "2020-09-21T12:18:37.071Z");
    assert_eq!(connection.credentials_expire_at.as_ref().unwrap().as_str(), "2020-09-22T12:18:37.071Z");
}

#[tokio::test]
async fn request_counts_have_their_members_by_name() {
    let consumers = consumers(json!({
        "application_id": "app-1", "consumer_id": "acme", "start_datetime": "2021-05-01T12:00:00.000Z",
        "end_datetime": "2021-05-10T12:00:00.000Z", "aggregated_request_count": 40,
        "request_counts": { "unify": 32, "proxy": 3, "vault": 5 },
    }));
    let counts = consumers.request_counts("acme", "2021-05-01", "2021-05-10").await.unwrap().data;
    assert_eq!(counts.application_id.unwrap().as_str(), "app-1");
    assert_eq!(counts.consumer_id.unwrap().as_str(), "acme");
    assert_eq!(counts.start_datetime.unwrap().as_str(), "2021-05-01T12:00:00.000Z");
    assert_eq!(counts.end_datetime.unwrap().as_str(), "2021-05-10T12:00:00.000Z");
    assert_eq!(counts.aggregated_request_count, Some(40));
    assert_eq!(counts.request_counts.unwrap().unify, Some(32));
}

/// An answer that breaks off, or is none, must not turn a delete that happened into an error.
#[tokio::test]
async fn a_delete_does_not_read_what_is_answered() {
    for body in ["", "{", "<html>", "[]", r#"{"data":{"consumer_id":"acme"}}"#] {
        let client = offline(&Memory::playing([Step::answer(200, body)]));
        client.apideck().vault().consumers().delete("acme").await.unwrap();
    }
}
