//! The same bytes into the component and into bare tungstenite mean the same: messages, closes, refusals.

use proptest::prelude::*;
use winws::protocol::{Mask, Role};
use winws_tests_runtime::component::{End, Event, compare, ours};

use super::{frame, masked};

/// A frame of any kind, right or wrong, and how long a payload it has.
fn any_frame(role: Role) -> impl Strategy<Value = Vec<u8>> {
    // Mostly what may be there, so that streams get somewhere.
    let first = prop_oneof![
        20 => prop::sample::select(vec![0x81_u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a]),
        1 => prop::sample::select(vec![0x88_u8]),
        1 => any::<u8>(),
    ];
    let text = prop_oneof![
        4 => "[a-zà-ü€😀]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => (1000_u16..1020, "[a-z]{0,5}").prop_map(|(code, reason)| [&code.to_be_bytes(), reason.as_bytes()].concat()),
    ];
    let key = any::<[u8; 4]>();
    let odd_mask = prop::bool::weighted(0.02);
    let form = prop::sample::select(vec![7_u8, 7, 7, 7, 16, 64]);
    (first, text, key, odd_mask, form).prop_map(move |(first, mut payload, key, odd_mask, form)| {
        let masked = (role == Role::Server) != odd_mask;
        let bit = if masked { 0x80 } else { 0 };
        let mut frame = vec![first];
        match (form, payload.len()) {
            (7, length @ ..126) => frame.push(bit + u8::try_from(length).unwrap()),
            (64, length) => {
                frame.push(bit + 127);
                frame.extend((length as u64).to_be_bytes());
            }
            (_, length) => {
                frame.push(bit + 126);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        if masked {
            frame.extend(key);
            Mask::new(key).apply(&mut payload);
        }
        frame.extend(payload);
        frame
    })
}

fn any_stream(role: Role) -> impl Strategy<Value = Vec<u8>> {
    let frames = prop::collection::vec(any_frame(role), 1..12);
    let cut = prop::option::weighted(0.3, any::<prop::sample::Index>());
    (frames, cut).prop_map(|(frames, cut)| {
        let mut stream = frames.concat();
        if let Some(cut) = cut {
            stream.truncate(cut.index(stream.len() + 1));
        }
        stream
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn frames_mean_the_same_to_a_server(
        stream in any_stream(Role::Server), piece in 1_usize..600, buffer in prop::option::of(1_usize..300),
    ) {
        compare(Role::Server, &stream, piece, buffer);
    }

    #[test]
    fn frames_mean_the_same_to_a_client(
        stream in any_stream(Role::Client), piece in 1_usize..600, buffer in prop::option::of(1_usize..300),
    ) {
        compare(Role::Client, &stream, piece, buffer);
    }

    #[test]
    fn any_bytes_mean_the_same(stream in prop::collection::vec(any::<u8>(), 0..40), piece in 1_usize..40) {
        compare(Role::Server, &stream, piece, None);
        compare(Role::Client, &stream, piece, Some(7));
    }
}

#[test]
fn every_close_code_is_judged_alike() {
    for code in 0..=u16::MAX {
        compare(Role::Client, &frame(0x88, &code.to_be_bytes()), 3, None);
    }
}

#[test]
fn every_first_byte_is_judged_alike() {
    for first in 0..=u8::MAX {
        for before in [&b""[..], &masked(0x01, b"a")] {
            compare(Role::Server, &[before, &masked(first, b"xyz"), &masked(0x81, b"end")].concat(), 1, Some(2));
        }
    }
}

#[test]
fn stories_are_told() {
    // Two that are equal because nothing was understood would prove nothing.
    let stream = [masked(0x81, b"hi"), masked(0x89, b"p"), masked(0x88, b"\x03\xe8ok")].concat();
    let story = ours(Role::Server, &stream, 1, None);
    let hi = Event::Message(winws::protocol::MessageKind::Text, b"hi".to_vec());
    assert_eq!(story.events, [hi, Event::Ping(b"p".to_vec())]);
    assert_eq!(story.end, End::Closed(1000, b"ok".to_vec()));
}
