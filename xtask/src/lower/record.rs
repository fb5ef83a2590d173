//! Whether an item with the template of structures is one or a union.

use super::declared::{self, Shown};
use super::{locate, place};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Field, Kind, UNKNOWN_RECORD};
use crate::fact::Fact;
use crate::page::Page;
use crate::source::Span;

/// What it is: its declaration says so, else its keywords,
/// which were made when somebody knew, else its title.
pub(super) fn kind(
    page: &Page,
    kind: Kind,
    declared: Option<(Kind, Span)>,
    name: &Fact<String>,
    aliases: &[Fact<String>],
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) -> Kind {
    let help = "correct the title, or set `kind` in overrides.toml";
    let mut doubt = |span: Span, message: String| {
        diags.report_help(Rule::UnionAsStructure, locate(page, span), message, help);
    };
    let name = &name.value;
    match (kind, declared) {
        (Kind::Struct, Some((Kind::Union, span))) => {
            doubt(span, format!("`{name}` has the page of a structure, but is declared as a union here"));
            return Kind::Union;
        }
        (_, Some((Kind::Struct, span))) if kind == Kind::Union => {
            let message = format!("the title says that `{name}` is a union, but it is declared as a structure here");
            diags.report_help(Rule::HeadingAgainstDeclaration, locate(page, span), message, help);
            return Kind::Struct;
        }
        (_, Some((kind, _))) => return kind,
        (_, None) => {}
    }
    let called = |word: &str| keyword(page, name, aliases, word);
    match called("union") {
        Some(span) if kind == Kind::Struct => {
            let contradicted = called("structure").is_some();
            doubt(span, format!("`{name}` has the page of a structure, but is called a union here"));
            if contradicted {
                let message = format!("the keywords call `{name}` both a structure and a union");
                diags.report_help(Rule::UnknownKind, locate(page, span), message, help);
                flaws.push(UNKNOWN_RECORD.to_owned());
            }
            if contradicted { kind } else { Kind::Union }
        }
        _ => kind,
    }
}

/// The keyword that calls an item by one of its names a `union` or `structure`.
fn keyword(page: &Page, name: &str, aliases: &[Fact<String>], word: &str) -> Option<Span> {
    // Seven names are the most that a page was seen to have.
    let names = || std::iter::once(name).chain(aliases.iter().map(|alias| &*alias.value)).take(8);
    let keys = ["ms.keywords", "helpviewer_keywords", "keywords"];
    let mut keywords = keys.into_iter().flat_map(|key| page.front_matter.values(key));
    keywords.find(|text| names().any(|name| is_called(text.value, name, word))).map(|text| text.span)
}

/// Doubts that an item with the template of structures is one: all its fields are structures or unions in their place,
/// as those of unions are, and neither a declaration nor a keyword says what it is.
pub(super) fn doubt(
    page: &Page,
    fields: &[Field],
    declarations: &[Shown],
    name: &Fact<String>,
    aliases: &[Fact<String>],
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) {
    let outer: Vec<&Field> = fields.iter().filter(|field| !field.name.value.contains('.')).collect();
    let is_part = |field: &&Field| {
        let has =
            |other: &Field| other.name.value.strip_prefix(&*field.name.value).is_some_and(|rest| rest.starts_with('.'));
        field.c_type.is_none() && field.nested.is_none() && fields.iter().any(has)
    };
    let known = declared::kind(declarations).is_some() || keyword(page, &name.value, aliases, "structure").is_some();
    if known || outer.len() < 2 || !outer.iter().all(is_part) {
        return;
    }
    let message = format!("`{}` may be a union: each of its fields is a structure or a union", name.value);
    let help = "show its declaration, or set `kind` in overrides.toml";
    diags.report_help(Rule::UnknownKind, place(page, name), message, help);
    flaws.push(UNKNOWN_RECORD.to_owned());
}

/// Whether keywords call that name a `union` or `structure`.
fn is_called(text: &str, name: &str, word: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        let rest = after.strip_prefix(' ').and_then(|after| after.strip_prefix(word));
        !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}
