//! Bytes to and from the world: streams over TCP, names, and connecting. It decides nothing about what the bytes mean.
//!
//! This is the only place with code for one operating system. There are two ways to block in a read, and [`WAY`] chooses:
//!
//! - On Linux the socket blocks, and a read is one `recv` with the socket's receive timeout. Another thread ends it by
//!   shutting the reading side down, so an idle socket needs no descriptor but its own.
//! - Elsewhere the socket does not block, and a read is `recv` and `poll`. Another thread ends it through a [`Waker`].

#[cfg(not(unix))]
compile_error!(
    "winws cannot wait for a socket and for another thread at once on this system: it needs `poll` for sockets and pipes, \
     which Unix has and Windows has not. See runtime/src/net/wait.rs"
);

pub(crate) mod answering;
mod connect;
mod draining;
pub(crate) mod line;
mod names;
pub(crate) mod pump;
mod race;
pub(crate) mod reactor;
#[cfg(test)]
pub(crate) mod simulated;
mod stream;
mod tcp;
pub(crate) mod times;
pub(crate) mod tls;
mod trace;
mod wait;
pub(crate) mod waits;

use std::io;
use std::net::{SocketAddr, TcpStream};

pub(crate) use connect::{ConnectError, Limits, connect};
pub(crate) use stream::Stream;
pub(crate) use tcp::{Wait, Waited, Way};
use tls::Faults;
pub(crate) use wait::{Interest, Readiness, Waker};

/// What happens while a request is made, for whoever wants to know.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice<'n> {
    /// The name of the server is being resolved.
    Resolving(&'n str),
    /// It has been.
    Resolved(&'n str),
    Connecting(SocketAddr),
    Connected(SocketAddr),
    /// The request is being sent.
    Sending,
    /// So many bytes of it have been sent.
    Sent(usize),
    /// The response is waited for.
    Receiving,
    /// So many bytes of it have come.
    Received(usize),
    /// A response with this status of 1xx has come.
    Interim(u16),
    /// There is no TLS with the server, for these faults.
    Insecure(Faults),
    /// The request goes on to this URL.
    Redirect(&'n str),
}

/// Whoever wants to know.
pub(crate) type Notify<'n> = dyn Fn(Notice<'_>) + Sync + 'n;

/// How reads block on this system. The feature `poll` is for tests on Linux of what other systems do.
pub(crate) const WAY: Way =
    if cfg!(all(target_os = "linux", not(feature = "poll"))) { Way::Blocking } else { Way::Polling };

/// Takes over a socket that a listener has accepted.
pub(crate) fn accepted(socket: TcpStream) -> io::Result<Stream> {
    // Its owner may have set one, and ours is set when it is needed.
    socket.set_read_timeout(None)?;
    Stream::with_way(socket, WAY)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::{Stream, Way};

    /// The ways that this system has.
    pub(super) const WAYS: &[Way] =
        if cfg!(target_os = "linux") { &[Way::Blocking, Way::Polling] } else { &[Way::Polling] };

    pub(super) fn pair(way: Way) -> (Stream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (Stream::with_way(socket, way).unwrap(), listener.accept().unwrap().0)
    }
}
