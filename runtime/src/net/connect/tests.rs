//! Connecting to addresses of this machine that accept, refuse or do not answer.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, mpsc};
use std::thread;

use super::*;
use crate::net::tcp::Waited;
use crate::net::tests::WAYS;
use crate::net::waits::{InThread, OnReactor, in_thread};

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

/// Connects in this thread and, with the same arguments, on the reactor: what the latter gave must be of the same kind.
fn connect_now(
    resolver: &Resolver,
    way: Way,
    target: (&str, u16),
    limits: Limits,
    waker: &Waker,
) -> Result<Stream, ConnectError> {
    let began = Instant::now();
    let in_thread = in_thread(connect_with(&InThread, resolver, way, target, limits, waker, &|_| {}));
    // Both have the same time.
    let limits = Limits { deadline: limits.deadline.map(|deadline| deadline + began.elapsed()), ..limits };
    let lease = Lease::get().unwrap();
    let reacting = OnReactor::new(Arc::clone(&lease));
    let on_reactor = lease.block_on(connect_with(&reacting, resolver, way, target, limits, waker, &|_| {}));
    let kind =
        |result: &Result<Stream, ConnectError>| result.as_ref().map(Stream::peer_address).map_err(ToString::to_string);
    assert_eq!(kind(&in_thread), kind(&on_reactor));
    in_thread
}

fn to(addresses: &[SocketAddr], limits: Limits) -> Result<Stream, ConnectError> {
    to_until(addresses, limits, &Waker::default())
}

fn to_until(addresses: &[SocketAddr], limits: Limits, waker: &Waker) -> Result<Stream, ConnectError> {
    let addresses = addresses.to_vec();
    let resolver = Resolver::new(move |_, _| Ok(addresses.clone()));
    connect_now(&resolver, WAY, ("a.example", 80), limits, waker)
}

#[test]
fn literals_of_both_families_are_connected_to() {
    // The loopback interface is the first one.
    for (host, bound) in [("127.0.0.1", "127.0.0.1:0"), ("::1", "[::1]:0"), ("::1%1", "[::1]:0")] {
        for &way in WAYS {
            let (listener, address) = listen(bound);
            let (resolver, waker) = (Resolver::new(|host, _| panic!("{host} is no name")), Waker::default());
            let target = (host, address.port());
            let stream = connect_now(&resolver, way, target, Limits::default(), &waker).unwrap();
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
        let known =
            in_thread(Resolver::system().resolve(&InThread, "localhost", address.port(), None, &Waker::default()));
        let known = known.unwrap();
        let stream =
            in_thread(connect(&InThread, "localhost", address.port(), Limits::default(), &Waker::default(), &|_| {}));
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
    let error = connect_now(&resolver, WAY, target, Limits::default(), &Waker::default()).unwrap_err();
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
        let error = connect_now(&resolver, WAY, target, limits, &waker).unwrap_err();
        assert!(matches!(error, ConnectError::TimedOut(Phase::Resolving, None)), "{error:?}");
    }
    thread::scope(|scope| {
        let connecting = scope.spawn(|| connect_now(&resolver, WAY, target, Limits::default(), &waker));
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
    let error = outcome(&Attempt::new(address, socket)).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

/// A user who sees that a connection was refused has to know which one.
#[test]
fn a_proxy_that_is_not_reached_is_named() {
    let refused = || io::Error::from_raw_os_error(Errno::CONNREFUSED.raw_os_error());
    let ConnectError::CannotConnect(error) = ConnectError::CannotConnect(refused()).of_proxy("proxy.corp", 3128) else {
        panic!("its kind stays")
    };
    assert_eq!(error.to_string(), "the proxy proxy.corp at port 3128 was not reached");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(error.source().map(ToString::to_string), Some(refused().to_string()));
    let late = ConnectError::TimedOut(Phase::Connecting, None).of_proxy("proxy.corp", 3128);
    assert!(matches!(late, ConnectError::TimedOut(Phase::Connecting, Some(_))), "{late:?}");
}
