//! Any bytes as calls of websocket.h, beside the state table.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::calls(bytes));
