//! `families.toml`: headers, prefixes, groups, handles. Names of APIs are data, and this is where the data is.

use serde::Deserialize;

use crate::diag::{Diagnostics, Rule};
use crate::source::{SourceFile, Span};

/// All families of a run.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Families {
    /// What all of it is called, for the crate's documentation and the site.
    pub title: Option<String>,
    /// The licence of the pages beside this file, as SPDX writes it.
    pub licence: Option<String>,
    /// The function that tells a thread's last error; a return section that names it reports failure so.
    pub last_error: Option<String>,
    /// Prefixes of codes that Rust names leave out, the longest match first.
    #[serde(default)]
    pub code_prefixes: Vec<String>,
    /// Words that run together in C names, and how Rust spells them.
    #[serde(default)]
    pub words: std::collections::BTreeMap<String, String>,
    /// The families.
    #[serde(default, rename = "family")]
    pub list: Vec<FamilyConfig>,
}

/// One family.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FamilyConfig {
    /// The module.
    pub name: String,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// The header.
    pub header: String,
    /// Prefixes that Rust names leave out.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Prefixes of parameters that say their type, and that Rust names leave out.
    #[serde(default)]
    pub param_prefixes: Vec<String>,
    /// Ends of parameters' names that say their type, and that Rust names leave out.
    #[serde(default)]
    pub param_suffixes: Vec<String>,
    /// Handles: C name and Rust name.
    #[serde(default)]
    pub handles: std::collections::BTreeMap<String, String>,
    /// Types of which only pointers are known: C name and Rust name.
    #[serde(default)]
    pub opaque: std::collections::BTreeMap<String, String>,
    /// Other names of basic types: C name and what it stands for.
    #[serde(default)]
    pub typedefs: std::collections::BTreeMap<String, String>,
    /// Rust names that are not made of their C names, of types, enumerators, and as `ITEM.name` of fields and parameters.
    #[serde(default)]
    pub names: std::collections::BTreeMap<String, String>,
    /// Groups of functions.
    #[serde(default, rename = "group")]
    pub groups: Vec<GroupConfig>,
}

/// A group of functions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupConfig {
    /// The trait's name.
    pub name: String,
    /// What it is for, in one sentence.
    pub summary: String,
    /// C names; a `*` at the end stands for anything.
    pub functions: Vec<String>,
}

impl GroupConfig {
    /// Whether a function belongs to the group.
    pub fn holds(&self, c_name: &str) -> bool {
        self.functions.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => c_name.starts_with(prefix),
            None => c_name == pattern,
        })
    }
}

/// Reads `families.toml`.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> Families {
    read(file, diags).unwrap_or_else(Families::default)
}

/// Reads a configuration file; what is wrong with it is reported where it stands.
pub fn read<'de, T: Deserialize<'de>>(file: &'de SourceFile, diags: &mut Diagnostics) -> Option<T> {
    match toml::from_str(file.text()) {
        Ok(value) => Some(value),
        Err(error) => {
            let span = error.span().map_or(Span::line(1), |range| file.span(range.start, range.end));
            diags.report(Rule::InvalidConfig, file.at(span), error.message().replace('\n', "; "));
            None
        }
    }
}

impl Families {
    /// Adds what another folder's file says.
    pub fn merge(&mut self, other: Self) {
        self.title = self.title.take().or(other.title);
        self.last_error = self.last_error.take().or(other.last_error);
        self.code_prefixes.extend(other.code_prefixes);
        self.words.extend(other.words);
        self.list.extend(other.list);
    }
}
