//! The strings of a C function: what goes in, and what comes out and points into it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::structs;
use super::sentinels::number_of;
use super::{c_ident, c_type, free, local};
use crate::model::{Arg, ArgKind, FieldKind, Function, Spec, Type};

/// The strings of an argument, which live until the call is over.
pub(super) fn text(function: &Function, arg: &Arg, unit: Option<&TokenStream>) -> Option<TokenStream> {
    let (param, local) = (&function.params[arg.param], local(function, arg));
    let pointer = c_ident(param);
    let given = |at: usize| {
        let length = c_ident(&function.params[at]);
        if matches!(function.params[at].raw, Type::Pointer { .. }) {
            quote! { ffi::read(#length).ok_or(BadArgument)? }
        } else {
            quote! { #length }
        }
    };
    // -1, unless something else is said.
    let terminated = |at: usize| match &function.params[at].terminated_if {
        None => quote! { ffi::Length::UNKNOWN },
        Some(lengths) => {
            let lengths = lengths.iter().map(|&length| number_of(&function.params[at].raw, length));
            quote! { [#(#lengths),*] }
        }
    };
    match &arg.kind {
        ArgKind::Str { length: None, .. } => Some(quote! { let #local = unsafe { ffi::text(#pointer) }?; }),
        ArgKind::Str { length: Some(at), .. } => {
            let (length, terminated) = (given(*at), terminated(*at));
            Some(quote! { let #local = unsafe { ffi::text_of(#pointer, #length, #terminated) }?; })
        }
        ArgKind::Units { length: None, .. } => Some(quote! { let #local = unsafe { ffi::units(#pointer) }?; }),
        ArgKind::Units { length: Some(at), .. } => {
            let (length, terminated) = (given(*at), terminated(*at));
            Some(quote! { let #local = unsafe { ffi::units_of(#pointer, #length, #terminated) }?; })
        }
        ArgKind::Strs { length } => {
            let refs = refs(function, arg);
            let to = innermost(&param.raw);
            let to = c_type(to, unit);
            let pointer = quote! { #pointer.cast::<*const #to>() };
            let texts = match length {
                None => quote! { ffi::texts(#pointer) },
                Some(at) => {
                    let count = given(*at);
                    quote! { ffi::texts_of(#pointer, #count) }
                }
            };
            Some(quote! {
                let #local = unsafe { #texts }?;
                let #refs: alloc::vec::Vec<&str> = #local.iter().map(|text| &**text).collect();
            })
        }
        _ => None,
    }
}

/// The variable of the strings of a list.
pub(super) fn refs(function: &Function, arg: &Arg) -> Ident {
    free(function, &format!("refs_{}", function.params[arg.param].rust_name))
}

/// Leads what comes out back into C's own strings, where those are at odd addresses and the method has seen copies.
pub(super) fn back(function: &Function, output: &Arg, spec: &Spec) -> Option<TokenStream> {
    let ArgKind::Reference { to, .. } = &output.kind else { unreachable!("outputs are references") };
    let written = local(function, output);
    let places = match to {
        Type::Struct(name) => {
            let fields = structs::body(name, spec).into_iter().flat_map(|body| &body.fields);
            let place = |name| {
                let name = format_ident!("{}", name);
                quote! { #written.#name }
            };
            let places = fields.filter_map(|field| match &field.kind {
                FieldKind::Value { raw, .. } => Some((place(&field.rust_name), raw)),
                FieldKind::Part(_) => None,
            });
            places.collect()
        }
        to => vec![(quote! { #written }, to)],
    };
    let pointers = |constant_: bool| {
        let is_string = move |type_: &Type| match type_ {
            Type::Pointer { to, constant } => *constant == constant_ && **to == Type::Char { wide: true },
            _ => false,
        };
        let pointers =
            places.iter().filter(move |(_, type_)| is_string(type_)).map(|(place, _)| quote! { &mut #place });
        pointers.collect::<Vec<_>>()
    };
    let strings = || function.args.iter().filter(|arg| matches!(arg.kind, ArgKind::Units { wide: true, .. }));
    let leads = [(pointers(true), None), (pointers(false), Some(quote! { .cast_mut() }))].map(|(pointers, mutable)| {
        let leads = strings().filter(|_| !pointers.is_empty()).map(|arg| {
            let (own, units) = (c_ident(&function.params[arg.param]), local(function, arg));
            quote! {
                for pointer in [#(#pointers),*] {
                    *pointer = ffi::in_place(*pointer, #units.as_deref(), #own) #mutable;
                }
            }
        });
        quote! { #(#leads)* }
    });
    let is_there = leads.iter().any(|leads| !leads.is_empty());
    is_there.then(|| quote! { let mut #written = #written; #(#leads)* })
}

/// What pointers lead to in the end.
fn innermost(type_: &Type) -> &Type {
    match type_ {
        Type::Pointer { to, .. } => innermost(to),
        other => other,
    }
}
