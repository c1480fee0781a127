//! Known answers of each primitive, through the callbacks that SQLCipher calls.

mod common;

use common::{provider, unhex};
use nightstand_sqlcipher::{Algorithm, DECRYPT, ENCRYPT, HMAC_SHA1, HMAC_SHA256, HMAC_SHA512, SQLITE_OK};
use std::ffi::{CStr, c_int, c_uchar};
use std::ptr::null_mut;

fn hmac(algorithm: Algorithm, key: &[u8], first: &[u8], second: Option<&[u8]>) -> Vec<u8> {
    let provider = provider();
    let length = provider.get_hmac_sz.unwrap()(null_mut(), algorithm);
    let mut tag = vec![0; length as usize];
    let (second, second_len) = second.map_or((std::ptr::null(), 0), |s| (s.as_ptr(), s.len() as c_int));
    // SAFETY: every pointer comes with its own length, and the tag has the length that was asked for.
    let code = unsafe {
        provider.hmac.unwrap()(
            null_mut(),
            algorithm,
            key.as_ptr(),
            key.len() as c_int,
            first.as_ptr(),
            first.len() as c_int,
            second,
            second_len,
            tag.as_mut_ptr(),
        )
    };
    assert_eq!(code, SQLITE_OK);
    tag
}

fn pbkdf2(algorithm: Algorithm, pass: &str, salt: &str, rounds: c_int, length: usize) -> Vec<u8> {
    let mut key = vec![0; length];
    // SAFETY: every pointer comes with its own length.
    let code = unsafe {
        provider().kdf.unwrap()(
            null_mut(),
            algorithm,
            pass.as_ptr(),
            pass.len() as c_int,
            salt.as_ptr(),
            salt.len() as c_int,
            rounds,
            length as c_int,
            key.as_mut_ptr(),
        )
    };
    assert_eq!(code, SQLITE_OK);
    key
}

/// AES-256-CBC from `input` to `output`, which may be one buffer.
fn aes(mode: c_int, key: &[u8], iv: &[u8], input: *const c_uchar, output: *mut c_uchar, length: usize) {
    assert_eq!(iv.len(), 16);
    // SAFETY: callers pass two buffers of `length` bytes, or one twice; the IV is 16 bytes.
    let code = unsafe {
        provider().cipher.unwrap()(
            null_mut(),
            mode,
            key.as_ptr(),
            key.len() as c_int,
            iv.as_ptr(),
            input,
            length as c_int,
            output,
        )
    };
    assert_eq!(code, SQLITE_OK);
}

/// NIST SP 800-38A, F.2.5 and F.2.6.
#[test]
fn aes_256_cbc() {
    let key = unhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    let iv = unhex("000102030405060708090a0b0c0d0e0f");
    let plain = unhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    let secret = unhex(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
         39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
    );
    for (mode, input, expected) in [(ENCRYPT, &plain, &secret), (DECRYPT, &secret, &plain)] {
        let mut apart = vec![0; input.len()];
        aes(mode, &key, &iv, input.as_ptr(), apart.as_mut_ptr(), input.len());
        assert_eq!(&apart, expected);

        let mut in_place = input.clone();
        let buffer = in_place.as_mut_ptr();
        aes(mode, &key, &iv, buffer, buffer, input.len());
        assert_eq!(&in_place, expected);
    }
}

/// A page lies in memory as `[body][IV][tag]`, and SQLCipher passes the IV by a pointer into the page it has written.
#[test]
fn the_iv_may_lie_right_after_the_output() {
    let key = [3; 32];
    let mut page = [[7; 64].as_slice(), &[9; 16]].concat();
    let mut expected = vec![0; 64];
    aes(ENCRYPT, &key, &[9; 16], page.as_ptr(), expected.as_mut_ptr(), 64);

    let start = page.as_mut_ptr();
    // SAFETY: the IV's 16 bytes follow the body's 64 in one allocation of 80.
    let code =
        unsafe { provider().cipher.unwrap()(null_mut(), ENCRYPT, key.as_ptr(), 32, start.add(64), start, 64, start) };
    assert_eq!(code, SQLITE_OK);
    assert_eq!(page, [expected.as_slice(), &[9; 16]].concat());
}

/// RFC 2202, cases 1, 2 and 6.
#[test]
fn hmac_sha1() {
    for (key, text, tag) in [
        (vec![0x0b; 20], "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
        (b"Jefe".to_vec(), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (
            vec![0xaa; 80],
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
    ] {
        assert_eq!(hmac(HMAC_SHA1, &key, text.as_bytes(), None), unhex(tag));
    }
}

/// RFC 4231, cases 1, 2 and 6.
#[test]
fn hmac_sha256_and_sha512() {
    for (key, text, sha256, sha512) in [
        (
            vec![0x0b; 20],
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
             daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            vec![0xaa; 131],
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
             6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
    ] {
        assert_eq!(hmac(HMAC_SHA256, &key, text.as_bytes(), None), unhex(sha256));
        assert_eq!(hmac(HMAC_SHA512, &key, text.as_bytes(), None), unhex(sha512));
    }
}

#[test]
fn hmac_runs_over_both_buffers() {
    for algorithm in [HMAC_SHA1, HMAC_SHA256, HMAC_SHA512] {
        let whole = hmac(algorithm, b"key", b"page and number", None);
        assert_eq!(hmac(algorithm, b"key", b"page and ", Some(b"number")), whole);
        assert_eq!(hmac(algorithm, b"key", b"page and number", Some(b"")), whole);
    }
}

/// RFC 6070.
#[test]
fn pbkdf2_sha1() {
    let one = pbkdf2(HMAC_SHA1, "password", "salt", 1, 20);
    assert_eq!(one, unhex("0c60c80f961f0e71f3a9b524af6012062fe037a6"));
    let long = pbkdf2(HMAC_SHA1, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25);
    assert_eq!(long, unhex("3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"));
}

/// RFC 7914, section 11.
#[test]
fn pbkdf2_sha256() {
    assert_eq!(
        pbkdf2(HMAC_SHA256, "passwd", "salt", 1, 64),
        unhex(
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        )
    );
    assert_eq!(
        pbkdf2(HMAC_SHA256, "Password", "NaCl", 80_000, 64),
        unhex(
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
             a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
        )
    );
}

/// No RFC has vectors for SHA-512; these are what OpenSSL computes (Python's `hashlib.pbkdf2_hmac`).
#[test]
fn pbkdf2_sha512() {
    assert_eq!(
        pbkdf2(HMAC_SHA512, "password", "salt", 1, 64),
        unhex(
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252\
             c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
        )
    );
    let long = pbkdf2(HMAC_SHA512, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 64);
    assert_eq!(
        long,
        unhex(
            "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71\
             115b59f9e60cd9532fa33e0f75aefe30225c583a186cd82bd4daea9724a3d3b8"
        )
    );
}

#[test]
fn random_bytes_fill_the_buffer_and_differ() {
    let provider = provider();
    let mut draws = [[0u8; 64]; 2];
    for draw in &mut draws {
        // SAFETY: the buffer has 64 bytes.
        let code = unsafe { provider.random.unwrap()(null_mut(), draw.as_mut_ptr().cast(), 64) };
        assert_eq!(code, SQLITE_OK);
    }
    assert_ne!(draws[0], draws[1]);
    assert_ne!(draws[0][48..], [0; 16], "the end is filled too");
}

#[test]
fn sizes_and_names_are_those_of_aes_256_cbc() {
    let provider = provider();
    let ctx = null_mut();
    assert_eq!(provider.get_key_sz.unwrap()(ctx), 32);
    assert_eq!(provider.get_iv_sz.unwrap()(ctx), 16);
    assert_eq!(provider.get_block_sz.unwrap()(ctx), 16);
    assert_eq!(provider.fips_status.unwrap()(ctx), 0);
    let sizes = [HMAC_SHA1, HMAC_SHA256, HMAC_SHA512, 3].map(|algorithm| provider.get_hmac_sz.unwrap()(ctx, algorithm));
    assert_eq!(sizes, [20, 32, 64, 0]);
    // SAFETY: the callbacks return C strings that live as long as the program.
    let [cipher, name, version] = [provider.get_cipher, provider.get_provider_name, provider.get_provider_version]
        .map(|call| unsafe { CStr::from_ptr(call.unwrap()(ctx)) });
    assert_eq!(cipher, c"AES-256-CBC");
    assert_eq!(name, c"rustcrypto");
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
}
