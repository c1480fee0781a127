//! Alex's phone is backed up and lost. Sam's is where it was.

mod faults;
mod secrets;
mod stock;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{BackupExtent, BackupKey, BackupSummary, RestoreSummary, envelope};
use crate::devices::tests::{Home, meet, meet_own, open, this, titles, try_to_meet, write};
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::journal::{RowsQuery, Sharing};
use crate::vault::Vault;

const PASSPHRASE: BackupKey<'_> = BackupKey::Passphrase("four quiet yellow boats");

impl Home {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn phrase(&self) -> BackupKey<'_> {
        BackupKey::Phrase(&self.words)
    }

    /// Alex's phone, with something in every space, an edit, and something deleted.
    fn with_a_life() -> Self {
        let home = Self::new();
        let kept = write(&home.phone, "Mine alone", Sharing::Private);
        let read = home.phone.journal().read(&kept).unwrap();
        let mut draft = read.entry.clone();
        draft.title = "Mine alone, again".into();
        home.phone.journal().edit(&kept, &draft, &read.version).unwrap();
        write(&home.phone, "For both to read", Sharing::Shared);
        write(&home.phone, "Of us both", Sharing::Joint);
        write(&home.sam, "From Sam", Sharing::Shared);
        let gone = write(&home.phone, "Better not", Sharing::Shared);
        meet(&home.phone, &home.sam);
        home.phone.journal().delete(&gone).unwrap();
        meet(&home.phone, &home.sam);
        home
    }

    /// The phone backed up, and a new one with what came of that.
    fn restored(&self, name: &str, number: u8) -> Vault {
        let (file, new) = (self.file("backup.age"), open(&self.folder, &self.clock, name, number));
        if !file.exists() {
            backup(&self.phone, &file, &self.phrase()).unwrap();
        }
        restore(&new, &file, &self.phrase()).unwrap();
        new
    }

    /// Lists a restored phone, as often as it is asked for, until it has met Sam's.
    fn list_until_met(&self, new: &Vault) -> u32 {
        for times in 1..4 {
            new.devices().list_this(&self.words, "New phone").unwrap();
            match try_to_meet(new.sync().begin_again().unwrap(), &self.sam) {
                Ok(_) => return times,
                Err(error) => assert_eq!(error, NightstandError::Refused(Refused::Device)),
            }
        }
        panic!("Sam's phone does not take it");
    }
}

const EVERYTHING: [&str; 4] = ["For both to read", "From Sam", "Mine alone, again", "Of us both"];

fn backup(vault: &Vault, path: &Path, key: &BackupKey<'_>) -> Result<BackupSummary, NightstandError> {
    vault.backup().write(path, key, BackupExtent::Everything, &mut |_| true)
}

fn restore(vault: &Vault, path: &Path, key: &BackupKey<'_>) -> Result<RestoreSummary, NightstandError> {
    vault.backup().restore(path, key, &mut |_| true)
}

/// What stands in every document, and what entries are here, in words that two phones can be compared by.
fn all_of(vault: &Vault) -> Vec<String> {
    let sql = "SELECT hex(document.document) || ' ' || iif(document.buried, 0, document.kind) || ' ' || document.buried || ' ' ||
                   coalesce(hex(document.stored), '') FROM document
               UNION ALL
               SELECT hex(log.log) || ' ' || entry.number || ' ' || hex(entry.hash) || ' ' || entry.state
               FROM entry JOIN log ON log.id = entry.log
               UNION ALL SELECT row.title || ' ' || row.preview FROM row
               UNION ALL SELECT hex(source) FROM imported ORDER BY 1";
    vault.read(|rows, _| Ok(rows.all(sql, [], |row| Ok(row.get::<_, String>(0)?))?)).unwrap()
}

#[test]
fn everything_comes_back_with_its_history_and_the_phrase_lists_the_phone() {
    let home = Home::with_a_life();
    home.phone.write(|tx| Ok(tx.note_imported(&[7; 16])?)).unwrap();
    let (file, new) = (home.file("backup.age"), open(&home.folder, &home.clock, "new", 9));
    let made = backup(&home.phone, &file, &PASSPHRASE).unwrap();
    assert!(made.with_private && made.is_whole && made.entries > 6, "{made:?}");
    let came = restore(&new, &file, &PASSPHRASE).unwrap();
    assert_eq!(came, RestoreSummary { entries: made.entries, with_private: true, made_ms: 1_800_000_000_000 });

    assert_eq!(titles(&new), EVERYTHING);
    assert_eq!(all_of(&new), all_of(&home.phone));
    assert_eq!(new.person(), home.phone.person());
    let partner = new.pairing().partner().unwrap().unwrap();
    assert_eq!((partner.name.as_str(), partner.confirmed_by_both), ("Sam", true));
    let found = new.journal().search("again", &RowsQuery::default(), 0).unwrap();
    let id = found.hits[0].row.id;
    assert_eq!(new.journal().history(&id).unwrap().len(), home.phone.journal().history(&id).unwrap().len());

    // It is nobody's device yet: it writes for itself, and links and pairs nothing.
    let view = new.devices().view().unwrap();
    assert_eq!((view.this_is_unlisted, view.this_is_removed, view.others.len()), (true, false, 1));
    let not_listed = Some(NightstandError::Refused(Refused::NotListed));
    assert_eq!(new.devices().invite(&home.words, "New phone").err(), not_listed);
    assert_eq!(new.devices().remove(&home.words, &this(&home.phone)).err(), not_listed);
    assert_eq!(new.pairing().invite("Alex").err(), Some(NightstandError::AlreadyPaired));
    write(&new, "While the phrase was in the drawer", Sharing::Shared);
    assert!(try_to_meet(new.sync().begin().unwrap(), &home.sam).is_err());

    assert_eq!(new.devices().list_this("no words", "New phone"), Err(InvalidInput::Phrase.into()));
    assert_eq!(home.list_until_met(&new), 1);
    assert!(!new.devices().view().unwrap().this_is_unlisted);
    assert!(titles(&home.sam).contains(&"While the phrase was in the drawer".to_owned()));
    // The phone that was lost is removed, and nothing that is here was set aside by that.
    assert_eq!(new.devices().remove(&home.words, &this(&home.phone)).unwrap().devices_left, 1);
    meet(&new, &home.sam);
    assert!(new.devices().set_aside().unwrap().is_empty());
    assert_eq!(titles(&new).len(), 5);
    // If it is found again, it hears that it is out.
    assert!(try_to_meet(home.phone.sync().begin_again().unwrap(), &home.sam).is_err());
    assert!(home.phone.devices().view().unwrap().this_is_removed);
    assert_eq!(home.phone.devices().list_this(&home.words, "Found"), Err(NightstandError::Refused(Refused::Removed)));
}

/// A backup from before a removal: what is signed from it, as often as one likes, lets nobody back in.
#[test]
fn a_phone_restored_from_before_a_removal_lets_nobody_back_in() {
    let home = Home::with_a_life();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    meet(&home.phone, &home.sam);
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    meet(&home.phone, &home.sam);

    // Signed twice before it meets anybody, its list is the later one, and has the tablet in it.
    let new = home.restored("new", 9);
    new.devices().list_this(&home.words, "New phone").unwrap();
    new.devices().remove(&home.words, &this(&home.phone)).unwrap();
    assert!(new.devices().view().unwrap().others.iter().any(|other| other.device == this(&tablet)));
    meet(&new, &home.sam);
    assert!(try_to_meet(tablet.sync().begin_again().unwrap(), &home.sam).is_err());

    // With the next sync the new phone knows it, too, and its person is asked to sign once more.
    meet(&new, &home.sam);
    let view = new.devices().view().unwrap();
    assert!(view.others.iter().all(|other| other.device != this(&tablet)) && view.needs_settling);
}

#[test]
fn one_backup_on_two_phones_forks_nothing() {
    let home = Home::with_a_life();
    let (one, two) = (home.restored("one", 8), home.restored("two", 9));
    write(&one, "From the one", Sharing::Shared);
    write(&two, "From the two", Sharing::Shared);
    home.list_until_met(&one);
    home.list_until_met(&two);
    home.list_until_met(&one);
    home.list_until_met(&two);
    for vault in [&one, &two, &home.phone] {
        let report = meet(vault, &home.sam);
        assert_eq!((report.forks, report.repaired), (0, 0));
    }
    for vault in [&one, &two, &home.phone] {
        meet(vault, &home.sam);
        let here = titles(vault);
        assert!(here.contains(&"From the one".to_owned()) && here.contains(&"From the two".to_owned()), "{here:?}");
    }
}

#[test]
fn a_backup_from_before_the_list_changed_learns_the_newer_one_from_the_partners_phone() {
    let home = Home::with_a_life();
    let new = home.restored("new", 9);
    // Two devices later, of which Sam's phone has heard:
    let (tablet, watch) = (home.device("Tablet", 3), home.device("Watch", 4));
    meet_own(&watch, &home.phone);
    meet_own(&tablet, &home.phone);
    write(&tablet, "From the tablet", Sharing::Shared);
    meet(&home.phone, &home.sam);
    meet(&tablet, &home.sam);
    assert_eq!(home.list_until_met(&new), 2, "the first time it had the older list before its eyes");
    assert!(titles(&new).contains(&"From the tablet".to_owned()));
    assert_eq!(new.devices().list().unwrap().len(), 3);
    // The tablet has not met it, and does once it heard of it.
    meet(&tablet, &home.sam);
    assert!(tablet.devices().list().unwrap().iter().any(|device| device.device == this(&new) && device.is_new));
    assert_eq!(titles(&tablet).iter().filter(|title| title.starts_with("Mine")).count(), 0);
}

#[test]
fn what_a_removed_device_wrote_stands_as_it_stood() {
    let home = Home::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    home.hours_pass(80);
    write(&tablet, "Privately, on the tablet", Sharing::Private);
    write(&tablet, "On the tablet", Sharing::Shared);
    meet_own(&tablet, &home.phone);
    meet(&home.phone, &home.sam);
    write(&tablet, "Too late", Sharing::Shared);
    meet(&tablet, &home.sam);
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    meet(&home.phone, &home.sam);
    let asides = |vault: &Vault| -> Vec<String> {
        vault.devices().set_aside().unwrap().into_iter().map(|aside| aside.title).collect()
    };
    assert_eq!(asides(&home.phone), ["Too late"]);
    let new = home.restored("new", 9);
    assert_eq!(titles(&new), ["On the tablet", "Privately, on the tablet"]);
    assert_eq!(asides(&new), ["Too late"]);
    assert_eq!(all_of(&new), all_of(&home.phone));
    // And again from there, before the phrase was asked for: nothing here can read what only listed devices read.
    let again = open(&home.folder, &home.clock, "again", 10);
    backup(&new, &home.file("again.age"), &PASSPHRASE).unwrap();
    restore(&again, &home.file("again.age"), &PASSPHRASE).unwrap();
    assert_eq!(all_of(&again), all_of(&home.phone));
}

#[test]
fn private_is_in_it_while_it_is_unlocked_or_left_out_and_said() {
    let home = Home::with_a_life();
    let key = [7; 32];
    home.phone.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    home.phone.lock_private().unwrap();
    let file = home.file("backup.age");
    assert_eq!(backup(&home.phone, &file, &home.phrase()), Err(NightstandError::PrivateLocked));
    assert!(!file.exists());
    let without = home.phone.backup().write(&file, &home.phrase(), BackupExtent::WithoutPrivate, &mut |_| true);
    assert!(!without.unwrap().with_private);
    let new = open(&home.folder, &home.clock, "without", 8);
    assert!(!restore(&new, &file, &home.phrase()).unwrap().with_private);
    assert_eq!(titles(&new), ["For both to read", "From Sam", "Of us both"]);

    home.phone.unlock_private(key, |_| ControlFlow::Continue(())).unwrap();
    assert!(backup(&home.phone, &home.file("all.age"), &home.phrase()).unwrap().with_private);
    let new = open(&home.folder, &home.clock, "all", 9);
    restore(&new, &home.file("all.age"), &home.phrase()).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
    new.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
}

#[test]
fn a_vault_with_something_in_it_is_not_written_over() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let not_empty = Err(NightstandError::Refused(Refused::NotEmpty));
    assert_eq!(restore(&home.phone, &file, &home.phrase()), not_empty);
    assert_eq!(restore(&home.sam, &file, &home.phrase()), not_empty);
    let used = open(&home.folder, &home.clock, "used", 8);
    write(&used, "Something", Sharing::Private);
    assert_eq!(restore(&used, &file, &home.phrase()), not_empty);
    assert_eq!(titles(&used), ["Something"]);
    let locked = open(&home.folder, &home.clock, "locked", 9);
    locked.set_private_key(Some([7; 32]), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(restore(&locked, &file, &home.phrase()), not_empty);
    assert_eq!(backup(&home.phone, &file, &home.phrase()), Err(InvalidInput::FileExists.into()));
}
