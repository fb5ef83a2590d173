//! A value and where it comes from. Data only.

use std::sync::Arc;

use crate::source::Location;

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A page states it.
    Page(Location),
    /// `overrides.toml` states it.
    Override {
        /// The entry.
        location: Location,
        /// Why it is there.
        grounds: Arc<Grounds>,
    },
    /// It follows from other facts by a named rule.
    Derived {
        /// The rule.
        rule: &'static str,
        /// The facts it used.
        from: Vec<Source>,
    },
}

/// Why an override is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// The reason.
    pub reason: String,
    /// What it rests on: the section of an RFC, the line of a public header.
    pub source: String,
}

impl<T> Fact<T> {
    /// The same source for another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        Fact { value: f(self.value), source: self.source }
    }

    /// A fact that follows from this one by a named rule.
    pub fn derive<U>(&self, rule: &'static str, value: U) -> Fact<U> {
        Fact { value, source: Source::Derived { rule, from: vec![self.source.clone()] } }
    }
}

impl Source {
    /// The place in a page or in `overrides.toml` that this comes from in the end.
    pub fn location(&self) -> &Location {
        match self {
            Self::Page(location) | Self::Override { location, .. } => location,
            Self::Derived { from, .. } => from.first().expect("a derivation uses at least one fact").location(),
        }
    }
}
