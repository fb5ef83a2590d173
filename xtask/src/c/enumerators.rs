//! Declarations of enumerations in C: the names of each, and its enumerators in their order.

use super::names::is_identifier;
use super::text::{lines, without_comments, without_directives};

/// A declaration of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its tag and the names that a `typedef` gives it.
    pub names: Vec<String>,
    /// Its enumerators, in order.
    pub enumerators: Vec<Enumerator>,
    /// Whether it is all there: every part was read, nothing stands for what was left out, and no preprocessor condition
    /// decides on it or on a part of it.
    pub complete: bool,
}

/// An enumerator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// The value that the declaration gives it.
    pub value: Option<String>,
    /// Its line, from 0.
    pub line: u32,
}

/// The declarations of a text.
pub fn declarations(text: &str) -> Vec<Declaration> {
    let (code, conditional) = without_directives(&without_comments(text));
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<usize> = std::iter::once(0).chain(code.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = |at: usize| starts.partition_point(|&start| start <= at) - 1;
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = code[from..].find('{').map(|at| from + at) {
        // What stands before the block, from the end of what was declared before it.
        let start = code[from..open].rfind([';', '}']).map_or(from, |at| from + at + 1);
        let head = &code[start..open];
        let stop = code[open + 1..].find(['{', '}', ';']).map(|at| open + 1 + at);
        let Some((tag, close)) = tag(head).zip(stop.filter(|&at| code[at..].starts_with('}'))) else {
            from = open + 1;
            continue;
        };
        let end = code[close..].find([';', '{']).map_or(code.len(), |at| close + at);
        let is_ended = !code[end..].starts_with('{');
        let is_alias = split_word(head, "typedef").is_some() && is_ended;
        let aliases = code[close + 1..end].split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let aliases = aliases.filter(|name| is_alias && is_identifier(name)).map(str::to_owned);
        let within = line(start + lead(head))..=line(close);
        let read = enumerators(&code[open + 1..close], line(open));
        let is_plain = !within.clone().any(|at| conditional.get(at).copied().unwrap_or_default());
        let is_whole = |line: &&str| !line.trim_start().starts_with('#') && !leaves_out(line);
        let shown = within.filter_map(|at| lines.get(at));
        let complete = read.is_some() && is_ended && is_plain && shown.into_iter().all(is_whole);
        let names = tag.into_iter().chain(aliases).collect();
        found.push(Declaration { names, enumerators: read.unwrap_or_default(), complete });
        from = close + 1;
    }
    found
}

fn lead(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Whether a line says that there is more than it shows: `...` alone or as all of a comment.
fn leaves_out(line: &str) -> bool {
    let words = line.trim().trim_start_matches(['/', '*', ' ']).trim_end_matches(['/', '*', ' ']);
    let comment = line.split_once("/*").or_else(|| line.split_once("//")).map(|(_, comment)| comment.trim());
    [Some(words), comment].into_iter().flatten().any(|text| text.starts_with("...") || text.starts_with('…'))
}

/// The tag in the words before a block, if they begin an enumeration: `typedef enum _X`, `enum class X : int`. Without one
/// it has an empty list.
fn tag(head: &str) -> Option<Vec<String>> {
    let (before, after) = split_word(head, "enum")?;
    let words = before.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    if words.into_iter().any(|word| matches!(word, "struct" | "union" | "class")) {
        return None;
    }
    let name = after.split(':').next().expect("a split has a first part");
    let last = name.split_whitespace().last();
    let tag = last.filter(|word| is_identifier(word) && !matches!(*word, "class" | "struct"));
    Some(tag.into_iter().map(str::to_owned).collect())
}

/// What stands before and behind the last place of a word.
fn split_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut places = text.rmatch_indices(word).map(|(at, _)| (&text[..at], &text[at + word.len()..]));
    places.find(|(before, after)| !before.ends_with(is_part) && !after.starts_with(is_part))
}

/// The enumerators in a block that begins on a line; none if a part of it is none.
fn enumerators(body: &str, first: usize) -> Option<Vec<Enumerator>> {
    let first = u32::try_from(first).expect("a page has fewer than 2^32 lines");
    let mut found = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, b) in body.bytes().chain([b',']).enumerate() {
        match b {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => {
                let piece = &body[from..at];
                // A comma may stand behind the last one.
                if !(piece.trim().is_empty() && at == body.len()) {
                    let line = first + lines(&body[..from + lead(piece)]);
                    found.push(enumerator(piece, line)?);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    (depth == 0).then_some(found)
}

/// `NAME` or `NAME = value`.
fn enumerator(piece: &str, line: u32) -> Option<Enumerator> {
    let (name, value) = match piece.split_once('=') {
        Some((name, value)) => (name, Some(value.split_whitespace().collect::<Vec<_>>().join(" "))),
        None => (piece, None),
    };
    let is_read = is_identifier(name.trim()) && value.as_ref().is_none_or(|value| !value.is_empty());
    is_read.then(|| Enumerator { name: name.trim().to_owned(), value, line })
}
