//! Callbacks: functions that the program supplies, as types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use super::{api, types};
use crate::model::{Family, Function, Spec, Type};

/// The file of a family's callback types; `None` if it has none.
pub fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let items: Vec<TokenStream> = family.callbacks.iter().map(|callback| item(callback, &family.name, spec)).collect();
    let doc = format!(" Callbacks of `{}`: functions that the program supplies.", family.header);
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

fn item(callback: &Function, here: &str, spec: &Spec) -> TokenStream {
    let writer = &Writer::new(spec, callback.origin.item);
    let name = format_ident!("{}", callback.origin.rust_name);
    let doc = attributes(&writer.item(&callback.origin, api::details(callback, false, writer)));
    let aliased = callback.origin.aliases.iter().map(|alias| &**alias).chain([&*callback.origin.c_name]);
    let alias = aliases(&callback.origin.rust_name, aliased);
    let params = callback.params.iter().map(|param| {
        let (name, type_) = (format_ident!("{}", param.rust_name), types::safe(&param.raw, here));
        quote! { #name: #type_ }
    });
    let output = (callback.c_return != Type::Void).then(|| {
        let type_ = types::safe(&callback.c_return, here);
        quote! { -> #type_ }
    });
    quote! {
        #doc
        #alias
        pub type #name = Option<unsafe extern "system" fn(#(#params),*) #output>;
    }
}
