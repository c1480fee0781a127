//! SQLCipher is the version this crate was made for, uses this crate, and neither links OpenSSL nor logs.

mod common;

use common::{KEY, ask, open, raw_key, read, vault_settings, write};
use nightstand_sqlcipher::SqlcipherProvider;
use std::mem::offset_of;
use std::process::Command;

#[test]
fn sqlcipher_uses_this_provider() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir.path().join("journal.db"), &raw_key(KEY));
    assert_eq!(ask(&db, "PRAGMA cipher_provider"), "rustcrypto");
    assert_eq!(ask(&db, "PRAGMA cipher_provider_version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(ask(&db, "PRAGMA cipher"), "AES-256-CBC");
    assert_eq!(ask(&db, "PRAGMA cipher_fips_status"), "0");
}

/// Another version may well work: compare its `struct sqlcipher_provider`, then change the version here and in the docs.
#[test]
fn the_version_is_the_one_the_struct_was_copied_from() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir.path().join("journal.db"), &raw_key(KEY));
    assert_eq!(ask(&db, "PRAGMA cipher_version"), "4.19.0 community");
    assert_eq!(sqlcipher_src::SQLCIPHER_VERSION, "4.19.0");
}

#[test]
fn the_mirrored_struct_is_that_of_the_source() {
    let source = std::fs::read(sqlcipher_src::source_dir().join(sqlcipher_src::SOURCE_FILE)).unwrap();
    let source = String::from_utf8_lossy(&source);
    let (_, rest) = source.split_once("struct sqlcipher_provider {").unwrap();
    let (body, rest) = rest.split_once("};").unwrap();
    assert!(!rest.contains("struct sqlcipher_provider {"), "declared once");
    let members: Vec<_> = body.split(';').map(spaced_once).filter(|member| !member.is_empty()).collect();

    let mirrored = [
        (offset_of!(SqlcipherProvider, init), "int (*init)(void)"),
        (offset_of!(SqlcipherProvider, shutdown), "void (*shutdown)(void)"),
        (offset_of!(SqlcipherProvider, get_provider_name), "const char* (*get_provider_name)(void *ctx)"),
        (offset_of!(SqlcipherProvider, add_random), "int (*add_random)(void *ctx, const void *buffer, int length)"),
        (offset_of!(SqlcipherProvider, random), "int (*random)(void *ctx, void *buffer, int length)"),
        (
            offset_of!(SqlcipherProvider, hmac),
            "int (*hmac)(void *ctx, int algorithm, const unsigned char *hmac_key, int key_sz, \
             const unsigned char *in, int in_sz, const unsigned char *in2, int in2_sz, unsigned char *out)",
        ),
        (
            offset_of!(SqlcipherProvider, kdf),
            "int (*kdf)(void *ctx, int algorithm, const unsigned char *pass, int pass_sz, \
             const unsigned char* salt, int salt_sz, int workfactor, int key_sz, unsigned char *key)",
        ),
        (
            offset_of!(SqlcipherProvider, cipher),
            "int (*cipher)(void *ctx, int mode, const unsigned char *key, int key_sz, \
             const unsigned char *iv, const unsigned char *in, int in_sz, unsigned char *out)",
        ),
        (offset_of!(SqlcipherProvider, get_cipher), "const char* (*get_cipher)(void *ctx)"),
        (offset_of!(SqlcipherProvider, get_key_sz), "int (*get_key_sz)(void *ctx)"),
        (offset_of!(SqlcipherProvider, get_iv_sz), "int (*get_iv_sz)(void *ctx)"),
        (offset_of!(SqlcipherProvider, get_block_sz), "int (*get_block_sz)(void *ctx)"),
        (offset_of!(SqlcipherProvider, get_hmac_sz), "int (*get_hmac_sz)(void *ctx, int algorithm)"),
        (offset_of!(SqlcipherProvider, ctx_init), "int (*ctx_init)(void **ctx)"),
        (offset_of!(SqlcipherProvider, ctx_free), "int (*ctx_free)(void **ctx)"),
        (offset_of!(SqlcipherProvider, fips_status), "int (*fips_status)(void *ctx)"),
        (offset_of!(SqlcipherProvider, get_provider_version), "const char* (*get_provider_version)(void *ctx)"),
        (offset_of!(SqlcipherProvider, next), "sqlcipher_provider *next"),
    ];
    assert_eq!(members, mirrored.map(|(_, member)| member));
    for (place, (offset, member)) in mirrored.into_iter().enumerate() {
        assert_eq!(offset, place * size_of::<usize>(), "{member}");
    }
    for constant in [
        "SQLCIPHER_DECRYPT 0",
        "SQLCIPHER_ENCRYPT 1",
        "SQLCIPHER_HMAC_SHA1 0",
        "SQLCIPHER_HMAC_SHA256 1",
        "SQLCIPHER_HMAC_SHA512 2",
        "SQLCIPHER_PBKDF2_HMAC_SHA1 0",
        "SQLCIPHER_PBKDF2_HMAC_SHA256 1",
        "SQLCIPHER_PBKDF2_HMAC_SHA512 2",
    ] {
        assert!(source.contains(&format!("\n#define {constant}\n")), "{constant}");
    }
}

fn spaced_once(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_links_libcrypto() {
    let (tool, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") { ("otool", &["-L"]) } else { ("ldd", &[]) };
    let program = std::env::current_exe().unwrap();
    let Ok(listing) = Command::new(tool).args(arguments).arg(&program).output() else {
        common::say(&format!("SKIPPED: no {tool} here to list the libraries this test links"));
        return;
    };
    assert!(listing.status.success());
    let listing = String::from_utf8_lossy(&listing.stdout).to_lowercase();
    assert!(listing.contains("libc.") || listing.contains("libsystem"), "{listing}");
    assert!(!listing.contains("crypto") && !listing.contains("ssl"), "{listing}");
}

/// SQLCipher writes to the process's stderr, so the wrong key is tried in a process of its own.
#[test]
fn a_wrong_key_writes_nothing_to_stderr() {
    const CHILD: &str = "NIGHTSTAND_TEST_WRONG_KEY";
    if let Some(path) = std::env::var_os(CHILD) {
        let wrong_key = KEY.replacen("00", "01", 1);
        assert!(read(path.as_ref(), &vault_settings(&wrong_key)).is_err());
        assert!(read(path.as_ref(), &raw_key(&wrong_key)).is_err());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    write(&path, &vault_settings(KEY));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_wrong_key_writes_nothing_to_stderr", "--nocapture"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    assert!(child.status.success());
    assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"));
    assert_eq!(String::from_utf8_lossy(&child.stderr), "");
}
