//! Headers of a request or a response, and the characters that a header may have.

/// The headers of a request or a response, in order.
///
/// A name is found in upper and in lower case. Values are bytes, because HTTP allows values that are not UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    list: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<N: Into<Vec<u8>>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(iter: I) -> Self {
        Self { list: iter.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

impl Headers {
    /// All headers, as names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.list.iter().map(|(name, value)| (&name[..], value.trim_ascii()))
    }

    /// The values of all headers of this name, without blanks around them.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.list
            .iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.trim_ascii())
    }

    /// The elements of all headers of this name. The value of each header is a list with commas (RFC 9110 section
    /// 5.6.1).
    ///
    /// The elements of handshake headers have no commas. Quoted parameters of extensions could have commas, but no
    /// known extension has quoted parameters.
    pub fn elements<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let elements = self.values(name).flat_map(|value| value.split(|&byte| byte == b','));
        elements.map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
    }

    /// The value of the only header of this name.
    pub(in crate::protocol) fn only<'h>(&'h self, name: &'h str) -> Option<&'h [u8]> {
        let mut values = self.values(name);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Whether a list has this element, in whichever case.
    pub(in crate::protocol) fn has_token(&self, name: &str, token: &str) -> bool {
        self.elements(name).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    }
}

/// RFC 9110 section 5.6.2.
pub(in crate::protocol) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// RFC 9110 section 5.5, without the obsolete bytes beyond ASCII.
pub(in crate::protocol) fn is_field_value(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t')
}
