//! Lower: a `Page` becomes a `Draft`, what this one page claims. Knows no other page.

mod against;
mod code;
mod code_rows;
mod codes;
mod columns;
mod constants;
mod declared;
mod differences;
mod enumerators;
mod enums;
mod functions;
mod identity;
mod ioctls;
mod leaving_out;
mod near;
mod prototype;
mod record;
mod requirements;
mod returns;
mod stated;
mod structs;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::c::names::{self, is_identifier};
use crate::c::types::{self, CType};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Demoted, Docs, Draft, Kind};
use crate::fact::{Fact, Source};
use crate::page::{Entry, EntryKind, Page, Section, SectionKind};
use crate::prose::{BlockKind, Inline, Prose, plain};
use crate::source::{Location, Span, Spanned};

/// Lowers one page; `None` if it cannot be told what it describes.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Option<Draft> {
    let codes::Listing { codes, around } = codes::lower(page, diags);
    let kind = identity::kind(page, !codes.is_empty(), diags)?;
    let (name, aliases) = identity::names(page, kind, diags)?;
    let mut flaws = Vec::new();
    let declarations = match kind {
        Kind::Struct | Kind::Union => {
            declared::on(page, &std::iter::once(&name).chain(&aliases).map(|name| &*name.value).collect())
        }
        _ => Vec::new(),
    };
    let kind = match kind {
        Kind::Struct | Kind::Union => {
            record::kind(page, kind, declared::kind(&declarations), &name, &aliases, &mut flaws, diags)
        }
        kind => kind,
    };
    let body = match kind {
        Kind::Function | Kind::Callback => Body::Function(Box::new(functions::lower(page, &name, &mut flaws, diags))),
        Kind::Enum => enums::lower(page, &name, &aliases, &mut flaws, diags),
        Kind::Struct | Kind::Union => structs::lower(page, &name.value, &declarations, &mut flaws, diags),
        Kind::Ioctl => Body::Ioctl(Box::new(ioctls::lower(page, diags))),
        Kind::Codes => Body::Codes(codes),
        Kind::Interface | Kind::Class | Kind::Overview | Kind::Topic => Body::Text,
    };
    if let (Kind::Struct, Body::Struct(fields, _)) = (kind, &body) {
        record::doubt(page, fields, &declarations, &name, &aliases, &mut flaws, diags);
    }
    if let Body::Function(function) = &body {
        let names = std::iter::once(&name).chain(&aliases).map(|name| &*name.value).collect();
        against::compare(page, &names, function, &mut flaws, diags);
    }
    let scalar = |key: &str| page.scalar(key).map(|value| stated(page, &value));
    if !matches!(kind, Kind::Ioctl | Kind::Overview | Kind::Topic | Kind::Codes | Kind::Interface | Kind::Class) {
        unknown_items(page, &mut flaws, diags);
        unmarked_items(page, &mut flaws, diags);
    }
    Some(Draft {
        path: page.path.clone(),
        page: page.name.clone(),
        place: place(page, &name),
        kind,
        name,
        aliases,
        uid: scalar("UID"),
        asset_id: page.scalar("ms.assetid").map(|id| id.value.to_ascii_lowercase()),
        requirements: requirements::lower(page, kind),
        docs: docs(page, kind, around),
        flaws,
        constants: if kind == Kind::Codes { Vec::new() } else { constants::lower(page) },
        stands_for: None,
        public: Vec::new(),
        body,
    })
}

/// Headings of the template whose word is none of its words: what they announce is missing from the item.
fn unknown_items(page: &Page, flaws: &mut Vec<String>, diags: &mut Diagnostics) {
    let entries = page.sections.iter().flat_map(|section| &section.entries);
    for entry in entries.filter(|entry| entry.kind == EntryKind::Other) {
        let text = &entry.name.value;
        let word = text.split_whitespace().next().unwrap_or(text);
        let message = format!("the template has no item `-{word}`");
        let likely = names::closest(word, ["param", "field"].into_iter());
        let help = match likely {
            Some(likely) => {
                format!("is `-{likely}` meant? until this is corrected, the text under the heading is not used")
            }
            None => "write `-param` or `-field`, or a heading without a dash".to_owned(),
        };
        diags.report_help(Rule::MistypedHeading, locate(page, entry.span), message, help);
        flaws.push(format!("what stands under `-{text}`"));
    }
}

/// Items of the template in running text: the marks of their headings are missing, and with them the items.
fn unmarked_items(page: &Page, flaws: &mut Vec<String>, diags: &mut Diagnostics) {
    let sections = page.sections.iter();
    let proses = sections.flat_map(|section| section.entries.iter().map(|entry| &entry.prose).chain([&section.prose]));
    for block in proses.flat_map(|prose| &prose.blocks) {
        let BlockKind::Paragraph(inlines) = &block.kind else { continue };
        let text = plain(inlines);
        if !names_an_item(&text) {
            continue;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| matches!(pair[0], "-param" | "-field") && is_identifier(pair[1])) {
            let item = pair.join(" ");
            let message = format!("`{item}` stands in the text, but should be a heading");
            diags.report_help(Rule::MistypedHeading, locate(page, block.span), message, format!("write `### {item}`"));
            flaws.push(format!("what stands under `{item}`"));
        }
    }
}

/// Whether a text has the word of an item of the template, of which there are too many to take each apart.
fn names_an_item(text: &str) -> bool {
    let is_item =
        |at: usize| ["param", "field"].iter().any(|item| text.as_bytes()[at + 1..].starts_with(item.as_bytes()));
    memchr::memchr_iter(b'-', text.as_bytes()).any(is_item)
}

/// Where a person looks for the item: front matter, from which its name may be, is far above the text.
fn place(page: &Page, name: &Fact<String>) -> Location {
    let title = page.title.as_ref().map(|title| title.span);
    let description = || page.section(&SectionKind::Description).map(|section| section.heading.span);
    title.or_else(description).map_or_else(|| name.source.location().clone(), |span| locate(page, span))
}

/// The text of a page; of a list of codes, what is around them.
fn docs(page: &Page, kind: Kind, around: Vec<Arc<Prose>>) -> Docs {
    let mut docs = Docs::default();
    let mut proses = match kind {
        Kind::Codes => around,
        _ => std::iter::once(&page.lead).chain(page.sections.iter().map(|section| &section.prose)).cloned().collect(),
    }
    .into_iter();
    docs.description = proses.next().expect("every page has a lead");
    for (section, prose) in page.sections.iter().zip(proses) {
        let into = match section.kind {
            SectionKind::Description => &mut docs.description,
            SectionKind::Remarks => &mut docs.remarks,
            SectionKind::SeeAlso => &mut docs.see_also,
            SectionKind::Returns if matches!(kind, Kind::Function | Kind::Callback) => continue,
            _ if prose.is_empty() => continue,
            _ => {
                docs.others.push((heading_words(&section.heading.value), prose));
                continue;
            }
        };
        if into.is_empty() {
            *into = prose;
        } else {
            Arc::make_mut(into).blocks.extend_from_slice(&prose.blocks);
        }
    }
    docs
}

fn heading_words(heading: &str) -> String {
    heading.trim_start_matches('-').trim().to_owned()
}

/// Text of the page as a fact.
fn stated(page: &Page, text: &Spanned<impl AsRef<str>>) -> Fact<String> {
    Fact { value: text.value.as_ref().to_owned(), source: at(page, text.span) }
}

/// The type that a `Type:` line states.
fn c_type(page: &Page, line: &Spanned<Vec<Inline>>) -> Option<Fact<CType>> {
    Some(Fact { value: types::parse(&plain(&line.value))?, source: at(page, line.span) })
}

/// The dimensions that a heading states.
fn dimensions(page: &Page, entry: &Entry) -> Option<Box<Fact<String>>> {
    entry.dimensions.as_ref().map(|dimensions| Box::new(stated(page, dimensions)))
}

/// A type with the dimensions that the heading states, unless it has some already.
fn with_dimensions(c_type: Fact<CType>, dimensions: Option<&Fact<String>>) -> Fact<CType> {
    let open = dimensions.filter(|_| !matches!(c_type.value, CType::Array(..)));
    let array = open.and_then(|dimensions| Some((dimensions, types::array(&c_type.value, &dimensions.value)?)));
    let Some((dimensions, value)) = array else { return c_type };
    let from = vec![c_type.source, dimensions.source.clone()];
    Fact { value, source: Source::Derived { rule: "array-of-heading", from } }
}

fn at(page: &Page, span: Span) -> Source {
    Source::Page(locate(page, span))
}

fn locate(page: &Page, span: Span) -> Location {
    Location { path: page.path.clone(), span }
}

/// The demoted entries of a section, reported.
fn demoted(page: &Page, section: &Section, kind: EntryKind, diags: &mut Diagnostics) -> Vec<Demoted> {
    let entries = section.entries.iter().filter(|entry| entry.kind == EntryKind::Demoted);
    entries
        .map(|entry| {
            let name = &entry.name;
            let known = section.entries.iter().filter(|entry| entry.kind == kind).map(|entry| &*entry.name.value);
            let same = section.entries.iter().filter(|entry| entry.kind == kind);
            let same = same.filter(|entry| entry.name.value == name.value).map(|entry| entry.name.span.line).next();
            let help = match (same, names::closest(&name.value, known)) {
                (Some(line), _) => format!("line {line} describes it already: merge the text there"),
                (None, Some(likely)) => {
                    format!("is `{likely}` meant? then move the text there, or accept the finding in overrides.toml")
                }
                (None, None) => {
                    "correct the name if it is misspelt, or accept the finding in overrides.toml".to_owned()
                }
            };
            let message = match same {
                Some(_) => format!("`{}` stands under a demoted heading too", name.value),
                None => {
                    format!("`{}` stands under a demoted heading: no symbol of the header has this name", name.value)
                }
            };
            diags.report_help(Rule::DemotedEntry, locate(page, name.span), message, help);
            Demoted { name: stated(page, name), docs: entry.prose.clone() }
        })
        .collect()
}

/// A demoted heading with the name of a member or field that has no text of its own is that one's text.
fn adopt_demoted<'a>(section: &Section, items: impl Iterator<Item = (&'a str, &'a mut Arc<Prose>)>) {
    let silent = items.filter(|(_, docs)| docs.is_empty());
    let mut silent: BTreeMap<String, &mut Arc<Prose>> =
        silent.map(|(name, docs)| (name.to_ascii_lowercase(), docs)).collect();
    for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Demoted) {
        if let Some(docs) = silent.remove(&entry.name.value.to_ascii_lowercase()) {
            *docs = entry.prose.clone();
        }
    }
}

/// The text of an entry; what the template puts there until somebody writes it is none.
fn entry_docs(page: &Page, entry: &Entry, diags: &mut Diagnostics) -> Arc<Prose> {
    if let [block] = &entry.prose.blocks[..]
        && let BlockKind::Paragraph(inlines) = &block.kind
        && matches!(plain(inlines).trim(), "TBD" | "TBD." | "TODO")
    {
        let message = format!("the text of `{}` was never written", entry.name.value);
        diags.report(Rule::TemplateText, locate(page, block.span), message);
        return Arc::default();
    }
    entry.prose.clone()
}
