//! Searching check-ins.

use std::collections::BTreeMap;

use super::read::{own, own_records, partners_records};
use super::{CheckIn, CheckInView, CheckIns, MOST_CHECK_INS};
use crate::care::Whose;
use crate::care::feelings::{body_words, feelings};
use crate::care::list::must_see;
use crate::error::{InvalidInput, NightstandError};
use crate::records::Places;
use crate::store::Records;
use crate::texts::Texts;
use crate::words::words;

/// Most bytes to search for, and most words in them.
const MOST_QUERY_BYTES: usize = 1_000;
const MOST_QUERY_WORDS: usize = 32;

/// So many check-ins are gone through, the newest.
const MOST_SEARCHED: usize = 20_000;

impl CheckIns {
    /// Those in which each of these words begins some word: of a note, a wish, an answer of the body, of own words, or of a
    /// picked word as `texts` say it. Case and marks make no difference. The newest first, at most [`MOST_CHECK_INS`].
    ///
    /// Errors: `InvalidInput` for a text without words, of more than 32, or over 1,000 bytes; `PrivateLocked` for one's own while
    /// Private is locked.
    pub fn search(&self, whose: Whose, text: &str, texts: &Texts) -> Result<Vec<CheckInView>, NightstandError> {
        let sought: Vec<_> =
            if text.len() <= MOST_QUERY_BYTES { words(text).map(|word| word.folded).collect() } else { Vec::new() };
        if sought.is_empty() || sought.len() > MOST_QUERY_WORDS {
            return Err(InvalidInput::Query.into());
        }
        let said = Said::by(texts);
        self.vault.read(|rows, person| {
            must_see(rows, whose)?;
            let places = Places::of(rows, person)?;
            let records = match whose {
                Whose::Me => own_records(rows, &places, &Records::default(), MOST_SEARCHED)?,
                Whose::Partner => partners_records(rows, &places, &Records::default(), MOST_SEARCHED)?,
            };
            let mut found = Vec::new();
            for (id, record) in records {
                let content = CheckIn::of(&record);
                let content = if whose == Whose::Me { content } else { content.map(CheckIn::of_partner) };
                let Some(content) = content.filter(|content| said.holds(content, &sought)) else { continue };
                if whose == Whose::Me {
                    found.extend(own(rows, &places, id, &record)?);
                } else {
                    found.push(CheckInView { id, content, shared: Default::default(), unshared_changes: false });
                }
                if found.len() == MOST_CHECK_INS {
                    break;
                }
            }
            Ok(found)
        })
    }
}

/// How the words that can be picked are said, folded.
struct Said(BTreeMap<String, Vec<String>>);

impl Said {
    fn by(texts: &Texts) -> Self {
        let keys = feelings().iter().map(|one| format!("feeling-{}", one.id));
        let keys = keys.chain(body_words().iter().map(|id| format!("body-{id}")));
        let folded = |text: &str| words(text).map(|word| word.folded).collect();
        let say = |key: String| texts.say(&key, &[]).ok().map(|wording| (key, folded(&wording.text)));
        Self(keys.filter_map(say).collect())
    }

    fn holds(&self, content: &CheckIn, sought: &[String]) -> bool {
        let written = [&content.note, &content.wish, &content.body_says].into_iter().chain(&content.own_words);
        let mut held: Vec<_> = written.flat_map(|text| words(text).map(|word| word.folded)).collect();
        let picked = content.feelings.iter().map(|id| format!("feeling-{id}"));
        for key in picked.chain(content.body.iter().map(|id| format!("body-{id}"))) {
            held.extend(self.0.get(&key).into_iter().flatten().cloned());
        }
        sought.iter().all(|one| held.iter().any(|word| word.starts_with(one.as_str())))
    }
}
