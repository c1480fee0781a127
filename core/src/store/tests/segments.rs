//! Entries in segments answer as if they were rows.

use std::ops::ControlFlow;

use nightstand_engine::change::Unusable;
use nightstand_engine::exchange::{Audience, Reach};
use nightstand_engine::ids::{DocumentKey, Space};
use nightstand_engine::log::EntryKind;
use nightstand_engine::store::{EntryRow, EntryState, Store, Transaction};
use proptest::prelude::*;

use super::super::segments::Pace;
use super::super::{StoreError, StoreTx, Writer};
use super::sync::send;
use super::{BOND, Journaling, Phone, hand_over, pair};
use crate::vault::Vault;

/// Two people and their phones, and what they wrote.
struct Couple {
    _phones: [Phone; 2],
    vaults: [Vault; 2],
    documents: Vec<DocumentKey>,
}

#[derive(Clone, Debug)]
enum Act {
    Begin { who: usize, space: Space },
    Edit { who: usize, document: usize, times: usize },
    Delete { who: usize, document: usize },
    Meet,
    Cut { who: usize, log: usize, back: u64 },
    SetAside { who: usize, log: usize, back: u64 },
    Lock { who: usize, key: Option<u8> },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let space = prop_oneof![1 => Just(Space::Private), 1 => Just(Space::Mine), 2 => Just(Space::Joint)];
    let act = prop_oneof![
        3 => (0..2usize, space).prop_map(|(who, space)| Act::Begin { who, space }),
        12 => (0..2usize, 0..9usize, 1..6usize).prop_map(|(who, document, times)| Act::Edit { who, document, times }),
        1 => (0..2usize, 0..9usize).prop_map(|(who, document)| Act::Delete { who, document }),
        4 => Just(Act::Meet),
        1 => (0..2usize, 0..6usize, 0..9u64).prop_map(|(who, log, back)| Act::Cut { who, log, back }),
        1 => (0..2usize, 0..6usize, 0..9u64).prop_map(|(who, log, back)| Act::SetAside { who, log, back }),
        1 => (0..2usize, proptest::option::of(1..3u8)).prop_map(|(who, key)| Act::Lock { who, key }),
    ];
    prop::collection::vec(act, 1..28)
}

impl Couple {
    fn new(pace: Pace) -> Self {
        let phones = [Phone::alex(), Phone::sam()];
        let vaults = phones.each_ref().map(Phone::open);
        for vault in &vaults {
            set_pace(vault, pace);
        }
        pair(&vaults[0], &vaults[1]);
        Self { _phones: phones, vaults, documents: Vec::new() }
    }

    /// What can't be done is not done; both couples answer alike, so both leave it.
    fn perform(&mut self, act: &Act) {
        match *act {
            Act::Begin { who, space } => {
                let title = format!("{}", self.documents.len());
                self.documents.push(self.vaults[who].begin_entry(space, &title, "We slept late."));
            }
            Act::Edit { who, document, times } => {
                let Some(key) = self.documents.get(document % self.documents.len().max(1)) else { return };
                for time in 0..times {
                    let _ = self.vaults[who].edit_title(key, &format!("{document} {time}"));
                }
            }
            Act::Delete { who, document } => {
                let Some(key) = self.documents.get(document % self.documents.len().max(1)) else { return };
                if self.vaults[who].title(key).is_some() && key.place.writable_by(&self.vaults[who].person()) {
                    self.vaults[who].delete(key);
                }
            }
            Act::Meet => {
                let [alex, sam] = &self.vaults;
                // After a cut the two may not agree; then nothing comes of it.
                for (from, to) in [(alex, sam), (sam, alex)] {
                    let _ = send(from, to, false).or_else(|_| send(from, to, true));
                }
            }
            Act::Cut { who, log, back } => self.vaults[who]
                .write(|tx| {
                    let logs = tx.logs(&Audience::OwnDevice(Reach::Everything))?;
                    let row = &logs[log % logs.len()];
                    let (log, count) = (row.opening.log(), row.count.saturating_sub(back));
                    let head = tx.hash_after(&log, count)?.unwrap_or_else(|| row.opening.hash());
                    Ok(tx.cut_log(&log, count, &head)?)
                })
                .unwrap(),
            Act::SetAside { who, log, back } => self.vaults[who]
                .write(|tx| {
                    let logs = tx.logs(&Audience::OwnDevice(Reach::Everything))?;
                    let row = &logs[log % logs.len()];
                    let (log, number) = (row.opening.log(), row.count.saturating_sub(back));
                    match tx.entry(&log, number)? {
                        Some(EntryRow { state: EntryState::Applied, kind: EntryKind::Change, .. }) => {
                            Ok(tx.set_aside(&log, number, Unusable::Removed, b"what it was")?)
                        }
                        _ => Ok(()),
                    }
                })
                .unwrap(),
            Act::Lock { who, key } => {
                let key = key.map(|key| [key + 100; 32]);
                self.vaults[who].set_private_key(key, |_| ControlFlow::Continue(())).unwrap();
            }
        }
    }
}

fn set_pace(vault: &Vault, pace: Pace) {
    let set = |store: &mut Writer| {
        store.set_pace(pace);
        Ok(())
    };
    vault.with_store(set).unwrap();
}

/// Everything that can be asked of the entries of a vault.
fn answers(vault: &Vault, documents: &[DocumentKey]) -> Vec<String> {
    let ask = |tx: &StoreTx<'_>| -> Result<Vec<String>, StoreError> {
        let mut all = Vec::new();
        let full = |row: &EntryRow| {
            // What is kept for the next sync may go at any time.
            let payload = row.payload.as_ref().filter(|_| row.state != EntryState::Applied).map(Vec::len);
            format!("{row:?} {:?} {} {} {:?} {payload:?}", row.document, row.sequence, row.last_op, row.hash)
        };
        for audience in [Audience::Partner(BOND), Audience::OwnDevice(Reach::Everything)] {
            // What an arrival is called may differ where a log was cut; their order does not.
            let everything = tx.arrivals(&audience, 0, 1_000)?;
            for (from, most) in [(0, 1_000), (1, 5), (4, 2), (9, 7), (20, 3)] {
                let after = everything.get(from).map_or(0, |(arrival, _)| *arrival);
                all.extend(tx.arrivals(&audience, after, most)?.iter().map(|(_, row)| full(row)));
            }
            for (arrival, row) in &everything {
                assert_eq!(tx.arrival(&row.log, row.number)?, Some(*arrival));
            }
        }
        for row in tx.logs(&Audience::OwnDevice(Reach::Everything))? {
            let log = row.opening.log();
            // Backwards, so that no running hash is at hand.
            for number in (0..row.count + 2).rev() {
                let entry = tx.entry(&log, number)?;
                all.push(format!("{log:?} {number} {:?}", entry.as_ref().map(full)));
                all.push(format!("{:?} {:?}", tx.hash_after(&log, number)?, tx.reference(&log, number)?));
                for key in documents {
                    all.push(format!("{}", tx.sequence_before(&log, key, number)?));
                    if let Some(entry) = &entry {
                        all.push(format!("{:?}", tx.find_entry(key, &entry.digest)?));
                    }
                }
            }
        }
        for key in documents {
            all.push(format!("{:?} {:?}", tx.first_entry(key)?, tx.tombstones(key)?.len()));
        }
        Ok(all)
    };
    vault.with_store(|store| Ok(ask(&store.begin()?)?)).unwrap()
}

fn in_segments(vault: &Vault) -> i64 {
    let sql = "SELECT coalesce(sum(count), 0) FROM segment";
    vault.read(|rows, _| Ok(rows.one(sql, [], |row| Ok(row.get(0)?))?.unwrap())).unwrap()
}

const NEVER: Pace = Pace { keep: 1 << 40, least: 1 };

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn they_answer_as_rows_do(acts in acts(), keep in 0..4u64) {
        let (mut rows, mut segments) = (Couple::new(NEVER), Couple::new(Pace { keep, least: 1 }));
        for act in &acts {
            rows.perform(act);
            segments.perform(act);
        }
        for (there, here) in rows.vaults.iter().zip(&segments.vaults) {
            prop_assert_eq!(answers(there, &rows.documents), answers(here, &segments.documents));
            prop_assert_eq!(there.listed(), here.listed());
        }
    }
}

/// A phone that is new gets everything out of documents and segments, and what it has of old entries is what the others have.
#[test]
fn a_new_phone_is_told_what_arrived_long_ago() {
    let mut couple = Couple::new(Pace { keep: 0, least: 1 });
    let [alex, sam] = &couple.vaults;
    for number in 0..4 {
        couple.documents.push(alex.begin_entry(Space::Joint, &number.to_string(), "We slept late."));
    }
    hand_over(alex, sam);
    for round in 0..90 {
        let vault = [alex, sam][round % 2];
        vault.edit_title(&couple.documents[round * 7 % 4], &format!("round {round}")).unwrap();
        if round % 10 == 9 {
            hand_over(alex, sam);
            hand_over(sam, alex);
        }
    }
    assert!(in_segments(alex) > 80 && in_segments(sam) > 80, "{} {}", in_segments(alex), in_segments(sam));
    alex.delete(&couple.documents[0]);
    hand_over(alex, sam);

    let (phone, titles) =
        (Phone::sam(), |vault: &Vault| couple.documents.iter().map(|key| vault.title(key)).collect::<Vec<_>>());
    let new = phone.open();
    set_pace(&new, Pace { keep: 0, least: 1 });
    pair(alex, &new);
    hand_over(alex, &new);
    assert_eq!(titles(&new), titles(alex));
    assert_eq!(in_segments(&new), in_segments(alex));
    assert_eq!(titles(&new)[0], None);
}

/// While Private is locked, nothing of it has to be opened to say what its logs hold.
#[test]
fn a_locked_private_still_knows_its_entries() {
    let phone = Phone::alex();
    let vault = phone.open();
    set_pace(&vault, Pace { keep: 0, least: 1 });
    let before = vault.begin_entry(Space::Private, "0", "");
    let edit = |key: &DocumentKey| (1..9).for_each(|number| vault.edit_title(key, &number.to_string()).unwrap());
    edit(&before);
    let go_on = &mut |_| ControlFlow::Continue(());
    vault.with_store(|store| Ok(store.set_private_key(Some(&[7; 32]), go_on)?)).unwrap();
    edit(&before);
    let after = vault.begin_entry(Space::Private, "0", "");
    edit(&after);
    let documents = [before, after];
    let (open, old) = (answers(&vault, &documents), in_segments(&vault));
    assert!(old > 20, "{old}");
    vault.lock_private().unwrap();
    assert_eq!(answers(&vault, &documents), open);
    vault.unlock_private([7; 32], |_| ControlFlow::Continue(())).unwrap();
    vault.with_store(|store| Ok(store.set_private_key(None, go_on)?)).unwrap();
    edit(&before);
    assert_eq!(in_segments(&vault), old + 8);
}
