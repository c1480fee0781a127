//! What comes from a phone that is not as ours are, and what has to outlive an update.

use super::{LIVES, MOST_SENT, SIGNAL, Signal, SignalKind, WORDS};
use crate::docs::record::{Field, Record};
use crate::records::{self, Name, Places, RecordId};
use crate::store::tests::{hand_over, paired};
use crate::vault::Vault;

const NOON: i64 = 1_800_000_000_000;

fn write(vault: &Vault, change: impl FnOnce(&mut Record)) {
    let written = vault.write(|tx| {
        let places = Places::of(&tx.rows(), tx.person())?;
        let name = Name { what: SIGNAL, id: RecordId::make(tx), place: places.shared()?.mine };
        records::write(tx, &name, |record| {
            change(record);
            Ok(())
        })
    });
    written.unwrap();
}

fn said(record: &mut Record, at: i64, lives: i64) {
    record.set("at", Some(at));
    record.set(LIVES, Some(lives));
    record.set("kind", Some("come-close"));
}

#[test]
fn when_it_came_is_known_also_after_lists_were_made_again() {
    let ([_alex_phone, sam_phone], alex, sam) = paired();
    alex.signals().send(&Signal::Listed(SignalKind::WaterPlease), None).unwrap();
    hand_over(&alex, &sam);
    let seen = sam.signals().list().unwrap();
    assert_eq!((seen.live.len(), seen.live[0].received_ms), (1, Some(NOON)));
    sam.close().unwrap();
    let tool = sam_phone.writing_tool();
    tool.execute_batch("UPDATE meta SET value = 1 WHERE name = 'derived_version'; DELETE FROM record").unwrap();
    drop(tool);
    let sam = sam_phone.open();
    assert_eq!(sam.signals().list().unwrap(), seen);

    // It goes with its document, and nothing is noted of what does not fade.
    alex.signals().take_back(&seen.live[0].id).unwrap();
    write(&alex, |record| record.set("at", Some(NOON)));
    hand_over(&alex, &sam);
    let kept = |vault: &Vault| vault.read(|rows, _| Ok(rows.all("SELECT 1 FROM received", [], |_| Ok(()))?.len()));
    assert_eq!((kept(&sam).unwrap(), kept(&alex).unwrap()), (0, 0));
    assert!(sam.signals().list().unwrap().live.is_empty());
}

#[test]
fn whatever_a_phone_sends_the_list_stays_short() {
    let (_phones, alex, sam) = paired();
    for number in 0..60 {
        write(&alex, |record| said(record, NOON - number, 30));
    }
    hand_over(&alex, &sam);
    assert_eq!(sam.signals().list().unwrap().live.len(), MOST_SENT);
    // Alex's own phone lets go of them when something is sent.
    alex.signals().send(&Signal::Listed(SignalKind::ThinkingOfYou), None).unwrap();
    hand_over(&alex, &sam);
    let live = sam.signals().list().unwrap().live;
    assert_eq!((live.len(), &live[0].signal), (MOST_SENT, &Signal::Listed(SignalKind::ThinkingOfYou)));
}

#[test]
fn what_can_not_be_read_is_not_shown() {
    let (_phones, alex, sam) = paired();
    // No time, no life, no words, too many words, a kind of a later version with and without words.
    write(&alex, |record| record.set("kind", Some("come-close")));
    write(&alex, |record| said(record, i64::MAX, 30));
    write(&alex, |record| said(record, NOON, -1));
    write(&alex, |record| {
        said(record, NOON, 30);
        record.set("kind", Some(7));
    });
    write(&alex, |record| {
        said(record, NOON, 30);
        record.set("kind", None::<Field>);
        record.set(WORDS, Some("x".repeat(101)));
    });
    write(&alex, |record| {
        said(record, NOON, 30);
        record.set("kind", Some("hum-to-me"));
    });
    write(&alex, |record| {
        said(record, NOON, i64::MAX);
        record.set("kind", Some("hum-to-me"));
        record.set(WORDS, Some("Hum to me"));
    });
    hand_over(&alex, &sam);
    let seen = sam.signals().list().unwrap();
    let told: Vec<_> = seen.live.iter().chain(&seen.earlier).map(|view| &view.signal).collect();
    assert_eq!(told.len(), 1);
    assert!(told.contains(&&Signal::Own("Hum to me".into())));
    let until = seen.live.iter().map(|view| view.live_until_ms.unwrap()).max();
    assert_eq!(until, Some(NOON + 86_400_000), "a day at most");
}

#[test]
fn a_change_makes_nothing_fresh_again() {
    let (_phones, alex, sam) = paired();
    let old = NOON - 3_600_000;
    write(&alex, |record| said(record, old, 30));
    hand_over(&alex, &sam);
    let id = sam.signals().list().unwrap().earlier[0].id;
    let received = |ms: i64| {
        let set = move |tx: &mut crate::store::StoreTx<'_>| Ok(tx.set_received(ms)?);
        sam.write(set).unwrap();
    };
    received(old);
    let again = alex.write(|tx| {
        let places = Places::of(&tx.rows(), tx.person())?;
        let name = Name { what: SIGNAL, id, place: places.shared()?.mine };
        records::write(tx, &name, |record| {
            said(record, NOON, 30);
            Ok(())
        })
    });
    again.unwrap();
    hand_over(&alex, &sam);
    let seen = sam.signals().list().unwrap();
    assert_eq!((seen.live.len(), seen.earlier[0].received_ms), (0, Some(old)));
}
