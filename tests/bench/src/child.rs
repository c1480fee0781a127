//! One measurement in a process of its own: this program started again with `measure`.
//!
//! The child answers with one line on its standard output. When the limit passes it is killed;
//! when an assertion fails in it, its message is on the standard error.

use std::{
    io::Read,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{rows, shelf::Shelf};

/// Which measurement.
pub(crate) struct Task {
    pub(crate) row: String,
    /// A peer's name, "ours", or [`PREPARE`].
    pub(crate) who: String,
    pub(crate) n: usize,
    pub(crate) seed: u64,
}

/// In place of a name: what all who are measured need is made.
pub(crate) const PREPARE: &str = "prepare";

/// A value for each figure of the row, in its order.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) wire_bytes: Option<u64>,
}

pub(crate) enum Ended {
    Measured(Measured),
    OverLimit,
    Failed,
}

/// The child's half: measure and say so.
pub(crate) fn measure(task: &Task) {
    let row = rows::find(&task.row).expect("the parent named a row that exists");
    let measured = match row.prepare {
        Some(prepare) if task.who == PREPARE => {
            prepare(task.n, task.seed);
            Measured { values: Vec::new(), wire_bytes: None }
        }
        _ => (row.measure)(&task.who, task.n, task.seed),
    };
    let line = serde_json::to_string(&measured).expect("numbers can be written as JSON");
    println!("{line}");
}

/// The parent's half: start, wait no longer than the limit, read.
pub(crate) fn run(task: &Task, limit: Duration, shelf: &Shelf) -> Ended {
    let program = std::env::current_exe().expect("this program has a path");
    let mut child = Command::new(program)
        .args(["measure", &task.row, &task.who])
        .args([task.n.to_string(), task.seed.to_string()])
        .env(shelf.variable().0, shelf.variable().1)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    match wait(&mut child, limit) {
        Some(true) => answer(&mut child),
        Some(false) => Ended::Failed,
        None => Ended::OverLimit,
    }
}

/// Whether the child ended well, or `None` if it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> Option<bool> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return Some(status.success());
        }
        if Instant::now() >= deadline {
            child.kill().expect("a running child can be killed");
            child.wait().expect("a killed child ends");
            return None;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The answer is one short line, so the pipe held all of it while nobody read.
fn answer(child: &mut Child) -> Ended {
    let mut line = String::new();
    let mut output = child.stdout.take().expect("the output was piped");
    output.read_to_string(&mut line).expect("the answer is text");
    match serde_json::from_str(&line) {
        Ok(measured) => Ended::Measured(measured),
        Err(_) => Ended::Failed,
    }
}
