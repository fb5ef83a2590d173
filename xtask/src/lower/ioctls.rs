//! I/O controls: their buffers as text, and the codes of the status block as those of a return section.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::code::is_code;
use super::{at, returns, stated};
use crate::diag::Diagnostics;
use crate::draft::{DocumentedCode, Ioctl, Part, Returns};
use crate::fact::Fact;
use crate::page::{EntryKind, Page, SectionKind};
use crate::prose::{BlockKind, Prose, plain};

/// The item whose text lists the codes.
const STATUS: &str = "status-block";

/// How many codes one paragraph may speak of.
const MOST: usize = 16;

/// How the names of status codes start.
const CODES: &[&str] = &["STATUS_", "NDIS_STATUS_", "ERROR_"];

/// Lowers the parts of an I/O control.
pub(super) fn lower(page: &Page, diags: &mut Diagnostics) -> Ioctl {
    let mut ioctl = Ioctl::default();
    let sections = page.sections.iter().filter(|section| section.kind == SectionKind::IoctlParameters);
    for entry in sections.flat_map(|section| &section.entries).filter(|entry| entry.kind == EntryKind::Other) {
        if entry.name.value.eq_ignore_ascii_case(STATUS) {
            returns::add_prose(page, &mut ioctl.status, entry.span, &entry.prose, diags);
            add_named(page, &mut ioctl.status);
            continue;
        }
        ioctl.parts.push(Part { name: stated(page, &entry.name), docs: entry.prose.clone() });
    }
    ioctl
}

/// Most status blocks name their codes in running text: each is one, with the paragraph as its text.
fn add_named(page: &Page, status: &mut Returns) {
    let mut known: BTreeSet<String> = status.codes.iter().map(|code| code.name.value.clone()).collect();
    for block in &status.docs.blocks {
        let BlockKind::Paragraph(inlines) = &block.kind else { continue };
        let text = plain(inlines);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let named = words.filter(|word| CODES.iter().any(|prefix| word.starts_with(prefix)) && is_code(word));
        let mut shared = 0;
        for word in named {
            if !known.insert(word.to_owned()) {
                continue;
            }
            let source = at(page, block.span);
            // A paragraph that is a list of names says nothing of each.
            shared += 1;
            let blocks = if shared <= MOST { vec![block.clone()] } else { Vec::new() };
            let text = Fact { value: Arc::new(Prose { blocks }), source: source.clone() };
            let name = Fact { value: word.to_owned(), source };
            status.codes.push(DocumentedCode { name, number: None, texts: vec![text], is_minor: false });
        }
    }
}
