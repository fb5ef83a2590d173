//! Emit: facts to Rust and C.

use winws_tests::stage::{self, Stage};

#[test]
fn items_are_written_as_expected() {
    stage::check(Stage::Emit);
}
