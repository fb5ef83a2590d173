//! The Spec: everything that was read, settled and frozen. Emitters add no facts and rename nothing. Data only.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::c::types::CType;
use crate::draft::{Convention, Direction, Docs, Draft, Requirements};
use crate::fact::{Fact, Source};
use crate::prose::Prose;
use crate::source::{Licence, Location};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Spec {
    /// What all of it is called.
    pub title: String,
    /// The function that tells a thread's last error, if families.toml names one.
    pub last_error: Option<String>,
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
}

/// A difference from Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The row of behaviour that a test shows.
    pub row: String,
    /// What is different, in one sentence.
    pub what: String,
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

/// A code, its number and its text.
#[derive(Clone, Debug)]
pub struct CodeEntry {
    /// What numbers it belongs to.
    pub space: CodeSpace,
    /// Its C name.
    pub name: String,
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
    pub typedefs: BTreeMap<String, CType>,
    /// Handles and types of which only pointers are known.
    pub opaques: Vec<Opaque>,
}

/// A handle, or a type of which only pointers are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Its C name.
    pub c_name: String,
    /// Its Rust name.
    pub rust_name: String,
    /// Whether it is a handle: a pointer-sized value. Otherwise a type behind a pointer.
    pub handle: bool,
}

/// A group of functions: one trait.
#[derive(Debug)]
pub struct Group {
    /// The trait's name.
    pub name: String,
    /// What the trait is for, in one sentence.
    pub summary: String,
    /// The places of its functions in `Family::functions`.
    pub functions: Vec<usize>,
}

/// A table of callbacks that together are one kind of object of the program: a trait.
#[derive(Debug)]
pub struct Table {
    /// The trait's name.
    pub name: String,
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
    pub rust_name: String,
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
    pub c_name: String,
    /// Its other C names.
    pub aliases: Vec<String>,
    /// The C names of pointers to it.
    pub pointers: Vec<String>,
    /// Its Rust name.
    pub rust_name: String,
    /// The page's text.
    pub docs: Docs,
    /// Where it is declared, and on which systems it is.
    pub requirements: Requirements,
    /// The page, and the line of the name on it.
    pub source: Source,
}

/// A complete enumeration.
#[derive(Debug)]
pub struct Enum {
    /// Where it comes from and what it is called.
    pub origin: Origin,
    /// Members with a value of their own, in the order of the page.
    pub members: Vec<Member>,
    /// Whether its members are bits that go together.
    pub flags: bool,
    /// Members that share a value with an earlier one, each with that one's place.
    pub aliases: Vec<(Member, usize)>,
}

/// A member of a complete enumeration.
#[derive(Debug)]
pub struct Member {
    /// Its C name.
    pub c_name: String,
    /// Its Rust name.
    pub rust_name: String,
    /// Its value as C's `int` has it.
    pub value: i32,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// A complete structure or union.
#[derive(Debug)]
pub struct Struct {
    /// Where it comes from and what it is called.
    pub origin: Origin,
    /// Its fields.
    pub body: Record,
}

/// The fields of a structure or union, or of a part of one.
#[derive(Debug)]
pub struct Record {
    /// The name of its type: its C name, and for a part the Rust name of a type that only Rust needs.
    pub rust_name: String,
    /// Whether the fields share their place.
    pub union: bool,
    /// The fields in C's order.
    pub fields: Vec<Field>,
}

/// A field of a complete structure or union.
#[derive(Debug)]
pub struct Field {
    /// Its C name; none for an unnamed part, whose fields C reaches directly.
    pub c_name: Option<String>,
    /// Its Rust name.
    pub rust_name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: bool,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// What a field holds.
#[derive(Debug)]
pub enum FieldKind {
    /// A value.
    Value {
        /// Its type.
        raw: Type,
        /// Its type as the page has it.
        c_type: CType,
    },
    /// A structure or union without a name of its own.
    Part(Record),
}

/// A constant.
#[derive(Debug)]
pub struct Constant {
    /// Its C name.
    pub c_name: String,
    /// Its number.
    pub number: u32,
    /// The place of the page in `Spec::items`.
    pub item: usize,
}

/// A complete function or callback.
#[derive(Debug)]
pub struct Function {
    /// Where it comes from and what it is called; the Rust name is the method's or the callback type's.
    pub origin: Origin,
    /// The parameters in C's order.
    pub params: Vec<Param>,
    /// The return type.
    pub c_return: Type,
    /// The return type as the page has it; none if the page has it from the convention only.
    pub c_return_type: Option<CType>,
    /// How it reports failure.
    pub convention: Convention,
    /// What it returns on failure, where that is neither 0 nor a code.
    pub failure: Option<i64>,
    /// The name of its error type.
    pub error_name: String,
    /// The numbers that its codes belong to.
    pub space: CodeSpace,
    /// Its documented failures, sorted by number.
    pub errors: Vec<ErrorCode>,
    /// Its documented successes that are not plain success.
    pub successes: Vec<ErrorCode>,
    /// Where the page says that there may be other codes.
    pub open: bool,
    /// The text around the list of codes.
    pub returns: Arc<Prose>,
    /// The arguments of the safe method, in order.
    pub args: Vec<Arg>,
    /// Whether it has strings of `WCHAR`s.
    pub wide: Wide,
}

/// Whether a function has strings of `WCHAR`s. C libraries in which those have four bytes get a twin of it that takes
/// such strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wide {
    /// It has none.
    #[default]
    No,
    /// All of them go in, as text.
    Inputs,
    /// Some come out, or stand where only the callee finds them: the safe method is generic in their units.
    Generic,
}

/// A documented code of a function.
#[derive(Debug)]
pub struct ErrorCode {
    /// Its C name.
    pub c_name: String,
    /// Its Rust name.
    pub rust_name: String,
    /// Its number.
    pub number: u32,
    /// Every text that the page gives for it.
    pub texts: Vec<Arc<Prose>>,
}

/// A parameter as C has it.
#[derive(Debug)]
pub struct Param {
    /// Its C name.
    pub c_name: String,
    /// Its Rust name.
    pub rust_name: String,
    /// Its type.
    pub raw: Type,
    /// Its type as the page has it.
    pub c_type: CType,
    /// Which way its data goes.
    pub direction: Direction,
    /// Whether it may be left out.
    pub optional: bool,
    /// Until when the callee keeps the pointer.
    pub kept_until: Option<String>,
    /// Until when what comes out is lent.
    pub lent_until: Option<String>,
    /// The C names of the failures with which it is written all the same.
    pub written_on_failure: Vec<String>,
    /// Whether what comes out may point into what it points to.
    pub aliased: bool,
    /// The length that says that the string it belongs to ends with a zero, where that is not -1.
    pub terminated_if: Option<i64>,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: bool,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// An argument of the safe method: a parameter, or two that make one slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its place in `Function::params`.
    pub param: usize,
    /// How it is passed.
    pub kind: ArgKind,
}

/// How an argument is passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// By value.
    Value(Type),
    /// `&T`, `&mut T`, or an `Option` of it.
    Reference {
        /// What it points to.
        to: Type,
        /// Whether the callee writes it.
        mutable: bool,
        /// Whether it may be left out.
        optional: bool,
    },
    /// `&[T]` or `&mut [T]`; the length comes from another parameter.
    Slice {
        /// The element.
        of: Type,
        /// Whether the callee writes it.
        mutable: bool,
        /// The place of the length in `Function::params`. A length behind a pointer is an argument of its own too: it
        /// tells what was written, or needed.
        length: usize,
    },
    /// Bytes that the callee keeps after it has returned; the length comes from another parameter.
    Kept {
        /// Whether the callee writes them.
        mutable: bool,
        /// The place of the length in `Function::params`.
        length: usize,
    },
    /// `&str`, or an `Option` of it: up to the first zero, or as long as another parameter says.
    Str {
        /// Whether it may be left out.
        optional: bool,
        /// The place of the length in `Function::params`.
        length: Option<usize>,
    },
    /// `&[W]`, or an `Option` of it: the units of a string, which what comes out may point into.
    Units {
        /// Whether they are `WCHAR`s.
        wide: bool,
        /// Whether it may be left out.
        optional: bool,
        /// The place of the length in `Function::params`.
        length: Option<usize>,
    },
    /// `&[&str]`: strings up to their first zeros, as many as another parameter says, or up to a null pointer.
    Strs {
        /// The place of the count in `Function::params`.
        length: Option<usize>,
    },
}

/// A type that Rust and C agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing, or behind a pointer: bytes of unknown kind.
    Void,
    /// An integer, by its Rust name.
    Int(&'static str),
    /// A character of a string: of UTF-16 (`WCHAR`), or of an encoding with bytes (`CHAR`).
    Char {
        /// Whether it is a `WCHAR`.
        wide: bool,
    },
    /// A `BOOL`: 0 is false.
    Bool,
    /// An `HRESULT`.
    HResult,
    /// An enumeration of any family.
    Enum(TypeName),
    /// A handle.
    Handle(TypeName),
    /// A type of which only pointers are known.
    Opaque(TypeName),
    /// A structure or union.
    Struct(TypeName),
    /// A pointer to a function that the program supplies.
    Callback(TypeName),
    /// So many values of one type.
    Array(Box<Type>, usize),
    /// A pointer.
    Pointer {
        /// What it points to.
        to: Box<Type>,
        /// Whether C has it `const`.
        constant: bool,
    },
}

/// The names of a type that this crate generates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeName {
    /// Its family.
    pub family: String,
    /// Its C name.
    pub c_name: String,
    /// Its Rust name.
    pub rust_name: String,
    /// Whether it is generic in the units of wide strings.
    pub wide: bool,
}

impl Type {
    /// What pointers and arrays lead to in the end.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Pointer { to, .. } | Self::Array(to, _) => to.innermost(),
            other => other,
        }
    }

    /// Whether it is generic in the units of wide strings: it has some, or leads to them.
    pub fn is_wide(&self) -> bool {
        match self.innermost() {
            Self::Char { wide } => *wide,
            Self::Struct(name) | Self::Callback(name) => name.wide,
            _ => false,
        }
    }
}

impl Function {
    /// The types of what it is given and returns.
    pub fn types(&self) -> Vec<&Type> {
        self.params.iter().map(|param| &param.raw).chain([&self.c_return]).collect()
    }

    /// The types of what it is given and returns, and of what the safe method takes, to be changed.
    pub fn types_mut(&mut self) -> Vec<&mut Type> {
        let args = self.args.iter_mut().filter_map(|arg| match &mut arg.kind {
            ArgKind::Value(type_) => Some(type_),
            ArgKind::Reference { to, .. } => Some(to),
            ArgKind::Slice { of, .. } => Some(of),
            ArgKind::Kept { .. } | ArgKind::Str { .. } | ArgKind::Units { .. } | ArgKind::Strs { .. } => None,
        });
        self.params.iter_mut().map(|param| &mut param.raw).chain([&mut self.c_return]).chain(args).collect()
    }
}

impl Record {
    /// The types of what its fields hold, those of its parts included.
    pub fn types(&self) -> Vec<&Type> {
        let mut types = Vec::new();
        for field in &self.fields {
            match &field.kind {
                FieldKind::Value { raw, .. } => types.push(raw),
                FieldKind::Part(part) => types.extend(part.types()),
            }
        }
        types
    }

    /// The same, to be changed.
    pub fn types_mut(&mut self) -> Vec<&mut Type> {
        let mut types = Vec::new();
        for field in &mut self.fields {
            match &mut field.kind {
                FieldKind::Value { raw, .. } => types.push(raw),
                FieldKind::Part(part) => types.extend(part.types_mut()),
            }
        }
        types
    }

    /// Whether it is generic in the units of wide strings.
    pub fn is_wide(&self) -> bool {
        self.types().into_iter().any(Type::is_wide)
    }
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
}

impl Spec {
    /// The item of that C name or alias, or whose page's name this is.
    pub fn find(&self, name: &str) -> Vec<&Item> {
        let called =
            |item: &&Item| item.draft.name.value == name || item.draft.aliases.iter().any(|alias| alias.value == name);
        self.items.iter().filter(called).collect()
    }

    /// The place of the first item of that C name or alias.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The file of a location, below the folder that was read.
    pub fn file<'a>(&'a self, location: &'a Location) -> &'a str {
        self.files.get(&location.path).map_or(&*location.path, |name| name)
    }
}
