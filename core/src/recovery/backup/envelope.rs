//! The outside: age, version 1.
//!
//! The crate `age` draws a file's key, nonce and salt from the system itself: it takes no source of randomness.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use age::secrecy::SecretString;
use age::stream::StreamWriter;
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt, x25519};
use bech32::{ToBase32, Variant};
use nightstand_engine::keys::{Phrase, Root};
use zeroize::Zeroizing;

use super::BackupKey;
use crate::error::{InvalidInput, NightstandError};
use crate::new_file::written;
use crate::recovery::phrase::root_of;
use crate::vault::{Vault, passphrase};

/// The base-2 logarithm of scrypt's N. With 17 it takes 128 MiB, which is what OWASP asks for at least, and what a phone has.
const WORK: u8 = 17;

/// A file from elsewhere may ask for 256 MiB: as much as the tool `age` asks for when it writes one.
const MOST_WORK: u8 = 18;

/// A header is this long at most. Ours has one stanza of about a hundred bytes.
const MOST_HEADER: u64 = 64 * 1024;

/// For whom a backup is sealed.
pub(in crate::recovery) fn recipient(
    vault: &Vault,
    key: &BackupKey<'_>,
) -> Result<Box<dyn Recipient>, NightstandError> {
    Ok(match key {
        BackupKey::Passphrase(passphrase) => {
            let mut recipient = scrypt::Recipient::new(secret(passphrase)?);
            recipient.set_work_factor(WORK);
            Box::new(recipient)
        }
        BackupKey::Phrase(words) => Box::new(x25519(&root_of(vault, words)?)?.to_public()),
    })
}

/// Who opens it. The phrase need not be that of any vault here.
pub(in crate::recovery) fn identity(key: &BackupKey<'_>) -> Result<Box<dyn Identity>, NightstandError> {
    Ok(match key {
        BackupKey::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(secret(passphrase)?);
            identity.set_max_work_factor(MOST_WORK);
            Box::new(identity)
        }
        BackupKey::Phrase(words) => {
            let phrase = Phrase::from_words(words).map_err(|_| InvalidInput::Phrase)?;
            Box::new(x25519(&phrase.root())?)
        }
    })
}

/// As the tool `age` reads it.
pub(in crate::recovery) fn identity_line(root: &Root) -> Result<Zeroizing<String>, NightstandError> {
    let key = root.backup_key();
    let line = Zeroizing::new(bech32::encode("age-secret-key-", key.to_base32(), Variant::Bech32).map_err(mistake)?);
    Ok(Zeroizing::new(line.to_uppercase()))
}

fn x25519(root: &Root) -> Result<x25519::Identity, NightstandError> {
    identity_line(root)?.parse().map_err(mistake)
}

/// For whom an archive is sealed, as it is kept: it opens nothing.
pub(in crate::recovery) fn recipient_line(root: &Root) -> Result<String, NightstandError> {
    Ok(x25519(root)?.to_public().to_string())
}

/// Reads what [`recipient_line`] gave.
pub(in crate::recovery) fn read_recipient(line: &str) -> Result<x25519::Recipient, NightstandError> {
    line.parse().map_err(mistake)
}

/// Who opens what is sealed to a phrase.
pub(in crate::recovery) fn identity_of(root: &Root) -> Result<x25519::Identity, NightstandError> {
    x25519(root)
}

fn mistake<E>(_: E) -> NightstandError {
    NightstandError::Internal("a key that age does not take")
}

fn secret(passphrase: &str) -> Result<SecretString, NightstandError> {
    Ok(SecretString::from(passphrase::compared(passphrase)?.to_string()))
}

/// Seals what is written to it. It is to be finished.
pub(in crate::recovery) fn seal<W: Write>(
    recipient: &dyn Recipient,
    output: W,
) -> Result<StreamWriter<W>, NightstandError> {
    let encryptor = Encryptor::with_recipients(core::iter::once(recipient)).map_err(mistake)?;
    encryptor.wrap_output(output).map_err(written)
}

/// Opens a file.
///
/// Errors: `WrongKey`; `InvalidInput` for what is none, or damaged; `TooLarge` for one that asks for too much work.
pub(in crate::recovery) fn open(path: &Path, identity: &dyn Identity) -> Result<impl Read, NightstandError> {
    open_any(BufReader::new(File::open(path).map_err(written)?), identity)
}

/// Opens what can be read from its beginning twice.
///
/// Errors: as [`open`].
pub(in crate::recovery) fn open_any<R: BufRead + Seek>(
    mut input: R,
    identity: &dyn Identity,
) -> Result<impl Read, NightstandError> {
    check_header(&mut input)?;
    Decryptor::new(input).and_then(|decryptor| decryptor.decrypt(core::iter::once(identity))).map_err(not_opened)
}

/// The crate reads a header to its end, however far away that is.
fn check_header<R: Read + Seek>(input: &mut R) -> Result<(), NightstandError> {
    let mut beginning = Vec::new();
    input.take(MOST_HEADER).read_to_end(&mut beginning).map_err(unreadable)?;
    input.rewind().map_err(unreadable)?;
    let is_age = beginning.starts_with(b"age-encryption.org/") && beginning.windows(5).any(|bytes| bytes == b"\n--- ");
    if is_age { Ok(()) } else { Err(InvalidInput::File.into()) }
}

fn not_opened(error: DecryptError) -> NightstandError {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            NightstandError::WrongKey
        }
        DecryptError::ExcessiveWork { .. } => NightstandError::TooLarge,
        DecryptError::Io(error) => unreadable(error),
        _ => InvalidInput::File.into(),
    }
}

/// What was cut off or changed shows as such an error, beside what a file system fails with.
pub(in crate::recovery) fn unreadable(error: io::Error) -> NightstandError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            InvalidInput::File.into()
        }
        _ => written(error),
    }
}
