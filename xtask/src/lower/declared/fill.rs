//! What a declaration says of a field, where its heading and its `Type:` line leave it open.

use std::sync::Arc;

use super::super::with_dimensions;
use crate::c::fields::{Declared, PartKind, What};
use crate::c::types::CType;
use crate::draft::{Afterwards, Field, Kind};
use crate::fact::{Fact, Source};

/// Gives a field what its heading and its `Type:` line leave open.
pub(super) fn fill(field: &mut Field, declared: &Declared, source: Source) {
    let is_open = field.c_type.is_none() && field.nested.is_none();
    match &declared.what {
        What::Value(c_type, bits) => {
            if is_open {
                field.c_type = with_stated_dimensions(c_type, field.dimensions.as_deref(), &source);
            }
            let bits = bits.map(|value| Box::new(Fact { value, source }));
            field.bits = field.bits.take().or(bits);
        }
        What::Part(kind) if is_open && field.dimensions.is_none() => {
            field.nested = Some(Box::new(Fact { value: kind_of(*kind), source }));
        }
        What::Part(_) | What::Unknown => {}
    }
}

/// A field that only the declaration has, with nothing but its name.
pub(super) fn without_heading(name: String, source: Source) -> Field {
    Field {
        name: Fact { value: name, source },
        bits: None,
        c_type: None,
        dimensions: None,
        nested: None,
        wide: None,
        afterwards: Afterwards::default(),
        docs: Arc::default(),
    }
}

/// A part as a kind of item.
pub(super) const fn kind_of(part: PartKind) -> Kind {
    match part {
        PartKind::Struct => Kind::Struct,
        PartKind::Union => Kind::Union,
    }
}

/// A declared type with the dimensions of the heading, which count: they may have a number for a name. Where only one
/// of them has an array, or one of more dimensions, it cannot be told what it is.
pub(super) fn with_stated_dimensions(
    c_type: &CType,
    stated: Option<&Fact<String>>,
    source: &Source,
) -> Option<Fact<CType>> {
    let fact = |value: &CType| Fact { value: value.clone(), source: source.clone() };
    let Some(stated) = stated else { return Some(fact(c_type)) };
    let (mut element, mut written) = (c_type, Vec::new());
    while let CType::Array(inner, dimension) = element {
        written.push(format!("[{dimension}]"));
        element = inner;
    }
    written.reverse();
    if written.concat() == stated.value {
        return Some(fact(c_type));
    }
    let same = written.len() == stated.value.matches('[').count();
    same.then(|| with_dimensions(fact(element), Some(stated)))
}
