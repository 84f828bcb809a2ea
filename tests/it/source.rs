//! What the library's source may not hold. The lints say it too; here it has the promise's name.

use std::{fs, path::Path};

/// Every Rust file below this folder of the crate, with its text.
pub fn files(folder: impl AsRef<Path>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push((path.display().to_string().replace('\\', "/"), fs::read_to_string(&path).unwrap()));
        }
    }
    files
}

/// The library's files, with their tests and comments cut off.
fn sources() -> Vec<(String, String)> {
    let mut sources = files("src");
    assert!(sources.len() > 30, "{} files", sources.len());
    // Compiled for tests and for fuzzing only.
    sources.retain(|(path, _)| !path.contains("/src/fuzzing/"));
    for (_, text) in &mut sources {
        // Tests are the end of their file.
        let code = text.split("mod tests {").next().unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        *text = code.lines().filter(is_code).collect::<Vec<_>>().join("\n");
    }
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
    assert_eq!(places - imports, 1, "one function reads it, for `from_env` and for proxies");
}

/// What it is good for stands in the architecture; forgotten, it would be seen in the time of a build only.
#[test]
fn every_operation_is_compiled_where_it_is_called() {
    let mut operations = 0;
    for (path, code) in sources() {
        let vendors = ["/src/deck/", "/src/apideck/", "/src/codat/", "/src/deck_v2/"];
        if !vendors.iter().any(|vendor| path.contains(vendor)) {
            continue;
        }
        for (before, method) in code.match_indices("-> Call<").map(|(at, _)| code.split_at(at)) {
            let (attributes, name) = before.rsplit_once("fn ").unwrap();
            // Not the helpers of a vendor, which are generic.
            if let Some(attributes) = attributes.strip_suffix("pub ") {
                assert!(attributes.trim_end().ends_with("#[inline]"), "{path}: {name}{}", &method[..40]);
                operations += 1;
            }
        }
    }
    assert!(operations >= connectory::operations().count(), "{operations}");
}

#[test]
fn r16_nothing_of_ours_runs_in_the_background() {
    let found = holding(&["spawn", "JoinSet", "Handle::current", "std::thread", "block_on"]);
    // The look-up of a name, which holds a thread of the runtime's until it ends.
    let names = |place: &str| place.ends_with("/src/engine/transport/names.rs: spawn");
    assert!(matches!(&found[..], [one] if names(one)), "{found:?}");
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

/// The sandbox's modules, lowest first; those of one row do not know each other.
const SANDBOX: [&[&str]; 11] = [
    &["body", "mount", "object", "random", "route", "store"],
    &["exchange", "jwt"],
    &["context", "deliveries", "faults", "idempotency", "journal"],
    &["office"],
    &["outbox"],
    &["apideck", "codat", "deck", "deck_v2"],
    &["world"],
    &["postman"],
    &["control"],
    &["server"],
    &["builder", "customer"],
];

#[test]
fn the_sandbox_s_arrows_run_down() {
    let rank = |module: &str| SANDBOX.iter().position(|row| row.contains(&module));
    let mut seen = 0;
    for (path, code) in sources() {
        let Some((_, file)) = path.split_once("/src/sandbox/") else { continue };
        let module = file.split(['/', '.']).next().unwrap();
        if file == "mod.rs" {
            continue;
        }
        let own = rank(module).unwrap_or_else(|| panic!("{module} has no place among the sandbox's modules"));
        seen += 1;
        for above in SANDBOX.iter().skip(own).copied().flatten().filter(|above| **above != module) {
            let names = ["super::", "sandbox::", "{", " "].map(|before| format!("{before}{above}::"));
            assert!(!names.iter().any(|name| code.contains(name)), "{file} knows {above}");
        }
    }
    assert!(seen > 20, "{seen} files");
}

/// Somebody who comes from a vendor's SDK looks for its names.
#[test]
fn the_sdks_names_lead_to_the_methods() {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    let files = files("src");
    let (mut missing, mut seen) = (Vec::new(), 0);
    for operation in connectory::operations().filter(|operation| !operation.sdk().is_empty()) {
        let (group, method) = operation.id().rsplit_once('.').unwrap();
        let (_, sdk) = operation.sdk().rsplit_once('.').unwrap();
        let head = format!("\"{group}\";");
        let (_, text) = files.iter().find(|(_, text)| text.contains(&head)).unwrap();
        let starts = ['(', '<'].map(|next| format!("    pub fn {method}{next}"));
        let (before, _) = starts.iter().find_map(|start| text.split_once(start)).unwrap();
        let attributes = before.lines().rev().take_while(|line| !line.is_empty());
        let aliases =
            attributes.filter_map(|line| line.trim().strip_prefix("#[doc(alias = \"")?.split('"').next());
        if aliases.chain([method]).all(|name| plain(name) != plain(sdk)) {
            missing.push(format!("{}: {sdk}", operation.id()));
        }
        seen += 1;
    }
    assert_eq!(missing, [""; 0]);
    assert!(seen > 90, "{seen} operations");
}

#[test]
fn the_minimum_rust_version_is_one_number() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let manifests = [
        include_str!("../../fuzz/Cargo.toml"),
        include_str!("../../benches/Cargo.toml"),
        include_str!("../../tools/Cargo.toml"),
    ];
    for manifest in manifests {
        assert!(manifest.contains(&format!("rust-version = \"{version}\"")), "{manifest}");
    }
    for page in [include_str!("../../README.md"), include_str!("../../docs/architecture.md")] {
        assert!(page.contains(version), "{version} is not in {}", page.lines().next().unwrap());
    }
}
