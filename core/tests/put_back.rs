//! An old copy of a vault's file is put back, and its owner writes on without knowing.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, edit, entry};
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::vault::Vault;

fn titles(vault: &Vault) -> Vec<String> {
    vault.journal().rows(&RowsQuery::default()).unwrap().rows.into_iter().map(|row| row.title).collect()
}

#[test]
fn both_what_the_partner_has_and_what_was_written_since_is_there() {
    let mut couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.alex.journal().write(&entry("First", "for Sam", 0), Sharing::Shared).unwrap();
    couple.meet();
    let copy = couple.copy_of_alex();
    edit(&couple.alex, &id, &entry("Evening", "We lay there. It rained.", 1));
    couple.alex.journal().write(&entry("Lost and found", "only Sam has this", 2), Sharing::Shared).unwrap();
    couple.meet();

    couple.reopen_alex(&copy);
    assert_eq!(titles(&couple.alex), ["Evening", "First"]);
    edit(&couple.alex, &id, &entry("Evening", "Late. We lay there.", 1));
    couple.alex.journal().write(&entry("Written since", "before anybody knew", 3), Sharing::Shared).unwrap();
    couple.alex.journal().write(&entry("For me", "private", 4), Sharing::Private).unwrap();
    let report = couple.meet_whatever_it_says();
    assert_eq!(report.repaired, 2, "Mine and Joint went on twice: {report:?}");

    assert_eq!(titles(&couple.alex), ["For me", "Written since", "Lost and found", "Evening", "First"]);
    assert_eq!(titles(&couple.sam), ["Written since", "Lost and found", "Evening", "First"]);
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(vault.journal().read(&id).unwrap().entry.body.text, "Late. We lay there. It rained.");
    }
    edit(&couple.sam, &id, &entry("Evening", "Late. We lay there. It rained. I slept.", 1));
    couple.alex.journal().write(&entry("Since then", "as ever", 5), Sharing::Shared).unwrap();
    let report = couple.meet();
    assert_eq!((report.forks, report.repaired), (0, 0));
    let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
    assert_eq!(digest(&couple.alex), digest(&couple.sam));
    assert_eq!(couple.meet().round_trips, 1);
}

/// A restored phone hears of a deletion that covers more than it has: nothing comes back as if it had been kept.
#[test]
fn what_was_deleted_stays_deleted_after_an_old_copy() {
    for sam_edits in [true, false] {
        let mut couple = Couple::new();
        let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
        couple.meet();
        let copy = couple.copy_of_alex();
        let editor = if sam_edits { &couple.sam } else { &couple.alex };
        let version = editor.journal().read(&id).unwrap().version;
        editor.journal().edit(&id, &entry("Evening", "We lay there. It rained.", 1), &version).unwrap();
        couple.meet();
        couple.alex.journal().delete(&id).unwrap();
        couple.meet();

        couple.reopen_alex(&copy);
        assert_eq!(titles(&couple.alex), ["Evening"]);
        couple.meet_whatever_it_says();
        assert!(titles(&couple.alex).is_empty(), "{:?}", titles(&couple.alex));
    }
}

/// A backup that was made of the fork is put back as well: what had moved to a new log is found there, and stands once.
#[test]
fn a_fork_that_is_put_back_doubles_nothing() {
    for more in [false, true] {
        let mut couple = Couple::new();
        let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
        couple.meet();
        let copy = couple.copy_of_alex();
        edit(&couple.alex, &id, &entry("Evening", "We lay there. It rained.", 1));
        couple.meet();

        couple.reopen_alex(&copy);
        edit(&couple.alex, &id, &entry("Evening", "Late. We lay there.", 1));
        couple.alex.journal().write(&entry("Shared", "once", 2), Sharing::Shared).unwrap();
        let backup = couple.copy_of_alex();
        couple.meet_whatever_it_says();
        couple.alex.journal().write(&entry("After", "the first time", 3), Sharing::Joint).unwrap();
        couple.meet();

        couple.reopen_alex(&backup);
        let mut text = "Late. We lay there. It rained.".to_owned();
        if more {
            edit(&couple.alex, &id, &entry("Evening", "Late. We lay there. I slept.", 1));
            text = "Late. We lay there. I slept. It rained.".to_owned();
        }
        couple.meet_whatever_it_says();
        couple.meet_whatever_it_says();
        couple.alex.journal().write(&entry("Since then", "as ever", 5), Sharing::Joint).unwrap();
        couple.meet();
        for vault in [&couple.alex, &couple.sam] {
            let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
            let shown: Vec<_> = rows.iter().map(|row| (row.title.as_str(), row.preview.as_str())).collect();
            let expected = [
                ("Since then", "as ever"),
                ("After", "the first time"),
                ("Shared", "once"),
                ("Evening", text.as_str()),
            ];
            assert_eq!(shown, expected, "{more}");
        }
        let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
        assert_eq!(digest(&couple.alex), digest(&couple.sam));
        assert_eq!(couple.meet().round_trips, 1);
    }
}
