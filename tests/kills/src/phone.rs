//! One phone: a process with a vault, which does what the runner says until it is closed or killed.

mod talking;
mod typing;

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};

use nightstand::journal::rich_text::RichText;
use nightstand::journal::{self, EntryDraft, ImportInto, Moment};
use nightstand::pairing::PairingState;
use nightstand::vault::{SystemClock, Vault};

use self::talking::Talking;
use self::typing::Typing;
use crate::Trouble;
use crate::hand::Hand;
use crate::options::{PhoneOptions, keychain};
use crate::protocol::{Reply, Request, Sharing, Side, Sum, text_of};

/// Does what is asked until the runner hangs up.
pub(crate) fn run(options: PhoneOptions) -> Result<(), Trouble> {
    let requests = listen();
    let (key, install_mark) = keychain(&options.name);
    let vault = Vault::open(&options.file, key, install_mark, Arc::new(SystemClock))?;
    say(&Reply::Open)?;
    let mut phone = Phone { name: options.name, vault, talking: None, typing: None };
    while let Some(request) = phone.next(&requests)? {
        if matches!(request, Request::Close) {
            phone.vault.close()?;
            return say(&Reply::Done);
        }
        let handled = phone.handle(request).and_then(|()| phone.pass_frames());
        if let Err(trouble) = handled {
            say(&Reply::Failed { text: trouble.to_string() })?;
        }
    }
    Ok(())
}

fn listen() -> Receiver<Request> {
    let (sender, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Ok(request) = serde_json::from_str(&line) else { break };
            if sender.send(request).is_err() {
                break;
            }
        }
    });
    requests
}

fn say(reply: &Reply) -> Result<(), Trouble> {
    // One write, so that a kill leaves whole lines and at most one that is cut off.
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line)?;
    Ok(out.flush()?)
}

struct Phone {
    name: String,
    vault: Vault,
    talking: Option<Talking>,
    typing: Option<Typing>,
}

impl Phone {
    /// What the runner says next. While nothing is said, the person types.
    fn next(&mut self, requests: &Receiver<Request>) -> Result<Option<Request>, Trouble> {
        loop {
            let Some(typing) = &mut self.typing else { return Ok(requests.recv().ok()) };
            match requests.recv_timeout(typing.until_next_stroke()) {
                Ok(request) => return Ok(Some(request)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {
                    let title = typing.stroke()?;
                    if let Some(title) = title {
                        self.write(&title, Sharing::Shared)?;
                    }
                    self.pass_frames()?;
                }
            }
        }
    }

    fn handle(&mut self, request: Request) -> Result<(), Trouble> {
        match request {
            Request::Invite => {
                let talk = self.vault.pairing().invite(&self.name)?;
                say(&Reply::Invite { link: talk.link(&[]) })?;
                self.talking = Some(Talking::Pairing { talk: Box::new(talk), asked: false });
                Ok(())
            }
            Request::Join { link } => {
                let talk = self.vault.pairing().join(&self.name, &link)?;
                self.talking = Some(Talking::Pairing { talk: Box::new(talk), asked: false });
                Ok(())
            }
            Request::Confirm => match &mut self.talking {
                Some(Talking::Pairing { talk, .. }) => Ok(talk.confirm()?),
                _ => Err("there is no code to confirm".into()),
            },
            Request::Import { file } => {
                let summary = self.vault.journal().import_day_one(&file, ImportInto::Shared, &(), &mut |_| true)?;
                say(&Reply::Imported { entries: summary.imported })
            }
            Request::Write { title, sharing } => self.write(&title, sharing),
            Request::Talk { side, live } => {
                let sync = self.vault.sync();
                let talk = match (side, live) {
                    (Side::Calls, false) => sync.begin()?,
                    (Side::Calls, true) => sync.begin_live()?,
                    (Side::Answers, false) => sync.answer()?,
                    (Side::Answers, true) => sync.answer_live()?,
                };
                self.talking = Some(Talking::Sync { talk: Box::new(talk), handed_over: 0 });
                Ok(())
            }
            Request::Frame { base64 } => match &mut self.talking {
                Some(talking) => talking.handle_frame(&base64),
                None => Ok(()), // what was on its way when the conversation ended
            },
            Request::HangUp => {
                self.talking = None;
                say(&Reply::Done)
            }
            Request::Type { private, joint, seed } => {
                self.typing = Some(Typing::begin(&self.vault, Hand::of(&self.name), [&private, &joint], seed)?);
                Ok(())
            }
            Request::Rest => {
                if let Some(mut typing) = self.typing.take() {
                    typing.save()?;
                }
                say(&Reply::Done)
            }
            Request::Look { ids } => self.look(&ids),
            Request::Sum => {
                let digest = self.vault.journal().shared_digest()?;
                say(&Reply::Sum(Sum { documents: digest.documents, digest: digest.sha256 }))
            }
            Request::Close => Ok(()),
        }
    }

    fn write(&self, title: &str, sharing: Sharing) -> Result<(), Trouble> {
        let draft = EntryDraft {
            title: title.to_owned(),
            body: RichText::plain(text_of(title)),
            when: Moment { utc_ms: 1_790_000_000_000, offset_seconds: Some(7200), zone: Some("Europe/Warsaw".into()) },
            ..EntryDraft::default()
        };
        let sharing = match sharing {
            Sharing::Private => journal::Sharing::Private,
            Sharing::Shared => journal::Sharing::Shared,
            Sharing::Joint => journal::Sharing::Joint,
        };
        let id = self.vault.journal().write(&draft, sharing)?.to_string();
        say(&Reply::Written { id, title: title.to_owned() })
    }

    fn look(&self, ids: &[String]) -> Result<(), Trouble> {
        let journal = self.vault.journal();
        let text = |id: &String| journal.read(&id.parse().ok()?).ok().map(|view| view.entry.body.text);
        say(&Reply::Texts { texts: ids.iter().map(text).collect() })
    }

    /// Hands the runner what the conversation has to send, and says what became of it.
    fn pass_frames(&mut self) -> Result<(), Trouble> {
        let Some(talking) = &mut self.talking else { return Ok(()) };
        while let Some(frame) = talking.poll_frame()? {
            say(&frame)?;
        }
        match talking {
            Talking::Pairing { talk, asked } => match talk.state() {
                PairingState::Compare { code, .. } if !*asked => {
                    *asked = true;
                    say(&Reply::Code { words: code.words.to_vec() })?;
                }
                PairingState::Paired if talk.is_over() => {
                    self.talking = None;
                    say(&Reply::Paired)?;
                }
                _ => {}
            },
            Talking::Sync { talk, handed_over } => {
                let entries = talk.report().entries_sent;
                if std::mem::replace(handed_over, entries) != entries {
                    say(&Reply::HandedOver { entries })?;
                }
                if talk.is_over() {
                    let all_handed_over = talk.report().outcome == Some(nightstand::sync::SyncOutcome::AllHandedOver);
                    self.talking = None;
                    say(&Reply::Over { all_handed_over })?;
                }
            }
        }
        Ok(())
    }
}
