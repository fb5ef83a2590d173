//! One error type per function: its documented failures, each with the page's own words, and `Other` for the rest.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use crate::draft::Convention;
use crate::model::{CodeSpace, ErrorCode, Family, Function, Spec};

/// The file of a family's error types; `None` if it has none.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let mut items = Vec::new();
    for group in &family.groups {
        for &index in &group.functions {
            let function = &family.functions[index];
            let of = format!("[`{}`](super::{}::{})", function.origin.c_name, group.name, function.origin.rust_name);
            let writer = &Writer::of_method(spec, function, None);
            items.push(error(function, &of, writer));
            items.push(success(function, &of, writer));
        }
    }
    for (place, callback) in family.callbacks.iter().enumerate() {
        let writer = &match family.method_of(place) {
            Some((_, slot)) => Writer::of_method(spec, callback, Some(slot.instance)),
            None => Writer::new(spec, callback.origin.item),
        };
        let of = format!("[`{}`](super::{})", callback.origin.c_name, callback.origin.rust_name);
        items.push(error(callback, &of, writer));
        items.push(success(callback, &of, writer));
    }
    let doc = format!(
        " What may go wrong in `{}`: one type per function, with the failures that its page documents.",
        family.header
    );
    let items = items.into_iter().flatten().collect::<Vec<_>>();
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

/// Whether a family has any error types.
pub(super) fn has_types(family: &Family) -> bool {
    let grouped = family.groups.iter().flat_map(|group| &group.functions).map(|&index| &family.functions[index]);
    grouped.chain(&family.callbacks).any(|function| code_name(function).is_some())
}

/// The type that carries a function's codes, if it reports failure by codes at all.
pub(super) fn code_type(function: &Function) -> Option<TokenStream> {
    let name = code_name(function)?;
    Some(quote! { crate::#name })
}

fn code_name(function: &Function) -> Option<Ident> {
    match function.convention {
        Convention::Win32 | Convention::LastError => Some(format_ident!("Win32Error")),
        Convention::HResult => Some(format_ident!("HResult")),
        Convention::NtStatus | Convention::Void | Convention::Value => None,
    }
}

fn error(function: &Function, of: &str, writer: &Writer<'_>) -> Option<TokenStream> {
    let (code_type, code_name) = (code_type(function)?, code_name(function)?);
    let name = format_ident!("{}", function.error_name);
    let idents: Vec<_> = function.errors.iter().map(|error| format_ident!("{}", error.rust_name)).collect();
    let constants: Vec<_> = function.errors.iter().map(|error| format_ident!("{}", error.c_name)).collect();
    let docs = function.errors.iter().map(|error| variant_doc(error, function.space, writer));
    let reasons = function.errors.iter().map(|error| reason(error, writer));
    let doc = format!(" Why {of} failed.");
    let other = match function.open {
        true => " A code that the page does not list; it says that there may be some.",
        false => " A code that the page does not list.",
    };
    Some(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum #name {
            #(#docs #idents,)*
            #[doc = #other]
            Other(#code_type),
        }

        impl #name {
            #[doc = " The failures that the page lists."]
            pub const DOCUMENTED: &[Self] = &[#(Self::#idents,)*];

            #[doc = " The code."]
            pub const fn code(self) -> #code_type {
                match self {
                    #(Self::#idents => #code_type::#constants,)*
                    Self::Other(code) => code,
                }
            }

            const fn words(self) -> &'static str {
                match self {
                    #(Self::#idents => #reasons,)*
                    Self::Other(_) => "",
                }
            }
        }

        crate::documented::documented!(error #name, #code_name);
    })
}

/// The type that tells plain success from the others that a function documents, if it documents any.
pub(super) fn success_name(function: &Function) -> Option<Ident> {
    let fails = code_type(function).is_some() && !function.successes.is_empty();
    fails.then(|| format_ident!("{}", function.success_name))
}

/// Successes that are not plain success, such as "it will complete later".
fn success(function: &Function, of: &str, writer: &Writer<'_>) -> Option<TokenStream> {
    let (code_type, code_name) = (code_type(function)?, code_name(function)?);
    let name = success_name(function)?;
    let idents: Vec<_> = function.successes.iter().map(|code| format_ident!("{}", code.rust_name)).collect();
    let constants: Vec<_> = function.successes.iter().map(|code| format_ident!("{}", code.c_name)).collect();
    let docs = function.successes.iter().map(|code| variant_doc(code, function.space, writer));
    let doc = format!(" How {of} succeeded.");
    Some(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum #name {
            #[doc = " It is done."]
            Done,
            #(#docs #idents,)*
        }

        impl #name {
            #[doc = " The code."]
            pub const fn code(self) -> #code_type {
                match self {
                    Self::Done => #code_type(0),
                    #(Self::#idents => #code_type::#constants,)*
                }
            }
        }

        crate::documented::documented!(success #name, #code_name);
    })
}

fn variant_doc(error: &ErrorCode, space: CodeSpace, writer: &Writer<'_>) -> TokenStream {
    let mut lines = Vec::new();
    for text in &error.texts {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(writer.lines(text));
    }
    let number = match space {
        CodeSpace::Win32 => error.number.to_string(),
        CodeSpace::HResult => format!("0x{:08X}", error.number),
    };
    lines.push(String::new());
    lines.push(format!("`{}`, {number}", error.c_name));
    let doc = attributes(&lines);
    let alias = aliases(&error.rust_name, [&*error.c_name].into_iter());
    quote! { #doc #alias }
}

/// The page's words in one line.
fn reason(error: &ErrorCode, writer: &Writer<'_>) -> String {
    error.texts.iter().map(|text| writer.words(text)).collect::<Vec<_>>().join(" ")
}
