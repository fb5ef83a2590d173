//! One error type per function: its documented failures, each with the page's own words, and `Other` for the rest.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use crate::draft::Convention;
use crate::model::{CodeSpace, ErrorCode, Family, Function, Spec};

/// The file of a family's error types; `None` if it has none.
pub fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let mut items = Vec::new();
    for group in &family.groups {
        for &index in &group.functions {
            let function = &family.functions[index];
            let of = format!("[`{}`](super::{}::{})", function.origin.c_name, group.name, function.origin.rust_name);
            items.push(error(function, &of, spec));
            items.push(success(function, &of, spec));
        }
    }
    for callback in &family.callbacks {
        let of = format!("[`{}`](super::{})", callback.origin.c_name, callback.origin.rust_name);
        items.push(error(callback, &of, spec));
        items.push(success(callback, &of, spec));
    }
    let doc = format!(
        " What may go wrong in `{}`: one type per function, with the failures that its page documents.",
        family.header
    );
    let items = items.into_iter().flatten().collect::<Vec<_>>();
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

/// The type that carries a function's codes, if it reports failure by codes at all.
pub fn code_type(function: &Function) -> Option<TokenStream> {
    match function.convention {
        Convention::Win32 | Convention::LastError => Some(quote! { crate::Win32Error }),
        Convention::HResult => Some(quote! { crate::HResult }),
        Convention::NtStatus | Convention::Void | Convention::Value => None,
    }
}

fn error(function: &Function, of: &str, spec: &Spec) -> Option<TokenStream> {
    let writer = &Writer::new(spec, function.origin.item);
    let code_type = code_type(function)?;
    let name = format_ident!("{}", function.error_name);
    let idents: Vec<_> = function.errors.iter().map(|error| format_ident!("{}", error.rust_name)).collect();
    let constants: Vec<_> = function.errors.iter().map(|error| format_ident!("{}", error.c_name)).collect();
    // Of two names for one number, the first is what a number is read as.
    let mut seen = std::collections::BTreeSet::new();
    let (read, read_as): (Vec<_>, Vec<_>) = function
        .errors
        .iter()
        .zip(idents.iter().zip(&constants))
        .filter(|(error, _)| seen.insert(error.number))
        .map(|(_, (ident, constant))| (constant, ident))
        .unzip();
    let docs = function.errors.iter().map(|error| variant_doc(error, function.space, writer));
    let reasons: Vec<_> = function.errors.iter().map(reason).collect();
    let count = Literal::usize_unsuffixed(function.errors.len());
    let doc = format!(" Why {of} failed.");
    let other = match function.open {
        true => " A code that the page does not list; it says that there may be some.",
        false => " A code that the page does not list.",
    };
    let reasons = if function.errors.is_empty() {
        quote! { None }
    } else {
        quote! { match self { #(Self::#idents => Some(#reasons),)* Self::Other(_) => None, } }
    };
    let from = if function.errors.is_empty() {
        quote! { Self::Other(code) }
    } else {
        quote! {
            match code {
                #(#code_type::#read => Self::#read_as,)*
                other => Self::Other(other),
            }
        }
    };
    let display = if function.errors.is_empty() {
        quote! { core::fmt::Display::fmt(&self.code(), f) }
    } else {
        quote! {
            match self.reason() {
                Some(reason) => write!(f, "{}: {reason}", self.code()),
                None => core::fmt::Display::fmt(&self.code(), f),
            }
        }
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
            pub const DOCUMENTED: [Self; #count] = [#(Self::#idents,)*];

            #[doc = " The code."]
            pub const fn code(self) -> #code_type {
                match self {
                    #(Self::#idents => #code_type::#constants,)*
                    Self::Other(code) => code,
                }
            }

            #[doc = " What the page says of this failure, if it lists it."]
            pub const fn reason(self) -> Option<&'static str> {
                #reasons
            }
        }

        impl From<#code_type> for #name {
            fn from(code: #code_type) -> Self {
                #from
            }
        }

        impl From<#name> for #code_type {
            fn from(error: #name) -> Self {
                error.code()
            }
        }

        impl core::fmt::Display for #name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                #display
            }
        }

        impl core::error::Error for #name {}
    })
}

/// The type that tells plain success from the others that a function documents, if it documents any.
pub fn success_name(function: &Function) -> Option<Ident> {
    let fails = code_type(function).is_some() && !function.successes.is_empty();
    fails.then(|| format_ident!("{}Success", function.error_name.trim_end_matches("Error")))
}

/// Successes that are not plain success, such as "it will complete later".
fn success(function: &Function, of: &str, spec: &Spec) -> Option<TokenStream> {
    let writer = &Writer::new(spec, function.origin.item);
    let code_type = code_type(function)?;
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

        impl From<#name> for #code_type {
            fn from(success: #name) -> Self {
                success.code()
            }
        }
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
fn reason(error: &ErrorCode) -> String {
    let texts: Vec<String> = error.texts.iter().map(|text| text.plain()).collect();
    texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}
