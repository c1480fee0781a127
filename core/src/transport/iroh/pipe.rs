//! One conversation over QUIC: two tasks own the stream, the pipe talks to them over channels.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use ::iroh::endpoint::{Connection, RecvStream, SendStream, VarInt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::WINDOW;
use crate::transport::{CLOSE_PATIENCE, FRAME_COST, HELD_BYTES, Pipe, PipeError, SEND_PATIENCE, WireBytes, cost};

/// The conversation was closed in order.
const DONE: VarInt = VarInt::from_u32(0);

/// The conversation was dropped.
const CUT: VarInt = VarInt::from_u32(1);

/// How much may wait here to be written to the stream.
const UNWRITTEN: usize = 1024 * 1024;

/// One conversation with another device over QUIC.
pub struct IrohPipe {
    connection: Connection,
    /// None once this side closed.
    outgoing: Option<UnboundedSender<Vec<u8>>>,
    /// How much more may be handed to the writer.
    credit: usize,
    events: Receiver<Event>,
    inbox: VecDeque<Held>,
    /// Nothing more will come.
    ended: bool,
    /// What the reader may still read ahead. Closed, it reads on and keeps nothing.
    room: Arc<Semaphore>,
    /// They end with the pipe.
    tasks: JoinSet<()>,
}

/// A frame that was read and not yet received, with the room it takes.
struct Held(Vec<u8>, #[expect(dead_code, reason = "dropping it makes the room")] OwnedSemaphorePermit);

enum Event {
    Came(Held),
    Written(usize),
    Ended,
}

impl IrohPipe {
    pub(super) fn new(runtime: &Handle, connection: Connection, send: SendStream, receive: RecvStream) -> Self {
        connection.set_receive_window(VarInt::from_u32(WINDOW));
        let (outgoing, frames) = unbounded_channel();
        let (sender, events) = mpsc::channel();
        let room = Arc::new(Semaphore::new(HELD_BYTES));
        let mut tasks = JoinSet::new();
        tasks.spawn_on(write(send, connection.clone(), frames, sender.clone()), runtime);
        tasks.spawn_on(read(receive, connection.clone(), Arc::clone(&room), sender), runtime);
        Self {
            connection,
            outgoing: Some(outgoing),
            credit: UNWRITTEN,
            events,
            inbox: VecDeque::new(),
            ended: false,
            room,
            tasks,
        }
    }

    /// The endpoint id that the other side proved to hold.
    pub fn remote(&self) -> [u8; 32] {
        *self.connection.remote_id().as_bytes()
    }

    /// Takes in one thing that the tasks report. False: none came in time.
    fn handle_event(&mut self, wait: Duration) -> bool {
        match self.events.recv_timeout(wait) {
            Ok(Event::Came(held)) => self.inbox.push_back(held),
            Ok(Event::Written(cost)) => self.credit += cost,
            Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => self.ended = true,
            Err(RecvTimeoutError::Timeout) => return false,
        }
        true
    }
}

impl Pipe for IrohPipe {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        let cost = cost(frame)?;
        let began = Instant::now();
        while !self.ended && self.credit < cost {
            // What comes in the meantime is kept for `receive`: the other side may be waiting to send as well.
            if !self.handle_event(SEND_PATIENCE.saturating_sub(began.elapsed())) {
                return Err(PipeError::Timeout);
            }
        }
        let open = !self.ended && self.connection.close_reason().is_none();
        let outgoing = self.outgoing.as_ref().filter(|_| open).ok_or(PipeError::Closed)?;
        let length = u16::try_from(frame.len()).map_err(|_| PipeError::FrameTooLarge)?;
        let mut framed = Vec::with_capacity(2 + frame.len());
        framed.extend(length.to_le_bytes());
        framed.extend(frame);
        self.credit -= cost;
        outgoing.send(framed).map_err(|_| PipeError::Closed)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let began = Instant::now();
        loop {
            if let Some(Held(frame, _)) = self.inbox.pop_front() {
                return Ok(Some(frame));
            }
            if self.ended {
                return Err(PipeError::Closed);
            }
            if !self.handle_event(wait.saturating_sub(began.elapsed())) {
                return Ok(None);
            }
        }
    }

    fn close(&mut self) {
        let Some(outgoing) = self.outgoing.take() else { return };
        drop(outgoing);
        self.room.close();
        let began = Instant::now();
        // The writer ends when the other side has read everything and hung up, or is lost.
        while !matches!(
            self.events.recv_timeout(CLOSE_PATIENCE.saturating_sub(began.elapsed())),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)
        ) {}
        self.connection.close(DONE, b"");
        self.tasks.abort_all();
        self.inbox.clear();
        self.ended = true;
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        let stats = self.connection.stats();
        Some(WireBytes { sent: stats.udp_tx.bytes, received: stats.udp_rx.bytes })
    }
}

impl Drop for IrohPipe {
    fn drop(&mut self) {
        self.connection.close(CUT, b"");
    }
}

/// Writes frames as they come. When no more can come, says so to the other side and waits until it hangs up.
async fn write(
    mut stream: SendStream,
    connection: Connection,
    mut frames: UnboundedReceiver<Vec<u8>>,
    events: Sender<Event>,
) {
    while let Some(frame) = frames.recv().await {
        if stream.write_all(&frame).await.is_err() {
            return;
        }
        // Nobody listens once the pipe is closing, and then what is left is written all the same.
        let _closing = events.send(Event::Written(frame.len() - 2 + FRAME_COST));
    }
    if stream.finish().is_ok() {
        connection.closed().await;
    }
}

/// Reads frames as long as there is room for them. The other side's end of the stream is the end of the conversation:
/// all it sent is here, so this side hangs up.
async fn read(mut stream: RecvStream, connection: Connection, room: Arc<Semaphore>, events: Sender<Event>) {
    while let Some((frame, held)) = read_frame(&mut stream, &room).await {
        if let Some(permit) = held
            && events.send(Event::Came(Held(frame, permit))).is_err()
        {
            return;
        }
    }
    connection.close(DONE, b"");
    let _pipe_gone = events.send(Event::Ended);
}

/// A whole frame with its room, without room if this side is closing, or None at the end.
async fn read_frame(stream: &mut RecvStream, room: &Arc<Semaphore>) -> Option<(Vec<u8>, Option<OwnedSemaphorePermit>)> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).await.ok()?;
    let length = u16::from_le_bytes(length);
    let held = Arc::clone(room).acquire_many_owned(u32::from(length) + FRAME_COST as u32).await.ok();
    let mut frame = vec![0; usize::from(length)];
    stream.read_exact(&mut frame).await.ok()?;
    Some((frame, held))
}
