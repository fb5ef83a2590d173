//! The trait of requests.

use std::ffi::c_void;
use std::sync::Arc;

use winws_api::winhttp::{
    AddRequestHeadersError, HInternet, OpenRequestError, QueryAuthSchemesError, QueryAuthSchemesOutput,
    QueryDataAvailableError, QueryHeadersError, ReadDataError, ReceiveResponseError, Request, SendRequestError,
    SetCredentialsError, WriteDataError, sys,
};
use winws_api::{KeptBuffer, KeptBufferMut, WideChar};

use crate::net::Notice;
use crate::winhttp::asynchronous::{self, First};
use crate::winhttp::codes::{BadArgument, NoChallenge};
use crate::winhttp::headers::{Question, modifiers as modifiers_of};
use crate::winhttp::options::Whose;
use crate::winhttp::request::{Credentials, Opening, Request as RequestObject};
use crate::winhttp::{Object, WinHttp};

// SAFETY: synchronous mode completes an operation before its call returns, and no buffer outlives the call. In asynchronous mode
// the operation owns the buffer, and its completion has it until its callback has returned.
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
        let above = self.entry(connect)?.life;
        let opening = Opening { verb, object_name, version, referrer, accept_types, flags };
        let object = Object::Request(Arc::new(RequestObject::open(&connection, opening)?));
        let life = Self::life_below(above.as_ref(), &object)?;
        Ok(self.insert(object, connect, life))
    }

    fn add_request_headers(
        &self,
        request: HInternet,
        headers: &str,
        modifiers: u32,
    ) -> Result<(), AddRequestHeadersError> {
        Ok(self.request(request)?.change_headers(headers, modifiers_of(modifiers))??)
    }

    /// The Basic scheme alone is there (b9.7).
    fn set_credentials(
        &self,
        request: HInternet,
        auth_targets: u32,
        auth_scheme: u32,
        user_name: Option<&str>,
        password: Option<&str>,
        auth_params: *mut c_void,
    ) -> Result<(), SetCredentialsError> {
        let whose = match auth_targets {
            sys::WINHTTP_AUTH_TARGET_SERVER => Whose::Server,
            sys::WINHTTP_AUTH_TARGET_PROXY => Whose::Proxy,
            _ => return Err(BadArgument.into()),
        };
        // Basic has no default credentials, so it needs a name.
        let (Some(user_name), Some(password)) = (user_name, password) else { return Err(BadArgument.into()) };
        if auth_scheme != sys::WINHTTP_AUTH_SCHEME_BASIC || !auth_params.is_null() {
            return Err(BadArgument.into());
        }
        let credentials = Credentials::new(user_name, password)?;
        Ok(self.request(request)?.set_credentials(whose, credentials)?)
    }

    /// A `context` of 0 leaves the one that the request has.
    fn send_request(
        &self,
        request: HInternet,
        headers: Option<&str>,
        optional: KeptBuffer,
        total_length: u32,
        context: usize,
    ) -> Result<(), SendRequestError> {
        let (object, life) = self.living_request(request)?;
        if context != 0 {
            object.settings().context = context;
        }
        let Some(life) = life else {
            let notify = |notice: Notice<'_>| self.notify(request, notice);
            return Ok(object.send(headers, optional.as_slice(), total_length.into(), &notify)?);
        };
        life.begin_call(sys::API_SEND_REQUEST, First::Crew, || {
            object.begin(headers, optional.as_slice(), total_length.into())?;
            Ok(asynchronous::send(&life, Arc::clone(&object), optional))
        })
    }

    fn write_data(
        &self,
        request: HInternet,
        buffer: KeptBuffer,
        number_of_bytes_written: Option<&mut u32>,
    ) -> Result<(), WriteDataError> {
        let (request, life) = self.living_request(request)?;
        if let Some(life) = life {
            return life.begin_call(sys::API_WRITE_DATA, First::Crew, || {
                request.may_write(buffer.len())?;
                Ok(asynchronous::write(&life, Arc::clone(&request), buffer))
            });
        }
        let written = number_of_bytes_written.ok_or(BadArgument)?;
        *written = 0;
        request.write(buffer.as_slice())?;
        *written = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        Ok(())
    }

    fn receive_response(&self, request: HInternet, reserved: *mut c_void) -> Result<(), ReceiveResponseError> {
        if !reserved.is_null() {
            return Err(BadArgument.into());
        }
        let (object, life) = self.living_request(request)?;
        let Some(life) = life else { return Ok(object.receive_response(&|notice| self.notify(request, notice))?) };
        // What is there already is told before the call returns (b2.1.4).
        life.begin_call(sys::API_RECEIVE_RESPONSE, First::Caller, || {
            object.begin_response()?;
            Ok(asynchronous::receive(&life, Arc::clone(&object)))
        })
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
        let answered =
            self.request(request)?.with_heads(|heads| question.answer::<W>(&heads, buffer, buffer_length, index))?;
        Ok(answered?)
    }

    fn query_data_available(
        &self,
        request: HInternet,
        number_of_bytes_available: Option<&mut u32>,
    ) -> Result<(), QueryDataAvailableError> {
        let (request, life) = self.living_request(request)?;
        if let Some(life) = life {
            return life.begin_call(sys::API_QUERY_DATA_AVAILABLE, First::Crew, || {
                request.may_read()?;
                Ok(asynchronous::available(&life, Arc::clone(&request)))
            });
        }
        // Only asynchronous mode does without it, so the handle comes first.
        let number = number_of_bytes_available.ok_or(BadArgument)?;
        *number = u32::try_from(request.available()?).unwrap_or(u32::MAX);
        Ok(())
    }

    fn read_data(
        &self,
        request: HInternet,
        mut buffer: KeptBufferMut,
        number_of_bytes_read: Option<&mut u32>,
    ) -> Result<(), ReadDataError> {
        let (request, life) = self.living_request(request)?;
        if let Some(life) = life {
            return life.begin_call(sys::API_READ_DATA, First::Crew, || {
                request.may_read()?;
                Ok(asynchronous::read(&life, Arc::clone(&request), buffer))
            });
        }
        let number = number_of_bytes_read.ok_or(BadArgument)?;
        // The page wants it in spite of a failure.
        *number = 0;
        *number = u32::try_from(request.read(buffer.as_mut_slice())?).unwrap_or(u32::MAX);
        Ok(())
    }

    fn query_auth_schemes(&self, request: HInternet) -> Result<QueryAuthSchemesOutput, QueryAuthSchemesError> {
        let challenge = self.request(request)?.with_response(|response| match response.status() {
            401 => Some((sys::WINHTTP_AUTH_TARGET_SERVER, response.schemes("WWW-Authenticate"))),
            407 => Some((sys::WINHTTP_AUTH_TARGET_PROXY, response.schemes("Proxy-Authenticate"))),
            _ => None,
        })?;
        let (auth_target, schemes) = challenge.ok_or(NoChallenge)?;
        let mut numbers = schemes.iter().filter_map(|scheme| number_of(scheme)).peekable();
        let first_scheme = *numbers.peek().ok_or(NoChallenge)?;
        Ok(QueryAuthSchemesOutput {
            supported_schemes: numbers.fold(0, |all, one| all | one),
            first_scheme,
            auth_target,
        })
    }
}

/// The number of a scheme, if it has one.
fn number_of(scheme: &str) -> Option<u32> {
    let numbers = [
        ("Basic", sys::WINHTTP_AUTH_SCHEME_BASIC),
        ("NTLM", sys::WINHTTP_AUTH_SCHEME_NTLM),
        ("Digest", sys::WINHTTP_AUTH_SCHEME_DIGEST),
        ("Negotiate", sys::WINHTTP_AUTH_SCHEME_NEGOTIATE),
    ];
    numbers.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|&(_, number)| number)
}
