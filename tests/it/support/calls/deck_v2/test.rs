use super::{Case, Stored, storable};
use connectory::deck_v2::{ErrorItem, test::Readiness};

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "deck_v2.test.get",
        send: |client, _| storable(&(), client.deck_v2().test().get()),
        request: "GET /test",
        answer: (
            200,
            r#"{ "status": "starting", "environment": "live", "request_id": "req_1", "unseen": { "a": [1] } }"#,
        ),
        stores: stores![Readiness, ErrorItem],
        ..Case::default()
    }]
}
