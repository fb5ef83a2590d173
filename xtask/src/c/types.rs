//! C types as structure, and from their text.

use std::fmt;

use super::attributes::is_annotation;
use super::names::is_identifier;

/// How many pointers and dimensions a type may have.
const MAX_DEPTH: usize = 16;

/// A C type, as structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CType {
    /// A name, such as `DWORD`.
    Named(String),
    /// `const T`
    Const(Box<CType>),
    /// `T*`
    Pointer(Box<CType>),
    /// `T[n]`; the dimension as written, which may be empty.
    Array(Box<CType>, String),
    /// `SAFEARRAY(T)`: a type made of another one by name.
    Of(String, Box<CType>),
}

impl CType {
    /// The name at the bottom of pointers, arrays and `const`.
    pub fn base(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Const(inner) | Self::Pointer(inner) | Self::Array(inner, _) | Self::Of(_, inner) => inner.base(),
        }
    }
}

/// A type as the element of an array with these dimensions, `[0][8]`.
pub fn array(element: &CType, dimensions: &str) -> Option<CType> {
    parse(&format!("{element}{dimensions}"))
}

impl fmt::Display for CType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Const(inner) if matches!(**inner, Self::Pointer(_)) => write!(f, "{inner} const"),
            Self::Const(inner) => write!(f, "const {inner}"),
            Self::Pointer(inner) => write!(f, "{inner}*"),
            Self::Array(inner, dimension) => write!(f, "{inner}[{dimension}]"),
            Self::Of(name, inner) => write!(f, "{name}({inner})"),
        }
    }
}

/// The words of the annotation language before a type, such as `_In_opt_` or `IN`, lower case, without the underscores
/// around them, each with its arguments.
pub fn annotations(text: &str) -> Vec<String> {
    let text = text.replace('\\', "");
    let Some(tokens) = tokens(text.trim()) else { return Vec::new() };
    let words = tokens.iter().enumerate().filter(|&(at, token)| is_annotation(token, tokens.get(at + 1)));
    let with_arguments = |(at, word): (usize, &String)| {
        let arguments = tokens.get(at + 1).filter(|next| next.starts_with('('));
        let name = word.trim_start_matches('_');
        let name = if arguments.is_some() { name } else { name.trim_end_matches('_') };
        name.to_ascii_lowercase() + arguments.map_or("", |arguments| arguments)
    };
    words.map(with_arguments).collect()
}

/// Parses a type: annotations, `const`, `struct`, a name, then stars and dimensions.
pub fn parse(text: &str) -> Option<CType> {
    let text = text.replace('\\', "");
    of_tokens(&tokens(text.trim())?)
}

fn of_tokens(tokens: &[String]) -> Option<CType> {
    let mut base: Option<CType> = None;
    let mut is_const = false;
    let mut suffixes = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match &**token {
            "const" | "CONST" if suffixes.is_empty() => is_const = true,
            // See const_after_a_dimension: C knows no such type.
            "const" | "CONST" if matches!(suffixes.last(), Some(Suffix::Array(_))) => return None,
            "const" | "CONST" => suffixes.push(Suffix::Const),
            "struct" | "union" | "enum" | "volatile" | "far" | "FAR" => {}
            "*" => suffixes.push(Suffix::Pointer),
            _ if token.starts_with('[') => suffixes.push(Suffix::Array(token[1..token.len() - 1].trim().to_owned())),
            _ if is_annotation(token, tokens.get(at + 1)) => {}
            // What stands in parentheses after an annotation is its own; after a name, the type it holds.
            _ if token.starts_with('(') => match (at.checked_sub(1).map(|before| &tokens[before]), &base) {
                (Some(before), _) if is_annotation(before, Some(token)) => {}
                // See type_in_parentheses_of_an_annotation.
                (Some(before), Some(CType::Named(name))) if suffixes.is_empty() && last_word(name) == before => {
                    let held = parse(&token[1..token.len() - 1])?;
                    base = Some(CType::Of(name.clone(), Box::new(held)));
                }
                _ => return None,
            },
            _ if is_identifier(token) => {
                // `unsigned long` and the like are one name of several words.
                base = Some(CType::Named(match base {
                    Some(CType::Named(before)) if suffixes.is_empty() && is_modifier(&before) => {
                        format!("{before} {token}")
                    }
                    Some(_) => return None,
                    None => token.clone(),
                }));
            }
            _ => return None,
        }
    }
    if suffixes.len() > MAX_DEPTH {
        return None;
    }
    let mut c_type = base?;
    if is_const {
        c_type = CType::Const(Box::new(c_type));
    }
    for suffix in suffixes {
        c_type = match suffix {
            Suffix::Pointer => CType::Pointer(Box::new(c_type)),
            Suffix::Array(dimension) => CType::Array(Box::new(c_type), dimension),
            // See const_twice: said again, it says nothing new.
            Suffix::Const if matches!(c_type, CType::Const(_)) => c_type,
            Suffix::Const => CType::Const(Box::new(c_type)),
        };
    }
    Some(c_type)
}

fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().expect("what is split has a last part")
}

/// Whether what was read so far may be followed by another word of the same name.
fn is_modifier(name: &str) -> bool {
    name.split(' ').count() < 4 && name.split(' ').all(|word| matches!(word, "unsigned" | "signed" | "long" | "short"))
}

enum Suffix {
    Pointer,
    Array(String),
    Const,
}

/// Words, stars, bracketed dimensions and what stands in parentheses. Stars before the name are what is left of
/// Markdown's marks.
fn tokens(text: &str) -> Option<Vec<String>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(['*', ' ']);
    while let Some(first) = rest.chars().next() {
        let len = match first {
            c if c.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            '*' => 1,
            '[' => rest.find(']')? + 1,
            '(' => closing_parenthesis(rest)? + 1,
            c if c.is_ascii_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ => return None,
        };
        tokens.push(rest[..len].to_owned());
        rest = &rest[len..];
    }
    Some(tokens)
}

/// Where the parenthesis closes that a text starts with.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'(' if depth == MAX_DEPTH => return None,
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}
