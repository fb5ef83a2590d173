//! Asynchronous mode, called as C does it: one test for each row of section 2 of specs/behaviour. And what all of it
//! leaves behind, with futures too.

mod callbacks;
pub(crate) mod chat;
mod cycles;
mod endings;
mod failures;
mod idle;
pub(crate) mod ledger;
mod masks;
mod nested;
mod processes;
mod programs;
mod races;
pub(crate) mod recorder;
mod relied_on;
mod requests;
mod sequences;
mod threads;
mod waiter;
