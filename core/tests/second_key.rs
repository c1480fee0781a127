//! Private under a second key: closed to whoever has the vault's key alone, while the rest goes on.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Couple, edit, entry, vault};
use nightstand::care::{Item, ItemDraft, Line, Side, Stance, Whose};
use nightstand::error::{Action, InvalidInput, NightstandError};
use nightstand::journal::editor::Field;
use nightstand::journal::{Author, EntryDraft, ExportAs, RowsQuery, Sharing, Visibility};
use nightstand::progress::ProgressReport;
use nightstand::vault::{OpenOptions, PrivateLock, Purpose, Vault};
use tempfile::tempdir;

const LONG: Duration = Duration::from_secs(600);
const SECOND: [u8; 32] = [42; 32];

fn go_on(_: ProgressReport) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn close(vault: &Vault) {
    vault.set_private_key(Some(SECOND), go_on).unwrap();
    vault.lock_private().unwrap();
}

fn unlock(vault: &Vault) {
    vault.unlock_private(SECOND, go_on).unwrap();
}

fn titles(vault: &Vault) -> Vec<String> {
    vault.journal().rows(&RowsQuery::default()).unwrap().rows.into_iter().map(|row| row.title).collect()
}

fn found(vault: &Vault, word: &str) -> Vec<String> {
    let hits = vault.journal().search(word, &RowsQuery::default(), 0).unwrap().hits;
    hits.into_iter().map(|hit| format!("{}: {}", hit.row.title, hit.snippet)).collect()
}

fn say(vault: &Vault, item: &str, stance: Stance) {
    let (item, preferences) = (item.parse::<Item>().unwrap(), vault.preferences());
    let seen = preferences.read(&item).unwrap().version;
    preferences.set(&item, &ItemDraft { stance: Some(stance), ..ItemDraft::default() }, &seen).unwrap();
}

fn file(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

/// Everything that Alex sees. Search hits are sorted: Private has an index of its own, and each ranks by its own words.
fn all_of(vault: &Vault) -> impl PartialEq + std::fmt::Debug + use<> {
    let journal = vault.journal();
    let rows = journal.rows(&RowsQuery::default()).unwrap().rows;
    let entries: Vec<_> = rows.iter().map(|row| journal.read(&row.id).unwrap().entry).collect();
    let words = ["tea", "lantern", "kitchen", "evening", "nothing"].map(|word| BTreeSet::from_iter(found(vault, word)));
    let tags: Vec<_> = journal.tags().unwrap().into_iter().map(|tag| (tag.tag, tag.entries)).collect();
    let items: Vec<_> = vault.preferences().list(Whose::Me).unwrap().items;
    let tagged = RowsQuery { tags: vec!["evening".into()], ..RowsQuery::default() };
    (rows, entries, words, tags, items, journal.count(&tagged).unwrap(), journal.months(&RowsQuery::default()).unwrap())
}

/// Alex's life before the second key.
fn write(couple: &Couple) {
    let journal = couple.alex.journal();
    for day in 0..30 {
        let tags = if day % 3 == 0 { BTreeSet::from(["evening".to_owned()]) } else { BTreeSet::new() };
        let text = format!("tea in the kitchen, evening {day}. {}", "lantern ".repeat(day as usize % 5));
        let draft = EntryDraft { tags, mood: Some("calm".into()), ..entry(&format!("Day {day}"), &text, day) };
        let sharing = [Sharing::Private, Sharing::Shared, Sharing::Joint][day as usize % 3];
        journal.write(&draft, sharing).unwrap();
    }
    say(&couple.alex, "stance/holding-hands/together", Stance::Never);
    couple.alex.preferences().add(Line::Wish, "a walk by the lantern").unwrap();
    couple.meet();
}

#[test]
fn under_a_second_key_everything_reads_as_before() {
    let couple = Couple::new();
    write(&couple);
    let before = all_of(&couple.alex);
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::None));
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::Unlocked));
    assert_eq!(all_of(&couple.alex), before);
    couple.alex.lock_private().unwrap();
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::Locked));
    unlock(&couple.alex);
    assert_eq!(all_of(&couple.alex), before);

    // What is written under it stands among the rest, in the same order.
    let id = couple.alex.journal().write(&entry("A new page", "lantern light", 7), Sharing::Private).unwrap();
    edit(&couple.alex, &id, &entry("A new page", "lantern light, and tea", 7));
    assert_eq!(found(&couple.alex, "light"), ["A new page: lantern light, and tea"]);
    couple.alex.journal().delete(&id).unwrap();
    assert_eq!(found(&couple.alex, "light"), [""; 0]);
    assert_eq!(all_of(&couple.alex), before);
    let page = RowsQuery { limit: 7, ..RowsQuery::default() };
    let (mut paged, mut query) = (Vec::new(), page);
    loop {
        let page = couple.alex.journal().rows(&query).unwrap();
        paged.extend(page.rows.into_iter().map(|row| row.title));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert_eq!(paged, titles(&couple.alex));

    couple.alex.set_private_key(None, go_on).unwrap();
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::None));
    assert!(!file(&couple.path_of_alex(), ".private").exists());
    assert_eq!(all_of(&couple.alex), before);
}

#[test]
fn while_it_is_locked_the_rest_goes_on() {
    let couple = Couple::new();
    write(&couple);
    let private =
        couple.alex.journal().rows(&RowsQuery { author: Some(Author::Me), ..RowsQuery::default() }).unwrap().rows[0].id;
    let seen = couple.alex.journal().read(&private).unwrap().version;
    close(&couple.alex);
    let journal = couple.alex.journal();
    let shown = journal.rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!(shown.len(), 20, "shared and joint");
    assert!(shown.iter().all(|row| journal.read(&row.id).is_ok()));
    let shared = shown.iter().find(|row| row.id.author() == Author::Me).unwrap().id;
    assert_eq!(journal.search("tea", &RowsQuery::default(), 0).unwrap().hits.len(), 20);
    let hands = Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition: None };
    let bath = "stance/bath/receive".parse::<Item>().unwrap();
    let preferences = couple.alex.preferences();
    let refusals = [
        journal.read(&private).map(drop),
        journal.edit(&private, &entry("No", "no", 1), &seen).map(drop),
        journal.write(&entry("No", "no", 1), Sharing::Private).map(drop),
        journal.write(&entry("No", "no", 1), Sharing::Shared).map(drop),
        journal.delete(&private),
        journal.delete(&shared),
        journal.share(&shared),
        journal.take_back(&shared),
        journal.open_editor(&shared).map(drop),
        preferences.list(Whose::Me).map(drop),
        preferences.effective(Whose::Me, "holding-hands", Side::Together, &BTreeSet::new()).map(drop),
        preferences.read(&hands).map(drop),
        preferences.read(&bath).map(drop),
        preferences.ended(0).map(drop),
        couple.alex.set_private_key(None, go_on),
        couple.alex.set_private_key(Some([3; 32]), go_on),
    ];
    for (number, refused) in refusals.into_iter().enumerate() {
        let error = refused.unwrap_err();
        assert_eq!(error, NightstandError::PrivateLocked, "{number}");
        assert_eq!((error.code(), error.action(), error.retryable()), ("private_locked", Action::Unlock, true));
    }
    assert!(preferences.list(Whose::Partner).is_ok());
    assert_eq!(couple.alex.unlock_private([9; 32], go_on), Err(NightstandError::WrongKey));

    journal.write(&entry("Together", "while locked", 40), Sharing::Joint).unwrap();
    couple.sam.journal().write(&entry("For you", "from Sam", 41), Sharing::Shared).unwrap();
    couple.meet();
    assert_eq!(titles(&couple.alex)[..2], ["For you", "Together"]);
    assert_eq!(journal.shared_digest(), couple.sam.journal().shared_digest());
    unlock(&couple.alex);
    assert_eq!(titles(&couple.alex).len(), 32);
    journal.write(&entry("Yes", "yes", 50), Sharing::Shared).unwrap();
    couple.meet();
    assert_eq!(journal.shared_digest(), couple.sam.journal().shared_digest());
}

#[test]
fn what_one_wrote_together_comes_when_it_is_unlocked() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Ours", "written by Alex", 1), Sharing::Joint).unwrap();
    couple.meet();
    close(&couple.alex);
    couple.sam.journal().delete(&id).unwrap();
    couple.meet();
    assert_eq!(titles(&couple.alex), [""; 0]);
    unlock(&couple.alex);
    let rows = couple.alex.journal().rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!((rows.len(), rows[0].title.as_str(), rows[0].kept), (1, "Ours", true));
    let meeting = couple.meet();
    assert_eq!((meeting.entries_sent, meeting.entries_received), (0, 0));
}

#[test]
fn it_outlives_pauses_and_no_opening() {
    let couple = Couple::new();
    write(&couple);
    let path = couple.path_of_alex();
    let before = all_of(&couple.alex);
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    couple.alex.pause(LONG).unwrap();
    couple.alex.resume().unwrap();
    assert_eq!(all_of(&couple.alex), before, "a pause forgets no key");
    couple.alex.lock(LONG).unwrap();
    couple.alex.unlock([1; 32]).unwrap();
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::Locked), "a lock forgets both");
    couple.alex.close().unwrap();
    let open = || Vault::open_with(OpenOptions::new(&path, [1; 32], [1; 16])).unwrap();
    let alex = open();
    assert_eq!(alex.private_lock(), Ok(PrivateLock::Locked));
    // Another second key, and the first is good no more.
    unlock(&alex);
    alex.set_private_key(Some([43; 32]), go_on).unwrap();
    alex.lock_private().unwrap();
    assert_eq!(alex.unlock_private(SECOND, go_on), Err(NightstandError::WrongKey));
    alex.unlock_private([43; 32], go_on).unwrap();
    assert_eq!(all_of(&alex), before);

    let widget = Vault::open_read_only(&path, [1; 32]).unwrap();
    assert_eq!(titles(&widget).len(), 20);
    widget.unlock_private([43; 32], go_on).unwrap();
    assert_eq!(all_of(&widget), before);
    widget.lock_private().unwrap();
    assert_eq!(titles(&widget).len(), 20);
    widget.close().unwrap();
    alex.erase_everything().unwrap();
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("private")), "{left:?}");
}

#[test]
fn the_second_file_can_be_lost() {
    let couple = Couple::new();
    write(&couple);
    let before = all_of(&couple.alex);
    close(&couple.alex);
    couple.alex.close().unwrap();
    let second = file(&couple.path_of_alex(), ".private");
    let old = fs::read(&second).unwrap();
    let mut damaged = old.clone();
    damaged[5000] ^= 1;
    let spoilt: [(&str, Option<&[u8]>); 4] =
        [("gone", None), ("empty", Some(b"")), ("garbage", Some(&[7; 9000])), ("damaged", Some(&damaged))];
    for (how, bytes) in spoilt {
        match bytes {
            Some(bytes) => fs::write(&second, bytes).unwrap(),
            None => fs::remove_file(&second).unwrap(),
        }
        let alex = Vault::open_with(OpenOptions::new(couple.path_of_alex(), [1; 32], [1; 16])).unwrap();
        let told = std::sync::atomic::AtomicU64::new(0);
        let count = |_| {
            told.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            ControlFlow::Continue(())
        };
        alex.unlock_private(SECOND, count).expect(how);
        assert_eq!(all_of(&alex), before, "{how}");
        assert!(told.into_inner() > 0 || how == "damaged", "{how}: it was made again");
        alex.close().unwrap();
    }

    // One of an earlier time, as a backup would put back.
    let alex = Vault::open_with(OpenOptions::new(couple.path_of_alex(), [1; 32], [1; 16])).unwrap();
    unlock(&alex);
    alex.journal().write(&entry("Since", "then", 60), Sharing::Private).unwrap();
    alex.close().unwrap();
    fs::write(&second, &old).unwrap();
    let alex = Vault::open_with(OpenOptions::new(couple.path_of_alex(), [1; 32], [1; 16])).unwrap();
    unlock(&alex);
    assert_eq!(titles(&alex)[0], "Since");
    assert_eq!(titles(&alex).len(), 31);
}

#[test]
fn a_change_of_mind_leaves_all_as_it_was() {
    let couple = Couple::new();
    write(&couple);
    let before = all_of(&couple.alex);
    let stop = |_| ControlFlow::Break(());
    assert_eq!(couple.alex.set_private_key(Some(SECOND), stop), Err(NightstandError::Cancelled));
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::None));
    assert_eq!(all_of(&couple.alex), before);
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    assert_eq!(couple.alex.set_private_key(None, stop), Err(NightstandError::Cancelled));
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::Unlocked));
    assert_eq!(all_of(&couple.alex), before);
    couple.alex.lock_private().unwrap();
    fs::remove_file(file(&couple.path_of_alex(), ".private")).unwrap();
    assert_eq!(couple.alex.unlock_private(SECOND, stop), Err(NightstandError::Cancelled));
    assert_eq!(couple.alex.private_lock(), Ok(PrivateLock::Locked));
    unlock(&couple.alex);
    assert_eq!(all_of(&couple.alex), before);
}

#[test]
fn a_part_is_not_taken_along_for_all() {
    let couple = Couple::new();
    write(&couple);
    close(&couple.alex);
    let folder = tempdir().unwrap();
    let export = |name: &str, visibility| {
        let query = RowsQuery { visibility, ..RowsQuery::default() };
        let summary = couple.alex.journal().export(&folder.path().join(name), ExportAs::Json, &query, &mut |_| true);
        summary.map(|summary| summary.entries)
    };
    assert_eq!(export("locked.json", None), Err(NightstandError::PrivateLocked));
    assert_eq!(export("shared.json", Some(Visibility::Shared)), Ok(20));
    unlock(&couple.alex);
    assert_eq!(export("unlocked.json", None), Ok(30));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// As apps live: paused and resumed before anybody thinks of a second key.
#[test]
fn it_can_be_set_after_a_pause_and_in_the_background() {
    let couple = Couple::new();
    write(&couple);
    let before = all_of(&couple.alex);
    couple.alex.pause(LONG).unwrap();
    couple.alex.resume().unwrap();
    close(&couple.alex);
    couple.alex.lock(LONG).unwrap();
    couple.alex.unlock([1; 32]).unwrap();
    fs::remove_file(file(&couple.path_of_alex(), ".private")).unwrap();
    unlock(&couple.alex);
    assert_eq!(all_of(&couple.alex), before);
    couple.alex.close().unwrap();
    fs::remove_file(file(&couple.path_of_alex(), ".private")).unwrap();
    let background = OpenOptions::new(couple.path_of_alex(), [1; 32], [1; 16]).purpose(Purpose::Background);
    let alex = Vault::open_with(background).unwrap();
    unlock(&alex);
    assert_eq!(all_of(&alex), before);
}

#[test]
fn a_widget_notices_a_second_key() {
    let couple = Couple::new();
    write(&couple);
    let before = all_of(&couple.alex);
    let widget = Vault::open_read_only(couple.path_of_alex(), [1; 32]).unwrap();
    assert_eq!(all_of(&widget), before);
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    assert_eq!(widget.private_lock(), Ok(PrivateLock::Locked));
    assert_eq!(widget.preferences().list(Whose::Me).unwrap_err(), NightstandError::PrivateLocked);
    assert_eq!(titles(&widget).len(), 20);
    unlock(&widget);
    assert_eq!(all_of(&widget), before);
    couple.alex.journal().write(&entry("Since", "then", 60), Sharing::Private).unwrap();
    assert_eq!(titles(&widget)[0], "Since");

    couple.alex.set_private_key(Some([43; 32]), go_on).unwrap();
    assert_eq!(widget.private_lock(), Ok(PrivateLock::Locked), "another key is another lock");
    assert_eq!(widget.unlock_private(SECOND, go_on), Err(NightstandError::WrongKey));
    widget.unlock_private([43; 32], go_on).unwrap();
    assert_eq!(titles(&widget).len(), 31);
    couple.alex.set_private_key(None, go_on).unwrap();
    assert_eq!(widget.private_lock(), Ok(PrivateLock::None));
    assert_eq!(titles(&widget).len(), 31);
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    widget.pause(LONG).unwrap();
    widget.resume().unwrap();
    assert_eq!((widget.private_lock(), titles(&widget).len()), (Ok(PrivateLock::Locked), 20));
}

#[test]
fn without_a_second_key_its_calls_do_nothing() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    alex.lock_private().unwrap();
    alex.unlock_private(SECOND, go_on).unwrap();
    alex.set_private_key(None, go_on).unwrap();
    assert_eq!(alex.private_lock(), Ok(PrivateLock::None));
}

/// A screen that was drawn while Private was locked names an own shared entry by what is shared of it.
#[test]
fn an_entry_drawn_while_locked_is_the_same_entry_unlocked() {
    let couple = Couple::new();
    let journal = couple.alex.journal();
    let id = journal.write(&entry("For Sam", "as shared", 1), Sharing::Shared).unwrap();
    edit(&couple.alex, &id, &entry("For Sam", "not handed on yet", 1));
    couple.meet();
    close(&couple.alex);
    let drawn = journal.rows(&RowsQuery::default()).unwrap().rows[0].id;
    assert_ne!(drawn, id);
    assert_eq!(journal.read(&drawn).unwrap().entry.body.text, "as shared");
    unlock(&couple.alex);

    assert_eq!(journal.read(&drawn).unwrap().entry.body.text, "not handed on yet");
    journal.share(&drawn).unwrap();
    edit(&couple.alex, &drawn, &entry("For Sam", "once more", 1));
    drop(journal.open_editor(&drawn).unwrap());
    assert_eq!(titles(&couple.alex), ["For Sam"]);
    journal.take_back(&drawn).unwrap();
    let rows = journal.rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!((rows.len(), rows[0].id, rows[0].visibility), (1, id, Visibility::OnlyMe));
    couple.meet();
    assert!(titles(&couple.sam).is_empty());
    assert_eq!(journal.read(&drawn).err(), Some(NightstandError::NotFound));
}

#[test]
fn open_editors_let_go_of_what_is_locked_away() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let id = alex.journal().write(&entry("Mine", "a quiet word", 1), Sharing::Private).unwrap();
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    let editor = alex.journal().open_editor(&id).unwrap();
    editor.replace(Field::Body, 0..0, "typed, ").unwrap();
    alex.lock_private().unwrap();
    assert_eq!(editor.text(Field::Body).text, "");
    assert_eq!(editor.state().ended, Some(NightstandError::PrivateLocked));
    assert_eq!(editor.replace(Field::Body, 0..0, "x"), Err(NightstandError::PrivateLocked));
    editor.close().unwrap();
    unlock(&alex);
    assert_eq!(alex.journal().read(&id).unwrap().entry.body.text, "typed, a quiet word");

    let editor = alex.journal().open_editor(&id).unwrap();
    alex.lock(LONG).unwrap();
    assert_eq!((editor.text(Field::Body).text.as_str(), editor.state().ended), ("", Some(NightstandError::KeyNeeded)));
    alex.unlock([1; 32]).unwrap();
    unlock(&alex);
    let editor = alex.journal().open_editor(&id).unwrap();
    editor.replace(Field::Body, 0..0, "never saved").unwrap();
    alex.erase_everything().unwrap();
    assert_eq!((editor.text(Field::Body).text.as_str(), editor.state().unsaved), ("", false));
}

#[test]
fn the_vaults_own_key_is_no_second_one() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let refused = alex.set_private_key(Some([1; 32]), go_on);
    assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::Key }));
    assert_eq!(alex.private_lock(), Ok(PrivateLock::None));
}

/// The steps of `docs/open-the-file.md`, with stock parts and none of our code.
#[test]
fn the_pages_steps_open_it_without_us() {
    use chacha20poly1305::aead::{Aead, Payload};
    use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
    use hmac::{Hmac, Mac};

    let unseal = |sealed: &[u8], about: &[u8], key: &[u8]| {
        assert_eq!(sealed[0], 1);
        let payload = Payload { msg: &sealed[25..], aad: about };
        XChaCha20Poly1305::new_from_slice(key).unwrap().decrypt(XNonce::from_slice(&sealed[1..25]), payload).unwrap()
    };
    let hmac = |key: &[u8], text: &[u8]| {
        let mut mac = <Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(key).unwrap();
        mac.update(text);
        mac.finalize().into_bytes()
    };
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    alex.journal().write(&entry("Mine", "a quiet word", 1), Sharing::Private).unwrap();
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    alex.close().unwrap();

    let path = folder.path().join("alex.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    let salt = hmac(&[1; 32], b"nightstand database salt v1");
    let key = format!("PRAGMA key = \"x'{}{}'\"", hex(&[1; 32]), hex(&salt[..16]));
    let settings = "PRAGMA cipher_plaintext_header_size = 32; PRAGMA cipher_hmac_algorithm = HMAC_SHA256";
    file.execute_batch(&format!("{key}; {settings}")).unwrap();
    let lock = "SELECT value FROM meta WHERE name = 'private_lock'";
    let lock: Vec<u8> = file.query_row(lock, [], |row| row.get(0)).unwrap();
    let data = unseal(&lock, b"private_lock", &SECOND);
    assert_eq!(data.len(), 32);

    let lists = hex(&hmac(&data, b"nightstand private index v1"));
    file.execute("ATTACH ?1 AS private KEY ?2", [format!("{}.private", path.display()), format!("x'{lists}'")])
        .unwrap();
    let words: String = file.query_row("SELECT text FROM private.words", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "Mine\na quiet word\n");
    let documents = "SELECT document.document, document.stored FROM document JOIN place ON place.id = document.place
                     WHERE place.space = 0 AND document.stored IS NOT NULL";
    let (id, stored): (Vec<u8>, Vec<u8>) = file.query_row(documents, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let document = automerge::Automerge::load(&unseal(&stored, &id, &data)).unwrap();
    let (_, body) = automerge::ReadDoc::get(&document, automerge::ROOT, "body").unwrap().unwrap();
    assert_eq!(automerge::ReadDoc::text(&document, &body).unwrap(), "a quiet word");
}
