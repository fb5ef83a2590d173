//! Any bytes as a page, all the way to facts and Rust.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_generator::entry::page(bytes));
