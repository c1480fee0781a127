//! Satisfies the linker, which is asked for a libcrypto that nothing uses.
//!
//! `libsqlite3-sys` prints `rustc-link-lib=dylib=crypto` for `bundled-sqlcipher` whatever the C flags say. With
//! `SQLCIPHER_CRYPTO_CUSTOM` no object refers to it, so an archive without members is a full answer.

use std::{env, fs, path::PathBuf};

const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts"));
    // Unix linkers look for the first name, Windows ones for the others.
    for name in ["libcrypto.a", "crypto.lib", "libcrypto.lib"] {
        fs::write(out.join(name), EMPTY_ARCHIVE).expect("cargo gives build scripts a writable OUT_DIR");
    }
    println!("cargo::rustc-link-search=native={}", out.display());
}
