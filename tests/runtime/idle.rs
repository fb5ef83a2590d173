//! What a socket of the client holds while no call is in progress, after messages small and large.

#[expect(dead_code, reason = "the bench uses all of it")]
#[path = "../benches/idle.rs"]
mod measurement;
#[expect(dead_code, reason = "the bench uses all of it")]
#[path = "../benches/raw.rs"]
mod raw;

use std::time::Duration;

use winws_tests_runtime::peer::{close_frame, connect_value, frame};

use self::measurement::{BOUND, measure};
use crate::websocket::allocations::held;

#[test]
fn an_idle_socket_holds_no_more_than_its_bound() {
    let idle = measure(held);
    assert!(idle.socket <= BOUND, "{} bytes, of {BOUND} at most", idle.socket);
    // Otherwise something that a socket needs was not counted.
    assert!(idle.socket > 0);
}

/// What Close and timed receives of messages need is given back when they end.
#[test]
fn calls_leave_nothing_behind() {
    let (socket, mut peer) = connect_value();
    let mut buffer = Vec::with_capacity(1 << 16);
    let before = held();
    peer.write(&frame(0x82, &vec![7; 1 << 16]));
    socket.receive_message(&mut buffer).unwrap();
    socket.set_receive_timeout(Some(Duration::from_millis(1)));
    socket.receive_message(&mut buffer).unwrap_err();
    peer.write(&close_frame(1000, ""));
    socket.close(1000, "").unwrap();
    let more = held() - before;
    assert!(more <= BOUND, "{more} bytes");
    assert!(buffer.capacity() == 1 << 16);
}
