//! A stream over TCP, over each way of waiting.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::net::tests::{WAYS, pair};

#[test]
fn a_read_gives_bytes_then_the_end() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        let mut buffer = [0; 8];
        assert_eq!(stream.try_read(&mut buffer).unwrap(), None);
        peer.write_all(b"hello").unwrap();
        assert_eq!(stream.read(&mut buffer[..2], None, None).unwrap(), Waited::Bytes(2));
        assert_eq!(stream.try_read(&mut buffer[2..]).unwrap(), Some(3));
        assert_eq!(&buffer[..5], b"hello");
        drop(peer);
        assert_eq!(stream.read(&mut buffer, None, None).unwrap(), Waited::End);
        assert_eq!(stream.try_read(&mut buffer).unwrap(), Some(0));
    }
}

#[test]
fn a_read_waits_for_what_comes_later() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let mut buffer = [0; 8];
                (stream.read(&mut buffer, None, Some(&Waker::default())).unwrap(), buffer)
            });
            peer.write_all(b"a").unwrap();
            assert_eq!(reading.join().unwrap(), (Waited::Bytes(1), *b"a\0\0\0\0\0\0\0"));
        });
    }
}

#[test]
fn a_read_ends_with_its_deadline_and_the_stream_stays_usable() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        let mut buffer = [0; 8];
        for span in [0, 1, 30] {
            let deadline = Instant::now() + Duration::from_millis(span);
            assert_eq!(stream.read(&mut buffer, Some(deadline), None).unwrap(), Waited::TimedOut);
            assert!(Instant::now() >= deadline);
        }
        peer.write_all(b"ab").unwrap();
        // A deadline that has passed is no reason to leave bytes behind, and no deadline is none.
        stream.wait(Interest::Read, None, None).unwrap();
        let past = Some(Instant::now());
        assert_eq!(stream.read(&mut buffer[..1], past, None).unwrap(), Waited::Bytes(1));
        assert_eq!(stream.read(&mut buffer[..1], None, None).unwrap(), Waited::Bytes(1));
    }
}

#[test]
fn shutting_down_ends_a_read_of_another_thread() {
    for &way in WAYS {
        let (stream, _peer) = pair(way);
        thread::scope(|scope| {
            let reading = scope.spawn(|| stream.read(&mut [0; 8], None, Some(&Waker::default())).unwrap());
            stream.shutdown_both();
            assert_eq!(reading.join().unwrap(), Waited::End);
        });
    }
}

#[test]
fn waking_ends_a_read_of_another_thread() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        let waker = Waker::default();
        thread::scope(|scope| {
            let reading = scope.spawn(|| stream.read(&mut [0; 8], None, Some(&waker)).unwrap());
            let waiting = scope.spawn(|| stream.wait(Interest::Read, None, Some(&waker)).unwrap());
            stream.wake_reader(&waker);
            assert_eq!(reading.join().unwrap(), Waited::Woken);
            assert_eq!(waiting.join().unwrap(), Readiness::Woken);
        });
        assert!(way == Way::Polling || !waker.holds_descriptors());
        assert_eq!(stream.read(&mut [0; 8], None, Some(&waker)).unwrap(), Waited::Woken);
        // Writing goes on.
        assert_eq!(stream.try_write(b"bye").unwrap(), Some(3));
        stream.shutdown_write();
        let mut received = String::new();
        peer.read_to_string(&mut received).unwrap();
        assert_eq!(received, "bye");
    }
}

/// The wake comes before the read, while it begins, or while it blocks. It is the same to the reader.
#[test]
fn a_wake_is_no_end_whenever_it_comes() {
    for &way in WAYS {
        for moments in 0..100 {
            let ((stream, _peer), waker) = (pair(way), Waker::default());
            thread::scope(|scope| {
                let reading = scope.spawn(|| stream.read(&mut [0; 8], None, Some(&waker)).unwrap());
                (0..moments * 10).for_each(|_| thread::yield_now());
                stream.wake_reader(&waker);
                assert_eq!(reading.join().unwrap(), Waited::Woken);
            });
        }
    }
}

#[test]
fn an_idle_blocking_stream_has_one_descriptor() {
    let (stream, mut peer) = pair(Way::Blocking);
    let waker = Waker::default();
    peer.write_all(b"a").unwrap();
    assert_eq!(stream.read(&mut [0; 8], None, Some(&waker)).unwrap(), Waited::Bytes(1));
    let soon = Some(Instant::now() + Duration::from_millis(1));
    assert_eq!(stream.read(&mut [0; 8], soon, Some(&waker)).unwrap(), Waited::TimedOut);
    assert_eq!(stream.wait(Interest::ReadOrWrite, None, Some(&waker)).unwrap(), Readiness::Ready);
    assert!(!waker.holds_descriptors());
}

#[test]
fn a_write_takes_what_fits_and_waits_for_room() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        let chunk = [7; 16_384];
        let mut written = 0;
        while let Some(count) = stream.try_write(&chunk).unwrap() {
            written += count;
        }
        let past = Some(Instant::now());
        assert_eq!(stream.wait(Interest::Write, past, None).unwrap(), Readiness::TimedOut);
        thread::scope(|scope| {
            let reading = scope.spawn(move || peer.read_to_end(&mut Vec::new()).unwrap());
            assert_eq!(stream.wait(Interest::Write, None, None).unwrap(), Readiness::Ready);
            written += stream.try_write(&chunk).unwrap().unwrap();
            stream.shutdown_write();
            assert_eq!(reading.join().unwrap(), written);
        });
    }
}

#[test]
fn shutting_down_ends_a_wait_for_room() {
    for &way in WAYS {
        let (stream, _peer) = pair(way);
        while stream.try_write(&[7; 16_384]).unwrap().is_some() {}
        thread::scope(|scope| {
            let waiting = scope.spawn(|| stream.wait(Interest::Write, None, None).unwrap());
            stream.shutdown_both();
            assert_eq!(waiting.join().unwrap(), Readiness::Ready);
        });
        assert!(stream.try_write(b"a").is_err());
    }
}

#[test]
fn pieces_go_out_in_their_order_however_many() {
    for &way in WAYS {
        let (stream, mut peer) = pair(way);
        let pieces = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"c")];
        assert_eq!(stream.try_write_vectored(&pieces).unwrap(), Some(3));
        assert_eq!(stream.try_write_vectored(&vec![IoSlice::new(b"d"); 1030]).unwrap(), Some(1024));
        stream.shutdown_write();
        let mut received = String::new();
        peer.read_to_string(&mut received).unwrap();
        assert_eq!(received, format!("abc{}", "d".repeat(1024)));
    }
}

#[test]
fn a_reset_is_an_error_of_reads_and_writes() {
    for &way in WAYS {
        let (stream, peer) = pair(way);
        sockopt::set_socket_linger(&peer, Some(Duration::ZERO)).unwrap();
        drop(peer);
        let error = stream.read(&mut [0; 8], None, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(stream.try_write(b"a").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(stream.try_write_vectored(&[IoSlice::new(b"a")]).unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
}

#[test]
fn what_the_socket_was_set_to_before_makes_no_difference() {
    for &way in WAYS {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        socket.set_nonblocking(true).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(3600))).unwrap();
        socket.set_read_timeout(None).unwrap();
        let stream = Tcp::with_way(socket, way).unwrap();
        assert!(stream.socket.nodelay().unwrap());
        let soon = Instant::now() + Duration::from_millis(1);
        assert_eq!(stream.read_within(&mut [0; 8], Wait::Until(soon), None).unwrap(), Waited::TimedOut);
    }
}

#[test]
fn reads_with_the_same_time_set_the_timeout_once() {
    let (stream, mut peer) = pair(Way::Blocking);
    let mut limits = Vec::new();
    for _ in 0..10 {
        peer.write_all(b"a").unwrap();
        let deadline = Some(Instant::now() + Duration::from_secs(3600));
        assert_eq!(stream.read(&mut [0; 8], deadline, None).unwrap(), Waited::Bytes(1));
        limits.push(stream.tcp().receive_limit.load(Ordering::Relaxed));
    }
    limits.dedup();
    assert_eq!(limits.len(), 1);
    assert!(stream.tcp().socket.read_timeout().unwrap().is_some());
    peer.write_all(b"a").unwrap();
    assert_eq!(stream.read(&mut [0; 8], None, None).unwrap(), Waited::Bytes(1));
    assert_eq!(stream.tcp().socket.read_timeout().unwrap(), None);
}

#[test]
fn a_timeout_serves_while_it_is_not_too_long_and_at_least_half() {
    for (limit, left, exactly, expected) in [
        (0, None, false, None),
        (75, None, false, Some(0)),
        (75, None, true, Some(0)),
        (0, Some(100), false, Some(75)),
        (75, Some(100), false, None),
        (75, Some(75), false, None),
        (75, Some(74), false, Some(56)),
        (75, Some(150), false, None),
        (75, Some(151), false, Some(114)),
        (75, Some(25), true, Some(25)),
        (25, Some(25), true, None),
        (0, Some(1), false, Some(1)),
        (1, Some(1), false, None),
        (2, Some(1), false, Some(1)),
    ] {
        assert_eq!(next_limit(limit, left, exactly), expected, "{limit} {left:?} {exactly}");
    }
}

#[test]
fn spans_that_the_system_does_not_take_are_cut() {
    assert_eq!(micros(Duration::ZERO), 1);
    assert_eq!(micros(Duration::from_nanos(1999)), 1);
    assert_eq!(micros(Duration::MAX), MAX_RECEIVE_LIMIT);
}
