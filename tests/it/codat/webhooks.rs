//! Codat's webhook consumers by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use serde_json::json;

#[tokio::test]
async fn a_consumer_has_its_members_by_name() {
    let body = json!({ "results": [
        { "id": "w-1", "url": "https://x/hook", "disabled": true, "eventTypes": ["a"], "companyTags": ["region:uk"] },
        { "id": "w-2", "url": "https://x/hook", "disabled": null, "companyTags": null },
        { "url": "https://x/hook" },
    ] });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let consumers = client.codat().webhooks().list_consumers().await.unwrap();
    let [first, second] = &consumers.results[..] else { panic!("two consumers") };
    assert_eq!((first.id.as_str(), first.url.as_deref()), ("w-1", Some("https://x/hook")));
    assert_eq!((first.disabled, &first.event_types[..]), (Some(true), &["a".to_owned()][..]));
    assert_eq!(first.company_tags, ["region:uk"]);
    assert_eq!((second.disabled, second.event_types.len(), second.company_tags.len()), (None, 0, 0));
    assert_eq!(consumers.unread[0].path(), "results[2]");
}

#[tokio::test]
async fn the_key_for_zapier_is_a_secret() {
    let body = r#"{"key":"sk_integ_WM4dfoK1nKZnDE_kceze6hWDjbRwOZwG.us"}"#;
    let client = offline(&Memory::playing([Step::answer(201, body)]));
    let key = client.codat().webhooks().rotate_zapier_key().await.unwrap().key;
    assert_eq!(key.expose_secret(), "sk_integ_WM4dfoK1nKZnDE_kceze6hWDjbRwOZwG.us");
}
