//! The terminal's end of one phone.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child as Process, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::Trouble;
use crate::protocol::{Reply, Request};

/// How long a phone has to end by itself.
const FAREWELL: Duration = Duration::from_secs(3);

/// A phone that was started. Dropped, it is gone.
pub(crate) struct Child {
    /// Whose it is.
    pub(crate) name: &'static str,
    process: Process,
    requests: Option<ChildStdin>,
    replies: Receiver<Reply>,
    end: Instant,
}

impl Child {
    /// Starts a phone. Whatever it does has to be done by `end`.
    pub(crate) fn start(name: &'static str, folder: &Path, temporary: bool, end: Instant) -> Result<Self, Trouble> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["phone", "--name", name, "--folder"]).arg(folder);
        if temporary {
            command.arg("--temporary");
        }
        // Interrupted at the keyboard, only the terminal stops; the phones notice, clean up and follow.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (sender, replies) = mpsc::channel();
        let (requests, output) = (process.stdin.take(), process.stdout.take());
        let child = Self { name, process, requests, replies, end };
        let output = output.ok_or("the phone has no output")?;
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let Ok(reply) = serde_json::from_str(&line) else { break };
                if sender.send(reply).is_err() {
                    break;
                }
            }
        });
        Ok(child)
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Reply, Trouble> {
        self.tell(request)?;
        self.hear()
    }

    /// Asks for something that is done or fails.
    pub(crate) fn order(&mut self, request: &Request) -> Result<(), Trouble> {
        match self.ask(request)? {
            Reply::Done => Ok(()),
            _ => Err(self.confused()),
        }
    }

    /// Asks without waiting.
    pub(crate) fn tell(&mut self, request: &Request) -> Result<(), Trouble> {
        let gone = || format!("{}'s phone is gone", self.name);
        let requests = self.requests.as_mut().ok_or_else(gone)?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        requests.write_all(&line).and_then(|()| requests.flush()).map_err(|_| gone())?;
        Ok(())
    }

    /// Waits for the next thing that the phone says.
    pub(crate) fn hear(&mut self) -> Result<Reply, Trouble> {
        match self.replies.recv_timeout(self.end.saturating_duration_since(Instant::now())) {
            Ok(Reply::Failed { text }) => Err(format!("{}'s phone says: {text}", self.name).into()),
            Ok(reply) => Ok(reply),
            Err(RecvTimeoutError::Timeout) => Err(format!("{}'s phone took too long", self.name).into()),
            Err(RecvTimeoutError::Disconnected) => Err(format!("{}'s phone ended by itself", self.name).into()),
        }
    }

    /// The phone said something that was not asked.
    pub(crate) fn confused(&self) -> Trouble {
        format!("{}'s phone answered something else", self.name).into()
    }

    /// How long it still has, in seconds.
    pub(crate) fn remaining_s(&self) -> u64 {
        self.end.saturating_duration_since(Instant::now()).as_secs()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.requests.take());
        let farewell = Instant::now() + FAREWELL;
        while Instant::now() < farewell {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _gone_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}
