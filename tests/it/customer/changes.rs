//! What the vendors' events say of connections, with the keys of the view's rows.

use crate::events::{API_KEY, KEY, WHSEC, base64, hex, hmac, pairs, sent, standard_webhooks};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use connectory::customer::{Change, ConnectionChange};
use connectory::sandbox::Sandbox;
use connectory::{Provider, apideck, codat, deck, deck_v2};
use serde_json::{Value, json};

fn deck(body: &Value) -> Option<ConnectionChange> {
    let body = body.to_string();
    let signature = base64(hmac(&BASE64_STANDARD.decode(KEY).unwrap(), body.as_bytes()));
    let verifier = deck::events::Verifier::new(KEY).unwrap();
    let delivery = verifier.verify(pairs([("x-signature", signature)]), body.as_bytes()).unwrap();
    delivery.event().connection_change()
}

fn apideck(event: &str, entity: &Value) -> Option<ConnectionChange> {
    let body = json!({ "payload": { "event_type": event, "entity": entity } }).to_string();
    let signature = hex(&hmac(API_KEY.as_bytes(), body.as_bytes()));
    let verifier = apideck::events::Verifier::new(API_KEY).unwrap();
    let headers = pairs([("x-apideck-signature", signature)]);
    verifier.verify(headers, body.as_bytes()).unwrap().event().connection_change()
}

fn codat(event: &str, payload: &Value) -> Option<ConnectionChange> {
    let body = json!({ "eventType": event, "payload": payload }).to_string();
    let headers = standard_webhooks(WHSEC, "msg_1", body.as_bytes());
    let verifier = codat::events::Verifier::new(WHSEC).unwrap();
    verifier.verify_at(headers, body.as_bytes(), sent()).unwrap().event().connection_change()
}

fn deck_v2(event: &str, data: &Value) -> Option<ConnectionChange> {
    let body = json!({ "id": "evt_1", "type": event, "data": data }).to_string();
    let headers = standard_webhooks(WHSEC, "msg_1", body.as_bytes());
    let verifier = deck_v2::events::Verifier::new(WHSEC).unwrap();
    verifier.verify_at(headers, body.as_bytes(), sent()).unwrap().event().connection_change()
}

#[track_caller]
fn assert_change(seen: Option<ConnectionChange>, change: Option<Change>, key: Option<&str>) {
    assert_eq!(seen.as_ref().map(|seen| seen.change), change, "{seen:?}");
    assert_eq!(seen.as_ref().and_then(|seen| seen.key.as_ref()).map(|key| key.as_str()), key);
}

#[test]
fn deck_s_events_are_changes() {
    let key = Some("deck/c-1");
    for (kind, code, change) in [
        ("Connection", "ConnectionCompleted", Some(Change::Connected)),
        ("Connection", "InvalidCredentials", Some(Change::NeedsCustomer)),
        ("Connection", "MfaQuestion", Some(Change::NeedsCustomer)),
        ("Connection", "Error", Some(Change::LookAgain)),
    ] {
        let body = json!({ "webhook_type": kind, "webhook_code": code, "connection_id": "c-1" });
        assert_change(deck(&body), change, key);
    }
    let body =
        json!({ "webhook_type": "Sustainability", "webhook_code": "DefaultUpdate", "connection_id": "c-1" });
    assert_change(deck(&body), None, None);
    let body = json!({ "webhook_type": "Link", "webhook_code": "ConnectionCreated", "public_token": "p" });
    assert_change(deck(&body), Some(Change::LookAgain), None);
    for (code, change) in [("EnsureConnection", Some(Change::LookAgain)), ("FetchBalance", None)] {
        let body = json!({ "webhook_type": "Job", "webhook_code": code, "job_guid": "j", "output": {} });
        assert_change(deck(&body), change, None);
    }
    assert_change(
        deck(&json!({ "webhook_type": "New", "webhook_code": "New" })),
        Some(Change::LookAgain),
        None,
    );
}

#[test]
fn apideck_s_events_are_changes() {
    let entity =
        json!({ "consumer_id": "Acme Inc", "unified_api": "crm", "service_id": "hubspot", "enabled": true });
    let key = Some("apideck/Acme%20Inc/crm/hubspot");
    for (event, change) in [
        ("callable", Change::Connected),
        ("token_refresh.recovered", Change::Connected),
        ("token_refresh.failed", Change::NeedsCustomer),
        ("token_refresh.pending", Change::LookAgain),
        ("revoked", Change::Disconnected),
        ("deleted", Change::Removed),
        ("created", Change::LookAgain),
        ("updated", Change::LookAgain),
        ("disabled", Change::LookAgain),
        ("migrated", Change::LookAgain),
        ("downstream.degraded", Change::LookAgain),
        ("downstream.recovered", Change::LookAgain),
    ] {
        assert_change(apideck(&format!("vault.connection.{event}"), &entity), Some(change), key);
    }
    let mut expiring = entity.clone();
    expiring["credentials_expire_at"] = json!("2026-01-01T00:00:00Z");
    let pending = apideck("vault.connection.token_refresh.pending", &expiring);
    assert_change(pending, Some(Change::NeedsCustomer), key);
    let mut disabled = entity.clone();
    disabled["enabled"] = json!(false);
    assert_change(apideck("vault.connection.callable", &disabled), Some(Change::LookAgain), key);
    assert_change(apideck("vault.connection.callable", &json!({})), Some(Change::LookAgain), None);
    assert_change(apideck("vault.connection.pondering", &entity), Some(Change::LookAgain), None);
    assert_change(apideck("crm.contact.created", &entity), None, None);
}

#[test]
fn codat_s_events_are_changes() {
    let payload = |status: &str| json!({ "referenceCompany": { "id": "co-1" }, "connection": { "id": "c-1", "status": status } });
    let key = Some("codat/co-1/c-1");
    for (event, status, change) in [
        ("created", "PendingAuth", Change::LookAgain),
        ("connected", "Linked", Change::Connected),
        ("reconnected", "Linked", Change::Connected),
        ("failed", "PendingAuth", Change::NeedsCustomer),
        ("disconnected", "Deauthorized", Change::NeedsCustomer),
        ("disconnected", "Unlinked", Change::Disconnected),
        ("disconnected", "Resting", Change::LookAgain),
        ("deleted", "Linked", Change::Removed),
    ] {
        assert_change(codat(&format!("connection.{event}"), &payload(status)), Some(change), key);
    }
    let nameless = json!({ "connection": { "id": "c-1" } });
    assert_change(codat("connection.connected", &nameless), Some(Change::Connected), None);
    let company = json!({ "id": "co-1", "name": "Acme", "redirect": "https://link.codat.io" });
    assert_change(codat("company.deleted", &company), Some(Change::LookAgain), None);
    assert_change(codat("company.created", &company), None, None);
    assert_change(codat("connection.pondered", &payload("Linked")), Some(Change::LookAgain), None);
}

#[test]
fn deck_v2_s_events_are_changes() {
    for (event, change) in [
        ("created", Change::LookAgain),
        ("unverified", Change::LookAgain),
        ("verified", Change::Connected),
        ("invalid", Change::NeedsCustomer),
        ("deleted", Change::Disconnected),
    ] {
        let seen = deck_v2(&format!("credential.{event}"), &json!({ "id": "cred_1" }));
        assert_change(seen, Some(change), Some("deck-v2/cred_1"));
    }
    assert_change(deck_v2("task_run.completed", &json!({ "id": "trun_1" })), None, None);
    assert_change(deck_v2("credential.pondered", &json!({ "id": "cred_1" })), Some(Change::LookAgain), None);
}

/// An event finds the row that the view has shown.
#[tokio::test]
async fn the_keys_are_those_of_the_view_s_rows() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let seeded = sandbox.customer("acme");
    let view = seeded.at(&sandbox.client()).connections().await;
    let id = |provider: Provider| {
        let row = view.connections().iter().find(|it| it.provider() == provider).unwrap();
        row.key().unwrap().as_str().rsplit('/').next().unwrap().to_owned()
    };
    let connection = json!({ "id": id(Provider::Codat), "status": "Linked" });
    let salesforce = json!({ "consumer_id": "acme", "unified_api": "crm", "service_id": "salesforce" });
    let changes = [
        deck(&json!({
            "webhook_type": "Connection", "webhook_code": "Error", "connection_id": id(Provider::Deck),
        })),
        apideck("vault.connection.callable", &salesforce),
        codat(
            "connection.connected",
            &json!({ "referenceCompany": { "id": seeded.codat.as_str() }, "connection": connection }),
        ),
        deck_v2("credential.verified", &json!({ "id": id(Provider::DeckV2) })),
    ];
    let providers = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2];
    for (change, provider) in changes.into_iter().zip(providers) {
        let key = change.unwrap().key.unwrap();
        assert_eq!(view.get(&key).unwrap().provider(), provider, "{key}");
    }
}
