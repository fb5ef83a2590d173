//! Enumerations, structures and unions.

use std::sync::Arc;

use super::{Origin, Type};
use crate::c::types::CType;
use crate::name::{CName, RustName};
use crate::prose::Prose;

/// A complete enumeration.
#[derive(Debug)]
pub struct Enum {
    /// Where it comes from and what it is called.
    pub origin: Origin,
    /// Members with a value of their own, in the order of the page.
    pub members: Vec<Member>,
    /// Whether its members are bits that go together.
    pub flags: bool,
    /// The type that its name stands for in C, where the header has that and a macro for each value.
    pub stands_for: Option<CType>,
    /// Members that share a value with an earlier one, each with that one's place.
    pub aliases: Vec<(Member, usize)>,
}

/// A member of a complete enumeration.
#[derive(Debug)]
pub struct Member {
    /// Its C name.
    pub c_name: CName,
    /// Its Rust name.
    pub rust_name: RustName,
    /// Its value as C's `int` has it.
    pub value: i32,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// A complete structure or union.
#[derive(Debug)]
pub struct Struct {
    /// Where it comes from and what it is called.
    pub origin: Origin,
    /// Its fields.
    pub body: Record,
}

/// The fields of a structure or union, or of a part of one.
#[derive(Debug)]
pub struct Record {
    /// The name of its type: its C name, and for a part the Rust name of a type that only Rust needs.
    pub rust_name: RustName,
    /// Whether the fields share their place.
    pub union: bool,
    /// The fields in C's order.
    pub fields: Vec<Field>,
}

/// A field of a complete structure or union.
#[derive(Debug)]
pub struct Field {
    /// Its C name; none for an unnamed part, whose fields C reaches directly.
    pub c_name: Option<CName>,
    /// Its Rust name.
    pub rust_name: RustName,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    pub wide: bool,
    /// What the page says of it.
    pub docs: Arc<Prose>,
}

/// What a field holds.
#[derive(Debug)]
pub enum FieldKind {
    /// A value.
    Value {
        /// Its type.
        raw: Type,
        /// Its type as the page has it.
        c_type: CType,
    },
    /// A structure or union without a name of its own.
    Part(Record),
}

impl Record {
    /// The types of what its fields hold, those of its parts included.
    pub fn types(&self) -> Vec<&Type> {
        let mut types = Vec::new();
        for field in &self.fields {
            match &field.kind {
                FieldKind::Value { raw, .. } => types.push(raw),
                FieldKind::Part(part) => types.extend(part.types()),
            }
        }
        types
    }

    /// The same, to be changed.
    pub fn types_mut(&mut self) -> Vec<&mut Type> {
        let mut types = Vec::new();
        for field in &mut self.fields {
            match &mut field.kind {
                FieldKind::Value { raw, .. } => types.push(raw),
                FieldKind::Part(part) => types.extend(part.types_mut()),
            }
        }
        types
    }

    /// Whether it is generic in the units of wide strings.
    pub fn is_wide(&self) -> bool {
        self.types().into_iter().any(Type::is_wide)
    }
}
