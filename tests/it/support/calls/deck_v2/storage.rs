use super::{Case, Stored, storable};
use connectory::deck_v2::storage::*;

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "deck_v2.storage.get",
        send: |client, input| storable(&(), client.deck_v2().storage().get(&input.ids[0])),
        request: "GET /storage/first",
        answer: (
            200,
            r#"{
              "id": "stor_1", "object": "storage_item", "file_name": "invoice.pdf", "file_type": "application/pdf",
              "file_size": 1024, "url": "https://files.deck.co/1?{secret}", "metadata": { "number": "17" },
              "extraction": { "total": 12.5 }, "task_run_id": "trun_1", "result": "partial",
              "created_at": "2026-11-01T10:00:05Z", "unseen": { "a": [1] }
            }"#,
        ),
        needs: &["/id"],
        stores: stores![StorageItem],
        ..Case::default()
    }]
}
