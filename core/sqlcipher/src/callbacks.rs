//! The callbacks that C calls: pointers and lengths are checked here and become slices, and no panic gets out.
//!
//! What every callback relies on, and no check can show: a pointer that isn't null is good for as many bytes as the length
//! beside it says. SQLCipher zeroes what it allocates, so output buffers are initialised memory.

use crate::abi::{Algorithm, SQLITE_ERROR, SQLITE_OK, SqlcipherProvider};
use crate::primitives::{BLOCK_LEN, KEY_LEN, PageCipher, Tag, stretch, tag_len};
use aes::{Block, cipher::inout::InOutBuf};
use core::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) fn provider() -> SqlcipherProvider {
    SqlcipherProvider {
        init: None,
        shutdown: None,
        get_provider_name: Some(provider_name),
        add_random: Some(add_random),
        random: Some(random),
        hmac: Some(hmac),
        kdf: Some(kdf),
        cipher: Some(cipher),
        get_cipher: Some(cipher_name),
        get_key_sz: Some(key_size),
        get_iv_sz: Some(block_size),
        get_block_sz: Some(block_size),
        get_hmac_sz: Some(hmac_size),
        ctx_init: Some(context),
        ctx_free: Some(context),
        fips_status: Some(fips_status),
        get_provider_version: Some(provider_version),
        next: core::ptr::null_mut(),
    }
}

/// Runs a callback's body. A refused argument and a panic both become `SQLITE_ERROR`: unwinding into C would abort the app.
fn guard(body: impl FnOnce() -> Option<()>) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Some(())) => SQLITE_OK,
        Ok(None) | Err(_) => SQLITE_ERROR,
    }
}

/// A pointer and its length as a slice; `None` for null or a negative length.
///
/// # Safety
///
/// `start` is null or good for reads of `len` bytes, which nobody writes during `'a`.
unsafe fn slice<'a>(start: *const c_uchar, len: c_int) -> Option<&'a [u8]> {
    let len = usize::try_from(len).ok()?;
    if start.is_null() {
        return None;
    }
    // SAFETY: not null, good for `len` bytes by the contract; a c_int can't exceed isize::MAX.
    Some(unsafe { core::slice::from_raw_parts(start, len) })
}

/// The same for a buffer to write.
///
/// # Safety
///
/// `start` is null or good for reads and writes of `len` initialised bytes, which nothing else touches during `'a`.
unsafe fn slice_mut<'a>(start: *mut c_uchar, len: c_int) -> Option<&'a mut [u8]> {
    let len = usize::try_from(len).ok()?;
    if start.is_null() {
        return None;
    }
    // SAFETY: not null, good for `len` bytes by the contract; a c_int can't exceed isize::MAX.
    Some(unsafe { core::slice::from_raw_parts_mut(start, len) })
}

fn overlap(a: *const c_uchar, a_len: usize, b: *const c_uchar, b_len: usize) -> bool {
    let (a, b) = (a.addr(), b.addr());
    a < b.saturating_add(b_len) && b < a.saturating_add(a_len)
}

/// See [`crate::HmacFn`].
unsafe extern "C" fn hmac(
    _: *mut c_void,
    algorithm: Algorithm,
    key: *const c_uchar,
    key_sz: c_int,
    first: *const c_uchar,
    first_sz: c_int,
    second: *const c_uchar,
    second_sz: c_int,
    out: *mut c_uchar,
) -> c_int {
    guard(|| {
        if out.is_null() {
            return None;
        }
        // SAFETY: SQLCipher's buffers have the lengths it gives, and nothing is written before the tag is whole.
        let (key, first) = unsafe { (slice(key, key_sz)?, slice(first, first_sz)?) };
        let second = match (second.is_null(), second_sz) {
            (true, 0) => &[],
            // SAFETY: as above.
            _ => unsafe { slice(second, second_sz)? },
        };
        let tag = Tag::new(algorithm, key, first, second)?;
        let tag = tag.as_slice();
        // SAFETY: `out` has room for `get_hmac_sz` bytes, which is the tag's length; the tag is memory of our own, and no input
        // is read after this, so `out` may even overlap one.
        unsafe { core::ptr::copy_nonoverlapping(tag.as_ptr(), out, tag.len()) };
        Some(())
    })
}

/// See [`crate::KdfFn`].
unsafe extern "C" fn kdf(
    _: *mut c_void,
    algorithm: Algorithm,
    pass: *const c_uchar,
    pass_sz: c_int,
    salt: *const c_uchar,
    salt_sz: c_int,
    rounds: c_int,
    key_sz: c_int,
    key: *mut c_uchar,
) -> c_int {
    guard(|| {
        let rounds = u32::try_from(rounds).ok().filter(|&rounds| rounds > 0)?;
        let key_len = usize::try_from(key_sz).ok().filter(|&len| len > 0)?;
        // SAFETY: SQLCipher's buffers have the lengths it gives; that the key overlaps neither is checked below.
        let (pass, salt) = unsafe { (slice(pass, pass_sz)?, slice(salt, salt_sz)?) };
        if [pass, salt].iter().any(|input| overlap(input.as_ptr(), input.len(), key, key_len)) {
            return None;
        }
        // SAFETY: as above, and the inputs lie elsewhere.
        let key = unsafe { slice_mut(key, key_sz)? };
        stretch(algorithm, pass, salt, rounds, key)
    })
}

/// See [`crate::CipherFn`].
unsafe extern "C" fn cipher(
    _: *mut c_void,
    mode: c_int,
    key: *const c_uchar,
    key_sz: c_int,
    iv: *const c_uchar,
    input: *const c_uchar,
    input_sz: c_int,
    output: *mut c_uchar,
) -> c_int {
    guard(|| {
        let len = usize::try_from(input_sz).ok()?;
        if !len.is_multiple_of(BLOCK_LEN) || input.is_null() || output.is_null() {
            return None;
        }
        let in_place = core::ptr::eq(input, output);
        if !in_place && overlap(input, len, output, len) {
            return None;
        }
        let cipher = {
            // SAFETY: the key has the length SQLCipher gives and the IV that of `get_iv_sz`. Both slices end with this block,
            // before anything is written: the IV lies in the page that `output` begins.
            let (key, iv) = unsafe { (slice(key, key_sz)?, slice(iv, BLOCK_LEN as c_int)?) };
            PageCipher::new(mode, key.try_into().ok()?, iv.try_into().ok()?)?
        };
        // SAFETY: both buffers have `len` initialised bytes, are the same or apart, and nothing else refers to them; `Block` is
        // an array of 16 bytes, so any address is aligned for it.
        let blocks = unsafe { InOutBuf::from_raw(input.cast::<Block>(), output.cast::<Block>(), len / BLOCK_LEN) };
        cipher.apply(blocks);
        Some(())
    })
}

unsafe extern "C" fn random(_: *mut c_void, buffer: *mut c_void, length: c_int) -> c_int {
    guard(|| {
        // SAFETY: SQLCipher's buffer has the length it gives, and is initialised.
        let buffer = unsafe { slice_mut(buffer.cast(), length)? };
        getrandom::fill(buffer).ok()
    })
}

/// Takes the bytes and forgets them: the operating system's generator needs no seed.
extern "C" fn add_random(_: *mut c_void, _: *const c_void, _: c_int) -> c_int {
    SQLITE_OK
}

/// There is no context to make or free: every call brings its key.
extern "C" fn context(_: *mut *mut c_void) -> c_int {
    SQLITE_OK
}

extern "C" fn hmac_size(_: *mut c_void, algorithm: Algorithm) -> c_int {
    tag_len(algorithm) as c_int
}

extern "C" fn key_size(_: *mut c_void) -> c_int {
    KEY_LEN as c_int
}

extern "C" fn block_size(_: *mut c_void) -> c_int {
    BLOCK_LEN as c_int
}

extern "C" fn fips_status(_: *mut c_void) -> c_int {
    0
}

extern "C" fn provider_name(_: *mut c_void) -> *const c_char {
    c"rustcrypto".as_ptr()
}

extern "C" fn cipher_name(_: *mut c_void) -> *const c_char {
    c"AES-256-CBC".as_ptr()
}

extern "C" fn provider_version(_: *mut c_void) -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL inside"),
    };
    VERSION.as_ptr()
}

const _: () = assert!(size_of::<Block>() == BLOCK_LEN && align_of::<Block>() == 1);
