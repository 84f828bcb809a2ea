//! No operation is forgotten.

use crate::support::calls;
use std::collections::BTreeSet;

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

    /// `LIST = "list": GET "/companies", Read;`
    fn is_row(line: &str) -> bool {
        let head = line.trim_start().split_once(" = \"").and_then(|(_, row)| row.split_once("\": "));
        head.is_some_and(|(_, row)| {
            ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|http| row.starts_with(http))
        })
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| match path.is_dir() {
                true => count(&path),
                false => fs::read_to_string(path).unwrap().lines().filter(|line| is_row(line)).count(),
            })
            .sum()
    }
    let in_source = count(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert_eq!(connectory::operations().count(), in_source);
}
