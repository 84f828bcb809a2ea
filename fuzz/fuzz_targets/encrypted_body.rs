#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| connectory::fuzzing::encrypted_body(data));
