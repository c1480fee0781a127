//! Writing, changing and showing what stands in the journal.

use std::path::Path;

use chrono::DateTime;
use nightstand::error::NightstandError;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{
    Author, EntryDraft, EntryId, EntryView, ImportInto, JournalRow, Moment, RowsQuery, Sharing, Visibility,
};
use nightstand::vault::Vault;

use super::{Phone, say};
use crate::Trouble;
use crate::protocol::{Page, PageSpace, Reply, Row, Screen, Whose};
use crate::zones::Zones;

impl Phone {
    pub(super) fn write(&self, pages: &[Page]) -> Result<Reply, Trouble> {
        for page in pages {
            self.vault.journal().write(&draft(page)?, sharing(page.space))?;
        }
        Ok(Reply::Done)
    }

    pub(super) fn edit(&self, title: &str, replace: &str, with: &str) -> Result<Reply, Trouble> {
        let journal = self.vault.journal();
        let id = self.find(title)?;
        let EntryView { mut entry, version, .. } = journal.read(&id)?;
        let markdown = entry.body.to_markdown();
        if !markdown.contains(replace) {
            return Err(format!("the words to change are not in “{title}”").into());
        }
        entry.body = RichText::from_markdown(&markdown.replacen(replace, with, 1));
        journal.edit(&id, &entry, &version)?;
        Ok(Reply::Done)
    }

    pub(super) fn take_back(&mut self, title: &str) -> Result<Reply, Trouble> {
        let id = self.find(title)?;
        self.vault.journal().take_back(&id)?;
        self.taken_back.extend(id.to_string().split_once('-').map(|(_, document)| document.to_owned()));
        Ok(Reply::Done)
    }

    pub(super) fn import(&self, file: &Path) -> Result<Reply, Trouble> {
        let mut heard = Ok(());
        let summary = self.vault.journal().import_day_one(file, ImportInto::Shared, &Zones, &mut |progress| {
            heard = say(&Reply::Progress { done: progress.done, total: progress.total });
            heard.is_ok()
        })?;
        heard?;
        Ok(Reply::Imported { imported: summary.imported, total: summary.total, unreadable: summary.unreadable })
    }

    pub(super) fn read(&self, title: &str) -> Result<Reply, Trouble> {
        let id = self.look_for(title)?;
        let entry = id.map(|id| self.vault.journal().read(&id)).transpose()?;
        Ok(Reply::Text { markdown: entry.map(|view| view.entry.body.to_markdown()) })
    }

    pub(super) fn screen(&self, rows: u32) -> Result<Reply, Trouble> {
        let journal = self.vault.journal();
        let page = journal.rows(&RowsQuery { limit: rows, ..RowsQuery::default() })?;
        let digest = journal.shared_digest()?;
        Ok(Reply::Screen(Screen {
            rows: page.rows.into_iter().map(|row| self.row(row)).collect::<Result<_, _>>()?,
            count: journal.count(&RowsQuery::default())?,
            shared_count: journal.count(&RowsQuery { visibility: Some(Visibility::Shared), ..RowsQuery::default() })?,
            documents: digest.documents,
            digest: digest.sha256,
        }))
    }

    fn row(&self, row: JournalRow) -> Result<Row, Trouble> {
        let whose = match (row.id.author(), row.visibility) {
            (_, Visibility::OnlyMe) => Whose::Private,
            // A row does not tell, so the few that are shown are read.
            (Author::Me, Visibility::Shared) if self.vault.journal().read(&row.id)?.unshared_edits => {
                Whose::EditedSince
            }
            (Author::Me, Visibility::Shared) => Whose::Shared,
            (Author::Partner, Visibility::Shared) => Whose::Partners,
            (Author::Both, Visibility::Shared) => Whose::Both,
        };
        Ok(Row {
            whose,
            title: row.title,
            preview: row.preview,
            when_ms: row.when.utc_ms,
            offset_seconds: row.when.offset_seconds,
        })
    }

    fn find(&self, title: &str) -> Result<EntryId, Trouble> {
        Ok(self.look_for(title)?.ok_or_else(|| format!("there is no “{title}” here"))?)
    }

    fn look_for(&self, title: &str) -> Result<Option<EntryId>, NightstandError> {
        look_for(&self.vault, title)
    }
}

/// The newest entry with this title.
pub(super) fn look_for(vault: &Vault, title: &str) -> Result<Option<EntryId>, NightstandError> {
    let mut query = RowsQuery::default();
    loop {
        let page = vault.journal().rows(&query)?;
        if let Some(row) = page.rows.into_iter().find(|row| row.title == title) {
            return Ok(Some(row.id));
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(None);
        }
    }
}

pub(super) fn draft(page: &Page) -> Result<EntryDraft, Trouble> {
    let when = DateTime::parse_from_rfc3339(&page.when)?;
    Ok(EntryDraft {
        title: page.title.clone(),
        body: RichText::from_markdown(&page.body),
        when: Moment {
            utc_ms: when.timestamp_millis(),
            offset_seconds: Some(when.offset().local_minus_utc()),
            zone: page.zone.clone(),
        },
        all_day: false,
        mood: page.mood.clone(),
        favourite: page.favourite,
        tags: page.tags.iter().cloned().collect(),
        ..EntryDraft::default()
    })
}

pub(super) fn sharing(space: PageSpace) -> Sharing {
    match space {
        PageSpace::Private => Sharing::Private,
        PageSpace::Mine => Sharing::Shared,
        PageSpace::Joint => Sharing::Joint,
    }
}
