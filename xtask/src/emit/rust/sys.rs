//! C names: constants and raw signatures, for people who port C code.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::types;
use crate::model::{Enum, Family, Function, Param, Type};

/// The file of a family's C names.
pub fn file(family: &Family) -> TokenStream {
    let opaques = family.opaques.iter().map(|opaque| {
        let (c_name, rust_name) = (format_ident!("{}", opaque.c_name), format_ident!("{}", opaque.rust_name));
        let doc = format!(" [`{}`](super::{}) under its C name.", opaque.c_name, opaque.rust_name);
        let target = if opaque.handle {
            quote! { *mut c_void }
        } else {
            quote! { super::#rust_name }
        };
        quote! { #[doc = #doc] pub type #c_name = #target; }
    });
    let enums = family.enums.iter().map(enum_);
    let callbacks = family.callbacks.iter().map(|callback| callback_type(callback, &family.name));
    let functions = (!family.functions.is_empty()).then(|| {
        let signatures = family.functions.iter().map(|function| signature(function, &family.name));
        quote! {
            #[allow(clippy::missing_safety_doc)]
            unsafe extern "system" { #(#signatures)* }
        }
    });
    let uses = Uses::of(family);
    let basics = uses.tokens();
    let doc = format!(
        " The C names of `{}`: constants, and raw signatures for linking with an implementation.",
        family.header
    );
    quote! {
        #![doc = #doc]
        #![allow(non_camel_case_types, non_snake_case)]
        #basics
        #(#opaques)*
        #(#enums)*
        #(#callbacks)*
        #functions
    }
}

/// The basic types that the signatures of a family need.
#[derive(Default)]
struct Uses {
    c_void: bool,
    hresult: bool,
    bool_: bool,
}

impl Uses {
    fn of(family: &Family) -> Self {
        let mut uses = Self { c_void: family.opaques.iter().any(|opaque| opaque.handle), ..Self::default() };
        for function in family.functions.iter().chain(&family.callbacks) {
            uses.add(&function.c_return);
            function.params.iter().for_each(|param| uses.add(&param.raw));
        }
        uses
    }

    fn add(&mut self, type_: &Type) {
        match type_ {
            Type::Void => self.c_void = true,
            Type::HResult => self.hresult = true,
            Type::Bool => self.bool_ = true,
            Type::Pointer { to, .. } => self.add(to),
            Type::Int(_) | Type::Enum(_) | Type::Handle(_) | Type::Opaque(_) => {}
        }
    }

    fn tokens(&self) -> TokenStream {
        let c_void = self.c_void.then(|| quote! { use core::ffi::c_void; });
        let hresult = self.hresult.then(|| {
            quote! {
                #[doc = " A success (0 and above) or a failure (negative)."]
                pub type HRESULT = i32;
            }
        });
        let bool_ = self.bool_.then(|| {
            quote! {
                #[doc = " 0 is false, everything else is true."]
                pub type BOOL = i32;
            }
        });
        quote! { #c_void #hresult #bool_ }
    }
}

fn enum_(enum_: &Enum) -> TokenStream {
    let c_name = format_ident!("{}", enum_.origin.c_name);
    let doc = format!(" The values of [`{0}`](super::{0}) as C has them.", enum_.origin.rust_name);
    let aliases = enum_.aliases.iter().map(|(member, _)| member);
    let constants = enum_.members.iter().chain(aliases).map(|member| {
        let name = format_ident!("{}", member.c_name);
        let value = Literal::i32_unsuffixed(member.value);
        let doc = format!(" {}", member.value);
        let odd = member.c_name.contains(|c: char| c.is_ascii_lowercase());
        let allow = odd.then(|| quote! { #[allow(non_upper_case_globals)] });
        quote! { #[doc = #doc] #allow pub const #name: #c_name = #value; }
    });
    quote! { #[doc = #doc] pub type #c_name = i32; #(#constants)* }
}

fn params(params: &[Param], here: &str) -> Vec<TokenStream> {
    let param = |param: &Param| {
        let name = syn::parse_str::<syn::Ident>(&param.c_name).unwrap_or_else(|_| format_ident!("{}_", param.c_name));
        let type_ = types::raw(&param.raw, here);
        quote! { #name: #type_ }
    };
    params.iter().map(param).collect()
}

fn output(function: &Function, here: &str) -> Option<TokenStream> {
    (function.c_return != Type::Void).then(|| {
        let type_ = types::raw(&function.c_return, here);
        quote! { -> #type_ }
    })
}

fn signature(function: &Function, here: &str) -> TokenStream {
    let name = format_ident!("{}", function.origin.c_name);
    let (params, output) = (params(&function.params, here), output(function, here));
    let doc = format!(" `{}`, raw.", function.origin.c_name);
    quote! { #[doc = #doc] pub fn #name(#(#params),*) #output; }
}

fn callback_type(callback: &Function, here: &str) -> TokenStream {
    let name = format_ident!("{}", callback.origin.c_name);
    let (params, output) = (params(&callback.params, here), output(callback, here));
    let doc = format!(" `{}`, raw.", callback.origin.c_name);
    quote! { #[doc = #doc] pub type #name = Option<unsafe extern "system" fn(#(#params),*) #output>; }
}
