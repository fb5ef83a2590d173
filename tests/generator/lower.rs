//! Lower: what one page claims, with gaps where it does not say.

use winws_tests_generator::stage::{self, Stage};

#[test]
fn pages_claim_what_is_expected() {
    stage::check(Stage::Lower);
}
