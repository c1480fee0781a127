//! One target under libFuzzer: which, says `NIGHTSTAND_FUZZ` when this is built.
//!
//! The target is chosen while compiling, so that the linker leaves out what it does not call: libFuzzer looks through every
//! counter of the binary after each input. With `NIGHTSTAND_SEEDS` it writes its seeds into that folder and ends.
#![no_main]
#![expect(clippy::print_stderr, reason = "libFuzzer talks there")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use libfuzzer_sys::fuzz_target;
use nightstand_fuzz::memory::Counting;
use nightstand_fuzz::{Target, target};

const TARGET: Target = target(env!("NIGHTSTAND_FUZZ"));

#[global_allocator]
static MEMORY: Counting = Counting;

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fuzz_target!(init: begin(), |data: &[u8]| {
    if catch_unwind(AssertUnwindSafe(|| TARGET.check(data))).is_err() {
        let said = LAST_PANIC.lock().map(|said| said.clone()).unwrap_or_default();
        eprintln!("{said}");
        std::process::abort();
    }
});

/// libFuzzer's own hook ends the process at every panic. Those that our code catches are its answer to hostile bytes, so only
/// what gets out counts.
fn begin() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut said) = LAST_PANIC.lock() {
            *said = panic.to_string();
        }
    }));
    if let Some(folder) = std::env::var_os("NIGHTSTAND_SEEDS") {
        for (seed, number) in (TARGET.seeds)().into_iter().zip(1..) {
            let written = std::fs::write(std::path::Path::new(&folder).join(format!("seed-{number:03}")), seed);
            written.expect("the folder for seeds can be written");
        }
        std::process::exit(0);
    }
}
