//! Destinations of events by name, and how they are written; what else is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::event_destinations::*;
use connectory::deck_v2::event_log::EventType;
use connectory::{JsonMap, Patch, Secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test]
async fn a_destination_has_its_members_by_name() {
    let body = json!({
        "id": "evtd_1", "object": "event_destination", "name": "Billing", "status": "pending_verification",
        "type": "aws_sqs", "events": ["*", "task.created"], "aws_sqs": { "queue_url": "https://sqs.example.com/1" },
        "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z", "request_id": "req_1",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let found = client.deck_v2().event_destinations().get("evtd_1").await.unwrap();
    assert_eq!((found.id.as_str(), found.name.as_deref()), ("evtd_1", Some("Billing")));
    assert_eq!(found.object.as_deref(), Some("event_destination"));
    assert_eq!(found.status, Some(DestinationStatus::PendingVerification));
    assert_eq!(found.kind, Some(DestinationType::AwsSqs));
    assert_eq!(found.events, [EventType::from("*"), EventType::TaskCreated]);
    assert_eq!(found.aws_sqs, Some(JsonMap::new().with("queue_url", "https://sqs.example.com/1")));
    assert!(found.webhook.is_none());
    assert_eq!(found.created_at.unwrap().as_str(), "2026-11-01T10:00:00Z");
    assert_eq!(found.updated_at.unwrap().as_str(), "2026-11-01T10:00:05Z");
    assert_eq!(found.request_id.as_deref(), Some("req_1"));
}

/// It has no id, and no delivery is left out for want of one.
#[tokio::test]
async fn a_delivery_has_its_members_by_name() {
    let body = json!({ "data": [{
        "object": "event_delivery", "status": "failure", "event_type": "task_run.failed", "event_id": "evt_1",
        "event_destination_id": "evtd_1", "attempts": 4, "created_at": "2026-11-01T10:00:00Z", "delivered_at": null,
    }, {}] });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let destinations = client.deck_v2().event_destinations();
    let page = destinations.list_deliveries("evtd_1", &ListEventDeliveries::new()).await.unwrap();
    assert!(page.unread.is_empty());
    let [delivery, empty] = &page.data[..] else { panic!("two deliveries") };
    assert_eq!(*empty, EventDelivery::default());
    assert_eq!(delivery.object.as_deref(), Some("event_delivery"));
    assert_eq!((&delivery.status, delivery.attempts), (&Some(DeliveryStatus::Failure), Some(4)));
    assert_eq!(delivery.event_type, Some(EventType::TaskRunFailed));
    assert_eq!(delivery.event_id.as_ref().unwrap().as_str(), "evt_1");
    assert_eq!(delivery.event_destination_id.as_ref().unwrap().as_str(), "evtd_1");
    assert_eq!(delivery.created_at.as_ref().unwrap().as_str(), "2026-11-01T10:00:00Z");
    assert!(delivery.delivered_at.is_none());
}

/// Deck takes a webhook's headers as a text with JSON in it, whatever they hold.
#[tokio::test]
async fn headers_are_a_text_with_json_in_it() {
    let memory = Memory::playing([Step::answer(201, r#"{ "id": "evtd_1" }"#)]);
    let webhook =
        WebhookConfig::new("https://example.com").custom_header("a", "\"\\ü\u{1}").custom_header("b", "");
    let body = CreateEventDestination::webhook("Billing", webhook);
    let serialised = serde_json::to_value(&body).unwrap();
    assert_eq!(serialised["webhook"]["custom_headers"], "[REDACTED]");
    offline(&memory).deck_v2().event_destinations().create(&body).await.unwrap();
    let sent: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
    let headers: Value = serde_json::from_str(sent["webhook"]["custom_headers"].as_str().unwrap()).unwrap();
    assert_eq!(headers, json!({ "a": "\"\\ü\u{1}", "b": "" }));
}

#[tokio::test]
async fn headers_are_kept_cleared_or_emptied() {
    let none = BTreeMap::<String, Secret>::new;
    for (webhook, sent) in [
        (WebhookConfig::default(), json!({})),
        (WebhookConfig::default().custom_headers(Patch::Clear), json!({ "custom_headers": null })),
        (WebhookConfig::default().custom_headers(none()), json!({ "custom_headers": "{}" })),
    ] {
        let memory = Memory::playing([Step::answer(200, r#"{ "id": "evtd_1" }"#)]);
        let update = UpdateEventDestination::new().webhook(webhook);
        offline(&memory).deck_v2().event_destinations().update("evtd_1", &update).await.unwrap();
        let body: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
        assert_eq!(body["webhook"], sent);
    }
}
