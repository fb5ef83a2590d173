//! Between C and the traits: pointers to references and back, strings, and what a runtime adds.
//!
//! `NULL` beside a length of 0 is the empty slice. A pointer that must not be `NULL`, a length without a pointer, a
//! string that is not valid and a number that is none of an enumeration's are an argument that is not valid, whatever
//! function they are given to.
//!
//! Pointers may lead to odd addresses, as they may on processors that fetch from anywhere. A reference of Rust may not. So
//! what goes in is copied from there, and what comes out is copied to there when the call is over. Only an object of a
//! table stands where Rust put it.
//!
//! Memory that another language hands over counts as initialised, whatever it holds: an output may be a buffer that
//! nobody has written yet. Rust code that calls a C function over a trait initialises its buffers before.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::c_char;
use core::ops::{Deref, DerefMut};
use core::slice;

use crate::{HResult, WideChar, Win32Error};

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

impl<W: WideChar> Unit for W {
    fn is_zero(self) -> bool {
        self == W::ZERO
    }

    fn decode(units: &[Self]) -> Option<String> {
        W::chars(units).collect()
    }
}

/// The length of a string, in units.
pub trait Length: TryInto<usize> + PartialEq {
    /// What stands for a length that is not known: the string ends with a zero. Small types have no number to spare.
    const UNKNOWN: Option<Self>;
}

macro_rules! lengths {
    ($($type_:ty: $unknown:expr),*) => { $(impl Length for $type_ { const UNKNOWN: Option<Self> = $unknown; })* };
}

lengths!(i8: Some(-1), i16: Some(-1), i32: Some(-1), i64: Some(-1), isize: Some(-1));
lengths!(u8: None, u16: None, u32: Some(u32::MAX), u64: Some(u64::MAX), usize: Some(usize::MAX));

/// A length of C as one of Rust.
fn size(length: impl TryInto<usize>) -> Result<usize, BadArgument> {
    length.try_into().map_err(|_| BadArgument)
}

/// The bytes of a buffer, of whose length the caller has counted the wide characters or, otherwise, the bytes.
pub fn bytes<W: WideChar>(length: impl TryInto<usize>, in_characters: bool) -> Result<usize, BadArgument> {
    let unit = if in_characters { size_of::<W>() } else { 1 };
    size(length)?.checked_mul(unit).ok_or(BadArgument)
}

/// Whether so many elements may be there at all.
fn fits<T>(length: usize) -> Result<usize, BadArgument> {
    let bytes = length.checked_mul(size_of::<T>()).filter(|&bytes| isize::try_from(bytes).is_ok());
    bytes.map(|_| length).ok_or(BadArgument)
}

/// A pointer and a length as such, for memory that outlives the call: nothing is read or written.
pub fn extent<T>(pointer: *const T, length: impl TryInto<usize>) -> Result<usize, BadArgument> {
    match (pointer.is_null(), size(length)?) {
        (true, 0) => Ok(0),
        (true, _) => Err(BadArgument),
        (false, length) => fits::<T>(length),
    }
}

/// The elements of an input.
///
/// # Safety
///
/// Unless `pointer` is null, `length` elements may be read there, and nobody writes them during `'a`.
pub unsafe fn elements<'a, T: Copy>(
    pointer: *const T,
    length: impl TryInto<usize>,
) -> Result<Cow<'a, [T]>, BadArgument> {
    let length = extent(pointer, length)?;
    if pointer.is_null() {
        return Ok(Cow::Borrowed(&[]));
    }
    if pointer.is_aligned() {
        // SAFETY: the caller vouches for the elements, and the pointer is neither null nor odd.
        return Ok(Cow::Borrowed(unsafe { slice::from_raw_parts(pointer, length) }));
    }
    // SAFETY: the caller vouches for the elements.
    unsafe { copied(pointer, length) }.map(Cow::Owned)
}

/// Copies of elements at any address.
///
/// # Safety
///
/// `length` elements may be read at `pointer`.
unsafe fn copied<T: Copy>(pointer: *const T, length: usize) -> Result<Vec<T>, BadArgument> {
    let mut copy = Vec::new();
    // One more, so that the end of the copy is the address of nothing else: see `in_place`.
    copy.try_reserve_exact(length.checked_add(1).ok_or(BadArgument)?).map_err(|_| BadArgument)?;
    // SAFETY: the caller vouches for the elements.
    copy.extend((0..length).map(|at| unsafe { pointer.add(at).read_unaligned() }));
    Ok(copy)
}

/// The elements of an output. Those at an odd address are copies, which are written back when this is dropped.
#[derive(Debug)]
pub struct Elements<'a, T: Copy> {
    in_place: &'a mut [T],
    copies: Vec<T>,
    /// Where the copies go.
    pointer: *mut T,
}

impl<T: Copy> Deref for Elements<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        if self.copies.is_empty() { self.in_place } else { &self.copies }
    }
}

impl<T: Copy> DerefMut for Elements<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        if self.copies.is_empty() { self.in_place } else { &mut self.copies }
    }
}

impl<T: Copy> Drop for Elements<'_, T> {
    fn drop(&mut self) {
        for (at, &element) in self.copies.iter().enumerate() {
            // SAFETY: whoever made this vouched for so many elements.
            unsafe { self.pointer.add(at).write_unaligned(element) };
        }
    }
}

/// The elements of an output.
///
/// # Safety
///
/// Unless `pointer` is null, `length` elements may be written there, and nobody else uses them during `'a`.
pub unsafe fn slice_mut<'a, T: Copy>(
    pointer: *mut T,
    length: impl TryInto<usize>,
) -> Result<Elements<'a, T>, BadArgument> {
    let length = extent(pointer, length)?;
    let mut elements = Elements { in_place: &mut [], copies: Vec::new(), pointer };
    if pointer.is_null() {
        return Ok(elements);
    }
    if pointer.is_aligned() {
        // SAFETY: the caller vouches for the elements, and the pointer is neither null nor odd.
        elements.in_place = unsafe { slice::from_raw_parts_mut(pointer, length) };
    } else {
        // SAFETY: the caller vouches for the elements.
        elements.copies = unsafe { copied(pointer, length) }?;
    }
    Ok(elements)
}

/// An object that Rust has put where it is.
///
/// # Safety
///
/// Unless `pointer` is null or odd, it leads to a `T`, and nobody writes it during `'a`.
pub unsafe fn object<'a, T>(pointer: *const T) -> Result<&'a T, BadArgument> {
    if !pointer.is_aligned() {
        return Err(BadArgument);
    }
    // SAFETY: the caller vouches for the object, and the pointer is not odd.
    unsafe { pointer.as_ref() }.ok_or(BadArgument)
}

/// An output that must be there.
pub fn required<T>(pointer: *const T) -> Result<(), BadArgument> {
    if pointer.is_null() { Err(BadArgument) } else { Ok(()) }
}

/// The variable that stands for an output, if there is one: C's own need not be initialised, a reference's must.
pub fn local<T, U>(pointer: *const T, local: &mut U) -> Option<&mut U> {
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

/// The units of a string that ends with a zero, without that. `None` if there is no string.
///
/// # Safety
///
/// Unless `pointer` is null, as many units may be read there as stand before a zero, and that one, and nobody writes
/// them during `'a`.
pub unsafe fn units<'a, U: Unit>(pointer: *const U) -> Result<Option<Cow<'a, [U]>>, BadArgument> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller vouches for all units up to a zero.
    unsafe { until(pointer, U::is_zero) }.map(Some)
}

/// The units of a string of so many units, or up to a zero if the length is one of `terminated`. `None` if there is no
/// string.
///
/// # Safety
///
/// Unless `pointer` is null, so many units may be read there, or as [`units`] says.
pub unsafe fn units_of<'a, U: Unit, L: Length>(
    pointer: *const U,
    length: L,
    terminated: impl IntoIterator<Item = L>,
) -> Result<Option<Cow<'a, [U]>>, BadArgument> {
    if terminated.into_iter().any(|terminated| length == terminated) {
        // SAFETY: the caller vouches for a string that ends with a zero.
        return unsafe { units(pointer) };
    }
    // SAFETY: the caller vouches for so many units.
    let units = unsafe { elements(pointer, length) }?;
    Ok((!pointer.is_null()).then_some(units))
}

/// A pointer into the units of a string as one into C's own string, of which the units may be a copy. Other pointers stay.
pub fn in_place<U: Unit>(pointer: *const U, units: Option<&[U]>, own: *const U) -> *const U {
    let within = |units: &&[U]| (units.as_ptr()..=units.as_ptr_range().end).contains(&pointer);
    match units.filter(within) {
        Some(units) => own.wrapping_byte_add(pointer.addr() - units.as_ptr().addr()),
        None => pointer,
    }
}

/// The text of a string that ends with a zero. `None` if there is no string.
///
/// # Safety
///
/// As [`units`] says.
pub unsafe fn text<U: Unit>(pointer: *const U) -> Result<Option<String>, BadArgument> {
    // SAFETY: the caller vouches for the units.
    unsafe { units(pointer) }?.map(|units| decoded(&units)).transpose()
}

/// The text of a string of so many units, or up to a zero if the length is one of `terminated`. `None` if there is no
/// string.
///
/// # Safety
///
/// As [`units_of`] says.
pub unsafe fn text_of<U: Unit, L: Length>(
    pointer: *const U,
    length: L,
    terminated: impl IntoIterator<Item = L>,
) -> Result<Option<String>, BadArgument> {
    // SAFETY: the caller vouches for the units.
    unsafe { units_of(pointer, length, terminated) }?.map(|units| decoded(&units)).transpose()
}

fn decoded<U: Unit>(units: &[U]) -> Result<String, BadArgument> {
    U::decode(units).ok_or(BadArgument)
}

/// The texts of strings up to a null pointer, each of which ends with a zero. None if there is no list.
///
/// # Safety
///
/// Unless `pointer` is null, as many pointers may be read there as stand before a null pointer, and that one, and each
/// leads to what [`text`] says.
pub unsafe fn texts<U: Unit>(pointer: *const *const U) -> Result<Vec<String>, BadArgument> {
    if pointer.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the caller vouches for all pointers up to a null one.
    let strings = unsafe { until(pointer, <*const U>::is_null) }?;
    // SAFETY: the caller vouches for what they lead to.
    unsafe { each(&strings) }
}

/// The texts of so many strings, each of which ends with a zero.
///
/// # Safety
///
/// Unless `pointer` is null, so many pointers may be read there, and each leads to what [`text`] says.
pub unsafe fn texts_of<U: Unit>(
    pointer: *const *const U,
    count: impl TryInto<usize>,
) -> Result<Vec<String>, BadArgument> {
    // SAFETY: the caller vouches for the pointers.
    let strings = unsafe { elements(pointer, count) }?;
    // SAFETY: the caller vouches for what they lead to.
    unsafe { each(&strings) }
}

/// The texts of strings, none of which may be missing.
///
/// # Safety
///
/// Each leads to what [`text`] says.
unsafe fn each<U: Unit>(strings: &[*const U]) -> Result<Vec<String>, BadArgument> {
    // SAFETY: the caller vouches for the strings.
    strings.iter().map(|&string| unsafe { text(string) }?.ok_or(BadArgument)).collect()
}

/// The elements before the first one that ends them.
///
/// # Safety
///
/// As many elements may be read at `pointer` as stand before one that ends them, and that one.
unsafe fn until<'a, T: Copy>(pointer: *const T, ends: impl Fn(T) -> bool) -> Result<Cow<'a, [T]>, BadArgument> {
    // SAFETY: the caller vouches for all elements up to the end, and none behind it is read.
    let is_end = |at: &usize| ends(unsafe { pointer.add(*at).read_unaligned() });
    let length = (0..LONGEST).find(is_end).ok_or(BadArgument)?;
    // SAFETY: these have just been read.
    unsafe { elements(pointer, length) }
}
