//! What the library's source may not hold. The lints say it too; here it has the promise's name.

use std::{fs, path::Path};

/// The files of `src`, with their tests and comments cut off.
fn sources() -> Vec<(String, String)> {
    fn read(folder: &Path, sources: &mut Vec<(String, String)>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                read(&path, sources);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            // Tests are the end of their file.
            let end = text.find("mod tests {").unwrap_or(text.len());
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let code: Vec<_> = text[..end].lines().filter(is_code).collect();
            sources.push((path.display().to_string().replace('\\', "/"), code.join("\n")));
        }
    }
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    assert!(sources.len() > 30, "{} files", sources.len());
    sources
}

/// The files outside the sandbox, which is for tests, that hold any of these words.
fn holding(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| !path.contains("/src/sandbox/")) {
        found.extend(words.iter().filter(|word| code.contains(**word)).map(|word| format!("{path}: {word}")));
    }
    found
}

#[test]
fn r7_the_environment_is_read_in_one_place() {
    let files = holding(&["env::var", "option_env!"]);
    assert!(matches!(&files[..], [one] if one.ends_with("/src/client.rs: env::var")), "{files:?}");
    let places: usize = sources().iter().map(|(_, code)| code.matches("env::").count()).sum();
    let imports: usize =
        sources().iter().map(|(_, code)| code.matches("crate::env::Variables").count()).sum();
    assert_eq!(places - imports, 1, "`ClientBuilder::from_env` reads it");
}

#[test]
fn r16_nothing_of_ours_runs_in_the_background() {
    assert_eq!(holding(&["spawn", "JoinSet", "Handle::current", "std::thread", "block_on"]), [""; 0]);
}

#[test]
fn r36_nothing_outside_tests_panics() {
    let panics = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "unreachable!(",
        "todo!(",
        "unimplemented!(",
        "assert!(",
        "assert_eq!(",
        "unsafe ",
    ];
    assert_eq!(holding(&panics), [""; 0]);
    // Indexing cannot be told by words: the lints see it, as long as nobody switches them off.
    let lints = ["clippy::unwrap_used", "clippy::expect_used", "clippy::panic", "clippy::indexing_slicing"];
    assert_eq!(holding(&lints), [""; 0]);
    let manifest = include_str!("../../Cargo.toml");
    for lint in lints {
        let denied = format!("{} = \"deny\"", lint.trim_start_matches("clippy::"));
        assert!(manifest.contains(&denied), "{denied}");
    }
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}
