//! What the tests of the runtime share with fuzz targets.

pub mod calls;
pub mod component;
pub mod entry;
pub mod model;
pub mod peer;
