//! Bodies that travel encrypted: what goes over the wire, and answers with and without the key.

use crate::support::memory::{Memory, Step};
use connectory::deck::connections::AccessTokenRequest;
use connectory::deck::documents::GetDocumentFile;
use connectory::deck::jobs::{EnsureConnection, SubmitJob};
use connectory::deck::link::LinkTokenRequest;
use connectory::deck::{Config, Encrypt};
use connectory::{Client, Error, Outcome};
use serde_json::{Value, json};
use std::sync::Arc;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ENCRYPTED: &str = "application/json+encrypted; charset=utf-8";

fn client(memory: &Memory, encrypt: Option<Encrypt>) -> Client {
    let config = Config::sandbox("id", "secret");
    let config = match encrypt {
        Some(encrypt) => config.encryption_key(KEY, encrypt),
        None => config,
    };
    Client::builder().deck(config).transport(Arc::new(memory.clone())).build().unwrap()
}

/// What the vendor would answer: the body of a request that holds this JSON.
async fn encrypted(plain: &Value) -> Vec<u8> {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let body = SubmitJob::new("Any", plain);
    let _ = client(&memory, Some(Encrypt::JobInput)).deck().jobs().submit(&body).await;
    let sent: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
    json!({ "encrypted_payload": sent["input"], "encryption_version": "1.0" }).to_string().into_bytes()
}

#[tokio::test]
async fn job_input_alone_travels_as_one_string() {
    let memory = Memory::playing([Step::answer(200, r#"{"job_guid":"j","job_code":"EnsureConnection"}"#)]);
    let client = client(&memory, Some(Encrypt::JobInput));
    let body = SubmitJob::ensure_connection(EnsureConnection::new("source", "user", "p4ssw0rd"));
    client.deck().jobs().submit(&body).await.unwrap();
    let request = &memory.requests()[0];
    let sent: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(sent["job_code"], "EnsureConnection");
    assert!(sent["input"].is_string() && !sent.to_string().contains("p4ssw0rd"));
    assert_eq!(request.headers()["content-type"], "application/json");

    let token = AccessTokenRequest::new("token");
    let _ = client.deck().connections().context(&token).await;
    assert_eq!(memory.requests()[1].body(), r#"{"access_token":"token"}"#, "other bodies stay as they are");
}

#[tokio::test]
async fn what_is_encrypted_holds_the_secrets_themselves() {
    for (encrypt, payload) in [(Encrypt::JobInput, "input"), (Encrypt::Bodies, "encrypted_payload")] {
        let memory = Memory::playing([Step::answer(200, r#"{"job_guid":"j"}"#)]);
        let client = client(&memory, Some(encrypt));
        let body = SubmitJob::ensure_connection(EnsureConnection::new("source", "us3r", "p4ssw0rd"));
        client.deck().jobs().submit(&body).await.unwrap();
        let mut sent: Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
        let again = json!({ "encrypted_payload": sent[payload].take(), "encryption_version": "1.0" });
        memory.play([Step::answer(200, again.to_string()).header("content-type", ENCRYPTED)]);
        let opened = client.deck().jobs().submit(&body).bytes().await.unwrap();
        let opened = String::from_utf8_lossy(&opened);
        assert!(opened.contains(r#""username":"us3r","password":"p4ssw0rd""#), "{opened}");
    }
}

#[tokio::test]
async fn whole_bodies_travel_encrypted_but_those_that_browsers_send() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let client = client(&memory, Some(Encrypt::Bodies));
    for _ in 0..2 {
        client.deck().connections().context(&AccessTokenRequest::new("t0ken")).await.unwrap();
    }
    let requests = memory.requests();
    for request in &requests {
        assert_eq!(request.headers()["content-type"], "application/json+encrypted");
        let sent: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(sent["encryption_version"], "1.0");
        assert!(!sent.to_string().contains("t0ken"));
    }
    assert_ne!(requests[0].body(), requests[1].body(), "a nonce is used once");

    client.deck().link().info(&LinkTokenRequest::new("link")).await.unwrap();
    assert_eq!(memory.requests()[2].body(), r#"{"link_token":"link"}"#);
}

#[tokio::test]
async fn answers_are_decrypted() {
    let answer = encrypted(&json!({ "connection_id": "c-1", "num_of_entities": 2 })).await;
    let memory = Memory::playing([Step::answer(200, answer).header("content-type", ENCRYPTED)]);
    let client = client(&memory, Some(Encrypt::JobInput));
    let context = client.deck().connections().context(&AccessTokenRequest::new("t")).await.unwrap();
    assert_eq!(context.connection_id.unwrap().as_str(), "c-1");
    assert_eq!(context.num_of_entities, Some(2));

    let refused = encrypted(&json!({ "error_code": "INVALID_ACCESS_TOKEN", "error_message": "no" })).await;
    let memory = Memory::playing([Step::answer(400, refused).header("content-type", ENCRYPTED)]);
    let client = self::client(&memory, Some(Encrypt::Bodies));
    let error = client.deck().connections().context(&AccessTokenRequest::new("t")).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("INVALID_ACCESS_TOKEN"), Some("no")));
}

#[tokio::test]
async fn an_encrypted_file_is_decrypted_under_the_cap() {
    let answer = encrypted(&json!({ "page": 1 })).await;
    let length = answer.len().to_string();
    let step = Step::answer(200, answer).header("content-type", ENCRYPTED).header("content-length", length);
    let memory = Memory::playing([step]);
    let request = GetDocumentFile::new("t", "d");
    let file = client(&memory, Some(Encrypt::Bodies)).deck().documents().file(&request).await.unwrap();
    assert_eq!(file.bytes(1000).await.unwrap(), r#"{"page":1}"#);
}

#[tokio::test]
async fn an_encrypted_answer_without_the_key_is_a_clear_error() {
    let answer = encrypted(&json!({ "connection_id": "c-1" })).await;
    let memory = Memory::playing([Step::answer(200, answer.clone()).header("content-type", ENCRYPTED)]);
    let other = Config::sandbox("id", "secret")
        .encryption_key("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=", Encrypt::Bodies);
    let other = Client::builder().deck(other).transport(Arc::new(memory.clone())).build().unwrap();
    for client in [client(&memory, None), other] {
        let error = client.deck().connections().context(&AccessTokenRequest::new("t")).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{error:?}") };
        assert_eq!(decode.category(), connectory::DecodeCategory::Encrypted);
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
        assert_eq!(error.body().unwrap(), &answer[..]);
    }
    assert_eq!(memory.count(), 2, "repeating does not help");
}

#[tokio::test]
async fn what_was_encrypted_is_not_shown_when_it_is_echoed() {
    let memory = Memory::playing([Step::answer(400, r#"{"error_message":"bad token t0ken-1234"}"#)]);
    let client = client(&memory, Some(Encrypt::Bodies));
    let error =
        client.deck().connections().context(&AccessTokenRequest::new("t0ken-1234")).await.unwrap_err();
    assert!(error.to_string().contains("bad token [REDACTED]"), "{error}");
}

#[test]
fn a_key_that_is_none_is_refused_by_build() {
    let config = Config::sandbox("id", "secret").encryption_key("short", Encrypt::Bodies);
    let error = Client::builder().deck(config).build().unwrap_err();
    assert!(matches!(&error, Error::Config(_)) && !error.to_string().contains("short"), "{error}");
}

#[tokio::test]
async fn the_sandbox_shares_the_key() {
    use connectory::sandbox::Sandbox;
    for encrypt in [Encrypt::JobInput, Encrypt::Bodies] {
        let builder = Sandbox::builder().deck_encryption(KEY, encrypt).deck_connection("access-1");
        let sandbox = builder.in_memory().unwrap();
        let deck = sandbox.client().deck();
        let context = deck.connections().context(&AccessTokenRequest::new("access-1")).await.unwrap();
        assert_eq!(context.num_of_entities, Some(2));
        let job = deck.jobs().submit(&SubmitJob::fetch_documents("access-1")).await.unwrap();
        assert_eq!(job.job_code.unwrap().as_str(), "FetchDocuments");
        let error = deck.connections().context(&AccessTokenRequest::new("access-2")).await.unwrap_err();
        assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
        let sent = String::from_utf8_lossy(&sandbox.requests_of("deck.jobs.submit")[0].body).into_owned();
        assert!(!sent.contains("access-1"), "{sent}");
    }
    assert!(Sandbox::builder().deck_encryption("short", Encrypt::Bodies).in_memory().is_err());
}

#[tokio::test]
async fn what_the_sandbox_changes_in_an_answer_is_in_what_is_encrypted() {
    use connectory::sandbox::{Fault, Sandbox};
    let rows = [
        (Fault::UnseenValues, Some("unseen-Connected")),
        (Fault::NulledFields, None),
        (Fault::ExtraFields, Some("Connected")),
    ];
    for (fault, status) in rows {
        let builder = Sandbox::builder().deck_encryption(KEY, Encrypt::Bodies).deck_connection("access-1");
        let sandbox = builder.in_memory().unwrap();
        sandbox.inject(fault.clone());
        let token = AccessTokenRequest::new("access-1");
        let context = sandbox.client().deck().connections().context(&token).await;
        let context = context.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(
            context.connection_status.map(|status| status.to_string()).as_deref(),
            status,
            "{fault:?}"
        );
    }
}
