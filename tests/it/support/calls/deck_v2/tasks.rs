use super::{Case, Input, Staged, Stored, sent, storable};
use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::tasks::*;
use connectory::{Client, Patch};
use serde_json::json;

const TASK: &str = r#"{
    "id": "task_9GhJk3Lm5NpQrStU", "object": "task", "name": "Latest bill", "prompt": "Find the latest bill",
    "status": "paused", "agent_id": "agt_4nVbq0T1ZyXwLk2s",
    "input_schema": { "type": "object" }, "output_schema": { "type": "array" },
    "storage": {
        "enabled": true, "extraction": true, "extraction_schema": { "type": "object" }, "deduplication": false,
        "unseen": 1
    },
    "extraction": true, "settings": { "timeout_seconds": 600, "unseen": 1 },
    "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    "unseen": { "a": [1] }
}"#;

const PAGE: &str = r#"{
    "data": [{ "id": "task_9GhJk3Lm5NpQrStU", "object": "task", "name": "Latest bill", "unseen": 1 }],
    "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": { "a": [1] }
}"#;

fn storage() -> TaskStorage {
    let storage = TaskStorage::new().enabled(true).extraction(true).deduplication(false);
    storage.extraction_schema(json!({ "type": "object" }))
}

/// An agent whose id the body names, since the path has none.
fn an_agent(client: Client) -> Staged {
    Box::pin(async move {
        let agent = client.deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
        Input { ids: vec![agent.id.to_string()], ..Input::default() }
    })
}

/// A task that is there.
pub fn a_task(client: Client) -> Staged {
    Box::pin(async move {
        let agent = client.deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
        let task = CreateTask::new("Latest bill", agent.id);
        let task = client.deck_v2().tasks().create(&task).await.unwrap();
        Input { ids: vec![task.id.to_string()], ..Input::default() }
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.tasks.create",
            send: |client, input| {
                let body = CreateTask::new("Latest bill", &input.ids[0])
                    .id("latest-bill")
                    .prompt("Find the latest bill")
                    .input_schema(json!({ "type": "object" }))
                    .output_schema(json!({ "type": "array" }))
                    .storage(storage())
                    .extraction(true)
                    .settings(TaskSettings::new().timeout_seconds(600))
                    .more("priority", 7);
                storable(&body, client.deck_v2().tasks().create(&body))
            },
            request: r#"POST /tasks {
                "name": "Latest bill", "agent_id": "first", "id": "latest-bill", "prompt": "Find the latest bill",
                "input_schema": { "type": "object" }, "output_schema": { "type": "array" },
                "storage": {
                    "enabled": true, "extraction": true, "extraction_schema": { "type": "object" },
                    "deduplication": false
                },
                "extraction": true, "settings": { "timeout_seconds": 600 }, "priority": 7
            }"#,
            required: Some((
                |client, input| {
                    let body = CreateTask::new("Latest bill", &input.ids[0]);
                    storable(&body, client.deck_v2().tasks().create(&body))
                },
                r#"POST /tasks { "name": "Latest bill", "agent_id": "first" }"#,
            )),
            answer: (201, TASK),
            needs: &["/id"],
            stores: stores![Task, TaskStorage, TaskSettings],
            stage: Some(an_agent),
        },
        Case {
            id: "deck_v2.tasks.list",
            send: |client, _| {
                let query = ListTasks::new().limit(50).cursor("cur_0000000000000000");
                let query = query.agent_id("agt_1").status("live");
                storable(&query, client.deck_v2().tasks().list(&query))
            },
            request: "GET /tasks?agent_id=agt_1&cursor=cur_0000000000000000&limit=50&status=live",
            required: Some((
                |client, _| storable(&(), client.deck_v2().tasks().list(&ListTasks::new())),
                "GET /tasks",
            )),
            answer: (200, PAGE),
            ..Case::default()
        },
        Case {
            id: "deck_v2.tasks.get",
            send: |client, input| storable(&(), client.deck_v2().tasks().get(&input.ids[0])),
            request: "GET /tasks/first",
            answer: (200, TASK),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "deck_v2.tasks.update",
            send: |client, input| {
                let body = UpdateTask::new()
                    .name("Bills of a year")
                    .prompt(Patch::Clear)
                    .input_schema(Patch::Clear)
                    .output_schema(json!({ "type": "array" }))
                    .storage(storage())
                    .settings(TaskSettings::new().timeout_seconds(900))
                    .more("priority", 7);
                storable(&body, client.deck_v2().tasks().update(&input.ids[0], &body))
            },
            request: r#"PATCH /tasks/first {
                "name": "Bills of a year", "prompt": null, "input_schema": null,
                "output_schema": { "type": "array" },
                "storage": {
                    "enabled": true, "extraction": true, "extraction_schema": { "type": "object" },
                    "deduplication": false
                },
                "settings": { "timeout_seconds": 900 }, "priority": 7
            }"#,
            required: Some((
                |client, input| {
                    let body = UpdateTask::new();
                    storable(&body, client.deck_v2().tasks().update(&input.ids[0], &body))
                },
                "PATCH /tasks/first {}",
            )),
            answer: (200, TASK),
            needs: &["/id"],
            stage: Some(a_task),
            ..Case::default()
        },
        Case {
            id: "deck_v2.tasks.delete",
            send: |client, input| sent(&(), client.deck_v2().tasks().delete(&input.ids[0])),
            request: "DELETE /tasks/first",
            answer: (200, ""),
            stage: Some(a_task),
            ..Case::default()
        },
    ]
}
