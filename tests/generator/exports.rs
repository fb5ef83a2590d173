//! The C functions over the traits: what a runtime gets of what C passes, and what C gets of what a runtime answers.
//!
//! The runtime is a stub that writes down what it was called with. Nothing here may name the crate `winws`: it has C
//! functions of the same names, and this test has those of the macros.

mod addresses;
mod callbacks;
mod conventions;
mod errors;
mod macros;
mod outputs;
mod pointers;
mod strings;
mod stub;
mod wide;
