//! What a page claims of a function, callback or I/O control. Data only.

use std::fmt;
use std::sync::Arc;

use super::Demoted;
use crate::c::attributes::Direction;
use crate::c::names::is_identifier;
use crate::c::types::CType;
use crate::fact::Fact;
use crate::name::CName;
use crate::prose::Prose;
use crate::source::Location;

/// A function or callback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// The parameters, in order.
    pub params: Vec<Param>,
    /// It takes any number of arguments after those: `...`.
    pub variadic: Option<Fact<()>>,
    /// Headings that the template found no parameter for.
    pub demoted: Vec<Demoted>,
    /// What it returns.
    pub returns: Returns,
}

/// An I/O control: its buffers as text, and the codes of its status block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ioctl {
    /// Input buffer, output buffer and the like, each with its text.
    pub parts: Vec<Part>,
    /// The codes that the status block may hold.
    pub status: Returns,
}

/// A part of an I/O control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the heading calls it: `input-buffer`.
    pub name: Fact<String>,
    /// The text under the heading.
    pub docs: Arc<Prose>,
}

/// A parameter. A tree has 100,000 of them, so what few have lies apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: Fact<String>,
    /// Which way its data goes.
    pub direction: Option<Fact<Direction>>,
    /// Whether it may be left out (`NULL`).
    pub optional: Option<Fact<()>>,
    /// The sentence that says under which condition it may be left out. Nothing is made of it.
    pub optional_if: Option<Box<Fact<String>>>,
    /// Its text begins with saying that it is reserved.
    pub reserved: Option<Box<Fact<()>>>,
    /// Its type.
    pub c_type: Option<Fact<CType>>,
    /// The array dimensions that its heading states: `[4]`. Its type has them too, if it is known and none of a pointer.
    pub dimensions: Option<Box<Fact<String>>>,
    /// The parameter whose length this one states.
    pub length_of: Option<Box<Fact<String>>>,
    /// What that length counts, if it is known.
    pub unit: Option<Box<Fact<Unit>>>,
    /// When that length counts wide characters, although it counts bytes otherwise.
    pub characters_if: Option<Box<Fact<CharactersIf>>>,
    /// It is a list that ends with a null pointer.
    pub null_terminated: Option<Box<Fact<()>>>,
    /// The lengths that say that the string it belongs to ends with a zero, where that is not -1 alone.
    pub terminated_if: Option<Box<Fact<Vec<i64>>>>,
    /// What it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: Option<Box<Fact<()>>>,
    /// What holds of it when the call is over.
    pub afterwards: Afterwards,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

impl Param {
    /// The lengths of a string that ends with a zero, in words.
    pub fn terminated_if_any(&self) -> Option<Fact<String>> {
        let in_words = |lengths: Vec<i64>| lengths.iter().map(i64::to_string).collect::<Vec<_>>().join(" or ");
        self.terminated_if.clone().map(|fact| fact.map(in_words))
    }

    /// What its length counts, where something else than the fact that it is a length says so.
    pub fn stated_unit(&self) -> Option<&Fact<Unit>> {
        let length = self.length_of.as_ref();
        self.unit.as_deref().filter(|unit| length.is_none_or(|length| length.source != unit.source))
    }
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes, whatever the buffer holds.
    Bytes,
    /// What the buffer holds.
    Elements,
}

impl Unit {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Bytes, Self::Elements];

    /// As `facts.json` and `overrides.toml` call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Elements => "elements",
        }
    }
}

/// When a length counts wide characters, which is for some values of another parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharactersIf {
    /// The parameter that decides.
    pub param: String,
    /// Its values for which the length counts characters, as names of constants.
    pub values: Vec<Fact<String>>,
}

impl fmt::Display for CharactersIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<&str> = self.values.iter().map(|value| &*value.value).collect();
        write!(f, "{} is {}", self.param, values.join(", "))
    }
}

/// Until when something holds that a call began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// The operation that the call began has completed.
    Completion,
    /// The handle is closed.
    Handle,
    /// The function of this name is called.
    Call(CName),
}

impl Until {
    /// Reads what `overrides.toml` says: `completion`, `handle`, or the name of a function.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "completion" => Some(Self::Completion),
            "handle" => Some(Self::Handle),
            call => is_identifier(call).then(|| Self::Call(CName::new(call))),
        }
    }

    /// As `facts.json` and `overrides.toml` call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Completion => "completion",
            Self::Handle => "handle",
            Self::Call(name) => name,
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What holds of a pointer when the call is over. No page's form has a place for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Afterwards {
    /// The callee keeps the pointer until then.
    pub kept_until: Option<Box<Fact<Until>>>,
    /// What comes out belongs to the callee, and is lent until then.
    pub lent_until: Option<Box<Fact<Until>>>,
    /// The failures with which it is written all the same.
    pub written_on_failure: Vec<Fact<String>>,
    /// What comes out may point into what it points to.
    pub aliased: Option<Box<Fact<()>>>,
}

/// What a function returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returns {
    /// The type.
    pub c_type: Option<Fact<CType>>,
    /// How failure is reported; resolve settles it.
    pub convention: Option<Fact<Convention>>,
    /// What it returns on failure, where that is neither 0 nor a code.
    pub failure: Option<Fact<i64>>,
    /// The codes that the page lists, each once, with every text it gives.
    pub codes: Vec<DocumentedCode>,
    /// The page says that there may be other codes.
    pub open: Option<Fact<()>>,
    /// The text around the table.
    pub docs: Arc<Prose>,
    /// Where the section starts.
    pub span: Option<Location>,
}

/// How a function reports failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Convention {
    /// It returns a Win32 code; 0 is success.
    Win32,
    /// It returns an `HRESULT`; failure is negative.
    HResult,
    /// It returns an `NTSTATUS`; failure is negative.
    NtStatus,
    /// It returns 0 (`FALSE`, `NULL`) and sets the thread's last error.
    LastError,
    /// It returns nothing.
    Void,
    /// It returns a value that is no failure.
    Value,
}

impl Convention {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Win32, Self::HResult, Self::NtStatus, Self::LastError, Self::Void, Self::Value];

    /// As `facts.json` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Win32 => "win32",
            Self::HResult => "hresult",
            Self::NtStatus => "ntstatus",
            Self::LastError => "last-error",
            Self::Void => "void",
            Self::Value => "value",
        }
    }
}

/// A code that a page lists for a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedCode {
    /// Its name.
    pub name: Fact<String>,
    /// Its number, if the page states one; resolve fills it from the pages of codes.
    pub number: Option<Fact<u32>>,
    /// Each text that the page gives for it.
    pub texts: Vec<Fact<Arc<Prose>>>,
    /// Whether it stands among rows most of which name no codes: it tells nothing of how failure is reported.
    pub is_minor: bool,
}
