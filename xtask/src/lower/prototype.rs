//! The C declaration in a page's syntax block: types of parameters and of the return value, where no `Type:` line
//! states them.

use std::collections::{BTreeMap, BTreeSet};

use super::at;
use crate::c::text::{lines, without_comments};
use crate::c::types::{self, CType};
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{BlockKind, Inline};
use crate::source::{Span, Spanned};

/// What a declaration says.
#[derive(Debug, Default)]
pub(super) struct Prototype {
    /// The type of the return value.
    pub returns: Option<Fact<CType>>,
    /// By the name of the parameter, its declaration without the name, as a `Type:` line would have it.
    pub params: BTreeMap<String, Spanned<Vec<Inline>>>,
}

/// The first declaration of the page's syntax blocks that has most of these parameters.
pub(super) fn of(page: &Page, names: &BTreeSet<String>) -> Prototype {
    let syntax = page.sections.iter().filter(|section| section.kind == SectionKind::Syntax);
    for block in syntax.flat_map(|section| &section.prose.blocks) {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        let first = language.as_ref().map(|_| block.span.line + 1);
        let clean = without_comments(text);
        for (open, close) in groups(&clean) {
            let declared = declarations(&clean[open + 1..close], names);
            if declared.is_empty() && !(names.is_empty() && is_empty_list(&clean[open + 1..close])) {
                continue;
            }
            if declared.len() * 2 < names.len() {
                continue;
            }
            let mut counted = (open + 1, lines(&clean[..=open]));
            let params = declared.into_iter().map(|(name, offset, c_type)| {
                let place = open + 1 + offset;
                counted = (place, counted.1 + lines(&clean[counted.0..place]));
                let span = Span::line(first.map_or(block.span.line, |first| first + counted.1));
                (name, Spanned { value: vec![Inline::Text(c_type)], span })
            });
            let params = params.collect();
            let (line, c_type) = returned(&clean[..open]).map_or((0, None), |(line, c_type)| (line, Some(c_type)));
            let span = Span::line(first.map_or(block.span.line, |first| first + line));
            return Prototype { returns: c_type.map(|value| Fact { value, source: at(page, span) }), params };
        }
    }
    Prototype::default()
}

/// The parentheses that stand in no others, each with its closing one.
fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    let (mut depth, mut open) = (0_usize, 0);
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'(' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            b')' if depth == 1 => {
                depth = 0;
                groups.push((open, at));
            }
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    groups
}

fn is_empty_list(text: &str) -> bool {
    matches!(text.trim(), "" | "void" | "VOID")
}

/// The declarations of a list that end with one of the names: name, where it starts, and its type. Some pages have a
/// line for each and no commas.
fn declarations(list: &str, names: &BTreeSet<String>) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, b) in list.bytes().chain([b',']).enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                let piece = &list[from..at];
                let whole = declaration(piece, names).filter(|(name, _)| !mentions_another(piece, name, names));
                if let Some((name, c_type)) = whole {
                    found.push((name, from + lead(piece), c_type));
                } else {
                    let mut start = from;
                    for line in piece.split_inclusive('\n') {
                        let known = declaration(line, names);
                        found.extend(known.map(|(name, c_type)| (name, start + lead(line), c_type)));
                        start += line.len();
                    }
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn lead(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Whether a piece has another parameter's name on a line before its last: then it is several declarations.
fn mentions_another(piece: &str, name: &str, names: &BTreeSet<String>) -> bool {
    let ends = piece.lines().filter_map(|line| declaration(line, names));
    ends.into_iter().any(|(other, _)| other != name)
}

/// `_In_ const T *name[2]` or `[in] T name` as the name and its type.
fn declaration(piece: &str, names: &BTreeSet<String>) -> Option<(String, String)> {
    let piece = piece.trim().trim_end_matches(',').trim_end();
    let (annotation, piece) = annotation(piece).unwrap_or((String::new(), piece));
    let (body, dimensions) =
        piece.find('[').filter(|_| piece.ends_with(']')).map_or((piece, ""), |at| piece.split_at(at));
    let body = body.trim_end();
    let body = body.strip_suffix(" OPTIONAL").map_or(body, str::trim_end);
    // See foreign_letters_before_a_name.
    let start = body.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let name = &body[start..];
    let c_type = body[..start].split_whitespace().collect::<Vec<_>>().join(" ");
    let known = names.contains(name) && !c_type.is_empty();
    known.then(|| (name.to_owned(), format!("{annotation}{c_type}{dimensions}")))
}

/// `[in, reads(n)] T name` as the annotations `_in_ _reads_(n) ` and the rest.
fn annotation(piece: &str) -> Option<(String, &str)> {
    let (words, rest) = piece.strip_prefix('[')?.split_once(']')?;
    let mut depth = 0_usize;
    let words = words.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, ',' | ' ')
    });
    let mut annotations = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        let (name, arguments) = word.split_at(word.find('(').unwrap_or(word.len()));
        annotations.extend(["_", name, "_", arguments, " "]);
    }
    Some((annotations, rest.trim_start()))
}

/// Words of a declaration that are no part of the type.
const CONVENTIONS: &[&str] = &[
    "typedef",
    "extern",
    "static",
    "inline",
    "EXTERN_C",
    "WINAPI",
    "CALLBACK",
    "NTAPI",
    "APIENTRY",
    "__stdcall",
    "__cdecl",
    "STDMETHODCALLTYPE",
    "FORCEINLINE",
    "__inline",
    "NTSYSAPI",
    "NTKERNELAPI",
];

/// The return type and its line, from what stands before the parameters: `T name`, `typedef T (*name)`.
fn returned(before: &str) -> Option<(u32, CType)> {
    let start = before.rfind([';', '}', '{']).map_or(0, |at| at + 1);
    let head = &before[start..];
    let lead = lead(head);
    let c_type = if let Some(pointer) = head.find('(') {
        &head[..pointer]
    } else {
        let head = head.trim_end();
        let name = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        // A star before the name may as well be one of the template's.
        Some(&head[..name]).filter(|c_type| !c_type.ends_with('*'))?
    };
    let words = c_type.split_whitespace().filter(|word| !CONVENTIONS.contains(word));
    let c_type = types::parse(&words.collect::<Vec<_>>().join(" "))?;
    Some((lines(&before[..start + lead]), c_type))
}
