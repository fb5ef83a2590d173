//! A constant's page: its number, where it is listed, and what stands there.

use askama::Template;

use super::anchors::Anchors;
use super::catalogue::{self, Constant};
use super::frame::Frame;
use super::here::{Here, Site};
use super::number::Number;
use super::prose::Blocks;
use super::provenance::Cited;
use super::summary::sentence;
use super::titles::is_code;
use super::values;
use crate::draft::{self, Body, Draft};
use crate::fact::Source;
use crate::prose::{Block, BlockKind, Prose};

/// A constant's page.
#[derive(Template)]
#[template(path = "constant.html", whitespace = "minimize")]
pub struct ConstantPage<'a> {
    frame: Frame,
    name: &'a str,
    /// Its number, or numbers where pages disagree.
    numbers: Vec<Number>,
    header: Option<&'a str>,
    /// Its module in Rust, where pages agree on the number and no enumerator is called so.
    module: Option<String>,
    listed: Vec<Listed<'a>>,
}

/// What one page says of it.
struct Listed<'a> {
    /// Its anchor, which it has where it is not the only one.
    id: String,
    item: &'a str,
    /// Whether the item's name is one of code.
    code: bool,
    href: String,
    texts: Vec<Blocks<'a>>,
    sources: Vec<Cited<'a>>,
}

/// The page of the constant at `index` of the catalogue.
pub fn page<'a>(site: &'a Site<'a>, index: usize) -> ConstantPage<'a> {
    let here = Here::below(site, site.constant_path(index));
    let Constant { family, name, listed } = &site.catalogue.constants[index];
    let title = site.family_title(family);
    let mut way = Vec::new();
    if let Some(path) = site.family_path(family) {
        let path = here.to(path);
        way.push((title.clone(), path.clone()));
        way.push(("Constants".to_owned(), format!("{path}#constants")));
    }
    let mut constants: Vec<&draft::Constant> = listed.iter().map(|listed| listed.constant).collect();
    constants.sort_unstable_by_key(|constant| constant.number.value);
    constants.dedup_by_key(|constant| constant.number.value);
    let numbers: Vec<Number> = constants.into_iter().map(Number::constant).collect();
    let known = site.family(family);
    let generated = known.filter(|known| known.constants.iter().any(|constant| constant.c_name == *name));
    let header = known.map(|known| &*known.header).filter(|header| !header.is_empty());
    let described = listed.iter().find_map(|listed| {
        texts(&site.spec.items[listed.item].draft, &listed.constant.name.source).into_iter().find_map(sentence)
    });
    let summary = described.unwrap_or_else(|| {
        let forms: Vec<String> =
            numbers.iter().map(|number| format!("{} ({})", number.decimal, number.hexadecimal)).collect();
        let of = header.map_or_else(String::new, |header| format!(", of {header}"));
        format!("{name} = {}{of}.", forms.join(" or "))
    });
    let mut anchors = Anchors::new(&["content"]);
    let view = |&catalogue::Listed { item, constant, ref id }: &'a catalogue::Listed<'a>| {
        let draft = &site.spec.items[item].draft;
        Listed {
            id: anchors.claim("by-", &draft.name.value),
            item: &draft.name.value,
            code: is_code(draft.kind),
            href: format!("{}#{id}", here.to_item(item)),
            texts: texts(draft, &constant.name.source).into_iter().map(|list| Blocks::of(here, list, 2)).collect(),
            // The heading above has named the page.
            sources: values::constant_sources(here.within(item), constant),
        }
    };
    ConstantPage {
        frame: Frame::new(here, &format!("{name} constant - {title}"), summary, way)
            .beside(here.around_constant(index)),
        name,
        numbers,
        header,
        module: generated.map(|family| format!("{}::sys", family.name)),
        listed: listed.iter().map(view).collect(),
    }
}

/// What stands under a constant's heading, or beside it in its row.
fn texts<'a>(draft: &'a Draft, source: &Source) -> Vec<&'a [Block]> {
    let line = source.location().span.line;
    proses(draft).into_iter().find_map(|prose| find(prose, line)).unwrap_or_default()
}

/// The texts in which constants may stand.
fn proses(draft: &Draft) -> Vec<&Prose> {
    let docs = &draft.docs;
    let mut all: Vec<&Prose> = vec![&docs.description, &docs.remarks, &docs.see_also];
    all.extend(docs.others.iter().map(|(_, prose)| &**prose));
    match &draft.body {
        Body::Function(function) => all.extend(function.params.iter().map(|param| &*param.docs)),
        Body::Struct(fields, _) => all.extend(fields.iter().map(|field| &*field.docs)),
        Body::Ioctl(ioctl) => all.extend(ioctl.parts.iter().map(|part| &*part.docs)),
        Body::Enum(..) | Body::Codes(_) | Body::Text => {}
    }
    all
}

fn find(prose: &Prose, line: u32) -> Option<Vec<&[Block]>> {
    for (at, block) in prose.blocks.iter().enumerate() {
        let found = match &block.kind {
            BlockKind::Heading(level, _) if block.span.line == line => {
                let after = &prose.blocks[at + 1..];
                let ends = |block: &Block| matches!(&block.kind, BlockKind::Heading(next, _) if next <= level);
                Some(vec![&after[..after.iter().position(ends).unwrap_or(after.len())]])
            }
            BlockKind::Table(table) => {
                let starts = |cell: &Prose| cell.blocks.first().is_some_and(|block| block.span.line == line);
                let row = table.rows.iter().find(|row| row.cells.first().is_some_and(starts));
                let cells = row.map(|row| row.cells[1..].iter().map(|cell| &cell.blocks[..]).collect());
                cells.or_else(|| table.cells().find_map(|cell| find(cell, line)))
            }
            BlockKind::List(_, items) => items.iter().find_map(|item| find(item, line)),
            BlockKind::Definitions(entries) => entries.iter().find_map(|entry| find(entry.prose(), line)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => find(inner, line),
            BlockKind::Heading(..) | BlockKind::Paragraph(_) | BlockKind::Code(..) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
