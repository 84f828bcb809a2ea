//! JSON objects as answers have them.

use serde::Serialize;
use serde_json::{Map, Value};

/// A JSON object with these members, null where an `Option` is empty.
///
/// serde_json's `json!` says the same, and makes five times as much code of each member. Use it for literals, lists and
/// computed keys only.
macro_rules! object {
    ({ $($key:literal: $value:expr),* $(,)? }) => {{
        let mut members = serde_json::Map::new();
        $( $crate::sandbox::object::put(&mut members, $key, &$value); )*
        serde_json::Value::Object(members)
    }};
}

pub(super) use object;

pub(super) fn put<T: Serialize + ?Sized>(members: &mut Map<String, Value>, name: &str, value: &T) {
    insert(members, name, serde_json::to_value(value));
}

fn insert(members: &mut Map<String, Value>, name: &str, value: serde_json::Result<Value>) {
    members.insert(name.to_owned(), value.unwrap_or_default());
}

/// A JSON list of these.
pub(super) fn list(items: &mut dyn Iterator<Item = Value>) -> Value {
    Value::Array(items.collect())
}

/// The members that these are.
pub(super) fn members(named: &mut dyn Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in named {
        members.insert(name, value);
    }
    members
}

/// Drops the members that are not to be kept.
pub(super) fn retain(members: &mut Map<String, Value>, keep: &dyn Fn(&str, &Value) -> bool) {
    members.retain(|name, value| keep(name, value));
}
