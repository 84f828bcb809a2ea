//! What Apideck delivers, and the text that it signs.

use super::{API_KEY, Pairs, Scheme, hex, hmac, pairs};
use connectory::Provider;
use connectory::apideck::events::{Event, Verifier};
use connectory::apideck::vault::connections::ConnectionState;
use connectory::apideck::webhooks::WebhookEventType;
use connectory::events::{Delivery, EventError};
use serde_json::{Value, json};

/// Bodies, the two texts that may be signed, and their signatures: made by `apideck_canonical.js`.
const CANONICAL: &str = include_str!("apideck_canonical.jsonl");

pub fn scheme() -> Scheme {
    super::scheme!(apideck, new, {
        name: "apideck",
        provider: Provider::Apideck,
        secret: API_KEY,
        another: "sk_test_another_key",
        sign: sign,
        body: r#"{"payload":{"event_type":"vault.connection.created","event_id":"9755c355-56c3","entity":{"state":"added","id":"1111+test_user_id","settings":{"b":1,"a":[{"d":2,"c":null}]}}}}"#,
        unseen: r#"{"payload":{"event_type":"vault.connection.painted","event_id":"e-1","entity":{}}}"#,
        unread: r#"{"payload":{"event_type":"vault.connection.created","event_id":"e-1","entity":"gone"}}"#,
    })
}

/// As Apideck's code has it: keys sorted, arrays as they are. These bodies have theirs sorted by `serde_json`.
fn sign(key: &str, body: &[u8]) -> Pairs {
    let sorted = serde_json::from_slice::<Value>(body).map(|body| body.to_string());
    signature(key, sorted.map_or(body.to_vec(), String::into_bytes))
}

fn signature(key: &str, text: impl AsRef<[u8]>) -> Pairs {
    pairs([("x-apideck-signature", hex(&hmac(key.as_bytes(), text.as_ref())))])
}

fn verify(signature: &str, body: &str) -> Result<Delivery<Event>, EventError> {
    Verifier::new(API_KEY).unwrap().verify([("X-Apideck-Signature", signature)], body.as_bytes())
}

fn delivered(payload: Value) -> Delivery<Event> {
    let body = json!({ "payload": payload }).to_string();
    verify(&hex(&hmac(API_KEY.as_bytes(), body.as_bytes())), &body).unwrap()
}

#[test]
fn r26_the_signed_text_is_javascript_s_byte_for_byte() {
    let mut seen = 0;
    for line in CANONICAL.lines() {
        let [body, untouched, descended, of_untouched, of_descended]: [String; 5] =
            serde_json::from_str(line).unwrap();
        for (text, signature) in [(untouched, of_untouched), (descended, of_descended)] {
            let delivery = verify(&signature, &body).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(String::from_utf8_lossy(delivery.body()), text, "{line}");
        }
        let raw = hex(&hmac(API_KEY.as_bytes(), body.as_bytes()));
        assert_eq!(verify(&raw, &body).unwrap().body(), body.as_bytes(), "the body itself");
        seen += 1;
    }
    assert!(seen > 2500, "{seen} bodies");
}

#[test]
fn r26_the_vectors_of_apideck_hold() {
    let body = r#"{"payload":{"event_type":"vault.connection.created","event_id":"9755c355-56c3-4a2f-a2da-86ff4411fccb","entity":{"state":"added","id":"1111+test_user_id"}}}"#;
    for signature in [
        "946e9b6c6a6f6b64948cc68ef0e820e9ec5a5fdff81143dbbd4888055b4c7ca6",
        "5d2f0c94739e95341521f80277fab46e68d5226f4436c4c232993add832bf090",
    ] {
        let delivery = verify(signature, body).unwrap();
        assert_eq!(delivery.id(), "9755c355-56c3-4a2f-a2da-86ff4411fccb");
        let Event::ConnectionCreated(connection) = delivery.event() else { panic!("{delivery:?}") };
        assert_eq!(connection.state, Some(ConnectionState::Added));
    }
}

/// One body, two members of one name: whoever reads the last where the signer read the first is deceived.
#[test]
fn r26_the_event_is_read_from_the_text_that_was_signed() {
    let body = r#"{"payload":{"event_type":"vault.connection.created","event_id":"1","event_id":"2","entity":{"id":"x","__proto__":{"id":"y"},"\u0069d":"z"}}}"#;
    let signed =
        r#"{"payload":{"entity":{"id":"z"},"event_id":"2","event_type":"vault.connection.created"}}"#;
    let delivery = verify(&hex(&hmac(API_KEY.as_bytes(), signed.as_bytes())), body).unwrap();
    assert_eq!((delivery.id(), delivery.body()), ("2", signed.as_bytes()));
    assert_eq!(delivery.event().connection().unwrap().id.as_deref(), Some("z"));
}

/// Numbers as JavaScript writes them are in any number.
#[test]
fn r26_a_body_with_many_long_numbers_is_verified_as_it_came() {
    let signed = |key: &str, body: &str| hex(&hmac(key.as_bytes(), body.as_bytes()));
    for (number, is_long) in [("0.0012345678901234567", false), ("123456789012345678901", true)] {
        let numbers = vec![number; 1001].join(",");
        let body = format!(r#"{{"payload":{{"event_id":"1","entity":[{numbers}]}}}}"#);
        let sorted = format!(r#"{{"payload":{{"entity":[{numbers}],"event_id":"1"}}}}"#);
        assert_eq!(verify(&signed(API_KEY, &body), &body).unwrap().id(), "1");
        assert_eq!(verify(&signed(API_KEY, &sorted), &body).is_err(), is_long, "{number}");
        assert_eq!(verify(&signed("another", &body), &body).unwrap_err(), EventError::WrongSignature);
    }
}

#[test]
fn every_vault_event_has_its_payload() {
    let connection = json!({
        "id": "1111+test_user_id", "consumer_id": "test_user_id", "unified_api": "crm", "service_id": "salesforce",
        "name": "Salesforce", "auth_type": "oauth2", "enabled": true, "state": "callable", "health": "ok",
        "created_at": "2020-09-19T12:18:37.071Z", "updated_at": null, "migrated_from": "hubspot",
    });
    for event_type in [
        "vault.connection.created",
        "vault.connection.updated",
        "vault.connection.disabled",
        "vault.connection.deleted",
        "vault.connection.callable",
        "vault.connection.revoked",
        "vault.connection.migrated",
        "vault.connection.token_refresh.failed",
        "vault.connection.token_refresh.pending",
        "vault.connection.token_refresh.recovered",
        "vault.connection.downstream.degraded",
        "vault.connection.downstream.recovered",
    ] {
        let known = WebhookEventType::KNOWN.iter().any(|known| known.as_str() == event_type);
        assert!(known, "{event_type} can be subscribed to");
        let delivery = delivered(json!({
            "event_id": "e-1", "event_type": event_type, "service_id": "apideck-vault", "entity_type": "Connection",
            "entity_id": "1111+test_user_id", "entity": connection, "execution_attempt": 2,
            "occurred_at": "2021-10-01T03:14:55.419Z",
        }));
        assert_eq!(
            (delivery.provider(), delivery.id(), delivery.attempt()),
            (Provider::Apideck, "e-1", Some(2))
        );
        assert_eq!(delivery.event_type(), Some(event_type));
        assert_eq!(delivery.time().unwrap().as_str(), "2021-10-01T03:14:55.419Z");
        assert_eq!(delivery.sent_at(), None);
        let event = delivery.event();
        let connection = event.connection().unwrap_or_else(|| panic!("{event_type}: {event:?}"));
        assert_eq!(event.consumer_id().unwrap().as_str(), "test_user_id");
        assert_eq!(connection.service_id.as_ref().unwrap().as_str(), "salesforce");
        assert_eq!(connection.created_at.as_ref().unwrap().as_str(), "2020-09-19T12:18:37.071Z");
        // The name of the variant is the type's.
        let name: String = format!("{event:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        let words = event_type.trim_start_matches("vault.").replace("connection.token", "token");
        let words = words.replace("connection.downstream", "downstream").replace(['.', '_'], "");
        assert_eq!(name.to_lowercase(), words);
        if let Event::ConnectionMigrated(migrated) = event {
            assert_eq!(migrated.migrated_from.as_ref().unwrap().as_str(), "hubspot");
        }
    }
}

#[test]
fn every_other_unified_api_s_event_is_a_record() {
    let others = WebhookEventType::KNOWN.iter().filter(|kind| kind.as_str().contains('.'));
    let others: Vec<_> = others.filter(|kind| !kind.as_str().starts_with("vault.")).collect();
    assert!(others.len() > 100, "{}", others.len());
    let unseen = WebhookEventType::from("crm.note.pinned");
    for kind in others.into_iter().chain([&unseen]) {
        let delivery = delivered(json!({
            "event_type": kind.as_str(), "unified_api": "crm", "service_id": "hubspot", "consumer_id": "test_user_id",
            "event_id": "d290f1ee", "entity_id": "123456ASDF", "entity_type": "activity",
            "entity_url": "https://unify.apideck.com/crm/activities/123456ASDF", "entity": { "total": 1.10 },
            "occurred_at": "2020-01-01T00:00:00.000Z",
        }));
        let Event::Record(record) = delivery.event() else { panic!("{delivery:?}") };
        assert_eq!(&record.event_type, kind);
        assert_eq!(record.unified_api.as_ref().unwrap().as_str(), "crm");
        assert_eq!(record.service_id.as_ref().unwrap().as_str(), "hubspot");
        assert_eq!(delivery.event().consumer_id().unwrap().as_str(), "test_user_id");
        let texts =
            [&record.entity_id, &record.entity_type, &record.entity_url].map(|text| text.as_deref().unwrap());
        assert_eq!(texts, ["123456ASDF", "activity", "https://unify.apideck.com/crm/activities/123456ASDF"]);
        assert_eq!(record.entity.as_ref().unwrap().raw(), r#"{"total":1.1}"#);
        assert_eq!((delivery.id(), delivery.attempt()), ("d290f1ee", None));
    }
}
