//! Every state of the engine and every input, beside tables that were written from the pages.

use winws::session::table::{
    Answer, Asked, Channel, Command, Intake, Operation, Receive, ReceiveInput, Receiving, SendInput, Sending, Source,
};
use winws_tests_runtime::model::{Row, fits, groups};

const CHANNELS: [(Channel, &str); 4] =
    [(Channel::Open, "open"), (Channel::Closed, "closed"), (Channel::Failed, "failed"), (Channel::Lost, "lost")];
const OPERATIONS: [(Operation, &str); 4] = [
    (Operation::None, "none"),
    (Operation::Waiting, "waiting"),
    (Operation::InFrame, "in-frame"),
    (Operation::Ended, "ended"),
];
const ANSWERS: [(Answer, &str); 3] = [(Answer::None, "none"), (Answer::Pong, "pong"), (Answer::Close, "close")];
const OFFERS: [(Option<Source>, &str); 3] =
    [(None, "none"), (Some(Source::Operation), "operation"), (Some(Source::Answer), "answer")];
const INPUTS: [(SendInput, &str); 16] = [
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

fn word<T: PartialEq + std::fmt::Debug>(words: &[(T, &'static str)], value: &T) -> &'static str {
    words.iter().find(|(other, _)| other == value).unwrap_or_else(|| panic!("{value:?} has no word")).1
}

/// What the rows make of these columns: their words afterwards, or a refusal. The first column is the input.
fn expected(table: &'static str, columns: &[&str], words: &[&'static str]) -> Option<Vec<&'static str>> {
    let mut after = words[1..].to_vec();
    for group in groups(table) {
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

#[test]
fn every_input_in_every_state_of_the_sending_direction() {
    let table = include_str!("../fixtures/table/engine_sends.tsv");
    for (channel, channel_word) in CHANNELS {
        for (operation, operation_word) in OPERATIONS {
            for (answer, answer_word) in ANSWERS {
                for (offer, offer_word) in OFFERS {
                    let state = Sending { channel, operation, answer, offer };
                    for (input, input_word) in INPUTS {
                        let words = [input_word, channel_word, operation_word, answer_word, offer_word];
                        let expected = expected(table, &["channel", "operation", "answer", "offer"], &words);
                        let after = state.after(input).ok().map(|after| {
                            vec![
                                word(&CHANNELS, &after.channel),
                                word(&OPERATIONS, &after.operation),
                                word(&ANSWERS, &after.answer),
                                word(&OFFERS, &after.offer),
                            ]
                        });
                        assert_eq!(after, expected, "{input:?} in {state:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_goes_out_next_in_every_state() {
    let rows = groups(include_str!("../fixtures/table/engine_due.tsv")).concat();
    let asked = [(Asked::Everything, "everything"), (Asked::Operations, "operations"), (Asked::Answers, "answers")];
    for (channel, _) in CHANNELS {
        for (operation, operation_word) in OPERATIONS {
            for (answer, answer_word) in ANSWERS {
                for (offer, offer_word) in OFFERS {
                    for (asked, asked_word) in asked {
                        let words = [offer_word, operation_word, answer_word, asked_word];
                        let fits_all = |row: &&Row| row.iter().zip(words).all(|(field, word)| fits(field, word));
                        let row = rows.iter().find(fits_all).expect("the last row fits everything");
                        let state = Sending { channel, operation, answer, offer };
                        assert_eq!(word(&OFFERS, &state.due(asked)), row[4], "{asked:?} in {state:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_input_in_every_state_of_the_receiving_direction() {
    let table = include_str!("../fixtures/table/engine_receives.tsv");
    for (intake, intake_word) in INTAKES {
        for (operation, operation_word) in RECEIVES {
            let state = Receiving { intake, operation };
            for (input, input_word) in RECEIVE_INPUTS {
                let words = [input_word, intake_word, operation_word];
                let after = state
                    .after(input)
                    .ok()
                    .map(|after| vec![word(&INTAKES, &after.intake), word(&RECEIVES, &after.operation)]);
                assert_eq!(after, expected(table, &["intake", "operation"], &words), "{input:?} in {state:?}");
            }
        }
    }
}

#[test]
fn a_direction_is_finished_when_nothing_is_left_to_do() {
    for (channel, _) in CHANNELS {
        for (operation, _) in OPERATIONS {
            for (answer, _) in ANSWERS {
                for (offer, _) in OFFERS {
                    let state = Sending { channel, operation, answer, offer };
                    let is_idle = operation == Operation::None && answer == Answer::None && offer.is_none();
                    assert_eq!(state.is_finished(), channel != Channel::Open && is_idle, "{state:?}");
                }
            }
        }
    }
    for (intake, _) in INTAKES {
        for (operation, _) in RECEIVES {
            let finished = (intake, operation) == (Intake::Ended, Receive::None);
            assert_eq!(Receiving { intake, operation }.is_finished(), finished);
        }
    }
}
