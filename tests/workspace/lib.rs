//! The README's Rust, as a doctest: only a library has those.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
