//! Any text as the value of an enumerator.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| winws_tests_generator::entry::value(text));
