//! One round with a mailbox: what others left is taken in, what they lack is left for them, what did its work is deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::BondId;
use nightstand_engine::keys::noise_public_key;
use nightstand_engine::mailbox::{Begun, BlobName, Heard, Listing, Posts};
use nightstand_engine::parcel::{self, Head, Missing};
use nightstand_engine::random::{self, Seeded};
use nightstand_engine::store::{Store, Transaction};
use nightstand_engine::vector::VersionVector;

use super::conversation::let_go_of_what_faded;
use super::parcels::{Channel, Opened};
use super::{Cancel, Sync, SyncOutcome};
use crate::error::{NightstandError, Refused};
use crate::mailbox::{Storage, StorageError};
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
    /// It is not there, was not reached, or failed.
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
    /// `AllHandedOver` once each of the other devices has said that it has everything, and nothing is missing here.
    pub outcome: SyncOutcome,
    /// What the mailbox did not do. What was done before stays, and the next round goes on from there.
    pub trouble: Option<MailboxTrouble>,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that were left in the mailbox.
    pub entries_left: u64,
    /// Blobs that can't be read as they are: half of them is there, somebody changed them, or a later version wrote them. They
    /// are tried again.
    pub damaged: u64,
    /// What lies there builds on something that is not here and not there. The other side is asked for it through the mailbox;
    /// a direct sync settles it at once.
    pub missing: bool,
    /// Something was learned of this person's devices or of the partner's.
    pub devices_changed: bool,
}

impl Sync {
    /// One round with a mailbox, from reading to deleting. Until the deadline it goes on; what is left then, the next round
    /// does.
    ///
    /// Whatever the storage does wrong is said in the report. Errors: `Cancelled`, and those of the vault. In every case what
    /// was committed stays.
    pub fn use_mailbox(
        &self,
        storage: &dyn Storage,
        deadline: Duration,
        cancel: &Cancel,
    ) -> Result<MailboxReport, NightstandError> {
        Ok(self.round(storage, deadline, cancel)?.report)
    }

    /// The same, and all that was sealed in it, as it was before. For checks that nothing private leaves; no app is built with
    /// the feature `recording`.
    #[cfg(feature = "recording")]
    pub fn use_mailbox_recorded(
        &self,
        storage: &dyn Storage,
        deadline: Duration,
        cancel: &Cancel,
    ) -> Result<(MailboxReport, Vec<Vec<u8>>), NightstandError> {
        let round = self.round(storage, deadline, cancel)?;
        Ok((round.report, round.recorded))
    }

    fn round<'a>(
        &'a self,
        storage: &'a dyn Storage,
        deadline: Duration,
        cancel: &'a Cancel,
    ) -> Result<Round<'a>, NightstandError> {
        let_go_of_what_faded(&self.vault);
        let mut round = Round {
            vault: &self.vault,
            storage,
            posts: self.vault.read(|rows, _| Ok(rows.posts()?))?,
            end: Instant::now().checked_add(deadline),
            cancel,
            seen: BTreeSet::new(),
            #[cfg(feature = "recording")]
            recorded: Vec::new(),
            report: MailboxReport {
                outcome: SyncOutcome::NotYet,
                trouble: None,
                entries_received: 0,
                entries_left: 0,
                damaged: 0,
                missing: false,
                devices_changed: false,
            },
        };
        let done = round.run()?;
        if done && round.report.trouble.is_none() && !round.report.missing && round.report.damaged == 0 {
            round.report.outcome = SyncOutcome::AllHandedOver;
        }
        Ok(round)
    }
}

struct Round<'a> {
    vault: &'a Vault,
    storage: &'a dyn Storage,
    posts: Posts,
    end: Option<Instant>,
    cancel: &'a Cancel,
    /// Blobs that were damaged in this round.
    seen: BTreeSet<BlobName>,
    #[cfg(feature = "recording")]
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
        if self.cancel.is_cancelled() {
            return Err(NightstandError::Cancelled);
        }
        let in_time = self.end.is_none_or(|end| Instant::now() < end);
        Ok(in_time && self.report.trouble.is_none())
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
        let names = self.storage.list();
        Ok(self.asked(names).map(|names| Listing::of(names.iter().map(String::as_str))))
    }

    /// Takes in what can be, until nothing more comes of it: what one lane holds may be what another builds on.
    fn read_all(&mut self, listing: &Listing) -> Result<(), NightstandError> {
        let mut lacking;
        loop {
            let mut moved = false;
            lacking = BTreeSet::new();
            for lane in self.posts.to_read(listing) {
                for name in lane {
                    if self.seen.contains(&name) {
                        continue;
                    }
                    if !self.goes_on()? {
                        return Ok(());
                    }
                    match self.read(name)? {
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
        self.report.missing = !lacking.is_empty();
        for channel in Channel::all(self.vault)? {
            let id = channel.id();
            self.posts.lanes(id).note_lacking(lacking.contains(&id));
        }
        Ok(())
    }

    fn read(&mut self, name: BlobName) -> Result<Option<Read>, NightstandError> {
        let bytes = match self.storage.get(&name.to_text(), FETCHED_BYTES) {
            Ok(bytes) => bytes,
            Err(StorageError::Missing) => return Ok(None),
            Err(StorageError::TooLarge) => return Ok(self.damaged(name)),
            Err(error) => return Ok(self.asked(Err(error))),
        };
        let opened = match Opened::open(self.vault, &bytes) {
            Ok(Some(opened)) => opened,
            Ok(None) => {
                self.posts.note_closed(name);
                return Ok(Some(Read::Closed));
            }
            // Whoever writes there is not, or no longer, one of those who may.
            Err(NightstandError::Refused(Refused::Device)) => {
                self.posts.note_closed(name);
                return Ok(Some(Read::Closed));
            }
            Err(error) if is_at_fault(error) => return Ok(self.damaged(name)),
            Err(error) => return Err(error),
        };
        let (head, writer) = (opened.introduced.head.clone(), opened.introduced.peer.noise_key);
        if head.place != Some((name.lane, name.number)) {
            return Ok(self.damaged(name));
        }
        let channel = opened.channel().id();
        self.report.devices_changed |= !opened.introduced.rosters.is_empty();
        if !self.posts.knows(&name.lane) {
            self.posts.note_open(channel, name.lane);
            return Ok(Some(Read::Opened));
        }
        let taken = match opened.take_in(self.vault) {
            Err(error) if is_at_fault(error) => return Ok(self.damaged(name)),
            taken => taken?,
        };
        let entries: u64 = taken.batches.iter().map(|batch| batch.entries).sum();
        self.report.entries_received += entries;
        let found = match taken.missing {
            Some(Missing::Earlier | Missing::Talk) => Heard::BuildsOnMore,
            None if entries > 0 => Heard::News,
            None => Heard::Nothing,
        };
        self.posts.lanes(channel).note_read(name, writer, &head, found);
        self.keep()?;
        Ok(Some(if found == Heard::BuildsOnMore { Read::Lacking(channel) } else { Read::Taken }))
    }

    fn damaged(&mut self, name: BlobName) -> Option<Read> {
        self.seen.insert(name);
        self.report.damaged += 1;
        None
    }

    /// Leaves what the readers lack. Have all of them everything, as far as is known?
    fn write_all(&mut self, channel: &Channel, listing: &Listing) -> Result<bool, NightstandError> {
        let readers = channel.readers();
        if !channel.is_held() || readers.is_empty() {
            return Ok(false);
        }
        let agreed = self.vault.with_store(|store| {
            let tx = store.begin()?;
            let mut agreed = BTreeMap::new();
            for reader in &readers {
                let vector = tx.agreed(&reader.noise_key)?.into_iter().next().unwrap_or_default();
                agreed.insert(reader.noise_key, vector);
            }
            Ok(agreed)
        })?;
        let mut random = Seeded::new(random::make_bytes(&mut self.vault.randomness()));
        let key = noise_public_key(&channel.config.device.noise_key(&channel.id()));
        let circle = parcel::known(&channel.config);
        let mut begun = self.posts.lanes(channel.id()).begin(key, &agreed, circle, listing, &mut random);
        let complete = self.write_blobs(channel, &mut begun, &mut random);
        let lanes = self.posts.lanes(channel.id());
        if *complete.as_ref().unwrap_or(&false) {
            lanes.note_complete(&begun);
        } else {
            lanes.note_incomplete(&begun);
        }
        let waits = lanes.waits();
        self.keep()?;
        Ok(complete? && !waits)
    }

    /// `true` if all that there is to say stands in the mailbox.
    fn write_blobs(
        &mut self,
        channel: &Channel,
        begun: &mut Begun,
        random: &mut Seeded,
    ) -> Result<bool, NightstandError> {
        let mut outbox = self.outbox(channel, begun);
        loop {
            if !self.goes_on()? {
                return Ok(false);
            }
            let lanes = self.posts.lanes(channel.id());
            let name = lanes.next_name();
            let head = Head {
                base: lanes.sent().clone(),
                lacking: lanes.says_lacking(),
                place: Some((name.lane, name.number)),
                ..Head::default()
            };
            let made = channel.make(self.vault, head, &mut outbox, BLOB_BYTES, random)?;
            let lanes = self.posts.lanes(channel.id());
            if made.entries == 0 && !lanes.owes() {
                return Ok(made.complete);
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
            self.keep()?;
            let put = self.storage.put(&name.to_text(), &made.bytes);
            if self.asked(put).is_none() {
                return Ok(false);
            }
            self.report.entries_left += made.entries;
            self.posts.lanes(channel.id()).note_written(name, &made.reaches);
            self.keep()?;
            if made.complete {
                return Ok(true);
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
            let deleted = self.storage.delete(&name.to_text());
            self.asked(deleted);
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
