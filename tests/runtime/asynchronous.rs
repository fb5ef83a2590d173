//! Asynchronous mode, called as C does it: one test for each row of section 2 of specs/behaviour.

mod chat;
mod recorder;
mod sequences;
