//! Reading on after another thread's read was ended.

use std::io;
use std::time::Instant;

use super::tcp::{Tcp, Waited, Way};
use super::wait::{Interest, Readiness};

/// Reads what still comes on a stream after [`Tcp::wake_reader`].
///
/// Where that has shut the reading side down, two things change. `poll` finds the socket readable all the time, so
/// waits are for changes, by an edge-triggered epoll made for this. And a `recv` of nothing is no end, so the state
/// of the connection says whether the peer has ended.
///
/// Linux also stops telling the peer about room that reads make, so a peer that has filled the receive queue goes on only
/// by its own probes, 200 ms apart and more. A buffer that takes the whole queue at once, of 1 MiB say, avoids that.
///
/// The writing side must stay open until everything has come: Linux answers bytes with a reset when both sides are
/// shut (RFC 1122, section 4.2.2.13).
#[derive(Debug)]
pub(crate) struct Draining<'a> {
    stream: &'a Tcp,
    changes: Option<Changes>,
}

impl<'a> Draining<'a> {
    pub(super) fn new(stream: &'a Tcp) -> io::Result<Self> {
        let changes = match stream.way() {
            Way::Blocking => Some(Changes::of(stream)?),
            Way::Polling => None,
        };
        Ok(Self { stream, changes })
    }

    /// Reads what is there into `buffer`, which is not empty: `None` when nothing has come yet, `Some(0)` at the end.
    pub(crate) fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        if self.stream.is_given_up() {
            return Ok(Some(0));
        }
        match self.stream.try_read(buffer)? {
            Some(0) if self.changes.is_some() && !has_peer_ended(self.stream)? => Ok(None),
            // What came together with the end is still to be read.
            Some(0) => self.stream.try_read(buffer),
            read => Ok(read),
        }
    }

    /// Reads into `buffer`, which is not empty, and blocks until there is something or the deadline has passed.
    /// [`Tcp::shutdown_both`] ends it at once.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Option<Instant>) -> io::Result<Waited> {
        loop {
            match self.try_read(buffer)? {
                Some(0) => return Ok(Waited::End),
                Some(count) => return Ok(Waited::Bytes(count)),
                None if self.wait(Interest::Read, deadline)? == Readiness::TimedOut => return Ok(Waited::TimedOut),
                None => {}
            }
        }
    }

    /// Waits until reading or writing is worth another try. Both must have been tried since the last wait.
    pub(crate) fn wait(&mut self, interest: Interest, deadline: Option<Instant>) -> io::Result<Readiness> {
        match &mut self.changes {
            Some(changes) => changes.wait(deadline),
            None => self.stream.wait(interest, deadline, None),
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::{Changes, has_peer_ended};

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::time::Instant;

    use nix::sys::socket::getsockopt;
    use nix::sys::socket::sockopt::GetStruct;
    use rustix::event::epoll;
    use rustix::io::Errno;

    use super::super::wait::{Readiness, time_left};
    use super::Tcp;

    /// Tells when something has changed about a socket.
    #[derive(Debug)]
    pub(in super::super) struct Changes {
        epoll: OwnedFd,
    }

    impl Changes {
        pub(super) fn of(stream: &Tcp) -> io::Result<Self> {
            let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
            epoll::add(&epoll, stream, epoll::EventData::new_u64(0), flags)?;
            Ok(Self { epoll })
        }

        pub(super) fn wait(&mut self, deadline: Option<Instant>) -> io::Result<Readiness> {
            let nothing = epoll::Event { flags: epoll::EventFlags::empty(), data: epoll::EventData::new_u64(0) };
            let mut events = [nothing];
            loop {
                match epoll::wait(&self.epoll, &mut events, time_left(deadline).as_ref()) {
                    Ok(0) => return Ok(Readiness::TimedOut),
                    Ok(_) => return Ok(Readiness::Ready),
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// The first byte of what TCP_INFO gives.
    #[derive(Clone, Copy, Debug)]
    struct TcpState;

    // The safe crates have no TCP_INFO, but nix has a macro for options of one's own. It checks the size.
    nix::getsockopt_impl!(TcpState, libc::IPPROTO_TCP, libc::TCP_INFO, u8, GetStruct<u8>);

    /// Whether nothing more can come: the peer has said so, or there is no connection any more.
    pub(in super::super) fn has_peer_ended(stream: &Tcp) -> io::Result<bool> {
        // The states of RFC 9293, section 3.3.2, by Linux' numbers (include/net/tcp_states.h).
        const TIME_WAIT: u8 = 6;
        const CLOSED: u8 = 7;
        const CLOSE_WAIT: u8 = 8;
        const LAST_ACK: u8 = 9;
        const CLOSING: u8 = 11;
        let state = getsockopt(stream, TcpState)?;
        Ok(matches!(state, TIME_WAIT | CLOSED | CLOSE_WAIT | LAST_ACK | CLOSING))
    }
}

#[cfg(not(target_os = "linux"))]
use elsewhere::{Changes, has_peer_ended};

/// What only [`Way::Blocking`] needs.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;
    use std::time::Instant;

    use super::super::wait::Readiness;
    use super::Tcp;

    #[derive(Debug)]
    pub(super) enum Changes {}

    impl Changes {
        pub(super) fn of(_: &Tcp) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(super) fn wait(&mut self, _: Option<Instant>) -> io::Result<Readiness> {
            match *self {}
        }
    }

    pub(super) fn has_peer_ended(_: &Tcp) -> io::Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write as _};
    use std::thread;
    use std::time::Duration;

    use rustix::net::sockopt;

    use super::*;
    use crate::net::tcp::Wait;
    use crate::net::tests::{WAYS, pair};
    use crate::net::wait::Waker;

    #[test]
    fn what_comes_after_the_wake_is_read_to_the_end() {
        for &way in WAYS {
            let (stream, mut peer) = pair(way);
            let sent: Vec<u8> =
                (0..3_000_000_u32).map(|index| index.to_le_bytes()[usize::from(index % 7 == 0)]).collect();
            stream.wake_reader(&Waker::default());
            let mut received = Vec::new();
            thread::scope(|scope| {
                let sending = scope.spawn(|| peer.write_all(&sent).map(|()| drop(peer)).unwrap());
                let mut draining = stream.draining().unwrap();
                let mut buffer = [0; 4096];
                loop {
                    match draining.read(&mut buffer, None).unwrap() {
                        Waited::Bytes(count) => received.extend_from_slice(&buffer[..count]),
                        Waited::End => break,
                        other => panic!("{other:?}"),
                    }
                }
                sending.join().unwrap();
            });
            assert!(received == sent, "{way:?}");
        }
    }

    #[test]
    fn silence_is_no_end() {
        for &way in WAYS {
            let (stream, mut peer) = pair(way);
            stream.wake_reader(&Waker::default());
            let mut draining = stream.draining().unwrap();
            for span in [0, 1, 30] {
                let deadline = Instant::now() + Duration::from_millis(span);
                assert_eq!(draining.read(&mut [0; 8], Some(deadline)).unwrap(), Waited::TimedOut);
                assert!(Instant::now() >= deadline);
            }
            assert_eq!(draining.try_read(&mut [0; 8]).unwrap(), None);
            peer.write_all(b"ab").unwrap();
            assert_eq!(draining.read(&mut [0; 1], None).unwrap(), Waited::Bytes(1));
            assert_eq!(draining.try_read(&mut [0; 8]).unwrap(), Some(1));
            assert_eq!(draining.try_read(&mut [0; 8]).unwrap(), None);
            drop(peer);
            assert_eq!(draining.read(&mut [0; 8], None).unwrap(), Waited::End);
        }
    }

    #[test]
    fn the_end_is_noticed_whenever_it_came_and_whatever_came_with_it() {
        for &way in WAYS {
            for (sends, writes_on) in [(&b""[..], true), (b"ab", true), (b"", false)] {
                let (stream, mut peer) = pair(way);
                stream.wake_reader(&Waker::default());
                if !writes_on {
                    stream.shutdown_write();
                }
                peer.write_all(sends).unwrap();
                drop(peer);
                let mut draining = stream.draining().unwrap();
                for _ in sends {
                    assert_eq!(draining.read(&mut [0; 1], None).unwrap(), Waited::Bytes(1));
                }
                assert_eq!(draining.read(&mut [0; 1], None).unwrap(), Waited::End);
                assert_eq!(draining.try_read(&mut [0; 1]).unwrap(), Some(0));
            }
        }
    }

    #[test]
    fn a_reset_is_noticed() {
        for &way in WAYS {
            let (stream, peer) = pair(way);
            stream.wake_reader(&Waker::default());
            thread::scope(|scope| {
                let reading = scope.spawn(|| stream.draining().unwrap().read(&mut [0; 8], None));
                sockopt::set_socket_linger(&peer, Some(Duration::ZERO)).unwrap();
                drop(peer);
                assert_eq!(reading.join().unwrap().unwrap_err().kind(), ErrorKind::ConnectionReset);
            });
            // The error is said once. After it the connection has ended.
            assert_eq!(stream.draining().unwrap().read(&mut [0; 8], None).unwrap(), Waited::End);
        }
    }

    #[test]
    fn shutting_down_ends_the_draining_of_another_thread() {
        for &way in WAYS {
            let (stream, _peer) = pair(way);
            stream.wake_reader(&Waker::default());
            thread::scope(|scope| {
                let reading = scope.spawn(|| stream.draining().unwrap().read(&mut [0; 8], None).unwrap());
                stream.shutdown_both();
                assert_eq!(reading.join().unwrap(), Waited::End);
            });
        }
    }

    #[test]
    fn a_wait_ends_when_there_is_room_to_write() {
        for &way in WAYS {
            let (stream, peer) = pair(way);
            stream.wake_reader(&Waker::default());
            let mut draining = stream.draining().unwrap();
            while stream.try_write(&[7; 16_384]).unwrap().is_some() {}
            thread::scope(|scope| {
                let taking = Tcp::with_way(peer, way).unwrap();
                let _reading = scope.spawn(move || {
                    let mut buffer = [0; 16_384];
                    while taking.read_within(&mut buffer, Wait::Forever, None).is_ok_and(|read| read != Waited::End) {}
                });
                while stream.try_write(b"a").unwrap().is_none() {
                    assert_eq!(draining.try_read(&mut [0; 8]).unwrap(), None);
                    assert_eq!(draining.wait(Interest::ReadOrWrite, None).unwrap(), Readiness::Ready);
                }
                stream.shutdown_both();
            });
        }
    }
}
