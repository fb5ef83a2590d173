//! Every fact of facts.json on its item's page: in an element of its own, and each entry of a list in its row.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use xtask::emit::json;
use xtask::emit::site::item_paths;
use xtask::model::Spec;

use super::html::{squeeze, text, words};

/// Lists of facts.json, and the section whose rows they are.
const LISTS: &[(&str, &str)] = &[
    ("params", "parameters"),
    ("members", "members"),
    ("fields", "fields"),
    ("errors", "returns"),
    ("codes", "codes"),
];

/// What a part of a page shows.
struct Shown {
    /// All its words.
    text: String,
    /// The words of each element in it.
    elements: BTreeSet<String>,
}

impl Shown {
    fn new(element: ElementRef<'_>) -> Self {
        let inner = element.descendants().filter_map(ElementRef::wrap);
        Self { text: words(element), elements: inner.map(words).collect() }
    }
}

/// Walks facts.json. Whatever is in it, now or later, must be on the page: no key is left out.
pub(crate) fn every_fact_is_on_its_page(spec: &Spec, files: &BTreeMap<String, String>, pages: &BTreeMap<String, Html>) {
    let facts: Value = serde_json::from_str(&json::facts(spec, true)).expect("facts.json is JSON");
    let bare: Value = serde_json::from_str(&files["facts.json"]).expect("facts.json is JSON");
    assert_eq!(bare, serde_json::from_str::<Value>(&json::facts(spec, false)).expect("facts.json is JSON"));
    let objects = facts["pages"].as_array().expect("facts.json has pages");
    assert_eq!(objects.len(), spec.items.len(), "facts.json has every item");
    for (path, object) in item_paths(spec).iter().zip(objects) {
        let page = pages.get(path).unwrap_or_else(|| panic!("{path} is missing"));
        let shown = Shown::new(page.root_element());
        for (key, value) in object.as_object().expect("a page is an object") {
            match LISTS.iter().find(|(list, _)| list == key) {
                Some((_, section)) => each_in_its_row(path, page, section, value),
                None => fact(path, key, value, &shown),
            }
        }
    }
}

fn each_in_its_row(path: &str, page: &Html, section: &str, list: &Value) {
    let selector = format!("section#{section} > table > tbody > tr");
    let selector = Selector::parse(&selector).expect("a selector of ours");
    let rows: Vec<ElementRef<'_>> = page.select(&selector).collect();
    let entries = list.as_array().expect("a list of facts is an array");
    assert_eq!(rows.len(), entries.len(), "{path}: rows of {section}");
    let own = page_fact(page);
    for (row, entry) in rows.into_iter().zip(entries) {
        let mut shown = Shown::new(row);
        // Within a row, a place on the page itself is named by its line alone.
        shown.text.push_str(&own);
        fact(path, section, entry, &shown);
    }
}

/// The page that an item comes from, as its table of facts names it.
fn page_fact(page: &Html) -> String {
    let rows = Selector::parse("section#facts > table tr").expect("a selector of ours");
    page.select(&rows).map(words).filter(|row| row.starts_with("Page ")).collect()
}

/// A fact is the whole of an element, so that `in` is not found in any word that has these letters.
fn fact(path: &str, key: &str, value: &Value, shown: &Shown) {
    let needed = match (key, value) {
        ("sources", sources) => return source(path, sources, &shown.text),
        // Texts are prose, of which an element may hold more.
        ("text", texts) => return source(path, texts, &shown.text),
        ("other_errors", Value::Bool(true)) => "The page says that there may be other codes.".to_owned(),
        ("null_terminated", Value::Bool(true)) => "Ends with a null pointer.".to_owned(),
        ("wide", Value::Bool(true)) => "Strings there are wide.".to_owned(),
        ("aliased", Value::Bool(true)) => "The output may point into it.".to_owned(),
        ("terminated_if", Value::Array(lengths)) => {
            let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
            format!("{}: the string ends with a zero.", lengths.join(" or "))
        }
        ("failure", Value::Number(number)) => number.to_string(),
        ("optional", Value::Bool(true)) => "optional".to_owned(),
        ("reserved", Value::Bool(true)) => "reserved".to_owned(),
        ("variadic", Value::Bool(true)) => "any number".to_owned(),
        ("bits", Value::Number(bits)) => format!("{bits} bits"),
        ("length_of", Value::String(of)) => format!("Length of {}", squeeze(of)),
        // Of a type that is known they are the end.
        ("dimensions", Value::String(words)) if shown.elements.iter().any(|it| it.ends_with(&squeeze(words))) => return,
        ("dir", Value::String(way)) if way == "inout" => "in, out".to_owned(),
        (_, Value::String(words)) => squeeze(words),
        (_, Value::Array(list)) => return list.iter().for_each(|value| fact(path, key, value, shown)),
        (_, Value::Object(object)) => return object.iter().for_each(|(key, value)| fact(path, key, value, shown)),
        (_, other) => panic!("{path}: this test does not know how {key} = {other} is shown"),
    };
    assert!(shown.elements.contains(&needed), "{path}: {key} `{needed}` is no element of: {}", shown.text);
}

/// Where facts come from, and texts: within the words.
fn source(path: &str, value: &Value, shown: &str) {
    match value {
        Value::String(words) => {
            let needed = squeeze(words);
            assert!(shown.contains(&needed), "{path}: `{needed}` is not in: {shown}");
        }
        Value::Array(list) => list.iter().for_each(|value| source(path, value, shown)),
        Value::Object(object) => {
            if let Some(line) = object.get("line") {
                let place = format!("line {line}");
                let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
                let found = shown.match_indices(&place).any(|(at, _)| ends(&shown[at + place.len()..]));
                assert!(found, "{path}: {place} is not in: {shown}");
            }
            let others = object.iter().filter(|(key, _)| !matches!(&***key, "line" | "column"));
            others.for_each(|(_, value)| source(path, value, shown));
        }
        other => panic!("{path}: this test does not know how a source shows {other}"),
    }
}

/// All words of the model's prose are on the page, in their order.
pub(crate) fn no_text_is_lost(spec: &Spec, pages: &BTreeMap<String, Html>) {
    for (path, item) in item_paths(spec).iter().zip(&spec.items) {
        let shown = text(&pages[path]);
        let mut draft = item.draft.clone();
        for prose in draft.proses_mut() {
            let said = squeeze(&prose.plain());
            assert!(shown.contains(&said), "{path}: `{said}` is not in: {shown}");
        }
    }
}
