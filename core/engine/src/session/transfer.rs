//! The moving of batches within a session: what is sent and not yet acknowledged, what is gathered and taken in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::again::{self, Again};
use super::{Config, Event, SessionError};
use crate::batch;
use crate::exchange::Parties;
use crate::exchange::admit::{self, AdmitError, Admitted, Refusal, Terms};
use crate::exchange::outbox::Outbox;
use crate::ids::LogId;
use crate::limits;
use crate::recording::Recording;
use crate::store::{LogRow, Store, Transaction};
use crate::vector::{Position, VersionVector};
use crate::wire::{Reader, WireError, Writer};

/// Bytes of a batch in one frame.
const PART_BYTES: usize = limits::FRAME_BYTES - 64;

/// How often a side may ask for batches again before the session ends.
const MOST_AGAIN: u32 = 16;

const LAST: u8 = 1;
const RESTART: u8 = 2;
/// All that was asked for again has been said. Such a part holds nothing else.
const ANSWERED: u8 = 4;

/// In the body of a done, which may be empty.
const LEFT_OUT: u8 = 1;

#[derive(Default)]
pub(super) struct Transfer {
    /// A transport frame came: the other side is there, and no replay.
    pub(super) heard: bool,
    /// This side has said that it has nothing more.
    pub(super) done: bool,
    /// The other side has said so.
    pub(super) peer_done: bool,
    /// The other side has said that it left something out.
    peer_left_out: bool,
    /// The greatest number of a document's kind that the other side knows, once it has said hello.
    pub(super) peer_kinds: u32,
    outbox: Option<Outbox>,
    left_out: BTreeSet<LogId>,
    /// What both sides are known to have.
    common: VersionVector,
    /// Batches sent or about to be, oldest first.
    under_way: VecDeque<UnderWay>,
    parts: VecDeque<Vec<u8>>,
    exhausted: bool,
    /// How often the other side asked for batches again and was not told yet that they begin anew.
    restarts_owed: u32,
    /// The other side asked for batches again, and waits to hear that it has them all.
    answer_owed: bool,
    asked_again: u32,
    /// The other side's batch as far as it has come.
    gathered: Vec<u8>,
    /// How often the other side was asked to begin anew and has not. Until it has, its batches are ignored: they were on
    /// their way before it heard.
    restarts_awaited: u32,
    /// Own logs that the other side has otherwise, and whose branch was asked for.
    disputed: BTreeSet<LogId>,
    /// Logs of the partner's to freeze, or to thaw, once the other side is known to be no replay.
    freezes: BTreeMap<LogId, bool>,
    pub(super) recording: Recording,
}

struct UnderWay {
    reaches: VersionVector,
    entries: u64,
}

/// What became of a batch.
pub(super) enum Taken {
    Admitted(Admitted),
    /// It could not be taken as it is: ask for it in another form, and say why.
    Again {
        request: Again,
        news: Option<Event>,
    },
}

/// What the vectors told of logs with two contents.
#[derive(Default)]
pub(super) struct Forks {
    pub(super) logs: Vec<LogId>,
    pub(super) request: Again,
}

impl Transfer {
    pub(super) fn knows_peer(&self) -> bool {
        self.outbox.is_some()
    }

    pub(super) fn common(&self) -> &VersionVector {
        &self.common
    }

    /// Nothing was left out on either side, as far as both have said.
    pub(super) fn complete(&self) -> bool {
        self.all_given() && !self.peer_left_out
    }

    fn all_given(&self) -> bool {
        self.left_out.is_empty() && !self.outbox.as_ref().is_some_and(Outbox::held_back)
    }

    /// That this side has nothing more, and whether it left something out.
    pub(super) fn say_done(&mut self) -> Vec<u8> {
        self.done = true;
        if self.all_given() { Vec::new() } else { vec![LEFT_OUT] }
    }

    pub(super) fn all_sent(&self) -> bool {
        self.exhausted
            && self.under_way.is_empty()
            && self.parts.is_empty()
            && self.restarts_awaited == 0
            && self.disputed.is_empty()
            && !self.answer_owed
    }

    /// Learns what the other side has. A log of the partner's that differs is frozen until it agrees again; of one's own, the
    /// other side's branch is asked for. What a message says that may be a replay (not `proved`) freezes nothing.
    pub(super) fn learn_vector<S: Store>(
        &mut self,
        store: &mut S,
        config: &Config,
        theirs: VersionVector,
        mine: &VersionVector,
        proved: bool,
    ) -> Result<Forks, SessionError<S::Error>> {
        let tx = store.begin().map_err(SessionError::Store)?;
        let mut forks = Forks::default();
        for (log, position) in theirs.iter() {
            let row = tx.log(log).map_err(SessionError::Store)?;
            let Some(row) = row.filter(|row| config.parties.author(&row.opening).is_some()) else { continue };
            let count = position.count.min(mine.count(log));
            if count == 0 {
                continue;
            }
            let Some(hash) = tx.hash_after(log, count).map_err(SessionError::Store)? else { continue };
            let compared = count == position.count;
            let differs = compared && hash.first() != position.hash;
            // Which branch of a log of the partner's counts, their own devices alone can say.
            let of_partner = !config.parties.is_mine(&row.opening) && !config.parties.are_own_devices();
            // Whether a longer log goes on from here is seen by its entries: they must continue the running hash.
            if of_partner && differs != row.frozen {
                self.freezes.insert(*log, differs);
            }
            if !differs {
                self.common.set(*log, Position::new(count, &hash));
                continue;
            }
            forks.logs.push(*log);
            self.left_out.insert(*log);
            if config.writes(&row) {
                self.dispute(&tx, &row, &mut forks.request).map_err(SessionError::Store)?;
            } else {
                forks.request.without.push(*log);
            }
        }
        drop(tx);
        self.outbox = Some(self.outbox_from(&theirs));
        if proved {
            self.settle_freezes(store)?;
        }
        Ok(forks)
    }

    fn outbox_from(&self, theirs: &VersionVector) -> Outbox {
        let mut outbox = Outbox::new(theirs, self.left_out.clone());
        outbox.peer_knows_kinds(self.peer_kinds);
        outbox
    }

    /// Freezes and thaws what the vectors told of.
    pub(super) fn settle_freezes<S: Store>(&mut self, store: &mut S) -> Result<(), SessionError<S::Error>> {
        if self.freezes.is_empty() {
            return Ok(());
        }
        let mut tx = store.begin().map_err(SessionError::Store)?;
        for (log, frozen) in &self.freezes {
            tx.set_frozen(log, *frozen).map_err(SessionError::Store)?;
        }
        tx.commit().map_err(SessionError::Store)?;
        self.freezes.clear();
        Ok(())
    }

    /// Asks for the other side's branch of an own log.
    fn dispute<T: Transaction>(&mut self, tx: &T, row: &LogRow, request: &mut Again) -> Result<(), T::Error> {
        let log = row.opening.log();
        request.branches.insert(log, again::positions(tx, row)?);
        self.disputed.insert(log);
        Ok(())
    }

    /// Looks for entries that were written since.
    pub(super) fn look_again(&mut self) {
        if let Some(outbox) = &mut self.outbox {
            outbox.look_again();
            self.exhausted = false;
        }
    }

    /// Packs batches until enough are under way.
    pub(super) fn fill<S: Store>(
        &mut self,
        store: &mut S,
        parties: &Parties,
        target: usize,
    ) -> Result<(), SessionError<S::Error>> {
        let Some(outbox) = &mut self.outbox else { return Ok(()) };
        while self.under_way.len() < limits::BATCHES_UNDER_WAY && !self.exhausted {
            let tx = store.begin().map_err(SessionError::Store)?;
            let Some(packed) = outbox.next_batch(&tx, parties, target).map_err(SessionError::Store)? else {
                self.exhausted = true;
                break;
            };
            drop(tx);
            self.recording.keep_batch(&packed.bytes);
            let mut chunks = packed.bytes.chunks(PART_BYTES).peekable();
            while let Some(chunk) = chunks.next() {
                let last = if chunks.peek().is_none() { LAST } else { 0 };
                let mut part = Vec::with_capacity(chunk.len() + 1);
                part.push(last);
                part.extend_from_slice(chunk);
                self.parts.push_back(part);
            }
            self.done = false;
            self.under_way.push_back(UnderWay { reaches: packed.reaches, entries: packed.entries });
            if target < limits::BATCH_TARGET {
                break;
            }
        }
        Ok(())
    }

    /// The next part to send. Each request to begin anew is answered by one part that says so.
    pub(super) fn next_part(&mut self) -> Option<Vec<u8>> {
        let restart = if self.restarts_owed > 0 { RESTART } else { 0 };
        let part = if self.restarts_owed > 1 {
            vec![RESTART]
        } else if let Some(mut part) = self.parts.pop_front() {
            *part.first_mut()? |= restart;
            part
        } else if self.exhausted && std::mem::take(&mut self.answer_owed) {
            vec![ANSWERED | restart]
        } else {
            return None;
        };
        self.restarts_owed = self.restarts_owed.saturating_sub(1);
        Some(part)
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
        if batches == 0 {
            return Err(WireError::Malformed);
        }
        let mut entries = 0;
        for _ in 0..batches {
            let batch = self.under_way.pop_front().ok_or(WireError::Malformed)?;
            self.common = std::mem::take(&mut self.common).with(&batch.reaches);
            entries += batch.entries;
        }
        Ok(entries)
    }

    /// The other side has nothing more, and nothing of it is under way. If it was asked to begin anew, it said so before it
    /// heard.
    pub(super) fn handle_done(&mut self, body: &[u8]) {
        self.peer_done = self.restarts_awaited == 0;
        self.peer_left_out = body.first().is_some_and(|flags| flags & LEFT_OUT != 0);
    }

    /// Drops what is under way from the other side until it starts again.
    pub(super) fn ignore_until_restart(&mut self) {
        self.restarts_awaited += 1;
        self.gathered.clear();
        self.peer_done = false;
    }

    pub(super) fn ack(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.varint(1);
        writer.finish()
    }

    /// The other side wants batches again. Returns what to ask of it in turn: a log of this device's own that it does not
    /// want may have gone on twice.
    pub(super) fn handle_again<S: Store>(
        &mut self,
        store: &mut S,
        config: &Config,
        request: Again,
    ) -> Result<Again, SessionError<S::Error>> {
        self.asked_again += 1;
        if self.asked_again > MOST_AGAIN {
            return Err(WireError::TooLarge.into());
        }
        let tx = store.begin().map_err(SessionError::Store)?;
        let mut question = Again::default();
        for log in &request.without {
            let row = tx.log(log).map_err(SessionError::Store)?;
            if let Some(row) = row.filter(|row| self.left_out.insert(*log) && config.writes(row)) {
                self.dispute(&tx, &row, &mut question).map_err(SessionError::Store)?;
            }
        }
        for (log, positions) in &request.branches {
            let shared = again::shared(&tx, log, positions).map_err(SessionError::Store)?;
            self.common.set(*log, shared);
            self.left_out.remove(log);
        }
        drop(tx);
        self.under_way.clear();
        self.parts.clear();
        self.exhausted = false;
        self.done = false;
        self.restarts_owed += 1;
        self.answer_owed = true;
        if self.outbox.is_some() {
            let mut outbox = self.outbox_from(&self.common);
            if request.whole {
                outbox.send_whole();
            }
            self.outbox = Some(outbox);
        }
        if !question.is_nothing() {
            self.ignore_until_restart();
        }
        Ok(question)
    }

    /// Adds a part to the batch that is coming. Returns the batch when it is whole.
    pub(super) fn gather(&mut self, part: &[u8]) -> Result<Option<Vec<u8>>, WireError> {
        let (flags, bytes) = part.split_first().ok_or(WireError::Malformed)?;
        if flags & RESTART != 0 {
            self.restarts_awaited = self.restarts_awaited.checked_sub(1).ok_or(WireError::Malformed)?;
            self.gathered.clear();
        }
        if self.restarts_awaited > 0 {
            return Ok(None);
        }
        if flags & ANSWERED != 0 {
            // What is in dispute still, the other side can't show.
            self.disputed.clear();
            return Ok(None);
        }
        self.peer_done = false;
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
        parties: &Parties,
        packed: &[u8],
        workers: usize,
    ) -> Result<Taken, SessionError<S::Error>> {
        let plain = batch::unpack(packed)?;
        let mut tx = store.begin().map_err(SessionError::Store)?;
        let terms = Terms { disputed: &self.disputed, ..Terms::with(workers) };
        let refusal = match admit::admit(&mut tx, parties, &plain, &terms) {
            Ok(admitted) => {
                tx.commit().map_err(SessionError::Store)?;
                self.settle(&admitted);
                if let Some(outbox) = &mut self.outbox {
                    outbox.has(&admitted.reached);
                }
                self.common = std::mem::take(&mut self.common).with(&admitted.reached);
                return Ok(Taken::Admitted(admitted));
            }
            Err(AdmitError::Store(error)) => return Err(SessionError::Store(error)),
            Err(AdmitError::Refused(refusal)) => refusal,
        };
        drop(tx);
        let (request, news) = match refusal {
            Refusal::UnknownReference => (Again::whole(), None),
            Refusal::Unvouched(log) => (self.leave_out(log), None),
            Refusal::Unconfirmed(doubt) => (self.leave_out(doubt.log), Some(Event::Unconfirmed(doubt))),
            Refusal::Fork(log) => {
                let mut tx = store.begin().map_err(SessionError::Store)?;
                let row = tx.log(&log).map_err(SessionError::Store)?;
                let theirs = |row: &LogRow| !parties.is_mine(&row.opening) && !parties.are_own_devices();
                if row.is_some_and(|row| theirs(&row) && !row.frozen) {
                    tx.set_frozen(&log, true).map_err(SessionError::Store)?;
                    tx.commit().map_err(SessionError::Store)?;
                }
                (self.leave_out(log), Some(Event::Forked(log)))
            }
            fatal => return Err(SessionError::Refused(fatal)),
        };
        self.asked_again += 1;
        if self.asked_again > MOST_AGAIN {
            return Err(SessionError::Refused(refusal));
        }
        self.ignore_until_restart();
        Ok(Taken::Again { request, news })
    }

    /// Own logs that took the other side's branch are no longer in dispute, and what moved into new logs is to be sent.
    fn settle(&mut self, admitted: &Admitted) {
        for log in &admitted.repaired {
            self.disputed.remove(log);
            self.left_out.remove(log);
        }
        if let Some(outbox) = self.outbox.as_mut().filter(|_| !admitted.repaired.is_empty()) {
            outbox.allow(&admitted.reached);
            self.exhausted = false;
        }
    }

    /// Both sides came to an end with what they asked of each other: a long session may ask again.
    pub(super) fn forgive(&mut self) {
        self.asked_again = 0;
    }

    fn leave_out(&mut self, log: LogId) -> Again {
        self.left_out.insert(log);
        self.disputed.remove(&log);
        Again::without(log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two requests cross with batches: what was sent between them is for neither.
    #[test]
    fn each_request_to_begin_anew_is_answered_by_itself() {
        let mut asked = Transfer { restarts_owed: 1, ..Transfer::default() };
        let mut asking = Transfer { restarts_awaited: 2, ..Transfer::default() };
        asked.parts.push_back(vec![LAST, 7]);
        let between = asked.next_part().unwrap();
        assert_eq!(asking.gather(&between), Ok(None));

        // The second request reaches it with parts at hand, the third right behind.
        asking.ignore_until_restart();
        asked.restarts_owed = 2;
        asked.parts.push_back(vec![LAST, 8]);
        let answers: Vec<_> = std::iter::from_fn(|| asked.next_part()).collect();
        assert_eq!(answers, [vec![RESTART], vec![RESTART | LAST, 8]]);
        assert_eq!(asking.gather(&answers[0]), Ok(None));
        assert_eq!(asking.gather(&answers[1]), Ok(Some(vec![8])));
        assert_eq!(asking.gather(&[RESTART]), Err(WireError::Malformed));
    }
}
