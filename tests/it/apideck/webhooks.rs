//! Apideck's webhooks by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::Patch;
use connectory::apideck::UnifiedApi;
use connectory::apideck::webhooks::{
    CreateWebhook, DisabledReason, ListEventLogs, UpdateWebhook, WebhookEventType, WebhookStatus, Webhooks,
};
use serde_json::{Value, json};

fn webhooks(data: Value) -> Webhooks {
    let answer = json!({ "status_code": 200, "status": "OK", "data": data }).to_string();
    offline(&Memory::playing([Step::answer(201, answer)])).apideck().webhooks()
}

#[tokio::test]
async fn a_webhook_has_its_members_by_name() {
    let webhooks = webhooks(json!({
        "id": "w-1", "description": "Ours", "unified_api": "vault", "status": "disabled",
        "disabled_reason": "delivery_url_validation_failed", "delivery_url": "https://example.com/hook",
        "execute_base_url": "https://unify.apideck.com/webhook/webhooks/w-1/execute",
        "events": ["*", "pos.modifier-group.created", "vault.connection.token_refresh.failed"],
        "updated_at": "2020-09-30T07:43:32.000Z", "created_at": "2020-09-29T07:43:32.000Z",
    }));
    let body = CreateWebhook::new("vault", "https://example.com/hook", [WebhookEventType::All]);
    let webhook = webhooks.create(&body).await.unwrap().data;
    assert_eq!((webhook.id.as_str(), webhook.description.as_deref()), ("w-1", Some("Ours")));
    assert_eq!(webhook.unified_api, Some(UnifiedApi::Vault));
    assert_eq!(webhook.status, Some(WebhookStatus::Disabled));
    assert_eq!(webhook.disabled_reason, Some(DisabledReason::DeliveryUrlValidationFailed));
    assert_eq!(webhook.delivery_url.as_deref(), Some("https://example.com/hook"));
    let execute = "https://unify.apideck.com/webhook/webhooks/w-1/execute";
    assert_eq!(webhook.execute_base_url.as_ref().unwrap().expose_secret(), execute);
    assert_eq!(
        webhook.events,
        [
            WebhookEventType::All,
            WebhookEventType::PosModifierGroupCreated,
            WebhookEventType::VaultConnectionTokenRefreshFailed,
        ]
    );
    assert_eq!(webhook.updated_at.unwrap().as_str(), "2020-09-30T07:43:32.000Z");
    assert_eq!(webhook.created_at.unwrap().as_str(), "2020-09-29T07:43:32.000Z");
}

#[tokio::test]
async fn an_event_log_has_its_members_by_name() {
    let webhooks = webhooks(json!([{
        "id": "l-1", "status_code": 0, "success": false, "application_id": "app-1", "consumer_id": "acme",
        "unified_api": "vault", "endpoint": "https://example.com/hook", "service": { "id": "xero", "name": "Xero" },
        "event_type": "vault.connection.updated", "execution_attempt": 3, "http_method": "POST",
        "timestamp": "2021-07-12T14:26:17.420Z", "entity_type": "Connection", "request_body": "{\"a\":1}",
        "response_body": "{\"b\":2}", "retry_scheduled": true,
        "attempts": [{ "timestamp": "2021-07-12T14:26:17.000Z", "execution_attempt": 2, "status_code": 500, "success": false }],
    }]));
    let list = webhooks.event_logs(&ListEventLogs::new()).await.unwrap().data;
    let [log] = &list[..] else { panic!("one log") };
    assert_eq!((log.id.as_deref(), log.status_code, log.success), (Some("l-1"), Some(0), Some(false)));
    assert_eq!(log.application_id.as_ref().unwrap().as_str(), "app-1");
    assert_eq!(log.consumer_id.as_ref().unwrap().as_str(), "acme");
    assert_eq!(log.unified_api, Some(UnifiedApi::Vault));
    assert_eq!(log.service.as_ref().unwrap().name.as_deref(), Some("Xero"));
    assert_eq!(log.entity_type.as_deref(), Some("Connection"));
    assert_eq!(log.event_type, Some(WebhookEventType::VaultConnectionUpdated));
    assert_eq!(log.endpoint.as_deref(), Some("https://example.com/hook"));
    assert_eq!((log.http_method.as_deref(), log.execution_attempt), (Some("POST"), Some(3)));
    assert_eq!(log.request_body.as_ref().unwrap().expose_secret(), r#"{"a":1}"#);
    assert_eq!(log.response_body.as_ref().unwrap().expose_secret(), r#"{"b":2}"#);
    assert_eq!(log.retry_scheduled, Some(true));
    assert_eq!(log.timestamp.as_ref().unwrap().as_str(), "2021-07-12T14:26:17.420Z");
    let [attempt] = &log.attempts[..] else { panic!("one attempt") };
    assert_eq!(
        (attempt.execution_attempt, attempt.status_code, attempt.success),
        (Some(2), Some(500), Some(false))
    );
    assert_eq!(attempt.timestamp.as_ref().unwrap().as_str(), "2021-07-12T14:26:17.000Z");
}

#[test]
fn an_update_tells_a_description_that_stays_from_one_that_goes() {
    let update = |patch| serde_json::to_value(UpdateWebhook::new().description(patch)).unwrap();
    assert_eq!(update(Patch::Keep), json!({}));
    assert_eq!(update(Patch::Clear), json!({ "description": null }));
    assert_eq!(update(Patch::Set("Ours".into())), json!({ "description": "Ours" }));
    let off = CreateWebhook::new("crm", "https://example.com", ["crm.lead.created"]).status("disabled");
    assert_eq!(serde_json::to_value(off).unwrap()["status"], "disabled");
}

/// The names come from the values: nothing is misspelt in one and not in the other.
#[test]
fn every_event_type_is_named_after_its_value() {
    assert_eq!(WebhookEventType::KNOWN.len(), 138);
    for event in WebhookEventType::KNOWN.iter().filter(|event| **event != WebhookEventType::All) {
        let words = event.as_str().split(['.', '_', '-']);
        let name: String = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        assert_eq!(format!("{event:?}"), name);
    }
}
