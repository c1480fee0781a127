//! Where the packages in compiled languages are built: a folder in the cache, so that a second run is quick and nothing is
//! written into the clone.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::common::{BINDINGS, Library};

/// One at a time, whichever clone it comes from.
pub(crate) struct Workshop {
    pub(crate) folder: PathBuf,
    _lock: File,
}

impl Workshop {
    /// Lays a language's package out in `package`, with the library for tests in `native`, and what is generated of the app's
    /// module and of the one for tests each in this folder of it.
    pub(crate) fn open(language: &str, generated: [&str; 2]) -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cache"));
        let folder = cache.join("nightstand").join(format!("build-{language}"));
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();

        let fresh = tempfile::tempdir().unwrap();
        mirror(&Path::new(BINDINGS).join(language), fresh.path());
        Library::Testing.put(&fresh.path().join("native"));
        for (of, folder) in ["nightstand_ffi", "nightstand_testing"].into_iter().zip(generated) {
            Library::Testing.generate(language, of, &fresh.path().join(folder));
        }
        let package = folder.join("package");
        mirror(fresh.path(), &package);
        Self { folder, _lock: lock }
    }
}

/// Makes one folder like another. A file that is alike already is left alone: build tools go by its time.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let here = names(from);
    for name in names(to).difference(&here) {
        let old = to.join(name);
        if old.is_dir() { fs::remove_dir_all(old) } else { fs::remove_file(old) }.unwrap();
    }
    for name in here {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            mirror(&from, &to);
        } else if fs::read(&from).unwrap() != fs::read(&to).unwrap_or_default() {
            fs::copy(from, to).unwrap();
        }
    }
}

/// All but what a build in the folder itself has left there.
fn names(folder: &Path) -> BTreeSet<OsString> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name != "target" && !name.to_string_lossy().starts_with('.')).collect()
}
