//! UTF-8 in pieces: the end of a fragment, of a segment or of the caller's buffer may cut a code point.

use core::str;

/// The bytes are not the start of a UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8;

/// Checks text that comes in pieces, and refuses it at the first wrong byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Utf8Validator {
    /// The first bytes of a code point whose rest is still to come.
    partial: [u8; 4],
    /// How many bytes of `partial` are in use: 0 to 3 between calls.
    length: usize,
}

impl Utf8Validator {
    /// A validator at the start of a text.
    pub const fn new() -> Self {
        Self { partial: [0; 4], length: 0 }
    }

    /// Whether the text may end here: no code point is cut.
    pub const fn is_complete(&self) -> bool {
        self.length == 0
    }

    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`] if the text cannot be UTF-8 any more. The validator cannot be used after an error.
    pub fn receive_bytes(&mut self, bytes: &[u8]) -> Result<(), InvalidUtf8> {
        let mut rest = bytes;
        while self.length > 0 {
            let [next, tail @ ..] = rest else {
                return Ok(());
            };
            self.partial[self.length] = *next;
            self.length += 1;
            rest = tail;
            match str::from_utf8(&self.partial[..self.length]) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_some() => return Err(InvalidUtf8),
                Err(_) => {}
            }
        }
        // Many bytes at a time where the processor can. Only a code point that is cut at the end is looked at by itself.
        let (whole, cut) = rest.split_at(rest.len() - cut_length(rest));
        if simdutf8::basic::from_utf8(whole).is_err() {
            return Err(InvalidUtf8);
        }
        if !cut.is_empty() {
            if str::from_utf8(cut).is_err_and(|error| error.error_len().is_some()) {
                return Err(InvalidUtf8);
            }
            self.partial[..cut.len()].copy_from_slice(cut);
            self.length = cut.len();
        }
        Ok(())
    }
}

/// How many bytes at the end begin a code point that is longer than they are: at most three.
fn cut_length(text: &[u8]) -> usize {
    for (back, &byte) in text.iter().rev().take(3).enumerate() {
        let length = match byte {
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            0x00..=0x7f => 1,
        };
        return if length > back + 1 { back + 1 } else { 0 };
    }
    0
}
