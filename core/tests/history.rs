//! Looking back at an entry, and going back to how it was.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, edit, entry, vault};
use nightstand::error::NightstandError;
use nightstand::journal::{Author, EntryDraft, EntryId, EntryVersion, RowsQuery, Sharing};
use nightstand::vault::Vault;

/// What an entry said in each of its versions, the newest first, without repetitions.
fn texts(vault: &Vault, id: &EntryId) -> Vec<String> {
    let journal = vault.journal();
    let past = journal.history(id).unwrap();
    let mut texts: Vec<_> = past.iter().map(|past| journal.read_past(id, &past.version).unwrap().body.text).collect();
    texts.dedup();
    texts
}

#[test]
fn every_save_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let journal = alex.journal();
    let first = EntryDraft { mood: Some("calm".into()), ..entry("Evening", "We lay there.", 1) };
    let id = journal.write(&first, Sharing::Private).unwrap();
    edit(&alex, &id, &entry("Evening", "We lay there. It was quiet.", 1));
    edit(&alex, &id, &entry("A slow evening", "It was quiet.", 1));
    assert_eq!(texts(&alex, &id), ["It was quiet.", "We lay there. It was quiet.", "We lay there."]);
    let past = journal.history(&id).unwrap();
    assert!(past.iter().all(|past| past.by == Author::Me && past.at_ms.is_some_and(|at| at > 1_700_000_000_000)));
    let oldest = past.last().unwrap();
    assert_eq!(journal.read_past(&id, &oldest.version).unwrap(), first);

    let restored = journal.restore(&id, &oldest.version).unwrap();
    assert_eq!(restored.entry, first);
    assert_eq!(texts(&alex, &id).first().map(String::as_str), Some("We lay there."));
    assert_eq!(texts(&alex, &id).len(), 4, "what stood there stays in the history");
    let row = journal.rows(&RowsQuery::default()).unwrap().rows.remove(0);
    assert_eq!((row.title.as_str(), row.mood.as_deref()), ("Evening", Some("calm")));

    let other = journal.write(&entry("Other", "…", 2), Sharing::Private).unwrap();
    let of_other = journal.history(&other).unwrap().remove(0).version;
    for version in [of_other, EntryVersion::from_bytes(vec![]), EntryVersion::from_bytes(vec![1; 31])] {
        assert_eq!(journal.read_past(&id, &version), Err(NightstandError::NotFound));
        assert_eq!(journal.restore(&id, &version).unwrap_err(), NightstandError::NotFound);
    }
    journal.delete(&id).unwrap();
    assert_eq!(journal.history(&id), Err(NightstandError::Deleted));
}

#[test]
fn a_joint_entry_says_who_and_not_when() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.meet();
    edit(&couple.sam, &id, &entry("Evening", "The lamp was on. We lay there.", 1));
    couple.meet();
    let past = couple.alex.journal().history(&id).unwrap();
    assert_eq!(past.iter().map(|past| past.by).collect::<Vec<_>>(), [Author::Partner, Author::Me]);
    assert!(past.iter().all(|past| past.at_ms.is_none()));

    // Alex goes back while Sam writes on: both stay.
    edit(&couple.sam, &id, &entry("Evening", "The lamp was on. We lay there. It rained.", 1));
    couple.alex.journal().restore(&id, &past[1].version).unwrap();
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(vault.journal().read(&id).unwrap().entry.body.text, "We lay there. It rained.");
    }
}

#[test]
fn the_history_of_a_shared_entry_is_its_writers() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Letter", "dear Sam", 1), Sharing::Shared).unwrap();
    edit(&couple.alex, &id, &entry("Letter", "dear Sam, a secret", 1));
    edit(&couple.alex, &id, &entry("Letter", "dear Sam, with love", 1));
    couple.alex.journal().share(&id).unwrap();
    couple.meet();
    assert_eq!(texts(&couple.alex, &id), ["dear Sam, with love", "dear Sam, a secret", "dear Sam"]);
    let theirs = couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows[0].id;
    assert_eq!(couple.sam.journal().history(&theirs), Err(NightstandError::NotYours));
    // Going back changes the working copy; the partner sees it when it is shared again.
    let oldest = couple.alex.journal().history(&id).unwrap().pop().unwrap();
    let restored = couple.alex.journal().restore(&id, &oldest.version).unwrap();
    assert!(restored.unshared_edits);
    couple.meet();
    assert_eq!(couple.sam.journal().read(&theirs).unwrap().entry.body.text, "dear Sam, with love");
}
