//! What documents are checked with: the vendors', reduced to facts, and our own, built.
//!
//! ```text
//! reduce <document>            the facts of it, to be checked in as tests/it/documents/<vendor>.json
//! drift <older> <newer>        what is new, gone and changed, operation by operation
//! missing <reduction>...       what the documents have and the crate has not
//! links <folder>               dead links of the HTML pages in it
//! ```
//! A document is YAML or JSON; `drift` takes documents and reductions alike.

mod drift;
mod links;
mod missing;
mod reduce;
mod write;

use serde_json::Value;
use std::{env, fs, path::Path, process::ExitCode};

const USAGE: &str = "reduce <document> | drift <older> <newer> | missing <reduction>... | links <folder>";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<String, String> {
    match arguments {
        ["reduce", document] => Ok(write::text(&reduction(document)?)),
        ["drift", older, newer] => Ok(drift::between(&reduction(older)?, &reduction(newer)?)),
        ["missing", first, rest @ ..] => {
            let files = [first].into_iter().chain(rest);
            files.map(|file| missing::from_crate(file, &reduction(file)?)).collect()
        }
        ["links", folder] => match links::dead(Path::new(folder)) {
            Ok(dead) if dead.is_empty() => Ok(String::new()),
            Ok(dead) => Err(format!("dead links:\n{}", dead.join("\n"))),
            Err(error) => Err(format!("{folder}: {error}")),
        },
        _ => Err(USAGE.to_owned()),
    }
}

/// The reduction in a file, or of the document in it.
fn reduction(file: &str) -> Result<Value, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let value = read(&text).map_err(|error| format!("{file}: {error}"))?;
    match (value.get("openapi"), value.get("operations")) {
        (Some(_), _) => Ok(reduce::document(&value)),
        (None, Some(_)) => Ok(value),
        (None, None) => Err(format!("{file}: neither an OpenAPI document nor a reduction")),
    }
}

/// JSON or YAML.
fn read(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let documents = <saphyr::Yaml as saphyr::LoadableYamlNode>::load_from_str(text);
    let documents = documents.map_err(|error| error.to_string())?;
    documents.first().map(json).ok_or_else(|| "empty".to_owned())
}

fn json(yaml: &saphyr::Yaml) -> Value {
    use saphyr::{Scalar, Yaml};
    match yaml {
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(members) => members.iter().map(|(key, member)| (key_text(key), json(member))).collect(),
        Yaml::Tagged(_, tagged) => json(tagged),
        _ => Value::Null,
    }
}

/// A status may be written as a number.
fn key_text(key: &saphyr::Yaml) -> String {
    match json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The operation with its placeholders unnamed: another name for one makes no other operation.
fn by_position(operation: &str) -> String {
    let mut pieces = operation.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |whole, piece| whole + "{" + piece.trim_start_matches(|letter| letter != '}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_and_json_are_read_alike() {
        let yaml = "200: [NO, \"no\", 1.5, true, null]\nb: {c: ~}\n";
        let json = json!({ "200": ["NO", "no", 1.5, true, null], "b": { "c": null } });
        assert_eq!(read(yaml).unwrap(), json);
        assert_eq!(read(&json.to_string()).unwrap(), json);
    }

    #[test]
    fn what_is_checked_in_is_as_it_is_written() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/it/documents");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut reductions = 0;
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
            let file = file.to_str().unwrap();
            let checked_in = fs::read_to_string(file).unwrap();
            assert!(run(&["reduce", file]).unwrap() == checked_in, "{file}");
            assert_eq!(run(&["drift", file, file]).unwrap(), "");
            assert!(run(&["missing", file]).unwrap().starts_with(file));
            reductions += 1;
        }
        assert!(reductions >= 4, "{reductions} of them");
    }
}
