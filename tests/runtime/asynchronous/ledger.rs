//! What a program has begun, to be compared with what its callbacks say has ended.

use std::ptr;
use std::sync::Mutex;

use winws::ffi::winhttp::HINTERNET;
use winws_api::winhttp::sys;

use super::chat::{self, buffer, wait_for_the_last_words};
use super::recorder::{Operation, Recorder};
use crate::winhttp::c;

/// The calls of a program that succeeded. It lives as long as the process, as its recorder does.
pub(crate) struct Ledger {
    pub(crate) recorder: &'static Recorder,
    begun: Mutex<Vec<(usize, Operation)>>,
}

/// A handle, for callbacks: another thread may have its number only.
pub(crate) fn handle(word: usize) -> HINTERNET {
    ptr::with_exposed_provenance_mut(word)
}

impl Ledger {
    pub(crate) fn new() -> &'static Self {
        Box::leak(Box::new(Self { recorder: Recorder::new(), begun: Mutex::default() }))
    }

    /// Notes a call that has returned.
    pub(crate) fn note(&self, handle: usize, operation: Operation, code: u32) -> u32 {
        if code == 0 {
            self.begun.lock().expect("nothing panics with it").push((handle, operation));
        }
        code
    }

    pub(crate) fn send_request(&'static self, request: usize) -> u32 {
        let code = chat::send_request(handle(request), self.recorder.context());
        self.note(request, Operation::SendRequest, code)
    }

    pub(crate) fn receive_response(&self, request: usize) -> u32 {
        self.note(request, Operation::ReceiveResponse, chat::receive_response(handle(request)))
    }

    pub(crate) fn query_data_available(&self, request: usize) -> u32 {
        let code = c::query_data_available(handle(request), None);
        self.note(request, Operation::QueryDataAvailable, code)
    }

    /// Reads into memory that nobody looks at.
    pub(crate) fn read_data(&self, request: usize, length: u32) -> u32 {
        let room = buffer(usize::try_from(length).unwrap());
        self.note(request, Operation::ReadData, c::read_data(handle(request), Some(room), length, None))
    }

    pub(crate) fn send(&self, socket: usize, kind: i32, bytes: &'static [u8]) -> u32 {
        self.note(socket, Operation::Send, chat::send(handle(socket), kind, bytes))
    }

    /// Receives into memory that nobody looks at.
    pub(crate) fn receive(&self, socket: usize) -> u32 {
        self.note(socket, Operation::Receive, chat::receive(handle(socket), buffer(128).as_mut_ptr(), 128))
    }

    pub(crate) fn shutdown(&self, socket: usize, status: u16) -> u32 {
        self.note(socket, Operation::Shutdown, c::shutdown(handle(socket), status, None, 0))
    }

    pub(crate) fn close(&self, socket: usize, status: u16) -> u32 {
        self.note(socket, Operation::Close, c::close(handle(socket), status, None, 0))
    }

    /// Waits until everything that has begun has ended. Nothing begins meanwhile.
    pub(crate) fn wait_for_all(&self) {
        let begun = self.begun.lock().expect("nothing panics with it").len();
        self.recorder.wait(|told| (told.iter().filter(|told| told.ends().is_some()).count() >= begun).then_some(()));
    }

    /// The status of the response of a request.
    pub(crate) fn status(request: usize) -> u32 {
        let (mut status, mut length) = ([0; 4], 4);
        let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
        assert_eq!(c::query_headers(handle(request), level, None, Some(&mut status), Some(&mut length), None), 0);
        u32::from_ne_bytes(status)
    }

    /// Waits until the closed handles have said their last words, and checks that each operation that began has ended once.
    pub(crate) fn settle(&self, handles: &[usize]) {
        wait_for_the_last_words(self.recorder, &handles.iter().map(|word| handle(*word)).collect::<Vec<_>>());
        let told = self.recorder.told();
        let mut ended: Vec<_> = told.iter().filter_map(|told| Some((told.handle, told.ends()?))).collect();
        let mut begun = self.begun.lock().expect("nothing panics with it").clone();
        begun.sort_unstable();
        ended.sort_unstable();
        assert_eq!(begun, ended, "what began, and what ended: {told:#?}");
    }
}
