//! `families.toml`: headers, prefixes, groups, handles. Names of APIs are data, and this is where the data is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::lenient;
use crate::diag::{Diagnostics, Rule};
use crate::source::{Location, SourceFile};

/// All families of a run.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Families {
    /// What all of it is called, for the crate's documentation and the site.
    pub title: Option<String>,
    /// The licence of the pages beside this file, as SPDX writes it.
    pub licence: Option<String>,
    /// Where the published page of an item can be read: an address with `{page}` in it, for the page below the folder
    /// without its ending. Only pages with a UID are published ones, or stand for one.
    #[serde(default, deserialize_with = "address")]
    pub published: Option<String>,
    /// The function that tells a thread's last error; a return section that names it reports failure so.
    pub last_error: Option<String>,
    /// Prefixes of codes that Rust names leave out, the longest match first.
    #[serde(default)]
    pub code_prefixes: Vec<String>,
    /// Prefixes of codes, and what Rust names have instead: what the code is about.
    #[serde(default, deserialize_with = "identifiers")]
    pub code_subjects: BTreeMap<String, String>,
    /// Words that run together in C names, and how Rust spells them.
    #[serde(default, deserialize_with = "identifiers")]
    pub words: BTreeMap<String, String>,
    /// The families.
    #[serde(default, rename = "family")]
    pub list: Vec<FamilyConfig>,
}

/// One family.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FamilyConfig {
    /// The module.
    #[serde(deserialize_with = "identifier")]
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
    #[serde(default, deserialize_with = "identifiers")]
    pub handles: BTreeMap<String, String>,
    /// Types of which only pointers are known: C name and Rust name.
    #[serde(default, deserialize_with = "identifiers")]
    pub opaque: BTreeMap<String, String>,
    /// Other names of basic types: C name and what it stands for.
    #[serde(default)]
    pub typedefs: BTreeMap<String, String>,
    /// Rust names that are not made of their C names: of types, enumerators, as `ITEM.name` of fields and parameters, and as
    /// `FUNCTION.Error` of error types, `FUNCTION.Output` of the structures of what methods return.
    #[serde(default, deserialize_with = "identifiers")]
    pub names: BTreeMap<String, String>,
    /// Enumerations whose members are bits that go together.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Groups of functions.
    #[serde(default, rename = "group")]
    pub groups: Vec<GroupConfig>,
    /// Tables of callbacks.
    #[serde(default)]
    pub callbacks: Vec<CallbacksConfig>,
}

/// A group of functions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupConfig {
    /// The trait's name.
    #[serde(deserialize_with = "identifier")]
    pub name: String,
    /// What it is for, in one sentence.
    pub summary: String,
    /// Why these functions are one trait.
    pub reason: Spanned<String>,
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

/// A table of callbacks: a structure of functions that together are one kind of object of the program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbacksConfig {
    /// The trait's name.
    #[serde(deserialize_with = "identifier")]
    pub name: String,
    /// What an object of it is, in one sentence.
    pub summary: String,
    /// Why the structure is a trait.
    pub reason: Spanned<String>,
    /// The structure, by its C name.
    pub table: Spanned<String>,
    /// The parameter in which each callback gets the object.
    pub instance: Spanned<String>,
    /// The callback that makes an object and gives it to that parameter.
    pub create: Spanned<String>,
    /// The callback that frees it.
    pub free: Spanned<String>,
    /// Where this stands.
    #[serde(skip)]
    file: Option<Arc<SourceFile>>,
}

impl CallbacksConfig {
    /// Where a key of it stands.
    pub fn at(&self, key: &Spanned<String>) -> Location {
        let file = self.file.as_ref().expect("who reads the file sets it");
        file.at(file.span(key.span().start, key.span().end))
    }
}

/// A word that Rust takes for a name.
struct Identifier(String);

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        match crate::name::is_free(&word) {
            true => Ok(Self(word)),
            false => Err(serde::de::Error::custom(format_args!("`{word}` is not a name in Rust"))),
        }
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#&=%{}".contains(c);
    if text.starts_with("https://") && text.contains("{page}") && text.chars().all(safe) {
        return Ok(Some(text));
    }
    Err(serde::de::Error::custom(format_args!(
        "`{text}` is not an address that begins with https:// and has {{page}} in it"
    )))
}

fn identifier<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Identifier::deserialize(deserializer).map(|word| word.0)
}

fn identifiers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let words = BTreeMap::<String, Identifier>::deserialize(deserializer)?;
    Ok(words.into_iter().map(|(c_name, word)| (c_name, word.0)).collect())
}

/// Reads `families.toml`.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> Families {
    let mut families: Families = lenient::read(file, diags).unwrap_or_default();
    for family in &families.list {
        let groups = family.groups.iter().map(|group| &group.reason);
        for reason in groups.chain(family.callbacks.iter().map(|callbacks| &callbacks.reason)) {
            if reason.get_ref().trim().is_empty() {
                let at = file.at(file.span(reason.span().start, reason.span().end));
                diags.report(Rule::InvalidConfig, at, "a trait needs a reason");
            }
        }
    }
    let file = Arc::new(file.clone());
    for callbacks in families.list.iter_mut().flat_map(|family| &mut family.callbacks) {
        callbacks.file = Some(file.clone());
    }
    families
}

impl Families {
    /// Adds what another folder's file says.
    pub fn merge(&mut self, other: Self) {
        self.title = self.title.take().or(other.title);
        self.published = self.published.take().or(other.published);
        self.last_error = self.last_error.take().or(other.last_error);
        self.code_prefixes.extend(other.code_prefixes);
        self.code_subjects.extend(other.code_subjects);
        self.words.extend(other.words);
        self.list.extend(other.list);
    }
}
