//! Types that Rust and C agree on.

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
