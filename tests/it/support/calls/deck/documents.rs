use super::{Case, Stored, sent, storable};
use connectory::deck::documents::*;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck.documents.list",
            send: |client, input| {
                let body = ListDocuments::new(&input.secret).job_guid("55bba4ec-7242-4f52-b3c0-08de128283fc");
                storable(&body, client.deck().documents().list(&body))
            },
            request: r#"POST /jobs/documents/list?job_guid=55bba4ec-7242-4f52-b3c0-08de128283fc { "access_token": "{secret}" }"#,
            required: Some((
                |client, input| {
                    let body = ListDocuments::new(&input.secret);
                    storable(&body, client.deck().documents().list(&body))
                },
                r#"POST /jobs/documents/list { "access_token": "{secret}" }"#,
            )),
            answer: (
                200,
                r#"{ "documents": [{
                  "document_id": "doc-1", "file_type": "pdf", "metadata": { "note": "{secret}" },
                  "file_name": "invoice.pdf", "file_size": 1024, "fetch_date": "2025-07-01T10:00:00", "unseen": 1
                }] }"#,
            ),
            stores: stores![DocumentList, DocumentInfo],
            ..Case::default()
        },
        Case {
            id: "deck.documents.file",
            send: |client, input| {
                let body = GetDocumentFile::new(&input.secret, "doc-1");
                sent(&body, client.deck().documents().file(&body))
            },
            request: r#"
                POST /jobs/documents/file
                accept: */*
                accept-encoding: identity
                { "access_token": "{secret}", "document_id": "doc-1" }"#,
            answer: (200, "%PDF-1.7 {secret}"),
            ..Case::default()
        },
    ]
}
