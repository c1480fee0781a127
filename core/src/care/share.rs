//! Sharing an item, sharing it again, and taking it back.

use nightstand_engine::author;
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;

use super::look_again;
use super::read::Documents;
use super::{Item, ItemVersion, ItemView, Preferences, Question};
use crate::docs::preference::{self, Name, Saying};
use crate::error::{InvalidInput, NightstandError};
use crate::store::StoreTx;

impl Preferences {
    /// Lets the partner read an item of one's own as it stands, from the next sync on, without a date. Called again, it hands
    /// on what was said since. The stance that is shared is the strictest that stands in the working copy.
    ///
    /// Errors: `NotPaired`; `NotFound` if nothing was said; `ChangedMeanwhile` if what is shared has become stricter since
    /// `since` and this would loosen it: then nothing was written. `Deleted`; `InvalidInput` (`Item`) for how often to look
    /// at one's own preferences: that is nobody else's.
    pub fn share(&self, item: &Item, since: &ItemVersion) -> Result<ItemView, NightstandError> {
        if *item == Item::Question(Question::Review) {
            return Err(InvalidInput::Item.into());
        }
        self.vault.write(|tx| {
            let documents = Documents::find(&tx.rows(), tx.person(), item)?;
            let seen = documents.seen(since)?;
            let Some(content) = documents.working_content() else {
                // What has only its shared document, the partner has whole.
                let shared = !documents.shared.is_empty();
                return if shared { Ok(documents.view(item)) } else { Err(NightstandError::NotFound) };
            };
            if let Some(stance) = content.stance {
                documents.check_seen(stance, &seen)?;
            }
            let name = item.to_string();
            let keys = match documents.shared.as_slice() {
                [] => {
                    // What another own device asked for while it was taken back.
                    look_again::withdraw(tx, item)?;
                    vec![documents.next_shared(&tx.rows(), tx.person(), &name)?]
                }
                shared => shared.iter().map(|(key, _)| (*key, 0)).collect(),
            };
            for (key, generation) in keys {
                let mut document = tx.draft(key, Kind::Preference)?;
                let stance = content.stance.map(|stance| (stance, random::make_bytes(&mut tx.randomness())));
                let saying = Saying { choices: &content.choices, note: &content.note, stance };
                preference::write(&mut document, &Name { item: &name, generation }, &saying)?;
                document.finish(tx)?;
            }
            Ok(Documents::find(&tx.rows(), tx.person(), item)?.view(item))
        })
    }

    /// Stops sharing an item. It stays here, for the person alone, as strict as it was; the partner's app removes it at the
    /// next sync. What the partner has read can't be undone. An item that is not shared stays as it is.
    ///
    /// Errors: `Deleted` for a line that is gone.
    pub fn take_back(&self, item: &Item) -> Result<ItemView, NightstandError> {
        self.vault.write(|tx| {
            let mut documents = Documents::find(&tx.rows(), tx.person(), item)?;
            documents.ensure_working(tx, item)?;
            documents.tighten_working(tx)?;
            documents.bury_shared(tx)?;
            look_again::withdraw(tx, item)?;
            Ok(Documents::find(&tx.rows(), tx.person(), item)?.view(item))
        })
    }
}

impl Documents {
    /// The strictest may stand in what is shared alone: as when an old copy was put back and the partner's phone has the
    /// newer one.
    fn tighten_working(&self, tx: &mut StoreTx<'_>) -> Result<(), NightstandError> {
        for (_, shared) in &self.shared {
            if let Some(stance) = preference::read(shared).stance {
                let mut working = tx.draft(self.working_key, Kind::Preference)?;
                preference::tighten(&mut working, stance, shared)?;
                working.finish(tx)?;
            }
        }
        Ok(())
    }

    /// Ends what is shared of an item, on the partner's phone too.
    pub(super) fn bury_shared(&mut self, tx: &mut StoreTx<'_>) -> Result<(), NightstandError> {
        for (key, _) in std::mem::take(&mut self.shared) {
            let log = tx.open_writing_log(&key.place)?;
            author::bury(tx, &log, &key)?;
        }
        Ok(())
    }
}
