//! `behaviour/*.toml`: what each call does, row by row. Reads the files, and checks the rows against the items and against
//! each other.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::lenient::{self, report_near};
use crate::c::names::{Names, closest};
use crate::diag::{Diagnostics, Rule};
use crate::fact::{Fact, Source};
use crate::model::{Evidence, Row, RowId, Spec};
use crate::source::{Location, SourceFile};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    subject: Spanned<String>,
    #[serde(default, rename = "row")]
    rows: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    functions: Vec<Spanned<String>>,
    situation: Spanned<String>,
    page: Option<Spanned<String>>,
    windows: Option<Spanned<String>>,
    evidence: Spanned<String>,
    reference: Option<Spanned<String>>,
    ours: Spanned<String>,
    basis: Option<Spanned<String>>,
    #[serde(default)]
    choice: bool,
}

/// A file under its findings.
struct Reader<'a> {
    file: &'a SourceFile,
    diags: &'a mut Diagnostics,
}

/// What all files say together.
#[derive(Default)]
struct Table {
    rows: BTreeMap<RowId, Fact<Row>>,
    /// The ids of all rows, also of those that something is wrong with.
    ids: BTreeSet<RowId>,
    /// Whether a file could not be read: then nobody knows which rows there are.
    torn: bool,
}

/// Reads the rows of all files into the Spec, sorted by id, and reports what contradicts the items or another row.
pub fn resolve<'a>(files: impl Iterator<Item = &'a SourceFile> + Clone, spec: &mut Spec, diags: &mut Diagnostics) {
    let mut table = Table::default();
    for file in files.clone() {
        Reader { file, diags: &mut *diags }.read(spec, &mut table);
    }
    for file in files {
        for (at, named) in RowId::in_text(file.text()) {
            if RowId::new(named).is_some() {
                table.look_up(named, || file.at(file.span(at, at + named.len())), diags);
            }
        }
    }
    for difference in spec.runtime.values().flat_map(|support| &support.value.differences) {
        table.look_up(&difference.value.row, || difference.source.location().clone(), diags);
    }
    spec.behaviour = table.rows.into_values().collect();
}

impl Table {
    /// Reports the name of a row that is not there. Who has no table of behaviour may name the rows of another one.
    fn look_up(&self, named: &str, location: impl FnOnce() -> Location, diags: &mut Diagnostics) {
        let known = RowId::new(named).is_some_and(|id| self.ids.contains(&id));
        if known || self.torn || self.ids.is_empty() {
            return;
        }
        let known = self.ids.iter().map(RowId::to_string);
        let near: Vec<String> = known.filter(|known| one_apart(named, known)).collect();
        // Where several are as near, none is more likely than the others.
        let near = if let [near] = &near[..] { Some(&**near) } else { None };
        report_near(location(), format!("there is no row `{named}` of behaviour"), near, diags);
    }
}

/// Whether one character was left out, added or replaced.
fn one_apart(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let rest = one.len().min(other.len()) - front;
    let back = one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    one.len().max(other.len()) - front - back == 1
}

impl Reader<'_> {
    fn at(&self, range: &Range<usize>) -> Location {
        self.file.at(self.file.span(range.start, range.end))
    }

    fn report(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let at = self.at(range);
        self.diags.report(Rule::InvalidConfig, at, message);
    }

    fn read(&mut self, spec: &Spec, table: &mut Table) {
        let Some(File { subject, rows }) = lenient::whole::<File>(self.file, self.diags) else {
            table.torn = true;
            return;
        };
        let subject: Arc<str> = self.said("subject", subject).into();
        for entry in rows {
            let at = entry.id.span();
            let id = self.id(&entry.id);
            let row = self.row(entry, id, &subject, spec);
            let Some(id) = id else { continue };
            if let Some(first) = table.rows.get(&id) {
                let message = format!("`{id}` stands in {} already", first.source.location());
                self.report(&at, message);
                continue;
            }
            table.ids.insert(id);
            let source = Source::Page(self.at(&at));
            table.rows.extend(row.map(|row| (id, Fact { value: row, source })));
        }
    }

    /// A row that has an id and a kind of evidence.
    fn row(&mut self, entry: Entry, id: Option<RowId>, subject: &Arc<str>, spec: &Spec) -> Option<Row> {
        let evidence = self.evidence(&entry.evidence);
        if let Some(evidence) = evidence {
            self.form(&entry, evidence);
        }
        Some(Row {
            functions: self.functions(entry.functions, spec),
            id: id?,
            subject: subject.clone(),
            situation: self.said("situation", entry.situation),
            page: entry.page.map(|text| self.said("page", text)),
            windows: entry.windows.map(|text| self.said("windows", text)),
            evidence: evidence?,
            reference: entry.reference.map(|text| self.said("reference", text)),
            ours: self.said("ours", entry.ours),
            basis: entry.basis.map(|text| self.said("basis", text)),
            choice: entry.choice,
        })
    }

    fn id(&mut self, id: &Spanned<String>) -> Option<RowId> {
        let read = RowId::new(id.get_ref());
        if read.is_none() {
            let message =
                format!("`{}` is not an id: an id is `b` and two or three numbers, such as `b1.7.5`", id.get_ref());
            self.report(&id.span(), message);
        }
        read
    }

    fn evidence(&mut self, word: &Spanned<String>) -> Option<Evidence> {
        let read = Evidence::ALL.into_iter().find(|evidence| evidence.name() == word.get_ref());
        if read.is_none() {
            let known = Evidence::ALL.map(Evidence::name);
            let message = format!("`{}` is not a kind of evidence; the kinds are {}", word.get_ref(), known.join(", "));
            let near = closest(word.get_ref(), known.into_iter());
            report_near(self.at(&word.span()), message, near, self.diags);
        }
        read
    }

    /// What the keys of a row demand of each other.
    fn form(&mut self, entry: &Entry, evidence: Evidence) {
        let at = entry.evidence.span();
        let (page, windows) = (entry.page.is_some(), entry.windows.is_some());
        match evidence {
            Evidence::Page if !page => self.report(&at, "evidence of a page needs `page`, which says what it says"),
            Evidence::Recorded | Evidence::Program if !windows => {
                self.report(&at, "this evidence needs `windows`, which says what Windows does");
            }
            Evidence::None if page || windows || entry.reference.is_some() => {
                self.report(&at, "a row with `page`, `windows` or `reference` needs a kind of `evidence`");
            }
            Evidence::None if entry.basis.is_none() && !entry.choice => {
                self.report(&at, "a row without evidence needs a `basis`, or must be a `choice`");
            }
            Evidence::Page | Evidence::Recorded | Evidence::Program if entry.reference.is_none() => {
                self.report(&at, "evidence needs a `reference`");
            }
            _ => {}
        }
    }

    /// The names of functions that pages describe; the others are reported.
    fn functions(&mut self, names: Vec<Spanned<String>>, spec: &Spec) -> Vec<String> {
        let drafts = spec.items.iter().map(|item| &item.draft);
        let functions = || drafts.clone().filter(|draft| draft.kind.is_function()).map(|draft| &*draft.name.value);
        let mut out: Vec<String> = Vec::new();
        for name in names {
            let range = name.span();
            let name = name.into_inner();
            if out.contains(&name) {
                self.report(&range, format!("`{name}` stands here twice"));
            } else if functions().any(|known| known == name) {
                out.push(name);
            } else {
                let near = Names::new(functions()).near(&name).into_iter().next();
                let message = format!("no page describes a function or callback `{name}`");
                report_near(self.at(&range), message, near, self.diags);
            }
        }
        out
    }

    /// A text that must say something.
    fn said(&mut self, key: &str, text: Spanned<String>) -> String {
        if text.get_ref().trim().is_empty() {
            self.report(&text.span(), format!("`{key}` is empty"));
        }
        text.into_inner()
    }
}
