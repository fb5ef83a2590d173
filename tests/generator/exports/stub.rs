//! A runtime that writes down what it was called with, writes to every output, and answers what the test wants.

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use winws_api::ffi::{Fault, Ffi};
use winws_api::{HResult, KeptBuffer, KeptBufferMut, WideChar, Win32Error};
use winws_api::{webservices as ws, websocket as web, winhttp as http};

/// What the stub writes to numbers that go out.
pub(crate) const WRITTEN: u32 = 77;

/// What a test writes to outputs before the call, to see whether they are touched.
pub(crate) const BEFORE: u32 = 0xAAAA_AAAA;

/// The string that the stub lends.
pub(crate) const LENT: &str = "lent \u{1D11E}";

/// The runtime.
#[derive(Debug, Default)]
pub(crate) struct Stub(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    calls: Vec<String>,
    code: u32,
    later: bool,
    panics: bool,
}

impl Stub {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { calls: Vec::new(), code: 0, later: false, panics: false }))
    }

    /// One that fails with a code.
    pub(crate) fn failing(code: u32) -> Self {
        let stub = Self::new();
        stub.state().code = code;
        stub
    }

    /// One whose operations complete later.
    pub(crate) fn later() -> Self {
        let stub = Self::new();
        stub.state().later = true;
        stub
    }

    /// One that panics.
    pub(crate) fn panicking() -> Self {
        let stub = Self::new();
        stub.state().panics = true;
        stub
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What it was called with since the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// The one call.
    pub(crate) fn call(&self) -> String {
        let calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.into_iter().next().unwrap()
    }

    fn note(&self, call: String) {
        assert!(!self.state().panics, "on purpose");
        self.state().calls.push(call);
    }

    fn win32<E: From<Win32Error>>(&self, call: String) -> Result<(), E> {
        self.note(call);
        match self.state().code {
            0 => Ok(()),
            code => Err(Win32Error(code).into()),
        }
    }

    fn hresult<E: From<HResult>>(&self, call: String) -> Result<(), E> {
        self.note(call);
        match self.state().code.cast_signed() {
            0 => Ok(()),
            code => Err(HResult(code).into()),
        }
    }

    /// The success of an operation, of which there are two.
    fn done<S>(&self, done: S, later: S) -> S {
        if self.state().later { later } else { done }
    }
}

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The thread's last error.
pub(crate) fn last_error() -> u32 {
    LAST_ERROR.get()
}

/// The guard of the stub's functions.
#[derive(Debug)]
pub(crate) enum Guard {}

/// What a panic comes out as.
pub(crate) const PANIC: u32 = 12004;

fn run<R, C>(call: impl FnOnce() -> Result<R, Fault<C>>, panic: C, argument: C) -> Result<R, C> {
    let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Fault::Code(panic)));
    result.map_err(|fault| match fault {
        Fault::Argument => argument,
        Fault::Code(code) => code,
    })
}

fn run_win32<R>(call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> Result<R, Win32Error> {
    run(call, Win32Error(PANIC), Win32Error::ERROR_INVALID_PARAMETER)
}

impl Ffi for Guard {
    fn win32(call: impl FnOnce() -> Result<Win32Error, Fault<Win32Error>>) -> u32 {
        run_win32(call).unwrap_or_else(|code| code).0
    }

    fn hresult(call: impl FnOnce() -> Result<HResult, Fault<HResult>>) -> i32 {
        run(call, HResult::E_FAIL, HResult::E_INVALIDARG).unwrap_or_else(|code| code).0
    }

    fn last_error<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R {
        let result = run_win32(call);
        LAST_ERROR.set(result.as_ref().err().map_or(0, |code| code.0));
        result.unwrap_or(failed)
    }

    fn value<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R {
        run_win32(call).unwrap_or(failed)
    }

    fn void(call: impl FnOnce() -> Result<(), Fault<Win32Error>>) {
        run_win32(call).ok();
    }
}

/// Whether there is a value behind a pointer that is not looked at.
fn there<T>(pointer: *const T) -> &'static str {
    if pointer.is_null() { "null" } else { "there" }
}

impl http::Session for Stub {
    fn close_handle(&self, internet: http::HInternet) -> Result<(), http::CloseHandleError> {
        self.win32(format!("close_handle {}", internet.into_raw()))
    }

    fn connect(
        &self,
        session: http::HInternet,
        server_name: &str,
        server_port: u16,
        reserved: u32,
    ) -> Result<http::HInternet, http::ConnectError> {
        self.win32(format!("connect {} {server_name:?} {server_port} {reserved}", session.into_raw()))
            .map(|()| http::HInternet::from_raw(session.into_raw() + 1))
    }

    fn crack_url<W: WideChar>(
        &self,
        url: &[W],
        flags: u32,
        url_components: &mut http::UrlComponents<W>,
    ) -> Result<(), http::CrackUrlError> {
        // Where the host stands in the caller's own URL.
        url_components.host_name = url[7..].as_ptr().cast_mut();
        let size = std::mem::replace(&mut url_components.host_name_length, WRITTEN);
        self.win32(format!("crack_url {:?} {flags} {size}", text(url)))
    }

    fn create_url<W: WideChar>(
        &self,
        url_components: &http::UrlComponents<W>,
        flags: u32,
        url: &mut [W],
        url_length: &mut u32,
    ) -> Result<(), http::CreateUrlError> {
        url.fill(W::encode('u', &mut [W::ZERO; 2])[0]);
        let before = std::mem::replace(url_length, WRITTEN);
        self.win32(format!("create_url {} {flags} {} {before}", url_components.port, url.len()))
    }

    fn open(
        &self,
        agent: Option<&str>,
        access_type: u32,
        proxy: Option<&str>,
        proxy_bypass: Option<&str>,
        flags: u32,
    ) -> Result<http::HInternet, http::OpenError> {
        self.win32(format!("open {agent:?} {access_type} {proxy:?} {proxy_bypass:?} {flags}"))
            .map(|()| http::HInternet::from_raw(41))
    }

    fn query_option<W: WideChar>(
        &self,
        internet: http::HInternet,
        option: u32,
        buffer: &mut [u8],
        buffer_length: &mut u32,
    ) -> Result<(), http::QueryOptionError> {
        let before = std::mem::replace(buffer_length, WRITTEN);
        self.win32(format!("query_option {} {} {option} {} {before}", unit::<W>(), internet.into_raw(), buffer.len()))
    }

    fn set_option<W: WideChar>(
        &self,
        internet: http::HInternet,
        option: u32,
        buffer: &[u8],
    ) -> Result<(), http::SetOptionError> {
        self.win32(format!("set_option {} {} {option} {buffer:?}", unit::<W>(), internet.into_raw()))
    }

    fn set_status_callback<W: WideChar>(
        &self,
        internet: http::HInternet,
        internet_callback: http::StatusCallback,
        notification_flags: u32,
        reserved: usize,
    ) -> Result<http::StatusCallback, http::SetStatusCallbackError> {
        let callback = if internet_callback.is_some() { "there" } else { "null" };
        let internet = internet.into_raw();
        self.win32(format!("set_status_callback {} {internet} {callback} {notification_flags} {reserved}", unit::<W>()))
            .map(|()| internet_callback)
    }

    fn set_timeouts(
        &self,
        internet: http::HInternet,
        resolve_timeout: i32,
        connect_timeout: i32,
        send_timeout: i32,
        receive_timeout: i32,
    ) -> Result<(), http::SetTimeoutsError> {
        let internet = internet.into_raw();
        let timeouts = [resolve_timeout, connect_timeout, send_timeout, receive_timeout];
        self.win32(format!("set_timeouts {internet} {timeouts:?}"))
    }
}

// SAFETY: no buffer outlives the call that it is for.
unsafe impl http::Request for Stub {
    fn add_request_headers(
        &self,
        request: http::HInternet,
        headers: &str,
        modifiers: u32,
    ) -> Result<(), http::AddRequestHeadersError> {
        self.win32(format!("add_request_headers {} {headers:?} {modifiers}", request.into_raw()))
    }

    fn open_request(
        &self,
        connect: http::HInternet,
        verb: Option<&str>,
        object_name: Option<&str>,
        version: Option<&str>,
        referrer: Option<&str>,
        accept_types: &[&str],
        flags: u32,
    ) -> Result<http::HInternet, http::OpenRequestError> {
        let connect = connect.into_raw();
        self.win32(format!(
            "open_request {connect} {verb:?} {object_name:?} {version:?} {referrer:?} {accept_types:?} {flags}"
        ))
        .map(|()| http::HInternet::from_raw(connect + 1))
    }

    fn query_auth_schemes(
        &self,
        request: http::HInternet,
    ) -> Result<http::QueryAuthSchemesOutput, http::QueryAuthSchemesError> {
        self.win32(format!("query_auth_schemes {}", request.into_raw())).map(|()| http::QueryAuthSchemesOutput {
            supported_schemes: 9,
            first_scheme: 8,
            auth_target: 1,
        })
    }

    fn query_data_available(
        &self,
        request: http::HInternet,
        number_of_bytes_available: Option<&mut u32>,
    ) -> Result<(), http::QueryDataAvailableError> {
        let there = number_of_bytes_available.map(|number| *number = WRITTEN).is_some();
        self.win32(format!("query_data_available {} {there}", request.into_raw()))
    }

    fn query_headers<W: WideChar>(
        &self,
        request: http::HInternet,
        info_level: u32,
        name: Option<&str>,
        buffer: &mut [u8],
        buffer_length: &mut u32,
        index: Option<&mut u32>,
    ) -> Result<(), http::QueryHeadersError> {
        let before = std::mem::replace(buffer_length, WRITTEN);
        let index = index.map(|index| std::mem::replace(index, WRITTEN));
        let (request, length) = (request.into_raw(), buffer.len());
        self.win32(format!("query_headers {} {request} {info_level} {name:?} {length} {before} {index:?}", unit::<W>()))
    }

    fn read_data(
        &self,
        request: http::HInternet,
        mut buffer: KeptBufferMut,
        number_of_bytes_read: Option<&mut u32>,
    ) -> Result<(), http::ReadDataError> {
        buffer.as_mut_slice().fill(b'r');
        let before = number_of_bytes_read.map(|number| std::mem::replace(number, WRITTEN));
        self.win32(format!("read_data {} {} {before:?}", request.into_raw(), buffer.len()))
    }

    fn receive_response(
        &self,
        request: http::HInternet,
        reserved: *mut c_void,
    ) -> Result<(), http::ReceiveResponseError> {
        self.win32(format!("receive_response {} {}", request.into_raw(), there(reserved)))
    }

    fn send_request(
        &self,
        request: http::HInternet,
        headers: Option<&str>,
        optional: KeptBuffer,
        total_length: u32,
        context: usize,
    ) -> Result<(), http::SendRequestError> {
        let (request, optional) = (request.into_raw(), optional.as_slice());
        self.win32(format!("send_request {request} {headers:?} {optional:?} {total_length} {context}"))
    }

    fn set_credentials(
        &self,
        request: http::HInternet,
        auth_targets: u32,
        auth_scheme: u32,
        user_name: Option<&str>,
        password: Option<&str>,
        auth_params: *mut c_void,
    ) -> Result<(), http::SetCredentialsError> {
        let (request, params) = (request.into_raw(), there(auth_params));
        let call =
            format!("set_credentials {request} {auth_targets} {auth_scheme} {user_name:?} {password:?} {params}");
        self.win32(call)
    }

    fn write_data(
        &self,
        request: http::HInternet,
        buffer: KeptBuffer,
        number_of_bytes_written: Option<&mut u32>,
    ) -> Result<(), http::WriteDataError> {
        let before = number_of_bytes_written.map(|number| std::mem::replace(number, WRITTEN));
        self.win32(format!("write_data {} {:?} {before:?}", request.into_raw(), buffer.as_slice()))
    }
}

// SAFETY: no buffer outlives the call that it is for.
unsafe impl http::WebSocket for Stub {
    fn web_socket_close(
        &self,
        web_socket: http::HInternet,
        status: u16,
        reason: &[u8],
    ) -> Result<(), http::WebSocketCloseError> {
        self.win32(format!("web_socket_close {} {status} {reason:?}", web_socket.into_raw()))
    }

    fn web_socket_complete_upgrade(
        &self,
        request: http::HInternet,
        context: usize,
    ) -> Result<http::HInternet, http::WebSocketCompleteUpgradeError> {
        self.win32(format!("web_socket_complete_upgrade {} {context}", request.into_raw()))
            .map(|()| http::HInternet::from_raw(request.into_raw() + 1))
    }

    fn web_socket_query_close_status(
        &self,
        web_socket: http::HInternet,
        status: &mut u16,
        reason: &mut [u8],
        reason_length_consumed: &mut u32,
    ) -> Result<(), http::WebSocketQueryCloseStatusError> {
        *status = 1000;
        let before = std::mem::replace(reason_length_consumed, WRITTEN);
        self.win32(format!("web_socket_query_close_status {} {} {before}", web_socket.into_raw(), reason.len()))
    }

    fn web_socket_receive(
        &self,
        web_socket: http::HInternet,
        mut buffer: KeptBufferMut,
        bytes_read: Option<&mut u32>,
        buffer_type: Option<&mut i32>,
    ) -> Result<(), http::WebSocketReceiveError> {
        buffer.as_mut_slice().fill(b'w');
        let read = bytes_read.map(|read| *read = WRITTEN).is_some();
        let type_ = buffer_type.map(|type_| *type_ = 2).is_some();
        self.win32(format!("web_socket_receive {} {} {read} {type_}", web_socket.into_raw(), buffer.len()))
    }

    fn web_socket_send(
        &self,
        web_socket: http::HInternet,
        buffer_type: http::WebSocketBufferType,
        buffer: KeptBuffer,
    ) -> Result<(), http::WebSocketSendError> {
        self.win32(format!("web_socket_send {} {buffer_type} {:?}", web_socket.into_raw(), buffer.as_slice()))
    }

    fn web_socket_shutdown(
        &self,
        web_socket: http::HInternet,
        status: u16,
        reason: &[u8],
    ) -> Result<(), http::WebSocketShutdownError> {
        self.win32(format!("web_socket_shutdown {} {status} {reason:?}", web_socket.into_raw()))
    }
}

impl web::Handles for Stub {
    fn abort_handle(&self, web_socket: web::Handle) {
        self.note(format!("abort_handle {}", web_socket.into_raw()));
    }

    fn create_client_handle(&self, properties: &[web::Property]) -> Result<web::Handle, web::CreateClientHandleError> {
        let properties: Vec<_> = properties.iter().map(|property| (property.type_, property.value_size)).collect();
        self.hresult(format!("create_client_handle {properties:?}")).map(|()| web::Handle::from_raw(51))
    }

    fn create_server_handle(&self, properties: &[web::Property]) -> Result<web::Handle, web::CreateServerHandleError> {
        self.hresult(format!("create_server_handle {}", properties.len())).map(|()| web::Handle::from_raw(52))
    }

    fn delete_handle(&self, web_socket: web::Handle) {
        self.note(format!("delete_handle {}", web_socket.into_raw()));
    }

    fn get_global_property(
        &self,
        type_: web::PropertyType,
        value: &mut [u8],
        size: &mut u32,
    ) -> Result<(), web::GetGlobalPropertyError> {
        value.fill(b'g');
        let before = std::mem::replace(size, WRITTEN);
        self.hresult(format!("get_global_property {type_} {} {before}", value.len()))
    }
}

impl web::Handshake for Stub {
    fn begin_client_handshake(
        &self,
        web_socket: web::Handle,
        subprotocols: &[&str],
        extensions: &[&str],
        initial_headers: &[web::HttpHeader],
    ) -> Result<web::BeginClientHandshakeOutput, web::BeginClientHandshakeError> {
        let (socket, headers) = (web_socket.into_raw(), initial_headers.len());
        self.hresult(format!("begin_client_handshake {socket} {subprotocols:?} {extensions:?} {headers}")).map(|()| {
            let additional_headers = std::ptr::dangling_mut();
            web::BeginClientHandshakeOutput { additional_headers, additional_header_count: WRITTEN }
        })
    }

    fn begin_server_handshake(
        &self,
        web_socket: web::Handle,
        subprotocol_selected: Option<&str>,
        extension_selected: &[&str],
        request_headers: &[web::HttpHeader],
    ) -> Result<web::BeginServerHandshakeOutput, web::BeginServerHandshakeError> {
        let (socket, headers) = (web_socket.into_raw(), request_headers.len());
        self.hresult(format!(
            "begin_server_handshake {socket} {subprotocol_selected:?} {extension_selected:?} {headers}"
        ))
        .map(|()| {
            let response_headers = std::ptr::dangling_mut();
            web::BeginServerHandshakeOutput { response_headers, response_header_count: WRITTEN }
        })
    }

    fn end_client_handshake(
        &self,
        web_socket: web::Handle,
        response_headers: &[web::HttpHeader],
        selected_extensions: &mut [u32],
        selected_extension_count: Option<&mut u32>,
        selected_subprotocol: Option<&mut u32>,
    ) -> Result<(), web::EndClientHandshakeError> {
        selected_extensions.fill(WRITTEN);
        let count = selected_extension_count.map(|count| std::mem::replace(count, WRITTEN));
        let subprotocol = selected_subprotocol.map(|at| *at = WRITTEN).is_some();
        let (socket, headers, room) = (web_socket.into_raw(), response_headers.len(), selected_extensions.len());
        self.hresult(format!("end_client_handshake {socket} {headers} {room} {count:?} {subprotocol}"))
    }

    fn end_server_handshake(&self, web_socket: web::Handle) -> Result<(), web::EndServerHandshakeError> {
        self.hresult(format!("end_server_handshake {}", web_socket.into_raw()))
    }
}

impl web::Transfer for Stub {
    fn complete_action(&self, web_socket: web::Handle, action_context: *mut c_void, bytes_transferred: u32) {
        let context = there(action_context);
        self.note(format!("complete_action {} {context} {bytes_transferred}", web_socket.into_raw()));
    }

    fn get_action(
        &self,
        web_socket: web::Handle,
        action_queue: web::ActionQueue,
        data_buffers: &mut [web::Buffer],
        data_buffer_count: &mut u32,
        action: &mut i32,
        buffer_type: &mut i32,
        application_context: Option<&mut *mut c_void>,
        action_context: &mut *mut c_void,
    ) -> Result<(), web::GetActionError> {
        for buffer in data_buffers.iter_mut() {
            buffer.data = web::BufferData { buffer: std::ptr::dangling_mut(), buffer_length: WRITTEN };
        }
        let before = std::mem::replace(data_buffer_count, WRITTEN);
        *action = 1;
        *buffer_type = 2;
        let application = application_context.map(|context| *context = std::ptr::dangling_mut()).is_some();
        *action_context = std::ptr::dangling_mut();
        let (socket, room) = (web_socket.into_raw(), data_buffers.len());
        self.hresult(format!("get_action {socket} {action_queue} {room} {before} {application}"))
    }

    fn receive(
        &self,
        web_socket: web::Handle,
        buffer: Option<&web::Buffer>,
        context: *mut c_void,
    ) -> Result<(), web::ReceiveError> {
        let buffer = buffer.is_some();
        self.hresult(format!("receive {} {buffer} {}", web_socket.into_raw(), there(context)))
    }

    fn send(
        &self,
        web_socket: web::Handle,
        buffer_type: web::BufferType,
        buffer: Option<&web::Buffer>,
        context: *mut c_void,
    ) -> Result<(), web::SendError> {
        // SAFETY: the tests fill this part of the union.
        let length = buffer.map(|buffer| unsafe { buffer.data }.buffer_length);
        self.hresult(format!("send {} {buffer_type} {length:?} {}", web_socket.into_raw(), there(context)))
    }
}

impl ws::Channels for Stub {
    fn abort_channel(
        &self,
        channel: *mut ws::Channel,
        error: *mut ws::ErrorObject,
    ) -> Result<(), ws::AbortChannelError> {
        self.hresult(format!("abort_channel {} {}", there(channel), there(error)))
    }

    fn close_channel(
        &self,
        channel: *mut ws::Channel,
        async_context: Option<&ws::AsyncContext>,
        error: *mut ws::ErrorObject,
    ) -> Result<ws::CloseChannelSuccess, ws::CloseChannelError> {
        self.hresult(format!("close_channel {} {} {}", there(channel), async_context.is_some(), there(error)))
            .map(|()| self.done(ws::CloseChannelSuccess::Done, ws::CloseChannelSuccess::Async))
    }

    fn create_channel<W: WideChar>(
        &self,
        channel_type: ws::ChannelType,
        channel_binding: ws::ChannelBinding,
        properties: &[ws::ChannelProperty],
        security_description: *const ws::SecurityDescription,
        error: *mut ws::ErrorObject,
    ) -> Result<*mut ws::Channel, ws::CreateChannelError> {
        let (security, error) = (there(security_description), there(error));
        self.hresult(format!(
            "create_channel {} {channel_type} {channel_binding} {} {security} {error}",
            unit::<W>(),
            properties.len()
        ))
        .map(|()| std::ptr::dangling_mut())
    }

    fn free_channel(&self, channel: *mut ws::Channel) {
        self.note(format!("free_channel {}", there(channel)));
    }

    fn get_channel_property<W: WideChar>(
        &self,
        channel: *mut ws::Channel,
        id: ws::ChannelPropertyId,
        value: &mut [u8],
        error: *mut ws::ErrorObject,
    ) -> Result<(), ws::GetChannelPropertyError> {
        value.fill(b'p');
        self.hresult(format!(
            "get_channel_property {} {} {id} {} {}",
            unit::<W>(),
            there(channel),
            value.len(),
            there(error)
        ))
    }

    fn open_channel<W: WideChar>(
        &self,
        channel: *mut ws::Channel,
        endpoint_address: &ws::EndpointAddress<W>,
        async_context: Option<&ws::AsyncContext>,
        error: *mut ws::ErrorObject,
    ) -> Result<ws::OpenChannelSuccess, ws::OpenChannelError> {
        let (channel, later) = (there(channel), async_context.is_some());
        let length = endpoint_address.url.length;
        self.hresult(format!("open_channel {channel} {length} {later} {}", there(error)))
            .map(|()| self.done(ws::OpenChannelSuccess::Done, ws::OpenChannelSuccess::Async))
    }

    fn reset_channel(
        &self,
        channel: *mut ws::Channel,
        error: *mut ws::ErrorObject,
    ) -> Result<(), ws::ResetChannelError> {
        self.hresult(format!("reset_channel {} {}", there(channel), there(error)))
    }

    fn set_channel_property<W: WideChar>(
        &self,
        channel: *mut ws::Channel,
        id: ws::ChannelPropertyId,
        value: &[u8],
        error: *mut ws::ErrorObject,
    ) -> Result<(), ws::SetChannelPropertyError> {
        self.hresult(format!("set_channel_property {} {} {id} {value:?} {}", unit::<W>(), there(channel), there(error)))
    }

    fn shutdown_session_channel(
        &self,
        channel: *mut ws::Channel,
        async_context: Option<&ws::AsyncContext>,
        error: *mut ws::ErrorObject,
    ) -> Result<ws::ShutdownSessionChannelSuccess, ws::ShutdownSessionChannelError> {
        let later = async_context.is_some();
        self.hresult(format!("shutdown_session_channel {} {later} {}", there(channel), there(error)))
            .map(|()| self.done(ws::ShutdownSessionChannelSuccess::Done, ws::ShutdownSessionChannelSuccess::Async))
    }
}

impl ws::ErrorObjects for Stub {
    fn add_error_string<W: WideChar>(
        &self,
        error: *mut ws::ErrorObject,
        string: &ws::WsString<W>,
    ) -> Result<(), ws::AddErrorStringError> {
        let length = string.length as usize;
        // SAFETY: the tests pass strings of their length.
        let units = unsafe { winws_api::ffi::elements(string.chars.cast_const(), length) }.expect("a string");
        self.hresult(format!("add_error_string {} {:?}", there(error), text(&units)))
    }

    fn create_error(&self, properties: &[ws::ErrorProperty]) -> Result<*mut ws::ErrorObject, ws::CreateErrorFailure> {
        self.hresult(format!("create_error {}", properties.len())).map(|()| std::ptr::dangling_mut())
    }

    fn free_error(&self, error: *mut ws::ErrorObject) {
        self.note(format!("free_error {}", there(error)));
    }

    fn get_error_property(
        &self,
        error: *mut ws::ErrorObject,
        id: ws::ErrorPropertyId,
        buffer: &mut [u8],
    ) -> Result<(), ws::GetErrorPropertyError> {
        self.hresult(format!("get_error_property {} {id} {}", there(error), buffer.len()))
    }

    fn get_error_string<W: WideChar>(
        &self,
        error: *mut ws::ErrorObject,
        index: u32,
    ) -> Result<ws::WsString<W>, ws::GetErrorStringError> {
        let lent: Vec<W> = LENT.chars().flat_map(|char| W::encode(char, &mut [W::ZERO; 2]).to_vec()).collect();
        // It is lent as long as the program runs.
        let lent = Vec::leak(lent);
        let length = u32::try_from(lent.len()).expect("it is short");
        self.hresult(format!("get_error_string {} {index}", there(error)))
            .map(|()| ws::WsString { length, chars: lent.as_mut_ptr() })
    }

    fn reset_error(&self, error: *mut ws::ErrorObject) -> Result<(), ws::ResetErrorFailure> {
        self.hresult(format!("reset_error {}", there(error)))
    }

    fn set_error_property(
        &self,
        error: *mut ws::ErrorObject,
        id: ws::ErrorPropertyId,
        value: &[u8],
    ) -> Result<(), ws::SetErrorPropertyError> {
        self.hresult(format!("set_error_property {} {id} {value:?}", there(error)))
    }
}

/// A string of UTF-16 with its zero.
pub(crate) fn utf16(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A string of UTF-32 with its zero.
pub(crate) fn utf32(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).chain([0]).collect()
}

/// A string of bytes with its zero.
pub(crate) fn bytes(text: &str) -> Vec<c_char> {
    text.bytes().map(|byte| c_char::from_ne_bytes([byte])).chain([0]).collect()
}

/// A handle as C has it.
pub(crate) fn handle(raw: usize) -> *mut c_void {
    std::ptr::without_provenance_mut(raw)
}

fn text<W: WideChar>(units: &[W]) -> String {
    W::chars(units).map(|char| char.expect("text")).collect()
}

/// The name of the type of a wide string's units.
fn unit<W: WideChar>() -> &'static str {
    std::any::type_name::<W>()
}
