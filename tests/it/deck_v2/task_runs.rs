//! Runs of tasks by name, and what is odd about them; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::task_runs::*;
use connectory::deck_v2::{DeckV2, ErrorCode, ErrorType};
use serde::{Deserialize, Serialize};
use serde_json::json;

fn deck(answer: &serde_json::Value) -> DeckV2 {
    offline(&Memory::playing([Step::answer(200, answer.to_string())])).deck_v2()
}

#[tokio::test]
async fn a_run_has_its_members_by_name() {
    let body = json!({
        "id": "trun_1", "object": "task_run", "status": "completed", "result": "unknown", "task_id": "task_1",
        "agent_id": "agt_1", "source_id": "src_1", "credential_id": "cred_1", "session_id": "sess_1",
        "runtime_ms": "5210", "output": { "total": 12.50 },
        "errors": [{ "type": "interaction", "code": "interaction_timeout", "message": "Too late", "field": "code" }],
        "interaction": { "type": "security_question", "message": "Your first pet?",
            "fields": [{ "name": "answer", "type": "text", "label": "Answer" }] },
        "input": { "month": 10 }, "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z",
        "artifacts": { "screenshots": [{ "file_name": "1.png", "file_type": "image/png", "file_size": "2048",
            "created_at": "2026-11-01T10:00:04Z", "url": "https://files.deck.co/2", "reasoning": "Here" }] },
        "request_id": "req_1",
    });
    let run = deck(&body).task_runs().get("trun_1", &GetTaskRun::new()).await.unwrap();
    assert_eq!((run.id.as_str(), run.object.as_deref()), ("trun_1", Some("task_run")));
    assert_eq!((run.status, run.result), (Some(TaskRunStatus::Completed), Some(TaskRunResult::Undetermined)));
    assert_eq!((run.task_id.unwrap().as_str(), run.agent_id.unwrap().as_str()), ("task_1", "agt_1"));
    assert_eq!((run.source_id.unwrap().as_str(), run.credential_id.unwrap().as_str()), ("src_1", "cred_1"));
    assert_eq!((run.session_id.unwrap().as_str(), run.runtime_ms), ("sess_1", Some(5210)));
    assert_eq!(run.output.unwrap().raw(), r#"{"total":12.5}"#);
    assert_eq!(run.input.unwrap().raw(), r#"{"month":10}"#);
    let [error] = &run.errors[..] else { panic!("one error") };
    assert_eq!(
        (&error.kind, &error.code),
        (&Some(ErrorType::Interaction), &Some(ErrorCode::InteractionTimeout))
    );
    assert_eq!((error.message.as_deref(), error.field.as_deref()), (Some("Too late"), Some("code")));
    let interaction = run.interaction.unwrap();
    assert_eq!(interaction.kind, Some(InteractionType::SecurityQuestion));
    assert_eq!(interaction.message.as_deref(), Some("Your first pet?"));
    let [field] = &interaction.fields[..] else { panic!("one field") };
    assert_eq!((field.name.as_deref(), field.kind.as_deref()), (Some("answer"), Some("text")));
    assert_eq!(field.label.as_deref(), Some("Answer"));
    let screenshot = &run.artifacts.unwrap().screenshots[0];
    assert_eq!((screenshot.file_name.as_deref(), screenshot.file_size), (Some("1.png"), Some(2048)));
    assert_eq!(
        (screenshot.file_type.as_deref(), screenshot.reasoning.as_deref()),
        (Some("image/png"), Some("Here"))
    );
    assert_eq!(screenshot.created_at.as_ref().unwrap().as_str(), "2026-11-01T10:00:04Z");
    assert_eq!(screenshot.url.as_ref().unwrap().expose_secret(), "https://files.deck.co/2");
    assert_eq!(run.created_at.unwrap().as_str(), "2026-11-01T10:00:00Z");
    assert_eq!(run.updated_at.unwrap().as_str(), "2026-11-01T10:00:05Z");
    assert_eq!(run.request_id.as_deref(), Some("req_1"));
}

/// What Deck wrote before, which lacks members and spells others in another way.
#[tokio::test]
async fn a_run_of_the_older_generations_is_read() {
    for (body, status) in [
        (
            json!({ "id": "trun_1", "workflow_id": "wflo_1", "status": "cancelling", "canceled_at": null }),
            "canceling",
        ),
        (
            json!({ "id": "wrun_1", "object": "workflow_run", "status": "pending", "storage": null }),
            "pending",
        ),
        (json!({ "id": "trun_1", "status": "canceling" }), "canceling"),
    ] {
        let run = deck(&body).task_runs().cancel("trun_1").await.unwrap();
        assert_eq!(run.status.unwrap().as_str(), status);
        assert!(run.storage.is_empty() && run.request_id.is_none());
    }
    assert_eq!(TaskRunStatus::from("cancelling"), TaskRunStatus::Canceling);
}

#[test]
fn a_run_has_ended_where_nothing_follows() {
    let ends: Vec<_> = TaskRunStatus::KNOWN.iter().filter(|status| status.is_final()).collect();
    assert_eq!(ends, [&TaskRunStatus::Completed, &TaskRunStatus::Failed, &TaskRunStatus::Canceled]);
    assert!(!TaskRunStatus::from("pondering").is_final());
}

/// Input and output are any JSON: a caller's types, lists, numbers of any length.
#[tokio::test]
async fn input_and_output_are_any_json() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Bill {
        total: f64,
    }

    let memory =
        Memory::playing([Step::answer(201, r#"{ "id": "trun_1", "output": [{ "total": 12.50 }] }"#)]);
    let runs = offline(&memory).deck_v2().task_runs();
    let run = runs.run("task_1", &RunTask::with_input([Bill { total: 1.5 }])).await.unwrap();
    let output = run.output.unwrap();
    assert_eq!(output.get::<Vec<Bill>>().unwrap(), [Bill { total: 12.5 }]);
    assert_eq!(output.raw(), r#"[{ "total": 12.50 }]"#);
    assert_eq!(memory.requests()[0].body(), r#"{"input":[{"total":1.5}]}"#);

    for json in ["null", "17", "\"text\"", "12345678901234567890123.10", "[]"] {
        memory.play([Step::answer(200, format!(r#"{{ "id": "trun_1", "output": {json} }}"#))]);
        let run = runs.get("trun_1", &GetTaskRun::new()).await.unwrap();
        assert_eq!(run.output.as_ref().map_or("null", |output| output.raw()), json);
    }
}

#[tokio::test]
async fn nothing_is_asked_for_where_no_part_is_named() {
    let memory = Memory::default();
    let runs = offline(&memory).deck_v2().task_runs();
    let none: [&str; 0] = [];
    for (query, expected) in [
        (GetTaskRun::new().include(none), "/task-runs/trun_1"),
        (GetTaskRun::new().include(["screenshots", "a,b"]), "/task-runs/trun_1?include=screenshots%2Ca%2Cb"),
    ] {
        memory.play([Step::answer(200, r#"{ "id": "trun_1" }"#)]);
        runs.get("trun_1", &query).await.unwrap();
        let uri = memory.take_requests()[0].uri().to_string();
        assert!(uri.ends_with(expected), "{uri}");
    }
}

#[test]
fn what_is_put_into_a_run_is_not_shown() {
    let run = RunTask::with_input(json!({ "pin": "s3cret" })).credential_id("cred_1");
    let answer = AnswerInteraction::new().field("code", "s3cret");
    let shown = format!("{run:?} {run:#?} {answer:?} {answer:#?}");
    assert!(!shown.contains("s3cret") && shown.contains("cred_1") && shown.contains("code"), "{shown}");
}
