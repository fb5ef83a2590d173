//! Pages that list codes with their numbers, in any of their forms: runs of `<dl>`, pipe tables with two terms in a
//! cell, or a name, a number and a text in paragraphs of their own.
//!
//! All forms come down to the same sequence: a piece of text that is nothing but a name, one that is nothing but a
//! number, and text up to the next name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::code::{is_code, number};
use super::{at, locate};
use crate::diag::{Diagnostics, Rule};
use crate::draft::Code;
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose, plain};

/// What a page lists.
#[derive(Default)]
pub(super) struct Listing {
    /// The codes; none if it is no such page.
    pub codes: Vec<Code>,
    /// The text that belongs to no code: of the lead, then of each section.
    pub around: Vec<Arc<Prose>>,
}

/// The codes of a page and the text around them.
pub(super) fn lower(page: &Page, diags: &mut Diagnostics) -> Listing {
    if page.front_matter.contains_key("UID") || page.sections.iter().any(|section| is_of_item(&section.kind)) {
        return Listing::default();
    }
    let proses: Vec<&Prose> =
        std::iter::once(&*page.lead).chain(page.sections.iter().map(|section| &*section.prose)).collect();
    let mut atoms = Vec::new();
    for (part, prose) in proses.iter().enumerate() {
        for (index, block) in prose.blocks.iter().enumerate() {
            collect(block, (part, index), &mut atoms);
        }
    }
    let mut loose = BTreeSet::new();
    let mut codes: Vec<Code> = Vec::new();
    let mut numbers = BTreeMap::new();
    let mut index = 0;
    // Text that follows a code belongs to it until something else starts.
    let mut open = false;
    while index < atoms.len() {
        let atom = &atoms[index];
        // A heading ends the text of the code above it.
        open &= index == 0 || atoms[index - 1].place.0 == atom.place.0;
        let number = atoms.get(index + 1).and_then(|next| number(&next.text).map(|number| (number, next.block.span)));
        match (is_code(&atom.text), number) {
            (true, Some((number, span))) => {
                let name = Fact { value: atom.text.clone(), source: at(page, atom.block.span) };
                let before = *numbers.entry(name.value.clone()).or_insert(number);
                if before != number {
                    let message = format!("`{}` is {number} here and {before} above", name.value);
                    diags.report(Rule::CodeConflict, locate(page, span), message);
                }
                codes.push(Code { name, number: Fact { value: number, source: at(page, span) }, docs: Arc::default() });
                open = true;
                index += 2;
                continue;
            }
            (true, None) => {
                open = false;
                loose.insert(index);
            }
            (false, _) if open => {
                let code = codes.last_mut().expect("a code is open");
                Arc::make_mut(&mut code.docs).blocks.push(atom.block.clone().into_owned());
            }
            (false, _) => {
                loose.insert(index);
            }
        }
        index += 1;
    }
    Listing { codes, around: around(&proses, &atoms, &loose) }
}

/// The text of each part that belongs to no code: whole blocks where none of it does.
fn around(proses: &[&Prose], atoms: &[Atom<'_>], loose: &BTreeSet<usize>) -> Vec<Arc<Prose>> {
    let mut around = vec![Prose::default(); proses.len()];
    let mut at = 0;
    for run in atoms.chunk_by(|a, b| a.place == b.place) {
        let (part, index) = run[0].place;
        let blocks = &mut around[part].blocks;
        if (at..at + run.len()).all(|atom| loose.contains(&atom)) {
            blocks.push(proses[part].blocks[index].clone());
        } else {
            let loose = (at..).zip(run).filter(|(at, _)| loose.contains(at));
            blocks.extend(loose.map(|(_, atom)| atom.block.clone().into_owned()));
        }
        at += run.len();
    }
    around.into_iter().map(Arc::new).collect()
}

/// Whether only pages of items have such a section. Lists of codes may end with requirements and links.
fn is_of_item(kind: &SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Description
            | SectionKind::Parameters
            | SectionKind::EnumFields
            | SectionKind::StructFields
            | SectionKind::IoctlParameters
            | SectionKind::Returns
            | SectionKind::Syntax
    )
}

/// A piece of text that no finer block divides.
struct Atom<'a> {
    text: String,
    block: Cow<'a, Block>,
    /// The part of the page and the block of it that it is from.
    place: (usize, usize),
}

fn collect<'a>(block: &'a Block, place: (usize, usize), atoms: &mut Vec<Atom<'a>>) {
    let all = |prose: &'a Prose, atoms: &mut Vec<Atom<'a>>| {
        prose.blocks.iter().for_each(|block| collect(block, place, atoms));
    };
    match &block.kind {
        BlockKind::Definitions(entries) => entries.iter().for_each(|entry| all(entry.prose(), atoms)),
        BlockKind::Table(table) => {
            for row in &table.rows {
                let first = atoms.len();
                row.cells.iter().for_each(|cell| all(cell, atoms));
                // Lines count from the cell's own text; what matters is the row.
                atoms[first..].iter_mut().for_each(|atom| atom.block.to_mut().span = row.span);
            }
        }
        BlockKind::Paragraph(inlines) => paragraph(block, inlines, place, atoms),
        _ => atoms.push(Atom { text: String::new(), block: Cow::Borrowed(block), place }),
    }
}

/// `**NAME**<br>0x1` is two atoms.
fn paragraph<'a>(block: &'a Block, inlines: &[Inline], place: (usize, usize), atoms: &mut Vec<Atom<'a>>) {
    let parts: Vec<&[Inline]> =
        inlines.split(|inline| *inline == Inline::Break).filter(|part| !part.is_empty()).collect();
    let name = parts.first().is_some_and(|first| is_code(plain(first).trim()));
    if !name || parts.len() == 1 && parts[0].len() == inlines.len() {
        atoms.push(Atom { text: plain(inlines).trim().to_owned(), block: Cow::Borrowed(block), place });
        return;
    }
    for part in parts {
        let block = Block { span: block.span, kind: BlockKind::Paragraph(part.to_vec()) };
        atoms.push(Atom { text: plain(part).trim().to_owned(), block: Cow::Owned(block), place });
    }
}
