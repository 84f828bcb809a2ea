//! Events by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::event_log::{EventType, ListEvents};
use serde_json::json;

#[tokio::test]
async fn an_event_has_its_members_by_name() {
    let event = |kind: &str| {
        json!({
            "id": "evt_1", "object": "event", "type": kind, "data": { "id": "trun_1" },
            "created_at": "2026-11-01T10:00:00Z",
        })
    };
    let kinds = ["task_run.cancelling", "task_run.pending", "workflow_run.completed"];
    let body = json!({ "data": kinds.map(event), "has_more": false });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let events = client.deck_v2().event_log().list(&ListEvents::new()).await.unwrap().data;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone().unwrap()).collect();
    assert_eq!(kinds[..2], [EventType::TaskRunCanceling, EventType::TaskRunPending]);
    assert_eq!(kinds[2].as_str(), "workflow_run.completed", "what is unknown passes through");
    let event = &events[0];
    assert_eq!((event.id.as_str(), event.object.as_deref()), ("evt_1", Some("event")));
    assert_eq!(event.data.as_ref().unwrap().raw(), r#"{"id":"trun_1"}"#);
    assert_eq!(event.created_at.as_ref().unwrap().as_str(), "2026-11-01T10:00:00Z");
    assert!(event.request_id.is_none());
}
