//! Names, numbers, layouts and signatures against windows-sys 0.61, which is made from Microsoft's own headers, and
//! directions against those headers.
//!
//! Three ways, because no single one sees everything. `table.rs` names every item, and the compiler compares values,
//! layouts and types: a difference does not build. `source.rs` reads the source of windows-sys and of ours, for what types
//! do not keep: names of parameters, of fields and of aliases, and whether an enumeration is complete. `directions.tsv` has
//! what the SDK says of each parameter. What differs on purpose stands in `deviations.toml`.
//!
//! `tests/workspace/witness.rs` writes `table.rs` and tests that it is complete: a table that does not build must be written
//! by another program than the one that it is part of.

mod deviations;
mod directions;
mod names;
mod shape;
mod source;

/// What windows-sys has of codes.
mod codes {
    pub(crate) use windows_sys::Win32::Foundation::*;
    pub(crate) use windows_sys::Win32::Networking::WinHttp::*;
}

/// What windows-sys has of winhttp.h, with the structures that winhttp.h has from other headers.
mod winhttp {
    pub(crate) use windows_sys::Win32::Foundation::{FILETIME, SYSTEMTIME};
    pub(crate) use windows_sys::Win32::Networking::WinHttp::*;
    pub(crate) use windows_sys::Win32::Networking::WinSock::SOCKADDR_STORAGE;
    pub(crate) use windows_sys::core::GUID;
}

/// A constant has the same value there, under its name or as the expression says, and its type the same size.
macro_rules! constant {
    ($name:ident) => {
        constant!($name, $name);
        const _: () = assert!(
            crate::witness::shape::width(ours::$name) == crate::witness::shape::width(theirs::$name),
            concat!(stringify!($name), " has a type of another size in windows-sys")
        );
    };
    ($name:ident, $theirs:expr) => {
        const _: () = {
            #[allow(unused_imports, reason = "a value may be a plain number")]
            const THEIRS: i128 = {
                use theirs::*;
                ($theirs) as i128
            };
            assert!(ours::$name as i128 == THEIRS, concat!(stringify!($name), " has another value in windows-sys"));
        };
    };
}

/// A pointer to nothing, which windows-sys has no constant for.
macro_rules! null {
    ($name:ident) => {
        const _: () = assert!(ours::$name.is_null(), concat!(stringify!($name), " is a pointer to something"));
    };
}

/// A constant has the same value there, and its type another size.
macro_rules! unlike {
    ($name:ident) => {
        constant!($name, $name);
        const _: () = assert!(
            crate::witness::shape::width(ours::$name) != crate::witness::shape::width(theirs::$name),
            concat!(stringify!($name), " has a type of the same size in windows-sys")
        );
    };
}

/// A member of a Rust enumeration has the value of the constant.
macro_rules! member {
    ($enum:ident, $member:ident, $name:ident) => {
        const _: () = assert!(
            rust::$enum::$member as i128 == ours::$name as i128,
            concat!(stringify!($enum::$member), " has another value than its constant")
        );
    };
}

macro_rules! flag {
    ($flags:ident, $member:ident, $name:ident) => {
        const _: () = assert!(
            rust::$flags::$member.bits() as i128 == ours::$name as i128,
            concat!(stringify!($flags::$member), " has other bits than its constant")
        );
    };
}

macro_rules! code {
    (Win32Error, $name:ident) => { code!(@ Win32Error::$name.0, $name); };
    (HResult, $name:ident) => { code!(@ HResult::$name.0, $name); };
    (@ $ours:expr, $name:ident) => {
        const _: () =
            assert!($ours == theirs::$name, concat!(stringify!($name), " has another number in windows-sys"));
    };
}

/// A handle: a pointer to nothing that a caller could know.
macro_rules! handle {
    ($name:ident, $rust:ident) => {
        impl crate::witness::shape::Abi for rust::$rust {
            const SHAPE: &'static crate::witness::shape::Shape =
                &crate::witness::shape::Shape::Pointer(&crate::witness::shape::Shape::Nothing);
        }
        const _: () = assert!(size_of::<rust::$rust>() == size_of::<ours::$name>());
        const _: () = assert!(align_of::<rust::$rust>() == align_of::<ours::$name>());
    };
}

macro_rules! opaque {
    ($name:ident, $rust:ident) => {
        impl crate::witness::shape::Abi for ours::$name {
            const SHAPE: &'static crate::witness::shape::Shape = &crate::witness::shape::Shape::Opaque;
        }
    };
}

/// A structure there that is opaque here.
macro_rules! reduced {
    ($name:ident) => {
        impl crate::witness::shape::Abi for theirs::$name {
            const SHAPE: &'static crate::witness::shape::Shape = &crate::witness::shape::Shape::Opaque;
        }
    };
}

macro_rules! record {
    ($name:ident, $rust:ident) => {
        record!(@ $name, ours::$name);
        record!(@ $name, theirs::$name);
        record!(@ $name, rust::$rust);
        const _: () = {
            const SIZE: usize = size_of::<theirs::$name>();
            const ALIGN: usize = align_of::<theirs::$name>();
            assert!(size_of::<ours::$name>() == SIZE, concat!(stringify!($name), " has another size in windows-sys"));
            assert!(size_of::<rust::$rust>() == SIZE, concat!(stringify!($rust), " has another size than in C"));
            assert!(align_of::<ours::$name>() == ALIGN, concat!(stringify!($name), " is aligned otherwise there"));
            assert!(align_of::<rust::$rust>() == ALIGN, concat!(stringify!($rust), " is aligned otherwise in C"));
        };
    };
    (@ $name:ident, $type:ty) => {
        impl crate::witness::shape::Abi for $type {
            const SHAPE: &'static crate::witness::shape::Shape = &crate::witness::shape::Shape::Record(stringify!($name));
        }
    };
}

/// A field stands at the same place there and has the same type, under its name or the one behind `=`.
macro_rules! field {
    ($name:ident, $rust:ident, $($c:ident).+, $($field:ident).+) => {
        field!($name, $rust, $($c).+ = $($c).+, $($field).+);
    };
    ($name:ident, $rust:ident, $($c:ident).+ = $($theirs:ident).+, $($field:ident).+) => {
        const _: () = {
            use crate::witness::shape::{Shape, field, same};
            const AT: usize = core::mem::offset_of!(theirs::$name, $($theirs).+);
            // SAFETY: never called; only its type is asked for.
            const THEIRS: &Shape = field(|it: *const theirs::$name| unsafe { &raw const (*it)$(.$theirs)+ });
            // SAFETY: as above.
            const OURS: &Shape = field(|it: *const ours::$name| unsafe { &raw const (*it)$(.$c)+ });
            // SAFETY: as above.
            const RUST: &Shape = field(|it: *const rust::$rust| unsafe { &raw const (*it)$(.$field)+ });
            assert!(
                core::mem::offset_of!(ours::$name, $($c).+) == AT && core::mem::offset_of!(rust::$rust, $($field).+) == AT,
                concat!(stringify!($name), ".", stringify!($($c).+), " stands elsewhere in windows-sys")
            );
            assert!(
                same(OURS, THEIRS) && same(RUST, THEIRS),
                concat!(stringify!($name), ".", stringify!($($c).+), " has another type in windows-sys")
            );
        };
    };
}

macro_rules! callback {
    ($name:ident, $rust:ident) => {
        const _: () = {
            use crate::witness::shape::{Abi, same};
            const THEIRS: &crate::witness::shape::Shape = <theirs::$name as Abi>::SHAPE;
            assert!(same(<ours::$name as Abi>::SHAPE, THEIRS), concat!(stringify!($name), " differs in windows-sys"));
            assert!(same(<rust::$rust as Abi>::SHAPE, THEIRS), concat!(stringify!($rust), " differs from C"));
        };
    };
}

/// Named in constants only: nothing here can be linked.
macro_rules! function {
    ($name:ident, ($($param:tt),*)) => {
        const _: () = assert!(
            crate::witness::shape::same(
                crate::witness::shape::signature(ours::$name as unsafe extern "system" fn($($param),*) -> _),
                crate::witness::shape::signature(theirs::$name as unsafe extern "system" fn($($param),*) -> _),
            ),
            concat!(stringify!($name), " has another signature in windows-sys")
        );
    };
}

#[rustfmt::skip]
mod table;
