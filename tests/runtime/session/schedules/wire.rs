//! A wire as RFC 6455 section 5 reads it: frames, and which may follow which. It knows nothing of the runtime.

/// A frame that is whole, unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// FIN, the reserved bits and the opcode.
    pub first: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    pub(super) fn is_control(&self) -> bool {
        self.first & 0x08 != 0
    }

    /// How many bytes the frame has on the wire, with the shortest length (section 5.2).
    pub(super) fn length(&self, masked: bool) -> usize {
        let length = match self.payload.len() {
            ..126 => 2,
            126..65536 => 4,
            _ => 10,
        };
        length + if masked { 4 } else { 0 } + self.payload.len()
    }
}

/// The frames of a wire, and of one that is cut what has come: nothing of it before its head is complete.
pub(super) fn parse(mut wire: &[u8], masked: bool) -> (Vec<Frame>, Option<Frame>) {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = wire {
        assert_eq!(second & 0x80 != 0, masked, "section 5.1: a client masks, a server does not");
        let (length, rest) = match (second & 0x7f, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
            (127, rest) => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => break,
            },
            (126, _) => break,
            (short, rest) => (u64::from(short), rest),
        };
        let (key, rest) = match (masked, rest) {
            (true, [a, b, c, d, rest @ ..]) => ([*a, *b, *c, *d], rest),
            (true, _) => break,
            (false, rest) => ([0; 4], rest),
        };
        let length = usize::try_from(length).expect("no schedule sends so much");
        let come = length.min(rest.len());
        let payload = rest[..come].iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
        let frame = Frame { first: *first, payload };
        if come < length {
            return (frames, Some(frame));
        }
        assert_eq!(wire.len() - rest.len() + length, frame.length(masked), "section 5.2: the shortest length");
        frames.push(frame);
        wire = &rest[length..];
    }
    (frames, None)
}

/// Demands of the frames of one direction what holds whatever the application does, and gives the messages that are whole.
pub(super) fn check(frames: &[Frame]) -> Vec<(u8, Vec<u8>)> {
    let (mut messages, mut message, mut is_closed) = (Vec::new(), None::<(u8, Vec<u8>)>, false);
    for frame in frames {
        let (is_final, opcode) = (frame.first & 0x80 != 0, frame.first & 0x0f);
        assert_eq!(frame.first & 0x70, 0, "section 5.2: no extension gave the reserved bits a meaning");
        match opcode {
            0x08..=0x0a => {
                assert!(is_final && frame.payload.len() <= 125, "section 5.5: {frame:?}");
                assert!(opcode != 0x08 || !is_closed, "section 5.5.1: one close frame");
                is_closed |= opcode == 0x08;
            }
            0x00..=0x02 => {
                assert!(!is_closed, "section 5.5.1: no data after the close frame");
                assert_eq!(opcode == 0x00, message.is_some(), "section 5.4: a message goes on, or one begins");
                let (_, payload) = message.get_or_insert((opcode, Vec::new()));
                payload.extend_from_slice(&frame.payload);
                if is_final {
                    messages.extend(message.take());
                }
            }
            _ => panic!("section 5.2: an opcode without a meaning, {frame:?}"),
        }
    }
    for (opcode, payload) in &messages {
        assert!(*opcode == 0x02 || str::from_utf8(payload).is_ok(), "section 5.6: a text is UTF-8");
    }
    messages
}
