//! What can happen next in a run, and how a run ends.

use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use winws_api::winhttp::{Session as _, WebSocket as _, WebSocketBufferType, WebSocketOperation, sys};
use winws_api::{KeptBuffer, Win32Error};

use super::model::Begun;
use super::{World, world};
use crate::raw::told::Memory;
use crate::winhttp::asynchronous::{DEPTH, Way};

/// What sends take their payloads from. It lives for ever, as their buffers must.
static WORDS: LazyLock<Vec<u8>> = LazyLock::new(|| (0..30_000_u32).map(|at| b'a' + (at * 11 % 23) as u8).collect());

/// The types of sends.
const KINDS: &[WebSocketBufferType] = &[
    WebSocketBufferType::BinaryMessage,
    WebSocketBufferType::BinaryFragment,
    WebSocketBufferType::Utf8Message,
    WebSocketBufferType::Utf8Fragment,
];

/// The shortest time limit that a program sets for closes, and the one of all sends.
const CLOSE_LIMIT: u32 = 1_000;
const SEND_LIMIT: Duration = Duration::from_secs(30);

/// Something happens.
pub(super) fn step() {
    let Some(step) = world(|world| {
        world.steps = world.steps.checked_sub(1)?;
        Some(world.draw.below(100))
    }) else {
        return;
    };
    match step {
        0..20 => call(WebSocketOperation::Send),
        20..38 => call(WebSocketOperation::Receive),
        38 => call(WebSocketOperation::Shutdown),
        39 | 40 => call(WebSocketOperation::Close),
        41 => {
            // Often there is something under way.
            call(WebSocketOperation::Send);
            close_handle();
        }
        42 => close_session(),
        43..46 => set_option(),
        46..58 => world(|world| world.peer.speak(&mut world.draw)),
        58..66 => world(|world| {
            let count = world.draw.length();
            world.peer.wire.deliver(count);
        }),
        66..72 => world(|world| {
            // Often for less than a frame.
            let count = if world.draw.percent(50) { world.draw.below(16) } else { world.draw.length() * 2 };
            world.peer.wire.make_room(count);
        }),
        72 => world(|world| match world.draw.below(3) {
            0 => world.peer.end(),
            1 => world.peer.reset(),
            _ => world.peer.close(&mut world.draw),
        }),
        73..76 => surprise(),
        76..86 => say(),
        86..96 => {
            run_job();
        }
        _ => pass_time(),
    }
}

/// The program begins an operation.
pub(super) fn call(operation: WebSocketOperation) {
    let winhttp = world(|world| Rc::clone(&world.winhttp));
    let (socket, begun, buffer, code, memory) = world(|world| {
        let (from, length, kind) = (world.draw.below(20_000), world.draw.length(), world.draw.pick(KINDS));
        let mut begun =
            Begun { operation, at: world.clock.passed(), limit: Some(SEND_LIMIT), sends: None, memory: None };
        let (mut buffer, mut memory) = (KeptBuffer::EMPTY, None);
        match operation {
            WebSocketOperation::Send => {
                begun.sends = Some((kind, &WORDS[from..from + length]));
                buffer = KeptBuffer::from_static(&WORDS[from..from + length]);
            }
            WebSocketOperation::Receive => {
                begun.limit = (world.receive_limit > 0).then(|| Duration::from_millis(world.receive_limit.into()));
                memory = Some(begun.memory.insert(Memory::new(1 + length)).lend());
            }
            WebSocketOperation::Close => begun.limit = Some(Duration::from_millis(CLOSE_LIMIT.into())),
            WebSocketOperation::Shutdown => {}
        }
        world.note((operation, kind, length));
        (world.socket, begun, buffer, 1000, memory)
    });
    let sends = begun.sends;
    let (expected, before, ends_at_once) = world(|world| {
        let expected = world.model.may_return(&begun, &world.peer);
        // A short send ends before its call returns if there is room for it (b2.1.7, b2.4.11).
        let room = sends.map_or(0, |(_, bytes)| bytes.len() + 300);
        let ends_at_once = room > 0 && world.depth == 0 && world.peer.wire.has_room(room);
        let before = world.model.begin(begun);
        (expected, before, ends_at_once.then_some(world.model.sends().0))
    });
    let returned = match operation {
        WebSocketOperation::Send => {
            let (kind, _) = sends.expect("it is a send");
            code_of(winhttp.web_socket_send(socket, kind, buffer))
        }
        WebSocketOperation::Receive => {
            let memory = memory.expect("it is a receive");
            code_of(winhttp.web_socket_receive(socket, memory, None, None))
        }
        WebSocketOperation::Shutdown => code_of(winhttp.web_socket_shutdown(socket, code, b"")),
        WebSocketOperation::Close => code_of(winhttp.web_socket_close(socket, code, b"bye")),
    };
    world(|world| {
        world.note(returned);
        if !expected.contains(&returned) {
            world.check(Err(format!("{operation:?} returned {returned} and not one of {expected:?}")));
        }
        if returned != 0 {
            world.model.refused(operation, before);
            return;
        }
        if ends_at_once.is_some_and(|begun| world.model.sends().1 < begun) {
            world.check(Err("a send with room did not end before its call returned".to_owned()));
        }
        if operation == WebSocketOperation::Close {
            // A receive that waits is cancelled (b2.1.14).
            let cancelled = if world.model.has_closed { world.model.assert_cancelled(Way::In) } else { Ok(()) };
            world.check(cancelled);
        }
    });
}

fn code_of<E>(result: Result<(), E>) -> u32
where
    Win32Error: From<E>,
{
    result.map_or_else(|error| Win32Error::from(error).0, |()| 0)
}

/// The program closes the socket.
fn close_handle() {
    let (winhttp, socket, is_open) = world(|world| {
        world.note("CloseHandle");
        let is_open = !std::mem::replace(&mut world.model.is_handle_closed, true);
        (Rc::clone(&world.winhttp), world.socket, is_open)
    });
    let is_closed = winhttp.close_handle(socket).is_ok();
    world(|world| {
        world.note("CloseHandle returns");
        let once = if is_closed == is_open { Ok(()) } else { Err("a handle can be closed once".to_owned()) };
        world.check(once);
        // What waits is cancelled before it returns (b2.4.4).
        for way in [Way::Out, Way::In] {
            let cancelled = if is_closed { world.model.assert_cancelled(way) } else { Ok(()) };
            world.check(cancelled);
        }
    });
}

fn close_session() {
    let (winhttp, session, is_open) = world(|world| {
        world.note("CloseHandle of the session");
        let is_open = !std::mem::replace(&mut world.is_session_closed, true);
        (Rc::clone(&world.winhttp), world.session, is_open)
    });
    let is_closed = winhttp.close_handle(session).is_ok();
    assert_eq!(is_closed, is_open);
}

fn set_option() {
    let (winhttp, socket, option, value) = world(|world| {
        let (option, value) = match world.draw.below(3) {
            0 => (sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, world.draw.pick(&[0, 1, 50, 5_000])),
            1 => (sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, world.draw.pick(&[CLOSE_LIMIT, 10_000])),
            _ => (sys::WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, world.draw.pick(&[15_000, 30_000])),
        };
        world.note(("option", option, value));
        (Rc::clone(&world.winhttp), world.socket, option, value)
    });
    let is_set = winhttp.set_option::<u16>(socket, option, &value.to_ne_bytes()).is_ok();
    world(|world| {
        let as_open = if is_set == world.model.is_handle_closed { Err("an option".to_owned()) } else { Ok(()) };
        world.check(as_open);
        if is_set && option == sys::WINHTTP_OPTION_RECEIVE_TIMEOUT {
            world.receive_limit = value;
        }
    });
}

/// Something happens, and is said, in the midst of the next try to read or to write, after that has looked.
fn surprise() {
    world(|world| {
        let (wire, lease, room) = (world.peer.wire.clone(), Arc::downgrade(&world.lease), world.draw.length());
        world.peer.speak(&mut world.draw);
        let count = world.draw.length();
        world.note("surprise");
        world.peer.wire.surprise(move || {
            wire.make_room(room);
            wire.deliver(count);
            if let Some(lease) = lease.upgrade() {
                wire.say(&lease);
            }
        });
    });
}

/// The reactor hears what has changed, or that nothing has.
pub(super) fn say() {
    let (wire, lease, spurious) = world(|world| {
        let spurious = world.draw.percent(10);
        world.note(("say", spurious));
        (world.peer.wire.clone(), Arc::clone(&world.lease), spurious)
    });
    wire.say(&lease);
    if spurious && !wire.is_given_up() {
        lease.say(Some(false), Some(false));
    }
}

/// A thread of the crew takes a job: whether there was one.
fn run_job() -> bool {
    let Some((lease, at)) = world(|world| {
        let jobs = world.lease.jobs();
        let at = (jobs > 0).then(|| world.draw.below(jobs))?;
        world.note("job");
        Some((Arc::clone(&world.lease), at))
    }) else {
        return false;
    };
    // It is another thread, which has called nobody yet.
    let depth = DEPTH.replace(0);
    lease.run_job(at);
    DEPTH.set(depth);
    true
}

/// The crew works as long as there are jobs.
pub(super) fn run_jobs() {
    while run_job() {}
}

fn pass_time() {
    let lease = world(|world| {
        match world.lease.first_timer() {
            Some(first) if world.draw.percent(70) => world.clock.pass_to(first),
            _ => {
                let millis = world.draw.pick(&[0, 1, 40, 3_000]);
                world.clock.pass(Duration::from_millis(millis));
            }
        }
        let passed = world.clock.passed();
        world.note(passed);
        Arc::clone(&world.lease)
    });
    lease.run_timers();
}

/// Everything goes on until nothing happens any more by itself: the peer takes all, and what it has said comes.
pub(super) fn settle() {
    loop {
        world(|world| {
            world.peer.wire.deliver(usize::MAX);
            world.peer.wire.make_room(1 << 20);
        });
        run_jobs();
        if world(|world| !world.peer.wire.has_news() || world.wrong.is_some()) {
            return;
        }
        say();
    }
}

/// The rest of a run, up to the end of the socket.
pub(super) fn end() {
    settle();
    world(|world| {
        world.note("at rest");
        let rested = world.model.assert_at_rest(&world.peer);
        world.check(rested);
        world.steps = world.draw.below(6);
    });
    // The peer says more, or is silent until time is over for closes and receives.
    if world(|world| world.draw.percent(50)) {
        world(|world| world.peer.close(&mut world.draw));
    }
    for _ in 0..8 {
        settle();
        pass_time();
    }
    settle();
    world(|world| {
        let mut waits = world.model.pending();
        let closes = waits.any(|operation| operation == WebSocketOperation::Close);
        drop(waits);
        world.check(if closes { Err("a close has no end".to_owned()) } else { Ok(()) });
        let rested = world.model.assert_at_rest(&world.peer);
        world.check(rested);
    });
    if world(|world: &mut World| !world.model.is_handle_closed) {
        close_handle();
    }
    settle();
    world(|world| {
        let heard = world.model.assert_heard(&world.peer);
        world.check(heard);
    });
}
