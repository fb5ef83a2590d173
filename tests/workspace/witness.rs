//! The table of the witness in `tests/generator` has every item. It is written here, since a table that does not build
//! could not be written by the program that it is part of.

mod write;

use expect_test::expect_file;
use winws_tests_generator::workspace;
use xtask::source;

#[test]
fn the_witness_names_every_item() {
    let specs = source::load(&workspace().join("specs"), None).expect("the specs can be read");
    let (spec, _) = xtask::understand(&[specs], None);
    let deviations = include_str!("../generator/witness/deviations.toml").parse().expect("deviations.toml is TOML");
    expect_file!["../generator/witness/table.rs"].assert_eq(&write::table(&spec, &deviations));
}
