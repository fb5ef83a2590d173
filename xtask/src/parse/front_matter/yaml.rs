//! What the YAML crate reads: a mapping whose keys are known, every scalar as a string. The only user of that crate.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Key;

/// How deep brackets may nest.
const MAX_DEPTH: usize = 64;

/// Why there are no values.
pub(super) enum Failure {
    /// Brackets nest deeper than any page needs.
    Nested,
    /// The crate refused the text: line and column, both from 1, and why.
    Refused(usize, usize, String),
}

/// The values of each key.
pub(super) fn read(yaml: &str, keys: &[&Key<'_>]) -> Result<Vec<Vec<String>>, Failure> {
    if !is_flat(yaml) {
        return Err(Failure::Nested);
    }
    Keys(keys).deserialize(serde_yaml::Deserializer::from_str(yaml)).map_err(|error| {
        let (line, column) = error.location().map_or((0, 1), |at| (at.line(), at.column().max(1)));
        let message = error.to_string();
        // Its message repeats the place, counted from the wrong line.
        let why = message.split(" at line ").next().expect("a split has a first part");
        Failure::Refused(line, column, why.to_owned())
    })
}

/// Whether brackets nest no deeper than a page needs; the crate takes quadratic time for them.
fn is_flat(yaml: &str) -> bool {
    let mut depth = 0_usize;
    yaml.bytes().all(|b| {
        match b {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= MAX_DEPTH
    })
}

/// Reads a mapping whose keys are known, each as a string or a list of strings, never as a number.
struct Keys<'a>(&'a [&'a Key<'a>]);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = Vec<Vec<String>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Vec<Vec<String>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("keys and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::with_capacity(self.0.len());
        for key in self.0 {
            match map.next_key_seed(Expected(key.name.text))? {
                Some(None) => values.push(map.next_value_seed(Values { list: key.list })?),
                found => {
                    let found = found.flatten().unwrap_or_default();
                    let message = format!("`{found}` stands where `{}` was expected", key.name.text);
                    return Err(serde::de::Error::custom(message));
                }
            }
        }
        match map.next_key_seed(Text)? {
            None => Ok(values),
            Some(extra) => Err(serde::de::Error::custom(format!("`{extra}` is a second key on this line"))),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

struct Values {
    list: bool,
}

impl<'de> DeserializeSeed<'de> for Values {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.list {
            return deserializer.deserialize_seq(self);
        }
        Text.deserialize(deserializer).map(|value| vec![value])
    }
}

impl<'de> Visitor<'de> for Values {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Text)? {
            values.push(value);
        }
        Ok(values)
    }
}

struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // Asked for a string, the crate hands out a scalar's own text instead of a number or a truth value.
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok(v.trim().to_owned())
    }
}

/// A key that should be this one; what it is if it is another.
struct Expected<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Expected<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Expected<'_> {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok((v.trim() != self.0).then(|| v.to_owned()))
    }
}
