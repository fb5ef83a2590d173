//! Functions and callbacks: parameters in order, and which of them states another's length.

use std::collections::{BTreeMap, BTreeSet};

use super::prototype::Prototype;
use super::{
    at, c_type, demoted, dimensions, entry_docs, leaving_out, locate, near, prototype, returns, stated, with_dimensions,
};
use crate::c::attributes::{self, counts_bytes, is_optional, length_in};
use crate::c::names::{is_identifier, is_placeholder};
use crate::c::types::{CType, annotations};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Afterwards, Direction, Function, Param, Unit};
use crate::fact::Fact;
use crate::page::{Entry, EntryKind, Page, Section, SectionKind};
use crate::prose::{BlockKind, Inline, plain};
use crate::source::{Span, Spanned};

/// Lowers a function or callback.
pub(super) fn lower(page: &Page, called: &Fact<String>, flaws: &mut Vec<String>, diags: &mut Diagnostics) -> Function {
    let mut function = Function::default();
    let mut names = BTreeSet::new();
    let mut lengths = Vec::new();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::Parameters) {
        function.params.reserve_exact(section.entries.len());
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Param) {
            if entry.name.value.is_empty() {
                flaws.push("a parameter without a name".to_owned());
                continue;
            }
            let param = param(page, entry, diags);
            if param.name.value != ELLIPSIS && !is_identifier(&param.name.value) {
                let message = format!("`{}` is not a C identifier", param.name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                flaws.push(format!("parameter {}", param.name.value));
                continue;
            }
            if is_placeholder(&param.name.value) {
                let message = format!("`{}` is not a name from the header: a tool made it up", param.name.value);
                diags.report(Rule::PlaceholderName, locate(page, entry.name.span), message);
            }
            if !names.insert(param.name.value.clone()) {
                let message = format!("the parameter `{}` is listed again", param.name.value);
                diags.report(Rule::DuplicateParam, locate(page, entry.name.span), message);
                flaws.push(format!("one parameter {}: it is listed twice", param.name.value));
            }
            lengths.extend(annotated_lengths(page, entry));
            function.params.push(param);
        }
        adopt_demoted(page, section, &mut function.params);
        function.demoted.extend(demoted(page, section, EntryKind::Param, diags));
    }
    let declared = prototype::of(page, &called.value, &names);
    compare_names(page, called, &declared, &names, flaws, diags);
    let ellipsis = function.params.iter().find(|param| param.name.value == ELLIPSIS);
    let listed = || declared.span.filter(|_| declared.names.last().is_some_and(|name| name == ELLIPSIS));
    let ellipsis = ellipsis.map(|param| param.name.source.clone()).or_else(|| Some(at(page, listed()?)));
    function.variadic = ellipsis.map(|source| Fact { value: (), source });
    for param in &mut function.params {
        if let Some(declaration) = declared.params.get(&param.name.value) {
            complete(page, param, declaration);
            lengths.extend(lengths_in(page, &param.name.value, declaration));
        }
    }
    for param in &mut function.params {
        // `T*` may be the array itself, as C passes it, or what the array holds.
        let element = param.c_type.take_if(|c_type| !matches!(c_type.value, CType::Pointer(_)));
        let array = element.map(|c_type| with_dimensions(c_type, param.dimensions.as_deref()));
        param.c_type = array.or(param.c_type.take());
        if let Some(stated) = length_of(page, param, &names) {
            (param.length_of, param.unit) = (Some(Box::new(stated.buffer)), stated.unit.map(Box::new));
        }
    }
    adopt_lengths(&mut function.params, lengths);
    function.params.iter_mut().for_each(|param| leaving_out::read(page, param));
    near::misses(page, &names, diags);
    near::lengths(page, &function.params, diags);
    function.returns = returns::lower(page, diags);
    function.returns.c_type = function.returns.c_type.take().or(declared.returns);
    function
}

/// What stands for any number of arguments.
const ELLIPSIS: &str = "...";

/// The gap of a function whose parameters are declared and not described.
pub(super) const NO_PARAMS: &str = "parameters";

/// The names of the declaration that no heading has: none at all, or one that stands under a heading of another form.
fn compare_names(
    page: &Page,
    called: &Fact<String>,
    declared: &Prototype,
    names: &BTreeSet<String>,
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) {
    let place = || declared.span.map_or_else(|| called.source.location().clone(), |span| locate(page, span));
    if names.is_empty() && !declared.names.iter().all(|name| name == ELLIPSIS) {
        flaws.push(NO_PARAMS.to_owned());
        let untold: Vec<&str> =
            declared.names.iter().map(String::as_str).filter(|name| !is_mistyped(page, name)).collect();
        if !untold.is_empty() {
            let list = untold.join("`, `");
            let message =
                format!("the declaration of `{}` has `{list}`, but the page describes no parameter", called.value);
            diags.report(Rule::MissingParams, place(), message);
        }
        return;
    }
    if names.is_empty() && declared.unnamed {
        let message = format!("the declaration of `{}` has parameters that cannot be read", called.value);
        diags.report(Rule::MissingParams, place(), message);
        flaws.push(NO_PARAMS.to_owned());
        return;
    }
    let missing: Vec<&String> =
        declared.names.iter().filter(|name| *name != ELLIPSIS && !names.contains(*name)).collect();
    for section in &page.sections {
        let texts = section.entries.iter().map(|entry| &entry.prose).chain([&section.prose]);
        for block in texts.flat_map(|prose| &prose.blocks) {
            let BlockKind::Heading(level, inlines) = &block.kind else { continue };
            let text = plain(inlines);
            if let Some(name) = missing.iter().find(|name| has_word(&text, name)) {
                let message =
                    format!("the declaration has `{name}`, but the heading `{text}` is not the heading of a parameter");
                let help = format!("write `### -param {name}`");
                diags.report_help(Rule::MistypedHeading, locate(page, block.span), message, help);
                flaws.push(format!("parameter {name}"));
            } else if *level == 3 && section.kind == SectionKind::Parameters {
                let message =
                    format!("the heading `{text}` stands among the headings of parameters, but it is not a parameter");
                diags.report(Rule::StrangeHeading, locate(page, block.span), message);
            }
        }
    }
}

/// Whether a heading that is none of a parameter names one that is declared; that is a finding of its own.
pub(super) fn has_other_heading(page: &Page, name: &str) -> bool {
    let texts = page.sections.iter().flat_map(|section| {
        section.entries.iter().map(|entry| &entry.prose).chain([&section.prose]).flat_map(|prose| &prose.blocks)
    });
    let headings = texts.filter_map(|block| match &block.kind {
        BlockKind::Heading(_, inlines) => Some(plain(inlines)),
        _ => None,
    });
    is_mistyped(page, name) || headings.into_iter().any(|text| has_word(&text, name))
}

/// Whether an item of an unknown word has that name.
fn is_mistyped(page: &Page, name: &str) -> bool {
    let entries = page.sections.iter().flat_map(|section| &section.entries);
    entries.filter(|entry| entry.kind == EntryKind::Other).any(|entry| has_word(&entry.name.value, name))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|other| other == word)
}

fn param(page: &Page, entry: &Entry, diags: &mut Diagnostics) -> Param {
    let words = || entry.attributes.iter().map(|word| (&*word.value, word.span));
    let line = entry.c_type.as_ref();
    let annotations = line.map(|line| annotations(&plain(&line.value))).unwrap_or_default();
    let annotated = || annotations.iter().filter_map(|word| Some((&**word, line?.span)));
    let (by_heading, by_type) = (direction(words()), direction(annotated()));
    if let (Some((stated, _)), Some((other, span))) = (by_heading, by_type) {
        compare(page, &entry.name.value, stated, other, span, diags);
    }
    let optional = words().chain(annotated()).find(|(word, _)| is_optional(word));
    Param {
        name: stated(page, &entry.name),
        direction: by_heading.or(by_type).map(|(value, span)| Fact { value, source: at(page, span) }),
        optional: optional.map(|(_, span)| Fact { value: (), source: at(page, span) }),
        optional_if: None,
        reserved: None,
        c_type: entry.c_type.as_ref().and_then(|line| c_type(page, line)),
        dimensions: dimensions(page, entry),
        length_of: None,
        unit: None,
        characters_if: None,
        null_terminated: None,
        terminated_if: None,
        wide: None,
        afterwards: Afterwards::default(),
        docs: entry_docs(page, entry, diags),
    }
}

/// What the heading and an annotation say of the direction.
fn compare(page: &Page, name: &str, stated: Direction, other: Direction, at: Span, diags: &mut Diagnostics) {
    if stated != other {
        let (stated, other) = (stated.name(), other.name());
        let message = format!("the annotation of `{name}` says `{other}`, but its attributes say `{stated}`");
        diags.report(Rule::ContradictingAttributes, locate(page, at), message);
    }
}

/// Takes from the syntax block what is said of a parameter nowhere else.
fn complete(page: &Page, param: &mut Param, declaration: &Spanned<Vec<Inline>>) {
    let source = || at(page, declaration.span);
    param.c_type = param.c_type.take().or_else(|| c_type(page, declaration));
    let annotations = annotations(&plain(&declaration.value));
    if let Some((other, _)) = direction(annotations.iter().map(|word| (&**word, declaration.span))) {
        param.direction.get_or_insert_with(|| Fact { value: other, source: source() });
    }
    if param.optional.is_none() && annotations.iter().any(|word| is_optional(word)) {
        param.optional = Some(Fact { value: (), source: source() });
    }
}

/// The rules by which a parameter is the length of another one: in bytes, or of an unknown unit.
const LENGTH_IN_BYTES: &str = "length-in-bytes";
const LENGTH_SENTENCE: &str = "length-sentence";

/// What a length is the length of, and what it counts if that is said.
struct LengthOf {
    buffer: Fact<String>,
    unit: Option<Fact<Unit>>,
}

impl LengthOf {
    fn in_bytes(buffer: Fact<String>) -> Self {
        let unit = Fact { value: Unit::Bytes, source: buffer.source.clone() };
        Self { buffer, unit: Some(unit) }
    }
}

/// A length, and the parameter whose length an annotation says it is.
type Length = (String, LengthOf);

/// The lengths that heading and `Type:` line of a parameter name.
fn annotated_lengths(page: &Page, entry: &Entry) -> Vec<Length> {
    let buffer = &entry.name.value;
    let stated = |word: &Spanned<String>| length(page, buffer, &word.value, word.span);
    let mut lengths: Vec<Length> = entry.attributes.iter().filter_map(stated).collect();
    lengths.extend(entry.c_type.iter().flat_map(|line| lengths_in(page, buffer, line)));
    lengths
}

/// The lengths that the annotations of a declaration name.
fn lengths_in(page: &Page, buffer: &str, declaration: &Spanned<Vec<Inline>>) -> Vec<Length> {
    let words = annotations(&plain(&declaration.value));
    words.iter().filter_map(|word| length(page, buffer, word, declaration.span)).collect()
}

fn length(page: &Page, buffer: &str, word: &str, span: Span) -> Option<Length> {
    let length = length_in(word)?.to_owned();
    let stated = Fact { value: buffer.to_owned(), source: at(page, span) };
    // `_In_reads_bytes_(n)`: what is counted is not what the buffer holds.
    let length_of = match counts_bytes(word) {
        true => LengthOf::in_bytes(stated.derive(LENGTH_IN_BYTES, stated.value.clone())),
        false => LengthOf { buffer: stated, unit: None },
    };
    Some((length, length_of))
}

/// Takes lengths from annotations where the text states none. Of several that share one length, the first counts.
fn adopt_lengths(params: &mut [Param], lengths: Vec<Length>) {
    let mut open = BTreeMap::new();
    for param in params.iter_mut().filter(|param| param.length_of.is_none() && !is_pointer(param)) {
        open.entry(param.name.value.clone()).or_insert((&mut param.length_of, &mut param.unit));
    }
    for (length, stated) in lengths.into_iter().filter(|(length, stated)| *length != stated.buffer.value) {
        if let Some((length_of, unit)) = open.remove(&length) {
            (*length_of, *unit) = (Some(Box::new(stated.buffer)), stated.unit.map(Box::new));
        }
    }
}

fn is_pointer(param: &Param) -> bool {
    param.c_type.as_ref().is_some_and(|c_type| matches!(c_type.value, CType::Pointer(_)))
}

/// A demoted heading with the name of a parameter that has no text of its own is that parameter's text.
fn adopt_demoted(page: &Page, section: &Section, params: &mut [Param]) {
    let silent = params.iter_mut().filter(|param| param.docs.is_empty());
    let mut silent: BTreeMap<String, &mut Param> =
        silent.map(|param| (param.name.value.to_ascii_lowercase(), param)).collect();
    for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Demoted) {
        let Some(param) = silent.remove(&entry.name.value.to_ascii_lowercase()) else { continue };
        param.docs = entry.prose.clone();
        let words = || entry.attributes.iter().map(|word| (&*word.value, word.span));
        let stated = direction(words()).map(|(value, span)| Fact { value, source: at(page, span) });
        param.direction = param.direction.take().or(stated);
        let optional = words().find(|(word, _)| is_optional(word));
        let optional = optional.map(|(_, span)| Fact { value: (), source: at(page, span) });
        param.optional = param.optional.take().or(optional);
        let c_type = || c_type(page, entry.c_type.as_ref()?);
        param.c_type = param.c_type.take().or_else(c_type);
    }
}

/// The way that attributes state, and the place of the one that decides it.
fn direction<'a>(words: impl Iterator<Item = (&'a str, Span)>) -> Option<(Direction, Span)> {
    let stated: Vec<_> = words.filter_map(|(word, span)| Some((attributes::direction(word)?, span))).collect();
    let word = |wanted| stated.iter().find(|(direction, _)| *direction == wanted).map(|&(_, span)| span);
    match (word(Direction::InOut), word(Direction::In), word(Direction::Out)) {
        (Some(span), _, _) | (None, Some(_), Some(span)) => Some((Direction::InOut, span)),
        (None, Some(span), None) => Some((Direction::In, span)),
        (None, None, Some(span)) => Some((Direction::Out, span)),
        (None, None, None) => None,
    }
}

/// The words that make a sentence speak of a length.
const LENGTH_WORDS: &[&str] =
    &["length", "size", "number of bytes", "number of elements", "number of characters", "count"];

/// The parameter whose length this one states: its first sentence has a word for length and names, in emphasis,
/// a parameter that is a pointer.
fn length_of(page: &Page, param: &Param, names: &BTreeSet<String>) -> Option<LengthOf> {
    if is_pointer(param) || param.direction.as_ref().is_some_and(|direction| direction.value == Direction::Out) {
        return None;
    }
    let block = param.docs.blocks.first()?;
    let BlockKind::Paragraph(inlines) = &block.kind else { return None };
    let mut sentence = String::new();
    let mut named = None;
    let mut counts = false;
    for inline in inlines {
        let text = plain(std::slice::from_ref(inline));
        match inline {
            Inline::Emphasis(_) | Inline::Code(_) | Inline::Strong(_)
                if named.is_none() && names.contains(&*text) && text != param.name.value =>
            {
                // "Number of headers in *p*", whatever they are the number of.
                let before = sentence.to_lowercase();
                let within = [" in ", " in the "].iter().any(|end| before.ends_with(end));
                counts = before.contains("number of ") && within;
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
    let name = named?.into_owned();
    let lower = sentence.to_lowercase();
    let speaks = counts || LENGTH_WORDS.iter().any(|word| lower.contains(word));
    let here = Fact { value: (), source: at(page, block.span) };
    speaks.then(|| match lower.contains("byte") {
        true => LengthOf::in_bytes(here.derive(LENGTH_IN_BYTES, name)),
        false => LengthOf { buffer: here.derive(LENGTH_SENTENCE, name), unit: None },
    })
}
