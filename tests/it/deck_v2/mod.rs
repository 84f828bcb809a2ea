//! Deck v2: what is odd about it, and each model's members by name.

mod agents;
mod credentials;
mod error;
mod event_destinations;
mod event_log;
mod page;
mod session_tokens;
mod sessions;
mod sources;
mod storage;
mod task_runs;
mod tasks;

use serde_json::Value;

/// What the reduction by hand says of each member and each operation.
const SURE: [&str; 4] = ["docs", "older", "third", "guess"];

#[test]
fn the_guide_says_of_each_operation_how_sure_it_is() {
    let guide = include_str!("../../../docs/deck-v2.md");
    let ids = connectory::operations().filter_map(|operation| operation.id().strip_prefix("deck_v2."));
    let rows = ids.map(|id| guide.lines().filter(|line| line.starts_with(&format!("| `{id}` | "))).count());
    let rows: Vec<_> = rows.collect();
    assert!(rows.iter().all(|rows| *rows == 1), "{rows:?}");
    assert_eq!(rows.len(), 40);
}

#[test]
fn the_reduction_says_of_each_member_how_sure_it_is() {
    fn check(json: &Value, place: &str) -> usize {
        let Some(members) = json.as_object() else { return 0 };
        let is_fact = members.contains_key("kind") && !members["kind"].is_object();
        if is_fact {
            assert!(members["sure"].as_str().is_some_and(|sure| SURE.contains(&sure)), "{place}");
        }
        let below = members.iter().map(|(name, member)| check(member, &format!("{place} {name}")));
        usize::from(is_fact) + below.sum::<usize>()
    }
    let reduction: Value = serde_json::from_str(include_str!("../documents/deck_v2.json")).unwrap();
    assert!(check(&reduction, "") > 500);
    for (name, operation) in reduction["operations"].as_object().unwrap() {
        assert!(operation["sure"].as_str().is_some_and(|sure| SURE.contains(&sure)), "{name}");
    }
}
