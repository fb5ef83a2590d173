//! Declarations of functions: their parameters in order, each with its name, its annotations and its type, as far as
//! they can be read.

use super::names::is_identifier;
use super::text::{lines, without_comments, without_directives};
use super::types::{self, CType, annotations};

/// How many parameters a declaration may have.
const MOST: usize = 256;

/// A declaration such as `BOOL Get(_In_ HANDLE h);` or `typedef void (CALLBACK *GET)(HANDLE h);`.
#[derive(Debug)]
pub struct Prototype {
    /// What stands before its parameters, as it is called or typed.
    pub name: String,
    /// Its parameters; none if it is `(void)`.
    pub params: Vec<Declared>,
    /// The line of the text where the parameters begin, from 0.
    pub line: u32,
}

/// A parameter of a declaration.
#[derive(Debug)]
pub struct Declared {
    /// Its name; a declaration need not have one.
    pub name: Option<String>,
    /// Its type, if it can be read.
    pub c_type: Option<CType>,
    /// Its annotations, as `annotations` gives them.
    pub annotations: Vec<String>,
    /// Its line, from 0.
    pub line: u32,
}

/// The functions that are declared in a text. Pages leave out commas; `is_known` tells the names of parameters, by which
/// lines without commas are told apart.
pub fn prototypes(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<Prototype> {
    let (clean, _) = without_directives(&without_comments(text));
    let mut found = Vec::new();
    let mut from = 0;
    for (at, end) in
        clean.match_indices([';', '{', '}']).map(|(at, _)| (at, at + 1)).chain([(clean.len(), clean.len())])
    {
        let statement = &clean[from..at];
        let prototype = parameters(statement).and_then(|(name, open, close)| {
            let line = lines(&clean[..from + open]);
            let params = list(&statement[open + 1..close], line, &is_known)?;
            Some(Prototype { name: name.to_owned(), params, line })
        });
        found.extend(prototype);
        from = end;
    }
    found
}

/// The name and the parentheses of the parameters: the last ones that stand in no others and are none of an annotation.
fn parameters(statement: &str) -> Option<(&str, usize, usize)> {
    let (mut depth, mut open, mut found) = (0_usize, 0, None);
    for (at, b) in statement.bytes().enumerate() {
        match b {
            b'(' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            b')' if depth == 1 => {
                depth = 0;
                let before = statement[..open].trim_end();
                let name = match before.strip_suffix(')') {
                    // `(CALLBACK *NAME)(…)`
                    Some(inner) => last_word(inner),
                    None => last_word(before),
                };
                if is_identifier(name) && !name.starts_with('_') || before.ends_with(')') && is_identifier(name) {
                    found = Some((name, open, at));
                }
            }
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    &text[text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()..]
}

fn list(text: &str, line: u32, is_known: &impl Fn(&str) -> bool) -> Option<Vec<Declared>> {
    if matches!(text.trim(), "" | "void" | "VOID") {
        return Some(Vec::new());
    }
    let mut params = Vec::new();
    let (mut depth, mut from, mut at_line) = (0_usize, 0, line);
    for (at, b) in text.bytes().chain([b',']).enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                pieces(&text[from..at], at_line, is_known, &mut params);
                if params.len() > MOST {
                    return None;
                }
                at_line += lines(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    Some(params)
}

/// What stands between two commas: a parameter, or one on each of several lines.
fn pieces(text: &str, line: u32, is_known: &impl Fn(&str) -> bool, params: &mut Vec<Declared>) {
    let named = |line: &&str| declared(line, 0).is_some_and(|param| param.name.as_deref().is_some_and(is_known));
    if text.lines().filter(named).count() > 1 {
        let each = text.lines().zip(line..).filter(|(line, _)| !line.trim().is_empty());
        params.extend(each.filter_map(|(text, line)| declared(text, line)));
        return;
    }
    let lead = text.len() - text.trim_start().len();
    params.extend(declared(text, line + lines(&text[..lead])));
}

/// `_In_ const T *name[2]` or `[in] T name`; nothing of what is empty.
fn declared(text: &str, line: u32) -> Option<Declared> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (bracketed, rest) = bracketed(text).unwrap_or((Vec::new(), text));
    // A default value is none of a type.
    let rest = rest.split('=').next().expect("a split has a first part").trim_end();
    let rest = rest.strip_suffix(" OPTIONAL").map_or(rest, str::trim_end);
    if rest.ends_with("...") {
        return Some(Declared { name: Some("...".to_owned()), c_type: None, annotations: Vec::new(), line });
    }
    let body = rest.find('[').filter(|_| rest.ends_with(']')).map_or(rest, |at| &rest[..at]);
    let dimensions = &rest[body.len()..];
    let body = body.trim_end();
    let name = last_word(body);
    let before = body[..body.len() - name.len()].trim_end();
    let mut annotations = annotations(before);
    annotations.extend(bracketed);
    if body.ends_with(')') {
        // A pointer to a function: `void (*name)(int)`.
        let name = body.split_once('(').map(|(_, inner)| inner.trim_start()).filter(|inner| inner.contains('*'));
        let name = name.and_then(|inner| inner.split(')').next()).map(last_word).filter(|name| is_identifier(name));
        return Some(Declared { name: name.map(str::to_owned), c_type: None, annotations, line });
    }
    let c_type = types::parse(&format!("{before}{dimensions}"));
    if is_identifier(name) && c_type.is_some() && !is_type_word(name) {
        return Some(Declared { name: Some(name.to_owned()), c_type, annotations, line });
    }
    let whole = types::parse(rest);
    // What cannot be read has a name all the same, if it ends with one.
    let name = (whole.is_none() && is_identifier(name)).then(|| name.to_owned());
    Some(Declared { name, c_type: whole, annotations, line })
}

/// Whether a word that ends a declaration is the type itself: `unsigned int`.
fn is_type_word(word: &str) -> bool {
    matches!(word, "int" | "long" | "short" | "char" | "float" | "double" | "void" | "const")
}

/// `[in, reads(n)] T name` as its annotations and the rest.
fn bracketed(text: &str) -> Option<(Vec<String>, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once(']')?;
    let mut depth = 0_usize;
    let words = words.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, ',' | ' ')
    });
    let words = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    Some((words, rest.trim_start()))
}
