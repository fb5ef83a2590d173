//! Quotes and notes: which of them a text is, by the label that it starts with.

use crate::prose::{Block, BlockKind, Inline, NoteKind, Prose};

/// A quote, or the note that it is if it starts with `[!NOTE]` or the like.
pub(super) fn quote(mut prose: Prose) -> BlockKind {
    let label = match prose.blocks.first() {
        Some(Block { kind: BlockKind::Paragraph(inlines), .. }) => match inlines.first() {
            Some(Inline::Text(text)) => text.strip_prefix("[!").and_then(|rest| rest.split_once(']')),
            _ => None,
        },
        _ => None,
    };
    let Some((kind, rest)) = label.and_then(|(label, rest)| Some((note_kind(label)?, rest.trim_start().to_owned())))
    else {
        return BlockKind::Quote(prose);
    };
    strip_label(&mut prose, rest);
    BlockKind::Note(kind, prose)
}

/// Replaces the first inline of the first paragraph by what follows the label in it.
pub(super) fn strip_label(prose: &mut Prose, rest: String) {
    let Some(Block { kind: BlockKind::Paragraph(inlines), .. }) = prose.blocks.first_mut() else { return };
    inlines.remove(0);
    if !rest.is_empty() {
        inlines.insert(0, Inline::Text(rest));
    } else if let Some(Inline::Text(next)) = inlines.first_mut() {
        *next = next.trim_start_matches([' ', ':']).to_owned();
    }
    if inlines.is_empty() || matches!(&inlines[..], [Inline::Text(text)] if text.is_empty()) {
        prose.blocks.remove(0);
    }
}

/// The kind of note that a label names, in any case and number.
pub(super) fn note_kind(label: &str) -> Option<NoteKind> {
    let label = label.trim().trim_end_matches(':').to_ascii_lowercase();
    Some(match label.strip_suffix('s').unwrap_or(&label) {
        "note" => NoteKind::Note,
        "tip" => NoteKind::Tip,
        "important" => NoteKind::Important,
        "warning" => NoteKind::Warning,
        "caution" => NoteKind::Caution,
        _ => return None,
    })
}
