//! The declaration in the syntax block of a structure or union: types, widths and parts of the fields whose headings
//! leave them open, and fields that have no heading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{at, locate};
use crate::c::fields::{Declaration, Declared, PartKind, What, declarations};
use crate::c::names;
use crate::c::types::CType;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Afterwards, Field, Kind};
use crate::fact::{Fact, Source};
use crate::page::{Page, SectionKind};
use crate::prose::BlockKind;
use crate::source::Span;

/// No path to a field is longer.
const LONGEST: usize = 1024;

/// How many declarations without the item's name are looked at.
const MOST: usize = 16;

/// Gives the fields what the page's declaration of them says and nothing else states, and adds those that only it has,
/// unless there are headings that are unread or not in the declaration.
pub(super) fn complete(
    page: &Page,
    names: &BTreeSet<&str>,
    fields: &mut Vec<Field>,
    unread: Vec<String>,
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) {
    let Some((declaration, lines)) = of(page, names, fields) else { return };
    let known = Known::of(&declaration);
    let mut listed: Vec<Option<usize>> = vec![None; declaration.fields.len()];
    let mut strangers = unread;
    let mut disputed = BTreeSet::new();
    for (index, field) in fields.iter_mut().enumerate() {
        let name = &field.name.value;
        let found = match known.place(name) {
            None => {
                strangers.push(name.clone());
                continue;
            }
            Some((path, None)) => {
                disputed.insert(path.to_owned());
                continue;
            }
            Some((_, Some(found))) => found,
        };
        let declared = &declaration.fields[found];
        if declared.conditional {
            flaws.push(format!("field {name}: a preprocessor condition decides whether it is there"));
        }
        if known.leaves_out_a_union(&declaration, found, name) {
            flaws.push(format!("field {name}: its heading leaves out the union that it stands in"));
        }
        listed[found].get_or_insert(index);
        fill(field, declared, at(page, lines.span(declared)));
    }
    // What could not be read may be a field with any name.
    if declaration.complete && listed.iter().any(Option::is_some) {
        let missing =
            Missing { page, declaration: &declaration, lines, known: &known, listed: &listed, strangers, disputed };
        missing.add(fields, flaws, diags);
    }
}

/// Looks for the fields that are declared and have no heading.
struct Missing<'a> {
    page: &'a Page,
    declaration: &'a Declaration,
    lines: Lines,
    known: &'a Known,
    /// For each declared field the first heading of it.
    listed: &'a [Option<usize>],
    /// The names of headings that the declaration does not have.
    strangers: Vec<String>,
    /// The paths of headings for which there are several declarations.
    disputed: BTreeSet<String>,
}

impl Missing<'_> {
    fn add(&self, fields: &mut Vec<Field>, flaws: &mut Vec<String>, diags: &mut Diagnostics) {
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
            let help = names::closest(&name, strangers).map_or_else(
                || "give it a heading with its text".to_owned(),
                |likely| format!("is `{likely}` meant? then mend that heading"),
            );
            let message = format!("`{name}` is declared here and has no heading");
            diags.report_help(Rule::UndocumentedField, locate(self.page, span), message, help);
            paths[index].get_or_insert_with(|| name.clone());
            if !self.strangers.is_empty() || declared.conditional {
                flaws.push(format!("field {name}: it is declared and has no heading"));
                continue;
            }
            let source = at(self.page, span);
            let mut field = Field {
                name: Fact { value: name, source: source.clone() },
                bits: None,
                c_type: None,
                dimensions: None,
                nested: None,
                wide: None,
                afterwards: Afterwards::default(),
                docs: Arc::default(),
            };
            fill(&mut field, declared, source);
            added.entry(behind).or_default().push(field);
        }
        if added.is_empty() {
            return;
        }
        let listed = std::mem::take(fields);
        fields.extend(added.remove(&None).into_iter().flatten());
        for (index, field) in listed.into_iter().enumerate() {
            fields.push(field);
            fields.extend(added.remove(&Some(index)).into_iter().flatten());
        }
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

fn joined(within: &str, last: &str) -> String {
    if within.is_empty() { last.to_owned() } else { format!("{within}.{last}") }
}

/// The last part of the path to a field; none if it cannot be told.
fn segment(field: &Declared) -> Option<String> {
    match (&field.name, &field.what) {
        (Some(name), _) => Some(name.clone()),
        (None, What::Part(kind)) => Some(unnamed(*kind).to_owned()),
        (None, _) => None,
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
    fn span(self, declared: &Declared) -> Span {
        Span::line(self.first.map_or(self.block.line, |first| first + declared.line))
    }
}

/// The declaration of this item, or the first that has most of its fields.
fn of(page: &Page, names: &BTreeSet<&str>, fields: &[Field]) -> Option<(Declaration, Lines)> {
    let syntax = page.sections.iter().filter(|section| section.kind == SectionKind::Syntax);
    let mut all = Vec::new();
    for block in syntax.flat_map(|section| &section.prose.blocks) {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        // A fence with a language is one, and its text starts on the next line; a `<pre>` may start anywhere.
        let first = language.as_ref().map(|_| block.span.line + 1);
        let lines = Lines { block: block.span, first };
        all.extend(declarations(text).into_iter().map(|declaration| (declaration, lines)));
    }
    let called = |declaration: &Declaration| declaration.names.iter().any(|name| names.contains(&**name));
    let has_most = |declaration: &Declaration| {
        let known = Known::of(declaration);
        let found = fields.iter().filter(|field| known.place(&field.name.value).is_some()).count();
        found > 0 && found * 2 >= fields.len()
    };
    let own = all.iter().position(|(declaration, _)| called(declaration));
    let own = own.or_else(|| all.iter().take(MOST).position(|(declaration, _)| has_most(declaration)));
    own.map(|own| all.swap_remove(own))
}

/// The fields of a declaration by their paths; none where two of one path differ.
struct Known {
    /// With `(unnamed union)` for a part without a name.
    whole: BTreeMap<String, Option<usize>>,
    /// Without parts that have no name, as C sees them.
    seen: BTreeMap<String, Option<usize>>,
    /// The whole path of each field, unless it is too long for any.
    paths: Vec<Option<String>>,
}

impl Known {
    fn of(declaration: &Declaration) -> Self {
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

    /// Whether a heading names a field by less than its path, and leaves out that it stands in a union or in one part
    /// of a union.
    fn leaves_out_a_union(&self, declaration: &Declaration, found: usize, name: &str) -> bool {
        let marks = |path: &str| path.matches('.').count();
        let is_shorter = self.paths[found].as_ref().is_some_and(|path| marks(name) < marks(path));
        let within = |field: usize| declaration.fields[field].within;
        let is_union = |part: usize| declaration.fields[part].what == What::Part(PartKind::Union);
        let is_left_out = |part: usize| {
            let around = within(part).map_or(declaration.is_union, is_union);
            let unnamed = segment(&declaration.fields[part]).is_some_and(|name| without_unnamed(&name).is_none());
            unnamed && is_union(part) != around
        };
        is_shorter && std::iter::successors(within(found), |&part| within(part)).any(is_left_out)
    }

    /// The path that a heading means, and the field there, if its declarations agree.
    fn place(&self, name: &str) -> Option<(&str, Option<usize>)> {
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

const fn unnamed(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Union => "(unnamed union)",
        PartKind::Struct => "(unnamed struct)",
    }
}

/// A path without the parts that have no name, or one that headers write only for compilers that want it; `None` if
/// it leads to such a part.
fn without_unnamed(path: &str) -> Option<String> {
    let has_name = |segment: &&str| {
        let dummy = ["DUMMYUNIONNAME", "DUMMYSTRUCTNAME"].into_iter().find_map(|dummy| segment.strip_prefix(dummy));
        !segment.starts_with('(') && !dummy.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = path.rsplit('.').next().expect("a split has a last part");
    let kept = || path.split('.').filter(has_name).collect::<Vec<_>>().join(".");
    has_name(&last).then(kept)
}

/// Gives a field what its heading and its `Type:` line leave open.
fn fill(field: &mut Field, declared: &Declared, source: Source) {
    let is_open = field.c_type.is_none() && field.nested.is_none();
    match &declared.what {
        What::Value(c_type, bits) => {
            if is_open {
                field.c_type = with_stated_dimensions(c_type, field.dimensions.as_ref(), &source);
            }
            let bits = bits.map(|value| Fact { value, source });
            field.bits = field.bits.take().or(bits);
        }
        What::Part(kind) if is_open && field.dimensions.is_none() => {
            let kind = match kind {
                PartKind::Struct => Kind::Struct,
                PartKind::Union => Kind::Union,
            };
            field.nested = Some(Fact { value: kind, source });
        }
        What::Part(_) | What::Unknown => {}
    }
}

/// A declared type with the dimensions of the heading, which count: they may have a number for a name. Where only one
/// of them has an array, or one of more dimensions, it cannot be told what it is.
fn with_stated_dimensions(c_type: &CType, stated: Option<&Fact<String>>, source: &Source) -> Option<Fact<CType>> {
    let fact = |value: &CType| Fact { value: value.clone(), source: source.clone() };
    let Some(stated) = stated else { return Some(fact(c_type)) };
    let (mut element, mut written) = (c_type, Vec::new());
    while let CType::Array(inner, dimension) = element {
        written.push(format!("[{dimension}]"));
        element = inner;
    }
    written.reverse();
    if written.concat() == stated.value {
        return Some(fact(c_type));
    }
    let same = written.len() == stated.value.matches('[').count();
    same.then(|| super::with_dimensions(fact(element), Some(stated)))
}
