//! What is written from `operations()`: the table of operations, the tables of the guide, the methods in the README.
//!
//! With `CONNECTORY_BLESS` set the files are written anew; `.ci/bless` does that.

use connectory::{operation::Operation, operations};
use std::{collections::BTreeMap, fs, path::Path};

/// The operations of each group, by its id such as `apideck.vault.connections`.
fn groups() -> BTreeMap<&'static str, Vec<&'static Operation>> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for operation in operations() {
        groups.entry(operation.id().rsplit_once('.').unwrap().0).or_default().push(operation);
    }
    groups
}

fn method(operation: &Operation) -> &str {
    operation.id().rsplit('.').next().unwrap()
}

/// `deck().link()` is `deck.link`.
fn group_of(call_path: &str) -> String {
    call_path.replace("()", "")
}

/// Compares a file with what it should be, or makes it so.
#[track_caller]
fn assert_written(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("CONNECTORY_BLESS").is_some() {
        return fs::write(file, expected).unwrap();
    }
    let written = fs::read_to_string(file).unwrap();
    let mut lines = written.lines().zip(expected.lines());
    if let Some((written, expected)) = lines.find(|(written, expected)| written != expected) {
        panic!("{path} is stale, `.ci/bless` writes it:\n  is     {written}\n  should {expected}");
    }
    assert_eq!(written.len(), expected.len(), "{path} is stale, `.ci/bless` writes it");
}

#[test]
fn the_table_of_operations_is_what_it_says() {
    let mut table = String::new();
    for operation in operations() {
        let (id, http, path) = (operation.id(), operation.method(), operation.path());
        let (repeat, auth) = (operation.repeat(), operation.auth());
        let consumer = operation.consumer_header();
        table += &format!("{id}: {http} {path} | {repeat:?} | {auth:?} | consumer {consumer:?}\n");
    }
    assert_written("tests/it/operations.txt", &table);
}

#[test]
fn the_guide_has_a_table_of_each_group() {
    let guide = include_str!("../../docs/operations.md");
    let mut groups = groups();
    let mut expected = String::new();
    let mut rows = None;
    for line in guide.lines() {
        if let Some(heading) = line.strip_prefix("### `client.") {
            rows = groups.remove(&*group_of(heading.trim_end_matches('`')));
            assert!(rows.is_some(), "{line}: no such group");
        }
        let is_row = line.starts_with('|');
        match rows.take() {
            Some(operations) if is_row => expected += &table(&operations),
            kept => {
                rows = kept;
                if !is_row || rows.is_some() || !expected.ends_with("|\n") {
                    expected += line;
                    expected.push('\n');
                }
            }
        }
    }
    assert!(groups.is_empty(), "no heading in docs/operations.md for {:?}", groups.keys());
    assert_written("docs/operations.md", &expected);
}

fn table(operations: &[&Operation]) -> String {
    let mut table = "| Method | HTTP | Repeat | Why | Vendor's SDK |\n|---|---|---|---|---|\n".to_owned();
    for operation in operations {
        let (name, http, path) = (method(operation), operation.method(), operation.path());
        let (repeat, reason) = (operation.repeat(), operation.reason());
        let sdk = match operation.sdk() {
            "" => "none".to_owned(),
            names => names.split(" | ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        table += &format!("| `{name}` | `{http} {path}` | {repeat:?} | {reason} | {sdk} |\n");
    }
    table
}

#[test]
fn the_readme_names_every_group_and_every_method() {
    let readme = include_str!("../../README.md");
    let mut groups = groups();
    let mut expected = String::new();
    for line in readme.lines() {
        let row = line.strip_prefix("| `").and_then(|row| row.split_once("` | "));
        match row.and_then(|(group, rest)| Some((group, rest, groups.remove(&*group_of(group))?))) {
            Some((group, rest, operations)) => {
                let purpose = rest.split(" | ").next().unwrap();
                let methods: Vec<_> =
                    operations.iter().map(|operation| format!("`{}`", method(operation))).collect();
                expected += &format!("| `{group}` | {purpose} | {} |\n", methods.join(", "));
            }
            None => expected += &format!("{line}\n"),
        }
    }
    assert!(groups.is_empty(), "no row in README.md for {:?}", groups.keys());
    assert_written("README.md", &expected);
}

#[test]
fn every_operation_says_why_it_is_repeated_so() {
    for operation in operations() {
        let reason = operation.reason();
        assert!(
            !reason.is_empty() && !reason.contains('|') && !reason.ends_with('.'),
            "{operation}: {reason}"
        );
    }
}
