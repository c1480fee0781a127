//! What the terminal is told, and what of it is checked.

use std::fmt::Display;

use chrono::DateTime;
use nightstand::care::plan::Reason;
use nightstand::texts::TextValue;

use super::{Story, Who};
use crate::Trouble;
use crate::screen;

/// The first of the fourteen days, where the two live.
const MONDAY: &str = "2026-11-16T00:00:00+01:00";

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// What is added to UTC there.
pub(super) const OFFSET_SECONDS: i32 = 3_600;

/// When the first day begins, in milliseconds since 1970.
pub(super) fn beginning() -> Result<i64, Trouble> {
    Ok(DateTime::parse_from_rfc3339(MONDAY)?.timestamp_millis())
}

impl Story {
    /// Moves the clock to a time of the present day. It never goes back.
    pub(super) fn at(&mut self, hour: i64, minute: i64) {
        let time = self.begins_ms + (self.day - 1) * DAY_MS + (hour * 60 + minute) * MINUTE_MS;
        self.now_ms = self.now_ms.max(time);
        self.clock.set(self.now_ms);
    }

    pub(super) fn pass(&mut self, minutes: i64) {
        self.now_ms += minutes * MINUTE_MS;
        self.clock.set(self.now_ms);
    }

    /// The time of day, as it is read there.
    pub(super) fn time(&self) -> String {
        self.clock_at(self.now_ms)
    }

    /// What the clock there shows at a moment.
    pub(super) fn clock_at(&self, ms: i64) -> String {
        let there = DateTime::from_timestamp_millis(ms + i64::from(OFFSET_SECONDS) * 1_000);
        there.map(|there| there.format("%H:%M").to_string()).unwrap_or_default()
    }

    /// The head of a day.
    pub(super) fn head(&self) -> Result<(), Trouble> {
        let noon = self.begins_ms + (self.day - 1) * DAY_MS + DAY_MS / 2;
        let date = DateTime::from_timestamp_millis(noon).map(|noon| noon.format("%A %-d %B").to_string());
        Ok(screen::line(format_args!("\nDay {}, {}", self.day, date.unwrap_or_default()))?)
    }

    pub(super) fn say(&self, words: impl Display) -> Result<(), Trouble> {
        Ok(screen::prose(words)?)
    }

    /// Something that a screen of the app says.
    pub(super) fn shows(&self, words: impl Display) -> Result<(), Trouble> {
        let shown = screen::indented(&words.to_string(), screen::columns());
        Ok(screen::line(shown.trim_end())?)
    }

    /// Says what was looked up and found to be so. What is not so ends the story.
    pub(super) fn claim(&mut self, words: impl Display, holds: bool) -> Result<(), Trouble> {
        if !holds {
            return Err(format!("on day {} this does not hold: {words}", self.day).into());
        }
        self.figures.claims += 1;
        Ok(screen::prose(format_args!("  ✓ {words}"))?)
    }

    pub(super) fn text(&self, key: &str) -> Result<String, Trouble> {
        self.text_with(key, &[])
    }

    pub(super) fn text_with(&self, key: &str, given: &[(&str, TextValue)]) -> Result<String, Trouble> {
        Ok(self.texts.say(key, given).map_err(|error| format!("the text {key} can't be said: {error}"))?.text)
    }

    /// An activity's title, built in or the couple's own.
    pub(super) fn title(&self, who: Who, activity: &str) -> Result<String, Trouble> {
        let own = self.phone(who).vault.activities().list()?;
        match own.into_iter().find(|own| own.id == activity) {
            Some(own) => Ok(own.content.title),
            None => self.text(&format!("activity-{activity}")),
        }
    }

    /// Why a step is there.
    pub(super) fn reason(&self, reason: Reason, minutes: u16) -> Result<String, Trouble> {
        let mut given = vec![("minutes", TextValue::Number(minutes.into()))];
        if let Reason::Need(need) | Reason::Often(need) = reason {
            given.push(("need", need.name().into()));
        }
        self.text_with(&format!("reason-{}", reason.name()), &given)
    }
}
