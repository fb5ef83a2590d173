//! What may be called when, and what comes of it: the state table of the protocol component.
//!
//! A handle has a [`Session`]. Once that is open, its two directions go on by themselves: each is a [`Direction`], of which
//! a [`Channel`] says what may still begin, and a [`Step`] how far the one operation has got that can be queued. All
//! transitions are in the functions of this file. A refused call changes nothing.

use winws_api::websocket::Action;

/// How far a handle has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// A client that has not begun its handshake.
    NewClient,
    /// A server that has not begun its handshake.
    NewServer,
    /// A client whose request has its headers.
    BegunClient,
    /// A server whose response has its headers.
    BegunServer,
    /// The handshake is complete.
    Open,
    /// `WebSocketAbortHandle` was called on an open session.
    Aborted,
}

/// The calls that the session decides about. `WebSocketDeleteHandle` is allowed in every state and leaves none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `WebSocketBeginClientHandshake`
    BeginClient,
    /// `WebSocketEndClientHandshake`
    EndClient,
    /// `WebSocketBeginServerHandshake`
    BeginServer,
    /// `WebSocketEndServerHandshake`
    EndServer,
    /// `WebSocketSend`, `WebSocketReceive`: the direction decides too.
    Transfer,
    /// `WebSocketGetAction`
    GetAction,
    /// `WebSocketAbortHandle`
    Abort,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The handle is one of the other role: `E_INVALIDARG`.
    Role,
    /// The handshake is not at this point: `E_INVALID_PROTOCOL_OPERATION`.
    Handshake,
    /// The session was aborted: `E_INVALID_PROTOCOL_OPERATION`.
    Aborted,
    /// Another operation of this direction has not completed: `E_INVALID_PROTOCOL_OPERATION`.
    Busy,
    /// A close frame, a violation of the protocol, a transfer that was cut short, or `WebSocketAbortHandle` has ended
    /// this direction: `E_INVALID_PROTOCOL_OPERATION`.
    Ended,
}

impl Session {
    /// The state after a call that has nothing else to complain about.
    #[rustfmt::skip]
    pub const fn after(self, call: Call) -> Result<Self, Refusal> {
        use Call::{Abort, BeginClient, BeginServer, EndClient, EndServer, GetAction, Transfer};
        use Refusal::{Handshake, Role};
        use Session::{Aborted, BegunClient, BegunServer, NewClient, NewServer, Open};
        match (self, call) {
            (NewClient,   BeginClient)                           => Ok(BegunClient),
            (NewClient,   EndClient | Transfer | GetAction)      => Err(Handshake),
            (NewServer,   BeginServer)                           => Ok(BegunServer),
            (NewServer,   EndServer | Transfer | GetAction)      => Err(Handshake),

            (BegunClient, EndClient)                             => Ok(Open),
            (BegunClient, BeginClient | Transfer | GetAction)    => Err(Handshake),
            // The end may be left out: the first use of the session does the same.
            (BegunServer, EndServer | Transfer | GetAction)      => Ok(Open),
            (BegunServer, BeginServer)                           => Err(Handshake),

            (NewClient | BegunClient, BeginServer | EndServer)   => Err(Role),
            (NewServer | BegunServer, BeginClient | EndClient)   => Err(Role),
            // It does nothing to a handle whose handshake is not complete.
            (NewClient | NewServer | BegunClient | BegunServer, Abort) => Ok(self),

            (Open,        Transfer | GetAction)                  => Ok(Open),
            (Open,        Abort)                                 => Ok(Aborted),
            (Aborted,     Transfer)                              => Err(Refusal::Aborted),
            (Aborted,     GetAction | Abort)                     => Ok(Aborted),
            (Open | Aborted, BeginClient | EndClient | BeginServer | EndServer) => Err(Handshake),
        }
    }
}

/// What may still begin in a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Everything.
    Open,
    /// After our close frame, control frames only.
    Closed,
    /// Nothing.
    Ended,
}

/// How far the operation of a direction has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// There is none.
    Idle,
    /// It is queued, and bytes have to be moved for it.
    Moving,
    /// It has ended, and that is to be indicated.
    Ended,
}

/// The state of the sending or of the receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    /// What may still begin.
    pub channel: Channel,
    /// How far the operation has got.
    pub step: Step,
}

/// What happens to the sending direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendInput {
    /// Text or binary data is queued.
    Data,
    /// A ping or an unsolicited pong is queued.
    Control,
    /// A close frame is queued.
    Close,
    /// The last byte of the operation has gone out.
    Sent,
    /// Fewer bytes went out than were offered, of the operation or of an answer to a ping.
    CutShort,
    /// The peer broke the protocol.
    Fault,
    /// `WebSocketAbortHandle`
    Abort,
    /// `WebSocketCompleteAction` for the indication.
    Indicated,
}

/// What happens to the receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReceiveInput {
    /// A receive is queued.
    Receive,
    /// A piece of a message has come, or the pong for our ping.
    Piece,
    /// The close frame of the peer has come.
    Close,
    /// No bytes came.
    CutShort,
    /// No more bytes will come: what a `Connection` says of no bytes, and a handle never does.
    End,
    /// The peer broke the protocol.
    Fault,
    /// `WebSocketAbortHandle`
    Abort,
    /// `WebSocketCompleteAction` for the indication.
    Indicated,
}

impl Direction {
    /// A direction of a session that has just been opened.
    pub const START: Self = Self { channel: Channel::Open, step: Step::Idle };

    /// The sending direction after this input.
    #[rustfmt::skip]
    pub const fn sending(self, input: SendInput) -> Result<Self, Refusal> {
        use Channel as C;
        use SendInput::{Abort, Close, Control, CutShort, Data, Fault, Indicated, Sent};
        use Step as S;
        let (channel, step) = match (self.channel, self.step, input) {
            (_,          S::Moving | S::Ended, Data | Control | Close) => return Err(Refusal::Busy),
            (C::Open,    S::Idle,   Data | Control)             => (C::Open,      S::Moving),
            (C::Open,    S::Idle,   Close)                      => (C::Closed,    S::Moving),
            (C::Closed,  S::Idle,   Control)                    => (C::Closed,    S::Moving),
            (C::Closed,  S::Idle,   Data | Close)               => return Err(Refusal::Ended),
            (C::Ended,   S::Idle,   Data | Control | Close)     => return Err(Refusal::Ended),

            (channel,    S::Moving, Sent)                       => (channel,      S::Ended),
            (channel,    S::Ended,  Indicated)                  => (channel,      S::Idle),

            // The peer could not tell where the next frame begins.
            (_,          S::Moving, CutShort | Abort)           => (C::Ended,     S::Ended),
            // The send is brought to its end: the close frame that says why comes behind it (section 5.5.1).
            (_,          S::Moving, Fault)                      => (C::Ended,     S::Moving),
            (_,          step,      CutShort | Abort | Fault)   => (C::Ended,     step),

            (channel,    step,      Sent | Indicated)           => (channel,      step),
        };
        Ok(Self { channel, step })
    }

    /// The receiving direction after this input.
    #[rustfmt::skip]
    pub const fn receiving(self, input: ReceiveInput) -> Result<Self, Refusal> {
        use Channel as C;
        use ReceiveInput::{Abort, Close, CutShort, End, Fault, Indicated, Piece, Receive};
        use Step as S;
        let (channel, step) = match (self.channel, self.step, input) {
            (_,          S::Moving | S::Ended, Receive)         => return Err(Refusal::Busy),
            (C::Open,    S::Idle,   Receive)                    => (C::Open,      S::Moving),
            (C::Closed | C::Ended, S::Idle, Receive)            => return Err(Refusal::Ended),

            (channel,    S::Moving, Piece | CutShort)           => (channel,      S::Ended),
            (_,          S::Moving, Close | End | Fault | Abort) => (C::Ended,    S::Ended),
            (channel,    S::Ended,  Indicated)                  => (channel,      S::Idle),

            (_,          step,      Abort)                      => (C::Ended,     step),
            // Bytes are looked at for a receive only.
            (channel,    step,      Piece | CutShort | Close | End | Fault | Indicated) => (channel, step),
        };
        Ok(Self { channel, step })
    }

    /// What `WebSocketGetAction` gives for the send queue.
    ///
    /// While a frame that the component sends by itself is on its way, it is `WEB_SOCKET_NO_ACTION` instead of a send, and from
    /// then on the receive queue has that send too: who was told that nothing is left to do need not ask again.
    pub const fn send_action(self) -> Action {
        match self.step {
            Step::Idle => Action::Nothing,
            Step::Moving => Action::SendToNetwork,
            Step::Ended => Action::IndicateSendComplete,
        }
    }

    /// What `WebSocketGetAction` gives for the receive queue, unless there is a frame that the component sends by itself,
    /// which is `WEB_SOCKET_SEND_TO_NETWORK_ACTION`, or a send that had to wait for one: these come first.
    pub const fn receive_action(self) -> Action {
        match self.step {
            Step::Idle => Action::Nothing,
            Step::Moving => Action::ReceiveFromNetwork,
            Step::Ended => Action::IndicateReceiveComplete,
        }
    }
}
