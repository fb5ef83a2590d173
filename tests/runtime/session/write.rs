//! The write half: what is on the wire after which commands.

use std::collections::BTreeSet;

use winws::protocol::{
    CloseFrame, Control, ControlPayload, Fault, Framer, InvalidClose, MAX_CONTROL_FRAME, NO_STATUS, Piece, PieceError,
};
use winws::session::{AnswerDue, AnswerKind, Asked, Due, Refusal, SendError, WriteHalf};

use crate::protocol::{KEY, frame};

/// A write half whose contexts are the payloads.
type Half = WriteHalf<Vec<u8>>;

fn server(bound: usize) -> Half {
    WriteHalf::new(Framer::server(), bound)
}

fn send(half: &mut Half, piece: Piece, payload: &[u8]) -> Result<(), SendError> {
    let admitted = half.admit(piece, payload)?;
    admitted.push(payload.to_vec());
    Ok(())
}

/// The next bytes of the half, with so much room for data frames: what is offered then.
pub(crate) fn stage<C: AsRef<[u8]>>(half: &mut WriteHalf<C>, asked: Asked, room: usize) -> Option<Vec<u8>> {
    let (mut memory, mut control) = (vec![0; room], [0; MAX_CONTROL_FRAME]);
    match half.due(asked) {
        Due::Nothing => return None,
        Due::Offered => panic!("what is on offer waits to be written"),
        Due::Data => half.stage_data(C::as_ref, &mut memory),
        Due::Control => drop(half.stage_control(asked, &mut control)),
    }
    let offered = half.offered().expect("it was just staged");
    let memory = if offered.is_control { &control[..] } else { &memory };
    let payload = half.context().map_or(&[][..], C::as_ref);
    Some([&memory[offered.staged.clone()], payload.get(offered.direct.clone()).unwrap_or_default()].concat())
}

/// Everything that goes out now, written whole. Sends that have ended are indicated.
fn drain(half: &mut Half) -> Vec<u8> {
    let mut wire = Vec::new();
    while let Some(bytes) = stage(half, Asked::Everything, 1024) {
        half.written(bytes.len());
        wire.extend(bytes);
        while half.indicated().is_some() {}
    }
    wire
}

const PONG: ControlPayload = ControlPayload::EMPTY;

fn ping(payload: &[u8]) -> AnswerDue {
    AnswerDue::Pong(ControlPayload::new(payload).unwrap())
}

#[test]
fn one_frame_per_send() {
    let mut half = server(1);
    send(&mut half, Piece::TEXT_FRAGMENT, b"a").unwrap();
    assert_eq!(drain(&mut half), frame(0x01, b"a"));
    send(&mut half, Piece::TEXT_FRAGMENT, b"").unwrap();
    assert_eq!(drain(&mut half), frame(0x00, b""));
    send(&mut half, Piece::TEXT_MESSAGE, b"c").unwrap();
    assert_eq!(drain(&mut half), frame(0x80, b"c"));
    let long = vec![7; 70_000];
    send(&mut half, Piece::BINARY_MESSAGE, &long).unwrap();
    assert_eq!(drain(&mut half), frame(0x82, &long));
}

#[test]
fn a_client_masks() {
    let mut half = WriteHalf::new(Framer::client(|| KEY), 1);
    send(&mut half, Piece::TEXT_MESSAGE, b"Hello").unwrap();
    // The example of RFC 6455 section 5.7.
    let wire = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(drain(&mut half), wire);
    half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
    assert_eq!(drain(&mut half), [0x88, 0x80, 0x37, 0xfa, 0x21, 0x3d]);
}

#[test]
fn a_masked_frame_goes_out_in_parts_of_the_memory_that_is_there() {
    let payload: Vec<u8> = (0..=255).collect();
    let mut whole = WriteHalf::new(Framer::client(|| KEY), 1);
    send(&mut whole, Piece::BINARY_MESSAGE, &payload).unwrap();
    let whole = drain(&mut whole);
    for room in [14, 15, 17, 64, 261, 262, 263, 264, 265, 4096] {
        let mut half = WriteHalf::new(Framer::client(|| KEY), 1);
        send(&mut half, Piece::BINARY_MESSAGE, &payload).unwrap();
        let mut wire = Vec::new();
        while let Some(bytes) = stage(&mut half, Asked::Everything, room) {
            assert!((1..=room).contains(&bytes.len()), "{} bytes in {room}", bytes.len());
            half.accepted();
            wire.extend(bytes);
        }
        assert_eq!(wire, whole, "room of {room}");
        assert_eq!(half.indicated(), Some(payload.clone()));
    }
}

#[test]
fn kinds_do_not_mix_in_a_message() {
    let mut half = server(1);
    send(&mut half, Piece::BINARY_FRAGMENT, b"").unwrap();
    drain(&mut half);
    assert_eq!(send(&mut half, Piece::TEXT_FRAGMENT, b""), Err(SendError::WrongKind));
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b""), Err(SendError::WrongKind));
    send(&mut half, Piece::BINARY_MESSAGE, b"").unwrap();
    drain(&mut half);
    send(&mut half, Piece::TEXT_MESSAGE, b"").unwrap();
}

#[test]
fn text_is_checked_over_its_fragments() {
    let mut half = server(1);
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b"\xff"), Err(SendError::InvalidUtf8));
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b"\xe2\x82"), Err(SendError::InvalidUtf8));
    send(&mut half, Piece::TEXT_FRAGMENT, b"\xe2\x82").unwrap();
    drain(&mut half);
    // A refused fragment changes nothing: the right one is still taken.
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b"a"), Err(SendError::InvalidUtf8));
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b""), Err(SendError::InvalidUtf8));
    send(&mut half, Piece::TEXT_MESSAGE, b"\xac").unwrap();
}

#[test]
fn sends_go_out_in_their_order_as_many_as_there_is_room_for() {
    let mut half = server(3);
    for payload in [&b"a"[..], b"b", b"c"] {
        send(&mut half, Piece::BINARY_MESSAGE, payload).unwrap();
    }
    assert_eq!(send(&mut half, Piece::BINARY_MESSAGE, b"d"), Err(SendError::Busy));
    assert_eq!(half.send_control(Control::Ping(PONG), Vec::new()), Err(SendError::Busy));
    let bytes = stage(&mut half, Asked::Everything, 1024).unwrap();
    half.written(bytes.len());
    // Its end was not indicated, so that its place is not free yet.
    assert_eq!(send(&mut half, Piece::BINARY_MESSAGE, b"d"), Err(SendError::Busy));
    assert_eq!(half.due(Asked::Everything), Due::Nothing);
    assert_eq!(half.indicated(), Some(b"a".to_vec()));
    send(&mut half, Piece::BINARY_MESSAGE, b"d").unwrap();
    assert_eq!(drain(&mut half), [frame(0x82, b"b"), frame(0x82, b"c"), frame(0x82, b"d")].concat());
}

#[test]
fn the_newest_ping_is_answered_between_frames() {
    let mut half = WriteHalf::new(Framer::client(|| [0; 4]), 1);
    send(&mut half, Piece::BINARY_MESSAGE, &[1; 20]).unwrap();
    let first = stage(&mut half, Asked::Everything, 14).unwrap();
    half.answer(ping(b"old"));
    half.answer(ping(b"x"));
    // What is on offer stays there, and the frame goes on before the pong.
    half.written(4);
    assert_eq!(half.due(Asked::Answers), Due::Offered);
    assert_eq!(half.due(Asked::Everything), Due::Offered);
    half.written(first.len() - 4);
    assert_eq!(half.due(Asked::Answers), Due::Nothing);
    let second = stage(&mut half, Asked::Everything, 1024).unwrap();
    half.accepted();
    assert_eq!(half.due(Asked::Operations), Due::Nothing);
    let pong = stage(&mut half, Asked::Answers, 0).unwrap();
    assert_eq!(half.offered().unwrap().answer, Some(AnswerKind::Pong));
    half.accepted();
    assert_eq!([first.len(), second.len()], [14, 12]);
    assert_eq!(pong, [0x8a, 0x81, 0, 0, 0, 0, b'x']);
    assert_eq!(half.due(Asked::Everything), Due::Nothing, "there is one pong");
}

#[test]
fn a_pong_goes_before_a_send_that_waits() {
    let mut half = server(1);
    send(&mut half, Piece::BINARY_MESSAGE, b"a").unwrap();
    half.answer(ping(b"x"));
    assert_eq!(half.due(Asked::Operations), Due::Data);
    assert_eq!(drain(&mut half), [frame(0x8a, b"x"), frame(0x82, b"a")].concat());
}

#[test]
fn a_sign_of_life_is_a_pong_unless_one_waits() {
    let mut half = server(1);
    half.keep_alive();
    half.keep_alive();
    assert_eq!(drain(&mut half), frame(0x8a, b""));
    half.answer(ping(b"x"));
    half.keep_alive();
    assert_eq!(drain(&mut half), frame(0x8a, b"x"));
    half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
    half.keep_alive();
    assert_eq!(drain(&mut half), frame(0x88, b""), "the peer is about to end the connection");
}

#[test]
fn close_once_and_no_data_after_it() {
    let mut half = server(2);
    send(&mut half, Piece::BINARY_FRAGMENT, b"").unwrap();
    drain(&mut half);
    let close = Control::Close(CloseFrame::new(4001, b"bye").unwrap());
    half.send_control(close, Vec::new()).unwrap();
    assert_eq!(half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()), Err(SendError::Closed));
    assert_eq!(send(&mut half, Piece::BINARY_MESSAGE, b""), Err(SendError::Closed));
    assert_eq!(drain(&mut half), frame(0x88, b"\x0f\xa1bye"));
    // The peer may ping until it answers: section 5.5.1 forbids data only.
    half.answer(ping(b""));
    half.send_control(Control::Pong(PONG), Vec::new()).unwrap();
    assert_eq!(drain(&mut half), [frame(0x8a, b""), frame(0x8a, b"")].concat());
}

#[test]
fn a_close_queued_behind_a_send_waits_for_its_frame() {
    let mut half = server(2);
    send(&mut half, Piece::BINARY_MESSAGE, b"ab").unwrap();
    stage(&mut half, Asked::Everything, 1024).unwrap();
    half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
    half.accepted();
    assert_eq!(half.indicated(), Some(b"ab".to_vec()));
    assert_eq!(drain(&mut half), frame(0x88, b""));
}

#[test]
fn failing_tells_the_peer_once() {
    let mut half = server(1);
    half.answer(ping(b""));
    half.answer(AnswerDue::Fault(Fault::ReservedBit));
    half.answer(AnswerDue::Fault(Fault::InvalidUtf8));
    assert_eq!(send(&mut half, Piece::TEXT_MESSAGE, b""), Err(SendError::Closed));
    assert_eq!(drain(&mut half), frame(0x88, b"\x03\xea"));
    half.answer(ping(b""));
    half.keep_alive();
    assert_eq!(drain(&mut half), b"");
    assert!(half.state().is_finished());
}

#[test]
fn failing_after_our_close_sends_no_second_one() {
    let mut half = server(1);
    half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
    half.answer(AnswerDue::Fault(Fault::ReservedBit));
    assert_eq!(drain(&mut half), frame(0x88, b""));
}

#[test]
fn failing_inside_a_frame_waits_for_its_end() {
    let mut half = WriteHalf::new(Framer::client(|| [0; 4]), 3);
    send(&mut half, Piece::BINARY_MESSAGE, &[7; 20]).unwrap();
    send(&mut half, Piece::BINARY_MESSAGE, b"behind it").unwrap();
    let begun = stage(&mut half, Asked::Everything, 14).unwrap();
    half.answer(AnswerDue::Fault(Fault::InvalidUtf8));
    half.accepted();
    let rest = stage(&mut half, Asked::Everything, 1024).unwrap();
    half.accepted();
    assert_eq!(half.indicated(), Some(vec![7; 20]));
    assert_eq!(half.indicated(), Some(b"behind it".to_vec()), "what has not begun ends without bytes");
    let close = drain(&mut half);
    assert_eq!([begun, rest].concat().len(), 6 + 20);
    assert_eq!(close, [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xef]);
}

#[test]
fn a_close_that_waits_behind_a_frame_goes_out_although_the_peer_fails() {
    let mut half = server(3);
    send(&mut half, Piece::BINARY_MESSAGE, b"ab").unwrap();
    let begun = stage(&mut half, Asked::Everything, 1024).unwrap();
    half.send_control(Control::Ping(PONG), Vec::new()).unwrap();
    half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
    half.answer(AnswerDue::Fault(Fault::ReservedBit));
    half.written(begun.len());
    assert_eq!((half.indicated(), half.indicated()), (Some(b"ab".to_vec()), Some(Vec::new())));
    assert_eq!(drain(&mut half), frame(0x88, b""));
}

#[test]
fn nothing_goes_out_after_a_loss() {
    let lose: [fn(&mut Half); 4] = [Half::lost, Half::abort, |half| half.written(0), |half| half.written(5)];
    for lose in lose {
        let mut half = server(3);
        send(&mut half, Piece::BINARY_MESSAGE, b"ab").unwrap();
        half.send_control(Control::Close(CloseFrame::EMPTY), Vec::new()).unwrap();
        half.answer(ping(b"x"));
        let pong = stage(&mut half, Asked::Everything, 1024).unwrap();
        half.written(pong.len());
        stage(&mut half, Asked::Everything, 1024).unwrap();
        half.answer(ping(b"y"));
        lose(&mut half);
        assert_eq!((half.due(Asked::Everything), half.offered()), (Due::Nothing, None));
        assert_eq!((half.indicated(), half.indicated()), (Some(b"ab".to_vec()), Some(Vec::new())));
        assert_eq!(half.indicated(), None);
        assert_eq!(send(&mut half, Piece::BINARY_MESSAGE, b""), Err(SendError::Closed));
        half.answer(ping(b"z"));
        assert_eq!(half.due(Asked::Everything), Due::Nothing);
    }
}

#[test]
fn a_ping_that_goes_out_says_what_it_carries() {
    let mut half = server(1);
    let payload = ControlPayload::new(b"there?").unwrap();
    half.send_control(Control::Ping(payload), Vec::new()).unwrap();
    assert_eq!(half.stage_control(Asked::Everything, &mut [0; MAX_CONTROL_FRAME]), Some(payload));
    half.accepted();
    half.indicated();
    half.answer(ping(b"x"));
    assert_eq!(half.stage_control(Asked::Everything, &mut [0; MAX_CONTROL_FRAME]), None, "a pong awaits nothing");
}

#[test]
fn a_pump_may_rest_while_the_half_is_idle() {
    /// Whether there is nothing to do, and whether the end of a send is all there is to indicate.
    fn rests(half: &Half) -> (bool, bool) {
        (half.is_idle(), half.has_only_ended())
    }
    let mut half = server(1);
    assert_eq!(rests(&half), (true, false));
    send(&mut half, Piece::BINARY_MESSAGE, b"ab").unwrap();
    assert_eq!(rests(&half), (false, false), "a send waits");
    stage(&mut half, Asked::Everything, 1024).unwrap();
    assert_eq!(rests(&half), (false, false), "its bytes are on offer");
    half.accepted();
    assert_eq!(rests(&half), (false, true));
    half.answer(ping(b""));
    assert_eq!(rests(&half), (false, false), "a pong waits beside the send that has ended");
    half.indicated();
    assert_eq!(rests(&half), (false, false), "a pong waits");
    stage(&mut half, Asked::Everything, 1024).unwrap();
    assert_eq!(rests(&half), (false, false), "it is on offer");
    half.accepted();
    assert_eq!(rests(&half), (true, false));
}

#[test]
fn each_refusal_says_why() {
    let sends = [SendError::Closed, SendError::Busy, SendError::WrongKind, SendError::InvalidUtf8];
    let texts: BTreeSet<String> = sends.iter().map(SendError::to_string).collect();
    assert!(texts.len() == 4 && !texts.contains(""), "{texts:?}");
    let [busy, ended] = [Refusal::Busy, Refusal::Ended].map(|refusal| refusal.to_string());
    assert!(!busy.is_empty() && !ended.is_empty() && busy != ended, "{busy:?}, {ended:?}");
    // What the framer says of a piece is what the application hears.
    assert_eq!(PieceError::WrongKind.to_string(), SendError::WrongKind.to_string());
    assert_eq!(PieceError::InvalidUtf8.to_string(), SendError::InvalidUtf8.to_string());
}

#[test]
fn close_frames_by_rule() {
    assert_eq!(CloseFrame::new(1000, &[b'x'; 123]).unwrap().reason().len(), 123);
    assert_eq!(CloseFrame::new(1000, &[b'x'; 124]), Err(InvalidClose::ReasonTooLong));
    assert_eq!(CloseFrame::new(1000, b"\xff"), Err(InvalidClose::ReasonNotUtf8));
    assert_eq!(CloseFrame::new(NO_STATUS, b""), Ok(CloseFrame::EMPTY));
    assert_eq!(CloseFrame::new(NO_STATUS, b"x"), Err(InvalidClose::ReasonWithoutCode));
    assert_eq!(CloseFrame::new(1006, b""), Err(InvalidClose::Code));
    assert_eq!(CloseFrame::EMPTY.status(), NO_STATUS);
}

#[test]
fn a_piece_that_is_not_pushed_was_never_there() {
    let mut half = server(1);
    drop(half.admit(Piece::TEXT_FRAGMENT, b"\xe2\x82").unwrap());
    assert_eq!(half.due(Asked::Everything), Due::Nothing);
    // No text is under way whose rest would have to come first.
    send(&mut half, Piece::BINARY_MESSAGE, b"b").unwrap();
    assert_eq!(drain(&mut half), frame(0x82, b"b"));
}
