//! One round with a mailbox: what others left is taken in, what they lack is left for them, what did its work is deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::BondId;
use nightstand_engine::keys::noise_public_key;
use nightstand_engine::mailbox::{Begun, BlobName, Heard, Listing, Posts};
use nightstand_engine::parcel::{self, Cut, Head, Made, Missing};
use nightstand_engine::random::{self, Seeded};
use nightstand_engine::roster::DeviceRecord;
use nightstand_engine::store::{self, Store, Transaction};
use nightstand_engine::vector::VersionVector;

use super::conversation::let_go_of_what_faded;
use super::parcels::{Channel, Opened};
use super::{Cancel, Sync, SyncOutcome};
use crate::cancel::Until;
use crate::error::{NightstandError, Refused};
use crate::mailbox::{Asking, Storage, StorageError};
use crate::names::names;
use crate::vault::Vault;

/// Most bytes of a blob. A service may refuse larger files, and one that is cut off is to be written again.
const BLOB_BYTES: usize = 12 * 1024 * 1024;

/// Most bytes that are fetched of a blob.
const FETCHED_BYTES: u64 = 2 * BLOB_BYTES as u64;

/// What a mailbox did not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailboxTrouble {
    /// It is full.
    Full,
    /// It does not let this app in.
    Refused,
    /// It is not there, was not reached, did not answer in the time there was, or failed.
    Unreachable,
}

names!(MailboxTrouble { Self::Full = "full", Self::Refused = "refused", Self::Unreachable = "unreachable" });

impl From<StorageError> for MailboxTrouble {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full | StorageError::TooLarge => Self::Full,
            StorageError::Refused => Self::Refused,
            StorageError::Missing | StorageError::Unreachable => Self::Unreachable,
        }
    }
}

/// What a round moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MailboxReport {
    /// `AllHandedOver` once each of the other devices has said that it has everything, and all that they said they have is here.
    pub outcome: SyncOutcome,
    /// What the mailbox did not do. What was done before stays, and the next round goes on from there.
    pub trouble: Option<MailboxTrouble>,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that were left in the mailbox.
    pub entries_left: u64,
    /// Files that can't be read as they are: half of them is there, or somebody changed them. They are tried again.
    pub damaged: u64,
    /// Files of a later version of the app. They are read once this one was updated.
    pub too_new: u64,
    /// What lies there builds on something that is not here and not there, or differs from what is here. What is lacking the
    /// other side is asked for through the mailbox; a direct sync settles either at once. Of what differs nothing is taken in,
    /// and of all else everything.
    pub missing: bool,
    /// Something was learned of this person's devices or of the partner's.
    pub devices_changed: bool,
}

impl Sync {
    /// One round with a mailbox, from reading to deleting. It goes on for this long at most, whatever the storage does; what is
    /// left then, the next round does. There is one round at a time: another waits for its turn.
    ///
    /// Use one mailbox. In another one, what was not taken in yet is left anew.
    ///
    /// Whatever the storage does wrong is said in the report. Errors: `Cancelled`, `Refused(Removed)` where something there tells
    /// that this phone was removed, and those of the vault. In every case what
    /// was committed stays.
    pub fn use_mailbox(
        &self,
        storage: Arc<dyn Storage>,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<MailboxReport, NightstandError> {
        Ok(self.round(storage, within, cancel)?.0)
    }

    /// The same, and all that was sealed in it, as it was before. For checks that nothing private leaves; no app is built with
    /// the feature `recording`.
    #[cfg(feature = "recording")]
    pub fn use_mailbox_recorded(
        &self,
        storage: Arc<dyn Storage>,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<(MailboxReport, Vec<Vec<u8>>), NightstandError> {
        self.round(storage, within, cancel)
    }

    fn round(
        &self,
        storage: Arc<dyn Storage>,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<(MailboxReport, Vec<Vec<u8>>), NightstandError> {
        let until = Until::new(within, cancel);
        let Some(_turn) = self.vault.mailbox_turns().take(&until)? else {
            return Ok((MailboxReport::NOTHING, Vec::new()));
        };
        let_go_of_what_faded(&self.vault);
        let mut round = Round {
            vault: &self.vault,
            storage: Asking::new(storage, until.clone())?,
            posts: self.vault.read(|rows, _| {
                let mut posts = rows.posts()?;
                posts.note_believed(&rows.believed()?);
                Ok(posts)
            })?,
            until,
            unreadable: BTreeSet::new(),
            deleted: BTreeSet::new(),
            recorded: Vec::new(),
            report: MailboxReport::NOTHING,
        };
        let done = round.run()?;
        let report = &mut round.report;
        if done && report.trouble.is_none() && !report.missing && report.damaged + report.too_new == 0 {
            report.outcome = SyncOutcome::AllHandedOver;
        }
        Ok((round.report, round.recorded))
    }
}

impl MailboxReport {
    const NOTHING: Self = Self {
        outcome: SyncOutcome::NotYet,
        trouble: None,
        entries_received: 0,
        entries_left: 0,
        damaged: 0,
        too_new: 0,
        missing: false,
        devices_changed: false,
    };
}

struct Round<'a> {
    vault: &'a Vault,
    storage: Asking,
    posts: Posts,
    until: Until,
    /// Blobs that could not be read in this round.
    unreadable: BTreeSet<BlobName>,
    /// Blobs that were deleted in this round.
    deleted: BTreeSet<BlobName>,
    /// Empty without the feature `recording`.
    recorded: Vec<Vec<u8>>,
    report: MailboxReport,
}

impl Round<'_> {
    /// Have all readers everything, as far as is known?
    fn run(&mut self) -> Result<bool, NightstandError> {
        let Some(listing) = self.list()? else { return Ok(false) };
        self.read_all(&listing)?;
        self.keep()?;
        let channels = Channel::all(self.vault)?;
        let ids: Vec<BondId> = channels.iter().map(Channel::id).collect();
        for lane in self.posts.keep_only(&ids) {
            let gone = listing.of_lane(&lane);
            self.delete(gone)?;
        }
        self.keep()?;
        let mut done = true;
        for channel in channels {
            done &= self.write_all(&channel, &listing)?;
            let gone = self.posts.lanes(channel.id()).to_delete(&listing);
            self.delete(gone)?;
        }
        Ok(done)
    }

    fn goes_on(&self) -> Result<bool, NightstandError> {
        Ok(self.until.goes_on()? && self.report.trouble.is_none())
    }

    fn keep(&self) -> Result<(), NightstandError> {
        self.vault.write(|tx| Ok(tx.put_posts(&self.posts)?))
    }

    /// What the storage says, if it says something.
    fn asked<R>(&mut self, answer: Result<R, StorageError>) -> Option<R> {
        answer.map_err(|error| self.report.trouble = Some(error.into())).ok()
    }

    fn list(&mut self) -> Result<Option<Listing>, NightstandError> {
        if !self.goes_on()? {
            return Ok(None);
        }
        let names = self.storage.ask(|storage| storage.list())?;
        let names = self.asked(names);
        Ok(names.map(|names| Listing::of(names.iter().map(String::as_str), &self.posts)))
    }

    /// Takes in what can be, until nothing more comes of it: what one lane holds may be what another builds on.
    fn read_all(&mut self, listing: &Listing) -> Result<(), NightstandError> {
        let mut lacking;
        loop {
            let mut moved = false;
            lacking = BTreeSet::new();
            for lane in self.posts.to_read(listing) {
                for name in lane {
                    if self.unreadable.contains(&name) {
                        continue;
                    }
                    if !self.goes_on()? {
                        return Ok(());
                    }
                    match self.read(name, listing)? {
                        Some(Read::Closed) => break,
                        Some(Read::Opened) => {
                            moved = true;
                            break;
                        }
                        Some(Read::Taken) => moved = true,
                        Some(Read::Lacking(channel)) => {
                            lacking.insert(channel);
                        }
                        None => {}
                    }
                }
            }
            if !moved {
                break;
            }
        }
        self.report.missing |= !lacking.is_empty();
        for channel in Channel::all(self.vault)? {
            let id = channel.id();
            self.posts.lanes(id).note_lacking(lacking.contains(&id));
        }
        Ok(())
    }

    fn read(&mut self, name: BlobName, listing: &Listing) -> Result<Option<Read>, NightstandError> {
        let text = name.to_text();
        let bytes = match self.storage.ask(move |storage| storage.get(&text, FETCHED_BYTES))? {
            Ok(bytes) => bytes,
            Err(StorageError::Missing) => return Ok(None),
            Err(StorageError::TooLarge) => return Ok(self.unreadable(name, NightstandError::TooLarge)),
            Err(error) => return Ok(self.asked(Err(error))),
        };
        let opened = match Opened::open(self.vault, &bytes) {
            Ok(Some(opened)) => opened,
            Ok(None) => {
                self.posts.note_closed(name, listing);
                return Ok(Some(Read::Closed));
            }
            // Whoever writes there is not, or no longer, one of those who may.
            Err(NightstandError::Refused(Refused::Device)) => {
                self.posts.note_closed(name, listing);
                return Ok(Some(Read::Closed));
            }
            Err(error) if is_at_fault(error) => return Ok(self.unreadable(name, error)),
            Err(error) => return Err(error),
        };
        let (head, writer) = (opened.introduced.head.clone(), opened.introduced.peer.noise_key);
        if head.place != Some((name.lane, name.number)) {
            return Ok(self.unreadable(name, NightstandError::Refused(Refused::Bytes)));
        }
        let channel = opened.channel().id();
        self.report.devices_changed |= !opened.introduced.rosters.is_empty();
        if !self.posts.knows(&name.lane) {
            let is_noted = self.posts.note_open(channel, name.lane, listing);
            return Ok(Some(if is_noted { Read::Opened } else { Read::Closed }));
        }
        let (taken, asks) = match opened.take_in(self.vault, &self.until) {
            Err(error) if is_at_fault(error) => return Ok(self.unreadable(name, error)),
            taken => taken?,
        };
        let entries: u64 = taken.batches.iter().map(|batch| batch.entries).sum();
        self.report.entries_received += entries;
        self.report.devices_changed |= asks;
        self.report.missing |= taken.missing == Some(Missing::Talk);
        let found = match taken.missing {
            Some(Missing::Time) => return Ok(None),
            Some(Missing::Earlier) => Heard::BuildsOnMore,
            Some(Missing::Talk) | None if entries > 0 => Heard::News,
            Some(Missing::Talk) | None => Heard::Nothing,
        };
        self.posts.lanes(channel).note_read(name, writer, &head, found);
        self.keep()?;
        Ok(Some(if found == Heard::BuildsOnMore { Read::Lacking(channel) } else { Read::Taken }))
    }

    fn unreadable(&mut self, name: BlobName, why: NightstandError) -> Option<Read> {
        self.unreadable.insert(name);
        let count =
            if why == NightstandError::PeerTooNew { &mut self.report.too_new } else { &mut self.report.damaged };
        *count += 1;
        None
    }

    /// Leaves what the readers lack. Have all of them everything, as far as is known?
    fn write_all(&mut self, channel: &Channel, listing: &Listing) -> Result<bool, NightstandError> {
        let readers = channel.readers();
        if !channel.is_held() || readers.is_empty() {
            return Ok(channel.is_held() && !channel.has_strangers());
        }
        let (mut agreed, mut differs) = (BTreeMap::new(), false);
        let lanes = self.posts.lanes(channel.id());
        let here = self.vault.with_store(|store| {
            let tx = store.begin()?;
            for DeviceRecord { noise_key, .. } in &readers {
                agreed.insert(*noise_key, tx.agreed(noise_key)?.into_iter().next().unwrap_or_default());
                if let Some(heard) = lanes.heard(noise_key) {
                    differs |= parcel::differs(&tx, heard)?;
                }
            }
            Ok(store::vector(&tx, &channel.config.parties)?)
        })?;
        self.report.missing |= differs;
        let mut random = Seeded::new(random::make_bytes(&mut self.vault.randomness()));
        let key = noise_public_key(&channel.config.device.noise_key(&channel.id()));
        // That logs differ is to be said as well, once.
        let mut known = (here.clone(), parcel::known(&channel.config));
        known.1[0] ^= u8::from(differs);
        let mut begun = self.posts.lanes(channel.id()).begin(key, &agreed, known, listing, &mut random);
        // First, since it makes room.
        let gone = self.posts.lanes(channel.id()).to_delete(listing);
        self.delete(gone)?;
        let left = self.write_blobs(channel, &mut begun, &mut random);
        let lanes = self.posts.lanes(channel.id());
        if matches!(left, Ok(Left::All | Left::AllThatCanGo)) {
            lanes.note_complete(&begun);
        } else {
            lanes.note_incomplete(&begun);
        }
        let waits = lanes.waits() || lanes.is_promised_more(&here);
        self.keep()?;
        Ok(left? == Left::All && !waits && !channel.has_strangers())
    }

    fn write_blobs(
        &mut self,
        channel: &Channel,
        begun: &mut Begun,
        random: &mut Seeded,
    ) -> Result<Left, NightstandError> {
        let mut outbox = self.outbox(channel, begun);
        loop {
            if !self.goes_on()? {
                return Ok(Left::Some);
            }
            let lanes = self.posts.lanes(channel.id());
            let name = lanes.next_name();
            let head = Head {
                base: lanes.sent().clone(),
                lacking: lanes.says_lacking(),
                place: Some((name.lane, name.number)),
                taken: lanes.taken(),
                ..Head::default()
            };
            let cut = Cut { most: BLOB_BYTES, goes_on: &|| self.until.goes_on().unwrap_or(false) };
            let mut made = channel.make(self.vault, head, &mut outbox, &cut, random)?;
            let lanes = self.posts.lanes(channel.id());
            if made.entries == 0 && !lanes.owes() {
                return Ok(Left::of(&made, &outbox));
            }
            if made.deletes && !begun.is_anew() {
                lanes.begin_anew(begun);
                if begun.is_anew() {
                    outbox = self.outbox(channel, begun);
                    continue;
                }
            }
            #[cfg(feature = "recording")]
            self.recorded.extend(made.recorded().map(<[u8]>::to_vec));
            self.posts.lanes(channel.id()).use_name(name);
            self.keep()?;
            if !self.goes_on()? {
                return Ok(Left::Some);
            }
            let text = name.to_text();
            let bytes = std::mem::take(&mut made.bytes);
            let put = self.storage.ask(move |storage| storage.put(&text, &bytes))?;
            if self.asked(put).is_none() {
                return Ok(Left::Some);
            }
            self.report.entries_left += made.entries;
            self.posts.lanes(channel.id()).note_written(name, &made.reaches, begun);
            self.keep()?;
            if made.complete {
                return Ok(Left::of(&made, &outbox));
            }
        }
    }

    fn outbox(&mut self, channel: &Channel, begun: &Begun) -> Outbox {
        let sent: &VersionVector = self.posts.lanes(channel.id()).sent();
        let mut outbox = Outbox::new(sent, BTreeSet::new());
        if begun.is_anew() {
            outbox.send_whole();
        }
        outbox
    }

    fn delete(&mut self, names: Vec<BlobName>) -> Result<(), NightstandError> {
        for name in names {
            if !self.goes_on()? {
                return Ok(());
            }
            let text = name.to_text();
            if self.deleted.insert(name) {
                let deleted = self.storage.ask(move |storage| storage.delete(&text))?;
                self.asked(deleted);
            }
        }
        Ok(())
    }
}

/// Is it the blob's fault alone? Of a later version is what anybody can write who reaches the storage, so that the rest has to
/// go on.
fn is_at_fault(error: NightstandError) -> bool {
    matches!(error, NightstandError::Refused(Refused::Bytes) | NightstandError::PeerTooNew | NightstandError::TooLarge)
}

/// What became of a blob.
enum Read {
    /// It is for somebody else.
    Closed,
    /// It is for this device, and now it is known whose lane that is.
    Opened,
    /// It was taken in.
    Taken,
    /// It builds on what is not here.
    Lacking(BondId),
}

/// How much of what there is to say stands in the mailbox.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    All,
    /// Something is kept back that a reader may want.
    AllThatCanGo,
    Some,
}

impl Left {
    fn of(made: &Made, outbox: &Outbox) -> Self {
        match (made.complete, outbox.held_back()) {
            (true, false) => Self::All,
            (true, true) => Self::AllThatCanGo,
            (false, _) => Self::Some,
        }
    }
}
