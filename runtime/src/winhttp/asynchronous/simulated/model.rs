//! What a program may see, kept apart from how that comes about: states of a WebSocket as behaviour.md describes them.

use std::collections::VecDeque;
use std::time::Duration;

use winws_api::Win32Error;
use winws_api::winhttp::{WebSocketBufferType, WebSocketOperation};

use crate::net::simulated::{Frame, Peer, Said};
use crate::raw::told::{Memory, Told};
use crate::winhttp::asynchronous::Way;

pub(super) const INVALID_HANDLE: u32 = Win32Error::ERROR_INVALID_HANDLE.0;
pub(super) const INVALID_PARAMETER: u32 = Win32Error::ERROR_INVALID_PARAMETER.0;
pub(super) const INVALID_OPERATION: u32 = Win32Error::ERROR_INVALID_OPERATION.0;
pub(super) const CANCELLED: u32 = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED.0;
pub(super) const CONNECTION: u32 = Win32Error::ERROR_WINHTTP_CONNECTION_ERROR.0;
pub(super) const INVALID_RESPONSE: u32 = Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE.0;
pub(super) const TIMEOUT: u32 = Win32Error::ERROR_WINHTTP_TIMEOUT.0;

/// An operation that a program has begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) operation: WebSocketOperation,
    /// When.
    pub(super) at: Duration,
    /// How long it may take, if a limit counts from its beginning.
    pub(super) limit: Option<Duration>,
    /// The type and the bytes of a send.
    pub(super) sends: Option<(WebSocketBufferType, &'static [u8])>,
    /// Where a receive puts what comes.
    pub(super) memory: Option<Memory>,
}

/// What a call that fails takes back.
pub(super) type Before = (Option<bool>, bool, bool, usize);

/// A WebSocket in the eyes of a program.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
pub(super) struct Model {
    /// What has begun and not ended, in the order of each lane.
    lanes: [VecDeque<Begun>; 2],
    /// How many callbacks of each lane run.
    pub(super) running: [usize; 2],
    /// All sends that have begun, and how many of them have succeeded.
    sends: Vec<(WebSocketBufferType, &'static [u8])>,
    sent: usize,
    /// How many have ended, in whichever way.
    sends_over: usize,
    /// Whether a message has begun, and whether that is a text.
    message: Option<bool>,
    has_shut_down: bool,
    has_shutdown_succeeded: bool,
    pub(super) has_closed: bool,
    pub(super) is_handle_closed: bool,
    /// How much of what the peer has said was received: so many frames, and so many bytes of the next one.
    heard: (usize, usize),
    has_heard_close: bool,
    /// The error that sticks.
    error: Option<u32>,
    /// Whether a time limit has ended the connection.
    is_aborted: bool,
    pub(super) closings: usize,
}

impl Model {
    pub(super) fn is_idle(&self, way: Way) -> bool {
        self.lanes[way as usize].is_empty()
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = WebSocketOperation> {
        self.lanes.iter().flatten().map(|begun| begun.operation)
    }

    /// Which types of a send fit what was sent before.
    fn fits(&self, kind: WebSocketBufferType) -> bool {
        self.message.is_none_or(|is_text| is_text == is_text_type(kind))
    }

    /// What a call that begins an operation may return, 0 if it succeeds.
    pub(super) fn may_return(&self, begun: &Begun, peer: &Peer) -> &'static [u32] {
        let is_out_idle = self.is_idle(Way::Out);
        let may_be_lost = peer.said_nonsense() || peer.has_reset || peer.has_ended || self.is_aborted;
        match (begun.operation, begun.sends) {
            _ if self.is_handle_closed => &[INVALID_HANDLE],
            (WebSocketOperation::Send, Some(_)) if !is_out_idle => &[INVALID_OPERATION],
            // After a time limit the connection is over by our own doing.
            (WebSocketOperation::Send | WebSocketOperation::Shutdown, _) if self.is_aborted => {
                &[INVALID_OPERATION, CANCELLED]
            }
            (WebSocketOperation::Send, Some(_)) if self.has_shut_down => &[INVALID_OPERATION],
            (WebSocketOperation::Send, Some((kind, _))) if !self.fits(kind) && may_be_lost => {
                &[INVALID_PARAMETER, INVALID_OPERATION]
            }
            (WebSocketOperation::Send, Some((kind, _))) if !self.fits(kind) => &[INVALID_PARAMETER],
            (WebSocketOperation::Receive, _) if !self.is_idle(Way::In) => &[INVALID_OPERATION],
            (WebSocketOperation::Receive, _) if self.is_aborted => &[0, INVALID_OPERATION],
            (WebSocketOperation::Receive, _) if self.has_closed || self.has_heard_close => &[INVALID_OPERATION],
            (WebSocketOperation::Receive, _) => &[0],
            (WebSocketOperation::Shutdown, _) if self.has_shut_down => &[INVALID_OPERATION],
            (WebSocketOperation::Close, _) if self.is_aborted => &[0, INVALID_OPERATION],
            (WebSocketOperation::Close, _) if self.has_closed => &[INVALID_OPERATION],
            // Its failure is told to the callback (b2.2.7), if there is room in the lane.
            (WebSocketOperation::Close, _) if self.error.is_some() && !is_out_idle => &[0, INVALID_OPERATION],
            (WebSocketOperation::Close, _) => &[0],
            (WebSocketOperation::Send | WebSocketOperation::Shutdown, _) if may_be_lost => &[0, INVALID_OPERATION],
            (WebSocketOperation::Send | WebSocketOperation::Shutdown, _) => &[0],
        }
    }

    /// A call is made, and callbacks come before it returns. If it fails, none does, and [`refused`](Self::refused) follows.
    pub(super) fn begin(&mut self, begun: Begun) -> Before {
        let before = (self.message, self.has_shut_down, self.has_closed, self.sends.len());
        if let Some((kind, bytes)) = begun.sends {
            self.message = is_fragment(kind).then_some(is_text_type(kind));
            self.sends.push((kind, bytes));
        }
        match begun.operation {
            WebSocketOperation::Shutdown => self.has_shut_down = true,
            // A close that fails at once leaves the socket as it was.
            WebSocketOperation::Close if self.error.is_none() => (self.has_shut_down, self.has_closed) = (true, true),
            WebSocketOperation::Close | WebSocketOperation::Send | WebSocketOperation::Receive => {}
        }
        self.lanes[way_of(begun.operation) as usize].push_back(begun);
        before
    }

    /// The call that was made has failed.
    pub(super) fn refused(&mut self, operation: WebSocketOperation, before: Before) {
        let begun = self.lanes[way_of(operation) as usize].pop_back();
        assert_eq!(begun.map(|begun| begun.operation), Some(operation));
        let count;
        (self.message, self.has_shut_down, self.has_closed, count) = before;
        self.sends.truncate(count);
    }

    /// A callback of the socket begins: which lane it belongs to.
    pub(super) fn told(&mut self, told: &Told, now: Duration, peer: &Peer) -> Result<Option<Way>, String> {
        if self.closings > 0 {
            return Err("something comes after HANDLE_CLOSING".to_owned());
        }
        let operation = match *told {
            Told::Created => return Ok(None),
            Told::Closing => {
                self.closings += 1;
                if !self.is_handle_closed {
                    return Err("HANDLE_CLOSING comes before the handle is closed".to_owned());
                }
                if self.pending().next().is_some() || self.running != [0; 2] {
                    return Err("HANDLE_CLOSING comes while something goes on".to_owned());
                }
                return Ok(None);
            }
            Told::Sent { .. } => WebSocketOperation::Send,
            Told::Received { .. } => WebSocketOperation::Receive,
            Told::ShutDown => WebSocketOperation::Shutdown,
            Told::Closed => WebSocketOperation::Close,
            Told::Failed { result: 0, operation, .. } => {
                WebSocketOperation::try_from(operation).map_err(|error| error.to_string())?
            }
            Told::Failed { .. } | Told::Other(_) => return Err(format!("{told:?} is nothing for a WebSocket")),
        };
        let way = way_of(operation);
        // What is cancelled within a callback is told of within it, before the call that cancels returns (b2.4.4); and so is what has
        // failed before.
        let has_failed = matches!(told, Told::Failed { .. });
        if self.running[way as usize] > 0 && !has_failed {
            return Err(format!("{told:?} comes within a callback of its lane"));
        }
        match self.lanes[way as usize].pop_front() {
            Some(begun) if begun.operation == operation => self.ended(&begun, told, now, peer)?,
            begun => return Err(format!("{told:?} where {begun:?} is the next")),
        }
        Ok(Some(way))
    }

    /// How many sends have begun, and how many have ended.
    pub(super) fn sends(&self) -> (usize, usize) {
        (self.sends.len(), self.sends_over)
    }

    fn ended(&mut self, begun: &Begun, told: &Told, now: Duration, peer: &Peer) -> Result<(), String> {
        self.sends_over += usize::from(begun.operation == WebSocketOperation::Send);
        match *told {
            Told::Sent { bytes, kind } => {
                let (sent_kind, sent) = begun.sends.expect("it is a send");
                self.sent = self.sends.len();
                if (usize::try_from(bytes), kind) != (Ok(sent.len()), i32::from(sent_kind)) {
                    return Err(format!("{told:?} for {} bytes of {sent_kind:?}", sent.len()));
                }
            }
            Told::Received { bytes, kind } => {
                let memory = begun.memory.as_ref().expect("it is a receive");
                let length = usize::try_from(bytes).expect("it is a length");
                let kind = WebSocketBufferType::try_from(kind).map_err(|error| error.to_string())?;
                self.received(&memory.bytes()[..length], kind, memory.bytes().len(), peer)?;
            }
            Told::ShutDown => self.has_shutdown_succeeded = true,
            Told::Closed if peer.said.iter().all(|said| !matches!(said, Said::Close(_))) => {
                return Err("CLOSE_COMPLETE without the peer's close frame".to_owned());
            }
            Told::Failed { code, .. } => return self.failed(begun, code, now, peer),
            Told::Closed | Told::Created | Told::Closing | Told::Other(_) => {}
        }
        Ok(())
    }

    fn received(&mut self, bytes: &[u8], kind: WebSocketBufferType, room: usize, peer: &Peer) -> Result<(), String> {
        let (frame, from) = self.heard;
        let unexpected = |what| Err(format!("{} bytes of {kind:?} where the peer said {what:?}", bytes.len()));
        if self.error.is_some() || self.has_heard_close {
            return unexpected(None);
        }
        match peer.said.get(frame) {
            Some(Said::Close(_)) if kind == WebSocketBufferType::Close && bytes.is_empty() => {
                self.has_heard_close = true;
            }
            Some(Said::Data { is_text, is_last, payload }) => {
                let ends = payload.len() - from == bytes.len();
                let is_whole = ends && *is_last;
                let as_said = payload[from..].starts_with(bytes)
                    && kind == type_of(*is_text, is_whole)
                    && (!bytes.is_empty() || payload.is_empty())
                    && bytes.len() <= room;
                if !as_said {
                    return unexpected(peer.said.get(frame));
                }
                self.heard = if ends { (frame + 1, 0) } else { (frame, from + bytes.len()) };
            }
            said => return unexpected(said),
        }
        Ok(())
    }

    fn failed(&mut self, begun: &Begun, code: u32, now: Duration, peer: &Peer) -> Result<(), String> {
        let operation = begun.operation;
        let is_receive = operation == WebSocketOperation::Receive;
        let is_late = |begun: &Begun| begun.limit.is_some_and(|limit| now >= begun.at + limit);
        // A close has its time from its beginning, and ends what is sent before it.
        let is_late = is_late(begun) || (!is_receive && self.lanes[Way::Out as usize].iter().any(is_late));
        let is_allowed = match code {
            CANCELLED => self.is_handle_closed || self.is_aborted || (is_receive && self.has_closed),
            CONNECTION => peer.has_ended || peer.has_reset,
            INVALID_RESPONSE => peer.said_nonsense() && (is_receive || operation == WebSocketOperation::Close),
            // Nothing goes out any more after a fault of the peer.
            INVALID_OPERATION => operation == WebSocketOperation::Send && peer.said_nonsense(),
            TIMEOUT => is_late,
            _ => false,
        };
        if !is_allowed || self.error.is_some_and(|error| is_receive && ![error, CANCELLED].contains(&code)) {
            return Err(format!("{operation:?} from {:?} ended with {code} at {now:?}, {:?}", begun.at, self.error));
        }
        if code == CONNECTION && is_receive && self.error.is_none() && !peer.has_reset && peer.wire.unread() > 0 {
            return Err("what had come before the end is lost".to_owned());
        }
        match code {
            TIMEOUT if !is_receive => self.is_aborted = true,
            CONNECTION | INVALID_RESPONSE if is_receive || operation == WebSocketOperation::Close => {
                self.error = Some(code);
            }
            _ => {}
        }
        Ok(())
    }

    /// What must have ended when a call returns that cancels: what no callback of its lane has kept from it.
    pub(super) fn assert_cancelled(&self, way: Way) -> Result<(), String> {
        // Once a time limit has ended the connection, a receive begins and fails even after a close.
        if self.is_idle(way) || self.running[way as usize] > 0 || (self.is_aborted && !self.is_handle_closed) {
            return Ok(());
        }
        let pending: Vec<_> = self.pending().collect();
        Err(format!("{pending:?} have not been cancelled"))
    }

    /// What may be pending when nothing goes on any more but time, and the peer owes no bytes and takes all.
    pub(super) fn assert_at_rest(&self, peer: &Peer) -> Result<(), String> {
        let is_owed = |operation| match operation {
            WebSocketOperation::Receive | WebSocketOperation::Close => !peer.is_over(),
            WebSocketOperation::Send | WebSocketOperation::Shutdown => false,
        };
        match self.pending().find(|&operation| !is_owed(operation)) {
            Some(operation) => Err(format!("{operation:?} waits for nothing")),
            None => self.assert_heard(peer),
        }
    }

    /// What the peer must have heard by now, and in which order.
    pub(super) fn assert_heard(&self, peer: &Peer) -> Result<(), String> {
        let heard = peer.heard()?;
        let data: Vec<&Frame> = heard.iter().filter(|frame| frame.is_data()).collect();
        let mut message = None;
        for (at, frame) in data.iter().enumerate() {
            let Some(&(kind, bytes)) = self.sends.get(at) else { return Err("more was heard than sent".to_owned()) };
            let opcode = if message.is_some() { 0 } else { 2 - u8::from(is_text_type(kind)) };
            message = is_fragment(kind).then_some(());
            if **frame != Frame::new(!is_fragment(kind), opcode, bytes) {
                return Err(format!("frame {at} was heard as {frame:?}"));
            }
        }
        if data.len() < self.sent {
            return Err(format!("{} of {} sends that succeeded were heard", data.len(), self.sent));
        }
        let is_close = |frame: &Frame| frame.opcode == Frame::CLOSE;
        if let Some(at) = heard.iter().position(is_close)
            && heard[at + 1..].iter().any(|frame| frame.opcode != Frame::PONG)
        {
            return Err(format!("{:?} was heard after the close frame", &heard[at + 1..]));
        }
        if self.has_shutdown_succeeded && !heard.iter().any(is_close) && !self.has_heard_close && !peer.is_over() {
            return Err("the close frame of a shutdown was not heard".to_owned());
        }
        // Whoever receives answers.
        let pong = heard.iter().rfind(|frame| frame.opcode == Frame::PONG && !frame.payload.is_empty());
        let answers = !self.is_idle(Way::In) && !peer.is_over();
        let ping = peer.ping.as_ref().filter(|ping| !ping.is_empty());
        if answers && ping.is_some_and(|ping| pong.is_none_or(|pong| pong.payload != *ping)) {
            return Err(format!("{ping:?} was not answered but by {pong:?}"));
        }
        Ok(())
    }
}

/// The lane of an operation.
pub(super) const fn way_of(operation: WebSocketOperation) -> Way {
    match operation {
        WebSocketOperation::Receive => Way::In,
        WebSocketOperation::Send | WebSocketOperation::Shutdown | WebSocketOperation::Close => Way::Out,
    }
}

const fn is_text_type(kind: WebSocketBufferType) -> bool {
    matches!(kind, WebSocketBufferType::Utf8Fragment | WebSocketBufferType::Utf8Message)
}

const fn is_fragment(kind: WebSocketBufferType) -> bool {
    matches!(kind, WebSocketBufferType::Utf8Fragment | WebSocketBufferType::BinaryFragment)
}

const fn type_of(is_text: bool, is_whole: bool) -> WebSocketBufferType {
    match (is_text, is_whole) {
        (true, true) => WebSocketBufferType::Utf8Message,
        (true, false) => WebSocketBufferType::Utf8Fragment,
        (false, true) => WebSocketBufferType::BinaryMessage,
        (false, false) => WebSocketBufferType::BinaryFragment,
    }
}
