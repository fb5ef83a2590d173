//! Masks and text, against their definitions.

use winws::protocol::{Mask, Utf8Validator};

use super::KEY;

#[test]
fn masking_is_the_naive_one() {
    for length in 0..70 {
        for cut in 0..=length {
            let plain: Vec<u8> = (0..length).map(|byte: usize| u8::try_from(byte * 7 % 256).unwrap()).collect();
            let naive: Vec<u8> = plain.iter().enumerate().map(|(index, byte)| byte ^ KEY[index % 4]).collect();
            let (mut masked, mut mask) = (plain.clone(), Mask::new(KEY));
            mask.apply(&mut masked[..cut]);
            mask.apply(&mut masked[cut..]);
            assert_eq!(masked, naive, "{length} bytes, cut at {cut}");
            let (mut copy, mut mask) = (vec![0; length], Mask::new(KEY));
            mask.copy(&plain[..cut], &mut copy[..cut]);
            mask.copy(&plain[cut..], &mut copy[cut..]);
            assert_eq!(copy, naive, "a copy of {length} bytes, cut at {cut}");
        }
    }
}

/// Compares the validator with the standard library on a text in two pieces, cut everywhere, and byte by byte.
fn check_utf8(text: &[u8]) {
    let valid = std::str::from_utf8(text).is_ok();
    for cut in 0..=text.len() {
        let mut validator = Utf8Validator::new();
        let pieces = [&text[..cut], &text[cut..]];
        let taken = pieces.iter().all(|piece| validator.receive_bytes(piece).is_ok());
        assert_eq!(taken && validator.is_complete(), valid, "{text:x?} cut at {cut}");
    }
    let mut validator = Utf8Validator::new();
    let taken = text.chunks(1).all(|byte| validator.receive_bytes(byte).is_ok());
    assert_eq!(taken && validator.is_complete(), valid, "{text:x?} byte by byte");
}

#[test]
fn utf8_is_that_of_the_standard_library() {
    // Every pair of bytes, then every edge of the table of well-formed sequences in all places.
    for first in 0..=255_u8 {
        for second in 0..=255_u8 {
            check_utf8(&[first, second]);
        }
    }
    let edges = [
        0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
        0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ];
    for a in edges {
        for b in edges {
            for c in edges {
                check_utf8(&[a, b, c]);
                for d in edges {
                    check_utf8(&[a, b, c, d]);
                }
            }
        }
    }
}

#[test]
fn every_code_point_is_accepted_in_pieces() {
    for point in '\0'..=char::MAX {
        let mut validator = Utf8Validator::new();
        let mut bytes = [0; 4];
        for byte in point.encode_utf8(&mut bytes).bytes() {
            validator.receive_bytes(&[byte]).unwrap();
        }
        assert!(validator.is_complete());
    }
}
