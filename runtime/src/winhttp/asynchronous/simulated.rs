//! Asynchronous mode in one thread, with everything that can happen in an order that is drawn: calls of the program, also from
//! within callbacks, bytes that come and go, time, and steps of the crew. A [model](model) says what may come of it.
//!
//! ```text
//! WINWS_SEEDS=100000 cargo test -p winws --lib --release simulated
//! WINWS_SEEDS=4711..4712 cargo test -p winws --lib simulated
//! ```

mod model;
mod steps;

use std::cell::RefCell;
use std::ffi::c_void;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use winws_api::winhttp::{HInternet, Session as _, WebSocketOperation};

use self::model::Model;
use super::Life;
use crate::net::Stream;
use crate::net::reactor::Lease;
use crate::net::simulated::{Clock, Draw, Peer, Wire, runs};
use crate::protocol::Role;
use crate::raw::lent::Vouched;
use crate::raw::told::Told;
use crate::winhttp::callbacks::Listener;
use crate::winhttp::{Object, Session, Settings, Socket, WinHttp};

/// How many interleavings are drawn unless WINWS_SEEDS says otherwise.
const RUNS: u64 = 3_000;

/// How deep callbacks may do something whose callbacks run within them.
const MAX_DEPTH: usize = 6;

/// All that there is in a run.
struct World {
    draw: Draw,
    clock: Clock,
    winhttp: Rc<WinHttp>,
    lease: Arc<Lease>,
    session: HInternet,
    socket: HInternet,
    peer: Peer,
    model: Model,
    /// How many steps are left.
    steps: usize,
    /// How many callbacks run.
    depth: usize,
    receive_limit: u32,
    session_closings: usize,
    is_session_closed: bool,
    /// What has happened so far, and what is wrong with it.
    log: Vec<String>,
    wrong: Option<String>,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Looks at the world. Nothing that may call back happens meanwhile.
fn world<T>(look: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|world| look(world.as_mut().expect("a run is under way")))
}

impl World {
    fn new(seed: u64) -> Self {
        let mut draw = Draw::new(seed);
        let clock = Clock::new();
        let (lease, wire, winhttp) = (Lease::stepped(), Wire::default(), WinHttp::new());
        wire.make_room(draw.below(200));
        let session = Arc::new(Session::new(None).expect("no agent is one"));
        let listener = Listener::new::<u16>(Some(told), u32::MAX, Vouched::of_a_test());
        session.settings().listener = Some(listener);
        let mut settings = Settings::default();
        settings.listener = Some(listener);
        let stream = Stream::on_wire(wire.clone()).expect("the system has descriptors left");
        let socket = Socket::new(Role::Client, stream, &[], &settings);
        socket.register(&lease).expect("the system has memory left");
        let session = Object::Session(session);
        let life = Life::new(session.clone(), None, &lease);
        let session = winhttp.insert(session, HInternet::NULL, Some(Arc::clone(&life)));
        let socket = Object::Socket(Arc::new(socket));
        let life = Life::below(&life, socket.clone()).expect("the session is open");
        let socket = winhttp.insert(socket, session, Some(life));
        Self {
            steps: 5 + draw.below(60),
            draw,
            clock,
            winhttp: Rc::new(winhttp),
            lease,
            session,
            socket,
            peer: Peer::new(wire),
            model: Model::default(),
            depth: 0,
            receive_limit: 0,
            session_closings: 0,
            is_session_closed: false,
            log: Vec::new(),
            wrong: None,
        }
    }

    fn note(&mut self, what: impl Debug) {
        let indent = "    ".repeat(self.depth);
        self.log.push(format!("{indent}{what:?}"));
    }

    /// Remembers what is wrong first: a callback must not panic.
    fn check(&mut self, result: Result<(), String>) {
        if let Err(wrong) = result
            && self.wrong.is_none()
        {
            self.log.push(format!("wrong: {wrong}"));
            self.wrong = Some(wrong);
        }
    }

    /// A callback begins: the lane that it belongs to.
    fn begin_callback(&mut self, handle: HInternet, told: &Told) -> Option<super::Way> {
        self.note(told);
        self.depth += 1;
        if handle == self.session && *told != Told::Created {
            self.session_closings += 1;
            let is_last = *told == Told::Closing && self.is_session_closed && self.model.closings == 1;
            self.check(if is_last { Ok(()) } else { Err(format!("the session is told {told:?}")) });
            return None;
        }
        match self.model.told(told, self.clock.passed(), &self.peer) {
            Ok(way) => {
                if let Some(way) = way {
                    self.model.running[way as usize] += 1;
                }
                way
            }
            Err(wrong) => {
                self.check(Err(wrong));
                None
            }
        }
    }
}

/// The callback of all handles. It does something itself.
extern "system" fn told(handle: HInternet, _: usize, status: u32, information: *mut c_void, length: u32) {
    // Handles are made before there is a world.
    if WORLD.with_borrow(Option::is_none) {
        return;
    }
    let told = Told::new(status, information, length);
    let (way, steps) = world(|world| {
        let way = world.begin_callback(handle, &told);
        let is_deep = world.depth >= MAX_DEPTH || world.wrong.is_some();
        (way, if is_deep { 0 } else { world.draw.below(4) })
    });
    for _ in 0..steps {
        steps::step();
    }
    world(|world| {
        world.depth -= 1;
        world.note("returns");
        if let Some(way) = way {
            world.model.running[way as usize] -= 1;
        }
    });
}

/// A peer that takes a frame to its last byte, and only later more: what answers its ping goes out then.
#[test]
fn an_answer_that_found_no_room_behind_a_frame_goes_out_when_there_is_some() {
    let mut world_of_test = World::new(0);
    world_of_test.peer.wire.fill();
    world_of_test.steps = 0;
    WORLD.set(Some(world_of_test));
    steps::call(WebSocketOperation::Receive);
    steps::call(WebSocketOperation::Send);
    steps::run_jobs();
    world(|world| {
        world.peer.ping(b"ping");
        world.peer.wire.deliver(usize::MAX);
    });
    while world(|world| world.model.sends() != (1, 1)) {
        world(|world| world.peer.wire.make_room(1));
        steps::say();
        steps::run_jobs();
    }
    steps::settle();
    let World { model, peer, wrong, .. } = WORLD.take().expect("it was set");
    assert_eq!((model.assert_at_rest(&peer), wrong), (Ok(()), None));
}

/// One run: what is wrong with it.
fn run(seed: u64) -> Option<(String, Vec<String>)> {
    let world_of_run = World::new(seed);
    WORLD.set(Some(world_of_run));
    while world(|world| world.steps > 0 && world.wrong.is_none()) {
        steps::step();
    }
    steps::end();
    let winhttp = world(|world| Rc::clone(&world.winhttp));
    let session = world(|world| {
        world.note("CloseHandle of the session");
        (!std::mem::replace(&mut world.is_session_closed, true)).then_some(world.session)
    });
    if let Some(session) = session {
        winhttp.close_handle(session).expect("it was open");
    }
    steps::settle();
    let world = WORLD.take().expect("the run is over");
    let words = (world.model.closings, world.session_closings);
    let wrong = world.wrong.or_else(|| (words != (1, 1)).then(|| format!("HANDLE_CLOSING came {words:?} times")));
    wrong.map(|wrong| (wrong, world.log))
}

#[test]
fn every_drawn_interleaving_is_as_the_model_says() {
    for seed in runs(RUNS) {
        if let Some((wrong, log)) = run(seed) {
            panic!("{}\nseed {seed} (WINWS_SEEDS={seed}..{}): {wrong}", log.join("\n"), seed + 1);
        }
    }
}
