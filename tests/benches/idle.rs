//! What a socket of the client holds while no call is in progress.

use super::raw;

/// The most that it should hold, in bytes, beside what the operating system has for it.
pub(crate) const BOUND: isize = 8 << 10;

/// How many small messages go there and back before one of 1 MiB does.
const MESSAGES: usize = 1000;
/// How many messages go there and back.
pub(crate) const ECHOES: usize = MESSAGES + 1;
const SMALL: [u8; 64] = [7; 64];
const LARGE: usize = 1 << 20;

/// Bytes that are allocated and not freed.
pub(crate) struct Idle {
    /// By one more socket.
    pub socket: isize,
    /// By the first one of a thread beside that: what belongs to the thread or the process, and serves all sockets.
    pub shared: isize,
}

/// Measures two sockets, each after its echoes: what the first one adds is more than a socket where something is made once.
///
/// `held` says how many bytes are allocated and not freed, by the calling thread or by the process. In the latter case
/// nobody else may allocate meanwhile; the far end does not.
pub(crate) fn measure(held: impl Fn() -> isize) -> Idle {
    let address = raw::serve_two();
    let url = format!("ws://{address}/echo/{ECHOES}");
    measure_by(held, || winws::connect(&url).expect("the far end accepts"))
}

/// The same for sockets that are made like this, whose far end sends so many messages back.
pub(crate) fn measure_by<S: Echoes>(held: impl Fn() -> isize, connect: impl Fn() -> S) -> Idle {
    let large = vec![7; LARGE];
    let mut buffer = vec![0; LARGE];
    let before = held();
    let _first = used(connect(), &large, &mut buffer);
    let between = held();
    let _second = used(connect(), &large, &mut buffer);
    let socket = held() - between;
    Idle { socket, shared: between - before - socket }
}

/// A socket that has done its echoes.
fn used<S: Echoes>(socket: S, large: &[u8], buffer: &mut [u8]) -> S {
    for _ in 0..MESSAGES {
        socket.echo(&SMALL, buffer);
    }
    socket.echo(large, buffer);
    socket
}

/// A socket that can be measured.
pub(crate) trait Echoes {
    /// Sends a message, and receives it again.
    fn echo(&self, message: &[u8], buffer: &mut [u8]);
}

impl Echoes for winws::WebSocket {
    fn echo(&self, message: &[u8], buffer: &mut [u8]) {
        self.send_binary(message).expect("the far end reads");
        let mut filled = 0;
        loop {
            let received = self.receive(&mut buffer[filled..]).expect("the far end answers");
            filled += received.len;
            if received.is_end_of_message() {
                break;
            }
        }
        assert_eq!(buffer[..filled], *message);
    }
}
