//! Two vaults that hand each other what they wrote.

use std::collections::BTreeSet;

use nightstand_engine::batch;
use nightstand_engine::exchange::admit::{Terms, admit};
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::Space;
use nightstand_engine::limits;
use nightstand_engine::store::{Store, Transaction, vector};

use super::{BOND, Journaling, Phone, pair, paired, parties};
use crate::error::NightstandError;
use crate::vault::Vault;

/// Gives `to` everything that `from` has under their bond. As in a session, what refers to something unknown is asked for again,
/// whole.
pub(crate) fn hand_over(from: &Vault, to: &Vault) {
    let taken = send(from, to, false).or_else(|_| send(from, to, true));
    taken.unwrap();
}

pub(super) fn send(from: &Vault, to: &Vault, whole: bool) -> Result<(), NightstandError> {
    let known = to.with_store(|store| Ok(vector(&store.begin()?, &parties(to))?))?;
    let mut outbox = Outbox::new(&known, BTreeSet::new());
    if whole {
        outbox.send_whole();
    }
    while let Some(packed) =
        from.with_store(|store| Ok(outbox.next_batch(&store.begin()?, &parties(from), limits::BATCH_TARGET)?))?
    {
        let plain = batch::unpack(&packed.bytes).unwrap();
        let parties = parties(to);
        to.write(|tx| Ok(admit(tx, &parties, &plain, &Terms::with(2))?))?;
    }
    Ok(())
}

#[test]
fn two_vaults_with_the_same_entries_hold_the_same() {
    let (_phones, alex, sam) = paired();
    let secret = alex.begin_entry(Space::Private, "A secret", "");
    let mine = alex.begin_entry(Space::Mine, "From Alex", "soup");
    let joint = alex.begin_entry(Space::Joint, "Lighthouse", "We walked.");
    hand_over(&alex, &sam);
    assert_eq!(sam.listed(), ["From Alex", "Lighthouse"]);
    assert_eq!((sam.title(&secret), sam.found("soup")), (None, 1));

    sam.edit_title(&joint, "The lighthouse").unwrap();
    alex.edit_title(&joint, "Lighthouse, at night").unwrap();
    hand_over(&sam, &alex);
    hand_over(&alex, &sam);
    assert_eq!(alex.title(&joint), sam.title(&joint));
    assert_eq!(sam.edit_title(&mine, "Not mine").unwrap_err().code(), "not_yours");

    alex.delete(&mine);
    hand_over(&alex, &sam);
    assert_eq!((sam.title(&mine), sam.found("soup")), (None, 0));
    let heard = |vault: &Vault| vault.with_store(|store| Ok(vector(&store.begin()?, &parties(vault))?)).unwrap();
    assert_eq!(heard(&alex), heard(&sam));
}

/// The store answers by the document and the arrival, not by walking a whole history: a first sync of one long document
/// asks as often as it has entries.
#[test]
fn a_long_history_is_handed_over() {
    let (_phones, alex, sam) = paired();
    let joint = alex.begin_entry(Space::Joint, "0", "");
    for number in 1..300 {
        alex.edit_title(&joint, &number.to_string()).unwrap();
    }
    hand_over(&alex, &sam);
    assert_eq!(sam.title(&joint).as_deref(), Some("299"));
}

/// What was written for the partner goes out without opening its documents, and is kept twice only until it went.
#[test]
fn payloads_stay_until_a_peer_has_them() {
    let ([_alex_phone, _sam_phone], alex, sam) = paired();
    alex.begin_entry(Space::Private, "A secret", "");
    let unsent = |vault: &Vault| vault.read(|rows, _| Ok(rows.unsent_bytes()?)).unwrap();
    assert_eq!(unsent(&alex), 0, "a private entry goes nowhere");
    let joint = alex.begin_entry(Space::Joint, "Lighthouse", "We walked.");
    let first = unsent(&alex);
    alex.edit_title(&joint, "The lighthouse").unwrap();
    assert!(0 < first && first < unsent(&alex));
    hand_over(&alex, &sam);
    assert_eq!(unsent(&sam), 0, "what came from a peer is in its document alone");

    let reached = alex.with_store(|store| Ok(vector(&store.begin()?, &parties(&alex))?)).unwrap();
    alex.write(|tx| Ok(tx.handed_over(&reached)?)).unwrap();
    assert_eq!(unsent(&alex), 0);
    drop(sam);
    let sam_phone = Phone::sam();
    let sam = sam_phone.open();
    pair(&alex, &sam);
    hand_over(&alex, &sam);
    assert_eq!(sam.title(&joint), alex.title(&joint), "without payloads it goes out from its document");
}

/// A document of a kind that this version did not know: its entries wait, and the version that knows it takes them up.
#[test]
fn what_waited_for_a_kind_is_taken_up_by_the_version_that_knows_it() {
    let ([_alex_phone, sam_phone], alex, sam) = paired();
    let joint = alex.begin_entry(Space::Joint, "Lighthouse", "We walked.");
    alex.edit_title(&joint, "The lighthouse").unwrap();

    // To Sam's version there are no kinds at all, so what begins the document goes as it is.
    let known = sam.with_store(|store| Ok(vector(&store.begin()?, &parties(&sam))?)).unwrap();
    let mut outbox = Outbox::new(&known, BTreeSet::new());
    outbox.peer_knows_kinds(0);
    let packed = alex
        .with_store(|store| Ok(outbox.next_batch(&store.begin()?, &parties(&alex), limits::BATCH_TARGET)?))
        .unwrap()
        .unwrap();
    let plain = batch::unpack(&packed.bytes).unwrap();
    let parsed = batch::Batch::parse(&plain, BOND).unwrap();
    assert!(matches!(parsed.entries[0].form, batch::Form::Whole(_)));
    assert!(matches!(parsed.entries[1].form, batch::Form::Stripped { .. }));
    let of_sam = parties(&sam);
    sam.write(|tx| Ok(admit(tx, &of_sam, &plain, &Terms::with(1))?)).unwrap();
    assert_eq!(sam.title(&joint).as_deref(), Some("The lighthouse"));

    // As the earlier version would have left it.
    drop(sam);
    let payloads = alex.read(|rows, _| {
        let sql = "SELECT number, payload FROM entry WHERE payload IS NOT NULL ORDER BY number";
        Ok(rows.all(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?)
    });
    let tool = sam_phone.writing_tool();
    for (number, payload) in payloads.unwrap() {
        tool.execute("UPDATE entry SET state = 1, payload = ?2 WHERE number = ?1", (number, payload)).unwrap();
    }
    tool.execute_batch(
        "DELETE FROM words; DELETE FROM row; UPDATE document SET kind = 0, stored = NULL;
         UPDATE meta SET value = 1 WHERE name = 'derived_version'",
    )
    .unwrap();
    drop(tool);
    let sam = sam_phone.open();
    assert_eq!((sam.title(&joint).as_deref(), sam.found("walked")), (Some("The lighthouse"), 1));
    let waiting = sam.read(|rows, _| Ok(rows.all("SELECT 1 FROM entry WHERE state = 1", [], |_| Ok(()))?.len()));
    assert_eq!(waiting, Ok(0));
}
