//! What an earlier version let through.

use super::NOON;
use crate::care::check_ins::{CheckIn, CheckInMoment};
use crate::care::room::RoomDraft;
use crate::docs::record::Field;
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::records::{self, Name, Places, RecordId};
use crate::store::tests::{hand_over, paired};
use crate::vault::Vault;

fn write(vault: &Vault, what: &'static str, of_both: bool, fields: &[(&str, Field)]) -> RecordId {
    let written = vault.write(|tx| {
        let places = Places::of(&tx.rows(), tx.person())?;
        let place = if of_both { places.shared()?.joint } else { places.private };
        let id = RecordId::make(tx);
        records::write(tx, &Name { what, id, place }, |record| {
            fields.iter().for_each(|(field, value)| record.set(field, Some(value.clone())));
            Ok(())
        })?;
        Ok(id)
    });
    written.unwrap()
}

/// It is not written anew, and it is read: times that are far off or past, lines with nothing to see, a low since when without a
/// low.
#[test]
fn is_read_as_it_was() {
    let (_phones, alex, sam) = paired();
    let (blank, last_ms) = ("\u{200b}", *TIMES_MS.end());
    let room = |at_ms: i64| [("at", Field::from(at_ms)), ("minutes", 60_i64.into()), ("title", " ".into())];
    let rooms = [1, last_ms].map(|at_ms| write(&sam, "room", true, &room(at_ms)));
    let ritual = write(&sam, "ritual", true, &[("title", blank.into())]);
    let song = write(&sam, "song", true, &[("title", blank.into()), ("artist", " ".into())]);
    let later = NOON + 86_400_000;
    let said = [("at", later.into()), ("moment", "closing".into()), ("drop-since", later.into())];
    let check_in = write(&sam, "check-in", false, &said);
    hand_over(&sam, &alex);

    for (id, at_ms) in rooms.iter().zip([1, last_ms]) {
        let read = alex.rooms().read(id).unwrap();
        assert_eq!((read.content.at_ms, read.content.title.as_str()), (at_ms, " "));
        let not_to_come = Err(NightstandError::InvalidInput { what: InvalidInput::State });
        assert_eq!(alex.rooms().accept(id, &read.hash), not_to_come);
        let again = RoomDraft { ..read.content };
        assert!(alex.rooms().propose(&again).is_err());
    }
    assert_eq!(alex.rituals().read(&ritual).unwrap().title, blank);
    let heard = alex.songs().list(None).unwrap();
    assert_eq!((heard[0].id, heard[0].content.artist.as_str()), (song, " "));
    let read = sam.check_ins().read(&check_in).unwrap().content;
    let expected = CheckIn { drop_since_ms: Some(later), ..CheckIn::new(CheckInMoment::Closing, None, later) };
    assert_eq!(read, expected);
    let noted = CheckIn { note: "Later.".into(), ..read.clone() };
    assert_eq!(sam.check_ins().change(&check_in, &noted, &read).unwrap().content, noted);
}
