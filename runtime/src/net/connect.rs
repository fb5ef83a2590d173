//! Connecting to a host: its addresses, and a race between them, in the caller's thread.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, sockopt};

use super::WAY;
use super::names::{ResolveError, Resolver};
use super::race::{Race, Step};
use super::tcp::{Stream, Way};
use super::wait::{Readiness, Waker, wait_for_any};

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

/// Connects to `host`: a name, or an address without brackets. Blocks until the limits have passed, or until another
/// thread uses the waker.
pub(crate) fn connect(host: &str, port: u16, limits: Limits, waker: &Waker) -> Result<Stream, ConnectError> {
    connect_with(Resolver::system(), WAY, (host, port), limits, waker)
}

fn connect_with(
    resolver: &Resolver,
    way: Way,
    (host, port): (&str, u16),
    limits: Limits,
    waker: &Waker,
) -> Result<Stream, ConnectError> {
    let resolve_by = earlier(limits.resolve.and_then(|limit| Instant::now().checked_add(limit)), limits.deadline);
    let addresses = resolver.resolve(host, port, resolve_by, waker).map_err(|error| match error {
        ResolveError::Failed(error) => ConnectError::NameNotResolved(error),
        ResolveError::TimedOut => ConnectError::TimedOut(Phase::Resolving, None),
        ResolveError::Woken => ConnectError::Cancelled,
    })?;
    let result = run(Race::new(addresses, limits.connect), limits.deadline, waker);
    waker.release();
    Stream::with_way(result?, way).map_err(ConnectError::CannotConnect)
}

/// A socket whose connection is under way.
#[derive(Debug)]
struct Attempt {
    address: SocketAddr,
    socket: OwnedFd,
}

/// Runs the race until it has a winner. The sockets of all others are closed.
fn run(mut race: Race, deadline: Option<Instant>, waker: &Waker) -> Result<TcpStream, ConnectError> {
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
                Ok(socket) => attempts.push(Attempt { address, socket }),
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
                wait_for_attempts(&attempts, until, waker).map_err(ConnectError::CannotConnect)?;
                // The socket of the preferred address is looked at first.
                let mut index = 0;
                while let Some(attempt) = attempts.get(index) {
                    match outcome(attempt) {
                        None => index += 1,
                        Some(Ok(())) => return Ok(TcpStream::from(attempts.swap_remove(index).socket)),
                        Some(Err(error)) => {
                            race.failed(attempt.address);
                            attempts.remove(index);
                            last = Some(error);
                        }
                    }
                }
            }
            // The last attempt that ended says why.
            Step::Lost => return Err(lost(last)),
        }
    }
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

fn wait_for_attempts(attempts: &[Attempt], until: Option<Instant>, waker: &Waker) -> io::Result<()> {
    let Some(pipe) = waker.pipe()? else { return Ok(()) };
    let mut fds: Vec<_> = attempts.iter().map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT)).collect();
    fds.push(PollFd::new(&*pipe, PollFlags::IN));
    wait_for_any(&mut fds, until)?;
    Ok(())
}

/// How an attempt has ended, if it has.
fn outcome(attempt: &Attempt) -> Option<io::Result<()>> {
    let check = || -> io::Result<Option<()>> {
        let mut fds = [PollFd::new(&attempt.socket, PollFlags::OUT)];
        if wait_for_any(&mut fds, Some(Instant::now()))? == Readiness::TimedOut {
            return Ok(None);
        }
        sockopt::socket_error(&attempt.socket)??;
        let local = SocketAddr::try_from(rustix::net::getsockname(&attempt.socket)?)?;
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
mod tests {
    use std::io::Write as _;
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::{Mutex, mpsc};
    use std::thread;

    use super::*;
    use crate::net::tcp::Waited;
    use crate::net::tests::WAYS;

    /// Long enough for an attempt on this machine, which needs microseconds.
    const LONG: Duration = Duration::from_secs(600);

    fn listen(address: &str) -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    /// An address that refuses as long as the socket is kept: its port is taken, and nobody listens.
    fn refusing() -> (OwnedFd, SocketAddr) {
        let socket = new_socket(AddressFamily::INET).unwrap();
        rustix::net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = rustix::net::getsockname(&socket).unwrap().try_into().unwrap();
        (socket, address)
    }

    /// An address that does not answer as long as the sockets are kept: its queue is full.
    fn silent() -> (Vec<OwnedFd>, SocketAddr) {
        let (socket, address) = refusing();
        rustix::net::listen(&socket, 0).unwrap();
        let mut sockets = vec![socket];
        loop {
            sockets.push(start(address).unwrap());
            let mut fds = [PollFd::new(sockets.last().unwrap(), PollFlags::OUT)];
            let soon = Instant::now() + Duration::from_millis(100);
            if wait_for_any(&mut fds, Some(soon)).unwrap() == Readiness::TimedOut {
                return (sockets, address);
            }
        }
    }

    fn to(addresses: &[SocketAddr], limits: Limits) -> Result<Stream, ConnectError> {
        to_until(addresses, limits, &Waker::default())
    }

    fn to_until(addresses: &[SocketAddr], limits: Limits, waker: &Waker) -> Result<Stream, ConnectError> {
        let addresses = addresses.to_vec();
        let resolver = Resolver::new(move |_, _| Ok(addresses.clone()));
        connect_with(&resolver, WAY, ("a.example", 80), limits, waker)
    }

    #[test]
    fn literals_of_both_families_are_connected_to() {
        for (host, bound) in [("127.0.0.1", "127.0.0.1:0"), ("::1", "[::1]:0")] {
            for &way in WAYS {
                let (listener, address) = listen(bound);
                let (resolver, waker) = (Resolver::new(|host, _| panic!("{host} is no name")), Waker::default());
                let target = (host, address.port());
                let stream = connect_with(&resolver, way, target, Limits::default(), &waker).unwrap();
                assert_eq!(stream.peer_address(), address);
                assert!(!waker.holds_descriptors());
                listener.accept().unwrap().0.write_all(b"a").unwrap();
                assert_eq!(stream.read(&mut [0; 8], None, None).unwrap(), Waited::Bytes(1));
            }
        }
    }

    #[test]
    fn localhost_is_found_on_either_family() {
        for bound in ["127.0.0.1:0", "[::1]:0"] {
            let (_listener, address) = listen(bound);
            // Not every system has localhost on IPv6.
            let known = Resolver::system().resolve("localhost", address.port(), None, &Waker::default()).unwrap();
            let stream = connect("localhost", address.port(), Limits::default(), &Waker::default());
            match stream {
                Ok(stream) => assert_eq!(stream.peer_address(), address),
                Err(error) => assert!(!known.contains(&address), "{error:?}"),
            }
        }
    }

    #[test]
    fn the_next_address_is_tried_when_one_refuses() {
        let ((_refusing, refused), (_listener, address)) = (refusing(), listen("[::1]:0"));
        let stream = to(&[refused, address], Limits::default()).unwrap();
        assert_eq!(stream.peer_address(), address);
    }

    #[test]
    fn the_next_address_is_tried_when_one_does_not_answer() {
        let ((_silent, unanswered), (_listener, address)) = (silent(), listen("127.0.0.1:0"));
        for connect in [None, Some(Duration::ZERO), Some(LONG)] {
            // Without any time, even the address that answers is given up unless it does so at once.
            let limits = Limits { connect, ..Limits::default() };
            match to(&[unanswered, address], limits) {
                Ok(stream) => assert_eq!(stream.peer_address(), address),
                Err(error) => assert!(connect == Some(Duration::ZERO), "{error:?}"),
            }
        }
    }

    #[test]
    fn when_every_address_refuses_the_error_says_so() {
        let ((_one, one), (_other, other)) = (refusing(), refusing());
        let error = to(&[one, other], Limits::default()).unwrap_err();
        let ConnectError::CannotConnect(_) = error else { panic!("{error:?}") };
        let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn an_address_that_the_system_refuses_at_once_is_an_error_like_any_other() {
        // There is no TCP to a group of hosts.
        let error = to(&["224.0.0.1:80".parse().unwrap()], Limits::default()).unwrap_err();
        assert!(matches!(error, ConnectError::CannotConnect(_)), "{error:?}");
    }

    #[test]
    fn the_last_attempt_says_why() {
        let ((_silent, unanswered), (_refusing, refused)) = (silent(), refusing());
        let limits = Limits { connect: Some(Duration::from_millis(1)), ..Limits::default() };
        let error = to(&[refused, unanswered], limits).unwrap_err();
        assert!(matches!(error, ConnectError::TimedOut(Phase::Connecting, None)), "{error:?}");
        let error = to(&[unanswered, refused], Limits { connect: Some(LONG), ..Limits::default() }.until(1000));
        assert!(matches!(error, Err(ConnectError::TimedOut(Phase::Connecting, None))), "{error:?}");
    }

    impl Limits {
        fn until(self, millis: u64) -> Self {
            Self { deadline: Some(Instant::now() + Duration::from_millis(millis)), ..self }
        }
    }

    #[test]
    fn a_name_that_is_not_resolved_keeps_the_error_of_the_system() {
        let resolver = Resolver::new(|_, _| Err(io::Error::other("no such name")));
        let target = ("a.example", 80);
        let error = connect_with(&resolver, WAY, target, Limits::default(), &Waker::default()).unwrap_err();
        assert!(matches!(error, ConnectError::NameNotResolved(_)), "{error:?}");
        assert_eq!(error.source().unwrap().to_string(), "no such name");
    }

    #[test]
    fn resolving_ends_with_its_limit_the_deadline_or_the_waker() {
        let ((asked, questions), (answers, answer)) = (mpsc::channel(), mpsc::channel::<()>());
        let (asked, answer) = (Mutex::new(asked), Mutex::new(answer));
        let resolver = Resolver::new(move |_, _| {
            asked.lock().unwrap().send(()).ok();
            answer.lock().unwrap().recv().ok();
            Ok(Vec::new())
        });
        let (waker, target) = (Waker::default(), ("a.example", 80));
        let limit = Limits { resolve: Some(Duration::from_millis(1)), ..Limits::default() };
        for limits in [limit, Limits::default().until(1)] {
            let error = connect_with(&resolver, WAY, target, limits, &waker).unwrap_err();
            assert!(matches!(error, ConnectError::TimedOut(Phase::Resolving, None)), "{error:?}");
        }
        thread::scope(|scope| {
            let connecting = scope.spawn(|| connect_with(&resolver, WAY, target, Limits::default(), &waker));
            questions.recv().unwrap();
            waker.wake();
            let error = connecting.join().unwrap().unwrap_err();
            assert!(matches!(error, ConnectError::Cancelled), "{error:?}");
        });
        drop(answers);
    }

    #[test]
    fn connecting_ends_with_the_waker() {
        let (_silent, address) = silent();
        let (waker, limits) = (Waker::default(), Limits { connect: None, ..Limits::default() });
        thread::scope(|scope| {
            let connecting = scope.spawn(|| to_until(&[address], limits, &waker));
            waker.wake();
            let error = connecting.join().unwrap().unwrap_err();
            assert!(matches!(error, ConnectError::Cancelled), "{error:?}");
        });
        assert!(!waker.holds_descriptors());
    }

    #[test]
    fn a_socket_that_meets_itself_is_refused() {
        let (socket, address) = refusing();
        // It asks for its own port, as a socket with a drawn port can.
        assert!(matches!(rustix::net::connect(&socket, &address), Ok(()) | Err(Errno::INPROGRESS)));
        let error = outcome(&Attempt { address, socket }).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
}
