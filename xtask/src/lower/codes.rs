//! Pages that list codes with their numbers, in any of their forms: runs of `<dl>`, pipe tables with two terms in a
//! cell, or a name, a number and a text in paragraphs of their own.
//!
//! All forms come down to the same sequence: a piece of text that is nothing but a name, one that is nothing but a
//! number, and text up to the next name.

use std::collections::BTreeMap;

use super::returns::is_code;
use super::{at, locate, values};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Code, Fact};
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose, plain};
use crate::source::Span;

/// The codes of a page; none if it is no such page.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Vec<Code> {
    let template = |kind: &SectionKind| !matches!(kind, SectionKind::Other);
    if page.front_matter.contains_key("UID") || page.sections.iter().any(|section| template(&section.kind)) {
        return Vec::new();
    }
    let mut atoms = Vec::new();
    collect(&page.lead, &mut atoms);
    for section in &page.sections {
        collect(&section.prose, &mut atoms);
    }
    let mut codes: Vec<Code> = Vec::new();
    let mut numbers = BTreeMap::new();
    let mut index = 0;
    // Text that follows a code belongs to it until something else starts.
    let mut open = false;
    while index < atoms.len() {
        let atom = &atoms[index];
        let number = atoms.get(index + 1).and_then(|next| number(&next.text).map(|number| (number, next.block.span)));
        match (is_code(&atom.text), number) {
            (true, Some((number, span))) => {
                let name = Fact { value: atom.text.clone(), source: at(page, atom.block.span) };
                let before = *numbers.entry(name.value.clone()).or_insert(number);
                if before != number {
                    let message = format!("`{}` is {number} here and {before} above", name.value);
                    diags.report(Rule::CodeConflict, locate(page, span), message);
                }
                codes.push(Code {
                    name,
                    number: Fact { value: number, source: at(page, span) },
                    docs: Prose::default(),
                });
                open = true;
                index += 2;
                continue;
            }
            (true, None) => open = false,
            (false, _) if open => {
                let code = codes.last_mut().expect("a code is open");
                code.docs.blocks.push(atom.block.clone());
            }
            (false, _) => {}
        }
        index += 1;
    }
    codes
}

/// The text before the list.
pub fn intro(lead: &Prose) -> Prose {
    let lists = |block: &&Block| match &block.kind {
        BlockKind::Paragraph(inlines) => !is_code(plain(inlines).trim()),
        BlockKind::Table(_) | BlockKind::Definitions(_) => false,
        _ => true,
    };
    Prose { blocks: lead.blocks.iter().take_while(lists).cloned().collect() }
}

/// A piece of text that no finer block divides.
struct Atom {
    text: String,
    block: Block,
}

fn collect(prose: &Prose, atoms: &mut Vec<Atom>) {
    for block in &prose.blocks {
        match &block.kind {
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| collect(entry.prose(), atoms)),
            BlockKind::Table(table) => {
                for row in &table.rows {
                    let first = atoms.len();
                    row.cells.iter().for_each(|cell| collect(cell, atoms));
                    // Lines count from the cell's own text; what matters is the row.
                    atoms[first..].iter_mut().for_each(|atom| atom.block.span = row.span);
                }
            }
            BlockKind::Paragraph(inlines) => paragraph(block.span, inlines, atoms),
            _ => atoms.push(Atom { text: String::new(), block: block.clone() }),
        }
    }
}

/// `**NAME**<br>0x1` is two atoms.
fn paragraph(span: Span, inlines: &[Inline], atoms: &mut Vec<Atom>) {
    let parts: Vec<&[Inline]> =
        inlines.split(|inline| *inline == Inline::Break).filter(|part| !part.is_empty()).collect();
    let name = parts.first().is_some_and(|first| is_code(plain(first).trim()));
    let pieces = if name { parts } else { vec![inlines] };
    for piece in pieces {
        let block = Block { span, kind: BlockKind::Paragraph(piece.to_vec()) };
        atoms.push(Atom { text: plain(piece).trim().to_owned(), block });
    }
}

/// `12002`, `0x803D0000` or `87 (0x57)`.
pub fn number(text: &str) -> Option<u32> {
    let first = text.split([' ', '(']).next()?;
    let rest = text[first.len()..].trim();
    let alone = rest.is_empty() || rest.starts_with("(0x") && rest.ends_with(')');
    if !alone || !first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match values::evaluate(first, |_| None) {
        values::Outcome::Value(value) => u32::try_from(value).ok(),
        _ => None,
    }
}
