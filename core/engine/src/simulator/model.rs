//! What must be true at the end, in the plainest terms.

use std::collections::{BTreeMap, BTreeSet};

use super::device::Device;
use super::store::Stored;
use crate::hash::Hash;
use crate::ids::{DocumentKey, Space};
use crate::store::{DocumentRow, EntryState};

/// Which writes each document holds, by the digests that their entries had at first, and which documents were deleted.
#[derive(Default)]
pub(super) struct Model {
    writes: BTreeMap<DocumentKey, Vec<(String, Hash)>>,
    deletions: BTreeSet<DocumentKey>,
}

impl Model {
    pub(super) fn wrote(&mut self, key: DocumentKey, token: String, entry: Hash) {
        self.writes.entry(key).or_default().push((token, entry));
    }

    pub(super) fn deleted(&mut self, key: DocumentKey) {
        self.deletions.insert(key);
    }

    /// A phone was replaced by an older copy: what it had told nobody is gone with it. A write that moved into a new log has
    /// another digest there, and is known by its token.
    pub(super) fn forget_what_nobody_has(&mut self, devices: &[Device]) {
        let stores = || devices.iter().map(|device| &device.store.stored);
        let entries: BTreeSet<Hash> = stores().flat_map(|stored| stored.entries()).map(|row| row.digest).collect();
        for (key, writes) in &mut self.writes {
            let tokens: BTreeSet<String> = devices.iter().filter_map(|device| device.tokens(key)).flatten().collect();
            writes.retain(|(token, entry)| entries.contains(entry) || tokens.contains(token));
        }
        self.writes.retain(|_, writes| !writes.is_empty());
        let gone = |key: &DocumentKey, stored: &Stored| stored.documents().get(key) == Some(&DocumentRow::Buried);
        self.deletions.retain(|key| stores().any(|stored| gone(key, stored)));
    }

    pub(super) fn check(&self, devices: &[Device]) -> Result<(), String> {
        for (index, device) in devices.iter().enumerate() {
            let stored = &device.store.stored;
            if let Some(row) =
                stored.entries().find(|row| !matches!(row.state, EntryState::Applied | EntryState::Buried))
            {
                return Err(format!("device {index}: entry {} of {:?} is {:?}", row.number, row.log, row.state));
            }
            for (key, writes) in &self.writes {
                self.check_document(device, key, writes).map_err(|what| format!("device {index}: {what}"))?;
            }
            let strangers =
                |key: &&DocumentKey| key.place.space() == Space::Private && key.place != device.place(Space::Private);
            if stored.documents().keys().any(|key| strangers(&key)) {
                return Err(format!("device {index} has somebody's private document"));
            }
        }
        self.check_equal(devices)
    }

    fn check_document(&self, device: &Device, key: &DocumentKey, writes: &[(String, Hash)]) -> Result<(), String> {
        let text = device.text(key);
        if key.place.space() == Space::Private {
            return check_private(device, key, writes, self.deletions.contains(key));
        }
        if self.deletions.contains(key) {
            return match device.store.stored.documents().get(key) {
                Some(DocumentRow::Alive { .. }) => Err(format!("{key:?} was deleted and is alive")),
                _ => Ok(()),
            };
        }
        let text = text.ok_or_else(|| format!("{key:?} is missing"))?;
        let tokens: BTreeSet<&str> = writes.iter().map(|(token, _)| token.as_str()).collect();
        for token in &tokens {
            // Writes of others may stand inside a token, so it is found by its letters in order.
            if !is_subsequence(token, &text) {
                return Err(format!("a write is missing in {key:?}"));
            }
        }
        let expected: usize = tokens.iter().map(|token| token.len()).sum();
        if text.len() != expected {
            return Err(format!("{key:?} has {} letters, not {expected}", text.len()));
        }
        Ok(())
    }

    pub(super) fn check_equal(&self, devices: &[Device]) -> Result<(), String> {
        let texts = |device: &Device, private: bool| -> BTreeMap<DocumentKey, Option<String>> {
            let documents = device.store.stored.documents().keys();
            let asked = documents.filter(|key| (key.place.space() == Space::Private) == private);
            asked.map(|key| (*key, device.text(key))).collect()
        };
        for (index, device) in devices.iter().enumerate() {
            let of_one_person = |other: &&Device| other.person() == device.person();
            let first = devices.iter().find(of_one_person).map(|first| texts(first, true));
            if texts(device, false) != texts(&devices[0], false) || Some(texts(device, true)) != first {
                return Err(format!("device {index} differs"));
            }
        }
        Ok(())
    }
}

/// A private document lives on the devices of whoever wrote it, and its writes are all there.
fn check_private(device: &Device, key: &DocumentKey, writes: &[(String, Hash)], deleted: bool) -> Result<(), String> {
    let rows: BTreeSet<Hash> = device.store.stored.entries().map(|row| row.digest).collect();
    let mine = writes.iter().filter(|(_, entry)| rows.contains(entry)).count();
    match (device.text(key), deleted) {
        (Some(_), true) => Err(format!("{key:?} was deleted and is alive")),
        (None, false) if mine > 0 => Err(format!("{key:?} is missing at home")),
        (Some(text), false) => {
            let expected: usize = writes.iter().map(|(token, _)| token.len()).sum();
            if text.len() == expected { Ok(()) } else { Err(format!("{key:?} lost a write at home")) }
        }
        _ => Ok(()),
    }
}

fn is_subsequence(needle: &str, hay: &str) -> bool {
    let mut hay = hay.chars();
    needle.chars().all(|letter| hay.any(|other| other == letter))
}
