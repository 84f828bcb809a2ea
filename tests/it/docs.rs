//! The tables of operations in the documentation against the operations of the crate.

use connectory::{Operation, operations};

#[test]
fn every_operation_has_one_row_with_its_http_and_repeat() {
    let mut group = String::new();
    let mut rows = Vec::new();
    for line in include_str!("../../docs/operations.md").lines() {
        if let Some(heading) = line.strip_prefix("### `client.") {
            group = heading.trim_end_matches('`').replace("()", "");
        }
        if let Some((method, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once('(')) {
            let cells: Vec<_> = rest.split(" | ").collect();
            rows.push(format!("{group}.{method}: {} {}", cells[1], cells[2]));
        }
    }
    assert_documented(rows, |operation| {
        format!("{}: `{} {}` {:?}", operation.id(), operation.method(), operation.path(), operation.repeat())
    });
}

#[test]
fn the_readme_names_every_group_and_every_method() {
    let mut names = Vec::new();
    for line in include_str!("../../README.md").lines() {
        let Some((group, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("()` | ")) else {
            continue;
        };
        let methods = rest.rsplit_once(" | ").unwrap().1.split('`').skip(1).step_by(2);
        names.extend(methods.map(|method| format!("{}.{method}", group.replace("()", ""))));
    }
    assert_documented(names, |operation| operation.id().to_owned());
}

/// Of the vendors that are compiled in, the page shows each operation once and nothing else.
#[track_caller]
fn assert_documented(mut shown: Vec<String>, show: impl Fn(&Operation) -> String) {
    let vendor = |id: &str| id.split('.').next().unwrap().to_owned();
    let vendors: Vec<_> = operations().map(|operation| vendor(operation.id())).collect();
    shown.retain(|row| vendors.contains(&vendor(row)));
    let expected: Vec<_> = operations().map(show).collect();
    for row in &expected {
        assert_eq!(shown.iter().filter(|shown| *shown == row).count(), 1, "{row}");
    }
    shown.retain(|row| !expected.contains(row));
    assert_eq!(shown, [""; 0], "no such operation");
}
