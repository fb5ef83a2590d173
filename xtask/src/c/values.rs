//! Values as C writes them, computed: literals with suffixes, operators, parentheses, casts, names.

use super::names::is_identifier;

/// How deep parentheses and signs may nest.
const MAX_DEPTH: usize = 64;

/// What became of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its value.
    Value(i128),
    /// It refers to this name, which has no value here.
    Unknown(String),
    /// It is no expression, and why.
    Invalid(String),
}

/// Whether the text is one number and nothing else.
pub fn is_literal(text: &str) -> bool {
    literal(text.trim().trim_start_matches('-').trim_start()).is_some()
}

/// Whether the text is one number, with or without a cast: what it says needs no computing that a reader could doubt.
pub fn is_constant(text: &str) -> bool {
    let cast = text.trim().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    is_literal(cast.filter(|(words, _)| !words.is_empty() && is_type(words)).map_or(text, |(_, rest)| rest))
}

fn is_type(words: &str) -> bool {
    words.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ' || b == b'_')
}

/// Computes an expression; `lookup` gives the value of a name.
pub fn evaluate(text: &str, lookup: impl FnMut(&str) -> Option<i128>) -> Outcome {
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(why) => return Outcome::Invalid(why),
    };
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, lookup };
    match parser.binary(0) {
        Ok(_) if parser.at < tokens.len() => Outcome::Invalid(format!("`{}` is not expected here", tokens[parser.at])),
        Ok(value) => Outcome::Value(value),
        Err(outcome) => outcome,
    }
}

/// A number literal: decimal, hexadecimal, octal or binary, with any of C's suffixes.
fn literal(text: &str) -> Option<i128> {
    let body = text.trim_end_matches(['u', 'U', 'l', 'L']);
    let lower = body.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => match lower.strip_prefix("0b") {
            Some(binary) => (binary, 2),
            None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
            None => (&*lower, 10),
        },
    };
    u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+')).map(i128::from)
}

fn tokens(text: &str) -> Result<Vec<&str>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = match first {
            c if c.is_ascii_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            '<' | '>' if rest[1..].starts_with(first) => 2,
            '(' | ')' | '+' | '-' | '*' | '/' | '%' | '|' | '&' | '^' | '~' | ',' => 1,
            '\'' => rest[1..].find('\'').filter(|&end| end > 0).ok_or("a character is not closed")? + 2,
            other => return Err(format!("`{other}` is not expected here")),
        };
        tokens.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'a, L> {
    tokens: &'a [&'a str],
    at: usize,
    depth: usize,
    lookup: L,
}

impl<'a, L: FnMut(&str) -> Option<i128>> Parser<'a, L> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Result<&'a str, Outcome> {
        let token = self.peek().ok_or_else(|| Outcome::Invalid("it ends too early".to_owned()))?;
        self.at += 1;
        Ok(token)
    }

    fn binary(&mut self, least: u8) -> Result<i128, Outcome> {
        let mut left = self.unary()?;
        while let Some((operator, level)) = self.peek().and_then(|token| Some((token, precedence(token)?))) {
            if level < least {
                break;
            }
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = apply(operator, left, right)
                .ok_or_else(|| Outcome::Invalid(format!("`{left} {operator} {right}` has no value")))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<i128, Outcome> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Outcome::Invalid("it is nested too deep".to_owned()));
        }
        let value = self.operand();
        self.depth -= 1;
        value
    }

    fn operand(&mut self) -> Result<i128, Outcome> {
        let token = self.next()?;
        match token {
            "-" => self.signed(token, |value| -value),
            "+" => self.unary(),
            "~" => self.signed(token, |value| !value),
            "(" => {
                if let Some(bits) = self.cast() {
                    return Ok(bits(self.unary()?));
                }
                let value = self.binary(0)?;
                self.close()?;
                Ok(value)
            }
            _ if token.starts_with('\'') => {
                let mut chars = token.trim_matches('\'').chars();
                let only = chars.next().filter(|_| chars.next().is_none());
                only.map(|c| i128::from(u32::from(c)))
                    .ok_or_else(|| Outcome::Invalid(format!("{token} is not a character")))
            }
            _ if token.starts_with(|c: char| c.is_ascii_digit()) => {
                literal(token).ok_or_else(|| Outcome::Invalid(format!("`{token}` is not a number")))
            }
            _ if is_identifier(token) && self.peek() == Some("(") => self.call(token),
            _ if is_identifier(token) => (self.lookup)(token).ok_or_else(|| Outcome::Unknown(token.to_owned())),
            _ => Err(Outcome::Invalid(format!("`{token}` is not expected here"))),
        }
    }

    fn signed(&mut self, sign: &str, change: fn(i128) -> i128) -> Result<i128, Outcome> {
        let value = self.unary()?;
        let changed = Some(change(value)).filter(fits);
        changed.ok_or_else(|| Outcome::Invalid(format!("`{sign} {value}` has no value")))
    }

    fn close(&mut self) -> Result<(), Outcome> {
        match self.next()? {
            ")" => Ok(()),
            other => Err(Outcome::Invalid(format!("`{other}` stands where `)` was expected"))),
        }
    }

    /// A cast after its `(`: known integer types only, so that `(A)` stays a name in parentheses.
    fn cast(&mut self) -> Option<fn(i128) -> i128> {
        let len = self.tokens[self.at..].iter().position(|&token| token == ")")?;
        let words = &self.tokens[self.at..self.at + len];
        let convert: fn(i128) -> i128 = match words {
            ["int" | "INT" | "LONG" | "HRESULT" | "BOOL" | "long"] => wrap_i32,
            ["unsigned" | "DWORD" | "UINT" | "ULONG" | "NTSTATUS"] | ["unsigned", "int" | "long"] => wrap_u32,
            ["WORD" | "USHORT"] | ["unsigned", "short"] => |value| value & 0xFFFF,
            ["BYTE" | "UCHAR"] | ["unsigned", "char"] => |value| value & 0xFF,
            _ => return None,
        };
        self.at += len + 1;
        Some(convert)
    }

    /// The one macro whose arithmetic is part of the language of these pages; others are unknown names.
    fn call(&mut self, name: &str) -> Result<i128, Outcome> {
        if name != "MAKEFOURCC" {
            return Err(Outcome::Unknown(name.to_owned()));
        }
        self.at += 1;
        let mut value = 0;
        for index in 0..4 {
            value |= (self.binary(0)? & 0xFF) << (8 * index);
            let separator = self.next()?;
            if separator != if index == 3 { ")" } else { "," } {
                return Err(Outcome::Invalid(format!("`{separator}` is not expected here")));
            }
        }
        Ok(value)
    }
}

fn wrap_i32(value: i128) -> i128 {
    let low = u32::try_from(value & 0xFFFF_FFFF).expect("32 bits are left");
    i128::from(low.cast_signed())
}

fn wrap_u32(value: i128) -> i128 {
    value & 0xFFFF_FFFF
}

fn precedence(operator: &str) -> Option<u8> {
    Some(match operator {
        "|" => 1,
        "^" => 2,
        "&" => 3,
        "<<" | ">>" => 4,
        "+" | "-" => 5,
        "*" | "/" | "%" => 6,
        _ => return None,
    })
}

fn apply(operator: &str, left: i128, right: i128) -> Option<i128> {
    let shift = || u32::try_from(right).ok().filter(|&bits| bits < 64);
    let value = match operator {
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "<<" => left.checked_shl(shift()?)?,
        ">>" => left.checked_shr(shift()?)?,
        "+" => left.checked_add(right)?,
        "-" => left.checked_sub(right)?,
        "*" => left.checked_mul(right)?,
        "/" => left.checked_div(right)?,
        "%" => left.checked_rem(right)?,
        _ => return None,
    };
    Some(value).filter(fits)
}

/// No C integer of these headers has more than 64 bits.
fn fits(value: &i128) -> bool {
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(value)
}
