use super::task_runs::staged_run;
use super::{Case, Input, Stored, storable};
use connectory::deck_v2::ListOptions;
use connectory::deck_v2::sessions::*;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.sessions.list",
            send: |client, _| {
                let query = ListOptions::new().limit(50).cursor("abc=");
                storable(&query, client.deck_v2().sessions().list(&query))
            },
            request: "GET /sessions?cursor=abc%3D&limit=50",
            required: Some((
                |client, _| storable(&(), client.deck_v2().sessions().list(&ListOptions::new())),
                "GET /sessions",
            )),
            answer: (
                200,
                r#"{
                  "data": [{ "id": "sess_1", "object": "session", "status": "running" }],
                  "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": 1
                }"#,
            ),
            ..Case::default()
        },
        Case {
            id: "deck_v2.sessions.get",
            send: |client, input| storable(&(), client.deck_v2().sessions().get(&input.ids[0])),
            request: "GET /sessions/first",
            answer: (
                200,
                r#"{
                  "id": "sess_1", "object": "session", "status": "dozing", "runtime_ms": 5210, "unseen": { "a": [1] },
                  "task_runs": [
                    { "id": "trun_1", "task_id": "task_1", "agent_id": "agt_1", "credential_id": "cred_1" }
                  ],
                  "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z", "request_id": "req_1"
                }"#,
            ),
            needs: &["/id"],
            stores: stores![Session, SessionRun],
            ..Case::default()
        },
        Case {
            id: "deck_v2.sessions.end",
            send: |client, input| storable(&(), client.deck_v2().sessions().end(&input.ids[0])),
            request: "POST /sessions/first/end",
            answer: (200, r#"{ "id": "sess_1", "object": "session", "status": "completing", "unseen": 1 }"#),
            needs: &["/id"],
            stage: Some(|client| {
                Box::pin(async move {
                    let run = staged_run(&client, "ada").await;
                    Input { ids: vec![run.session_id.unwrap().to_string()], ..Input::default() }
                })
            }),
            ..Case::default()
        },
    ]
}
