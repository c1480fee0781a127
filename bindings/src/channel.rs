//! A channel of the app's own, led by the core.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nightstand::error::NightstandError as CoreError;
use nightstand::sync::{Cancel as CoreCancel, SyncReport, Talk, drive};
use nightstand::transport::pieces::pieces;
use nightstand::transport::{Pipe, PipeError, WireBytes};

use crate::error::NightstandError;
use crate::pairing::{PairingState, PairingTalk};
use crate::sync::{Cancel, Conversation};
use crate::work::Held;

/// How long an answer that came at once is waited for before the app is asked again.
const PAUSE: Duration = Duration::from_millis(10);

/// A channel between two phones that the app has: Bluetooth, a socket, whatever both systems offer. The app finds the other
/// phone and connects; `drive()` of a conversation or a pairing then leads it to its end.
///
/// Bytes come out in the order in which they went in, none lost and none doubled, or the channel is over; link layers see to
/// that. What passes is encrypted already. The calls come from one thread of the core's, one after the other. What they throw
/// ends the channel, and what was committed stays.
#[uniffi::export(foreign)]
pub trait Channel: Send + Sync {
    /// Takes bytes in for the other side: a whole frame of up to 65,535, or a piece where `drive()` was told how large one may
    /// be. False: there was no room for some 50 milliseconds, and nothing was taken; the same bytes come again.
    fn send(&self, bytes: Vec<u8>) -> Result<bool, NightstandError>;

    /// What came next from the other side: a whole frame as it was sent, or, where pieces pass, any part of them. None if
    /// nothing came in this time. Throw once the channel is over and all that came was taken.
    fn receive(&self, wait: Duration) -> Result<Option<Vec<u8>>, NightstandError>;

    /// Hands over what was sent, and ends the channel. Called once, at the end, whatever the end is.
    fn end(&self) -> Result<(), NightstandError>;
}

/// A channel of the host's as a road of the core's.
struct HostPipe {
    channel: Held<dyn Channel>,
    over: bool,
}

impl HostPipe {
    /// Asks the app, and what it throws is the end.
    fn ask<R>(
        &mut self,
        call: impl FnOnce(&(dyn Channel + 'static)) -> Result<R, NightstandError>,
    ) -> Result<R, PipeError> {
        let answer = if self.over { None } else { self.channel.call(call) };
        let Some(Ok(answer)) = answer else {
            self.end();
            return Err(PipeError::Closed);
        };
        Ok(answer)
    }

    fn end(&mut self) {
        if !std::mem::replace(&mut self.over, true) {
            let _ = self.channel.call(|channel| channel.end());
        }
    }
}

impl Pipe for HostPipe {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        let asked = Instant::now();
        if self.ask(|channel| channel.send(frame.to_vec()))? {
            return Ok(());
        }
        thread::sleep(PAUSE.saturating_sub(asked.elapsed()));
        Err(PipeError::Timeout)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let asked = Instant::now();
        let came = self.ask(|channel| channel.receive(wait))?;
        if came.is_none() {
            thread::sleep(wait.min(PAUSE).saturating_sub(asked.elapsed()));
        }
        Ok(came)
    }

    fn close(&mut self) {
        self.end();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        None
    }
}

/// A channel of the app's as a road, whole frames or pieces of at most so many bytes.
pub(crate) fn pipe(channel: Held<dyn Channel>, piece_bytes: Option<u32>) -> Box<dyn Pipe> {
    let pipe = HostPipe { channel, over: false };
    match piece_bytes {
        Some(largest) => Box::new(pieces(pipe, usize::try_from(largest).unwrap_or(usize::MAX))),
        None => Box::new(pipe),
    }
}

/// Leads it over a channel of the app's, until it is over in any way.
fn lead(
    talk: &mut dyn Talk,
    channel: Held<dyn Channel>,
    within: Duration,
    cancel: &CoreCancel,
    piece_bytes: Option<u32>,
) -> Result<(), CoreError> {
    drive(talk, &mut pipe(channel, piece_bytes), within, cancel)
}

#[uniffi::export]
impl Conversation {
    /// Leads it over a channel of the app's, until it is over, the time is, or it is cancelled. The channel is ended then.
    ///
    /// `piece_bytes` is for a channel that takes less than a frame at once, as Bluetooth does: frames are cut into pieces of
    /// at most so many bytes, and put together again. The phones agree on whether pieces pass, and not on how large they are.
    /// One call leads it at a time; passing frames beside it is not for the app then.
    ///
    /// A live conversation goes on until one of the two latter, and that is no error if both sides have everything then.
    ///
    /// Errors: `Unreachable` when the channel ends early or the time is over, `Cancelled`, and those of `handle_frame`. What was
    /// committed stays, and a later conversation goes on from there.
    #[uniffi::method(default(cancel = None, piece_bytes = None))]
    pub async fn drive(
        &self,
        channel: Arc<dyn Channel>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
        piece_bytes: Option<u32>,
    ) -> Result<SyncReport, NightstandError> {
        let (channel, cancel) = (Held::new(channel), Cancel::or_none(cancel));
        self.0.lead(move |talk| lead(talk, channel, within, &cancel, piece_bytes)).await?;
        Ok(self.report())
    }
}

#[uniffi::export]
impl PairingTalk {
    /// Leads it over a channel of the app's, as `drive` of a conversation does. While it runs, look at `state()` now and then,
    /// show the code once there is one, and call `confirm` or `refuse`.
    ///
    /// Errors: `Unreachable` when the channel ends early or the time is over, `Cancelled`, and those of `handle_frame`. An inviter
    /// may go on with another channel until `state()` says that it failed.
    #[uniffi::method(default(cancel = None, piece_bytes = None))]
    pub async fn drive(
        &self,
        channel: Arc<dyn Channel>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
        piece_bytes: Option<u32>,
    ) -> Result<PairingState, NightstandError> {
        let (channel, cancel) = (Held::new(channel), Cancel::or_none(cancel));
        self.0.lead(move |talk| lead(talk, channel, within, &cancel, piece_bytes)).await?;
        Ok(self.state())
    }
}
