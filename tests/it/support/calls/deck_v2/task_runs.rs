use super::{Case, Input, Staged, Stored, storable};
use connectory::Client;
use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::credentials::CreateCredential;
use connectory::deck_v2::sources::CreateSource;
use connectory::deck_v2::task_runs::*;
use connectory::deck_v2::tasks::CreateTask;
use serde_json::json;
use std::time::Duration;

const RUN: &str = r#"{
    "id": "trun_1", "object": "task_run", "status": "pondering", "result": "unknown", "task_id": "task_1",
    "agent_id": "agt_1", "source_id": "src_1", "credential_id": "cred_1", "session_id": "sess_1",
    "runtime_ms": 5210, "output": { "balance": "12.50" }, "unseen": { "a": [1] },
    "errors": [{ "type": "interaction", "code": "interaction_timeout", "message": "Too late", "field": "code" }],
    "interaction": {
        "type": "mfa", "message": "Which code have we sent you?",
        "fields": [{ "name": "code", "type": "text", "label": "Code" }]
    },
    "input": { "month": "2026-10" },
    "storage": [{
        "id": "stor_1", "object": "storage", "file_name": "invoice.pdf", "file_type": "application/pdf",
        "file_size": 1024, "created_at": "2026-11-01T10:00:05Z", "url": "https://files.deck.co/1?{secret}",
        "extraction": { "total": 12.5 }
    }],
    "artifacts": { "screenshots": [{
        "file_name": "1.png", "file_type": "image/png", "file_size": 2048, "created_at": "2026-11-01T10:00:04Z",
        "url": "https://files.deck.co/2?{secret}", "reasoning": "The invoice is linked here"
    }] },
    "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z", "request_id": "req_1"
}"#;

const STARTED: &str = r#"{
    "id": "trun_1", "object": "task_run", "status": "queued", "result": null, "task_id": "task_1",
    "agent_id": "agt_1", "source_id": "src_1", "credential_id": "cred_1", "session_id": "sess_1",
    "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:00Z", "request_id": "req_1", "unseen": 1
}"#;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.task_runs.run",
            send: |client, input| {
                let source = input.ids.get(3).map_or("src_1", String::as_str);
                let body = RunTask::with_input(json!({ "month": "2026-10" }))
                    .credential_id(&input.ids[1])
                    .source_id(source)
                    .session_id(&input.ids[2])
                    .request_id("invoice-17");
                storable(&body, client.deck_v2().task_runs().run(&input.ids[0], &body))
            },
            request: r#"
                POST /tasks/first/run
                {
                  "credential_id": "second", "source_id": "src_1", "session_id": "third",
                  "input": { "month": "2026-10" }, "request_id": "invoice-17"
                }"#,
            required: Some((
                |client, input| {
                    let body = RunTask::new();
                    storable(&body, client.deck_v2().task_runs().run(&input.ids[0], &body))
                },
                "POST /tasks/first/run {}",
            )),
            answer: (201, STARTED),
            needs: &["/id"],
            stage: Some(|client| {
                Box::pin(async move {
                    let run = staged_run(&client, "ada").await;
                    let (task, credential) = (run.task_id.unwrap(), run.credential_id.unwrap());
                    let (session, source) = (run.session_id.unwrap(), run.source_id.unwrap());
                    let ids = [task.as_str(), credential.as_str(), session.as_str(), source.as_str()];
                    Input { ids: ids.map(str::to_owned).to_vec(), ..Input::default() }
                })
            }),
            ..Case::default()
        },
        Case {
            id: "deck_v2.task_runs.list",
            send: |client, _| {
                let query = ListTaskRuns::new()
                    .limit(50)
                    .cursor("abc=")
                    .status([TaskRunStatus::Queued, TaskRunStatus::Running])
                    .outcome([TaskRunResult::Failure])
                    .source_id(["src_1", "src_2"])
                    .agent_id("agt_1")
                    .credential_id("cred_1")
                    .task_id("task_1")
                    .created_after("2026-10-01T00:00:00Z")
                    .created_before("2026-11-01T00:00:00Z");
                storable(&query, client.deck_v2().task_runs().list(&query))
            },
            request: "GET /task-runs?agent_id=agt_1&created_after=2026-10-01T00%3A00%3A00Z\
                &created_before=2026-11-01T00%3A00%3A00Z&credential_id=cred_1&cursor=abc%3D&limit=50&outcome=failure\
                &source_id=src_1&source_id=src_2&status=queued&status=running&task_id=task_1",
            required: Some((
                |client, _| storable(&(), client.deck_v2().task_runs().list(&ListTaskRuns::new())),
                "GET /task-runs",
            )),
            answer: (
                200,
                r#"{
                  "data": [{ "id": "trun_1", "object": "task_run", "status": "canceled", "result": "inconclusive" }],
                  "has_more": true, "next_cursor": "def=", "request_id": "req_1", "unseen": 1
                }"#,
            ),
            ..Case::default()
        },
        Case {
            id: "deck_v2.task_runs.get",
            send: |client, input| {
                let parts = [TaskRunPart::Input, TaskRunPart::Storage, TaskRunPart::Artifacts];
                let query = GetTaskRun::new().include(parts);
                storable(&query, client.deck_v2().task_runs().get(&input.ids[0], &query))
            },
            request: "GET /task-runs/first?include=input%2Cstorage%2Cartifacts",
            required: Some((
                |client, input| {
                    storable(&(), client.deck_v2().task_runs().get(&input.ids[0], &GetTaskRun::new()))
                },
                "GET /task-runs/first",
            )),
            answer: (200, RUN),
            needs: &["/id"],
            stores: stores![TaskRun, Interaction, InteractionField, Artifacts, Screenshot],
            ..Case::default()
        },
        Case {
            id: "deck_v2.task_runs.cancel",
            send: |client, input| storable(&(), client.deck_v2().task_runs().cancel(&input.ids[0])),
            request: "POST /task-runs/first/cancel",
            answer: (200, r#"{ "id": "trun_1", "object": "task_run", "status": "canceling", "unseen": 1 }"#),
            needs: &["/id"],
            stage: Some(|client| run_of(client, "ada")),
            ..Case::default()
        },
        Case {
            id: "deck_v2.task_runs.answer_interaction",
            send: |client, input| {
                let body = AnswerInteraction::new().field("code", &input.secret);
                storable(&body, client.deck_v2().task_runs().answer_interaction(&input.ids[0], &body))
            },
            request: r#"POST /task-runs/first/interaction { "input": { "code": "{secret}" } }"#,
            answer: (200, r#"{ "id": "trun_1", "object": "task_run", "status": "running", "unseen": 1 }"#),
            needs: &["/id"],
            stage: Some(|client| {
                Box::pin(async move {
                    Input {
                        secret: "123456".to_owned(),
                        after: Duration::from_secs(2),
                        ..run_of(client, "ada-mfa").await
                    }
                })
            }),
            ..Case::default()
        },
        Case {
            id: "deck_v2.task_runs.list_storage",
            send: |client, input| storable(&(), client.deck_v2().task_runs().list_storage(&input.ids[0])),
            request: "GET /task-runs/first/storage",
            answer: (
                200,
                r#"{
                  "data": [{ "id": "stor_1", "object": "storage_item", "file_name": "invoice.pdf" }],
                  "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": 1
                }"#,
            ),
            ..Case::default()
        },
    ]
}

/// A run of a credential with this user name.
fn run_of(client: Client, username: &'static str) -> Staged {
    Box::pin(async move {
        let run = staged_run(&client, username).await;
        Input { ids: vec![run.id.to_string()], ..Input::default() }
    })
}

/// A run with a credential of this user name, just started.
pub async fn staged_run(client: &Client, username: &str) -> TaskRun {
    let deck = client.deck_v2();
    let agent = deck.agents().create(&CreateAgent::new("Bills")).await.unwrap();
    let task = deck.tasks().create(&CreateTask::new("Latest bill", &agent.id)).await.unwrap();
    let source = deck.sources().create(&CreateSource::website("https://example.com/")).await.unwrap();
    let credential = CreateCredential::username_password(&source.id, username, "s3cret");
    let credential = deck.credentials().create(&credential).await.unwrap();
    let body = RunTask::new().credential_id(&credential.id);
    deck.task_runs().run(&task.id, &body).await.unwrap()
}
