//! Logs of this person's listed devices that go on past what was known of them when a device was removed, under keys that the
//! removed device had: asked about, believed, or left out. They count under the roster that they came under; the next asks anew.
//! A log is believed as far as it was shown when the person was asked: what comes after that is asked about again.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::exchange::admit::Doubt;
use nightstand_engine::ids::{DeviceId, LogId};
use nightstand_engine::roster::Membership;
use nightstand_engine::vector::{Position, VersionVector};
use nightstand_engine::wire::{Reader, WireError, Writer};

use super::{Rows, StoreError, StoreTx};

/// In `meta`: of each log its id (16 bytes), its device (32 bytes), how far it was shown (a varint and 8 bytes), and its
/// [`Answer`] (one byte).
const DOUBTS: &str = "doubts";

/// In `meta` of earlier versions, which did not keep how far: what was answered there is asked again.
const UNCONFIRMED: &str = "unconfirmed";

/// So many at most are kept; of more, nothing is asked until some of these are answered and the roster is another.
const MOST: usize = 1_024;

/// What the person said of such a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Nothing so far.
    None,
    /// It is theirs.
    Theirs,
    /// It is not, or they can't tell.
    NotTheirs,
}

impl Answer {
    const ALL: [Self; 3] = [Self::None, Self::Theirs, Self::NotTheirs];

    const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Theirs => 1,
            Self::NotTheirs => 2,
        }
    }
}

/// By log.
pub(crate) type Unconfirmed = BTreeMap<LogId, (Doubt, Answer)>;

impl Rows<'_> {
    pub(crate) fn unconfirmed(&self) -> Result<Unconfirmed, StoreError> {
        let kept: Vec<u8> = self.meta(DOUBTS)?.unwrap_or_default();
        let (mut reader, mut all) = (Reader::new(&kept), Unconfirmed::new());
        while !reader.is_empty() {
            let (doubt, answer) = read(&mut reader).map_err(|_| StoreError::Damaged)?;
            all.insert(doubt.log, (doubt, answer));
        }
        Ok(all)
    }

    /// Those that the person said are theirs.
    pub(crate) fn believed(&self) -> Result<VersionVector, StoreError> {
        let all = self.unconfirmed()?.into_values();
        let theirs = all.filter(|(_, answer)| *answer == Answer::Theirs);
        Ok(theirs.map(|(doubt, _)| (doubt.log, doubt.until)).collect())
    }

    /// The others.
    pub(crate) fn doubted(&self) -> Result<BTreeSet<LogId>, StoreError> {
        let all = self.unconfirmed()?.into_iter();
        Ok(all.filter(|(_, (_, answer))| *answer != Answer::Theirs).map(|(log, _)| log).collect())
    }

    fn put_unconfirmed(&self, all: &Unconfirmed) -> Result<(), StoreError> {
        self.drop_meta(UNCONFIRMED)?;
        if all.is_empty() {
            return self.drop_meta(DOUBTS);
        }
        let mut writer = Writer::new();
        for (doubt, answer) in all.values() {
            writer.raw(doubt.log.as_bytes()).raw(doubt.device.as_bytes());
            writer.varint(doubt.until.count).raw(&doubt.until.hash).raw(&[answer.number()]);
        }
        self.set_meta(DOUBTS, writer.finish())
    }
}

fn read(reader: &mut Reader<'_>) -> Result<(Doubt, Answer), WireError> {
    let (log, device) = (LogId::from_bytes(reader.array()?), DeviceId::from_bytes(reader.array()?));
    let until = Position { count: reader.varint()?, hash: reader.array()? };
    let [answer] = reader.array()?;
    let answer = Answer::ALL.get(usize::from(answer)).ok_or(WireError::Malformed)?;
    Ok((Doubt { log, device, until }, *answer))
}

impl StoreTx<'_> {
    /// Notes a log that the person is to be asked about. `false` where they are asked already, or said no.
    pub(crate) fn ask_about(&mut self, doubt: &Doubt) -> Result<bool, StoreError> {
        let mut all = self.rows().unconfirmed()?;
        if all.get(&doubt.log).is_some_and(|(_, answer)| *answer == Answer::NotTheirs) {
            return Ok(false);
        }
        if !all.contains_key(&doubt.log) && all.len() >= MOST {
            return Ok(false);
        }
        let known = all.insert(doubt.log, (*doubt, Answer::None));
        if known == Some((*doubt, Answer::None)) {
            return Ok(false);
        }
        self.rows().put_unconfirmed(&all)?;
        Ok(known.is_none_or(|(_, answer)| answer != Answer::None))
    }

    /// What the person says of a device's logs. `false` if nothing is asked about it.
    pub(crate) fn answer_about(&mut self, device: &DeviceId, answer: Answer) -> Result<bool, StoreError> {
        let mut all = self.rows().unconfirmed()?;
        let mut found = false;
        for (_, said) in all.values_mut().filter(|(doubt, _)| doubt.device == *device) {
            *said = answer;
            found = true;
        }
        self.rows().put_unconfirmed(&all)?;
        Ok(found)
    }

    /// Under another roster of this person's, other floors count.
    pub(super) fn forget_unconfirmed(&mut self, membership: &Membership) -> Result<(), StoreError> {
        if membership.person() == self.person() { self.rows().put_unconfirmed(&Unconfirmed::new()) } else { Ok(()) }
    }
}
