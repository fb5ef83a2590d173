//! A code's page: its number in every form, what the lists say of it, and what each function says of it.

use askama::Template;

use super::anchors::Anchors;
use super::catalogue::Documented;
use super::frame::Frame;
use super::here::Here;
use super::number::{Number, Parts, as_hresult};
use super::paths::CODES;
use super::prose::Blocks;
use super::provenance::Cited;
use super::signature;
use super::summary::first;
use super::titles;
use super::whole::Site;
use crate::model::CodeSpace;
use crate::prose::Prose;

/// A code's page.
#[derive(Template)]
#[template(path = "code.html", whitespace = "minimize")]
pub(super) struct CodePage<'a> {
    frame: Frame,
    kind: &'static str,
    name: &'a str,
    docs: Option<Blocks<'a>>,
    listed: bool,
    number: Option<Number>,
    /// As an `HRESULT`, and the code of that number if there is one.
    hresult: Option<(String, Option<(&'a str, String)>)>,
    /// What an `HRESULT` is made of.
    parts: Option<Parts>,
    /// The Win32 codes that an `HRESULT` stands for: numbers, and the code of that number if there is one.
    win32: Option<(u32, Option<(&'a str, String)>)>,
    /// Its path in Rust, if a list has it.
    rust_path: Option<String>,
    documented: Vec<DocumentedView<'a>>,
    sources: Vec<Cited<'a>>,
}

/// What one function says of it.
struct DocumentedView<'a> {
    /// Its anchor, which it has where it is not the only one.
    id: String,
    function: &'a str,
    /// What that page calls the code, where that is not its name.
    called: Option<&'a str>,
    href: String,
    texts: Vec<Blocks<'a>>,
}

/// The page of the code at `index` of the catalogue.
pub(super) fn page<'a>(site: &'a Site<'a>, index: usize) -> CodePage<'a> {
    let here = Here::below(site, site.code_path(index));
    let code = &site.catalogue.codes[index];
    let space = code.entry.map(|entry| entry.space);
    let numbered = |space, number| {
        let at = site.catalogue.numbered(space, number)?;
        Some((site.catalogue.codes[at].name, here.to(site.code_path(at))))
    };
    let hresult = code.entry.and_then(as_hresult);
    let parts = code.entry.filter(|entry| entry.space == CodeSpace::HResult).map(|entry| Parts::of(entry.number.value));
    let win32 = parts.as_ref().and_then(|parts| parts.win32);
    let (title, id) = titles::space(space);
    let way = vec![("Error codes".to_owned(), here.to(CODES)), (title.to_owned(), here.to(&format!("{CODES}#{id}")))];
    let number = code.number.map(|number| Number::code(number.value));
    let described = code.entry.map(|entry| first(&entry.docs)).filter(|sentence| !sentence.is_empty());
    let summary = described.unwrap_or_else(|| match code.documented.len() {
        1 => format!("What the page of one function says of {}.", code.name),
        count => format!("What the pages of {count} functions say of {}.", code.name),
    });
    let titled = match &number {
        Some(number) => format!("{} ({}, {})", code.name, number.decimal, number.hexadecimal),
        None => code.name.to_owned(),
    };
    let mut anchors = Anchors::new(&["content"]);
    let view = |documented: &'a Documented<'a>| {
        let function = &*site.spec.items[documented.item].draft.name.value;
        let called = &*documented.code.name.value;
        DocumentedView {
            id: anchors.claim("by-", function),
            function,
            called: (called != code.name).then_some(called),
            href: format!("{}#{}", here.to_item(documented.item), documented.id),
            texts: documented.code.texts.iter().map(|text| blocks(here, &text.value, 3)).collect(),
        }
    };
    CodePage {
        frame: Frame::new(here, &titled, summary, way).beside(here.around_code(index)),
        kind: titles::code(space),
        name: code.name,
        docs: code.entry.map(|entry| blocks(here, &entry.docs, 1)),
        listed: code.entry.is_some(),
        hresult: hresult.map(|number| (Number::code(number).hexadecimal, numbered(CodeSpace::HResult, number))),
        win32: win32.map(|number| (number, numbered(CodeSpace::Win32, number))),
        parts,
        rust_path: code.entry.map(signature::code_path),
        documented: code.documented.iter().map(view).collect(),
        sources: code.number.iter().map(|number| here.cite("number", &number.source)).collect(),
        number,
    }
}

fn blocks<'a>(here: Here<'a>, prose: &'a Prose, under: usize) -> Blocks<'a> {
    Blocks::new(here, prose, under)
}
