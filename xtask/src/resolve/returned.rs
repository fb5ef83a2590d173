//! What the sentences of a return section say: which value comes with failure and which with success, and whether the
//! thread's last error is set. Reads words only; what is not said plainly is not said.

mod words;

use crate::prose::sentences;
use words::{Word, number, words};

/// What the sentences say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The values that come with failure, each once.
    pub failure: Vec<Value>,
    /// The values that come with success, each once.
    pub success: Vec<Value>,
    /// A sentence speaks of failure, whether or not it says what is returned then.
    pub fails: bool,
    /// A sentence sends the reader to the last error.
    pub told: bool,
    /// A sentence says that the last error is not set, or tells the reader not to ask for it.
    pub denied: bool,
}

/// A value as a sentence names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// `zero`, `FALSE`, `NULL` or 0.
    Zero,
    /// `nonzero` or `TRUE`.
    NonZero,
    /// A number.
    Number(i64),
    /// A constant, with its number where the sentence states it.
    Named(String, Option<i64>),
    /// "An error code".
    ErrorCode,
    /// A range: "greater than 32".
    Range,
}

/// Reads the blocks of a text. `last_error` is the function that tells the last error.
pub(super) fn read<'a>(texts: impl Iterator<Item = &'a str>, last_error: Option<&str>) -> Said {
    let mut said = Said::default();
    let mut before = None;
    for text in texts {
        for sentence in sentences(text) {
            let tokens = tokens(sentence, last_error);
            said.fails |= tokens.iter().any(|token| matches!(token, Token::Outcome(Outcome::Failure) | Token::Reasons));
            said.told |= tokens.contains(&Token::LastError);
            said.denied |= tokens.contains(&Token::NoLastError);
            pair(&tokens, &mut before, &mut said);
        }
    }
    said
}

/// Whether what is returned tells success from failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Failure,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Outcome(Outcome),
    Otherwise,
    Value(Value),
    LastError,
    NoLastError,
    If,
    /// It fails, and what follows says why and not what it returns.
    Reasons,
}

fn tokens(sentence: &str, last_error: Option<&str>) -> Vec<Token> {
    let words = words(sentence);
    let lower: Vec<String> = words.iter().map(|word| word.text.to_ascii_lowercase()).collect();
    let word = |at: usize| lower.get(at).map_or("", |word| &**word);
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", word);
    let mut found = Vec::new();
    let mut skip = 0;
    for at in 0..words.len() {
        if at < skip {
            continue;
        }
        let negated = matches!(before(at, 1), "not" | "cannot" | "never") || before(at, 1).ends_with("n't");
        let token = match word(at) {
            "succeeds" | "succeed" | "succeeded" | "success" | "successful" | "successfully" => {
                Some(Token::Outcome(if negated { Outcome::Failure } else { Outcome::Success }))
            }
            "fails" | "fail" | "failed" | "failure" | "unsuccessful" | "unsuccessfully" => {
                let reasons = matches!(word(at + 1), "if" | "when" | "because" | "unless")
                    || word(at + 1) == "with" && !is_result(&words, &lower, at + 2);
                if reasons && found.iter().all(|token| !matches!(token, Token::Value(_))) {
                    // Their values are those of parameters.
                    found.push(Token::Reasons);
                    return found;
                }
                Some(Token::Outcome(if negated { Outcome::Success } else { Outcome::Failure }))
            }
            "error" | "errors" if is_failure(word(at + 1), before(at, 1), before(at, 2)) => {
                let none = before(at, 1) == "no";
                Some(Token::Outcome(if none { Outcome::Success } else { Outcome::Failure }))
            }
            "error" if matches!(word(at + 1), "code" | "codes" | "value") && before(at, 1) != "last" => {
                skip = at + 2;
                Some(Token::Value(Value::ErrorCode))
            }
            "last-error" => Some(last_error_token(&words, &lower, at)),
            "last" if matches!(word(at + 1), "error" | "error-code") => Some(last_error_token(&words, &lower, at)),
            "otherwise" | "else" => Some(Token::Otherwise),
            "if" | "when" => Some(Token::If),
            _ if last_error == Some(words[at].text) || words[at].text.ends_with("LastError") => {
                Some(last_error_token(&words, &lower, at))
            }
            _ => value(&words, &lower, at).map(|(value, after)| {
                skip = after;
                Token::Value(value)
            }),
        };
        let Some(token) = token else { continue };
        let merged = match (found.last_mut(), &token) {
            // `zero (FALSE)`, `WAIT_FAILED (0xFFFFFFFF)`, `NAME, a pointer with the value -1`.
            (Some(Token::Value(known)), Token::Value(value)) => merge(known, value, &words[at], before(at, 1)),
            _ => false,
        };
        if !merged {
            found.push(token);
        }
    }
    found
}

/// Whether what stands behind "fails with" is what the function returns: a number, or what the text calls a value. A
/// name alone may as well be the last error.
fn is_result(words: &[Word<'_>], lower: &[String], at: usize) -> bool {
    let end = (at..words.len()).find(|&place| place > at && words[place].pause).unwrap_or(words.len());
    let clause = &lower[at.min(end)..end];
    let said = |word: &String| matches!(&**word, "value" | "result");
    let first =
        clause.iter().position(|word| !matches!(&**word, "a" | "an" | "the" | "dword" | "int" | "long" | "ulong"));
    let plain = |word: &String| number(word).is_some() || matches!(&**word, "zero" | "null" | "false");
    first.is_some_and(|first| plain(&clause[first])) || clause.iter().take(7).any(said)
}

/// Whether "error" stands for failure: "an error occurs", "on error", "indicates an error".
fn is_failure(next: &str, last: &str, one_more: &str) -> bool {
    let occurs = matches!(next, "occurs" | "occurred" | "occur" | "happens" | "condition");
    occurs || matches!(last, "on" | "upon") || matches!(one_more, "indicates" | "of" | "signals") && next.is_empty()
}

/// Whether the sentence says of the last error, which it names here, that it is not set or not to be asked for.
fn last_error_token(words: &[Word<'_>], lower: &[String], at: usize) -> Token {
    let denies =
        |word: &str| matches!(word, "not" | "never" | "cannot") || word.ends_with("n't") || word.ends_with("n’t");
    // "does not set the thread's last error", "do not call GetLastError".
    let from = at.saturating_sub(6);
    let clause = (from..=at).rev().find(|&place| words[place].pause).unwrap_or(from);
    let refuses = |pair: &[String]| {
        denies(&pair[0])
            && matches!(&*pair[1], "call" | "set" | "use" | "rely" | "modify" | "change" | "update" | "affect")
    };
    // "leaves the last error unchanged" and "sets no last error".
    let leaves = |pair: &[String]| pair[0] == "without" && matches!(&*pair[1], "setting" | "calling" | "changing");
    let before =
        lower[clause..=at].windows(2).any(|pair| refuses(pair) || leaves(pair)) || at > clause && lower[at - 1] == "no";
    let after = lower.get(at + 1..(at + 5).min(lower.len())).unwrap_or_default();
    // "GetLastError is not set", "the last error code does not change".
    let gives = |word: &str| {
        matches!(word, "error" | "error-code" | "is" | "does" | "will" | "can" | "function" | "code" | "value")
    };
    let rest = after.iter().position(|word| !gives(word)).map_or("", |place| &after[place]);
    let doubts = |word: &str| {
        matches!(word, "isn't" | "doesn't" | "cannot" | "can't" | "won't" | "unchanged" | "unaffected" | "untouched")
    };
    let doubted = after.iter().any(|word| doubts(word));
    if before || rest == "not" || doubted { Token::NoLastError } else { Token::LastError }
}

/// The value that a word begins, and the place of the first word after it.
fn value(words: &[Word<'_>], lower: &[String], at: usize) -> Option<(Value, usize)> {
    let word = |at: usize| lower.get(at).map_or("", |word| &**word);
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    if is_of_something_else(words, lower, at) {
        return None;
    }
    let negated = before(1) == "not" || before(1) == "non" || before(2) == "not" && before(1) == "equal";
    let ranged = before(1) == "than" || (before(1) == "to" && before(2) == "equal" && before(3) == "or");
    let text = words[at].text;
    let stated = match text {
        "zero" | "Zero" | "FALSE" | "NULL" | "false" | "null" => Some(Value::Zero),
        "nonzero" | "Nonzero" | "non-zero" | "Non-zero" | "TRUE" | "true" | "non-NULL" | "non-null" | "nonNULL" => {
            Some(Value::NonZero)
        }
        "negative" | "positive" if matches!(word(at + 1), "value" | "number" | "integer") => Some(Value::Range),
        _ => None,
    };
    if let Some(value) = stated {
        return Some((adjusted(value, negated, ranged, before(2) == "other"), at + 1));
    }
    if let Some(number) = number(text) {
        let counted = lower.get(at + 1).is_some_and(|next| {
            next.len() > 2 && next.ends_with('s') && !next.ends_with("es") && words[at + 1].gap == " "
                || next == "bytes"
        });
        let says = matches!(
            before(1),
            "" | "is"
                | "return"
                | "returns"
                | "returned"
                | "returning"
                | "value"
                | "of"
                | "or"
                | "be"
                | "otherwise"
                | "than"
                | "if"
                | "equals"
                | "to"
                | "and"
                | "a"
        ) || words[at].enclosed
            || words[at].gap.contains(')')
            || before(1) == "with" && matches!(before(2), "fails" | "fail" | "failed")
            || begins_clause(words, lower, at);
        let value = if number == 0 { Value::Zero } else { Value::Number(number) };
        return (says && !counted).then(|| (adjusted(value, negated, ranged, before(2) == "other"), at + 1));
    }
    let named = text.contains('_') && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    named.then(|| (adjusted(Value::Named(text.to_owned(), None), negated, ranged, false), at + 1))
}

/// Whether a number behind a comma or colon is what its clause is about: "if an error occurs, -1 is returned".
fn begins_clause(words: &[Word<'_>], lower: &[String], at: usize) -> bool {
    let next = lower.get(at + 1).map_or("", |word| word);
    words[at].pause
        && (words.get(at + 1).is_none_or(|next| next.pause)
            || matches!(next, "is" | "will" | "gets" | "on" | "if" | "when" | "and" | "or" | "otherwise" | "upon"))
}

fn adjusted(value: Value, negated: bool, ranged: bool, other: bool) -> Value {
    match value {
        Value::Zero if negated || ranged && other => Value::NonZero,
        Value::NonZero if negated => Value::Zero,
        _ if negated || ranged => Value::Range,
        value => value,
    }
}

/// Whether the sentence speaks of a parameter's value: "hFile is NULL", "pszName is set to NULL".
fn is_of_something_else(words: &[Word<'_>], lower: &[String], at: usize) -> bool {
    let skipped = |word: &str| matches!(word, "set" | "to" | "equal" | "either" | "not" | "a" | "be" | "points");
    let mut place = at;
    while place > 0 && skipped(&lower[place - 1]) {
        place -= 1;
    }
    if place == 0 {
        return false;
    }
    let verb = &*lower[place - 1];
    let Some(subject) = place.checked_sub(2).map(|subject| &words[subject]) else { return false };
    let other = |text: &str| {
        let inner = text.get(1..).unwrap_or_default();
        inner.bytes().any(|b| b.is_ascii_uppercase()) && text.bytes().any(|b| b.is_ascii_lowercase())
            || matches!(&*text.to_ascii_lowercase(), "parameter" | "parameters" | "member" | "argument" | "field")
    };
    match verb {
        "is" | "was" | "equals" | "are" | "contains" | "specifies" => other(subject.text),
        _ => place < at && other(words[place - 1].text),
    }
}

/// Whether a value that follows another one only says it again, or gives the number of its name.
fn merge(known: &mut Value, value: &Value, word: &Word<'_>, last: &str) -> bool {
    if known == value {
        return true;
    }
    let same = word.enclosed || word.pause && matches!(last, "value" | "is");
    match (&mut *known, value) {
        (Value::Named(_, number @ None), Value::Number(stated)) if same || matches!(last, "value" | "is") => {
            *number = Some(*stated);
            true
        }
        (Value::Named(_, number @ None), Value::Zero) if same => {
            *number = Some(0);
            true
        }
        (Value::Number(stated), Value::Named(name, _)) if same => {
            *known = Value::Named(name.clone(), Some(*stated));
            true
        }
        (Value::NonZero, Value::Number(_)) | (Value::Number(_), Value::NonZero) if same => true,
        _ => false,
    }
}

/// Takes each value with the outcome beside it. `before` is the outcome that the sentence before spoke of.
fn pair(tokens: &[Token], before: &mut Option<Outcome>, said: &mut Said) {
    let last_error = tokens.iter().position(|token| matches!(token, Token::LastError | Token::NoLastError));
    let ends = last_error.filter(|&at| tokens.get(at + 1) != Some(&Token::If));
    let spoken = &tokens[..ends.unwrap_or(tokens.len())];
    // "To get the error code, call …": that code is the last error's.
    let speaks = |token: &&Token| match token {
        Token::Value(Value::ErrorCode) => last_error.is_none(),
        Token::If | Token::LastError | Token::NoLastError | Token::Reasons => false,
        Token::Outcome(_) | Token::Otherwise | Token::Value(_) => true,
    };
    let spoken: Vec<&Token> = spoken.iter().filter(speaks).collect();
    let values = spoken.iter().filter(|token| matches!(token, Token::Value(_))).count();
    let if_before = |place: usize| tokens[..place].contains(&Token::If);
    if values == spoken.len() {
        // "If it is NULL, call …", "call … if the function returns -1".
        if let ([Token::Value(value)], Some(at)) = (&spoken[..], last_error) {
            let told = tokens[at] == Token::LastError;
            let asked = if_before(at) || tokens[at..].contains(&Token::If) || ends.is_some();
            if told && asked {
                add(&mut said.failure, value);
            }
        }
        if values > 0 && last_error.is_none() {
            // A condition of its own: what is otherwise is the contrary of none that is known.
            *before = None;
        }
        return;
    }
    let mut last = *before;
    let mut at = 0;
    while at < spoken.len() {
        // A run of values and the outcome before it, or else behind it.
        let of_values =
            |from: usize| spoken[from..].iter().take_while(|token| matches!(token, Token::Value(_))).count();
        let (outcome, from, to, after) = if let Token::Value(_) = spoken[at] {
            let to = at + of_values(at);
            let Some(outcome) = spoken.get(to) else { break };
            (*outcome, at, to, to + 1)
        } else {
            let from = at + 1;
            let mut to = from + of_values(from);
            // "TRUE on success, FALSE on failure": the last value is the next outcome's.
            if to < spoken.len() && to - from > 1 {
                to -= 1;
            }
            (spoken[at], from, to, to)
        };
        let outcome = match outcome {
            Token::Outcome(outcome) => *outcome,
            _ if last == Some(Outcome::Failure) => Outcome::Success,
            _ => Outcome::Failure,
        };
        for token in &spoken[from..to] {
            let Token::Value(value) = token else { continue };
            match outcome {
                Outcome::Success => add(&mut said.success, value),
                Outcome::Failure => add(&mut said.failure, value),
            }
        }
        last = Some(outcome);
        at = after;
    }
    *before = last;
}

/// Adds a value, unless it is known; a name with its number counts more than without.
fn add(list: &mut Vec<Value>, value: &Value) {
    let same = |known: &Value| match (known, value) {
        (Value::Named(known, _), Value::Named(name, _)) => known == name,
        (Value::Named(_, Some(number)), Value::Number(other))
        | (Value::Number(number), Value::Named(_, Some(other))) => number == other,
        _ => known == value,
    };
    match list.iter_mut().find(|known| same(known)) {
        None => list.push(value.clone()),
        Some(known @ (Value::Named(_, None) | Value::Number(_))) => *known = value.clone(),
        Some(_) => {}
    }
}
