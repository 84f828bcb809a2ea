//! The tables of operations in the documentation against the operations of the crate.

const PAGES: [(&str, &str); 2] = [
    ("README.md", include_str!("../../README.md")),
    ("docs/operations.md", include_str!("../../docs/operations.md")),
];

#[test]
fn every_operation_stands_in_both_tables_with_its_repeat() {
    for operation in connectory::operations() {
        let cells = format!("| `{} {}` | {:?} |", operation.method(), operation.path(), operation.repeat());
        for (page, text) in PAGES {
            assert!(text.contains(&cells), "{page} lacks a row with {cells}");
        }
    }
}

#[test]
fn every_operation_has_a_section() {
    let (page, text) = PAGES[1];
    for operation in connectory::operations() {
        let heading = format!("\n### `{}`\n", operation.id());
        assert_eq!(text.matches(&heading).count(), 1, "{page}: {heading:?}");
    }
}

#[cfg(all(feature = "deck", feature = "apideck", feature = "codat"))]
#[test]
fn the_documentation_names_no_operation_that_is_not_there() {
    let (page, text) = PAGES[1];
    assert_eq!(text.matches("\n### `").count(), connectory::operations().count(), "{page}");
}
