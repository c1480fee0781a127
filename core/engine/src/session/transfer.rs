//! The moving of batches within a session: what is sent and not yet acknowledged, what is gathered and taken in.

use std::collections::{BTreeSet, VecDeque};

use super::SessionError;
use super::recording::Recording;
use crate::batch;
use crate::exchange::Couple;
use crate::exchange::admit::{self, AdmitError, Admitted, Refusal};
use crate::exchange::outbox::Outbox;
use crate::ids::LogId;
use crate::limits;
use crate::store::{Store, Transaction};
use crate::vector::{Position, VersionVector};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Bytes of a batch in one frame.
const PART_BYTES: usize = limits::FRAME_BYTES - 64;

/// How often a side may ask for batches again before the session ends.
const MOST_AGAIN: u32 = 16;

const LAST: u8 = 1;
const RESTART: u8 = 2;

#[derive(Default)]
pub(super) struct Transfer {
    /// A transport frame came: the other side is live, not a replay.
    pub(super) heard: bool,
    /// This side has said that it has nothing more.
    pub(super) done: bool,
    /// The other side has said so.
    pub(super) peer_done: bool,
    outbox: Option<Outbox>,
    left_out: BTreeSet<LogId>,
    /// What both sides are known to have.
    common: VersionVector,
    /// Batches sent or about to be, oldest first.
    under_way: VecDeque<UnderWay>,
    parts: VecDeque<Vec<u8>>,
    exhausted: bool,
    restart: bool,
    asked_again: u32,
    /// The other side's batch as far as it has come.
    gathered: Vec<u8>,
    /// Batches of the other side are ignored until it starts again.
    ignoring: bool,
    pub(super) recording: Recording,
}

struct UnderWay {
    reaches: VersionVector,
    entries: u64,
}

/// What became of a batch.
pub(super) enum Taken {
    Admitted(Admitted),
    /// It could not be taken as it is: ask for it in another form.
    Again {
        request: Vec<u8>,
        forked: Option<LogId>,
    },
}

impl Transfer {
    pub(super) fn knows_peer(&self) -> bool {
        self.outbox.is_some()
    }

    pub(super) fn common(&self) -> &VersionVector {
        &self.common
    }

    /// Nothing was left out on this side.
    pub(super) fn complete(&self) -> bool {
        self.left_out.is_empty()
    }

    pub(super) fn all_sent(&self) -> bool {
        self.exhausted && self.under_way.is_empty() && self.parts.is_empty() && !self.ignoring
    }

    /// Learns what the other side has. Returns the logs that are known to fork.
    pub(super) fn learn_vector<S: Store>(
        &mut self,
        store: &mut S,
        couple: &Couple,
        theirs: VersionVector,
        mine: &VersionVector,
    ) -> Result<Vec<LogId>, SessionError<S::Error>> {
        let mut tx = store.begin().map_err(SessionError::Store)?;
        let mut forked = Vec::new();
        let mut froze = false;
        for (log, position) in theirs.iter() {
            let Some(row) = tx.log(log).map_err(SessionError::Store)? else { continue };
            let count = position.count.min(mine.count(log));
            if count == 0 {
                continue;
            }
            let Some(entry) = tx.entry(log, count).map_err(SessionError::Store)? else { continue };
            let differs = count == position.count && entry.hash.first() != position.hash;
            if differs && row.opening.person == couple.partner_person() && !row.frozen {
                tx.freeze_log(log).map_err(SessionError::Store)?;
                froze = true;
            }
            if differs || row.frozen {
                forked.push(*log);
            } else {
                self.common.set(*log, Position::new(count, &entry.hash));
            }
        }
        if froze {
            tx.commit().map_err(SessionError::Store)?;
        }
        self.left_out.extend(&forked);
        self.outbox = Some(Outbox::new(&theirs, self.left_out.clone()));
        Ok(forked)
    }

    /// Packs batches until enough are under way.
    pub(super) fn fill<S: Store>(
        &mut self,
        store: &mut S,
        couple: &Couple,
        target: usize,
    ) -> Result<(), SessionError<S::Error>> {
        let Some(outbox) = &mut self.outbox else { return Ok(()) };
        while self.under_way.len() < limits::BATCHES_UNDER_WAY && !self.exhausted {
            let tx = store.begin().map_err(SessionError::Store)?;
            let Some(packed) = outbox.next_batch(&tx, couple, target).map_err(SessionError::Store)? else {
                self.exhausted = true;
                break;
            };
            drop(tx);
            self.recording.keep_batch(&packed.bytes);
            let mut chunks = packed.bytes.chunks(PART_BYTES).peekable();
            while let Some(chunk) = chunks.next() {
                let last = if chunks.peek().is_none() { LAST } else { 0 };
                let restart = if std::mem::take(&mut self.restart) { RESTART } else { 0 };
                let mut part = Vec::with_capacity(chunk.len() + 1);
                part.push(last | restart);
                part.extend_from_slice(chunk);
                self.parts.push_back(part);
            }
            self.under_way.push_back(UnderWay { reaches: packed.reaches, entries: packed.entries });
            if target < limits::BATCH_TARGET {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn next_part(&mut self) -> Option<Vec<u8>> {
        self.parts.pop_front()
    }

    /// A whole batch of at most `most` bytes, if that is what comes next.
    pub(super) fn take_small_batch(&mut self, most: usize) -> Option<Vec<u8>> {
        let fits = self.parts.len() == 1 && self.parts.front().is_some_and(|part| part.len() <= most);
        if fits { self.parts.pop_front() } else { None }
    }

    /// The other side has committed the oldest batch under way.
    pub(super) fn handle_ack(&mut self, body: &[u8]) -> Result<u64, WireError> {
        let mut reader = Reader::new(body);
        let batches = reader.varint()?;
        reader.end()?;
        let mut entries = 0;
        for _ in 0..batches {
            let batch = self.under_way.pop_front().ok_or(WireError::Malformed)?;
            self.common = std::mem::take(&mut self.common).with(&batch.reaches);
            entries += batch.entries;
        }
        Ok(entries)
    }

    /// The other side has nothing more, and nothing of it is under way.
    pub(super) fn handle_done(&mut self) {
        self.peer_done = true;
        self.ignoring = false;
    }

    /// Drops what is under way from the other side until it starts again.
    pub(super) fn ignore_until_restart(&mut self) {
        self.ignoring = true;
        self.gathered.clear();
        self.peer_done = false;
    }

    pub(super) fn ack(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.varint(1);
        writer.finish()
    }

    /// The other side wants batches again: whole, or without some logs.
    pub(super) fn handle_again(&mut self, body: &[u8]) -> Result<(), WireError> {
        let mut record = Record::parse(body)?;
        let whole = record.field(1).is_some();
        let (logs, rest) = record.field(2).unwrap_or_default().as_chunks::<{ LogId::SIZE }>();
        if !rest.is_empty() || logs.len() > crate::vector::MOST_LOGS {
            return Err(WireError::Malformed);
        }
        record.finish()?;
        self.asked_again += 1;
        if self.asked_again > MOST_AGAIN {
            return Err(WireError::TooLarge);
        }
        self.left_out.extend(logs.iter().copied().map(LogId::from_bytes));
        self.under_way.clear();
        self.parts.clear();
        self.exhausted = false;
        self.done = false;
        self.restart = true;
        if self.outbox.is_some() {
            let mut outbox = Outbox::new(&self.common, self.left_out.clone());
            if whole {
                outbox.send_whole();
            }
            self.outbox = Some(outbox);
        }
        Ok(())
    }

    /// Adds a part to the batch that is coming. Returns the batch when it is whole.
    pub(super) fn gather(&mut self, part: &[u8]) -> Result<Option<Vec<u8>>, WireError> {
        let (flags, bytes) = part.split_first().ok_or(WireError::Malformed)?;
        if flags & RESTART != 0 {
            self.ignoring = false;
            self.gathered.clear();
        }
        if self.ignoring {
            return Ok(None);
        }
        if self.gathered.len() + bytes.len() > limits::BATCH_PACKED_BYTES {
            return Err(WireError::TooLarge);
        }
        self.gathered.extend_from_slice(bytes);
        Ok((flags & LAST != 0).then(|| std::mem::take(&mut self.gathered)))
    }

    /// Takes a batch in and commits it.
    pub(super) fn admit<S: Store>(
        &mut self,
        store: &mut S,
        couple: &Couple,
        packed: &[u8],
        workers: usize,
    ) -> Result<Taken, SessionError<S::Error>> {
        let plain = batch::unpack(packed)?;
        let mut tx = store.begin().map_err(SessionError::Store)?;
        let refusal = match admit::admit(&mut tx, couple, &plain, workers) {
            Ok(admitted) => {
                tx.commit().map_err(SessionError::Store)?;
                self.common = std::mem::take(&mut self.common).with(&admitted.reached);
                return Ok(Taken::Admitted(admitted));
            }
            Err(AdmitError::Store(error)) => return Err(SessionError::Store(error)),
            Err(AdmitError::Refused(refusal)) => refusal,
        };
        drop(tx);
        let (request, forked) = match refusal {
            Refusal::UnknownReference => (again(true, &[]), None),
            Refusal::Unvouched(log) => (self.leave_out(log), None),
            Refusal::Fork(log) => {
                let mut tx = store.begin().map_err(SessionError::Store)?;
                let row = tx.log(&log).map_err(SessionError::Store)?;
                if row.is_some_and(|row| row.opening.person == couple.partner_person() && !row.frozen) {
                    tx.freeze_log(&log).map_err(SessionError::Store)?;
                    tx.commit().map_err(SessionError::Store)?;
                }
                (self.leave_out(log), Some(log))
            }
            fatal => return Err(SessionError::Refused(fatal)),
        };
        self.asked_again += 1;
        if self.asked_again > MOST_AGAIN {
            return Err(SessionError::Refused(refusal));
        }
        self.ignore_until_restart();
        Ok(Taken::Again { request, forked })
    }

    fn leave_out(&mut self, log: LogId) -> Vec<u8> {
        self.left_out.insert(log);
        again(false, &[log])
    }
}

/// Asks for batches again: as they are if `whole`, and without these logs.
pub(super) fn again(whole: bool, without: &[LogId]) -> Vec<u8> {
    let mut writer = Writer::new();
    if whole {
        writer.field(1, Unknown::Refuse, &[]);
    }
    let mut logs = Writer::new();
    for log in without {
        logs.raw(log.as_bytes());
    }
    writer.field(2, Unknown::Refuse, &logs.finish());
    writer.finish()
}
