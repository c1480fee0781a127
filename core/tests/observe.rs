//! A phone that gives no more threads. Alone in its file: the test runs itself again as a process to which the system gives none.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::process::Command;
use std::sync::Arc;

use nightstand::observe::Observer;

const THREADLESS: &str = "NIGHTSTAND_THREADLESS";

struct Unheard;

impl Observer for Unheard {
    fn changed(&self, _: u64) {
        panic!("there is no thread to be told on");
    }
}

#[test]
fn observing_without_a_thread_is_an_error_and_no_panic() {
    if std::env::var_os(THREADLESS).is_none() {
        // No system has room for a stack of this size, so each thread that is asked for is refused.
        let again = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "observing_without_a_thread_is_an_error_and_no_panic", "--test-threads=1", "--nocapture"])
            .envs([(THREADLESS, "1"), ("RUST_MIN_STACK", "1000000000000000000")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&again.stdout).into_owned() + &String::from_utf8_lossy(&again.stderr);
        assert!(again.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let alex = common::vault(&folder, "alex.db", 1);
    let refused = alex.observe(Arc::new(Unheard)).map(drop);
    assert_eq!(refused.unwrap_err().code(), "internal");
    alex.close().unwrap();
}
