//! A journal entry as a document.
//!
//! The kind's first change makes three containers: `title` and `body`, both texts, and `tags`, a map whose keys are the tags.
//! Everything else is a scalar at the root: `when` and `offset` (milliseconds and seconds), `zone`, `allDay`, `mood`,
//! `favourite`, `prompt` (what it answers), `session` (the care session's id), and three that only we write: `published` (the
//! shared document of a working copy), `source` (an import's own id), `kept` (kept here when the other deleted what it stood
//! in).

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, AutomergeError, ROOT, ReadDoc, ScalarValue, Value};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::change;
use nightstand_engine::ids::DocumentId;
use nightstand_engine::kinds::ZERO_ACTOR;

use super::root::{container, flag, integer, required, string};
use super::{DerivedEntry, PREVIEW_CHARS, TITLE_CHARS, body};
use crate::journal::Prompt;
use crate::journal::entry::{EntryDraft, EntryVersion, Moment, OFFSETS_SECONDS, TIMES_MS};
use crate::records::RecordId;

const PROMPT: &str = "prompt";
const SESSION: &str = "session";

/// More than a prompt of ours has; what a partner writes beyond it is not read.
const MOST_PROMPT_BYTES: usize = 2_000;

/// The person's part of an entry.
pub(crate) fn read(document: &Automerge) -> EntryDraft {
    let container = |key| container(document, key);
    EntryDraft {
        title: container("title").and_then(|title| document.text(&title).ok()).unwrap_or_default(),
        body: container("body").map(|object| body::read(document, &object)).unwrap_or_default(),
        when: Moment {
            utc_ms: integer(document, "when").unwrap_or_default().clamp(*TIMES_MS.start(), *TIMES_MS.end()),
            offset_seconds: integer(document, "offset")
                .and_then(|offset| i32::try_from(offset).ok())
                .filter(|offset| OFFSETS_SECONDS.contains(offset)),
            zone: string(document, "zone"),
        },
        all_day: flag(document, "allDay"),
        mood: string(document, "mood"),
        favourite: flag(document, "favourite"),
        tags: container("tags").map(|tags| document.keys(&tags).collect()).unwrap_or_default(),
        prompt: string(document, PROMPT)
            .filter(|prompt| prompt.len() <= MOST_PROMPT_BYTES)
            .and_then(|prompt| Prompt::of_saved(&prompt)),
        session: session(document),
    }
}

/// The session that an entry names.
pub(crate) fn session(document: &Automerge) -> Option<RecordId> {
    string(document, SESSION).and_then(|session| session.parse().ok())
}

/// The state that a document is in.
pub(crate) fn version(document: &Automerge) -> EntryVersion {
    let mut heads: Vec<_> = document.get_heads().iter().map(change::hash_of).collect();
    heads.sort_unstable();
    EntryVersion::of(&heads)
}

/// One change of an entry: what state it led to, when it was made if it says so, and who made it.
pub(crate) struct PastChange {
    pub(crate) version: EntryVersion,
    pub(crate) at_ms: Option<i64>,
    pub(crate) actor: ActorId,
}

/// The changes that people made of an entry, the earliest first.
pub(crate) fn past(document: &Automerge) -> Vec<PastChange> {
    let changes = document.get_changes_meta(&[]);
    let made = changes.iter().filter(|meta| *meta.actor != change::actor(&ZERO_ACTOR));
    made.map(|meta| PastChange {
        version: EntryVersion::of(&[change::hash_of(&meta.hash)]),
        at_ms: (meta.timestamp != 0).then(|| meta.timestamp.saturating_mul(1000)),
        actor: meta.actor.clone().into_owned(),
    })
    .collect()
}

/// An entry as it was in a state that it has been in.
pub(crate) fn read_past(document: &Automerge, version: &EntryVersion) -> Option<EntryDraft> {
    let heads: Vec<_> = version.heads()?.iter().map(change::change_hash).collect();
    let known = !heads.is_empty() && heads.iter().all(|head| document.get_change_meta_by_hash(head).is_some());
    known.then(|| document.fork_at(&heads).ok()).flatten().map(|past| read(&past))
}

/// Writes what someone changed who saw the document as it was at `since` and made `wanted` of it. `false`, and nothing is
/// written, if it never was so.
pub(crate) fn write_since<E>(
    draft: &mut Draft,
    wanted: &EntryDraft,
    since: &EntryVersion,
) -> Result<bool, AuthorError<E>> {
    if version(draft.document()) == *since {
        write(draft, wanted)?;
        return Ok(true);
    }
    let Some(heads) = since.heads() else { return Ok(false) };
    let Some(merged) = draft.as_if_edited_at(&heads, |past| write(past, wanted))? else { return Ok(false) };
    // If it reads so already, this was saved before, or both had the same in mind: not twice.
    if read(draft.document()) != *wanted {
        write(draft, &read(&merged))?;
    }
    Ok(true)
}

/// Makes a document read as `wanted`. What is the same stays untouched.
pub(crate) fn write<E>(draft: &mut Draft, wanted: &EntryDraft) -> Result<(), AuthorError<E>> {
    write_from(draft, wanted, None)
}

/// Writes an entry that was imported, with the source's own id of it.
pub(crate) fn write_imported<E>(draft: &mut Draft, wanted: &EntryDraft, source: &str) -> Result<(), AuthorError<E>> {
    write_from(draft, wanted, Some(source).filter(|source| !source.is_empty()))
}

fn write_from<E>(draft: &mut Draft, wanted: &EntryDraft, source: Option<&str>) -> Result<(), AuthorError<E>> {
    let current = read(draft.document());
    let when = integer(draft.document(), "when");
    let (title, tags) = (required(draft.document(), "title")?, required(draft.document(), "tags")?);
    let object = required(draft.document(), "body")?;
    let at_once = body::fits_one_change(&current.body, &wanted.body);
    if !at_once {
        body::write_long(draft, &object, &wanted.body.text)?;
    }
    // In the order in which Automerge keeps them in a document (root keys, then containers as the first change made them):
    // taking a change out of its document again, as every load does, is then one pass and twice as fast.
    draft.edit(|edit| {
        put_if_changed(edit, "allDay", current.all_day, wanted.all_day)?;
        put_if_changed(edit, "favourite", current.favourite, wanted.favourite)?;
        put_or_clear(edit, "mood", current.mood.as_ref(), wanted.mood.as_deref())?;
        put_or_clear(edit, "offset", current.when.offset_seconds, wanted.when.offset_seconds.map(i64::from))?;
        let (prompt, session) = (saved(current.prompt.as_ref()), current.session.map(|session| session.to_string()));
        put_or_clear(edit, PROMPT, prompt.as_ref(), saved(wanted.prompt.as_ref()).as_deref())?;
        put_or_clear(edit, SESSION, session.as_ref(), wanted.session.map(|session| session.to_string()).as_deref())?;
        if let Some(source) = source {
            edit.put(ROOT, "source", source)?;
        }
        if when != Some(wanted.when.utc_ms) {
            edit.put(ROOT, "when", wanted.when.utc_ms)?;
        }
        put_or_clear(edit, "zone", current.when.zone.as_ref(), wanted.when.zone.as_deref())?;
        if at_once {
            body::write(edit, &object, &wanted.body)?;
        } else {
            body::write_marks(edit, &object, &wanted.body)?;
        }
        for tag in current.tags.difference(&wanted.tags) {
            edit.delete(&tags, tag.as_str())?;
        }
        for tag in wanted.tags.difference(&current.tags) {
            edit.put(&tags, tag.as_str(), true)?;
        }
        if current.title.is_empty() {
            edit.splice_text(&title, 0, 0, &wanted.title)
        } else if current.title != wanted.title {
            edit.update_text(&title, &wanted.title)
        } else {
            Ok(())
        }
    })
}

fn saved(prompt: Option<&Prompt>) -> Option<String> {
    prompt.map(Prompt::saved)
}

/// The shared document of a working copy.
pub(crate) fn published(document: &Automerge) -> Option<DocumentId> {
    match document.get(ROOT, "published") {
        Ok(Some((Value::Scalar(value), _))) => DocumentId::from_slice(value.as_bytes()?),
        _ => None,
    }
}

/// Says which document shares this working copy, or that none does.
pub(crate) fn set_published<E>(draft: &mut Draft, shared: Option<DocumentId>) -> Result<(), AuthorError<E>> {
    let bytes = shared.map(|id| ScalarValue::Bytes(id.as_bytes().to_vec()));
    draft.edit(|edit| edit.put(ROOT, "published", bytes.unwrap_or(ScalarValue::Null)))
}

/// Says that an entry was kept when the other deleted what it stood in.
pub(crate) fn set_kept<E>(draft: &mut Draft) -> Result<(), AuthorError<E>> {
    draft.edit(|edit| edit.put(ROOT, "kept", true))
}

/// What of an entry these actors wrote: their letters of title and text. Everything else as it stands.
pub(crate) fn written_by(document: &Automerge, actors: &[ActorId]) -> EntryDraft {
    let mut entry = read(document);
    let letters = |key| container(document, key).map(|object| body::written_by(document, &object, actors));
    entry.title = letters("title").unwrap_or_default();
    entry.body = crate::journal::rich_text::RichText::plain(letters("body").unwrap_or_default());
    entry
}

pub(super) fn derive(document: &Automerge) -> DerivedEntry {
    let entry = read(document);
    let tags: Vec<String> = entry.tags.into_iter().collect();
    let search = [entry.title.as_str(), entry.body.text.as_str(), &tags.join(" ")].join("\n");
    DerivedEntry {
        title: first_characters(&entry.title, TITLE_CHARS),
        preview: first_characters(&entry.body.text, PREVIEW_CHARS),
        when_ms: entry.when.utc_ms,
        offset_seconds: entry.when.offset_seconds,
        zone: entry.when.zone,
        all_day: entry.all_day,
        mood: entry.mood,
        favourite: entry.favourite,
        tags,
        search,
        prompt: saved(entry.prompt.as_ref()),
        session: entry.session.map(|session| session.to_string()),
        published: published(document),
        source: string(document, "source"),
        kept: flag(document, "kept"),
    }
}

/// The beginning of a text on one line: every run of white space is one space.
fn first_characters(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > most * 4 {
            break;
        }
    }
    line.chars().take(most).collect()
}

fn put_if_changed(
    edit: &mut automerge::transaction::Transaction<'_>,
    key: &str,
    current: bool,
    wanted: bool,
) -> Result<(), AutomergeError> {
    if current == wanted { Ok(()) } else { edit.put(ROOT, key, wanted) }
}

fn put_or_clear<A, B: Into<ScalarValue>>(
    edit: &mut automerge::transaction::Transaction<'_>,
    key: &str,
    current: Option<A>,
    wanted: Option<B>,
) -> Result<(), AutomergeError> {
    match wanted {
        Some(value) => edit.put(ROOT, key, value),
        None if current.is_some() => edit.put(ROOT, key, ScalarValue::Null),
        None => Ok(()),
    }
}
