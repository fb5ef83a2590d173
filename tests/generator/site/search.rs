//! The search index, read as the script reads it: it is small, it has everything, and what it names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use scraper::Html;
use serde_json::Value;
use xtask::draft::{Body, as_c_sees};
use xtask::emit::site::{Catalogue, Paths, item_paths};
use xtask::model::Spec;

use super::html;

/// What the index of our three families may have, compressed as servers compress.
const LARGEST: usize = 300_000;

/// An entry as the script has it.
struct Entry {
    name: String,
    page: String,
    anchor: String,
    number: Option<i128>,
    /// The kind as readers see it.
    kind: String,
}

/// The object that the script assigns.
fn object(files: &BTreeMap<String, String>) -> Value {
    let script = &files["search-index.js"];
    let json = script.split_once("window.winwsIndex = ").expect("the script assigns the index").1;
    serde_json::from_str(json.trim_end().trim_end_matches(';')).expect("the index is JSON")
}

fn lines<'a>(index: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    index[key].as_str().expect("the index has lines").lines()
}

fn entries(index: &Value) -> Vec<Entry> {
    let mut page = "";
    let read = |line| {
        let fields: Vec<&str> = str::split(line, '\t').collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or("");
        let name = field(0);
        if !field(2).is_empty() {
            page = field(2);
        }
        let kind = field(1).parse::<usize>().expect("a kind is a number");
        Entry {
            name: name.to_owned(),
            page: if field(2).is_empty() { String::new() } else { page.replacen('*', name, 1) },
            anchor: field(3).replacen('*', name, 1),
            number: Some(field(5)).filter(|number| !number.is_empty()).map(|number| number.parse().expect("a number")),
            kind: index["kinds"][kind].as_str().expect("a kind has a name").to_owned(),
        }
    };
    let mut list: Vec<Entry> = lines(index, "entries").map(read).collect();
    let mut owner = String::new();
    for entry in &mut list {
        if entry.page.is_empty() {
            entry.page.clone_from(&owner);
        } else {
            owner.clone_from(&entry.page);
        }
    }
    list
}

/// Every item, part and code has its entry, and every entry leads to a place that there is.
pub(crate) fn everything_can_be_found(spec: &Spec, files: &BTreeMap<String, String>, pages: &BTreeMap<String, Html>) {
    let index = object(files);
    let entries = entries(&index);
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in &entries {
        let page = pages.get(&entry.page).unwrap_or_else(|| panic!("{}: there is no {}", entry.name, entry.page));
        let ids = ids.entry(&entry.page).or_insert_with(|| html::attributes(page, "id").into_iter().collect());
        assert!(
            entry.anchor.is_empty() || ids.contains(&*entry.anchor),
            "{}: {}#{}",
            entry.name,
            entry.page,
            entry.anchor
        );
    }
    let known: BTreeSet<(String, &str, Option<i128>)> =
        entries.iter().map(|entry| (entry.name.clone(), &*entry.kind, entry.number)).collect();
    let has = |name: &str, kind, number| {
        let name = html::squeeze(name);
        assert!(known.contains(&(name.clone(), kind, number)), "the {kind} {name} ({number:?}) cannot be found");
    };
    for item in &spec.items {
        has(&item.draft.name.value, item.draft.kind.name(), None);
        match &item.draft.body {
            Body::Enum(members, _) => {
                let number =
                    |value: &Option<_>| value.as_ref().map(|value: &xtask::fact::Fact<i128>| as_c_sees(value.value));
                members.iter().for_each(|it| has(&it.name.value, "member", number(&it.value)));
            }
            Body::Function(function) => function.params.iter().for_each(|it| has(&it.name.value, "parameter", None)),
            Body::Struct(fields, _) => fields.iter().for_each(|it| has(&it.name.value, "field", None)),
            _ => {}
        }
        for it in &item.draft.constants {
            has(&it.name.value, "constant", Some(i128::from(it.number.value)));
        }
    }
    for code in &spec.codes {
        has(&code.name, "code", Some(i128::from(code.number.value)));
    }
    for path in Paths::new(spec, &Catalogue::new(spec)).families.values() {
        assert!(entries.iter().any(|it| it.kind == "family" && it.page == *path), "{path} cannot be found");
    }
    every_term_leads_to_entries(&index, entries.len());
    every_type_leads_to_its_part(spec, &index, &entries);
}

/// A type leads to the very parameter or field that has it.
fn every_type_leads_to_its_part(spec: &Spec, index: &Value, entries: &[Entry]) {
    let postings = postings(index);
    for (item, path) in spec.items.iter().zip(item_paths(spec)) {
        let types: Vec<_> = match &item.draft.body {
            Body::Function(function) => function.params.iter().map(|it| (&it.name.value, &it.c_type)).collect(),
            Body::Struct(fields, _) => fields.iter().map(|it| (&it.name.value, &it.c_type)).collect(),
            _ => Vec::new(),
        };
        for (name, c_type) in types {
            let Some(c_type) = c_type else { continue };
            let Some(typed) = postings.get(&c_type.value.base().to_lowercase()) else { continue };
            let part = |at: &usize| {
                let entry = &entries[*at];
                entry.page == path && entry.name == html::squeeze(name) && !entry.anchor.is_empty()
            };
            assert!(typed.iter().any(part), "{path}: {} does not lead to {name}", c_type.value);
        }
    }
}

/// The places of entries that each term leads to.
fn postings(index: &Value) -> BTreeMap<String, Vec<usize>> {
    let mut last = String::new();
    let mut out = BTreeMap::new();
    for line in lines(index, "terms") {
        let (head, deltas) = line.split_once(' ').expect("a term has postings");
        let shared = usize::from_str_radix(&head[..1], 36).expect("a digit");
        last = last.chars().take(shared).chain(head[1..].chars()).collect();
        let deltas = deltas.split(' ').map(|delta| usize::from_str_radix(delta, 36).expect("a posting is a number"));
        let places = deltas.scan(0, |posting, delta| {
            *posting += delta;
            Some(*posting / 8)
        });
        out.insert(last.clone(), places.collect());
    }
    out
}

fn every_term_leads_to_entries(index: &Value, entries: usize) {
    let mut last = String::new();
    for line in lines(index, "terms") {
        let (head, postings) = line.split_once(' ').expect("a term has postings");
        let shared = head[..1].parse::<usize>().or_else(|_| usize::from_str_radix(&head[..1], 36)).expect("a digit");
        let term = last.chars().take(shared).chain(head[1..].chars()).collect::<String>();
        assert!(last.encode_utf16().lt(term.encode_utf16()), "`{term}` after `{last}`");
        let mut posting = 0;
        for (at, delta) in postings.split(' ').enumerate() {
            let delta = usize::from_str_radix(delta, 36).expect("a posting is a number");
            assert!(at == 0 || delta > 0, "{term}: a posting stands twice");
            posting += delta;
        }
        assert!(posting / 8 < entries, "{term} leads beyond the entries");
        last = term;
    }
}

/// Our own index is small enough to be loaded wherever it is needed.
pub(crate) fn is_small(files: &BTreeMap<String, String>) {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(files["search-index.js"].as_bytes()).expect("memory can be written to");
    let size = gzip.finish().expect("memory can be written to").len();
    println!("the search index has {size} bytes compressed");
    assert!(size < LARGEST, "the search index has {size} bytes compressed");
}
