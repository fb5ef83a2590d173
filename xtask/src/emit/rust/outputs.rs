//! What safe methods return of what C writes: one output by itself, several in a structure of their own.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use super::structs;
use super::types::{self, Scope};
use crate::model::{ArgKind, Function, Spec, Type};

/// The type of the outputs that a method returns; `None` if it returns none.
pub(super) fn returned(function: &Function, scope: Scope<'_>) -> Option<TokenStream> {
    if function.has_output_type() {
        let (name, unit) = (format_ident!("{}", function.output_name), own_scope(function, scope.family).used());
        return Some(quote! { super::#name #unit });
    }
    types(function).next().map(|type_| types::safe(type_, scope))
}

/// The structure of several outputs, which `method` returns.
pub(super) fn type_(function: &Function, method: &str, here: &str, spec: &Spec) -> Option<TokenStream> {
    let writer = &Writer::of_method(spec, function, None);
    let docs = function.returned().map(|arg| {
        let param = &function.params[arg.param];
        let mut lines = writer.lines_about(Some(&param.c_name), &param.docs);
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("`{}` in C.", param.c_name));
        let (doc, alias) = (attributes(&lines), aliases(&param.rust_name, [&*param.c_name].into_iter()));
        quote! { #doc #alias }
    });
    let docs: Vec<TokenStream> = docs.collect();
    let definition = definition(function, here, &docs, spec)?;
    let doc = format!(" What [`{0}`]({method}) returns.", function.origin.rust_name);
    Some(quote! { #[doc = #doc] #definition })
}

/// The structure with these texts for its fields.
pub(super) fn definition(function: &Function, here: &str, docs: &[TokenStream], spec: &Spec) -> Option<TokenStream> {
    if !function.has_output_type() {
        return None;
    }
    let scope = own_scope(function, here);
    let (name, unit) = (format_ident!("{}", function.output_name), scope.of_type());
    let fields = function.returned().zip(types(function)).zip(docs).map(|((arg, type_), doc)| {
        let (name, type_) = (format_ident!("{}", function.params[arg.param].rust_name), types::safe(type_, scope));
        quote! { #doc pub #name: #type_, }
    });
    let debug = (!types(function).any(|type_| structs::is_union(type_, spec))).then(|| quote! { , Debug });
    Some(quote! {
        #[derive(Clone, Copy #debug)]
        pub struct #name #unit { #(#fields)* }
    })
}

/// Where the fields of the structure are written: it is generic only if one of them is.
fn own_scope<'a>(function: &Function, family: &'a str) -> Scope<'a> {
    Scope { generic: Scope::of(function, family).generic && types(function).any(Type::is_wide), family }
}

fn types(function: &Function) -> impl Iterator<Item = &Type> {
    function.returned().map(|arg| match &arg.kind {
        ArgKind::Reference { to, .. } => to,
        other => unreachable!("what is returned is a reference in C: {other:?}"),
    })
}
