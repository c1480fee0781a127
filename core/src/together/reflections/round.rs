//! What follows from the seals and locks of a round: pure, and the same on every device that has the same of them.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::hash::Hash;

use crate::records::RecordId;

/// A sealed text, as it is promised: which, and the hash that binds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Seal {
    pub(super) id: RecordId,
    pub(super) commitment: Hash,
}

/// One person's seals and locks in a round, from their `Mine`.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Side {
    /// Their seals; of each, was it withdrawn?
    pub(super) seals: BTreeMap<Seal, Withdrawn>,
    /// What their devices locked: a seal of their own, and one of the other's.
    pub(super) locks: BTreeSet<(Seal, Seal)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Withdrawn {
    No,
    Yes,
}

impl Side {
    /// Seals that their own person's lock names. The other may have opened theirs because of it, so nothing takes it back.
    pub(super) fn bound(&self) -> BTreeSet<Seal> {
        self.locks.iter().map(|(own, _)| *own).collect()
    }

    /// The seal that counts. Of several none does, until their person has chosen.
    pub(super) fn counts(&self) -> Option<Seal> {
        let bound = self.bound();
        if bound.len() == 1 {
            return bound.first().copied();
        }
        let mut standing = self.standing().filter(|seal| bound.is_empty() || bound.contains(seal));
        let first = standing.next()?;
        standing.next().is_none().then_some(first)
    }

    /// Seals that were not withdrawn.
    pub(super) fn standing(&self) -> impl Iterator<Item = Seal> {
        self.seals.iter().filter(|(_, withdrawn)| **withdrawn == Withdrawn::No).map(|(seal, _)| *seal)
    }
}

/// What this person's device locks, as far as it knows.
pub(super) fn lock_due(me: &Side, partner: &Side) -> Option<(Seal, Seal)> {
    let pair = (me.counts()?, partner.counts()?);
    (!me.locks.contains(&pair)).then_some(pair)
}

/// The pairs that both have locked: both texts are to be opened.
pub(super) fn agreed(me: &Side, partner: &Side) -> impl Iterator<Item = (Seal, Seal)> {
    me.locks.iter().copied().filter(|(mine, theirs)| partner.locks.contains(&(*theirs, *mine)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One of a person's devices: what it holds of the two `Mine`, and the texts that lie in its `Private`.
    #[derive(Clone, Default)]
    struct Device {
        mine: Side,
        theirs: Side,
        /// Texts are told apart by their seals.
        private: BTreeSet<Seal>,
        opened: BTreeSet<Seal>,
        opened_by_partner: BTreeSet<Seal>,
        lost: bool,
    }

    impl Device {
        /// What a device does by itself after everything that it hears.
        fn go_on(&mut self) {
            if let Some(pair) = lock_due(&self.mine, &self.theirs)
                && self.private.contains(&pair.0)
            {
                self.mine.locks.insert(pair);
            }
            let agreed: Vec<_> = agreed(&self.mine, &self.theirs).map(|(mine, _)| mine).collect();
            self.opened.extend(agreed.into_iter().filter(|seal| self.private.contains(seal)));
        }

        fn hear(&mut self, other: &Self, same_person: bool) {
            let (mine, theirs) = if same_person { (&other.mine, &other.theirs) } else { (&other.theirs, &other.mine) };
            merge(&mut self.mine, mine);
            merge(&mut self.theirs, theirs);
            let opened = [&other.opened, &other.opened_by_partner];
            let [mine, theirs] = if same_person { opened } else { [opened[1], opened[0]] };
            self.opened.extend(mine);
            self.opened_by_partner.extend(theirs);
            if same_person {
                self.private.extend(&other.private);
            }
            self.go_on();
        }
    }

    fn merge(into: &mut Side, from: &Side) {
        into.locks.extend(&from.locks);
        for (seal, withdrawn) in &from.seals {
            let known = into.seals.entry(*seal).or_insert(*withdrawn);
            if *withdrawn == Withdrawn::Yes {
                *known = Withdrawn::Yes;
            }
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Seal(usize),
        Withdraw(usize),
        Hear(usize, usize),
        Lose(usize),
    }

    /// Devices 0 and 1 are Alex's, 2 and 3 are Sam's.
    fn step(loses: bool) -> impl Strategy<Value = Step> {
        let hear = || (0..4_usize, 0..4_usize).prop_map(|(to, from)| Step::Hear(to, from));
        prop_oneof![
            3 => (0..4_usize).prop_map(Step::Seal),
            1 => (0..4_usize).prop_map(Step::Withdraw),
            8 => hear(),
            1 => (0..4_usize).prop_map(move |device| if loses { Step::Lose(device) } else { Step::Hear(device, 3 - device) }),
        ]
    }

    fn seal(number: u8) -> Seal {
        Seal { id: RecordId::from_bytes([number; 16]), commitment: Hash::from_bytes([number; 32]) }
    }

    /// Runs a history. Nothing is opened before the other's lock that names both is known where it is opened.
    fn run(steps: &[Step]) -> [Device; 4] {
        let mut devices: [Device; 4] = Default::default();
        let mut next = 0;
        for step in steps {
            match *step {
                Step::Seal(at) => {
                    let device = &mut devices[at];
                    if !device.lost && device.mine.standing().next().is_none() && device.mine.bound().is_empty() {
                        next += 1;
                        device.private.insert(seal(next));
                        device.mine.seals.insert(seal(next), Withdrawn::No);
                        device.go_on();
                    }
                }
                Step::Withdraw(at) => {
                    let device = &mut devices[at];
                    let standing: Vec<_> = device.mine.standing().collect();
                    if !device.lost && device.mine.bound().is_empty() {
                        device.mine.seals.extend(standing.into_iter().map(|seal| (seal, Withdrawn::Yes)));
                        device.go_on();
                    }
                }
                Step::Hear(to, from) => {
                    let other = devices[from].clone();
                    if to != from && !devices[to].lost && !other.lost {
                        devices[to].hear(&other, to / 2 == from / 2);
                    }
                }
                Step::Lose(at) => devices[at] = Device { lost: true, ..Device::default() },
            }
            for (at, device) in devices.iter().enumerate() {
                for opened in device.opened.intersection(&device.private) {
                    let by_other = device.theirs.locks.iter().any(|(_, mine)| mine == opened);
                    let by_me = device.mine.locks.iter().any(|(mine, _)| mine == opened);
                    assert!(by_other && by_me, "device {at} opened before both had locked");
                }
            }
        }
        devices
    }

    /// Everybody hears everybody until nothing changes.
    fn settle(devices: &mut [Device; 4]) {
        for _ in 0..6 {
            for (to, from) in
                [(0, 1), (1, 0), (2, 3), (3, 2), (0, 2), (2, 0), (1, 3), (3, 1), (0, 3), (3, 0), (1, 2), (2, 1)]
            {
                let other = devices[from].clone();
                if !devices[to].lost && !other.lost {
                    devices[to].hear(&other, to / 2 == from / 2);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// In every order of syncs: in the end both are open or neither is, and one seal each that stands opens.
        #[test]
        fn both_open_or_neither(steps in prop::collection::vec(step(false), 0..40)) {
            let mut devices = run(&steps);
            settle(&mut devices);
            let (alex, sam) = (&devices[0], &devices[2]);
            prop_assert_eq!(alex.opened.is_empty(), sam.opened.is_empty());
            prop_assert_eq!(&alex.opened, &sam.opened_by_partner);
            let counts = alex.mine.counts().is_some() && sam.mine.counts().is_some();
            prop_assert!(!counts || !alex.opened.is_empty());
            // What was withdrawn before a device of its own person locked it is never opened.
            for device in &devices {
                for opened in &device.opened {
                    prop_assert!(device.mine.bound().contains(opened));
                }
            }
        }

        /// A phone that is lost in the middle takes no text with it that had not to be opened, and opens none.
        #[test]
        fn a_lost_phone_opens_nothing(steps in prop::collection::vec(step(true), 0..40)) {
            let mut devices = run(&steps);
            settle(&mut devices);
            for device in devices.iter().filter(|device| !device.lost) {
                for opened in &device.opened {
                    let named = device.theirs.locks.iter().any(|(_, mine)| mine == opened);
                    prop_assert!(named, "opened without the other's lock");
                }
            }
        }
    }

    #[test]
    fn of_two_seals_neither_counts_until_one_is_chosen() {
        let mut side = Side::default();
        side.seals.insert(seal(1), Withdrawn::No);
        assert_eq!(side.counts(), Some(seal(1)));
        side.seals.insert(seal(2), Withdrawn::No);
        assert_eq!(side.counts(), None);
        side.seals.insert(seal(1), Withdrawn::Yes);
        assert_eq!(side.counts(), Some(seal(2)));
        // A lock has chosen; it beats a withdrawal.
        side.locks.insert((seal(1), seal(9)));
        assert_eq!(side.counts(), Some(seal(1)));
        // Two devices locked a seal each: again none, until one is withdrawn.
        side.locks.insert((seal(2), seal(9)));
        side.seals.insert(seal(1), Withdrawn::No);
        assert_eq!(side.counts(), None);
        side.seals.insert(seal(1), Withdrawn::Yes);
        assert_eq!(side.counts(), Some(seal(2)));
    }
}
