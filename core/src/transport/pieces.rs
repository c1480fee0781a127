//! A road over a channel that takes little at a time, as Bluetooth does.
//!
//! ```text
//!   a frame        length, two bytes, the low one first │ its bytes ……………………………………………
//!   what passes    piece ≤ largest │ piece ≤ largest │ piece ≤ largest │ the rest
//! ```
//!
//! The channel below brings what was sent in order and once, or ends, as link layers do that send again what was lost. It may
//! cut and join pieces as it likes, so a stream of bytes will do.
//!
//! What was taken goes out while this side calls [`send`](Pipe::send) or [`receive`](Pipe::receive), which whoever leads a
//! conversation does all the time; no thread of its own sends it.
//!
//! ```
//! use std::time::Duration;
//! use nightstand::transport::{Pipe, PipeError, memory, pieces::pieces};
//!
//! let (alex, sam) = memory::pair();
//! let (mut alex, mut sam) = (pieces(alex, 20), pieces(sam, 20));
//! alex.send(&[7; 1000])?;
//! assert_eq!(sam.receive(Duration::from_secs(1))?, Some(vec![7; 1000]));
//! # Ok::<(), PipeError>(())
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{CLOSE_PATIENCE, FRAME_BYTES, GLANCE, Pipe, PipeError, WireBytes};

/// Bytes that say how long a frame is.
const LENGTH: usize = 2;

/// Carries frames over a channel that takes at most `largest` bytes at once. Both sides have to do so.
pub fn pieces<P: Pipe>(channel: P, largest: usize) -> PiecePipe<P> {
    PiecePipe { channel, largest: largest.max(1), unsent: VecDeque::new(), came: Vec::new() }
}

/// A road over a channel that takes little at a time. See [`pieces`].
pub struct PiecePipe<P> {
    channel: P,
    largest: usize,
    /// Of frames that were taken: at most one whole one.
    unsent: VecDeque<u8>,
    /// At most a frame, and what came along with its end.
    came: Vec<u8>,
}

impl<P: Pipe> PiecePipe<P> {
    /// Sends what there is room for. Is all of it out?
    fn flush(&mut self) -> Result<bool, PipeError> {
        while !self.unsent.is_empty() {
            let size = self.unsent.len().min(self.largest);
            match self.channel.send(&self.unsent.make_contiguous()[..size]) {
                Err(PipeError::Timeout) => return Ok(false),
                sent => sent?,
            }
            self.unsent.drain(..size);
        }
        Ok(true)
    }

    fn take_frame(&mut self) -> Option<Vec<u8>> {
        let (length, rest) = self.came.split_first_chunk::<LENGTH>()?;
        let size = usize::from(u16::from_le_bytes(*length));
        let frame = rest.get(..size)?.to_vec();
        self.came.drain(..LENGTH + size);
        Some(frame)
    }
}

impl<P: Pipe> Pipe for PiecePipe<P> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        let length = u16::try_from(frame.len()).map_err(|_| PipeError::FrameTooLarge)?;
        if !self.flush()? {
            return Err(PipeError::Timeout);
        }
        self.unsent.extend(length.to_le_bytes());
        self.unsent.extend(frame);
        self.flush().map(drop)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let began = Instant::now();
        loop {
            if let Some(frame) = self.take_frame() {
                return Ok(Some(frame));
            }
            // Where the channel has ended, what came before is taken first.
            let idle = self.flush().unwrap_or(true);
            let left = wait.saturating_sub(began.elapsed());
            match self.channel.receive(if idle { left } else { left.min(GLANCE) })? {
                Some(piece) => self.came.extend(piece),
                None if idle || left <= GLANCE => return Ok(None),
                None => {}
            }
        }
    }

    fn close(&mut self) {
        let began = Instant::now();
        while began.elapsed() < CLOSE_PATIENCE && self.flush() == Ok(false) {}
        self.channel.close();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        self.channel.wire_bytes()
    }
}

const _: () = assert!(FRAME_BYTES == u16::MAX as usize, "two bytes say how long a frame is");
