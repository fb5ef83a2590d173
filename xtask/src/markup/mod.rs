//! What the parser and the accounting both have to know of Markdown's and HTML's marks. No stage.

pub mod docfx;
pub mod fences;
pub mod html;
