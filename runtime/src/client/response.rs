//! A response of HTTP as a value.

use std::io::{self, ErrorKind, Read};

use winws_api::winhttp::ReadDataError;

use crate::winhttp::{NotNow, Request};

/// The response to [`Session::get`](super::Session::get). Reading it gives the body.
#[derive(Debug)]
pub struct Response {
    request: Request,
    status: u16,
    status_text: String,
    headers: Vec<(String, String)>,
}

impl Response {
    pub(super) fn new(request: Request) -> Result<Self, NotNow> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (status, status_text, headers) = request.with_response(|response| {
            let headers = response.all().iter().map(|(name, value)| (text(name), text(value))).collect();
            (response.status(), text(response.status_text()), headers)
        })?;
        Ok(Self { request, status, status_text, headers })
    }

    /// The status code, such as 200.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// What the server says beside the status code, such as `OK`; often nothing.
    pub fn status_text(&self) -> &str {
        &self.status_text
    }

    /// Names and values of all headers, in their order. Bytes that are not UTF-8 are replaced.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first header of this name, in whichever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The URL that answered: the last one after redirects.
    pub fn url(&self) -> String {
        // No other call has the request.
        self.request.url().unwrap_or_default()
    }
}

impl Read for Response {
    /// Reads from the body. 0 is its end.
    ///
    /// # Errors
    ///
    /// `TimedOut` if the server is silent for too long; otherwise the connection broke, or the body is not framed as HTTP
    /// wants it. The error within is a [`ReadDataError`].
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.request.read_some(buf).map_err(|failure| {
            let error = ReadDataError::from(failure);
            let kind = if error == ReadDataError::Timeout { ErrorKind::TimedOut } else { ErrorKind::Other };
            io::Error::new(kind, error)
        })
    }
}
