mod connections;
mod documents;
#[cfg(feature = "deck-encryption")]
mod encryption;
mod error;
mod jobs;
mod link;

use crate::support::{
    DECK_CLIENT_ID, DECK_SECRET,
    wire::{Seen, Wire},
};
use connectory::operation::Auth;
use serde_json::Value;

const TOKEN: &str = "access-development-6599f8dd-1a1c-4586-39d1-08ddb97283f7";
const SOURCE: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";
const JOB: &str = "55bba4ec-7242-4f52-b3c0-08de128283fc";

/// The line and the body of the one request that came, which has the headers of every JSON call.
async fn sent(wire: &Wire, auth: Auth) -> (String, Value) {
    let request = wire.request().await;
    for (name, credential) in [("x-deck-client-id", DECK_CLIENT_ID), ("x-deck-secret", DECK_SECRET)] {
        let expected = if auth == Auth::Credentials { credential } else { "" };
        assert_eq!(request.header(name), expected, "{name}");
    }
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("accept"), "application/json");
    assert_eq!(request.header("authorization"), "");
    (request.line(), request.json())
}
