//! Names of the two languages. They have types of their own, so that none is taken for the other. Data only.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use crate::c::names::is_identifier;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// A text as a name; whoever calls this knows that it is one.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

name! {
    /// A name as C has it, such as `WORD` or `dwLength`. Resolve makes them of what pages call things.
    CName
}

name! {
    /// A name as Rust has it. Resolve makes all of them; emitters make none.
    RustName
}

/// Whether a word is an identifier and no keyword.
pub fn is_free(name: &str) -> bool {
    // Nearly all names are in ASCII, and syn takes long for a word. It does not know the keyword of edition 2024 either.
    match is_identifier(name) {
        true => !KEYWORDS.contains(&name),
        false => syn::parse_str::<syn::Ident>(name).is_ok(),
    }
}

/// The keywords of Rust up to edition 2024, with those that it keeps for later.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
