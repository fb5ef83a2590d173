//! The search index: what can be looked for and where it leads, as a script that pages load when somebody searches.
//!
//! A script, since browsers let a page that was opened from a disk load those and nothing else. It assigns one object
//! to `winwsIndex`; `templates/site.js` reads it:
//!
//! - `kinds`: names of kinds, and `groups`: for each, the heading that its entries stand under.
//! - `stop`: words that are no terms.
//! - `entries`: a line each of name, kind, page, anchor, other names, number and note, separated by tabs; empty fields
//!   at the end are left out. An entry without a page is a part of the last one that has one, and stands on its page.
//!   `*` in page and anchor is the name.
//! - `terms`: a sorted line each of how many characters are the last term's, in base 36, the other characters, and
//!   after a blank the postings in base 36. A posting is an entry's place times 8 plus the [`Role`](words::Role) of the term in it,
//!   less the posting before it.

mod entries;
mod words;

use std::fmt::Write as _;

use rayon::prelude::*;
use serde::Serialize;

use super::whole::Site;
use crate::sync::{MARK, OutputFile};
use entries::{Entry, EntryKind};
use words::Terms;

/// The path of the index.
const PATH: &str = "search-index.js";

/// How many items are taken at once. Their terms meet in one table before they meet all others.
const CHUNK: usize = 2048;

/// Entries with their terms; places count from the first of them.
#[derive(Default)]
struct Part {
    /// The lines of the entries.
    lines: String,
    /// How many there are.
    count: u32,
    terms: Terms,
}

/// What the script assigns.
#[derive(Serialize)]
struct Index {
    kinds: [&'static str; EntryKind::ALL.len()],
    groups: [&'static str; EntryKind::ALL.len()],
    stop: &'static [&'static str],
    entries: String,
    terms: String,
}

/// The index of a site.
pub(super) fn emit(site: &Site<'_>) -> OutputFile {
    let rust_names = entries::rust_names(site.spec);
    let places: Vec<usize> = (0..site.spec.items.len()).collect();
    let mut parts: Vec<Part> = places
        .par_chunks(CHUNK)
        .map(|places| {
            let mut part = Part::default();
            for &place in places {
                let entries = entries::item(site, place, &rust_names, &mut part.terms);
                part.push(&entries);
            }
            part
        })
        .collect();
    let mut others = Part::default();
    for place in 0..site.catalogue.codes.len() {
        let entry = entries::code(site, place, &mut others.terms);
        others.push(&[entry]);
    }
    for place in 0..site.catalogue.constants.len() {
        others.push(&entries::constant(site, place));
    }
    for (name, path) in site.families() {
        let entry = entries::family(site, name, path, &mut others.terms);
        others.push(&[entry]);
    }
    parts.push(others);
    let whole = Part::joined(parts);
    let index = Index {
        kinds: EntryKind::ALL.map(EntryKind::name),
        groups: EntryKind::ALL.map(EntryKind::group),
        stop: words::STOP,
        terms: whole.term_lines(),
        entries: whole.lines,
    };
    let json = serde_json::to_string(&index).expect("an index is strings and lists");
    OutputFile { path: PATH.to_owned(), text: format!("/* {MARK} */\nwindow.winwsIndex = {json};\n") }
}

impl Part {
    /// Adds an entry with its parts. Its words are there already.
    fn push(&mut self, entries: &[Entry<'_>]) {
        for entry in entries {
            entry.write_to(&mut self.lines);
            self.count += 1;
        }
        self.terms.entry = self.count;
    }

    fn joined(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut whole = parts.next().unwrap_or_default();
        for part in parts {
            whole.terms.append(whole.count, part.terms);
            whole.lines.push_str(&part.lines);
            whole.count += part.count;
        }
        whole
    }

    fn term_lines(&self) -> String {
        let mut terms: Vec<(&String, &Vec<u32>)> = self.terms.postings.iter().collect();
        // As script engines compare strings, which is not how Rust does beyond the first plane.
        terms.par_sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        let mut out = String::new();
        let mut last = "";
        for (term, postings) in terms {
            let shared = last.chars().zip(term.chars()).take(35).take_while(|(a, b)| a == b && a.len_utf16() == 1);
            let shared =
                shared.map(|(a, _)| (1, a.len_utf8())).fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
            push_base36(shared.0, &mut out);
            out.push_str(&term[shared.1..]);
            let mut before = 0;
            for &posting in postings {
                out.push(' ');
                push_base36(posting - before, &mut out);
                before = posting;
            }
            out.push('\n');
            last = term;
        }
        out.pop();
        out
    }
}

fn push_base36(number: u32, out: &mut String) {
    if number >= 36 {
        push_base36(number / 36, out);
    }
    let digit = char::from_digit(number % 36, 36).expect("a remainder of 36 is a digit");
    write!(out, "{digit}").expect("writing to a string cannot fail");
}
