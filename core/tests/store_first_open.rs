//! The first vaults of a process, opened at the same moment. SQLite counts itself as initialised before SQLCipher is; without
//! the store's care one start in ten fails here. Alone in its file, since only a new process has first vaults.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Barrier};
use std::thread;

use nightstand::vault::{SystemClock, Vault};

#[test]
fn first_vaults_open_side_by_side() {
    let start = Barrier::new(8);
    thread::scope(|scope| {
        for number in 0..8 {
            let start = &start;
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                start.wait();
                let path = folder.path().join("vault.db");
                Vault::open(path, [number; 32], [number; 16], Arc::new(SystemClock)).unwrap();
            });
        }
    });
}
