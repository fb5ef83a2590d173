//! The C declaration in a page's syntax block: types of parameters and of the return value, where no `Type:` line
//! states them.
//!
//! Headings tell which list of parameters is meant, so that one behind a macro or in a torn block counts too. `against.rs`
//! asks for a statement that is called as the item, since it reports what that has and the headings lack.

use std::collections::{BTreeMap, BTreeSet};

use super::at;
use crate::c::prototypes::{self, Declared, is_empty_list};
use crate::c::text::{groups, lines, without_comments};
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
            let all = prototypes::params(list, 0, &|name| names.contains(name));
            let declared: Vec<&Declared> =
                all.iter().filter(|param| param.name.as_ref().is_some_and(|name| names.contains(name))).collect();
            let own = names.is_empty() && (is_empty_list(list) || is_called(&clean[..open], called));
            if declared.is_empty() && !own {
                continue;
            }
            if declared.len() * 2 < names.len() {
                continue;
            }
            let begin = lines(&clean[..=open]);
            let params = declared.into_iter().filter_map(|param| {
                let span = Span::line(first.map_or(block.span.line, |first| first + begin + param.line));
                Some((param.name.clone()?, Spanned { value: vec![Inline::Text(param.text.clone())], span }))
            });
            let params = params.collect();
            let (line, c_type) = returned(&clean[..open]).map_or((0, None), |(line, c_type)| (line, Some(c_type)));
            let span = Span::line(first.map_or(block.span.line, |first| first + line));
            let returns = c_type.map(|value| Fact { value, source: at(page, span) });
            let unnamed = all.iter().any(|param| param.name.is_none());
            let names = if unnamed { Vec::new() } else { all.into_iter().filter_map(|param| param.name).collect() };
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
