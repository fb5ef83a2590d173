//! The fields of a declaration by the paths that headings give them.

use std::collections::BTreeMap;

use crate::c::fields::{Declaration, Declared, PartKind, What, dummy};

/// No path to a field is longer.
const LONGEST: usize = 1024;

/// The fields of a declaration by their paths; none where two of one path differ.
pub(super) struct Known {
    /// With `(unnamed union)` for a part without a name.
    pub(super) whole: BTreeMap<String, Option<usize>>,
    /// Without parts that have no name, as C sees them.
    pub(super) seen: BTreeMap<String, Option<usize>>,
    /// The whole path of each field, unless it is too long for any.
    pub(super) paths: Vec<Option<String>>,
}

impl Known {
    pub(super) fn of(declaration: &Declaration) -> Self {
        let fields = &declaration.fields;
        let mut known = Self { whole: BTreeMap::new(), seen: BTreeMap::new(), paths: Vec::with_capacity(fields.len()) };
        for (index, field) in fields.iter().enumerate() {
            let before = field.within.map_or(Some(""), |part| known.paths[part].as_deref());
            let path = before.zip(segment(field)).map(|(before, segment)| joined(before, &segment));
            let path = path.filter(|path| path.len() <= LONGEST);
            if let Some(path) = &path {
                add(&mut known.whole, path.clone(), index, fields);
                if let Some(path) = without_unnamed(path) {
                    add(&mut known.seen, path, index, fields);
                }
            }
            known.paths.push(path);
        }
        known
    }

    /// The path that a heading means, and the field there, if its declarations agree.
    pub(super) fn place(&self, name: &str) -> Option<(&str, Option<usize>)> {
        let segments = name.split('.').map(|segment| match segment.strip_prefix('(') {
            Some(inner) if inner.contains("union") => unnamed(PartKind::Union),
            Some(_) => unnamed(PartKind::Struct),
            None => segment,
        });
        let whole = segments.collect::<Vec<_>>().join(".");
        let found = self.whole.get_key_value(&whole);
        let found = found.or_else(|| self.seen.get_key_value(&without_unnamed(&whole)?));
        found.map(|(path, place)| (&**path, *place))
    }
}

/// Two fields of one path, such as those of two conditions, are one if they are the same.
fn add(paths: &mut BTreeMap<String, Option<usize>>, path: String, index: usize, fields: &[Declared]) {
    let place = paths.entry(path).or_insert(Some(index));
    *place = place.filter(|&first| fields[first].what == fields[index].what);
}

pub(super) const fn unnamed(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Union => "(unnamed union)",
        PartKind::Struct => "(unnamed struct)",
    }
}

/// A path without the parts that have no name, or one that headers write only for compilers that want it; `None` if
/// it leads to such a part.
pub(super) fn without_unnamed(path: &str) -> Option<String> {
    let has_name = |segment: &&str| !segment.starts_with('(') && dummy(segment).is_none();
    let last = path.rsplit('.').next().expect("a split has a last part");
    let kept = || path.split('.').filter(has_name).collect::<Vec<_>>().join(".");
    has_name(&last).then(kept)
}

pub(super) fn joined(within: &str, last: &str) -> String {
    if within.is_empty() { last.to_owned() } else { format!("{within}.{last}") }
}

/// The last part of the path to a field; none if it cannot be told.
pub(super) fn segment(field: &Declared) -> Option<String> {
    match (&field.name, &field.what) {
        (Some(name), _) => Some(name.clone()),
        (None, What::Part(kind)) => Some(unnamed(*kind).to_owned()),
        (None, _) => None,
    }
}
