use super::{Case, Input, Staged, Stored, sent, storable};
use connectory::deck_v2::ListOptions;
use connectory::deck_v2::event_destinations::*;
use connectory::deck_v2::event_log::EventType;
use connectory::{Client, JsonMap};

const DESTINATION: &str = r#"{
    "id": "evtd_1", "object": "event_destination", "name": "Billing", "status": "resting", "type": "webhook",
    "events": ["task_run.completed", "task_run.pondering"], "webhook": { "url": "https://example.com/deck" },
    "aws_sqs": { "queue_url": "https://sqs.example.com/1" },
    "aws_kinesis": { "stream_name": "deck", "region": "eu-west-1" },
    "aws_s3": { "bucket": "deck", "region": "eu-west-1" },
    "aws_eventbridge": { "event_bus_name": "deck", "region": "eu-west-1" },
    "gcp_pubsub": { "project_id": "billing", "topic": "deck" },
    "rabbitmq": { "exchange": "deck", "server_url": "amqps://example.com" },
    "azure_servicebus": { "name": "deck" }, "hookdeck": { "source": "deck" },
    "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z", "request_id": "req_1",
    "unseen": { "a": [1] }
}"#;

const SHORT: &str = r#"{ "id": "evtd_1", "object": "event_destination", "status": "inactive", "unseen": 1 }"#;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.event_destinations.create",
            send: |client, input| {
                let webhook = WebhookConfig::new("https://example.com/deck")
                    .secret(&input.secret)
                    .custom_header("x-tenant", &input.secret);
                let body = CreateEventDestination::webhook("Billing", webhook)
                    .events([EventType::TaskRunCompleted, EventType::TaskRunFailed]);
                storable(&body, client.deck_v2().event_destinations().create(&body))
            },
            request: r#"
                POST /event-destinations
                {
                  "name": "Billing", "type": "webhook", "events": ["task_run.completed", "task_run.failed"],
                  "webhook": {
                    "url": "https://example.com/deck", "secret": "{secret}",
                    "custom_headers": "{\"x-tenant\":\"{secret}\"}"
                  }
                }"#,
            required: Some((
                |client, input| {
                    let config = JsonMap::new().with("token", input.secret.as_str());
                    let body = CreateEventDestination::other("Local", DestinationType::Hookdeck, config);
                    storable(&body, client.deck_v2().event_destinations().create(&body))
                },
                r#"
                POST /event-destinations
                { "name": "Local", "type": "hookdeck", "hookdeck": { "token": "{secret}" } }"#,
            )),
            answer: (201, SHORT),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_destinations.list",
            send: |client, _| {
                let query = ListOptions::new().limit(50).cursor("abc=");
                storable(&query, client.deck_v2().event_destinations().list(&query))
            },
            request: "GET /event-destinations?cursor=abc%3D&limit=50",
            required: Some((
                |client, _| storable(&(), client.deck_v2().event_destinations().list(&ListOptions::new())),
                "GET /event-destinations",
            )),
            answer: (
                200,
                r#"{
                  "data": [{ "id": "evtd_1", "object": "event_destination", "status": "pending_verification" }],
                  "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": 1
                }"#,
            ),
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_destinations.get",
            send: |client, input| storable(&(), client.deck_v2().event_destinations().get(&input.ids[0])),
            request: "GET /event-destinations/first",
            answer: (200, DESTINATION),
            needs: &["/id"],
            stores: stores![EventDestination, Webhook],
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_destinations.update",
            send: |client, input| {
                let body = UpdateEventDestination::new()
                    .name("Accounting")
                    .status(DestinationStatus::Active)
                    .events(["*"])
                    .webhook(
                        WebhookConfig::default()
                            .secret(&input.secret)
                            .custom_header("x-tenant", &input.secret),
                    );
                let id = input.ids[0].as_str();
                storable(&body, client.deck_v2().event_destinations().update(id, &body))
            },
            request: r#"
                PATCH /event-destinations/first
                {
                  "name": "Accounting", "status": "active", "events": ["*"],
                  "webhook": { "secret": "{secret}", "custom_headers": "{\"x-tenant\":\"{secret}\"}" }
                }"#,
            required: Some((
                |client, input| {
                    let config = JsonMap::new().with("queue_url", "https://sqs.example.com/2");
                    let body = UpdateEventDestination::new().other(DestinationType::AwsSqs, config);
                    let id = input.ids[0].as_str();
                    storable(&body, client.deck_v2().event_destinations().update(id, &body))
                },
                r#"
                PATCH /event-destinations/first
                { "aws_sqs": { "queue_url": "https://sqs.example.com/2" } }"#,
            )),
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(|client| added(client)),
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_destinations.delete",
            send: |client, input| sent(&(), client.deck_v2().event_destinations().delete(&input.ids[0])),
            request: "DELETE /event-destinations/first",
            // What is answered does not matter.
            answer: (200, ""),
            stage: Some(|client| added(client)),
            ..Case::default()
        },
        Case {
            id: "deck_v2.event_destinations.list_deliveries",
            send: |client, input| {
                let query = ListEventDeliveries::new()
                    .limit(50)
                    .cursor("abc=")
                    .status(DeliveryStatus::Failure)
                    .kind(EventType::TaskRunCompleted);
                let id = input.ids[0].as_str();
                storable(&query, client.deck_v2().event_destinations().list_deliveries(id, &query))
            },
            request: "GET /event-destinations/first/event-deliveries?cursor=abc%3D&limit=50&status=failure\
                &type=task_run.completed",
            required: Some((
                |client, input| {
                    let (id, query) = (input.ids[0].as_str(), ListEventDeliveries::new());
                    storable(&(), client.deck_v2().event_destinations().list_deliveries(id, &query))
                },
                "GET /event-destinations/first/event-deliveries",
            )),
            answer: (
                200,
                r#"{
                  "data": [{
                    "object": "event_delivery", "status": "late", "event_type": "task_run.pondering",
                    "event_id": "evt_1", "event_destination_id": "evtd_1", "attempts": 4,
                    "created_at": "2026-11-01T10:00:00Z", "delivered_at": "2026-11-01T10:00:05Z", "unseen": 1
                  }],
                  "has_more": false, "next_cursor": null, "request_id": "req_1"
                }"#,
            ),
            stores: stores![EventDelivery],
            ..Case::default()
        },
    ]
}

/// The id of a webhook that was added.
fn added(client: Client) -> Staged {
    Box::pin(async move {
        let body = CreateEventDestination::webhook("Billing", WebhookConfig::new("https://example.com/deck"));
        let id = client.deck_v2().event_destinations().create(&body).await.unwrap().id;
        Input { ids: vec![id.as_str().to_owned()], ..Input::default() }
    })
}
