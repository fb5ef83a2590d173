//! What a type is to a caller in C, whatever Rust calls it: what two signatures must have in common.
//!
//! Not told apart on purpose: `*const T` and `*mut T`, which C's callers see in the page's `const` only; an integer and
//! its aliases; `c_char`, which is signed on some machines, and the `u8` that windows-sys has for it.

use core::ffi::c_void;

/// What a type is to a caller in C.
pub(crate) enum Shape {
    /// Nothing: what `void` is, as a result or behind a pointer.
    Nothing,
    /// An integer of one byte.
    Byte,
    /// An integer of so many bytes.
    Int { size: usize, signed: bool },
    /// A type of which only pointers are known. windows-sys calls them all `isize`; names are compared in the source.
    Opaque,
    /// A structure or union, by its C name.
    Record(&'static str),
    /// A pointer.
    Pointer(&'static Shape),
    /// So many of one kind.
    Array(&'static Shape, usize),
    /// A function, or a pointer to one: parameters and result.
    Function(&'static [&'static Shape], &'static Shape),
}

/// A type that C's callers know.
pub(crate) trait Abi {
    /// What it is to them.
    const SHAPE: &'static Shape;
}

/// Whether two types are the same to a caller in C.
pub(crate) const fn same(ours: &Shape, theirs: &Shape) -> bool {
    match (ours, theirs) {
        (Shape::Nothing, Shape::Nothing) | (Shape::Byte, Shape::Byte) | (Shape::Opaque, Shape::Opaque) => true,
        (Shape::Int { size: a, signed: x }, Shape::Int { size: b, signed: y }) => *a == *b && *x == *y,
        (Shape::Record(a), Shape::Record(b)) => same_text(a.as_bytes(), b.as_bytes()),
        (Shape::Pointer(a), Shape::Pointer(b)) => same(a, b),
        (Shape::Array(a, n), Shape::Array(b, m)) => *n == *m && same(a, b),
        (Shape::Function(a, x), Shape::Function(b, y)) => same_list(a, b) && same(x, y),
        _ => false,
    }
}

const fn same_text(a: &[u8], b: &[u8]) -> bool {
    match (a, b) {
        ([], []) => true,
        ([x, a @ ..], [y, b @ ..]) => *x == *y && same_text(a, b),
        _ => false,
    }
}

const fn same_list(a: &[&Shape], b: &[&Shape]) -> bool {
    match (a, b) {
        ([], []) => true,
        ([x, a @ ..], [y, b @ ..]) => same(x, y) && same_list(a, b),
        _ => false,
    }
}

/// What a function or a callback's type is.
pub(crate) const fn signature<F: Abi + Copy>(_: F) -> &'static Shape {
    F::SHAPE
}

/// What a field is, from a function to its place that is never called.
pub(crate) const fn field<S, T: Abi>(_: fn(*const S) -> *const T) -> &'static Shape {
    T::SHAPE
}

/// How many bytes a constant's type has.
pub(crate) const fn width<T: Copy>(_: T) -> usize {
    size_of::<T>()
}

macro_rules! ints {
    ($($int:ident)*) => { $(
        impl Abi for $int {
            const SHAPE: &'static Shape = &Shape::Int { size: size_of::<$int>(), signed: $int::MIN != 0 };
        }
    )* };
}
ints!(u16 u32 i32 u64 i64 usize);

impl Abi for u8 {
    const SHAPE: &'static Shape = &Shape::Byte;
}

impl Abi for i8 {
    const SHAPE: &'static Shape = &Shape::Byte;
}

impl Abi for isize {
    const SHAPE: &'static Shape = &Shape::Opaque;
}

impl Abi for () {
    const SHAPE: &'static Shape = &Shape::Nothing;
}

impl Abi for c_void {
    const SHAPE: &'static Shape = &Shape::Nothing;
}

impl Abi for winws_api::HResult {
    const SHAPE: &'static Shape = i32::SHAPE;
}

impl<T: Abi> Abi for *const T {
    const SHAPE: &'static Shape = &Shape::Pointer(T::SHAPE);
}

impl<T: Abi> Abi for *mut T {
    const SHAPE: &'static Shape = &Shape::Pointer(T::SHAPE);
}

impl<T: Abi, const N: usize> Abi for [T; N] {
    const SHAPE: &'static Shape = &Shape::Array(T::SHAPE, N);
}

impl<F: Abi> Abi for Option<F> {
    const SHAPE: &'static Shape = F::SHAPE;
}

macro_rules! functions {
    () => { functions!(@); };
    ($first:ident $($rest:ident)*) => { functions!(@ $first $($rest)*); functions!($($rest)*); };
    (@ $($param:ident)*) => {
        impl<$($param: Abi,)* R: Abi> Abi for unsafe extern "system" fn($($param),*) -> R {
            const SHAPE: &'static Shape = &Shape::Function(&[$($param::SHAPE),*], R::SHAPE);
        }
    };
}
functions!(A B C D E F G H I J);
