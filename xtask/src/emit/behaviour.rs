//! Rows of behaviour in plain text, for `explain`.

use std::fmt::Write as _;

use crate::model::{Item, Mark, Spec};

/// The rows that are about an item, with how each is known. Empty if there are none.
pub fn explain(spec: &Spec, item: &Item) -> String {
    let mut out = String::new();
    for row in spec.rows_of(&item.draft) {
        let (location, row) = (row.source.location(), &row.value);
        let marks: Vec<&str> = row.marks().into_iter().map(Mark::name).collect();
        writeln!(out, "  behaviour {} ({}), {location}", row.id, marks.join(", "))
            .expect("writing to a string cannot fail");
        let texts = [
            ("when", Some(&row.situation)),
            ("the page says", row.page.as_ref()),
            ("Windows", row.windows.as_ref()),
            ("ours", Some(&row.ours)),
            ("ours rests on", row.basis.as_ref()),
            ("known from", row.reference.as_ref()),
        ];
        for (label, text) in texts.into_iter().filter_map(|(label, text)| Some((label, text?))) {
            writeln!(out, "    {label}: {text}").expect("writing to a string cannot fail");
        }
    }
    out
}
