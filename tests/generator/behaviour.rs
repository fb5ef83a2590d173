//! Rows of behaviour: their ids, and what `explain` prints of them.

use proptest::prelude::*;
use winws_tests_generator::workspace;
use xtask::emit;
use xtask::model::RowId;
use xtask::source;

/// What `explain` prints of the rows of a function.
fn explained(folder: &str, name: &str) -> String {
    let mut tree = source::load(&workspace().join(folder), None).unwrap();
    tree.config.iter_mut().for_each(|file| file.path = file.name.clone());
    let (spec, _) = xtask::understand(&[tree], None);
    let items = spec.find(name);
    let [item] = items[..] else { panic!("one page describes {name}") };
    emit::behaviour::explain(&spec, item)
}

#[test]
fn explain_prints_the_rows_of_a_function() {
    let lines = [
        "  behaviour b1.2.2 (reasoned), behaviour/ends.toml:4",
        "    when: The handle is closed.",
        "    ours: It fails.",
        "    ours rests on: it is safe",
        "  behaviour b1.10 (documented), behaviour/sends.toml:4",
        "    when: The handle is old.",
        "    the page says: It fails.",
        "    ours: It fails, as in b1.2.1.",
        "    known from: HdrSend, Return value",
        "",
    ];
    let text = explained("tests/generator/fixtures/resolve/ok/rows_of_behaviour", "HdrSend");
    assert_eq!(text, lines.join("\n"));
}

#[test]
fn explain_of_our_close_has_every_kind_of_evidence_that_is_known_of_it() {
    let text = explained("specs", "WinHttpWebSocketClose");
    for row in ["b1.5.3 (documented)", "b1.6.2 (recorded)", "b1.6.5 (documented, relied on)", "b1.6.16 (chosen)"] {
        assert!(text.contains(row), "{row} is not in:\n{text}");
    }
    assert!(text.contains("known from: wine-mirror/wine, dlls/winhttp/tests/winhttp.c"), "{text}");
}

#[test]
fn ids_have_one_spelling() {
    for id in ["b1.1", "b1.10.27", "b4294967295.1"] {
        assert_eq!(RowId::new(id).map(|id| id.to_string()).as_deref(), Some(id));
    }
    for text in
        ["", "b", "b1", "b1.", "b.1", "b1.1.1.1", "b01.1", "b1.01", "b0.1", "b1.+1", "b4294967296.1", "B1.1", "b1.1 "]
    {
        assert_eq!(RowId::new(text), None, "{text}");
    }
}

#[test]
fn ids_are_ordered_by_their_numbers() {
    let sorted = ["b1.2", "b1.2.1", "b1.2.10", "b1.10", "b2.1"].map(|id| RowId::new(id).unwrap());
    assert!(sorted.is_sorted(), "{sorted:?}");
}

#[test]
fn ids_are_found_in_text() {
    let found = |text: &'static str| RowId::in_text(text).map(|(at, id)| (at, id.to_owned())).collect::<Vec<_>>();
    assert_eq!(found("see b1.2 and (b3.4.5)."), [(4, "b1.2".to_owned()), (14, "b3.4.5".to_owned())]);
    assert_eq!(found("Nothing: ab1.2, b1.2x, b12, b.1 is the end of web1.2"), [(28, "b.1".to_owned())]);
}

proptest! {
    #[test]
    fn any_text_can_be_asked_for_ids(text in "[b0-9. ü]{0,40}") {
        for (at, id) in RowId::in_text(&text) {
            prop_assert_eq!(&text[at..at + id.len()], id);
            if let Some(read) = RowId::new(id) {
                prop_assert_eq!(read.to_string(), id);
            }
        }
    }
}
