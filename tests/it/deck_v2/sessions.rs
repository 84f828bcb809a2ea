//! Sessions by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::sessions::SessionStatus;
use serde_json::json;

#[tokio::test]
async fn a_session_has_its_members_by_name() {
    let body = json!({
        "id": "sess_1", "object": "session", "status": "idle", "runtime_ms": 5210,
        "task_runs": [{ "id": "trun_1", "task_id": "task_1", "agent_id": "agt_1", "credential_id": null }],
        "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z", "request_id": "req_1",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let session = client.deck_v2().sessions().get("sess_1").await.unwrap();
    assert_eq!((session.id.as_str(), session.object.as_deref()), ("sess_1", Some("session")));
    assert_eq!((session.status, session.runtime_ms), (Some(SessionStatus::Idle), Some(5210)));
    let [run] = &session.task_runs[..] else { panic!("one run") };
    assert_eq!((run.id.as_str(), run.task_id.as_ref().unwrap().as_str()), ("trun_1", "task_1"));
    assert_eq!((run.agent_id.as_ref().unwrap().as_str(), run.credential_id.as_ref()), ("agt_1", None));
    assert_eq!(session.created_at.unwrap().as_str(), "2026-11-01T10:00:00Z");
    assert_eq!(session.updated_at.unwrap().as_str(), "2026-11-01T10:00:05Z");
    assert_eq!(session.request_id.as_deref(), Some("req_1"));
}

#[test]
fn a_session_has_ended_where_nothing_follows() {
    let ends: Vec<_> = SessionStatus::KNOWN.iter().filter(|status| status.is_final()).collect();
    assert_eq!(ends, [&SessionStatus::Completed, &SessionStatus::Failed]);
}
