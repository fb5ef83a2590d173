//! Which family an item belongs to: its stated header, else its UID's, else its folder, else `unsorted`.

use super::config::{Families, FamilyConfig};
use crate::draft::{Draft, Kind};
use crate::name::is_free;

/// The family's name.
pub(super) fn of(draft: &Draft, families: &Families) -> String {
    let stem = header_stem(draft);
    let Some(stem) = stem else { return "unsorted".to_owned() };
    // A family whose header was not read has that of its name.
    let header = |family: &&FamilyConfig| match &*family.header {
        "" => family.name == stem,
        header => stem_of(header) == stem,
    };
    let known = families.list.iter().find(header);
    // Pages of codes make no module.
    let own = if draft.kind == Kind::Codes { stem.clone() } else { module(&stem) };
    known.map_or(own, |family| family.name.clone())
}

/// What a crate has besides families, as modules or features.
const TAKEN: &[&str] = &["codes", "default", "documented", "exports", "ffi", "kept"];

/// The module of a header that `families.toml` does not name.
fn module(stem: &str) -> String {
    if stem.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("_{stem}");
    }
    match TAKEN.contains(&stem) || !is_free(stem) {
        true => format!("{stem}_"),
        false => stem.to_owned(),
    }
}

/// The configuration of a family; one that `families.toml` does not name strips nothing and groups nothing.
pub(super) fn config(name: &str, families: &Families) -> FamilyConfig {
    let known = families.list.iter().find(|family| family.name == name).cloned();
    known.unwrap_or_else(|| FamilyConfig {
        name: name.to_owned(),
        title: name.to_owned(),
        header: format!("{}.h", name.trim_matches('_')),
        ..FamilyConfig::default()
    })
}

fn header_stem(draft: &Draft) -> Option<String> {
    let stated = draft.requirements.header.as_ref().map(|header| stem_of(&header.value));
    let uid = || Some(stem_of(draft.uid.as_ref()?.value.split_once(':')?.1.split_once('.')?.0));
    let folder = || draft.page.rsplit('/').nth(1).map(stem_of);
    let known = |stem: &String| !stem.is_empty() && stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    stated.filter(known).or_else(|| uid().filter(known)).or_else(|| folder().filter(known))
}

fn stem_of(header: &str) -> String {
    let header = header.trim().to_ascii_lowercase();
    header.strip_suffix(".h").unwrap_or(&header).replace(['-', '.'], "_")
}
