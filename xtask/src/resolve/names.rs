//! Rust names: prefixes stripped, words in Rust's case, clashes and keywords settled the same way every time.

use super::config::{Families, FamilyConfig};
use crate::name::{RustName, is_free};

/// The name of a type: `WINHTTP_WEB_SOCKET_CLOSE_STATUS` is `WebSocketCloseStatus`.
pub(super) fn type_name(c_name: &str, family: &FamilyConfig, families: &Families) -> RustName {
    match family.names.get(c_name) {
        Some(chosen) => RustName::new(chosen),
        None => camel(strip_longest(c_name.trim_start_matches('_'), &family.prefixes), families),
    }
}

/// The name of a function: `WinHttpWebSocketSend` is `web_socket_send`.
pub(super) fn function_name(c_name: &str, family: &FamilyConfig, families: &Families) -> RustName {
    snake(strip_longest(c_name, &family.prefixes), families)
}

/// The name of a parameter: `pdwBytesRead` is `bytes_read`.
pub(super) fn param_name(c_name: &str, family: &FamilyConfig, families: &Families) -> RustName {
    let stripped = family.param_prefixes.iter().filter_map(|prefix| c_name.strip_prefix(&**prefix));
    let usable = stripped.filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let bare = usable.min_by_key(|rest| rest.len()).unwrap_or(c_name);
    let ended = family.param_suffixes.iter().find_map(|suffix| {
        let rest = bare.strip_suffix(&**suffix)?;
        rest.ends_with(|c: char| c.is_ascii_lowercase()).then_some(rest)
    });
    snake(ended.unwrap_or(bare), families)
}

/// The name of a code: `ERROR_WINHTTP_TIMEOUT` is `Timeout`.
pub(super) fn code_name(c_name: &str, families: &Families) -> RustName {
    let subjects = families.code_subjects.iter();
    let about = subjects.filter_map(|(prefix, subject)| Some((c_name.strip_prefix(&**prefix)?, subject)));
    match about.min_by_key(|(rest, _)| rest.len()) {
        Some((rest, subject)) => RustName::new(format!("{subject}{}", camel(rest, families))),
        None => camel(strip_longest(c_name, &families.code_prefixes), families),
    }
}

/// The names of an enumeration's members: the longest prefix and suffix of whole words that all share is dropped.
pub(super) fn member_names(c_names: &[&str], family: &FamilyConfig, families: &Families) -> Vec<RustName> {
    let words_of = |name| str::split(name, '_').filter(|word| !word.is_empty());
    let words: Vec<Vec<&str>> = c_names.iter().map(|name| words_of(name).collect()).collect();
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    let shared = |at: &dyn Fn(&[&str], usize) -> String| {
        let same = |index: usize| words.windows(2).all(|pair| at(&pair[0], index) == at(&pair[1], index));
        (0..shortest).take_while(|&index| same(index)).count()
    };
    let (mut front, mut back) = match words.len() {
        // One member shares everything with itself: only the family's prefix goes.
        // See doubled_underscore_in_the_only_member.
        1 => (words[0].len() - words_of(strip_longest(c_names[0], &family.prefixes)).count(), 0),
        _ => (shared(&|words, at| words[at].to_owned()), shared(&|words, at| words[words.len() - 1 - at].to_owned())),
    };
    // Something must be left of every name, and it must not start with a digit.
    while front + back > 0 && words.iter().any(|words| front + back >= words.len()) {
        if back > 0 { back -= 1 } else { front -= 1 }
    }
    while front > 0 && words.iter().any(|words| words[front].starts_with(|c: char| c.is_ascii_digit())) {
        front -= 1;
    }
    let made = words.iter().map(|words| camel(&words[front..words.len() - back].join("_"), families));
    c_names.iter().zip(made).map(|(c_name, made)| family.names.get(*c_name).map_or(made, RustName::new)).collect()
}

/// The name of a constant: `SendAll` is `SEND_ALL`.
pub(super) fn constant_name(camel: &str) -> RustName {
    let mut name = words(camel).join("_");
    name.make_ascii_uppercase();
    RustName::new(name)
}

fn strip_longest<'a>(name: &'a str, prefixes: &[String]) -> &'a str {
    let stripped = prefixes.iter().filter_map(|prefix| name.strip_prefix(&**prefix));
    // What is left must be able to start a name.
    let usable = stripped.filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    usable.min_by_key(|rest| rest.len()).unwrap_or(name)
}

/// The words of a C name: at underscores, and at the humps of mixed case (`QueryURLHandle` has three).
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        if !part.bytes().any(|b| b.is_ascii_lowercase()) {
            words.push(part);
            continue;
        }
        let mut start = 0;
        let mut before = None;
        let mut chars = part.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let after_lower = before.is_some_and(|before: char| !before.is_ascii_uppercase());
            let before_lower = chars.peek().is_some_and(|(_, next)| next.is_ascii_lowercase());
            if c.is_ascii_uppercase() && at > start && (after_lower || before_lower) {
                words.push(&part[start..at]);
                start = at;
            }
            before = Some(c);
        }
        words.push(&part[start..]);
    }
    words
}

/// How families.toml spells a word, if it does.
fn spelled<'a>(word: &str, families: &'a Families) -> Option<&'a str> {
    if families.words.is_empty() {
        return None;
    }
    families.words.get(&word.to_ascii_uppercase()).map(String::as_str)
}

fn camel(name: &str, families: &Families) -> RustName {
    let mut made = String::with_capacity(name.len());
    for word in words(name) {
        if let Some(spelled) = spelled(word, families) {
            made.push_str(spelled);
            continue;
        }
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        made.extend(first.chars().map(|c| c.to_ascii_uppercase()));
        made.extend(rest.chars().map(|c| c.to_ascii_lowercase()));
    }
    escape(made)
}

fn snake(name: &str, families: &Families) -> RustName {
    let mut parts = Vec::new();
    for word in words(name) {
        match spelled(word, families) {
            Some(spelled) => parts.extend(words(spelled)),
            None => parts.push(word),
        }
    }
    let mut made = parts.join("_");
    made.make_ascii_lowercase();
    escape(made)
}

/// Keywords and names that start with a digit get an underscore.
fn escape(name: String) -> RustName {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return RustName::new(format!("_{name}"));
    }
    RustName::new(if is_free(&name) { name } else { format!("{name}_") })
}
