//! Fields that are declared and have no heading.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{at, locate};
use super::fill::{fill, without_heading};
use super::known::{Known, joined, segment, without_unnamed};
use super::shown::Lines;
use crate::c::fields::Declaration;
use crate::c::names::closest;
use crate::diag::{Diagnostics, Rule};
use crate::draft::Field;
use crate::page::Page;

/// Looks for the fields that are declared and have no heading.
pub(super) struct Missing<'a> {
    pub(super) page: &'a Page,
    pub(super) declaration: &'a Declaration,
    pub(super) lines: Lines,
    pub(super) known: &'a Known,
    /// For each declared field the first heading of it.
    pub(super) listed: &'a [Option<usize>],
    /// The names of headings that the declaration does not have.
    pub(super) strangers: Vec<String>,
    /// The paths of headings for which there are several declarations.
    pub(super) disputed: BTreeSet<String>,
}

impl Missing<'_> {
    /// Reports them, and adds them to the fields. Returns their names.
    pub(super) fn add(&self, fields: &mut Vec<Field>, diags: &mut Diagnostics) -> Vec<String> {
        let mut names = Vec::new();
        let mut paths = self.paths(fields);
        // By the field that they stand behind.
        let mut added: BTreeMap<Option<usize>, Vec<Field>> = BTreeMap::new();
        let mut behind = None;
        for (index, declared) in self.declaration.fields.iter().enumerate() {
            if let Some(listed) = self.listed[index] {
                behind = Some(listed);
                continue;
            }
            let within = declared.within.map_or(Some(""), |part| paths[part].as_deref());
            let Some((within, last)) = within.zip(segment(declared)) else { continue };
            // Headings leave out what has no name.
            let is_left_out = paths[index].is_some() && without_unnamed(&last).is_none();
            if is_left_out || self.is_elsewhere(index) {
                continue;
            }
            let name = joined(within, &last);
            let span = self.lines.span(declared);
            let strangers = self.strangers.iter().map(String::as_str);
            let help = closest(&name, strangers).map_or_else(
                || "give it a heading with its text".to_owned(),
                |likely| format!("is `{likely}` meant? then correct that heading"),
            );
            let message = format!("`{name}` is declared here but has no heading");
            diags.report_help(Rule::UndocumentedField, locate(self.page, span), message, help);
            paths[index].get_or_insert_with(|| name.clone());
            if declared.name.is_some() {
                names.push(name.clone());
            }
            if !self.strangers.is_empty() || declared.conditional {
                continue;
            }
            let source = at(self.page, span);
            let mut field = without_heading(name, source.clone());
            fill(&mut field, declared, source);
            added.entry(behind).or_default().push(field);
        }
        if added.is_empty() {
            return names;
        }
        let listed = std::mem::take(fields);
        fields.extend(added.remove(&None).into_iter().flatten());
        for (index, field) in listed.into_iter().enumerate() {
            fields.push(field);
            fields.extend(added.remove(&Some(index)).into_iter().flatten());
        }
        names
    }

    /// Whether another declaration of the same field counts, or is in dispute.
    fn is_elsewhere(&self, index: usize) -> bool {
        let Some(path) = &self.known.paths[index] else { return true };
        let first = self.known.whole[path];
        let seen = without_unnamed(path);
        first.is_some_and(|first| first != index)
            || std::iter::once(path).chain(&seen).any(|path| self.disputed.contains(path))
    }

    /// For each part what headings write before the names of its fields; `None` where there is no heading to tell.
    fn paths(&self, fields: &[Field]) -> Vec<Option<String>> {
        let mut paths: Vec<Option<String>> = vec![None; self.listed.len()];
        let name = |listed: usize| &*fields[listed].name.value;
        for (path, listed) in paths.iter_mut().zip(self.listed) {
            *path = listed.map(|listed| name(listed).to_owned());
        }
        for (declared, listed) in self.declaration.fields.iter().zip(self.listed) {
            if let (Some(part), Some(listed)) = (declared.within, listed) {
                let within = name(*listed).rsplit_once('.').map_or("", |(within, _)| within);
                paths[part].get_or_insert_with(|| within.to_owned());
            }
        }
        paths
    }
}
