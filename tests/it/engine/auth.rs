//! Who the client says it is: the headers of each vendor, and what cannot become one.

use crate::support::{
    APIDECK_APP, APIDECK_KEY, CONSUMER, DECK_CLIENT_ID, DECK_SECRET, a_call, builder, calls, idempotency_key,
    memory::{Memory, Step},
    offline, offline_builder, vendors,
    wire::{Seen, Wire},
};
#[cfg(feature = "apideck")]
use connectory::apideck;
#[cfg(feature = "codat")]
use connectory::codat;
#[cfg(feature = "deck")]
use connectory::deck;
#[cfg(feature = "deck-v2")]
use connectory::deck_v2;
use connectory::operation::{ConsumerHeader, Repeat};
use connectory::{Client, ClientBuilder, Error, Outcome, Provider};
use proptest::prelude::*;
use std::sync::Arc;

const BASE: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn credentials_are_marked_sensitive() {
    for call in calls::all() {
        let memory = Memory::playing([call.success("s")]);
        call.send_default(&offline(&memory)).await.unwrap();
        let request = memory.requests().remove(0);
        for name in ["authorization", "x-deck-client-id", "x-deck-secret"] {
            let shown = request.headers().get(name).is_some_and(|value| !value.is_sensitive());
            assert!(!shown, "{}: {name}", call.id);
        }
    }
}

#[tokio::test]
async fn a_vendor_that_is_not_configured_is_an_error_on_await() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    for (configured, builder) in vendors("http://127.0.0.1:1") {
        let client = builder.transport(Arc::new(memory.clone())).build().unwrap();
        for call in calls::all() {
            let vendor = call.operation().provider();
            if configured == vendor {
                continue;
            }
            let error = call.send_default(&client).await.unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{error:?}");
            let expected = format!("{}: {vendor} is not configured on this client", call.id);
            assert_eq!(error.to_string(), expected);
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
        }
    }
    assert_eq!(memory.count(), 0);
}

type WithText = fn(&str) -> ClientBuilder;

/// Ids that people choose may have spaces within; what a machine makes has none.
fn takes_spaces(what: &str) -> bool {
    what.ends_with("app id") || what.ends_with("consumer id")
}

/// Every text that becomes a header, with a builder that takes it.
fn header_texts() -> Vec<(&'static str, WithText)> {
    vec![
        ("user agent suffix", |text| builder(BASE).user_agent_suffix(text)),
        #[cfg(feature = "deck")]
        ("Deck's client id", |text| Client::builder().deck(deck::Config::at(BASE, text, DECK_SECRET))),
        #[cfg(feature = "deck")]
        ("Deck's secret", |text| Client::builder().deck(deck::Config::at(BASE, DECK_CLIENT_ID, text))),
        #[cfg(feature = "apideck")]
        ("Apideck's API key", |text| Client::builder().apideck(apideck::Config::new(text, APIDECK_APP))),
        #[cfg(feature = "apideck")]
        ("Apideck's app id", |text| Client::builder().apideck(apideck::Config::new(APIDECK_KEY, text))),
        #[cfg(feature = "apideck")]
        ("Apideck's consumer id", |text| {
            Client::builder().apideck(apideck::Config::new(APIDECK_KEY, APIDECK_APP).consumer_id(text))
        }),
        #[cfg(feature = "codat")]
        ("Codat's API key", |text| Client::builder().codat(codat::Config::new(text))),
        #[cfg(feature = "deck-v2")]
        ("Deck v2's API key", |text| Client::builder().deck_v2(deck_v2::Config::new(text))),
    ]
}

/// The commonest mistake with environments and files.
#[test]
fn r2_a_line_break_at_the_end_is_called_one() {
    for (what, builder) in header_texts() {
        for text in ["key\n", "key\r\n", "\nkey", "Bearer key\n"] {
            let error = builder(text).transport(Arc::new(Memory::default())).build().unwrap_err();
            assert!(error.to_string().contains(what) && error.to_string().contains("line break"), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r2_a_credential_is_visible_ascii_or_refused_by_build(
        text in prop_oneof![
            "[!-~]{1,40}", "[ -~]{1,20}", ".{0,20}", r"[ -~]{0,20}[\x00-\x20\x7f-\u{ff}][ -~]{0,20}"
        ],
    ) {
        let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let spaced = !text.is_empty() && text == text.trim() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let ready = text.starts_with("Basic ") || text.starts_with("Bearer ");
        let transport = Arc::new(Memory::default());
        for (what, builder) in header_texts() {
            let good = if takes_spaces(what) { spaced } else { visible };
            match builder(&text).transport(transport.clone()).build() {
                Ok(_) => prop_assert!(good || ready, "{what}: {text:?} is taken"),
                Err(error) => {
                    prop_assert!(!good, "{what}: {text:?} is refused: {error}");
                    prop_assert!(matches!(error, Error::Config(_)));
                    prop_assert!(error.to_string().contains(what), "{error}");
                }
            }
        }
    }
}

#[test]
fn r2_a_ready_header_is_a_scheme_one_space_and_visible_ascii() {
    let transport = Arc::new(Memory::default());
    let refused =
        ["Basic ", "Bearer ", "Basic  a", "Bearer a b", "Basic a\n", "Bearer é", "Digest a", " Basic a"];
    for key in refused {
        for (what, builder) in header_texts().into_iter().filter(|(what, _)| !takes_spaces(what)) {
            let error = builder(key).transport(transport.clone()).build().unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{what} {key:?}: {error:?}");
        }
    }
    // Only an `Authorization` header has a scheme.
    for (what, builder) in header_texts().into_iter().filter(|(what, _)| !takes_spaces(what)) {
        let built = builder("Basic YQ==").transport(transport.clone()).build();
        assert_eq!(built.is_ok(), what.ends_with("API key"), "{what}");
    }
}

#[tokio::test]
async fn r36_more_headers_than_a_request_can_hold_are_refused() {
    let memory = Memory::default();
    let client = offline(&memory);
    let call = (0..40_000).fold(a_call(&client), |call, number| call.header(format!("x-{number}"), ""));
    assert!(matches!(call.await.unwrap_err(), Error::Request(_)));
    assert_eq!(memory.count(), 0);
}

#[tokio::test]
async fn r2_headers_of_the_client_s_own_cannot_be_replaced_and_others_are_sent() {
    let memory = Memory::playing([Step::answer(200, r#"{"accessToken":"a","data":{}}"#)]);
    let client = offline(&memory);
    let reserved = [
        "authorization",
        "AUTHORIZATION",
        "proxy-authorization",
        "host",
        "content-type",
        "content-encoding",
        "content-length",
        "transfer-encoding",
        "connection",
        "te",
        "trailer",
        "upgrade",
        "accept-encoding",
        #[cfg(feature = "deck")]
        "X-Deck-Client-Id",
        #[cfg(feature = "deck")]
        "x-deck-secret",
        #[cfg(feature = "deck")]
        "x-deck-idempotency-key",
        #[cfg(feature = "apideck")]
        "x-apideck-app-id",
        #[cfg(feature = "apideck")]
        "x-apideck-consumer-id",
        #[cfg(any(feature = "codat", feature = "deck-v2"))]
        "Idempotency-Key",
    ];
    let unusable = [("not a name", "v"), ("", "v"), ("x-trace", "a\r\nx-deck-secret: b"), ("x-trace", "a\0")];
    let refused = reserved.map(|name| (name, "v"));
    for (name, value) in refused.into_iter().chain(unusable) {
        let error = a_call(&client).header(name, value).await.unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{name}: {error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!(memory.count(), 0);

    let call =
        a_call(&client).header("X-Trace", "one").header("x-trace", "two").header("accept", "text/plain");
    call.bytes().await.unwrap();
    let headers = memory.requests().remove(0).headers().clone();
    let values = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((values("x-trace"), values("accept")), (vec!["two"], vec!["text/plain"]));
    assert!(headers["x-trace"].is_sensitive());
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn r2_an_idempotency_key_is_visible_ascii_or_refused_unsent() {
    let body = deck::jobs::SubmitJob::new("FetchAccounts", serde_json::json!({}));
    for character in (0..=0xff).map(char::from) {
        let memory = Memory::playing([Step::answer(200, r#"{"job_guid":"a"}"#)]);
        let key = format!("a{character}b");
        let result = offline(&memory).deck().jobs().submit(&body).idempotency_key(&key).await;
        if character.is_ascii_graphic() {
            assert_eq!(idempotency_key(memory.requests()[0].headers()), Some(key), "{result:?}");
        } else {
            assert!(matches!(result, Err(Error::Request(_))), "{character:?}: {result:?}");
            assert_eq!(memory.count(), 0);
        }
    }
}

#[tokio::test]
async fn an_idempotency_key_where_the_vendor_takes_none_is_refused() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let call = a_call(&offline(&memory));
    assert_ne!(call.operation().repeat(), Repeat::Keyed, "choose another call");
    let error = call.idempotency_key("my-key").await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert_eq!(memory.count(), 0);
}

#[tokio::test]
async fn the_user_agent_s_suffix_follows_the_crate_s_name() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let client = offline_builder(&memory).user_agent_suffix("my-service/1.0").build().unwrap();
    a_call(&client).bytes().await.unwrap();
    let expected = concat!("connectory/", env!("CARGO_PKG_VERSION"), " my-service/1.0");
    assert_eq!(memory.requests()[0].headers()["user-agent"], expected);
}

#[cfg(any(feature = "apideck", feature = "codat", feature = "deck-v2"))]
#[tokio::test]
async fn a_key_becomes_its_vendor_s_header_unless_it_is_one_already() {
    type Row = (&'static str, &'static str, WithText);
    let rows: &[Row] = &[
        #[cfg(feature = "codat")]
        // Base64 of the key alone: no colon behind it.
        ("codat-api-key", "Basic Y29kYXQtYXBpLWtleQ==", |key| {
            Client::builder().codat(codat::Config::new(key))
        }),
        #[cfg(feature = "codat")]
        ("Basic Y29kYXQ=", "Basic Y29kYXQ=", |key| Client::builder().codat(codat::Config::new(key))),
        #[cfg(feature = "codat")]
        ("Bearer abc", "Bearer abc", |key| Client::builder().codat(codat::Config::new(key))),
        #[cfg(feature = "deck-v2")]
        ("sk_live", "Bearer sk_live", |key| Client::builder().deck_v2(deck_v2::Config::new(key))),
        #[cfg(feature = "deck-v2")]
        ("Bearer sk_live", "Bearer sk_live", |key| Client::builder().deck_v2(deck_v2::Config::new(key))),
        #[cfg(feature = "apideck")]
        ("sk_test", "Bearer sk_test", |key| {
            Client::builder().apideck(apideck::Config::new(key, APIDECK_APP).consumer_id("c"))
        }),
        #[cfg(feature = "apideck")]
        ("Bearer sk_test", "Bearer sk_test", |key| {
            Client::builder().apideck(apideck::Config::new(key, APIDECK_APP).consumer_id("c"))
        }),
        #[cfg(feature = "apideck")]
        ("Basic c2s=", "Basic c2s=", |key| {
            Client::builder().apideck(apideck::Config::new(key, APIDECK_APP).consumer_id("c"))
        }),
    ];
    for (key, expected, builder) in rows {
        let memory = Memory::playing([Step::answer(200, "{}")]);
        let client = builder(key).transport(Arc::new(memory.clone())).build().unwrap();
        for call in calls::all() {
            // Those of the vendors that are not configured fail unsent.
            let _ = call.send_default(&client).await;
        }
        assert!(memory.count() > 0);
        for request in memory.requests() {
            assert_eq!(request.headers()["authorization"], *expected);
        }
    }
}

#[cfg(feature = "apideck")]
mod scopes {
    use super::*;
    use connectory::apideck::{Apideck, vault::connections::ListConnections};

    fn seen(memory: &Memory) -> (Option<String>, Option<String>) {
        let request = memory.requests().pop().unwrap();
        let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (text("x-apideck-app-id"), text("x-apideck-consumer-id"))
    }

    #[tokio::test]
    async fn a_scope_names_app_and_consumer_of_its_calls_alone() {
        let memory = Memory::playing([Step::answer(200, r#"{"data":[]}"#)]);
        let client = offline(&memory);
        type Row = (fn(Apideck) -> Apideck, &'static str, Option<&'static str>);
        let rows: [Row; 5] = [
            (|apideck| apideck, APIDECK_APP, Some(CONSUMER)),
            (|apideck| apideck.consumer("acme"), APIDECK_APP, Some("acme")),
            (|apideck| apideck.app("other-app"), "other-app", Some(CONSUMER)),
            (|apideck| apideck.no_consumer(), APIDECK_APP, None),
            (|apideck| apideck.no_consumer().app("a").consumer("b").consumer("c"), "a", Some("c")),
        ];
        for (scope, app, consumer) in rows {
            let connections = scope(client.apideck()).vault().connections();
            connections.list(&ListConnections::new()).await.unwrap();
            assert_eq!(seen(&memory), (Some(app.to_owned()), consumer.map(str::to_owned)));
        }
        client.apideck().vault().connections().list(&ListConnections::new()).await.unwrap();
        assert_eq!(seen(&memory).1.as_deref(), Some(CONSUMER), "the client itself is as it was");
    }

    #[tokio::test]
    async fn without_a_consumer_only_calls_that_need_none_are_sent() {
        let memory = Memory::default();
        let config = apideck::Config::new(APIDECK_KEY, APIDECK_APP);
        let client = Client::builder().apideck(config).transport(Arc::new(memory.clone())).build().unwrap();
        for call in calls::all() {
            let operation = call.operation();
            if operation.provider() != Provider::Apideck {
                continue;
            }
            memory.play([call.success("s")]);
            let sent_before = memory.count();
            let result = call.send_default(&client).await;
            if operation.consumer_header() == ConsumerHeader::Required {
                let error = result.unwrap_err();
                assert!(matches!(error, Error::Config(_)), "{error:?}");
                assert!(error.to_string().contains("consumer"), "{error}");
                assert_eq!(memory.count(), sent_before);
            } else {
                result.unwrap();
                assert_eq!(seen(&memory).1, None, "{}", call.id);
            }
        }
    }

    #[tokio::test]
    async fn r2_an_id_with_spaces_within_is_the_vendor_s_own() {
        let wire = Wire::ok(r#"{"data":[]}"#).await;
        let config = apideck::Config::new(APIDECK_KEY, "My App").consumer_id("Acme  & Sons, Inc.");
        let client = Client::builder().apideck(config.base_url(wire.base())).build().unwrap();
        let in_config = client.apideck().vault().connections();
        in_config.list(&ListConnections::new()).await.unwrap();
        let in_scope = client.apideck().app("Other App").consumer("a b c").vault().connections();
        in_scope.list(&ListConnections::new()).await.unwrap();
        let requests = wire.requests().await;
        let ids = requests
            .iter()
            .map(|request| (request.header("x-apideck-app-id"), request.header("x-apideck-consumer-id")));
        let expected = [("My App", "Acme  & Sons, Inc."), ("Other App", "a b c")];
        assert_eq!(ids.collect::<Vec<_>>(), expected);
    }

    #[tokio::test]
    async fn r2_a_bad_consumer_or_app_of_a_scope_is_refused_unsent() {
        let memory = Memory::playing([Step::answer(200, r#"{"data":[]}"#)]);
        let client = offline(&memory);
        for bad in ["", " ", " a", "a ", "a\tb", "a\r\nb: c", "a\nb", "é", "a\u{a0}b", "\u{7f}", "\0"] {
            for scope in [client.apideck().consumer(bad), client.apideck().app(bad)] {
                let error = scope.vault().connections().list(&ListConnections::new()).await.unwrap_err();
                assert!(matches!(error, Error::Request(_)), "{bad:?}: {error:?}");
            }
        }
        assert_eq!(memory.count(), 0);
    }
}
