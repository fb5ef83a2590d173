//! What `WinHttpOpenRequest` makes of the name of an object: the target of the request line (b1.8.18).

use std::fmt::Write as _;

use winws_api::winhttp::sys;

/// The text cannot stand in a request line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidTarget;

/// The target of this path and query. `flags` are those of `WinHttpOpenRequest`; of them these decide here:
///
/// - `WINHTTP_FLAG_ESCAPE_PERCENT` escapes what a URL must not contain, and every percent sign;
/// - `WINHTTP_FLAG_ESCAPE_DISABLE_QUERY` escapes what a URL must not contain in the path, and not in the query;
/// - without both, and with `WINHTTP_FLAG_ESCAPE_DISABLE`, the text is sent as it is.
///
/// Characters beyond ASCII cannot stand in a request line, so they are always escaped, as UTF-8. Blanks, line ends and zeros
/// that nothing escapes are refused.
pub(crate) fn target(name: Option<&str>, flags: u32) -> Result<String, InvalidTarget> {
    let name = name.unwrap_or_default();
    let has = |flag: u32| flags & flag != 0;
    let escapes_percent = has(sys::WINHTTP_FLAG_ESCAPE_PERCENT);
    let escapes_path =
        !has(sys::WINHTTP_FLAG_ESCAPE_DISABLE) && (escapes_percent || has(sys::WINHTTP_FLAG_ESCAPE_DISABLE_QUERY));
    let escapes_query = escapes_path && !has(sys::WINHTTP_FLAG_ESCAPE_DISABLE_QUERY);
    let (path, query) = name.split_at(name.find('?').unwrap_or(name.len()));
    let mut target = String::with_capacity(name.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    write(&mut target, path, escapes_path, escapes_percent)?;
    write(&mut target, query, escapes_query, escapes_percent)?;
    Ok(target)
}

fn write(target: &mut String, text: &str, escapes: bool, escapes_percent: bool) -> Result<(), InvalidTarget> {
    for char in text.chars() {
        // A request line must not be cut, whatever the flags say.
        if matches!(char, '\r' | '\n' | '\0') {
            return Err(InvalidTarget);
        }
        let is_allowed = match char {
            '%' => !escapes_percent || !escapes,
            _ if !escapes => char.is_ascii_graphic(),
            // RFC 3986 appendix A: unreserved, sub-delims, and what else a path or a query has.
            _ => char.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?".contains(char),
        };
        if is_allowed {
            target.push(char);
        } else if escapes || !char.is_ascii() {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                write!(target, "%{byte:02X}").map_err(|_| InvalidTarget)?;
            }
        } else {
            return Err(InvalidTarget);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, flags: u32, expected: Result<&str, InvalidTarget>) {
        assert_eq!(target(Some(name), flags).as_deref().map_err(|&error| error), expected, "{name:?} with {flags:#x}");
    }

    #[test]
    fn b1_8_18_the_flags_decide_what_is_escaped() {
        const PERCENT: u32 = sys::WINHTTP_FLAG_ESCAPE_PERCENT;
        const DISABLE: u32 = sys::WINHTTP_FLAG_ESCAPE_DISABLE;
        const DISABLE_QUERY: u32 = sys::WINHTTP_FLAG_ESCAPE_DISABLE_QUERY;
        check("/a?b=c", 0, Ok("/a?b=c"));
        check("a/b", 0, Ok("/a/b"));
        check("?q", 0, Ok("/?q"));
        check("/%zz?{}|\"<>^`\\", 0, Ok("/%zz?{}|\"<>^`\\"));
        check("/%zz?{}", DISABLE, Ok("/%zz?{}"));
        check("/%41 {?%41 {", PERCENT, Ok("/%2541%20%7B?%2541%20%7B"));
        check("/%41 {?%41{", DISABLE_QUERY, Ok("/%41%20%7B?%41{"));
        check("/%41 {?%41{", PERCENT | DISABLE_QUERY, Ok("/%2541%20%7B?%41{"));
        check("/ö?ü", 0, Ok("/%C3%B6?%C3%BC"));
        check("/ö", PERCENT, Ok("/%C3%B6"));
        for bad in ["/a b", "/a\r\nX: y", "/a\nb", "/a\0b", "/a\tb", "/?a b"] {
            check(bad, 0, Err(InvalidTarget));
            check(bad, DISABLE, Err(InvalidTarget));
        }
        for bad in ["/a\r", "/a\n", "/\0"] {
            check(bad, PERCENT, Err(InvalidTarget));
        }
        assert_eq!(target(None, 0), Ok("/".to_owned()));
        check("", 0, Ok("/"));
    }
}
