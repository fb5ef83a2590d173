//! All transitions of a session: what may begin, what is sent next, and what an event means for both directions.
//!
//! A direction is a small value, [`Sending`] or [`Receiving`]. `after` returns its next state, column by column, and
//! [`Sending::due`] says what the network gets next. Events from the network are always accepted; only a call from the
//! application can be refused, and a refused call changes nothing. The tests have the same tables again, written from
//! the pages.

use core::fmt;

/// Why a call of the application is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The queue of this direction is full.
    Busy,
    /// A close frame, a violation of the protocol, a lost connection or an abort has ended this direction.
    Ended,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "the queue of operations is full",
            Self::Ended => "this direction of the connection has ended",
        })
    }
}

impl core::error::Error for Refusal {}

/// What may still begin in the sending direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Everything may begin.
    Open,
    /// Only control frames may begin: our close frame is queued or was sent (section 5.5.1).
    Closed,
    /// Nothing may begin: the peer broke the protocol. The operation in progress is finished, and a close frame says
    /// why.
    Failed,
    /// Nothing may begin, and nothing is sent: the connection is lost or was aborted.
    Lost,
}

/// The progress of the operation at the head of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// There is none.
    None,
    /// No byte has been offered.
    Waiting,
    /// The same of our close frame: it is sent even if the peer breaks the protocol before.
    Closing,
    /// A part of its frame has been offered. The rest comes next, and nothing may come between.
    InFrame,
    /// The operation has ended, and its end must be indicated.
    Ended,
}

/// The frame that the session sends by itself. There is one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// There is none.
    None,
    /// The pong for the newest ping (section 5.5.3), or a sign of life.
    Pong,
    /// The close frame that tells the peer about its fault.
    Close,
}

/// The owner of the bytes that are on offer to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The operation.
    Operation,
    /// An answer.
    Answer,
}

/// The sending direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sending {
    /// What may still begin.
    pub channel: Channel,
    /// The operation at the head of the queue.
    pub operation: Operation,
    /// The frame that the session sends by itself, until it is on offer.
    pub answer: Answer,
    /// The owner of the bytes on offer.
    pub offer: Option<Source>,
}

/// The kind of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// A piece of a message.
    Data,
    /// A ping or a pong.
    Control,
    /// Our close frame.
    Close,
}

/// An input of the sending direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendInput {
    /// The application queues a send.
    Queue(Command),
    /// A ping of the peer has come.
    Ping,
    /// It is time for a sign of life.
    KeepAlive,
    /// The peer broke the protocol.
    Fault,
    /// Bytes are offered.
    Offered(Source),
    /// All bytes on offer have been sent.
    Written {
        /// Whether their frame ends with them.
        end_of_frame: bool,
    },
    /// The bytes on offer cannot be sent.
    Lost,
    /// The application gives the session up.
    Abort,
    /// The end of the operation was indicated.
    Indicated,
    /// The next operation of the queue takes its place.
    Next(Command),
}

/// Which frames a pump takes from the write half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// All frames.
    Everything,
    /// Only sends of the application.
    Operations,
    /// Only answers.
    Answers,
}

impl Sending {
    /// The sending direction of a session that has just been opened.
    pub const START: Self =
        Self { channel: Channel::Open, operation: Operation::None, answer: Answer::None, offer: None };

    /// What becomes of the direction.
    ///
    /// # Errors
    ///
    /// [`Refusal::Ended`] for a send that may not begin any more.
    #[rustfmt::skip]
    #[inline]
    pub const fn after(self, input: SendInput) -> Result<Self, Refusal> {
        use Command::{Close, Control, Data};
        use SendInput::{Abort, Fault, Indicated, KeepAlive, Lost, Next, Offered, Ping, Queue, Written};

        let channel = match (self.channel, input) {
            (Channel::Open,                   Queue(Data | Control)) => Channel::Open,
            (Channel::Open,                   Queue(Close))          => Channel::Closed,
            (Channel::Closed,                 Queue(Control))        => Channel::Closed,
            (Channel::Closed,                 Queue(Data | Close))   => return Err(Refusal::Ended),
            (Channel::Failed | Channel::Lost, Queue(_))              => return Err(Refusal::Ended),
            (Channel::Open | Channel::Closed, Fault)                 => Channel::Failed,
            (_,                               Lost | Abort)          => Channel::Lost,
            (channel,                         _)                     => channel,
        };

        let operation = match (self.operation, input) {
            (Operation::None,    Queue(Data | Control))      => Operation::Waiting,
            (Operation::None,    Queue(Close))               => Operation::Closing,
            (Operation::None,    Next(command))              => match (self.channel, command) {
                (Channel::Open | Channel::Closed, Data | Control) => Operation::Waiting,
                (Channel::Open | Channel::Closed | Channel::Failed, Close) => Operation::Closing,
                (Channel::Failed, Data | Control)            => Operation::Ended,
                (Channel::Lost, _)                           => Operation::Ended,
            },
            // Sends that have not begun when the peer fails end without bytes, but for our close frame.
            (Operation::Waiting, Fault)                      => Operation::Ended,
            (Operation::Waiting | Operation::Closing, Offered(Source::Operation)) => Operation::InFrame,
            (Operation::InFrame, Written { end_of_frame: true }) if self.offers_operation() => Operation::Ended,
            (Operation::Waiting | Operation::Closing | Operation::InFrame, Lost | Abort) => Operation::Ended,
            (Operation::Ended,   Indicated)                  => Operation::None,
            (operation,          _)                          => operation,
        };

        let answer = match (self.answer, self.channel, input) {
            (Answer::None | Answer::Pong, Channel::Open | Channel::Closed, Ping) => Answer::Pong,
            (Answer::None, Channel::Open, KeepAlive)         => Answer::Pong,
            // Unless our own close frame says something else already.
            (_,            Channel::Open, Fault)             => Answer::Close,
            (_,            _, Offered(Source::Answer))       => Answer::None,
            (_,            _, Lost | Abort)                  => Answer::None,
            (answer,       _, _)                             => answer,
        };

        let offer = match input {
            Offered(source)               => Some(source),
            Written { .. } | Lost | Abort => None,
            _                             => self.offer,
        };

        Ok(Self { channel, operation, answer, offer })
    }

    /// Which bytes are sent next, of the kinds that the pump takes.
    ///
    /// Answers go between frames, and before a send that has not begun.
    #[rustfmt::skip]
    #[inline]
    pub const fn due(self, asked: Asked) -> Option<Source> {
        let (operations, answers) = match asked {
            Asked::Everything => (true, true),
            Asked::Operations => (true, false),
            Asked::Answers    => (false, true),
        };
        match (self.offer, self.operation, self.answer) {
            // Bytes on offer stay there until they have gone out, whoever asks.
            (Some(source), _, _)                                                    => Some(source),
            (None, Operation::InFrame, _)                             if operations => Some(Source::Operation),
            (None, Operation::InFrame, _)                                           => None,
            (None, _, Answer::Pong | Answer::Close)                   if answers    => Some(Source::Answer),
            (None, Operation::Waiting | Operation::Closing, _)        if operations => Some(Source::Operation),
            (None, _, _)                                                            => None,
        }
    }

    /// Whether nothing more is sent, and nothing waits to be sent.
    #[inline]
    pub const fn is_finished(self) -> bool {
        !matches!(self.channel, Channel::Open)
            && matches!(self, Self { operation: Operation::None, answer: Answer::None, offer: None, .. })
    }

    #[inline]
    const fn offers_operation(self) -> bool {
        matches!(self.offer, Some(Source::Operation))
    }
}

/// What may still be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intake {
    /// Everything.
    Open,
    /// Only the peer's close frame: data is dropped, because the application has closed and waits for the answer.
    Draining,
    /// Nothing.
    Ended,
}

/// The progress of the receive at the head of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Receive {
    /// There is none.
    None,
    /// The receive waits for bytes.
    Waiting,
    /// It has ended, and its end is to be indicated.
    Ended,
}

/// The receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receiving {
    /// What may still come.
    pub intake: Intake,
    /// The receive at the head of the queue.
    pub operation: Receive,
}

/// An input of the receiving direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReceiveInput {
    /// The application queues a receive.
    Queue,
    /// A piece of a message has come, or the pong for our ping.
    Piece,
    /// The close frame of the peer has come.
    Close,
    /// The peer broke the protocol.
    Fault,
    /// The receive ends without data. Other receives may follow.
    Nothing,
    /// No more bytes will come.
    End,
    /// The application gives the session up.
    Abort,
    /// The application has closed: the receive ends, and all data until the peer's close frame is dropped.
    Drain,
    /// The end of the operation was indicated.
    Indicated,
    /// The next operation of the queue takes its place.
    Next,
}

impl Receiving {
    /// The receiving direction of a session that has just been opened.
    pub const START: Self = Self { intake: Intake::Open, operation: Receive::None };

    /// What becomes of the direction.
    ///
    /// # Errors
    ///
    /// [`Refusal::Ended`] for a receive that may not begin any more.
    #[rustfmt::skip]
    #[inline]
    pub const fn after(self, input: ReceiveInput) -> Result<Self, Refusal> {
        use ReceiveInput::{Abort, Close, Drain, End, Fault, Indicated, Next, Nothing, Piece, Queue};

        let intake = match (self.intake, input) {
            (Intake::Open,                    Queue)        => Intake::Open,
            (Intake::Draining | Intake::Ended, Queue)       => return Err(Refusal::Ended),
            (Intake::Open,                    Drain)        => Intake::Draining,
            (_, Close | Fault | End | Abort)                => Intake::Ended,
            (intake, _)                                     => intake,
        };

        let operation = match (self.operation, input) {
            (Receive::None,    Queue)                       => Receive::Waiting,
            (Receive::None,    Next)                        => match self.intake {
                Intake::Open                                => Receive::Waiting,
                Intake::Draining | Intake::Ended            => Receive::Ended,
            },
            (Receive::Waiting, Piece | Close | Fault | Nothing | End | Abort | Drain) => Receive::Ended,
            (Receive::Ended,   Indicated)                   => Receive::None,
            (operation,        _)                           => operation,
        };

        Ok(Self { intake, operation })
    }

    /// Whether nothing more comes, and nothing must be indicated.
    #[inline]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self { intake: Intake::Ended, operation: Receive::None })
    }
}
