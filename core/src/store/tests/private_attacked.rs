//! Private from within the store, against somebody who set out to break it: each was a gap once.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use nightstand_engine::ids::Space;

use super::burial::{canary, holds, plain_pages};
use super::sync::hand_over;
use super::{Journaling, Phone, paired};
use crate::care::{Item, ItemDraft, Side, Stance, Whose};
use crate::error::NightstandError;
use crate::progress::ProgressReport;
use crate::vault::Vault;

const SECOND: [u8; 32] = [42; 32];

fn go_on(_: ProgressReport) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn say(vault: &Vault, stance: Stance) {
    let (item, preferences) = ("stance/holding-hands/together".parse::<Item>().unwrap(), vault.preferences());
    let seen = preferences.read(&item).unwrap().version;
    preferences.set(&item, &ItemDraft { stance: Some(stance), ..ItemDraft::default() }, &seen).unwrap();
}

fn effective(vault: &Vault) -> Result<Option<Stance>, NightstandError> {
    vault.preferences().effective(Whose::Me, "holding-hands", Side::Together, &BTreeSet::new())
}

/// The write stands, so the boundary holds: also while its list can't be written.
#[test]
fn a_boundary_holds_though_its_list_can_not_be_written() {
    let phone = Phone::alex();
    let vault = phone.open();
    say(&vault, Stance::Love);
    vault.set_private_key(Some(SECOND), go_on).unwrap();
    vault.with_store(|store| Ok(store.limit_private_pages(1)?)).unwrap();
    // Until the second file has no page free.
    let mut listed = vault.listed().len();
    loop {
        vault.begin_entry(Space::Private, "Page", &"We talked. ".repeat(1_000));
        if std::mem::replace(&mut listed, vault.listed().len()) == listed {
            break;
        }
        assert!(listed < 100, "there was room");
    }
    say(&vault, Stance::Never);
    assert_ne!(effective(&vault), Ok(Some(Stance::Love)), "the boundary was set and is not seen");
}

/// Without a second key a document that does not load is not listed, and the others are read.
#[test]
fn one_spoilt_document_does_not_keep_private_locked() {
    let phone = Phone::alex();
    let vault = phone.open();
    let whole = vault.begin_entry(Space::Private, "Whole", "tea");
    vault.begin_entry(Space::Private, "Spoilt", "tea");
    vault.set_private_key(Some(SECOND), go_on).unwrap();
    vault.close().unwrap();
    let spoil = "UPDATE document SET stored = zeroblob(length(stored)) WHERE id = (SELECT max(id) FROM document)";
    phone.writing_tool().execute_batch(spoil).unwrap();
    // As after an update of the app: the lists are made again.
    std::fs::remove_file(format!("{}.private", phone.path().display())).unwrap();
    let vault = phone.open();
    assert_eq!(vault.unlock_private(SECOND, go_on), Ok(()));
    assert_eq!(vault.title(&whole).as_deref(), Some("Whole"));
}

/// What a person deletes is gone from the file, also while Private is locked: nobody else meant to keep it.
#[test]
fn a_joint_entry_that_i_delete_while_private_is_locked_leaves_no_word() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let word = canary(1, 1);
    let ours = alex.begin_entry(Space::Joint, &canary(1, 0), &format!("{word} walked to the harbour"));
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    alex.lock_private().unwrap();
    alex.delete(&ours);
    alex.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    let unkept = alex.read(|rows, _| Ok(rows.one("SELECT count(*) FROM unkept", [], |row| Ok(row.get::<_, i64>(0)?))?));
    assert_eq!(unkept, Ok(Some(0)), "the whole document waits, though nothing of it is to be kept");
    assert!(!holds(&plain_pages(&alex_phone), &word));
}

/// What the partner wrote and deleted is gone, whatever waits of one's own.
#[test]
fn the_partners_words_do_not_wait_for_private_to_be_unlocked() {
    let (_phones, alex, sam) = paired();
    let word = canary(2, 2);
    let ours = alex.begin_entry(Space::Joint, "Ours", "Alex wrote this");
    hand_over(&alex, &sam);
    sam.edit_title(&ours, &word).unwrap();
    hand_over(&sam, &alex);
    assert_eq!(alex.title(&ours), Some(word.clone()));
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    alex.lock_private().unwrap();
    sam.delete(&ours);
    hand_over(&sam, &alex);
    let stored = "SELECT stored FROM unkept";
    let waiting = alex.read(|rows, _| Ok(rows.one(stored, [], |row| Ok(row.get::<_, Vec<u8>>(0)?))?)).unwrap().unwrap();
    let waiting = nightstand_engine::document::Document::load(&waiting).unwrap().into_automerge();
    assert!(!format!("{:?}", crate::docs::entry::read(&waiting).title).contains(&word), "Sam deleted it");
}
