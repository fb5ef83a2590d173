//! Configuration files, read so that one mistake is one finding and the rest of the file still counts.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Deserializer};

use crate::diag::{Diagnostics, Rule};
use crate::source::{Location, SourceFile, Span};

/// More mistakes than this are not looked for in one file.
const MOST: usize = 100;

/// How many letters may differ between a name and the one that was meant.
const LETTERS: usize = 2;

/// Reads a file; what is wrong with it is reported where it stands, and left out, or read as what was probably meant.
/// Nothing if not even that gives the file its form.
pub(super) fn read<T: DeserializeOwned>(file: &SourceFile, diags: &mut Diagnostics) -> Option<T> {
    let at = |span: Option<Range<usize>>| place(file, span);
    let (mut table, errors) = DeTable::parse_recoverable(file.text());
    // One that cannot be parsed makes others of what follows.
    if let Some(first) = errors.first() {
        diags.report(Rule::InvalidConfig, at(first.span()), first.message().replace('\n', "; "));
    }
    let mut mended: Vec<Range<usize>> = Vec::new();
    // The keys whose values were left out.
    let mut removed: Vec<String> = Vec::new();
    for _ in 0..MOST {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let message = error.message().replace('\n', "; ");
        let unknown = Unknown::of(&message);
        // A value that has no such variant is left out: only a key can be read as another one.
        let meant = unknown.as_ref().filter(|unknown| unknown.is_key).and_then(Unknown::meant).map(str::to_owned);
        let span = error.span();
        // What stands in for something missing is no mistake of its own.
        let missing = message.strip_prefix(MISSING).map(|field| field.trim_matches('`'));
        let is_ours = match missing {
            Some(field) => removed.iter().any(|key| key == field),
            None => span.as_ref().is_some_and(|span| mended.contains(span)),
        };
        if !is_ours && errors.is_empty() {
            report(at(span.clone()), &message, diags);
        }
        let span = span?;
        let mend = match (&meant, missing.filter(|_| !mended.contains(&span))) {
            (Some(meant), _) => Mend::Rename(meant),
            (None, Some(field)) => Mend::Fill(field),
            (None, None) => Mend::Remove,
        };
        if !apply(&mut table, &span, &mend, &mut removed) {
            return None;
        }
        mended.push(span);
    }
    None
}

/// Reads a file that counts only as a whole; its first mistake is reported where it stands.
pub(super) fn whole<'de, T: Deserialize<'de>>(file: &'de SourceFile, diags: &mut Diagnostics) -> Option<T> {
    toml::from_str(file.text())
        .map_err(|error| report(place(file, error.span()), &error.message().replace('\n', "; "), diags))
        .ok()
}

fn place(file: &SourceFile, span: Option<Range<usize>>) -> Location {
    file.at(span.map_or(Span::line(1), |range| file.span(range.start, range.end)))
}

/// Reports something, and which name was probably meant.
pub(super) fn report_near(location: Location, message: String, near: Option<&str>, diags: &mut Diagnostics) {
    match near {
        Some(near) => diags.report_help(Rule::InvalidConfig, location, message, format!("is `{near}` meant?")),
        None => diags.report(Rule::InvalidConfig, location, message),
    }
}

/// Reports what serde or the parser says, and which name was probably meant.
fn report(location: Location, message: &str, diags: &mut Diagnostics) {
    let unknown = Unknown::of(message);
    report_near(location, message.to_owned(), unknown.as_ref().and_then(Unknown::meant), diags);
}

/// How serde begins to say that a key is not there.
const MISSING: &str = "missing field ";

/// A key or a variant that the form does not have.
struct Unknown<'a> {
    is_key: bool,
    name: &'a str,
    known: Vec<&'a str>,
}

impl<'a> Unknown<'a> {
    fn of(message: &'a str) -> Option<Self> {
        let key = message.strip_prefix("unknown field ");
        let mut quoted = key.or_else(|| message.strip_prefix("unknown variant "))?.split('`').skip(1).step_by(2);
        Some(Self { is_key: key.is_some(), name: quoted.next()?, known: quoted.collect() })
    }

    /// The one that was meant, if one is near enough.
    fn meant(&self) -> Option<&'a str> {
        let near = self.known.iter().map(|known| (distance(self.name, known), *known));
        near.filter(|(distance, known)| *distance <= LETTERS.min(known.len() / 2)).min().map(|(_, known)| known)
    }
}

/// How many letters have to be added, left out or replaced; many where the words are too long to ask.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), other.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.iter().enumerate() {
            let next = (diagonal + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[other.len()]
}

/// What to do with the part of a file that is wrong.
enum Mend<'a> {
    /// It is a key by another name.
    Rename(&'a str),
    /// It is a table without this key.
    Fill(&'a str),
    /// It is left out.
    Remove,
}

/// Whether there was something to mend at that place.
fn apply(table: &mut Spanned<DeTable<'_>>, span: &Range<usize>, mend: &Mend<'_>, removed: &mut Vec<String>) -> bool {
    if table.span() == *span
        && let Mend::Fill(key) = mend
    {
        fill(table.get_mut(), key, span);
        return true;
    }
    in_table(table.get_mut(), span, mend, removed)
}

fn fill(table: &mut DeTable<'_>, key: &str, span: &Range<usize>) {
    let key = Spanned::new(span.clone(), key.to_owned().into());
    table.insert(key, Spanned::new(span.clone(), DeValue::String("".into())));
}

fn in_table(table: &mut DeTable<'_>, span: &Range<usize>, mend: &Mend<'_>, removed: &mut Vec<String>) -> bool {
    // A list of tables stands where its first table does, and that is the one that is meant.
    let is_first = |value: &DeValue<'_>| match value {
        DeValue::Array(array) => array.iter().any(|element| element.span() == *span),
        _ => false,
    };
    let is_here = |key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>| {
        key.span() == *span || value.span() == *span && !is_first(value.get_ref())
    };
    let here = table.iter().find(|(key, value)| is_here(key, value)).map(|(key, _)| key.clone());
    if let Some(key) = here {
        match mend {
            Mend::Fill(missing) => {
                if let Some(DeValue::Table(inner)) = table.get_mut(&key).map(Spanned::get_mut) {
                    fill(inner, missing, span);
                    return true;
                }
                table.remove(&key);
            }
            Mend::Rename(other) => {
                let value = table.remove(&key);
                let other = Spanned::new(key.span(), (*other).to_owned().into());
                // What has that name already is what counts.
                if let Some(value) = value.filter(|_| !table.contains_key(&other)) {
                    table.insert(other, value);
                }
            }
            Mend::Remove => {
                removed.push(key.get_ref().to_string());
                table.remove(&key);
            }
        }
        return true;
    }
    table.iter_mut().any(|(_, value)| in_value(value.get_mut(), span, mend, removed))
}

fn in_value(value: &mut DeValue<'_>, span: &Range<usize>, mend: &Mend<'_>, removed: &mut Vec<String>) -> bool {
    match value {
        DeValue::Table(table) => in_table(table, span, mend, removed),
        DeValue::Array(array) => {
            let Some(at) = array.iter().position(|element| element.span() == *span) else {
                return array.iter_mut().any(|element| in_value(element.get_mut(), span, mend, removed));
            };
            let element = array.get_mut(at).map(Spanned::get_mut);
            if let (Mend::Fill(key), Some(DeValue::Table(table))) = (mend, element) {
                fill(table, key, span);
            } else {
                let kept = array.iter().enumerate().filter(|(index, _)| *index != at);
                *array = kept.map(|(_, element)| element.clone()).collect();
            }
            true
        }
        _ => false,
    }
}
