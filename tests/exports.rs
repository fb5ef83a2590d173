//! The C functions over the traits: what a runtime gets of what C passes, and what C gets of what a runtime answers.
//!
//! The runtime is a stub that writes down what it was called with. Nothing here may name the crate `winws`: it has C
//! functions of the same names, and this test has those of the macros.

#[path = "exports/callbacks.rs"]
mod callbacks;
#[path = "exports/conventions.rs"]
mod conventions;
#[path = "exports/errors.rs"]
mod errors;
#[path = "exports/macros.rs"]
mod macros;
#[path = "exports/outputs.rs"]
mod outputs;
#[path = "exports/pointers.rs"]
mod pointers;
#[path = "exports/strings.rs"]
mod strings;
#[path = "exports/stub.rs"]
mod stub;
#[path = "exports/wide.rs"]
mod wide;
