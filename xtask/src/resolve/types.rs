//! C types to types that Rust and C agree on: a name is a basic type, an item, a handle or an opaque type.

use std::collections::{BTreeMap, BTreeSet};

use crate::c::basics::{POINTERS, basic};
use crate::c::types::CType;
use crate::c::values::{self, Outcome};
use crate::draft::Draft;
use crate::model::Type;
use crate::name::CName;

/// The other names of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Aliases {
    /// Names of the item itself.
    pub others: Vec<CName>,
    /// Names of pointers to it, such as `PTHING` and `LPTHING` of `THING`.
    pub pointers: Vec<CName>,
}

impl Aliases {
    /// The other names that a page gives its item, told apart by what follows the letters for a pointer.
    pub(super) fn of(draft: &Draft) -> Self {
        let names: BTreeSet<&str> =
            std::iter::once(&draft.name).chain(&draft.aliases).map(|name| &*name.value).collect();
        let bare: BTreeSet<&str> = names.iter().map(|name| name.trim_start_matches('_')).collect();
        let is_pointer = |name: &str| {
            let rests = ["P", "LP"].into_iter().filter_map(|prefix| name.strip_prefix(prefix));
            rests.into_iter().any(|rest| bare.contains(rest.trim_start_matches('_')))
        };
        let (pointers, others) =
            draft.aliases.iter().map(|alias| CName::new(&*alias.value)).partition(|alias: &CName| is_pointer(alias));
        Self { others, pointers }
    }
}

/// What the names of types stand for.
#[derive(Debug, Default)]
pub(super) struct Types {
    named: BTreeMap<String, Type>,
    /// Names of items that are described, and not completely.
    incomplete: BTreeSet<String>,
}

impl Types {
    /// Adds a name.
    pub(super) fn insert(&mut self, c_name: &str, type_: Type) {
        self.named.insert(c_name.to_owned(), type_);
    }

    /// Adds an item, under its name and aliases, some of which are names of pointers to it.
    pub(super) fn insert_item(&mut self, c_name: &str, aliases: &Aliases, type_: &Type) {
        for name in aliases.others.iter().map(|name| &**name).chain([c_name]) {
            self.insert(name, type_.clone());
        }
        for name in &aliases.pointers {
            self.insert(name, Type::Pointer { to: Box::new(type_.clone()), constant: false });
        }
    }

    /// Notes an item that is described and not completely.
    pub(super) fn miss_item(&mut self, c_name: &str, aliases: &Aliases) {
        let names = aliases.others.iter().chain(&aliases.pointers).map(|name| &**name).chain([c_name]);
        self.incomplete.extend(names.map(str::to_owned));
    }

    /// Takes an item out again, which turned out to be incomplete.
    pub(super) fn remove_item(&mut self, c_name: &str, aliases: &Aliases) {
        for name in aliases.others.iter().chain(&aliases.pointers).map(|name| &**name).chain([c_name]) {
            self.named.remove(name);
        }
        self.miss_item(c_name, aliases);
    }

    /// What to say of a name that stands for nothing, and what to do about it.
    pub(super) fn why(&self, name: &str) -> (&'static str, &'static str) {
        if self.incomplete.contains(name) {
            return ("is not complete", "complete its page, or state what is missing in overrides.toml");
        }
        ("is described nowhere", "add its page, or name it as a handle or opaque type in families.toml")
    }

    /// Resolves the type of a parameter or result, where an array is a pointer; the error is what stands for nothing.
    pub(super) fn resolve(&self, c_type: &CType) -> Result<Type, String> {
        match c_type {
            CType::Named(name) => self.name(name),
            CType::Const(inner) => self.resolve(inner),
            CType::Pointer(inner) | CType::Array(inner, _) => {
                let constant = matches!(**inner, CType::Const(_));
                Ok(Type::Pointer { to: Box::new(self.resolve(inner)?), constant })
            }
            CType::Of(name, _) => self.name(name),
        }
    }

    /// Resolves the type of a field, where an array is one.
    pub(super) fn resolve_field(&self, c_type: &CType) -> Result<Type, String> {
        let CType::Array(inner, dimension) = c_type else { return self.resolve(c_type) };
        let inner = self.resolve_field(inner)?;
        match values::evaluate(dimension, |_| None) {
            Outcome::Value(length) => {
                let length = usize::try_from(length).map_err(|_| c_type.to_string())?;
                Ok(Type::Array(Box::new(inner), length))
            }
            Outcome::Unknown(_) | Outcome::Invalid(_) => Err(c_type.to_string()),
        }
    }

    fn name(&self, name: &str) -> Result<Type, String> {
        if let Some(type_) = self.named.get(name) {
            return Ok(type_.clone());
        }
        if let Some(type_) = basic(name) {
            return Ok(type_);
        }
        // `PDWORD` and `LPCWSTR` are pointers to what follows the letters.
        let pointed = POINTERS.iter().find_map(|&(prefix, constant)| {
            let rest = name.strip_prefix(prefix)?;
            let to = self.named.get(rest).cloned().or_else(|| basic(rest))?;
            Some(Type::Pointer { to: Box::new(to), constant })
        });
        pointed.ok_or_else(|| name.to_owned())
    }
}
