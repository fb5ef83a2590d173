//! `[[public]]`: where the published page about an item says something else than ours, and how it is known what is right.
//! It changes no fact. Who compares the two finds the difference explained.

use std::sync::Arc;

use super::form::PublicEntry;
use super::{Entry, locate};
use crate::diag::Diagnostics;
use crate::draft::{Draft, Public};
use crate::fact::Grounds;
use crate::source::SourceFile;

/// Gives the entry to each item that it names.
pub(super) fn public_entry(entry: &PublicEntry, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let PublicEntry { items, parts, says, right, source } = entry;
    let grounds = Grounds { reason: right.clone(), source: source.clone() };
    let grounds = Entry { file, grounds: Arc::new(grounds) };
    if items.get_ref().is_empty() || [says, right, source].into_iter().any(|text| text.trim().is_empty()) {
        let message = "it needs items, what the published page says, what is right, and how that is known";
        grounds.invalid(&items.span(), message.to_owned(), diags);
    }
    for item in items.get_ref() {
        let name = item.get_ref();
        let called =
            |draft: &&mut Draft| draft.name.value == *name || draft.aliases.iter().any(|alias| alias.value == *name);
        let Some(draft) = drafts.iter_mut().find(called) else {
            grounds.gone(&item.span(), format!("no page describes `{name}`"), diags);
            continue;
        };
        check_parts(&grounds, entry, draft, diags);
        draft.public.push(Public {
            parts: parts.iter().map(|part| part.get_ref().clone()).collect(),
            says: says.clone(),
            right: right.clone(),
            source: source.clone(),
            location: locate(file, &item.span()),
        });
    }
}

fn check_parts(grounds: &Entry<'_>, entry: &PublicEntry, draft: &Draft, diags: &mut Diagnostics) {
    let known = draft.parts();
    for part in entry.parts.iter().filter(|part| !known.contains(&part.get_ref().as_str())) {
        let why = format!("the page of `{}` has no `{}`", draft.name.value, part.get_ref());
        grounds.gone(&part.span(), why, diags);
    }
}
