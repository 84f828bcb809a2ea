//! Stored files by name; what is sent is in their case.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::storage::ExtractionResult;
use serde_json::json;

#[tokio::test]
async fn a_file_has_its_members_by_name() {
    let body = json!({
        "id": "stor_1", "object": "storage", "file_name": "invoice.pdf", "file_type": "application/pdf",
        "file_size": "1024", "url": "https://files.deck.co/1?signature=s3cret", "metadata": ["number", 17],
        "extraction": { "total": 12 }, "task_run_id": "trun_1", "result": "failure",
        "created_at": "2026-11-01T10:00:05Z", "fetch_date": "2026-11-01",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let item = client.deck_v2().storage().get("stor_1").await.unwrap();
    assert!(!format!("{item:?}").contains("s3cret"));
    assert_eq!((item.id.as_str(), item.object.as_deref()), ("stor_1", Some("storage")));
    assert_eq!((item.file_name.as_deref(), item.file_size), (Some("invoice.pdf"), Some(1024)));
    assert_eq!(item.file_type.as_deref(), Some("application/pdf"));
    assert_eq!(item.url.unwrap().expose_secret(), "https://files.deck.co/1?signature=s3cret");
    assert_eq!(item.metadata.unwrap().raw(), r#"["number",17]"#);
    assert_eq!(item.extraction.unwrap().raw(), r#"{"total":12}"#);
    assert_eq!(item.task_run_id.unwrap().as_str(), "trun_1");
    assert_eq!(item.result, Some(ExtractionResult::Failure));
    assert_eq!(item.created_at.unwrap().as_str(), "2026-11-01T10:00:05Z");
}
