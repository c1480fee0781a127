//! A passphrase that opens a vault.

use nightstand::vault::passphrase as core;
use zeroize::Zeroizing;

use super::bytes;
use crate::error::NightstandError;
use crate::work::apart;

/// Wraps a vault's key in a passphrase. The answer, 77 bytes, is for the app to keep wherever it likes; `unwrap_key` gets the
/// key back out of it. So a passphrase can change without the vault being written anew, and several can open one vault.
///
/// It takes a fifth of a second or more on a phone, and 64 MiB of memory meanwhile: that is what whoever tries passphrases has
/// to pay for each. It is ChaCha20-Poly1305 under Argon2id (three passes, one lane; after RFC 9106, section 4).
///
/// Errors: `InvalidInput` for a key of another length, and for a passphrase that is empty or over 1,024 bytes.
#[uniffi::export]
pub async fn wrap_key(key: Vec<u8>, passphrase: String) -> Result<Vec<u8>, NightstandError> {
    let (key, passphrase) = (Zeroizing::new(key), Zeroizing::new(passphrase));
    apart(move || core::wrap_key(&bytes(&key)?, &passphrase)).await
}

/// Gets a key back out of what `wrap_key` gave. Takes as long.
///
/// Errors: `WrongKey` for another passphrase; `InvalidInput` for one that is empty or too long, and for bytes that are no wrapped
/// key.
#[uniffi::export]
pub async fn unwrap_key(wrapped: Vec<u8>, passphrase: String) -> Result<Vec<u8>, NightstandError> {
    let passphrase = Zeroizing::new(passphrase);
    apart(move || Ok(core::unwrap_key(&wrapped, &passphrase)?.to_vec())).await
}
