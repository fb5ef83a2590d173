//! The headers that a request will be sent with, and the ways in which a program changes them.

use core::fmt;

use super::head::{MAX_HEAD, MAX_HEADERS};
use super::headers::{is_field_value, is_token};

/// Headers that a request may have only once: one that is added takes the place of the one before (RFC 9112 sections 3.2 and
/// 6.3).
const ONCE: [&str; 2] = ["Host", "Content-Length"];

/// What separates a value from one that is appended to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `, `
    Comma,
    /// `; `
    Semicolon,
}

/// What to do with a header if the request has one of the same name. Without any of these the header is added.
///
/// They are the modifiers of WinHttpAddRequestHeaders, and the first that is set decides, in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Fail if there is one.
    pub add_if_new: bool,
    /// Put the header in the place of the one that is there, or remove that if the value is empty.
    pub replace: bool,
    /// Which one of that name to replace, from 0.
    pub index: usize,
    /// Append the value to the first one, if there is one.
    pub coalesce: Option<Separator>,
    /// Add the header. It matters beside `replace` only: without it, there has to be a header to replace.
    pub add: bool,
}

/// Why headers were not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The text is empty, a name is not a token, or a value has line ends, other control characters or characters beyond
    /// ASCII (RFC 9110 sections 5.1 and 5.5).
    Malformed,
    /// There is a header of that name already.
    AlreadyExists,
    /// There is no header of that name to replace, or none with that index.
    NotFound,
    /// The request would have more than 128 headers, or more than [`MAX_HEAD`] bytes of them.
    TooLarge,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the header is malformed",
            Self::AlreadyExists => "the request has a header of that name already",
            Self::NotFound => "the request has no header of that name",
            Self::TooLarge => "the request's headers are too large",
        })
    }
}

impl core::error::Error for FieldError {}

/// Headers whose values are secrets.
const SECRET: [&str; 3] = ["Authorization", "Proxy-Authorization", "Cookie"];

/// The headers of a request, in order and in their own case. None can contain a line end.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    list: Vec<(String, String)>,
}

impl fmt::Debug for Fields {
    /// Shows no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_secret = |name: &str| SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name));
        f.debug_map()
            .entries(self.iter().map(|(name, value)| (name, if is_secret(name) { ".." } else { value })))
            .finish()
    }
}

impl Fields {
    /// No headers.
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// All headers, as names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (&name[..], &value[..]))
    }

    /// The values of all headers of this name, in whichever case.
    pub fn values<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Changes the headers by a text of headers, each `Name: value`, with CR LF or LF between them and perhaps behind the
    /// last one. After an error they are as before.
    ///
    /// # Errors
    ///
    /// [`FieldError`].
    pub fn change(&mut self, text: &str, modifiers: Modifiers) -> Result<(), FieldError> {
        if text.len() > MAX_HEAD {
            return Err(FieldError::TooLarge);
        }
        let mut changed = self.clone();
        for line in text.trim_end_matches(['\r', '\n']).split('\n') {
            let (name, value) = field(line.strip_suffix('\r').unwrap_or(line))?;
            changed.change_one(name, value, modifiers)?;
            // Each line looks for its name in all of them, so there are never many.
            if changed.list.len() > MAX_HEADERS {
                return Err(FieldError::TooLarge);
            }
        }
        *self = changed.bounded()?;
        Ok(())
    }

    /// Makes this the only header of its name. It keeps the place of the first one.
    ///
    /// # Errors
    ///
    /// [`FieldError::Malformed`] and [`FieldError::TooLarge`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        let (name, value) = checked(name, value)?;
        let mut changed = self.clone();
        changed.put_once(name, value);
        *self = changed.bounded()?;
        Ok(())
    }

    /// Adds a header behind the others; one that a request may have only once takes the place of the one before.
    ///
    /// # Errors
    ///
    /// [`FieldError::Malformed`] and [`FieldError::TooLarge`].
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        let (name, value) = checked(name, value)?;
        let mut changed = self.clone();
        changed.add(name, value);
        *self = changed.bounded()?;
        Ok(())
    }

    /// Removes all headers of this name.
    pub fn remove(&mut self, name: &str) {
        self.list.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// The place of a header of this name.
    fn place(&self, name: &str, index: usize) -> Option<usize> {
        let mut places = self.list.iter().enumerate().filter(|(_, (other, _))| other.eq_ignore_ascii_case(name));
        places.nth(index).map(|(place, _)| place)
    }

    fn change_one(&mut self, name: &str, value: &str, modifiers: Modifiers) -> Result<(), FieldError> {
        let first = self.place(name, 0);
        if modifiers.add_if_new && first.is_some() {
            return Err(FieldError::AlreadyExists);
        }
        if modifiers.replace {
            match self.place(name, modifiers.index) {
                Some(place) if value.is_empty() => drop(self.list.remove(place)),
                Some(place) => self.list[place] = (name.to_owned(), value.to_owned()),
                None if !modifiers.add => return Err(FieldError::NotFound),
                // What would be removed is not there.
                None if value.is_empty() => {}
                None => self.add(name, value),
            }
            return Ok(());
        }
        match (modifiers.coalesce, first) {
            (Some(separator), Some(place)) => coalesce(&mut self.list[place].1, value, separator),
            _ => self.add(name, value),
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: &str) {
        if ONCE.iter().any(|once| once.eq_ignore_ascii_case(name)) {
            self.put_once(name, value);
        } else {
            self.list.push((name.to_owned(), value.to_owned()));
        }
    }

    fn put_once(&mut self, name: &str, value: &str) {
        let place = self.place(name, 0).unwrap_or(self.list.len());
        self.remove(name);
        self.list.insert(place, (name.to_owned(), value.to_owned()));
    }

    fn bounded(self) -> Result<Self, FieldError> {
        let size: usize = self.list.iter().map(|(name, value)| name.len() + value.len() + ": \r\n".len()).sum();
        if size > MAX_HEAD || self.list.len() > MAX_HEADERS { Err(FieldError::TooLarge) } else { Ok(self) }
    }
}

fn coalesce(value: &mut String, more: &str, separator: Separator) {
    if !value.is_empty() && !more.is_empty() {
        value.push_str(match separator {
            Separator::Comma => ", ",
            Separator::Semicolon => "; ",
        });
    }
    value.push_str(more);
}

/// The name and the value of a line.
fn field(line: &str) -> Result<(&str, &str), FieldError> {
    let (name, value) = line.split_once(':').ok_or(FieldError::Malformed)?;
    checked(name, value)
}

fn checked<'f>(name: &'f str, value: &'f str) -> Result<(&'f str, &'f str), FieldError> {
    let value = value.trim_matches([' ', '\t']);
    if is_token(name) && is_field_value(value) { Ok((name, value)) } else { Err(FieldError::Malformed) }
}
