//! Front matter: YAML between two `---` lines, every scalar as a string.
//!
//! A line scan finds the keys, their places and which of them are lists; the YAML crate reads the values, so that
//! `1.10` stays `1.10`. What it rejects, as 30 % of the pages of 2018, is read by the line scan alone.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::diag::{Diagnostics, Rule};
use crate::page::FrontMatter;
use crate::source::{SourceFile, Span, Spanned};

/// Values of the template that nobody filled in: they say nothing about the page.
const TEMPLATE: &[&str] = &[
    "The unique id of the API.",
    "The title of the API.",
    "Authoring type of the API(ie windows-driver-content)",
    "Description of API",
    "The MSDN ID of the API",
    "The Author of the API",
    "The date of API publishing",
    "The topic type of the API (ie enum)",
    "The main header of the API",
    "The included headers of the API",
];

/// How deep brackets may nest.
const MAX_DEPTH: usize = 64;

/// Reads the front matter. Returns it and the number of lines it takes, with its fences.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> (FrontMatter, usize) {
    // One page of the driver kit starts with `9---`.
    let opening = file.line(0).trim_end();
    if opening.trim_start_matches(|c: char| c.is_ascii_digit()) != "---" {
        return (FrontMatter::new(), 0);
    }
    let Some(end) = (1..file.line_count()).find(|&at| matches!(file.line(at).trim_end(), "---" | "...")) else {
        diags.report(Rule::FrontMatterYaml, file.at(Span::line(1)), "the front matter is never closed by `---`");
        return (FrontMatter::new(), 0);
    };
    let keys = scan(file, end, diags);
    let yaml = &file.text()[file.line_start(1)..file.line_start(end)];
    let read = || Keys(&keys).deserialize(serde_yaml::Deserializer::from_str(yaml));
    let plain =
        || keys.iter().map(|key| key.values.iter().map(|value| unquote(value.text).to_owned()).collect()).collect();
    let values = match is_flat(yaml).then(read) {
        Some(Ok(values)) => values,
        None => {
            diags.report(
                Rule::FrontMatterYaml,
                file.at(Span::line(2)),
                "brackets are nested deeper than any page needs",
            );
            plain()
        }
        Some(Err(error)) => {
            // The crate counts lines from 1 and the text starts on line 2 of the page.
            let (line, column) = error.location().map_or((1, 1), |at| (at.line() + 1, at.column()));
            let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let span = Span { line: number(line), column: number(column.max(1)), width: 0 };
            let message = error.to_string();
            // Its message repeats the place, counted from the wrong line.
            let why = message.split(" at line ").next().expect("a split has a first part");
            diags.report(Rule::FrontMatterYaml, file.at(span), format!("this is no valid YAML: {why}"));
            plain()
        }
    };
    let mut front_matter = FrontMatter::new();
    let unfilled = |(_, values): &(&Key<'_>, &Vec<String>)| values.iter().any(|value| TEMPLATE.contains(&&**value));
    let mut bleed = keys.iter().zip(&values).filter(unfilled);
    if let Some((key, _)) = bleed.next() {
        let place = key.values.first().unwrap_or(&key.name).span(file);
        let message = format!("values that only the template has, {} in all, this is the first", 1 + bleed.count());
        diags.report(Rule::TemplateText, file.at(place), message);
    }
    for (key, values) in keys.into_iter().zip(values) {
        let said = |value: &String| !value.is_empty() && !TEMPLATE.contains(&&**value);
        let at = |index: usize| key.values.get(index).or(key.values.last()).unwrap_or(&key.name).span(file);
        let spanned = values.into_iter().enumerate().filter(|(_, value)| said(value));
        let values = spanned.map(|(index, value)| Spanned { value, span: at(index) }).collect();
        front_matter.entry(key.name.text.to_owned()).or_insert(values);
    }
    (front_matter, end + 1)
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

/// A key as the line scan sees it.
struct Key<'a> {
    name: Piece<'a>,
    list: bool,
    /// The value beside the key, or the items below it.
    values: Vec<Piece<'a>>,
}

/// A piece of a line. Most are looked at without anybody asking where they stand.
struct Piece<'a> {
    text: &'a str,
    /// The line, from 0.
    line: usize,
    /// Where in the line it starts, in bytes.
    from: usize,
}

impl Piece<'_> {
    fn span(&self, file: &SourceFile) -> Span {
        file.span_in_line(self.line, self.from, self.from + self.text.len())
    }
}

fn scan<'a>(file: &'a SourceFile, end: usize, diags: &mut Diagnostics) -> Vec<Key<'a>> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    for index in 1..end {
        let line = file.line(index);
        let trimmed = line.trim_start();
        let piece = |text: &'a str, from: usize| Piece { text, line: index, from };
        if let Some(item) = trimmed.strip_prefix('-') {
            if let Some(key) = keys.last_mut() {
                key.list = true;
                key.values.push(piece(item.trim(), line.len() - item.trim_start().len()));
            }
            continue;
        }
        let at_start = trimmed.len() == line.len();
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| at_start && is_key(name)) else {
            // A continuation of the value above.
            continue;
        };
        let key = piece(name, 0);
        if keys.iter().any(|known| known.name.text == name) {
            diags.report(Rule::DuplicateKey, file.at(key.span(file)), format!("`{name}` stands here again"));
        }
        let from = line.len() - value.trim_start().len();
        let value = value.trim();
        let beside = (!value.is_empty()).then(|| piece(value, from));
        keys.push(Key { name: key, list: value.starts_with('['), values: beside.into_iter().collect() });
    }
    keys
}

fn is_key(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('#') && !name.contains(|c: char| c.is_whitespace())
}

fn unquote(value: &str) -> &str {
    let quoted = |mark| value.strip_prefix(mark).and_then(|rest: &str| rest.strip_suffix(mark));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

/// Reads a mapping whose keys are known, each as a string or a list of strings, never as a number.
struct Keys<'a>(&'a [Key<'a>]);

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
            Some(extra) => Err(serde::de::Error::custom(format!("`{extra}` is no key of its own line"))),
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
