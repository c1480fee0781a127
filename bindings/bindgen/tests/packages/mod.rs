//! Where the packages in compiled languages are built: a folder in the cache, so that a second run is quick and nothing is
//! written into the clone.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::common::{BINDINGS, generate};

/// One at a time, whichever clone it comes from.
pub(crate) struct Workshop {
    pub(crate) folder: PathBuf,
    _lock: File,
}

impl Workshop {
    /// Lays a language's package out in `package`, with what is generated in this folder of it and the library in `native`.
    pub(crate) fn open(language: &str, generated: &str) -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cache"));
        let folder = cache.join("nightstand").join(format!("build-{language}"));
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();

        let fresh = tempfile::tempdir().unwrap();
        mirror(&Path::new(BINDINGS).join(language), fresh.path());
        generate(language, &fresh.path().join(generated), &fresh.path().join("native"));
        let package = folder.join("package");
        if mirror(fresh.path(), &package) && language == "kotlin" {
            // Maven's incremental build compiles no test anew when only what it calls has changed.
            let _not_there_yet = fs::remove_dir_all(folder.join("target"));
        }
        Self { folder, _lock: lock }
    }
}

/// Makes one folder like another, and says whether a source was not so already. A file that is alike is left alone: build
/// tools go by its time.
fn mirror(from: &Path, to: &Path) -> bool {
    fs::create_dir_all(to).unwrap();
    let here = names(from);
    let mut changed = false;
    for name in names(to).difference(&here) {
        let old = to.join(name);
        if old.is_dir() { fs::remove_dir_all(old) } else { fs::remove_file(old) }.unwrap();
        changed = true;
    }
    for name in here {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            changed |= mirror(&from, &to) && name != "native";
        } else if fs::read(&from).unwrap() != fs::read(&to).unwrap_or_default() {
            fs::copy(from, to).unwrap();
            changed = true;
        }
    }
    changed
}

/// All but what a build in the folder itself has left there.
fn names(folder: &Path) -> BTreeSet<OsString> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name != "target" && !name.to_string_lossy().starts_with('.')).collect()
}
