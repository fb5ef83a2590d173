//! The basic types of C and of Windows, which are the language of these pages, as `int` is C's.

use crate::model::Type;

/// Each name and what it stands for. `STR` and `WSTR` are names only behind the letters of a pointer.
pub const BASICS: &[(&str, Type)] = &[
    ("void", Type::Void),
    ("VOID", Type::Void),
    ("BOOL", Type::Bool),
    ("HRESULT", Type::HResult),
    ("BYTE", Type::Int("u8")),
    ("UCHAR", Type::Int("u8")),
    ("UINT8", Type::Int("u8")),
    ("unsigned char", Type::Int("u8")),
    ("BOOLEAN", Type::Int("u8")),
    ("uint8_t", Type::Int("u8")),
    ("INT8", Type::Int("i8")),
    ("int8_t", Type::Int("i8")),
    ("CHAR", Type::Char { wide: false }),
    ("char", Type::Char { wide: false }),
    ("STR", Type::Char { wide: false }),
    ("WCHAR", Type::Char { wide: true }),
    ("wchar_t", Type::Char { wide: true }),
    ("WSTR", Type::Char { wide: true }),
    ("WORD", Type::Int("u16")),
    ("USHORT", Type::Int("u16")),
    ("UINT16", Type::Int("u16")),
    ("unsigned short", Type::Int("u16")),
    ("uint16_t", Type::Int("u16")),
    ("SHORT", Type::Int("i16")),
    ("INT16", Type::Int("i16")),
    ("short", Type::Int("i16")),
    ("int16_t", Type::Int("i16")),
    ("DWORD", Type::Int("u32")),
    ("ULONG", Type::Int("u32")),
    ("UINT", Type::Int("u32")),
    ("UINT32", Type::Int("u32")),
    ("unsigned int", Type::Int("u32")),
    ("unsigned long", Type::Int("u32")),
    ("uint32_t", Type::Int("u32")),
    ("LONG", Type::Int("i32")),
    ("INT", Type::Int("i32")),
    ("INT32", Type::Int("i32")),
    ("int", Type::Int("i32")),
    ("long", Type::Int("i32")),
    ("int32_t", Type::Int("i32")),
    ("ULONGLONG", Type::Int("u64")),
    ("DWORDLONG", Type::Int("u64")),
    ("UINT64", Type::Int("u64")),
    ("ULONG64", Type::Int("u64")),
    ("DWORD64", Type::Int("u64")),
    ("unsigned __int64", Type::Int("u64")),
    ("uint64_t", Type::Int("u64")),
    ("LONGLONG", Type::Int("i64")),
    ("INT64", Type::Int("i64")),
    ("LONG64", Type::Int("i64")),
    ("__int64", Type::Int("i64")),
    ("int64_t", Type::Int("i64")),
    ("DWORD_PTR", Type::Int("usize")),
    ("ULONG_PTR", Type::Int("usize")),
    ("UINT_PTR", Type::Int("usize")),
    ("SIZE_T", Type::Int("usize")),
    ("size_t", Type::Int("usize")),
    ("LONG_PTR", Type::Int("isize")),
    ("INT_PTR", Type::Int("isize")),
    ("SSIZE_T", Type::Int("isize")),
];

/// The letters before the name of a type that make the name of a pointer to it, and whether what it points to is
/// `const`; the longest first.
pub const POINTERS: &[(&str, bool)] = &[("LPC", true), ("PC", true), ("LP", false), ("P", false)];

/// What a basic type is.
pub fn basic(name: &str) -> Option<Type> {
    BASICS.iter().find(|(known, _)| *known == name).map(|(_, type_)| type_.clone())
}
