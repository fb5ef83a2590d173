//! The key `requirements` of any entry: where an item is declared, and on which systems it is.

use super::Entry;
use super::form::RequirementsEntry;
use crate::diag::Diagnostics;
use crate::draft::Requirements;

/// Whether an entry states none.
pub(super) fn is_empty(entry: &RequirementsEntry) -> bool {
    let RequirementsEntry { header, lib, dll, client, server } = entry;
    [header, lib, dll, client, server].into_iter().all(Option::is_none)
}

/// Sets what the entry states.
pub(super) fn set(
    grounds: &Entry<'_>,
    entry: &RequirementsEntry,
    requirements: &mut Requirements,
    diags: &mut Diagnostics,
) {
    let pairs = [
        (&entry.header, &mut requirements.header),
        (&entry.lib, &mut requirements.lib),
        (&entry.dll, &mut requirements.dll),
        (&entry.client, &mut requirements.client),
        (&entry.server, &mut requirements.server),
    ];
    for (stated, known) in pairs {
        let Some(stated) = stated else { continue };
        let (text, range) = (stated.get_ref(), stated.span());
        if known.as_ref().is_some_and(|known| known.value == *text) {
            grounds.expired(&range, format!("the page now states `{text}`"), diags);
        } else {
            *known = Some(grounds.fact(text.clone(), &range));
        }
    }
}
