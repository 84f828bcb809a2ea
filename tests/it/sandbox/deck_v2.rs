//! Deck v2: what it keeps, and how it refuses.

use connectory::deck_v2::agents::{CreateAgent, UpdateAgent};
use connectory::deck_v2::credentials::*;
use connectory::deck_v2::sources::{CreateSource, UpdateSource, Website};
use connectory::deck_v2::tasks::{CreateTask, ListTasks, TaskStatus, UpdateTask};
use connectory::deck_v2::{Config, ErrorBody, ErrorCode, ErrorType, ListOptions, SourceId};
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Client, Error, JsonMap, Patch};
use serde_json::json;
use std::time::{Duration, SystemTime};

fn sandbox() -> Sandbox {
    Sandbox::builder().stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap()
}

#[tokio::test]
async fn an_agent_is_kept_until_it_is_deleted() {
    let sandbox = sandbox();
    let agents = sandbox.client().deck_v2().agents();
    let agent = agents.create(&CreateAgent::new("Bills").description("Fetches bills")).await.unwrap();
    assert_eq!(agent.created_at.as_ref().unwrap().as_str(), "1970-01-01T00:00:00Z");
    assert!(agent.id.as_str().starts_with("agt_") && agent.request_id.is_some());

    sandbox.advance(Duration::from_secs(60));
    let change = UpdateAgent::new().description(Patch::Clear).more("icon", "bolt");
    let changed = agents.update(&agent.id, &change).await.unwrap();
    assert_eq!((changed.name.as_deref(), changed.description), (Some("Bills"), None));
    assert_eq!(changed.updated_at.unwrap().as_str(), "1970-01-01T00:01:00Z");
    assert_ne!(changed.request_id, agent.request_id);

    agents.delete(&agent.id).await.unwrap();
    let error = agents.get(&agent.id).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert!(agents.list(&ListOptions::new()).await.unwrap().data.is_empty());

    let events = sandbox.deck_v2().events();
    assert_eq!(kinds(&sandbox), ["agent.created", "agent.updated", "agent.deleted"]);
    assert_eq!(events[0]["data"]["name"], "Bills");
    assert!(events[0]["data"].get("description").is_none(), "an event holds a summary");
    sandbox.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(sandbox.deck_v2().events().len(), 2, "events are kept for 30 days");
}

#[tokio::test]
async fn a_list_has_pages_of_one_to_a_hundred() {
    let sandbox = sandbox();
    let agents = sandbox.client().deck_v2().agents();
    for name in ["a", "b", "c"] {
        agents.create(&CreateAgent::new(name)).await.unwrap();
    }
    let mut pages = agents.list(&ListOptions::new().limit(2)).pages();
    let mut names = Vec::new();
    while let Some(page) = pages.try_next_page().await.unwrap() {
        let name = |agent: connectory::deck_v2::agents::Agent| agent.name.unwrap();
        names.push(page.data.into_iter().map(name).collect::<Vec<_>>());
    }
    assert_eq!(names, [vec!["a", "b"], vec!["c"]]);
    for odd in [ListOptions::new().limit(0), ListOptions::new().limit(101), ListOptions::new().cursor("x")] {
        let error = agents.list(&odd).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    }
}

#[tokio::test]
async fn another_key_is_refused_without_a_body() {
    let sandbox = sandbox();
    let base = sandbox.base_url(connectory::Provider::DeckV2);
    let config = Config::new("sk_live_other").base_url(base);
    let client = Client::builder().deck_v2(config).transport(sandbox.transport()).build().unwrap();
    let error = client.deck_v2().test().get().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error:?}");
    assert!(error.body().unwrap().is_empty());
}

#[tokio::test]
async fn a_success_is_given_again_under_its_key_for_a_day_and_a_failure_is_not() {
    let sandbox = sandbox();
    let agents = sandbox.client().deck_v2().agents();
    let create = |name: &str| agents.create(&CreateAgent::new(name)).idempotency_key("key-1");
    sandbox.inject(FaultRule::new(Fault::Status(500)).times(1));
    create("Bills").await.unwrap_err();
    let agent = create("Bills").await.unwrap();
    assert_eq!(create("Bills").await.unwrap(), agent);

    let error = create("Invoices").await.unwrap_err();
    let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
    assert_eq!(body.errors[0].kind, Some(ErrorType::Idempotency));
    assert_eq!(body.errors[0].code, Some(ErrorCode::IdempotencyError));

    sandbox.advance(Duration::from_secs(86_400));
    assert_ne!(create("Invoices").await.unwrap().id, agent.id);
    let long = agents.create(&CreateAgent::new("Bills")).idempotency_key("k".repeat(257));
    assert_eq!(long.await.unwrap_err().code(), Some("idempotency_key_error"));
}

#[tokio::test]
async fn after_a_refusal_the_same_key_does_the_work() {
    let sandbox = sandbox();
    let tasks = sandbox.client().deck_v2().tasks();
    let agent = sandbox.client().deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap().id;
    let create = || tasks.create(&CreateTask::new("Latest bill", &agent).id("mine"));
    create().await.unwrap();
    create().idempotency_key("key-1").await.unwrap_err();
    tasks.delete("mine").await.unwrap();
    create().idempotency_key("key-1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn two_hundred_requests_are_taken_in_ten_seconds() {
    let sandbox = sandbox();
    let test = sandbox.client().deck_v2().test();
    for _ in 0..200 {
        test.get().await.unwrap();
    }
    let error = test.get().max_attempts(1).await.unwrap_err();
    assert_eq!(error.code(), Some("rate_limit_exceeded"));
    sandbox.advance(Duration::from_secs(10));
    test.get().await.unwrap();
}

fn kinds(sandbox: &Sandbox) -> Vec<String> {
    let events = sandbox.deck_v2().events();
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

async fn a_source(sandbox: &Sandbox) -> SourceId {
    let body = CreateSource::website("https://utility.example");
    sandbox.client().deck_v2().sources().create(&body).await.unwrap().id
}

#[tokio::test]
async fn a_source_is_a_website_whose_address_is_normalised() {
    let sandbox = sandbox();
    let sources = sandbox.client().deck_v2().sources();
    let source =
        sources.create(&CreateSource::website("HTTPS://Utility.Example").name("Utility")).await.unwrap();
    assert_eq!(source.website.unwrap().url.as_deref(), Some("https://utility.example/"));
    let change = UpdateSource::new().website(Website::new("https://new.example/a/../b"));
    let changed = sources.update(&source.id, &change).await.unwrap();
    assert_eq!(changed.website.unwrap().url.as_deref(), Some("https://new.example/b"));
    assert_eq!(changed.name.as_deref(), Some("Utility"));
    for odd in ["", "utility", "ftp://utility.example"] {
        let error = sources.create(&CreateSource::website(odd)).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
        let change = UpdateSource::new().website(Website::new(odd));
        sources.update(&source.id, &change).await.unwrap_err();
    }
    let fixed = UpdateSource::new().more("id", "src_other");
    sources.update(&source.id, &fixed).await.unwrap_err();
    sources.delete(&source.id).await.unwrap();
    assert_eq!(sources.get(&source.id).await.unwrap_err().code(), Some("source_not_found"));
    assert_eq!(kinds(&sandbox), ["source.created", "source.updated", "source.deleted"]);
}

#[tokio::test]
async fn a_credential_is_stored_unverified_and_stays_readable_once_deleted() {
    let sandbox = sandbox();
    let credentials = sandbox.client().deck_v2().credentials();
    let source = a_source(&sandbox).await;
    let fields = JsonMap::new().with("company_id", "c-7");
    let sign_in = AuthCredentials::username_password("jane", "hunter22").source_fields(fields);
    let body = CreateCredential::new(&source)
        .auth_method(AuthMethod::UsernamePassword)
        .auth_credentials(sign_in)
        .external_id("customer-7");
    let credential = credentials.create(&body).await.unwrap();
    assert_eq!(credential.status, Some(CredentialStatus::Unverified));
    assert_eq!(credential.source_id.as_ref(), Some(&source));
    let shown = serde_json::to_string(&credential.auth_credentials).unwrap();
    assert_eq!(shown, r#"{"source_fields":{"company_id":"c-7"},"username":"jane"}"#, "no password");

    let changed =
        credentials.update(&credential.id, &UpdateCredential::new().external_id(Patch::Clear)).await.unwrap();
    assert_eq!(changed.external_id, None);
    assert!(changed.auth_credentials.is_some(), "what is not sent stays");

    credentials.delete(&credential.id).await.unwrap();
    let gone = credentials.get(&credential.id).await.unwrap();
    assert_eq!(gone.status, Some(CredentialStatus::Deleted));
    credentials.update(&credential.id, &UpdateCredential::new()).await.unwrap_err();
    assert_eq!(kinds(&sandbox), ["source.created", "credential.created", "credential.deleted"]);
    assert_eq!(sandbox.deck_v2().events()[2]["data"]["status"], "deleted");
}

#[tokio::test]
async fn a_credential_that_cannot_be_is_refused() {
    let sandbox = sandbox();
    let credentials = sandbox.client().deck_v2().credentials();
    let source = a_source(&sandbox).await;
    let unknown = credentials.create(&CreateCredential::new("src_other")).await.unwrap_err();
    assert_eq!(unknown.code(), Some("source_not_found"));
    let with_fields = |fields: JsonMap| {
        CreateCredential::new(&source).auth_credentials(AuthCredentials::new().source_fields(fields))
    };
    let eleven: JsonMap = (0..11).map(|number| (format!("field_{number}"), "x")).collect();
    for odd in [
        CreateCredential::new(&source).auth_method(AuthMethod::UsernamePassword),
        CreateCredential::new(&source).auth_method("api_key"),
        CreateCredential::new(&source).external_id("x".repeat(256)),
        CreateCredential::new(&source).auth_credentials(AuthCredentials::new().more("key", "x")),
        with_fields(JsonMap::new().with("Company", "x")),
        with_fields(JsonMap::new().with("password", "x")),
        with_fields(eleven),
    ] {
        let error = credentials.create(&odd).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{odd:?}: {error:?}");
    }
}

#[tokio::test]
async fn credentials_are_found_by_source_status_and_your_own_id() {
    let sandbox = sandbox();
    let credentials = sandbox.client().deck_v2().credentials();
    let (one, other) = (a_source(&sandbox).await, a_source(&sandbox).await);
    for (source, external_id) in [(&one, "a"), (&one, "b"), (&other, "a")] {
        credentials.create(&CreateCredential::new(source).external_id(external_id)).await.unwrap();
    }
    let list = ListCredentials::new;
    for (query, found) in [
        (list(), 3),
        (list().source_id([&one]), 2),
        (list().source_id([&one, &other]).external_id("a"), 2),
        (list().source_id([&other]).external_id("b"), 0),
        (list().status([CredentialStatus::Unverified, CredentialStatus::Deleted]), 3),
        (list().status([CredentialStatus::Verified]), 0),
    ] {
        assert_eq!(credentials.list(&query).await.unwrap().data.len(), found, "{query:?}");
    }
}

#[tokio::test]
async fn a_task_belongs_to_an_agent_that_names_it() {
    let sandbox = sandbox();
    let (agents, tasks) = (sandbox.client().deck_v2().agents(), sandbox.client().deck_v2().tasks());
    let agent = agents.create(&CreateAgent::new("Bills")).await.unwrap().id;
    let unknown = tasks.create(&CreateTask::new("Latest bill", "agt_other")).await.unwrap_err();
    assert_eq!(unknown.code(), Some("agent_not_found"));

    let task =
        tasks.create(&CreateTask::new("Latest bill", &agent).id("mine").more("priority", 7)).await.unwrap();
    assert_eq!((task.id.as_str(), task.status), ("mine", Some(TaskStatus::Learning)));
    assert_eq!(task.settings.unwrap().timeout_seconds, Some(1800), "Deck's own");
    tasks.create(&CreateTask::new("Another", &agent).id("mine")).await.unwrap_err();
    let named = agents.get(&agent).await.unwrap().tasks;
    assert_eq!((named[0].id.as_str(), named[0].name.as_deref()), ("mine", Some("Latest bill")));

    let change = UpdateTask::new().name("Bills of a year").output_schema(json!({ "type": "array" }));
    let changed = tasks.update("mine", &change).await.unwrap();
    assert_eq!(changed.output_schema.unwrap().raw(), r#"{"type":"array"}"#);
    let named = agents.list(&ListOptions::new()).await.unwrap().data.remove(0).tasks;
    assert_eq!(named[0].name.as_deref(), Some("Bills of a year"));
    tasks.update("mine", &UpdateTask::new().more("agent_id", "agt_other")).await.unwrap_err();

    let found = async |query: ListTasks| tasks.list(&query).await.unwrap().data.len();
    assert_eq!(found(ListTasks::new().agent_id(&agent).status(TaskStatus::Learning)).await, 1);
    assert_eq!(found(ListTasks::new().agent_id(&agent).status(TaskStatus::Live)).await, 0);
    assert_eq!(found(ListTasks::new().agent_id("agt_other")).await, 0);

    tasks.delete("mine").await.unwrap();
    assert_eq!(tasks.get("mine").await.unwrap_err().code(), Some("task_not_found"));
    assert!(agents.get(&agent).await.unwrap().tasks.is_empty());
    assert_eq!(kinds(&sandbox), ["agent.created", "task.created", "task.updated", "task.deleted"]);
}

#[tokio::test]
async fn a_session_token_lets_a_customer_sign_in_for_half_an_hour() {
    let sandbox = sandbox();
    let deck = sandbox.client().deck_v2();
    let source = a_source(&sandbox).await;
    let token = deck.session_tokens().create().await.unwrap();
    assert_eq!(token.expires_at.unwrap().as_str(), "1970-01-01T00:30:00Z");
    let token = token.token.expose_secret().to_owned();
    let id = sandbox.deck_v2().sign_in(&token, &source, "jane", "hunter22").unwrap();
    let credential = deck.credentials().get(&id).await.unwrap();
    assert_eq!(credential.status, Some(CredentialStatus::Unverified));
    assert_eq!(credential.auth_method, Some(AuthMethod::UsernamePassword));

    assert_eq!(sandbox.deck_v2().sign_in("tk_other", &source, "jane", "hunter22"), None);
    assert_eq!(sandbox.deck_v2().sign_in(&token, "src_other", "jane", "hunter22"), None);
    sandbox.advance(Duration::from_secs(30 * 60));
    assert_eq!(sandbox.deck_v2().sign_in(&token, &source, "jane", "hunter22"), None);
}
