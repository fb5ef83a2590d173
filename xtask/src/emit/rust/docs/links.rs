//! Where links in rustdoc lead: to items, to lists of codes and constants, and elsewhere.

use std::fmt::Write as _;

use super::super::codes;
use super::{Writer, code_span, is_name};
use crate::draft::Kind;
use crate::model::Family;
use crate::prose::{Inline, Target, plain};

impl Writer<'_> {
    /// The Rust path of another item; of a list, that of what is in it.
    pub(super) fn path(&self, index: usize) -> Option<String> {
        let item = &self.spec.items[index];
        let of = || item.rust_path.clone().or_else(|| self.listed(index));
        if self.item == Some(index) { None } else { of() }
    }

    /// The path of the codes or constants that a page lists.
    fn listed(&self, index: usize) -> Option<String> {
        let draft = &self.spec.items[index].draft;
        match draft.kind {
            Kind::Codes => {
                let code = self.spec.codes.iter().find(|code| code.number.source.location().path == draft.path)?;
                Some(codes::type_name(code.space).to_owned())
            }
            Kind::Topic => {
                let has = |family: &&Family| family.constants.iter().any(|constant| constant.item == index);
                Some(format!("{}::sys", self.spec.families.iter().find(has)?.name))
            }
            _ => None,
        }
    }

    pub(super) fn link(&self, target: &Target, inner: &[Inline]) -> String {
        let text = plain(inner);
        let shown = if is_name(text.trim()) { code_span(text.trim()) } else { self.inlines(inner) };
        match target {
            Target::Item(index) => match self.path(*index) {
                Some(path) => format!("[{shown}](crate::{path})"),
                // The title of a page that nothing was generated from.
                None if self.item != Some(*index) && text.trim().contains(' ') => format!("\"{shown}\""),
                None => shown,
            },
            Target::Url(url) if is_web(url) => format!("[{shown}]({})", address(url)),
            Target::Url(_) | Target::Written(_) => shown,
        }
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// An address that cannot end the link it stands in.
fn address(url: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c);
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if safe(c) {
            out.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}
