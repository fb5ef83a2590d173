//! What an item is, in one sentence, for lists of items.

use crate::draft::Docs;
use crate::prose::{BlockKind, Prose, plain};

/// Words that a full stop belongs to.
const ABBREVIATIONS: &[&str] = &["e.g", "i.e", "etc", "vs", "cf", "no", "approx"];

/// The first sentence of the description; empty if there is none.
pub fn summary(docs: &Docs) -> String {
    first(&docs.description)
}

/// The first sentence of a text; empty if there is none.
pub fn first(prose: &Prose) -> String {
    let paragraphs = prose.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Paragraph(inlines) => Some(plain(inlines)),
        _ => None,
    });
    let first = paragraphs.map(|text| words(&text)).find(|text| !text.is_empty());
    first.map_or_else(String::new, |text| first_sentence(&text).to_owned())
}

/// Words with one blank between them.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at);
    let end = ends.into_iter().find(|&at| {
        let last = text[..at].rsplit([' ', '(']).next();
        let starts_anew = text[at + 2..].starts_with(|c: char| !c.is_lowercase());
        starts_anew && !last.is_some_and(|word| ABBREVIATIONS.contains(&&*word.to_lowercase()))
    });
    end.map_or(text, |at| &text[..=at])
}
