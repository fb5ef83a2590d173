//! Packing that a page shows elsewhere than in the declaration: in another block of code, or in a sentence.

use super::Doubts;
use super::shown::Shown;
use crate::c::text::packing;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Prose, plain, sentences};

/// Doubts the layout of an item whose page shows that it is packed. A declaration that shows it says so itself.
pub(super) fn doubt(page: &Page, all: &[Shown], doubts: &mut Doubts<'_>) {
    if all.iter().any(|shown| shown.declaration.packing.is_some()) {
        return;
    }
    let is_about_all = |kind: &SectionKind| {
        matches!(
            kind,
            SectionKind::Description | SectionKind::Remarks | SectionKind::Syntax | SectionKind::StructFields
        )
    };
    let sections = page.sections.iter().filter(|section| is_about_all(&section.kind));
    let proses = std::iter::once(&page.lead).chain(sections.map(|section| &section.prose));
    if let Some(block) = proses.flat_map(|prose| &prose.blocks).find(|block| shows(block)) {
        doubts.packing(block.span);
    }
}

fn shows(block: &Block) -> bool {
    let any = |prose: &Prose| prose.blocks.iter().any(shows);
    match &block.kind {
        BlockKind::Code(_, text) => packing(text).is_some(),
        BlockKind::Paragraph(inlines) => {
            let text = plain(inlines).to_lowercase();
            // Whatever says it has this in it, and hardly any text has.
            text.contains("pack") && sentences(&text).any(says)
        }
        BlockKind::List(_, items) => items.iter().any(any),
        BlockKind::Note(_, inner) | BlockKind::Quote(inner) => any(inner),
        BlockKind::Heading(..) | BlockKind::Table(_) | BlockKind::Definitions(_) => false,
    }
}

/// Whether a sentence in lower case says that the structure is packed: "packed to 1-byte boundary", "use pshpack1.h".
fn says(sentence: &str) -> bool {
    let by_directive = ["#pragma pack", "pshpack", "packon.h", "__attribute__((packed"];
    let of_it = ["structure", "union", "struct "].iter().any(|word| sentence.contains(word));
    let packed =
        ["is packed", "are packed", "be packed", "packed structure", "packed on ", "packed to ", "byte-packed"];
    let negated = ["not packed", "isn't packed", "aren't packed"].iter().any(|words| sentence.contains(words));
    let by_words = packed.iter().any(|words| sentence.contains(words));
    by_directive.iter().any(|words| sentence.contains(words)) || of_it && by_words && !negated
}
