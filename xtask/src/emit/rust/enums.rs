//! Enumerations: a Rust enum by value, with the ways to and from C's `int`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use crate::model::{Enum, Family, Member, Spec};

/// The file of a family's enumerations; `None` if it has none.
pub fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let enums: Vec<TokenStream> = family.enums.iter().map(|enum_| item(enum_, spec)).collect();
    let doc = format!(" Enumerations of `{}`.", family.header);
    (!enums.is_empty()).then(|| quote! { #![doc = #doc] use crate::UnknownValue; #(#enums)* })
}

fn item(enum_: &Enum, spec: &Spec) -> TokenStream {
    let writer = &Writer::new(spec, enum_.origin.item);
    let doc = attributes(&writer.item(&enum_.origin, Vec::new()));
    let aliased = enum_.origin.aliases.iter().chain(&enum_.origin.pointers);
    let aliased = aliased.map(|alias| &**alias).chain([&*enum_.origin.c_name]);
    let alias = aliases(&enum_.origin.rust_name, aliased);
    let name = format_ident!("{}", enum_.origin.rust_name);
    let idents: Vec<_> = enum_.members.iter().map(|member| format_ident!("{}", member.rust_name)).collect();
    let c_names: Vec<_> = enum_.members.iter().map(|member| &member.c_name).collect();
    let values: Vec<_> = enum_.members.iter().map(|member| Literal::i32_unsuffixed(member.value)).collect();
    let docs = enum_.members.iter().map(|member| member_doc(member, &member.rust_name, writer));
    let constants = enum_.aliases.iter().map(|(member, first)| {
        let constant = screaming(&member.rust_name);
        let doc = member_doc(member, &constant, writer);
        let constant = format_ident!("{constant}");
        let first = format_ident!("{}", enum_.members[*first].rust_name);
        quote! { #doc pub const #constant: Self = Self::#first; }
    });
    let all = format!(" Every member of `{}`, in the order of its page.", enum_.origin.c_name);
    quote! {
        #doc
        #alias
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i32)]
        pub enum #name {
            #(#docs #idents = #values,)*
        }

        impl #name {
            #(#constants)*

            #[doc = #all]
            pub const ALL: &[Self] = &[#(Self::#idents,)*];

            /// The name that C has for this member.
            pub const fn c_name(self) -> &'static str {
                match self { #(Self::#idents => #c_names,)* }
            }
        }

        impl TryFrom<i32> for #name {
            type Error = UnknownValue;

            fn try_from(value: i32) -> Result<Self, UnknownValue> {
                match value {
                    #(#values => Ok(Self::#idents),)*
                    unknown => Err(UnknownValue(unknown)),
                }
            }
        }

        impl From<#name> for i32 {
            fn from(value: #name) -> Self {
                value as Self
            }
        }

        impl core::fmt::Display for #name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.c_name())
            }
        }
    }
}

fn member_doc(member: &Member, own: &str, writer: &Writer<'_>) -> TokenStream {
    let mut lines = writer.lines(&member.docs);
    if lines.is_empty() {
        lines.push(format!("`{}`.", member.c_name));
    }
    let doc = attributes(&lines);
    let alias = aliases(own, [&*member.c_name].into_iter());
    quote! { #doc #alias }
}

fn screaming(camel: &str) -> String {
    let mut out = String::new();
    for (at, c) in camel.char_indices() {
        if at > 0 && c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
