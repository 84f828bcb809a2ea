use super::{Case, Sent, Staged, Stored, as_json, sent, staged, storable, with_secrets};
use connectory::apideck::webhooks::*;
use connectory::{Client, Patch, Secret};
use serde_json::{Value, json};

const WEBHOOK: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "id": "1234", "description": "A description", "unified_api": "telepathy", "status": "asleep",
    "disabled_reason": "bored", "delivery_url": "https://example.com/my/webhook/endpoint",
    "execute_base_url": "https://unify.apideck.com/webhook/webhooks/{secret}/execute",
    "events": ["vault.connection.created", "vault.connection.admired"],
    "updated_at": "2020-09-30T07:43:32.000Z", "created_at": "2020-09-29T07:43:32.000Z", "unseen": { "a": [1] }
  }
}"#;

const LIST: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{ "id": "1234", "events": ["*"], "status": "enabled", "disabled_reason": "none" }],
  "meta": { "items_on_page": 1, "cursors": { "current": "cur_1", "next": "cur_2" } },
  "links": { "next": "https://unify.apideck.com/webhook/webhooks?cursor=cur_2" },
  "unseen": { "a": [1] }
}"#;

const EVENT_LOGS: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{
    "id": "1d174c4d-fe9e-4377-a76c-6da22fe9cd87", "status_code": 503, "success": false, "application_id": "1111",
    "consumer_id": "test_user_id", "unified_api": "telepathy", "endpoint": "https://example.com/endpoint",
    "service": { "id": "101-data-solution", "name": "101 Data Solution" }, "event_type": "vault.connection.admired",
    "execution_attempt": 3, "http_method": "POST", "timestamp": "2021-07-12T14:26:17.420Z",
    "entity_type": "Connection", "request_body": "{secret}", "response_body": "{secret}",
    "retry_scheduled": true, "unseen": { "a": [1] },
    "attempts": [{
      "timestamp": "2021-07-12T14:26:17.000Z", "execution_attempt": 2, "status_code": 500, "success": false
    }]
  }],
  "meta": { "items_on_page": 1 }
}"#;

const NEEDS: &[&str] = &["/data", "/data/id"];

const URL: &str = "https://example.com/my/webhook/endpoint";

/// A webhook to change.
fn made(client: Client) -> Staged {
    Box::pin(async move {
        let body = CreateWebhook::new("vault", "https://example.com/before", [WebhookEventType::All]);
        let webhook = client.apideck().webhooks().create(&body).await.unwrap().data;
        staged([webhook.id.as_str()]).await
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "apideck.webhooks.list",
            send: |client, _| {
                let query = ListWebhooks::new().cursor("cur_0000000000000000").limit(1);
                storable(&query, client.apideck().webhooks().list(&query))
            },
            request: "GET /webhook/webhooks?cursor=cur_0000000000000000&limit=1",
            required: Some((
                |client, _| {
                    let query = ListWebhooks::new();
                    storable(&query, client.apideck().webhooks().list(&query))
                },
                "GET /webhook/webhooks",
            )),
            answer: (200, LIST),
            ..Case::default()
        },
        Case {
            id: "apideck.webhooks.create",
            send: |client, _| {
                let events = ["vault.connection.created", "vault.connection.updated"];
                let body = CreateWebhook::new("vault", URL, events)
                    .status(WebhookStatus::Enabled)
                    .description("Ours");
                storable(&body, client.apideck().webhooks().create(&body))
            },
            request: r#"
                POST /webhook/webhooks
                {
                  "unified_api": "vault", "delivery_url": "https://example.com/my/webhook/endpoint",
                  "events": ["vault.connection.created", "vault.connection.updated"], "status": "enabled",
                  "description": "Ours"
                }"#,
            required: Some((
                |client, _| {
                    let body = CreateWebhook::new("crm", URL, [WebhookEventType::All]);
                    storable(&body, client.apideck().webhooks().create(&body))
                },
                r#"
                POST /webhook/webhooks
                {
                  "unified_api": "crm", "delivery_url": "https://example.com/my/webhook/endpoint", "events": ["*"],
                  "status": "enabled"
                }"#,
            )),
            answer: (201, WEBHOOK),
            needs: NEEDS,
            ..Case::default()
        },
        Case {
            id: "apideck.webhooks.get",
            send: |client, input| storable(&(), client.apideck().webhooks().get(&input.ids[0])),
            request: "GET /webhook/webhooks/first",
            answer: (200, WEBHOOK),
            needs: NEEDS,
            stores: stores![Webhook],
            ..Case::default()
        },
        Case {
            id: "apideck.webhooks.update",
            send: |client, input| {
                let body = UpdateWebhook::new()
                    .delivery_url(URL)
                    .events([WebhookEventType::VaultConnectionCreated])
                    .status(WebhookStatus::Enabled)
                    .description("Ours");
                storable(&body, client.apideck().webhooks().update(&input.ids[0], &body))
            },
            request: r#"
                PATCH /webhook/webhooks/first
                {
                  "delivery_url": "https://example.com/my/webhook/endpoint", "events": ["vault.connection.created"],
                  "status": "enabled", "description": "Ours"
                }"#,
            required: Some((
                |client, input| {
                    let body = UpdateWebhook::new().description(Patch::Clear);
                    storable(&body, client.apideck().webhooks().update(&input.ids[0], &body))
                },
                r#"PATCH /webhook/webhooks/first {"description": null}"#,
            )),
            answer: (200, WEBHOOK),
            needs: NEEDS,
            stage: Some(made),
            ..Case::default()
        },
        Case {
            id: "apideck.webhooks.delete",
            send: |client, input| sent(&(), client.apideck().webhooks().delete(&input.ids[0])),
            request: "DELETE /webhook/webhooks/first",
            answer: (200, ""),
            stage: Some(made),
            ..Case::default()
        },
        Case {
            id: "apideck.webhooks.event_logs",
            send: |client, _| {
                let query = ListEventLogs::new()
                    .exclude_apis("crm,proxy")
                    .service("salesforce")
                    .consumer_id("test-consumer")
                    .entity_type("Connection")
                    .event_type(WebhookEventType::VaultConnectionCallable)
                    .event_id("e-1")
                    .execution_attempt(2)
                    .start_date("2024-01-01T00:00:00.000Z")
                    .end_date("2024-01-31T23:59:59.999Z")
                    .success(false)
                    .status_code(201)
                    .status_codes([500, 503])
                    .cursor("cur_0000000000000000")
                    .limit(200);
                event_logs(client, &query)
            },
            request: "GET /webhook/logs?cursor=cur_0000000000000000&filter%5Bconsumer_id%5D=test-consumer\
                      &filter%5Bend_date%5D=2024-01-31T23%3A59%3A59.999Z&filter%5Bentity_type%5D=Connection\
                      &filter%5Bevent_id%5D=e-1&filter%5Bevent_type%5D=vault.connection.callable\
                      &filter%5Bexclude_apis%5D=crm%2Cproxy&filter%5Bexecution_attempt%5D=2\
                      &filter%5Bservice%5D%5Bid%5D=salesforce&filter%5Bstart_date%5D=2024-01-01T00%3A00%3A00.000Z\
                      &filter%5Bstatus_code%5D=201&filter%5Bstatus_codes%5D=500&filter%5Bstatus_codes%5D=503\
                      &filter%5Bsuccess%5D=false&limit=200",
            required: Some((|client, _| event_logs(client, &ListEventLogs::new()), "GET /webhook/logs")),
            answer: (200, EVENT_LOGS),
            stores: stores![DeliveryAttempt, EventLog],
            ..Case::default()
        },
    ]
}

fn event_logs(client: &Client, query: &ListEventLogs) -> Sent {
    with_secrets(query, client.apideck().webhooks().event_logs(query), |answer| {
        let data: Vec<_> = answer.data.iter().map(stored).collect();
        let (status_code, status) = (answer.status_code, &answer.status);
        Some(json!({
            "data": data, "status_code": status_code, "status": status, "meta": answer.meta, "links": answer.links,
            "_raw": as_json(&answer.raw),
        }))
    })
}

/// All of it, the bodies too, which are secrets.
fn stored(log: &EventLog) -> Value {
    let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    json!({
        "id": log.id, "application_id": log.application_id, "consumer_id": log.consumer_id,
        "unified_api": log.unified_api, "service": log.service, "entity_type": log.entity_type,
        "event_type": log.event_type, "endpoint": log.endpoint, "http_method": log.http_method,
        "request_body": text(&log.request_body), "response_body": text(&log.response_body),
        "status_code": log.status_code, "success": log.success, "execution_attempt": log.execution_attempt,
        "retry_scheduled": log.retry_scheduled, "attempts": log.attempts, "timestamp": log.timestamp,
    })
}
