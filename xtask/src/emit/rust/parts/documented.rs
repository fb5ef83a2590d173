//! What the types of documented codes have in common.
//!
//! Each is written as its variants, the table of their codes, and that of the page's words.

use core::fmt::{Display, Formatter, Result};

/// `documented!(error NAME, CODE)` or `documented!(success NAME, CODE)`: everything that follows from a type's tables.
macro_rules! documented {
    (error $name:ident, $code:ident) => {
        impl $name {
            /// What the page says of this failure, if it lists it.
            pub const fn reason(self) -> Option<&'static str> {
                let words = self.words();
                if words.is_empty() { None } else { Some(words) }
            }
        }

        impl From<crate::$code> for $name {
            /// The failure that the page lists under this code; of two with one number, the first.
            fn from(code: crate::$code) -> Self {
                Self::DOCUMENTED.iter().copied().find(|error| error.code() == code).unwrap_or(Self::Other(code))
            }
        }

        impl From<$name> for crate::$code {
            fn from(error: $name) -> Self {
                error.code()
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                crate::documented::show(&self.code(), self.reason(), f)
            }
        }

        impl core::error::Error for $name {}
    };
    (success $name:ident, $code:ident) => {
        impl From<$name> for crate::$code {
            fn from(success: $name) -> Self {
                success.code()
            }
        }
    };
}

pub(crate) use documented;

/// A code and what a page says of it, in one line.
pub(crate) fn show(code: &dyn Display, reason: Option<&str>, f: &mut Formatter<'_>) -> Result {
    match reason {
        Some(reason) => write!(f, "{code}: {reason}"),
        None => code.fmt(f),
    }
}
