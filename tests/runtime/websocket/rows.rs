//! Every row of section 5 of the table of behaviour has a test.

const TESTS: &[&str] = &[
    include_str!("abort.rs"),
    include_str!("actions.rs"),
    include_str!("close.rs"),
    include_str!("handles.rs"),
    include_str!("handshake.rs"),
    include_str!("receive.rs"),
    include_str!("send.rs"),
];

#[test]
fn every_row_has_a_test() {
    for row in 1..=11 {
        let name = format!("fn b5_{row}_");
        assert!(TESTS.iter().any(|text| text.contains(&name)), "b5.{row} has no test");
    }
}
