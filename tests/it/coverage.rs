//! The operations of the crate against a checked-in table: none is forgotten, no flag flips unnoticed.

use crate::support::calls;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("operations.txt");

#[test]
fn every_operation_is_what_the_table_says() {
    let known: BTreeSet<String> = connectory::operations()
        .map(|operation| {
            format!(
                "{} | {} {} | {:?} | {:?} | {:?}",
                operation.id(),
                operation.method(),
                operation.path(),
                operation.repeat(),
                operation.auth(),
                operation.consumer(),
            )
        })
        .collect();
    let vendors: BTreeSet<&str> = connectory::operations().map(|operation| vendor(operation.id())).collect();
    let expected: BTreeSet<String> = TABLE
        .lines()
        .filter(|line| vendors.contains(vendor(line)))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "))
        .collect();
    assert_eq!(known, expected);
}

fn vendor(id: &str) -> &str {
    id.split('.').next().unwrap()
}

#[test]
fn every_operation_has_a_typed_call_whose_ids_fill_its_path() {
    let typed: BTreeSet<_> = calls::all().iter().map(|call| (call.id, call.ids)).collect();
    let known = connectory::operations()
        .map(|operation| (operation.id(), operation.path().matches('{').count()))
        .collect();
    assert_eq!(typed, known);
}

/// All features: an operation of a vendor that is not compiled in is in the source all the same.
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat"))]
#[test]
fn every_descriptor_in_the_source_is_listed() {
    use std::{fs, path::Path};

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| match path.is_dir() {
                true => count(&path),
                false => fs::read_to_string(path).unwrap().matches("Operation::new(").count(),
            })
            .sum()
    }
    let in_source = count(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert_eq!(connectory::operations().count(), in_source);
}
