//! Leading a conversation over a pipe.

use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::error::NightstandError;
use crate::transport::{GLANCE, Pipe, PipeError};

/// How long a live conversation that is left waits for the other side's goodbye.
const GOODBYE: Duration = Duration::from_millis(500);

/// Something that takes frames and gives frames: a conversation or a pairing.
pub trait Talk {
    /// Takes a frame in.
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError>;
    /// The next frame to send.
    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError>;
    /// Is there nothing more to do?
    fn is_over(&self) -> bool;
    /// Ends well what could go on but need not. `false` if something is still under way.
    fn leave(&mut self) -> bool {
        false
    }
    /// After a call that came to nothing: goes on with whoever calls next, if this is still for somebody else. `false` if it
    /// was for that one, or does not answer calls.
    fn stay_for_another(&mut self) -> Result<bool, NightstandError> {
        Ok(false)
    }
    /// Looks at the clock.
    fn handle_timeout(&mut self) -> Result<(), NightstandError>;
}

/// Leads `talk` over `pipe` until it is over, the deadline comes, or it is cancelled. The pipe is closed at the end. A
/// deadline beyond what the system's clock can hold never comes. A live conversation goes on until one of the two latter, and
/// ends well if at that moment both sides have everything, nothing was written since, and the other side answers within half
/// a second.
///
/// Errors: `Unreachable` when the road ends early or the deadline comes, `Cancelled`, and whatever the talk itself says; a
/// live conversation that ended well, as above, is no error, whether the deadline or a cancel ended it.
/// In every case what was committed stays, and a later conversation goes on from there.
pub fn drive(
    talk: &mut dyn Talk,
    pipe: &mut dyn Pipe,
    deadline: Duration,
    cancel: &Cancel,
) -> Result<(), NightstandError> {
    let end = Instant::now().checked_add(deadline);
    let led = lead(talk, pipe, end, cancel);
    pipe.close();
    led
}

fn lead(
    talk: &mut dyn Talk,
    pipe: &mut dyn Pipe,
    end: Option<Instant>,
    cancel: &Cancel,
) -> Result<(), NightstandError> {
    loop {
        while let Some(frame) = talk.poll_frame()? {
            match send(talk, pipe, &frame, end, cancel) {
                // With the last frame, whether the other side still hears it makes no difference to this one.
                Err(NightstandError::Unreachable) if talk.is_over() => break,
                sent => sent?,
            }
        }
        if talk.is_over() {
            return Ok(());
        }
        if let Err(error) = check(end, cancel) {
            let said = talk.leave() && say_goodbye(talk, pipe)?;
            return if said { Ok(()) } else { Err(error) };
        }
        match pipe.receive(GLANCE)? {
            Some(frame) => hear(talk, pipe, &frame)?,
            None => talk.handle_timeout()?,
        }
    }
}

/// Takes a frame in. If that ends the talk, the other side still hears why, where there is something to say.
fn hear(talk: &mut dyn Talk, pipe: &mut dyn Pipe, frame: &[u8]) -> Result<(), NightstandError> {
    let heard = talk.handle_frame(frame);
    if heard.is_err() {
        while let Ok(Some(last)) = talk.poll_frame() {
            if pipe.send(&last).is_err() {
                break;
            }
        }
    }
    heard
}

/// Ends a live conversation that has nothing under way. Did the other side answer in time?
fn say_goodbye(talk: &mut dyn Talk, pipe: &mut dyn Pipe) -> Result<bool, NightstandError> {
    let end = Instant::now() + GOODBYE;
    loop {
        while let Some(frame) = talk.poll_frame()? {
            pipe.send(&frame)?;
        }
        if talk.is_over() || Instant::now() >= end {
            return Ok(talk.is_over());
        }
        if let Some(frame) = pipe.receive(GLANCE)? {
            talk.handle_frame(&frame)?;
        }
    }
}

/// Sends a frame; while there is no room for it, takes in what comes.
fn send(
    talk: &mut dyn Talk,
    pipe: &mut dyn Pipe,
    frame: &[u8],
    end: Option<Instant>,
    cancel: &Cancel,
) -> Result<(), NightstandError> {
    loop {
        match pipe.send(frame) {
            Err(PipeError::Timeout) => check(end, cancel)?,
            sent => return Ok(sent?),
        }
        while let Some(frame) = pipe.receive(Duration::ZERO)? {
            hear(talk, pipe, &frame)?;
        }
    }
}

fn check(end: Option<Instant>, cancel: &Cancel) -> Result<(), NightstandError> {
    if cancel.is_cancelled() {
        return Err(NightstandError::Cancelled);
    }
    if end.is_some_and(|end| Instant::now() >= end) { Err(NightstandError::Unreachable) } else { Ok(()) }
}
