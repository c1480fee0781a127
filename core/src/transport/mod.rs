//! The roads between two devices: what carries the frames of a conversation.
//!
//! ```text
//!        this phone                                                        the other phone
//!   ┌────────────┐ frames ┌──────┐                                  ┌──────┐ frames ┌────────────┐
//!   │ a session  │ ─────▶ │ Pipe │ ═══ memory, QUIC, or a channel ═ │ Pipe │ ─────▶ │ a session  │
//!   │ (in sync)  │ ◀───── │      │     of the app's own             │      │ ◀───── │ (in sync)  │
//!   └────────────┘        └──────┘                                  └──────┘        └────────────┘
//! ```
//!
//! A road knows bytes and nothing else. What passes was encrypted and authenticated by Noise before it came here, so a
//! road sees sizes and times, and whom it dials. It is trusted with nothing but delivery: one that loses, changes or
//! invents a frame ends the conversation and changes no entry.
//!
//! # What a road promises
//!
//! [`contract`] holds each of these as a test that every road passes.
//!
//! 1. **Whole and in order, or cut.** Frames of up to [`FRAME_BYTES`] come out as they went in, none doubled, none
//!    missing before one that arrived. A longer one is refused with [`PipeError::FrameTooLarge`] and harms nothing.
//! 2. **Who dialled speaks first.** The other side may hear of the conversation only with the first frame.
//! 3. **Both at once.** A road holds at least [`HELD_BYTES`] each way for a side that is not receiving. So two sides
//!    that each send that much, and only then receive, do not block each other; nor do two that send any amount and
//!    [`receive`](Pipe::receive) what has come after each frame.
//! 4. **No wait without end.** [`send`](Pipe::send) gives up after [`SEND_PATIENCE`] with [`PipeError::Timeout`]: the
//!    road is full or slow, that frame was not taken, and the road is as good as before. Look at the deadline, take in
//!    what came, send the frame again. [`receive`](Pipe::receive) gives `None` when nothing came in the time it was
//!    given; a frame that was half there is whole at a later call.
//! 5. **Closing hands over.** [`close`](Pipe::close) waits for what was sent. The other side gets all of it that comes
//!    through within [`CLOSE_PATIENCE`], then [`PipeError::Closed`], and can send no more. What it had on its way here
//!    is dropped. Who is in a hurry drops the pipe.
//! 6. **Dropping cuts.** The other side is told [`PipeError::Closed`] at once where the network lets it be told, and
//!    within half a minute where it does not. What was sent may have arrived or not: only an acknowledgement inside the
//!    conversation says so.
//! 7. **After the end, the end.** Once closed, on either side, every call gives [`PipeError::Closed`] as soon as what
//!    had arrived was taken.
//!
//! No error, and no text of one, holds an address.
//!
//! ```
//! use std::time::Duration;
//! use nightstand::transport::{Pipe, PipeError, memory};
//!
//! let (mut alex, mut sam) = memory::pair();
//! alex.send(b"hello")?;
//! assert_eq!(sam.receive(Duration::from_secs(1))?, Some(b"hello".to_vec()));
//! assert_eq!(sam.receive(Duration::ZERO)?, None);
//! alex.close();
//! assert_eq!(sam.receive(Duration::from_secs(1)), Err(PipeError::Closed));
//! # Ok::<(), PipeError>(())
//! ```

#[doc(hidden)]
pub mod contract;
#[cfg(feature = "iroh")]
pub mod iroh;
pub mod memory;
pub mod pieces;

use std::time::Duration;

/// Most bytes of one frame: what one Noise message holds, and what two bytes of length can say.
pub const FRAME_BYTES: usize = u16::MAX as usize;

/// How much a road holds, each way, for a side that is not receiving. Every frame counts [`FRAME_COST`] more than its
/// bytes. It is well above what a conversation lets be on its way without an acknowledgement.
pub const HELD_BYTES: usize = 4 * 1024 * 1024;

/// What a frame costs beside its bytes, so that a flood of empty ones costs a bounded amount too.
pub const FRAME_COST: usize = 64;

/// How long [`Pipe::send`] waits for room. Short, so that who sends can still be cancelled.
pub const SEND_PATIENCE: Duration = Duration::from_millis(50);

/// How long [`Pipe::close`] waits for what was sent to be handed over.
pub const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// How long whoever waits does so before it looks whether it is still wanted.
pub(crate) const GLANCE: Duration = Duration::from_millis(50);

/// A road between two devices while it lasts: whole frames, in order, or the end.
pub trait Pipe: Send {
    /// Takes a frame in for the other side; it is still on its way when this returns. Waits at most [`SEND_PATIENCE`]
    /// for room, then says [`PipeError::Timeout`]: take in what came, and send the frame again.
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError>;

    /// The next frame from the other side, or `None` if none came in this time. With no time it gives what is there.
    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError>;

    /// Hands over what was sent, for at most [`CLOSE_PATIENCE`], and ends the road. A second time it does nothing.
    fn close(&mut self);

    /// What really went over the network so far, where the road knows.
    fn wire_bytes(&self) -> Option<WireBytes>;
}

impl<P: Pipe + ?Sized> Pipe for Box<P> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        (**self).send(frame)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        (**self).receive(wait)
    }

    fn close(&mut self) {
        (**self).close();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        (**self).wire_bytes()
    }
}

/// Bytes of UDP payload that a conversation cost, with everything that the road adds: its own handshake,
/// acknowledgements, what was sent twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireBytes {
    /// Bytes that left this device.
    pub sent: u64,
    /// Bytes that reached it.
    pub received: u64,
}

/// Why a road did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PipeError {
    /// The road has ended, on this side, on the other or in between.
    #[error("the road has ended")]
    Closed,
    /// Nobody who holds the expected key answered in time at any of the addresses.
    #[error("the other device was not reached")]
    Unreachable,
    /// The frame is longer than [`FRAME_BYTES`].
    #[error("a frame has at most {FRAME_BYTES} bytes")]
    FrameTooLarge,
    /// There was no room for [`SEND_PATIENCE`]. The frame was not taken; the road is still good.
    #[error("the road is full")]
    Timeout,
    /// Whoever asked wants it no more.
    #[error("it was cancelled")]
    Cancelled,
    /// The operating system refused.
    #[error("the system refused: {0}")]
    Io(std::io::ErrorKind),
}

/// What a frame takes of [`HELD_BYTES`], if it is not too large.
fn cost(frame: &[u8]) -> Result<usize, PipeError> {
    if frame.len() > FRAME_BYTES { Err(PipeError::FrameTooLarge) } else { Ok(frame.len() + FRAME_COST) }
}
