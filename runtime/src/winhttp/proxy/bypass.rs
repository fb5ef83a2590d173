//! The list of hosts that go past the proxies a program names: names and addresses with semicolons or white space between them
//! (b9.8). `*` stands for any characters, and `<local>` for every name without a dot. The case does not matter.
//!
//! `<-loopback>` takes addresses of this machine off a list that Windows adds by itself. There is no such list here, so the entry
//! changes nothing.

use std::sync::Arc;

use super::{InvalidProxy, MAX_LIST, Target, name_of};

/// Hosts that are reached without a proxy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bypass {
    text: Arc<str>,
    rules: Arc<[Rule]>,
}

#[derive(Debug)]
enum Rule {
    Local,
    /// In lower case.
    Pattern(String),
}

impl Bypass {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidProxy> {
        if text.len() > MAX_LIST {
            return Err(InvalidProxy);
        }
        let texts = text.split(|char: char| char == ';' || char.is_whitespace());
        let rule = |text: &str| match &*text.to_lowercase() {
            "" | "<-loopback>" => None,
            "<local>" => Some(Rule::Local),
            text => Some(Rule::Pattern(name_of(text).unwrap_or_else(|| text.to_owned()))),
        };
        Ok(Self { text: text.into(), rules: texts.filter_map(rule).collect() })
    }

    /// The list as the program wrote it, unless it is empty.
    pub(crate) fn text(&self) -> Option<&str> {
        Some(&*self.text).filter(|text| !text.is_empty())
    }

    pub(super) fn has(&self, target: &Target) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::Local => target.address.is_none() && !target.name.contains('.'),
            Rule::Pattern(pattern) => matches(pattern.as_bytes(), target.name.as_bytes()),
        })
    }
}

/// Whether a text is one of a pattern with asterisks. It takes no more steps than the product of both lengths.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last asterisk: the place in the pattern, and the first place in the text that the asterisk does not stand for.
    let mut retry = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                retry = Some((at, read));
            }
            Some(&byte) if byte == text[read] => (at, read) = (at + 1, read + 1),
            _ => {
                let Some((behind, end)) = retry else { return false };
                (at, read) = (behind, end + 1);
                retry = Some((behind, end + 1));
            }
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}
