//! Private under a second key.
//!
//! With a second key everything that a person keeps to themself is closed to whoever has the vault's key alone, while the rest
//! is read and synced:
//!
//! ```text
//!   vault.db           document.stored of Private, each sealed with a data key (XChaCha20-Poly1305)
//!                      meta.private_lock: the data key, wrapped in the second key
//!   vault.db.private   the derived tables of Private: another SQLCipher file, under a key from the data key
//! ```
//!
//! The second file can be dropped and made again at any time, as all derived tables can. While Private is unlocked it is
//! attached, and lists read a union of both; `private_stamp` rises in both files with each commit that writes there, and where
//! they differ after a crash, the tables are made again.
//!
//! What stays visible under the vault's key alone: that there are private documents, how many, how large, which changes each
//! has, and when the file was written.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use nightstand_engine::document::Document;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, PersonId, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, Store, Transaction};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::derived::{DERIVED_VERSION, TELL_EVERY};
use super::{Randomness, Reader, Rows, StoreError, StoreTx, Told, Writer, documents, file, places, remove, schema};
use crate::error::IoKind;
use crate::progress::ProgressReport;

const LOCK: &str = "private_lock";
const STAMP: &str = "private_stamp";

/// The first byte of everything that is sealed.
const FORM: u8 = 1;
const NONCE: usize = 24;

/// What lists read of both files under one name. The search index is asked in each.
const UNITED: [&str; 4] = ["row", "row_tag", "words", "preference"];

/// What the documents of Private are sealed with.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

/// How Private stands on a connection.
#[derive(Clone)]
pub(crate) enum Private {
    /// There is no second key.
    Open,
    Locked,
    Unlocked(DataKey),
}

impl Private {
    /// As a connection finds it.
    pub(super) fn of(connection: &Connection) -> Result<Self, StoreError> {
        let sql = "SELECT 1 FROM meta WHERE name = ?1";
        let sealed = connection.prepare_cached(sql)?.exists([LOCK])?;
        Ok(if sealed { Self::Locked } else { Self::Open })
    }

    /// What goes into `document.stored`.
    pub(super) fn seal<'s>(
        &self,
        place: Space,
        document: &DocumentId,
        stored: &'s [u8],
        randomness: &Randomness,
    ) -> Result<Cow<'s, [u8]>, StoreError> {
        match self {
            _ if place != Space::Private => Ok(stored.into()),
            Self::Open => Ok(stored.into()),
            Self::Locked => Err(StoreError::PrivateLocked),
            Self::Unlocked(key) => Ok(key.seal(document.as_bytes(), stored, randomness)?.into()),
        }
    }

    /// What came out of it.
    pub(super) fn unseal(&self, place: Space, document: &DocumentId, stored: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        match self {
            _ if place != Space::Private => Ok(stored),
            Self::Open => Ok(stored),
            Self::Locked => Err(StoreError::PrivateLocked),
            Self::Unlocked(key) => key.unseal(document.as_bytes(), &stored).ok_or(StoreError::Damaged),
        }
    }

    /// The file whose derived tables a place's documents are listed in.
    pub(super) fn schema(&self, space: Space) -> &'static str {
        if space == Space::Private && matches!(self, Self::Unlocked(_)) { "private" } else { "main" }
    }

    /// All files with derived tables.
    pub(crate) fn schemas(&self) -> &'static [&'static str] {
        if matches!(self, Self::Unlocked(_)) { &["main", "private"] } else { &["main"] }
    }
}

impl From<&[u8; 32]> for DataKey {
    fn from(key: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*key))
    }
}

impl DataKey {
    fn make(randomness: &Randomness) -> Self {
        Self(Zeroizing::new(randomness.bytes()))
    }

    fn seal(&self, about: &[u8], plain: &[u8], randomness: &Randomness) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE] = randomness.bytes();
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: about });
        let sealed = sealed.map_err(|_| StoreError::Misuse("a document that can't be sealed"))?;
        Ok([&[FORM], &nonce[..], &sealed].concat())
    }

    /// None if it was sealed with another key, or about something else.
    fn unseal(&self, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (form, rest) = sealed.split_first()?;
        let (nonce, sealed) = rest.split_at_checked(NONCE)?;
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let plain = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: about });
        plain.ok().filter(|_| *form == FORM)
    }

    /// The key of the second file, as SQLCipher takes it.
    fn file_key(&self) -> Zeroizing<String> {
        let mut mac =
            <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0[..]).expect("HMAC takes a key of any length");
        mac.update(b"nightstand private index v1");
        let key = Zeroizing::new(mac.finalize().into_bytes());
        Zeroizing::new(format!("x'{}'", HEXLOWER.encode(&key)))
    }
}

/// Lets a connection see the second file.
fn attach(connection: &Connection, path: &Path, key: &DataKey) -> Result<(), StoreError> {
    let path = path.to_str().ok_or(StoreError::Io(IoKind::NoAccess))?;
    connection.execute("ATTACH DATABASE ?1 AS private KEY ?2", params![path, *key.file_key()])?;
    Ok(())
}

/// Lets the names of the derived tables stand for a union of both files.
fn make_views(connection: &Connection) -> Result<(), StoreError> {
    connection.flush_prepared_statement_cache();
    for table in UNITED {
        let union = format!("SELECT * FROM main.{table} UNION ALL SELECT * FROM private.{table}");
        connection.execute_batch(&format!("CREATE TEMP VIEW IF NOT EXISTS {table} AS {union}"))?;
    }
    Ok(())
}

fn detach(connection: &Connection) -> Result<(), StoreError> {
    connection.flush_prepared_statement_cache();
    for table in UNITED {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS temp.{table}"))?;
    }
    let attached = "SELECT 1 FROM pragma_database_list WHERE name = 'private'";
    if connection.prepare(attached)?.exists([])? {
        connection.execute_batch("DETACH DATABASE private")?;
    }
    Ok(())
}

/// Does the second file list what the first one holds?
fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM private.sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(false);
    }
    let sql = "SELECT stamp = (SELECT value FROM main.meta WHERE name = 'private_stamp') AND made_by = ?1
               FROM private.stamp";
    Ok(connection.query_row(sql, [made_by()], |row| row.get::<_, Option<bool>>(0)).optional()?.flatten() == Some(true))
}

/// Which version of the code makes the derived tables.
fn made_by() -> String {
    format!("{} {DERIVED_VERSION}", schema::VERSION)
}

/// Makes the second file's tables, without rows, as they are in the first.
fn make_tables(connection: &Connection) -> Result<(), StoreError> {
    let old = "SELECT name FROM private.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name NOT LIKE 'search_%' ORDER BY name = 'row'";
    // What points at rows goes before them.
    for table in texts(connection, old)? {
        connection.execute_batch(&format!("DROP TABLE private.{table}"))?;
    }
    let sql = "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')
               AND tbl_name IN ('row', 'row_tag', 'words', 'preference', 'search') ORDER BY type DESC";
    for sql in texts(connection, sql)? {
        // What a row points at is in the first file, and no key reaches there.
        let sql = sql.replace("REFERENCES document (id)", "").replace("REFERENCES place (id)", "");
        let begun =
            ["CREATE TABLE ", "CREATE VIRTUAL TABLE ", "CREATE INDEX "].iter().find(|begun| sql.starts_with(*begun));
        let begun = begun.ok_or(StoreError::Misuse("a derived table of an unknown form"))?;
        connection.execute_batch(&format!("{begun}private.{}", &sql[begun.len()..]))?;
    }
    connection.execute_batch(
        "INSERT INTO private.search (search, rank) SELECT k, v FROM main.search_config WHERE k = 'pgsz';
         CREATE TABLE private.stamp (stamp INTEGER NOT NULL, made_by TEXT NOT NULL) STRICT;",
    )?;
    Ok(())
}

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    let texts = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>();
    Ok(texts?)
}

impl Rows<'_> {
    /// What wraps the data key; none without a second key.
    fn private_lock(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.meta(LOCK)
    }
}

impl Writer {
    /// Puts Private under this second key, under another one, or under none. Of a locked Private that is refused.
    pub(crate) fn set_private_key(&mut self, key: Option<&[u8; 32]>, told: &mut Told<'_>) -> Result<(), StoreError> {
        match (self.private().clone(), key) {
            (Private::Locked, _) => Err(StoreError::PrivateLocked),
            (Private::Open, None) => Ok(()),
            (Private::Open, Some(key)) => self.close_private(key, told),
            (Private::Unlocked(data), Some(key)) => {
                let tx = self.begin()?;
                tx.rows().set_meta(LOCK, DataKey::from(key).seal(LOCK.as_bytes(), &data.0[..], &tx.randomness())?)?;
                tx.commit()
            }
            (Private::Unlocked(data), None) => self.open_private(&data, told),
        }
    }

    fn close_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let data = DataKey::make(self.randomness());
        let path = self.access().private_path();
        remove(&path)?;
        attach(self.connection(), &path, &data)?;
        self.set_private(Private::Unlocked(data.clone()));
        let mut close = |writer: &mut Self| -> Result<(), StoreError> {
            file::set_up_private(writer.connection())?;
            let mut tx = writer.begin()?;
            make_tables(tx.connection())?;
            tx.rows().set_meta(LOCK, DataKey::from(key).seal(LOCK.as_bytes(), &data.0[..], &tx.randomness())?)?;
            tx.each_private(told, |tx, it| {
                tx.drop_derived_in("main", it.id)?;
                let sealed = data.seal(it.document.as_bytes(), &it.stored, &tx.randomness())?;
                tx.put_stored(it.id, &sealed)?;
                tx.derive_private(it, &it.stored)
            })?;
            tx.note_made()?;
            tx.mark_purge()?;
            tx.commit()?;
            make_views(writer.connection())
        };
        let closed = close(self);
        if closed.is_err() {
            self.give_up_private();
        }
        self.access().remember(self.private());
        closed
    }

    fn open_private(&mut self, data: &DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        self.set_private(Private::Open);
        let mut open = |writer: &mut Self| -> Result<(), StoreError> {
            let mut tx = writer.begin()?;
            tx.each_private(told, |tx, it| {
                let plain = data.unseal(it.document.as_bytes(), &it.stored).ok_or(StoreError::Damaged)?;
                tx.put_stored(it.id, &plain)?;
                tx.derive_private(it, &plain)
            })?;
            tx.rows().drop_meta(LOCK)?;
            tx.rows().drop_meta(STAMP)?;
            tx.commit()
        };
        if let Err(error) = open(self) {
            self.set_private(Private::Unlocked(data.clone()));
            return Err(error);
        }
        self.access().remember(&Private::Open);
        detach(self.connection())?;
        // What can't be removed is sealed, and in nobody's way.
        let _ = remove(&self.access().private_path());
        Ok(())
    }

    /// Unlocks Private. Its lists are made again if they are not those of the file.
    pub(crate) fn unlock_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let Some(lock) = self.rows().private_lock()? else { return Ok(()) };
        let data = DataKey::from(key).unseal(LOCK.as_bytes(), &lock).ok_or(StoreError::WrongKey)?;
        let data = DataKey(Zeroizing::new(data.try_into().map_err(|_| StoreError::Damaged)?));
        if matches!(self.private(), Private::Unlocked(_)) {
            return Ok(());
        }
        self.take_up_private(data, told)
    }

    /// Goes on as before the file was let go of.
    pub(super) fn restore_private(&mut self) -> Result<(), StoreError> {
        match self.access().remembered() {
            Some(data) if matches!(self.private(), Private::Locked) => {
                self.take_up_private(data, &mut |_| ControlFlow::Continue(()))
            }
            _ => Ok(()),
        }
    }

    fn take_up_private(&mut self, data: DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        let path = self.access().private_path();
        self.set_private(Private::Unlocked(data.clone()));
        let current = |writer: &Self| -> Result<bool, StoreError> {
            attach(writer.connection(), &path, &data)?;
            file::set_up_private(writer.connection())?;
            if writer.connection().prepare("PRAGMA private.cipher_integrity_check")?.exists([])? {
                return Err(StoreError::Damaged);
            }
            is_current(writer.connection())
        };
        let taken = match current(self) {
            Ok(true) => Ok(()),
            Ok(false) => self.make_private_lists(told),
            // A file that can't be read holds nothing that is not in the first one, too.
            Err(StoreError::Damaged | StoreError::WrongKey) => (|| {
                detach(self.connection())?;
                remove(&path)?;
                attach(self.connection(), &path, &data)?;
                file::set_up_private(self.connection())?;
                self.make_private_lists(told)
            })(),
            Err(error) => Err(error),
        };
        let taken = taken.and_then(|()| make_views(self.connection())).and_then(|()| self.keep_unkept());
        if taken.is_err() {
            self.give_up_private();
        }
        self.access().remember(self.private());
        taken
    }

    fn make_private_lists(&mut self, told: &mut Told<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        make_tables(tx.connection())?;
        let private = self::Private::clone(tx.private());
        tx.each_private(told, |tx, it| {
            let plain = private.unseal(Space::Private, &it.document, it.stored.clone())?;
            tx.derive_private(it, &plain)
        })?;
        tx.note_made()?;
        tx.commit()
    }

    /// Locks Private. Does nothing without a second key.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        if matches!(self.private(), Private::Unlocked(_)) {
            self.set_private(Private::Locked);
            self.access().remember(&Private::Locked);
            detach(self.connection())?;
        }
        Ok(())
    }

    /// After something went wrong: as the file says.
    fn give_up_private(&mut self) {
        let _ = detach(self.connection());
        self.set_private(Private::of(self.connection()).unwrap_or(Private::Locked));
    }

    /// Copies to Private what must stay of documents that others deleted while it was locked.
    fn keep_unkept(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT unkept.document, place.space, place.bond, place.owner, document.document, unkept.deleter,
                       unkept.heads, unkept.kind, unkept.stored
                   FROM unkept JOIN document ON document.id = unkept.document JOIN place ON place.id = document.place
                   ORDER BY unkept.document LIMIT 1";
        loop {
            let mut tx = self.begin()?;
            let next = tx.rows().one(sql, [], |row| {
                let key = DocumentKey { place: places::read(row, 1)?, id: DocumentId::from_bytes(row.get(4)?) };
                let heads = row.get::<_, Vec<u8>>(6)?.chunks(32).map(Hash::from_slice).collect::<Option<_>>();
                let heads = heads.ok_or(StoreError::Damaged)?;
                let burial = Burial { key, by: PersonId::from_bytes(row.get(5)?), heads };
                Ok((row.get::<_, i64>(0)?, burial, documents::kind_from(row.get(7)?)?, row.get::<_, Vec<u8>>(8)?))
            })?;
            let Some((id, burial, kind, stored)) = next else { return Ok(()) };
            tx.rescue(id, &burial, kind, &stored)?;
            tx.rows().run("DELETE FROM unkept WHERE document = ?1", [id])?;
            tx.mark_purge()?;
            tx.commit()?;
        }
    }
}

impl Reader {
    /// Follows the writer: sees what it lists of Private, or no more.
    pub(crate) fn follow_private(&mut self, private: &Private) -> Result<(), StoreError> {
        let path = self.access().private_path();
        let writes = |on: bool| self.connection().pragma_update(None, "query_only", on);
        writes(false)?;
        let followed = detach(self.connection()).and_then(|()| match private {
            Private::Open | Private::Locked => Ok(()),
            Private::Unlocked(key) => {
                attach(self.connection(), &path, key).and_then(|()| make_views(self.connection()))
            }
        });
        writes(true)?;
        self.set_private(if followed.is_ok() { private.clone() } else { Private::Locked });
        followed
    }

    /// Unlocks Private in a vault that only reads.
    pub(crate) fn unlock_private(&mut self, key: &[u8; 32]) -> Result<(), StoreError> {
        let Some(lock) = self.read(|rows| rows.private_lock())? else { return Ok(()) };
        let data = DataKey::from(key).unseal(LOCK.as_bytes(), &lock).ok_or(StoreError::WrongKey)?;
        let data = DataKey(Zeroizing::new(data.try_into().map_err(|_| StoreError::Damaged)?));
        let private = Private::Unlocked(data);
        self.follow_private(&private)?;
        if !is_current(self.connection())? {
            self.follow_private(&Private::Locked)?;
            return Err(StoreError::Older);
        }
        self.access().remember(&private);
        Ok(())
    }

    /// Locks it again there.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        if !matches!(self.private(), Private::Unlocked(_)) {
            return Ok(());
        }
        self.access().remember(&Private::Locked);
        self.follow_private(&Private::Locked)
    }
}

/// A document of Private as it lies in the file.
struct Kept {
    id: i64,
    place: i64,
    key: DocumentKey,
    document: DocumentId,
    kind: Kind,
    stored: Vec<u8>,
}

impl StoreTx<'_> {
    /// Goes through the documents of Private.
    fn each_private(
        &mut self,
        told: &mut Told<'_>,
        mut visit: impl FnMut(&mut Self, &Kept) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let of = "FROM document JOIN place ON place.id = document.place
                  WHERE place.space = 0 AND document.stored IS NOT NULL AND document.id > ?1";
        let count = format!("SELECT count(*) {of}");
        let total = self.rows().one(&count, [0], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or_default().unsigned_abs();
        let next = format!(
            "SELECT document.id, document.place, place.space, place.bond, place.owner, document.document, document.kind,
                 document.stored {of} ORDER BY document.id LIMIT 1"
        );
        let (mut last, mut done) = (0, 0);
        loop {
            let kept = self.rows().one(&next, [last], |row| {
                let document = DocumentId::from_bytes(row.get(5)?);
                let key = DocumentKey { place: places::read(row, 2)?, id: document };
                let (id, place, kind) = (row.get(0)?, row.get(1)?, documents::kind_from(row.get(6)?)?);
                Ok(Kept { id, place, key, document, kind, stored: row.get(7)? })
            })?;
            let Some(kept) = kept else { return Ok(()) };
            if done % TELL_EVERY == 0 && told(ProgressReport { done, total }).is_break() {
                return Err(StoreError::Cancelled);
            }
            visit(self, &kept)?;
            (last, done) = (kept.id, done + 1);
        }
    }

    fn put_stored(&self, id: i64, stored: &[u8]) -> Result<(), StoreError> {
        self.rows().run("UPDATE document SET stored = ?2 WHERE id = ?1", params![id, stored]).map(drop)
    }

    /// A document that does not load is not listed; it stays where it is.
    fn derive_private(&mut self, kept: &Kept, plain: &[u8]) -> Result<(), StoreError> {
        let Ok(document) = Document::load(plain) else { return Ok(()) };
        let derived = crate::docs::derive(kept.kind, &kept.key, document.automerge());
        self.put_derived(kept.id, kept.place, Space::Private, &derived)
    }

    fn note_made(&mut self) -> Result<(), StoreError> {
        let stamp = self.rows().meta::<i64>(STAMP)?.unwrap_or_default() + 1;
        self.rows().set_meta(STAMP, stamp)?;
        self.rows().run("DELETE FROM private.stamp", [])?;
        let sql = "INSERT INTO private.stamp (stamp, made_by) VALUES (?1, ?2)";
        self.rows().run(sql, params![stamp, made_by()]).map(drop)
    }

    /// Both files say that they are of this commit.
    pub(super) fn stamp_private(&self) -> Result<(), StoreError> {
        self.rows().run("UPDATE meta SET value = value + 1 WHERE name = 'private_stamp'", [])?;
        self.rows().run("UPDATE private.stamp SET stamp = stamp + 1", []).map(drop)
    }

    /// Keeps a document that somebody deleted, of which something must be copied to Private once that is unlocked.
    pub(super) fn put_unkept(&self, id: i64, burial: &Burial, kind: Kind, stored: &[u8]) -> Result<(), StoreError> {
        let heads: Vec<u8> = burial.heads.iter().flat_map(Hash::as_bytes).copied().collect();
        let sql = "INSERT OR IGNORE INTO unkept (document, kind, deleter, heads, stored) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.rows().run(sql, params![id, kind.number(), burial.by.as_bytes(), heads, stored]).map(drop)
    }
}
