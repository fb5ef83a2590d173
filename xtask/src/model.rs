//! The Spec: everything that was read, settled and frozen. Emitters add no facts and rename nothing. Data only.

mod behaviour;
mod functions;
mod records;
mod types;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::c::types::CType;
use crate::draft::{Docs, Draft, Requirements};
use crate::fact::{Fact, Source};
use crate::name::{CName, RustName};
use crate::prose::Prose;
use crate::source::{Licence, Location};

pub use behaviour::{Evidence, Mark, Row, RowId};
pub use functions::{Arg, ArgKind, CharactersIf, ErrorCode, Function, Param, Wide};
pub use records::{Enum, Field, FieldKind, Member, Record, Struct};
pub use types::{Int, Type, TypeName};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Spec {
    /// What all of it is called.
    pub title: String,
    /// Where the published page of an item can be read, with `{page}` in it, if families.toml says so.
    pub published: Option<String>,
    /// The function that tells a thread's last error, if families.toml names one.
    pub last_error: Option<CName>,
    /// Whose pages were read, one for each folder.
    pub attributions: Vec<Attribution>,
    /// Every page's claim with the overrides applied, sorted by page. Links point into this list.
    pub items: Vec<Item>,
    /// Every code with a number, sorted by space, number and name.
    pub codes: Vec<CodeEntry>,
    /// The items that are complete, by family; what Rust and C are made of.
    pub families: Vec<Family>,
    /// The first item of each C name and alias.
    pub by_name: BTreeMap<String, usize>,
    /// What runtime.toml says of functions, by C name.
    pub runtime: BTreeMap<String, Fact<Support>>,
    /// The names under which the C library has each function that the runtime implements, by C name.
    pub exports: BTreeMap<String, Vec<String>>,
    /// What each call does, sorted by id.
    pub behaviour: Vec<Fact<Row>>,
    /// For each file, by the path that diagnostics show: its path below the folder that was read, which is the same
    /// on every machine.
    pub files: BTreeMap<Arc<str>, Arc<str>>,
}

/// A folder of pages and their licence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// What the folder is called.
    pub folder: String,
    /// What families.toml says of their licence.
    pub stated: Option<String>,
    /// The licences that lie beside them.
    pub licences: Vec<Licence>,
}

/// What the runtime makes of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// Whether it has it.
    pub implemented: bool,
    /// Where it differs from Windows, or goes beyond what the page says.
    pub differences: Vec<Fact<Difference>>,
    /// The codes of the page that it never returns.
    pub never: Vec<Fact<Never>>,
}

/// A difference from Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The row of behaviour that a test shows.
    pub row: String,
    /// What is different, in one sentence.
    pub what: String,
}

/// A code that the page lists and the runtime never returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Never {
    /// Its name.
    pub code: String,
    /// Why it does not.
    pub why: String,
}

/// A page's claim and what is missing in it.
#[derive(Debug)]
pub struct Item {
    /// The claim.
    pub draft: Draft,
    /// The family it belongs to.
    pub family: String,
    /// What the page does not say and no override fills. Complete items have none.
    pub gaps: Vec<String>,
    /// The Rust path of what is generated for it, such as `winhttp::WebSocketCloseStatus`.
    pub rust_path: Option<String>,
}

/// What numbers a code belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeSpace {
    /// Win32 error codes.
    Win32,
    /// `HRESULT`s.
    HResult,
}

/// What the macro `HRESULT_FROM_WIN32` of the headers makes of a number: a failure of facility 7. 0, and what is an `HRESULT`
/// already, stay as they are.
pub const fn hresult_of_win32(number: u32) -> u32 {
    if number.cast_signed() <= 0 { number } else { 0x8007_0000 | (number & 0xFFFF) }
}

/// A code, its number and its text.
#[derive(Clone, Debug)]
pub struct CodeEntry {
    /// What numbers it belongs to.
    pub space: CodeSpace,
    /// Its C name.
    pub name: CName,
    /// Its number.
    pub number: Fact<u32>,
    /// What it means.
    pub docs: Arc<Prose>,
}

/// A family's complete items, each list sorted by C name.
#[derive(Debug, Default)]
pub struct Family {
    /// The module: `winhttp`.
    pub name: String,
    /// What people call it: `WinHTTP`.
    pub title: String,
    /// The header: `winhttp.h`.
    pub header: String,
    /// Its enumerations.
    pub enums: Vec<Enum>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Its groups of functions, one trait each, in the order of families.toml.
    pub groups: Vec<Group>,
    /// Its callbacks.
    pub callbacks: Vec<Function>,
    /// Its tables of callbacks, one trait each, in the order of families.toml.
    pub tables: Vec<Table>,
    /// Its structures and unions.
    pub structs: Vec<Struct>,
    /// Its constants and option flags.
    pub constants: Vec<Constant>,
    /// Other names of basic types: C name and what it stands for.
    pub typedefs: BTreeMap<CName, CType>,
    /// Handles and types of which only pointers are known.
    pub opaques: Vec<Opaque>,
}

/// A handle, or a type of which only pointers are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Its C name.
    pub c_name: CName,
    /// Its Rust name.
    pub rust_name: RustName,
    /// Whether it is a handle: a pointer-sized value. Otherwise a type behind a pointer.
    pub handle: bool,
}

/// A group of functions: one trait.
#[derive(Debug)]
pub struct Group {
    /// The trait's name.
    pub name: RustName,
    /// What the trait is for, in one sentence.
    pub summary: String,
    /// The places of its functions in `Family::functions`.
    pub functions: Vec<usize>,
}

/// A table of callbacks that together are one kind of object of the program: a trait.
#[derive(Debug)]
pub struct Table {
    /// The trait's name.
    pub name: RustName,
    /// What an object of it is, in one sentence.
    pub summary: String,
    /// The place of the structure in `Family::structs`.
    pub record: usize,
    /// What its fields are, in their order.
    pub slots: Vec<Slot>,
}

/// A callback of a table.
#[derive(Debug)]
pub struct Slot {
    /// Its place in `Family::callbacks`.
    pub callback: usize,
    /// The method's name.
    pub rust_name: RustName,
    /// What it does with the object.
    pub role: Role,
    /// The place of the parameter that is the object, or where it goes.
    pub instance: usize,
}

/// What a callback of a table does with the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It makes one.
    Create,
    /// It frees it.
    Free,
    /// It uses it.
    Use,
}

/// What every generated thing has.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its place in `Spec::items`.
    pub item: usize,
    /// Its C name.
    pub c_name: CName,
    /// Its other C names.
    pub aliases: Vec<CName>,
    /// The C names of pointers to it.
    pub pointers: Vec<CName>,
    /// Its Rust name.
    pub rust_name: RustName,
    /// The page's text.
    pub docs: Docs,
    /// Where it is declared, and on which systems it is.
    pub requirements: Requirements,
    /// Where the text about it begins on its page.
    pub place: Location,
}

/// A constant: a number, or a pointer to no object.
#[derive(Debug)]
pub struct Constant {
    /// Its C name.
    pub c_name: CName,
    /// Its number.
    pub number: u32,
    /// The digits that the page writes it with, if it does so in hexadecimal.
    pub hex_digits: Option<usize>,
    /// Its type, if it is a pointer; its number is 0 then, or -1 as 32 bits.
    pub pointer: Option<Type>,
    /// The constant under whose heading the page has it: an option that it is a value of.
    pub under: Option<CName>,
    /// What the page says of it.
    pub docs: Arc<Prose>,
    /// The place of the page in `Spec::items`.
    pub item: usize,
    /// Where the page lists it.
    pub source: Source,
}

impl Family {
    /// Whether nothing of it is complete.
    pub fn is_empty(&self) -> bool {
        self.enums.is_empty()
            && self.functions.is_empty()
            && self.callbacks.is_empty()
            && self.structs.is_empty()
            && self.constants.is_empty()
    }

    /// The table whose trait has a method for the callback at this place, and its place there.
    pub fn method_of(&self, callback: usize) -> Option<(&Table, &Slot)> {
        let slots = self.tables.iter().flat_map(|table| table.slots.iter().map(move |slot| (table, slot)));
        slots.into_iter().find(|(_, slot)| slot.callback == callback && slot.role != Role::Free)
    }
}

impl Spec {
    /// The item of that C name or alias, or whose page's name this is.
    pub fn find(&self, name: &str) -> Vec<&Item> {
        let called =
            |item: &&Item| item.draft.name.value == name || item.draft.aliases.iter().any(|alias| alias.value == name);
        self.items.iter().filter(called).collect()
    }

    /// The rows of behaviour that are about an item. Only functions and callbacks have some.
    pub fn rows_of<'a>(&'a self, draft: &'a Draft) -> impl Iterator<Item = &'a Fact<Row>> {
        let about = |row: &&Fact<Row>| row.value.functions.contains(&draft.name.value);
        self.behaviour.iter().filter(|_| draft.kind.is_function()).filter(about)
    }

    /// The place of the first item of that C name or alias.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Where the published page of an item can be read.
    pub fn published_page(&self, item: usize) -> Option<String> {
        let draft = &self.items[item].draft;
        let page = draft.uid.as_ref().and_then(|_| draft.page.strip_suffix(".md"))?;
        // Whatever else a file may be called would have to be encoded.
        let plain = page.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        self.published.as_ref().filter(|_| plain).map(|pattern| pattern.replace("{page}", page))
    }

    /// The file of a location, below the folder that was read.
    pub fn file<'a>(&'a self, location: &'a Location) -> &'a str {
        self.files.get(&location.path).map_or(&*location.path, |name| name)
    }
}
