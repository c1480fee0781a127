//! What a device remembers of a mailbox: where it writes, what stands there, what it has read.

use std::collections::{BTreeMap, BTreeSet};

use super::{BlobName, Lane, Listing, MOST_BLOBS, MOST_LANES};
use crate::ids::BondId;
use crate::parcel::Head;
use crate::random::{self, Random};
use crate::vector::{self, Position, VersionVector};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// How often something that is lacking has to be found before it is said: what lies in a folder that a service copies may
/// come in any order.
const TWICE: u64 = 2;

/// Beyond it a lane is left. The digits of a name end a while later; somebody may have put a file there with such a number.
const LAST_NUMBER: u64 = 9_000_000_000;

/// Most keys of devices of which is remembered what they said: more than a person can list, some anew.
const MOST_HEARD: usize = 64;

/// All of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Posts {
    lanes: BTreeMap<BondId, Lanes>,
    /// Lanes of which this device can read nothing, and the number up to which that was tried.
    closed: BTreeMap<Lane, u64>,
    /// Stands for what its person said of logs that were left out.
    believed: [u8; 16],
}

/// The lanes towards one other end: the partner's devices, or one's own.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Lanes {
    /// Under which of its keys this device writes, and where.
    own: Option<([u8; 32], Lane)>,
    /// The number that was used last.
    last: u64,
    /// Lanes of earlier keys.
    retired: BTreeSet<Lane>,
    /// Own blobs that are to be there, with what they brought their readers to.
    standing: BTreeMap<u64, VersionVector>,
    /// For whom they are.
    readers: BTreeSet<[u8; 32]>,
    /// What a reader has who has read them all.
    sent: VersionVector,
    /// What readers have said they have.
    heard: BTreeMap<[u8; 32], VersionVector>,
    /// Other devices' lanes: up to which number they were taken in, and heard.
    read: BTreeMap<Lane, (u64, u64)>,
    /// What this device last said it has.
    said: VersionVector,
    /// Readers have answered to this lane, and so have looked at all that lay in earlier ones.
    is_answered: bool,
    /// A reader has taken in what this device does not know to have written: it was put back from an older copy.
    is_behind: bool,
    /// Something is to be said even without entries.
    owes: bool,
    /// A reader lacks something, or own blobs are gone: begin anew.
    anew: bool,
    /// In how many rounds in a row something was found that builds on what is lacking here.
    lacks: u64,
    /// What was said of persons and devices.
    circle: [u8; 8],
}

/// What was found in a blob.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// It was taken in and brought something.
    News,
    /// All of it was here.
    Nothing,
    /// It builds on what is not here.
    BuildsOnMore,
}

impl Posts {
    /// The lanes towards an end.
    pub fn lanes(&mut self, channel: BondId) -> &mut Lanes {
        self.lanes.entry(channel).or_default()
    }

    /// Forgets other ends than these. The lanes that were written for them are to be deleted.
    pub fn keep_only(&mut self, channels: &[BondId]) -> BTreeSet<Lane> {
        let mut gone = BTreeSet::new();
        self.lanes.retain(|channel, lanes| {
            let stays = channels.contains(channel);
            if !stays {
                gone.extend(lanes.written());
            }
            stays
        });
        gone
    }

    /// What is to be read: of each lane, its blobs in the order in which to try them. Of a lane that is not known, the newest
    /// first, and the first that opens or is for somebody else tells.
    pub fn to_read(&self, listing: &Listing) -> Vec<Vec<BlobName>> {
        let own: BTreeSet<Lane> = self.lanes.values().flat_map(Lanes::written).collect();
        let mut lanes = Vec::new();
        for lane in listing.0.keys().filter(|lane| !own.contains(*lane)) {
            let known = self.lanes.values().find_map(|lanes| lanes.read.get(lane));
            // A number that is not there any more may have been somebody else's file.
            let closed =
                || self.closed.get(lane).copied().filter(|closed| listing.numbers(lane).next_back() >= Some(*closed));
            let from = known.map(|(taken, _)| *taken).or_else(closed).unwrap_or(0);
            let blobs = listing.numbers(lane).filter(|number| *number > from);
            let mut blobs: Vec<_> = blobs.map(|number| BlobName { lane: *lane, number }).collect();
            if known.is_none() {
                blobs.reverse();
            }
            lanes.push(blobs);
        }
        lanes
    }

    /// What its person believes now. What was left out before may be taken in from what still lies there.
    pub fn note_believed(&mut self, believed: &VersionVector) {
        let digest = if believed.is_empty() { Default::default() } else { believed.digest() };
        if std::mem::replace(&mut self.believed, digest) != digest {
            let read = self.lanes.values_mut().flat_map(|lanes| lanes.read.values_mut());
            read.for_each(|(taken, _)| *taken = 0);
        }
    }

    /// Is it a lane of this device's own, or is it known whose it is?
    pub fn has_to_do_with(&self, lane: &Lane) -> bool {
        self.knows(lane) || self.lanes.values().any(|lanes| lanes.written().any(|own| own == *lane))
    }

    /// Is it known whose lane this is?
    pub fn knows(&self, lane: &Lane) -> bool {
        self.lanes.values().any(|lanes| lanes.read.contains_key(lane))
    }

    /// This blob is for somebody else.
    pub fn note_closed(&mut self, name: BlobName, listing: &Listing) {
        if self.knows(&name.lane) {
            return; // the lane goes on without this device, or had not heard of it yet
        }
        if self.closed.len() >= MOST_LANES {
            self.closed.retain(|lane, _| listing.has(lane));
        }
        if self.closed.len() < MOST_LANES || self.closed.contains_key(&name.lane) {
            self.closed.insert(name.lane, name.number);
        }
    }

    /// A lane's blobs open: it is one towards this end. `false` if there are too many such already. Lanes that are gone make room
    /// for others.
    pub fn note_open(&mut self, channel: BondId, lane: Lane, listing: &Listing) -> bool {
        self.closed.remove(&lane);
        let read = &mut self.lanes(channel).read;
        if read.len() >= MOST_LANES {
            read.retain(|lane, _| listing.has(lane));
        }
        let has_room = read.len() < MOST_LANES;
        if has_room {
            read.entry(lane).or_default();
        }
        has_room
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut lanes, mut closed) = (Writer::new(), Writer::new());
        for (channel, of) in &self.lanes {
            lanes.raw(channel.as_bytes()).bytes(&of.to_bytes());
        }
        for (lane, number) in &self.closed {
            closed.raw(lane).varint(*number);
        }
        let mut writer = Writer::new();
        writer.field(1, Unknown::Refuse, &lanes.finish()).field(2, Unknown::Skip, &closed.finish());
        writer.field(3, Unknown::Skip, &self.believed);
        writer.finish()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut record = Record::parse(bytes)?;
        let mut posts = Self::default();
        let mut reader = Reader::new(record.required(1)?);
        while !reader.is_empty() {
            let channel = BondId::from_bytes(reader.array()?);
            posts.lanes.insert(channel, Lanes::parse(reader.bytes()?)?);
        }
        let mut reader = Reader::new(record.field(2).unwrap_or_default());
        while !reader.is_empty() {
            posts.closed.insert(reader.array()?, reader.varint()?);
        }
        posts.believed = record.field(3).and_then(|digest| digest.try_into().ok()).unwrap_or_default();
        record.finish()?;
        Ok(posts)
    }
}

impl Lanes {
    fn written(&self) -> impl Iterator<Item = Lane> {
        self.own.map(|(_, lane)| lane).into_iter().chain(self.retired.iter().copied())
    }

    /// What a blob said. `writer` is the key of the device that wrote it.
    pub fn note_read(&mut self, name: BlobName, writer: [u8; 32], head: &Head, found: Heard) {
        let (taken, heard) = self.read.entry(name.lane).or_default();
        if found != Heard::BuildsOnMore {
            *taken = name.number.max(*taken);
        }
        self.owes |= found == Heard::News;
        if name.number <= *heard {
            return;
        }
        *heard = name.number;
        let own = self.own.and_then(|(_, lane)| head.taken.get(&lane));
        self.is_behind |= own.is_some_and(|taken| *taken > self.last);
        if self.heard.len() >= MOST_HEARD && !self.heard.contains_key(&writer) {
            return;
        }
        let known = self.heard.entry(writer).or_default();
        if head.lacking || covers(&head.mine, known) {
            *known = head.mine.clone();
        }
        self.anew |= head.lacking;
    }

    /// Everything that could be read was: is there something that builds on what is not here?
    pub fn note_lacking(&mut self, lacking: bool) {
        self.lacks = if lacking { self.lacks + 1 } else { 0 };
        self.owes |= self.lacks == TWICE;
    }

    /// Is that worth saying?
    pub fn says_lacking(&self) -> bool {
        self.lacks >= TWICE
    }

    /// Before anything is written: `readers` are the keys of those who are to read it and what was agreed with each in a
    /// session, `key` is the one that this device writes under, `known` is what it has, and stands for what it knows of persons
    /// and devices.
    ///
    /// Returns what has to be handed over from: what all readers have, or will have from what stands there.
    pub fn begin(
        &mut self,
        key: [u8; 32],
        readers: &BTreeMap<[u8; 32], VersionVector>,
        known: (VersionVector, [u8; 8]),
        listing: &Listing,
        random: &mut dyn Random,
    ) -> Begun {
        let (here, circle) = known;
        // Far beyond what was written here it is somebody else's file: no reason to leave the lane.
        let believed = self.last.saturating_add(MOST_BLOBS as u64);
        let newest = self.own.and_then(|(_, lane)| listing.numbers(&lane).rfind(|number| *number <= believed));
        // A number is kept before its blob is written, so a later one tells that this device was put back from an older copy. What
        // it left then stands in no list here, and may be all there is of it.
        let is_behind = std::mem::take(&mut self.is_behind) || newest.is_some_and(|newest| newest > self.last);
        let is_used_up = self.last > LAST_NUMBER;
        if is_behind || is_used_up || self.own.is_none_or(|(writer, _)| writer != key) {
            self.retired.extend(self.own.map(|(_, lane)| lane));
            self.own = Some((key, random::make_bytes(random)));
            (self.last, self.anew, self.is_answered) = (0, true, false);
            self.standing.clear();
        }
        let lane = self.lane();
        self.owes |= std::mem::replace(&mut self.circle, circle) != circle;

        let now: BTreeSet<_> = readers.keys().copied().collect();
        self.anew |= !now.is_subset(&self.readers);
        self.readers = now;
        self.heard.retain(|writer, _| readers.contains_key(writer));
        let all = vector::common(readers.iter().map(|(reader, agreed)| match self.heard.get(reader) {
            Some(heard) if self.anew => heard.clone(),
            heard => highest(agreed.clone(), heard.unwrap_or(&VersionVector::default())),
        }));
        // What came by another road and is in nobody's words yet: whoever left it waits for that.
        let unsaid = |(log, position): (_, &Position)| position.count.min(here.count(log)) > self.said.count(log);
        let is_waited_for = self.heard_of_readers().any(|heard| heard.iter().any(unsaid));
        self.owes |= is_waited_for;
        let said_by_all = vector::common(readers.keys().map(|key| self.heard.get(key).cloned().unwrap_or_default()));
        let newest = self.standing.last_key_value().map(|(number, _)| *number);
        self.standing.retain(|number, reached| {
            let says_only = reached.is_empty();
            self.is_answered |= !says_only && covers(&said_by_all, reached);
            if says_only { Some(*number) == newest } else { !covers(&all, reached) }
        });
        let there: BTreeSet<u64> = listing.numbers(&lane).collect();
        // What is gone is said again, also where it said no more than what is here: somebody may be waiting for just that.
        let is_gone = !self.standing.keys().all(|number| there.contains(number));
        self.anew |= is_gone;
        self.owes |= is_gone;
        if !self.anew {
            self.sent = highest(std::mem::take(&mut self.sent), &all);
        }
        let before = self.last;
        let anew = std::mem::take(&mut self.anew);
        if anew {
            self.sent = all.clone();
        }
        Begun { all, here, before, anew }
    }

    /// Begins anew after all, since what is to be said deletes something that earlier blobs may hold.
    pub fn begin_anew(&mut self, begun: &mut Begun) {
        if !begun.anew && !self.standing.is_empty() {
            begun.anew = true;
            self.sent = begun.all.clone();
        }
    }

    /// What a reader has who has read all that stands there.
    pub fn sent(&self) -> &VersionVector {
        &self.sent
    }

    /// Is there something to say even without entries? Not to somebody who never wrote and was never written to.
    pub fn owes(&self) -> bool {
        self.owes
    }

    /// The name for the next blob.
    pub fn next_name(&self) -> BlobName {
        BlobName { lane: self.lane(), number: self.last + 1 }
    }

    /// A blob is about to be written under it. That is to be kept first: a number is used once. One for which there proves to be
    /// nothing to say is not used: gaps would tell how often somebody looked.
    pub fn use_name(&mut self, name: BlobName) {
        self.last = name.number;
    }

    /// A blob was written.
    pub fn note_written(&mut self, name: BlobName, reaches: &VersionVector, begun: &Begun) {
        self.said = begun.here.clone();
        let changed = reaches.changed_since(&self.sent);
        self.sent = std::mem::take(&mut self.sent).with(reaches);
        self.standing.insert(name.number, changed);
        self.owes = false;
    }

    /// All that there was to say stands there: what was written before a new beginning is not needed any more.
    pub fn note_complete(&mut self, begun: &Begun) {
        if begun.anew {
            self.standing.retain(|number, _| *number > begun.before);
        }
    }

    /// It could not be written to its end: the next round begins where this one did.
    pub fn note_incomplete(&mut self, begun: &Begun) {
        self.anew |= begun.anew;
    }

    /// Own blobs that are there and need not be.
    pub fn to_delete(&self, listing: &Listing) -> Vec<BlobName> {
        let (own, mut gone) = (self.own.map(|(_, lane)| lane), Vec::new());
        for lane in self.written() {
            // A phone that was put back knows nothing of what it left last in an earlier lane, and may get it back from there.
            let stays =
                |number: &u64| if own == Some(lane) { self.standing.contains_key(number) } else { !self.is_answered };
            gone.extend(listing.numbers(&lane).filter(|number| !stays(number)).map(|number| BlobName { lane, number }));
        }
        gone
    }

    /// Up to which number each lane was taken in.
    pub fn taken(&self) -> BTreeMap<Lane, u64> {
        self.read.iter().map(|(lane, (taken, _))| (*lane, *taken)).collect()
    }

    /// What a reader last said it has.
    pub fn heard(&self, reader: &[u8; 32]) -> Option<&VersionVector> {
        self.heard.get(reader)
    }

    /// Has a reader said that it has what is not here?
    pub fn is_promised_more(&self, here: &VersionVector) -> bool {
        self.heard_of_readers().any(|heard| !covers(here, heard))
    }

    fn heard_of_readers(&self) -> impl Iterator<Item = &VersionVector> {
        self.readers.iter().filter_map(|reader| self.heard.get(reader))
    }

    /// Is there something that not all readers have taken in, as far as is known?
    pub fn waits(&self) -> bool {
        self.standing.values().any(|reached| !reached.is_empty())
    }

    fn lane(&self) -> Lane {
        self.own.map_or([0; 16], |(_, lane)| lane)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut parts: [Writer; 6] = Default::default();
        let [own, retired, standing, readers, heard, read] = &mut parts;
        if let Some((key, lane)) = &self.own {
            own.raw(key).raw(lane).varint(self.last);
        }
        for lane in &self.retired {
            retired.raw(lane);
        }
        for (number, reached) in &self.standing {
            standing.varint(*number).bytes(&reached.to_bytes());
        }
        for reader in &self.readers {
            readers.raw(reader);
        }
        for (reader, vector) in &self.heard {
            heard.raw(reader).bytes(&vector.to_bytes());
        }
        for (lane, (taken, up_to)) in &self.read {
            read.raw(lane).varint(*taken).varint(*up_to);
        }
        let mut writer = Writer::new();
        for (number, part) in (1..).zip(parts) {
            writer.field(number, Unknown::Refuse, &part.finish());
        }
        writer
            .field(7, Unknown::Refuse, &self.sent.to_bytes())
            .number(8, Unknown::Skip, u64::from(self.owes))
            .number(9, Unknown::Skip, u64::from(self.anew))
            .number(10, Unknown::Skip, self.lacks)
            .field(11, Unknown::Skip, &self.circle)
            .field(12, Unknown::Skip, &self.said.to_bytes())
            .number(13, Unknown::Skip, u64::from(self.is_answered))
            .number(14, Unknown::Skip, u64::from(self.is_behind));
        writer.finish()
    }

    fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut record = Record::parse(bytes)?;
        let mut lanes = Self::default();
        let mut own = Reader::new(record.required(1)?);
        if !own.is_empty() {
            lanes.own = Some((own.array()?, own.array()?));
            lanes.last = own.varint()?;
        }
        let mut retired = Reader::new(record.required(2)?);
        while !retired.is_empty() {
            lanes.retired.insert(retired.array()?);
        }
        let mut standing = Reader::new(record.required(3)?);
        while !standing.is_empty() {
            lanes.standing.insert(standing.varint()?, VersionVector::parse(standing.bytes()?)?);
        }
        let mut readers = Reader::new(record.required(4)?);
        while !readers.is_empty() {
            lanes.readers.insert(readers.array()?);
        }
        let mut heard = Reader::new(record.required(5)?);
        while !heard.is_empty() {
            lanes.heard.insert(heard.array()?, VersionVector::parse(heard.bytes()?)?);
        }
        let mut read = Reader::new(record.required(6)?);
        while !read.is_empty() {
            lanes.read.insert(read.array()?, (read.varint()?, read.varint()?));
        }
        lanes.sent = VersionVector::parse(record.required(7)?)?;
        lanes.owes = record.number(8)?.unwrap_or(0) != 0;
        lanes.anew = record.number(9)?.unwrap_or(0) != 0;
        lanes.lacks = record.number(10)?.unwrap_or(0);
        lanes.circle = record.array(11)?;
        lanes.said = record.field(12).map(VersionVector::parse).transpose()?.unwrap_or_default();
        lanes.is_answered = record.number(13)?.unwrap_or(0) != 0;
        lanes.is_behind = record.number(14)?.unwrap_or(0) != 0;
        record.finish()?;
        Ok(lanes)
    }
}

/// How a round of writing began.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What all readers are known to have.
    all: VersionVector,
    /// What this device has.
    here: VersionVector,
    /// The last number before.
    before: u64,
    /// What stood before need not be read.
    anew: bool,
}

impl Begun {
    /// Is everything said again that not all readers are known to have?
    pub fn is_anew(&self) -> bool {
        self.anew
    }
}

/// Is everything in `other` in `vector` too?
fn covers(vector: &VersionVector, other: &VersionVector) -> bool {
    other.iter().all(|(log, position)| vector.count(log) >= position.count)
}

fn highest(mut one: VersionVector, other: &VersionVector) -> VersionVector {
    for (log, position) in other.iter() {
        if one.count(log) < position.count {
            one.set(*log, *position);
        }
    }
    one
}
