//! Whom this device knows, and who is at the other end.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{BondId, LogId, PersonId, Place, Space};
use crate::keys::OwnKeys;
use crate::log::Opening;
use crate::roster::Membership;
use crate::vector::VersionVector;

/// Who is at the other end, and so what may go there. There is no other way to say what is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// A device of the partner: what both may read under this bond.
    Partner(BondId),
    /// Another device of this person: everything, or all but Private.
    OwnDevice(Reach),
}

/// How much passes between two own devices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Private too.
    Everything,
    /// What the partner may see as well: Private is locked on one of the two, or has not been let pass yet.
    Shared,
}

/// The persons of an exchange as this device knows them. Only a handshake or a seal that proves who is on the other side
/// leads to one, so whoever holds it may speak for that side.
#[derive(Clone)]
pub struct Parties {
    /// This device's person.
    pub me: Membership,
    /// Vouch for this person's own logs, and check such vouchers.
    pub own_keys: OwnKeys,
    /// Logs of listed devices that this person said they wrote, past what was known of them when a device was removed: there
    /// earlier keys vouch as well, up to here and no further.
    pub believed: VersionVector,
    /// Such logs of which the person was asked and did not say so.
    pub doubted: BTreeSet<LogId>,
    /// The partner under each bond that stands.
    pub bonds: BTreeMap<BondId, Membership>,
    /// Who is at the other end.
    pub audience: Audience,
}

impl Parties {
    /// For an exchange with the partner.
    pub fn couple(bond: BondId, me: Membership, partner: Membership, own_keys: OwnKeys) -> Self {
        Self {
            me,
            own_keys,
            believed: VersionVector::default(),
            doubted: BTreeSet::new(),
            bonds: [(bond, partner)].into(),
            audience: Audience::Partner(bond),
        }
    }

    /// This device's person.
    pub fn my_person(&self) -> PersonId {
        self.me.person()
    }

    /// The person at the other end.
    pub fn other(&self) -> &Membership {
        match &self.audience {
            Audience::Partner(bond) => self.bonds.get(bond).unwrap_or(&self.me),
            Audience::OwnDevice(_) => &self.me,
        }
    }

    /// What the devices at both ends know each other's keys under.
    pub fn channel(&self) -> BondId {
        match &self.audience {
            Audience::Partner(bond) => *bond,
            Audience::OwnDevice(_) => BondId::of_own_devices(&self.my_person()),
        }
    }

    /// Is the other end a device of this person?
    pub fn are_own_devices(&self) -> bool {
        matches!(self.audience, Audience::OwnDevice(_))
    }

    /// May what lives here go to the other end, and come from there?
    pub fn include(&self, place: &Place) -> bool {
        match (&self.audience, place.bond()) {
            (Audience::Partner(bond), Some(of)) => of == *bond,
            (Audience::Partner(_), None) => false,
            (Audience::OwnDevice(_), Some(of)) => self.bonds.contains_key(&of),
            (Audience::OwnDevice(reach), None) => {
                *reach == Reach::Everything && place.owner() == Some(self.my_person())
            }
        }
    }

    /// The person who writes a log, if this device knows them and the log may be part of the exchange.
    pub fn author(&self, opening: &Opening) -> Option<&Membership> {
        self.include(&opening.place()?).then_some(())?;
        if opening.person == self.my_person() {
            return Some(&self.me);
        }
        let partner = self.bonds.get(&opening.bond?)?;
        (opening.space != Space::Private && partner.person() == opening.person).then_some(partner)
    }

    /// Did anybody who writes here ever remove a device?
    pub(crate) fn know_of_removals(&self, place: &Place) -> bool {
        let partner = place.bond().and_then(|bond| self.bonds.get(&bond));
        [Some(&self.me), partner].into_iter().flatten().any(Membership::has_removed_any)
    }

    /// Do the openings of logs leave out which bond they are under, since there is only one?
    pub(crate) fn one_bond(&self) -> Option<BondId> {
        match &self.audience {
            Audience::Partner(bond) => Some(*bond),
            Audience::OwnDevice(_) => None,
        }
    }

    /// Does the writer of this log belong to the other end alone? Its entries are believed because of who brings them.
    pub(crate) fn is_mine(&self, opening: &Opening) -> bool {
        opening.person == self.my_person()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DeviceId;
    use crate::keys::{DeviceKeys, Phrase};
    use crate::roster::{Roster, SignedRoster};

    fn person(number: u8) -> (Membership, OwnKeys) {
        let root = Phrase::from_entropy([number; 32]).root();
        let roster = Roster::first(root.person(), DeviceKeys::new([number; 32], [0; 16]).device());
        (SignedRoster::sign(&root, roster, Vec::new()).into(), OwnKeys::of(&root, 1))
    }

    fn opening(of: &Membership, space: Space, bond: Option<BondId>) -> Opening {
        Opening { person: of.person(), device: DeviceId::from_bytes([5; 32]), space, bond, nonce: [0; 16] }
    }

    #[test]
    fn what_goes_where() {
        let ((alex, keys), (sam, _), (kim, _)) = (person(1), person(2), person(3));
        let (bond, other) = (BondId::from_bytes([7; 16]), BondId::from_bytes([8; 16]));
        let couple = Parties::couple(bond, alex.clone(), sam.clone(), keys);
        let own = |reach| Parties { audience: Audience::OwnDevice(reach), ..couple.clone() };
        let (all, shared) = (own(Reach::Everything), own(Reach::Shared));
        let known = |opening: Opening| [&couple, &all, &shared].map(|parties| parties.author(&opening).is_some());
        assert_eq!(known(opening(&alex, Space::Private, None)), [false, true, false]);
        assert_eq!(known(opening(&sam, Space::Private, None)), [false, false, false]);
        for space in [Space::Mine, Space::Joint] {
            assert_eq!(known(opening(&alex, space, Some(bond))), [true; 3]);
            assert_eq!(known(opening(&sam, space, Some(bond))), [true; 3]);
            assert_eq!(known(opening(&kim, space, Some(bond))), [false; 3]);
            assert_eq!(known(opening(&sam, space, Some(other))), [false; 3]);
        }
        assert_eq!(couple.other().person(), sam.person());
        assert_eq!(all.other().person(), alex.person());
        assert_eq!(all.channel(), BondId::of_own_devices(&alex.person()));
    }
}
