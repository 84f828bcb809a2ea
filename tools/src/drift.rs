use crate::by_position;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is new (`+`), gone (`-`) and changed (`~`) in the newer reduction; nothing where they are alike.
pub fn between(older: &Value, newer: &Value) -> String {
    let mut text = String::new();
    for section in ["operations", "errors", "events"] {
        let (older, newer) = (named(&older[section]), named(&newer[section]));
        for name in older.keys().chain(newer.keys()).collect::<BTreeSet<_>>() {
            match (older.get(name), newer.get(name)) {
                (Some((_, older)), Some((name, newer))) => {
                    let lines = changes(&facts(older), &facts(newer));
                    if !lines.is_empty() {
                        text.push_str(&format!("~ {name}\n{lines}"));
                    }
                }
                (Some((name, _)), None) => text.push_str(&format!("- {name}\n")),
                (None, newer) => text.extend(newer.map(|(name, _)| format!("+ {name}\n"))),
            }
        }
    }
    text
}

/// The operations by what they are called whatever their placeholders are.
fn named(section: &Value) -> BTreeMap<String, (&String, &Value)> {
    let operations = section.as_object().into_iter().flatten();
    operations.map(|(name, facts)| (by_position(name), (name, facts))).collect()
}

/// The facts of an operation, each under the way to it.
fn facts(operation: &Value) -> BTreeMap<String, &Value> {
    let mut facts = BTreeMap::new();
    collect(operation, String::new(), &mut facts);
    facts
}

fn collect<'a>(value: &'a Value, name: String, facts: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(members) if !members.contains_key("kind") || members["kind"].is_object() => {
            for (key, member) in members {
                let key = if key.is_empty() { "(body)" } else { key };
                collect(
                    member,
                    if name.is_empty() { key.to_owned() } else { format!("{name} {key}") },
                    facts,
                );
            }
        }
        fact => drop(facts.insert(name, fact)),
    }
}

fn changes(older: &BTreeMap<String, &Value>, newer: &BTreeMap<String, &Value>) -> String {
    let mut lines = String::new();
    for name in older.keys().chain(newer.keys()).collect::<BTreeSet<_>>() {
        match (older.get(name), newer.get(name)) {
            (Some(older), Some(newer)) if older == newer => {}
            (Some(older), Some(newer)) => {
                lines.push_str(&format!("    ~ {name}: {}\n", change(older, newer)))
            }
            (None, Some(fact)) => lines.push_str(&format!("    + {name}: {}\n", said(fact))),
            (_, None) => lines.push_str(&format!("    - {name}\n")),
        }
    }
    lines
}

/// Of lists what is new and gone in them, of other facts before and after.
fn change(older: &Value, newer: &Value) -> String {
    let mut parts = Vec::new();
    if said(older) != said(newer) && !older.is_array() {
        parts.push(format!("{} -> {}", said(older), said(newer)));
    }
    let (older, newer) = (list(older), list(newer));
    parts.extend(newer.difference(&older).map(|value| format!("+{value}")));
    parts.extend(older.difference(&newer).map(|value| format!("-{value}")));
    parts.join(", ")
}

fn list(fact: &Value) -> BTreeSet<String> {
    let list = if fact.is_array() { fact } else { &fact["values"] };
    list.as_array().into_iter().flatten().map(Value::to_string).collect()
}

/// A fact in words, without its values.
fn said(fact: &Value) -> String {
    let Value::Object(members) = fact else { return fact.to_string() };
    let mut words = Vec::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "values") {
        words.push(match value {
            Value::Bool(_) => name.clone(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn r38_what_is_new_gone_and_changed_is_told_operation_by_operation() {
        let older = json!({ "operations": {
            "GET /a/{id}": {
                "query": { "page": { "kind": "integer" }, "old": { "kind": "string" } },
                "answers": { "200": {
                    "": { "kind": "object" },
                    "id": { "kind": "string", "required": true },
                    "kind": { "kind": "object" },
                    "kind.state": { "kind": "string", "values": ["on", "off"] },
                } },
                "statuses": ["200", "404"],
            },
            "GET /b": { "statuses": ["200"] },
            "GET /c": { "statuses": ["200"] },
        } });
        let newer = json!({ "operations": {
            "GET /a/{a}": {
                "query": { "page": { "kind": "string" }, "size": { "kind": "integer", "required": true } },
                "answers": { "200": {
                    "": { "kind": "array" },
                    "id": { "kind": "string" },
                    "kind": { "kind": "object" },
                    "kind.state": { "kind": "string", "values": ["on", "gone"] },
                } },
                "statuses": ["200", "429"],
                "deprecated": true,
            },
            "GET /c": { "statuses": ["200"] },
            "POST /b": { "statuses": ["200"] },
        } });
        let expected = [
            "~ GET /a/{a}",
            "    ~ answers 200 (body): object -> array",
            "    ~ answers 200 id: string required -> string",
            "    ~ answers 200 kind.state: +\"gone\", -\"off\"",
            "    + deprecated: true",
            "    - query old",
            "    ~ query page: integer -> string",
            "    + query size: integer required",
            "    ~ statuses: +\"429\", -\"404\"",
            "- GET /b",
            "+ POST /b",
            "",
        ];
        assert_eq!(between(&older, &newer), expected.join("\n"));
        assert_eq!(between(&newer, &newer), "");
    }
}
