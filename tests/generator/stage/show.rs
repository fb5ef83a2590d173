//! Pages and drafts as text that a reviewer can read: a line for each fact, with its place as `@line:column`.

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use xtask::draft::{Body, Demoted, Draft, Function, Kind, Returns};
use xtask::fact::{Fact, Source};
use xtask::model::Spec;
use xtask::page::{Entry, Page, Section};
use xtask::prose::{Block, BlockKind, Definition, Inline, Prose, Target, each_target};
use xtask::source::{Span, Spanned};

/// Writes one line with its indent. Writing to a string cannot fail.
macro_rules! line {
    ($out:expr, $depth:expr, $($arg:tt)*) => {{
        $out.push_str(&"  ".repeat($depth));
        writeln!($out, $($arg)*).expect("writing to a string cannot fail");
    }};
}

/// A page as the parser sees it.
pub fn page(page: &Page) -> String {
    let mut out = String::new();
    let mut keys: Vec<_> = page.front_matter.iter().collect();
    keys.sort_by_key(|(key, _)| *key);
    for (key, values) in keys {
        let values: Vec<String> = values.map(|value| spanned(&value)).collect();
        line!(out, 0, "{key}: {}", values.join(", "));
    }
    if let Some(title) = &page.title {
        line!(out, 0, "title {}", spanned(title));
    }
    prose(&page.lead, 0, &mut out);
    page.sections.iter().for_each(|part| section(part, &mut out));
    out
}

fn section(section: &Section, out: &mut String) {
    let Section { kind, heading, c_type, prose: text, entries } = section;
    line!(out, 0, "{kind:?} {}", spanned(heading));
    if let Some(c_type) = c_type {
        line!(out, 1, "type {}@{}", inlines(&c_type.value), place(c_type.span));
    }
    prose(text, 1, out);
    entries.iter().for_each(|part| entry(part, out));
}

fn entry(entry: &Entry, out: &mut String) {
    let Entry { kind, span: _, name, dimensions, value, attributes, c_type, prose: text } = entry;
    let mut head = format!("{} {}", format!("{kind:?}").to_lowercase(), spanned(name));
    if let Some(dimensions) = dimensions {
        write!(head, " array {}", spanned(dimensions)).expect("writing to a string cannot fail");
    }
    if let Some(value) = value {
        write!(head, " = {}", spanned(value)).expect("writing to a string cannot fail");
    }
    if !attributes.is_empty() {
        let words: Vec<String> = attributes.iter().map(spanned).collect();
        write!(head, " [{}]", words.join(", ")).expect("writing to a string cannot fail");
    }
    if let Some(c_type) = c_type {
        let text = inlines(&c_type.value);
        write!(head, " type {text}@{}", place(c_type.span)).expect("writing to a string cannot fail");
    }
    line!(out, 1, "{head}");
    prose(text, 2, out);
}

/// A draft as lowering leaves it.
pub fn draft(draft: &Draft) -> String {
    let mut out = String::new();
    let Draft { kind, name, aliases, uid, asset_id, requirements, docs, body, .. } = draft;
    line!(out, 0, "{} {}", kind.name(), fact(name));
    aliases.iter().for_each(|alias| line!(out, 1, "alias {}", fact(alias)));
    let stated = [
        ("uid", uid),
        ("header", &requirements.header),
        ("lib", &requirements.lib),
        ("dll", &requirements.dll),
        ("client", &requirements.client),
        ("server", &requirements.server),
    ];
    for (label, value) in stated {
        value.iter().for_each(|value| line!(out, 1, "{label} {}", fact(value)));
    }
    asset_id.iter().for_each(|id| line!(out, 1, "asset {id}"));
    match body {
        Body::Function(body) => function(body, &mut out),
        Body::Enum(members, dropped) => {
            for member in members {
                let stated = member.stated.as_ref().map_or_else(String::new, |text| format!(" : {}", text.value));
                let value = member.value.as_ref().map_or_else(String::new, |value| format!(" = {}", fact(value)));
                line!(out, 1, "member {}{stated}{value}", fact(&member.name));
                prose(&member.docs, 2, &mut out);
            }
            demoted(dropped, &mut out);
        }
        Body::Struct(fields, dropped) => {
            for field in fields {
                let bits = field.bits.as_ref().map_or_else(String::new, |bits| format!(" : {}", fact(bits)));
                let c_type = field.c_type.as_ref().map_or_else(String::new, |c_type| format!(" type {}", fact(c_type)));
                let nested = field.nested.clone().map(|nested| nested.map(Kind::name));
                let nested = nested.map_or_else(String::new, |nested| format!(" type {}", fact(&nested)));
                let dimensions =
                    field.dimensions.as_ref().map_or_else(String::new, |it| format!(" array {}", fact(it)));
                line!(out, 1, "field {}{dimensions}{bits}{c_type}{nested}", fact(&field.name));
                prose(&field.docs, 2, &mut out);
            }
            demoted(dropped, &mut out);
        }
        Body::Codes(codes) => {
            for code in codes {
                line!(out, 1, "code {} = {}", fact(&code.name), fact(&code.number));
                prose(&code.docs, 2, &mut out);
            }
        }
        Body::Ioctl(ioctl) => {
            for part in &ioctl.parts {
                line!(out, 1, "part {}", fact(&part.name));
                prose(&part.docs, 2, &mut out);
            }
            returns(&ioctl.status, &mut out);
        }
        Body::Text => {}
    }
    for it in &draft.constants {
        let hex = it.hex_digits.map_or_else(String::new, |digits| format!(", {digits} hexadecimal digits"));
        let under = it.under.as_ref().map_or_else(String::new, |under| format!(", under {under}"));
        let c_type = it.c_type.as_ref().map_or_else(String::new, |c_type| format!(", {}", fact(c_type)));
        line!(out, 1, "constant {} = {}{hex}{c_type}{under}", fact(&it.name), fact(&it.number));
        prose(&it.docs, 2, &mut out);
    }
    let parts = [("description", &docs.description), ("remarks", &docs.remarks), ("see also", &docs.see_also)];
    let others = docs.others.iter().map(|(heading, text)| (&**heading, text));
    for (label, text) in parts.into_iter().chain(others).filter(|(_, text)| !text.is_empty()) {
        line!(out, 1, "{label}");
        prose(text, 2, &mut out);
    }
    out
}

fn function(function: &Function, out: &mut String) {
    for param in &function.params {
        let mut head = format!("param {}", fact(&param.name));
        let facts = [
            param.direction.as_ref().map(|way| format!(" {}@{}", way.value.name(), source(&way.source))),
            param.optional.as_ref().map(|optional| format!(" optional@{}", source(&optional.source))),
            param.c_type.as_ref().map(|c_type| format!(" type {}", fact(c_type))),
            param.dimensions.as_ref().map(|dimensions| format!(" array {}", fact(dimensions))),
            param.length_of.as_ref().map(|buffer| format!(" length of {}", fact(buffer))),
        ];
        facts.into_iter().flatten().for_each(|text| head.push_str(&text));
        line!(out, 1, "{head}");
        prose(&param.docs, 2, out);
    }
    demoted(&function.demoted, out);
    returns(&function.returns, out);
}

fn returns(returns: &Returns, out: &mut String) {
    if let Some(c_type) = &returns.c_type {
        line!(out, 1, "returns {}", fact(c_type));
    }
    for code in &returns.codes {
        let number = code.number.as_ref().map_or_else(String::new, |number| format!(" = {}", fact(number)));
        line!(out, 1, "error {}{number}", fact(&code.name));
        for text in &code.texts {
            line!(out, 2, "text@{}", source(&text.source));
            prose(&text.value, 3, out);
        }
    }
    if let Some(open) = &returns.open {
        line!(out, 1, "other errors@{}", source(&open.source));
    }
    if !returns.docs.is_empty() {
        line!(out, 1, "return value");
        prose(&returns.docs, 2, out);
    }
}

fn demoted(all: &[Demoted], out: &mut String) {
    for demoted in all {
        line!(out, 1, "demoted {}", fact(&demoted.name));
        prose(&demoted.docs, 2, out);
    }
}

fn prose(prose: &Prose, depth: usize, out: &mut String) {
    prose.blocks.iter().for_each(|part| block(part, depth, out));
}

fn block(block: &Block, depth: usize, out: &mut String) {
    let at = place(block.span);
    let mut labelled = |label: &str, inner: &Prose| {
        line!(out, depth, "{label}");
        prose(inner, depth + 1, out);
    };
    match &block.kind {
        BlockKind::Paragraph(text) => line!(out, depth, "@{at} {}", inlines(text)),
        BlockKind::Heading(level, text) => line!(out, depth, "@{at} h{level} {}", inlines(text)),
        BlockKind::List(first, items) => {
            for (item, number) in items.iter().zip(first.unwrap_or(0)..) {
                let label = if first.is_some() { format!("{number}.") } else { "-".to_owned() };
                labelled(&label, item);
            }
        }
        BlockKind::Definitions(entries) => entries.iter().for_each(|entry| match entry {
            Definition::Term(term) => labelled("dt", term),
            Definition::Meaning(meaning) => labelled("dd", meaning),
        }),
        BlockKind::Note(kind, inner) => labelled(&format!("@{at} {kind:?}"), inner),
        BlockKind::Quote(inner) => labelled(&format!("@{at} quote"), inner),
        BlockKind::Code(language, text) => {
            line!(out, depth, "@{at} code {}", language.as_deref().unwrap_or("of no language"));
            text.lines().for_each(|text| line!(out, depth + 1, "|{text}"));
        }
        BlockKind::Table(table) => {
            line!(out, depth, "@{at} table");
            table.header.iter().for_each(|cell| one_cell("th", cell, depth + 1, out));
            for row in &table.rows {
                line!(out, depth + 1, "row@{}", place(row.span));
                row.cells.iter().for_each(|cell| one_cell("td", cell, depth + 2, out));
            }
        }
    }
}

fn one_cell(label: &str, cell: &Prose, depth: usize, out: &mut String) {
    match &cell.blocks[..] {
        [] => line!(out, depth, "{label}"),
        [Block { span, kind: BlockKind::Paragraph(text) }] => {
            line!(out, depth, "{label} @{} {}", place(*span), inlines(text));
        }
        _ => {
            line!(out, depth, "{label}");
            prose(cell, depth + 1, out);
        }
    }
}

fn inlines(all: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Strong(inner) => format!("**{}**", inlines(inner)),
        Inline::Emphasis(inner) => format!("_{}_", inlines(inner)),
        Inline::Superscript(inner) => format!("^{}^", inlines(inner)),
        Inline::Subscript(inner) => format!("~{}~", inlines(inner)),
        Inline::Link(target, inner) => format!("[{}]({})", inlines(inner), shown(target)),
        Inline::Image(from, alt) => format!("![{alt}]({from})"),
        Inline::Break => "⏎".to_owned(),
    };
    all.iter().map(one).collect()
}

fn shown(target: &Target) -> String {
    match target {
        Target::Written(text) | Target::Url(text) => text.clone(),
        Target::Item(index) => format!("item {index}"),
    }
}

fn spanned(text: &Spanned<impl Display>) -> String {
    format!("{}@{}", text.value, place(text.span))
}

/// `line:column+width`, as short as it can be told.
fn place(span: Span) -> String {
    match span {
        Span { line, column: 1, width: 0 } => line.to_string(),
        Span { line, column, width } => format!("{line}:{column}+{width}"),
    }
}

fn fact<T: std::fmt::Display>(fact: &Fact<T>) -> String {
    format!("{}@{}", fact.value, source(&fact.source))
}

fn source(source_: &Source) -> String {
    match source_ {
        Source::Page(location) => place(location.span),
        Source::Override { location, .. } => format!("override {}", place(location.span)),
        Source::Derived { rule, from } => {
            let from: Vec<String> = from.iter().map(source).collect();
            format!("{rule}({})", from.join(", "))
        }
    }
}

/// Where the links of all pages lead, which facts.json does not say.
pub fn links(spec: &mut Spec) -> String {
    let pages: Vec<Arc<str>> = spec.items.iter().map(|item| item.draft.page.clone()).collect();
    let mut out = String::new();
    for item in &mut spec.items {
        let page = item.draft.page.clone();
        for prose in item.draft.proses_mut() {
            each_target(Arc::make_mut(prose), &mut |span, target| {
                let target = match target {
                    Target::Item(index) => pages[*index].to_string(),
                    other => shown(other),
                };
                line!(out, 0, "link {page}:{} to {target}", span.line);
            });
        }
    }
    out
}
