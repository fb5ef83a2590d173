//! Rust names: prefixes stripped, words in Rust's case, clashes and keywords settled the same way every time.

use super::config::{Families, FamilyConfig};
use crate::name::RustName;

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
    let mut prefixes: Vec<&String> = family.param_prefixes.iter().collect();
    prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
    let bare = prefixes.iter().find_map(|prefix| {
        let rest = c_name.strip_prefix(&***prefix)?;
        rest.starts_with(|c: char| c.is_ascii_uppercase()).then_some(rest)
    });
    let bare = bare.unwrap_or(c_name);
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
    RustName::new(words(camel).join("_").to_ascii_uppercase())
}

fn strip_longest<'a>(name: &'a str, prefixes: &[String]) -> &'a str {
    let stripped = prefixes.iter().filter_map(|prefix| name.strip_prefix(&**prefix));
    // What is left must be able to start a name.
    let usable = stripped.filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    usable.min_by_key(|rest| rest.len()).unwrap_or(name)
}

/// The words of a C name: at underscores, and at the humps of mixed case (`QueryURLHandle` has three).
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        if !part.chars().any(|c| c.is_ascii_lowercase()) {
            words.push(part.to_owned());
            continue;
        }
        let chars: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, &c) in chars.iter().enumerate() {
            let after_lower = at > 0 && !chars[at - 1].is_ascii_uppercase();
            let before_lower = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
            if c.is_ascii_uppercase() && !word.is_empty() && (after_lower || before_lower) {
                words.push(std::mem::take(&mut word));
            }
            word.push(c);
        }
        words.push(word);
    }
    words
}

fn camel(name: &str, families: &Families) -> RustName {
    let word = |word: &String| {
        if let Some(spelled) = families.words.get(&word.to_ascii_uppercase()) {
            return spelled.clone();
        }
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    escape(words(name).iter().map(word).collect())
}

fn snake(name: &str, families: &Families) -> RustName {
    let word = |word: &String| match families.words.get(&word.to_ascii_uppercase()) {
        Some(spelled) => words(spelled).join("_").to_ascii_lowercase(),
        None => word.to_ascii_lowercase(),
    };
    escape(words(name).iter().map(word).collect::<Vec<_>>().join("_"))
}

/// Keywords and names that start with a digit get an underscore.
fn escape(name: String) -> RustName {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return RustName::new(format!("_{name}"));
    }
    RustName::new(match syn::parse_str::<syn::Ident>(&name) {
        Ok(_) => name,
        Err(_) => format!("{name}_"),
    })
}
