//! Where each page is: `FAMILY/C_NAME.html`, `FAMILY/index.html`, `codes/NAME.html`.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::anchors::{distinct, readable};
use super::catalogue::Catalogue;
use crate::draft::Kind;
use crate::model::{Item, Spec};

/// The path of the page that lists everything.
pub(super) const INDEX: &str = "index.html";

/// The path of the page that lists every code.
pub(super) const CODES: &str = "codes.html";

/// The path of the page that is shown where nothing was found.
pub(super) const MISSING: &str = "404.html";

/// The path of the page of findings.
pub const FINDINGS: &str = "findings.html";

/// Names that Windows gives to devices, in any folder and with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// The paths of all pages but those at the top, below the site's folder. No two differ in case only.
pub struct Paths {
    /// Of each item, in the order of `Spec::items`.
    pub items: Vec<String>,
    /// Of each family that has more than lists of codes, by name.
    pub families: BTreeMap<String, String>,
    /// Of each code of the catalogue.
    pub codes: Vec<String>,
    /// Of each constant of the catalogue.
    pub constants: Vec<String>,
}

impl Paths {
    /// Settles them: families first, then items, so that neither depends on codes and constants.
    pub fn new(spec: &Spec, catalogue: &Catalogue<'_>) -> Self {
        let mut taken = FxHashSet::default();
        let (families, items) = families_and_items(spec, &mut taken);
        let mut claim = |folder: &str, name: &str| {
            let wish = format!("{}/{}", file_name(folder), file_name(name));
            distinct(wish, |path| taken.insert(path)) + ".html"
        };
        let codes = catalogue.codes.iter().map(|code| claim("codes", code.name)).collect();
        let constants = catalogue.constants.iter().map(|constant| claim(constant.family, constant.name)).collect();
        Self { items, families, codes, constants }
    }
}

/// The path of each item's page, in the order of `Spec::items`.
///
/// Of several items with one name, the first in the order of pages has the plain path, the next one its kind in the
/// path, and what is still the same a number.
pub fn item_paths(spec: &Spec) -> Vec<String> {
    families_and_items(spec, &mut FxHashSet::default()).1
}

fn families_and_items(spec: &Spec, taken: &mut FxHashSet<String>) -> (BTreeMap<String, String>, Vec<String>) {
    // Lists of codes are no family's: the page of all codes names them.
    let of_family = spec.items.iter().filter(|item| item.draft.kind != Kind::Codes);
    let names: BTreeSet<&String> = of_family.map(|item| &item.family).collect();
    let family = |name: &String| (name.clone(), distinct(index_of(name), |path| taken.insert(path)) + ".html");
    let families: BTreeMap<String, String> = names.into_iter().map(family).collect();
    (families, spec.items.iter().map(|item| path(item, taken)).collect())
}

fn index_of(family: &str) -> String {
    format!("{}/index", file_name(family))
}

fn path(item: &Item, taken: &mut FxHashSet<String>) -> String {
    let folder = file_name(&item.family);
    let plain = format!("{folder}/{}", file_name(&item.draft.name.value));
    let stem = match taken.insert(plain.to_lowercase()) {
        true => plain,
        false => distinct(format!("{plain}-{}", item.draft.kind.name()), |path| taken.insert(path)),
    };
    stem + ".html"
}

fn file_name(name: &str) -> String {
    let name = readable(name);
    let lower = name.to_lowercase();
    let port = |prefix| lower.strip_prefix(prefix).is_some_and(|rest: &str| rest.len() == 1);
    if DEVICES.contains(&&*lower) || port("com") || port("lpt") { format!("{name}-") } else { name }
}
