//! Lower: a `Page` becomes a `Draft`, what this one page claims. Knows no other page.

pub mod c_types;
mod codes;
mod enums;
mod functions;
mod identity;
mod returns;
mod structs;
pub mod values;

use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Demoted, Docs, Draft, Fact, Kind, Requirements, Source};
use crate::page::{Entry, EntryKind, Page, Section, SectionKind};
use crate::prose::Prose;
use crate::source::{Location, Span, Spanned};

/// Lowers one page; `None` if it cannot be told what it describes.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Option<Draft> {
    let codes = codes::lower(page, diags);
    let kind = identity::kind(page, !codes.is_empty(), diags)?;
    let (name, aliases) = identity::names(page, kind, diags)?;
    let body = match kind {
        Kind::Function | Kind::Callback => Body::Function(Box::new(functions::lower(page, diags))),
        Kind::Enum => enums::lower(page, diags),
        Kind::Struct | Kind::Union => structs::lower(page, diags),
        Kind::Codes => Body::Codes(codes),
        Kind::Ioctl | Kind::Interface | Kind::Class | Kind::Overview | Kind::Topic => Body::Text,
    };
    let scalar = |key: &str| page.scalar(key).map(|value| stated(page, value));
    let requirements = Requirements {
        header: scalar("req.header"),
        lib: scalar("req.lib"),
        dll: scalar("req.dll"),
        client: scalar("req.target-min-winverclnt"),
        server: scalar("req.target-min-winversvr"),
    };
    Some(Draft {
        path: page.path.clone(),
        page: page.name.clone(),
        kind,
        name,
        aliases,
        uid: scalar("UID"),
        asset_id: page.scalar("ms.assetid").map(|id| id.value.to_ascii_lowercase()),
        requirements,
        docs: docs(page, kind),
        body,
    })
}

fn docs(page: &Page, kind: Kind) -> Docs {
    let mut docs = Docs { description: page.lead.clone(), ..Docs::default() };
    if kind == Kind::Codes {
        // The list itself is in the codes.
        docs.description = codes::intro(&page.lead);
        return docs;
    }
    for section in &page.sections {
        let into = match section.kind {
            SectionKind::Description => &mut docs.description,
            SectionKind::Remarks => &mut docs.remarks,
            SectionKind::SeeAlso => &mut docs.see_also,
            SectionKind::Returns => continue,
            _ if section.prose.is_empty() => continue,
            _ => {
                docs.others.push((heading_words(&section.heading.value), section.prose.clone()));
                continue;
            }
        };
        into.blocks.extend(section.prose.blocks.iter().cloned());
    }
    docs
}

fn heading_words(heading: &str) -> String {
    heading.trim_start_matches('-').trim().to_owned()
}

/// Text of the page as a fact.
fn stated(page: &Page, text: &Spanned<String>) -> Fact<String> {
    Fact { value: text.value.clone(), source: at(page, text.span) }
}

fn at(page: &Page, span: Span) -> Source {
    Source::Page(locate(page, span))
}

fn locate(page: &Page, span: Span) -> Location {
    Location { path: page.path.clone(), span }
}

/// The demoted entries of a section, reported.
fn demoted(page: &Page, section: &Section, diags: &mut Diagnostics) -> Vec<Demoted> {
    let entries = section.entries.iter().filter(|entry| entry.kind == EntryKind::Demoted);
    entries
        .map(|entry| {
            let name = &entry.name;
            let message =
                format!("`{}` stands under a demoted heading: no symbol of the header has this name", name.value);
            let help = "correct the name if it is a misspelt one of this page, or accept the finding in overrides.toml";
            diags.report_help(Rule::DemotedEntry, locate(page, name.span), message, help);
            Demoted { name: stated(page, name), docs: entry.prose.clone() }
        })
        .collect()
}

/// The text of an entry.
fn entry_docs(entry: &Entry) -> Prose {
    entry.prose.clone()
}
