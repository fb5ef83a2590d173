//! Frames as RFC 6455 section 5.2 draws them, read and written without the code that is tested.

/// A frame on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) is_last: bool,
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const BINARY: u8 = 2;
    pub(crate) const CLOSE: u8 = 8;
    pub(crate) const PING: u8 = 9;
    pub(crate) const PONG: u8 = 10;

    pub(crate) fn new(is_last: bool, opcode: u8, payload: &[u8]) -> Self {
        Self { is_last, opcode, payload: payload.to_vec() }
    }

    pub(crate) fn close(code: u16) -> Self {
        Self::new(true, Self::CLOSE, &code.to_be_bytes())
    }

    pub(crate) const fn is_data(&self) -> bool {
        self.opcode < Self::CLOSE
    }

    /// The bytes of a server's frame, which has no mask.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.is_last) << 7 | self.opcode];
        match self.payload.len() {
            length @ 0..126 => bytes.push(u8::try_from(length).expect("it is small")),
            length => {
                bytes.push(126);
                bytes.extend_from_slice(&u16::try_from(length).expect("no test sends more").to_be_bytes());
            }
        }
        bytes.extend_from_slice(&self.payload);
        bytes
    }
}

/// The frames of a client, up to where they are complete, and how many bytes follow. Fails if no client may send such bytes.
pub(super) fn frames(mut bytes: &[u8]) -> Result<(Vec<Frame>, usize), String> {
    let mut frames = Vec::new();
    loop {
        let left = bytes.len();
        let [first, second, rest @ ..] = bytes else { return Ok((frames, left)) };
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(format!("a head of {first:#x} {second:#x} after {} frames", frames.len()));
        }
        let (length, rest) = match (second & 0x7f, rest) {
            (126, [one, two, rest @ ..]) => (usize::from(u16::from_be_bytes([*one, *two])), rest),
            (126, _) => return Ok((frames, left)),
            (127, _) => return Err("a frame that no test sends".to_owned()),
            (length, rest) => (usize::from(length), rest),
        };
        let Some((mask, rest)) = rest.split_at_checked(4) else { return Ok((frames, left)) };
        let Some((payload, rest)) = rest.split_at_checked(length) else { return Ok((frames, left)) };
        let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        frames.push(Frame { is_last: first & 0x80 != 0, opcode: first & 0x0f, payload });
        bytes = rest;
    }
}
