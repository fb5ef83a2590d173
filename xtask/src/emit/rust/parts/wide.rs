//! The units of wide strings: two bytes on Windows, four where `wchar_t` has those.

use core::fmt::Debug;

/// What a wide string, one of `WCHAR`s in C, is made of: `u16` is a unit of UTF-16, as on Windows; `u32` is one of UTF-32,
/// as in the `wchar_t` of C libraries elsewhere.
///
/// Functions whose strings come out, or stand where only the callee finds them, are generic in it. A runtime makes
/// strings for its caller by [`encode`](Self::encode), and reads the caller's by [`chars`](Self::chars).
///
/// ```
/// use winws_api::WideChar;
///
/// fn length<W: WideChar>(text: &str) -> usize {
///     text.chars().map(|char| W::encode(char, &mut [W::ZERO; 2]).len()).sum()
/// }
///
/// assert_eq!(length::<u16>("\u{1F980}"), 2);
/// assert_eq!(length::<u32>("\u{1F980}"), 1);
/// assert_eq!(u16::chars(&[0x61, 0xD83E]).collect::<Vec<_>>(), [Some('a'), None]);
/// ```
pub trait WideChar: sealed::Sealed + Copy + Debug + Eq + Send + Sync + 'static {
    /// The unit that ends a string.
    const ZERO: Self;

    /// The characters of these units; `None` for what is none.
    fn chars(units: &[Self]) -> impl Iterator<Item = Option<char>>;

    /// The units of a character, of which `to` has room for the most that there can be.
    fn encode(char: char, to: &mut [Self; 2]) -> &[Self];
}

impl WideChar for u16 {
    const ZERO: Self = 0;

    fn chars(units: &[Self]) -> impl Iterator<Item = Option<char>> {
        char::decode_utf16(units.iter().copied()).map(Result::ok)
    }

    fn encode(char: char, to: &mut [Self; 2]) -> &[Self] {
        char.encode_utf16(to)
    }
}

impl WideChar for u32 {
    const ZERO: Self = 0;

    fn chars(units: &[Self]) -> impl Iterator<Item = Option<char>> {
        units.iter().map(|&unit| char::from_u32(unit))
    }

    fn encode(char: char, to: &mut [Self; 2]) -> &[Self] {
        to[0] = char.into();
        &to[..1]
    }
}

mod sealed {
    /// Nothing else is a unit of wide strings.
    pub trait Sealed {}

    impl Sealed for u16 {}
    impl Sealed for u32 {}
}
