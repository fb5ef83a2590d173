//! The heading of a parameter, member or field: its name, value and attributes, in every spelling that was counted.

use crate::c::attributes::{Direction, direction, is_attribute};
use crate::c::names::is_identifier;
use crate::page::EntryKind;
use crate::source::{Span, Spanned};

/// How many brackets of a heading are looked at: dimensions may stand before the attributes.
const MAX_BRACKETS: usize = 16;

/// The parts of such a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The name, empty if there is none.
    pub name: Option<Spanned<String>>,
    /// The array dimensions after the name: `[0][8]`.
    pub dimensions: Option<Spanned<String>>,
    /// What stands after the colon.
    pub value: Option<Spanned<String>>,
    /// The words of `[in, optional]`.
    pub attributes: Vec<Spanned<String>>,
}

/// Takes the text after `-param` or `-field`, or a rendered heading, apart. A parameter may have its type before its name;
/// two words of a field are a label.
pub fn parse(text: &Spanned<String>, kind: EntryKind) -> Parts {
    let whole = text.value.trim_end();
    let (body, attributes) = split_attributes(whole);
    let attributes = attributes.map_or_else(Vec::new, |(at, inner)| words(inner, count(&whole[..at]), text.span));
    // The rendered form puts name and value into a code span.
    let lead = body.len() - body.trim_start_matches(['`', '*', ' ', '\\']).len();
    // `T_META *` is a type, whose star is no mark.
    let marks: &[char] = if lead == 0 { &['`', ' '] } else { &['`', '*', ' '] };
    let core = body[lead..].trim_end_matches(marks);
    let (name, value) = match core.split_once(':') {
        Some((name, value)) => (name.trim_end(), Some(value.trim_start_matches([':', ' ']))),
        None => (core, None),
    };
    let value = value.filter(|value| !value.is_empty()).map(|value| {
        let at = lead + core.len() - value.len();
        Spanned { value: value.trim().to_owned(), span: sub(text, at, value.trim().len()) }
    });
    let head = strip_dimensions(name);
    let dimensions = dimensions(&name[head.len()..])
        .map(|(at, len, value)| Spanned { value, span: sub(text, lead + head.len() + at, len) });
    // `PSOCKADDR pSrcAddress`: the type stands before the name.
    let own = match head.rsplit_once([' ', '\t']) {
        Some((before, last))
            if kind == EntryKind::Param && is_identifier(last.trim_start_matches('*')) && is_type(before) =>
        {
            last
        }
        _ => head,
    };
    let own = own.trim_start_matches('*');
    let start = lead + head.len() - own.len();
    let bare = own.trim_end_matches([',', ' ']);
    let unescaped = bare.replace('\\', "");
    let name = (!unescaped.is_empty()).then(|| Spanned { value: unescaped, span: sub(text, start, bare.len()) });
    Parts { name, dimensions, value, attributes }
}

/// Attributes in brackets at the start of a body line: `[in, optional] A handle`, `\[*In*\] - A handle`. Returns them
/// and what follows.
pub fn leading_attributes(line: &str) -> Option<(&str, &str)> {
    if let Some((inner, rest)) = line.strip_prefix("\\[").and_then(|rest| rest.split_once("\\]")) {
        return are_attributes(inner).then_some((inner, without_dash(rest)));
    }
    let inner = line.strip_prefix('[')?;
    let end = matching_bracket(inner)?;
    let (inner, rest) = (&inner[..end], without_dash(&inner[end + 1..]));
    // `[text](url)` is a link.
    (!rest.starts_with('(') && are_attributes(inner)).then_some((inner, rest))
}

/// Attributes in brackets at the end of a `Type:` line: `DWORD [in]`. Returns them and what stands before.
pub fn trailing_attributes(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_suffix("\\]").or_else(|| line.strip_suffix(']'))?;
    let (before, inner) = inner.rsplit_once('[')?;
    let before = before.trim_end_matches(['\\', ' ', '\t']);
    (!before.is_empty() && are_attributes(inner)).then_some((inner, before))
}

/// A `Type:` line whose marks stand around attributes too, without the marks: `**[in] DWORD**`, `<b>DWORD [in]</b>`. See
/// attributes_within_bold_types.
pub fn without_marks_around_attributes(line: &str) -> &str {
    let inner = [("**", "**"), ("<b>", "</b>")]
        .into_iter()
        .find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close))
        .map(str::trim);
    let attributed = |inner: &&str| leading_attributes(inner).is_some() || trailing_attributes(inner).is_some();
    inner.filter(attributed).unwrap_or(line)
}

/// Text without the dash that stands between it and its attributes; left alone it would be a bullet.
fn without_dash(text: &str) -> &str {
    text.trim_start().strip_prefix("- ").unwrap_or(text)
}

/// The real name in the first line under a placeholder, and the text behind it: `*hDevice* [in] The device.`
pub fn real_name(line: &Spanned<String>) -> Option<(Parts, &str)> {
    let whole = line.value.trim_end();
    let (body, attributes) = split_attributes(whole);
    let text = attributes.map_or("", |(at, inner)| {
        let rest = &whole[at..];
        matching_bracket(rest).map_or(&rest[inner.len()..], |end| &rest[end + 1..])
    });
    let marked = body.strip_prefix('*').is_some_and(|rest| rest.ends_with('*'));
    if !is_identifier(body.trim_matches('*')) || !(marked || attributes.is_some()) {
        return None;
    }
    Some((parse(line, EntryKind::Param), without_dash(text)))
}

/// Whether two lists of attributes say different things of the direction.
pub fn contradict(one: &[Spanned<String>], other: &[Spanned<String>]) -> bool {
    let ways = |words: &[Spanned<String>]| {
        let says = |way: fn(Direction) -> bool| words.iter().filter_map(|word| direction(&word.value)).any(way);
        (says(Direction::goes_in), says(Direction::goes_out))
    };
    let (one, other) = (ways(one), ways(other));
    let silent = (false, false);
    one != other && one != silent && other != silent
}

/// The words of an attribute list as spans relative to `base`, `at` characters into it.
pub fn words(inner: &str, at: u32, base: Span) -> Vec<Spanned<String>> {
    let mut words = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    // Characters up to the byte `counted`: each is counted once.
    let (mut before, mut counted) = (at, 0);
    let mut push = |from: usize, to: usize| {
        let word = inner[from..to].trim();
        if !word.is_empty() {
            let lead = from + inner[from..to].len() - inner[from..to].trim_start().len();
            before += count(&inner[counted..lead]);
            counted = lead;
            let word_end = word.find('(').unwrap_or(word.len());
            let value = word[..word_end].to_ascii_lowercase() + &word[word_end..];
            let value = value.trim_matches(['_', '*']).to_owned();
            words.push(Spanned { value, span: part(base, before, count(word)) });
        }
    };
    for (index, c) in inner.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' | '/' | ' ' | '\t' if depth == 0 => {
                push(start, index);
                start = index + 1;
            }
            _ => {}
        }
    }
    push(start, inner.len());
    words
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn sub(text: &Spanned<String>, at: usize, len: usize) -> Span {
    part(text.span, count(&text.value[..at]), count(&text.value[at..at + len]))
}

/// A part of a text, so many characters into it. The text may stand on several lines of the page, and its span has the first
/// of them: what is not there has the place of the whole. See term_over_lines.
fn part(whole: Span, before: u32, width: u32) -> Span {
    match before + width <= whole.width {
        true => Span { line: whole.line, column: whole.column + before, width },
        false => whole,
    }
}

/// Splits `name [in, optional]` before the bracket. Array dimensions look the same, so the vocabulary decides.
fn split_attributes(text: &str) -> (&str, Option<(usize, &str)>) {
    let opens = text.char_indices().filter(|&(_, c)| c == '[').map(|(at, _)| at).take(MAX_BRACKETS);
    for open in opens {
        let inner = &text[open + 1..];
        let end = matching_bracket(inner).unwrap_or(inner.len());
        // `[in[]`: unbalanced, and still plainly attributes.
        let inner = inner[..end].trim_end_matches(['[', ']']);
        if are_attributes(inner) {
            return (text[..open].trim_end_matches(['\\', ' ', '\t']), Some((open + 1, inner)));
        }
    }
    (text, None)
}

fn matching_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn are_attributes(inner: &str) -> bool {
    let words = words(inner, 0, Span::default());
    !words.is_empty() && words.iter().all(|word| is_attribute(&word.value))
}

/// Words of a type: qualifiers and one name. Two names are a sentence.
fn is_type(text: &str) -> bool {
    let qualifier = |word: &str| {
        matches!(word, "const" | "CONST" | "struct" | "union" | "enum" | "unsigned" | "signed" | "long" | "volatile")
            || word.starts_with('_') && word.ends_with('_')
    };
    let words = || text.split_whitespace().map(|word| word.trim_end_matches('*'));
    words().all(is_identifier) && words().filter(|word| !qualifier(word)).count() <= 1
}

fn strip_dimensions(name: &str) -> &str {
    if name == "..." {
        return name;
    }
    name.find('[').map_or(name, |at| name[..at].trim_end_matches('.'))
}

/// The dimensions behind a name, after where they start and how long they are. Anything else there is none.
fn dimensions(text: &str) -> Option<(usize, usize, String)> {
    let at = text.find('[')?;
    let written = text[at..].trim_end_matches([',', ' ']);
    let mut value = String::new();
    let unescaped = written.replace('\\', "");
    let mut rest = &*unescaped;
    while !rest.is_empty() {
        let (dimension, after) = rest.strip_prefix('[')?.split_once(']')?;
        if dimension.contains('[') {
            return None;
        }
        value.extend(["[", dimension.trim(), "]"]);
        rest = after.trim_start();
    }
    Some((at, written.len(), value))
}
