//! A road inside one process, for tests and the simulator, and two wrappers that watch or break any road.
//!
//! ```
//! use std::time::Duration;
//! use nightstand::transport::memory::{Cut, Passed, faulty, pair, recording};
//! use nightstand::transport::{Pipe, PipeError};
//!
//! let (alex, mut sam) = pair();
//! let (alex, record) = recording(alex);
//! let mut alex = faulty(alex, Cut::AfterFrames(1));
//! alex.send(b"one")?;
//! alex.send(b"two")?; // taken by a network that then breaks
//! assert_eq!(alex.send(b"three"), Err(PipeError::Closed));
//! assert_eq!(record.passed(), [Passed::Sent(b"one".to_vec())]);
//! assert_eq!(sam.receive(Duration::ZERO)?, Some(b"one".to_vec()));
//! assert_eq!(sam.receive(Duration::ZERO), Err(PipeError::Closed));
//! # Ok::<(), PipeError>(())
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{HELD_BYTES, Pipe, PipeError, SEND_PATIENCE, WireBytes, cost};

/// Two ends of one road.
pub fn pair() -> (MemoryPipe, MemoryPipe) {
    let (there, back) = (Arc::new(Way::default()), Arc::new(Way::default()));
    let alex = MemoryPipe { out: Arc::clone(&there), into: Arc::clone(&back) };
    (alex, MemoryPipe { out: back, into: there })
}

/// One end of a road inside this process.
pub struct MemoryPipe {
    out: Arc<Way>,
    into: Arc<Way>,
}

impl Pipe for MemoryPipe {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        let cost = cost(frame)?;
        let full = |queue: &mut Queue| !queue.ended && queue.held + cost > HELD_BYTES;
        let mut queue = self.out.wait(SEND_PATIENCE, full);
        if queue.ended {
            return Err(PipeError::Closed);
        }
        if full(&mut queue) {
            return Err(PipeError::Timeout);
        }
        queue.held += cost;
        queue.frames.push_back(frame.to_vec());
        self.out.changed.notify_all();
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let mut queue = self.into.wait(wait, |queue| !queue.ended && queue.frames.is_empty());
        match queue.frames.pop_front() {
            Some(frame) => {
                queue.held -= cost(&frame)?;
                self.into.changed.notify_all();
                Ok(Some(frame))
            }
            None if queue.ended => Err(PipeError::Closed),
            None => Ok(None),
        }
    }

    fn close(&mut self) {
        self.out.end(|_on_their_way| ());
        self.into.end(VecDeque::clear);
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        None
    }
}

impl Drop for MemoryPipe {
    fn drop(&mut self) {
        self.close();
    }
}

/// What goes one way.
#[derive(Default)]
struct Way {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Vec<u8>>,
    held: usize,
    ended: bool,
}

impl Way {
    /// Waits while this is so, at most for this long.
    fn wait(&self, wait: Duration, so: impl FnMut(&mut Queue) -> bool) -> MutexGuard<'_, Queue> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.wait_timeout_while(queue, wait, so).unwrap_or_else(PoisonError::into_inner).0
    }

    fn end(&self, rest: impl FnOnce(&mut VecDeque<Vec<u8>>)) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.ended = true;
        rest(&mut queue.frames);
        self.changed.notify_all();
    }
}

/// Keeps a copy of every frame that passes.
pub fn recording<P: Pipe>(pipe: P) -> (RecordingPipe<P>, Record) {
    let record = Record::default();
    (RecordingPipe { pipe, record: record.clone() }, record)
}

/// A road whose frames are kept. See [`recording`].
pub struct RecordingPipe<P> {
    pipe: P,
    record: Record,
}

/// The frames that passed a [`RecordingPipe`].
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Passed>>>);

/// A frame that passed, as the recording side saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The road took it in.
    Sent(Vec<u8>),
    /// The road gave it out.
    Received(Vec<u8>),
}

impl Record {
    /// Everything so far, in the order in which it passed.
    pub fn passed(&self) -> Vec<Passed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, passed: Passed) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    }
}

impl<P: Pipe> Pipe for RecordingPipe<P> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        self.pipe.send(frame)?;
        self.record.push(Passed::Sent(frame.to_vec()));
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let frame = self.pipe.receive(wait)?;
        if let Some(frame) = &frame {
            self.record.push(Passed::Received(frame.clone()));
        }
        Ok(frame)
    }

    fn close(&mut self) {
        self.pipe.close();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        self.pipe.wire_bytes()
    }
}

/// When a road breaks, counted over both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// So many frames pass.
    AfterFrames(usize),
    /// Frames pass as long as they have so many bytes together.
    AfterBytes(usize),
}

/// A road that breaks. The frame that meets the cut is lost: if it was sent, sending it still looks well, as it does on
/// a network.
pub fn faulty<P: Pipe>(pipe: P, cut: Cut) -> FaultyPipe<P> {
    FaultyPipe { pipe: Some(pipe), cut }
}

/// A road that breaks. See [`faulty`].
pub struct FaultyPipe<P> {
    /// None once it is cut.
    pipe: Option<P>,
    cut: Cut,
}

impl<P: Pipe> FaultyPipe<P> {
    /// Does this frame pass, or does it meet the cut?
    fn passes(&mut self, frame: &[u8]) -> bool {
        let passes = match self.cut {
            Cut::AfterFrames(left) => left > 0,
            Cut::AfterBytes(left) => left >= frame.len(),
        };
        if !passes {
            self.pipe = None;
        }
        passes
    }

    fn count(&mut self, frame: &[u8]) {
        match &mut self.cut {
            Cut::AfterFrames(left) => *left -= 1,
            Cut::AfterBytes(left) => *left -= frame.len(),
        }
    }
}

impl<P: Pipe> Pipe for FaultyPipe<P> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        cost(frame)?;
        if self.pipe.is_none() {
            return Err(PipeError::Closed);
        }
        if self.passes(frame) {
            self.pipe.as_mut().ok_or(PipeError::Closed)?.send(frame)?;
            self.count(frame);
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let Some(frame) = self.pipe.as_mut().ok_or(PipeError::Closed)?.receive(wait)? else { return Ok(None) };
        if !self.passes(&frame) {
            return Err(PipeError::Closed);
        }
        self.count(&frame);
        Ok(Some(frame))
    }

    fn close(&mut self) {
        if let Some(pipe) = &mut self.pipe {
            pipe.close();
        }
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        self.pipe.as_ref()?.wire_bytes()
    }
}
