//! Resolve: pages, overrides and families to facts.

use winws_tests_generator::stage::{self, Stage};

#[test]
fn folders_resolve_as_expected() {
    stage::check(Stage::Resolve);
}
