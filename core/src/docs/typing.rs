//! Typing: the title and the body of an entry, letter by letter.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjId, Patch, PatchAction};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::change;

use super::body;
pub(crate) use super::body::{FieldText, PIECE};
use super::root::{container, required};
use crate::journal::editor::Field;
use crate::journal::editor::delta::Delta;
use crate::journal::entry::EntryVersion;
use crate::journal::rich_text::RichText;

/// Changes of more pieces than this are looked at as one.
const MOST_PATCHES: usize = 2_000;

/// A part of what was typed, of at most [`PIECE`] units each way.
pub(crate) struct Typed {
    pub(crate) field: Field,
    pub(crate) at: usize,
    pub(crate) gone: usize,
    pub(crate) put: String,
}

/// Title and body as they stand.
pub(crate) fn texts(document: &Automerge) -> [FieldText; 2] {
    Field::BOTH.map(|field| {
        let object = container(document, field.key());
        object.map(|object| body::read_raw(document, &object)).unwrap_or_default()
    })
}

/// What happened to a field since a version: `before` was its text then, `after` is its text as it stands.
pub(crate) fn delta_since(
    document: &Automerge,
    since: &EntryVersion,
    field: Field,
    before: &[u16],
    after: &[u16],
) -> Delta {
    if before == after {
        return Delta::default();
    }
    let exact = patches_since(document, since, field).and_then(|patches| delta_of(&patches));
    // Without the history, or from a document that has more in its text than letters, what it comes to is enough.
    let exact = exact.filter(|delta| delta.divides_no_character(before) && leads_to(delta, before, after));
    exact.unwrap_or_else(|| Delta::between(before, after))
}

fn patches_since(document: &Automerge, since: &EntryVersion, field: Field) -> Option<Vec<Patch>> {
    let since: Vec<_> = since.heads()?.iter().map(change::change_hash).collect();
    if since.is_empty() || since.iter().any(|head| document.get_change_meta_by_hash(head).is_none()) {
        return None;
    }
    let object = container(document, field.key())?;
    // Automerge has panicked on hostile documents.
    let diff = || document.diff_obj(&object, &since, &document.get_heads(), false);
    catch_unwind(AssertUnwindSafe(diff)).ok()?.ok()
}

fn delta_of(patches: &[Patch]) -> Option<Delta> {
    if patches.len() > MOST_PATCHES {
        return None;
    }
    let mut delta = Delta::default();
    for patch in patches {
        let next = match &patch.action {
            PatchAction::SpliceText { index, value, .. } => {
                Delta::splice(*index, 0, value.make_string().encode_utf16().collect())
            }
            PatchAction::DeleteSeq { index, length } => Delta::splice(*index, *length, Vec::new()),
            PatchAction::Mark { .. } => continue,
            _ => return None,
        };
        delta = delta.then(&next);
    }
    Some(delta)
}

fn leads_to(delta: &Delta, before: &[u16], after: &[u16]) -> bool {
    let (mut reached, mut text) = (0, Vec::with_capacity(after.len()));
    for splice in delta.splices() {
        let Some(kept) = splice.at.checked_sub(text.len()).and_then(|kept| before.get(reached..reached + kept)) else {
            return false;
        };
        text.extend_from_slice(kept);
        text.extend_from_slice(splice.put);
        reached += kept.len() + splice.gone;
    }
    text.extend_from_slice(before.get(reached..).unwrap_or_default());
    text == after
}

/// Writes what was typed, in order, in as many changes as the limits ask; and the body's styles if they are given, which are
/// those of the body as it then reads.
pub(crate) fn write<E>(draft: &mut Draft, typed: &[Typed], styles: Option<&RichText>) -> Result<(), AuthorError<E>> {
    let objects: [ObjId; 2] =
        [required(draft.document(), Field::Title.key())?, required(draft.document(), Field::Body.key())?];
    let mut rest = typed;
    loop {
        let mut units = 0;
        let fits = |typed: &&Typed| {
            units += typed.gone + typed.put.len();
            units <= PIECE * 2
        };
        let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (first, later) = rest.split_at(count);
        let styles = styles.filter(|_| later.is_empty());
        draft.edit(|edit| {
            for Typed { field, at, gone, put } in first {
                edit.splice_text(&objects[field.index()], *at, *gone as isize, put)?;
            }
            match styles {
                Some(styles) => body::write_marks(edit, &objects[Field::Body.index()], styles),
                None => Ok(()),
            }
        })?;
        if later.is_empty() {
            return Ok(());
        }
        rest = later;
    }
}
