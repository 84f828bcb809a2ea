use connectory::operations;
use serde_json::Value;
use std::path::Path;

/// What the document has and the crate has not. The file's name begins with the vendor's.
pub fn from_crate(file: &str, reduction: &Value) -> Result<String, String> {
    let name = Path::new(file).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let vendor = name.split('_').next().unwrap_or_default();
    let known: Vec<_> = operations()
        .filter(|operation| operation.provider().to_string().to_lowercase() == vendor)
        .map(|operation| by_position(&format!("{} {}", operation.method(), operation.path())))
        .collect();
    if known.is_empty() {
        return Err(format!("{file}: the crate has no vendor of this name"));
    }
    let documented: Vec<_> = reduction["operations"].as_object().into_iter().flatten().collect();
    let missing = documented.iter().filter(|(name, _)| !known.contains(&by_position(name)));
    let lines: Vec<_> = missing
        .map(|(name, facts)| format!("    {name} {}\n", facts["id"].as_str().unwrap_or_default()))
        .collect();
    Ok(format!("{file}: {} of {}\n{}", lines.len(), documented.len(), lines.concat()))
}

/// The operation with its placeholders unnamed, which the crate may call something else.
fn by_position(operation: &str) -> String {
    let mut pieces = operation.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |whole, piece| whole + "{" + piece.trim_start_matches(|letter| letter != '}'))
}
