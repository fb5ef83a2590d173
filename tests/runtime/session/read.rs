//! The read half: what bytes mean for the receive that waits, where no schedule looks.

use winws::protocol::{MessageKind, Piece, Receiver, Role};
use winws::session::{Outcome, Progress, ReadHalf};

use crate::protocol::frame;

/// The read half of a client in which a receive waits.
fn waiting() -> ReadHalf<()> {
    let mut half = ReadHalf::new(Receiver::new(Role::Client), 1);
    half.receive(()).unwrap();
    half
}

#[test]
fn a_target_without_room_takes_no_payload() {
    let mut half = waiting();
    let mut bytes = frame(0x82, b"ab");
    let taken = |taken| Progress { taken, is_answer_due: false };
    assert_eq!(half.receive_bytes(&mut bytes, Some(&mut [])), taken(2), "the head");
    assert_eq!(half.receive_bytes(&mut bytes[2..], Some(&mut [])), taken(0));
    assert_eq!((half.payload_remaining(), half.has_outcome()), (2, false));
    let mut target = [0; 2];
    assert_eq!(half.receive_bytes(&mut bytes[2..], Some(&mut target)), taken(2));
    assert_eq!((half.outcome(), target), (Outcome::Piece { piece: Piece::BINARY_MESSAGE, length: 2 }, *b"ab"));
}

#[test]
fn no_payload_ends_no_receive() {
    let mut half = waiting();
    half.receive_bytes(&mut frame(0x01, b"ab")[..2], Some(&mut [0; 2]));
    assert!(!half.receive_payload(&mut []), "no answer is due");
    assert_eq!((half.payload_remaining(), half.has_outcome()), (2, false));
    assert_eq!(half.message_kind(), Some(MessageKind::Text));
    half.receive_payload(&mut { *b"ab" });
    assert_eq!(half.outcome(), Outcome::Piece { piece: Piece::TEXT_FRAGMENT, length: 2 });
}
