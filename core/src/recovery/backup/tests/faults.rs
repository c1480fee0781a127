//! Files that are damaged, cut, or made to do harm.

use std::fs;
use std::io::{Read, Write};

use age::secrecy::SecretString;
use age::{Encryptor, scrypt};
use nightstand_engine::batch;

use super::super::tar::{TarReader, TarWriter};
use super::*;

/// The files in a backup.
fn opened(path: &Path, key: &BackupKey<'_>) -> Vec<(String, Vec<u8>)> {
    let identity = envelope::identity(key).unwrap();
    let mut archive = TarReader::new(envelope::open(path, &*identity).unwrap());
    let mut files = Vec::new();
    while let Some(member) = archive.next().unwrap() {
        files.push((member.name, archive.content(usize::MAX).unwrap()));
    }
    files
}

/// A backup with these files, sealed as Alex's are.
fn sealed(home: &Home, name: &str, files: &[(String, Vec<u8>)]) -> PathBuf {
    let (path, recipient) = (home.file(name), envelope::recipient(&home.phone, &home.phrase()).unwrap());
    let mut archive = TarWriter::new(envelope::seal(&*recipient, fs::File::create(&path).unwrap()).unwrap());
    files.iter().for_each(|(name, content)| archive.file(name, content).unwrap());
    archive.finish().unwrap().finish().unwrap();
    path
}

/// What came of restoring it; nothing may be left of a failure.
fn tried(home: &Home, path: &Path, key: &BackupKey<'_>) -> Result<RestoreSummary, NightstandError> {
    let name = format!("tried-{}", fs::read_dir(home.folder.path()).unwrap().count());
    let new = open(&home.folder, &home.clock, &name, 9);
    let (before, person) = (all_of(&new), new.person());
    let came = restore(&new, path, key);
    if came.is_err() {
        assert_eq!((all_of(&new), new.person()), (before, person));
        assert!(new.recovery_phrase().show().is_ok(), "it is as new");
        write(&new, "Something", Sharing::Private);
        assert_eq!(titles(&new), ["Something"]);
    }
    came
}

#[test]
fn a_wrong_key_opens_nothing() {
    let home = Home::with_a_life();
    let (by_passphrase, by_phrase) = (home.file("passphrase.age"), home.file("phrase.age"));
    backup(&home.phone, &by_passphrase, &PASSPHRASE).unwrap();
    backup(&home.phone, &by_phrase, &home.phrase()).unwrap();
    let sams = home.sam.recovery_phrase().show().unwrap().as_text().to_owned();
    let wrong = Err(NightstandError::WrongKey);
    assert_eq!(tried(&home, &by_passphrase, &BackupKey::Passphrase("four quiet yellow goats")), wrong);
    assert_eq!(tried(&home, &by_passphrase, &home.phrase()), wrong);
    assert_eq!(tried(&home, &by_phrase, &PASSPHRASE), wrong);
    assert_eq!(tried(&home, &by_phrase, &BackupKey::Phrase(&sams)), wrong);
    assert_eq!(tried(&home, &by_phrase, &BackupKey::Phrase("no phrase")), Err(InvalidInput::Phrase.into()));
    assert_eq!(tried(&home, &by_passphrase, &BackupKey::Passphrase("")), Err(InvalidInput::Passphrase.into()));
    let refused = backup(&home.phone, &home.file("new.age"), &BackupKey::Phrase(&sams));
    assert_eq!(refused, Err(InvalidInput::AnotherPhrase.into()));
    assert!(!home.file("new.age").exists());
}

#[test]
fn what_was_cut_or_changed_leaves_a_new_vault_new() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let whole = fs::read(&file).unwrap();
    let at = |place: usize| whole.len() * place / 12;
    for place in 0..12 {
        let mut changed = whole.clone();
        changed[at(place) + 40] ^= 1;
        for bytes in [&whole[..at(place)], &changed] {
            fs::write(home.file("damaged.age"), bytes).unwrap();
            let failed = tried(&home, &home.file("damaged.age"), &home.phrase()).unwrap_err();
            let expected = [InvalidInput::File.into(), NightstandError::WrongKey];
            assert!(expected.contains(&failed), "{place}: {failed:?}");
        }
    }
    let longer = [&whole[..], b"and more"].concat();
    fs::write(home.file("damaged.age"), longer).unwrap();
    assert_eq!(tried(&home, &home.file("damaged.age"), &home.phrase()), Err(InvalidInput::File.into()));
    assert_eq!(tried(&home, &home.file("none.age"), &home.phrase()), Err(NightstandError::NotFound));
}

#[test]
fn what_is_sealed_well_and_wrong_inside_is_refused_whole() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let good = opened(&file, &home.phrase());
    let place = |name: &str| good.iter().position(|(found, _)| found.starts_with(name)).unwrap();
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = good.clone();
        change(&mut files[place(name)].1);
        files
    };
    let file_fault = NightstandError::from(InvalidInput::File);
    let text = |from: &'static str, to: &'static str| {
        move |json: &mut Vec<u8>| *json = String::from_utf8(json.clone()).unwrap().replace(from, to).into_bytes()
    };
    let bomb = batch::pack(&vec![0; 4 * 1024 * 1024 + 1]).unwrap();
    assert!(bomb.len() < 4096);
    let (mut without_list, mut list_last, mut twice) = (good.clone(), good.clone(), good.clone());
    without_list.remove(place("backup.json"));
    let list = list_last.remove(place("backup.json"));
    list_last.push(list.clone());
    twice.push(list);
    let cases = [
        (with("backup.json", &|json| json.truncate(40)), file_fault),
        (with("backup.json", &text("nightstand backup", "somebody's backup")), file_fault),
        (
            with("backup.json", &text("\"version\": 1", "\"version\": 2")),
            NightstandError::NewerVersion { found: 2, supported: 1 },
        ),
        (with("backup.json", &text("\"person\": \"", "\"person\": \"00")), file_fault),
        (with("backup.json", &|json| *json = vec![b' '; 9 * 1024 * 1024]), NightstandError::TooLarge),
        (with("entries", &|packed| packed.truncate(packed.len() / 2)), file_fault),
        (with("entries", &|packed| *packed = bomb.clone()), NightstandError::TooLarge),
        (with("entries", &|packed| *packed = vec![0; 5 * 1024 * 1024]), NightstandError::TooLarge),
        (without_list, file_fault),
        (list_last, file_fault),
        (twice, file_fault),
        (Vec::new(), file_fault),
    ];
    for (number, (files, expected)) in cases.into_iter().enumerate() {
        let path = sealed(&home, "crafted.age", &files);
        assert_eq!(tried(&home, &path, &home.phrase()), Err(expected), "case {number}");
    }

    // What a later version adds beside is passed over.
    let mut later = good.clone();
    later.push(("attachments/1.jpg".into(), vec![7; 10_000]));
    let later = sealed(&home, "later.age", &later);
    assert!(tried(&home, &later, &home.phrase()).is_ok());
}

#[test]
fn an_entry_that_somebody_put_in_is_found_by_the_logs_hashes() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let good = opened(&file, &home.phrase());
    let entries = good.iter().position(|(name, _)| name.starts_with("entries")).unwrap();
    let plain = batch::unpack(&good[entries].1).unwrap();
    let mut applied = 0;
    for at in (0..plain.len()).step_by(97) {
        let (mut files, mut changed) = (good.clone(), plain.clone());
        changed[at] ^= 0x10;
        files[entries].1 = batch::pack(&changed).unwrap();
        let path = sealed(&home, "crafted.age", &files);
        // A tag vouches for nothing here, and may be anything.
        applied += u32::from(tried(&home, &path, &home.phrase()).is_ok());
    }
    assert!(applied < 6, "{applied} changes went unseen");
}

#[test]
fn a_header_without_an_end_and_endless_work_are_not_begun() {
    let home = Home::with_a_life();
    let mut endless = b"age-encryption.org/v1\n".to_vec();
    endless.resize(1024 * 1024, b'a');
    fs::write(home.file("endless.age"), endless).unwrap();
    assert_eq!(tried(&home, &home.file("endless.age"), &home.phrase()), Err(InvalidInput::File.into()));

    let mut recipient = scrypt::Recipient::new(SecretString::from("boats".to_owned()));
    recipient.set_work_factor(1);
    let encryptor = Encryptor::with_recipients(core::iter::once(&recipient as &dyn age::Recipient)).unwrap();
    let mut bytes = Vec::new();
    let mut stream = encryptor.wrap_output(&mut bytes).unwrap();
    stream.write_all(b"nothing").unwrap();
    stream.finish().unwrap();
    let stanza = bytes.windows(4).position(|found| found == b" 1\n ").map(|at| at + 1);
    let line = bytes.iter().skip(22).position(|byte| *byte == b'\n').unwrap() + 22;
    assert_eq!((stanza, bytes[line - 1]), (None, b'1'));
    let asking = [&bytes[..line - 1], b"30", &bytes[line..]].concat();
    fs::write(home.file("work.age"), asking).unwrap();
    let tried = tried(&home, &home.file("work.age"), &BackupKey::Passphrase("boats"));
    assert_eq!(tried, Err(NightstandError::TooLarge));
}

#[test]
fn leaving_off_leaves_no_file_and_a_kill_leaves_no_half_one() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    let cancelled = home.phone.backup().write(&file, &home.phrase(), BackupExtent::Everything, &mut |_| false);
    assert_eq!(cancelled, Err(NightstandError::Cancelled));
    let left = |name: &str| home.file(name).exists();
    assert!(!left("backup.age") && !left("backup.age.part"));
    // As a kill would leave it: half of it under the other name. The next one goes over that.
    fs::write(home.file("backup.age.part"), b"half").unwrap();
    backup(&home.phone, &file, &home.phrase()).unwrap();
    assert!(left("backup.age") && !left("backup.age.part"));

    let new = open(&home.folder, &home.clock, "new", 9);
    let cancelled = new.backup().restore(&file, &home.phrase(), &mut |_| false);
    assert_eq!(cancelled, Err(NightstandError::Cancelled));
    assert!(titles(&new).is_empty() && new.pairing().partner().unwrap().is_none());
    restore(&new, &file, &home.phrase()).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
}

#[test]
fn a_full_disk_leaves_a_new_vault_new() {
    let home = Home::with_a_life();
    for number in 0..60 {
        write(&home.phone, &format!("Evening {number}: {}", "and more ".repeat(20)), Sharing::Private);
    }
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let new = open(&home.folder, &home.clock, "new", 9);
    // Not one page more than it has.
    new.with_store(|store| Ok(store.limit_pages(1)?)).unwrap();
    assert_eq!(restore(&new, &file, &home.phrase()), Err(NightstandError::DiskFull));
    new.with_store(|store| Ok(store.limit_pages(1_000_000)?)).unwrap();
    restore(&new, &file, &home.phrase()).unwrap();
    assert_eq!(titles(&new), titles(&home.phone));
}

#[test]
fn what_age_opens_is_a_plain_archive() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &PASSPHRASE).unwrap();
    let files = opened(&file, &PASSPHRASE);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["README.txt", "backup.json", "entries/000001.zst", "readable/000001.jsonl.zst"]);
    let lines = String::from_utf8(batch::unpack(&files[3].1).unwrap()).unwrap();
    for title in EVERYTHING {
        assert!(lines.contains(&format!("\"title\":\"{title}\"")), "{lines}");
    }
    assert!(!lines.contains("Better not"));
    let mut plain = Vec::new();
    let identity = envelope::identity(&PASSPHRASE).unwrap();
    envelope::open(&file, &*identity).unwrap().read_to_end(&mut plain).unwrap();
    assert!(plain.starts_with(b"README.txt\0") && &plain[257..263] == b"ustar\0");
}
