//! SQLCipher's cryptography from RustCrypto, so that no phone carries OpenSSL.
//!
//! SQLCipher encrypts a SQLite file page by page and leaves the primitives to a *provider*: a C struct of callbacks for
//! AES-256-CBC, HMAC, PBKDF2 and random bytes. This crate is such a provider. Files are the same as with OpenSSL, byte
//! layout and settings alike; the tests open files that a stock SQLCipher wrote, and the other way round.
//!
//! # How it hooks in
//!
//! The C code is compiled by `libsqlite3-sys` (rusqlite's feature `bundled-sqlcipher`). The flag
//! `-DSQLCIPHER_CRYPTO_CUSTOM=nightstand_sqlcipher_setup` makes SQLCipher declare that function and call it once, before
//! the first connection; [`nightstand_sqlcipher_setup`] fills the struct. From then on every connection of the process
//! uses it: `PRAGMA cipher_provider` answers `rustcrypto`.
//!
//! Two things are needed in a crate that uses rusqlite:
//!
//! 1. Name this crate once, else Rust leaves it out and the linker misses the symbol:
//!
//!    ```
//!    use nightstand_sqlcipher as _;
//!    ```
//!
//! 2. Have the C flags in the environment of the build. The workspace does this in `.cargo/config.toml`. **Cargo reads that
//!    file only for builds started inside the workspace**: a crate that depends on this one from elsewhere puts the same
//!    lines into a `.cargo/config.toml` of its own. Without them SQLCipher is built for OpenSSL: the C compiler misses
//!    `openssl/*.h`, or the linker `RAND_bytes`.
//!
//!    ```toml
//!    [env]
//!    LIBSQLITE3_FLAGS = "-USQLCIPHER_CRYPTO_CC -DSQLCIPHER_CRYPTO_CUSTOM=nightstand_sqlcipher_setup -DSQLCIPHER_OMIT_DEFAULT_LOGGING"
//!    ```
//!
//!    A variable that is already set wins over this file. The first flag is for Apple hosts, where `libsqlite3-sys`
//!    chooses CommonCrypto; the last keeps SQLCipher from writing errors to stderr or the phone's log.
//!
//! `libsqlite3-sys` asks the linker for `crypto` all the same; the build script answers with an empty archive. A program that
//! links OpenSSL for something else may find that archive first, and then misses OpenSSL's symbols.
//!
//! # A wrong key
//!
//! No pragma refuses it; it shows when a page is read, as `NotADatabase` as a rule. With `cipher_plaintext_header_size = 32`
//! and page 1 in the write-ahead log, as after a crash, it is `DatabaseCorrupt`, and `PRAGMA user_version` even answers 0, as
//! if the file were new. So read something after opening, then ask `PRAGMA cipher_status`: 1 says that every page read so far
//! had a right tag. Nothing is written or lost under a wrong key; the tests hold that.
//!
//! # Versions
//!
//! Made for **SQLCipher 4.19.0**, as rusqlite 0.41 brings it (libsqlite3-sys 0.39, sqlcipher-src 419). The struct is
//! declared in SQLCipher's source, not in a header that is installed, so [`SqlcipherProvider`] mirrors it by hand and a
//! changed field order would call the wrong function. The tests compare the mirror with the very source that is compiled: run
//! them after each update of rusqlite. Built and tested on x86-64 Linux.
//!
//! # Speed
//!
//! AES-NI, SHA-NI and ARMv8's instructions are found at run time; no target feature has to be set. The code that counts is
//! instantiated here, so this crate wants `opt-level = 3` in profiles that otherwise optimise for size, and in test profiles.
//! With `PRAGMA cipher_hmac_algorithm = HMAC_SHA256` a scan of 40 MB took 104 ms, with the default SHA-512 168 ms, and 24 ms
//! without encryption; OpenSSL needed 132 and 165 ms (medians of five, x86-64 Linux with SHA-NI). To repeat it for this crate:
//! `cargo run --release -p nightstand-sqlcipher --example speed`.

mod abi;
mod callbacks;
mod primitives;

pub use abi::{
    Algorithm, CipherFn, DECRYPT, ENCRYPT, HMAC_SHA1, HMAC_SHA256, HMAC_SHA512, HmacFn, KdfFn, SQLITE_ERROR, SQLITE_OK,
    SqlcipherProvider,
};

use core::ffi::c_int;

/// Fills SQLCipher's provider struct; named in the C flag `SQLCIPHER_CRYPTO_CUSTOM`.
///
/// SQLCipher calls it when SQLite starts up, under SQLite's main mutex. It returns `SQLITE_ERROR` for a null pointer.
///
/// # Safety
///
/// `provider` is null or points to memory that can be written as one [`SqlcipherProvider`] and is aligned for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nightstand_sqlcipher_setup(provider: *mut SqlcipherProvider) -> c_int {
    if provider.is_null() {
        return SQLITE_ERROR;
    }
    // SAFETY: not null, and writable by this function's contract; the struct has no Drop to skip.
    unsafe { provider.write(callbacks::provider()) };
    SQLITE_OK
}
