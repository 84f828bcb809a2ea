//! No operation is forgotten.

use crate::support::calls;
use std::collections::BTreeSet;

#[test]
fn every_operation_has_one_case() {
    let cases = calls::all();
    let ids: BTreeSet<_> = cases.iter().map(|case| case.id).collect();
    assert_eq!(ids, connectory::operations().map(|operation| operation.id()).collect());
    assert_eq!(ids.len(), cases.len());
}

/// All features: an operation of a vendor that is not compiled in is in the source all the same.
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
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
