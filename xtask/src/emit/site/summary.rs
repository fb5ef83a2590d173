//! What an item is, in one sentence, for lists of items.

use crate::draft::Docs;
use crate::prose::{Block, BlockKind, Prose, plain};

/// Words that a full stop belongs to.
const ABBREVIATIONS: &[&str] = &["e.g", "i.e", "etc", "vs", "cf", "no", "approx"];

/// The first sentence of the description; empty if there is none.
pub(super) fn summary(docs: &Docs) -> String {
    first(&docs.description)
}

/// The first sentence of a text; empty if there is none.
pub(super) fn first(prose: &Prose) -> String {
    let mut told = paragraphs(&prose.blocks).filter(|text| !text.is_empty());
    let Some(text) = told.next() else { return String::new() };
    // Where all is in brackets, that is better than nothing.
    let apart = |text: &str| behind_brackets(text).map(|rest| first_sentence(rest).to_owned());
    let found = apart(&text).or_else(|| told.find_map(|text| apart(&text)));
    found.unwrap_or_else(|| first_sentence(&text).to_owned())
}

/// The first sentence of a paragraph that is no mere number or list of words.
pub(super) fn sentence(blocks: &[Block]) -> Option<String> {
    const FEW: usize = 5;
    let firsts = paragraphs(blocks).map(|text| first_sentence(&text).to_owned());
    let mut firsts = firsts.filter(|sentence| sentence.split(' ').count() >= FEW);
    firsts.next()
}

fn paragraphs(blocks: &[Block]) -> impl Iterator<Item = String> {
    blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Paragraph(inlines) => Some(words(&plain(inlines))),
        _ => None,
    })
}

/// A text without the remark in brackets that it begins with, such as what the page applies to; nothing if that is all.
fn behind_brackets(text: &str) -> Option<&str> {
    if !text.starts_with('[') {
        return Some(text);
    }
    let mut depth = 0;
    let end = text.char_indices().find(|(_, c)| {
        depth += match c {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        depth == 0
    });
    let Some((end, _)) = end else { return Some(text) };
    let rest = text[end + 1..].trim_start_matches(['.', ':', ' ']);
    match rest.chars().next() {
        None => None,
        // The brackets are a part of the sentence.
        Some(c) if c.is_lowercase() => Some(text),
        Some(_) => Some(rest),
    }
}

/// Words with one blank between them.
pub(super) fn words(text: &str) -> String {
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
