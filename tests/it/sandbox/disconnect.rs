//! Deck's connections that a source ends, and how they come back.

use super::deck::{
    AETNA, ANSWER, Session, UTILITY, connected, ensure, minutes, refused, result_of, token_of,
};
use super::told;
use connectory::deck::connections::{
    AccessTokenRequest, ConnectionContext, Connections, ConnectivityStatus, RefreshConnection, ScrapingStatus,
};
use connectory::deck::jobs::{AnswerJobMfa, Job, SubmitJob};
use connectory::deck::link::{CreateLinkToken, LinkUpdate, UpdateMode};
use connectory::deck::{ErrorCode, documents::ListDocuments};
use connectory::sandbox::Sandbox;
use connectory::{Call, Secret};
use serde_json::json;
use std::time::Duration;

async fn context(connections: &Connections, token: &Secret) -> ConnectionContext {
    connections.context(&AccessTokenRequest::new(token)).await.unwrap()
}

async fn status(connections: &Connections, token: &Secret) -> (String, String) {
    let context = context(connections, token).await;
    let (status, reason) = (context.connection_status.unwrap(), context.connection_status_reason.unwrap());
    (status.to_string(), reason.to_string())
}

fn seen(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn the_context_says_how_a_connection_ended() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, _) = connected(&sandbox);
    let before = context(&connections, &token).await;
    let rows = [
        (ScrapingStatus::InvalidCredentials, ConnectivityStatus::Disconnected, "InvalidCredentials"),
        (ScrapingStatus::MfaCodeRequired, ConnectivityStatus::Connecting, "Error"),
        (ScrapingStatus::AccountSelectionRequired, ConnectivityStatus::Connecting, "Error"),
        (ScrapingStatus::MfaCodeTimeout, ConnectivityStatus::Disconnected, "Error"),
        (ScrapingStatus::Error, ConnectivityStatus::Error, "Error"),
        ("SomethingNew".into(), ConnectivityStatus::Disconnected, "Error"),
    ];
    for (reason, status, code) in rows {
        sandbox.advance(minutes(1));
        assert!(sandbox.deck().disconnect(token.expose_secret(), &reason));
        let after = context(&connections, &token).await;
        assert_eq!(after.connection_status, Some(status));
        assert_eq!(after.connection_status_reason, Some(reason));
        assert_eq!(after.connection_id, before.connection_id);
        assert_ne!(after.connection_status_timestamp, before.connection_status_timestamp);

        let event = told(&sandbox).pop().unwrap();
        assert_eq!((&event["webhook_type"], &event["webhook_code"]), (&json!("Connection"), &json!(code)));
        assert_eq!(event["connection_id"], after.connection_id.unwrap().as_str());
        let failed = event.get("error").map(|error| error["error_code"].as_str());
        assert_eq!(failed, (code == "Error").then_some(Some("CONNECTION_FAILED")), "{event}");
    }
    let other = sandbox.deck().connect();
    assert_eq!(status(&connections, &other).await, seen("Connected", "DataFound"), "the others stay");
    assert!(!sandbox.deck().disconnect("unknown", ScrapingStatus::Error));
}

#[tokio::test]
async fn a_reason_that_says_success_ends_nothing() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, jobs) = connected(&sandbox);
    let running = jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    let before = context(&connections, &token).await;
    sandbox.advance(Duration::from_secs(1));
    for reason in ["New", "Connecting", "DataFound", "CompletedJob", "ConnectedCredentials", "ExecutingJob"] {
        assert!(!sandbox.deck().disconnect(token.expose_secret(), reason), "{reason}");
    }
    let after = context(&connections, &token).await;
    assert_eq!(after.connection_status_timestamp, before.connection_status_timestamp);
    assert_eq!(status(&connections, &token).await, seen("Connected", "DataFound"));
    assert_eq!(result_of(&sandbox, &running), None, "it runs on");
    assert_eq!(told(&sandbox), [] as [serde_json::Value; 0]);
}

#[tokio::test]
async fn jobs_end_and_are_refused_while_what_was_fetched_stays() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, jobs) = connected(&sandbox);
    let documents = sandbox.client().deck().documents();
    let fetched = jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap();
    sandbox.advance(Duration::from_secs(2));
    // It was over before the source acted, though nobody had looked.
    sandbox.deck().disconnect(token.expose_secret(), ScrapingStatus::Error);
    assert_eq!(result_of(&sandbox, &fetched).unwrap()["output"]["success"], true);

    for (reason, code) in [("InvalidCredentials", "InvalidCredentials"), ("RetryLater", "SystemError")] {
        let (token, _, jobs) = connected(&sandbox);
        let running = jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
        let elsewhere = sandbox.deck().connect();
        let untouched = jobs.submit(&SubmitJob::fetch_balance(&elsewhere)).await.unwrap();
        sandbox.deck().disconnect(token.expose_secret(), reason);
        assert_eq!(result_of(&sandbox, &running).unwrap()["error"]["error_code"], code);
        assert_eq!(result_of(&sandbox, &untouched), None);
        sandbox.advance(Duration::from_secs(2));
        assert_eq!(result_of(&sandbox, &running).unwrap()["error"]["error_code"], code, "once");
        assert_eq!(result_of(&sandbox, &untouched).unwrap()["output"]["success"], true);
    }

    let closed = ErrorCode::NoActiveConnection;
    assert_eq!(refused(jobs.submit(&SubmitJob::fetch_balance(&token))).await, closed);
    assert_eq!(refused(jobs.submit(&SubmitJob::close_connection(&token))).await, closed);
    assert_eq!(refused(connections.refresh(&RefreshConnection::new(&token))).await, closed);
    assert_eq!(documents.list(&ListDocuments::new(&token)).await.unwrap().documents.len(), 1);
    assert_eq!(connections.accounts(&AccessTokenRequest::new(&token)).await.unwrap().accounts.len(), 2);
    connections.destroy(&AccessTokenRequest::new(&token)).await.unwrap();
}

#[tokio::test]
async fn a_session_that_updates_brings_it_back() {
    for reason in [ScrapingStatus::InvalidCredentials, ScrapingStatus::Error] {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        let (token, connections, jobs) = connected(&sandbox);
        let before = context(&connections, &token).await.connection_id;
        sandbox.deck().disconnect(token.expose_secret(), &reason);

        let update = LinkUpdate::new(&token, UpdateMode::UpdateCredentials);
        let body = CreateLinkToken::new().update(update);
        let session = Session::start(&sandbox.client().deck(), &body).await;
        session.connect("renamed", "invalid").await.unwrap();
        assert_eq!(session.statuses(3).await, ["New", "Connecting", "InvalidCredentials"]);
        assert_eq!(status(&connections, &token).await, seen("Disconnected", "InvalidCredentials"));
        session.connect("renamed", "new").await.unwrap();
        assert_eq!(session.statuses(3).await, ["New", "Connecting", "Connected"]);

        assert_eq!(status(&connections, &token).await, seen("Connected", "DataFound"));
        assert_eq!(context(&connections, &token).await.connection_id, before);
        jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    }
}

fn ensure_again(
    token: &Secret,
    source: &str,
    username: &str,
    password: &str,
) -> SubmitJob<serde_json::Value> {
    let input = json!({
        "source_guid": source, "username": username, "password": password,
        "access_token": token.expose_secret(), "webhook_url": "https://example.com/back",
    });
    SubmitJob::new("EnsureConnection", input)
}

#[tokio::test]
async fn ensure_connection_with_the_access_token_brings_it_back() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, jobs) = connected(&sandbox);
    let submit = |source, username, password| -> Call<Job> {
        jobs.submit(&ensure_again(&token, source, username, password))
    };
    assert_eq!(refused(submit(UTILITY, "renamed", "p")).await, ErrorCode::ActiveConnectionExists);
    sandbox.deck().disconnect(token.expose_secret(), ScrapingStatus::InvalidCredentials);
    assert_eq!(refused(submit(AETNA, "renamed", "p")).await, ErrorCode::InvalidSource);
    let unknown = ensure_again(&"unknown".into(), UTILITY, "u", "p");
    assert_eq!(refused(jobs.submit(&unknown)).await, ErrorCode::InvalidAccessToken);

    sandbox.deck().disconnect(token.expose_secret(), ScrapingStatus::Error);
    let job = submit(UTILITY, "renamed", "invalid").await.unwrap();
    assert_eq!(result_of(&sandbox, &job).unwrap()["error"]["error_code"], "InvalidCredentials");
    assert_eq!(status(&connections, &token).await, seen("Disconnected", "InvalidCredentials"));

    let odd = json!({
        "source_guid": UTILITY, "username": "u", "password": "p", "access_token": token.expose_secret(),
        "webhook_url": 7,
    });
    let refusal = refused(jobs.submit(&SubmitJob::new("EnsureConnection", odd.clone()))).await;
    assert_eq!(refusal, ErrorCode::ValidationFailed);
    let mut odd = odd;
    odd["access_token"] = 7.into();
    let refusal = refused(jobs.submit(&SubmitJob::new("EnsureConnection", odd))).await;
    assert_eq!(refusal, ErrorCode::ValidationFailed);

    let job = submit(UTILITY, "renamed", "new").await.unwrap();
    assert_eq!(token_of(&sandbox, &job).expose_secret(), token.expose_secret(), "the token stays");
    assert_eq!(status(&connections, &token).await, seen("Connected", "DataFound"));
    let webhook = sandbox.deck().webhook(token.expose_secret()).unwrap();
    assert_eq!(webhook.url.as_deref(), Some("https://example.com/back"));
    jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    // It is this customer's now.
    let again = SubmitJob::new(
        "EnsureConnection",
        json!({ "source_guid": UTILITY, "username": "renamed", "password": "p", "access_token": null }),
    );
    assert_eq!(refused(jobs.submit(&again)).await, ErrorCode::ActiveConnectionExists);
}

#[tokio::test]
async fn a_question_on_the_way_back_may_come_to_nothing() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (token, connections, jobs) = connected(&sandbox);
    sandbox.deck().disconnect(token.expose_secret(), ScrapingStatus::MfaCodeTimeout);
    let forgotten = jobs.submit(&ensure_again(&token, UTILITY, "mfa", "p")).await.unwrap();
    assert_eq!(status(&connections, &token).await, seen("Connecting", "MfaCodeRequired"));
    sandbox.advance(minutes(60));
    assert_eq!(result_of(&sandbox, &forgotten).unwrap()["error"]["error_code"], "MfaTimeout");
    assert_eq!(status(&connections, &token).await, seen("Disconnected", "MfaCodeTimeout"));

    let back = jobs.submit(&ensure_again(&token, UTILITY, "mfa", "p")).await.unwrap();
    assert_eq!(status(&connections, &token).await, seen("Connecting", "MfaCodeRequired"));
    jobs.answer_mfa(&AnswerJobMfa::new(&back.job_guid, ANSWER)).await.unwrap();
    assert_eq!(token_of(&sandbox, &back).expose_secret(), token.expose_secret());
    assert_eq!(status(&connections, &token).await.0, "Connected");

    sandbox.deck().disconnect(token.expose_secret(), ScrapingStatus::MfaCodeTimeout);
    let late = jobs.submit(&ensure_again(&token, UTILITY, "mfa", "p")).await.unwrap();
    connections.destroy(&AccessTokenRequest::new(&token)).await.unwrap();
    jobs.answer_mfa(&AnswerJobMfa::new(&late.job_guid, ANSWER)).await.unwrap();
    assert_eq!(result_of(&sandbox, &late).unwrap()["error"]["error_code"], "NotFound");

    let forgotten = jobs.submit(&ensure("mfa", "p")).await.unwrap();
    sandbox.advance(minutes(59));
    assert_eq!(result_of(&sandbox, &forgotten), None);
    sandbox.advance(minutes(1));
    assert_eq!(result_of(&sandbox, &forgotten).unwrap()["error"]["error_code"], "MfaTimeout");
    let answer = AnswerJobMfa::new(&forgotten.job_guid, ANSWER);
    assert_eq!(refused(jobs.answer_mfa(&answer)).await, ErrorCode::SecurityQuestionNotFound);
}
