//! How a list ends.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::deck_v2::ListOptions;
use connectory::{DecodeCategory, Error};
use serde_json::{Value, json};

fn page(id: &str, rest: Value) -> Step {
    let mut page = json!({ "data": [{ "id": id }] });
    page.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    Step::answer(200, page.to_string())
}

/// The ids of all agents, and the requests that it took.
async fn walk(pages: Vec<Step>) -> (Result<Vec<String>, Error>, Vec<String>) {
    let memory = Memory::playing(pages);
    let query = ListOptions::new().limit(1);
    let mut walk = offline(&memory).deck_v2().agents().list(&query).pages();
    let mut ids = Vec::new();
    let end = loop {
        match walk.try_next().await {
            Ok(Some(agent)) => ids.push(agent.id.to_string()),
            Ok(None) => break Ok(ids),
            Err(error) => break Err(error),
        }
    };
    (end, memory.requests().iter().map(|request| request.uri().query().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn either_member_ends_a_list() {
    let first = || page("a", json!({ "has_more": true, "next_cursor": "x y" }));
    for last in [
        json!({ "has_more": false, "next_cursor": null }),
        json!({ "has_more": false, "next_cursor": "z" }),
        json!({ "has_more": true, "next_cursor": null }),
        json!({ "has_more": true, "next_cursor": "" }),
        json!({}),
    ] {
        let (ids, queries) = walk(vec![first(), page("b", last.clone())]).await;
        assert_eq!(ids.unwrap(), ["a", "b"], "{last}");
        assert_eq!(queries, ["limit=1", "limit=1&cursor=x%20y"]);
    }
    // A cursor alone leads on.
    let (ids, _) = walk(vec![page("a", json!({ "next_cursor": "x" })), page("b", json!({}))]).await;
    assert_eq!(ids.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_the_walk_with_an_error() {
    let same = || page("a", json!({ "has_more": true, "next_cursor": "x" }));
    let (end, _) = walk(vec![same(), same(), same()]).await;
    let Err(Error::Decode(error)) = end else { panic!("{end:?}") };
    assert_eq!(error.category(), DecodeCategory::Cycle);
}
