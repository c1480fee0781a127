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

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Withdrawn {
    No,
    /// By a device that knew of no lock of its own person.
    Yes,
    /// By a device that knew of one, and that the partner had withdrawn. Nothing that the partner does later opens it.
    ForGood,
}

impl Side {
    /// Seals that their own person's lock names. The other may have opened theirs because of it.
    fn bound(&self) -> BTreeSet<Seal> {
        self.locks.iter().map(|(own, _)| *own).collect()
    }

    /// The seal that counts. Of several none does, until their person has chosen.
    pub(super) fn counts(&self) -> Option<Seal> {
        let candidates = self.candidates();
        if candidates.len() == 1 { candidates.first().copied() } else { None }
    }

    /// The seals between which their person has to choose.
    pub(super) fn choices(&self) -> BTreeSet<Seal> {
        let candidates = self.candidates();
        if candidates.len() > 1 { candidates } else { BTreeSet::new() }
    }

    /// A lock has chosen among the seals that stand.
    fn candidates(&self) -> BTreeSet<Seal> {
        let standing = self.standing();
        let bound: BTreeSet<_> = self.bound().intersection(&standing).copied().collect();
        if bound.is_empty() { standing } else { bound }
    }

    /// Seals that were not withdrawn, also those of which a lock is all that is known.
    pub(super) fn standing(&self) -> BTreeSet<Seal> {
        let known = self.seals.keys().copied().chain(self.bound());
        known.filter(|seal| !self.has_withdrawn(seal)).collect()
    }

    fn has_withdrawn(&self, seal: &Seal) -> bool {
        self.seals.get(seal).is_some_and(|withdrawn| *withdrawn != Withdrawn::No)
    }

    /// How a device that knows this takes a seal back.
    pub(super) fn withdrawal(&self, seal: &Seal) -> Withdrawn {
        if self.bound().contains(seal) { Withdrawn::ForGood } else { Withdrawn::Yes }
    }

    /// Does it open because the other's is open?
    pub(super) fn follows(&self, seal: &Seal) -> bool {
        self.seals.get(seal) != Some(&Withdrawn::ForGood)
    }
}

/// Can this person withdraw no more? A device of theirs has locked, and the partner's text may be open because of that. Where
/// the partner's seal is withdrawn or gone, nobody waits for this person.
pub(super) fn is_bound(me: &Side, partner: &Side) -> bool {
    let binds =
        |(mine, theirs): &(Seal, Seal)| partner.seals.get(theirs) == Some(&Withdrawn::No) && !me.has_withdrawn(mine);
    me.locks.iter().any(binds)
}

/// Was neither seal of a pair withdrawn? If one was after both had locked, the two texts are open if one of them is, and else
/// neither is; but what was withdrawn [for good](Withdrawn::ForGood) stays closed.
pub(super) fn stands(me: &Side, partner: &Side, (mine, theirs): &(Seal, Seal)) -> bool {
    !me.has_withdrawn(mine) && !partner.has_withdrawn(theirs)
}

/// Of a pair one text is `open`, one's own or the partner's: is the other one to stay closed for good, since texts were taken
/// back on both sides? A partner who says so of theirs, and to whom nothing was taken back, is waited for.
pub(super) fn is_one_sided(me: &Side, partner: &Side, (mine, theirs): &(Seal, Seal), open: (bool, bool)) -> bool {
    match open {
        (true, false) => {
            let left_alone = |(own, other): &(Seal, Seal)| own == theirs && me.has_withdrawn(other);
            !partner.follows(theirs) && partner.locks.iter().any(left_alone)
        }
        (false, true) => !me.follows(mine),
        _ => false,
    }
}

/// What this person's device locks, as far as it knows.
pub(super) fn lock_due(me: &Side, partner: &Side) -> Option<(Seal, Seal)> {
    let pair = (me.counts()?, partner.counts()?);
    (!me.locks.contains(&pair)).then_some(pair)
}

/// The pairs that both have locked: both texts are to be opened, if both [stand](stands).
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
                && self.open().is_empty()
                && self.private.contains(&pair.0)
            {
                self.mine.locks.insert(pair);
            }
            let open: Vec<_> = self.open().into_iter().filter(|seal| self.private.contains(seal)).collect();
            self.opened.extend(open);
        }

        /// Seals of its person whose texts are open, or are to be.
        fn open(&self) -> Vec<Seal> {
            let open = agreed(&self.mine, &self.theirs).filter(|pair| {
                let theirs = self.opened_by_partner.contains(&pair.1) && self.mine.follows(&pair.0);
                let one = theirs || self.opened.contains(&pair.0);
                one || stands(&self.mine, &self.theirs, pair)
            });
            open.map(|(mine, _)| mine).collect()
        }

        fn is_one_sided(&self) -> bool {
            let open =
                |(mine, theirs): &(Seal, Seal)| (self.opened.contains(mine), self.opened_by_partner.contains(theirs));
            agreed(&self.mine, &self.theirs).any(|pair| is_one_sided(&self.mine, &self.theirs, &pair, open(&pair)))
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
            *known = (*withdrawn).max(*known);
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
            let before = devices.clone();
            match *step {
                Step::Seal(at) => {
                    let device = &mut devices[at];
                    let is_over = !device.open().is_empty() || device.is_one_sided();
                    if !device.lost && device.mine.standing().is_empty() && !is_over {
                        next += 1;
                        device.private.insert(seal(next));
                        device.mine.seals.insert(seal(next), Withdrawn::No);
                        device.go_on();
                    }
                }
                Step::Withdraw(at) => {
                    let device = &mut devices[at];
                    let standing = device.mine.standing();
                    if !device.lost && device.open().is_empty() && !is_bound(&device.mine, &device.theirs) {
                        let taken_back: Vec<_> =
                            standing.into_iter().map(|seal| (seal, device.mine.withdrawal(&seal))).collect();
                        device.mine.seals.extend(taken_back);
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
                let kept_closed = |seal: &&Seal| !device.mine.follows(seal) && !before[at].mine.follows(seal);
                for closed in device.private.iter().filter(kept_closed).filter(|seal| !before[at].opened.contains(seal))
                {
                    let by_another = before.iter().any(|other| other.opened.contains(closed));
                    assert!(
                        by_another || !device.opened.contains(closed),
                        "device {at} opened what it knew to be withdrawn"
                    );
                }
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
            // Where it is one alone, the other had seen it withdrawn, and withdrawn as well, while another device opened it.
            let crossed = |device: &Device| device.mine.seals.values().any(|withdrawn| *withdrawn == Withdrawn::ForGood);
            prop_assert!(alex.opened.is_empty() == sam.opened.is_empty() || crossed(alex) || crossed(sam));
            // Then both are told that the round goes no further.
            let one_alone = alex.opened.is_empty() != sam.opened.is_empty();
            for device in &devices {
                prop_assert!(!one_alone || device.is_one_sided());
            }
            prop_assert_eq!(&alex.opened, &sam.opened_by_partner);
            let counts = alex.mine.counts().is_some() && sam.mine.counts().is_some();
            // Where they crossed so, the round goes no further: whose text is open gets no second one asked of them.
            prop_assert!(!counts || !alex.opened.is_empty() || crossed(alex) || crossed(sam));
            // What was withdrawn before a device of its own person locked it is never opened.
            for device in &devices {
                for opened in &device.opened {
                    prop_assert!(device.mine.bound().contains(opened));
                    let other = |pair: &(Seal, Seal)| {
                        pair.0 == *opened && (device.opened_by_partner.contains(&pair.1) || !device.theirs.follows(&pair.1))
                    };
                    prop_assert!(agreed(&device.mine, &device.theirs).any(|pair| other(&pair)), "one-sidedly");
                }
                // Who withdrew, or saw the other withdraw, waits for nobody, unless it is open.
                let given_up = device.theirs.standing().is_empty() && device.opened.is_empty();
                prop_assert!(!given_up || !is_bound(&device.mine, &device.theirs));
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

    /// Alex took one text back, so Sam took theirs back for good; and another device of Alex's opened another one for it.
    #[test]
    fn both_are_told_where_another_text_was_opened_for_one_that_is_withdrawn() {
        use Step::{Hear, Seal, Withdraw};
        let steps =
            [Seal(0), Seal(1), Hear(2, 0), Withdraw(0), Seal(2), Hear(0, 2), Hear(3, 0), Hear(2, 0), Hear(2, 1)];
        let mut devices = run(&[&steps[..], &[Withdraw(3), Hear(1, 2)]].concat());
        settle(&mut devices);
        assert!(devices.iter().all(Device::is_one_sided));
        assert_eq!((devices[0].opened.len(), devices[2].opened.len()), (1, 0));
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
        // A lock has chosen, until its seal is withdrawn.
        side.locks.insert((seal(1), seal(9)));
        assert_eq!(side.counts(), Some(seal(2)));
        side.seals.insert(seal(1), Withdrawn::No);
        assert_eq!(side.counts(), Some(seal(1)));
        // Two devices locked a seal each: again none, until one is withdrawn.
        side.locks.insert((seal(2), seal(9)));
        assert_eq!(side.counts(), None);
        side.seals.insert(seal(1), Withdrawn::Yes);
        assert_eq!(side.counts(), Some(seal(2)));
    }
}
