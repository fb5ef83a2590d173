//! The protocol core: byte by byte, cut anywhere, every close path by name. No sockets here.

mod answer;
mod body;
mod date;
mod handshake;
mod head;
mod payload;
mod random;
mod receiver;
mod request;
mod tunnel;
mod wsproto;

pub(crate) const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// An unmasked frame with the shortest length.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ ..126 => frame.push(u8::try_from(length).unwrap()),
        length @ ..65536 => {
            frame.push(126);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}
