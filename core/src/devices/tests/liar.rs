//! Sam's phone, with our code changed to lie. What it may write, it may; nothing else of Alex's changes.

use nightstand_engine::ids::DocumentKey;
use nightstand_engine::kinds::Kind;

use super::*;
use crate::care::follow_ups::{FollowUpDraft, FollowUpFor, FollowUpTime};
use crate::care::room::RoomDraft;
use crate::care::sessions::SessionDraft;
use crate::care::signals::{Hush, Signal};
use crate::docs::record::{self, Field};
use crate::journal::RowsQuery;
use crate::journal::questions::questions;
use crate::records::{Audience, Name, Places, RecordId};
use crate::store::Records;
use crate::together::ticks::TickOf;
use crate::zones::ZoneOffsets;

/// A copy of Sam's phone, as it is now, which a liar keeps: it writes on in the same logs.
fn copy_of_sam(home: &Home) -> Vault {
    home.sam.pause(std::time::Duration::from_secs(10)).unwrap();
    std::fs::copy(home.folder.path().join("sam"), home.folder.path().join("liar")).unwrap();
    home.sam.resume().unwrap();
    let options = OpenOptions::new(home.folder.path().join("liar"), [2; 32], [2; 16]);
    Vault::open_with(options.clock(Arc::clone(&home.clock) as Arc<dyn Clock>).seed([22; 32])).unwrap()
}

#[test]
fn two_pasts_for_two_of_my_devices_are_seen_and_harm_nothing_else() {
    let home = Home::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&home.phone, "From Alex", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    for vault in [&home.phone, &tablet] {
        meet(vault, &home.sam);
    }
    let liar = copy_of_sam(&home);
    write(&home.sam, "I was there", Sharing::Shared);
    write(&liar, "I was not there", Sharing::Shared);
    meet(&home.phone, &home.sam);
    meet(&tablet, &liar);
    assert_eq!(titles(&home.phone), ["From Alex", "From Sam", "I was there"]);
    assert_eq!(titles(&tablet), ["From Alex", "From Sam", "I was not there"]);

    let report = meet_own(&tablet, &home.phone);
    assert!(report.forks > 0, "{report:?}");
    // Neither takes the other's for what Sam wrote, and each keeps what it was shown.
    assert_eq!(titles(&home.phone), ["From Alex", "From Sam", "I was there"]);
    assert_eq!(titles(&tablet), ["From Alex", "From Sam", "I was not there"]);
    write(&tablet, "Still mine", Sharing::Shared);
    meet_own(&tablet, &home.phone);
    assert_eq!(titles(&home.phone), ["From Alex", "From Sam", "I was there", "Still mine"]);

    // Sam's true phone goes on with both. What the two of Alex's were shown of Sam's own words may stay apart.
    write(&home.sam, "Since then", Sharing::Shared);
    for _ in 0..2 {
        for vault in [&home.phone, &tablet] {
            meet(vault, &home.sam);
        }
    }
    meet_own(&tablet, &home.phone);
    for vault in [&home.phone, &tablet] {
        let own_and_new = ["From Alex", "From Sam", "Since then", "Still mine"];
        // Sam's words may be there twice.
        let shown = |title: &str| titles(vault).iter().any(|shown| shown.starts_with(title));
        assert!(own_and_new.iter().all(|title| shown(title)), "{:?}", titles(vault));
    }
    let mine = |vault: &Vault| {
        let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows.into_iter();
        rows.filter(|row| row.id.author() == crate::journal::Author::Me).map(|row| row.preview).collect::<Vec<_>>()
    };
    assert_eq!(mine(&home.phone), ["on the sofa", "on the sofa"]);
    assert_eq!(mine(&tablet), mine(&home.phone));
}

/// What both tick is one document, whose id everybody can know before it is there.
#[test]
fn another_kind_of_document_where_i_write_next_is_an_error_and_nothing_else() {
    let home = Home::new();
    write(&home.phone, "From Alex", Sharing::Shared);
    let squat = home.sam.write(|tx| {
        let place = Places::of(&tx.rows(), tx.person())?.shared()?.joint;
        let name = format!("{}/{}", TickOf::Question.name(), RecordId::THE_ONE);
        let mut draft = tx.draft(DocumentKey { place, id: record::id_of(&name, &place) }, Kind::JournalEntry)?;
        let entry = EntryDraft { title: "This is mine now".into(), ..EntryDraft::default() };
        crate::docs::entry::write(&mut draft, &entry)?;
        draft.finish(tx)?;
        Ok(())
    });
    squat.unwrap();
    meet(&home.phone, &home.sam);
    let (ticks, question) = (home.phone.ticks(), questions()[0].id);
    assert_eq!(ticks.tick(TickOf::Question, question, Audience::Both), Err(NightstandError::Deleted));
    ticks.tick(TickOf::Question, question, Audience::Me).unwrap();
    assert_eq!(ticks.list(TickOf::Question).unwrap().len(), 1);
    assert_eq!(titles(&home.phone), ["From Alex", "This is mine now"]);
}

struct Utc;

impl ZoneOffsets for Utc {
    fn offset_seconds(&self, _zone: &str, _utc_ms: i64) -> Option<i32> {
        Some(0)
    }
}

/// Whatever numbers stand in what Sam's phone wrote, Alex's screens go on, and what Alex wrote stands in them.
#[test]
fn times_beyond_all_time_break_no_screen() {
    let ten_thousand_years = 253_402_300_800_000;
    for lie in [i64::MAX, i64::MIN, i64::MAX - 1, ten_thousand_years, -ten_thousand_years, -1] {
        let home = Home::new();
        let (now_ms, hour) = (home.phone.now_ms(), 3_600_000);
        write(&home.phone, "From Alex", Sharing::Shared);
        write(&home.sam, "From Sam", Sharing::Shared);
        home.phone.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap();
        home.sam.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap();
        home.sam.signals().send(&Signal::Own("Come close".into()), None).unwrap();
        let room = RoomDraft { at_ms: now_ms + hour, minutes: 60, title: String::new(), situation: [].into() };
        home.sam.rooms().propose(&room).unwrap();
        let when = FollowUpTime::At { ms: now_ms + hour };
        let wish = FollowUpDraft { words: "A walk".into(), when, activity: None, script: None, session: None };
        home.sam.follow_ups().add(FollowUpFor::Partner, &wish).unwrap();
        lie_about_all_numbers(&home.sam, lie);
        meet(&home.phone, &home.sam);

        let phone = &home.phone;
        assert_eq!(titles(phone), ["From Alex", "From Sam"]);
        assert!(!phone.sessions().list(i64::MIN, i64::MAX).unwrap().is_empty());
        phone.sessions().list(now_ms - hour, now_ms + hour).unwrap();
        phone.rooms().list(i64::MIN, i64::MAX).unwrap();
        phone.follow_ups().list(Whose::Partner).unwrap();
        phone.signals().list().unwrap();
        phone.signals().to_notify(i64::MIN, Hush::Off).unwrap();
        phone.due().between(now_ms, now_ms + 30 * 24 * hour, "UTC", &Utc).unwrap();
        phone.journal().months(&RowsQuery::default()).unwrap();
        write(phone, "As ever", Sharing::Shared);
        meet(phone, &home.sam);
    }
}

/// Writes one number into every field of Sam's records that holds one, as no app of ours would.
fn lie_about_all_numbers(sam: &Vault, lie: i64) {
    let lied = sam.write(|tx| {
        let sorts = tx.rows().all("SELECT DISTINCT what FROM record", [], |row| Ok(row.get::<_, String>(0)?))?;
        let places = Places::of(&tx.rows(), tx.person())?.shared()?;
        let mut lies = 0;
        for (what, place) in sorts.iter().flat_map(|what| [(what, places.mine), (what, places.joint)]) {
            let query = Records { what, place: Some(place), bond: place.bond(), ..Records::default() };
            for row in tx.rows().records(&query, 100)? {
                let name = Name { what, id: row.id.parse()?, place };
                crate::records::write(tx, &name, |record| {
                    for value in record.fields.values_mut().flatten().filter(|value| value.number().is_some()) {
                        *value = Field::Number(lie);
                        lies += 1;
                    }
                    Ok(())
                })?;
            }
        }
        Ok(lies)
    });
    assert!(lied.unwrap() >= 5);
}
