//! Whether two spellings are one type: they are unless size, sign, depth of pointers or unit differ. Of names that
//! C and Windows do not have by themselves nothing is known but how they are made of each other.

use super::basics::{POINTERS, basic};
use super::types::CType;
use super::values::{self, Outcome};
use crate::model::{Int, Type};

/// Whether two types of a field surely differ.
pub fn differ(one: &CType, other: &CType) -> bool {
    let (one, other) = (Shape::of(one), Shape::of(other));
    one.differs(&other)
}

/// Whether two types of a parameter or result surely differ: an array is a pointer there.
pub fn differ_as_params(one: &CType, other: &CType) -> bool {
    let (one, other) = (Shape::of(one).decayed(), Shape::of(other).decayed());
    one.differs(&other)
}

/// A type as far as it matters in memory.
struct Shape<'a> {
    dimensions: Vec<&'a str>,
    pointers: usize,
    /// Whether a pointer follows below the dimensions of an array that is pointed to.
    is_odd: bool,
    base: Base<'a>,
}

/// What is at the bottom of pointers and arrays.
#[derive(PartialEq, Eq)]
enum Base<'a> {
    Void,
    /// Bytes, 0 for as many as a pointer has, and whether there is a sign.
    Number(u8, bool),
    /// A name of which nothing is known.
    Name(&'a str),
}

impl<'a> Shape<'a> {
    fn of(c_type: &'a CType) -> Self {
        let mut shape = Self { dimensions: Vec::new(), pointers: 0, is_odd: false, base: Base::Void };
        let mut rest = c_type;
        loop {
            rest = match rest {
                CType::Const(inner) => inner,
                CType::Pointer(inner) => {
                    shape.pointers += 1;
                    inner
                }
                CType::Array(inner, dimension) => {
                    shape.is_odd |= shape.pointers > 0;
                    shape.dimensions.push(dimension);
                    inner
                }
                CType::Of(name, _) => {
                    shape.base = Base::Name(name);
                    return shape;
                }
                CType::Named(name) => {
                    let (pointers, base) = named(name);
                    shape.pointers += pointers;
                    shape.base = base;
                    return shape;
                }
            }
        }
    }

    fn decayed(mut self) -> Self {
        if !self.is_odd && !self.dimensions.is_empty() {
            self.dimensions.pop();
            self.pointers += 1;
        }
        self
    }

    fn differs(&self, other: &Self) -> bool {
        if self.is_odd || other.is_odd {
            return false;
        }
        let known = |shape: &Self| !matches!(shape.base, Base::Name(_));
        let dimensions = || {
            self.dimensions.len() != other.dimensions.len()
                || self.dimensions.iter().zip(&other.dimensions).any(|(one, other)| numbers_differ(one, other))
        };
        match (&self.base, &other.base) {
            (Base::Name(one), Base::Name(two)) => {
                let (one, two) = (bare(one), bare(two));
                let more = |long: &str, short: &str| {
                    ["LPC", "PC", "LP", "P"]
                        .iter()
                        .any(|letters| long.strip_prefix(letters).is_some_and(|rest| bare(rest) == short))
                };
                if one == two {
                    self.pointers != other.pointers || dimensions()
                } else if more(one, two) {
                    self.pointers + 1 != other.pointers || dimensions()
                } else if more(two, one) {
                    self.pointers != other.pointers + 1 || dimensions()
                } else {
                    false
                }
            }
            _ if known(self) && known(other) => {
                self.pointers != other.pointers || self.base != other.base || dimensions()
            }
            // A name may stand for anything, a pointer or an array included.
            _ => false,
        }
    }
}

/// The pointers in a name, and what they lead to.
fn named(name: &str) -> (usize, Base<'_>) {
    if let Some(base) = basic(name).filter(|_| !matches!(name, "STR" | "WSTR")).and_then(|basic| of(&basic)) {
        return (0, base);
    }
    for (letters, _) in POINTERS {
        if let Some(base) = name.strip_prefix(letters).and_then(basic).and_then(|basic| of(&basic)) {
            return (1, base);
        }
    }
    (0, Base::Name(name))
}

fn of(basic: &Type) -> Option<Base<'static>> {
    Some(match basic {
        Type::Void => Base::Void,
        Type::Bool | Type::HResult => Base::Number(4, true),
        Type::Char { wide: false } => Base::Number(1, true),
        Type::Char { wide: true } => Base::Number(2, false),
        Type::Int(int) => match int {
            Int::I8 => Base::Number(1, true),
            Int::U8 => Base::Number(1, false),
            Int::I16 => Base::Number(2, true),
            Int::U16 => Base::Number(2, false),
            Int::I32 => Base::Number(4, true),
            Int::U32 => Base::Number(4, false),
            Int::I64 => Base::Number(8, true),
            Int::U64 => Base::Number(8, false),
            Int::Isize => Base::Number(0, true),
            Int::Usize => Base::Number(0, false),
        },
        _ => return None,
    })
}

/// The name of a type without what marks it as a tag.
fn bare(name: &str) -> &str {
    let name = name.trim_start_matches('_');
    name.strip_prefix("tag").filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// Whether two dimensions are numbers, and not the same.
pub fn numbers_differ(one: &str, other: &str) -> bool {
    let number = |text: &str| match values::evaluate(text, |_| None) {
        Outcome::Value(value) => Some(value),
        Outcome::Unknown(_) | Outcome::Invalid(_) => None,
    };
    number(one).zip(number(other)).is_some_and(|(one, other)| one != other)
}
