//! Answers made to hurt: deep, odd, broken off.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::{Error, Outcome};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// In a process of its own, where nobody else's memory counts.
#[cfg(all(feature = "apideck", target_os = "linux"))]
#[test]
fn r14_nested_groups_cost_what_their_bytes_cost() {
    use crate::support::child;
    use connectory::apideck::vault::connections::ListConnections;
    child::run(|| {
        let depth = 50;
        let leaves = vec!["1"; 500_000].join(",");
        let nested =
            r#"{"option_type":"group","label":"g","options":["#.repeat(depth) + &leaves + &"]}".repeat(depth);
        let body = format!(
            r#"{{"data":[{{"id":"a","service_id":"b","unified_api":"c","form_fields":[{{"options":[{nested}]}}]}}]}}"#
        );
        let before = child::peak();
        let memory = Memory::playing([Step::answer(200, body.clone())]);
        let list = runtime().block_on(async {
            offline(&memory).apideck().vault().connections().list(&ListConnections::new()).await
        });
        assert_eq!(list.unwrap().data.len(), 1);
        let grown = child::growth(before);
        // Each scalar of two bytes becomes a value of some dozens: once, not once for each level.
        assert!(grown < 200 * body.len(), "{grown} bytes for {}", body.len());
    });
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn what_is_told_once_is_not_lost_to_an_odd_side_member() {
    use connectory::deck::connections::ExchangePublicToken;
    let odd = [
        r#"{"access_token":"a","fields":[{"field_name":"pin","field_value":1234}]}"#,
        r#"{"access_token":"a","fields":{}}"#,
        r#"{"access_token":"a","fields":[7],"connection_id":{"odd":true}}"#,
    ];
    for body in odd {
        let client = offline(&Memory::playing([Step::answer(200, body)]));
        let request = ExchangePublicToken::new("p");
        let exchanged = client.deck().connections().exchange_public_token(&request).await.unwrap();
        assert_eq!(exchanged.access_token.expose_secret(), "a", "{body}");
    }
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn a_token_is_not_lost_to_its_lifetime() {
    for (lifetime, expected) in
        [("3600.0", Some(3600)), ("\"3600\"", Some(3600)), ("{}", None), ("null", None)]
    {
        let body = format!(r#"{{"accessToken":"a","expiresIn":{lifetime},"tokenType":7}}"#);
        let client = offline(&Memory::playing([Step::answer(200, body)]));
        let token = client.codat().companies().get_access_token("c").await.unwrap();
        assert_eq!(token.expires_in, expected, "{lifetime}");
    }
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn an_error_body_that_breaks_off_keeps_what_was_readable() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(br#"{"error":"No company was found","correlationId":"8fa2b5f4"}"#).unwrap();
    let packed = encoder.finish().unwrap();
    let step = Step::answer(404, packed).header("content-encoding", "gzip").then_breaks();
    let client = offline(&Memory::playing([step]));
    let error = client.codat().companies().get_access_token("c").await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert_eq!((error.message(), error.request_id()), (Some("No company was found"), Some("8fa2b5f4")));
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn a_coding_that_nobody_asked_for_is_named() {
    for coding in ["br", "gzip, br", "x"] {
        let step = Step::answer(200, "{}").header("content-encoding", coding);
        let client = offline(&Memory::playing([step]));
        let error = client.codat().companies().get_access_token("c").await.unwrap_err();
        assert!(error.to_string().contains(&format!("encoded as {coding}")), "{error}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
    }
}

#[cfg(feature = "codat")]
#[test]
fn a_long_message_is_redacted_at_its_cut_too() {
    let key = "k3y".repeat(700);
    let config = connectory::codat::Config::new(key.as_str());
    for lead in [0, 1, 200, 299, 300, 2000, 2399, 2400, 4400, 4500] {
        let message = "é".repeat(lead) + &key.repeat(4);
        let body = serde_json::json!({ "error": message }).to_string();
        let transport = std::sync::Arc::new(Memory::playing([Step::answer(404, body)]));
        let client =
            connectory::Client::builder().codat(config.clone()).transport(transport).build().unwrap();
        let error =
            runtime().block_on(async { client.codat().companies().get_access_token("c").await.unwrap_err() });
        assert!(!error.to_string().contains("k3y"), "{lead}: {error}");
    }
}
