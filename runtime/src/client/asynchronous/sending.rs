//! Sends of several tasks, one frame after the other. A frame that has begun goes out whole, whoever is left to write it.

use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use winws_api::winhttp::WebSocketBufferType;

use crate::net::pump::{Failure, Flight};
use crate::winhttp::Socket;

/// The frame under way, and who waits for its end.
#[derive(Debug, Default)]
pub(super) struct Sending {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The frame under way.
    frame: Option<Frame>,
    /// How many frames have begun.
    begun: u64,
    /// How frames have ended that others have written, for their senders.
    ended: Vec<(u64, Result<(), Failure>)>,
    /// Tasks that wait for the end of the frame.
    waiting: Vec<Waker>,
    /// Those of them that are to look again.
    woken: Vec<Waker>,
}

#[derive(Debug)]
struct Frame {
    number: u64,
    flight: Flight,
    payload: Vec<u8>,
    /// Whether its sender has gone.
    is_left: bool,
}

/// The sender of a frame that has begun.
struct Sender<'s> {
    sending: &'s Sending,
    socket: &'s Socket,
    number: Option<u64>,
}

impl Sending {
    /// Sends one frame.
    pub(super) async fn send(
        &self,
        socket: &Socket,
        kind: WebSocketBufferType,
        payload: Vec<u8>,
    ) -> Result<(), Failure> {
        let (mut sender, mut payload) = (Sender { sending: self, socket, number: None }, Some(payload));
        poll_fn(|context| {
            self.with(|state| {
                let number = if let Some(number) = sender.number {
                    number
                } else {
                    // Somebody else's frame goes first.
                    ready!(state.poll(socket, context));
                    let payload = payload.take().expect("the frame has not begun");
                    let flight = socket.begin_send(kind, &payload)?;
                    *sender.number.insert(state.begin(flight, payload))
                };
                state.poll_end_of(number, socket, context)
            })
        })
        .await
    }

    /// Waits until no frame is under way.
    pub(super) fn poll_idle(&self, socket: &Socket, context: &Context<'_>) -> Poll<()> {
        self.with(|state| state.poll(socket, context))
    }

    /// Writes on at a frame whose sender has gone.
    pub(super) fn push(&self, socket: &Socket, context: &Context<'_>) {
        self.with(|state| {
            if state.frame.as_ref().is_some_and(|frame| frame.is_left) {
                // The task is woken when there is room.
                let _ = state.poll(socket, context);
            }
        });
    }

    /// Works with the state, and wakes whoever is to be woken once the lock is free.
    fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut state);
        let woken = std::mem::take(&mut state.woken);
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        result
    }
}

impl State {
    /// A frame is under way from now on: its number.
    fn begin(&mut self, flight: Flight, payload: Vec<u8>) -> u64 {
        self.begun += 1;
        self.frame = Some(Frame { number: self.begun, flight, payload, is_left: false });
        self.begun
    }

    /// Writes on at the frame under way until it has ended.
    fn poll(&mut self, socket: &Socket, context: &Context<'_>) -> Poll<()> {
        let Some(frame) = &mut self.frame else { return Poll::Ready(()) };
        let Poll::Ready(ended) = socket.poll_send(&mut frame.flight, &frame.payload, context) else {
            if !self.waiting.iter().any(|waiting| waiting.will_wake(context.waker())) {
                self.waiting.push(context.waker().clone());
            }
            return Poll::Pending;
        };
        if !frame.is_left {
            let ended = (frame.number, ended);
            self.ended.push(ended);
        }
        self.frame = None;
        self.woken.append(&mut self.waiting);
        Poll::Ready(())
    }

    /// How the frame with this number has ended.
    fn poll_end_of(&mut self, number: u64, socket: &Socket, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        if self.frame.as_ref().is_some_and(|frame| frame.number == number) {
            ready!(self.poll(socket, context));
        }
        let at = self.ended.iter().position(|&(ended, _)| ended == number).expect("each frame ends once");
        Poll::Ready(self.ended.swap_remove(at).1)
    }
}

impl Drop for Sender<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let is_left = self.sending.with(|state| {
            state.ended.retain(|&(ended, _)| ended != number);
            let Some(frame) = state.frame.as_mut().filter(|frame| frame.number == number) else { return false };
            frame.is_left = true;
            // Somebody else has to write on: a sender that waits, or whoever receives.
            state.woken.append(&mut state.waiting);
            true
        });
        if is_left {
            self.socket.wake_receiver();
        }
    }
}
