//! A round as its person sees it.

use super::couple::Couple;
use super::round::{self, Seal, Side};
use super::sealed::{self, Sealed};
use super::{MOST_ROUNDS, ReflectionState, ReflectionView, SealedText, lapsed};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::journal::Prompt;
use crate::records::RecordId;
use crate::shown::Shown;
use crate::store::Rows;

impl Couple {
    pub(super) fn view(&self, rows: &Rows<'_>, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        let round = sealed::standing(rows, &self.round(*id))?;
        let kept = sealed::kept(rows, self.private, Some(id), MOST_ROUNDS)?;
        let drafted = self.drafted(rows, id, &kept)?;
        let (me, partner) = self.sides(rows, id)?;
        if round.is_none() && !self.is_ours(rows, id)? {
            return Err(NightstandError::NotFound);
        }
        let ended = round.is_none() && self.knows(rows, id)?;
        let (prompt, at_ms, until_ms) = match (&round, kept.first()) {
            (Some(round), _) => (read_prompt(round), round.number("at"), round.number("until")),
            (None, Some((_, kept))) => (
                Prompt::of_saved(kept.text_of("asked").unwrap_or_default()).unwrap_or(Prompt::Words(String::new())),
                kept.number("at"),
                None,
            ),
            (None, None) => return Err(NightstandError::NotFound),
        };
        let own = |seal: &Seal| Sealed::own(rows, self.private, &self.bound(id, self.me), seal);
        let agreed = self.read_pair(rows, id, &me, &partner)?;
        let (mut state, mut theirs) = (ReflectionState::of(&me, &partner), None);
        let counts = agreed.map(|(mine, _)| mine).or_else(|| me.counts());
        let sealed = counts.as_ref().map(own).transpose()?.flatten();
        // What was asked may be changed by an app that is not ours. What one wrote stands under what one was asked, and what
        // the other wrote to something else is no answer to it.
        let prompt = sealed.as_ref().and_then(|sealed| Prompt::of_saved(&sealed.asked)).unwrap_or(prompt);
        if let Some((_, seal)) = agreed {
            theirs = Sealed::opened(rows, self.shared.theirs, &self.bound(id, self.partner), &seal)?;
            theirs = theirs.filter(|theirs| sealed.as_ref().is_none_or(|mine| mine.asked == theirs.asked));
            state = match &theirs {
                Some(_) => ReflectionState::Opened,
                None if sealed::was_opened(rows, self.shared.theirs, &seal)? => ReflectionState::NotAsSealed,
                None => ReflectionState::Waiting,
            };
        }
        if theirs.is_none() && state != ReflectionState::NotAsSealed && self.is_one_sided(rows, id, &me, &partner)? {
            state = ReflectionState::TakenBack;
        }
        if ended && state != ReflectionState::Opened {
            state = ReflectionState::Ended;
        }
        let mut mine = sealed.map(|sealed| sealed.text);
        if ended && mine.is_none() {
            mine = kept.first().map(|(_, record)| record.text.clone());
        }
        let mut choices = Vec::new();
        if state == ReflectionState::Choose {
            for seal in me.choices() {
                let at_ms = kept.iter().find(|(id, _)| *id == seal.id).and_then(|(_, record)| record.number("at"));
                let text = own(&seal)?.map(|sealed| sealed.text).unwrap_or_default();
                choices.push(SealedText { seal: seal.id, at_ms: at_ms.unwrap_or_default(), text });
            }
        }
        let set_aside = drafted.set_aside(&kept, &me, &choices, (counts.as_ref(), mine.as_deref()));
        let theirs = theirs.map(|sealed| sealed.text);
        let (at_ms, until_ms) = (at_ms.unwrap_or_default(), until_ms.unwrap_or_default());
        let hash = shown(id, &prompt).to_vec();
        let (id, draft) = (*id, drafted.text);
        Ok(ReflectionView { id, prompt, state, at_ms, until_ms, draft, mine, theirs, choices, set_aside, hash })
    }
}

impl ReflectionState {
    /// As long as not both have locked.
    fn of(me: &Side, partner: &Side) -> Self {
        if !me.choices().is_empty() {
            return Self::Choose;
        }
        match me.counts() {
            None => Self::Open,
            Some(_) if round::is_bound(me, partner) => Self::Waiting,
            Some(_) => Self::Sealed,
        }
    }
}

impl ReflectionView {
    /// Lapsed, and nothing of one's own is in it.
    pub(super) fn has_lapsed(&self, now_ms: i64) -> bool {
        self.state == ReflectionState::Open && !self.has_words() && lapsed(Some(self.until_ms), now_ms)
    }

    /// Is there anything of one's own in it?
    pub(super) fn has_words(&self) -> bool {
        self.mine.is_some() || !self.draft.is_empty() || !self.choices.is_empty() || !self.set_aside.is_empty()
    }
}

/// What a text is sealed to.
pub(super) fn shown(id: &RecordId, prompt: &Prompt) -> Shown {
    Shown::of("nightstand 1 reflection", [id.to_string().as_str(), &prompt.saved()])
}

/// What is asked, as a round's record has it.
pub(super) fn write_prompt(prompt: &Prompt, record: &mut Record) {
    match prompt {
        Prompt::Question(id) => record.set("question", Some(id.as_str())),
        Prompt::Words(words) => record.text.clone_from(words),
    }
}

pub(super) fn read_prompt(record: &Record) -> Prompt {
    match record.text_of("question") {
        Some(id) => Prompt::Question(id.into()),
        None => Prompt::Words(record.text.clone()),
    }
}
