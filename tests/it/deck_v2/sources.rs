//! Sources by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::ListOptions;
use connectory::deck_v2::sources::SourceType;
use serde_json::json;

#[tokio::test]
async fn a_source_has_its_members_by_name() {
    let body = json!({
        "id": "src_1", "object": "source", "name": "Utility", "type": "website",
        "website": { "url": "https://utility.example/" },
        "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    });
    let client = offline(&Memory::playing([Step::answer(201, body.to_string())]));
    let source = client.deck_v2().sources().get("src_1").await.unwrap();
    assert_eq!((source.id.as_str(), source.object.as_deref()), ("src_1", Some("source")));
    assert_eq!((source.name.as_deref(), source.kind), (Some("Utility"), Some(SourceType::Website)));
    assert_eq!(source.website.unwrap().url.as_deref(), Some("https://utility.example/"));
    assert_eq!(source.created_at.unwrap().as_str(), "2026-03-01T09:00:00Z");
    assert_eq!(source.updated_at.unwrap().as_str(), "2026-03-02T09:00:00Z");
    assert_eq!(source.request_id.as_deref(), Some("req_1"));
}

#[tokio::test]
async fn a_source_of_another_kind_has_no_website_and_costs_no_page() {
    let body = json!({ "data": [
        { "id": "src_1", "type": "desktop_app", "website": null },
        { "id": "src_2", "type": "website", "website": { "url": "https://utility.example/" } },
        { "type": "website" },
    ], "has_more": false });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let page = client.deck_v2().sources().list(&ListOptions::new()).await.unwrap();
    let kinds: Vec<_> = page.data.iter().map(|source| source.kind.as_ref().unwrap().as_str()).collect();
    assert_eq!(kinds, ["desktop_app", "website"]);
    assert_eq!(page.unread[0].path(), "data[2]", "what has no id is told, and not lost in silence");
}
