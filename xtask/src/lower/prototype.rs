//! The C declaration in a page's syntax block: types of parameters and of the return value, where no `Type:` line
//! states them.

use std::collections::{BTreeMap, BTreeSet};

use super::at;
use crate::c::names::is_identifier;
use crate::c::text::{lines, without_comments};
use crate::c::types::{self, CType};
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline};
use crate::source::{Span, Spanned};

/// What a declaration says.
#[derive(Debug, Default)]
pub(super) struct Prototype {
    /// The names of all parameters in order, where every one has a name; `...` is one.
    pub names: Vec<String>,
    /// There are parameters, and not every one of them has a name.
    pub unnamed: bool,
    /// Where it stands.
    pub span: Option<Span>,
    /// The type of the return value.
    pub returns: Option<Fact<CType>>,
    /// By the name of the parameter, its declaration without the name, as a `Type:` line would have it.
    pub params: BTreeMap<String, Spanned<Vec<Inline>>>,
}

/// The first declaration of the page's syntax blocks that has most of these parameters; if there are none of them, the
/// one of the function called so.
pub(super) fn of(page: &Page, called: &str, names: &BTreeSet<String>) -> Prototype {
    for block in code(page) {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        let first = language.as_ref().map(|_| block.span.line + 1);
        let clean = without_comments(text);
        for (open, close) in groups(&clean) {
            let list = &clean[open + 1..close];
            let declared = declarations(list, names);
            let own = names.is_empty() && (is_empty_list(list) || is_called(&clean[..open], called));
            if declared.is_empty() && !own {
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
            let returns = c_type.map(|value| Fact { value, source: at(page, span) });
            let names = all_names(list);
            let unnamed = names.is_empty() && !is_empty_list(list);
            return Prototype { names, unnamed, span: Some(span), returns, params };
        }
    }
    Prototype::default()
}

/// The code that may hold the declaration: the syntax blocks, else what stands in the description.
fn code(page: &Page) -> Vec<&Block> {
    let of_kind = |kind: SectionKind| {
        let sections = page.sections.iter().filter(move |section| section.kind == kind);
        let blocks = sections.flat_map(|section| &section.prose.blocks);
        blocks.filter(|block| matches!(block.kind, BlockKind::Code(..))).collect::<Vec<_>>()
    };
    let syntax = of_kind(SectionKind::Syntax);
    if syntax.is_empty() { of_kind(SectionKind::Description) } else { syntax }
}

/// Whether what stands before a list of parameters is the name: `T NAME`, `T (*NAME)`, `T Class::Method`.
fn is_called(before: &str, name: &str) -> bool {
    let before = before.trim_end().trim_end_matches(')').trim_end();
    let own = name.rsplit(['.', ':']).next().expect("a split has a last part");
    let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().expect("a split has a last part");
    // Pages of two forms of a function declare one of them.
    let form = |suffix: &str| word.strip_suffix(suffix) == Some(own) || own.strip_suffix(suffix) == Some(word);
    !own.is_empty() && (word == own || form("A") || form("W"))
}

/// The names that a list of parameters declares, if each of them has one. Some pages have a line for each and no commas.
fn all_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    for piece in pieces(list) {
        let piece = piece.trim();
        if piece == "..." {
            names.push(piece.to_owned());
            continue;
        }
        if is_empty_list(piece) {
            continue;
        }
        match declared_name(piece) {
            Some(name) if piece.lines().filter(|line| !line.trim().is_empty()).count() < 3 => names.push(name),
            _ => return Vec::new(),
        }
    }
    names
}

/// The parts of a list between its commas.
fn pieces(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, b) in list.bytes().enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&list[from..]);
    found
}

/// The name at the end of a declaration that has a type before it: `T name`, `T *name[2]`, `T (*name)(U)`.
fn declared_name(piece: &str) -> Option<String> {
    let piece = annotation(piece).map_or(piece, |(_, rest)| rest);
    let piece = piece.find('=').map_or(piece, |at| &piece[..at]).trim_end();
    let piece = piece.strip_suffix("OPTIONAL").map_or(piece, str::trim_end);
    let bare = match piece.find('[').filter(|_| piece.ends_with(']')) {
        Some(at) => piece[..at].trim_end(),
        None => piece,
    };
    let (before, name) = match bare.rfind("(*") {
        Some(at) => (&bare[..at], bare[at + 2..].split(')').next()?.trim()),
        None => bare.split_at(bare.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()),
    };
    let types = types::parse(before.trim().trim_end_matches('&')).is_some();
    (is_identifier(name) && types).then(|| name.to_owned())
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
    "virtual",
    "EXTERN_C",
    "WINAPI",
    "CALLBACK",
    "NTAPI",
    "APIENTRY",
    "__stdcall",
    "__cdecl",
    "FORCEINLINE",
    "__inline",
    "NTSYSAPI",
    "NTKERNELAPI",
];

/// Parts of the names of macros that stand before or behind a type and say how a function is called, imported or exported.
const MACROS: &[&str] = &["DECLSPEC", "CALLTYPE", "IMPORT", "EXPORT", "API", "CALLCONV"];

/// The return type and its line, from what stands before the parameters: `T name`, `typedef T (*name)`.
fn returned(before: &str) -> Option<(u32, CType)> {
    let start = before.rfind([';', '}', '{']).map_or(0, |at| at + 1);
    let head = &before[start..];
    let (words, place) = words_of_type(head)?;
    let c_type = types::parse(&words)?;
    Some((lines(&before[..start + place]), c_type))
}

/// The words before the name without annotations, macros and calling conventions, and where the first of them starts.
fn words_of_type(head: &str) -> Option<(String, usize)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    let mut pointer = false;
    while let Some(c) = head[at..].chars().next() {
        let len = match c {
            c if c.is_ascii_alphanumeric() || c == '_' => {
                head[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(head.len() - at)
            }
            '(' => {
                let close = groups(&head[at..]).first().map(|&(_, close)| close);
                let inner = close.map_or(&head[at + 1..], |close| &head[at + 1..at + close]);
                let macro_ = words.last().map_or("", |&(_, word)| word);
                if inner.contains('*') || close.is_none() {
                    // `T (CALLBACK *name)`: the name is in there.
                    pointer = true;
                    break;
                }
                let close = close.expect("it was just looked at");
                if head[at + close + 1..].trim().is_empty() && !inner.trim().is_empty() {
                    // `T (NAME)`
                    pointer = true;
                    break;
                }
                if !macro_.starts_with('_') && macro_.ends_with('_') {
                    // `STDAPI_(ULONG)`: the type stands inside.
                    words.pop();
                    words.push((at + 1, inner));
                } else if words.pop().is_none() {
                    return None;
                }
                at += close + 1;
                continue;
            }
            '*' => 1,
            // `[[nodiscard]]`, `Class::Method`, and what else is no type.
            c => {
                at += c.len_utf8();
                if c == ':' && head[at..].starts_with(':') {
                    words.pop();
                    at += 1;
                }
                continue;
            }
        };
        words.push((at, &head[at..at + len]));
        at += len;
    }
    if !pointer {
        // A star before the name may as well be one of the template's.
        let (name, _) = words.pop().filter(|(_, name)| *name != "*")?;
        if words.last().is_some_and(|&(at, word)| word == "*" && at + 1 == name) {
            return None;
        }
    }
    let is_macro = |word: &str| {
        let capitals = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        CONVENTIONS.contains(&word) || capitals && MACROS.iter().any(|part| word.contains(part))
    };
    let kept: Vec<(usize, &str)> = words.iter().copied().filter(|(_, word)| !is_macro(word)).collect();
    // A lone word that looks like a macro is the type after all.
    let kept = if kept.is_empty() { words } else { kept };
    let place = kept.first()?.0;
    Some((kept.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" "), place))
}
