//! What SQLCipher 4.19.0 declares in C, mirrored. Nothing here is ours to choose.

use core::ffi::{c_char, c_int, c_uchar, c_void};

/// `SQLITE_OK`.
pub const SQLITE_OK: c_int = 0;
/// `SQLITE_ERROR`, the one failure that SQLCipher tells apart from success.
pub const SQLITE_ERROR: c_int = 1;

/// A hash as SQLCipher numbers it; PBKDF2 uses the same numbers as HMAC.
pub type Algorithm = c_int;
/// `SQLCIPHER_HMAC_SHA1` and `SQLCIPHER_PBKDF2_HMAC_SHA1`.
pub const HMAC_SHA1: Algorithm = 0;
/// `SQLCIPHER_HMAC_SHA256` and `SQLCIPHER_PBKDF2_HMAC_SHA256`.
pub const HMAC_SHA256: Algorithm = 1;
/// `SQLCIPHER_HMAC_SHA512` and `SQLCIPHER_PBKDF2_HMAC_SHA512`.
pub const HMAC_SHA512: Algorithm = 2;

/// `SQLCIPHER_DECRYPT`, a mode of [`CipherFn`].
pub const DECRYPT: c_int = 0;
/// `SQLCIPHER_ENCRYPT`, a mode of [`CipherFn`].
pub const ENCRYPT: c_int = 1;

/// HMAC over two buffers in a row: context, algorithm, key and its length, first buffer and length, second buffer and
/// length (null and 0 where there is none), tag. The tag has as many bytes as `get_hmac_sz` says.
pub type HmacFn = unsafe extern "C" fn(
    ctx: *mut c_void,
    algorithm: Algorithm,
    key: *const c_uchar,
    key_sz: c_int,
    first: *const c_uchar,
    first_sz: c_int,
    second: *const c_uchar,
    second_sz: c_int,
    tag: *mut c_uchar,
) -> c_int;

/// PBKDF2: context, algorithm, passphrase and its length, salt and its length, rounds, length of the key and the key.
pub type KdfFn = unsafe extern "C" fn(
    ctx: *mut c_void,
    algorithm: Algorithm,
    pass: *const c_uchar,
    pass_sz: c_int,
    salt: *const c_uchar,
    salt_sz: c_int,
    rounds: c_int,
    key_sz: c_int,
    key: *mut c_uchar,
) -> c_int;

/// AES-256-CBC without padding: context, [`ENCRYPT`] or [`DECRYPT`], key and its length, IV of 16 bytes, input and its
/// length, output of that length. Input and output are the same buffer or don't overlap.
pub type CipherFn = unsafe extern "C" fn(
    ctx: *mut c_void,
    mode: c_int,
    key: *const c_uchar,
    key_sz: c_int,
    iv: *const c_uchar,
    input: *const c_uchar,
    input_sz: c_int,
    output: *mut c_uchar,
) -> c_int;

/// `struct sqlcipher_provider`, field for field and under SQLCipher's names.
///
/// Lengths are in bytes. Callbacks return [`SQLITE_OK`] or [`SQLITE_ERROR`] where nothing else is said.
#[repr(C)]
#[derive(Debug)]
pub struct SqlcipherProvider {
    /// Runs once after registration.
    pub init: Option<extern "C" fn() -> c_int>,
    /// Runs when SQLite shuts down.
    pub shutdown: Option<extern "C" fn()>,
    /// What `PRAGMA cipher_provider` answers.
    pub get_provider_name: Option<extern "C" fn(ctx: *mut c_void) -> *const c_char>,
    /// Takes in entropy from `PRAGMA cipher_add_random`.
    pub add_random: Option<extern "C" fn(ctx: *mut c_void, buffer: *const c_void, length: c_int) -> c_int>,
    /// Fills a buffer with random bytes: IVs, salts, the masks that hide keys in memory.
    pub random: Option<unsafe extern "C" fn(ctx: *mut c_void, buffer: *mut c_void, length: c_int) -> c_int>,
    /// Tags a page and its number.
    pub hmac: Option<HmacFn>,
    /// Stretches a passphrase; also makes the tag's key from the cipher's, in two rounds.
    pub kdf: Option<KdfFn>,
    /// Encrypts or decrypts a page.
    pub cipher: Option<CipherFn>,
    /// What `PRAGMA cipher` answers.
    pub get_cipher: Option<extern "C" fn(ctx: *mut c_void) -> *const c_char>,
    /// Length of the cipher's key.
    pub get_key_sz: Option<extern "C" fn(ctx: *mut c_void) -> c_int>,
    /// Length of the IV.
    pub get_iv_sz: Option<extern "C" fn(ctx: *mut c_void) -> c_int>,
    /// Length of the cipher's block.
    pub get_block_sz: Option<extern "C" fn(ctx: *mut c_void) -> c_int>,
    /// Length of the tag; 0 for an algorithm that isn't known.
    pub get_hmac_sz: Option<extern "C" fn(ctx: *mut c_void, algorithm: Algorithm) -> c_int>,
    /// Makes the context that the other callbacks get.
    pub ctx_init: Option<extern "C" fn(ctx: *mut *mut c_void) -> c_int>,
    /// Frees that context.
    pub ctx_free: Option<extern "C" fn(ctx: *mut *mut c_void) -> c_int>,
    /// 1 in FIPS mode, else 0.
    pub fips_status: Option<extern "C" fn(ctx: *mut c_void) -> c_int>,
    /// What `PRAGMA cipher_provider_version` answers.
    pub get_provider_version: Option<extern "C" fn(ctx: *mut c_void) -> *const c_char>,
    /// SQLCipher's list of providers; SQLCipher sets it.
    pub next: *mut SqlcipherProvider,
}

const _: () = assert!(size_of::<SqlcipherProvider>() == 18 * size_of::<usize>());
const _: () = assert!(align_of::<SqlcipherProvider>() == align_of::<usize>());
