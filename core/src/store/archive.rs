//! What this device remembers of its archive.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::vector::VersionVector;
use nightstand_engine::wire::{Reader, Record, Unknown, WireError, Writer};

use super::{Rows, StoreError, StoreTx};

/// In `meta`.
const ARCHIVE: &str = "archive";

/// A lane's random name.
pub(crate) type ArchiveLane = [u8; 16];

/// An archive that was set up.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct ArchiveState {
    /// For whom volumes are sealed, as age writes it. It leaves the phone in no form: whoever has it could make up an archive.
    pub(crate) recipient: String,
    /// Under which of its keys this device writes, and where.
    pub(crate) lane: Option<([u8; 32], ArchiveLane)>,
    /// The number that was used last.
    pub(crate) last: u64,
    /// The volumes that make up the lane.
    pub(crate) standing: BTreeSet<u64>,
    /// What is in them.
    pub(crate) reached: VersionVector,
    /// How many hashes of imports are in them.
    pub(crate) imported: u64,
    /// What was said of persons and devices.
    pub(crate) known: Vec<u8>,
    /// The last volume says that all there was to write stands there.
    pub(crate) is_complete: bool,
    /// How many volumes it took until then; 0 before.
    pub(crate) whole_with: u64,
    /// What was here when the lane was begun. What was deleted by then is in none of its volumes.
    pub(crate) begun_with: VersionVector,
    /// Something was deleted that the volumes hold.
    pub(crate) owes_anew: bool,
    /// When the lane was begun, in milliseconds since 1970.
    pub(crate) begun_ms: i64,
    /// Lanes that go once this one is complete, each with the number up to which all of it is here. In one that goes on beyond it
    /// there is what stands nowhere else.
    pub(crate) retired: BTreeMap<ArchiveLane, u64>,
}

impl ArchiveState {
    fn to_bytes(&self) -> Vec<u8> {
        let [mut lane, mut standing, mut retired]: [Writer; 3] = Default::default();
        if let Some((key, name)) = &self.lane {
            lane.raw(key).raw(name);
        }
        for number in &self.standing {
            standing.varint(*number);
        }
        for (name, number) in &self.retired {
            retired.raw(name).varint(*number);
        }
        let mut writer = Writer::new();
        writer
            .field(1, Unknown::Refuse, self.recipient.as_bytes())
            .field(2, Unknown::Refuse, &lane.finish())
            .number(3, Unknown::Refuse, self.last)
            .field(4, Unknown::Refuse, &standing.finish())
            .field(5, Unknown::Refuse, &self.reached.to_bytes())
            .number(6, Unknown::Skip, self.imported)
            .field(7, Unknown::Skip, &self.known)
            .number(8, Unknown::Refuse, u64::from(self.is_complete))
            .number(9, Unknown::Refuse, u64::from(self.owes_anew))
            .number(10, Unknown::Skip, self.begun_ms.cast_unsigned())
            .field(11, Unknown::Refuse, &retired.finish())
            .field(12, Unknown::Skip, &self.begun_with.to_bytes())
            .number(13, Unknown::Skip, self.whole_with);
        writer.finish()
    }

    fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut record = Record::parse(bytes)?;
        let recipient = String::from_utf8(record.required(1)?.to_vec()).map_err(|_| WireError::Malformed)?;
        let mut state = Self { recipient, ..Self::default() };
        let mut lane = Reader::new(record.required(2)?);
        if !lane.is_empty() {
            state.lane = Some((lane.array()?, lane.array()?));
        }
        state.last = record.number(3)?.unwrap_or(0);
        let mut standing = Reader::new(record.required(4)?);
        while !standing.is_empty() {
            state.standing.insert(standing.varint()?);
        }
        state.reached = VersionVector::parse(record.required(5)?)?;
        state.imported = record.number(6)?.unwrap_or(0);
        state.known = record.field(7).unwrap_or_default().to_vec();
        state.is_complete = record.number(8)?.unwrap_or(0) != 0;
        state.owes_anew = record.number(9)?.unwrap_or(0) != 0;
        state.begun_ms = record.number(10)?.unwrap_or(0).cast_signed();
        let mut retired = Reader::new(record.required(11)?);
        while !retired.is_empty() {
            state.retired.insert(retired.array()?, retired.varint()?);
        }
        state.begun_with = record.field(12).map(VersionVector::parse).transpose()?.unwrap_or_default();
        state.whole_with = record.number(13)?.unwrap_or(0);
        record.finish()?;
        Ok(state)
    }
}

impl Rows<'_> {
    /// None while none is set up.
    pub(crate) fn archive(&self) -> Result<Option<ArchiveState>, StoreError> {
        let kept: Option<Vec<u8>> = self.meta(ARCHIVE)?;
        kept.map(|bytes| ArchiveState::parse(&bytes).map_err(|_| StoreError::Damaged)).transpose()
    }
}

impl StoreTx<'_> {
    pub(crate) fn put_archive(&mut self, state: Option<&ArchiveState>) -> Result<(), StoreError> {
        match state {
            Some(state) => self.rows().set_meta(ARCHIVE, state.to_bytes()),
            None => self.rows().drop_meta(ARCHIVE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_reads_back() {
        let state = ArchiveState {
            recipient: "age1".into(),
            lane: Some(([1; 32], [2; 16])),
            last: 7,
            standing: [3, 7].into(),
            imported: 5,
            known: vec![1, 2],
            is_complete: true,
            whole_with: 2,
            begun_ms: -4,
            retired: [([9; 16], 3)].into(),
            ..ArchiveState::default()
        };
        assert!(ArchiveState::parse(&state.to_bytes()) == Ok(state));
        assert!(ArchiveState::parse(&ArchiveState::default().to_bytes()) == Ok(ArchiveState::default()));
    }
}
