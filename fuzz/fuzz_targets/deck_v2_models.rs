#![no_main]

use connectory::Provider;

libfuzzer_sys::fuzz_target!(|data: &[u8]| connectory_fuzz::answer(Provider::DeckV2, data));
