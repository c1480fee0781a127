//! What a deletion leaves in the file: nothing.

use std::fs;
use std::path::Path;

use aes::Block;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use nightstand_engine::exchange::Audience;
use nightstand_engine::ids::{DocumentKey, Space};

use super::sync::hand_over;
use super::{Journaling, Phone, paired, parties};
use crate::recovery::phrase::{PhraseCheck, PhraseState};
use crate::store::StoreError;

pub(super) fn plain_pages(phone: &Phone) -> Vec<u8> {
    plain_pages_of(phone.path(), &phone.key())
}

/// Every page of a vault's main file, decrypted: 4096 bytes, of which the last 48 are initial vector and tag, and on the first
/// page 32 are plain header.
pub(crate) fn plain_pages_of(path: impl AsRef<Path>, key: &[u8; 32]) -> Vec<u8> {
    let file = fs::read(path).unwrap();
    let mut plain = Vec::with_capacity(file.len());
    for (number, page) in file.chunks(4096).enumerate() {
        let start = if number == 0 { 32 } else { 0 };
        let iv: &[u8; 16] = page[4048..4064].try_into().unwrap();
        let mut bytes = page[start..4048].to_vec();
        let mut cipher = cbc::Decryptor::<aes::Aes256>::new(key.into(), iv.into());
        cipher.decrypt_blocks(Block::slice_as_chunks_mut(&mut bytes).0);
        plain.extend(bytes);
    }
    plain
}

pub(crate) fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle.as_bytes())
}

fn wal_bytes(phone: &Phone) -> u64 {
    fs::metadata(format!("{}-wal", phone.path().display())).map_or(0, |metadata| metadata.len())
}

/// A word that nothing else in the file resembles.
pub(crate) fn canary(number: usize, version: usize) -> String {
    let scattered = (number as u64 * 16 + version as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("q{scattered:016x}")
}

#[test]
fn deleted_words_are_gone_from_every_page() {
    let phone = Phone::alex();
    let vault = phone.open();
    // Long and short ones among each other, so that pages split, fill and empty; some written over before they go.
    let entries: Vec<DocumentKey> = (0..120)
        .map(|number| {
            let body = format!("{} walked to the harbour. ", canary(number, 1)).repeat(1 + number * 7 % 60);
            let key = vault.begin_entry(Space::Private, &canary(number, 0), &body);
            if number % 3 == 0 {
                vault.edit_title(&key, &canary(number, 2)).unwrap();
            }
            key
        })
        .collect();
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    let before = plain_pages(&phone);
    for number in 0..120 {
        assert!(holds(&before, &canary(number, 1)), "the test looks in the right place");
    }

    for number in (0..120).filter(|number| number % 4 != 1) {
        vault.delete(&entries[number]);
    }

    assert!(wal_bytes(&phone) < 100_000, "what a purge leaves in the log is its own mark");
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    let after = plain_pages(&phone);
    for number in (0..120).filter(|number| number % 4 != 1) {
        for version in 0..3 {
            assert!(!holds(&after, &canary(number, version)), "{number} {version}");
        }
    }
}

#[test]
fn a_purge_that_a_kill_cut_off_is_made_up_for() {
    let phone = Phone::alex();
    let vault = phone.open();
    let word = canary(1, 1);
    let key = vault.begin_entry(Space::Private, &word, "soup");
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    // A burial that is committed and not purged, as a kill leaves it.
    let copy = vault
        .with_store(|store| {
            use nightstand_engine::store::{Store, Transaction};
            let mut tx = store.begin()?;
            let log = tx.open_writing_log(&key.place)?;
            nightstand_engine::author::bury(&mut tx, &log, &key)?;
            tx.commit()?;
            Ok(phone.killed_copy())
        })
        .unwrap();
    drop(vault);
    fs::remove_file(phone.path()).unwrap();
    fs::rename(&copy, phone.path()).unwrap();
    fs::rename(format!("{}-wal", copy.display()), format!("{}-wal", phone.path().display())).unwrap();
    assert!(holds(&plain_pages(&phone), &word), "it is still in the main file");
    phone.open().close().unwrap();
    assert!(!holds(&plain_pages(&phone), &word));
}

#[test]
fn payloads_go_and_tombstones_stay() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Soup", "for two");
    vault.delete(&key);
    let sql = "SELECT kind, state, payload IS NULL FROM entry ORDER BY arrival";
    let entries =
        vault.read(|rows, _| Ok(rows.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)).unwrap();
    assert_eq!(entries, [(0, 2, true), (0, 2, true), (1, 0, false)]);
    assert_eq!(vault.edit_title(&key, "Soup again").unwrap_err().code(), "deleted");
}

#[test]
fn own_words_in_a_joint_entry_outlive_the_partners_tombstone() {
    let (_phones, alex, sam) = paired();
    let theirs = sam.begin_entry(Space::Joint, "Sam wrote this", "");
    let ours = alex.begin_entry(Space::Joint, "Alex wrote this", "");
    super::sync::hand_over(&alex, &sam);
    super::sync::hand_over(&sam, &alex);
    assert_eq!(parties(&alex).channel(), parties(&sam).channel());
    for key in [theirs, ours] {
        sam.delete(&key);
    }
    super::sync::hand_over(&sam, &alex);
    let kept = alex.listed();
    assert_eq!(kept, ["Alex wrote this"], "one's own words, in Private");
    let places = "SELECT DISTINCT place.space FROM row JOIN place ON place.id = row.place";
    let spaces: Vec<i64> = alex.read(|rows, _| Ok(rows.all(places, [], |row| Ok(row.get(0)?))?)).unwrap();
    assert_eq!(spaces, [0]);
}

#[test]
fn a_place_can_be_purged_without_a_tombstone() {
    let phone = Phone::alex();
    let vault = phone.open();
    let word = canary(5, 5);
    let private = vault.begin_entry(Space::Private, "Mine alone", "soup");
    let joint = vault.begin_entry(Space::Joint, &word, "soup");
    vault.write(|tx| Ok(tx.purge_place(&joint.place)?)).unwrap();
    assert_eq!(vault.listed(), ["Mine alone"]);
    assert_eq!((vault.title(&joint), vault.title(&private).as_deref()), (None, Some("Mine alone")));
    assert_eq!(vault.read(|rows, _| Ok(rows.logs(&Audience::Partner(super::BOND))?)).unwrap(), []);
    vault.close().unwrap();
    assert!(!holds(&plain_pages(&phone), &word));
    assert_eq!(phone.open().write(|tx| Ok(tx.purge_place(&joint.place)?)), Ok(()), "twice is harmless");
}

#[test]
fn a_deleted_document_is_not_written_again() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Soup", "");
    vault.delete(&key);
    let result = vault.write(|tx| {
        use nightstand_engine::store::Transaction;
        let kind = nightstand_engine::kinds::Kind::JournalEntry;
        Ok(tx.put_document(&key, kind, &kind.new_document(), &kind.new_document().save())?)
    });
    assert_eq!(result, Err(StoreError::Misuse("a deleted document can't be written").into()));
}

#[test]
fn a_phrase_that_is_written_down_is_gone_from_every_page_and_from_the_log() {
    let phone = Phone::alex();
    let vault = phone.open();
    let entropy = vault.read(|rows, _| Ok(*rows.phrase()?.unwrap().entropy())).unwrap();
    let kept = |pages: &[u8]| pages.windows(32).any(|part| part == entropy);
    vault.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    assert!(kept(&plain_pages(&phone)), "the test looks in the right place");
    // Pages are written over and over, so that the log has older forms of them.
    for number in 0..20 {
        vault.begin_entry(Space::Private, &canary(number, 0), "soup");
    }
    let words = vault.recovery_phrase().show().unwrap();
    assert_eq!(vault.recovery_phrase().confirm(words.as_text()).unwrap(), PhraseCheck::Fits);
    assert!(!kept(&plain_pages(&phone)), "from then on, without any other call");
    assert!(wal_bytes(&phone) < 100_000, "what the purge leaves in the log is its own mark");
    vault.close().unwrap();
    assert!(!kept(&plain_pages(&phone)));
    assert_eq!(phone.open().recovery_phrase().state(), Ok(PhraseState::WrittenDown));
}

/// What the partner shared, what both wrote, and what one let go of: gone from every page when the call returns.
#[test]
fn what_goes_at_a_parting_is_gone_from_every_page() {
    use crate::pairing::{PartingChoice, Stays};
    let (phones, alex, sam) = paired();
    let word = canary;
    sam.begin_entry(Space::Mine, &word(1, 1), &word(1, 2));
    sam.begin_entry(Space::Joint, &word(2, 1), &word(2, 2));
    alex.begin_entry(Space::Mine, &word(3, 1), &word(3, 2));
    let own = alex.begin_entry(Space::Private, &word(4, 1), &word(4, 2));
    hand_over(&sam, &alex);
    let everywhere = || {
        alex.with_store(|store| Ok(store.checkpoint()?)).unwrap();
        plain_pages(&phones[0])
    };
    let (theirs, before) = ([word(1, 1), word(1, 2), word(2, 1), word(2, 2), word(3, 1), word(3, 2)], everywhere());
    assert!(theirs.iter().all(|word| holds(&before, word)), "the test looks in the right place");
    alex.pairing().part(&PartingChoice { mine: Stays::LetGo, together: Stays::LetGo }).unwrap();
    assert!(wal_bytes(&phones[0]) < 100_000);
    let after = everywhere();
    assert!(theirs.iter().all(|word| !holds(&after, word)));
    assert_eq!(alex.title(&own).as_deref(), Some(word(4, 1).as_str()));
    let logs = |vault: &crate::vault::Vault| {
        vault.read(|rows, _| Ok(rows.logs(&Audience::Partner(super::BOND))?.len())).unwrap()
    };
    assert_eq!((logs(&alex), logs(&sam) > 0), (0, true));
}
