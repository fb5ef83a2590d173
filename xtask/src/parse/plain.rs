//! Text that needs no Markdown crate.

use super::indent::marker_width;
use crate::prose::{Block, BlockKind, Inline};
use crate::source::Span;

/// A paragraph in which nothing means anything to Markdown, as most cells and many texts are: the Markdown
/// crate would make the same of it.
pub(super) fn paragraph(text: &str, first: u32) -> Option<Block> {
    let body = text.trim();
    let bytes = body.as_bytes();
    let means = |(at, b): (usize, &u8)| match b {
        b'*' | b'[' | b']' | b'<' | b'&' | b'\\' | b'`' | 0xEE => true,
        // Within a word it is part of a name.
        b'_' => {
            !(at > 0
                && bytes[at - 1].is_ascii_alphanumeric()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
        }
        _ => false,
    };
    if bytes.iter().enumerate().any(means) {
        return None;
    }
    let mut words = String::with_capacity(body.len());
    for (index, line) in body.split('\n').enumerate() {
        let line_body = line.trim();
        let breaks = line.ends_with("  ");
        let starts_block = line_body.starts_with(['-', '+', '=', '#', '>', '~']) || marker_width(line_body).is_some();
        if line_body.is_empty() || breaks || starts_block {
            return None;
        }
        if index > 0 {
            words.push(' ');
        }
        words.push_str(line_body);
    }
    let lead = &text[..text.len() - text.trim_start().len()];
    let skipped = u32::try_from(lead.matches('\n').count()).expect("a page has fewer than 2^32 lines");
    Some(Block { span: Span::line(first + skipped), kind: BlockKind::Paragraph(vec![Inline::Text(words)]) })
}
