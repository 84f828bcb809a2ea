use super::{Case, Stored, storable};
use connectory::deck_v2::event_log::*;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.event_log.list",
            send: |client, _| {
                let query = ListEvents::new()
                    .limit(50)
                    .cursor("abc=")
                    .kind([EventType::TaskRunCompleted, EventType::TaskRunFailed])
                    .created_after("2026-10-01T00:00:00Z")
                    .created_before("2026-11-01T00:00:00Z");
                storable(&query, client.deck_v2().event_log().list(&query))
            },
            request: "GET /events?created_after=2026-10-01T00%3A00%3A00Z&created_before=2026-11-01T00%3A00%3A00Z\
                &cursor=abc%3D&limit=50&type=task_run.completed&type=task_run.failed",
            required: Some((
                |client, _| storable(&(), client.deck_v2().event_log().list(&ListEvents::new())),
                "GET /events",
            )),
            answer: (
                200,
                r#"{
                  "data": [{ "id": "evt_1", "object": "event", "type": "task_run.canceled", "data": {} }],
                  "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": 1
                }"#,
            ),
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_log.get",
            send: |client, input| storable(&(), client.deck_v2().event_log().get(&input.ids[0])),
            request: "GET /events/first",
            answer: (
                200,
                r#"{
                  "id": "evt_1", "object": "event", "type": "task_run.pondering",
                  "data": { "id": "trun_1", "object": "task_run", "status": "pondering" },
                  "created_at": "2026-11-01T10:00:00Z", "request_id": "req_1", "unseen": { "a": [1] }
                }"#,
            ),
            needs: &["/id"],
            stores: stores![Event],
            ..Case::default()
        },
    ]
}
