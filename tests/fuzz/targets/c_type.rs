//! Any text as a C type.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| winws_tests_generator::entry::c_type(text));
