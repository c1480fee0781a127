//! What stands inside a frame, and how large frames are.
//!
//! ```text
//! plain   := message* zero*               messages, then zeros up to the padded size
//! message := varint(kind·2 + must)        kind ≥ 1
//!            varint(length) body
//! ```
//!
//! A reader that does not know a kind refuses the frame where `must` is 1 and skips the message where it is 0: so versions
//! can add things to say without asking first. A byte 0 where a message would begin starts the padding.
//!
//! Whoever watches the road sees sizes. [`padded_size`] leaves few of them: PADMÉ (Nikitin et al., *Reducing Metadata
//! Leakage from Encrypted Files and Communication with PURBs*, PoPETs 2019), which costs at most an eighth and less the
//! larger a frame is. Nothing is smaller than [`SMALLEST`], so a single word looks like a few sentences.

use crate::limits;
use crate::wire::{Reader, WireError, Writer};

/// The smallest frame.
pub const SMALLEST: usize = 192;

/// Most messages of one frame.
pub const MOST_MESSAGES: usize = 64;

/// Most bytes that a message takes besides its body, for kinds below 8,192.
const HEADER_BYTES: usize = 5;

/// What a reader shall do with a message of a kind that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfUnknown {
    /// Go on with the next.
    Skip,
    /// Refuse the frame.
    Refuse,
}

/// One message of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it says; each protocol numbers its own.
    pub kind: u64,
    /// What to do where the kind is not known.
    pub if_unknown: IfUnknown,
    /// The rest.
    pub body: &'a [u8],
}

impl Message<'_> {
    /// What a reader that does not know the kind answers.
    pub fn unknown(&self) -> Result<(), WireError> {
        match self.if_unknown {
            IfUnknown::Skip => Ok(()),
            IfUnknown::Refuse => Err(WireError::TooNew),
        }
    }
}

/// The messages of a decrypted frame.
pub fn messages(plain: &[u8]) -> Result<Vec<Message<'_>>, WireError> {
    let mut reader = Reader::new(plain);
    let mut messages = Vec::new();
    while let Some(&next) = reader.rest().first() {
        if next == 0 {
            if reader.rest().iter().any(|byte| *byte != 0) {
                return Err(WireError::Malformed);
            }
            break;
        }
        if messages.len() == MOST_MESSAGES {
            return Err(WireError::TooLarge);
        }
        let header = reader.varint()?;
        let if_unknown = if header & 1 == 0 { IfUnknown::Skip } else { IfUnknown::Refuse };
        let kind = header >> 1;
        if kind == 0 {
            return Err(WireError::Malformed);
        }
        messages.push(Message { kind, if_unknown, body: reader.bytes()? });
    }
    Ok(messages)
}

/// How large a frame of `total` bytes is sent. `total` is the whole frame, with what encryption adds.
pub fn padded_size(total: usize) -> usize {
    if total <= SMALLEST {
        return SMALLEST;
    }
    padme(total).min(limits::FRAME_BYTES).max(total)
}

/// The next of the sizes that PADMÉ leaves.
pub fn padme(total: usize) -> usize {
    let exponent = total.ilog2();
    let zeros = exponent - (exponent.ilog2() + 1);
    let mask = (1 << zeros) - 1;
    total.saturating_add(mask) & !mask
}

/// Puts messages into a frame.
#[derive(Default)]
pub struct FrameWriter {
    plain: Writer,
    count: usize,
}

impl FrameWriter {
    /// An empty frame.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message. Look at [`Self::room`] first: a frame that is too large can't be encrypted.
    pub fn push(&mut self, kind: u64, if_unknown: IfUnknown, body: &[u8]) -> &mut Self {
        debug_assert!((1..8192).contains(&kind), "kinds are small and not 0");
        self.plain.varint(kind << 1 | u64::from(if_unknown == IfUnknown::Refuse)).bytes(body);
        self.count += 1;
        self
    }

    /// How many bytes the body of one more message may have, where encryption adds `overhead` bytes; at 0 the frame is full.
    pub fn room(&self, overhead: usize) -> usize {
        if self.count >= MOST_MESSAGES {
            return 0;
        }
        limits::FRAME_BYTES.saturating_sub(overhead + self.plain.len() + HEADER_BYTES)
    }

    /// Is there nothing yet?
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The plain bytes, padded so that the frame has [`padded_size`] once encryption has added `overhead` bytes.
    pub fn finish(self, overhead: usize) -> Vec<u8> {
        let mut plain = self.plain.finish();
        plain.resize(padded_size(plain.len() + overhead) - overhead, 0);
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_read_back_and_padding_is_none_of_them() {
        let mut writer = FrameWriter::new();
        writer.push(1, IfUnknown::Refuse, b"tea").push(70, IfUnknown::Skip, b"");
        let plain = writer.finish(16);
        assert_eq!(plain.len() + 16, SMALLEST);
        let read = messages(&plain).expect("as written");
        assert_eq!(
            read,
            [
                Message { kind: 1, if_unknown: IfUnknown::Refuse, body: b"tea" },
                Message { kind: 70, if_unknown: IfUnknown::Skip, body: b"" },
            ]
        );
        assert_eq!((read[0].unknown(), read[1].unknown()), (Err(WireError::TooNew), Ok(())));
    }

    #[test]
    fn padding_hides_nothing() {
        let mut plain = FrameWriter::new().finish(16);
        assert_eq!(messages(&plain), Ok(vec![]));
        *plain.last_mut().expect("padded") = 1;
        assert_eq!(messages(&plain), Err(WireError::Malformed));
        assert_eq!(messages(&[1, 0]), Err(WireError::Malformed), "kind 0");
    }

    #[test]
    fn a_frame_holds_only_so_many_messages() {
        let plain = [2, 0].repeat(MOST_MESSAGES + 1);
        assert_eq!(messages(&plain[2..]).map(|read| read.len()), Ok(MOST_MESSAGES));
        assert_eq!(messages(&plain), Err(WireError::TooLarge));
        let mut writer = FrameWriter::new();
        for _ in 0..MOST_MESSAGES {
            assert!(writer.room(16) > 0);
            writer.push(1, IfUnknown::Skip, b"");
        }
        assert_eq!(writer.room(16), 0);
    }

    #[test]
    fn sizes_are_the_published_ones() {
        let expected =
            [(0, 192), (192, 192), (193, 208), (256, 256), (257, 272), (1000, 1024), (1025, 1088), (9000, 9216)];
        for (total, padded) in expected {
            assert_eq!(padded_size(total), padded, "{total}");
        }
        assert_eq!(padded_size(limits::FRAME_BYTES), limits::FRAME_BYTES);
        assert_eq!(padded_size(limits::FRAME_BYTES - 1), limits::FRAME_BYTES);
    }

    #[test]
    fn few_sizes_remain_and_none_costs_more_than_an_eighth() {
        let mut sizes = std::collections::BTreeSet::new();
        for total in 0..=limits::FRAME_BYTES {
            let padded = padded_size(total);
            assert!(padded >= total && padded <= limits::FRAME_BYTES);
            assert!(total < SMALLEST || (padded - total) * 8 <= total);
            assert_eq!(padded_size(padded), padded);
            sizes.insert(padded);
        }
        assert!(sizes.len() < 140, "{}", sizes.len());
    }

    proptest! {
        #[test]
        fn what_the_room_allows_fits(
            lengths in proptest::collection::vec(0usize..20_000, 0..8), kind in 1u64..8192, overhead in 16usize..97,
        ) {
            let (mut writer, mut count) = (FrameWriter::new(), 0);
            for length in &lengths {
                let room = writer.room(overhead);
                if room > 0 {
                    writer.push(kind, IfUnknown::Skip, &vec![5; (*length).min(room)]);
                    count += 1;
                }
            }
            let last = writer.room(overhead);
            if last > 0 {
                writer.push(kind, IfUnknown::Refuse, &vec![6; last]);
                count += 1;
            }
            let plain = writer.finish(overhead);
            prop_assert!(plain.len() + overhead <= limits::FRAME_BYTES);
            prop_assert_eq!(messages(&plain).map(|read| read.len()), Ok(count));
        }

        #[test]
        fn any_bytes_end_in_messages_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = messages(&bytes);
        }
    }
}
