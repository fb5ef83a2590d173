//! Codes: `Win32Error` and `HResult`, every code by name and by number.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, attributes};
use crate::model::{CodeEntry, CodeSpace, Spec};

/// The file of all codes.
pub(super) fn file(spec: &Spec) -> TokenStream {
    let of = |space| spec.codes.iter().filter(|code| code.space == space).collect::<Vec<_>>();
    let win32 = space(spec, &of(CodeSpace::Win32), CodeSpace::Win32);
    let hresult = space(spec, &of(CodeSpace::HResult), CodeSpace::HResult);
    quote! {
        #![doc = " Error codes: every one that the pages list, by name and by number."]

        #[doc = " A Win32 error code. 0 is success."]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct Win32Error(pub u32);

        #[doc = " An `HRESULT`. Negative values are failures."]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct HResult(pub i32);

        #[doc = " A number that no member of the enumeration has."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct UnknownValue {
            #[doc = " The enumeration."]
            pub enumeration: &'static str,
            #[doc = " The number."]
            pub value: i32,
        }

        impl core::fmt::Display for UnknownValue {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "no member of {} has the value {}", self.enumeration, self.value)
            }
        }

        impl core::error::Error for UnknownValue {}

        impl Win32Error {
            #[doc = " Whether this is success."]
            pub const fn is_ok(self) -> bool {
                self.0 == 0
            }
        }

        impl HResult {
            #[doc = " Whether this is success, plain or not."]
            pub const fn is_ok(self) -> bool {
                self.0 >= 0
            }
        }

        #win32
        #hresult
    }
}

/// The type of the codes of a space.
pub(super) const fn type_name(space: CodeSpace) -> &'static str {
    match space {
        CodeSpace::Win32 => "Win32Error",
        CodeSpace::HResult => "HResult",
    }
}

/// What both kinds of codes have, over a table sorted by number and one sorted by name.
fn space(spec: &Spec, codes: &[&CodeEntry], space: CodeSpace) -> TokenStream {
    let type_ident = format_ident!("{}", type_name(space));
    let writer = Writer::of_no_item(spec);
    let constants = codes.iter().map(|code| {
        let shown = shown(code.number.value, space);
        let mut lines = writer.lines(&code.docs);
        match lines.first_mut() {
            Some(first) => *first = format!("{shown}: {first}"),
            None => lines.push(format!("{shown}.")),
        }
        let doc = attributes(&lines);
        // The name is C's, whatever its case.
        let odd = code.name.contains(|c: char| c.is_ascii_lowercase());
        let allow = odd.then(|| quote! { #[allow(non_upper_case_globals)] });
        let (name, number) = (format_ident!("{}", code.name), number(code.number.value, space));
        match space {
            CodeSpace::Win32 => quote! { #doc #allow pub const #name: Self = Self(#number); },
            CodeSpace::HResult => quote! { #doc #allow pub const #name: Self = Self(#number.cast_signed()); },
        }
    });
    let mut by_number: Vec<&CodeEntry> = codes.to_vec();
    by_number.sort_by_key(|code| (code.number.value, &code.name));
    by_number.dedup_by_key(|code| code.number.value);
    let rows = by_number.iter().map(|code| {
        let (number, name, text) = (number(code.number.value, space), &*code.name, code.docs.plain());
        quote! { (#number, #name, #text) }
    });
    let mut by_name: Vec<&CodeEntry> = codes.to_vec();
    by_name.sort_by_key(|code| &code.name);
    let names = by_name.iter().map(|code| {
        let (number, name) = (number(code.number.value, space), &*code.name);
        quote! { (#name, #number) }
    });
    let (table, index) = match space {
        CodeSpace::Win32 => (format_ident!("WIN32_BY_NUMBER"), format_ident!("WIN32_BY_NAME")),
        CodeSpace::HResult => (format_ident!("HRESULT_BY_NUMBER"), format_ident!("HRESULT_BY_NAME")),
    };
    let bits = match space {
        CodeSpace::Win32 => quote! { self.0 },
        CodeSpace::HResult => quote! { self.0.cast_unsigned() },
    };
    let from_bits = match space {
        CodeSpace::Win32 => quote! { bits },
        CodeSpace::HResult => quote! { bits.cast_signed() },
    };
    let (named, unnamed) = match space {
        CodeSpace::Win32 => ("{name} ({})", "error {}"),
        CodeSpace::HResult => ("{name} (0x{:08X})", "error 0x{:08X}"),
    };
    quote! {
        impl #type_ident {
            #(#constants)*

            #[doc = " The code's C name, if a page lists it."]
            pub fn name(self) -> Option<&'static str> {
                self.row().map(|row| row.1)
            }

            #[doc = " What the code means, if a page says it."]
            pub fn text(self) -> Option<&'static str> {
                self.row().map(|row| row.2)
            }

            #[doc = " The code of that C name."]
            pub fn from_name(name: &str) -> Option<Self> {
                let at = #index.binary_search_by_key(&name, |row| row.0).ok()?;
                let bits = #index[at].1;
                Some(Self(#from_bits))
            }

            fn row(self) -> Option<&'static (u32, &'static str, &'static str)> {
                let at = #table.binary_search_by_key(&#bits, |row| row.0).ok()?;
                Some(&#table[at])
            }
        }

        impl core::fmt::Display for #type_ident {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, #named, #bits),
                    None => write!(f, #unnamed, #bits),
                }
            }
        }

        impl core::fmt::Debug for #type_ident {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(self, f)
            }
        }

        impl core::error::Error for #type_ident {}

        static #table: &[(u32, &str, &str)] = &[#(#rows,)*];
        static #index: &[(&str, u32)] = &[#(#names,)*];
    }
}

fn shown(number: u32, space: CodeSpace) -> String {
    match space {
        CodeSpace::Win32 => number.to_string(),
        CodeSpace::HResult => format!("0x{number:08X}"),
    }
}

/// The number as people write it: Win32 codes in decimal, HRESULTs in hexadecimal.
fn number(number: u32, space: CodeSpace) -> Literal {
    match space {
        CodeSpace::Win32 => Literal::u32_unsuffixed(number),
        CodeSpace::HResult => {
            format!("0x{:04X}_{:04X}_u32", number >> 16, number & 0xFFFF).parse().expect("a hexadecimal literal is one")
        }
    }
}
