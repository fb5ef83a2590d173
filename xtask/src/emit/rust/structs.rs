//! Handles, and types of which only pointers are known.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::aliases;
use crate::model::{Family, Opaque};

/// The file of a family's handles and opaque types; `None` if it has none.
pub fn file(family: &Family) -> Option<TokenStream> {
    let items = family.opaques.iter().map(|opaque| match opaque.handle {
        true => handle(opaque),
        false => incomplete(opaque),
    });
    let items: Vec<TokenStream> = items.collect();
    let doc = format!(" Handles and opaque types of `{}`.", family.header);
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

fn handle(opaque: &Opaque) -> TokenStream {
    let name = format_ident!("{}", opaque.rust_name);
    let alias = aliases(&opaque.rust_name, [&*opaque.c_name].into_iter());
    let doc = format!(" A handle, `{}` in C: a value that names an object, never a pointer to it.", opaque.c_name);
    quote! {
        #[doc = #doc]
        #alias
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct #name(usize);

        impl #name {
            #[doc = " The handle that names nothing."]
            pub const NULL: Self = Self(0);

            #[doc = " The handle of that value, as C passes it."]
            pub const fn from_raw(raw: usize) -> Self {
                Self(raw)
            }

            #[doc = " The value, as C passes it."]
            pub const fn into_raw(self) -> usize {
                self.0
            }

            #[doc = " Whether it names nothing."]
            pub const fn is_null(self) -> bool {
                self.0 == 0
            }
        }
    }
}

fn incomplete(opaque: &Opaque) -> TokenStream {
    let name = format_ident!("{}", opaque.rust_name);
    let alias = aliases(&opaque.rust_name, [&*opaque.c_name].into_iter());
    let doc = format!(" `{}`, of which only pointers are known.", opaque.c_name);
    quote! {
        #[doc = #doc]
        #alias
        #[derive(Debug)]
        #[repr(C)]
        pub struct #name {
            _private: [u8; 0],
        }
    }
}
