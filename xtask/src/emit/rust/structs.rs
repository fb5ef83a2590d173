//! Structures and unions with Rust's names, handles, and types of which only pointers are known.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes};
use super::types::{self, Scope};
use crate::model::{Family, Field, FieldKind, Opaque, Record, Spec, Struct, Type, TypeName};

/// The file of a family's structures, handles and opaque types; `None` if it has none.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let items = family.opaques.iter().map(|opaque| match opaque.handle {
        true => handle(opaque),
        false => incomplete(opaque),
    });
    let structs = family.structs.iter().flat_map(|struct_| structure(struct_, &family.name, spec));
    let items: Vec<TokenStream> = items.chain(structs).collect();
    let doc = format!(" Structures, handles and opaque types of `{}`.", family.header);
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

/// A structure or union and the types of its parts.
pub(super) fn structure(struct_: &Struct, here: &str, spec: &Spec) -> Vec<TokenStream> {
    let writer = &Writer::new(spec, struct_.origin.item);
    let head = writer.head(&struct_.origin);
    let mut out = Vec::new();
    record(&struct_.body, &head, here, writer, spec, &mut out);
    out
}

fn record(
    record_: &Record,
    doc: &TokenStream,
    here: &str,
    writer: &Writer<'_>,
    spec: &Spec,
    out: &mut Vec<TokenStream>,
) {
    let name = format_ident!("{}", record_.rust_name);
    let scope = Scope { family: here, generic: record_.is_wide() };
    let fields = record_.fields.iter().map(|field| {
        let (ident, type_) = (format_ident!("{}", field.rust_name), field_type(field, scope));
        let mut lines = writer.lines(&field.docs);
        match &field.c_name {
            // C's own name needs no mention where there is something else to say.
            Some(c_name) if **c_name == *field.rust_name && !lines.is_empty() => {}
            Some(c_name) => {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.push(format!("`{c_name}` in C."));
            }
            None if lines.is_empty() => lines.push("A part that C has no name for.".to_owned()),
            None => {}
        }
        let doc = attributes(&lines);
        let alias = aliases(&field.rust_name, field.c_name.iter().map(|name| &**name));
        quote! { #doc #alias pub #ident: #type_, }
    });
    let (keyword, debug) = if record_.union {
        (quote! { union }, None)
    } else {
        (quote! { struct }, (!holds_union(record_, spec)).then(|| quote! { , Debug }))
    };
    let fields = fields.collect::<Vec<_>>();
    let (unit, of_unit) = (scope.of_type(), scope.used());
    out.push(quote! {
        #doc
        #[derive(Clone, Copy #debug)]
        #[repr(C)]
        pub #keyword #name #unit { #(#fields)* }
    });
    if !record_.union && !holds_union(record_, spec) {
        let zeros = record_.fields.iter().map(|field| {
            let ident = format_ident!("{}", field.rust_name);
            let zero = match &field.kind {
                FieldKind::Value { raw, .. } => zero(raw, scope),
                FieldKind::Part(part) => {
                    let part = format_ident!("{}", part.rust_name);
                    quote! { #part::default() }
                }
            };
            quote! { #ident: #zero, }
        });
        let bound = scope.bound();
        out.push(quote! {
            impl #bound Default for #name #of_unit {
                #[doc = " All zero."]
                fn default() -> Self {
                    Self { #(#zeros)* }
                }
            }
        });
    }
    for field in &record_.fields {
        if let FieldKind::Part(part) = &field.kind {
            let doc = format!(" The part `{}` of [`{}`].", field.rust_name, record_.rust_name);
            record(part, &quote! { #[doc = #doc] }, here, writer, spec, out);
        }
    }
}

/// The type of a field of a record that `scope` is about.
pub(super) fn field_type(field: &Field, scope: Scope<'_>) -> TokenStream {
    match &field.kind {
        FieldKind::Value { raw, .. } => types::safe(raw, scope),
        FieldKind::Part(part) => {
            let name = format_ident!("{}", part.rust_name);
            let unit = Scope { generic: part.is_wide(), ..scope }.used();
            quote! { #name #unit }
        }
    }
}

/// The value of all zeros.
pub(super) fn zero(type_: &Type, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Char { wide: true } if scope.generic => quote! { W::ZERO },
        Type::Void | Type::Int(_) | Type::Char { .. } | Type::Bool | Type::Enum(_) => quote! { 0 },
        Type::HResult => quote! { crate::HResult(0) },
        Type::Handle(_) => {
            let type_ = types::safe(type_, scope);
            quote! { #type_::NULL }
        }
        Type::Opaque(name) | Type::Struct(name) => {
            let type_ = types::path(name, scope.family);
            quote! { #type_::default() }
        }
        Type::Callback(_) => quote! { None },
        Type::Array(of, length) => {
            let (zero, length) = (zero(of, scope), Literal::usize_unsuffixed(*length));
            if matches!(**of, Type::Struct(_)) {
                quote! { core::array::from_fn(|_| #zero) }
            } else {
                quote! { [#zero; #length] }
            }
        }
        Type::Pointer { constant: true, .. } => quote! { core::ptr::null() },
        Type::Pointer { constant: false, .. } => quote! { core::ptr::null_mut() },
    }
}

/// Whether a union is in it by value: nobody but the program knows which of its fields holds.
fn holds_union(record: &Record, spec: &Spec) -> bool {
    record.union
        || record.fields.iter().any(|field| match &field.kind {
            FieldKind::Part(part) => holds_union(part, spec),
            FieldKind::Value { raw, .. } => is_union(raw, spec),
        })
}

/// Whether a value of the type has a union in it.
pub(super) fn is_union(type_: &Type, spec: &Spec) -> bool {
    match type_ {
        Type::Struct(name) => body(name, spec).is_some_and(|body| holds_union(body, spec)),
        Type::Array(of, _) => is_union(of, spec),
        _ => false,
    }
}

/// What a structure or union is made of.
pub(super) fn body<'a>(name: &TypeName, spec: &'a Spec) -> Option<&'a Record> {
    let family = spec.families.iter().find(|family| family.name == name.family)?;
    let at = family.structs.binary_search_by(|struct_| struct_.origin.c_name.cmp(&name.c_name)).ok()?;
    Some(&family.structs[at].body)
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
