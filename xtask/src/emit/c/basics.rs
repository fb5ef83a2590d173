//! `winws_types.h`: the basic types with the widths that they have on Windows, and which strings a source has.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::docs;
use super::header::Header;
use super::types::spell;
use crate::c::basics::{BASICS, POINTERS};
use crate::model::Type;

/// The header's name.
pub(super) const HEADER: &str = "winws_types.h";

/// What is defined for everyone: names with their parameters, and texts.
pub(super) const MACROS: &[(&str, &str)] = &[
    ("TRUE", "1"),
    ("FALSE", "0"),
    ("WINAPI", ""),
    ("CALLBACK", ""),
    ("SUCCEEDED", "(hr) (((HRESULT)(hr)) >= 0)"),
    ("FAILED", "(hr) (((HRESULT)(hr)) < 0)"),
];

/// The lines that decide what a `WCHAR` is.
const WCHARS: &str = "\
#if defined(WINWS_UTF16) && defined(__cplusplus)
typedef char16_t WCHAR;
#elif defined(WINWS_UTF16)
typedef uint_least16_t WCHAR;
#else
typedef wchar_t WCHAR;
#if WCHAR_MAX > 0xFFFF
#define WINWS_W32 1
#endif
#endif
";

/// What they mean for sources.
const STRINGS: &str = "A WCHAR is a wchar_t, so that L\"...\" is a string. Where it has two bytes, strings are UTF-16 and \
    functions have their plain names. Where it has four, strings are UTF-32, and functions that take strings are macros for \
    their twins whose names end in _w32; the plain ones, which take UTF-16, are not declared then. A source that defines \
    WINWS_UTF16 before it includes anything has UTF-16 strings, u\"...\", and the plain functions everywhere.";

/// Whether the header declares a name.
pub(super) fn is_basic(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| groups().flat_map(Group::names).collect());
    NAMES.contains(name)
}

/// The header.
pub(super) fn header(is_declared: impl Fn(&str) -> bool) -> Header {
    let mut intro = docs::paragraph("The basic types, with the widths that they have on Windows x64.");
    intro.push(String::new());
    intro.extend(docs::paragraph(STRINGS));
    let macros = MACROS.iter().filter(|(name, _)| !is_declared(name)).map(|(name, text)| {
        let gap = if text.is_empty() || text.starts_with('(') { "" } else { " " };
        format!("#ifndef {name}\n#define {name}{gap}{text}\n#endif\n")
    });
    let body = vec![macros.collect(), WCHARS.to_owned(), groups().map(|group| group.text()).collect()];
    Header { name: HEADER.to_owned(), intro, includes: vec!["<stddef.h>", "<stdint.h>"], body }
}

/// A basic type and the pointers to it.
struct Group {
    name: &'static str,
    type_: &'static Type,
}

/// The types that C has not of its own accord.
fn groups() -> impl Iterator<Item = Group> {
    let of_windows = |(name, _): &&(&str, Type)| !name.contains(|c: char| c.is_ascii_lowercase());
    BASICS.iter().filter(of_windows).map(|(name, type_)| Group { name, type_ })
}

impl Group {
    /// The type's own name, unless it is one only behind the letters of a pointer.
    fn own(&self) -> Option<&'static str> {
        (!matches!(self.name, "STR" | "WSTR")).then_some(self.name)
    }

    /// The names of pointers to it, or of those to a `const` of it. Only strings and bytes of unknown kind have the
    /// latter: pages put `const` before everything else.
    fn pointers(&self, constant: bool) -> impl Iterator<Item = String> {
        let has = !constant || matches!(self.type_, Type::Char { .. } | Type::Void);
        let letters = POINTERS.iter().filter(move |(_, of_constant)| has && *of_constant == constant);
        letters.map(|(letters, _)| format!("{letters}{}", self.name))
    }

    fn names(self) -> impl Iterator<Item = String> {
        let names: Vec<String> =
            self.own().map(str::to_owned).into_iter().chain(self.pointers(false)).chain(self.pointers(true)).collect();
        names.into_iter()
    }

    fn text(&self) -> String {
        let (own, type_) = match self.type_ {
            // What it is, WCHARS says.
            Type::Char { wide: true } => (None, "WCHAR".to_owned()),
            Type::Bool | Type::HResult => (self.own(), "int32_t".to_owned()),
            type_ => (self.own(), spell(type_)),
        };
        let pointers = |constant| self.pointers(constant).map(|name| format!("*{name}"));
        let plain: Vec<String> = own.map(str::to_owned).into_iter().chain(pointers(false)).collect();
        let constant: Vec<String> = pointers(true).collect();
        let plain = format!("typedef {type_} {};\n", plain.join(", "));
        if constant.is_empty() {
            return plain;
        }
        format!("{plain}typedef const {type_} {};\n", constant.join(", "))
    }
}
