//! The promises in the documentation against the tests of the crate.

use crate::source;

/// The promises by number; those between them are not used.
const PROMISES: [u32; 40] = [
    1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
    30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42,
];

/// Every row of the promises' tables: number, text, what holds it.
fn promises() -> Vec<(u32, &'static str, &'static str)> {
    let pages = [include_str!("../../docs/security.md"), include_str!("../../docs/reliability.md")];
    let rows = pages.iter().flat_map(|page| page.lines()).filter_map(|line| line.strip_prefix("| R"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_end_matches('|').splitn(3, " | ").map(str::trim).collect();
        (cells[0].parse().unwrap(), cells[1], cells[2])
    })
    .collect()
}

/// The names of all tests that are named for a promise.
fn tests_of_promises() -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["src", "tests", "tools/src"] {
        for (_, text) in source::files(folder) {
            let functions = text.split("fn r").skip(1).filter_map(|rest| rest.split_once('('));
            let named = functions.filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit()));
            names.extend(named.map(|(name, _)| format!("r{name}")));
        }
    }
    names
}

#[test]
fn every_promise_is_held_by_tests_that_exist_or_says_why_not() {
    let rows = promises();
    let mut numbers: Vec<_> = rows.iter().map(|(number, ..)| *number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, PROMISES);
    let existing = tests_of_promises();
    let mut named = Vec::new();
    for (number, text, held_by) in rows {
        let tests: Vec<_> = held_by.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let excused = text.starts_with("Not applicable") || held_by.starts_with("Measured");
        assert_ne!(tests.is_empty(), !excused, "R{number} is held by tests or says why not");
        for test in &tests {
            assert!(test.starts_with(&format!("r{number}_")), "{test} is not of R{number}");
            assert_eq!(existing.iter().filter(|known| *known == test).count(), 1, "{test}");
        }
        named.extend(tests);
    }
    let forgotten: Vec<_> = existing.iter().filter(|test| !named.contains(test)).collect();
    assert!(forgotten.is_empty(), "not in the pages: {forgotten:#?}");
}
