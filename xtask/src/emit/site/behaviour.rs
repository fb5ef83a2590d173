//! The rows of behaviour of a function, ready to be shown: what it does first, and how that is known on demand.

use super::here::Here;
use super::linked::linked;
use crate::draft::Draft;
use crate::model::{Mark, Row};

/// The rows of one subject.
pub(super) struct SubjectView<'a> {
    pub(super) title: &'a str,
    pub(super) rows: Vec<RowView<'a>>,
}

/// A row.
pub(super) struct RowView<'a> {
    pub(super) row: &'a Row,
    /// Also its anchor.
    pub(super) id: String,
    pub(super) marks: Vec<Mark>,
    /// What ours does, in pieces, of which names lead to their pages.
    pub(super) ours: Vec<(&'a str, Option<String>)>,
}

/// The rows of a function or callback, in their order, by subject.
pub(super) fn subjects<'a>(here: Here<'a>, draft: &'a Draft) -> Vec<SubjectView<'a>> {
    let mut subjects: Vec<SubjectView<'a>> = Vec::new();
    for row in here.site.spec.rows_of(draft).map(|row| &row.value) {
        let ours = linked(here, &row.ours);
        let view = RowView { row, id: row.id.to_string(), marks: row.marks(), ours };
        match subjects.iter_mut().find(|subject| subject.title == &*row.subject) {
            Some(subject) => subject.rows.push(view),
            None => subjects.push(SubjectView { title: &row.subject, rows: vec![view] }),
        }
    }
    subjects
}

impl RowView<'_> {
    /// Whether there is more to say than what happens when.
    pub(super) fn has_evidence(&self) -> bool {
        let Row { page, windows, reference, basis, .. } = self.row;
        page.is_some() || windows.is_some() || reference.is_some() || basis.is_some()
    }
}
