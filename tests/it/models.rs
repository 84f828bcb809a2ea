//! R15, R36: any answer is a value or an error, for every operation; and what callers may store, stays what it is.

use crate::support::{models::Models, offline};
use connectory::Provider;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use std::{fs, path::Path};

/// The vendors that are compiled in, by the names of their fuzz targets.
fn targets() -> Vec<(&'static str, Provider)> {
    vec![
        #[cfg(feature = "deck")]
        ("deck_models", Provider::Deck),
        #[cfg(feature = "apideck")]
        ("apideck_models", Provider::Apideck),
        #[cfg(feature = "codat")]
        ("codat_models", Provider::Codat),
        #[cfg(feature = "deck-v2")]
        ("deck_v2_models", Provider::DeckV2),
    ]
}

#[test]
fn r15_any_answer_is_a_value_or_a_decode_error() {
    let models = Models::new(offline);
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..40),
        "[\\[\\]{}:,\"\\\\a-c0-9.eE-]{0,40}".prop_map(String::into_bytes),
    ];
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&bytes, |bytes| {
            targets().into_iter().for_each(|(_, provider)| models.answer(provider, &bytes));
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_corpus_holds() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let models = Models::new(offline);
    for (name, provider) in targets() {
        assert!(fuzz.join("fuzz_targets").join(name).with_extension("rs").exists(), "{name}");
        let inputs: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name)).unwrap().collect();
        assert!(!inputs.is_empty(), "{name}");
        for input in inputs {
            models.answer(provider, &fs::read(input.unwrap().path()).unwrap());
        }
    }
}

/// All features: a type of a vendor that is not compiled in is in the source all the same.
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
#[test]
fn every_type_that_callers_may_store_is_listed() {
    use crate::support::calls;

    fn collect_stored(path: &Path, names: &mut Vec<String>) {
        if path.is_dir() {
            return fs::read_dir(path)
                .unwrap()
                .for_each(|entry| collect_stored(&entry.unwrap().path(), names));
        }
        // Payloads of events are no answers, so that no case has them.
        if path.ends_with("events.rs") {
            return;
        }
        let source = fs::read_to_string(path).unwrap();
        for item in source.split("Serialize, Deserialize)]").skip(1) {
            let declared = item.split("struct ").nth(1).unwrap();
            let name = declared.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            names.push(name.to_owned());
        }
        for item in source.split("model! {").skip(1) {
            let (before, declared) = item.split_once("struct ").unwrap();
            let name = declared.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            if !before.contains("secret ") && before.contains("pub ") {
                names.push(name.to_owned());
            }
        }
        for declared in source.split("read pub struct ").skip(1) {
            names.push(declared.split(|letter: char| !letter.is_alphanumeric()).next().unwrap().to_owned());
        }
    }
    let mut in_source = Vec::new();
    for vendor in ["deck", "apideck", "codat", "deck_v2"] {
        collect_stored(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(vendor), &mut in_source);
    }
    in_source.sort();
    let mut listed: Vec<_> =
        calls::all().iter().flat_map(|case| case.stores.iter().map(|stored| stored.name)).collect();
    listed.sort();
    assert_eq!(listed, in_source);
}
