//! The calls of a WebSocket in one thread, with futures that are dropped at any of their waits, in an order that is drawn: nothing
//! is lost, frames are whole, and whoever waits is woken.
//!
//! WINWS_SEEDS says how many orders, or which ones: see `winhttp::asynchronous::simulated`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use winws_api::winhttp::WebSocketBufferType;

use super::WebSocket;
use crate::client::Delivery;
use crate::net::Stream;
use crate::net::reactor::Lease;
use crate::net::simulated::{Clock, Draw, Frame, Peer, Said, Wire, runs};
use crate::protocol::Role;
use crate::winhttp::{Settings, Socket};

/// How many orders are drawn unless WINWS_SEEDS says otherwise.
const RUNS: u64 = 2_000;

/// What a future ends with.
#[derive(Debug)]
enum Ended {
    Sent(bool),
    Received(Option<(Vec<u8>, Delivery)>),
    Closed(bool),
}

/// A future under way, and whether it is to be polled.
struct Task {
    future: Pin<Box<dyn Future<Output = Ended>>>,
    alarm: Arc<Alarm>,
    kind: Kind,
    is_polled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// With the place of its payload in the list.
    Send(usize),
    Receive,
    Shutdown,
    Close,
}

struct Alarm(AtomicBool);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It may have begun.
    Open,
    /// It was dropped before its first poll.
    Unborn,
    Sent,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct World {
    draw: Draw,
    clock: Clock,
    lease: Arc<Lease>,
    peer: Peer,
    socket: Arc<WebSocket>,
    tasks: Vec<Task>,
    payloads: Vec<(Vec<u8>, Fate)>,
    /// How much of what the peer has said was received.
    heard: (usize, usize),
    has_heard_close: bool,
    /// Whether a call that closes was made, a shutdown has begun, and a close has succeeded.
    is_closing: bool,
    has_shut_down: bool,
    has_closed: bool,
    log: Vec<String>,
}

impl World {
    fn new(seed: u64) -> Self {
        let (mut draw, clock) = (Draw::new(seed), Clock::new());
        let (lease, wire) = (Lease::stepped(), Wire::default());
        wire.make_room(draw.below(100));
        let stream = Stream::on_wire(wire.clone()).expect("the system has descriptors left");
        let socket = Socket::new(Role::Client, stream, &[], &Settings::default());
        socket.register(&lease).expect("the system has memory left");
        Self {
            draw,
            clock,
            lease,
            peer: Peer::new(wire),
            socket: Arc::new(WebSocket::new(socket, None)),
            tasks: Vec::new(),
            payloads: Vec::new(),
            heard: (0, 0),
            has_heard_close: false,
            is_closing: false,
            has_shut_down: false,
            has_closed: false,
            log: Vec::new(),
        }
    }

    fn step(&mut self) -> Result<(), String> {
        match self.draw.below(100) {
            0..16 if self.tasks.len() < 5 => self.send(),
            16..26 if self.tasks.iter().all(|task| task.kind != Kind::Receive) => self.receive(),
            26 => self.close(Kind::Shutdown),
            27 => self.close(Kind::Close),
            28..38 => self.drop_one(),
            38..50 => self.peer.speak(&mut self.draw),
            50..58 => {
                let count = self.draw.length();
                self.peer.wire.deliver(count);
            }
            58..68 => {
                let count = self.draw.below(24);
                self.peer.wire.make_room(count);
            }
            68..78 => self.peer.wire.say(&self.lease),
            78 => {
                // Less than any limit of time altogether.
                self.clock.pass(Duration::from_millis(20));
                self.lease.run_timers();
            }
            _ => return self.poll_one(),
        }
        Ok(())
    }

    fn begin(&mut self, kind: Kind, future: impl Future<Output = Ended> + 'static) {
        self.log.push(format!("{kind:?} begins"));
        let alarm = Arc::new(Alarm(AtomicBool::new(true)));
        self.tasks.push(Task { future: Box::pin(future), alarm, kind, is_polled: false });
    }

    fn send(&mut self) {
        let (at, length, socket) = (self.payloads.len(), self.draw.below(140), Arc::clone(&self.socket));
        // No two of them are the same.
        let payload = format!("{at} {}", "x".repeat(length)).into_bytes();
        self.payloads.push((payload.clone(), Fate::Open));
        let send = async move { Ended::Sent(socket.send(WebSocketBufferType::BinaryMessage, payload).await.is_ok()) };
        self.begin(Kind::Send(at), send);
    }

    fn receive(&mut self) {
        let (socket, room) = (Arc::clone(&self.socket), 1 + self.draw.length());
        self.begin(Kind::Receive, async move {
            let mut buffer = vec![0; room];
            let received = socket.receive(&mut buffer).await.ok();
            Ended::Received(received.map(|delivery| (buffer[..delivery.len].to_vec(), delivery)))
        });
    }

    fn close(&mut self, kind: Kind) {
        let socket = Arc::clone(&self.socket);
        self.is_closing = true;
        if kind == Kind::Close {
            self.begin(kind, async move { Ended::Closed(socket.close(1000, "").await.is_ok()) });
        } else {
            self.begin(kind, async move { Ended::Closed(socket.shutdown(1000, "").await.is_ok()) });
        }
    }

    fn drop_one(&mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let at = self.draw.below(self.tasks.len());
        let task = self.tasks.swap_remove(at);
        self.log.push(format!("{:?} is dropped", task.kind));
        if let (Kind::Send(at), false) = (task.kind, task.is_polled) {
            self.payloads[at].1 = Fate::Unborn;
        }
    }

    /// Polls one of the futures that are to be polled.
    fn poll_one(&mut self) -> Result<(), String> {
        let awake = self.tasks.iter().enumerate().filter(|(_, task)| task.alarm.0.load(Ordering::SeqCst));
        let awake: Vec<usize> = awake.map(|(at, _)| at).collect();
        if awake.is_empty() {
            return Ok(());
        }
        let at = self.draw.pick(&awake);
        let task = &mut self.tasks[at];
        task.alarm.0.store(false, Ordering::SeqCst);
        task.is_polled = true;
        self.has_shut_down |= task.kind == Kind::Shutdown;
        let waker = Waker::from(Arc::clone(&task.alarm));
        let Poll::Ready(ended) = task.future.as_mut().poll(&mut Context::from_waker(&waker)) else { return Ok(()) };
        let kind = self.tasks.swap_remove(at).kind;
        self.log.push(format!("{kind:?} ends: {ended:?}"));
        match (kind, ended) {
            (Kind::Send(at), Ended::Sent(true)) => self.payloads[at].1 = Fate::Sent,
            (_, Ended::Received(Some((bytes, delivery)))) => return self.received(&bytes, delivery),
            (_, Ended::Sent(false) | Ended::Received(None) | Ended::Closed(false)) if !self.may_fail() => {
                return Err(format!("{kind:?} failed"));
            }
            (Kind::Close, Ended::Closed(true)) => self.has_closed = true,
            _ => {}
        }
        Ok(())
    }

    /// Whether a call may fail: after a close of either side, or nonsense.
    fn may_fail(&self) -> bool {
        self.is_closing || self.peer.is_over()
    }

    fn received(&mut self, bytes: &[u8], delivery: Delivery) -> Result<(), String> {
        let (frame, from) = self.heard;
        match self.peer.said.get(frame) {
            Some(Said::Close(_)) if delivery.is_close() => self.has_heard_close = true,
            Some(Said::Data { payload, .. }) if !delivery.is_close() && payload[from..].starts_with(bytes) => {
                let ends = payload.len() == from + bytes.len();
                self.heard = if ends { (frame + 1, 0) } else { (frame, from + bytes.len()) };
            }
            said => return Err(format!("{delivery:?} where the peer said {said:?}")),
        }
        Ok(())
    }

    /// Goes on until nothing happens any more by itself.
    fn settle(&mut self) -> Result<(), String> {
        loop {
            self.peer.wire.deliver(usize::MAX);
            self.peer.wire.make_room(1 << 20);
            while self.tasks.iter().any(|task| task.alarm.0.load(Ordering::SeqCst)) {
                self.poll_one()?;
            }
            if !self.peer.wire.has_news() {
                return Ok(());
            }
            self.peer.wire.say(&self.lease);
        }
    }

    /// What may wait when nothing happens any more, and what the peer must have heard.
    fn check(&self) -> Result<(), String> {
        let waits = |task: &&Task| matches!(task.kind, Kind::Send(_) | Kind::Shutdown) || self.peer.is_over();
        if let Some(task) = self.tasks.iter().find(waits) {
            return Err(format!("{:?} waits for nothing", task.kind));
        }
        let heard = self.peer.heard()?;
        let data: Vec<&Frame> = heard.iter().filter(|frame| frame.is_data()).collect();
        let place = |payload: &[u8]| data.iter().position(|frame| frame.payload == payload);
        if let Some(frame) = data.iter().find(|frame| {
            self.payloads.iter().filter(|(payload, fate)| *payload == frame.payload && *fate != Fate::Unborn).count()
                != 1
        }) {
            return Err(format!("{frame:?} was heard"));
        }
        let mut sent = self.payloads.iter().filter(|(_, fate)| *fate == Fate::Sent);
        if let Some((payload, _)) = sent.find(|(payload, _)| place(payload).is_none()) {
            return Err(format!("{:?} was not heard", String::from_utf8_lossy(payload)));
        }
        let close = heard.iter().position(|frame| frame.opcode == Frame::CLOSE);
        // Whoever waits to receive writes what others have left.
        let writes = !self.tasks.is_empty() && !self.peer.is_over();
        if writes && (self.peer.has_heard_half()? || (self.has_shut_down && close.is_none())) {
            return Err("a frame was left".to_owned());
        }
        if close.is_some_and(|at| heard[at + 1..].iter().any(|frame| frame.opcode != Frame::PONG)) {
            return Err("something was heard after the close frame".to_owned());
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), String> {
        for _ in 0..10 + self.draw.below(120) {
            self.step()?;
        }
        self.settle()?;
        self.check()?;
        // Whatever was dropped, a receive and a close go on from there.
        self.tasks.clear();
        if !self.may_fail() {
            self.send();
            self.settle()?;
            self.receive();
            self.peer.close(&mut self.draw);
            while !self.has_heard_close {
                if self.tasks.is_empty() {
                    self.receive();
                }
                self.settle()?;
                self.check()?;
            }
            self.close(Kind::Close);
            self.settle()?;
            self.check()?;
            if !self.has_closed {
                return Err("the close failed".to_owned());
            }
            let open = self.peer.heard()?.iter().any(|frame| frame.opcode == Frame::CLOSE);
            return if open { Ok(()) } else { Err("no close frame was heard".to_owned()) };
        }
        Ok(())
    }
}

#[test]
fn futures_that_are_dropped_anywhere_lose_nothing() {
    for seed in runs(RUNS) {
        let mut world = World::new(seed);
        if let Err(wrong) = world.run() {
            panic!("{}\nseed {seed} (WINWS_SEEDS={seed}..{}): {wrong}", world.log.join("\n"), seed + 1);
        }
    }
}
