//! Apideck's webhooks and what is posted to them, as the sandbox keeps them.

use connectory::apideck::vault::connections::UpdateConnection;
use connectory::apideck::webhooks::{
    CreateWebhook, DisabledReason, ListEventLogs, ListWebhooks, UpdateWebhook, Webhook, WebhookEventType,
    WebhookStatus, Webhooks,
};
use connectory::sandbox::Sandbox;
use connectory::{Error, JsonMap, Patch, Provider};
use serde_json::Value;

const URL: &str = "https://acme.example/hook";

fn webhooks(sandbox: &Sandbox) -> Webhooks {
    sandbox.client().apideck().webhooks()
}

async fn create(sandbox: &Sandbox, url: &str) -> Webhook {
    let body = CreateWebhook::new("vault", url, [WebhookEventType::All]);
    let response = webhooks(sandbox).create(&body).response().await.unwrap();
    assert_eq!(response.status(), 201);
    let envelope = response.into_value();
    assert_eq!((envelope.status_code, envelope.status.as_deref()), (Some(201), Some("Created")));
    envelope.data
}

fn reason(webhook: &Webhook) -> (&str, &str) {
    (webhook.status.as_ref().unwrap().as_str(), webhook.disabled_reason.as_ref().unwrap().as_str())
}

#[tokio::test]
async fn webhooks_are_kept_changed_and_listed_page_by_page() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let webhook = create(&sandbox, URL).await;
    assert_eq!(reason(&webhook), ("enabled", "none"));
    let execute = format!("{}/webhook/webhooks/{}/execute", sandbox.base_url(Provider::Apideck), webhook.id);
    assert_eq!(webhook.execute_base_url.as_ref().unwrap().expose_secret(), execute);
    let update = UpdateWebhook::new().description("Ours").events(["crm.lead.created"]);
    webhooks(&sandbox).update(&webhook.id, &update).await.unwrap();
    let kept = webhooks(&sandbox).get(&webhook.id).await.unwrap().data;
    assert_eq!(kept.description.as_deref(), Some("Ours"));
    assert_eq!(kept.events, [WebhookEventType::CrmLeadCreated]);
    assert_eq!(kept.delivery_url.as_deref(), Some(URL));
    let update = UpdateWebhook::new().description(Patch::Clear);
    assert_eq!(webhooks(&sandbox).update(&webhook.id, &update).await.unwrap().data.description, None);

    let others = [create(&sandbox, URL).await.id, create(&sandbox, URL).await.id];
    let mut pages = webhooks(&sandbox).list(&ListWebhooks::new().limit(2)).pages();
    let mut ids = Vec::new();
    while let Some(webhook) = pages.try_next().await.unwrap() {
        ids.push(webhook.id);
    }
    assert_eq!(ids, [vec![webhook.id.clone()], others.to_vec()].concat());
    webhooks(&sandbox).delete(&webhook.id).await.unwrap();
    for refused in [
        webhooks(&sandbox).get(&webhook.id).await.map(drop),
        webhooks(&sandbox).update(&webhook.id, &UpdateWebhook::new()).await.map(drop),
        webhooks(&sandbox).delete(&webhook.id).await,
    ] {
        assert_eq!(refused.unwrap_err().code(), Some("EntityNotFoundError"));
    }
}

#[tokio::test]
async fn a_webhook_is_disabled_where_nobody_answers_and_by_apideck() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let nobody = create(&sandbox, "https://acme.invalid/hook").await;
    assert_eq!(reason(&nobody), ("disabled", "delivery_url_validation_failed"));
    let enabled = UpdateWebhook::new().delivery_url(URL).status(WebhookStatus::Enabled);
    let webhook = webhooks(&sandbox).update(&nobody.id, &enabled).await.unwrap().data;
    assert_eq!(reason(&webhook), ("enabled", "none"));

    assert!(sandbox.apideck().disable_webhook(&webhook.id, DisabledReason::RetryLimit));
    assert!(!sandbox.apideck().disable_webhook("nobody", DisabledReason::RetryLimit));
    let webhook = webhooks(&sandbox).get(&webhook.id).await.unwrap().data;
    assert_eq!(reason(&webhook), ("disabled", "retry_limit"));
    sandbox.apideck().authorize("acme", "crm", "hubspot");
    assert!(webhooks(&sandbox).event_logs(&ListEventLogs::new()).await.unwrap().data.is_empty());

    // The same URL is not asked again, and deliveries fail.
    let unreachable = UpdateWebhook::new().delivery_url("https://acme.invalid/hook");
    let webhook = webhooks(&sandbox).update(&webhook.id, &unreachable).await.unwrap().data;
    assert_eq!(reason(&webhook), ("disabled", "delivery_url_validation_failed"));
    let enabled = unreachable.status(WebhookStatus::Enabled);
    let webhook = webhooks(&sandbox).update(&webhook.id, &enabled).await.unwrap().data;
    assert_eq!(reason(&webhook), ("enabled", "none"));
    sandbox.apideck().revoke("acme", "crm", "hubspot");
    let logs = webhooks(&sandbox).event_logs(&ListEventLogs::new().success(false)).await.unwrap().data;
    assert_eq!((logs[0].status_code, logs[0].retry_scheduled), (Some(0), Some(true)));
}

#[tokio::test]
async fn a_webhook_takes_what_apideck_documents_and_nothing_else() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let all = || [WebhookEventType::All];
    for refused in [
        CreateWebhook::new("vault", "ftp://acme.example", all()),
        CreateWebhook::new("vault", "hook", all()),
        CreateWebhook::new("telepathy", URL, all()),
        CreateWebhook::new("vault", URL, ["vault.connection.admired"]),
        CreateWebhook::new("vault", URL, all()).status("asleep"),
    ] {
        let error = webhooks(&sandbox).create(&refused).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{error}");
    }
    let webhook = create(&sandbox, URL).await;
    let refused = UpdateWebhook::new().events(["vault.connection.admired"]).status(WebhookStatus::Disabled);
    webhooks(&sandbox).update(&webhook.id, &refused).await.unwrap_err();
    let kept = webhooks(&sandbox).get(&webhook.id).await.unwrap().data;
    assert_eq!((reason(&kept), &kept.events[..]), (("enabled", "none"), &all()[..]));
}

#[tokio::test]
async fn what_happens_to_connections_is_posted_to_those_who_want_to_know() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let vault = sandbox.client().apideck().consumer("acme").vault();
    sandbox.apideck().authorize("acme", "crm", "pipedrive");
    create(&sandbox, URL).await;
    let revoked = CreateWebhook::new("vault", "https://other.example", ["vault.connection.revoked"]);
    webhooks(&sandbox).create(&revoked).await.unwrap();
    let of_crm = CreateWebhook::new("crm", "https://crm.example", [WebhookEventType::All]);
    webhooks(&sandbox).create(&of_crm).await.unwrap();

    let connections = vault.connections();
    let settings = |value: &str| UpdateConnection::new().settings(JsonMap::new().with("tenant_id", value));
    connections.update("accounting", "xero", &settings("t-1")).await.unwrap();
    sandbox.apideck().authorize("acme", "accounting", "xero");
    connections.update("accounting", "xero", &UpdateConnection::new().enabled(false)).await.unwrap();
    connections.update("accounting", "xero", &UpdateConnection::new().enabled(true)).await.unwrap();
    sandbox.apideck().fail_refresh("acme", "accounting", "xero");
    sandbox.apideck().recover_refresh("acme", "accounting", "xero");
    sandbox.apideck().revoke("acme", "accounting", "xero");
    vault.consumers().delete("acme").await.unwrap();

    let logs = webhooks(&sandbox).event_logs(&ListEventLogs::new()).await.unwrap().data;
    let seen: Vec<_> = logs
        .iter()
        .rev()
        .map(|log| {
            let event = log.event_type.as_ref().unwrap().as_str().strip_prefix("vault.connection.").unwrap();
            format!("{event} {}", log.service.as_ref().unwrap().id.as_ref().unwrap())
        })
        .collect();
    assert_eq!(
        seen,
        [
            "created xero",
            "updated xero",
            "callable xero",
            "disabled xero",
            "updated xero",
            "token_refresh.pending xero",
            "token_refresh.recovered xero",
            "revoked xero",
            "revoked xero",
            "deleted xero",
            "deleted pipedrive",
        ]
    );
    let callable = &logs[logs.len() - 3];
    let body: Value = serde_json::from_str(callable.request_body.as_ref().unwrap().expose_secret()).unwrap();
    let payload = &body["payload"];
    assert_eq!(payload["event_type"], "vault.connection.callable");
    assert_eq!(
        (&payload["entity"]["consumer_id"], &payload["entity"]["state"]),
        (&"acme".into(), &"callable".into())
    );
    assert_eq!((callable.success, callable.status_code, callable.attempts.len()), (Some(true), Some(200), 1));
    assert_eq!(callable.endpoint.as_deref(), Some(URL));

    let count = async |query: ListEventLogs| webhooks(&sandbox).event_logs(&query).await.unwrap().data.len();
    let event_id = payload["event_id"].as_str().unwrap();
    assert_eq!(count(ListEventLogs::new().event_id(event_id)).await, 1);
    assert_eq!(count(ListEventLogs::new().event_type(WebhookEventType::VaultConnectionRevoked)).await, 2);
    assert_eq!(count(ListEventLogs::new().service("pipedrive")).await, 1);
    assert_eq!(count(ListEventLogs::new().consumer_id("other")).await, 0);
    assert_eq!(count(ListEventLogs::new().entity_type("Connection").execution_attempt(1)).await, 11);
    assert_eq!(count(ListEventLogs::new().execution_attempt(2)).await, 0);
    assert_eq!(count(ListEventLogs::new().success(true).status_codes([200])).await, 11);
    assert_eq!(count(ListEventLogs::new().success(false)).await, 0);
    assert_eq!(count(ListEventLogs::new().status_code(0)).await, 0);
    assert_eq!(count(ListEventLogs::new().exclude_apis("vault")).await, 0);
    assert_eq!(count(ListEventLogs::new().end_date("2020-01-01T00:00:00Z")).await, 0);
    assert_eq!(count(ListEventLogs::new().limit(3)).await, 3);
}
