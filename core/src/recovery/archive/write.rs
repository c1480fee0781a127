//! Writing: what is new goes into further volumes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::exchange::{Parties, Reach};
use nightstand_engine::keys::noise_public_key;
use nightstand_engine::random;
use nightstand_engine::store::{self, Store};
use nightstand_engine::vector::{Position, VersionVector};
use nightstand_engine::{limits, parcel};

use super::{Archive, ArchiveReport, VolumeName};
use crate::cancel::Until;
use crate::error::NightstandError;
use crate::mailbox::{Asking, Storage, StorageError};
use crate::new_file::written;
use crate::recovery::backup::envelope;
use crate::recovery::backup::manifest::{Manifest, Volume};
use crate::recovery::backup::tar::{TarWriter, taken_by};
use crate::recovery::backup::write::each_imported;
use crate::store::{ArchiveLane, ArchiveState, Private};
use crate::sync::{Cancel, known, own_parties};
use crate::vault::Vault;

/// About how many bytes of entries go into one volume: little enough for a slow line and a short round.
const VOLUME_BYTES: usize = 2 * 1024 * 1024;

/// Once so many volumes came beside those that it took for everything, a lane is made into a new one.
const MOST_VOLUMES: u64 = 256;

/// Old lanes are remembered when they are gone, since a list may be old or leave something out. Of more, those are forgotten.
const MOST_RETIRED: usize = 64;

/// So long a deletion waits at most for the volumes that may hold what was deleted to go: a day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

impl Archive {
    /// One round: writes what is new, for this long at most, whatever the storage does. What is left then, the next round does.
    /// It takes turns with rounds of a mailbox.
    ///
    /// Whatever the storage does wrong is said in the report. Errors: `NotFound` if no archive is set up; `Cancelled`; those of the
    /// vault. In every case what was written stays.
    pub fn write(
        &self,
        storage: Arc<dyn Storage>,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<ArchiveReport, NightstandError> {
        let until = Until::new(within, cancel);
        let Some(_turn) = self.vault.mailbox_turns().take(&until)? else { return Ok(ArchiveReport::default()) };
        let state = self.vault.read(|rows, _| Ok(rows.archive()?))?.ok_or(NightstandError::NotFound)?;
        let storage = Asking::new(storage, until.clone())?;
        let mut round = Round { vault: &self.vault, storage, until, state, report: ArchiveReport::default() };
        round.run()?;
        Ok(round.report)
    }
}

struct Round<'a> {
    vault: &'a Vault,
    storage: Asking,
    until: Until,
    state: ArchiveState,
    report: ArchiveReport,
}

/// What lies there, by lane.
type Listing = BTreeMap<ArchiveLane, BTreeSet<u64>>;

/// What a volume is made of.
struct Source {
    parties: Parties,
    manifest: Manifest,
    here: VersionVector,
    imported: u64,
    /// Stands for what the manifest says.
    known: Vec<u8>,
}

impl Round<'_> {
    fn run(&mut self) -> Result<(), NightstandError> {
        let Some(listing) = self.list()? else { return Ok(()) };
        self.settle(&listing)?;
        let own = self.state.lane.map(|(_, lane)| lane);
        // What was begun and is not known to be whole.
        let stray =
            names(&listing, |lane| own == Some(lane)).filter(|name| !self.state.standing.contains(&name.number));
        let stray = stray.collect();
        self.delete(stray)?;
        while self.write_volume()? {}
        if self.report.is_complete && self.report.trouble.is_none() {
            // Somebody else may go on in one of them: the phone that is lost for now, or the one that this was put back in place of.
            let all_here = |lane| self.state.retired.get(&lane).is_some_and(|number| is_up_to(&listing, lane, *number));
            self.delete(names(&listing, all_here).collect())?;
        }
        Ok(())
    }

    fn goes_on(&self) -> Result<bool, NightstandError> {
        Ok(self.until.goes_on()? && self.report.trouble.is_none())
    }

    fn keep(&self) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            // It may have been turned off meanwhile.
            if tx.rows().archive()?.is_some() { Ok(tx.put_archive(Some(&self.state))?) } else { Ok(()) }
        })
    }

    fn asked<R>(&mut self, answer: Result<R, StorageError>) -> Option<R> {
        answer.map_err(|error| self.report.trouble = Some(error.into())).ok()
    }

    fn list(&mut self) -> Result<Option<Listing>, NightstandError> {
        if !self.goes_on()? {
            return Ok(None);
        }
        let names = self.storage.ask(|storage| storage.list())?;
        let Some(names) = self.asked(names) else { return Ok(None) };
        let mut listing = Listing::new();
        for name in names.iter().filter_map(|name| VolumeName::parse(name)) {
            listing.entry(name.lane).or_default().insert(name.number);
        }
        Ok(Some(listing))
    }

    /// Goes on in the lane that there is, or begins another.
    fn settle(&mut self, listing: &Listing) -> Result<(), NightstandError> {
        let (key, here, is_other) = self.vault.with_store(|store| {
            let tx = store.begin()?;
            let rows = tx.rows();
            let parties = own_parties(&rows, known(&rows, &tx.person())?, Reach::Everything)?;
            let key = noise_public_key(&rows.device_keys()?.noise_key(&parties.channel()));
            // A log was cut, or left with a bond: what is there goes on from nothing that is here.
            let (here, reached) = (store::vector(&tx, &parties)?, &self.state.reached);
            let is_short = reached.iter().any(|(log, position)| here.count(log) < position.count);
            let is_other = is_short || parcel::differs(&tx, reached)?;
            Ok((key, here, is_other))
        })?;
        let now_ms = self.vault.now_ms();
        let state = &mut self.state;
        let there = state.lane.and_then(|(_, lane)| listing.get(&lane)).cloned().unwrap_or_default();
        let is_own = state.lane.is_some_and(|(writer, _)| writer == key);
        // A number beyond tells that this device was put back from an older copy.
        let is_as_left = state.standing.is_subset(&there) && there.iter().all(|number| *number <= state.last);
        let is_due = state.owes_anew && now_ms.saturating_sub(state.begun_ms).unsigned_abs() >= DAY_MS.unsigned_abs();
        let is_long = state.whole_with > 0 && state.standing.len() as u64 >= state.whole_with + MOST_VOLUMES;
        if is_own && is_as_left && !is_other && !is_due && !is_long {
            return Ok(());
        }
        let mut retired = std::mem::take(&mut state.retired);
        if retired.len() > MOST_RETIRED {
            retired.retain(|lane, _| listing.contains_key(lane));
        }
        retired.extend(state.lane.map(|(_, lane)| (lane, state.last)));
        let lane = random::make_bytes(&mut self.vault.randomness());
        let recipient = std::mem::take(&mut state.recipient);
        *state = ArchiveState {
            recipient,
            lane: Some((key, lane)),
            begun_ms: now_ms,
            begun_with: here,
            retired,
            ..ArchiveState::default()
        };
        self.keep()
    }

    /// `false` once there is nothing more to write, or no time.
    fn write_volume(&mut self) -> Result<bool, NightstandError> {
        if !self.goes_on()? {
            return Ok(false);
        }
        let Some((_, lane)) = self.state.lane else { return Ok(false) };
        let source = self.source()?;
        let mut volume = self.fill(&source)?;
        let says_more = source.known != self.state.known || source.imported != self.state.imported;
        let says_more = says_more || (volume.complete && !self.state.is_complete);
        if volume.entries == 0 && !says_more && self.state.last > 0 {
            self.report.is_complete = volume.complete;
            return Ok(false);
        }
        let name = VolumeName { lane, number: self.state.last + 1 };
        let bytes = self.seal(name, &source, &volume)?;
        if !self.goes_on()? {
            return Ok(false);
        }
        // A number is kept before its volume is written, and used once: what a storage kept of one that failed is another's.
        self.state.last = name.number;
        self.keep()?;
        let put = self.storage.ask(move |storage| storage.put(&name.to_text(), &bytes))?;
        if self.asked(put).is_none() {
            return Ok(false);
        }
        let state = &mut self.state;
        state.owes_anew |= volume.deletes;
        state.standing.insert(name.number);
        state.reached = std::mem::take(&mut state.reached).with(&std::mem::take(&mut volume.reaches));
        (state.imported, state.known) = (source.imported, source.known);
        state.is_complete = volume.complete;
        if volume.complete && state.whole_with == 0 {
            state.whole_with = state.standing.len() as u64;
        }
        self.report.entries_written += volume.entries;
        self.report.is_complete = volume.complete;
        self.keep()?;
        Ok(!volume.complete)
    }

    fn source(&mut self) -> Result<Source, NightstandError> {
        let now_ms = self.vault.now_ms();
        let source = self.vault.with_store(|store| {
            let tx = store.begin()?;
            let (rows, person) = (tx.rows(), tx.person());
            let with_private = !matches!(rows.private(), Private::Locked);
            let reach = if with_private { Reach::Everything } else { Reach::Shared };
            let me = known(&rows, &person)?;
            let parties = own_parties(&rows, me.clone(), reach)?;
            let here = store::vector(&tx, &parties)?;
            let everything = own_parties(&rows, me.clone(), Reach::Everything)?;
            let all = store::vector(&tx, &everything)?;
            let mut known = rows.circle(person)?.digest().to_vec();
            for roster in me.rosters() {
                known.extend_from_slice(&roster.roster().epoch.to_le_bytes());
            }
            let manifest = Manifest { with_private, ..Manifest::of(&rows, person, me, now_ms)? };
            Ok((Source { parties, manifest, here, imported: rows.count_imported()?, known }, all))
        })?;
        let (source, all) = source;
        let behind = |log, count| self.state.reached.count(log) < count;
        let waits = |(log, position): (_, &Position)| source.here.get(log).is_none() && behind(log, position.count);
        self.report.private_waits = all.iter().any(waits);
        Ok(source)
    }

    /// Reads entries until there are enough for a volume.
    fn fill(&self, source: &Source) -> Result<Filled, NightstandError> {
        let mut outbox = Outbox::new(&self.state.reached, BTreeSet::new());
        outbox.for_own_backup();
        let mut volume = Filled::default();
        let mut bytes = 0;
        while bytes < VOLUME_BYTES && self.until.goes_on()? {
            let packed = self.vault.with_store(|store| {
                let tx = store.begin()?;
                Ok(outbox.next_batch(&tx, &source.parties, limits::BATCH_TARGET)?)
            })?;
            let Some(packed) = packed else {
                volume.complete = true;
                break;
            };
            bytes += packed.bytes.len();
            volume.entries += packed.entries;
            let is_new = |(log, position): (_, &Position)| self.state.begun_with.count(log) < position.count;
            volume.deletes |= packed.deletes && packed.reaches.iter().any(is_new);
            volume.reaches = std::mem::take(&mut volume.reaches).with(&packed.reaches);
            volume.batches.push(packed.bytes);
        }
        volume.complete &= !outbox.held_back() && !self.report.private_waits;
        Ok(volume)
    }

    fn seal(&self, name: VolumeName, source: &Source, volume: &Filled) -> Result<Vec<u8>, NightstandError> {
        let recipient = envelope::read_recipient(&self.state.recipient)?;
        let mut tar = TarWriter::new(envelope::seal(&recipient, Vec::new())?);
        let mut size = 0;
        let mut file = |name: &str, content: &[u8]| {
            size += taken_by(content.len());
            tar.file(name, content).map_err(written)
        };
        let after = self.state.standing.last().copied().unwrap_or(0);
        let said = Volume { name: name.to_text(), after, complete: volume.complete };
        let manifest = source.manifest.of_volume(said);
        file("backup.json", &manifest.to_json()?)?;
        for (batch, number) in volume.batches.iter().zip(1..) {
            file(&format!("entries/{number:06}.zst"), batch)?;
        }
        if source.imported != self.state.imported {
            each_imported(self.vault, &mut file)?;
        }
        tar.fill_up(size).map_err(written)?;
        tar.finish().and_then(|stream| stream.finish()).map_err(written)
    }

    fn delete(&mut self, names: Vec<VolumeName>) -> Result<(), NightstandError> {
        for name in names {
            if !self.goes_on()? {
                break;
            }
            let deleted = self.storage.ask(move |storage| storage.delete(&name.to_text()))?;
            self.asked(deleted);
        }
        Ok(())
    }
}

/// Is there nothing beyond this number?
fn is_up_to(listing: &Listing, lane: ArchiveLane, number: u64) -> bool {
    listing.get(&lane).and_then(BTreeSet::last).is_none_or(|last| *last <= number)
}

/// The volumes of some lanes.
fn names(listing: &Listing, which: impl Fn(ArchiveLane) -> bool) -> impl Iterator<Item = VolumeName> {
    let lanes = listing.iter().filter(move |(lane, _)| which(**lane));
    lanes.flat_map(|(lane, numbers)| numbers.iter().map(|number| VolumeName { lane: *lane, number: *number }))
}

/// The entries of a volume.
#[derive(Default)]
struct Filled {
    batches: Vec<Vec<u8>>,
    entries: u64,
    /// Something of what a volume may hold.
    deletes: bool,
    reaches: VersionVector,
    /// There is nothing more.
    complete: bool,
}
