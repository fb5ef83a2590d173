//! Headings of parameters against the prototype on the page: names, their order, which way data goes, and types. Each
//! difference is a finding; one that changes what a caller passes makes the item incomplete.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::Differences;
use super::functions;
use crate::c::attributes;
use crate::c::compare::differ_as_params;
use crate::c::names::{closest, is_placeholder};
use crate::c::prototypes::{Declared, Prototype, prototypes};
use crate::diag::Diagnostics;
use crate::draft::{Direction, Function, Param};
use crate::page::{Page, SectionKind};
use crate::prose::BlockKind;
use crate::source::Span;

/// Compares the parameters of a function or callback with the page's declaration of it.
pub(super) fn compare(
    page: &Page,
    names: &BTreeSet<&str>,
    function: &Function,
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) {
    let params = &function.params;
    let known: BTreeSet<&str> = params.iter().map(|param| &*param.name.value).collect();
    let Some(shown) = of(page, names, &known) else { return };
    let mut report = Report { shown: &shown, differences: Differences { page, flaws, diags } };
    // Arguments without names need no heading.
    let declared = match shown.prototype.params.split_last() {
        Some((last, rest)) if last.name.as_deref() == Some("...") && !known.contains("...") => rest,
        _ => &shown.prototype.params[..],
    };
    if params.is_empty() {
        // `missing-params` has said it.
        if !declared.is_empty() && report.differences.flaws.iter().all(|flaw| flaw != functions::NO_PARAMS) {
            report.flaw(
                shown.span(),
                &format!("{} parameters are declared here, but none of them has a heading", declared.len()),
            );
        }
        return;
    }
    let names: Option<Vec<&str>> = declared.iter().map(|param| param.name.as_deref()).collect();
    // A declaration need not name its parameters: then only their number and types can be compared.
    let Some(names) = names else {
        if declared.len() == params.len() {
            params.iter().zip(declared).for_each(|(param, declared)| report.part(param, declared));
        } else {
            let (headings, count) = (params.len(), declared.len());
            report.flaw(
                shown.span(),
                &format!("{count} parameters are declared here, but only {headings} have a heading"),
            );
        }
        return;
    };
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        places.entry(name).or_insert(at);
    }
    let found: Vec<Option<usize>> = params.iter().map(|param| places.get(&*param.name.value).copied()).collect();
    let mut missing: Vec<usize> = (0..declared.len()).filter(|at| !found.contains(&Some(*at))).collect();
    for (at, (param, found)) in params.iter().zip(&found).enumerate() {
        let span = param.name.source.location().span;
        match found {
            Some(found) => report.part(param, &declared[*found]),
            // The same parameter under another name: only one of the names is wrong.
            None if params.len() == declared.len() && missing.contains(&at) => {
                missing.retain(|&other| other != at);
                report.renamed(span, param, names[at]);
                report.part(param, &declared[at]);
            }
            None => {
                let name = &param.name.value;
                let others = missing.iter().map(|&at| names[at]);
                let meant = closest(name, others).map_or_else(String::new, |likely| format!("; `{likely}` is"));
                report.flaw(span, &format!("`{name}` has a heading but is not declared{meant}"));
            }
        }
    }
    for at in missing {
        let name = names[at];
        // One slip of the pen is one finding.
        if functions::has_other_heading(page, name) {
            continue;
        }
        report.flaw(shown.line(declared[at].line), &format!("`{name}` is declared here but has no heading"));
    }
    let order: Vec<(usize, usize)> = found.iter().enumerate().filter_map(|(at, found)| Some((at, (*found)?))).collect();
    if let Some(pair) = order.windows(2).find(|pair| pair[0].1 > pair[1].1) {
        let (one, other) = (&params[pair[0].0].name.value, &params[pair[1].0].name.value);
        report.flaw(
            shown.span(),
            &format!(
                "`{other}` is declared before `{one}`, but the heading of `{other}` comes after the heading of `{one}`"
            ),
        );
    }
}

/// A declaration on the page.
struct Shown {
    prototype: Prototype,
    block: Span,
    first: Option<u32>,
}

impl Shown {
    fn span(&self) -> Span {
        self.line(self.prototype.line)
    }

    fn line(&self, line: u32) -> Span {
        Span::line(self.first.map_or(self.block.line, |first| first + line))
    }
}

/// The declaration in a syntax block that is called as the item; of several the one that has most of the parameters,
/// which must be one of them if it is called otherwise. Without a syntax block, types come from the description, and so does
/// the declaration that is called as the item: other code there may be an example. See declared_in_the_description.
fn of(page: &Page, names: &BTreeSet<&str>, known: &BTreeSet<&str>) -> Option<Shown> {
    let is_syntax = page.sections.iter().any(|section| {
        section.kind == SectionKind::Syntax
            && section.prose.blocks.iter().any(|block| matches!(block.kind, BlockKind::Code(..)))
    });
    let kind = if is_syntax { SectionKind::Syntax } else { SectionKind::Description };
    let sections = page.sections.iter().filter(|section| section.kind == kind);
    let mut best: Option<((bool, usize), Shown)> = None;
    for block in sections.flat_map(|section| &section.prose.blocks) {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        if language.as_ref().is_some_and(|language| is_foreign(language)) {
            continue;
        }
        let first = language.as_ref().map(|_| block.span.line + 1);
        for prototype in prototypes(text, |name| known.contains(name)) {
            let is_called = names.iter().any(|name| last_part(name) == prototype.name);
            let shared = prototype.params.iter().filter_map(|param| param.name.as_deref());
            let shared = shared.filter(|name| known.contains(name)).count();
            if !is_called && (shared == 0 || !is_syntax) {
                continue;
            }
            let rank = (shared * 2 >= known.len(), shared);
            if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                best = Some((rank, Shown { prototype, block: block.span, first }));
            }
        }
    }
    best.map(|(_, shown)| shown)
}

/// Whether a block is in a language that declares things in another way than C.
fn is_foreign(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    matches!(&*language, "vb" | "vbnet" | "csharp" | "cs" | "c#" | "java" | "js" | "javascript" | "jscript" | "python")
}

/// `Get` of `IThing::Get` and `IThing.Get`.
fn last_part(name: &str) -> &str {
    name.rsplit([':', '.']).next().expect("a split has a last part")
}

struct Report<'a> {
    shown: &'a Shown,
    differences: Differences<'a>,
}

impl Report<'_> {
    /// A difference that leaves open what a caller passes.
    fn flaw(&mut self, span: Span, message: &str) {
        let flaw = "headings of the parameters that are declared";
        self.differences.flaw(span, message, "correct the heading or the declaration", flaw);
    }

    /// Two names for one parameter.
    fn renamed(&mut self, span: Span, param: &Param, other: &str) {
        let name = &param.name.value;
        // The declaration was given made-up names, and the heading the real one.
        if is_placeholder(other) {
            return;
        }
        let message = format!("`{name}` has a heading, but is declared as `{other}`");
        // A name that a tool made up is none of the page's own.
        if is_placeholder(name) {
            self.differences.report(span, &message, "give the heading the declared name");
        } else {
            self.flaw(span, &message);
        }
    }

    /// Way and type of one parameter.
    fn part(&mut self, param: &Param, declared: &Declared) {
        let span = self.shown.line(declared.line);
        let name = &param.name.value;
        let way = way(&declared.annotations);
        if let (Some(stated), Some(way)) = (&param.direction, way)
            && stated.value != way
        {
            let (stated, way) = (stated.value.name(), way.name());
            let message = format!("the heading says that `{name}` is `{stated}`, but it is declared as `{way}`");
            self.differences.report(span, &message, "correct the wrong one; until then the heading counts");
        }
        if let (Some(stated), Some(c_type)) = (&param.c_type, &declared.c_type)
            && differ_as_params(&stated.value, c_type)
        {
            let message =
                format!("the heading says that `{name}` is `{}`, but it is declared as `{c_type}`", stated.value);
            self.flaw(span, &message);
        }
    }
}

/// The way that annotations state.
fn way(annotations: &[String]) -> Option<Direction> {
    let all: Vec<Direction> = annotations.iter().filter_map(|word| attributes::direction(word)).collect();
    match (all.contains(&Direction::InOut), all.contains(&Direction::In), all.contains(&Direction::Out)) {
        (true, _, _) | (false, true, true) => Some(Direction::InOut),
        (false, true, false) => Some(Direction::In),
        (false, false, true) => Some(Direction::Out),
        (false, false, false) => None,
    }
}
