//! Random histories of a mailbox, against a model of two lines: what somebody wrote for both, and what they wrote for themselves.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::random::{Random, Seeded};

use super::shelf::{Fault, Shelf, visit};
use crate::devices::tests::{Home, meet, meet_own, titles, write};
use crate::journal::Sharing;
use crate::sync::SyncOutcome;
use crate::vault::Vault;

struct Dice(Seeded);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % end
    }
}

/// What each may read in the end.
#[derive(Default)]
struct Model {
    for_both: BTreeSet<String>,
    for_one: BTreeMap<usize, BTreeSet<String>>,
}

impl Model {
    fn of(&self, who: usize) -> BTreeSet<String> {
        self.for_both.iter().chain(self.for_one.get(&who).into_iter().flatten()).cloned().collect()
    }
}

fn read(vault: &Vault) -> BTreeSet<String> {
    let titles = titles(vault);
    let set: BTreeSet<_> = titles.iter().cloned().collect();
    assert_eq!(set.len(), titles.len(), "nothing is there twice");
    set
}

/// What the owner of the storage, or a service that copies it, may do.
fn meddle(shelf: &Shelf, dice: &mut Dice, past: &mut Vec<BTreeMap<String, Vec<u8>>>) {
    let what = dice.below(8);
    let files = shelf.files();
    let chosen = files.keys().nth(dice.below(files.len().max(1))).cloned();
    let Some(name) = chosen else { return };
    match what {
        0 => shelf.change(|files| drop(files.remove(&name))),
        1 => shelf.change(|files| {
            let bytes = files[&name].clone();
            files.insert(format!("{name} (1)"), bytes.clone());
            // A copy under a name that looks like a file of that lane.
            files.insert(format!("{}9{}", &name[..35], &name[36..]), bytes);
        }),
        2 => shelf.change(|files| files.get_mut(&name).unwrap().truncate(dice.below(2048))),
        3 => shelf.change(|files| {
            let at = dice.below(files[&name].len().max(1));
            if let Some(byte) = files.get_mut(&name).unwrap().get_mut(at) {
                *byte ^= 0x20;
            }
        }),
        // Back to how it was, or what was deleted comes again.
        4 if !past.is_empty() => shelf.set(past[dice.below(past.len())].clone()),
        5 if !past.is_empty() => {
            let old = past[dice.below(past.len())].clone();
            shelf.change(|files| {
                let now = std::mem::replace(files, old);
                files.extend(now);
            });
        }
        6 => shelf.change(BTreeMap::clear),
        _ => past.push(files),
    }
}

fn history(seed: u64, has_tablet: bool) {
    let home = Home::new();
    let shelf = Shelf::new();
    let mut vaults = vec![home.phone.clone(), home.sam.clone()];
    if has_tablet {
        let tablet = home.device("Tablet", 3);
        meet_own(&tablet, &home.phone);
        meet(&tablet, &home.sam);
        vaults.push(tablet);
    }
    let (mut dice, mut model, mut past) = (Dice(Seeded::from_number(seed)), Model::default(), Vec::new());
    for step in 0..60 {
        let who = dice.below(vaults.len());
        match dice.below(10) {
            0..3 => {
                let title = format!("{step:02} by {who}");
                if dice.below(4) == 0 {
                    write(&vaults[who], &title, Sharing::Private);
                    model.for_one.entry(who).or_default().insert(title);
                } else {
                    write(&vaults[who], &title, if dice.below(2) == 0 { Sharing::Shared } else { Sharing::Joint });
                    model.for_both.insert(title);
                }
            }
            3 => meddle(&shelf, &mut dice, &mut past),
            4 => {
                let faults = [Fault::Before, Fault::After, Fault::Half, Fault::Full];
                shelf.fail_after(dice.below(6), faults[dice.below(4)]);
            }
            _ => {
                visit(&vaults[who], &shelf);
            }
        }
        for (who, vault) in vaults.iter().enumerate() {
            assert!(read(vault).is_subset(&model.of(who)), "seed {seed} step {step}");
        }
    }
    // Its owner lets it be, but for what they broke: that stays until its writer takes it away.
    for _ in 0..8 {
        for vault in &vaults {
            visit(vault, &shelf);
        }
    }
    for (who, vault) in vaults.iter().enumerate() {
        assert_eq!(read(vault), model.of(who), "seed {seed}, device {who}");
        let report = visit(vault, &shelf);
        assert!(!report.missing && report.trouble.is_none(), "seed {seed}: {report:?}");
        assert!(report.damaged > 0 || report.outcome == SyncOutcome::AllHandedOver, "seed {seed}: {report:?}");
    }
}

#[test]
fn two_phones_come_to_the_same_whatever_was_done_to_their_mailbox() {
    (1..=12).for_each(|seed| history(seed, false));
}

#[test]
fn three_devices_come_to_the_same_whatever_was_done_to_their_mailbox() {
    (101..=106).for_each(|seed| history(seed, true));
}
