//! The store's tests, and the people in them.

pub(crate) mod burial;
mod contract;
mod derived;
mod growth;
mod opening;
mod own_devices;
mod private;
mod private_attacked;
mod schema;
mod segments;
mod sync;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use nightstand_engine::author::{self, Draft};
use nightstand_engine::document::Document;
use nightstand_engine::exchange::Parties;
use nightstand_engine::ids::{BondId, DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;
use tempfile::TempDir;

pub(crate) use own_devices::{meet_own, tell, tell_partner};
pub(crate) use sync::hand_over;

use super::{Access, BondRow, BondState, Rows};
use crate::error::NightstandError;
use crate::vault::{Clock, OpenOptions, Vault};

pub(crate) const BOND: BondId = BondId::from_bytes([0xb0; 16]);

/// A phone: a folder with a vault in it, and what its Keychain holds.
pub(crate) struct Phone {
    folder: TempDir,
    seed: u8,
    pub(crate) install_mark: [u8; 16],
}

struct Noon;

impl Clock for Noon {
    fn now_ms(&self) -> i64 {
        1_800_000_000_000
    }
}

impl Phone {
    pub(crate) fn alex() -> Self {
        Self::new(1)
    }

    pub(crate) fn sam() -> Self {
        Self::new(2)
    }

    fn new(seed: u8) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), seed, install_mark: [seed; 16] }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("vault.db")
    }

    pub(crate) fn key(&self) -> [u8; 32] {
        [self.seed; 32]
    }

    pub(crate) fn open(&self) -> Vault {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Vault, NightstandError> {
        self.open_at(&self.path())
    }

    pub(crate) fn open_at(&self, path: &Path) -> Result<Vault, NightstandError> {
        let options = OpenOptions::new(path, self.key(), self.install_mark);
        Vault::open_with(options.clock(Arc::new(Noon)).seed([self.seed; 32]))
    }

    /// A connection beside the vault's own, as a tool would have it.
    pub(crate) fn tool(&self) -> rusqlite::Connection {
        Access::new(self.path(), self.key().into()).reader().unwrap()
    }

    /// One that writes, while no vault is open.
    pub(crate) fn writing_tool(&self) -> rusqlite::Connection {
        drop(std::fs::File::options().create(true).append(true).open(self.path()).unwrap());
        let tool = self.tool();
        tool.execute_batch("PRAGMA query_only = OFF").unwrap();
        tool
    }

    /// The file as a kill would leave it, in another place.
    pub(crate) fn killed_copy(&self) -> PathBuf {
        self.copy_as("copy.db")
    }

    fn copy_as(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        for suffix in ["", "-wal"] {
            let beside = |path: &Path| format!("{}{suffix}", path.display());
            std::fs::copy(beside(&self.path()), beside(&copy)).unwrap();
        }
        copy
    }
}

/// What the tests do in a vault.
pub(crate) trait Journaling {
    fn place(&self, space: Space) -> Place;
    fn begin_entry(&self, space: Space, title: &str, body: &str) -> DocumentKey;
    fn edit_title(&self, key: &DocumentKey, title: &str) -> Result<(), NightstandError>;
    fn delete(&self, key: &DocumentKey);
    fn title(&self, key: &DocumentKey) -> Option<String>;
    fn listed(&self) -> Vec<String>;
    fn found(&self, word: &str) -> usize;
}

impl Journaling for Vault {
    fn place(&self, space: Space) -> Place {
        Place::of(space, (space != Space::Private).then_some(BOND), self.person()).unwrap()
    }

    fn begin_entry(&self, space: Space, title: &str, body: &str) -> DocumentKey {
        let key = DocumentKey { place: self.place(space), id: DocumentId::from_bytes(self.randomness().bytes()) };
        self.edit_title(&key, title).unwrap();
        self.write(|tx| {
            let log = tx.open_writing_log(&key.place)?;
            let mut draft = Draft::open(tx, &log, key, Kind::JournalEntry)?;
            draft.edit(|edit| {
                let (_, text) = edit.get(ROOT, "body")?.unwrap();
                edit.splice_text(&text, 0, 0, body)
            })?;
            Ok(draft.finish(tx)?)
        })
        .unwrap();
        key
    }

    fn edit_title(&self, key: &DocumentKey, title: &str) -> Result<(), NightstandError> {
        self.write(|tx| {
            let log = tx.open_writing_log(&key.place)?;
            let mut draft = Draft::open(tx, &log, *key, Kind::JournalEntry)?;
            draft.edit(|edit| {
                let (_, text) = edit.get(ROOT, "title")?.unwrap();
                edit.update_text(&text, title)
            })?;
            draft.finish(tx)?;
            Ok(())
        })
    }

    fn delete(&self, key: &DocumentKey) {
        self.write(|tx| {
            let log = tx.open_writing_log(&key.place)?;
            Ok(author::bury(tx, &log, key)?)
        })
        .unwrap();
    }

    fn title(&self, key: &DocumentKey) -> Option<String> {
        match self.read(|rows, _| Ok(rows.document(key)?)).unwrap()? {
            DocumentRow::Buried => None,
            DocumentRow::Alive { stored, .. } => {
                let document = Document::load(&stored).unwrap().into_automerge();
                let (_, text) = document.get(ROOT, "title").unwrap().unwrap();
                Some(document.text(&text).unwrap())
            }
        }
    }

    fn listed(&self) -> Vec<String> {
        let titles = |rows: &Rows<'_>| rows.all("SELECT title FROM row ORDER BY title", [], |row| Ok(row.get(0)?));
        self.read(|rows, _| Ok(titles(rows)?)).unwrap()
    }

    fn found(&self, word: &str) -> usize {
        let sql = "SELECT rowid FROM search WHERE search MATCH ?1";
        self.read(|rows, _| Ok(rows.all(sql, [word], |_| Ok(()))?.len())).unwrap()
    }
}

/// Alex and Sam, whose phones have met once. The phones hold the files: they are kept for as long as the vaults.
pub(crate) fn paired() -> ([Phone; 2], Vault, Vault) {
    let phones = [Phone::alex(), Phone::sam()];
    let [alex, sam] = phones.each_ref().map(Phone::open);
    pair(&alex, &sam);
    (phones, alex, sam)
}

/// Two people whose phones have met once.
pub(crate) fn pair(alex: &Vault, sam: &Vault) {
    for (me, partner) in [(alex, sam), (sam, alex)] {
        let membership = partner.read(|rows, person| Ok(rows.membership(&person)?.unwrap())).unwrap();
        let row = BondRow {
            bond: BOND,
            state: BondState::Held,
            partner: partner.person(),
            name: "my love".into(),
            offered_at_ms: me.now_ms(),
            kept: false,
        };
        me.write(|tx| {
            tx.put_membership(&membership)?;
            Ok(tx.put_bond(&row)?)
        })
        .unwrap();
    }
}

pub(crate) fn parties(me: &Vault) -> Parties {
    me.read(|rows, person| {
        let bond = rows.bonds()?.pop().unwrap();
        let (me, partner) = (rows.membership(&person)?.unwrap(), rows.membership(&bond.partner)?.unwrap());
        Ok(Parties::couple(bond.bond, me, partner, rows.own_keys()?))
    })
    .unwrap()
}
