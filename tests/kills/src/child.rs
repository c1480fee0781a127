//! The runner's end of one phone.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};
use std::sync::mpsc::{self, Sender};

use crate::Trouble;
use crate::protocol::{Reply, Request};

/// What the runner hears of a phone.
pub(crate) enum Heard {
    Said(Reply),
    /// It said something that is no reply.
    Mumbled,
    /// Its end of the pipe is closed, and everything in the pipe was heard.
    Gone,
}

/// A phone that was started. Dropped, it is gone.
pub(crate) struct Child {
    process: Process,
    requests: Sender<Vec<u8>>,
}

impl Child {
    /// Starts a phone; what it says goes to `heard` under its number.
    pub(crate) fn start(
        name: &str,
        file: &Path,
        number: usize,
        heard: Sender<(usize, Heard)>,
    ) -> Result<Self, Trouble> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["phone", "--name", name, "--file"]).arg(file);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("the phone has no output")?;
        let mut input = process.stdin.take().ok_or("the phone has no input")?;
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            loop {
                line.clear();
                // A line without an end is one that a kill has cut off.
                if output.read_until(b'\n', &mut line).is_err() || line.last() != Some(&b'\n') {
                    let _nobody_listens = heard.send((number, Heard::Gone));
                    return;
                }
                let said = serde_json::from_slice(&line).map_or(Heard::Mumbled, Heard::Said);
                if heard.send((number, said)).is_err() {
                    return;
                }
            }
        });
        // On a thread of its own: a phone that is busy must not hold the runner up.
        let (requests, lines) = mpsc::channel::<Vec<u8>>();
        std::thread::spawn(move || while lines.recv().is_ok_and(|line| input.write_all(&line).is_ok()) {});
        Ok(Self { process, requests })
    }

    /// Says something. A phone that is gone does not hear it.
    pub(crate) fn tell(&self, request: &Request) -> Result<(), Trouble> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        let _gone = self.requests.send(line);
        Ok(())
    }

    /// Ends it in the middle of whatever it does: on Unix with SIGKILL, which no process can hear coming.
    pub(crate) fn kill(&mut self) -> Result<(), Trouble> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Waits for one that ends by itself.
    pub(crate) fn wait(mut self) -> Result<(), Trouble> {
        if self.process.wait()?.success() { Ok(()) } else { Err("a phone ended badly".into()) }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}
