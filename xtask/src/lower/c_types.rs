//! C types, from the text of a `Type:` line to structure.

use super::at;
use crate::draft::{CType, Fact};
use crate::page::Page;
use crate::parse::entries::is_identifier;
use crate::prose::{Inline, plain};
use crate::source::Spanned;

/// How many pointers and dimensions a type may have.
const MAX_DEPTH: usize = 16;

/// The type that a `Type:` line states.
pub fn of_line(page: &Page, line: &Spanned<Vec<Inline>>) -> Option<Fact<CType>> {
    let c_type = parse(&plain(&line.value))?;
    Some(Fact { value: c_type, source: at(page, line.span) })
}

/// Parses a type: SAL words, `const`, `struct`, a name, then stars and dimensions.
pub fn parse(text: &str) -> Option<CType> {
    let text = text.replace('\\', "");
    let tokens = tokens(text.trim())?;
    let mut name: Option<String> = None;
    let mut is_const = false;
    let mut suffixes = Vec::new();
    for token in tokens {
        match &*token {
            "const" | "CONST" if suffixes.is_empty() => is_const = true,
            "const" | "CONST" => suffixes.push(Suffix::Const),
            "struct" | "union" | "enum" | "volatile" | "far" | "FAR" => {}
            "*" => suffixes.push(Suffix::Pointer),
            _ if token.starts_with('[') => suffixes.push(Suffix::Array(token[1..token.len() - 1].trim().to_owned())),
            _ if is_sal(&token) => {}
            _ if is_identifier(&token) => {
                // `unsigned long` and the like are one name of several words.
                name = Some(match name {
                    Some(before) if suffixes.is_empty() => format!("{before} {token}"),
                    Some(_) => return None,
                    None => token,
                });
            }
            _ => return None,
        }
    }
    if suffixes.len() > MAX_DEPTH {
        return None;
    }
    let mut c_type = CType::Named(name?);
    if is_const {
        c_type = CType::Const(Box::new(c_type));
    }
    for suffix in suffixes {
        c_type = match suffix {
            Suffix::Pointer => CType::Pointer(Box::new(c_type)),
            Suffix::Array(dimension) => CType::Array(Box::new(c_type), dimension),
            Suffix::Const => CType::Const(Box::new(c_type)),
        };
    }
    Some(c_type)
}

enum Suffix {
    Pointer,
    Array(String),
    Const,
}

/// `_In_opt_`, `_Out_`, `[in]` words of the annotation language.
fn is_sal(token: &str) -> bool {
    token.starts_with('_') && token.ends_with('_') && token.len() > 2
}

/// Words, stars and bracketed dimensions. Stars before the name are what is left of Markdown's marks.
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
