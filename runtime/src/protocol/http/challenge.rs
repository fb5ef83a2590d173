//! Challenges of servers and proxies, and the answer of the Basic scheme (RFC 9110 section 11, RFC 7617).

use data_encoding::BASE64;

use super::Response;

/// The scheme that [`Basic`] answers.
const BASIC: &str = "Basic";

/// What `Authorization` says in the Basic scheme: a name and a password that anybody on the way can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    value: String,
}

/// The name has a colon, or one of the two has control characters (RFC 7617 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCredentials;

impl core::fmt::Debug for Basic {
    /// Shows no secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Basic(..)")
    }
}

impl core::fmt::Display for InvalidCredentials {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the name or the password has characters that the Basic scheme cannot send")
    }
}

impl core::error::Error for InvalidCredentials {}

impl Basic {
    /// The answer with this name and password, in UTF-8.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`].
    pub fn new(user: &str, password: &str) -> Result<Self, InvalidCredentials> {
        if user.contains(':') || [user, password].iter().any(|text| text.contains(char::is_control)) {
            return Err(InvalidCredentials);
        }
        let secret = BASE64.encode(format!("{user}:{password}").as_bytes());
        Ok(Self { value: format!("{BASIC} {secret}") })
    }

    /// The value of the header.
    pub(super) fn value(&self) -> &str {
        &self.value
    }
}

impl Response {
    /// The names of the schemes in the challenges of this header, in their order. It is `WWW-Authenticate`, or
    /// `Proxy-Authenticate`.
    pub fn schemes(&self, header: &str) -> Vec<String> {
        let values = self.headers(header).map(|value| String::from_utf8_lossy(value).into_owned());
        values.flat_map(|value| elements(&value).filter_map(scheme).map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

/// Whether one of the challenges in this header is for the Basic scheme.
pub(super) fn offers_basic(response: &Response, header: &str) -> bool {
    response.schemes(header).iter().any(|scheme| scheme.eq_ignore_ascii_case(BASIC))
}

/// The elements of a list whose quoted strings may have commas (RFC 9110 section 5.6).
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let (mut in_quotes, mut is_escaped) = (false, false);
    value.split(move |char| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match char {
            _ if was_escaped => {}
            '\\' if in_quotes => is_escaped = true,
            '"' => in_quotes = !in_quotes,
            ',' => return !in_quotes,
            _ => {}
        }
        false
    })
}

/// The scheme with which an element begins a challenge. An element with only a parameter goes on with the one before.
fn scheme(element: &str) -> Option<&str> {
    let element = element.trim();
    let end = element.find([' ', '\t', '=']).unwrap_or(element.len());
    let (name, rest) = element.split_at(end);
    (!name.is_empty() && !rest.trim_start().starts_with('=')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::http::ResponseReader;

    fn schemes(lines: &str) -> Vec<String> {
        let mut reader = ResponseReader::new();
        reader.receive_bytes(format!("HTTP/1.1 401 No\r\n{lines}\r\n\r\n").as_bytes()).unwrap();
        reader.poll_response().unwrap().schemes("WWW-Authenticate")
    }

    /// The examples of RFC 9110 section 11.6.1 and of RFC 7617, and what servers make of them.
    #[test]
    fn challenges_are_told_from_their_parameters() {
        let newauth =
            r#"WWW-Authenticate: Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\", now""#;
        assert_eq!(schemes(newauth), ["Basic", "Newauth"]);
        assert_eq!(schemes("WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM"), ["Negotiate", "NTLM"]);
        assert_eq!(
            schemes("WWW-Authenticate: Negotiate abc==, basic realm = \"a\", charset=\"UTF-8\""),
            ["Negotiate", "basic"]
        );
        assert_eq!(schemes("WWW-Authenticate: , Digest realm=\"a, Basic b\", nonce=\"c\","), ["Digest"]);
        assert!(schemes("X: Basic").is_empty());
    }

    /// The example of RFC 7617 section 2, and its section 2.1 with UTF-8.
    #[test]
    fn basic_is_the_base64_of_name_and_password() {
        assert_eq!(Basic::new("Aladdin", "open sesame").unwrap().value(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(Basic::new("test", "123£").unwrap().value(), "Basic dGVzdDoxMjPCow==");
        for (user, password) in [("a:b", "c"), ("a\n", "c"), ("a", "\r")] {
            assert_eq!(Basic::new(user, password), Err(InvalidCredentials));
        }
        assert_eq!(format!("{:?}", Basic::new("a", "b").unwrap()), "Basic(..)", "no secret is shown");
    }
}
