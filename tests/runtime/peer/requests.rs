//! Requests for a WebSocket, by the functions of winhttp.h.

use winws::WinHttp;
use winws_api::winhttp::{HInternet, Request, Session, sys};
use winws_api::{KeptBuffer, Win32Error};

/// Requests for a WebSocket in few words: the calls that most programs make in a row.
pub trait UpgradeRequests {
    /// Opens a session, a connection and a request for this `ws://` URL with these headers. The request alone stays open.
    ///
    /// # Errors
    ///
    /// The code of the first call that fails.
    fn open_request(&self, url: &str, headers: &[(&str, &str)]) -> Result<HInternet, Win32Error>;
    /// Connects and sends the request.
    ///
    /// # Errors
    ///
    /// The code of the call.
    fn send_request(&self, request: HInternet) -> Result<(), Win32Error>;
    /// Waits for the response.
    ///
    /// # Errors
    ///
    /// The code of the call.
    fn receive_response(&self, request: HInternet) -> Result<(), Win32Error>;
    /// The status of the response.
    ///
    /// # Errors
    ///
    /// The code of the call.
    fn status_code(&self, request: HInternet) -> Result<u16, Win32Error>;
    /// The first header of this name in the response, if there is one.
    ///
    /// # Errors
    ///
    /// The code of the call.
    fn response_header(&self, request: HInternet, name: &str) -> Result<Option<String>, Win32Error>;
    /// Closes a handle of any kind.
    ///
    /// # Errors
    ///
    /// The code of the call.
    fn close_handle(&self, handle: HInternet) -> Result<(), Win32Error>;
}

impl UpgradeRequests for WinHttp {
    fn open_request(&self, url: &str, headers: &[(&str, &str)]) -> Result<HInternet, Win32Error> {
        let (authority, target) = url.strip_prefix("ws://").expect("a WebSocket").split_once('/').expect("a path");
        let (host, port) = authority.rsplit_once(':').expect("a port");
        let session = self.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0)?;
        let connection = Session::connect(self, session, host, port.parse().expect("a port"), 0);
        Session::close_handle(self, session)?;
        let connection = connection?;
        let target = format!("/{target}");
        let request = Request::open_request(self, connection, None, Some(&target), None, None, &[], 0);
        Session::close_handle(self, connection)?;
        let request = request?;
        self.set_option::<u16>(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[])?;
        for (name, value) in headers {
            self.add_request_headers(request, &format!("{name}: {value}"), sys::WINHTTP_ADDREQ_FLAG_ADD)?;
        }
        Ok(request)
    }

    fn send_request(&self, request: HInternet) -> Result<(), Win32Error> {
        Ok(Request::send_request(self, request, None, KeptBuffer::EMPTY, 0, 0)?)
    }

    fn receive_response(&self, request: HInternet) -> Result<(), Win32Error> {
        Ok(Request::receive_response(self, request, std::ptr::null_mut())?)
    }

    fn status_code(&self, request: HInternet) -> Result<u16, Win32Error> {
        let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
        let (mut status, mut length) = ([0; 4], 4);
        self.query_headers::<u16>(request, level, None, &mut status, &mut length, None)?;
        Ok(u16::try_from(u32::from_ne_bytes(status)).expect("a status"))
    }

    fn response_header(&self, request: HInternet, name: &str) -> Result<Option<String>, Win32Error> {
        let (mut buffer, mut length) = ([0; 1024], 1024);
        let level = sys::WINHTTP_QUERY_CUSTOM;
        match self.query_headers::<u16>(request, level, Some(name), &mut buffer, &mut length, None) {
            Ok(()) => {}
            Err(error) if Win32Error::from(error) == Win32Error::ERROR_WINHTTP_HEADER_NOT_FOUND => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let units: Vec<u16> =
            buffer[..length as usize].chunks(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
        Ok(Some(String::from_utf16(&units).expect("a header is text")))
    }

    fn close_handle(&self, handle: HInternet) -> Result<(), Win32Error> {
        Ok(Session::close_handle(self, handle)?)
    }
}
