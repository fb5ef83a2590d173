//! What a parameter's text says of leaving it out: that it may be, that it may be under a condition, or that it is
//! reserved. Only sentences count whose subject is the parameter itself.

use super::at;
use crate::draft::Param;
use crate::fact::Fact;
use crate::page::Page;
use crate::prose::{BlockKind, plain, sentences};

/// The rule by which a parameter is optional because a sentence says so without any condition.
const SENTENCE: &str = "optional-of-sentence";

/// Adds what the text says and neither heading nor annotation does.
pub(super) fn read(page: &Page, param: &mut Param) {
    let docs = param.docs.clone();
    let paragraphs = docs.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Paragraph(inlines) => Some((block.span, plain(inlines))),
        _ => None,
    });
    let mut optional = None;
    let mut refused = false;
    // The words of one sentence; all use the same memory.
    let mut words = Vec::new();
    let paragraphs: Vec<_> = paragraphs.collect();
    for (span, text) in &paragraphs {
        let span = *span;
        if param.reserved.is_none() && begins_with_reserved(text) && span == docs.blocks[0].span {
            param.reserved = Some(Box::new(Fact { value: (), source: at(page, span) }));
        }
        for sentence in sentences(text) {
            words.clear();
            words.extend(words_of(sentence));
            refused |= refuses(&words);
            if !says_optional(&words, &param.name.value) {
                continue;
            }
            if words.iter().any(|word| is_condition(word)) {
                let stated = Fact { value: sentence.trim().to_owned(), source: at(page, span) };
                param.optional_if.get_or_insert_with(|| Box::new(stated));
            } else {
                let here = Fact { value: (), source: at(page, span) };
                optional.get_or_insert(here.derive(SENTENCE, ()));
            }
        }
    }
    if param.optional.is_none() && !refused && param.optional_if.is_none() {
        param.optional = optional;
    }
}

/// "Reserved.", "Reserved for future use". "This parameter is reserved" may go on with what it is for.
fn begins_with_reserved(text: &str) -> bool {
    let text = text.trim_start();
    let word = text.split(|c: char| !c.is_ascii_alphanumeric()).next().expect("a split has a first part");
    word == "Reserved" && !text[word.len()..].trim_start().starts_with(|c: char| c.is_ascii_uppercase())
}

/// The words of a sentence.
fn words_of(sentence: &str) -> impl Iterator<Item = &str> {
    let split = sentence.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '\'' | '’' | '-'));
    split.filter(|word| !word.is_empty())
}

/// Words that make a statement one under a condition, or take it back.
fn is_condition(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let listed = [
        "if",
        "when",
        "whenever",
        "unless",
        "only",
        "not",
        "except",
        "where",
        "while",
        "until",
        "for",
        "on",
        "depending",
        "provided",
        "otherwise",
        "cannot",
        "never",
        "or",
        "but",
    ];
    listed.contains(&&*word) || word.ends_with("n't") || word.ends_with("n’t")
}

/// Whether a sentence says that NULL, or leaving the parameter out, makes the call fail or is forbidden.
fn refuses(words: &[&str]) -> bool {
    const BAD: &[&str] = &["fails", "fail", "failed", "error", "invalid", "cannot", "required", "mandatory"];
    let forbids = |pair: &[&str]| is_one(pair[1], &["not"]) && is_one(pair[0], &["must", "should", "may", "can"]);
    words.iter().any(|word| is_one(word, &["null", "optional"]))
        && (words.iter().any(|word| is_one(word, BAD)) || words.windows(2).any(forbids))
}

/// Whether a word is one of some, in any case.
fn is_one(word: &str, of: &[&str]) -> bool {
    of.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// "This parameter can be NULL", "*name* is optional", "Optional", "Can be NULL".
fn says_optional(words: &[&str], name: &str) -> bool {
    let is = |at: usize, of: &[&str]| words.get(at).is_some_and(|word| is_one(word, of));
    let begins = |at: usize, phrase: &[&[&str]]| phrase.iter().zip(at..).all(|(of, at)| is(at, of));
    if words.len() == 1 && is(0, &["optional"]) {
        return true;
    }
    let subject = if begins(0, &[&["this", "the"], &["parameter", "argument"]]) || begins(0, &[&["this"], &["pointer"]])
    {
        2
    } else if begins(0, &[&["can", "may"], &["be"]]) {
        0
    } else if words.first() == Some(&name) {
        1
    } else {
        return false;
    };
    begins(subject, &[&["can", "may"], &["be"], &["null", "omitted", "optional"]])
        || begins(subject, &[&["is"], &["optional"]])
        || begins(subject, &[&["can", "may"], &["be"], &["set"], &["to"], &["null"]])
}
