//! Declarations of functions: their parameters in order, each with its name, its annotations and its type, as far as
//! they can be read. Which declaration on a page counts is for the caller to say.

use super::names::is_identifier;
use super::text::{groups, lines, without_comments, without_directives};
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
    /// Its declaration without the name, as a `Type:` line would have it: `_In_ const T*[2]`. Of a pointer to a function
    /// only its annotations in brackets.
    pub text: String,
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
            let params = params(&statement[open + 1..close], line, &is_known);
            (params.len() <= MOST).then(|| Prototype { name: name.to_owned(), params, line })
        });
        found.extend(prototype);
        from = end;
    }
    found
}

/// The name and the parentheses of the parameters: the last ones that stand in no others and are none of an annotation.
fn parameters(statement: &str) -> Option<(&str, usize, usize)> {
    groups(statement).into_iter().rev().find_map(|(open, close)| {
        let before = statement[..open].trim_end();
        // `(CALLBACK *NAME)(…)`
        let inner = before.strip_suffix(')');
        let name = last_word(inner.unwrap_or(before));
        (is_identifier(name) && (inner.is_some() || !name.starts_with('_'))).then_some((name, open, close))
    })
}

fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    &text[text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()..]
}

/// Whether what stands between the parentheses says that there are no parameters.
pub fn is_empty_list(text: &str) -> bool {
    matches!(text.trim(), "" | "void" | "VOID")
}

/// The parameters that stand between parentheses, the first on this line. Of `is_known` see [`prototypes`].
pub fn params(text: &str, line: u32, is_known: &impl Fn(&str) -> bool) -> Vec<Declared> {
    let mut params = Vec::new();
    if is_empty_list(text) {
        return params;
    }
    let (mut depth, mut from, mut at_line) = (0_usize, 0, line);
    for (at, b) in text.bytes().chain([b',']).enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                piece(&text[from..at], at_line, is_known, &mut params);
                at_line += lines(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    params
}

/// What stands between two commas: a parameter, or one on each of several lines.
fn piece(text: &str, line: u32, is_known: &impl Fn(&str) -> bool, params: &mut Vec<Declared>) {
    let is_named = |param: &Declared| param.name.as_deref().is_some_and(is_known);
    let lead = text.len() - text.trim_start().len();
    let whole = declared(text, line + lines(&text[..lead]), is_known);
    if text.trim().contains('\n') {
        let each = text.lines().zip(line..).filter_map(|(text, line)| declared(text, line, is_known));
        let each: Vec<Declared> = each.collect();
        // The last line has the name of the whole.
        let others = usize::from(whole.as_ref().is_some_and(is_named));
        if each.iter().filter(|param| is_named(param)).count() > others {
            params.extend(each);
            return;
        }
    }
    params.extend(whole);
}

/// `_In_ const T *name[2]` or `[in] T name`; nothing of what is empty.
fn declared(text: &str, line: u32, is_known: &impl Fn(&str) -> bool) -> Option<Declared> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (bracketed, rest) = bracketed(text).unwrap_or((Vec::new(), text));
    let marks: String = bracketed.iter().map(|word| marked(word)).collect();
    // A default value is none of a type.
    let rest = rest.split('=').next().expect("a split has a first part").trim_end();
    let optional = rest.strip_suffix("OPTIONAL").filter(|rest| rest.ends_with(char::is_whitespace));
    let rest = optional.map_or(rest, str::trim_end);
    if rest.ends_with("...") {
        let name = Some("...".to_owned());
        return Some(Declared { name, c_type: None, annotations: Vec::new(), text: String::new(), line });
    }
    let body = rest.find('[').filter(|_| rest.ends_with(']')).map_or(rest, |at| &rest[..at]);
    let dimensions = &rest[body.len()..];
    let body = body.trim_end();
    // See foreign_letters_before_a_name.
    let name = last_word(body);
    let before = body[..body.len() - name.len()].trim_end();
    let mut annotations = annotations(before);
    annotations.extend(bracketed);
    if body.ends_with(')') {
        // A pointer to a function: `void (*name)(int)`.
        let name = body.split_once('(').map(|(_, inner)| inner.trim_start()).filter(|inner| inner.contains('*'));
        let name = name.and_then(|inner| inner.split(')').next()).map(last_word).filter(|name| is_identifier(name));
        return Some(Declared { name: name.map(str::to_owned), c_type: None, annotations, text: marks, line });
    }
    let text = format!("{marks}{}{dimensions}", before.split_whitespace().collect::<Vec<_>>().join(" "));
    let c_type = types::parse(&format!("{before}{dimensions}"));
    let is_name = c_type.is_some() && !is_type_word(name) || is_known(name) && !before.is_empty();
    if is_identifier(name) && is_name {
        return Some(Declared { name: Some(name.to_owned()), c_type, annotations, text, line });
    }
    let whole = types::parse(rest);
    // What cannot be read has a name all the same, if it ends with one.
    let name = (whole.is_none() && is_identifier(name)).then(|| name.to_owned());
    Some(Declared { name, c_type: whole, annotations, text, line })
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
    let lower = |word: &str| {
        let (name, arguments) = word.split_at(word.find('(').unwrap_or(word.len()));
        name.to_ascii_lowercase() + arguments
    };
    let words = words.filter(|word| !word.is_empty()).map(lower).collect();
    Some((words, rest.trim_start()))
}

/// `reads(n)` as `_reads_(n) `.
fn marked(word: &str) -> String {
    let (name, arguments) = word.split_at(word.find('(').unwrap_or(word.len()));
    format!("_{name}_{arguments} ")
}
