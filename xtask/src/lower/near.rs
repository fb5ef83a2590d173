//! Words of a page that were meant for a parameter and are none: emphasised near-misses of a name, and lengths whose text
//! names no parameter. They are what is left when a parameter is renamed and its prose is not.

use std::collections::BTreeSet;

use super::locate;
use crate::c::basics::{POINTERS, basic};
use crate::c::names::{closest, is_identifier};
use crate::c::types::CType;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Direction, Param};
use crate::model::{Int, Type};
use crate::page::Page;
use crate::prose::{Block, BlockKind, Inline, Prose, plain, sentences};
use crate::source::Span;

/// Shorter names are near to any other.
const SHORTEST: usize = 4;

/// Reports the emphasised words that are nearly the name of a parameter.
pub(super) fn misses(page: &Page, names: &BTreeSet<String>, diags: &mut Diagnostics) {
    if names.is_empty() {
        return;
    }
    let mut seen = BTreeSet::new();
    let sections = page.sections.iter();
    let proses = sections.flat_map(|section| section.entries.iter().map(|entry| &entry.prose).chain([&section.prose]));
    for prose in proses.chain([&page.lead]) {
        each_emphasis(prose, &mut |span, word| {
            if word.len() < SHORTEST || !is_identifier(word) || names.contains(word) || !seen.insert(word.to_owned()) {
                return;
            }
            let known = names.iter().map(String::as_str).filter(|name| name.len() >= SHORTEST);
            let Some(meant) = closest(word, known) else { return };
            let message = format!("`{word}` is not a parameter, but `{meant}` is");
            let help = format!("write `{meant}` if it is meant; a relation between parameters may depend on it");
            diags.report_help(Rule::MisspeltParam, locate(page, span), message, help);
        });
    }
}

fn each_emphasis(prose: &Prose, visit: &mut dyn FnMut(Span, &str)) {
    for block in &prose.blocks {
        match &block.kind {
            BlockKind::Paragraph(inlines) => {
                for inline in inlines {
                    if let Inline::Emphasis(inner) = inline {
                        visit(block.span, plain(inner).trim());
                    }
                }
            }
            BlockKind::List(_, items) => items.iter().for_each(|item| each_emphasis(item, visit)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => each_emphasis(inner, visit),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| each_emphasis(entry.prose(), visit)),
            BlockKind::Table(table) => table.cells().for_each(|cell| each_emphasis(cell, visit)),
            BlockKind::Heading(..) | BlockKind::Code(..) => {}
        }
    }
}

/// Reports the lengths of buffers that have none, where a sentence speaks of a length and names no parameter.
pub(super) fn lengths(page: &Page, params: &[Param], diags: &mut Diagnostics) {
    let claimed: BTreeSet<&str> = params.iter().filter_map(|param| Some(&*param.length_of.as_ref()?.value)).collect();
    let open: Vec<&str> = params.iter().filter(|param| is_buffer(param)).map(|param| &*param.name.value).collect();
    let open: Vec<&str> = open.into_iter().filter(|name| !claimed.contains(name)).collect();
    if open.is_empty() {
        return;
    }
    for param in params.iter().filter(|param| param.length_of.is_none() && is_count(param)) {
        let Some(block) = param.docs.blocks.first() else { continue };
        if !speaks_of_a_length(block) {
            continue;
        }
        let name = &param.name.value;
        let message = format!("the text calls `{name}` a length, but does not name the parameter whose length it is");
        let help =
            format!("name it in emphasis, as in `the length of *{}*`, or state `length_of` in overrides.toml", open[0]);
        diags.report_help(Rule::LengthOfNothing, locate(page, block.span), message, help);
    }
}

/// A pointer or an array, to which a length may belong; where no type is stated, what its text calls one.
fn is_buffer(param: &Param) -> bool {
    let Some(c_type) = &param.c_type else { return is_called(param, &["pointer", "array", "buffer", "string"]) };
    match &c_type.value {
        CType::Pointer(_) | CType::Array(..) => true,
        CType::Named(name) => POINTERS.iter().any(|(prefix, _)| name.strip_prefix(prefix).and_then(basic).is_some()),
        CType::Const(_) | CType::Of(..) => false,
    }
}

/// A number that goes in by value.
fn is_count(param: &Param) -> bool {
    let goes_in = param.direction.as_ref().is_none_or(|direction| direction.value == Direction::In);
    let number = |name: &str| matches!(basic(name), Some(Type::Int(int)) if !matches!(int, Int::U8 | Int::I8));
    let is_number = match &param.c_type {
        Some(c_type) => matches!(&c_type.value, CType::Named(name) if number(name)),
        None => !is_called(param, &["pointer", "array of", "address of"]),
    };
    goes_in && is_number
}

/// Whether the first sentence on a parameter has one of these words.
fn is_called(param: &Param, words: &[&str]) -> bool {
    let Some(BlockKind::Paragraph(inlines)) = param.docs.blocks.first().map(|block| &block.kind) else { return false };
    let text = plain(inlines).to_lowercase();
    sentences(&text).next().is_some_and(|first| words.iter().any(|word| first.contains(word)))
}

/// Whether a paragraph begins with the length of something that is held somewhere, or says so of "this".
fn speaks_of_a_length(block: &Block) -> bool {
    const LENGTHS: &[&str] = &["length", "size", "number of", "count of", "capacity"];
    // "The maximum size of a message" is of something else; "the size, in bytes, of the buffer" is of a buffer.
    const HELD: &[&str] = &["buffer", "pointed to", "array", "string", "data", "block", "memory"];
    /// How far into a sentence what it is about stands.
    const NEAR: usize = 40;
    let BlockKind::Paragraph(inlines) = &block.kind else { return false };
    let text = plain(inlines).to_lowercase();
    let is_length = |sentence: &str| {
        let words = ["length", "size", "number of bytes", "number of characters", "number of elements"];
        words.iter().any(|word| sentence.contains(word))
    };
    let names = inlines.iter().any(|inline| matches!(inline, Inline::Emphasis(_) | Inline::Code(_)));
    let speaks = |sentence: &str| {
        // "The number of the string" is one that it has.
        let ordinal =
            ["number of the ", "number of a ", "number of this "].iter().any(|words| sentence.contains(words));
        let at = LENGTHS.iter().filter_map(|word| sentence.find(word)).min().filter(|_| !ordinal);
        // What comes back is the length of no argument.
        let comes_back = ["receives", "returns"].iter().any(|word| sentence.starts_with(word));
        at.is_some_and(|at| {
            at < NEAR
                && !comes_back
                && (names && is_length(sentence) || HELD.iter().any(|word| sentence[at..].contains(word)))
        })
    };
    let is_of_this = |sentence: &str| ["this ", "it is "].iter().any(|start| sentence.starts_with(start));
    sentences(&text)
        .map(str::trim)
        .enumerate()
        .any(|(at, sentence)| (at == 0 || is_of_this(sentence)) && speaks(sentence))
}
