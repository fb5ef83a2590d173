//! The state tables once more, as data that was written from the reference pages: `fixtures/table/*.tsv`.
//!
//! What a program of websocket.h sees is a [`Phase`] of the handle and a [`Direction`] each way. Nothing here knows the tables
//! of the runtime, which are compared with these.

#![allow(clippy::missing_panics_doc, reason = "panicking is how a test fails")]

use std::str::FromStr;
use std::sync::LazyLock;

use winws_api::websocket::Action;

/// One line of a table: its fields, without the reason in the last one.
pub type Row = Vec<&'static str>;

/// The rows of a table in groups, which empty lines separate.
pub fn groups(table: &'static str) -> Vec<Vec<Row>> {
    let mut groups = vec![Vec::new()];
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields: Row = line.split('\t').collect();
        if fields == [""] {
            groups.push(Vec::new());
            continue;
        }
        let reason = fields.pop().expect("a line has fields");
        assert!(reason.len() > 5, "a row says why: {line}");
        groups.last_mut().expect("there is one").push(fields);
    }
    groups
}

/// Whether a field of a row fits a word: `*` fits all, `next-*` all that begin so, and `|` separates several.
pub fn fits(field: &str, word: &str) -> bool {
    field.split('|').any(|field| match field.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => field == word,
    })
}

/// The column `then` of the first row that fits these words.
fn first(table: &[Row], words: &[&str]) -> &'static str {
    let fits_all = |row: &&Row| row.iter().zip(words).all(|(field, word)| fits(field, word));
    table.iter().find(fits_all).unwrap_or_else(|| panic!("no row for {words:?}")).last().expect("a row has fields")
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word of the tables.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(format!("no {} is called {word:?}", stringify!($name))) }
            }
        }
    };
}

words! {
    /// How far a handle has got.
    Phase {
        /// A client that has not begun its handshake.
        NewClient = "new-client",
        /// A server that has not begun its handshake.
        NewServer = "new-server",
        /// A client whose request has its headers.
        BegunClient = "begun-client",
        /// A server whose response has its headers.
        BegunServer = "begun-server",
        /// The handshake is complete.
        Open = "open",
        /// It was aborted while it was open.
        Aborted = "aborted",
    }
}

words! {
    /// A call on a handle.
    Call {
        /// `WebSocketBeginClientHandshake`
        BeginClient = "begin-client",
        /// `WebSocketEndClientHandshake`
        EndClient = "end-client",
        /// `WebSocketBeginServerHandshake`
        BeginServer = "begin-server",
        /// `WebSocketEndServerHandshake`
        EndServer = "end-server",
        /// `WebSocketSend`, `WebSocketReceive`
        Transfer = "transfer",
        /// `WebSocketGetAction`
        GetAction = "get-action",
        /// `WebSocketAbortHandle`
        Abort = "abort",
    }
}

words! {
    /// Why a call is refused.
    Refusal {
        /// The handle is one of the other role: `E_INVALIDARG`.
        Role = "role",
        /// The handshake is not at this point: `E_INVALID_PROTOCOL_OPERATION`, as for all others.
        Handshake = "handshake",
        /// The session was aborted.
        Aborted = "aborted!",
        /// The direction has ended.
        Ended = "ended!",
    }
}

words! {
    /// What may still begin in a direction.
    Channel {
        /// Everything.
        Open = "open",
        /// Control frames only.
        Closed = "closed",
        /// Nothing.
        Ended = "ended",
    }
}

words! {
    /// How far the operation of a direction has got.
    Step {
        /// There is none.
        Idle = "idle",
        /// Bytes have to be moved for it.
        Moving = "moving",
        /// Its end is to be indicated.
        Ended = "ended",
    }
}

words! {
    /// What happens to the sending direction.
    SendInput {
        /// Text or binary data is queued.
        Data = "data",
        /// A ping or an unsolicited pong is queued.
        Control = "control",
        /// A close frame is queued.
        Close = "close",
        /// The last byte has gone out.
        Sent = "sent",
        /// The peer broke the protocol.
        Fault = "fault",
        /// The same, and the send has not begun.
        Dropped = "dropped",
        /// `WebSocketAbortHandle`
        Abort = "abort",
        /// `WebSocketCompleteAction` for the indication.
        Indicated = "indicated",
        /// The next send of the queue takes its place.
        Next = "next",
        /// The same of a close frame, unless the session was aborted.
        NextClose = "next-close",
    }
}

words! {
    /// What happens to the receiving direction.
    ReceiveInput {
        /// A receive is queued.
        Receive = "receive",
        /// A piece of a message has come, or the pong for our ping.
        Piece = "piece",
        /// The close frame of the peer has come.
        Close = "close",
        /// No bytes came.
        CutShort = "cut-short",
        /// The peer broke the protocol.
        Fault = "fault",
        /// `WebSocketAbortHandle`
        Abort = "abort",
        /// `WebSocketCompleteAction` for the indication.
        Indicated = "indicated",
        /// The next receive of the queue takes its place.
        Next = "next",
    }
}

impl Phase {
    /// The phase after a call that has nothing else to complain about.
    pub fn after(self, call: Call) -> Result<Self, Refusal> {
        static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| groups(include_str!("fixtures/table/phases.tsv")).concat());
        let then = first(&TABLE, &[self.word(), call.word()]);
        Refusal::from_str(then).map_or_else(|_| Ok(then.parse().expect("a phase")), Err)
    }
}

/// The state of the sending or of the receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    /// What may still begin.
    pub channel: Channel,
    /// How far the operation has got.
    pub step: Step,
}

impl Direction {
    /// A direction of a session that has just been opened.
    pub const START: Self = Self { channel: Channel::Open, step: Step::Idle };

    /// The sending direction after this input.
    pub fn sending(self, input: SendInput) -> Result<Self, Refusal> {
        static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| groups(include_str!("fixtures/table/sends.tsv")).concat());
        self.then(&TABLE, input.word())
    }

    /// The receiving direction after this input.
    pub fn receiving(self, input: ReceiveInput) -> Result<Self, Refusal> {
        static TABLE: LazyLock<Vec<Row>> =
            LazyLock::new(|| groups(include_str!("fixtures/table/receives.tsv")).concat());
        self.then(&TABLE, input.word())
    }

    fn then(self, table: &[Row], input: &str) -> Result<Self, Refusal> {
        let then = first(table, &[self.channel.word(), self.step.word(), input]);
        if let Ok(refusal) = then.parse() {
            return Err(refusal);
        }
        let (channel, step) = then.split_once(' ').expect("a channel and a step");
        let channel = if channel == "*" { self.channel } else { channel.parse().expect("a channel") };
        let step = if step == "*" { self.step } else { step.parse().expect("a step") };
        Ok(Self { channel, step })
    }

    /// What `WebSocketGetAction` gives for the send queue.
    pub const fn send_action(self) -> Action {
        match self.step {
            Step::Idle => Action::Nothing,
            Step::Moving => Action::SendToNetwork,
            Step::Ended => Action::IndicateSendComplete,
        }
    }

    /// What `WebSocketGetAction` gives for the receive queue, unless there is a frame that the component sends by itself.
    pub const fn receive_action(self) -> Action {
        match self.step {
            Step::Idle => Action::Nothing,
            Step::Moving => Action::ReceiveFromNetwork,
            Step::Ended => Action::IndicateReceiveComplete,
        }
    }
}
