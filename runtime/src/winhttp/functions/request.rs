//! The trait of requests.

use std::ffi::c_void;
use std::sync::Arc;

use winws_api::winhttp::{
    AddRequestHeadersError, HInternet, OpenRequestError, QueryAuthSchemesError, QueryAuthSchemesOutput,
    QueryDataAvailableError, QueryHeadersError, ReadDataError, ReceiveResponseError, Request, SendRequestError,
    SetCredentialsError, WriteDataError,
};
use winws_api::{KeptBuffer, KeptBufferMut, WideChar};

use crate::winhttp::codes::{BadArgument, NoAuthentication};
use crate::winhttp::request::{Opening, Request as RequestObject};
use crate::winhttp::headers::{Question, modifiers as modifiers_of};
use crate::winhttp::{Object, WinHttp};

// SAFETY: synchronous mode completes an operation before its call returns, and no buffer outlives the call.
#[expect(unsafe_code, reason = "the trait wants a promise")]
unsafe impl Request for WinHttp {
    fn open_request(
        &self,
        connect: HInternet,
        verb: Option<&str>,
        object_name: Option<&str>,
        version: Option<&str>,
        referrer: Option<&str>,
        accept_types: &[&str],
        flags: u32,
    ) -> Result<HInternet, OpenRequestError> {
        let connection = self.connection(connect)?;
        let opening = Opening { verb, object_name, version, referrer, accept_types, flags };
        let request = RequestObject::open(&connection, opening)?;
        Ok(self.insert(Object::Request(Arc::new(request)), connect))
    }

    fn add_request_headers(
        &self,
        request: HInternet,
        headers: &str,
        modifiers: u32,
    ) -> Result<(), AddRequestHeadersError> {
        Ok(self.request(request)?.change_headers(headers, modifiers_of(modifiers))??)
    }

    /// Credentials come with authentication, which does not exist yet.
    fn set_credentials(
        &self,
        request: HInternet,
        _auth_targets: u32,
        _auth_scheme: u32,
        _user_name: Option<&str>,
        _password: Option<&str>,
        _auth_params: *mut c_void,
    ) -> Result<(), SetCredentialsError> {
        self.request(request)?;
        Err(NoAuthentication.into())
    }

    /// `context` is for callbacks, which synchronous mode has none of.
    fn send_request(
        &self,
        request: HInternet,
        headers: Option<&str>,
        optional: KeptBuffer,
        total_length: u32,
        context: usize,
    ) -> Result<(), SendRequestError> {
        let request = self.request(request)?;
        if context != 0 {
            request.settings().context = context;
        }
        Ok(request.send(headers, optional.as_slice(), total_length.into())?)
    }

    fn write_data(
        &self,
        request: HInternet,
        buffer: KeptBuffer,
        number_of_bytes_written: Option<&mut u32>,
    ) -> Result<(), WriteDataError> {
        let request = self.request(request)?;
        let written = number_of_bytes_written.ok_or(BadArgument)?;
        request.write(buffer.as_slice())?;
        *written = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        Ok(())
    }

    fn receive_response(&self, request: HInternet, _reserved: *mut c_void) -> Result<(), ReceiveResponseError> {
        Ok(self.request(request)?.receive_response()?)
    }

    fn query_headers<W: WideChar>(
        &self,
        request: HInternet,
        info_level: u32,
        name: Option<&str>,
        buffer: &mut [u8],
        buffer_length: &mut u32,
        index: Option<&mut u32>,
    ) -> Result<(), QueryHeadersError> {
        let question = Question::new(info_level, name)?;
        let answered = self
            .request(request)?
            .with_heads(|heads| question.answer::<W>(&heads, buffer, buffer_length, index))?;
        Ok(answered?)
    }

    fn query_data_available(
        &self,
        request: HInternet,
        number_of_bytes_available: Option<&mut u32>,
    ) -> Result<(), QueryDataAvailableError> {
        let available = self.request(request)?.available()?;
        if let Some(number) = number_of_bytes_available {
            *number = u32::try_from(available).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    fn read_data(
        &self,
        request: HInternet,
        mut buffer: KeptBufferMut,
        number_of_bytes_read: Option<&mut u32>,
    ) -> Result<(), ReadDataError> {
        let read = self.request(request)?.read(buffer.as_mut_slice())?;
        if let Some(number) = number_of_bytes_read {
            *number = u32::try_from(read).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// Schemes come with authentication, which does not exist yet.
    fn query_auth_schemes(&self, request: HInternet) -> Result<QueryAuthSchemesOutput, QueryAuthSchemesError> {
        self.request(request)?;
        Err(NoAuthentication.into())
    }
}
