//! What an error object holds: texts for people, the code of the component that failed first, and the language of the texts.

use core::any::Any;
use core::cell::OnceCell;

use winws_api::{HResult, WideChar};

/// English of the United States, the language of our own texts.
const ENGLISH: u16 = 0x0409;

/// The content of an error object.
#[derive(Debug)]
pub(super) struct Details {
    /// The oldest comes first.
    texts: Vec<Text>,
    code: u32,
    /// The text of the code, once somebody has read it.
    code_text: OnceCell<Text>,
    /// Texts of earlier codes, which somebody may still read.
    outdated: Vec<Text>,
    language: u16,
    first_language: u16,
}

/// The language cannot be changed, because there is something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotEmpty;

/// There is no memory for a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoMemory;

impl Details {
    /// An empty object. Without a language it has ours.
    pub(super) fn new(language: Option<u16>) -> Self {
        let language = language.unwrap_or(ENGLISH);
        Self {
            texts: Vec::new(),
            code: 0,
            code_text: OnceCell::new(),
            outdated: Vec::new(),
            language,
            first_language: language,
        }
    }

    /// Adds a text, which comes before all others.
    pub(super) fn add<W: WideChar>(&mut self, units: Box<[W]>) -> Result<(), NoMemory> {
        self.texts.try_reserve(1).map_err(|_| NoMemory)?;
        self.texts.push(Text::new(units));
        Ok(())
    }

    /// How many texts there are, with that of the code.
    pub(super) fn count(&self) -> usize {
        self.texts.len() + usize::from(self.code != 0)
    }

    /// A text, whose memory stays where it is until the object is emptied.
    pub(super) fn text<W: WideChar>(&self, index: usize) -> Option<&[W]> {
        let text = match self.texts.len().checked_sub(index.saturating_add(1)) {
            Some(place) => &self.texts[place],
            None if index < self.count() => self.code_text.get_or_init(|| of_code(self.code)),
            None => return None,
        };
        Some(text.units())
    }

    pub(super) const fn code(&self) -> u32 {
        self.code
    }

    pub(super) fn set_code(&mut self, code: u32) {
        self.code = code;
        self.outdated.extend(self.code_text.take());
    }

    pub(super) const fn language(&self) -> u16 {
        self.language
    }

    pub(super) fn set_language(&mut self, language: u16) -> Result<(), NotEmpty> {
        if self.count() > 0 {
            return Err(NotEmpty);
        }
        self.language = language;
        Ok(())
    }

    /// Empties it. Nobody reads its texts any more.
    pub(super) fn reset(&mut self) {
        *self = Self::new(Some(self.first_language));
    }
}

/// What is known of a code.
fn of_code(code: u32) -> Text {
    let code = HResult(code.cast_signed());
    let text = match code.text() {
        Some(text) => format!("{code}: {text}"),
        None => code.to_string(),
    };
    Text::new(text.encode_utf16().collect::<Box<[u16]>>())
}

/// A text in the units in which it was added, and in the others, once somebody has asked for them. Programs of one process may have
/// wide characters of either size.
#[derive(Debug)]
struct Text {
    added: Box<dyn Any + Send>,
    converted: OnceCell<Box<dyn Any + Send>>,
}

impl Text {
    fn new<W: WideChar>(units: Box<[W]>) -> Self {
        Self { added: Box::new(units), converted: OnceCell::new() }
    }

    fn units<W: WideChar>(&self) -> &[W] {
        let in_place = |units: &'_ (dyn Any + Send)| units.is::<Box<[W]>>();
        let units =
            if in_place(&*self.added) { &self.added } else { self.converted.get_or_init(|| self.convert::<W>()) };
        units.downcast_ref::<Box<[W]>>().map_or(&[], |units| &units[..])
    }

    /// Half of a surrogate pair becomes U+FFFD.
    fn convert<W: WideChar>(&self) -> Box<dyn Any + Send> {
        let chars: Vec<Option<char>> =
            match (self.added.downcast_ref::<Box<[u16]>>(), self.added.downcast_ref::<Box<[u32]>>()) {
                (Some(units), _) => u16::chars(units).collect(),
                (_, Some(units)) => u32::chars(units).collect(),
                _ => Vec::new(),
            };
        let mut units: Vec<W> = Vec::new();
        for char in chars {
            let mut pair = [W::ZERO; 2];
            units.extend_from_slice(W::encode(char.unwrap_or(char::REPLACEMENT_CHARACTER), &mut pair));
        }
        Box::new(units.into_boxed_slice())
    }
}
