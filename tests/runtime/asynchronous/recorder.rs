//! Writes down what status callbacks are told, and lets tests wait for it.
//!
//! It sees to one thing by itself: HANDLE_CLOSING of a handle begins once no other callback of the handle runs, and is the last one.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::c_void;
use std::ptr;
use std::slice;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use winws::ffi::winhttp::HINTERNET;
use winws_api::winhttp::{AsyncResult, WebSocketAsyncResult, WebSocketStatus, sys};

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a callback was told beside the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Information {
    None,
    Number(u32),
    Text(String),
    Handle(usize),
    /// Bytes of the program: their address and what they were.
    Bytes(usize, Vec<u8>),
    /// The 16 bytes of WINHTTP_ASYNC_RESULT: result and error.
    Result(usize, u32),
    /// The 24 bytes of WINHTTP_WEB_SOCKET_ASYNC_RESULT: result, error and operation.
    SocketResult(usize, u32, i32),
    /// WINHTTP_WEB_SOCKET_STATUS: bytes and type.
    Status(u32, i32),
}

/// One call of a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) thread: ThreadId,
    pub(crate) handle: usize,
    pub(crate) context: usize,
    pub(crate) status: u32,
    pub(crate) information: Information,
    pub(crate) length: u32,
}

/// What a program begins, and what one callback ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    SendRequest,
    WriteData,
    ReceiveResponse,
    QueryDataAvailable,
    ReadData,
    Send,
    Receive,
    Shutdown,
    Close,
}

impl Told {
    /// What has ended, if this says that something has.
    pub(crate) fn ends(&self) -> Option<Operation> {
        Some(match (self.status, &self.information) {
            (sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, _) => Operation::SendRequest,
            (sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) => Operation::ReceiveResponse,
            (sys::WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, _) => Operation::QueryDataAvailable,
            (sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(..)) => Operation::Receive,
            (sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE, _) => Operation::ReadData,
            (sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, Information::Status(..)) => Operation::Send,
            (sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, _) => Operation::WriteData,
            (sys::WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, _) => Operation::Shutdown,
            (sys::WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, _) => Operation::Close,
            (sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::SocketResult(_, _, operation)) => {
                match *operation {
                    sys::WINHTTP_WEB_SOCKET_SEND_OPERATION => Operation::Send,
                    sys::WINHTTP_WEB_SOCKET_RECEIVE_OPERATION => Operation::Receive,
                    sys::WINHTTP_WEB_SOCKET_CLOSE_OPERATION => Operation::Close,
                    sys::WINHTTP_WEB_SOCKET_SHUTDOWN_OPERATION => Operation::Shutdown,
                    other => panic!("{other} is no operation"),
                }
            }
            (sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::Result(function, _)) => {
                match u32::try_from(*function).expect("a small number") {
                    sys::API_SEND_REQUEST => Operation::SendRequest,
                    sys::API_WRITE_DATA => Operation::WriteData,
                    sys::API_RECEIVE_RESPONSE => Operation::ReceiveResponse,
                    sys::API_QUERY_DATA_AVAILABLE => Operation::QueryDataAvailable,
                    sys::API_READ_DATA => Operation::ReadData,
                    other => panic!("{other} is no function"),
                }
            }
            (sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, other) => panic!("{other:?} is no error"),
            _ => return None,
        })
    }
}

type Hook = Box<dyn FnMut(&Told) + Send>;

/// What a program does in each callback.
type Program = Arc<dyn Fn(&Told) + Send + Sync>;

/// What was told, in the order in which callbacks began. Its address is the context of the handles.
pub(crate) struct Recorder {
    told: Mutex<Record>,
    changed: Condvar,
}

#[derive(Default)]
struct Record {
    told: Vec<Told>,
    /// How many callbacks have returned.
    returned: usize,
    /// The handles whose callbacks run, one for each.
    running: Vec<usize>,
    /// The handles that have said their last word.
    closed: BTreeSet<usize>,
    /// What no handle may ever do.
    faults: Vec<String>,
    /// What to do within callbacks with a status.
    hooks: VecDeque<(u32, Hook)>,
    /// What to do within all of them.
    program: Option<Program>,
}

/// The handles that were WebSockets when a callback spoke of them. A handle that was closed meanwhile does not say what it was.
static SOCKETS: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// The callback of all tests.
pub(crate) const RECORD: Option<unsafe extern "system" fn(HINTERNET, usize, u32, *mut c_void, u32)> = Some(record);

impl Recorder {
    /// A recorder that lives as long as the process: a callback may come late.
    pub(crate) fn new() -> &'static Self {
        Box::leak(Box::new(Self { told: Mutex::default(), changed: Condvar::new() }))
    }

    /// The context that leads here.
    pub(crate) fn context(&'static self) -> usize {
        ptr::from_ref(self).expose_provenance()
    }

    /// Does something within the next callback with this status.
    pub(crate) fn within(&self, status: u32, hook: impl FnMut(&Told) + Send + 'static) {
        self.lock().hooks.push_back((status, Box::new(hook)));
    }

    /// Does something within every callback from now on.
    pub(crate) fn runs(&self, program: impl Fn(&Told) + Send + Sync + 'static) {
        self.lock().program = Some(Arc::new(program));
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        let record = self.lock();
        assert!(record.faults.is_empty(), "{:?} in {:#?}", record.faults, record.told);
        record.told.clone()
    }

    /// What was told of a handle so far.
    pub(crate) fn of(&self, handle: HINTERNET) -> Vec<Told> {
        self.told().into_iter().filter(|told| told.handle == handle.addr()).collect()
    }

    /// The statuses that a handle was told of so far.
    pub(crate) fn statuses(&self, handle: HINTERNET) -> Vec<u32> {
        self.of(handle).into_iter().map(|told| told.status).collect()
    }

    /// Waits until a handle was told of a status for the n-th time, and that callback has returned.
    pub(crate) fn wait_for(&self, handle: HINTERNET, status: u32, count: usize) -> Told {
        self.wait(|told| {
            told.iter().filter(|told| told.handle == handle.addr() && told.status == status).nth(count - 1).cloned()
        })
    }

    /// Waits until `look` finds something in what was told, and no callback runs.
    pub(crate) fn wait<T>(&self, mut look: impl FnMut(&[Told]) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut record = self.lock();
        loop {
            assert!(record.faults.is_empty(), "{:?} in {:#?}", record.faults, record.told);
            if record.returned == record.told.len()
                && let Some(found) = look(&record.told)
            {
                return found;
            }
            let rest = until.saturating_duration_since(Instant::now());
            assert!(!rest.is_zero(), "it was not told in time: {:#?}", record.told);
            record = self.changed.wait_timeout(record, rest).expect("no callback panics").0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.told.lock().expect("no callback panics")
    }
}

impl Record {
    /// A callback begins.
    fn begin(&mut self, told: &Told) {
        if self.closed.contains(&told.handle) {
            self.faults.push(format!("{told:?} came after HANDLE_CLOSING"));
        }
        if told.status == sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING {
            if self.running.contains(&told.handle) {
                self.faults.push(format!("{told:?} came while another callback of the handle ran"));
            }
            self.closed.insert(told.handle);
        }
        self.running.push(told.handle);
        self.told.push(told.clone());
    }

    fn end(&mut self, handle: usize) {
        let at = self.running.iter().position(|running| *running == handle).expect("it has begun");
        self.running.swap_remove(at);
        self.returned += 1;
    }
}

unsafe extern "system" fn record(
    handle: HINTERNET,
    context: usize,
    status: u32,
    information: *mut c_void,
    length: u32,
) {
    let size = usize::try_from(length).expect("32 bits fit");
    // SAFETY: the pages say what the information is.
    let read = unsafe {
        match status {
            _ if information.is_null() => {
                assert_eq!(length, 0);
                Information::None
            }
            sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED | sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING => {
                assert_eq!(size, size_of::<HINTERNET>());
                let other = *information.cast::<HINTERNET>();
                is_socket(other);
                Information::Handle(other.addr())
            }
            sys::WINHTTP_CALLBACK_STATUS_RESOLVING_NAME
            | sys::WINHTTP_CALLBACK_STATUS_NAME_RESOLVED
            | sys::WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER
            | sys::WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER
            | sys::WINHTTP_CALLBACK_STATUS_REDIRECT => {
                let units = slice::from_raw_parts(information.cast::<u16>(), size);
                Information::Text(String::from_utf16(units.strip_suffix(&[0]).expect("a zero")).expect("UTF-16"))
            }
            sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR if size == size_of::<WebSocketAsyncResult>() => {
                let result = *information.cast::<WebSocketAsyncResult>();
                Information::SocketResult(result.async_result.result, result.async_result.error, result.operation)
            }
            sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR => {
                assert_eq!(size, size_of::<AsyncResult>());
                let result = *information.cast::<AsyncResult>();
                Information::Result(result.result, result.error)
            }
            sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE | sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE
                if is_socket(handle) =>
            {
                assert_eq!((size, size_of::<WebSocketStatus>()), (8, 8));
                let status = *information.cast::<WebSocketStatus>();
                Information::Status(status.bytes_transferred, status.buffer_type)
            }
            sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE | sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE => {
                let bytes = slice::from_raw_parts(information.cast::<u8>(), size).to_vec();
                Information::Bytes(information.addr(), bytes)
            }
            _ => {
                assert_eq!(length, 4);
                Information::Number(*information.cast::<u32>())
            }
        }
    };
    if context == 0 {
        return;
    }
    // SAFETY: the context is the address of a recorder, which lives as long as the process.
    let recorder = unsafe { &*ptr::with_exposed_provenance::<Recorder>(context) };
    let told =
        Told { thread: thread::current().id(), handle: handle.addr(), context, status, information: read, length };
    let (hook, program) = {
        let mut record = recorder.lock();
        record.begin(&told);
        let at = record.hooks.iter().position(|(of, _)| *of == status);
        (at.and_then(|at| record.hooks.remove(at)), record.program.clone())
    };
    recorder.changed.notify_all();
    if let Some((_, mut hook)) = hook {
        hook(&told);
    }
    if let Some(program) = program {
        program(&told);
    }
    recorder.lock().end(told.handle);
    recorder.changed.notify_all();
}

/// Whether a handle is that of a WebSocket (WINHTTP_OPTION_HANDLE_TYPE).
fn is_socket(handle: HINTERNET) -> bool {
    use winws::ffi::winhttp::WinHttpQueryOption;
    let (mut kind, mut size) = (0_u32, 4);
    // SAFETY: there is room for a DWORD.
    let read = unsafe {
        let value = ptr::from_mut(&mut kind).cast();
        WinHttpQueryOption(handle, sys::WINHTTP_OPTION_HANDLE_TYPE, value, &raw mut size)
    };
    let mut sockets = SOCKETS.lock().expect("nothing panics with it");
    let others = [sys::WINHTTP_HANDLE_TYPE_SESSION, sys::WINHTTP_HANDLE_TYPE_CONNECT, sys::WINHTTP_HANDLE_TYPE_REQUEST];
    if read == 1 && !others.contains(&kind) {
        sockets.insert(handle.addr());
    }
    sockets.contains(&handle.addr())
}
