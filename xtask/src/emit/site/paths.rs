//! Where each item's page is: `FAMILY/C_NAME.html`.

use std::collections::BTreeSet;

use super::anchors::{distinct, readable};
use crate::model::{Item, Spec};

/// Names that Windows gives to devices, in any folder and with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// The path of each item's page below the site's folder, in the order of `Spec::items`.
///
/// Of several items with one name, the first in the order of pages has the plain path, the next one its kind in the
/// path, and what is still the same a number.
pub fn item_paths(spec: &Spec) -> Vec<String> {
    let mut taken = BTreeSet::new();
    spec.items.iter().map(|item| path(item, &mut taken)).collect()
}

fn path(item: &Item, taken: &mut BTreeSet<String>) -> String {
    let folder = file_name(&item.family);
    let plain = format!("{folder}/{}", file_name(&item.draft.name.value));
    let stem = match taken.insert(plain.to_lowercase()) {
        true => plain,
        false => distinct(&format!("{plain}-{}", item.draft.kind.name()), taken),
    };
    format!("{stem}.html")
}

fn file_name(name: &str) -> String {
    let name = readable(name);
    let lower = name.to_lowercase();
    let port = |prefix| lower.strip_prefix(prefix).is_some_and(|rest: &str| rest.len() == 1);
    if DEVICES.contains(&&*lower) || port("com") || port("lpt") { format!("{name}-") } else { name }
}
