//! Songs to come down to: a list that is made beforehand, so that nobody looks for music on a screen afterwards.
//!
//! Each song is a record of its own, in `Joint` or in `Private`. It stands in the list, or it was **asked for**: the partner lets
//! it in, or takes it out, without a word. Songs are numbered with room in between: to move one changes that one.
//!
//! # Links
//!
//! A link comes from a partner's phone, and a tap opens it. So it leads to a page or into one music app, and nowhere else:
//! `https://` and `http://` with a host, and without a name or password before it, which could make one host look like another;
//! and `spotify:` with `track`, `album`, `playlist` or `artist` and an id. Anything else is refused here, and not shown where it
//! was written past us: `javascript:`, `file:`, `intent:`, `tel:` and other schemes let a tap do things. Nothing is ever fetched:
//! what a link leads to is between the person and whom it leads to, and an app does well to show the host before it opens it.

use std::collections::BTreeSet;

use nightstand_engine::ids::{PersonId, Place};

use super::order::{Placed, place};
use crate::care::Condition;
use crate::care::sessions::order_of;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::records::copies::Copying;
use crate::records::{self, Audience, Name, Places, RecordId, check_line, check_new_line, mark_of, named};
use crate::shown::check_since;
use crate::store::{RecordRow, Rows, StoreTx};
use crate::vault::Vault;

/// The sort of record.
const SONG: &str = "song";

/// Most songs that one person adds, and that a list has of each.
pub const MOST_SONGS: usize = 1_000;

/// Longest title and longest artist, in UTF-16 units.
pub const MOST_TITLE_UNITS: usize = 200;

/// Longest link, in bytes.
pub const MOST_LINK_BYTES: usize = 2_000;

const ASKED: &str = "asked";
const LET_IN: &str = "let-in";

/// The songs of a vault.
///
/// A small handle; get one from [`Vault::songs`]. What it changes is saved when a call returns, and reaches the partner at the
/// next sync if the song is of both.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], std::sync::Arc::new(SystemClock))?;
/// use nightstand::care::Condition;
/// use nightstand::records::Audience;
/// use nightstand::together::songs::SongDraft;
///
/// let slow = SongDraft {
///     title: "Something slow".into(),
///     artist: "Somebody we like".into(),
///     link: "https://music.example/slow".into(),
///     situation: [Condition::Tired].into(),
/// };
/// let song = vault.songs().add(Audience::Me, &slow)?;
/// assert_eq!(vault.songs().list(Some(Condition::Tired))?, [song]);
/// assert!(vault.songs().list(Some(Condition::Intense))?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Songs {
    vault: Vault,
}

impl Vault {
    /// Songs to come down to.
    pub fn songs(&self) -> Songs {
        Songs { vault: self.clone() }
    }
}

/// What somebody says of a song.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SongDraft {
    /// One line, not empty, at most [`MOST_TITLE_UNITS`] UTF-16 units.
    pub title: String,
    /// One line, at most [`MOST_TITLE_UNITS`] UTF-16 units; may be empty.
    pub artist: String,
    /// Where it can be heard, at most [`MOST_LINK_BYTES`] bytes; empty: nowhere in particular.
    pub link: String,
    /// After or in which of these it is for; none: always.
    pub situation: BTreeSet<Condition>,
}

/// Does a song stand in the list?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SongState {
    /// It does.
    Listed,
    /// Somebody asked for it.
    Asked,
}

names!(SongState { Self::Listed = "listed", Self::Asked = "asked" });

/// Who added or asked for a song.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SongBy {
    /// The vault's person.
    Me,
    /// Their partner.
    Partner,
}

/// A song.
#[derive(Clone, PartialEq, Eq)]
pub struct SongView {
    /// Which.
    pub id: RecordId,
    /// For whom.
    pub audience: Audience,
    /// What is said of it. A link that is none of those that may be opened is empty.
    pub content: SongDraft,
    /// Who added or asked for it, as it says.
    pub by: SongBy,
    /// Does it stand in the list?
    pub state: SongState,
}

impl Songs {
    /// Adds a song to the end of the list.
    ///
    /// Errors: `InvalidInput` for a title or an artist that is too long or of several lines, a title that is empty (`Empty`), a
    /// link that may not be opened (`Link`), or if one has added [`MOST_SONGS`] already (`Full`); `NotPaired`, `PrivateLocked`.
    pub fn add(&self, audience: Audience, draft: &SongDraft) -> Result<SongView, NightstandError> {
        self.note(audience, draft, SongState::Listed)
    }

    /// Asks the partner for a song, beforehand.
    ///
    /// Errors: as [`add`](Self::add).
    pub fn ask(&self, draft: &SongDraft) -> Result<SongView, NightstandError> {
        self.note(Audience::Both, draft, SongState::Asked)
    }

    /// Lets a song that the partner asked for into the list, at its end. One that is in it stays where it is.
    ///
    /// Errors: `InvalidInput` (`State`) for one that this person asked for themself; `NotFound`, `Deleted`.
    pub fn let_in(&self, id: &RecordId) -> Result<SongView, NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            let song = view(tx, &name)?;
            match (song.state, song.by) {
                (SongState::Listed, _) => return Ok(song),
                (SongState::Asked, SongBy::Me) => return Err(InvalidInput::State.into()),
                (SongState::Asked, SongBy::Partner) => {}
            }
            let order = put(tx, &name, usize::MAX)?;
            records::write(tx, &name, |record| {
                record.set(LET_IN, Some(true));
                record.set("order", Some(order));
                Ok(())
            })?;
            view(tx, &name)
        })
    }

    /// Says something else of a song: `since` is the content that the screen was drawn from.
    ///
    /// Errors: as [`add`](Self::add); `ChangedMeanwhile` if it says something else by now, on another screen or device, or by
    /// the partner: then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub fn change(&self, id: &RecordId, draft: &SongDraft, since: &SongDraft) -> Result<SongView, NightstandError> {
        draft.check()?;
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            check_since(&view(tx, &name)?.content, draft, since)?;
            records::write(tx, &name, |record| {
                draft.write(record);
                Ok(())
            })?;
            view(tx, &name)
        })
    }

    /// Moves a song among those of its audience that stand in the list: to the place `position`, counted from 0 without it.
    /// Beyond the end is the end.
    ///
    /// Errors: `InvalidInput` (`State`) for one that was asked for and is not in the list; `NotFound`, `Deleted`,
    /// `PrivateLocked`.
    pub fn move_to(&self, id: &RecordId, position: usize) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            if view(tx, &name)?.state == SongState::Asked {
                return Err(InvalidInput::State.into());
            }
            let order = put(tx, &name, position)?;
            set_order(tx, &name, order)
        })
    }

    /// Copies a song of one's own for both, as after a pairing, to the end of their list; the partner has the copy after the next
    /// sync. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput` (`Full`) if one has added [`MOST_SONGS`] already; `NotFound` for one that is not
    /// one's own alone; `Deleted` if it or its copy was removed; `PrivateLocked`.
    pub fn copy_to_both(&self, id: &RecordId) -> Result<SongView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let Copying { from, to, stands } = Copying::of(&tx.rows(), &places, SONG, id)?;
            if !stands {
                let content = view(tx, &from)?.content;
                write_new(tx, &places, &to, &content, SongState::Listed)?;
            }
            view(tx, &to)
        })
    }

    /// Takes a song out, or a request back or away; on the partner's phone too if it is of both.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn remove(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            records::bury(tx, &name)
        })
    }

    /// The list in its order, those of both first: what is for this situation or for always; all of it where none is asked for.
    /// While Private is locked those of both.
    pub fn list(&self, situation: Option<Condition>) -> Result<Vec<SongView>, NightstandError> {
        let fits = |song: &SongView| match situation {
            Some(condition) => song.content.situation.is_empty() || song.content.situation.contains(&condition),
            None => true,
        };
        self.songs(|song| song.state == SongState::Listed && fits(song))
    }

    /// The songs that were asked for and are not in the list, by whomever.
    pub fn asked(&self) -> Result<Vec<SongView>, NightstandError> {
        self.songs(|song| song.state == SongState::Asked)
    }

    fn songs(&self, wanted: impl Fn(&SongView) -> bool) -> Result<Vec<SongView>, NightstandError> {
        self.vault.read(|rows, person| {
            let all = ordered(rows, &Places::of(rows, person)?, &person)?;
            Ok(all.into_iter().map(|(_, song)| song).filter(wanted).collect())
        })
    }

    fn note(&self, audience: Audience, draft: &SongDraft, state: SongState) -> Result<SongView, NightstandError> {
        draft.check()?;
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = Name { what: SONG, id: RecordId::make(tx), place: audience.place(&places)? };
            write_new(tx, &places, &name, draft, state)?;
            view(tx, &name)
        })
    }
}

impl SongDraft {
    fn check(&self) -> Result<(), NightstandError> {
        check_new_line(&self.title, 1, MOST_TITLE_UNITS)?;
        check_new_line(&self.artist, 0, MOST_TITLE_UNITS)?;
        if self.link.is_empty() || may_open(&self.link) { Ok(()) } else { Err(InvalidInput::Link.into()) }
    }

    fn write(&self, record: &mut Record) {
        record.set("title", Some(self.title.as_str()));
        record.set("artist", Some(self.artist.as_str()).filter(|artist| !artist.is_empty()));
        record.set("link", Some(self.link.as_str()).filter(|link| !link.is_empty()));
        record.marks.retain(|mark| Condition::from_name(mark).is_none());
        record.marks.extend(self.situation.iter().map(|condition| condition.name().to_owned()));
    }

    /// None of what is no song.
    fn of(record: &Record) -> Option<Self> {
        let line = |key, least| {
            record.text_of(key).filter(|line| check_line(line, least, MOST_TITLE_UNITS).is_ok()).map(str::to_owned)
        };
        Some(Self {
            title: line("title", 1)?,
            artist: line("artist", 0).unwrap_or_default(),
            link: record.text_of("link").filter(|link| may_open(link)).unwrap_or_default().to_owned(),
            situation: record.marks.iter().filter_map(|mark| Condition::from_name(mark)).collect(),
        })
    }
}

/// Is it a link that a tap may open?
fn may_open(link: &str) -> bool {
    let plain = link.len() <= MOST_LINK_BYTES
        && link.chars().all(|letter| !letter.is_control() && !letter.is_whitespace() && !turns(letter))
        && !link.contains('\\');
    let Some((scheme, rest)) = link.split_once(':').filter(|_| plain) else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "https" | "http" => rest.strip_prefix("//").is_some_and(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            !host.is_empty()
                && !host.contains('@')
                && host.starts_with(|first: char| first.is_alphanumeric() || first == '[')
        }),
        "spotify" => rest.split_once(':').is_some_and(|(kind, id)| {
            let is_id = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_id && ["track", "album", "playlist", "artist"].contains(&kind)
        }),
        _ => false,
    }
}

/// Letters that can't be seen, or turn around what follows.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn view_of(id: RecordId, place: &Place, record: &Record, me: &PersonId) -> Option<SongView> {
    let audience = Audience::of(place);
    let mine = audience == Audience::Me || record.text_of("by") == Some(mark_of(me).as_str());
    // Let in on one phone while something else was said on the other: it is in.
    let state = if record.values(ASKED).is_empty() || !record.values(LET_IN).is_empty() {
        SongState::Listed
    } else {
        SongState::Asked
    };
    let by = if mine { SongBy::Me } else { SongBy::Partner };
    Some(SongView { id, audience, content: SongDraft::of(record)?, by, state })
}

fn view(tx: &StoreTx<'_>, name: &Name<'_>) -> Result<SongView, NightstandError> {
    let record = records::read(&tx.rows(), name)?.ok_or(NightstandError::NotFound)?;
    view_of(name.id, &name.place, &record, &tx.person()).ok_or(NightstandError::NotFound)
}

fn find(rows: &Rows<'_>, places: &Places, id: &RecordId) -> Result<Name<'static>, NightstandError> {
    records::find(rows, places.own_or_joint(), SONG, *id)
}

/// All songs with their numbers: those of both first, each audience's in its order.
fn ordered(rows: &Rows<'_>, places: &Places, me: &PersonId) -> Result<Vec<(i64, SongView)>, NightstandError> {
    let found = named(records::own_first(rows, &places.records(SONG), *me, MOST_SONGS)?);
    let read = |(id, row): (RecordId, RecordRow)| {
        Some((row.record.number("order").unwrap_or_default(), view_of(id, &row.place, &row.record, me)?))
    };
    let mut songs: Vec<(i64, SongView)> = found.filter_map(read).collect();
    songs.sort_by_key(|(order, song)| (song.audience == Audience::Me, *order, song.id));
    Ok(songs)
}

/// At the end of its audience's list.
fn write_new(
    tx: &mut StoreTx<'_>,
    places: &Places,
    name: &Name<'_>,
    draft: &SongDraft,
    state: SongState,
) -> Result<(), NightstandError> {
    if records::is_full(&tx.rows(), &places.records(SONG), tx.person(), MOST_SONGS)? {
        return Err(InvalidInput::Full.into());
    }
    let (order, by) = (put(tx, name, usize::MAX)?, mark_of(&tx.person()));
    records::write(tx, name, |record| {
        draft.write(record);
        record.set("by", Some(by.as_str()));
        record.set("order", Some(order));
        if state == SongState::Asked {
            record.set(ASKED, Some(true));
        }
        Ok(())
    })
}

/// The number with which a song stands at a position among the others. Where there is no room, the others are numbered anew.
fn put(tx: &mut StoreTx<'_>, moved: &Name<'_>, position: usize) -> Result<i64, NightstandError> {
    let me = tx.person();
    let mut others = ordered(&tx.rows(), &Places::of(&tx.rows(), me)?, &me)?;
    let audience = Audience::of(&moved.place);
    others.retain(|(_, song)| song.id != moved.id && song.audience == audience && song.state == SongState::Listed);
    let position = position.min(others.len());
    let orders: Vec<_> = others.iter().map(|(order, _)| *order).collect();
    match place(&orders, position) {
        Placed::At(at) => Ok(at),
        Placed::Anew => {
            for (at, (_, song)) in others.iter().enumerate() {
                let name = Name { what: SONG, id: song.id, place: moved.place };
                set_order(tx, &name, order_of(at + usize::from(at >= position)))?;
            }
            Ok(order_of(position))
        }
    }
}

fn set_order(tx: &mut StoreTx<'_>, name: &Name<'_>, order: i64) -> Result<(), NightstandError> {
    records::write(tx, name, |record| {
        record.set("order", Some(order));
        Ok(())
    })
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for SongDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SongDraft({} bytes)", self.title.len() + self.artist.len() + self.link.len())
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for SongView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SongView({:?}, {:?}, {:?})", self.audience, self.by, self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_may_be_opened() {
        let may = [
            "https://music.example/slow?t=3#now",
            "HTTP://a.example",
            "https://[2001:db8::1]/",
            "https://exämple.example/ö",
            "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
            "spotify:playlist:37i9dQZF1DX4sWSpwq3LiO",
        ];
        assert!(may.iter().all(|link| may_open(link)));
        let long = format!("https://a.example/{}", "x".repeat(MOST_LINK_BYTES));
        let may_not = [
            "",
            "music.example/slow",
            "//music.example",
            "https:music.example",
            "https://",
            "https:///slow",
            "https://.",
            "https://music.example@evil.example/",
            "https://music.example\\@evil.example/",
            "https://music.example/a b",
            "https://music.example/\u{202e}3pm",
            "https://music\u{200b}.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "tel:112",
            "intent://x#Intent;end",
            "data:text/html,x",
            "spotify:track:",
            "spotify:user:somebody",
            "spotify:track:a:play",
            " https://music.example",
            long.as_str(),
        ];
        for link in may_not {
            assert!(!may_open(link), "{link}");
        }
    }
}
