//! The declaration of a structure or union on its page. Where it can be trusted it is the layout: it gives the order,
//! the nesting, the types and the widths of the fields. Where it cannot, the item is incomplete, and what headings
//! leave open is taken from it all the same, as facts that no code is made of.

mod fill;
mod known;
mod layout;
mod missing;
mod packing;
mod shown;

use std::collections::BTreeSet;

use super::at;
use super::differences::Differences;
use crate::c::fields::Declaration;
use crate::c::names::closest;
use crate::diag::Diagnostics;
use crate::draft::Field;
use crate::page::Page;
use crate::source::Span;
use fill::fill;
use known::Known;
use missing::Missing;
use shown::Lines;

pub(super) use shown::{Shown, kind, on};

/// How many declarations without the item's name are looked at.
const MOST: usize = 16;

/// More headings without a declaration than this are reported together.
const MANY: usize = 8;

/// Lays the fields out as the declaration has them, or says why it cannot be done.
///
/// `unread` are headings of which no field could be made.
pub(super) fn complete(
    page: &Page,
    name: &str,
    all: &[Shown],
    unread: Vec<String>,
    fields: &mut Vec<Field>,
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) {
    let mut doubts = Doubts { name, differences: Differences { page, flaws, diags } };
    packing::doubt(page, all, &mut doubts);
    let Some((declaration, lines)) = of(all, fields, &mut doubts) else { return };
    doubts.of_declaration(declaration, lines);
    let known = Known::of(declaration);
    let mut listed: Vec<Option<usize>> = vec![None; declaration.fields.len()];
    let mut order = Vec::with_capacity(fields.len());
    let mut strangers = unread;
    let mut unknown = Vec::new();
    let mut disputed = BTreeSet::new();
    for (index, field) in fields.iter().enumerate() {
        let name = &field.name.value;
        let found = match known.place(name) {
            None => {
                unknown.push(index);
                strangers.push(name.clone());
                continue;
            }
            Some((path, None)) => {
                doubts.add(
                    lines.block(),
                    &format!("`{name}` is declared twice, and the declarations differ"),
                    "its declarations",
                );
                disputed.insert(path.to_owned());
                continue;
            }
            Some((_, Some(found))) => found,
        };
        if let Some(first) = listed[found] {
            let first = &fields[first].name.value;
            if first != name {
                let message = format!("`{first}` and `{name}` are headings of one declared field");
                doubts.add(field.name.source.location().span, &message, "its headings");
            }
        } else {
            listed[found] = Some(index);
        }
        order.push(found);
    }
    doubts.strangers(&unknown, fields, declaration, lines);
    for (declared, listed) in declaration.fields.iter().zip(&listed) {
        let Some(listed) = listed else { continue };
        let field = &mut fields[*listed];
        layout::compare(page, field, declared, lines.span(declared), doubts.differences.diags);
    }
    let unlisted =
        |(at, listed): (usize, &Option<usize>)| listed.is_none() && !layout::needs_no_heading(&declaration.fields[at]);
    let is_whole = declaration.complete && !listed.iter().enumerate().any(unlisted);
    if is_whole && strangers.is_empty() && order.len() == fields.len() && distinct(&order) == order.len() {
        doubts.order(fields, &order, lines.block());
        layout::arrange(page, declaration, lines, &listed, fields);
        return;
    }
    for (declared, listed) in declaration.fields.iter().zip(&listed) {
        if let Some(listed) = listed {
            fill(&mut fields[*listed], declared, at(page, lines.span(declared)));
        }
    }
    // What could not be read may be a field with any name.
    if declaration.complete && listed.iter().any(Option::is_some) {
        let missing = Missing { page, declaration, lines, known: &known, listed: &listed, strangers, disputed };
        let names = missing.add(fields, doubts.differences.diags);
        if let [first, rest @ ..] = &names[..] {
            let more = if rest.is_empty() { " is".to_owned() } else { format!(" and {} more are", rest.len()) };
            let message = format!(
                "`{first}`{more} declared here without a heading: headings and declaration do not have the same fields"
            );
            doubts.add(lines.block(), &message, "fields");
        }
    }
}

fn distinct(order: &[usize]) -> usize {
    order.iter().collect::<BTreeSet<_>>().len()
}

/// The declaration of this item, or the first in a syntax block that has most of its fields.
fn of<'a>(all: &'a [Shown], fields: &[Field], doubts: &mut Doubts<'_>) -> Option<(&'a Declaration, Lines)> {
    let mut own = all.iter().filter(|shown| shown.is_own);
    if let Some(first) = own.next() {
        if let Some(other) = own.find(|other| !other.declaration.says_as(&first.declaration)) {
            let message = format!("`{}` is declared again, in another way", doubts.name);
            doubts.add(other.lines.block(), &message, "one that holds");
        }
        if fields.is_empty() && !first.declaration.fields.is_empty() {
            let count = first.declaration.fields.len();
            let message = format!("`{}` is declared with {count} fields, but no heading names a field", doubts.name);
            doubts.add(first.lines.block(), &message, "headings");
            return None;
        }
        return Some((&first.declaration, first.lines));
    }
    let mut syntax = all.iter().filter(|shown| shown.is_syntax).take(MOST).peekable();
    let first = *syntax.peek()?;
    let has_most = |shown: &&Shown| {
        let known = Known::of(&shown.declaration);
        let found = fields.iter().filter(|field| known.place(&field.name.value).is_some()).count();
        found > 0 && found * 2 >= fields.len()
    };
    let likely = syntax.find(has_most);
    let shown = likely.unwrap_or(first);
    let called =
        shown.declaration.names.first().map_or_else(|| "a type without a name".to_owned(), |name| format!("`{name}`"));
    let message = format!("{called} is declared here, but `{}` is declared nowhere on this page", doubts.name);
    doubts.add(shown.lines.block(), &message, "its name");
    likely.map(|likely| (&likely.declaration, likely.lines))
}

/// Why a declaration is not taken for the layout.
struct Doubts<'a> {
    name: &'a str,
    differences: Differences<'a>,
}

impl Doubts<'_> {
    /// Reports a difference that makes the item incomplete; `what` of its declaration is in doubt.
    fn add(&mut self, span: Span, message: &str, what: &str) {
        let help = "nothing is generated until headings and declaration agree";
        let flaw = format!("a declaration that agrees with the headings: {what}");
        self.differences.flaw(span, message, help, &flaw);
    }

    /// What is in a declaration itself that keeps it from being the layout.
    fn of_declaration(&mut self, declaration: &Declaration, lines: Lines) {
        if !declaration.complete {
            let message = format!("the declaration of `{}` cannot be read to its end", self.name);
            self.add(lines.block(), &message, "all of it");
        }
        if let Some(field) = declaration.fields.iter().find(|field| field.conditional) {
            let named = field.name.as_ref().map_or_else(|| "a part".to_owned(), |name| format!("`{name}`"));
            let message = format!("a preprocessor condition decides whether `{}` has {named}", self.name);
            self.add(lines.span(field), &message, "conditions");
        }
        if let Some(line) = declaration.packing {
            self.packing(lines.line(line));
        }
    }

    /// Fields that lie otherwise than C lays them out, which no generated code does.
    fn packing(&mut self, span: Span) {
        let message =
            format!("the fields of `{}` are packed or aligned here, and generated code cannot express that", self.name);
        self.add(span, &message, "packing");
    }

    /// Headings that the declaration does not have; where there are many, they are one difference.
    fn strangers(&mut self, unknown: &[usize], fields: &[Field], declaration: &Declaration, lines: Lines) {
        if unknown.len() > MANY {
            let (count, all, name) = (unknown.len(), fields.len(), self.name);
            self.add(lines.block(), &format!("{count} of {all} headings of `{name}` are not declared here"), "names");
            return;
        }
        for &index in unknown {
            let name = &fields[index].name;
            self.stranger(name.source.location().span, &name.value, declaration);
        }
    }

    fn stranger(&mut self, span: Span, name: &str, declaration: &Declaration) {
        let declared = declaration.fields.iter().filter_map(|field| field.name.as_deref());
        let last = name.rsplit('.').next().expect("a split has a last part");
        // Names of a letter or two are all alike.
        let likely = closest(last, declared.filter(|other| *other != last && other.len() > 2));
        let meant = likely.map_or_else(String::new, |likely| format!("; `{likely}` is"));
        self.add(span, &format!("`{name}` has a heading but is not declared{meant}"), "names");
    }

    /// Reports headings that stand in another order than the fields; the declaration counts.
    fn order(&mut self, fields: &[Field], order: &[usize], span: Span) {
        let Some(at) = order.windows(2).position(|pair| pair[0] > pair[1]) else { return };
        let (one, other) = (&fields[at].name.value, &fields[at + 1].name.value);
        let message = format!(
            "`{other}` is declared before `{one}`, but the heading of `{other}` comes after the heading of `{one}`; the declaration counts"
        );
        let help = "put the headings in the order of the declaration";
        self.differences.report(span, &message, help);
    }
}
