//! Arguments that SQLCipher never passes are refused, and leave the output alone.

mod common;

use common::provider;
use nightstand_sqlcipher::{DECRYPT, ENCRYPT, HMAC_SHA256, SQLITE_ERROR, SQLITE_OK, nightstand_sqlcipher_setup};
use std::ffi::{c_int, c_uchar};
use std::ptr::{null, null_mut};

const UNTOUCHED: u8 = 0xee;

#[test]
fn setup_refuses_null() {
    // SAFETY: null is allowed by the contract.
    let code = unsafe { nightstand_sqlcipher_setup(null_mut()) };
    assert_eq!(code, SQLITE_ERROR);
}

/// A call that works; each test spoils one argument of it.
struct CipherCall {
    mode: c_int,
    key: *const c_uchar,
    key_sz: c_int,
    iv: *const c_uchar,
    input: *const c_uchar,
    input_sz: c_int,
    output: *mut c_uchar,
}

#[test]
fn cipher_refuses_what_is_not_whole_blocks_under_a_whole_key() {
    type Spoil = fn(&mut CipherCall);
    let call = |spoil: Spoil| {
        let (key, iv, input, mut output) = ([1; 32], [2; 16], [3; 64], [UNTOUCHED; 64]);
        let mut call = CipherCall {
            mode: ENCRYPT,
            key: key.as_ptr(),
            key_sz: 32,
            iv: iv.as_ptr(),
            input: input.as_ptr(),
            input_sz: 64,
            output: output.as_mut_ptr(),
        };
        spoil(&mut call);
        // SAFETY: no length exceeds its buffer, whichever argument is spoiled.
        let code = unsafe {
            provider().cipher.unwrap()(
                null_mut(),
                call.mode,
                call.key,
                call.key_sz,
                call.iv,
                call.input,
                call.input_sz,
                call.output,
            )
        };
        (code, output)
    };
    assert_eq!(call(|_| ()).0, SQLITE_OK);
    assert_eq!(call(|c| c.mode = DECRYPT).0, SQLITE_OK);
    assert_eq!(call(|c| c.input_sz = 0), (SQLITE_OK, [UNTOUCHED; 64]));

    let spoils: [Spoil; 13] = [
        |c| c.mode = 2,
        |c| c.mode = -1,
        |c| c.key = null(),
        |c| c.key_sz = 16,
        |c| c.key_sz = 31,
        |c| c.key_sz = 0,
        |c| c.key_sz = -32,
        |c| c.iv = null(),
        |c| c.input = null(),
        |c| c.input_sz = 63,
        |c| c.input_sz = -16,
        |c| c.input_sz = c_int::MIN,
        |c| c.output = null_mut(),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        assert_eq!(call(spoil), (SQLITE_ERROR, [UNTOUCHED; 64]), "spoil {number}");
    }
}

#[test]
fn cipher_refuses_buffers_that_overlap_in_part() {
    for (input, output, expected) in [
        (0, 16, SQLITE_ERROR),
        (16, 0, SQLITE_ERROR),
        (0, 63, SQLITE_ERROR),
        (0, 1, SQLITE_ERROR),
        (0, 64, SQLITE_OK),
        (64, 0, SQLITE_OK),
        (32, 32, SQLITE_OK),
    ] {
        let mut memory = [UNTOUCHED; 128];
        let start = memory.as_mut_ptr();
        // SAFETY: both buffers lie within the 128 bytes.
        let code = unsafe {
            provider().cipher.unwrap()(
                null_mut(),
                ENCRYPT,
                [1; 32].as_ptr(),
                32,
                [2; 16].as_ptr(),
                start.add(input),
                64,
                start.add(output),
            )
        };
        assert_eq!(code, expected, "{input} {output}");
        assert_eq!(memory == [UNTOUCHED; 128], expected == SQLITE_ERROR, "{input} {output}");
    }
}

#[test]
fn hmac_refuses_null_negative_and_unknown() {
    let text = [5u8; 32];
    let start = text.as_ptr();
    let call = |algorithm, (key, key_sz), (first, first_sz), (second, second_sz)| {
        let mut tag = [UNTOUCHED; 64];
        // SAFETY: no length exceeds its buffer, and the tag has room for the longest.
        let code = unsafe {
            provider().hmac.unwrap()(
                null_mut(),
                algorithm,
                key,
                key_sz,
                first,
                first_sz,
                second,
                second_sz,
                tag.as_mut_ptr(),
            )
        };
        (code, tag)
    };
    let good = (start, 32);
    let none = (null(), 0);
    assert_eq!(call(HMAC_SHA256, good, good, none).0, SQLITE_OK);
    for (algorithm, key, first, second) in [
        (3, good, good, none),
        (-1, good, good, none),
        (HMAC_SHA256, (null(), 32), good, none),
        (HMAC_SHA256, (start, -1), good, none),
        (HMAC_SHA256, good, (null(), 32), none),
        (HMAC_SHA256, good, (null(), 0), none),
        (HMAC_SHA256, good, (start, -1), none),
        (HMAC_SHA256, good, good, (null(), 4)),
        (HMAC_SHA256, good, good, (start, -4)),
    ] {
        assert_eq!(call(algorithm, key, first, second), (SQLITE_ERROR, [UNTOUCHED; 64]));
    }
    // SAFETY: a null tag is what is tried; the other lengths are right.
    let code =
        unsafe { provider().hmac.unwrap()(null_mut(), HMAC_SHA256, start, 32, start, 32, null(), 0, null_mut()) };
    assert_eq!(code, SQLITE_ERROR);
}

#[test]
fn kdf_refuses_null_negative_overlap_and_no_rounds() {
    let call =
        |algorithm, pass: Option<usize>, pass_sz, salt: Option<usize>, salt_sz, rounds, key: Option<usize>, key_sz| {
            let mut memory = [UNTOUCHED; 96];
            let start = memory.as_mut_ptr();
            let at = |offset: Option<usize>| offset.map_or(null_mut(), |offset| start.wrapping_add(offset));
            // SAFETY: no length exceeds the 96 bytes from its offset.
            let code = unsafe {
                provider().kdf.unwrap()(
                    null_mut(),
                    algorithm,
                    at(pass),
                    pass_sz,
                    at(salt),
                    salt_sz,
                    rounds,
                    key_sz,
                    at(key),
                )
            };
            (code, memory != [UNTOUCHED; 96])
        };
    let (pass, salt, key) = (Some(0), Some(32), Some(48));
    assert_eq!(call(HMAC_SHA256, pass, 32, salt, 16, 1, key, 32), (SQLITE_OK, true));
    for spoiled in [
        call(3, pass, 32, salt, 16, 1, key, 32),
        call(HMAC_SHA256, None, 32, salt, 16, 1, key, 32),
        call(HMAC_SHA256, pass, -1, salt, 16, 1, key, 32),
        call(HMAC_SHA256, pass, 32, None, 16, 1, key, 32),
        call(HMAC_SHA256, pass, 32, salt, -16, 1, key, 32),
        call(HMAC_SHA256, pass, 32, salt, 16, 0, key, 32),
        call(HMAC_SHA256, pass, 32, salt, 16, -1, key, 32),
        call(HMAC_SHA256, pass, 32, salt, 16, 1, None, 32),
        call(HMAC_SHA256, pass, 32, salt, 16, 1, key, 0),
        call(HMAC_SHA256, pass, 32, salt, 16, 1, key, -32),
        call(HMAC_SHA256, pass, 32, salt, 16, 1, pass, 32),
        call(HMAC_SHA256, pass, 32, salt, 16, 1, Some(47), 32),
    ] {
        assert_eq!(spoiled, (SQLITE_ERROR, false));
    }
}

#[test]
fn random_refuses_null_and_negative() {
    let mut buffer = [UNTOUCHED; 16];
    let start = buffer.as_mut_ptr().cast();
    // SAFETY: null and lengths within the buffer.
    unsafe {
        let random = provider().random.unwrap();
        assert_eq!(random(null_mut(), null_mut(), 16), SQLITE_ERROR);
        assert_eq!(random(null_mut(), start, -1), SQLITE_ERROR);
        assert_eq!(random(null_mut(), start, 0), SQLITE_OK);
    }
    assert_eq!(buffer, [UNTOUCHED; 16]);
}
