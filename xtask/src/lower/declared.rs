//! The declaration in the syntax block of a structure or union: types, widths and parts of the fields whose headings
//! leave them open.

use std::collections::{BTreeMap, BTreeSet};

use super::at;
use crate::c::fields::{Declaration, Declared, What, declarations};
use crate::c::types::CType;
use crate::draft::{Fact, Field, Kind, Source};
use crate::page::{Page, SectionKind};
use crate::prose::BlockKind;
use crate::source::Span;

/// No path to a field is longer.
const LONGEST: usize = 1024;

/// How many declarations without the item's name are looked at.
const MOST: usize = 16;

/// Gives the fields what the page's declaration of them says and nothing else states.
pub fn complete(page: &Page, names: &BTreeSet<&str>, fields: &mut [Field]) {
    let Some((declaration, lines)) = of(page, names, fields) else { return };
    let known = Known::of(&declaration);
    for field in fields {
        let Some(declared) = known.find(&field.name.value).map(|found| &declaration.fields[found]) else { continue };
        fill(field, declared, at(page, lines.span(declared)));
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
        let found = fields.iter().filter(|field| known.find(&field.name.value).is_some()).count();
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
}

impl Known {
    fn of(declaration: &Declaration) -> Self {
        let fields = &declaration.fields;
        let mut known = Self { whole: BTreeMap::new(), seen: BTreeMap::new() };
        let mut paths: Vec<Option<String>> = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let segment = match (&field.name, &field.what) {
                (Some(name), _) => Some(name.clone()),
                (None, What::Part(kind)) => Some(unnamed(*kind).to_owned()),
                (None, _) => None,
            };
            let before = field.within.map_or(Some(""), |part| paths[part].as_deref());
            let path = before.zip(segment).map(|(before, segment)| match before {
                "" => segment,
                before => format!("{before}.{segment}"),
            });
            let path = path.filter(|path| path.len() <= LONGEST);
            if let Some(path) = &path {
                add(&mut known.whole, path.clone(), index, fields);
                if let Some(path) = without_unnamed(path) {
                    add(&mut known.seen, path, index, fields);
                }
            }
            paths.push(path);
        }
        known
    }

    fn find(&self, name: &str) -> Option<usize> {
        let segments = name.split('.').map(|segment| match segment.strip_prefix('(') {
            Some(inner) if inner.contains("union") => unnamed(Kind::Union),
            Some(_) => unnamed(Kind::Struct),
            None => segment,
        });
        let whole = segments.collect::<Vec<_>>().join(".");
        if let Some(found) = self.whole.get(&whole) {
            return *found;
        }
        *self.seen.get(&without_unnamed(&whole)?)?
    }
}

/// Two fields of one path, such as those of two conditions, are one if they are the same.
fn add(paths: &mut BTreeMap<String, Option<usize>>, path: String, index: usize, fields: &[Declared]) {
    let place = paths.entry(path).or_insert(Some(index));
    *place = place.filter(|&first| fields[first].what == fields[index].what);
}

const fn unnamed(kind: Kind) -> &'static str {
    match kind {
        Kind::Union => "(unnamed union)",
        _ => "(unnamed struct)",
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
            field.nested = Some(Fact { value: *kind, source });
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
