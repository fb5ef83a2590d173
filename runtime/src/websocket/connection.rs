//! A WebSocket connection without I/O, for both roles. It returns actions, and the program carries them out.

mod handled;

use winws_api::websocket::Action as ActionKind;

use super::action::{Action, ReceiveComplete, ReceiveFromNetwork, SendComplete, SendToNetwork};
use super::halves::{ReceiveHalf, SendHalf};
use super::mail::Mail;
use super::memory::Memory;
use super::receives::Receives;
use super::sends::Sends;
use super::{Config, GivenBack, Queue, Refusal, SendError};
use crate::protocol::{CloseFrame, Control, ControlPayload, Fault, MessageKind, Piece};

/// An open WebSocket connection that does no I/O by itself.
///
/// Make it after the handshake ([`crate::protocol::upgrade`]). [`send`](Self::send) and [`receive`](Self::receive)
/// queue operations, up to 64 in each direction. [`next_action`](Self::next_action) returns what to do for them. An action
/// borrows the connection and its buffers, and `complete` consumes the action, so the compiler checks how long the
/// buffers are used. An action that is dropped counts as not done, and is returned again.
///
/// The connection answers pings of the peer by itself. It leaves the answer to the peer's close frame to the
/// application, which chooses the time and the status. When the peer breaks the protocol,
/// [`next_action`](Self::next_action) fails once, and then offers a close frame for the peer.
///
/// `P` is the type of the payloads to send, and `B` is the type of the caller's receive buffers.
///
/// ```
/// use winws::websocket::{Action, Config, Connection, Received};
/// use winws::protocol::MessageKind;
///
/// let mut client = Connection::<&[u8]>::of(Config::client());
/// let mut server = Connection::<&[u8]>::of(Config::server());
/// client.send(MessageKind::Text, true, b"hello")?;
/// server.receive()?;
///
/// let mut wire = Vec::new();
/// while let Some(action) = client.next_action()? {
///     match action {
///         Action::SendToNetwork(send) => {
///             let sent = send.buffers().iter().map(|buffer| wire.extend_from_slice(buffer)).count();
///             assert_eq!(sent, 2);
///             let length = send.len();
///             send.complete(length);
///         }
///         Action::SendComplete(sent) => assert_eq!(sent.complete(), Some(&b"hello"[..])),
///         _ => unreachable!("nothing is received here"),
///     }
/// }
/// loop {
///     match server.next_action()?.expect("the receive has not ended") {
///         Action::ReceiveFromNetwork(receive) => assert_eq!(receive.fill(&wire), wire.len()),
///         Action::ReceiveComplete(complete) => {
///             let Received::Data { kind, end_of_message, payload } = complete.received() else { panic!() };
///             assert_eq!((kind, end_of_message, payload), (MessageKind::Text, true, &b"hello"[..]));
///             complete.complete();
///             break;
///         }
///         _ => unreachable!("nothing is sent here"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Connection<P = Vec<u8>, B = Vec<u8>> {
    sends: Sends<P>,
    receives: Receives<B>,
    mail: Mail,
}

impl Connection {
    /// A connection before its first frame. Payloads and buffers are vectors, which it owns while it needs them.
    ///
    /// Only `Connection<Vec<u8>, Vec<u8>>` has this function, so that the compiler need not be told the two types. For
    /// other types there is [`of`](Connection::of).
    pub fn new(config: Config) -> Self {
        Self::of(config)
    }
}

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> Connection<P, B> {
    /// A connection before its first frame, for any types of payloads and buffers; [`new`](Connection::new) is for vectors.
    /// For example, `Connection::<&[u8]>::of(config)` sends borrowed payloads.
    pub fn of(config: Config) -> Self {
        Self::with_memory(&config, Memory::new(&config))
    }

    pub(super) fn with_memory(config: &Config, memory: Memory) -> Self {
        let Memory { sends, receives } = memory;
        Self {
            sends: Sends::new(config.framer(), sends),
            receives: Receives::new(config.receiver(), receives),
            mail: Mail::default(),
        }
    }

    /// Borrows both directions separately, so that a program can read while it writes.
    ///
    /// The halves have the actions of the connection, with one difference: the receiving half sends nothing. When there is
    /// an answer to send, for example to a ping, it returns [`AnswerDue`](super::ReceiveAction::AnswerDue), and the next
    /// action of the sending half sends the answer.
    ///
    /// One thread can use both halves if its I/O does not block: it asks the sending half when the network can be written,
    /// and the receiving half when it can be read. With I/O that blocks, each half needs a thread. If two ends send much at
    /// once and both write everything before they read, they wait for each other for ever. With a thread for each half
    /// neither waits:
    ///
    /// ```
    /// use std::error::Error;
    /// use std::io::{Read, Write};
    /// use std::net::{TcpListener, TcpStream};
    /// use std::sync::mpsc::channel;
    /// use std::thread;
    ///
    /// use winws::protocol::{CloseFrame, MessageKind};
    /// use winws::websocket::{Config, Connection, ReceiveAction, Received, SendAction, SendHalf};
    ///
    /// type Failure = Box<dyn Error + Send + Sync>;
    ///
    /// /// Does what the half has to do now.
    /// fn write_all(sends: &mut SendHalf<'_, &[u8]>, mut stream: &TcpStream) -> Result<(), Failure> {
    ///     while let Some(action) = sends.next_action() {
    ///         match action {
    ///             SendAction::SendToNetwork(send) => {
    ///                 let written = stream.write_vectored(&send.buffers())?;
    ///                 send.complete(written);
    ///             }
    ///             SendAction::SendComplete(sent) => drop(sent.complete()),
    ///         }
    ///     }
    ///     Ok(())
    /// }
    ///
    /// /// Sends a message and receives the peer's at the same time. The handshake is done.
    /// fn exchange(mut stream: &TcpStream, config: Config, message: &[u8]) -> Result<Vec<u8>, Failure> {
    ///     let mut connection = Connection::<&[u8]>::of(config);
    ///     let (mut sends, mut receives) = connection.split();
    ///     // The channel says that there is an answer to send. It ends with the reading.
    ///     let (answer_due, answers) = channel();
    ///     thread::scope(|scope| {
    ///         let writing = scope.spawn(move || -> Result<(), Failure> {
    ///             sends.send(MessageKind::Binary, true, message)?;
    ///             write_all(&mut sends, stream)?;
    ///             sends.send_close(CloseFrame::EMPTY)?;
    ///             write_all(&mut sends, stream)?;
    ///             answers.iter().try_for_each(|()| write_all(&mut sends, stream))
    ///         });
    ///         let mut whole = Vec::new();
    ///         while !receives.has_ended() {
    ///             receives.receive()?;
    ///             while let Some(action) = receives.next_action()? {
    ///                 match action {
    ///                     ReceiveAction::ReceiveFromNetwork(mut receive) => {
    ///                         let read = stream.read_vectored(&mut receive.buffers())?;
    ///                         receive.complete(read);
    ///                     }
    ///                     ReceiveAction::ReceiveComplete(complete) => {
    ///                         if let Received::Data { payload, .. } = complete.received() {
    ///                             whole.extend_from_slice(payload);
    ///                         }
    ///                         complete.complete();
    ///                     }
    ///                     ReceiveAction::AnswerDue => answer_due.send(())?,
    ///                 }
    ///             }
    ///         }
    ///         drop(answer_due);
    ///         writing.join().expect("the thread does not panic")?;
    ///         Ok(whole)
    ///     })
    /// }
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let client = TcpStream::connect(listener.local_addr()?)?;
    /// let server = listener.accept()?.0;
    /// let (one, other) = (vec![1; 1 << 20], vec![2; 1 << 20]);
    /// thread::scope(|scope| {
    ///     let serving = scope.spawn(|| exchange(&server, Config::server(), &other));
    ///     assert!(exchange(&client, Config::client(), &one)? == other);
    ///     assert!(serving.join().expect("the thread does not panic")? == one);
    ///     Ok::<(), Failure>(())
    /// })?;
    /// # Ok::<(), Failure>(())
    /// ```
    pub fn split(&mut self) -> (SendHalf<'_, P>, ReceiveHalf<'_, B>) {
        (SendHalf::new(&mut self.sends, &self.mail), ReceiveHalf::new(&mut self.receives, &self.mail))
    }

    /// Whether both directions have ended. The network connection can then be closed.
    pub fn is_finished(&self) -> bool {
        self.sends.is_finished() && self.receives.is_finished() && !self.mail.has_answers()
    }

    /// Whether the receiving direction has ended. No receive can be queued after that.
    ///
    /// It ends with the close frame of the peer, a violation of the protocol, the end of the stream, or
    /// [`abort`](Self::abort). The sending direction goes on until our close frame has been sent or it is aborted too.
    pub fn has_ended(&self) -> bool {
        self.receives.has_ended()
    }

    /// Queues a send of one frame: a whole message, or a piece of a message.
    ///
    /// # Errors
    ///
    /// The error gives the payload back, and nothing has changed.
    ///
    /// - [`SendError::Busy`]: 64 sends are waiting already.
    /// - [`SendError::Closed`]: our close frame was queued, or the sending direction has ended.
    /// - [`SendError::WrongKind`]: the piece mixes text and binary data in one message.
    /// - [`SendError::InvalidUtf8`]: the text is not UTF-8.
    pub fn send(&mut self, kind: MessageKind, end_of_message: bool, payload: P) -> Result<(), GivenBack<SendError, P>> {
        self.sends.send(Piece { kind, end_of_message }, payload, &self.mail)
    }

    /// Queues a send of a whole text, or of the rest of a text. The type of the text guarantees UTF-8, so there is no
    /// check.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send). [`SendError::InvalidUtf8`] means that the earlier pieces end inside a
    /// character.
    pub fn send_text(&mut self, text: P) -> Result<(), GivenBack<SendError, P>>
    where
        P: AsRef<str>,
    {
        self.sends.send_text(text, &self.mail)
    }

    /// Queues a ping. The pong with the same payload ends a receive (section 5.5.2). A pong for an earlier ping does
    /// not.
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] if 64 sends are waiting already, and [`SendError::Closed`] if nothing can be sent
    /// any more.
    pub fn send_ping(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.sends.send_control(Control::Ping(payload), None, &self.mail)
    }

    /// Queues an unsolicited pong, as a sign of life (section 5.5.3).
    ///
    /// # Errors
    ///
    /// The errors of [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.sends.send_control(Control::Pong(payload), None, &self.mail)
    }

    /// Queues our close frame. After that only pings and pongs can be sent (section 5.5.1). Receives go on.
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] if 64 sends are waiting already, and [`SendError::Closed`] if a close frame was
    /// queued before or the sending direction has ended.
    pub fn send_close(&mut self, close: CloseFrame) -> Result<(), SendError> {
        self.sends.send_control(Control::Close(close), None, &self.mail)
    }

    /// Queues a receive. Its data is lent from the connection's own memory, without a copy.
    ///
    /// The receive ends with a piece of a message, with the close frame of the peer, or with the pong for our latest
    /// ping. The piece has the bytes that have come.
    ///
    /// # Errors
    ///
    /// [`Refusal::Busy`] if 64 receives are waiting already, and [`Refusal::Ended`] if nothing more comes.
    pub fn receive(&mut self) -> Result<(), Refusal> {
        self.receives.receive()
    }

    /// Queues a receive into a buffer of the caller. Payload is read from the network directly into this buffer.
    ///
    /// If the buffer is empty, the data is lent from the connection's own memory, as in [`receive`](Self::receive).
    ///
    /// # Errors
    ///
    /// The errors of [`receive`](Self::receive). The error gives the buffer back.
    pub fn receive_into(&mut self, buffer: B) -> Result<(), GivenBack<Refusal, B>> {
        self.receives.receive_into(buffer)
    }

    /// The next action, or `None` if there is nothing to do until another operation is queued. Sends come first.
    ///
    /// A program with one thread that wants bytes from the network and has none drops the action: it comes again. To go on
    /// sending meanwhile, use [`next_send_action`](Self::next_send_action), or [`split`](Self::split).
    ///
    /// # Errors
    ///
    /// The peer broke the protocol. The error is reported once. Go on: the next actions send the close frame to the peer and
    /// end the receive, and then there is `None`.
    pub fn next_action(&mut self) -> Result<Option<Action<'_, P, B>>, Fault> {
        match self.sends.due(Queue::Send, false, &self.mail) {
            ActionKind::Nothing => self.next_receive_action(),
            kind => Ok(self.action(kind)),
        }
    }

    /// The next action of sends only, for a program that can write to the network now but cannot read from it.
    ///
    /// It never fails: [`next_action`](Self::next_action) and [`next_receive_action`](Self::next_receive_action) report
    /// what the peer did wrong.
    ///
    /// When an answer had to wait for a frame of a send, this function returns it too, before the end of that send.
    pub fn next_send_action(&mut self) -> Option<Action<'_, P, B>> {
        let kind = self.sends.due(Queue::Send, false, &self.mail);
        self.action(kind)
    }

    /// The next action of receives only, with the answers to what was received.
    ///
    /// # Errors
    ///
    /// The errors of [`next_action`](Self::next_action).
    pub fn next_receive_action(&mut self) -> Result<Option<Action<'_, P, B>>, Fault> {
        let kind = self.receive_due(false)?;
        Ok(self.action(kind))
    }

    /// Ends both directions. Queued operations do no more I/O, and their end is still reported. Nothing is sent to the
    /// peer.
    pub fn abort(&mut self) {
        // What the receiving half has told and nobody has looked at is of no use any more.
        self.sends.take(&self.mail);
        self.sends.abort();
        self.receives.abort();
    }

    fn receive_due(&mut self, are_bytes_out: bool) -> Result<ActionKind, Fault> {
        // Here one and the same user drives both directions.
        self.receives.take_answer_due();
        loop {
            if let Some(fault) = self.receives.take_fault() {
                return Err(fault);
            }
            match self.sends.due(Queue::Receive, are_bytes_out, &self.mail) {
                ActionKind::Nothing => {}
                kind => return Ok(kind),
            }
            if let Some(kind) = self.receives.due(&self.mail) {
                return Ok(kind);
            }
        }
    }

    fn action(&mut self, kind: ActionKind) -> Option<Action<'_, P, B>> {
        let Self { sends, receives, mail } = self;
        Some(match kind {
            ActionKind::Nothing => return None,
            ActionKind::SendToNetwork => Action::SendToNetwork(SendToNetwork::new(sends)),
            ActionKind::IndicateSendComplete => Action::SendComplete(SendComplete::new(sends)),
            ActionKind::ReceiveFromNetwork => Action::ReceiveFromNetwork(ReceiveFromNetwork::new(receives, mail)),
            ActionKind::IndicateReceiveComplete => Action::ReceiveComplete(ReceiveComplete::new(receives)),
        })
    }
}
