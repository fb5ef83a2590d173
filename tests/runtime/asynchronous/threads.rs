//! How many threads there are: two, and those that sit in callbacks.

use std::fs;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use winws_api::winhttp::sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE;

use super::chat::{Chat, buffer, receive, send};
use super::recorder::Information;
use crate::alone::{alone, threads_and_descriptors, wait_until_left};

/// How many callbacks block at once.
const BLOCKED: usize = 6;

/// How many threads there are beside those.
const OTHERS: usize = 2;

/// How many messages go there and back meanwhile.
const MESSAGES: usize = 50;

/// How long a callback may take to be called, and a thread to end.
const PATIENCE: Duration = Duration::from_secs(20);

const BINARY: i32 = 0;

/// How many threads this crate has.
fn crew() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux has it").flatten();
    // One that ends meanwhile has no name any more.
    tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok()).filter(|name| name == "winws\n").count()
}

/// Waits until it has so many. On a busy machine a thread that does not run for a while counts as one in a callback; what is too many
/// then ends after some seconds.
fn wait_for_crew(count: usize) {
    let begin = Instant::now();
    while crew() != count {
        assert!(begin.elapsed() < PATIENCE, "{} threads, and not {count}", crew());
        thread::yield_now();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn callbacks_that_block_stop_no_others_and_their_threads_end() {
    alone(concat!(module_path!(), "::callbacks_that_block_stop_no_others_and_their_threads_end"), || {
        let before = threads_and_descriptors();
        let gate = Arc::new(Barrier::new(BLOCKED + 1));
        let (says, said) = channel();
        let mut blocked: Vec<_> = (0..BLOCKED).map(|_| Chat::new()).collect();
        let mut other = Chat::new();
        for chat in &mut blocked {
            let (gate, says) = (Arc::clone(&gate), says.clone());
            chat.recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |_| {
                says.send(()).unwrap();
                gate.wait();
            });
            let room = buffer(64);
            assert_eq!(receive(chat.socket, room.as_mut_ptr(), room.len()), 0);
            chat.peer.write(&chat.peer.frame(0x82, b"hello"));
            said.recv_timeout(PATIENCE).expect("the callback is called although others block");
        }
        echo(&mut other);
        // Somebody waits for the system, and somebody else watches.
        wait_for_crew(BLOCKED + OTHERS);
        gate.wait();
        echo(&mut other);
        other.end();
        blocked.into_iter().for_each(Chat::end);
        wait_until_left(before);
    });
}

/// Messages go there and back.
fn echo(chat: &mut Chat) {
    let told = chat.recorder.of(chat.socket).into_iter();
    let before = told.filter(|told| told.status == WINHTTP_CALLBACK_STATUS_READ_COMPLETE).count();
    let room = buffer(64);
    for number in 1..=MESSAGES {
        assert_eq!(receive(chat.socket, room.as_mut_ptr(), room.len()), 0);
        assert_eq!(send(chat.socket, BINARY, b"hello"), 0);
        assert_eq!(chat.peer.read_frame(), (0x82, b"hello".to_vec()));
        chat.peer.write(&chat.peer.frame(0x82, b"hello"));
        let told = chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, before + number);
        assert_eq!(told.information, Information::Status(5, BINARY));
    }
}
