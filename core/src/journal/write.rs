//! Writing and editing entries.

use automerge::Automerge;
use nightstand_engine::ids::{DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;

use super::entry::{
    MOST_BODY_UNITS, MOST_MARKS, MOST_TAGS, MOST_TITLE_UNITS, MOST_WORD_UNITS, OFFSETS_SECONDS, TIMES_MS,
};
use super::read::view;
use super::working_copy::{for_partner, joint_key, load};
use super::{
    Author, EntryDraft, EntryId, EntryVersion, EntryView, Journal, Mine, Prompt, Sharing, place, required_bond,
};
use crate::docs;
use crate::error::{InvalidInput, NightstandError};
use crate::store::StoreTx;

impl Journal {
    /// Writes a new entry. Saved when this returns.
    ///
    /// Errors: `NotPaired` for a shared or joint entry without a partner, `InvalidInput` for a text over its limit.
    pub fn write(&self, draft: &EntryDraft, sharing: Sharing) -> Result<EntryId, NightstandError> {
        let draft = checked(draft)?;
        self.vault.write(|tx| write(tx, &draft, sharing))
    }

    /// Saves what a person made of an entry: `since` is the version that [`read`](Self::read) gave with the entry, `draft` is
    /// what it reads as now. Only what differs between the two is written, so what came in between, from the partner into a
    /// joint entry or from another screen, stays; where both changed the same, this edit has it. The answer is the entry as it
    /// is then: show that, and give its version with the next edit, since what is new stands there twice if it is saved again
    /// from an old one. An entry of one's own changes in its working copy; share it again to hand the change on.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for the partner's, `InvalidInput`; `ChangedMeanwhile` if this vault
    /// does not know `since`: it is of another entry, or of a time that an old copy of the vault, put back since, has not
    /// seen. Then nothing was written.
    pub fn edit(&self, id: &EntryId, draft: &EntryDraft, since: &EntryVersion) -> Result<EntryView, NightstandError> {
        let draft = checked(draft)?;
        self.vault.write(|tx| save(tx, id, &draft, since))
    }
}

fn save(
    tx: &mut StoreTx<'_>,
    id: &EntryId,
    draft: &EntryDraft,
    since: &EntryVersion,
) -> Result<EntryView, NightstandError> {
    match id.author {
        Author::Partner => Err(NightstandError::NotYours),
        Author::Both => {
            let key = joint_key(&tx.rows(), tx.person(), id)?;
            Ok(EntryView::of_shared(id, &save_document(tx, key, draft, since)?))
        }
        Author::Me => {
            let mut mine = Mine::find_to_change(&tx.rows(), tx.person(), id)?;
            if let (false, Some(shared)) = (mine.has_working, mine.shared) {
                if docs::entry::version(&load(&tx.rows(), &shared)?) != *since {
                    return Err(NightstandError::ChangedMeanwhile);
                }
                mine.ensure_working(tx)?;
                put(tx, mine.working, draft)?;
                return view(&tx.rows(), tx.person(), id);
            }
            let document = save_document(tx, mine.working, draft, since)?;
            let published = mine.shared.map(|key| load(&tx.rows(), &key)).transpose()?;
            EntryView::of_own(&tx.rows(), tx.person(), id, &document, published.as_ref().map(docs::entry::read))
        }
    }
}

/// The document as it is then: loading it takes most of an edit's time, so the answer is read from what was just written.
fn save_document(
    tx: &mut StoreTx<'_>,
    key: DocumentKey,
    draft: &EntryDraft,
    since: &EntryVersion,
) -> Result<Automerge, NightstandError> {
    if tx.rows().document(&key)?.is_none() {
        return Err(NightstandError::NotFound);
    }
    let mut document = tx.draft(key, Kind::JournalEntry)?;
    // What it names already is no news to the partner: a session that is not here yet, or was deleted, stays named.
    // Nor is what the screen named when it was drawn, whatever somebody else has made of it since.
    let drawn = || docs::entry::read_past(document.document(), since).and_then(|past| past.session);
    let is_news = draft.session != docs::entry::session(document.document()) && draft.session != drawn();
    let draft = if is_news { &for_place(tx, &key.place, draft)? } else { draft };
    if !docs::entry::write_since(&mut document, draft, since)? {
        return Err(NightstandError::ChangedMeanwhile);
    }
    Ok(document.finish_keeping(tx)?.document)
}

pub(super) fn write(tx: &mut StoreTx<'_>, draft: &EntryDraft, sharing: Sharing) -> Result<EntryId, NightstandError> {
    let id = make_id(tx);
    let space = if sharing == Sharing::Joint { Space::Joint } else { Space::Private };
    let bond = if sharing == Sharing::Private { None } else { Some(required_bond(&tx.rows())?) };
    let key = DocumentKey { place: place(space, tx.person(), bond.as_ref())?, id };
    put(tx, key, draft)?;
    if sharing == Sharing::Shared {
        let fresh = make_id(tx);
        Mine { working: key, has_working: true, shared: None }.publish(tx, fresh)?;
    }
    let author = if sharing == Sharing::Joint { Author::Both } else { Author::Me };
    Ok(EntryId::new(author, id))
}

fn put(tx: &mut StoreTx<'_>, key: DocumentKey, draft: &EntryDraft) -> Result<(), NightstandError> {
    let draft = for_place(tx, &key.place, draft)?;
    let mut document = tx.draft(key, Kind::JournalEntry)?;
    docs::entry::write(&mut document, &draft)?;
    document.finish(tx)?;
    Ok(())
}

fn for_place(tx: &StoreTx<'_>, place: &Place, draft: &EntryDraft) -> Result<EntryDraft, NightstandError> {
    if place.bond().is_none() { Ok(draft.clone()) } else { for_partner(&tx.rows(), tx.person(), draft.clone()) }
}

pub(super) fn make_id(tx: &StoreTx<'_>) -> DocumentId {
    DocumentId::from_bytes(random::make_bytes(&mut tx.randomness()))
}

/// The draft in its fixed form, if it keeps the limits.
pub(super) fn checked(draft: &EntryDraft) -> Result<EntryDraft, NightstandError> {
    let units = |text: &str| text.encode_utf16().count();
    let fail = |what: InvalidInput| Err(what.into());
    if units(&draft.title) > MOST_TITLE_UNITS {
        return fail(InvalidInput::TitleTooLong);
    }
    if draft.title.contains('\n') {
        return fail(InvalidInput::TitleOfSeveralLines);
    }
    if units(&draft.body.text) > MOST_BODY_UNITS {
        return fail(InvalidInput::TextTooLong);
    }
    let offset = draft.when.offset_seconds;
    if !TIMES_MS.contains(&draft.when.utc_ms) || offset.is_some_and(|offset| !OFFSETS_SECONDS.contains(&offset)) {
        return fail(InvalidInput::Date);
    }
    if draft.mood.as_deref().is_some_and(|mood| mood.is_empty() || units(mood) > MOST_WORD_UNITS) {
        return fail(InvalidInput::Mood);
    }
    if draft.tags.len() > MOST_TAGS
        || draft.tags.iter().any(|tag| tag.trim().is_empty() || units(tag) > MOST_WORD_UNITS)
    {
        return fail(InvalidInput::Tags);
    }
    draft.prompt.as_ref().map_or(Ok(()), Prompt::check)?;
    if draft.body.marks.len() > MOST_MARKS {
        return fail(InvalidInput::Styles);
    }
    let body = draft.body.clone().normalised().map_err(|_| InvalidInput::Styles)?;
    Ok(EntryDraft { body, ..draft.clone() })
}
