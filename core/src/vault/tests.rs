//! A vault's life, and who else wants the file.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use nightstand_engine::ids::Space;

use super::{Ended, Paused, Vault};
use crate::error::NightstandError;
use crate::store::tests::{Journaling, Phone};

const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_handle_goes_wherever_the_app_wants() {
    fn everywhere<T: Clone + Send + Sync + 'static>() {}
    everywhere::<Vault>();
}

#[test]
fn a_second_opening_is_locked_out_until_the_first_lets_go() {
    let phone = Phone::alex();
    let first = phone.open();
    assert_eq!(phone.try_open().unwrap_err(), NightstandError::Locked);
    first.pause(LONG).unwrap();
    let second = phone.open();
    assert_eq!(first.resume().unwrap_err(), NightstandError::Locked);
    second.close().unwrap();
    first.resume().unwrap();
    first.begin_entry(Space::Private, "Lighthouse", "");
    drop(first);
    assert_eq!(phone.open().listed(), ["Lighthouse"]);
}

#[test]
fn a_tool_may_read_beside_an_open_vault() {
    let phone = Phone::alex();
    let vault = phone.open();
    vault.begin_entry(Space::Private, "Lighthouse", "");
    let titles: i64 = phone.tool().query_row("SELECT count(*) FROM row", [], |row| row.get(0)).unwrap();
    assert_eq!(titles, 1);
}

#[test]
fn a_paused_vault_refuses_and_a_resumed_one_goes_on() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "");
    let nothing = Paused { writing: Ended::Finished, reading: Ended::Finished };
    assert_eq!(vault.pause(Duration::ZERO), Ok(nothing));
    assert_eq!(vault.pause(Duration::ZERO), Ok(nothing), "twice is harmless");
    assert_eq!(vault.edit_title(&key, "Harbour"), Err(NightstandError::Paused));
    assert_eq!(vault.read(|_, _| Ok(())), Err(NightstandError::Paused));
    let left: Vec<_> =
        std::fs::read_dir(phone.path().parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("-wal")), "the log went into the file: {left:?}");
    vault.resume().unwrap();
    vault.resume().unwrap();
    assert_eq!(vault.title(&key).as_deref(), Some("Lighthouse"));
    vault.edit_title(&key, "Harbour").unwrap();
}

#[test]
fn a_closed_vault_stays_closed_on_every_handle() {
    let phone = Phone::alex();
    let vault = phone.open();
    let other = vault.clone();
    vault.close().unwrap();
    vault.close().unwrap();
    assert_eq!(other.read(|_, _| Ok(())), Err(NightstandError::Closed));
    assert_eq!(other.pause(LONG), Err(NightstandError::Closed));
    assert_eq!(other.resume(), Err(NightstandError::Closed));
    phone.open();
}

#[test]
fn a_vault_that_is_gone_is_not_made_anew_by_resuming() {
    let phone = Phone::alex();
    let vault = phone.open();
    vault.pause(LONG).unwrap();
    std::fs::remove_file(phone.path()).unwrap();
    assert_eq!(vault.resume(), Err(NightstandError::NotFound));
    assert!(!phone.path().exists());
}

#[test]
fn a_pause_lets_a_writer_finish_in_time() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "");
    // The last two are more than the system's clock can hold, and no limit.
    for within in [LONG, Duration::from_millis(u64::MAX), Duration::MAX] {
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let vault = &vault;
            let writer = scope.spawn(move || {
                vault.write(|tx| {
                    begun.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    tx.forget_phrase()?;
                    Ok(())
                })
            });
            has_begun.recv().unwrap();
            let pauser = scope.spawn(|| vault.pause(within));
            go_on.send(()).unwrap();
            assert_eq!(writer.join().unwrap(), Ok(()));
            assert_eq!(pauser.join().unwrap().unwrap().writing, Ended::Finished);
        });
        vault.resume().unwrap();
    }
    assert!(vault.read(|rows, _| Ok(rows.phrase()?.is_none())).unwrap());
    assert!(vault.title(&key).is_some());
}

#[test]
fn a_pause_cuts_off_what_does_not_finish() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "");
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    let (begun, has_begun) = mpsc::channel();
    thread::scope(|scope| {
        let (vault, writing, reading) = (&vault, begun.clone(), begun);
        let writer = scope.spawn(move || {
            vault.write(|tx| {
                tx.forget_phrase()?;
                writing.send(()).unwrap();
                loop {
                    tx.rows().logs_of(&tx.person())?;
                }
                #[expect(unreachable_code, reason = "the loop ends by an error alone")]
                Ok(())
            })
        });
        let reader = scope.spawn(move || {
            vault.read(|rows, _| {
                reading.send(()).unwrap();
                Ok(rows.one(endless, [], |row| Ok(row.get::<_, i64>(0)?))?)
            })
        });
        has_begun.recv().unwrap();
        has_begun.recv().unwrap();
        let paused = vault.pause(Duration::ZERO).unwrap();
        assert_eq!(paused, Paused { writing: Ended::Cut, reading: Ended::Cut });
        assert_eq!(writer.join().unwrap(), Err(NightstandError::Paused));
        assert_eq!(reader.join().unwrap(), Err(NightstandError::Paused));
    });
    vault.resume().unwrap();
    assert!(vault.read(|rows, _| Ok(rows.phrase()?.is_some())).unwrap(), "nothing of it was written");
    assert!(vault.title(&key).is_some());
}

#[test]
fn a_call_from_within_a_call_is_refused_and_not_waited_for() {
    let phone = Phone::alex();
    let vault = phone.open();
    let inner = vault.write(|_| vault.write(|_| Ok(()))).unwrap_err();
    assert_eq!(inner.code(), "internal");
    assert_eq!(vault.read(|_, _| vault.pause(LONG)).unwrap_err().code(), "internal");
    vault.write(|_| Ok(())).unwrap();
}

#[test]
fn a_panic_gives_the_connection_back_and_writes_nothing() {
    let phone = Phone::alex();
    let vault = phone.open();
    let panicking = std::panic::AssertUnwindSafe(|| {
        vault.write(|tx| {
            tx.forget_phrase()?;
            if tx.person() == vault.person() {
                panic!("as Automerge does on hostile bytes");
            }
            Ok(())
        })
    });
    assert!(std::panic::catch_unwind(panicking).is_err());
    assert!(vault.write(|tx| Ok(tx.rows().phrase()?.is_some())).unwrap());
}

#[test]
fn a_full_disk_is_said_and_harms_nothing() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    vault.with_store(|store| Ok(store.limit_pages(1)?)).unwrap();
    let long = "and talked, and walked. ".repeat(800);
    let error = vault.edit_title(&key, &long).unwrap_err();
    assert_eq!((error, error.retryable()), (NightstandError::DiskFull, true));
    assert_eq!(vault.title(&key).as_deref(), Some("Lighthouse"));
    assert_eq!(vault.found("lighthouse"), 1);
    vault.with_store(|store| Ok(store.limit_pages(u32::MAX)?)).unwrap();
    vault.edit_title(&key, &long).unwrap();
    let check: String = phone.tool().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn a_copy_under_another_mark_writes_new_logs_and_keeps_the_old() {
    let mut phone = Phone::alex();
    let vault = phone.open();
    let joint = vault.begin_entry(Space::Joint, "Lighthouse", "");
    let logs = |vault: &Vault| {
        let writing = |space| vault.read(|rows, _| Ok(rows.writing_log(&vault.place(space))?)).unwrap();
        [writing(Space::Private).unwrap(), writing(Space::Joint).unwrap()]
    };
    let noise_key =
        |vault: &Vault| vault.read(|rows, _| Ok(rows.device_keys()?.noise_key(&crate::store::tests::BOND))).unwrap();
    let (first, first_key) = (logs(&vault), noise_key(&vault));
    let roster = vault.read(|rows, person| Ok(rows.membership(&person)?.unwrap())).unwrap();
    drop(vault);

    let same = phone.open();
    assert_eq!(logs(&same), first, "the same install goes on in its logs");
    drop(same);

    phone.install_mark = [99; 16];
    let copy = phone.open();
    let second = logs(&copy);
    assert!(first.iter().all(|log| !second.contains(log)));
    assert_ne!(noise_key(&copy), first_key);
    let device = copy.read(|rows, _| Ok(rows.device_keys()?.device())).unwrap();
    assert!(roster.lists(&device), "the device is the one that the roster lists");
    copy.edit_title(&joint, "Harbour").unwrap();
    assert_eq!(copy.title(&joint).as_deref(), Some("Harbour"));
    let counts: Vec<u64> = copy
        .read(|rows, _| Ok(rows.logs(&nightstand_engine::exchange::Audience::Partner(crate::store::tests::BOND))?))
        .unwrap()
        .iter()
        .map(|log| log.count)
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 2);
    assert!(counts.iter().all(|count| *count == 1), "each log has what was written in it");
    drop(copy);
    assert_eq!(logs(&phone.open()), second, "from then on it is at home");
}

#[test]
fn watchers_hear_of_commits_in_order_until_they_stop() {
    let phone = Phone::alex();
    let vault = phone.open();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let watch = vault.on_commit({
        let heard = heard.clone();
        move |commit| heard.lock().unwrap().push((commit.revision, commit.documents.clone()))
    });
    let start = vault.revision();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    vault.write(|tx| Ok(tx.forget_phrase()?)).unwrap();
    vault.read(|_, _| Ok(())).unwrap();
    let failed: Result<(), _> = vault.write(|tx| {
        tx.purge_place(&key.place)?;
        Err(NightstandError::NotFound)
    });
    assert!(failed.is_err());
    assert_eq!(vault.revision(), start + 2, "only what changed documents counts");
    let documents = std::collections::BTreeSet::from([key]);
    assert_eq!(*heard.lock().unwrap(), [(start + 1, documents.clone()), (start + 2, documents)]);
    drop(watch);
    vault.edit_title(&key, "Harbour").unwrap();
    assert_eq!(heard.lock().unwrap().len(), 2);
}

#[test]
fn a_new_vault_is_one_person_with_one_device() {
    let phone = Phone::alex();
    let vault = phone.open();
    vault
        .read(|rows, person| {
            let roster = rows.membership(&person)?.unwrap();
            assert_eq!(roster.roster().devices, [rows.device_keys()?.device()]);
            assert_eq!((roster.roster().epoch, rows.own_keys()?.current().number()), (1, 1));
            let root = rows.phrase()?.unwrap().root();
            assert_eq!(root.person(), person);
            assert_eq!(root.own_entries_key(1).secret(), rows.own_keys()?.current().secret());
            assert!(rows.bonds()?.is_empty() && rows.set_aside()? == 0);
            Ok(())
        })
        .unwrap();
    let other = Phone::sam().open().person();
    assert_ne!(vault.person(), other);
}
