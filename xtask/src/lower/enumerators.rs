//! What a whole C declaration on the page of an enumeration says of members whose values nothing else states: C defines
//! the value of an enumerator by its place. Headings are never counted.

use std::collections::{BTreeMap, BTreeSet};

use super::{at, locate};
use crate::c::enumerators::{Declaration, Enumerator, declarations};
use crate::c::values::{self, Outcome};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Member, as_c_sees};
use crate::fact::Fact;
use crate::page::Page;
use crate::prose::{BlockKind, Prose};
use crate::source::Span;

/// Tells the members of their places in the only declaration on the page that has one of the item's names, if that is
/// all there, has the names of the headings and contradicts no value that is stated elsewhere.
pub(super) fn complete(page: &Page, names: &BTreeSet<&str>, members: &mut [Member], diags: &mut Diagnostics) {
    let own = declared(page, names);
    let Some((declaration, lines)) = own.first() else { return };
    let span = |enumerator: &Enumerator| lines.span(enumerator);
    let is_open = members.iter().any(|member| member.value.is_none());
    let doubt = match doubt(declaration, members) {
        _ if own.len() > 1 => Some("it stands on the page more than once".to_owned()),
        doubt => doubt,
    };
    if let Some(doubt) = doubt {
        if is_open {
            let message = format!("the declaration does not tell the values of members: {doubt}");
            diags.report(Rule::UnusedDeclaration, locate(page, lines.block), message);
        }
        return;
    }
    let implied = implied(declaration);
    let mut agree = true;
    for enumerator in &declaration.enumerators {
        let stated = members.iter().find(|member| member.name.value == enumerator.name);
        let stated = stated.and_then(|member| member.value.as_ref());
        if let (Some(stated), Some(&value)) = (stated, implied.get(&*enumerator.name))
            && as_c_sees(stated.value) != value
        {
            let line = stated.source.location().span.line;
            let message =
                format!("`{}` is {value} by its place here, but {} on line {line}", enumerator.name, stated.value);
            diags.report(Rule::ValueConflict, locate(page, span(enumerator)), message);
            agree = false;
        }
    }
    if !agree {
        return;
    }
    let mut before = None;
    for enumerator in &declaration.enumerators {
        let member = members.iter_mut().find(|member| member.name.value == enumerator.name);
        if let Some(member) = member.filter(|member| member.stated.is_none()) {
            let source = at(page, span(enumerator));
            match &enumerator.value {
                Some(value) => member.stated = Some(Fact { value: value.clone(), source }),
                None => member.follows = Some(Fact { value: before.clone(), source }),
            }
        }
        before = Some(enumerator.name.clone());
    }
}

/// Where the lines of a declaration are on the page.
#[derive(Clone, Copy)]
struct Lines {
    block: Span,
    /// The line of the text's first line, if each has one of its own.
    first: Option<u32>,
}

impl Lines {
    fn span(self, enumerator: &Enumerator) -> Span {
        Span::line(self.first.map_or(self.block.line, |first| first + enumerator.line))
    }
}

/// The declarations of this item, wherever on the page they stand.
fn declared(page: &Page, names: &BTreeSet<&str>) -> Vec<(Declaration, Lines)> {
    let sections = page
        .sections
        .iter()
        .flat_map(|section| std::iter::once(&section.prose).chain(section.entries.iter().map(|entry| &entry.prose)));
    let proses = std::iter::once(&page.lead).chain(sections);
    let mut own = Vec::new();
    for block in proses.flat_map(|prose: &std::sync::Arc<Prose>| &prose.blocks) {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        // A fence with a language is one, and its text starts on the next line; a `<pre>` may start anywhere.
        let first = language.as_ref().map(|_| block.span.line + 1);
        let called = |declaration: &Declaration| declaration.names.iter().any(|name| names.contains(&**name));
        let lines = Lines { block: block.span, first };
        own.extend(declarations(text).into_iter().filter(called).map(|declaration| (declaration, lines)));
    }
    own
}

/// Why a declaration cannot be trusted to be that of the members.
fn doubt(declaration: &Declaration, members: &[Member]) -> Option<String> {
    if !declaration.complete {
        return Some("a part is left out, or it has a preprocessor line".to_owned());
    }
    let declared: BTreeSet<&str> = declaration.enumerators.iter().map(|enumerator| &*enumerator.name).collect();
    let listed: BTreeSet<&str> = members.iter().map(|member| &*member.name.value).collect();
    if declared.len() < declaration.enumerators.len() || listed.len() < members.len() {
        return Some("a name is listed twice".to_owned());
    }
    let differs = declared.symmetric_difference(&listed).next();
    differs.map(|name| format!("`{name}` is either declared or has a heading, but not both"))
}

/// The values that the declaration alone gives its enumerators, as far as they can be told from it.
fn implied(declaration: &Declaration) -> BTreeMap<&str, i128> {
    let mut known: BTreeMap<&str, i128> = BTreeMap::new();
    let mut next = Some(0);
    for enumerator in &declaration.enumerators {
        let value = match &enumerator.value {
            None => next,
            Some(text) => match values::evaluate(text, |name| known.get(name).copied()) {
                Outcome::Value(value) => Some(as_c_sees(value)),
                _ => None,
            },
        };
        known.extend(value.map(|value| (&*enumerator.name, value)));
        next = value.map(|value| value + 1);
    }
    known
}
