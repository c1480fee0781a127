//! Taking preferences out: to print, to read elsewhere, for good.
//!
//! | form | holds |
//! |---|---|
//! | [`Markdown`](PreferencesAs::Markdown) | a page to read: what stands at present, one's own and what the partner shares |
//! | [`Json`](PreferencesAs::Json) | everything, exactly: `{"format":"nightstand preferences","version":1,"mine":[…],"partner":[…]}`; of one's own items also what the partner sees of them, and how they changed |
//!
//! **What is exported is not encrypted.** It lies where the app puts it, for whoever can read that place.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::card::{markdown, sections};
use super::{ItemContent, ItemRow, Preferences, Stance, Whose};
use crate::error::NightstandError;
use crate::new_file::{new_file, written};
use crate::texts::Texts;
use crate::zones::{LocalClock, ZoneOffsets};

/// The form of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PreferencesAs {
    /// A page to read.
    Markdown,
    /// One JSON file that says everything, exactly.
    Json,
}

#[derive(Serialize)]
struct Exported {
    format: &'static str,
    version: u8,
    mine: Vec<Own>,
    partner: Vec<Shown>,
}

/// An own item.
#[derive(Serialize)]
struct Own {
    #[serde(flatten)]
    shown: Shown,
    /// What the partner sees of it.
    shared: Option<Said>,
    /// The earliest first.
    history: Vec<Past>,
}

/// An item as a list shows it.
#[derive(Serialize)]
struct Shown {
    item: String,
    #[serde(flatten)]
    said: Said,
}

#[derive(Serialize)]
struct Past {
    at: Option<String>,
    #[serde(flatten)]
    said: Said,
}

#[derive(Serialize)]
struct Said {
    stance: Option<&'static str>,
    until: Option<String>,
    choices: BTreeSet<String>,
    note: String,
}

impl Preferences {
    /// Writes one's own items and what the partner shares of theirs into a new file; a page to read is put in the words of
    /// `texts`, with days of `zone` (an IANA name; one that the system does not know counts as UTC). Answers how many items there
    /// are.
    ///
    /// Errors: `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it can't be
    /// written; then no file is left.
    pub fn export(
        &self,
        path: &Path,
        form: PreferencesAs,
        texts: &Texts,
        zone: &str,
        zones: &dyn ZoneOffsets,
    ) -> Result<u64, NightstandError> {
        new_file(path, |mut file| {
            let (mine, partner) = (self.list(Whose::Me)?.items, self.list(Whose::Partner)?.items);
            let items = mine.len() + partner.len();
            let text = match form {
                PreferencesAs::Markdown => self.page(&mine, &partner, texts, &LocalClock { zone, zones })?,
                PreferencesAs::Json => self.json(mine, partner)?,
            };
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(written)?;
            Ok(items as u64)
        })
    }

    fn page(
        &self,
        mine: &[ItemRow],
        partner: &[ItemRow],
        texts: &Texts,
        clock: &LocalClock<'_>,
    ) -> Result<String, NightstandError> {
        let says = self.says(texts)?;
        let mut parts = Vec::new();
        for (title, rows) in [("page-mine", mine), ("page-partner", partner)] {
            let sections = sections(&rows.iter().collect::<Vec<_>>(), &says, &|ms| texts.day(clock, ms));
            if !sections.is_empty() {
                parts.push(markdown(&texts.say(title, &[])?.text, &sections));
            }
        }
        Ok(parts.join("\n"))
    }

    fn json(&self, mine: Vec<ItemRow>, partner: Vec<ItemRow>) -> Result<String, NightstandError> {
        let mut own = Vec::new();
        for row in mine {
            let view = match self.read(&row.item) {
                // Removed since the list was read.
                Err(NightstandError::Deleted) => continue,
                view => view?,
            };
            let past = self.history(&row.item)?.into_iter();
            let history = past.map(|past| Past { at: time(past.at_ms), said: Said::of(past.content) }).collect();
            own.push(Own { shared: view.shared.map(Said::of), shown: Shown::of(row), history });
        }
        let partner = partner.into_iter().map(Shown::of).collect();
        let exported = Exported { format: "nightstand preferences", version: 1, mine: own, partner };
        let text = serde_json::to_string_pretty(&exported);
        Ok(text.map_err(|_| NightstandError::Internal("preferences that are no JSON"))? + "\n")
    }
}

impl Shown {
    fn of(row: ItemRow) -> Self {
        let ItemRow { item, stance, choices, note, .. } = row;
        let said = Said::of(ItemContent { stance, choices: choices.into_iter().collect(), note });
        Self { item: item.to_string(), said }
    }
}

impl Said {
    fn of(content: ItemContent) -> Self {
        let until = match content.stance {
            Some(Stance::NotNow { until_ms: Some(until) }) => time(until),
            _ => None,
        };
        Self { stance: content.stance.map(word), until, choices: content.choices, note: content.note }
    }
}

fn word(stance: Stance) -> &'static str {
    match stance {
        Stance::Never => "never",
        Stance::NotNow { .. } => "not now",
        Stance::Open => "open",
        Stance::Like => "like",
        Stance::Love => "love",
    }
}

fn time(ms: i64) -> Option<String> {
    DateTime::from_timestamp_millis(ms).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
