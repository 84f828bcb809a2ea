use crate::by_position;
use connectory::operations;
use serde_json::Value;
use std::path::Path;

/// What is left out on purpose, each with its reason; a test of the crate reads it too.
const LEFT_OUT: &str = include_str!("../../tests/it/documents/left_out.txt");

/// What the document has and the crate has not. The file's name begins with the vendor's.
pub fn from_crate(file: &str, reduction: &Value) -> Result<String, String> {
    let name = Path::new(file).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let vendors = operations().filter_map(|operation| operation.id().split('.').next());
    let of_file = |vendor: &&str| name == *vendor || name.starts_with(&format!("{vendor}_"));
    // `deck_v2` is another vendor than `deck`.
    let vendor = vendors.filter(of_file).max_by_key(|vendor| vendor.len());
    let known: Vec<_> = operations()
        .filter(|operation| operation.id().split('.').next() == vendor)
        .map(|operation| by_position(&format!("{} {}", operation.method(), operation.path())))
        .collect();
    if known.is_empty() {
        return Err(format!("{file}: the crate has no vendor of this name"));
    }
    let documented: Vec<_> = reduction["operations"].as_object().into_iter().flatten().collect();
    let missing = documented.iter().filter(|(name, _)| !known.contains(&by_position(name)));
    let lines: Vec<_> = missing.map(|(name, facts)| line(name, facts)).collect();
    Ok(format!("{file}: {} of {}\n{}", lines.len(), documented.len(), lines.concat()))
}

fn line(name: &str, facts: &Value) -> String {
    let id = facts["id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default();
    let mut left_out = LEFT_OUT.lines().filter_map(|line| line.split_once(": "));
    let reason =
        left_out.find(|(left_out, _)| *left_out == name).map(|(_, reason)| format!(", left out: {reason}"));
    format!("    {name}{id}{}\n", reason.unwrap_or_default())
}
