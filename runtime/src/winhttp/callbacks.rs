//! Status callbacks: who is told of what, with which handle and context.

use winws_api::WideChar;
use winws_api::winhttp::{HInternet, StatusCallback, sys};

use super::secure::flags_of;
use super::wide;
use crate::net::Notice;
use crate::raw::callback::{Callback, Information};
use crate::raw::lent::Vouched;

/// Who is told of what happens to an object. What is made from the object takes it over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listener {
    callback: Callback,
    /// Which statuses it is told of.
    mask: u32,
    /// How a text becomes a wide string for it.
    to_bytes: fn(&str) -> Vec<u8>,
    /// How large a character of that is, in bytes.
    size: usize,
}

/// A listener, and the handle and the context with which it is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notifier {
    pub(super) listener: Option<Listener>,
    pub(super) handle: HInternet,
    pub(super) context: usize,
}

impl Listener {
    pub(super) fn new<W: WideChar>(callback: StatusCallback, mask: u32, vouched: Vouched) -> Self {
        Self { callback: Callback::new(callback, vouched), mask, to_bytes: wide::to_bytes::<W>, size: size_of::<W>() }
    }

    pub(super) const fn function(&self) -> StatusCallback {
        self.callback.function()
    }
}

impl Listener {
    /// The flag of all completions has not the bits of these two, and programs that set it wait for them (b2.2.5).
    const fn wants(&self, status: u32) -> bool {
        let of_socket = sys::WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE | sys::WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE;
        let mask =
            if status & of_socket == 0 { status } else { sys::WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | of_socket };
        self.mask & mask != 0
    }
}

impl Notifier {
    pub(super) fn created(&self, handle: HInternet) {
        self.call(sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, Information::Handle(handle));
    }

    pub(super) fn closing(&self) {
        self.call(sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, Information::Handle(self.handle));
    }

    /// Passes on what happens to a request.
    pub(super) fn notify(&self, notice: Notice<'_>) {
        let number = |number: usize| Information::Number(u32::try_from(number).unwrap_or(u32::MAX));
        match notice {
            Notice::Resolving(name) => self.tell(sys::WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, name),
            Notice::Resolved(name) => self.tell(sys::WINHTTP_CALLBACK_STATUS_NAME_RESOLVED, name),
            Notice::Connecting(address) => {
                self.tell(sys::WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, &address.ip().to_string());
            }
            Notice::Connected(address) => {
                self.tell(sys::WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, &address.ip().to_string());
            }
            Notice::Sending => self.call(sys::WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, Information::None),
            Notice::Sent(count) => self.call(sys::WINHTTP_CALLBACK_STATUS_REQUEST_SENT, number(count)),
            Notice::Receiving => self.call(sys::WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, Information::None),
            Notice::Received(count) => self.call(sys::WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, number(count)),
            Notice::Interim(status) => {
                self.call(sys::WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE, number(status.into()));
            }
            Notice::Insecure(faults) => {
                self.call(sys::WINHTTP_CALLBACK_STATUS_SECURE_FAILURE, Information::Number(flags_of(faults)));
            }
            Notice::Redirect(url) => self.tell(sys::WINHTTP_CALLBACK_STATUS_REDIRECT, url),
        }
    }

    fn tell(&self, status: u32, text: &str) {
        if let Some(listener) = &self.listener {
            let bytes = (listener.to_bytes)(text);
            // The length of a text counts its zero (b2.2.18).
            let length = u32::try_from(bytes.len() / listener.size).unwrap_or(u32::MAX);
            self.call(status, Information::Text(&bytes, length));
        }
    }

    pub(super) fn call(&self, status: u32, information: Information<'_>) {
        if let Some(listener) = self.listener.filter(|listener| listener.wants(status)) {
            listener.callback.call(self.handle, self.context, status, information);
        }
    }
}
