//! What the vault's key alone shows of Private under a second key: no word.

use std::fs;
use std::ops::ControlFlow;

use nightstand_engine::ids::{DocumentKey, Space};

use super::burial::{canary, holds, plain_pages};
use super::{Journaling, Phone, pair};
use crate::care::{ItemDraft, Line};
use crate::error::NightstandError;
use crate::progress::ProgressReport;

const SECOND: [u8; 32] = [42; 32];

fn go_on(_: ProgressReport) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn no_private_word_is_left_under_the_vaults_key() {
    let (phone, sam) = (Phone::alex(), Phone::sam());
    let vault = phone.open();
    pair(&vault, &sam.open());
    let entries: Vec<DocumentKey> = (0..90)
        .map(|number| {
            let space = if number % 3 == 0 { Space::Mine } else { Space::Private };
            let body = format!("{} walked to the harbour. ", canary(number, 1)).repeat(1 + number * 7 % 60);
            vault.begin_entry(space, &canary(number, 0), &body)
        })
        .collect();
    let wish = vault.preferences().add(Line::Wish, &canary(100, 0)).unwrap();
    let again = ItemDraft { note: Some(canary(100, 1)), ..ItemDraft::default() };
    vault.preferences().set(&wish.item, &again, &wish.version).unwrap();
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    assert!(holds(&plain_pages(&phone), &canary(1, 1)), "the test looks in the right place");

    vault.set_private_key(Some(SECOND), go_on).unwrap();
    // What is written from here on never stands there in the clear.
    vault.edit_title(&entries[1], &canary(1, 2)).unwrap();
    let later = vault.begin_entry(Space::Private, &canary(101, 0), &canary(101, 1));
    assert_eq!((vault.title(&later), vault.found(&canary(3, 1))), (Some(canary(101, 0)), 1));
    vault.lock_private().unwrap();
    assert_eq!(vault.edit_title(&later, "No"), Err(NightstandError::PrivateLocked));
    vault.close().unwrap();

    let (first, second) = (plain_pages(&phone), fs::read(format!("{}.private", phone.path().display())).unwrap());
    for number in (0..90).chain([100, 101]) {
        for version in 0..3 {
            let word = canary(number, version);
            let shared = number < 90 && number % 3 == 0 && version < 2;
            assert_eq!(holds(&first, &word), shared, "{number} {version}");
            assert!(!holds(&second, &word), "{number} {version}");
        }
    }

    // Lists that an earlier version of the code made are made again without it.
    phone.writing_tool().execute_batch("UPDATE meta SET value = 0 WHERE name = 'derived_version'").unwrap();
    let vault = phone.open();
    assert_eq!(vault.listed().len(), 30);
    vault.unlock_private(SECOND, go_on).unwrap();
    assert_eq!(vault.listed().len(), 91);
    assert_eq!(vault.title(&entries[1]), Some(canary(1, 2)));
}
