//! Deck v2: what it keeps, and how it refuses.

use connectory::deck_v2::agents::{CreateAgent, UpdateAgent};
use connectory::deck_v2::{Config, ErrorBody, ErrorCode, ErrorType, ListQuery};
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Client, Error, Patch};
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
    assert!(agents.list(&ListQuery::new()).await.unwrap().data.is_empty());

    let events = sandbox.deck_v2().events();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["agent.created", "agent.updated", "agent.deleted"]);
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
    let mut pages = agents.list(&ListQuery::new().limit(2)).pages();
    let mut names = Vec::new();
    while let Some(page) = pages.try_next_page().await.unwrap() {
        let name = |agent: connectory::deck_v2::agents::Agent| agent.name.unwrap();
        names.push(page.data.into_iter().map(name).collect::<Vec<_>>());
    }
    assert_eq!(names, [vec!["a", "b"], vec!["c"]]);
    for odd in [ListQuery::new().limit(0), ListQuery::new().limit(101), ListQuery::new().cursor("x")] {
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
