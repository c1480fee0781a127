//! Journals: entries that are private, shared by one of the two, or written by both.

pub mod editor;
pub mod entry;
pub mod import;
pub mod live;
pub mod questions;
pub mod rich_text;
pub mod rows;

use std::sync::Arc;

use nightstand::journal::digest::SharedDigest;
use nightstand::journal::{
    Author, EntryId, EntryVersion, ExportAs, ExportSummary, ImportInto, Month, Sharing, TagCount, Visibility,
};
use nightstand::vault::Vault;

use crate::error::NightstandError;
use crate::progress::{ProgressObserver, go_on};
use crate::sync::Cancel;
use crate::texts::Texts;
use crate::time::{HostZones, ZoneOffsets};
use crate::work::{Desk, Held, apart};
use editor::Editor;
use entry::{EntryDraft, EntryView, PastVersion, SharedText};
use import::ImportSummary;
use live::LiveRows;
use rows::{RowsPage, RowsQuery, SearchPage};

/// The journal of a vault.
///
/// | an entry | who reads | who writes |
/// |---|---|---|
/// | private | I | I |
/// | shared by me | I; my partner what was shared | I |
/// | shared by my partner | we both | my partner |
/// | joint | we both | we both |
///
/// Sharing publishes the text as it stands. What is edited afterwards stays here until it is shared again.
///
/// While Private is locked, calls that need an entry of one's own are told `PrivateLocked`.
#[derive(uniffi::Object)]
pub struct Journal(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Journal {
    /// Writes a new entry. Saved when this returns.
    ///
    /// Errors: `NotPaired` for a shared or joint entry without a partner, `InvalidInput` for a text over its limit.
    pub async fn write(&self, draft: EntryDraft, sharing: Sharing) -> Result<EntryId, NightstandError> {
        self.0.write(move |vault| vault.journal().write(&draft.into(), sharing)).await
    }

    /// Saves what a person made of an entry: `since` is the `version` that `read` gave with the entry, `draft` is what it reads
    /// as now. Only what differs between the two is written, so what came in between, from the partner into a joint entry or
    /// from another screen, stays; where both changed the same, this edit has it. The answer is the entry as it is then: show
    /// that, and give its `version` with the next edit; saved again from an old one, what is new since would stand there
    /// twice. An entry of one's own changes for oneself; share it again to hand the change on.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for the partner's, `InvalidInput`; `ChangedMeanwhile` if this vault
    /// does not know `since`: it is of another entry, or of a time that an old copy of the vault, put back since, has not
    /// seen. Then nothing was written.
    pub async fn edit(&self, id: EntryId, draft: EntryDraft, since: Vec<u8>) -> Result<EntryView, NightstandError> {
        let since = EntryVersion::from_bytes(since);
        self.0.write(move |vault| Ok(vault.journal().edit(&id, &draft.into(), &since)?.into())).await
    }

    /// Opens an entry for typing. Of an own entry it edits what is kept here, and what is typed reaches the partner when the
    /// entry is shared again; in a joint entry everything that is saved reaches the partner with the next sync. Mood, tags and
    /// time are edited as ever, also while an editor is open.
    ///
    /// Errors: `NotYours` for the partner's, `NotFound`, `Deleted`; `Internal` if the system gives no thread.
    pub async fn open_editor(&self, id: EntryId) -> Result<Arc<Editor>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(move |vault| Ok(Editor::new(vault.journal().open_editor(&id)?, desk))).await
    }

    /// Reads an entry.
    ///
    /// Errors: `NotFound`, `Deleted`.
    pub async fn read(&self, id: EntryId) -> Result<EntryView, NightstandError> {
        self.0.read(move |vault| Ok(vault.journal().read(&id)?.into())).await
    }

    /// What the partner would see if it were shared this moment, and what they see already.
    ///
    /// Errors: `NotYours`, `NotFound`, `Deleted`.
    pub async fn preview(&self, id: EntryId) -> Result<SharedText, NightstandError> {
        self.0.read(move |vault| Ok(vault.journal().preview(&id)?.into())).await
    }

    /// Lets the partner read an entry as it stands, at the next sync. Called again, it hands on what was edited since.
    ///
    /// Errors: `NotPaired`, `NotYours`, `NotFound`, `Deleted`.
    pub async fn share(&self, id: EntryId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.journal().share(&id)).await
    }

    /// Stops sharing an entry. It stays here, for the person alone; the partner's app removes it at the next sync. What the
    /// partner has read or photographed can't be undone. An entry that is not shared stays as it is.
    ///
    /// Errors: `NotYours` for the partner's, and for a joint entry, which is both of yours: it can be deleted. `NotFound`,
    /// `Deleted`.
    pub async fn take_back(&self, id: EntryId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.journal().take_back(&id)).await
    }

    /// Deletes an entry from this phone and, at the next sync, from the partner's, for ever. Of a joint entry the partner
    /// keeps a private copy of what they wrote themself, if they wrote anything.
    ///
    /// Errors: `NotYours` for the partner's, `NotFound`, `Deleted`.
    pub async fn delete(&self, id: EntryId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.journal().delete(&id)).await
    }

    /// The versions of an entry, the newest first: one for each time that it was saved, at most 10,000. Of a joint entry, a
    /// version is what the one who saved it saw.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for the partner's: its history is theirs.
    pub async fn history(&self, id: EntryId) -> Result<Vec<PastVersion>, NightstandError> {
        let listed = move |vault: &Vault| vault.journal().history(&id);
        self.0.write(move |vault| Ok(listed(vault)?.into_iter().map(PastVersion::from).collect())).await
    }

    /// An entry as it was in one of its versions.
    ///
    /// Errors: as `history`, and `NotFound` for a version of something else.
    pub async fn read_past(&self, id: EntryId, version: Vec<u8>) -> Result<EntryDraft, NightstandError> {
        let version = EntryVersion::from_bytes(version);
        self.0.read(move |vault| Ok(vault.journal().read_past(&id, &version)?.into())).await
    }

    /// Makes an entry read again as it did in one of its versions. It is a change like any other: what stood there stays in
    /// the history, and what somebody writes elsewhere at the same time is merged with it. An entry of one's own changes for
    /// oneself; share it again to hand the change on. The answer is the entry as it is then.
    ///
    /// Errors: as `read_past`.
    pub async fn restore(&self, id: EntryId, version: Vec<u8>) -> Result<EntryView, NightstandError> {
        let version = EntryVersion::from_bytes(version);
        self.0.write(move |vault| Ok(vault.journal().restore(&id, &version)?.into())).await
    }

    /// A page of entries, newest first. It opens none of them.
    pub async fn rows(&self, query: RowsQuery) -> Result<RowsPage, NightstandError> {
        self.0.read(move |vault| Ok(vault.journal().rows(&query.into())?.into())).await
    }

    /// Watches a window of the list: the query's first `limit` rows behind its `after`. See `LiveRows`.
    ///
    /// Errors: `InvalidInput` for a query that can't be used, `Internal` if the system gives no thread.
    pub fn watch_rows(&self, query: RowsQuery) -> Result<Arc<LiveRows>, NightstandError> {
        LiveRows::watch(&self.0.vault().journal(), &query.into())
    }

    /// The months in which there are entries that the query's filters let through, the newest first. The query's place and
    /// limit do not matter.
    ///
    /// It reads a line of every entry: for a calendar, not for each scroll.
    pub async fn months(&self, query: RowsQuery) -> Result<Vec<Month>, NightstandError> {
        self.0.read(move |vault| vault.journal().months(&query.into())).await
    }

    /// How many entries the query's filters let through. Its place and limit do not matter.
    pub async fn count(&self, query: RowsQuery) -> Result<u64, NightstandError> {
        self.0.read(move |vault| vault.journal().count(&query.into())).await
    }

    /// Every tag, and how many entries have it; the most used first.
    pub async fn tags(&self) -> Result<Vec<TagCount>, NightstandError> {
        self.0.read(|vault| vault.journal().tags()).await
    }

    /// Searches the entries that the query lets through, the best first. Every word has to be there, in title, text or tags,
    /// and its last letters may be missing; words in double quotes have to stand so, whole and in that order. Case and marks
    /// don't matter, also of letters such as ł, ø, ß; Chinese, Japanese and Korean are found from two characters on.
    ///
    /// Behind all these come entries that hold another word for one that was typed outside of quotes: `hug` finds *We
    /// cuddled*, `shower` a bath. The words are those of this app's matters, English so far, and what was
    /// added to `texts` with `add_synonyms`; the matches show what was found.
    ///
    /// `skip` is 0, or what the page before says.
    ///
    /// Errors: `InvalidInput` for a text without words, of more than 32, or over 1,000 bytes.
    #[uniffi::method(default(skip = 0, texts = None))]
    pub async fn search(
        &self,
        text: String,
        query: RowsQuery,
        skip: u32,
        texts: Option<Arc<Texts>>,
    ) -> Result<SearchPage, NightstandError> {
        let search = move |vault: &Vault| match texts {
            Some(texts) => texts.read(|texts| vault.journal().search_with(&text, &query.into(), skip, texts)),
            None => vault.journal().search(&text, &query.into(), skip),
        };
        self.0.read(move |vault| Ok(search(vault)?.into())).await
    }

    /// Imports a Day One export: a `.json`, or the `.zip` as exported. Nothing that was there is changed, and a second import
    /// of the same adds nothing.
    ///
    /// `zones` knows time zones; without it entries keep their zone's name and no offset. `progress` is told after every
    /// batch of entries. `cancel` ends the import after the batch under way: what was written stays, the summary says so, and
    /// a later import goes on.
    ///
    /// Errors: `InvalidInput` for a file that is no such export or breaks off, `TooLarge`, `NotFound` and `Io` for one that
    /// can't be read: then nothing of it was written. `NotPaired` for `Shared` without a partner. One on the way, such as
    /// `DiskFull` or `Paused`, leaves the batches before it, as cancelling does.
    #[uniffi::method(default(zones = None, progress = None, cancel = None))]
    pub async fn import_day_one(
        &self,
        path: String,
        into: ImportInto,
        zones: Option<Arc<dyn ZoneOffsets>>,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<ImportSummary, NightstandError> {
        let journal = self.0.vault().journal();
        let (zones, progress) = (HostZones(zones.map(Held::new)), progress.map(Held::new));
        apart(move || {
            let mut told = |done| go_on(progress.as_ref(), cancel.as_ref(), done);
            Ok(journal.import_day_one(path.as_ref(), into, &zones, &mut told)?.into())
        })
        .await
    }

    /// Writes the entries that the query lets through into a new file, the newest first. What is exported is not encrypted: it
    /// lies where the app puts it, for whoever can read that place.
    ///
    /// `progress` is told now and then, as in an import; `cancel` ends the export.
    ///
    /// Errors: `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it can't be
    /// written; `Cancelled`; `PrivateLocked` while Private is locked, unless the query asks for what is shared alone: a part is
    /// not to be taken for all. Then no file is left.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn export(
        &self,
        path: String,
        form: ExportAs,
        query: RowsQuery,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<ExportSummary, NightstandError> {
        let journal = self.0.vault().journal();
        let progress = progress.map(Held::new);
        apart(move || {
            let mut told = |done| go_on(progress.as_ref(), cancel.as_ref(), done);
            journal.export(path.as_ref(), form, &query.into(), &mut told)
        })
        .await
    }

    /// One value of everything that both partners share. Equal on both phones once each has what the other wrote.
    pub async fn shared_digest(&self) -> Result<SharedDigest, NightstandError> {
        self.0.read(|vault| vault.journal().shared_digest()).await
    }
}

// An entry's id in lists and calls: a text that stays the same for as long as the entry lives, on this phone.
uniffi::custom_type!(EntryId, String, {
    remote,
    try_lift: |text| text.parse::<EntryId>().map_err(|error| NightstandError::from(error).into()),
    lower: |id| id.to_string(),
});

/// Who an entry is from.
#[uniffi::remote(Enum)]
pub enum Author {
    /// The person of this vault.
    Me,
    /// Their partner.
    Partner,
    /// Both, in one text.
    Both,
}

/// Who can read an entry.
#[uniffi::remote(Enum)]
pub enum Visibility {
    /// The person of this vault alone.
    OnlyMe,
    /// Both partners.
    Shared,
}

/// Where a new entry goes.
#[uniffi::remote(Enum)]
pub enum Sharing {
    /// It stays mine.
    Private,
    /// My partner may read it.
    Shared,
    /// We both write it.
    Joint,
}

/// The form of an export.
#[uniffi::remote(Enum)]
pub enum ExportAs {
    /// A zip with one Markdown file an entry, and what else is known of it at the top.
    Markdown,
    /// One JSON file that says everything, exactly.
    Json,
    /// A zip as Day One exports and imports it.
    DayOne,
}

/// What came of an export.
#[uniffi::remote(Record)]
pub struct ExportSummary {
    /// Entries in the file.
    pub entries: u64,
}

/// One value that two phones can compare: do they show the same?
#[uniffi::remote(Record)]
pub struct SharedDigest {
    /// How many documents both share.
    pub documents: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}
