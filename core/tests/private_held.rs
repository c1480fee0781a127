//! Attacks that held: on the second key beside editors, watched lists, syncs and readers; on what a crash or a backup leaves of
//! the two files; on boundaries under many screens.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{Couple, edit, entry, vault};
use nightstand::care::{Item, ItemDraft, ItemVersion, Side, Stance, Whose};
use nightstand::error::NightstandError;
use nightstand::journal::editor::Field;
use nightstand::journal::live::{RowsObserver, RowsUpdate};
use nightstand::journal::{EntryId, JournalRow, RowsQuery, Sharing};
use nightstand::progress::ProgressReport;
use nightstand::sync::Conversation;
use nightstand::vault::{OpenOptions, PrivateLock, Vault};
use tempfile::tempdir;

const LONG: Duration = Duration::from_secs(600);
const SECOND: [u8; 32] = [42; 32];
const HANDS: &str = "stance/holding-hands/together";

fn go_on(_: ProgressReport) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn unlock(vault: &Vault) {
    vault.unlock_private(SECOND, go_on).unwrap();
}

fn rows(vault: &Vault) -> Vec<JournalRow> {
    vault.journal().rows(&RowsQuery::default()).unwrap().rows
}

fn titles(vault: &Vault) -> Vec<String> {
    rows(vault).into_iter().map(|row| row.title).collect()
}

fn text(vault: &Vault, id: &EntryId) -> String {
    vault.journal().read(id).unwrap().entry.body.text
}

fn found(vault: &Vault, word: &str) -> BTreeSet<String> {
    let hits = vault.journal().search(word, &RowsQuery::default(), 0).unwrap().hits;
    hits.into_iter().map(|hit| hit.row.title).collect()
}

fn effective(vault: &Vault) -> Result<Option<Stance>, NightstandError> {
    vault.preferences().effective(Whose::Me, "holding-hands", Side::Together, &BTreeSet::new())
}

fn feels(stance: Stance) -> ItemDraft {
    ItemDraft { stance: Some(stance), ..ItemDraft::default() }
}

/// Numbers that look like chance, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn typing_in_a_joint_entry_that_is_deleted_while_private_is_locked_is_kept_once() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Ours", "Alex wrote this", 1), Sharing::Joint).unwrap();
    couple.meet();
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    couple.alex.lock_private().unwrap();
    let editor = couple.alex.journal().open_editor_saving_after(&id, LONG).unwrap();
    couple.sam.journal().delete(&id).unwrap();
    couple.meet();
    // The editor did not look yet, or it did: both is fine.
    let typed = editor.replace(Field::Body, 15..15, ", and this").is_ok();
    let _ = editor.flush();
    assert_eq!(titles(&couple.alex), [""; 0]);
    unlock(&couple.alex);
    editor.flush().unwrap();
    let kept = rows(&couple.alex);
    assert_eq!((kept.len(), kept[0].kept), (1, true));
    let expected = if typed { "Alex wrote this, and this" } else { "Alex wrote this" };
    assert_eq!(text(&couple.alex, &kept[0].id), expected);
}

#[test]
fn a_conversation_goes_on_while_private_is_locked_and_unlocked() {
    let couple = Couple::new();
    let mine = couple.alex.journal().write(&entry("For me", "quiet", 1), Sharing::Private).unwrap();
    let ours = couple.alex.journal().write(&entry("Ours", "tea", 2), Sharing::Joint).unwrap();
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    let mut sides = [couple.alex.sync().begin_live().unwrap(), couple.sam.sync().answer_live().unwrap()];
    let pass = |sides: &mut [Conversation; 2]| {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for _ in 0..2 {
                sides.reverse();
                let [one, other] = sides;
                while let Some(frame) = one.poll_frame().unwrap() {
                    moved = true;
                    other.handle_frame(&frame).unwrap();
                    // In the middle of it all.
                    couple.alex.lock_private().unwrap();
                    unlock(&couple.alex);
                }
            }
        }
    };
    pass(&mut sides);
    couple.alex.lock_private().unwrap();
    couple.sam.journal().delete(&ours).unwrap();
    couple.sam.journal().write(&entry("From Sam", "coffee", 3), Sharing::Shared).unwrap();
    couple.alex.journal().write(&entry("For both", "soup", 4), Sharing::Joint).unwrap();
    pass(&mut sides);
    unlock(&couple.alex);
    assert_eq!(titles(&couple.alex), ["For both", "From Sam", "Ours", "For me"]);
    assert_eq!(titles(&couple.sam), ["For both", "From Sam"]);
    assert_eq!(text(&couple.alex, &mine), "quiet");
    assert_eq!(couple.alex.journal().shared_digest(), couple.sam.journal().shared_digest());
}

fn files(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", ".private", ".private-wal"].map(|ending| PathBuf::from(format!("{}{ending}", path.display())))
}

/// A power cut can take the newest of either file; a backup can bring back either. Lists are those of the first file.
#[test]
fn the_lists_are_those_of_the_first_file_whatever_a_crash_leaves_of_the_second() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("alex.db");
    let alex = vault(&folder, "alex.db", 1);
    let gone = alex.journal().write(&entry("Gone", "lantern", 0), Sharing::Private).unwrap();
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    let mut moments = Vec::new();
    for day in 1..5 {
        let id = alex.journal().write(&entry(&format!("Day {day}"), "lantern", day), Sharing::Private).unwrap();
        if day == 3 {
            alex.journal().delete(&gone).unwrap();
        }
        edit(&alex, &id, &entry(&format!("Day {day}"), &format!("lantern, {day} times"), day));
        moments.push((files(&path).map(|file| fs::read(file).ok()), titles(&alex), found(&alex, "lantern")));
    }
    alex.close().unwrap();
    for first in 0..moments.len() {
        for second in 0..moments.len() {
            let other = tempdir().unwrap();
            let copy = other.path().join("alex.db");
            for (number, file) in files(&copy).iter().enumerate() {
                let (parts, ..) = &moments[if number < 2 { first } else { second }];
                parts[number].iter().for_each(|bytes| fs::write(file, bytes).unwrap());
            }
            let alex = Vault::open_with(OpenOptions::new(&copy, [1; 32], [1; 16])).unwrap();
            unlock(&alex);
            assert_eq!(titles(&alex), moments[first].1, "{first} {second}");
            assert_eq!(found(&alex, "lantern"), moments[first].2, "{first} {second}");
        }
    }
}

/// Another person's second file, or one under another key, is no list of this vault.
#[test]
fn the_second_file_of_another_vault_is_not_taken() {
    let folder = tempdir().unwrap();
    let both = [vault(&folder, "alex.db", 1), vault(&folder, "sam.db", 2)];
    for (number, one) in both.iter().enumerate() {
        one.journal().write(&entry(&format!("Of {number}"), "tea", 1), Sharing::Private).unwrap();
        one.set_private_key(Some(SECOND), go_on).unwrap();
        one.close().unwrap();
    }
    let [alex, sam] = ["alex.db", "sam.db"].map(|name| folder.path().join(name));
    fs::copy(&files(&sam)[2], &files(&alex)[2]).unwrap();
    let alex = Vault::open_with(OpenOptions::new(&alex, [1; 32], [1; 16])).unwrap();
    unlock(&alex);
    assert_eq!(titles(&alex), ["Of 0"]);
}

/// A boundary is seen, or it is said that it can't be: never is there a moment in which it looks as if there were none.
#[test]
fn a_boundary_is_never_out_of_sight_while_the_second_key_comes_and_goes() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let item = HANDS.parse::<Item>().unwrap();
    alex.preferences().set(&item, &feels(Stance::Never), &ItemVersion::default()).unwrap();
    let widget = Vault::open_read_only(folder.path().join("alex.db"), [1; 32]).unwrap();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for reader in [&alex, &widget] {
            let over = &over;
            scope.spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    let seen = effective(reader);
                    assert!(matches!(seen, Ok(Some(Stance::Never)) | Err(NightstandError::PrivateLocked)), "{seen:?}");
                    let _ = reader.unlock_private(SECOND, go_on);
                }
            });
        }
        for _ in 0..12 {
            alex.set_private_key(Some(SECOND), go_on).unwrap();
            alex.lock_private().unwrap();
            unlock(&alex);
            alex.set_private_key(Some([43; 32]), go_on).unwrap();
            alex.unlock_private([43; 32], go_on).unwrap();
            alex.set_private_key(None, go_on).unwrap();
        }
        over.store(true, Ordering::SeqCst);
    });
}

/// Two vaults live the same life; one of them has a second key, and locks and unlocks it. They read the same.
#[test]
fn a_life_under_a_second_key_reads_as_one_without() {
    let [plain, keyed] = [Couple::new(), Couple::new()];
    keyed.alex.set_private_key(Some(SECOND), go_on).unwrap();
    let mut dice = Dice(7);
    let mut ids: Vec<[EntryId; 2]> = Vec::new();
    for step in 0..120 {
        let (what, which) = (dice.roll(10), dice.roll(1 + ids.len() as u64) as usize);
        let draft = entry(&format!("Page {step}"), &format!("lantern {}", dice.roll(5)), dice.roll(900) as i64);
        let sharing = [Sharing::Private, Sharing::Shared, Sharing::Joint][dice.roll(3) as usize];
        match (what, ids.get(which).copied()) {
            (0..=2, _) | (_, None) => {
                ids.push([&plain, &keyed].map(|couple| couple.alex.journal().write(&draft, sharing).unwrap()));
            }
            (3..=4, Some(both)) => {
                edit(&plain.alex, &both[0], &draft);
                edit(&keyed.alex, &both[1], &draft);
            }
            (5, Some(both)) => {
                let done = plain.alex.journal().share(&both[0]);
                assert_eq!(keyed.alex.journal().share(&both[1]), done);
            }
            (6, Some(both)) => {
                let done = plain.alex.journal().take_back(&both[0]);
                assert_eq!(keyed.alex.journal().take_back(&both[1]), done);
            }
            (7, Some(both)) => {
                plain.alex.journal().delete(&both[0]).unwrap();
                keyed.alex.journal().delete(&both[1]).unwrap();
                ids.swap_remove(which);
            }
            (8, _) => {
                keyed.alex.lock_private().unwrap();
                unlock(&keyed.alex);
            }
            _ => {
                keyed.alex.lock_private().unwrap();
                let _ = [&plain, &keyed].map(Couple::meet);
                unlock(&keyed.alex);
            }
        }
        let shown = |couple: &Couple| {
            let rows = rows(&couple.alex).into_iter();
            let rows: BTreeSet<_> = rows.map(|row| (row.when.utc_ms, row.title, row.preview)).collect();
            let words = ["lantern", "0", "1", "2", "page"].map(|word| found(&couple.alex, word));
            (rows, words, couple.alex.journal().months(&RowsQuery::default()).unwrap().len())
        };
        assert_eq!(shown(&keyed), shown(&plain), "after step {step}");
    }
}

#[test]
fn a_pause_undoes_no_lock_and_a_wrong_key_no_unlocking() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    assert_eq!(alex.unlock_private([9; 32], go_on), Err(NightstandError::WrongKey));
    assert_eq!(alex.private_lock(), Ok(PrivateLock::Unlocked));
    alex.pause(LONG).unwrap();
    assert_eq!(alex.lock_private(), Err(NightstandError::Paused));
    alex.resume().unwrap();
    assert_eq!(alex.private_lock(), Ok(PrivateLock::Locked), "what unlocks it was forgotten all the same");
}

struct Screen(Mutex<Sender<RowsUpdate>>);

impl RowsObserver for Screen {
    fn updated(&self, update: RowsUpdate) {
        let _ = self.0.lock().unwrap().send(update);
    }
}

/// What an app's list shows after taking all updates that lead to what a plain query says.
fn follow(shown: &mut Vec<JournalRow>, number: &mut u64, heard: &Receiver<RowsUpdate>, wanted: &[JournalRow]) {
    while shown != wanted {
        let next = match heard.recv_timeout(LONG).unwrap() {
            RowsUpdate::Whole { state } => {
                *shown = state.rows;
                state.number
            }
            RowsUpdate::Changed { number, changes, .. } => {
                changes.into_iter().for_each(|change| change.apply(shown));
                number
            }
            RowsUpdate::Failed { error } => panic!("{error}"),
        };
        assert_eq!(next, *number + 1, "states are numbered without a gap");
        *number = next;
    }
}

#[test]
fn a_watched_window_follows_moves_locks_and_pauses() {
    let couple = Couple::new();
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    let (told, heard) = channel();
    let mut query = RowsQuery { limit: 7, ..RowsQuery::default() };
    let list = couple.alex.journal().watch_rows(&query, Arc::new(Screen(told.into()))).unwrap();
    let (mut dice, mut shown, mut number, mut ids) = (Dice(11), Vec::new(), 0, Vec::<EntryId>::new());
    for step in 0..40 {
        for _ in 0..1 + dice.roll(6) {
            let (what, which) = (dice.roll(6), dice.roll(1 + ids.len() as u64) as usize);
            let draft = entry(&format!("Page {step}"), "tea", dice.roll(40) as i64);
            let sharing = [Sharing::Private, Sharing::Shared, Sharing::Joint][dice.roll(3) as usize];
            match (what, ids.get(which)) {
                (0..=2, _) | (_, None) => ids.push(couple.alex.journal().write(&draft, sharing).unwrap()),
                (3..=4, Some(id)) => edit(&couple.alex, id, &draft),
                (_, Some(id)) => {
                    couple.alex.journal().delete(id).unwrap();
                    ids.swap_remove(which);
                }
            }
        }
        match dice.roll(5) {
            0 => {
                couple.alex.lock_private().unwrap();
                let locked = couple.alex.journal().rows(&query).unwrap().rows;
                follow(&mut shown, &mut number, &heard, &locked);
                unlock(&couple.alex);
            }
            1 => {
                couple.alex.pause(LONG).unwrap();
                couple.alex.resume().unwrap();
            }
            2 => {
                let all = couple.alex.journal().rows(&RowsQuery { after: None, ..query.clone() }).unwrap();
                (query.after, query.limit) = (all.next.filter(|_| dice.roll(2) == 0), 1 + dice.roll(12) as u32);
                list.show(query.after.clone(), query.limit);
            }
            _ => {}
        }
        let wanted = couple.alex.journal().rows(&query).unwrap().rows;
        follow(&mut shown, &mut number, &heard, &wanted);
    }
}

/// A looser stance is refused exactly if something stricter came since its screen was drawn, or if the screen shows what is gone.
#[test]
fn whatever_screens_there_are_a_boundary_is_loosened_only_by_who_saw_it() {
    let couple = Couple::new();
    let (preferences, item) = (couple.alex.preferences(), HANDS.parse::<Item>().unwrap());
    let not_now = |until_ms| Stance::NotNow { until_ms };
    let stances = [
        Stance::Never,
        not_now(None),
        not_now(Some(1_900_000_002_000)),
        not_now(Some(1_900_000_000_001)),
        Stance::Open,
        Stance::Like,
        Stance::Love,
    ];
    // What was said, and at which step; a screen, the step at which it was drawn, and which shared document it shows.
    let mut working: Option<(Stance, usize)> = None;
    let mut shared: Option<(Stance, usize)> = None;
    let mut generation = 0;
    let mut screens = vec![(ItemVersion::default(), 0, None)];
    let mut dice = Dice(23);
    for step in 1..400 {
        let (version, drawn, shows) = screens[dice.roll(screens.len() as u64) as usize].clone();
        let unseen = |said: Option<(Stance, usize)>, new| said.is_some_and(|(stance, at)| stance < new && at >= drawn);
        let known = shows.is_none_or(|shows| shared.is_some() && shows == generation);
        match dice.roll(8) {
            0 => {
                let Some((stance, _)) = working else { continue };
                let allowed = known && !unseen(shared, stance);
                let done = preferences.share(&item, &version);
                assert_eq!(done.is_ok(), allowed, "share at step {step}: {done:?}");
                if allowed {
                    shared = Some((stance, step));
                }
            }
            1 if dice.roll(3) == 0 && shared.is_none_or(|(shared, _)| working.is_some_and(|(it, _)| it <= shared)) => {
                preferences.take_back(&item).unwrap();
                generation += u64::from(shared.take().is_some());
            }
            2 => {
                let note = ItemDraft { note: Some(format!("Note {step}")), ..ItemDraft::default() };
                assert_eq!(preferences.set(&item, &note, &version).is_ok(), known, "note at step {step}");
            }
            _ => {
                let new = stances[dice.roll(7) as usize];
                let allowed = known && !unseen(working, new) && !unseen(shared, new);
                let done = preferences.set(&item, &feels(new), &version);
                assert_eq!(done.is_ok(), allowed, "{new:?} at step {step}: {done:?}");
                if allowed {
                    working = Some((new, step));
                }
            }
        }
        let strictest = [working, shared].into_iter().flatten().map(|(stance, _)| stance).min();
        assert_eq!(effective(&couple.alex), Ok(strictest));
        if dice.roll(2) == 0 {
            let view = preferences.read(&item).unwrap();
            assert_eq!(view.content.stance, strictest);
            screens.push((view.version, step + 1, shared.map(|_| generation)));
        }
    }
}
