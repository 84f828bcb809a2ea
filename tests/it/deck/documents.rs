//! The list, and what is asked for with a file; how a file streams is in `engine/downloads.rs`.

use super::TOKEN;
use crate::support::{
    memory::{Memory, Step},
    offline,
    wire::{Seen, Wire},
};
use connectory::Error;
use connectory::deck::documents::{GetDocumentFile, ListDocuments};
use serde_json::json;

#[tokio::test]
async fn list_gives_the_documents() {
    let answer = json!({ "documents": [
        {
            "document_id": "doc-1", "file_type": "pdf", "metadata": { "period": "2025-06", "pages": 3 },
            "file_name": "invoice.pdf", "file_size": 5_000_000_000_i64, "fetch_date": "2025-07-01T10:00:00",
        },
        { "document_id": "doc-2", "file_type": "hologram", "file_name": null, "file_size": null },
    ] });
    let client = offline(&Memory::playing([Step::answer(200, answer.to_string())]));
    let list = client.deck().documents().list(&ListDocuments::new(TOKEN)).await.unwrap();
    let [first, second] = list.documents.as_slice() else { panic!("{list:?}") };
    assert_eq!((first.document_id.as_str(), first.file_type.as_deref()), ("doc-1", Some("pdf")));
    assert_eq!(first.metadata.as_ref().unwrap().get("pages"), Some(json!(3)));
    assert_eq!((first.file_name.as_deref(), first.file_size), (Some("invoice.pdf"), Some(5_000_000_000)));
    assert_eq!(first.fetch_date.as_ref().unwrap().as_str(), "2025-07-01T10:00:00");
    assert_eq!((second.document_id.as_str(), second.file_type.as_deref()), ("doc-2", Some("hologram")));
    assert!(second.metadata.is_none() && second.file_name.is_none() && second.file_size.is_none());
    assert_eq!(serde_json::to_value(first).unwrap(), answer["documents"][0], "it can be stored as it came");
}

#[tokio::test]
async fn a_job_s_id_goes_into_the_query_whatever_is_in_it() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let body = ListDocuments::new(TOKEN).job_guid("a b&c");
    offline(&memory).deck().documents().list(&body).await.unwrap();
    assert_eq!(memory.requests()[0].uri().query(), Some("job_guid=a%20b%26c"));
}

#[tokio::test]
async fn a_document_id_goes_into_the_body_whatever_is_in_it() {
    for id in ["../x", "a\"b", "", "\u{0}"] {
        let wire = Wire::ok("").await;
        wire.client().deck().documents().file(&GetDocumentFile::new(TOKEN, id)).await.unwrap();
        let request = wire.request().await;
        assert_eq!(request.line(), "POST /jobs/documents/file");
        assert_eq!(request.json()["document_id"], id);
    }
}

#[tokio::test]
async fn an_unknown_document_is_refused_in_deck_s_words() {
    let refused = r#"{"error_category":"INVALID_REQUEST","error_code":"INVALID_STATEMENT_ID"}"#;
    let wire = Wire::status(400, refused).await;
    let error =
        wire.client().deck().documents().file(&GetDocumentFile::new(TOKEN, "doc-9")).await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    assert_eq!(error.code(), Some("INVALID_STATEMENT_ID"));
}
