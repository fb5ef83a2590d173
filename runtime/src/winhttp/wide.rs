//! Wide strings as bytes: values of options and headers, which come and go in buffers without a type.

use winws_api::WideChar;

/// The bytes of a text and of the zero behind it.
pub(super) fn to_bytes<W: WideChar>(text: &str) -> Vec<u8> {
    let mut bytes = without_zero::<W>(text);
    bytes.resize(bytes.len() + size_of::<W>(), 0);
    bytes
}

/// The bytes of a text alone.
pub(super) fn without_zero<W: WideChar>(text: &str) -> Vec<u8> {
    // A unit of winws-api does not show its bytes. There are two types of them.
    if size_of::<W>() == size_of::<u16>() {
        text.encode_utf16().flat_map(u16::to_ne_bytes).collect()
    } else {
        text.chars().map(u32::from).flat_map(u32::to_ne_bytes).collect()
    }
}

/// The text in these bytes, up to its zero. `None` if they are none: half a character, or a lone surrogate.
pub(super) fn from_bytes<W: WideChar>(bytes: &[u8]) -> Option<String> {
    let units = bytes.chunks_exact(size_of::<W>());
    if !units.remainder().is_empty() {
        return None;
    }
    let chars: Option<String> = if size_of::<W>() == size_of::<u16>() {
        let units = units.map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
        char::decode_utf16(units.take_while(|&unit| unit != 0)).map(Result::ok).collect()
    } else {
        let units = units.map(|unit| u32::from_ne_bytes([unit[0], unit[1], unit[2], unit[3]]));
        units.take_while(|&unit| unit != 0).map(char::from_u32).collect()
    };
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_bytes_and_texts_again() {
        assert_eq!(to_bytes::<u16>("a"), ['a' as u16, 0].map(u16::to_ne_bytes).concat());
        assert_eq!(to_bytes::<u32>("a"), [u32::from('a'), 0].map(u32::to_ne_bytes).concat());
        assert_eq!(without_zero::<u16>("a"), u16::to_ne_bytes(0x61));
        assert_eq!(without_zero::<u32>("\u{1d11e}"), u32::to_ne_bytes(0x1_d11e));
        for text in ["", "agent/1.0", "ö€😀"] {
            assert_eq!(from_bytes::<u16>(&to_bytes::<u16>(text)).as_deref(), Some(text));
            assert_eq!(from_bytes::<u32>(&to_bytes::<u32>(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert_eq!(from_bytes::<u16>(&[1]), None);
        assert_eq!(from_bytes::<u32>(&[1, 2]), None);
        assert_eq!(from_bytes::<u16>(&0xd800_u16.to_ne_bytes()), None);
        assert_eq!(from_bytes::<u32>(&0x0011_0000_u32.to_ne_bytes()), None);
    }
}
