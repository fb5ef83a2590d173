//! Masking of payloads, RFC 6455 section 5.3, in place and a word at a time.

/// A masking key, and the place in the payload that comes next.
///
/// Each [`apply`](Mask::apply) goes on where the last call ended, so a payload may be masked in pieces of any size.
/// Masking twice from the same place gives the original payload. The receiving side unmasks in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The key, rotated so that its first byte belongs to the next byte of the payload.
    key: [u8; 4],
}

impl Mask {
    /// The key at the start of a payload.
    #[inline]
    pub const fn new(key: [u8; 4]) -> Self {
        Self { key }
    }

    /// Masks the next bytes of the payload, or unmasks them.
    #[inline]
    pub fn apply(&mut self, payload: &mut [u8]) {
        let [a, b, c, d] = self.key;
        let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let length = payload.len();
        let (chunks, rest) = payload.as_chunks_mut::<8>();
        for chunk in chunks {
            *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip(self.key.into_iter().cycle()) {
            *byte ^= key;
        }
        self.advance(length);
    }

    /// Masks the next bytes of the payload and writes them to `out`, as many as fit. This saves a pass over the bytes.
    #[inline]
    pub fn copy(&mut self, payload: &[u8], out: &mut [u8]) {
        let [a, b, c, d] = self.key;
        let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let length = payload.len().min(out.len());
        let (chunks, rest) = payload[..length].as_chunks::<8>();
        let (out_chunks, out_rest) = out[..length].as_chunks_mut::<8>();
        for (chunk, out) in chunks.iter().zip(out_chunks) {
            *out = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
        }
        for ((byte, out), key) in rest.iter().zip(out_rest).zip(self.key.into_iter().cycle()) {
            *out = byte ^ key;
        }
        self.advance(length);
    }

    #[inline]
    const fn advance(&mut self, length: usize) {
        let [a, b, c, d] = self.key;
        self.key = match length % 4 {
            0 => [a, b, c, d],
            1 => [b, c, d, a],
            2 => [c, d, a, b],
            _ => [d, a, b, c],
        };
    }
}
