//! The environment names vendors only to a client that asks it.

use crate::support::{
    APIDECK_APP, APIDECK_KEY, CODAT_KEY, CONSUMER, DECK_CLIENT_ID, DECK_SECRET, calls, child,
    wire::{Seen, Wire},
};
use connectory::{Auth, Client, ClientBuilder, Error};
use std::process::Command;

const VARIABLES: [&str; 10] = [
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
];

fn without_vendors(command: &mut Command) {
    for name in VARIABLES {
        command.env_remove(name);
    }
}

#[test]
fn from_env_makes_a_client_of_the_vendors_that_it_finds() {
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
            .env("CODAT_API_KEY", CODAT_KEY);
        for name in ["DECK_BASE_URL", "APIDECK_BASE_URL", "CODAT_BASE_URL"] {
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
        // Nothing is read unless it is asked for.
        let client = Client::builder().build().unwrap();
        for call in calls::all() {
            let error = runtime.block_on(call.send_default(&client)).unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{}: {error:?}", call.id);
        }
    });
    if parent {
        let requests = runtime.block_on(wire.requests());
        assert_eq!(requests.len(), calls::all().len());
        for (call, request) in calls::all().iter().zip(&requests) {
            let keys = ["x-deck-secret", "authorization"].map(|name| request.headers.contains_key(name));
            let expected = usize::from(call.operation().auth() == Auth::Credentials);
            assert_eq!(keys.iter().filter(|key| **key).count(), expected, "{}", call.id);
        }
        for request in requests.iter().filter(|request| request.headers.contains_key("x-apideck-app-id")) {
            assert_eq!(request.header("x-apideck-consumer-id"), CONSUMER);
        }
    }
}

#[test]
fn from_env_without_a_vendor_is_an_error() {
    child::run_with(without_vendors, || {
        for error in [Client::from_env().unwrap_err(), ClientBuilder::from_env().unwrap_err()] {
            assert!(matches!(error, Error::Config(_)), "{error:?}");
        }
    });
}
