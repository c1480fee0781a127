//! Satisfies the linker, which is asked for a libcrypto that nothing uses, and sees to it that nothing does.
//!
//! `libsqlite3-sys` prints `rustc-link-lib=dylib=crypto` for `bundled-sqlcipher` whatever the C flags say. With
//! `SQLCIPHER_CRYPTO_CUSTOM` no object refers to it, so an archive without members is a full answer.

use std::{env, fs, path::PathBuf};

const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIBSQLITE3_FLAGS");
    // SQLCipher would be built for OpenSSL, and where that is installed nobody would notice.
    if !env::var("LIBSQLITE3_FLAGS")
        .is_ok_and(|flags| flags.contains("SQLCIPHER_CRYPTO_CUSTOM=nightstand_sqlcipher_setup"))
    {
        println!(
            "cargo::error=LIBSQLITE3_FLAGS lacks -DSQLCIPHER_CRYPTO_CUSTOM=nightstand_sqlcipher_setup: put the lines of \
             Nightstand's .cargo/config.toml into one of your own (core/sqlcipher/src/lib.rs tells why)"
        );
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts"));
    // Unix linkers look for the first name, Windows ones for the others.
    for name in ["libcrypto.a", "crypto.lib", "libcrypto.lib"] {
        fs::write(out.join(name), EMPTY_ARCHIVE).expect("cargo gives build scripts a writable OUT_DIR");
    }
    println!("cargo::rustc-link-search=native={}", out.display());
}
