//! A person's own list of what helps.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Condition, Item, ItemRow, Side, Stance, activities, catalogue};
use crate::docs::record::{self, Field, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::records::{Places, RecordId, check_new_line};
use crate::store::Rows;

/// Most that a list has.
pub const MOST_HELPS: usize = 30;

/// Longest words, in UTF-16 units.
pub const MOST_HELP_UNITS: usize = 200;

/// Most activities that stand in for an empty list.
const MOST_LOVED: usize = 10;

const WORDS: &str = "words";
const ACTIVITY: &str = "activity";
const PLACE: &str = "place";

/// Something that helps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Help {
    /// In own words: one line, not empty, at most [`MOST_HELP_UNITS`] UTF-16 units.
    Words(String),
    /// An activity, by its id: of the [catalogue], or one's own.
    Activity(String),
}

/// Where what is offered comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    List,
    Loved,
    Nowhere,
}

impl Source {
    pub(super) fn text_key(self) -> &'static str {
        match self {
            Self::List => "drop-what-helps",
            Self::Loved => "drop-what-helps-loved",
            Self::Nowhere => "drop-what-helps-none",
        }
    }
}

pub(super) fn check(rows: &Rows<'_>, places: &Places, list: &[Help]) -> Result<(), NightstandError> {
    if list.len() > MOST_HELPS {
        return Err(InvalidInput::Full.into());
    }
    for help in list {
        match help {
            Help::Words(words) => check_new_line(words, 1, MOST_HELP_UNITS)?,
            Help::Activity(id) => activities::check(rows, places, id)?,
        }
    }
    Ok(())
}

/// What stays in the list keeps its id.
pub(super) fn write(record: &mut Record, list: &[Help], fresh: Vec<RecordId>) {
    let mut ids: BTreeMap<Help, String> = BTreeMap::new();
    for (id, item) in &record.items {
        ids.extend(Help::of(item).map(|help| (help, id.clone())));
    }
    record.items.clear();
    let mut written = BTreeSet::new();
    for ((place, help), fresh) in (0_i64..).zip(list).zip(fresh) {
        if written.insert(help) {
            let id = ids.remove(help).unwrap_or(fresh.to_string());
            record.items.insert(id, help.item(place));
        }
    }
}

/// The list, each once.
pub(super) fn read(record: &Record) -> Vec<Help> {
    let mut placed: Vec<_> = record
        .items
        .iter()
        .filter_map(|(id, item)| Some((item.get(PLACE).and_then(Field::number), id, Help::of(item)?)))
        .collect();
    placed.sort_by_key(|(place, id, _)| (place.unwrap_or(i64::MAX), (*id).clone()));
    let mut seen = BTreeSet::new();
    let listed = placed.into_iter().map(|(.., help)| help).filter(|help| seen.insert(help.clone()));
    listed.take(MOST_HELPS).collect()
}

/// What is offered: the list, or what is loved, without what meets a boundary. `items` are one's own preferences.
pub(super) fn offered(
    rows: &Rows<'_>,
    places: &Places,
    record: &Record,
    items: &[ItemRow],
) -> Result<(Vec<Help>, Source), NightstandError> {
    let listed = read(record);
    let (helps, source) = if listed.is_empty() {
        (loved(items).into_iter().map(Help::Activity).collect(), Source::Loved)
    } else {
        (listed, Source::List)
    };
    let barred = barred(items);
    let mut offered = Vec::new();
    for help in helps {
        let fits = match &help {
            Help::Words(_) => true,
            Help::Activity(id) => !barred.contains(id) && activities::is_known(rows, places, id)?,
        };
        if fits {
            offered.push(help);
        }
    }
    if source == Source::Loved {
        offered.truncate(MOST_LOVED);
    }
    Ok(if offered.is_empty() { (offered, Source::Nowhere) } else { (offered, source) })
}

/// In the order of the catalogue, one's own behind.
fn loved(items: &[ItemRow]) -> Vec<String> {
    let loved = |row: &ItemRow| match (&row.item, row.stance) {
        (Item::Stance { activity, side: Side::Receive | Side::Together, condition: None }, Some(Stance::Love)) => {
            Some(activity.clone())
        }
        _ => None,
    };
    let loved: BTreeSet<_> = items.iter().filter_map(loved).collect();
    let place = |id: &String| catalogue::activities().iter().position(|activity| activity.id == id);
    let mut loved: Vec<_> = loved.into_iter().collect();
    loved.sort_by_key(|id| place(id).unwrap_or(usize::MAX));
    loved
}

/// What somebody who is low has a boundary on, on a side that could be meant.
fn barred(items: &[ItemRow]) -> BTreeSet<String> {
    let barred = |row: &ItemRow| match &row.item {
        Item::Stance {
            activity,
            side: Side::Receive | Side::Together,
            condition: None | Some(Condition::Vulnerable),
        } if row.stance.is_some_and(Stance::is_boundary) => Some(activity.clone()),
        _ => None,
    };
    items.iter().filter_map(barred).collect()
}

impl Help {
    fn item(&self, place: i64) -> record::Item {
        let (sort, said) = match self {
            Self::Words(words) => (WORDS, words),
            Self::Activity(id) => (ACTIVITY, id),
        };
        [(sort.into(), said.as_str().into()), (PLACE.into(), place.into())].into()
    }

    fn of(item: &record::Item) -> Option<Self> {
        let said = |sort| item.get(sort).and_then(Field::text).map(str::to_owned);
        said(WORDS).map(Self::Words).or_else(|| said(ACTIVITY).map(Self::Activity))
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for Help {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Words(_) => "Help::Words(…)",
            Self::Activity(_) => "Help::Activity(…)",
        })
    }
}
