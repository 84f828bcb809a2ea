//! What Deck v2 delivers.

use super::{Scheme, WHSEC, sent, standard_webhooks};
use connectory::Provider;
use connectory::deck_v2::credentials::CredentialStatus;
use connectory::deck_v2::event_log::EventType;
use connectory::deck_v2::events::{Event, Verifier};
use connectory::deck_v2::task_runs::TaskRunResult;
use connectory::events::Delivery;
use serde_json::{Value, json};

pub fn scheme() -> Scheme {
    super::scheme!(deck_v2, new, {
        name: "deck_v2",
        provider: Provider::DeckV2,
        secret: WHSEC,
        another: "whsec_YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgLi4uLi4=",
        sign: |secret, body| standard_webhooks(secret, "evt_1", body),
        body: r#"{"id":"evt_1","object":"event","type":"credential.verified","data":{"id":"cred_1","status":"verified"},"created_at":"2026-03-01T09:00:00Z"}"#,
        unseen: r#"{"id":"evt_1","object":"event","type":"credential.painted","data":{"id":"cred_1"}}"#,
        unread: r#"{"id":"evt_1","object":"event","type":"credential.verified","data":["cred_1"]}"#,
    })
}

fn delivered(body: Value) -> Delivery<Event> {
    let body = body.to_string();
    let headers = standard_webhooks(WHSEC, "msg_1", body.as_bytes());
    Verifier::new(WHSEC).unwrap().verify_at(headers, body.as_bytes(), sent()).unwrap()
}

#[test]
fn every_event_type_that_can_be_listed_has_its_payload() {
    for kind in EventType::KNOWN {
        let delivery = delivered(json!({
            "id": "evt_1", "object": "event", "type": kind.as_str(), "created_at": "2026-03-01T09:00:00Z",
            "data": { "id": "thing_1", "object": "any", "updated_at": "2026-03-01T08:59:59Z" },
        }));
        assert_eq!(
            (delivery.provider(), delivery.id(), delivery.attempt()),
            (Provider::DeckV2, "evt_1", None)
        );
        assert_eq!(delivery.event_type(), Some(kind.as_str()));
        assert_eq!(delivery.time().unwrap().as_str(), "2026-03-01T09:00:00Z");
        assert_eq!(delivery.sent_at(), Some(sent()));
        let event = format!("{:?}", delivery.event());
        assert!(event.contains("thing_1") && !event.starts_with("Other"), "{kind}: {event}");
        let words = kind.as_str().replace("pending", "review_required").replace(['.', '_'], "");
        assert!(event.to_lowercase().starts_with(&format!("{words}(")), "{kind}: {event}");
        let event = delivery.event();
        let found = [event.credential().is_some(), event.task_run().is_some(), event.session().is_some()];
        let expected =
            ["credential.", "task_run.", "session."].map(|resource| kind.as_str().starts_with(resource));
        assert_eq!(found, expected, "{kind}");
    }
    let british = delivered(json!({ "type": "task_run.cancelling", "data": { "id": "trun_1" } }));
    assert!(matches!(british.event(), Event::TaskRunCanceling(_)));
}

#[test]
fn the_summary_of_a_resource_is_read() {
    let run = delivered(json!({
        "id": "evt_2", "type": "task_run.completed", "created_at": "2026-03-01T09:00:00Z",
        "data": {
            "id": "trun_1", "object": "task_run", "status": "completed", "result": "success", "task_id": "task_1",
            "credential_id": "cred_1", "agent_id": "agt_1", "source_id": "src_1", "runtime_ms": "8700",
        },
    }));
    let run = run.event().task_run().unwrap();
    assert_eq!((run.id.as_str(), run.runtime_ms, run.output.as_ref()), ("trun_1", Some(8700), None));
    assert_eq!(
        (&run.result, run.task_id.as_ref().unwrap().as_str()),
        (&Some(TaskRunResult::Success), "task_1")
    );
    let credential = delivered(json!({
        "type": "credential.invalid",
        "data": { "id": "cred_1", "object": "credential", "status": "invalid", "source_id": "src_1" },
    }));
    // Without an id of its own it has the message's.
    assert_eq!(credential.id(), "msg_1");
    assert_eq!(credential.event().credential().unwrap().status, Some(CredentialStatus::Invalid));
}
