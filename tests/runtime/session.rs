//! The engine: its tables, what goes over the wire in which order, and schedules in which both halves are used at once.

mod read;
mod schedules;
mod table;
pub(crate) mod write;
