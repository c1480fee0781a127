//! A person's devices as one phone knows them: of several rosters of one epoch, what follows from all.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Floor, Roster, RosterError, SignedRoster};
use crate::hash::{Hash, Hasher, Label};
use crate::ids::{DeviceId, LogId, PersonId};

/// Most rosters of one epoch that are kept beside each other.
const MOST_RIVALS: usize = 8;

/// A person's devices as they are known here: the roster that counts, and any others that were signed for the same epoch.
///
/// Of several rosters of one epoch the one with the smallest hash counts, without the devices that any of them removed:
/// whoever was removed by one stays removed, and whoever was added by another is added again by hand. The person is asked to
/// sign a successor. Everybody who has the same rosters comes to the same devices, in whatever order they came.
///
/// A roster of a lower epoch stays beside it as long as it tells of a removal, or of a key number, that no other tells of. Else
/// a phone that was restored from an old backup, and signs what it knows from back then again and again until its epoch is the
/// higher one, would let a device back in that was removed meanwhile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// Those of the highest epoch, by their hashes in rising order; then earlier ones that tell more, the same way.
    rosters: Vec<SignedRoster>,
}

impl From<SignedRoster> for Membership {
    fn from(roster: SignedRoster) -> Self {
        Self { rosters: vec![roster] }
    }
}

impl Membership {
    /// Whose devices.
    pub fn person(&self) -> PersonId {
        self.roster().person
    }

    /// The roster that counts.
    pub fn roster(&self) -> &Roster {
        self.signed().roster()
    }

    /// The same with its signature.
    pub fn signed(&self) -> &SignedRoster {
        self.rosters.first().expect("made of one, and never emptied")
    }

    /// All rosters from which it follows who is a device; the first is the one that counts.
    pub fn rosters(&self) -> &[SignedRoster] {
        &self.rosters
    }

    /// Takes a roster in. `false` if it was here.
    pub fn take(&mut self, roster: SignedRoster) -> Result<bool, RosterError> {
        let (here, there) = (self.roster(), roster.roster());
        if there.person != here.person {
            return Err(RosterError::NotTheirs);
        }
        if self.rosters.contains(&roster) {
            return Ok(false);
        }
        let is_older = there.epoch < here.epoch;
        self.rosters.push(roster.clone());
        self.rosters.sort_by_key(|signed| (Reverse(signed.roster().epoch), signed.hash()));
        self.drop_what_others_tell();
        self.rosters.truncate(MOST_RIVALS);
        if is_older && !self.rosters.contains(&roster) { Err(RosterError::Stale) } else { Ok(true) }
    }

    /// Keeps all of the highest epoch, and of earlier ones those that tell of a removal or of a key number that is told of by none
    /// before them.
    fn drop_what_others_tell(&mut self) {
        let newest = self.roster().epoch;
        let (mut removed, mut key_number) = (BTreeSet::new(), 0);
        self.rosters.retain(|signed| {
            let Roster { epoch, removed: gone, key_number: key, .. } = signed.roster();
            let tells = *epoch == newest || *key > key_number || !gone.iter().all(|device| removed.contains(device));
            removed.extend(gone.iter().copied());
            key_number = key_number.max(*key);
            tells
        });
    }

    /// What the next roster begins from: the devices that count, and all that were removed.
    pub fn base(&self) -> Roster {
        let removed: BTreeSet<_> =
            self.rosters.iter().flat_map(|signed| signed.roster().removed.iter().copied()).collect();
        let key_number = self.rosters.iter().map(|signed| signed.roster().key_number).max();
        let logs: BTreeSet<_> = self.rosters.iter().flat_map(|signed| signed.roster().floors.keys().copied()).collect();
        Roster {
            devices: self.devices().copied().collect(),
            key_number: key_number.unwrap_or_default(),
            removed: removed.into_iter().collect(),
            floors: logs.into_iter().filter_map(|log| Some((log, self.floor(&log)?))).collect(),
            ..self.roster().clone()
        }
    }

    /// Is this a device of the person?
    pub fn lists(&self, device: &DeviceId) -> bool {
        self.signed().lists(device) && !self.has_removed(device)
    }

    /// Was this device removed?
    pub fn has_removed(&self, device: &DeviceId) -> bool {
        self.rosters.iter().any(|signed| signed.roster().removed.binary_search(device).is_ok())
    }

    /// The devices of the person.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceId> {
        self.roster().devices.iter().filter(|device| !self.has_removed(device))
    }

    /// Was any device ever removed?
    pub fn has_removed_any(&self) -> bool {
        self.rosters.iter().any(|signed| !signed.roster().removed.is_empty())
    }

    /// The floor of a log: of several, the lowest.
    pub fn floor(&self, log: &LogId) -> Option<Floor> {
        let floors = self.rosters.iter().filter_map(|signed| signed.roster().floors.get(log));
        floors.min_by_key(|floor| floor.number).copied()
    }

    /// Were several rosters signed that did not know of each other? A successor is to be signed.
    pub fn is_disputed(&self) -> bool {
        self.rosters.len() > 1
    }

    /// Names all rosters together.
    pub(crate) fn hash(&self) -> Hash {
        if let [only] = &self.rosters[..] {
            return only.hash();
        }
        let mut hasher = Hasher::new(Label::Membership);
        for roster in &self.rosters {
            hasher.field(roster.hash().as_bytes());
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::keys::{DeviceKeys, Phrase, Root};

    fn alex() -> (Root, DeviceKeys) {
        (Phrase::from_entropy([1; 32]).root(), DeviceKeys::new([2; 32], [3; 16]))
    }

    #[test]
    fn the_higher_epoch_counts() {
        let (root, keys) = alex();
        let first = SignedRoster::sign(&root, Roster::first(root.person(), keys.device()), Vec::new());
        let second = SignedRoster::sign(&root, first.roster().with(DeviceId::from_bytes([9; 32])), Vec::new());
        let mut held = Membership::from(first.clone());
        assert_eq!(held.take(second.clone()), Ok(true));
        assert_eq!(held.take(second.clone()), Ok(false));
        assert_eq!(held.take(first), Err(RosterError::Stale));
        assert_eq!(held.rosters(), [second]);
        let stranger = Phrase::from_entropy([8; 32]).root();
        let theirs = SignedRoster::sign(&stranger, Roster::first(stranger.person(), keys.device()), Vec::new());
        assert_eq!(held.take(theirs), Err(RosterError::NotTheirs));
    }

    /// A copy of long ago that signs until its epoch is the higher one brings nobody back, whoever hears of what first.
    #[test]
    fn a_higher_epoch_that_does_not_know_of_a_removal_does_not_undo_it() {
        let (root, _) = alex();
        let device = |number| DeviceId::from_bytes([number; 32]);
        let sign = |roster| SignedRoster::sign(&root, roster, Vec::new());
        let backup = Roster::first(root.person(), device(1)).with(device(2));
        let removal = sign(backup.without(&[device(2)].into(), BTreeMap::new()));
        let listed = backup.with(device(3));
        let restored = sign(listed.without(&[device(1)].into(), BTreeMap::new()));
        assert!(restored.roster().epoch > removal.roster().epoch);

        let orders = [[removal.clone(), restored.clone()], [restored.clone(), removal.clone()]];
        let held = orders.map(|order| {
            let mut held = Membership::from(sign(backup.clone()));
            order.into_iter().for_each(|roster| assert_eq!(held.take(roster), Ok(true)));
            held
        });
        assert!(held[0] == held[1] && held[0].is_disputed());
        assert_eq!(held[0].roster(), restored.roster());
        assert_eq!(held[0].devices().copied().collect::<Vec<_>>(), [device(3)]);
        assert_eq!(held[0].clone().take(sign(backup)), Err(RosterError::Stale));

        // The successor knows of both removals: it stands alone.
        let successor = sign(held[0].base().without(&BTreeSet::new(), BTreeMap::new()));
        let mut held = held[0].clone();
        assert_eq!(held.take(successor.clone()), Ok(true));
        assert_eq!(held.rosters(), [successor]);
        assert_eq!(held.take(removal), Err(RosterError::Stale));
    }

    /// Three devices sign for the same epoch without having heard of each other.
    #[test]
    fn rosters_of_one_epoch_come_to_the_same_in_any_order() {
        let (root, _) = alex();
        let device = |number| DeviceId::from_bytes([number; 32]);
        let second = Roster::first(root.person(), device(1)).with(device(2)).with(device(3));
        let sign = |roster| SignedRoster::sign(&root, roster, Vec::new());
        let rivals = [
            sign(second.without(&[device(3)].into(), BTreeMap::new())),
            sign(second.without(&[device(2)].into(), BTreeMap::new())),
            sign(second.with(device(4))),
        ];
        let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
        let held = orders.map(|order| {
            let mut held = Membership::from(sign(second.clone()));
            order.iter().for_each(|at| assert_eq!(held.take(rivals[*at].clone()), Ok(true)));
            held
        });
        assert!(held.iter().all(|other| *other == held[0] && other.hash() == held[0].hash()));
        assert!(held[0].is_disputed());
        assert!(held[0].lists(&device(1)));
        assert!(!held[0].lists(&device(2)) && !held[0].lists(&device(3)));
        let next = sign(held[0].roster().with(device(5)));
        assert_eq!(held[0].clone().take(next), Ok(true));
    }
}
