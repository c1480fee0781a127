//! A passphrase that opens a vault, beside Keychain or Keystore or in their place.
//!
//! A vault's key stays 32 random bytes. A passphrase *wraps* it: [`wrap_key`] gives some bytes that the app keeps wherever it
//! likes, and [`unwrap_key`] gets the key back out of them. So the passphrase can change without the vault being written anew,
//! several can open one vault, and a vault without any opens as quickly as ever.
//!
//! ```
//! use nightstand::vault::passphrase::{unwrap_key, wrap_key};
//!
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! let key = [7; 32]; // random, of course
//! let wrapped = wrap_key(&key, "four quiet yellow boats")?;
//! assert_eq!(*unwrap_key(&wrapped, "four quiet yellow boats")?, key);
//! # Ok(())
//! # }
//! ```
//!
//! The wrapped key, 77 bytes:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1, the version of this form |
//! | 4, 4, 4 | Argon2id's memory in KiB, passes and lanes, little-endian |
//! | 16 | salt, random |
//! | 48 | the key, encrypted with ChaCha20-Poly1305 under what Argon2id gives; the nonce is zero, since no two wraps have one key; all bytes before vouched for as well |
//!
//! It wraps with 64 MiB, three passes and one lane: RFC 9106's second choice (section 4) with one lane in place of four,
//! since it runs on one thread. Whoever has the wrapped key can try passphrases at the pace that this allows them; a vault
//! that has to withstand that wants a long one. Passphrases are compared in Unicode's form NFKC, so that another keyboard's
//! accents open it too.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::{InvalidInput, NightstandError};
use crate::store::Randomness;

/// Most bytes of a passphrase, in UTF-8.
pub const MOST_PASSPHRASE_BYTES: usize = 1_024;

const FORM: u8 = 1;
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// Bytes from elsewhere may ask for so much and no more.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 4;

const HEADER: usize = 1 + 3 * 4 + 16;
const WRAPPED: usize = HEADER + 32 + 16;

/// Wraps a key in a passphrase, with fresh salt each time. Takes a fifth of a second or more, and 64 MiB of memory meanwhile.
///
/// Fails with [`InvalidInput::Passphrase`] for one that is empty or over [`MOST_PASSPHRASE_BYTES`].
pub fn wrap_key(key: &[u8; 32], passphrase: &str) -> Result<Vec<u8>, NightstandError> {
    wrap(key, passphrase, Randomness::from_system()?.bytes())
}

/// Gets the key back. Takes as long as the wrapping.
///
/// Fails with [`NightstandError::WrongKey`] for another passphrase, and with [`InvalidInput::WrappedKey`] for bytes that are
/// no wrapped key of this form or ask for more than 256 MiB, 16 passes or 4 lanes.
pub fn unwrap_key(wrapped: &[u8], passphrase: &str) -> Result<Zeroizing<[u8; 32]>, NightstandError> {
    let no_key = NightstandError::InvalidInput { what: InvalidInput::WrappedKey };
    let wrapped: &[u8; WRAPPED] = wrapped.try_into().map_err(|_| no_key)?;
    let (header, sealed) = wrapped.split_at(HEADER);
    let number =
        |at: usize| header[at..at + 4].iter().rev().fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
    let (memory, passes, lanes) = (number(1), number(5), number(9));
    if header[0] != FORM || memory > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
        return Err(no_key);
    }
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| no_key)?;
    let cipher = cipher(passphrase, &header[13..], params)?;
    let opened = cipher.decrypt(&Nonce::default(), Payload { msg: sealed, aad: header });
    let opened = Zeroizing::new(opened.map_err(|_| NightstandError::WrongKey)?);
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&opened);
    Ok(key)
}

fn wrap(key: &[u8; 32], passphrase: &str, salt: [u8; 16]) -> Result<Vec<u8>, NightstandError> {
    let mut wrapped = vec![FORM];
    for number in [MEMORY_KIB, PASSES, LANES] {
        wrapped.extend(number.to_le_bytes());
    }
    wrapped.extend(salt);
    let mistake = NightstandError::Internal("a key that can't be wrapped");
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(|_| mistake)?;
    let cipher = cipher(passphrase, &salt, params)?;
    let sealed = cipher.encrypt(&Nonce::default(), Payload { msg: key, aad: &wrapped }).map_err(|_| mistake)?;
    wrapped.extend(sealed);
    Ok(wrapped)
}

/// A passphrase as it is compared.
pub(crate) fn compared(passphrase: &str) -> Result<Zeroizing<String>, NightstandError> {
    if passphrase.is_empty() || passphrase.len() > MOST_PASSPHRASE_BYTES {
        return Err(InvalidInput::Passphrase.into());
    }
    Ok(Zeroizing::new(passphrase.nfkc().collect()))
}

fn cipher(passphrase: &str, salt: &[u8], params: Params) -> Result<ChaCha20Poly1305, NightstandError> {
    let unusable = NightstandError::InvalidInput { what: InvalidInput::Passphrase };
    let passphrase = compared(passphrase)?;
    let mut key = Zeroizing::new([0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(passphrase.as_bytes(), salt, &mut key[..]).map_err(|_| unusable)?;
    Ok(ChaCha20Poly1305::new((&*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    /// Wrapped by Python's argon2-cffi and cryptography: what this form wrapped once has to unwrap for ever.
    const RECORDED: &str = "0100000100030000000100000003030303030303030303030303030303cb3d9cfa9a679058ed349df46bc9fba08f204e3c5b8d8ad2c44d585de20d47f1324d7ae1ac7de031a9f0b4c66abcc53f";

    #[test]
    fn the_passphrase_and_no_other_gets_the_key_back() {
        let wrapped = wrap_key(&KEY, "Café at noon").unwrap();
        assert_eq!(wrapped.len(), WRAPPED);
        assert_ne!(wrapped, wrap_key(&KEY, "Café at noon").unwrap(), "fresh salt");
        assert_eq!(*unwrap_key(&wrapped, "Cafe\u{301} at noon").unwrap(), KEY);
        assert_eq!(unwrap_key(&wrapped, "Cafe at noon").unwrap_err(), NightstandError::WrongKey);
        for unusable in ["", &"x".repeat(MOST_PASSPHRASE_BYTES + 1)] {
            let error = NightstandError::InvalidInput { what: InvalidInput::Passphrase };
            assert_eq!(wrap_key(&KEY, unusable).unwrap_err(), error);
            assert_eq!(unwrap_key(&wrapped, unusable).unwrap_err(), error);
        }
    }

    #[test]
    fn what_was_wrapped_once_unwraps_for_ever() {
        let recorded = data_encoding::HEXLOWER.decode(RECORDED.as_bytes()).unwrap();
        assert_eq!(*unwrap_key(&recorded, "four quiet yellow boats").unwrap(), KEY);
        assert_eq!(wrap(&KEY, "four quiet yellow boats", [3; 16]).unwrap(), recorded);
    }

    #[test]
    fn bytes_that_wrap_no_key_are_said_to_be_none() {
        let whole = data_encoding::HEXLOWER.decode(RECORDED.as_bytes()).unwrap();
        let changed = |at: usize, to: u8| {
            let mut bytes = whole.clone();
            bytes[at] = to;
            unwrap_key(&bytes, "four quiet yellow boats").unwrap_err()
        };
        let no_key = NightstandError::InvalidInput { what: InvalidInput::WrappedKey };
        assert_eq!(unwrap_key(&whole[1..], "four quiet yellow boats").unwrap_err(), no_key);
        assert_eq!(unwrap_key(&[], "four quiet yellow boats").unwrap_err(), no_key);
        // Another form; memory, passes and lanes beyond all bounds, or none.
        for (at, to) in [(0, 2), (3, 0x10), (4, 1), (6, 1), (5, 0), (9, 0), (9, 5), (12, 1)] {
            assert_eq!(changed(at, to), no_key, "{at}");
        }
        for at in [13, HEADER, WRAPPED - 1] {
            assert_eq!(changed(at, 0xee), NightstandError::WrongKey, "{at}");
        }
    }
}
