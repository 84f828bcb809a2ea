//! What it costs to verify a delivery.

use connectory::{apideck, codat, deck, deck_v2, events::EventError};
use ring::hmac::{HMAC_SHA256, Key, Tag, sign};
use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant, UNIX_EPOCH},
};

/// All zeros, in the forms in which the vendors write keys.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const WHSEC: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const API_KEY: &str = "sk_test_apideck_key";
const SENT: u64 = 1_700_000_000;
const SIZE: usize = 2048;

/// Microseconds for each vendor: the best of many short rounds, which is what the machine can do undisturbed.
pub fn verify() -> Vec<(&'static str, f64)> {
    let sent = UNIX_EPOCH + Duration::from_secs(SENT);
    let connection = r#""connection":{"id":"ee2eb431","status":"Linked","platformName":"Basiq","created":"2022-10-27T09:53:29Z"}"#;
    let codat_body = filled(&format!(
        r#"{{"id":"1","eventType":"connection.connected","payload":{{{connection},"referenceCompany":{{"id":"2"}}}},"more":[]}}"#
    ));
    let deck_v2_body = filled(
        r#"{"id":"evt_1","type":"task_run.completed","data":{"id":"trun_1","status":"completed"},"more":[]}"#,
    );
    let deck_body = filled(
        r#"{"job_guid":"1","webhook_type":"Job","webhook_code":"FetchDocuments","output":{},"more":[]}"#,
    );
    let apideck_body = filled(
        r#"{"payload":{"event_type":"vault.connection.callable","event_id":"1","entity":{"state":"callable","id":"1"}},"more":[]}"#,
    );
    let codat = codat::events::Verifier::new(WHSEC).expect("a secret");
    let deck_v2 = deck_v2::events::Verifier::new(WHSEC).expect("a secret");
    let deck = deck::events::Verifier::new(KEY).expect("a key");
    let apideck = apideck::events::Verifier::new(API_KEY).expect("a key");
    let (codat_headers, deck_v2_headers) = (standard_webhooks(&codat_body), standard_webhooks(&deck_v2_body));
    let deck_headers = [("x-signature", base64(hmac(&[0; 32], deck_body.as_bytes()).as_ref()))];
    let hex = hmac(API_KEY.as_bytes(), apideck_body.as_bytes()).as_ref().iter().fold(
        String::new(),
        |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes everything");
            hex
        },
    );
    let apideck_headers = [("x-apideck-signature", hex)];
    vec![
        ("Deck v1", best(|| deck.verify_at(pairs(&deck_headers), deck_body.as_bytes(), sent).map(drop))),
        (
            "Deck v2",
            best(|| deck_v2.verify_at(pairs(&deck_v2_headers), deck_v2_body.as_bytes(), sent).map(drop)),
        ),
        (
            "Apideck",
            best(|| apideck.verify_at(pairs(&apideck_headers), apideck_body.as_bytes(), sent).map(drop)),
        ),
        ("Codat", best(|| codat.verify_at(pairs(&codat_headers), codat_body.as_bytes(), sent).map(drop))),
    ]
}

fn pairs<'a>(headers: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str()))
}

/// A body of 2 KiB: its list is filled with small objects, whose keys are not in order.
fn filled(body: &str) -> String {
    let (mut text, end) = (body.trim_end_matches("]}").to_owned(), "]}");
    let mut item = r#"{"zip":"1051","city":"Amsterdam","amount":12.50,"open":true}"#.to_owned();
    while text.len() + item.len() + end.len() <= SIZE {
        text.push_str(&item);
        item = format!(",{}", item.trim_start_matches(','));
    }
    let room = SIZE - text.len() - end.len();
    format!("{text}{}{end}", " ".repeat(room))
}

fn standard_webhooks(body: &str) -> [(&'static str, String); 3] {
    let tag = hmac(&[0; 32], format!("msg_1.{SENT}.{body}").as_bytes());
    [
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", SENT.to_string()),
        ("webhook-signature", format!("v1,{}", base64(tag.as_ref()))),
    ]
}

fn hmac(key: &[u8], message: &[u8]) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), message)
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(bytes)
}

fn best(verify: impl Fn() -> Result<(), EventError>) -> f64 {
    const TIMES: u32 = 20;
    let round = || {
        let start = Instant::now();
        for _ in 0..TIMES {
            black_box(verify()).expect("it is signed");
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
    };
    (0..1000).map(|_| round()).fold(f64::INFINITY, f64::min)
}
