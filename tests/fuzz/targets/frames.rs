//! Any bytes as a stream of frames, beside tungstenite.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::frames(bytes));
