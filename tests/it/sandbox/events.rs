//! What Deck would have posted: the webhooks of Link sessions, and how many of all are kept.

use super::deck::{ANSWER, Session, connected, refused};
use super::told;
use connectory::deck::ErrorCode;
use connectory::deck::connections::{AccessTokenRequest, ExchangePublicToken};
use connectory::deck::documents::{GetDocumentFile, ListDocuments};
use connectory::deck::jobs::SubmitJob;
use connectory::deck::link::{CreateLinkToken, LinkTokenRequest, LinkUpdate, UpdateMode};
use connectory::sandbox::Sandbox;
use serde_json::{Value, json};
use std::time::Duration;

fn codes(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["webhook_code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_session_tells_of_each_step_once() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let deck = sandbox.client().deck();
    let session = Session::start(&deck, &CreateLinkToken::new()).await;
    session.connect("mfa", "invalid").await.unwrap();
    session.statuses(4).await;
    assert_eq!(codes(&told(&sandbox)), ["InvalidCredentials"]);
    let started = session.connect("mfa", "right").await.unwrap();
    session.statuses(4).await;
    session.answer(ANSWER).await;
    session.statuses(4).await;

    let public_token = started.public_token.unwrap();
    let exchange = ExchangePublicToken::new(&public_token);
    let id = deck.connections().exchange_public_token(&exchange).await.unwrap().connection_id.unwrap();
    let connection = |code: &str| {
        json!({
            "webhook_type": "Connection", "webhook_code": code,
            "connection_id": id.as_str(), "environment": "Sandbox",
        })
    };
    let mut question = connection("MfaQuestion");
    question["message"] = "Which code have we sent you?".into();
    let created = json!({
        "webhook_type": "Link", "webhook_code": "ConnectionCreated", "environment": "Sandbox",
        "link_token": session.token.expose_secret(), "public_token": public_token.expose_secret(),
    });
    let events = told(&sandbox);
    assert_eq!(events[1..], [question, created, connection("ConnectionCompleted")]);
}

#[tokio::test]
async fn a_session_that_updates_tells_of_the_connection_that_it_updates() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, _) = connected(&sandbox);
    let context = connections.context(&AccessTokenRequest::new(&token)).await.unwrap();
    let update = LinkUpdate::new(&token, UpdateMode::Refresh);
    let body = CreateLinkToken::new().update(update);
    let session = Session::start(&sandbox.client().deck(), &body).await;
    session.connect("customer", "right").await.unwrap();
    session.statuses(5).await;
    let events = told(&sandbox);
    assert_eq!(codes(&events), ["ConnectionCompleted"], "nothing is created");
    assert_eq!(events[0]["connection_id"], context.connection_id.unwrap().as_str());
}

#[tokio::test]
async fn a_session_ends_with_the_connection_that_it_updates() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, _) = connected(&sandbox);
    let body = CreateLinkToken::new().update(LinkUpdate::new(&token, UpdateMode::Refresh));
    let session = Session::start(&sandbox.client().deck(), &body).await;
    session.connect("customer", "right").await.unwrap();
    session.statuses(1).await;
    connections.destroy(&AccessTokenRequest::new(&token)).await.unwrap();
    let named = LinkTokenRequest::new(&session.token);
    assert_eq!(refused(session.link.connection_status(&named)).await, ErrorCode::InvalidLinkToken);
    assert_eq!(told(&sandbox), [] as [Value; 0], "nothing is completed");
}

#[tokio::test]
async fn the_latest_public_tokens_that_nobody_exchanges_are_kept() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let deck = sandbox.client().deck();
    let mut public_tokens = Vec::new();
    for _ in 0..1001 {
        let session = Session::start(&deck, &CreateLinkToken::new()).await;
        let started = session.connect("customer", "right").await.unwrap();
        session.statuses(2).await;
        public_tokens.push(started.public_token.unwrap());
    }
    sandbox.advance(Duration::from_secs(20 * 60));
    let connections = deck.connections();
    let exchange =
        |index: usize| connections.exchange_public_token(&ExchangePublicToken::new(&public_tokens[index]));
    assert_eq!(refused(exchange(0)).await, ErrorCode::InvalidPublicToken);
    exchange(1).await.unwrap();
    exchange(1000).await.unwrap();
}

#[test]
fn the_latest_events_are_kept() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let deck = sandbox.deck();
    let token = deck.connect();
    deck.disconnect(token.expose_secret(), "InvalidCredentials");
    for _ in 0..9_999 {
        deck.disconnect(token.expose_secret(), "Error");
    }
    assert_eq!((told(&sandbox).len(), codes(&told(&sandbox))[0]), (10_000, "InvalidCredentials"));
    deck.disconnect(token.expose_secret(), "Error");
    assert_eq!((told(&sandbox).len(), codes(&told(&sandbox))[0]), (10_000, "Error"));
}

#[tokio::test]
async fn the_latest_documents_of_a_connection_are_kept() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, _, jobs) = connected(&sandbox);
    let documents = sandbox.client().deck().documents();
    let mut first = None;
    for _ in 0..1001 {
        jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap();
        sandbox.advance(Duration::from_secs(2));
        if first.is_none() {
            let list = documents.list(&ListDocuments::new(&token)).await.unwrap().documents;
            first = list.into_iter().next();
        }
    }
    let list = documents.list(&ListDocuments::new(&token)).await.unwrap().documents;
    let first = first.unwrap().document_id;
    assert_eq!(list.len(), 1000);
    assert!(list.iter().all(|document| document.document_id != first));
    let body = GetDocumentFile::new(&token, &first);
    assert_eq!(refused(documents.file(&body)).await, ErrorCode::InvalidStatementId);
}
