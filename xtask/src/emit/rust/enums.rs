//! Enumerations: a Rust enum by value, with the ways to and from C's `int`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use crate::model::{Enum, Family, Member, Spec};

/// The file of a family's enumerations; `None` if it has none.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let one = |enum_: &Enum| if enum_.flags { flags(enum_, spec) } else { item(enum_, spec) };
    let enums: Vec<TokenStream> = family.enums.iter().map(one).collect();
    let doc = format!(" Enumerations of `{}`.", family.header);
    (!enums.is_empty()).then(|| quote! { #![doc = #doc] use crate::UnknownValue; #(#enums)* })
}

fn item(enum_: &Enum, spec: &Spec) -> TokenStream {
    let writer = &Writer::new(spec, enum_.origin.item);
    let head = writer.head(&enum_.origin);
    let name = format_ident!("{}", enum_.origin.rust_name);
    let idents: Vec<_> = enum_.members.iter().map(|member| format_ident!("{}", member.rust_name)).collect();
    let c_names: Vec<_> = enum_.members.iter().map(|member| &*member.c_name).collect();
    let values: Vec<_> = enum_.members.iter().map(|member| Literal::i32_unsuffixed(member.value)).collect();
    let docs = enum_.members.iter().map(|member| member_doc(member, &member.rust_name, writer));
    let definition = definition(enum_, &docs.collect::<Vec<_>>());
    let constants = enum_.aliases.iter().map(|(member, first)| {
        let constant = alias(enum_, member);
        let doc = member_doc(member, &constant, writer);
        let constant = format_ident!("{constant}");
        let first = format_ident!("{}", enum_.members[*first].rust_name);
        quote! { #doc pub const #constant: Self = Self::#first; }
    });
    let all = format!(" Every member of `{}`, in the order of its page.", enum_.origin.c_name);
    let called = &*enum_.origin.rust_name;
    // What is on the wire or in a structure may have 16 bits.
    let short = enum_.members.iter().all(|member| u16::try_from(member.value).is_ok());
    let from_u16 = short.then(|| {
        quote! {
            impl TryFrom<u16> for #name {
                type Error = UnknownValue;

                fn try_from(value: u16) -> Result<Self, UnknownValue> {
                    Self::try_from(i32::from(value))
                }
            }
        }
    });
    quote! {
        #head
        #definition

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
                    value => Err(UnknownValue { enumeration: #called, value }),
                }
            }
        }

        #from_u16

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

/// Bits that go together: a type with a constant for each member, and what can be done with bits.
fn flags(enum_: &Enum, spec: &Spec) -> TokenStream {
    let writer = &Writer::new(spec, enum_.origin.item);
    let head = writer.head(&enum_.origin);
    let name = format_ident!("{}", enum_.origin.rust_name);
    let all: Vec<&Member> = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)).collect();
    let constants = all.iter().map(|member| {
        let (doc, ident) = (member_doc(member, &member.rust_name, writer), format_ident!("{}", member.rust_name));
        let value = Literal::i32_unsuffixed(member.value);
        quote! { #doc pub const #ident: Self = Self(#value); }
    });
    let idents = all.iter().map(|member| format_ident!("{}", member.rust_name));
    let c_names = all.iter().map(|member| &*member.c_name);
    let bits = Literal::i32_unsuffixed(all.iter().fold(0, |bits, member| bits | member.value));
    let definition = definition(enum_, &[]);
    let members = format!(" Every member of `{}` with its C name, in the order of its page.", enum_.origin.c_name);
    let called = &*enum_.origin.rust_name;
    quote! {
        #head
        #definition

        impl #name {
            #(#constants)*

            #[doc = #members]
            pub const MEMBERS: &[(Self, &'static str)] = &[#((Self::#idents, #c_names),)*];

            /// The bits, as C has them.
            pub const fn bits(self) -> i32 {
                self.0
            }

            /// Whether all bits of the other are in this one.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }

        impl core::ops::BitOr for #name {
            type Output = Self;

            fn bitor(self, rhs: Self) -> Self {
                Self(self.0 | rhs.0)
            }
        }

        impl core::ops::BitOrAssign for #name {
            fn bitor_assign(&mut self, rhs: Self) {
                self.0 |= rhs.0;
            }
        }

        impl core::ops::BitAnd for #name {
            type Output = Self;

            fn bitand(self, rhs: Self) -> Self {
                Self(self.0 & rhs.0)
            }
        }

        impl TryFrom<i32> for #name {
            type Error = UnknownValue;

            /// Refuses bits that no member has.
            fn try_from(value: i32) -> Result<Self, UnknownValue> {
                if value & !#bits == 0 {
                    Ok(Self(value))
                } else {
                    Err(UnknownValue { enumeration: #called, value })
                }
            }
        }

        impl From<#name> for i32 {
            fn from(value: #name) -> Self {
                value.0
            }
        }

        impl core::fmt::Display for #name {
            /// The member that it is, or the members in it, or the number if it has none.
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                if let Some((_, name)) = Self::MEMBERS.iter().find(|(member, _)| member == self) {
                    return f.write_str(name);
                }
                let mut first = true;
                for (member, name) in Self::MEMBERS {
                    if member.0 != 0 && self.contains(*member) {
                        f.write_str(if first { "" } else { " | " })?;
                        f.write_str(name)?;
                        first = false;
                    }
                }
                if first { core::fmt::Display::fmt(&self.0, f) } else { Ok(()) }
            }
        }
    }
}

/// The enumeration itself; `docs` are its members' attributes.
pub(super) fn definition(enum_: &Enum, docs: &[TokenStream]) -> TokenStream {
    let name = format_ident!("{}", enum_.origin.rust_name);
    if enum_.flags {
        return quote! {
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[repr(transparent)]
            pub struct #name(i32);
        };
    }
    let idents = enum_.members.iter().map(|member| format_ident!("{}", member.rust_name));
    let values = enum_.members.iter().map(|member| Literal::i32_unsuffixed(member.value));
    quote! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i32)]
        pub enum #name {
            #(#docs #idents = #values,)*
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

/// The Rust name of a member that has the value of another: bits are constants already.
pub(super) fn alias(enum_: &Enum, member: &Member) -> String {
    if enum_.flags { member.rust_name.to_string() } else { screaming(&member.rust_name) }
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
