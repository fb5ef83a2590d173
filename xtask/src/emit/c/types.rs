//! Types as C text, with the names that the pages use.

use super::keywords::ident;
use crate::c::basics::basic;
use crate::c::types::CType;
use crate::model::{Int, Type};

/// Declares `name` with a type as the page has it: `WCHAR *name`, `BYTE name[4]`. `raw` is what the type stands for; an
/// array of which it says that it is a pointer is one.
pub(super) fn declare(c_type: &CType, raw: &Type, name: &str) -> String {
    let (element, dimensions) = element(c_type, raw);
    join(&text(element), &format!("{name}{dimensions}"))
}

/// Declares `name` with a type in the manner of this crate's own names.
pub(super) fn declare_raw(raw: &Type, name: &str) -> String {
    join(&spell(raw), name)
}

/// A type that is returned: `const` says nothing of a value, and compilers complain of it.
pub(super) fn returned(c_type: &CType) -> &CType {
    match c_type {
        CType::Const(inner) => returned(inner),
        other => other,
    }
}

/// Calls `visit` with the name at the bottom of a type, and what that name stands for.
pub(super) fn base<'a>(c_type: &'a CType, raw: &'a Type) -> Option<(&'a str, &'a Type)> {
    match (c_type, raw) {
        (CType::Named(name) | CType::Of(name, _), raw) => Some((name, raw)),
        (CType::Const(inner), raw) => base(inner, raw),
        (CType::Pointer(inner) | CType::Array(inner, _), Type::Pointer { to: raw, .. } | Type::Array(raw, _)) => {
            base(inner, raw)
        }
        (CType::Pointer(_) | CType::Array(..), _) => None,
    }
}

/// The element of an array of arrays, and all dimensions as the page has them, in numbers.
fn element<'a>(c_type: &'a CType, raw: &Type) -> (&'a CType, String) {
    match (c_type, raw) {
        (CType::Array(inner, _), Type::Array(of, length)) => {
            let (element, dimensions) = element(inner, of);
            (element, format!("{dimensions}[{length}]"))
        }
        _ => (c_type, String::new()),
    }
}

fn join(type_: &str, name: &str) -> String {
    if type_.ends_with('*') { format!("{type_}{name}") } else { format!("{type_} {name}") }
}

fn text(c_type: &CType) -> String {
    match c_type {
        CType::Named(name) | CType::Of(name, _) => named(name),
        CType::Const(inner) if is_pointer(inner) => format!("{}const", text(inner)),
        CType::Const(inner) => format!("const {}", text(inner)),
        CType::Pointer(inner) | CType::Array(inner, _) => join(&text(inner), "*"),
    }
}

fn is_pointer(c_type: &CType) -> bool {
    matches!(c_type, CType::Pointer(_) | CType::Array(..))
}

/// C's own names are the page's as long as their sizes are those of Windows.
fn named(name: &str) -> String {
    match name {
        "long" => "int32_t".to_owned(),
        "unsigned long" => "uint32_t".to_owned(),
        "__int64" => "int64_t".to_owned(),
        "unsigned __int64" => "uint64_t".to_owned(),
        "wchar_t" => "WCHAR".to_owned(),
        _ if basic(name).is_some() => name.to_owned(),
        _ => ident(name),
    }
}

/// What a type is, in names that are always there.
pub(super) fn spell(type_: &Type) -> String {
    match type_ {
        Type::Void => "void".to_owned(),
        Type::Int(kind) => int(*kind).to_owned(),
        Type::Char { wide: true } => "WCHAR".to_owned(),
        Type::Char { wide: false } => "char".to_owned(),
        Type::Bool => "BOOL".to_owned(),
        Type::HResult => "HRESULT".to_owned(),
        Type::Enum(name) | Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            ident(&name.c_name)
        }
        Type::Pointer { to, constant } => {
            let to = match (&**to, constant) {
                (to, false) => spell(to),
                (Type::Pointer { .. }, true) => format!("{}const", spell(to)),
                (to, true) => format!("const {}", spell(to)),
            };
            join(&to, "*")
        }
        // Nothing that is declared in these names holds an array: parameters and results have pointers instead.
        Type::Array(of, _) => spell(of),
    }
}

const fn int(kind: Int) -> &'static str {
    match kind {
        Int::U8 => "uint8_t",
        Int::I8 => "int8_t",
        Int::U16 => "uint16_t",
        Int::I16 => "int16_t",
        Int::U32 => "uint32_t",
        Int::I32 => "int32_t",
        Int::U64 => "uint64_t",
        Int::I64 => "int64_t",
        Int::Usize => "uintptr_t",
        Int::Isize => "intptr_t",
    }
}
