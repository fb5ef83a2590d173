//! Types that Rust and C agree on.

use crate::name::{CName, RustName};

/// A type that Rust and C agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing, or behind a pointer: bytes of unknown kind.
    Void,
    /// An integer.
    Int(Int),
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

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Int {
    /// 8 bits, without a sign.
    U8,
    /// 8 bits, with a sign.
    I8,
    /// 16 bits, without a sign.
    U16,
    /// 16 bits, with a sign.
    I16,
    /// 32 bits, without a sign.
    U32,
    /// 32 bits, with a sign.
    I32,
    /// 64 bits, without a sign.
    U64,
    /// 64 bits, with a sign.
    I64,
    /// As wide as a pointer, without a sign.
    Usize,
    /// As wide as a pointer, with a sign.
    Isize,
}

impl Int {
    /// What Rust calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::Usize => "usize",
            Self::Isize => "isize",
        }
    }
}

/// The names of a type that this crate generates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeName {
    /// Its family.
    pub family: String,
    /// Its C name.
    pub c_name: CName,
    /// Its Rust name.
    pub rust_name: RustName,
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
