//! The basic types of C and of Windows, which are the language of these pages, as `int` is C's.

use crate::model::{Int, Type};

/// Each name and what it stands for. `STR` and `WSTR` are names only behind the letters of a pointer.
pub const BASICS: &[(&str, Type)] = &[
    ("void", Type::Void),
    ("VOID", Type::Void),
    ("BOOL", Type::Bool),
    ("HRESULT", Type::HResult),
    ("BYTE", Type::Int(Int::U8)),
    ("UCHAR", Type::Int(Int::U8)),
    ("UINT8", Type::Int(Int::U8)),
    ("unsigned char", Type::Int(Int::U8)),
    ("BOOLEAN", Type::Int(Int::U8)),
    ("uint8_t", Type::Int(Int::U8)),
    ("INT8", Type::Int(Int::I8)),
    ("int8_t", Type::Int(Int::I8)),
    ("CHAR", Type::Char { wide: false }),
    ("char", Type::Char { wide: false }),
    ("STR", Type::Char { wide: false }),
    ("WCHAR", Type::Char { wide: true }),
    ("wchar_t", Type::Char { wide: true }),
    ("WSTR", Type::Char { wide: true }),
    ("WORD", Type::Int(Int::U16)),
    ("USHORT", Type::Int(Int::U16)),
    ("UINT16", Type::Int(Int::U16)),
    ("unsigned short", Type::Int(Int::U16)),
    ("uint16_t", Type::Int(Int::U16)),
    ("SHORT", Type::Int(Int::I16)),
    ("INT16", Type::Int(Int::I16)),
    ("short", Type::Int(Int::I16)),
    ("int16_t", Type::Int(Int::I16)),
    ("DWORD", Type::Int(Int::U32)),
    ("ULONG", Type::Int(Int::U32)),
    ("UINT", Type::Int(Int::U32)),
    ("UINT32", Type::Int(Int::U32)),
    ("unsigned int", Type::Int(Int::U32)),
    ("unsigned long", Type::Int(Int::U32)),
    ("uint32_t", Type::Int(Int::U32)),
    ("LONG", Type::Int(Int::I32)),
    ("INT", Type::Int(Int::I32)),
    ("INT32", Type::Int(Int::I32)),
    ("int", Type::Int(Int::I32)),
    ("long", Type::Int(Int::I32)),
    ("int32_t", Type::Int(Int::I32)),
    ("ULONGLONG", Type::Int(Int::U64)),
    ("DWORDLONG", Type::Int(Int::U64)),
    ("UINT64", Type::Int(Int::U64)),
    ("ULONG64", Type::Int(Int::U64)),
    ("DWORD64", Type::Int(Int::U64)),
    ("unsigned __int64", Type::Int(Int::U64)),
    ("uint64_t", Type::Int(Int::U64)),
    ("LONGLONG", Type::Int(Int::I64)),
    ("INT64", Type::Int(Int::I64)),
    ("LONG64", Type::Int(Int::I64)),
    ("__int64", Type::Int(Int::I64)),
    ("int64_t", Type::Int(Int::I64)),
    ("DWORD_PTR", Type::Int(Int::Usize)),
    ("ULONG_PTR", Type::Int(Int::Usize)),
    ("UINT_PTR", Type::Int(Int::Usize)),
    ("SIZE_T", Type::Int(Int::Usize)),
    ("size_t", Type::Int(Int::Usize)),
    ("LONG_PTR", Type::Int(Int::Isize)),
    ("INT_PTR", Type::Int(Int::Isize)),
    ("SSIZE_T", Type::Int(Int::Isize)),
];

/// The letters before the name of a type that make the name of a pointer to it, and whether what it points to is
/// `const`; the longest first.
pub const POINTERS: &[(&str, bool)] = &[("LPC", true), ("PC", true), ("LP", false), ("P", false)];

/// What a basic type is.
pub fn basic(name: &str) -> Option<Type> {
    BASICS.iter().find(|(known, _)| *known == name).map(|(_, type_)| type_.clone())
}
