//! Taking along what was noted: check-ins, sessions and signals, one's own and what the partner shares.
//!
//! | form | holds |
//! |---|---|
//! | [`Markdown`](RecordsAs::Markdown) | a page to read, in the words of a language |
//! | [`Json`](RecordsAs::Json) | everything, exactly: `{"format":"nightstand records","version":1,"check_ins":{"mine":[…],"partner":[…]},"sessions":[…],"signals":{"mine":[…],"partner":[…]}}` |
//!
//! Each own check-in says which of its parts the partner may read, each session whether it is of both, and what is the
//! partner's stands apart.
//!
//! **What is exported is not encrypted.** It lies where the app puts it, for whoever can read that place: of what was not right,
//! too. The partner shared theirs with one person.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::card::{Section, markdown};
use super::check_ins::{CheckIn, CheckInView, DropLevel};
use super::sessions::{SessionView, StepState};
use super::signals::{Signal, SignalView};
use super::{Preferences, Whose};
use crate::error::NightstandError;
use crate::new_file::{new_file, written};
use crate::records::Audience;
use crate::texts::{TextValue, Texts};
use crate::zones::{LocalClock, ZoneOffsets};

/// The form of an export of records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordsAs {
    /// A page to read.
    Markdown,
    /// One JSON file that says everything, exactly.
    Json,
}

/// What is exported.
struct All {
    mine: Vec<CheckInView>,
    partner: Vec<CheckInView>,
    sessions: Vec<SessionView>,
    signals: Vec<SignalView>,
}

impl Preferences {
    /// Writes check-ins, sessions and signals into a new file, one's own and what the partner shares; a page to read is put in
    /// the words of `texts`, with days and times of `zone` (an IANA name; one that the system does not know counts as UTC).
    /// Answers how many there are.
    ///
    /// Errors: `PrivateLocked`; `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it
    /// can't be written; then no file is left.
    pub fn export_records(
        &self,
        path: &Path,
        form: RecordsAs,
        texts: &Texts,
        zone: &str,
        zones: &dyn ZoneOffsets,
    ) -> Result<u64, NightstandError> {
        new_file(path, |mut file| {
            let all = self.all()?;
            let count = all.mine.len() + all.partner.len() + all.sessions.len() + all.signals.len();
            let text = match form {
                RecordsAs::Markdown => self.records_page(&all, texts, LocalClock { zone, zones })?,
                RecordsAs::Json => json(&all)?,
            };
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(written)?;
            Ok(count as u64)
        })
    }

    fn all(&self) -> Result<All, NightstandError> {
        let signals = self.vault.signals().list()?;
        Ok(All {
            mine: self.vault.check_ins().every(Whose::Me)?,
            partner: self.vault.check_ins().every(Whose::Partner)?,
            sessions: self.vault.sessions().every()?,
            signals: signals.live.into_iter().chain(signals.earlier).collect(),
        })
    }

    fn records_page(&self, all: &All, texts: &Texts, clock: LocalClock<'_>) -> Result<String, NightstandError> {
        let says = self.says(texts)?;
        let page = Page { texts, clock, says: &says };
        let of = |whose| all.signals.iter().filter(move |signal| signal.whose == whose);
        let parts: [(&str, Vec<Section>); 5] = [
            ("page-check-ins", all.mine.iter().map(|view| page.check_in(view)).collect()),
            ("page-check-ins-partner", all.partner.iter().map(|view| page.check_in(view)).collect()),
            ("page-sessions", all.sessions.iter().map(|view| page.session(view)).collect()),
            ("page-signals", of(Whose::Me).map(|view| page.signal(view)).collect()),
            ("page-signals-partner", of(Whose::Partner).map(|view| page.signal(view)).collect()),
        ];
        let filled = parts.iter().filter(|(_, sections)| !sections.is_empty());
        Ok(filled.map(|(title, sections)| markdown(&page.say(title), sections)).collect::<Vec<_>>().join("\n"))
    }
}

/// What says things on a page.
struct Page<'a> {
    texts: &'a Texts,
    clock: LocalClock<'a>,
    /// Knows the titles of own activities, too.
    says: &'a dyn Fn(String, &str) -> String,
}

impl Page<'_> {
    fn say(&self, key: &str) -> String {
        (self.says)(key.to_owned(), key)
    }

    fn say_with(&self, key: &str, name: &str, value: TextValue) -> String {
        self.texts.say(key, &[(name, value)]).map_or_else(|_| key.to_owned(), |wording| wording.text)
    }

    fn when(&self, ms: i64) -> String {
        self.texts.moment(&self.clock, ms)
    }

    fn check_in(&self, view: &CheckInView) -> Section {
        let CheckIn { moment, at_ms, feelings, own_words, body, body_says, drop, wish, note, .. } = &view.content;
        let mut lines: Vec<String> = feelings.iter().map(|id| self.say(&format!("feeling-{id}"))).collect();
        lines.extend(own_words.iter().cloned());
        lines.extend(body.iter().map(|id| self.say(&format!("body-{id}"))));
        lines.push(body_says.clone());
        for (key, level) in view.content.levels() {
            lines.extend(level.map(|level| self.say_with(&format!("{key}-spoken"), "level", i64::from(level).into())));
        }
        lines.extend(
            drop.filter(|drop| *drop != DropLevel::Clear).map(|drop| self.say(&format!("drop-{}", drop.name()))),
        );
        lines.extend([wish.clone(), note.clone()]);
        if !view.shared.is_empty() {
            let fields = view.shared.iter().map(|field| self.say(&format!("field-{}", field.name())));
            lines.push(format!("{}: {}", self.say("page-shared"), fields.collect::<Vec<_>>().join(", ")));
        }
        lines.retain(|line| !line.trim().is_empty());
        Section {
            heading: format!("{} · {}", self.say(&format!("moment-{}", moment.name())), self.when(*at_ms)),
            lines,
        }
    }

    /// What was done; nothing is said of what was not.
    fn session(&self, view: &SessionView) -> Section {
        let audience = self.say(match view.audience {
            Audience::Me => "page-for-me",
            Audience::Both => "page-for-both",
        });
        let mut lines: Vec<_> =
            view.situation.iter().map(|condition| self.say(&format!("condition-{}", condition.name()))).collect();
        for step in view.steps.iter().filter(|step| step.state == StepState::Done || step.spent_ms > 0) {
            let activity = (self.says)(format!("activity-{}", step.activity), &step.activity);
            let minutes = (step.spent_ms.saturating_add(30_000) / 60_000).max(i64::from(step.spent_ms > 0));
            lines.push(match minutes {
                0 => activity,
                minutes => format!("{activity} · {}", self.say_with("minutes-spoken", "minutes", minutes.into())),
            });
        }
        Section { heading: format!("{audience} · {}", self.when(view.at_ms)), lines }
    }

    fn signal(&self, view: &SignalView) -> Section {
        let said = match &view.signal {
            Signal::Listed(kind) => self.say(&format!("signal-{}", kind.name())),
            Signal::Own(words) => words.clone(),
        };
        Section { heading: format!("{said} · {}", self.when(view.sent_ms)), lines: Vec::new() }
    }
}

fn time(ms: i64) -> Option<String> {
    DateTime::from_timestamp_millis(ms).map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[derive(Serialize)]
struct Exported<'a> {
    format: &'static str,
    version: u8,
    check_ins: Sides<CheckInJson<'a>>,
    sessions: Vec<SessionJson<'a>>,
    signals: Sides<SignalJson<'a>>,
}

#[derive(Serialize)]
struct Sides<T> {
    mine: Vec<T>,
    partner: Vec<T>,
}

#[derive(Serialize)]
struct CheckInJson<'a> {
    id: String,
    moment: &'static str,
    at: Option<String>,
    session: Option<String>,
    feelings: &'a BTreeSet<String>,
    own_words: &'a BTreeSet<String>,
    body: &'a BTreeSet<String>,
    body_says: &'a str,
    closeness: Option<u8>,
    calm: Option<u8>,
    energy: Option<u8>,
    comfort: Option<u8>,
    drop: Option<&'static str>,
    drop_since: Option<String>,
    wish: &'a str,
    note: &'a str,
    /// Which parts the partner may read; of the partner's there is nothing else here.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<Vec<&'static str>>,
}

#[derive(Serialize)]
struct SessionJson<'a> {
    id: String,
    of: &'static str,
    at: Option<String>,
    ended: Option<String>,
    situation: Vec<&'static str>,
    apart: bool,
    steps: Vec<StepJson<'a>>,
}

#[derive(Serialize)]
struct StepJson<'a> {
    activity: &'a str,
    side: &'static str,
    way: &'static str,
    minutes: u16,
    state: &'static str,
    spent_ms: i64,
}

#[derive(Serialize)]
struct SignalJson<'a> {
    id: String,
    kind: Option<&'static str>,
    words: Option<&'a str>,
    sent: Option<String>,
    received: Option<String>,
}

fn json(all: &All) -> Result<String, NightstandError> {
    let signals = |whose| all.signals.iter().filter(|view| view.whose == whose).map(SignalJson::of).collect();
    let exported = Exported {
        format: "nightstand records",
        version: 1,
        check_ins: Sides {
            mine: all.mine.iter().map(|view| CheckInJson::of(view, Whose::Me)).collect(),
            partner: all.partner.iter().map(|view| CheckInJson::of(view, Whose::Partner)).collect(),
        },
        sessions: all.sessions.iter().map(SessionJson::of).collect(),
        signals: Sides { mine: signals(Whose::Me), partner: signals(Whose::Partner) },
    };
    let text = serde_json::to_string_pretty(&exported);
    Ok(text.map_err(|_| NightstandError::Internal("records that are no JSON"))? + "\n")
}

impl<'a> CheckInJson<'a> {
    fn of(view: &'a CheckInView, whose: Whose) -> Self {
        let said = &view.content;
        Self {
            id: view.id.to_string(),
            moment: said.moment.name(),
            at: time(said.at_ms),
            session: said.session.map(|session| session.to_string()),
            feelings: &said.feelings,
            own_words: &said.own_words,
            body: &said.body,
            body_says: &said.body_says,
            closeness: said.closeness,
            calm: said.calm,
            energy: said.energy,
            comfort: said.comfort,
            drop: said.drop.map(DropLevel::name),
            drop_since: said.drop_since_ms.and_then(time),
            wish: &said.wish,
            note: &said.note,
            shared: (whose == Whose::Me).then(|| view.shared.iter().map(|field| field.name()).collect()),
        }
    }
}

impl<'a> SessionJson<'a> {
    fn of(view: &'a SessionView) -> Self {
        let step = |step: &'a super::sessions::StepView| StepJson {
            activity: &step.activity,
            side: step.side.name(),
            way: step.way.name(),
            minutes: step.minutes,
            state: step.state.name(),
            spent_ms: step.spent_ms,
        };
        Self {
            id: view.id.to_string(),
            of: match view.audience {
                Audience::Me => "me",
                Audience::Both => "both",
            },
            at: time(view.at_ms),
            ended: view.ended_ms.and_then(time),
            situation: view.situation.iter().map(|condition| condition.name()).collect(),
            apart: view.apart,
            steps: view.steps.iter().map(step).collect(),
        }
    }
}

impl<'a> SignalJson<'a> {
    fn of(view: &'a SignalView) -> Self {
        let (kind, words) = match &view.signal {
            Signal::Listed(kind) => (Some(kind.name()), None),
            Signal::Own(words) => (None, Some(words.as_str())),
        };
        let (sent, received) = (time(view.sent_ms), view.received_ms.and_then(time));
        Self { id: view.id.to_string(), kind, words, sent, received }
    }
}
