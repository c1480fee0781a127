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

#[test]
fn a_write_stands_though_its_list_can_not_be_written() {
    let phone = Phone::alex();
    let vault = phone.open();
    vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    vault.set_private_key(Some(SECOND), go_on).unwrap();
    let limit = |pages| vault.with_store(|store| Ok(store.limit_private_pages(pages)?)).unwrap();
    // As if the disk had no room for the second file.
    limit(1);
    let mut titles = vec!["Lighthouse".to_owned()];
    while vault.listed().len() == titles.len() {
        assert!(titles.len() < 100, "there was room");
        titles.push(format!("Page {:02}", titles.len()));
        let key = vault.begin_entry(Space::Private, &titles[titles.len() - 1], &"We talked. ".repeat(1_000));
        assert_eq!(vault.title(&key).as_ref(), titles.last());
    }
    limit(10_000);
    vault.begin_entry(Space::Private, "Zennor", "There is room again.");
    titles.push("Zennor".into());
    assert_eq!(vault.listed(), titles);
    vault.lock_private().unwrap();
    vault.unlock_private(SECOND, go_on).unwrap();
    assert_eq!(vault.listed(), titles);
}

#[test]
fn a_second_file_that_is_damaged_while_it_is_open_is_made_again() {
    let phone = Phone::alex();
    let vault = phone.open();
    for number in 0..100 {
        vault.begin_entry(Space::Private, &format!("Entry {number}"), &"We walked and talked. ".repeat(40));
    }
    vault.set_private_key(Some(SECOND), go_on).unwrap();
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    let path = format!("{}.private", phone.path().display());
    let mut bytes = fs::read(&path).unwrap();
    (1..bytes.len() / 4096).for_each(|page| bytes[page * 4096 + 1000] ^= 1);
    fs::write(&path, &bytes).unwrap();
    let list = |vault: &crate::vault::Vault| {
        let sql = "SELECT title FROM row ORDER BY title";
        vault.read(|rows, _| Ok(rows.all(sql, [], |row| Ok(row.get::<_, String>(0)?))?.len()))
    };
    // One that has read it may go on from memory; the first that meets the damage mends it.
    vault.pause(std::time::Duration::from_secs(60)).unwrap();
    fs::write(&path, &bytes).unwrap();
    vault.resume().unwrap();
    if list(&vault).is_err() {
        assert_eq!(list(&vault), Ok(100));
    }
    assert_eq!(list(&vault), Ok(100));
}
