//! Functions and callbacks: parameters in order, and which of them states another's length.

use std::collections::BTreeSet;

use super::{at, c_types, demoted, entry_docs, locate, returns, stated};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Direction, Fact, Function, Param};
use crate::page::{Entry, EntryKind, Page, SectionKind};
use crate::parse::entries::is_identifier;
use crate::prose::{BlockKind, Inline, plain};

/// Lowers a function or callback.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Function {
    let mut function = Function::default();
    let mut names = BTreeSet::new();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::Parameters) {
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Param) {
            let param = param(page, entry);
            if param.name.value != "..." && !is_identifier(&param.name.value) {
                let message = format!("`{}` is no C identifier", param.name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                continue;
            }
            if !names.insert(param.name.value.clone()) {
                let message = format!("the parameter `{}` is listed again", param.name.value);
                diags.report(Rule::DuplicateParam, locate(page, entry.name.span), message);
                continue;
            }
            function.params.push(param);
        }
        function.demoted.extend(demoted(page, section, diags));
    }
    for param in &mut function.params {
        param.length_of = length_of(page, param, &names);
    }
    function.returns = returns::lower(page, diags);
    function
}

fn param(page: &Page, entry: &Entry) -> Param {
    let word = |wanted: &[&str]| entry.attributes.iter().find(|word| wanted.contains(&stem(&word.value)));
    let both = word(&["inout"]);
    let (input, output) = (word(&["in"]), word(&["out"]));
    let direction = match (both, input, output) {
        (Some(word), _, _) => Some((Direction::InOut, word)),
        (None, Some(_), Some(word)) => Some((Direction::InOut, word)),
        (None, Some(word), None) => Some((Direction::In, word)),
        (None, None, Some(word)) => Some((Direction::Out, word)),
        (None, None, None) => None,
    };
    let optional =
        entry.attributes.iter().find(|word| word.value.split('_').any(|part| matches!(part, "optional" | "opt")));
    Param {
        name: stated(page, &entry.name),
        direction: direction.map(|(value, word)| Fact { value, source: at(page, word.span) }),
        optional: optional.map(|word| Fact { value: (), source: at(page, word.span) }),
        c_type: entry.c_type.as_ref().and_then(|stated| c_types::of_line(page, stated)),
        length_of: None,
        docs: entry_docs(entry),
    }
}

/// `in_reads_bytes_opt_(n)` says `in`, and `in_out` says `inout`.
fn stem(word: &str) -> &str {
    let word = word.split('(').next().expect("a split has a first part");
    if word.starts_with("inout") || word.starts_with("in_out") {
        return "inout";
    }
    word.split('_').next().expect("a split has a first part")
}

/// The words that make a sentence speak of a length.
const LENGTH_WORDS: &[&str] =
    &["length", "size", "number of bytes", "number of elements", "number of characters", "count"];

/// The parameter whose length this one states: its first sentence has a word for length and names, in emphasis,
/// a parameter that is a pointer.
fn length_of(page: &Page, param: &Param, names: &BTreeSet<String>) -> Option<Fact<String>> {
    let is_pointer =
        param.c_type.as_ref().is_some_and(|c_type| matches!(c_type.value, crate::draft::CType::Pointer(_)));
    if is_pointer || param.direction.as_ref().is_some_and(|direction| direction.value == Direction::Out) {
        return None;
    }
    let block = param.docs.blocks.first()?;
    let BlockKind::Paragraph(inlines) = &block.kind else { return None };
    let mut sentence = String::new();
    let mut named = None;
    for inline in inlines {
        let text = plain(std::slice::from_ref(inline));
        match inline {
            Inline::Emphasis(_) | Inline::Code(_)
                if named.is_none() && names.contains(&text) && text != param.name.value =>
            {
                named = Some(text.clone());
            }
            Inline::Text(text) => {
                if let Some(end) = text.find(". ") {
                    sentence.push_str(&text[..end]);
                    break;
                }
            }
            _ => {}
        }
        sentence.push_str(&text);
    }
    let lower = sentence.to_lowercase();
    let speaks = LENGTH_WORDS.iter().any(|word| lower.contains(word));
    let here = Fact { value: (), source: at(page, block.span) };
    named.filter(|_| speaks).map(|name| here.derive("length-sentence", name))
}
