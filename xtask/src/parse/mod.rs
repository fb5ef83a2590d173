//! Parse: a page's text becomes a `Page`. Never fails: every page yields a value and complaints.

mod blocks;
mod docfx;
pub mod entries;
mod front_matter;
mod headings;

mod indent;
mod labels;
mod lines;
mod literal;
mod markdown;
mod mixed;
mod mojibake;
mod notes;
mod plain;
mod tables;
mod tree;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::c::names::is_placeholder;
use crate::diag::{Diagnostics, Rule};
use crate::page::{Entry, EntryKind, Page, Section, SectionKind};
use crate::prose::{Block, BlockKind, Inline};
use crate::source::{Damage, SourceFile, Span, Spanned};
use headings::{Announces, Heading, Place, announces};
use lines::Lines;

/// Parses one page.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> Page {
    report_damage(file, diags);
    let (front_matter, first) = front_matter::parse(file, diags);
    let headings = headings::scan(file, first, diags);
    let mut page = Page {
        path: file.path.clone(),
        name: file.name.clone(),
        front_matter,
        title: None,
        lead: Arc::default(),
        sections: Vec::new(),
    };
    let end = headings.first().map_or(file.line_count(), |heading| heading.line);
    page.lead = Arc::new(blocks::parse(&Lines::of(file, first, end), diags));
    for (index, heading) in headings.iter().enumerate() {
        let next = headings.get(index + 1).map_or(file.line_count(), |next| next.line);
        place(&mut page, file, heading, heading.line + 1..next, diags);
    }
    if page.title.is_none() && page.sections.is_empty() && page.lead.is_empty() && file.damage != Some(Damage::Binary) {
        diags.report(Rule::EmptyPage, file.at(Span::line(1)), "this page is empty");
    }
    page
}

fn report_damage(file: &SourceFile, diags: &mut Diagnostics) {
    match file.damage {
        Some(Damage::Binary) => {
            diags.report(Rule::BinaryFile, file.at(Span::line(1)), "this file has NUL bytes, so it is not text");
        }
        Some(Damage::NotUtf8(span)) => {
            diags.report(Rule::NotUtf8, file.at(span), "the bytes here are not UTF-8");
        }
        None => {}
    }
    for &span in &file.mojibake {
        let message = "`Â` before a blank: a no-break space was encoded twice";
        diags.report_help(Rule::Mojibake, file.at(span), message, "remove the character; it is read as a blank");
    }
    for (range, meant) in mojibake::find(file.text()) {
        let (message, help) =
            (format!("`{}` is `{meant}`, encoded twice", &file.text()[range.clone()]), format!("write `{meant}`"));
        diags.report_help(Rule::Mojibake, file.at(file.span(range.start, range.end)), message, help);
    }
    // The mark that a tool left where it could not make a link.
    for at in memchr::memmem::find_iter(file.text().as_bytes(), UNMADE_LINK) {
        let span = file.span(at, at + UNMADE_LINK.len());
        diags.report(Rule::DeadLink, file.at(span), "a link that was never made");
    }
}

const UNMADE_LINK: &[u8] = b"[XREF-LINK:";

/// Puts a heading and the lines under it where they belong.
fn place(page: &mut Page, file: &SourceFile, heading: &Heading, body: std::ops::Range<usize>, diags: &mut Diagnostics) {
    let inside = page.sections.last().map(|section| section.kind.clone());
    let declared = || declared_words(page);
    let place = Place { inside: inside.as_ref(), titled: is_titled_twice(page), declared: &declared };
    let announced = announces(heading, &place);
    report_level(file, heading, &announced, diags);
    match announced {
        Announces::Title if page.title.is_none() && page.sections.is_empty() => {
            page.title = Some(heading.text.clone());
            let text = blocks::parse(&Lines::of(file, body.start, body.end), diags);
            Arc::make_mut(&mut page.lead).blocks.extend(text.blocks);
        }
        Announces::Section(kind) => {
            let kind = section_of(page, heading, kind);
            let types = kind == SectionKind::Returns;
            let lines = Lines::of(file, body.start, body.end);
            let Body { c_type, attributes: _, mut rest } = Body::peel(lines, types, false);
            let labelled = match kind {
                SectionKind::Parameters => Some(EntryKind::Param),
                SectionKind::EnumFields | SectionKind::StructFields => Some(EntryKind::Field),
                _ => None,
            };
            let mut entries = Vec::new();
            if let Some(kind) = labelled {
                for labels::Labelled { label, body } in labels::take(&mut rest, kind, &|| declared_words(page)) {
                    let span = label.span;
                    entries.push(entry(
                        file,
                        &Heading { line: 0, level: 3, text: label.clone() },
                        kind,
                        &label,
                        body,
                        diags,
                    ));
                    entries.last_mut().expect("it was just pushed").span = span;
                }
            }
            let prose = Arc::new(blocks::parse(&rest, diags));
            page.sections.push(Section { kind, heading: heading.text.clone(), c_type, prose, entries });
        }
        Announces::Entry(kind, text) => {
            let lines = Lines::of(file, body.start, body.end);
            let entry = entry(file, heading, kind, &text, lines, diags);
            section_for(page, kind, heading).entries.push(entry);
        }
        Announces::Title | Announces::Prose => {
            let mut inlines = markdown::inlines(&literal::running(&heading.text.value));
            if docfx::tab(&mut inlines) {
                let message = "a tab of DocFX is shown as a heading, with what is in it below";
                diags.report(Rule::DocfxMark, file.at(heading.text.span), message);
            }
            let title = Block { span: heading.text.span, kind: BlockKind::Heading(heading.level, inlines) };
            let text = blocks::parse(&Lines::of(file, body.start, body.end), diags);
            let prose = match page.sections.last_mut() {
                Some(section) => section.entries.last_mut().map_or(&mut section.prose, |entry| &mut entry.prose),
                None => &mut page.lead,
            };
            let blocks = &mut Arc::make_mut(prose).blocks;
            blocks.push(title);
            blocks.extend(text.blocks);
        }
    }
}

/// A dashed section or item at another level than the template has it.
fn report_level(file: &SourceFile, heading: &Heading, announced: &Announces, diags: &mut Diagnostics) {
    if !heading.text.value.starts_with('-') {
        return;
    }
    let (what, level) = match announced {
        Announces::Section(_) => ("a section", 2),
        Announces::Entry(EntryKind::Param | EntryKind::Field, _) => ("an item", 3),
        Announces::Title | Announces::Entry(..) | Announces::Prose => return,
    };
    if heading.level != level {
        let message = format!("{what} of the template stands at level {}, not {level}", heading.level);
        diags.report(Rule::WrongLevel, file.at(heading.text.span), message);
    }
}

/// The section that an entry belongs to by its own word, whatever stands around it.
fn section_for<'a>(page: &'a mut Page, kind: EntryKind, heading: &Heading) -> &'a mut Section {
    let wanted = match kind {
        EntryKind::Param => Some(SectionKind::Parameters),
        EntryKind::Field => {
            let fields = [SectionKind::EnumFields, SectionKind::StructFields];
            let open = page.sections.iter().rev().find(|section| fields.contains(&section.kind));
            Some(open.map_or(SectionKind::StructFields, |section| section.kind.clone()))
        }
        EntryKind::Demoted | EntryKind::Other => page.sections.last().map(|section| section.kind.clone()),
    };
    let wanted = wanted.unwrap_or(SectionKind::Other);
    if let Some(at) = page.sections.iter().rposition(|section| section.kind == wanted) {
        return &mut page.sections[at];
    }
    let heading = heading.text.clone();
    page.sections.push(Section { kind: wanted, heading, c_type: None, prose: Arc::default(), entries: Vec::new() });
    page.sections.last_mut().expect("it was just pushed")
}

fn entry(
    file: &SourceFile,
    heading: &Heading,
    kind: EntryKind,
    text: &Spanned<String>,
    body: Lines<'_>,
    diags: &mut Diagnostics,
) -> Entry {
    let mut parts = entries::parse(text, kind);
    let placeholder = parts.name.as_ref().is_some_and(|name| is_placeholder(&name.value));
    let Body { c_type, mut attributes, mut rest } = Body::peel(body, true, kind == EntryKind::Param);
    if placeholder
        && kind == EntryKind::Param
        && let Some((line, real, text)) = real_name(&rest)
    {
        rest.text[line] = text;
        parts.name = real.name;
        attributes.extend(real.attributes);
    }
    let prose = Arc::new(blocks::parse(&rest, diags));
    let name = parts.name.unwrap_or_else(|| {
        let message = format!("no name can be made of `{}`", heading.text.value);
        diags.report(Rule::OrphanItem, file.at(heading.text.span), message);
        Spanned { value: String::new(), span: heading.text.span }
    });
    if entries::contradict(&parts.attributes, &attributes) {
        let first = attributes.first().expect("no attributes contradict nothing");
        let message = format!("the text of `{}` contradicts the attributes of its heading", name.value);
        diags.report(Rule::ContradictingAttributes, file.at(first.span), message);
    } else {
        attributes.retain(|word| parts.attributes.iter().all(|known| known.value != word.value));
        parts.attributes.extend(attributes);
    }
    let entries::Parts { dimensions, value, attributes, .. } = parts;
    Entry { kind, span: heading.text.span, name, dimensions, value, attributes, c_type, prose }
}

/// The name that the first line of text gives a parameter, which line that is, and what else stands on it.
fn real_name<'a>(rest: &Lines<'a>) -> Option<(usize, entries::Parts, &'a str)> {
    let index = rest.text.iter().position(|line| !line.trim().is_empty())?;
    let text = rest.text[index].trim();
    let stated = Spanned { value: text.to_owned(), span: rest.span_of(index, text) };
    let (parts, after) = entries::real_name(&stated)?;
    Some((index, parts, &text[text.len() - after.len()..]))
}

/// The lines under a heading, without the ones that are facts.
struct Body<'a> {
    c_type: Option<Spanned<Vec<Inline>>>,
    attributes: Vec<Spanned<String>>,
    rest: Lines<'a>,
}

impl<'a> Body<'a> {
    /// Peels a `Type:` line and, for parameters, attributes at the start of the text off the first lines. Attributes may
    /// stand in the `Type:` line too, before or after the type.
    fn peel(mut rest: Lines<'a>, types: bool, attributed: bool) -> Self {
        let mut body = (None, Vec::new());
        for index in 0..rest.text.len() {
            let text = rest.text[index].trim();
            if text.is_empty() {
                continue;
            }
            if let Some(stated) = text.strip_prefix("Type:").filter(|_| types && body.0.is_none()) {
                let stated = stated.trim();
                let stated = if attributed { entries::without_marks_around_attributes(stated) } else { stated };
                let split = entries::leading_attributes(stated).or_else(|| entries::trailing_attributes(stated));
                let stated = match split.filter(|_| attributed) {
                    Some((inner, c_type)) => {
                        let bracket = rest.span_of(index, &format!("[{inner}"));
                        body.1 = entries::words(inner, 1, bracket);
                        c_type
                    }
                    None => stated,
                };
                body.0 = Some(Spanned { value: markdown::inlines(stated), span: rest.span_of(index, text) });
                rest.text[index] = "";
                continue;
            }
            if let Some((inner, tail)) = entries::leading_attributes(text).filter(|_| attributed && body.1.is_empty()) {
                let span = rest.span_of(index, text);
                body.1 = entries::words(inner, if text.starts_with('\\') { 2 } else { 1 }, span);
                rest.text[index] = tail;
                if tail.trim().is_empty() && body.0.is_none() {
                    continue;
                }
            }
            break;
        }
        Self { c_type: body.0, attributes: body.1, rest }
    }
}

/// The kind of a section, which its heading alone does not tell: an enumeration may have `Members`, and a page that has
/// its title again as a section has its description there.
fn section_of(page: &Page, heading: &Heading, kind: SectionKind) -> SectionKind {
    let title = page.title.as_ref().map_or("", |title| title.value.trim());
    match kind {
        SectionKind::StructFields if !heading.text.value.starts_with('-') && calls_enumeration(title) => {
            SectionKind::EnumFields
        }
        SectionKind::Other if heading.text.value.eq_ignore_ascii_case(title) => SectionKind::Description,
        kind => kind,
    }
}

fn calls_enumeration(title: &str) -> bool {
    let bare = title.split(" (").next().expect("a split has a first part").trim_end();
    bare.to_ascii_lowercase().ends_with(" enumeration")
}

/// Whether the page has its title again as a section, below which the sections of the template stand.
fn is_titled_twice(page: &Page) -> bool {
    let Some(title) = &page.title else { return false };
    page.sections.iter().any(|section| section.heading.value.eq_ignore_ascii_case(title.value.trim()))
}

/// The words of the declarations that the page has had so far.
fn declared_words(page: &Page) -> BTreeSet<String> {
    let blocks = page.sections.iter().map(|section| &section.prose).chain([&page.lead]).flat_map(|prose| &prose.blocks);
    let code = blocks.filter_map(|block| match &block.kind {
        BlockKind::Code(_, text) => Some(text),
        _ => None,
    });
    let words = code.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
