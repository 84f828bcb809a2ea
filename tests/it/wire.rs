//! What each operation sends, to the last header, with everything set and with the required arguments only.

use crate::support::{
    APIDECK_APP, APIDECK_KEY, CODAT_KEY, CONSUMER, DECK_CLIENT_ID, DECK_SECRET, DECK_V2_KEY,
    calls::{self, Input, Request},
    wire::{Seen, Wire},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use connectory::Provider;
use connectory::operation::{Auth, ConsumerHeader, Operation, Repeat};
use std::collections::BTreeMap;

/// The headers that a call of this operation has whatever it is called with, but for its idempotency key.
fn usual_headers(operation: &Operation, has_body: bool) -> BTreeMap<String, String> {
    let mut headers = vec![
        ("accept", "application/json".to_owned()),
        ("accept-encoding", "gzip".to_owned()),
        ("user-agent", concat!("connectory/", env!("CARGO_PKG_VERSION")).to_owned()),
    ];
    if has_body {
        headers.push(("content-type", "application/json".to_owned()));
    }
    match operation.provider() {
        _ if operation.auth() == Auth::None => {}
        Provider::Deck => headers.extend([
            ("x-deck-client-id", DECK_CLIENT_ID.to_owned()),
            ("x-deck-secret", DECK_SECRET.to_owned()),
        ]),
        Provider::Apideck => headers.push(("authorization", format!("Bearer {APIDECK_KEY}"))),
        // Codat's key has no user name and no colon.
        Provider::Codat => {
            headers.push(("authorization", format!("Basic {}", BASE64_STANDARD.encode(CODAT_KEY))))
        }
        Provider::DeckV2 => headers.push(("authorization", format!("Bearer {DECK_V2_KEY}"))),
        other => panic!("{other} is new here"),
    }
    if operation.provider() == Provider::Apideck {
        headers.push(("x-apideck-app-id", APIDECK_APP.to_owned()));
    }
    if operation.consumer_header() != ConsumerHeader::Never {
        headers.push(("x-apideck-consumer-id", CONSUMER.to_owned()));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn key_header(operation: &Operation) -> Option<&'static str> {
    (operation.repeat() == Repeat::Keyed).then_some(match operation.provider() {
        Provider::Deck => "x-deck-idempotency-key",
        _ => "idempotency-key",
    })
}

#[tokio::test]
async fn every_call_sends_what_its_case_says_and_nothing_else() {
    for case in calls::all() {
        for (send, Request { line, headers, json }) in case.ways() {
            let wire = Wire::status(case.answer.0, case.answer.1).await;
            send(&wire.client(), &Input::default()).await.unwrap();
            let sent = wire.request().await;
            assert_eq!(sent.line(), line, "{}", case.id);
            assert_eq!(serde_json::from_slice(&sent.body).ok(), json, "{}", case.id);
            assert_eq!(sent.body.is_empty(), json.is_none(), "{}", case.id);

            let mut seen = BTreeMap::new();
            for (name, value) in &sent.headers {
                let twice = seen.insert(name.to_string(), value.to_str().unwrap().to_owned());
                assert!(twice.is_none(), "{}: {name}", case.id);
            }
            // These are the connection's.
            for name in ["host", "content-length"] {
                seen.remove(name);
            }
            if let Some(name) = key_header(case.operation()) {
                let key = seen.remove(name).unwrap_or_else(|| panic!("{} has a key", case.id));
                assert_eq!(uuid::Uuid::parse_str(&key).unwrap().get_version_num(), 4, "{}", case.id);
            }
            let mut expected = usual_headers(case.operation(), json.is_some());
            expected.extend(headers);
            assert_eq!(seen, expected, "{}", case.id);
        }
    }
}
