//! Between C and the traits: pointers to references and back, strings, and what a runtime adds.
//!
//! `NULL` beside a length of 0 is the empty slice. A pointer that must not be `NULL`, a length without a pointer, a
//! string that is not valid and a number that is none of an enumeration's are an argument that is not valid, whatever
//! function they are given to.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::c_char;
use core::slice;

use crate::{HResult, Win32Error};

/// How many units a string may have that ends with a zero.
const LONGEST: usize = 1 << 24;

/// An argument of C that cannot be what the function's page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadArgument;

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<C> {
    /// An argument could not be what the page says; the function was not called.
    Argument,
    /// The function's own code.
    Code(C),
}

impl<C> From<BadArgument> for Fault<C> {
    fn from(_: BadArgument) -> Self {
        Self::Argument
    }
}

/// What the C functions need of a runtime: a guard against panics, and the thread's last error.
///
/// Each function runs the call once and gives C what the convention has: no panic leaves it.
pub trait Ffi {
    /// The code of success or failure.
    fn win32(call: impl FnOnce() -> Result<Win32Error, Fault<Win32Error>>) -> u32;
    /// The code of success or failure.
    fn hresult(call: impl FnOnce() -> Result<HResult, Fault<HResult>>) -> i32;
    /// The value, or `failed` and the code as the thread's last error.
    fn last_error<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R;
    /// The value of a function that does not fail; `failed` for an argument that is not valid.
    fn value<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R;
    /// Nothing.
    fn void(call: impl FnOnce() -> Result<(), Fault<Win32Error>>);
}

/// What a string of C is made of.
pub trait Unit: Copy + 'static {
    /// Whether it ends a string.
    fn is_zero(self) -> bool;
    /// The text of these units.
    fn decode(units: &[Self]) -> Option<String>;
}

impl Unit for c_char {
    fn is_zero(self) -> bool {
        self == 0
    }

    /// Of UTF-8.
    fn decode(units: &[Self]) -> Option<String> {
        // A `char` of C is signed on some systems.
        let bytes: Vec<u8> = units.iter().map(|unit| unit.to_ne_bytes()[0]).collect();
        String::from_utf8(bytes).ok()
    }
}

impl Unit for u16 {
    fn is_zero(self) -> bool {
        self == 0
    }

    /// Of UTF-16.
    fn decode(units: &[Self]) -> Option<String> {
        String::from_utf16(units).ok()
    }
}

impl Unit for u32 {
    fn is_zero(self) -> bool {
        self == 0
    }

    /// Of UTF-32.
    fn decode(units: &[Self]) -> Option<String> {
        units.iter().map(|&unit| char::from_u32(unit)).collect()
    }
}

/// A length of C as one of Rust.
fn size(length: impl TryInto<usize>) -> Result<usize, BadArgument> {
    length.try_into().map_err(|_| BadArgument)
}

/// Whether so many elements may be there at all.
fn fits<T>(pointer: *const T, length: usize) -> Result<usize, BadArgument> {
    let bytes = length.checked_mul(size_of::<T>()).filter(|&bytes| isize::try_from(bytes).is_ok());
    if bytes.is_none() || !pointer.is_aligned() { Err(BadArgument) } else { Ok(length) }
}

/// The elements of an input.
///
/// # Safety
///
/// Unless `pointer` is null, `length` elements may be read there, and nobody writes them during `'a`.
pub unsafe fn slice<'a, T>(pointer: *const T, length: impl TryInto<usize>) -> Result<&'a [T], BadArgument> {
    match (pointer.is_null(), size(length)?) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(BadArgument),
        (false, length) => {
            let length = fits(pointer, length)?;
            // SAFETY: the caller vouches for the elements, and the pointer is neither null nor odd.
            Ok(unsafe { slice::from_raw_parts(pointer, length) })
        }
    }
}

/// The elements of an output.
///
/// # Safety
///
/// Unless `pointer` is null, `length` elements may be written there, and nobody else uses them during `'a`.
pub unsafe fn slice_mut<'a, T>(pointer: *mut T, length: impl TryInto<usize>) -> Result<&'a mut [T], BadArgument> {
    match (pointer.is_null(), size(length)?) {
        (true, 0) => Ok(&mut []),
        (true, _) => Err(BadArgument),
        (false, length) => {
            let length = fits(pointer, length)?;
            // SAFETY: the caller vouches for the elements, and the pointer is neither null nor odd.
            Ok(unsafe { slice::from_raw_parts_mut(pointer, length) })
        }
    }
}

/// An input that must be there.
///
/// # Safety
///
/// Unless `pointer` is null, a `T` may be read there, and nobody writes it during `'a`.
pub unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, BadArgument> {
    // SAFETY: the caller vouches for the value.
    unsafe { optional(pointer) }?.ok_or(BadArgument)
}

/// An input that may be left out.
///
/// # Safety
///
/// Unless `pointer` is null, a `T` may be read there, and nobody writes it during `'a`.
pub unsafe fn optional<'a, T>(pointer: *const T) -> Result<Option<&'a T>, BadArgument> {
    if !pointer.is_aligned() {
        return Err(BadArgument);
    }
    // SAFETY: the caller vouches for the value, and the pointer is not odd.
    Ok(unsafe { pointer.as_ref() })
}

/// An output that must be there.
pub fn required<T>(pointer: *mut T) -> Result<(), BadArgument> {
    if pointer.is_null() { Err(BadArgument) } else { Ok(()) }
}

/// The variable that stands for an output, if there is one: C's own need not be initialised, a reference's must.
pub fn local<T, U>(pointer: *mut T, local: &mut U) -> Option<&mut U> {
    (!pointer.is_null()).then_some(local)
}

/// What stands at a pointer, if it is one.
///
/// # Safety
///
/// Unless `pointer` is null, a `T` may be read there.
pub unsafe fn read<T: Copy>(pointer: *const T) -> Option<T> {
    // SAFETY: the caller vouches for the value.
    (!pointer.is_null()).then(|| unsafe { pointer.read_unaligned() })
}

/// Writes an output, if there is one.
///
/// # Safety
///
/// Unless `pointer` is null, a `T` may be written there.
pub unsafe fn write<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: the caller vouches for the output.
        unsafe { pointer.write_unaligned(value) };
    }
}

/// The text of a string that ends with a zero, or of as many units as `length` says; -1 says that it ends with a zero.
/// `None` if there is no string.
///
/// # Safety
///
/// Unless `pointer` is null, so many units may be read there, or as many as stand before a zero and that one.
pub unsafe fn text<U: Unit>(pointer: *const U, length: Option<u32>) -> Result<Option<String>, BadArgument> {
    if pointer.is_null() {
        return if matches!(length, None | Some(0 | u32::MAX)) { Ok(None) } else { Err(BadArgument) };
    }
    let length = match length {
        Some(length) if length != u32::MAX => size(length)?,
        _ => {
            fits(pointer, 0)?;
            // SAFETY: the caller vouches for all units up to a zero, and none behind the first one is read.
            let zero = |at: &usize| unsafe { pointer.add(*at).read() }.is_zero();
            (0..LONGEST).find(zero).ok_or(BadArgument)?
        }
    };
    // SAFETY: the caller vouches for so many units.
    let units = unsafe { slice(pointer, length) }?;
    U::decode(units).map(Some).ok_or(BadArgument)
}

/// The texts of so many strings, each of which ends with a zero; without a count, up to a null pointer.
///
/// # Safety
///
/// Unless `pointer` is null, so many pointers may be read there, or as many as stand before a null pointer and that one,
/// and each leads to units that end with a zero.
pub unsafe fn texts<U: Unit>(pointer: *const *const U, count: Option<u32>) -> Result<Vec<String>, BadArgument> {
    let count = match count {
        Some(count) => size(count)?,
        None if pointer.is_null() => 0,
        None => {
            fits(pointer, 0)?;
            // SAFETY: the caller vouches for all pointers up to a null one, and none behind the first one is read.
            let null = |at: &usize| unsafe { pointer.add(*at).read() }.is_null();
            (0..LONGEST).find(null).ok_or(BadArgument)?
        }
    };
    // SAFETY: the caller vouches for the pointers.
    let strings = unsafe { slice(pointer, count) }?;
    // SAFETY: the caller vouches for what they lead to.
    strings.iter().map(|&string| unsafe { text(string, None) }?.ok_or(BadArgument)).collect()
}
