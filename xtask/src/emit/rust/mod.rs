//! Rust text: one file per kind of thing and family, each a token stream that prettyplease lays out.

mod api;
pub(super) mod bare;
mod blank;
mod callbacks;
mod codes;
mod docs;
mod enums;
mod errors;
mod exports;
mod outputs;
mod structs;
mod sys;
mod types;

use std::fmt;

use proc_macro2::{Ident, TokenStream};
use quote::{IdentFragment, format_ident, quote};
use rayon::prelude::*;

use super::attribution;
use super::markdown::escape;
use crate::model::{ArgKind, Family, Spec, Type, Wide};
use crate::name::{CName, RustName, is_free};
use crate::sync::{MARK, OutputFile};

/// The identifier of a name in C, with an underscore behind it if it is a keyword of Rust.
fn free_ident(c_name: &str) -> Ident {
    if is_free(c_name) { format_ident!("{c_name}") } else { format_ident!("{c_name}_") }
}

/// A name becomes an identifier, or a part of one.
macro_rules! ident_fragment {
    ($($name:ident)*) => {$(
        impl IdentFragment for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                IdentFragment::fmt(&**self, f)
            }
        }
    )*};
}

ident_fragment!(CName RustName);

/// All Rust files of the crate.
pub(super) fn emit(spec: &Spec) -> Vec<OutputFile> {
    let families: Vec<&Family> = spec.families.iter().filter(|family| !family.is_empty()).collect();
    let shared = shared(spec, &families);
    let mut files = vec![file("src/lib.rs", lib(spec, &families, &shared)), file("src/codes.rs", codes::file(spec))];
    let written = |shared: &Shared| OutputFile { path: shared.path.to_owned(), text: marked(shared.text) };
    files.extend(shared.iter().map(written));
    // Laying out Rust takes most of the time of a run, and files do not know each other.
    let parts: Vec<(&Family, Part)> =
        families.iter().flat_map(|&family| Part::ALL.map(|part| (family, part))).collect();
    let write = |(family, part): (&Family, Part)| Some(file(&path(family, part.name()), part.tokens(spec, family)?));
    let written: Vec<Option<OutputFile>> = parts.par_iter().map(|&part| write(part)).collect();
    for &family in &families {
        let there = parts.iter().zip(&written).filter(|((other, _), file)| other.name == family.name && file.is_some());
        let names: Vec<&str> = there.map(|((_, part), _)| part.name()).collect();
        files.push(file(&path(family, "mod"), module(family, &names)));
    }
    files.extend(written.into_iter().flatten());
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn path(family: &Family, name: &str) -> String {
    format!("src/{}/{name}.rs", family.name)
}

/// A file of a family's module.
#[derive(Clone, Copy)]
enum Part {
    Api,
    Callbacks,
    Enums,
    Errors,
    Exports,
    Structs,
    Sys,
}

impl Part {
    const ALL: [Self; 7] =
        [Self::Api, Self::Callbacks, Self::Enums, Self::Errors, Self::Exports, Self::Structs, Self::Sys];

    const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Callbacks => "callbacks",
            Self::Enums => "enums",
            Self::Errors => "errors",
            Self::Exports => "exports",
            Self::Structs => "structs",
            Self::Sys => "sys",
        }
    }

    fn tokens(self, spec: &Spec, family: &Family) -> Option<TokenStream> {
        match self {
            Self::Api => api::file(spec, family),
            Self::Callbacks => callbacks::file(spec, family),
            Self::Enums => enums::file(spec, family),
            Self::Errors => errors::file(spec, family),
            Self::Exports => exports::file(spec, family),
            Self::Structs => structs::file(spec, family),
            Self::Sys => Some(sys::file(spec, family)),
        }
    }
}

fn file(path: &str, tokens: TokenStream) -> OutputFile {
    let parsed =
        syn::parse2(tokens).unwrap_or_else(|error| panic!("an emitter wrote invalid Rust for {path}: {error}"));
    let text = prettyplease::unparse(&blank::between(parsed));
    OutputFile { path: path.to_owned(), text: marked(&text) }
}

/// A file's text behind the line that says where it comes from.
fn marked(text: &str) -> String {
    format!("// @{MARK} from the reference pages: change those and run `cargo xtask codegen`.\n\n{text}")
}

/// Whether any function keeps a buffer after it has returned.
fn keeps_buffers(spec: &Spec) -> bool {
    let functions = spec.families.iter().flat_map(|family| {
        let slots = family.tables.iter().flat_map(|table| &table.slots);
        family.functions.iter().chain(slots.map(|slot| &family.callbacks[slot.callback]))
    });
    functions.flat_map(|function| &function.args).any(|arg| matches!(arg.kind, ArgKind::Kept { .. }))
}

/// Whether there is code between C and its traits.
fn has_exports(family: &Family) -> bool {
    !family.groups.is_empty() || !family.tables.is_empty()
}

/// Whether anything is generic in the units of wide strings.
fn has_wide_strings(family: &Family) -> bool {
    family.functions.iter().any(|function| function.wide == Wide::Generic)
        || family.structs.iter().any(|struct_| struct_.body.is_wide())
        || family.callbacks.iter().flat_map(|callback| callback.types()).any(Type::is_wide)
}

/// A module that is written by hand and included word for word.
struct Shared {
    path: &'static str,
    text: &'static str,
    declaration: TokenStream,
}

/// Those that the families need.
fn shared(spec: &Spec, families: &[&Family]) -> Vec<Shared> {
    let mut out = Vec::new();
    let failing: Vec<&str> =
        families.iter().filter(|family| errors::has_types(family)).map(|family| &*family.name).collect();
    if !failing.is_empty() {
        let any = match &failing[..] {
            [only] => quote! { feature = #only },
            several => quote! { any(#(feature = #several),*) },
        };
        let declaration = quote! { #[cfg(#any)] #[rustfmt::skip] mod documented; };
        out.push(Shared { path: "src/documented.rs", text: include_str!("parts/documented.rs"), declaration });
    }
    if families.iter().any(|family| has_exports(family)) {
        let declaration = quote! {
            #[cfg(feature = "exports")]
            extern crate alloc;
            #[cfg(feature = "exports")]
            pub mod ffi;
        };
        out.push(Shared { path: "src/ffi.rs", text: include_str!("parts/ffi.rs"), declaration });
    }
    if families.iter().any(|family| has_exports(family) || has_wide_strings(family)) {
        let declaration = quote! { mod wide; pub use wide::WideChar; };
        out.push(Shared { path: "src/wide.rs", text: include_str!("parts/wide.rs"), declaration });
    }
    if keeps_buffers(spec) {
        let declaration = quote! { mod kept; pub use kept::{KeptBuffer, KeptBufferMut}; };
        out.push(Shared { path: "src/kept.rs", text: include_str!("parts/kept.rs"), declaration });
    }
    out
}

fn lib(spec: &Spec, families: &[&Family], shared: &[Shared]) -> TokenStream {
    let modules = families.iter().map(|family| {
        let (name, feature) = (format_ident!("{}", family.name), &family.name);
        quote! { #[cfg(feature = #feature)] #[rustfmt::skip] pub mod #name; }
    });
    let mut lines = vec![format!("{} as Rust types, errors and traits, generated from reference pages.", spec.title)];
    let rest = "Every header is a module: enumerations, one error type per function, traits with a method per function, \
                and `sys` with the C names for people who port C code. Nothing here does anything: a runtime \
                implements the traits. Each item says which page it comes from. Every header is also a feature of its \
                name, and all of them are enabled by default; `exports` adds the C functions over the traits.";
    let terms = "The text is that of the pages, which are about C. Where it stands beside a method or an error, \
                 parameters have their Rust names, and `NULL` is `None` or an empty slice where the method takes that. A \
                 pointer and its length are one slice, strings are `str`, and a method returns what the function \
                 writes on success only.";
    for paragraph in [rest, terms] {
        lines.push(String::new());
        lines.extend(docs::wrap(paragraph, "", ""));
    }
    for sentence in attribution::sentences(spec) {
        lines.push(String::new());
        lines.extend(docs::wrap(&escape(&sentence), "", ""));
    }
    lines.extend(example(families).into_iter().flatten());
    let declarations = shared.iter().map(|shared| &shared.declaration);
    let docs = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! {
        #(#![doc = #docs])*
        #![no_std]
        #![allow(clippy::pub_underscore_fields, clippy::too_many_arguments, clippy::too_many_lines, clippy::unreadable_literal, reason = "as the headers have it")]

        #[rustfmt::skip]
        pub mod codes;
        #(#declarations)*
        #(#modules)*

        pub use codes::{HResult, UnknownValue, Win32Error};
    }
}

/// A doctest with the first enumeration of the first family that has one.
fn example(families: &[&Family]) -> Option<Vec<String>> {
    let (family, enum_) = families.iter().find_map(|family| Some((family, family.enums.first()?)))?;
    let (name, member) = (&enum_.origin.rust_name, enum_.members.first()?);
    Some(vec![
        String::new(),
        "```".to_owned(),
        format!("# #[cfg(feature = \"{}\")] {{", family.name),
        format!("use winws_api::{}::{name};", family.name),
        String::new(),
        format!("assert_eq!({name}::try_from({}), Ok({name}::{}));", member.value, member.rust_name),
        format!("assert_eq!({name}::{}.c_name(), \"{}\");", member.rust_name, member.c_name),
        "# }".to_owned(),
        "```".to_owned(),
    ])
}

fn sentence_start(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The module of a family: its parts, of which those with C names keep a name of their own.
fn module(family: &Family, parts: &[&str]) -> TokenStream {
    let doc = format!(" {} (`{}`).", sentence_start(&family.title), family.header);
    let parts = parts.iter().map(|&name| {
        let ident = format_ident!("{name}");
        match name {
            "exports" => quote! { #[cfg(feature = "exports")] #[rustfmt::skip] pub mod exports; },
            "sys" => quote! { #[rustfmt::skip] pub mod sys; },
            _ => quote! { #[rustfmt::skip] mod #ident; pub use #ident::*; },
        }
    });
    quote! {
        #![doc = #doc]
        #(#parts)*
    }
}
