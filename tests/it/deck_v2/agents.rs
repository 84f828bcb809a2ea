//! Agents by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::tasks::TaskStatus;
use serde_json::json;

#[tokio::test]
async fn an_agent_has_its_members_by_name() {
    let body = json!({
        "id": "agt_1", "object": "agent", "name": "Bills", "description": "Fetches bills",
        "tasks": [{ "id": "task_1", "object": "task", "name": "Latest bill", "status": "learning" }],
        "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let agent = client.deck_v2().agents().get("agt_1").await.unwrap();
    assert_eq!((agent.id.as_str(), agent.object.as_deref()), ("agt_1", Some("agent")));
    assert_eq!((agent.name.as_deref(), agent.description.as_deref()), (Some("Bills"), Some("Fetches bills")));
    assert_eq!(agent.created_at.unwrap().as_str(), "2026-03-01T09:00:00Z");
    assert_eq!(agent.updated_at.unwrap().as_str(), "2026-03-02T09:00:00Z");
    assert_eq!(agent.request_id.as_deref(), Some("req_1"));
    let [task] = &agent.tasks[..] else { panic!("one task") };
    assert_eq!((task.id.as_str(), task.object.as_deref()), ("task_1", Some("task")));
    assert_eq!((task.name.as_deref(), &task.status), (Some("Latest bill"), &Some(TaskStatus::Learning)));
}

#[tokio::test]
async fn what_an_older_generation_leaves_out_is_not_missed() {
    let body = r#"{ "id": "agt_1", "object": "agent", "name": "Bills" }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let agent = client.deck_v2().agents().get("agt_1").await.unwrap();
    assert!(agent.tasks.is_empty() && agent.created_at.is_none() && agent.request_id.is_none());
}

#[tokio::test]
async fn whatever_confirms_a_deletion_it_is_one() {
    let bodies = [
        (200, r#"{"id":"agt_1","object":"agent","deleted":true,"request_id":"req_1"}"#),
        (204, ""),
        (200, "OK"),
    ];
    for (status, body) in bodies {
        let client = offline(&Memory::playing([Step::answer(status, body)]));
        client.deck_v2().agents().delete("agt_1").await.unwrap();
    }
}
