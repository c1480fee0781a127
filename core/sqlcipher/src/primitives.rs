//! The primitives, on slices and without `unsafe`. `None` is an argument that SQLCipher never passes.

use crate::abi::{Algorithm, DECRYPT, ENCRYPT, HMAC_SHA1, HMAC_SHA256, HMAC_SHA512};
use aes::{
    Aes256Dec, Aes256Enc, Block,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, inout::InOutBuf},
};
use core::ffi::c_int;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

pub(crate) const KEY_LEN: usize = 32;
pub(crate) const BLOCK_LEN: usize = 16;

/// AES-256-CBC with its key and IV taken in, so that the buffers they came from are free again.
pub(crate) enum PageCipher {
    Encrypt(cbc::Encryptor<Aes256Enc>),
    Decrypt(cbc::Decryptor<Aes256Dec>),
}

impl PageCipher {
    pub(crate) fn new(mode: c_int, key: &[u8; KEY_LEN], iv: &[u8; BLOCK_LEN]) -> Option<Self> {
        match mode {
            ENCRYPT => Some(Self::Encrypt(cbc::Encryptor::new(key.into(), iv.into()))),
            DECRYPT => Some(Self::Decrypt(cbc::Decryptor::new(key.into(), iv.into()))),
            _ => None,
        }
    }

    pub(crate) fn apply(self, blocks: InOutBuf<'_, '_, Block>) {
        match self {
            Self::Encrypt(mut cipher) => cipher.encrypt_blocks_inout(blocks),
            Self::Decrypt(mut cipher) => cipher.decrypt_blocks_inout(blocks),
        }
    }
}

/// The tag's length, 0 for an unknown algorithm.
pub(crate) fn tag_len(algorithm: Algorithm) -> usize {
    match algorithm {
        HMAC_SHA1 => 20,
        HMAC_SHA256 => 32,
        HMAC_SHA512 => 64,
        _ => 0,
    }
}

/// An HMAC of any of the algorithms.
pub(crate) struct Tag {
    bytes: [u8; 64],
    len: usize,
}

impl Tag {
    /// The HMAC over `first` and then `second`.
    pub(crate) fn new(algorithm: Algorithm, key: &[u8], first: &[u8], second: &[u8]) -> Option<Self> {
        match algorithm {
            HMAC_SHA1 => Self::of::<Hmac<Sha1>>(key, first, second),
            HMAC_SHA256 => Self::of::<Hmac<Sha256>>(key, first, second),
            HMAC_SHA512 => Self::of::<Hmac<Sha512>>(key, first, second),
            _ => None,
        }
    }

    fn of<M: Mac + KeyInit>(key: &[u8], first: &[u8], second: &[u8]) -> Option<Self> {
        let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
        mac.update(first);
        mac.update(second);
        let tag = mac.finalize().into_bytes();
        let mut bytes = [0; 64];
        bytes.get_mut(..tag.len())?.copy_from_slice(&tag);
        Some(Self { bytes, len: tag.len() })
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// PBKDF2 into `key`.
pub(crate) fn stretch(algorithm: Algorithm, pass: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) -> Option<()> {
    match algorithm {
        HMAC_SHA1 => pbkdf2::pbkdf2_hmac::<Sha1>(pass, salt, rounds, key),
        HMAC_SHA256 => pbkdf2::pbkdf2_hmac::<Sha256>(pass, salt, rounds, key),
        HMAC_SHA512 => pbkdf2::pbkdf2_hmac::<Sha512>(pass, salt, rounds, key),
        _ => return None,
    }
    Some(())
}
