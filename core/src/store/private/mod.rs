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
//! attached, and lists read a union of both; `private_stamp` is drawn anew in both files with each commit that writes there,
//! and where they differ after a crash, the tables are made again. As long as they differ, what must not be missed
//! (preferences) is read from the documents themselves.
//!
//! What stays visible under the vault's key alone: that there are private documents, how many, how large, which changes each
//! has, and when the file was written. And since the id of a preference's document follows from its item: about which
//! activities and questions something private is said, though not what.
//!
//! ```text
//! keys       setting, changing and removing the second key; unlocking and locking
//! lists      the second file: attached, made, made again
//! late       what follows in it after each commit
//! documents  going through what is sealed; what waits for Private to be unlocked
//! ```

mod documents;
mod keys;
mod late;
mod lists;

pub(super) use late::{Late, Stamps};

use std::borrow::Cow;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use nightstand_engine::ids::{DocumentId, Space};
use rusqlite::{Connection, OptionalExtension};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Randomness, StoreError};

/// In `meta`: the data key, wrapped in the second key.
const LOCK: &str = "private_lock";

/// In `meta`: tells whether a data key is the one.
const CHECK: &str = "private_check";

/// In `meta`, and in the second file: which commit its lists are of.
const STAMP: &str = "private_stamp";

/// The first byte of everything that is sealed.
const FORM: u8 = 1;
const NONCE: usize = 24;

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
    pub(in crate::store) fn of(connection: &Connection) -> Result<Self, StoreError> {
        Ok(if Self::lock_of(connection)?.is_some() { Self::Locked } else { Self::Open })
    }

    /// What wraps the data key; none without a second key.
    pub(super) fn lock_of(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
        Ok(statement.query_row([LOCK], |row| row.get(0)).optional()?)
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

    /// As it stands in the file: wrapped in the second key.
    fn wrapped(&self, second: &[u8; 32], randomness: &Randomness) -> Result<Vec<u8>, StoreError> {
        Self::from(second).seal(LOCK.as_bytes(), &self.0[..], randomness)
    }

    fn unwrapped(lock: &[u8], second: &[u8; 32]) -> Result<Self, StoreError> {
        let data = Self::from(second).unseal(LOCK.as_bytes(), lock).map(Zeroizing::new).ok_or(StoreError::WrongKey)?;
        let data: &[u8; 32] = data[..].try_into().map_err(|_| StoreError::Damaged)?;
        Ok(data.into())
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

    /// Is it the one that the documents of this file are sealed with?
    fn fits(&self, connection: &Connection) -> Result<bool, StoreError> {
        let mut statement = connection.prepare_cached("SELECT value = ?2 FROM main.meta WHERE name = ?1")?;
        let fits = statement.query_row((CHECK, self.check()), |row| row.get::<_, bool>(0)).optional()?;
        Ok(fits == Some(true))
    }

    fn check(&self) -> Vec<u8> {
        self.derive(b"nightstand private check v1")[..16].to_vec()
    }

    /// The key of the second file, as SQLCipher takes it.
    fn file_key(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}'", HEXLOWER.encode(&self.derive(b"nightstand private index v1")[..])))
    }

    fn derive(&self, what: &[u8]) -> Zeroizing<[u8; 32]> {
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0[..]);
        let mut mac = mac.expect("HMAC takes a key of any length");
        mac.update(what);
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}
