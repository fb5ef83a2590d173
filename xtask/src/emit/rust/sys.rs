//! C names: constants and raw signatures, for people who port C code.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, attributes, section};
use super::{enums, free_ident, types};
use crate::draft::Convention;
use crate::model::{Constant, Enum, Family, FieldKind, Function, Origin, Param, Record, Spec, Struct, Type};

/// The file of a family's C names.
pub(super) fn file(spec: &Spec, family: &Family) -> TokenStream {
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
    let structs = family.structs.iter().flat_map(|struct_| structure(struct_, &family.name));
    let aliases = type_aliases(family);
    let taken = taken(family);
    let constants = family.constants.iter().filter(|constant| !taken.contains(&*constant.c_name)).map(|constant| {
        let name = format_ident!("{}", constant.c_name);
        let doc = constant_doc(constant, spec);
        let odd = constant.c_name.contains(|c: char| c.is_ascii_lowercase());
        let allow = odd.then(|| quote! { #[allow(non_upper_case_globals)] });
        let (type_, value) = value(constant, &family.name);
        quote! { #doc #allow pub const #name: #type_ = #value; }
    });
    let callbacks = family.callbacks.iter().map(|callback| callback_type(callback, &family.name));
    let functions = (!family.functions.is_empty()).then(|| {
        let signatures = family.functions.iter().map(|function| {
            let (doc, signature) = (function_doc(function, spec), signature(function, &family.name));
            quote! { #doc #signature }
        });
        quote! {
            #[allow(clippy::missing_safety_doc)]
            unsafe extern "system" { #(#signatures)* }
        }
    });
    let uses = Uses::of(family, &taken);
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
        #(#constants)*
        #(#enums)*
        #(#structs)*
        #(#aliases)*
        #(#callbacks)*
        #functions
    }
}

/// What the page says of a constant, or where it lists it.
fn constant_doc(constant: &Constant, spec: &Spec) -> TokenStream {
    let mut lines = Writer::new(spec, constant.item).lines(&constant.docs);
    if lines.is_empty() {
        let location = constant.source.location();
        lines.push(format!("`{}`, from `{}`, line {}.", constant.c_name, spec.file(location), location.span.line));
    }
    // The words under an option rest on what it says.
    if let Some(under) = &constant.under {
        lines.extend([String::new(), format!("Listed under [`{under}`].")]);
    }
    attributes(&lines)
}

/// The type and the value of a constant.
fn value(constant: &Constant, here: &str) -> (TokenStream, TokenStream) {
    let Some(pointer) = &constant.pointer else {
        let number = match constant.hex_digits {
            Some(digits) => format!("0x{:0digits$X}", constant.number).parse().expect("a hexadecimal literal is one"),
            None => Literal::u32_unsuffixed(constant.number),
        };
        return (quote! { u32 }, quote! { #number });
    };
    let type_ = types::raw(pointer, here);
    match (constant.number, pointer) {
        (0, Type::Callback(_)) => (type_, quote! { None }),
        (0, Type::Pointer { constant: true, .. }) => (type_, quote! { core::ptr::null() }),
        (0, _) => (type_, quote! { core::ptr::null_mut() }),
        // No function of Rust can stand at this address, so that a callback cannot be made of it.
        _ => (quote! { usize }, quote! { usize::MAX }),
    }
}

/// The names of a family's types: a constant that a page calls so too is none.
fn taken(family: &Family) -> BTreeSet<&str> {
    let functions = family.functions.iter().chain(&family.callbacks).map(|function| &*function.origin.c_name);
    let enums = family.enums.iter().map(|enum_| &*enum_.origin.c_name);
    let structs = family.structs.iter().map(|struct_| &*struct_.origin.c_name);
    functions.chain(enums).chain(structs).chain(family.opaques.iter().map(|opaque| &*opaque.c_name)).collect()
}

/// A structure or union under its C name, and its parts under names made of it and of theirs.
pub(super) fn structure(struct_: &Struct, here: &str) -> Vec<TokenStream> {
    let mut out = Vec::new();
    let c_name = &struct_.origin.c_name;
    let doc = format!(" [`{}`](super::{}) with the field names of C.", c_name, struct_.origin.rust_name);
    record(&struct_.body, c_name, &doc, here, &mut out);
    out
}

/// The other names of a family's types; one that is something else already is none.
fn type_aliases(family: &Family) -> Vec<TokenStream> {
    let mut taken: BTreeSet<&str> = taken(family);
    taken.extend(family.constants.iter().map(|constant| &*constant.c_name));
    let enums = family.enums.iter();
    let members =
        enums.clone().flat_map(|enum_| enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)));
    taken.extend(members.map(|member| &*member.c_name));
    let origins = enums.map(|enum_| &enum_.origin).chain(family.structs.iter().map(|struct_| &struct_.origin));
    let mut out = Vec::new();
    for Origin { c_name, aliases, pointers, .. } in origins {
        let target = format_ident!("{c_name}");
        for alias in aliases.iter().filter(|alias| taken.insert(alias)) {
            let (alias, doc) = (format_ident!("{alias}"), format!(" [`{c_name}`] under another name."));
            out.push(quote! { #[doc = #doc] pub type #alias = #target; });
        }
        for pointer in pointers.iter().filter(|pointer| taken.insert(pointer)) {
            let (pointer, doc) = (format_ident!("{pointer}"), format!(" A pointer to [`{c_name}`]."));
            out.push(quote! { #[doc = #doc] pub type #pointer = *mut #target; });
        }
    }
    out
}

fn record(record_: &Record, c_name: &str, doc: &str, here: &str, out: &mut Vec<TokenStream>) {
    let name = format_ident!("{c_name}");
    let keyword = if record_.union {
        quote! { union }
    } else {
        quote! { struct }
    };
    let mut parts = Vec::new();
    let mut unnamed = 0;
    let fields: Vec<TokenStream> = record_
        .fields
        .iter()
        .map(|field| {
            let called = if let Some(c_name) = &field.c_name {
                c_name.to_string()
            } else {
                unnamed += 1;
                if unnamed == 1 { "Anonymous".to_owned() } else { format!("Anonymous{unnamed}") }
            };
            let ident = free_ident(&called);
            let type_ = match &field.kind {
                FieldKind::Value { raw, .. } => types::raw(raw, here),
                FieldKind::Part(part) => {
                    let name = format!("{c_name}_{called}");
                    let type_ = format_ident!("{name}");
                    parts.push((part, name));
                    quote! { #type_ }
                }
            };
            let doc = format!(" `{called}`");
            quote! { #[doc = #doc] pub #ident: #type_, }
        })
        .collect();
    for (part, name) in parts {
        let doc = format!(" A part of [`{c_name}`].");
        record(part, &name, &doc, here, out);
    }
    out.push(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        #[repr(C)]
        pub #keyword #name { #(#fields)* }
    });
}

/// The basic types that the declarations of a family need, by their C names.
struct Uses(BTreeSet<&'static str>);

impl Uses {
    /// `taken` are the names of constants that are none.
    fn of(family: &Family, taken: &BTreeSet<&str>) -> Self {
        let mut uses = Self(BTreeSet::new());
        let constants = family.constants.iter().filter(|constant| !taken.contains(&*constant.c_name));
        constants.filter(|constant| constant.number == 0).for_each(|constant| {
            constant.pointer.iter().for_each(|pointer| uses.add(pointer));
        });
        if family.opaques.iter().any(|opaque| opaque.handle) {
            uses.0.insert("void");
        }
        for function in family.functions.iter().chain(&family.callbacks) {
            if function.c_return != Type::Void {
                uses.add(&function.c_return);
            }
            function.params.iter().for_each(|param| uses.add(&param.raw));
        }
        family.structs.iter().for_each(|struct_| uses.add_record(&struct_.body));
        uses
    }

    fn add_record(&mut self, record: &Record) {
        for field in &record.fields {
            match &field.kind {
                FieldKind::Value { raw, .. } => self.add(raw),
                FieldKind::Part(part) => self.add_record(part),
            }
        }
    }

    fn add(&mut self, type_: &Type) {
        let name = match type_ {
            Type::HResult => "HRESULT",
            Type::Bool => "BOOL",
            Type::Char { wide: true } => "WCHAR",
            Type::Char { wide: false } => "char",
            Type::Pointer { to, .. } if **to == Type::Void => "void",
            Type::Pointer { to, .. } | Type::Array(to, _) => return self.add(to),
            Type::Void
            | Type::Int(_)
            | Type::Enum(_)
            | Type::Handle(_)
            | Type::Opaque(_)
            | Type::Struct(_)
            | Type::Callback(_) => {
                return;
            }
        };
        self.0.insert(name);
    }

    fn tokens(&self) -> TokenStream {
        let order = ["void", "char", "HRESULT", "BOOL", "WCHAR"];
        let basics = order.into_iter().filter(|name| self.0.contains(name)).map(|name| match name {
            "void" => quote! { use core::ffi::c_void; },
            "char" => quote! { use core::ffi::c_char; },
            "HRESULT" => quote! {
                #[doc = " A success (0 and above) or a failure (negative)."]
                pub type HRESULT = i32;
            },
            "BOOL" => quote! {
                #[doc = " 0 is false, everything else is true."]
                pub type BOOL = i32;
            },
            _ => quote! {
                #[doc = " A unit of UTF-16."]
                pub type WCHAR = u16;
            },
        });
        quote! { #(#basics)* }
    }
}

/// An enumeration: its type and its members.
pub(super) fn enum_(enum_: &Enum) -> TokenStream {
    let c_name = format_ident!("{}", enum_.origin.c_name);
    let doc = format!(" The values of [`{0}`](super::{0}) as C has them.", enum_.origin.rust_name);
    let rust_name = &enum_.origin.rust_name;
    let own = enum_.members.iter().map(|member| (member, member.rust_name.to_string()));
    let aliases = enum_.aliases.iter().map(|(member, _)| (member, enums::alias(enum_, member)));
    let constants = own.chain(aliases).map(|(member, called)| {
        let name = format_ident!("{}", member.c_name);
        let value = Literal::i32_unsuffixed(member.value);
        let doc = format!(" [`{rust_name}::{called}`](super::{rust_name}::{called}) as C has it.");
        let odd = member.c_name.contains(|c: char| c.is_ascii_lowercase());
        let allow = odd.then(|| quote! { #[allow(non_upper_case_globals)] });
        quote! { #[doc = #doc] #allow pub const #name: #c_name = #value; }
    });
    quote! { #[doc = #doc] pub type #c_name = i32; #(#constants)* }
}

fn params(params: &[Param], here: &str) -> Vec<TokenStream> {
    let param = |param: &Param| {
        let name = free_ident(&param.c_name);
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

/// A function.
pub(super) fn signature(function: &Function, here: &str) -> TokenStream {
    let name = format_ident!("{}", function.origin.c_name);
    let (params, output) = (params(&function.params, here), output(function, here));
    quote! { pub fn #name(#(#params),*) #output; }
}

/// Where a function is described, and what C returns where a method returns the code of a failure.
fn function_doc(function: &Function, spec: &Spec) -> TokenStream {
    let writer = Writer::new(spec, function.origin.item);
    let c_name = &function.origin.c_name;
    let path = spec.items[function.origin.item].rust_path.as_deref();
    let mut lines = match path.filter(|path| !path.ends_with(&format!("sys::{c_name}"))) {
        Some(path) => vec![format!("`{c_name}`, raw: [its method](crate::{path}) says what it does.")],
        None => vec![format!("`{c_name}`, raw.")],
    };
    if function.convention == Convention::LastError {
        section(&mut lines, "# Returns", writer.lines(&function.returns));
    }
    attributes(&lines)
}

/// A callback's type.
pub(super) fn callback_type(callback: &Function, here: &str) -> TokenStream {
    let name = format_ident!("{}", callback.origin.c_name);
    let (params, output) = (params(&callback.params, here), output(callback, here));
    let doc = format!(" `{}`, raw.", callback.origin.c_name);
    quote! { #[doc = #doc] pub type #name = Option<unsafe extern "system" fn(#(#params),*) #output>; }
}
