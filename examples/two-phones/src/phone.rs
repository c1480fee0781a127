//! One phone: a process with a vault, doing what the terminal asks.

mod evening;
pub(crate) mod pages;
pub(crate) mod preferences;
mod roads;

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use data_encoding::HEXLOWER;
use nightstand::mailbox::Folder;
use nightstand::sync::{Cancel, SyncOutcome};
use nightstand::transport::iroh::IrohRoad;
use nightstand::vault::{SystemClock, Vault};

use crate::Trouble;
use crate::canaries::Canaries;
use crate::file::File;
use crate::leaks;
use crate::options::PhoneOptions;
use crate::protocol::{Closed, Outcome, Reply, Request};

/// Does what is asked until the terminal hangs up.
pub(crate) fn run(options: PhoneOptions) -> Result<(), Trouble> {
    let requests = listen(&options);
    let mut phone = Phone::open(options, requests)?;
    while let Ok(request) = phone.requests.recv() {
        let reply = phone.handle(request).unwrap_or_else(|trouble| Reply::Failed { text: trouble.to_string() });
        say(&reply)?;
    }
    Ok(())
}

/// Reads requests on a thread of its own. A phone does not outlive its terminal: when the terminal hangs up, whatever the
/// phone is doing, it is over.
fn listen(options: &PhoneOptions) -> Receiver<Request> {
    let (sender, requests) = mpsc::channel();
    let leftover = options.temporary.then(|| options.folder.clone());
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Ok(request) = serde_json::from_str(&line) else { break };
            if sender.send(request).is_err() {
                break;
            }
        }
        if let Some(folder) = leftover {
            // The folder above goes with the second of the two phones.
            let _gone_already = std::fs::remove_dir_all(&folder);
            let _not_empty_yet = folder.parent().map(std::fs::remove_dir);
        }
        std::process::exit(0);
    });
    requests
}

fn say(reply: &Reply) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, reply)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

struct Phone {
    name: String,
    file: PathBuf,
    key: [u8; 32],
    install_mark: [u8; 16],
    vault: Vault,
    road: Option<IrohRoad>,
    /// All that pairing and conversations sent, unencrypted.
    sent: Vec<Vec<u8>>,
    taken_back: BTreeSet<String>,
    requests: Receiver<Request>,
}

impl Phone {
    fn open(options: PhoneOptions, requests: Receiver<Request>) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&options.folder)?;
        let file = options.folder.join("journal.db");
        let (mut key, mut install_mark) = ([0; 32], [0; 16]);
        getrandom::fill(&mut key)?;
        getrandom::fill(&mut install_mark)?;
        let vault = Vault::open(&file, key, install_mark, Arc::new(SystemClock))?;
        let (sent, taken_back) = (Vec::new(), BTreeSet::new());
        Ok(Self { name: options.name, file, key, install_mark, vault, road: None, sent, taken_back, requests })
    }

    fn handle(&mut self, request: Request) -> Result<Reply, Trouble> {
        match request {
            Request::Write { pages } => self.write(&pages),
            Request::Edit { title, replace, with } => self.edit(&title, &replace, &with),
            Request::TakeBack { title } => self.take_back(&title),
            Request::Prefer { said } => self.prefer(&said),
            Request::Preferences => self.preferences(),
            Request::Import { file } => self.import(&file),
            Request::Invite { within_s } => self.invite(within_s),
            Request::Join { link, within_s } => self.join(&link, within_s),
            Request::Confirm => Err("there is no code to confirm".into()),
            Request::Online => self.go_online(),
            Request::Offline => {
                self.road = None;
                Ok(Reply::Done)
            }
            Request::Answer { stay, within_s } => self.answer(stay, within_s),
            Request::Begin { addresses, again, stay, within_s } => self.begin(&addresses, again, stay, within_s),
            Request::Visit { folder, within_s } => self.visit(folder, within_s),
            Request::Screen { rows } => self.screen(rows),
            Request::Read { title } => self.read(&title),
            Request::Close => self.close(),
            Request::Search { own, partners } => self.search(&own, &partners),
        }
    }

    /// One round with a mailbox in a folder. What goes there is sealed; the search for leaks is given it as it was before.
    fn visit(&mut self, folder: PathBuf, within_s: u64) -> Result<Reply, Trouble> {
        let within = Duration::from_secs(within_s);
        let (storage, cancel) = (Arc::new(Folder::new(folder)), Cancel::new());
        let (report, sealed) = self.vault.sync().use_mailbox_recorded(storage, within, &cancel)?;
        self.sent.extend(sealed);
        if let Some(trouble) = report.trouble {
            return Err(format!("the folder did not do it: {}", trouble.name()).into());
        }
        let outcome = match report.outcome {
            SyncOutcome::AllHandedOver => Outcome::AllHandedOver,
            SyncOutcome::NotYet => Outcome::NotYet,
        };
        Ok(Reply::Visited { outcome })
    }

    fn close(&mut self) -> Result<Reply, Trouble> {
        self.road = None;
        self.vault.close()?;
        let file = File::open(&self.file, &self.key)?;
        Ok(Reply::Closed(Closed {
            file: self.file.clone(),
            key: HEXLOWER.encode(&self.key),
            install_mark: HEXLOWER.encode(&self.install_mark),
            person: file.person()?,
            taken_back: self.taken_back.iter().cloned().collect(),
            canaries: file.canaries(&self.taken_back)?,
        }))
    }

    fn search(&self, own: &Canaries, partners: &Canaries) -> Result<Reply, Trouble> {
        Ok(Reply::Found(leaks::search(&self.sent, &File::open(&self.file, &self.key)?, own, partners)?))
    }
}
