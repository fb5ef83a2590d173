//! What becomes of operations when the process ends or is forked. Each test runs itself once more, as a process of its own.

use std::env;
use std::process::{Command, exit};
use std::thread;

use winws_api::winhttp::sys::*;

use super::chat::{Asking, Chat, buffer, receive, send, send_request};

/// Tells the process that it is the one that ends.
const CHILD: &str = "WINWS_TEST_CHILD";

/// How a process ends that did what it should.
const DONE: i32 = 7;

const BINARY: i32 = 0;

/// Runs `scenario` in a process of its own, which must end by itself with [`DONE`].
fn in_process(name: &str, scenario: impl FnOnce()) {
    if env::var_os(CHILD).is_some() {
        scenario();
        exit(DONE);
    }
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", &format!("asynchronous::processes::{name}"), "--nocapture"]).env(CHILD, "1");
    assert_eq!(child.status().unwrap().code(), Some(DONE));
}

#[test]
fn a_process_ends_with_operations_in_flight() {
    in_process("a_process_ends_with_operations_in_flight", || {
        let asking = Asking::new();
        assert_eq!(send_request(asking.request, asking.recorder.context()), 0);
        let mut silent = Chat::new();
        let room = buffer(64);
        assert_eq!(receive(silent.socket, room.as_mut_ptr(), room.len()), 0);
        silent.peer.wait_for_receive();
        // The peer reads none of it.
        assert_eq!(send(silent.socket, BINARY, buffer(64 << 20)), 0);
    });
}

#[test]
fn a_callback_that_never_returns_stops_neither_others_nor_the_end() {
    in_process("a_callback_that_never_returns_stops_neither_others_nor_the_end", || {
        let (mut stuck, mut other) = (Chat::new(), Chat::new());
        stuck.recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, |_| {
            loop {
                thread::park();
            }
        });
        let room = buffer(64);
        assert_eq!(receive(stuck.socket, room.as_mut_ptr(), room.len()), 0);
        stuck.peer.write(&stuck.peer.frame(0x82, b"stop"));
        let room = buffer(64);
        for number in 1..=10 {
            assert_eq!(receive(other.socket, room.as_mut_ptr(), room.len()), 0);
            other.peer.write(&other.peer.frame(0x82, b"go on"));
            other.recorder.wait_for(other.socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, number);
        }
    });
}

#[test]
fn a_process_that_was_forked_off_begins_anew() {
    in_process("a_process_that_was_forked_off_begins_anew", || {
        let mut before = Chat::new();
        // SAFETY: no other thread of this process is within this crate or the allocator: they all wait.
        match unsafe { libc::fork() } {
            0 => {
                let mut chat = Chat::new();
                assert_eq!(send(chat.socket, BINARY, b"hello"), 0);
                assert_eq!(chat.peer.read_frame(), (0x82, b"hello".to_vec()));
                chat.end();
                exit(DONE);
            }
            child => {
                let mut status = 0;
                // SAFETY: there is room for the status.
                assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == DONE, "{status}");
            }
        }
        // The sockets of the parent are still known to its reactor.
        let room = buffer(64);
        assert_eq!(receive(before.socket, room.as_mut_ptr(), room.len()), 0);
        before.peer.write(&before.peer.frame(0x82, b"still here"));
        before.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
        before.end();
    });
}
