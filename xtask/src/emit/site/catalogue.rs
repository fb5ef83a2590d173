//! Codes and constants, each once, with everything that pages say of it: what has pages of its own besides items.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::anchors::{constant_ids, error_ids};
use crate::draft::{self, DocumentedCode};
use crate::fact::{Fact, Source};
use crate::model::{CodeEntry, CodeSpace, Spec};
use crate::source::Location;

/// A code that a list has, or that a function documents although none has it.
pub struct Code<'a> {
    /// Its C name.
    pub name: &'a str,
    /// What the lists say of it.
    pub entry: Option<&'a CodeEntry>,
    /// Its number: that of the list, or the first that a function's page states.
    pub number: Option<&'a Fact<u32>>,
    /// Who documents it, in the order of `Spec::items`.
    pub documented: Vec<Documented<'a>>,
}

/// A code in the words of one function.
pub struct Documented<'a> {
    /// The function's place in `Spec::items`.
    pub item: usize,
    /// What its page says.
    pub code: &'a DocumentedCode,
    /// Its anchor there.
    pub id: String,
}

/// A constant of a family. Several pages may list it.
pub struct Constant<'a> {
    /// The family.
    pub family: &'a str,
    /// Its C name.
    pub name: &'a str,
    /// Who lists it, in the order of `Spec::items`; at least one does.
    pub listed: Vec<Listed<'a>>,
}

/// A constant in the words of one page.
pub struct Listed<'a> {
    /// The item's place in `Spec::items`.
    pub item: usize,
    /// What its page says.
    pub constant: &'a draft::Constant,
    /// Its anchor there.
    pub id: String,
}

/// All of them.
pub struct Catalogue<'a> {
    /// Codes: those of the lists in the order of the Spec, then the others by name.
    pub codes: Vec<Code<'a>>,
    /// Constants, by family and name.
    pub constants: Vec<Constant<'a>>,
    by_entry: FxHashMap<(&'a str, u32), usize>,
    by_place: FxHashMap<&'a Location, usize>,
    by_name: FxHashMap<&'a str, usize>,
    by_number: FxHashMap<(CodeSpace, u32), usize>,
    constant_places: FxHashMap<(&'a str, &'a str), usize>,
}

impl<'a> Catalogue<'a> {
    /// Collects what the items say.
    pub fn new(spec: &'a Spec) -> Self {
        let listed = spec.codes.iter().map(|entry| {
            let (name, number) = (&*entry.name, Some(&entry.number));
            Code { name, entry: Some(entry), number, documented: Vec::new() }
        });
        let entries = || spec.codes.iter().enumerate();
        let mut out = Self {
            codes: listed.collect(),
            constants: Vec::new(),
            by_entry: entries().map(|(at, code)| ((&*code.name, code.number.value), at)).collect(),
            by_place: entries().rev().map(|(at, code)| (code.number.source.location(), at)).collect(),
            by_name: FxHashMap::default(),
            by_number: entries().rev().map(|(at, code)| ((code.space, code.number.value), at)).collect(),
            constant_places: FxHashMap::default(),
        };
        out.unlisted(spec);
        for (item, draft) in spec.items.iter().map(|item| &item.draft).enumerate() {
            let Some(returns) = draft.returns() else { continue };
            for (code, id) in returns.codes.iter().zip(error_ids(returns)) {
                let Some(at) = out.code(code) else { continue };
                let entry = &mut out.codes[at];
                entry.number = entry.number.or(code.number.as_ref());
                entry.documented.push(Documented { item, code, id });
            }
        }
        out.constants(spec);
        out
    }

    /// Codes that functions document and no list has.
    fn unlisted(&mut self, spec: &'a Spec) {
        let mut names = BTreeSet::new();
        for code in spec.items.iter().filter_map(|item| item.draft.returns()).flat_map(|returns| &returns.codes) {
            if self.code(code).is_none() {
                names.insert(&*code.name.value);
            }
        }
        for name in names {
            self.by_name.insert(name, self.codes.len());
            self.codes.push(Code { name, entry: None, number: None, documented: Vec::new() });
        }
    }

    fn constants(&mut self, spec: &'a Spec) {
        let mut found: BTreeMap<(&str, &str), Vec<Listed<'a>>> = BTreeMap::new();
        for (place, item) in spec.items.iter().enumerate() {
            let constants = &item.draft.constants;
            for (constant, id) in constants.iter().zip(constant_ids(constants)) {
                let listed = Listed { item: place, constant, id };
                found.entry((&item.family, &constant.name.value)).or_default().push(listed);
            }
        }
        for ((family, name), listed) in found {
            self.constant_places.insert((family, name), self.constants.len());
            self.constants.push(Constant { family, name, listed });
        }
    }

    /// The place of a code that a function documents: the entry that its number comes from, which for a macro around a
    /// code's name is that code, or else the entry of its name.
    pub fn code(&self, code: &DocumentedCode) -> Option<usize> {
        let name = &*code.name.value;
        let number = code.number.as_ref();
        let listed = number.and_then(|number| self.by_entry.get(&(name, number.value)));
        let derived = || match number.map(|number| &number.source) {
            Some(Source::Derived { from, .. }) => self.by_place.get(from.last()?.location()),
            _ => None,
        };
        listed.or_else(derived).or_else(|| self.by_name.get(name)).copied()
    }

    /// The place of an entry of a list.
    pub fn entry(&self, name: &str, number: u32) -> Option<usize> {
        self.by_entry.get(&(name, number)).copied()
    }

    /// The place of the first code of a space with that number.
    pub fn numbered(&self, space: CodeSpace, number: u32) -> Option<usize> {
        self.by_number.get(&(space, number)).copied()
    }

    /// The places of all constants of a family.
    pub fn constants_of(&self, family: &str) -> Range<usize> {
        let start = self.constants.partition_point(|constant| constant.family < family);
        let length = self.constants[start..].partition_point(|constant| constant.family == family);
        start..start + length
    }

    /// The place of a family's constant.
    pub fn constant(&self, family: &str, name: &str) -> Option<usize> {
        self.constant_places.get(&(family, name)).copied()
    }
}
