//! Connecting to a host: its addresses, and a race between them.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, sockopt};

use super::names::{ResolveError, Resolver};
use super::race::{Race, Step};
use super::reactor::{Direction, Lease, Registration};
use super::stream::Stream;
use super::tcp::Way;
use super::wait::{Readiness, Waker, wait_for_any};
use super::waits::Waits;
use super::{Notice, Notify, WAY};

/// How long connecting may take. `None` is no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For the addresses of the name.
    pub(crate) resolve: Option<Duration>,
    /// For each address.
    pub(crate) connect: Option<Duration>,
    /// For everything.
    pub(crate) deadline: Option<Instant>,
}

impl Default for Limits {
    /// WinHTTP's limits: none for the name, 60 s for each address.
    fn default() -> Self {
        Self { resolve: None, connect: Some(Duration::from_secs(60)), deadline: None }
    }
}

/// What was going on when time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Resolving,
    Connecting,
}

/// Why there is no stream.
#[derive(Debug)]
pub(crate) enum ConnectError {
    NameNotResolved(io::Error),
    /// No address of the host took the connection; what the last one answered.
    CannotConnect(io::Error),
    /// The limit of this phase has passed, or the deadline. When the system gave up the last address, its error.
    TimedOut(Phase, Option<io::Error>),
    /// The waker was used.
    Cancelled,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameNotResolved(_) => "the name could not be resolved",
            Self::CannotConnect(_) => "no address of the host took the connection",
            Self::TimedOut(Phase::Resolving, _) => "resolving the name took too long",
            Self::TimedOut(Phase::Connecting, _) => "connecting took too long",
            Self::Cancelled => "connecting was given up",
        })
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NameNotResolved(error) | Self::CannotConnect(error) | Self::TimedOut(_, Some(error)) => Some(error),
            Self::TimedOut(_, None) | Self::Cancelled => None,
        }
    }
}

impl ConnectError {
    /// What was to be connected to is a proxy, which the error of the system does not say.
    pub(crate) fn of_proxy(self, host: &str, port: u16) -> Self {
        let of = |error: io::Error| {
            io::Error::new(error.kind(), UnreachedProxy { host: host.to_owned(), port, source: error })
        };
        match self {
            Self::NameNotResolved(error) => Self::NameNotResolved(of(error)),
            Self::CannotConnect(error) => Self::CannotConnect(of(error)),
            Self::TimedOut(phase, error) => {
                Self::TimedOut(phase, Some(of(error.unwrap_or_else(|| ErrorKind::TimedOut.into()))))
            }
            Self::Cancelled => Self::Cancelled,
        }
    }
}

/// A proxy that was not reached.
#[derive(Debug)]
struct UnreachedProxy {
    host: String,
    port: u16,
    source: io::Error,
}

impl fmt::Display for UnreachedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} at port {} was not reached", self.host, self.port)
    }
}

impl Error for UnreachedProxy {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// Connects to `host`: a name, or an address without brackets. It waits until the limits have passed, or until somebody uses the
/// waker.
pub(crate) async fn connect<W: Waits>(
    waits: &W,
    host: &str,
    port: u16,
    limits: Limits,
    waker: &Waker,
    notify: &Notify<'_>,
) -> Result<Stream, ConnectError> {
    connect_with(waits, Resolver::system(), WAY, (host, port), limits, waker, notify).await
}

async fn connect_with<W: Waits>(
    waits: &W,
    resolver: &Resolver,
    way: Way,
    (host, port): (&str, u16),
    limits: Limits,
    waker: &Waker,
    notify: &Notify<'_>,
) -> Result<Stream, ConnectError> {
    notify(Notice::Resolving(host));
    let resolve_by = earlier(limits.resolve.and_then(|limit| Instant::now().checked_add(limit)), limits.deadline);
    let addresses = resolver.resolve(waits, host, port, resolve_by, waker).await.map_err(|error| match error {
        ResolveError::Failed(error) => ConnectError::NameNotResolved(error),
        ResolveError::TimedOut => ConnectError::TimedOut(Phase::Resolving, None),
        ResolveError::Woken => ConnectError::Cancelled,
    })?;
    notify(Notice::Resolved(host));
    if let Some(&first) = addresses.first() {
        notify(Notice::Connecting(first));
    }
    let result = run(waits, Race::new(addresses, limits.connect), limits.deadline, waker).await;
    waker.release();
    let (socket, address) = result?;
    notify(Notice::Connected(address));
    Stream::with_way(socket, way).map_err(ConnectError::CannotConnect)
}

/// A socket whose connection is under way.
#[derive(Debug)]
pub(crate) struct Attempt {
    address: SocketAddr,
    /// It is taken out of the winner only.
    socket: Option<OwnedFd>,
    registration: OnceLock<Registration>,
}

impl Attempt {
    const fn new(address: SocketAddr, socket: OwnedFd) -> Self {
        Self { address, socket: Some(socket), registration: OnceLock::new() }
    }

    fn socket(&self) -> &OwnedFd {
        self.socket.as_ref().expect("it has not won yet")
    }

    /// Whether another look is worth it; until then the task is to be woken.
    pub(super) fn poll_ready(&self, lease: &Arc<Lease>, context: &Context<'_>) -> io::Result<Poll<()>> {
        if let Some(registration) = self.registration.get() {
            return Ok(registration.source().write.poll_ready(context));
        }
        self.registration.set(lease.register(self.socket().as_fd())?).ok();
        // It may have ended before.
        Ok(Poll::Ready(()))
    }

    fn win(mut self) -> (TcpStream, SocketAddr) {
        self.forget();
        (TcpStream::from(self.socket.take().expect("it wins once")), self.address)
    }

    fn forget(&mut self) {
        if let (Some(registration), Some(socket)) = (self.registration.take(), &self.socket) {
            registration.end(socket.as_fd());
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Runs the race until it has a winner. The sockets of all others are closed.
async fn run<W: Waits>(
    waits: &W,
    mut race: Race,
    deadline: Option<Instant>,
    waker: &Waker,
) -> Result<(TcpStream, SocketAddr), ConnectError> {
    let begin = Instant::now();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut last = None;
    loop {
        if waker.is_woken() {
            return Err(ConnectError::Cancelled);
        }
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(ConnectError::TimedOut(Phase::Connecting, None));
        }
        match race.next(begin.elapsed()) {
            Step::Start(address) => match start(address) {
                Ok(socket) => {
                    attempts.push(Attempt::new(address, socket));
                    // On one machine a connection is there at once, and a wait needs descriptors.
                    if let Some(won) = look(&mut attempts, &mut race, &mut last) {
                        return Ok(won);
                    }
                }
                Err(error) => {
                    last = Some(error);
                    race.failed(address);
                }
            },
            Step::GiveUp(address) => {
                attempts.retain(|attempt| attempt.address != address);
                last = None;
            }
            Step::Wait(until) => {
                let until = earlier(until.and_then(|until| begin.checked_add(until)), deadline);
                waits.attempts(&attempts, until, waker).await.map_err(ConnectError::CannotConnect)?;
                if let Some(won) = look(&mut attempts, &mut race, &mut last) {
                    return Ok(won);
                }
            }
            // The last attempt that ended says why.
            Step::Lost => return Err(lost(last)),
        }
    }
}

/// Looks which attempts have ended, without waiting: the winner and its address. The preferred address is looked at first.
fn look(attempts: &mut Vec<Attempt>, race: &mut Race, last: &mut Option<io::Error>) -> Option<(TcpStream, SocketAddr)> {
    let mut index = 0;
    while let Some(attempt) = attempts.get(index) {
        match outcome(attempt) {
            None => index += 1,
            Some(Ok(())) => return Some(attempts.swap_remove(index).win()),
            Some(Err(error)) => {
                race.failed(attempt.address);
                attempts.remove(index);
                *last = Some(error);
            }
        }
    }
    None
}

fn lost(last: Option<io::Error>) -> ConnectError {
    match last {
        Some(error) if error.kind() != ErrorKind::TimedOut => ConnectError::CannotConnect(error),
        last => ConnectError::TimedOut(Phase::Connecting, last),
    }
}

fn start(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = new_socket(family)?;
    match rustix::net::connect(&socket, &address) {
        // An interrupted connect goes on by itself.
        Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
        Err(error) => Err(error.into()),
    }
}

/// A socket that does not block, and that programs started by this one do not inherit.
#[cfg(not(target_vendor = "apple"))]
fn new_socket(family: AddressFamily) -> io::Result<OwnedFd> {
    use rustix::net::{SocketFlags, socket_with};
    Ok(socket_with(family, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None)?)
}

/// Apple's systems set both only afterwards.
#[cfg(target_vendor = "apple")]
fn new_socket(family: AddressFamily) -> io::Result<OwnedFd> {
    let socket = rustix::net::socket(family, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    Ok(socket)
}

/// Blocks until one of the attempts may have ended.
pub(super) fn wait_for_attempts(attempts: &[Attempt], until: Option<Instant>, waker: &Waker) -> io::Result<()> {
    let Some(pipe) = waker.pipe()? else { return Ok(()) };
    let mut fds: Vec<_> = attempts.iter().map(|attempt| PollFd::new(attempt.socket(), PollFlags::OUT)).collect();
    fds.push(PollFd::new(&*pipe, PollFlags::IN));
    wait_for_any(&mut fds, until)?;
    Ok(())
}

/// How an attempt has ended, if it has.
fn outcome(attempt: &Attempt) -> Option<io::Result<()>> {
    let write = attempt.registration.get().map(|registration| &registration.source().write);
    let count = write.and_then(Direction::count);
    let check = || -> io::Result<Option<()>> {
        let mut fds = [PollFd::new(attempt.socket(), PollFlags::OUT)];
        if wait_for_any(&mut fds, Some(Instant::now()))? == Readiness::TimedOut {
            if let (Some(write), Some(count)) = (write, count) {
                write.exhaust(count);
            }
            return Ok(None);
        }
        sockopt::socket_error(attempt.socket())??;
        let local = SocketAddr::try_from(rustix::net::getsockname(attempt.socket())?)?;
        if local == attempt.address {
            // A socket that asks for a free port of its own machine may draw the very port, and meet itself.
            return Err(ErrorKind::ConnectionRefused.into());
        }
        Ok(Some(()))
    };
    check().transpose()
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests;
