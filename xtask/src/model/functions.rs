//! Functions and callbacks: what C passes, and how the safe method takes it.

use std::sync::Arc;

use super::{CodeSpace, Origin, Type};
use crate::c::types::CType;
use crate::draft::{Convention, Direction, Until};
use crate::name::{CName, RustName};
use crate::prose::Prose;

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
    pub error_name: RustName,
    /// The name of the type that tells its successes apart, if there are several.
    pub success_name: RustName,
    /// The name of the structure that the safe method returns, if it returns several outputs.
    pub output_name: RustName,
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

impl Function {
    /// The name of its twin for strings of four-byte characters, if it has strings.
    pub fn twin(&self) -> Option<String> {
        (self.wide != Wide::No).then(|| format!("{}_w32", self.origin.c_name))
    }
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
    pub c_name: CName,
    /// Its Rust name.
    pub rust_name: RustName,
    /// Its number.
    pub number: u32,
    /// Every text that the page gives for it.
    pub texts: Vec<Arc<Prose>>,
}

/// A parameter as C has it.
#[derive(Debug)]
pub struct Param {
    /// Its C name.
    pub c_name: CName,
    /// Its Rust name.
    pub rust_name: RustName,
    /// Its type.
    pub raw: Type,
    /// Its type as the page has it.
    pub c_type: CType,
    /// Which way its data goes.
    pub direction: Direction,
    /// Whether it may be left out.
    pub optional: bool,
    /// Until when the callee keeps the pointer.
    pub kept_until: Option<Until>,
    /// Until when what comes out is lent.
    pub lent_until: Option<Until>,
    /// The C names of the failures with which it is written all the same.
    pub written_on_failure: Vec<CName>,
    /// Whether what comes out may point into what it points to.
    pub aliased: bool,
    /// The lengths that say that the string it belongs to ends with a zero, where that is not -1 alone.
    pub terminated_if: Option<Vec<i64>>,
    /// When the length that it is counts wide characters, although it counts bytes otherwise.
    pub characters_if: Option<CharactersIf>,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: bool,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// When a length counts wide characters: for some values of another parameter.
#[derive(Debug)]
pub struct CharactersIf {
    /// The place in `Function::params` of the parameter that decides, which is a number.
    pub param: usize,
    /// The constants for which the length counts characters, with their numbers as the parameter's type has them.
    pub values: Vec<(CName, i64)>,
}

/// An argument of the safe method: a parameter, or two that make one slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its place in `Function::params`.
    pub param: usize,
    /// How it is passed.
    pub kind: ArgKind,
    /// Whether it is none that the safe method takes but one that it returns: a required output that is written on
    /// success only. Its kind is a reference then.
    pub returned: bool,
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

impl ArgKind {
    /// The place in `Function::params` of the length that comes from another parameter.
    pub const fn length(&self) -> Option<usize> {
        match self {
            Self::Slice { length, .. } | Self::Kept { length, .. } => Some(*length),
            Self::Str { length, .. } | Self::Units { length, .. } | Self::Strs { length } => *length,
            Self::Value(_) | Self::Reference { .. } => None,
        }
    }
}

impl Function {
    /// The types of what it is given and returns.
    pub fn types(&self) -> Vec<&Type> {
        self.params.iter().map(|param| &param.raw).chain([&self.c_return]).collect()
    }

    /// The arguments that the safe method takes, in order.
    pub fn taken(&self) -> impl Iterator<Item = &Arg> {
        self.args.iter().filter(|arg| !arg.returned)
    }

    /// The outputs that the safe method returns, in order.
    pub fn returned(&self) -> impl Iterator<Item = &Arg> {
        self.args.iter().filter(|arg| arg.returned)
    }

    /// Whether the safe method returns several outputs, in a structure of their own.
    pub fn has_output_type(&self) -> bool {
        self.returned().nth(1).is_some()
    }

    /// The parameter whose slice or string has its length in this one, which is no argument of its own then.
    pub fn counted(&self, length: usize) -> Option<usize> {
        let is_own = self.args.iter().any(|arg| arg.param == length);
        let counted = self.args.iter().find(|arg| arg.kind.length() == Some(length)).map(|arg| arg.param);
        counted.filter(|_| !is_own)
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
