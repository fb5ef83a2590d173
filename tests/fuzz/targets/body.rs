//! Any bytes as the body of a response, and as what a body has in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::body(bytes));
