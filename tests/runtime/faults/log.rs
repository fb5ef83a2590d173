//! What a run did so far, and the check that each failure stands on the page of its function.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use winws_api::winhttp::{
    CloseHandleError, OpenRequestError, QueryDataAvailableError, QueryHeadersError, ReadDataError,
    ReceiveResponseError, SendRequestError, SetOptionError, WebSocketCloseError, WebSocketCompleteUpgradeError,
    WebSocketQueryCloseStatusError, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError, WriteDataError,
};

/// The failures of a function.
pub(super) trait Documented: Copy + Debug + PartialEq + 'static {
    /// Those that its page lists.
    const LISTED: &'static [Self];
}

macro_rules! documented {
    ($($error:ty),+ $(,)?) => {
        $(impl Documented for $error {
            const LISTED: &'static [Self] = Self::DOCUMENTED;
        })+
    };
}

documented! {
    CloseHandleError, OpenRequestError, QueryDataAvailableError, QueryHeadersError, ReadDataError, ReceiveResponseError,
    SendRequestError, SetOptionError, WebSocketCloseError, WebSocketCompleteUpgradeError, WebSocketQueryCloseStatusError,
    WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError, WriteDataError,
}

/// The calls of one run, in the order in which they began and ended.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: Mutex<Vec<String>>,
    slowest: Mutex<(Duration, &'static str)>,
}

impl Log {
    /// Makes a call, and checks its failure.
    pub(super) fn call<T, E: Documented>(&self, name: &'static str, call: impl FnOnce() -> Result<T, E>) -> Option<T> {
        let result = self.time(name, call);
        let ended = result.as_ref().map_or_else(|error| format!("{error:?}"), |_| "ok".to_owned());
        self.line(format!("{name} -> {ended}"));
        if let Err(error) = &result {
            assert!(E::LISTED.contains(error), "the page of {name} does not list {error:?}");
        }
        result.ok()
    }

    /// Makes a call that has no failures.
    pub(super) fn time<T>(&self, name: &'static str, call: impl FnOnce() -> T) -> T {
        self.line(format!("{name} begins"));
        let began = Instant::now();
        let result = call();
        let mut slowest = lock(&self.slowest);
        *slowest = slowest.max((began.elapsed(), name));
        result
    }

    pub(super) fn line(&self, line: String) {
        lock(&self.lines).push(line);
    }

    /// The call that took longest. This is for a person to read: no test depends on it.
    pub(super) fn slowest(&self) -> (Duration, &'static str) {
        *lock(&self.slowest)
    }

    pub(super) fn text(&self) -> String {
        lock(&self.lines).join("\n")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
