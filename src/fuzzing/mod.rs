//! What is fuzzed of the crate: each function takes any bytes, feeds them to the real code, and asserts what must hold,
//! not just that nothing panics.
//!
//! `fuzz/` runs them under libFuzzer; the tests run them under proptest and over the corpus that is kept there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a mistake here has to be seen: these are tests, though not always under `cfg(test)`"
)]

mod bodies;
#[cfg(feature = "deck-encryption")]
mod encryption;
#[cfg(feature = "events")]
mod events;
mod loggable;
mod refusals;
mod requests;
#[cfg(feature = "jiff-0-2")]
mod timestamps;
mod vendor;

pub use bodies::body;
#[cfg(feature = "deck-encryption")]
pub use encryption::encrypted_body;
#[cfg(feature = "events")]
pub use events::delivery;
pub use refusals::{error_body, location, retry_after};
pub use requests::{base_url, path, query};
#[cfg(feature = "jiff-0-2")]
pub use timestamps::timestamp;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};
    use std::{fs, path::Path};

    type Target = (&'static str, fn(&[u8]));

    const TARGETS: &[Target] = &[
        ("base_url", base_url),
        ("body", body),
        #[cfg(feature = "events")]
        ("delivery", delivery),
        #[cfg(feature = "deck-encryption")]
        ("encrypted_body", encrypted_body),
        ("error_body", error_body),
        ("location", location),
        ("path", path),
        ("query", query),
        ("retry_after", retry_after),
        #[cfg(feature = "jiff-0-2")]
        ("timestamp", timestamp),
    ];

    /// The published crate has no `fuzz`.
    #[test]
    fn the_corpus_holds() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        if !fuzz.exists() {
            return;
        }
        for (name, target) in TARGETS {
            assert!(fuzz.join("fuzz_targets").join(name).with_extension("rs").exists(), "{name}");
            let inputs: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name)).unwrap().collect();
            assert!(!inputs.is_empty(), "{name}");
            for input in inputs {
                target(&fs::read(input.unwrap().path()).unwrap());
            }
        }
    }

    /// Text out of pieces that have a meaning somewhere, and any text.
    pub(super) fn hostile_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat())]
    }

    const PIECES: &[&str] = &[
        "..", ".", "/", "\\", "%2e", "%2E", "%2f", "%", "?", "#", "&", "=", ";", ":", "@", "//", "\r\n",
        "\t", "\0", " ", "+", "é", "\u{202e}", "\u{feff}", "\u{61c}", "a", "{", "}", "[", "]", "\"", "`",
    ];
}
