//! The environment names vendors only to a client that asks it.

use crate::support::{
    APIDECK_APP, APIDECK_KEY, CODAT_KEY, CONSUMER, DECK_CLIENT_ID, DECK_SECRET, DECK_V2_KEY, calls, child,
    wire::{Seen, Wire},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use connectory::operation::{Auth, ConsumerHeader};
use connectory::{Client, ClientBuilder, Error};
use std::process::Command;

const VARIABLES: [&str; 12] = [
    "DECK_CLIENT_ID",
    "DECK_SECRET",
    "DECK_ENVIRONMENT",
    "DECK_BASE_URL",
    "APIDECK_API_KEY",
    "APIDECK_APP_ID",
    "APIDECK_CONSUMER_ID",
    "APIDECK_BASE_URL",
    "CODAT_API_KEY",
    "CODAT_BASE_URL",
    "DECK_V2_API_KEY",
    "DECK_V2_BASE_URL",
];

fn without_vendors(command: &mut Command) {
    for name in VARIABLES {
        command.env_remove(name);
    }
}

#[test]
fn r7_from_env_makes_a_client_of_the_vendors_that_it_finds_and_no_other_client_reads_them() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let wire = runtime.block_on(Wire::status(401, ""));
    let base = wire.base();
    let all_set = |command: &mut Command| {
        without_vendors(command);
        command
            .env("DECK_CLIENT_ID", DECK_CLIENT_ID)
            .env("DECK_SECRET", DECK_SECRET)
            .env("APIDECK_API_KEY", APIDECK_KEY)
            .env("APIDECK_APP_ID", APIDECK_APP)
            .env("APIDECK_CONSUMER_ID", CONSUMER)
            .env("CODAT_API_KEY", CODAT_KEY)
            .env("DECK_V2_API_KEY", DECK_V2_KEY);
        for name in ["DECK_BASE_URL", "APIDECK_BASE_URL", "CODAT_BASE_URL", "DECK_V2_BASE_URL"] {
            command.env(name, &base);
        }
    };
    let parent = child::run_with(all_set, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::from_env().unwrap();
        for call in calls::all() {
            let error = runtime.block_on(call.send_default(&client)).unwrap_err();
            assert!(matches!(error, Error::Unauthorized(_)), "{}: {error:?}", call.id);
        }
        // Nothing is read unless it is asked for: neither a vendor, nor where it is, nor its keys.
        let elsewhere = runtime.block_on(Wire::status(401, ""));
        let told = sentinel(&elsewhere.base());
        let nobody = Client::builder().build().unwrap_err();
        assert!(nobody.to_string().contains("no vendor"), "{nobody}");
        for call in calls::all() {
            let error = runtime.block_on(call.send_default(&told)).unwrap_err();
            assert!(matches!(error, Error::Unauthorized(_)), "{}: {error:?}", call.id);
        }
        for request in runtime.block_on(elsewhere.requests()) {
            for value in request.headers.values().map(|value| value.to_str().unwrap()) {
                let codat = BASE64_STANDARD.encode(CODAT_KEY);
                let known =
                    [DECK_CLIENT_ID, DECK_SECRET, APIDECK_KEY, APIDECK_APP, CONSUMER, &codat, DECK_V2_KEY];
                assert!(known.iter().all(|known| !value.contains(known)), "{value}");
            }
        }
    });
    if parent {
        let requests = runtime.block_on(wire.requests());
        assert_eq!(requests.len(), calls::all().len());
        for (call, request) in calls::all().iter().zip(&requests) {
            let keys = ["x-deck-secret", "authorization"].map(|name| request.headers.contains_key(name));
            let expected = usize::from(call.operation().auth() == Auth::Credentials);
            assert_eq!(keys.iter().filter(|key| **key).count(), expected, "{}", call.id);
            let takes_consumer = call.operation().consumer_header() != ConsumerHeader::Never;
            let consumer = if takes_consumer { CONSUMER } else { "" };
            assert_eq!(request.header("x-apideck-consumer-id"), consumer, "{}", call.id);
        }
    }
}

/// A client of every vendor, with nothing in it that these tests put into the environment.
fn sentinel(base: &str) -> Client {
    let builder = Client::builder().no_proxy();
    #[cfg(feature = "deck")]
    let builder = builder.deck(connectory::deck::Config::at(base, "other", "other"));
    #[cfg(feature = "apideck")]
    let builder = builder
        .apideck(connectory::apideck::Config::new("other", "other").consumer_id("other").base_url(base));
    #[cfg(feature = "codat")]
    let builder = builder.codat(connectory::codat::Config::new("other").base_url(base));
    #[cfg(feature = "deck-v2")]
    let builder = builder.deck_v2(connectory::deck_v2::Config::new("other").base_url(base));
    builder.build().unwrap()
}

/// The exception that the certificate verifier makes.
#[cfg(all(feature = "rustls", target_os = "linux"))]
#[test]
fn r7_the_verifier_reads_where_the_platform_s_certificates_are() {
    use crate::support::{a_call, builder, tls};
    let pem = std::env::temp_dir().join(format!("connectory-root-{}.pem", std::process::id()));
    std::fs::write(&pem, tls::ROOT).unwrap();
    let trusting = |command: &mut Command| {
        command.env("SSL_CERT_FILE", &pem).env_remove("SSL_CERT_DIR");
    };
    let parent = child::run_with(trusting, || {
        let (address, server) = tls::serving(tls::SERVER);
        let client = builder(&format!("https://127.0.0.1:{}", address.port())).no_proxy().build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(runtime.block_on(a_call(&client).bytes()).unwrap(), "{}");
        server.join().unwrap();
    });
    if parent {
        std::fs::remove_file(pem).unwrap();
    }
}

#[test]
fn r7_from_env_without_a_vendor_is_an_error() {
    child::run_with(without_vendors, || {
        for error in [Client::from_env().unwrap_err(), ClientBuilder::from_env().unwrap_err()] {
            assert!(matches!(error, Error::Config(_)), "{error:?}");
        }
    });
}
