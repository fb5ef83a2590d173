//! C types to types that Rust and C agree on. The basic types of Windows are the language of these pages, as `int`
//! is C's; every other name is an item, a handle or an opaque type.

use std::collections::BTreeMap;

use crate::c::types::CType;
use crate::model::{Type, TypeName};

/// What the names of types stand for.
#[derive(Debug, Default)]
pub struct Types {
    named: BTreeMap<String, Type>,
}

impl Types {
    /// Adds a name.
    pub fn insert(&mut self, c_name: &str, type_: Type) {
        self.named.insert(c_name.to_owned(), type_);
    }

    /// An enumeration, under its name and aliases.
    pub fn insert_enum<'a>(&mut self, names: impl Iterator<Item = &'a str>, name: &TypeName) {
        for c_name in names {
            self.insert(c_name, Type::Enum(name.clone()));
        }
    }

    /// Resolves a type; the error is the name that stands for nothing.
    pub fn resolve(&self, c_type: &CType) -> Result<Type, String> {
        match c_type {
            CType::Named(name) => self.name(name),
            CType::Const(inner) => self.resolve(inner),
            CType::Pointer(inner) | CType::Array(inner, _) => {
                let constant = matches!(**inner, CType::Const(_));
                Ok(Type::Pointer { to: Box::new(self.resolve(inner)?), constant })
            }
            CType::Of(name, _) => self.name(name),
        }
    }

    fn name(&self, name: &str) -> Result<Type, String> {
        if let Some(type_) = self.named.get(name) {
            return Ok(type_.clone());
        }
        if let Some(type_) = basic(name) {
            return Ok(type_);
        }
        // `PDWORD` and `LPCWSTR` are pointers to what follows the letters.
        let pointed =
            [("LPC", true), ("PC", true), ("LP", false), ("P", false)].into_iter().find_map(|(prefix, constant)| {
                let rest = name.strip_prefix(prefix)?;
                let to = self.named.get(rest).cloned().or_else(|| basic(rest))?;
                Some(Type::Pointer { to: Box::new(to), constant })
            });
        pointed.ok_or_else(|| name.to_owned())
    }
}

fn basic(name: &str) -> Option<Type> {
    Some(match name {
        "void" | "VOID" => Type::Void,
        "BOOL" => Type::Bool,
        "HRESULT" => Type::HResult,
        "BYTE" | "UCHAR" | "UINT8" | "unsigned char" | "BOOLEAN" | "uint8_t" => Type::Int("u8"),
        "CHAR" | "char" | "INT8" | "int8_t" => Type::Int("i8"),
        "WORD" | "USHORT" | "UINT16" | "unsigned short" | "WCHAR" | "wchar_t" | "uint16_t" => Type::Int("u16"),
        "SHORT" | "INT16" | "short" | "int16_t" => Type::Int("i16"),
        "DWORD" | "ULONG" | "UINT" | "UINT32" | "unsigned int" | "unsigned long" | "uint32_t" => Type::Int("u32"),
        "LONG" | "INT" | "INT32" | "int" | "long" | "int32_t" => Type::Int("i32"),
        "ULONGLONG" | "DWORDLONG" | "UINT64" | "ULONG64" | "DWORD64" | "unsigned __int64" | "uint64_t" => {
            Type::Int("u64")
        }
        "LONGLONG" | "INT64" | "LONG64" | "__int64" | "int64_t" => Type::Int("i64"),
        "DWORD_PTR" | "ULONG_PTR" | "UINT_PTR" | "SIZE_T" | "size_t" => Type::Int("usize"),
        "LONG_PTR" | "INT_PTR" | "SSIZE_T" => Type::Int("isize"),
        "STR" => Type::Int("i8"),
        "WSTR" => Type::Int("u16"),
        _ => return None,
    })
}
