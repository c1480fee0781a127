//! Words of one's own that are kept to be sent again. They lie in `Private`; what is sent carries its words.

use super::{LIVES_MINUTES, MOST_SIGNAL_UNITS, Signal, Signals};
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId, check_new_line, named};
use crate::store::{Private, Records, Rows};

/// The sort of record.
const SAVED: &str = "saved-signal";

const TITLE: &str = "title";
/// Not `lives`: what is kept here does not fade.
const MINUTES: &str = "minutes";

/// Most that are kept.
pub const MOST_SAVED: usize = 50;

/// A signal in own words, kept to be sent again.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedSignal {
    /// Which.
    pub id: RecordId,
    /// Its words.
    pub words: String,
    /// For how many minutes it is to count.
    pub lives_minutes: u16,
}

impl Signals {
    /// Keeps words to be sent again, for oneself alone. Sends nothing.
    ///
    /// Errors: `InvalidInput` for words that are empty, over their limit or of several lines, for minutes beyond
    /// [`LIVES_MINUTES`], or if there are [`MOST_SAVED`] already; `PrivateLocked`.
    pub fn save(&self, words: &str, lives_minutes: Option<u16>) -> Result<SavedSignal, NightstandError> {
        check_new_line(words, 1, MOST_SIGNAL_UNITS)?;
        let lives_minutes = lives_minutes.unwrap_or(Signal::Own(String::new()).lives_minutes());
        if !LIVES_MINUTES.contains(&lives_minutes) {
            return Err(InvalidInput::Range.into());
        }
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            if saved(&tx.rows(), &places)?.len() >= MOST_SAVED {
                return Err(InvalidInput::Full.into());
            }
            let (name, now_ms) = (Name { what: SAVED, id: RecordId::make(tx), place: places.private }, tx.now_ms());
            records::write(tx, &name, |record| {
                record.set("at", Some(now_ms));
                record.set(TITLE, Some(words));
                record.set(MINUTES, Some(i64::from(lives_minutes)));
                Ok(())
            })?;
            Ok(SavedSignal { id: name.id, words: words.to_owned(), lives_minutes })
        })
    }

    /// Those that are kept, the newest first.
    ///
    /// Errors: `PrivateLocked`.
    pub fn saved(&self) -> Result<Vec<SavedSignal>, NightstandError> {
        self.vault.read(|rows, person| {
            if matches!(rows.private(), Private::Locked) {
                return Err(NightstandError::PrivateLocked);
            }
            saved(rows, &Places::of(rows, person)?)
        })
    }

    /// Keeps one no longer. What was sent of it stays until it fades.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn forget(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = records::find(&tx.rows(), [places.private], SAVED, *id)?;
            records::bury(tx, &name)
        })
    }
}

impl SavedSignal {
    fn of(id: RecordId, record: &Record) -> Option<Self> {
        let minutes = record.number(MINUTES).and_then(|minutes| minutes.try_into().ok());
        let lives_minutes = minutes.filter(|minutes| LIVES_MINUTES.contains(minutes))?;
        Some(Self { id, words: record.text_of(TITLE)?.to_owned(), lives_minutes })
    }
}

fn saved(rows: &Rows<'_>, places: &Places) -> Result<Vec<SavedSignal>, NightstandError> {
    let query = Records { what: SAVED, place: Some(places.private), ..Records::default() };
    let found = named(rows.records(&query, MOST_SAVED)?);
    Ok(found.filter_map(|(id, row)| SavedSignal::of(id, &row.record)).collect())
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for SavedSignal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SavedSignal({} bytes)", self.words.len())
    }
}
