//! Apideck's sessions; what is sent is in their case.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::Error;
use connectory::apideck::vault::sessions::{CreateSession, SessionAction, SessionSettings};
use serde_json::json;

const BODY: &str = r#"{"status_code":200,"status":"OK","data":{
    "session_uri":"https://vault.apideck.com/session/eyJ0","session_token":"eyJ0"}}"#;

#[tokio::test]
async fn a_session_has_its_members_by_name() {
    let sessions =
        offline(&Memory::playing([Step::answer(200, BODY)])).apideck().consumer("acme").vault().sessions();
    let session = sessions.create(&CreateSession::new()).await.unwrap().data;
    assert_eq!(session.session_uri.expose_secret(), "https://vault.apideck.com/session/eyJ0");
    assert_eq!(session.session_token.expose_secret(), "eyJ0");
    assert!(!format!("{session:?}").contains("eyJ0"));
}

#[tokio::test]
async fn no_actions_are_an_empty_list_and_all_of_them_none() {
    let memory = Memory::playing([Step::answer(200, BODY)]);
    let sessions = offline(&memory).apideck().consumer("acme").vault().sessions();
    let nothing = SessionSettings::new().allow_actions(Vec::<SessionAction>::new());
    sessions.create(&CreateSession::new().settings(nothing)).await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(memory.requests()[0].body()).unwrap();
    assert_eq!(sent, json!({ "settings": { "allow_actions": [] } }));
}

#[tokio::test]
async fn a_session_without_a_consumer_is_not_sent() {
    let memory = Memory::playing([Step::answer(200, BODY)]);
    let sessions = offline(&memory).apideck().no_consumer().vault().sessions();
    let error = sessions.create(&CreateSession::new()).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert!(memory.requests().is_empty());
}
