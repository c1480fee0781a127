//! Nothing in a backup lets anybody be this device or this person.

use std::io::Read;

use data_encoding::{BASE64, HEXLOWER};
use nightstand_engine::batch;
use nightstand_engine::keys::Phrase;

use super::super::tar::TarReader;
use super::*;

/// All bytes that are enclosed, unpacked where they are packed.
fn enclosed(path: &Path, key: &BackupKey<'_>) -> Vec<u8> {
    let identity = envelope::identity(key).unwrap();
    let mut archive = TarReader::new(envelope::open(path, &*identity).unwrap());
    let mut all = Vec::new();
    while let Some(member) = archive.next().unwrap() {
        let content = archive.content(usize::MAX).unwrap();
        all.extend(if member.name.ends_with(".zst") { batch::unpack(&content).unwrap() } else { content });
    }
    all
}

fn contains(bytes: &[u8], secret: &[u8]) -> bool {
    let forms = [secret.to_vec(), HEXLOWER.encode(secret).into_bytes()];
    forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

#[test]
fn no_key_is_enclosed() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &PASSPHRASE).unwrap();
    let mut plain = enclosed(&file, &PASSPHRASE);
    let json: serde_json::Value = {
        let begin = plain.windows(2).position(|window| window == b"{\n").unwrap();
        let mut values = serde_json::Deserializer::from_slice(&plain[begin..]).into_iter();
        values.next().unwrap().unwrap()
    };
    let lists = json["rosters"].as_array().unwrap().iter().chain([&json["known"]]);
    let decoded: Vec<u8> = lists.flat_map(|text| BASE64.decode(text.as_str().unwrap().as_bytes()).unwrap()).collect();
    plain.extend(decoded);

    let secrets = home.phone.read(|rows, _| {
        let bond = rows.bonds()?[0].bond;
        let device = rows.device_keys()?;
        let mut secrets: Vec<Vec<u8>> = Vec::new();
        for name in ["device_seed", "install_mark", "phrase", "own_key"] {
            let sql = "SELECT value FROM meta WHERE name = ?1";
            secrets.extend(rows.one(sql, [name], |row| Ok(row.get::<_, Vec<u8>>(0)?))?);
        }
        secrets.push(device.noise_key(&bond).to_vec());
        secrets.push(device.endpoint_key(&bond).to_vec());
        Ok(secrets)
    });
    let mut secrets = secrets.unwrap();
    assert_eq!(secrets.len(), 6);
    secrets.push(Phrase::from_words(&home.words).unwrap().root().backup_key().to_vec());
    secrets.push(vec![1; 32]); // the database's key
    for (number, secret) in secrets.iter().enumerate() {
        assert!(!contains(&plain, secret), "secret {number}");
    }
    assert!(contains(&plain, home.phone.person().as_bytes()), "the check finds what is there");
}

#[test]
fn without_private_nothing_of_it_is_enclosed() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    home.phone.backup().write(&file, &home.phrase(), BackupExtent::WithoutPrivate, &mut |_| true).unwrap();
    let plain = enclosed(&file, &home.phrase());
    let has = |text: &str| plain.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("For both to read") && !has("Mine alone"));
    let private = home.phone.read(|rows, _| {
        let sql = "SELECT log FROM log JOIN place ON place.id = log.place WHERE place.space = 0
                   UNION ALL SELECT document FROM document JOIN place ON place.id = document.place WHERE place.space = 0";
        Ok(rows.all(sql, [], |row| Ok(row.get::<_, Vec<u8>>(0)?))?)
    });
    let private = private.unwrap();
    assert!(private.len() > 1);
    assert!(private.iter().all(|id| !contains(&plain, id)));
}

#[test]
fn what_is_written_is_sealed() {
    let home = Home::with_a_life();
    let file = home.file("backup.age");
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let mut bytes = Vec::new();
    std::fs::File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
    for text in ["Mine alone", "README", "nightstand", "ustar"] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
    assert!(!contains(&bytes, home.phone.person().as_bytes()));
}

#[test]
fn the_identity_opens_backups_and_is_nothing_else() {
    let home = Home::with_a_life();
    let line = home.phone.backup().identity(&home.words).unwrap();
    assert!(line.starts_with("AGE-SECRET-KEY-1") && line.len() == 74);
    let sams = home.sam.recovery_phrase().show().unwrap().as_text().to_owned();
    assert_eq!(home.phone.backup().identity(&sams).err(), Some(InvalidInput::AnotherPhrase.into()));
    assert!(!format!("{:?} {:?}", home.phrase(), PASSPHRASE).contains("boats"));
}
