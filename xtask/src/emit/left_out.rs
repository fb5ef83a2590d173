//! What `--partial` leaves out, for people: items with gaps, and codes without a number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::draft::Kind;
use crate::model::{Item, Spec};

/// A line for each item with what is missing in it, then how many there are; nothing if nothing is left out.
pub fn left_out(spec: &Spec) -> String {
    let mut out = String::new();
    let (mut gone, mut all) = (0, 0);
    for Item { draft, gaps, .. } in spec.items.iter().filter(|item| becomes_code(item)) {
        all += 1;
        if gaps.is_empty() {
            continue;
        }
        gone += 1;
        line(&mut out, &format!("left out: `{}` ({}), without {}", draft.name.value, draft.place, gaps.join(", ")));
    }
    let numberless = numberless(spec);
    for (code, functions) in &numberless {
        let functions: Vec<String> = functions.iter().map(|name| format!("`{name}`")).collect();
        line(&mut out, &format!("left out: code `{code}` of {}, without a number", functions.join(", ")));
    }
    if gone > 0 {
        line(&mut out, &format!("{gone} of {all} items left out"));
    }
    if !numberless.is_empty() {
        line(&mut out, &format!("{} codes left out of error types", numberless.len()));
    }
    out
}

fn becomes_code(item: &Item) -> bool {
    matches!(item.draft.kind, Kind::Function | Kind::Callback | Kind::Enum | Kind::Struct | Kind::Union)
}

/// The codes whose number no page lists, with the complete items that name them.
fn numberless(spec: &Spec) -> BTreeMap<&str, Vec<&str>> {
    let mut codes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Item { draft, .. } in spec.items.iter().filter(|item| becomes_code(item) && item.gaps.is_empty()) {
        let documented = draft.returns().into_iter().flat_map(|returns| &returns.codes);
        for code in documented.filter(|code| code.number.is_none()) {
            codes.entry(&code.name.value).or_default().push(&draft.name.value);
        }
    }
    codes
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to a string cannot fail");
}
