//! Extensions as headers name them (RFC 6455 section 9.1).

use crate::protocol::http::{is_field_value, is_token};

/// The name of an extension, without its parameters.
pub(in crate::protocol) fn extension_name(extension: &[u8]) -> &[u8] {
    let end = extension.iter().position(|&byte| byte == b';').unwrap_or(extension.len());
    extension[..end].trim_ascii()
}

/// Whether a text may be one element of a list of extensions: a token, and parameters behind it.
pub(in crate::protocol) fn is_extension(text: &str) -> bool {
    let name = text.split(';').next().unwrap_or_default().trim();
    is_token(name) && is_field_value(text) && !text.contains(',')
}
