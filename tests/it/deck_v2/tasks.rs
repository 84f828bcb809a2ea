//! Tasks by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::OtherJson;
use connectory::deck_v2::tasks::{CreateTask, Task, TaskSettings, TaskStatus, TaskStorage};
use serde::Serialize;
use serde_json::{Value, json};

async fn read(body: &str) -> Task {
    offline(&Memory::playing([Step::answer(200, body.to_owned())]))
        .deck_v2()
        .tasks()
        .get("task_1")
        .await
        .unwrap()
}

#[tokio::test]
async fn a_task_has_its_members_by_name() {
    let body = json!({
        "id": "task_1", "object": "task", "name": "Latest bill", "prompt": "Find it", "status": "test",
        "agent_id": "agt_1", "input_schema": { "type": "object" }, "output_schema": { "type": "array" },
        "storage": {
            "enabled": true, "extraction": false, "extraction_schema": { "type": "string" }, "deduplication": true,
        },
        "extraction": true, "settings": { "timeout_seconds": 600 },
        "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    });
    let task = read(&body.to_string()).await;
    assert_eq!((task.id.as_str(), task.object.as_deref()), ("task_1", Some("task")));
    assert_eq!((task.name.as_deref(), task.prompt.as_deref()), (Some("Latest bill"), Some("Find it")));
    assert_eq!((task.status, task.agent_id.unwrap().as_str()), (Some(TaskStatus::Test), "agt_1"));
    assert_eq!(task.input_schema.unwrap().raw(), r#"{"type":"object"}"#);
    assert_eq!(task.output_schema.unwrap().raw(), r#"{"type":"array"}"#);
    let storage = task.storage.unwrap();
    assert_eq!((storage.enabled, storage.extraction), (Some(true), Some(false)));
    assert_eq!(storage.deduplication, Some(true));
    assert_eq!(storage.extraction_schema.unwrap().raw(), r#"{"type":"string"}"#);
    assert_eq!((task.extraction, task.settings.unwrap().timeout_seconds), (Some(true), Some(600)));
    assert_eq!(task.created_at.unwrap().as_str(), "2026-03-01T09:00:00Z");
    assert_eq!(task.updated_at.unwrap().as_str(), "2026-03-02T09:00:00Z");
    assert_eq!(task.request_id.as_deref(), Some("req_1"));
}

#[tokio::test]
async fn numbers_may_be_texts_and_schemas_any_json() {
    let odd = r#"{
        "id": "task_1", "settings": { "timeout_seconds": "600" }, "input_schema": "text", "output_schema": null
    }"#;
    let task = read(odd).await;
    assert_eq!(task.settings.unwrap().timeout_seconds, Some(600));
    assert_eq!(task.input_schema.unwrap().raw(), r#""text""#);
    assert!(task.output_schema.is_none());
}

#[test]
fn a_schema_is_made_of_whatever_serialises() {
    #[derive(Serialize)]
    struct Schema {
        #[serde(rename = "type")]
        kind: &'static str,
    }

    let schema = OtherJson::new(&Schema { kind: "object" }).unwrap();
    let body = CreateTask::new("Latest bill", "agt_1").output_schema(schema);
    let expected =
        json!({ "name": "Latest bill", "agent_id": "agt_1", "output_schema": { "type": "object" } });
    assert_eq!(serde_json::to_value(body).unwrap(), expected);
}

/// Deck shows `settings` and `storage` in part: a member that was not seen can be sent all the same.
#[tokio::test]
async fn settings_and_storage_take_other_members() {
    let memory = Memory::playing([Step::answer(201, r#"{ "id": "task_1" }"#)]);
    let body = CreateTask::new("Latest bill", "agt_1")
        .settings(TaskSettings::new().timeout_seconds(60).more("retries", 2))
        .storage(TaskStorage::new().enabled(true).more("retention", "30d"));
    offline(&memory).deck_v2().tasks().create(&body).await.unwrap();
    let sent: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
    assert_eq!(sent["settings"], json!({ "timeout_seconds": 60, "retries": 2 }));
    assert_eq!(sent["storage"], json!({ "enabled": true, "retention": "30d" }));
}
