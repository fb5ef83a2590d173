//! Random calls on both ends of a connection, by the functions of websocket.h, beside a model: the state table, and what was
//! sent. Legal calls do what the table says; illegal ones give the code of the page, and change nothing.

mod handshake;
mod illegal;

use std::collections::VecDeque;
use std::ffi::c_void;
use std::{ptr, slice};

use winws::websocket::Component;
use winws_api::HResult;
use winws_api::websocket::{
    Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType, Handle, Handles as _, Handshake as _,
    Property, PropertyType, Transfer as _,
};

use self::handshake::handshake;
use self::illegal::illegal;
use crate::model::{Call, Direction, Phase, ReceiveInput, Refusal, SendInput, Step};

const SEND: usize = 0;
const RECEIVE: usize = 1;

/// The first of the ends.
const CLIENT: usize = 0;

/// How many operations may wait in each direction (b5.12).
const MAX_OPERATIONS: usize = 64;

/// What a place for a context holds before the call.
const NO_CONTEXT: *mut c_void = ptr::without_provenance_mut(1);

/// What is sent, which lives as long as the program: letters, and each send takes others of them.
static PAYLOAD: [u8; 600] = {
    let mut letters = [0; 600];
    let mut index = 0;
    while index < letters.len() {
        letters[index] = b"abcdefghijklmnopqrstuvwxyz"[index % 26];
        index += 1;
    }
    letters
};

/// One end, and what it should be.
struct End {
    handle: Handle,
    session: Phase,
    directions: [Direction; 2],
    /// The sends and the contexts of the receives that are queued, those at the head included.
    sends: VecDeque<Queued>,
    receives: VecDeque<*mut c_void>,
    /// How many operations were queued.
    operations: usize,
    /// The kind of the message under way: whether it is text.
    message: Option<bool>,
    out: [Option<Out>; 2],
    /// Where a receive is to be written, if not into memory of the component. It is not freed before the handle.
    buffers: Vec<Vec<u8>>,
    /// Where the handle has its own buffers, if they are ours. It is not freed before the handle either.
    #[expect(dead_code, reason = "it is only kept")]
    memory: Vec<u64>,
    settings: Settings,
    /// Bytes that this end is to receive.
    wire: VecDeque<u8>,
    /// Payload that the other end has sent, of all messages one after the other, and that did not come yet.
    expected: VecDeque<u8>,
    /// Whether bytes of nobody are on the way.
    is_corrupted: bool,
    /// Whether bytes were looked at for an indication that there was no buffer for: nobody knows of what yet.
    is_ahead: bool,
}

/// A send that is queued.
struct Queued {
    context: *mut c_void,
    is_close: bool,
    /// The bytes of its frame, and those that have not gone out.
    frame: (usize, usize),
    /// Whether its bytes were made, and there was no buffer to lend them in.
    is_made: bool,
}

/// How both ends are made.
#[derive(Clone, Copy)]
struct Settings {
    /// With the smallest buffers, which lie in memory of ours: a frame of a client goes out in parts.
    is_small: bool,
    masks: bool,
    checks_utf8: bool,
}

impl Settings {
    /// What the first byte says beside how far the handshake is: the smallest buffers in half of all runs, and in a quarter
    /// no masking or no check.
    const fn of(byte: u8) -> Self {
        Self { is_small: byte & 4 != 0, masks: byte & 0x18 != 0x18, checks_utf8: byte & 0x60 != 0x60 }
    }
}

/// An action that is out.
struct Out {
    action: Action,
    token: *mut c_void,
    /// Where its buffers are.
    places: Vec<(*mut u8, usize)>,
    /// Whose operation it belongs to; none is that of an answer.
    owner: Option<usize>,
}

/// Makes calls out of bytes: two for each. No panic, and everything as the model says.
pub fn run(bytes: &[u8]) {
    // SAFETY: what is sent lives as long as the program, and what is received into as long as its end.
    let component = unsafe { Component::new() };
    let mut request = Vec::new();
    let mut response = Vec::new();
    let (first, calls) = bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest));
    let settings = Settings::of(first);
    let mut ends = [new_end(&component, settings, true), new_end(&component, settings, false)];
    // Random calls seldom get to an open connection, so that most runs start with one, and some with both ends begun.
    let begun = [0, 4, 2, 4][usize::from(first & 3)];
    for call in 0..begun {
        handshake(&component, &mut ends, call, &mut request, &mut response);
    }
    for pair in calls.chunks_exact(2) {
        let (side, call, argument) = (usize::from(pair[0] & 1), pair[0] >> 1, pair[1]);
        match call % 24 {
            call @ 0..4 => handshake(&component, &mut ends, call, &mut request, &mut response),
            4..9 => send(&component, &mut ends, side, argument),
            9..12 => receive(&component, &mut ends[side], argument),
            12..17 => get_action(&component, &mut ends[side], argument),
            17..22 => complete(&component, &mut ends, side, argument),
            22 => illegal(&component, &mut ends[side], argument),
            _ if argument < 16 => abort(&component, &mut ends[side]),
            _ if argument < 24 => corrupt(&mut ends[side], argument),
            _ => {}
        }
    }
    for end in ends {
        component.delete_handle(end.handle);
        assert_eq!(component.receive(end.handle, None, ptr::null_mut()).map_err(HResult::from), Err(HResult::E_HANDLE));
    }
}

fn new_end(component: &Component, settings: Settings, is_client: bool) -> End {
    let Settings { is_small, masks, checks_utf8 } = settings;
    // The least that is allowed, of receive buffer and send buffer, and beside them (b5.1).
    let (mut receive, mut send, mut yes) = (256_u32, if is_client { 256_u32 } else { 16 }, 1_u32);
    let mut memory = vec![0_u64; if is_small { (256 + 256 + 144) / 8 } else { 0 }];
    let mut start = memory.as_mut_ptr();
    let size = u32::try_from(memory.len() * 8).expect("it is small");
    let property = |of: PropertyType, value: *mut c_void, value_size| Property { type_: of.into(), value, value_size };
    let number = |of, value: &mut u32| property(of, ptr::from_mut(value).cast(), 4);
    let mut properties = Vec::new();
    if is_small {
        properties.push(number(PropertyType::ReceiveBufferSize, &mut receive));
        properties.push(number(PropertyType::SendBufferSize, &mut send));
        properties.push(property(PropertyType::AllocatedBuffer, (&raw mut start).cast(), size));
    }
    if !masks {
        properties.push(number(PropertyType::DisableMasking, &mut yes));
    }
    if !checks_utf8 {
        properties.push(number(PropertyType::DisableUtf8Verification, &mut yes));
    }
    let handle = if is_client {
        component.create_client_handle(&properties).expect("the settings are fine")
    } else {
        component.create_server_handle(&properties).expect("the settings are fine")
    };
    End {
        handle,
        session: if is_client { Phase::NewClient } else { Phase::NewServer },
        directions: [Direction::START; 2],
        sends: VecDeque::new(),
        receives: VecDeque::new(),
        operations: 0,
        message: None,
        out: [None, None],
        buffers: Vec::new(),
        memory,
        settings,
        wire: VecDeque::new(),
        expected: VecDeque::new(),
        is_corrupted: false,
        is_ahead: false,
    }
}

/// The code of a refusal.
fn code(refusal: Refusal) -> HResult {
    match refusal {
        Refusal::Role => HResult::E_INVALIDARG,
        _ => HResult::E_INVALID_PROTOCOL_OPERATION,
    }
}

impl End {
    /// Makes a call of the session, and demands that its code is the table's. Says whether it succeeded.
    fn expect(&mut self, call: Call, result: Result<(), HResult>) -> bool {
        let expected = self.session.after(call);
        assert_eq!(result, expected.map(drop).map_err(code), "{call:?} on {:?}", self.session);
        self.session = expected.unwrap_or(self.session);
        expected.is_ok()
    }

    fn input(&mut self, input: SendInput) {
        self.directions[SEND] = self.directions[SEND].sending(input).expect("it is no call");
    }

    fn receive_input(&mut self, input: ReceiveInput) {
        self.directions[RECEIVE] = self.directions[RECEIVE].receiving(input).expect("it is no call");
    }
}

/// A buffer of data; the bytes stay as long as the caller has promised.
fn buffer(bytes: &[u8]) -> Buffer {
    let buffer_length = u32::try_from(bytes.len()).expect("lengths fit");
    Buffer { data: BufferData { buffer: bytes.as_ptr().cast_mut(), buffer_length } }
}

fn send(component: &Component, ends: &mut [End; 2], side: usize, argument: u8) {
    let payload: &[u8] = match argument % 8 {
        0..4 => &PAYLOAD[usize::from(argument % 26)..][..usize::from(argument) * 2],
        6 => b"\xff",
        _ => b"",
    };
    let close = Buffer { close_status: BufferCloseStatus { status: 1000, ..BufferCloseStatus::default() } };
    let data = buffer(payload);
    let (kind, given, input) = match argument % 8 {
        0 => (BufferType::Utf8Message, Some(&data), SendInput::Data),
        1 => (BufferType::Utf8Fragment, Some(&data), SendInput::Data),
        2 => (BufferType::BinaryMessage, Some(&data), SendInput::Data),
        3 => (BufferType::BinaryFragment, Some(&data), SendInput::Data),
        4 => (BufferType::PingPong, None, SendInput::Control),
        5 => (BufferType::UnsolicitedPong, None, SendInput::Control),
        6 => (BufferType::Utf8Message, Some(&data), SendInput::Data),
        _ if argument < 64 => (BufferType::Close, Some(&close), SendInput::Close),
        _ => return,
    };
    let text = matches!(kind, BufferType::Utf8Message | BufferType::Utf8Fragment);
    let end = &mut ends[side];
    let context = end.context();
    let result = component.send(end.handle, kind, given, context).map_err(HResult::from);
    let opened = end.session.after(Call::Transfer);
    let expected = opened.and_then(|_| end.directions[SEND].sending(input)).map_err(code);
    let next = match expected {
        Ok(_) if end.sends.len() == MAX_OPERATIONS => Err(HResult::E_OUTOFMEMORY),
        Ok(_) if input == SendInput::Data && end.message.is_some_and(|kind| kind != text) => {
            Err(HResult::E_INVALID_PROTOCOL_OPERATION)
        }
        Ok(_) if argument % 8 == 6 && end.settings.checks_utf8 => Err(HResult::E_INVALIDARG),
        expected => expected,
    };
    // Bytes that break the protocol can be known before the receive queue says so.
    if end.is_corrupted && next.is_ok() && result == Err(HResult::E_INVALID_PROTOCOL_OPERATION) {
        return end.fault();
    }
    assert_eq!(result, next.map(drop), "{kind} in {:?} of {:?}", end.directions, end.session);
    let (Ok(next), Ok(open)) = (next, opened) else {
        // It has changed nothing.
        if end.session == Phase::BegunServer && argument >= 128 {
            end.expect(Call::EndServer, component.end_server_handshake(end.handle).map_err(HResult::from));
        }
        return;
    };
    end.session = open;
    end.directions[SEND] = next;
    let length = payload.len() + if input == SendInput::Close { 2 } else { 0 };
    let length = length + if length < 126 { 2 } else { 4 } + if side == CLIENT { 4 } else { 0 };
    end.sends.push_back(Queued {
        context,
        is_close: input == SendInput::Close,
        frame: (length, length),
        is_made: false,
    });
    if input == SendInput::Data {
        let goes_on = matches!(kind, BufferType::Utf8Fragment | BufferType::BinaryFragment);
        end.message = goes_on.then_some(text);
        ends[1 - side].expected.extend(payload);
    }
}

fn receive(component: &Component, end: &mut End, argument: u8) {
    let mut into = (argument % 2 == 1).then(|| vec![0_u8; usize::from(argument / 2)]);
    let given = into.as_mut().map(|into| Buffer {
        data: BufferData { buffer: into.as_mut_ptr(), buffer_length: u32::try_from(into.len()).expect("lengths fit") },
    });
    let is_empty = into.as_ref().is_some_and(Vec::is_empty);
    end.buffers.extend(into);
    let context = end.context();
    let result = component.receive(end.handle, given.as_ref(), context).map_err(HResult::from);
    if is_empty {
        assert_eq!(result, Err(HResult::E_INVALIDARG));
        return;
    }
    let opened = end.session.after(Call::Transfer);
    let expected = match opened.and_then(|_| end.directions[RECEIVE].receiving(ReceiveInput::Receive)).map_err(code) {
        Ok(_) if end.receives.len() == MAX_OPERATIONS => Err(HResult::E_OUTOFMEMORY),
        expected => expected,
    };
    // The close frame of the peer, or a violation, may be known before it is indicated.
    let is_known = (end.is_ahead || end.is_corrupted) && result == Err(HResult::E_INVALID_PROTOCOL_OPERATION);
    if expected.is_ok() && is_known {
        return;
    }
    assert_eq!(result, expected.map(drop), "in {:?} of {:?}", end.directions, end.session);
    if let (Ok(next), Ok(open)) = (expected, opened) {
        (end.directions[RECEIVE], end.session) = (next, open);
        end.receives.push_back(context);
    }
}

fn get_action(component: &Component, end: &mut End, argument: u8) {
    let queue = [ActionQueue::SEND, ActionQueue::RECEIVE, ActionQueue::ALL][usize::from(argument % 3)];
    let mut buffers = [buffer(&[]); 2];
    let room = [2, 2, 2, 2, 2, 2, 1, 0][usize::from(argument % 8)];
    let (mut count, mut action, mut kind, mut given) = (0, -1, -1, NO_CONTEXT);
    let mut token = ptr::null_mut();
    let result = component.get_action(
        end.handle,
        queue,
        &mut buffers[..room],
        &mut count,
        &mut action,
        &mut kind,
        Some(&mut given),
        &mut token,
    );
    let asks = |slot: usize| i32::from(queue) & [1, 2][slot] != 0;
    if let Err(error) = result {
        let error = HResult::from(error);
        if end.session.after(Call::GetAction).is_err() {
            end.expect(Call::GetAction, Err(error));
            return;
        }
        if room == 0 && error == HResult::E_INVALIDARG {
            // There was one to give, which is given when there is room for it (b5.14).
            end.expect(Call::GetAction, Ok(()));
            assert_eq!((count, action), (0, Action::Nothing.into()));
            if let (true, None, Some(send)) = (asks(SEND), &end.out[SEND], end.sends.front_mut()) {
                send.is_made = true;
            }
            end.is_ahead |= asks(RECEIVE);
            return;
        }
        let faults = [HResult::E_INVALID_PROTOCOL_FORMAT, HResult::E_INVALID_PROTOCOL_OPERATION];
        assert!(end.is_corrupted && faults.contains(&error) && asks(RECEIVE), "{error}");
        end.expect(Call::GetAction, Ok(()));
        if asks(SEND) {
            end.check_no_send();
        }
        end.receive_input(ReceiveInput::Fault);
        end.fault();
        return;
    }
    end.expect(Call::GetAction, Ok(()));
    let action = Action::try_from(action).expect("an action");
    let places: Vec<_> = buffers[..usize::try_from(count).expect("lengths fit")]
        .iter()
        .map(|buffer| {
            // SAFETY: both parts of the union begin with a pointer and a length.
            let data = unsafe { buffer.data };
            (data.buffer, usize::try_from(data.buffer_length).expect("lengths fit"))
        })
        .collect();
    // Nobody else can tell an answer of one queue from that of the other: the last bit of a token is its queue.
    let slot = token.addr() & 1;
    if asks(SEND) && (action == Action::Nothing || slot == RECEIVE) {
        end.check_no_send();
    }
    if action == Action::Nothing {
        assert!(given == NO_CONTEXT && places.is_empty());
        if asks(RECEIVE) {
            end.check_no_receive();
        }
        return;
    }
    assert!(asks(slot) && end.out[slot].is_none(), "{action} of a queue that has one out, or was not asked");
    let owner = match action {
        Action::SendToNetwork if given == NO_CONTEXT => None,
        Action::SendToNetwork | Action::IndicateSendComplete => Some(SEND),
        _ => Some(RECEIVE),
    };
    let expected = match owner {
        Some(SEND) => end.sends.front().map(|send| send.context),
        Some(_) => end.receives.front().copied(),
        None => Some(NO_CONTEXT),
    };
    assert_eq!(Some(given), expected, "the context of {action}");
    let out = Out { action, token, places, owner };
    end.check(slot, kind, &out);
    end.out[slot] = Some(out);
}

impl End {
    fn has_out(&self, slot: usize, action: Action) -> bool {
        self.out[slot].as_ref().is_some_and(|out| out.action == action)
    }

    /// A word that belongs to one operation of one handle.
    fn context(&mut self) -> *mut c_void {
        self.operations += 1;
        ptr::without_provenance_mut(self.handle.into_raw() ^ (self.operations << 1))
    }

    /// The peer broke the protocol. A send that has not begun ends, but for our close frame.
    fn fault(&mut self) {
        let has_out = self.out.iter().flatten().any(|out| out.owner == Some(SEND));
        let waits = |send: &Queued| !send.is_close && !send.is_made && !has_out && send.frame.0 == send.frame.1;
        let is_dropped = self.directions[SEND].step == Step::Moving && self.sends.front().is_some_and(waits);
        self.input(if is_dropped { SendInput::Dropped } else { SendInput::Fault });
    }

    /// The send queue has nothing to do where no send is queued, an action of it is out, or bytes of the receive queue (b5.8).
    fn check_no_send(&self) {
        let may_wait = match self.directions[SEND].step {
            Step::Idle => true,
            Step::Moving => self.has_out(RECEIVE, Action::SendToNetwork),
            Step::Ended => false,
        };
        assert!(may_wait || self.out[SEND].is_some(), "a send is queued: {:?}", self.directions[SEND]);
    }

    /// The receive queue has nothing to do where no receive is queued, or an action of it is out (b5.8).
    fn check_no_receive(&self) {
        if self.out[RECEIVE].is_none() {
            assert_eq!(self.directions[RECEIVE].receive_action(), Action::Nothing, "{:?}", self.directions);
        }
    }

    /// An action is that of the table, once what came and what went is known.
    fn check(&mut self, slot: usize, kind: i32, Out { action, places, owner, .. }: &Out) {
        let of_send = *owner == Some(SEND);
        if of_send {
            assert_eq!(slot, SEND, "{action} of the send queue (b5.8)");
            let is_early = *action == Action::IndicateSendComplete && self.directions[SEND].step == Step::Moving;
            if self.is_corrupted && is_early {
                // Bytes that break the protocol can be known before the receive queue says so.
                self.fault();
            }
            assert_eq!(self.directions[SEND].send_action(), *action);
        }
        let total = places.iter().map(|place| place.1).sum();
        match action {
            Action::Nothing | Action::IndicateSendComplete => {}
            Action::SendToNetwork => {
                assert!(!self.has_out(1 - slot, Action::SendToNetwork), "only one queue writes at a time");
                let (all, left) = self.sends.front().map_or((0, 0), |send| send.frame);
                let is_between = left == all || left == 0 || self.directions[SEND].step != Step::Moving;
                assert!(
                    if of_send { (1..=left).contains(&total) } else { is_between },
                    "frames go one after the other"
                );
            }
            Action::ReceiveFromNetwork => assert_eq!(self.directions[RECEIVE].receive_action(), *action),
            Action::IndicateReceiveComplete => {
                assert_eq!(places.len(), 1, "exactly one buffer");
                let is_close = kind == i32::from(BufferType::Close);
                self.receive_input(if is_close { ReceiveInput::Close } else { ReceiveInput::Piece });
                assert_eq!(self.directions[RECEIVE].receive_action(), *action);
                let is_data = !is_close && kind != i32::from(BufferType::PingPong);
                if is_data && !self.is_corrupted && places[0].1 > 0 {
                    // SAFETY: the action is out, so the bytes are lent.
                    let payload = unsafe { slice::from_raw_parts(places[0].0, places[0].1) };
                    let expected: Vec<u8> = self.expected.drain(..payload.len()).collect();
                    assert!(payload == expected, "what was sent is what comes");
                }
            }
        }
    }
}

fn complete(component: &Component, ends: &mut [End; 2], side: usize, argument: u8) {
    let end = &mut ends[side];
    let slot = usize::from(argument & 1);
    let Some(out) = end.out[slot].take() else { return };
    let total: usize = out.places.iter().map(|place| place.1).sum();
    let mut transferred = 0;
    let mut moved = Vec::new();
    match out.action {
        Action::SendToNetwork => {
            // Some servers say 0, or how long the first buffer was: all was written (b5.4).
            transferred = if argument < 8 { usize::from(argument) * 7 } else { total };
            for (start, length) in &out.places {
                // SAFETY: the action is out, so the bytes are lent.
                moved.extend_from_slice(unsafe { slice::from_raw_parts(*start, *length) });
            }
            if let (Some(SEND), Some(send)) = (out.owner, end.sends.front_mut()) {
                send.frame.1 -= total;
                if send.frame.1 == 0 {
                    end.input(SendInput::Sent);
                }
            }
        }
        Action::ReceiveFromNetwork => {
            let limit = if argument < 128 { usize::from(argument / 2) } else { usize::MAX };
            for (start, length) in &out.places {
                let length = (*length).min(end.wire.len()).min(limit - transferred);
                for (offset, byte) in end.wire.drain(..length).enumerate() {
                    // SAFETY: the action is out, so the place is ours, and the offset is within it.
                    unsafe { start.add(offset).write(byte) };
                }
                transferred += length;
            }
            if transferred == 0 {
                end.receive_input(ReceiveInput::CutShort);
            }
        }
        Action::IndicateSendComplete => {
            end.input(SendInput::Indicated);
            end.sends.pop_front();
            if let Some(send) = end.sends.front() {
                let goes_out = send.is_close && end.session != Phase::Aborted;
                end.input(if goes_out { SendInput::NextClose } else { SendInput::Next });
            }
        }
        Action::IndicateReceiveComplete => {
            end.receive_input(ReceiveInput::Indicated);
            end.receives.pop_front();
            if !end.receives.is_empty() {
                end.receive_input(ReceiveInput::Next);
            }
        }
        Action::Nothing => {}
    }
    component.complete_action(end.handle, out.token, u32::try_from(transferred).expect("lengths fit"));
    ends[1 - side].wire.extend(moved);
}

fn abort(component: &Component, end: &mut End) {
    component.abort_handle(end.handle);
    end.session = end.session.after(Call::Abort).expect("it is never refused");
    if end.session == Phase::Aborted {
        end.input(SendInput::Abort);
        end.receive_input(ReceiveInput::Abort);
    }
}

/// Bytes of nobody on the way to an end: from now on what comes is not what was sent.
fn corrupt(end: &mut End, argument: u8) {
    end.wire.push_back(argument);
    end.is_corrupted = true;
}
