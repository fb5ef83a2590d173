//! Every state of the engine and every input, beside tables that were written from the pages.

use std::sync::LazyLock;

use winws::session::table::{
    Answer, Asked, Channel, Command, Intake, Operation, Receive, ReceiveInput, Receiving, SendInput, Sending, Source,
};
use winws_tests_runtime::model::{Row, fits, groups};

const CHANNELS: [(Channel, &str); 4] =
    [(Channel::Open, "open"), (Channel::Closed, "closed"), (Channel::Failed, "failed"), (Channel::Lost, "lost")];
const OPERATIONS: [(Operation, &str); 5] = [
    (Operation::None, "none"),
    (Operation::Waiting, "waiting"),
    (Operation::Closing, "closing"),
    (Operation::InFrame, "in-frame"),
    (Operation::Ended, "ended"),
];
const ANSWERS: [(Answer, &str); 3] = [(Answer::None, "none"), (Answer::Pong, "pong"), (Answer::Close, "close")];
const OFFERS: [(Option<Source>, &str); 3] =
    [(None, "none"), (Some(Source::Operation), "operation"), (Some(Source::Answer), "answer")];
pub(super) const INPUTS: [(SendInput, &str); 16] = [
    (SendInput::Queue(Command::Data), "queue-data"),
    (SendInput::Queue(Command::Control), "queue-control"),
    (SendInput::Queue(Command::Close), "queue-close"),
    (SendInput::Ping, "ping"),
    (SendInput::KeepAlive, "keep-alive"),
    (SendInput::Fault, "fault"),
    (SendInput::Offered(Source::Operation), "offered-operation"),
    (SendInput::Offered(Source::Answer), "offered-answer"),
    (SendInput::Written { end_of_frame: true }, "written-all"),
    (SendInput::Written { end_of_frame: false }, "written-part"),
    (SendInput::Lost, "lost"),
    (SendInput::Abort, "abort"),
    (SendInput::Indicated, "indicated"),
    (SendInput::Next(Command::Data), "next-data"),
    (SendInput::Next(Command::Control), "next-control"),
    (SendInput::Next(Command::Close), "next-close"),
];
const ASKED: [(Asked, &str); 3] =
    [(Asked::Everything, "everything"), (Asked::Operations, "operations"), (Asked::Answers, "answers")];
const INTAKES: [(Intake, &str); 3] = [(Intake::Open, "open"), (Intake::Draining, "draining"), (Intake::Ended, "ended")];
const RECEIVES: [(Receive, &str); 3] =
    [(Receive::None, "none"), (Receive::Waiting, "waiting"), (Receive::Ended, "ended")];
const RECEIVE_INPUTS: [(ReceiveInput, &str); 10] = [
    (ReceiveInput::Queue, "queue"),
    (ReceiveInput::Piece, "piece"),
    (ReceiveInput::Close, "close"),
    (ReceiveInput::Fault, "fault"),
    (ReceiveInput::Nothing, "nothing"),
    (ReceiveInput::End, "end"),
    (ReceiveInput::Abort, "abort"),
    (ReceiveInput::Drain, "drain"),
    (ReceiveInput::Indicated, "indicated"),
    (ReceiveInput::Next, "next"),
];

/// What these rows make of the columns: their words afterwards, or a refusal. The first column is the input.
fn expected(groups: &[Vec<Row>], columns: &[&str], words: &[&'static str]) -> Option<Vec<&'static str>> {
    let mut after = words[1..].to_vec();
    for group in groups {
        let fits_all = |row: &&Row| row.iter().zip(words).all(|(field, word)| fits(field, word));
        let Some(row) = group.iter().find(fits_all) else { continue };
        match *row.last().expect("a row says what follows") {
            "ok" => {}
            "refuse" => return None,
            changes => {
                for change in changes.split(' ') {
                    let (column, word) = change.split_once('=').expect("a change names a column");
                    after[columns.iter().position(|other| *other == column).expect("a column")] = word;
                }
            }
        }
    }
    Some(after)
}

fn word<T: PartialEq + std::fmt::Debug>(words: &[(T, &'static str)], value: &T) -> &'static str {
    words.iter().find(|(other, _)| other == value).unwrap_or_else(|| panic!("{value:?} has no word")).1
}

fn value<T: Copy>(words: &[(T, &str)], word: &str) -> T {
    words.iter().find(|(_, other)| *other == word).unwrap_or_else(|| panic!("{word:?} means nothing")).0
}

/// The sending direction after an input, as the table has it.
pub(super) fn sending_after(state: Sending, input: SendInput) -> Option<Sending> {
    static TABLE: LazyLock<Vec<Vec<Row>>> =
        LazyLock::new(|| groups(include_str!("../fixtures/table/engine_sends.tsv")));
    let Sending { channel, operation, answer, offer } = state;
    let (input, channel) = (word(&INPUTS, &input), word(&CHANNELS, &channel));
    let (operation, answer, offer) = (word(&OPERATIONS, &operation), word(&ANSWERS, &answer), word(&OFFERS, &offer));
    let words = [input, channel, operation, answer, offer];
    let after = expected(&TABLE, &["channel", "operation", "answer", "offer"], &words)?;
    Some(Sending {
        channel: value(&CHANNELS, after[0]),
        operation: value(&OPERATIONS, after[1]),
        answer: value(&ANSWERS, after[2]),
        offer: value(&OFFERS, after[3]),
    })
}

/// What goes out next, as the table has it.
pub(super) fn due(state: Sending, asked: Asked) -> Option<Source> {
    static TABLE: LazyLock<Vec<Row>> =
        LazyLock::new(|| groups(include_str!("../fixtures/table/engine_due.tsv")).concat());
    let (offer, operation) = (word(&OFFERS, &state.offer), word(&OPERATIONS, &state.operation));
    let words = [offer, operation, word(&ANSWERS, &state.answer), word(&ASKED, &asked)];
    let fits_all = |row: &&Row| row.iter().zip(words).all(|(field, word)| fits(field, word));
    value(&OFFERS, TABLE.iter().find(fits_all).expect("the last row fits everything")[4])
}

/// The receiving direction after an input, as the table has it.
pub(super) fn receiving_after(state: Receiving, input: ReceiveInput) -> Option<Receiving> {
    static TABLE: LazyLock<Vec<Vec<Row>>> =
        LazyLock::new(|| groups(include_str!("../fixtures/table/engine_receives.tsv")));
    let (intake, operation) = (word(&INTAKES, &state.intake), word(&RECEIVES, &state.operation));
    let after = expected(&TABLE, &["intake", "operation"], &[word(&RECEIVE_INPUTS, &input), intake, operation])?;
    Some(Receiving { intake: value(&INTAKES, after[0]), operation: value(&RECEIVES, after[1]) })
}

/// Every state of the sending direction.
pub(super) fn sending_states() -> Vec<Sending> {
    let mut states = Vec::new();
    for (channel, _) in CHANNELS {
        for (operation, _) in OPERATIONS {
            for (answer, _) in ANSWERS {
                states.extend(OFFERS.map(|(offer, _)| Sending { channel, operation, answer, offer }));
            }
        }
    }
    states
}

/// Every state of the receiving direction.
fn receiving_states() -> Vec<Receiving> {
    let of_intake = |(intake, _)| RECEIVES.map(|(operation, _)| Receiving { intake, operation });
    INTAKES.into_iter().flat_map(of_intake).collect()
}

#[test]
fn every_input_in_every_state_of_the_sending_direction() {
    for state in sending_states() {
        for (input, _) in INPUTS {
            assert_eq!(state.after(input).ok(), sending_after(state, input), "{input:?} in {state:?}");
        }
    }
}

#[test]
fn what_goes_out_next_in_every_state() {
    for state in sending_states() {
        for (asked, _) in ASKED {
            assert_eq!(state.due(asked), due(state, asked), "{asked:?} in {state:?}");
        }
    }
}

#[test]
fn every_input_in_every_state_of_the_receiving_direction() {
    for state in receiving_states() {
        for (input, _) in RECEIVE_INPUTS {
            assert_eq!(state.after(input).ok(), receiving_after(state, input), "{input:?} in {state:?}");
        }
    }
}

#[test]
fn a_direction_is_finished_when_nothing_is_left_to_do() {
    for state in sending_states() {
        let Sending { channel, operation, answer, offer } = state;
        let is_idle = operation == Operation::None && answer == Answer::None && offer.is_none();
        assert_eq!(state.is_finished(), channel != Channel::Open && is_idle, "{state:?}");
    }
    for state in receiving_states() {
        let is_finished = (state.intake, state.operation) == (Intake::Ended, Receive::None);
        assert_eq!(state.is_finished(), is_finished, "{state:?}");
    }
}
