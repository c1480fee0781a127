//! Two phones and the road between them, which is the runner: it passes the frames on, and notes what is acknowledged.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::Trouble;
use crate::child::{Child, Heard};
use crate::file;
use crate::ledger::Ledger;
use crate::protocol::{Reply, Request, Sharing, Side, Sum};

pub(crate) const NAMES: [&str; 2] = ["Alex", "Sam"];

/// Who has said nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Couple {
    folder: PathBuf,
    phones: [Option<Child>; 2],
    heard: Receiver<(usize, Heard)>,
    sender: Sender<(usize, Heard)>,
    pub(crate) ledgers: [Ledger; 2],
    /// Frames come through.
    connected: bool,
    /// The conversation is over on this side, and whether all was handed over.
    over: [Option<bool>; 2],
    written: [Option<String>; 2],
}

/// What comes of listening.
enum Event {
    Said(usize, Reply),
    Gone(usize),
    /// Something that was noted.
    Noted,
    /// Nothing, until the time that was given.
    Nothing,
}

impl Couple {
    /// Two phones with the vaults that lie in this folder, or new ones.
    pub(crate) fn start(folder: &Path) -> Result<Self, Trouble> {
        std::fs::create_dir_all(folder)?;
        let (sender, heard) = mpsc::channel();
        let mut couple = Self {
            folder: folder.to_owned(),
            phones: [None, None],
            heard,
            sender,
            ledgers: Default::default(),
            connected: false,
            over: [None; 2],
            written: [None, None],
        };
        for phone in [0, 1] {
            couple.open(phone)?;
        }
        Ok(couple)
    }

    /// Starts a phone: how long it took until its vault was open.
    pub(crate) fn open(&mut self, phone: usize) -> Result<Duration, Trouble> {
        let began = Instant::now();
        self.phones[phone] = Some(Child::start(NAMES[phone], &self.file(phone), phone, self.sender.clone())?);
        match self.answer(phone)? {
            Reply::Open => Ok(began.elapsed()),
            other => Err(confused(phone, &other)),
        }
    }

    pub(crate) fn file(&self, phone: usize) -> PathBuf {
        self.folder.join(format!("{}.db", NAMES[phone]))
    }

    pub(crate) fn tell(&self, phone: usize, request: &Request) -> Result<(), Trouble> {
        self.phones[phone].as_ref().map_or(Ok(()), |child| child.tell(request))
    }

    pub(crate) fn ask(&mut self, phone: usize, request: &Request) -> Result<Reply, Trouble> {
        self.tell(phone, request)?;
        self.answer(phone)
    }

    pub(crate) fn order(&mut self, phone: usize, request: &Request) -> Result<(), Trouble> {
        match self.ask(phone, request)? {
            Reply::Done => Ok(()),
            other => Err(confused(phone, &other)),
        }
    }

    /// Writes an entry: its id.
    pub(crate) fn write(&mut self, phone: usize, title: String, sharing: Sharing) -> Result<String, Trouble> {
        self.written[phone] = None;
        self.tell(phone, &Request::Write { title, sharing })?;
        loop {
            self.wait()?;
            if let Some(id) = self.written[phone].take() {
                return Ok(id);
            }
        }
    }

    pub(crate) fn texts(&mut self, phone: usize, ids: Vec<String>) -> Result<Vec<Option<String>>, Trouble> {
        match self.ask(phone, &Request::Look { ids })? {
            Reply::Texts { texts } => Ok(texts),
            other => Err(confused(phone, &other)),
        }
    }

    pub(crate) fn sum(&mut self, phone: usize) -> Result<Sum, Trouble> {
        match self.ask(phone, &Request::Sum)? {
            Reply::Sum(sum) => Ok(sum),
            other => Err(confused(phone, &other)),
        }
    }

    pub(crate) fn pair(&mut self) -> Result<(), Trouble> {
        let Reply::Invite { link } = self.ask(0, &Request::Invite)? else { return Err("no invite".into()) };
        self.connected = true;
        self.tell(1, &Request::Join { link })?;
        let codes = self.answers()?.map(|reply| if let Reply::Code { words } = reply { words } else { Vec::new() });
        if codes[0].is_empty() || codes[0] != codes[1] {
            return Err("the codes differ".into());
        }
        for phone in [0, 1] {
            self.tell(phone, &Request::Confirm)?;
        }
        let paired = self.answers()?.iter().all(|reply| matches!(reply, Reply::Paired));
        self.connected = false;
        if paired { Ok(()) } else { Err("they did not pair".into()) }
    }

    /// One phone calls the other.
    pub(crate) fn connect(&mut self, caller: usize, live: bool) -> Result<(), Trouble> {
        self.over = [None; 2];
        self.connected = true;
        self.forget_handed_over();
        self.tell(1 - caller, &Request::Talk { side: Side::Answers, live })?;
        self.tell(caller, &Request::Talk { side: Side::Calls, live })
    }

    /// A whole sync: how long it took.
    pub(crate) fn sync(&mut self, caller: usize) -> Result<Duration, Trouble> {
        let began = Instant::now();
        self.connect(caller, false)?;
        while !self.both_over() {
            self.wait()?;
        }
        self.connected = false;
        self.forget_handed_over();
        if self.over == [Some(true); 2] { Ok(began.elapsed()) } else { Err("a sync left something out".into()) }
    }

    /// What is handed over is counted for each conversation anew.
    fn forget_handed_over(&mut self) {
        self.ledgers.iter_mut().for_each(|ledger| ledger.handed_over = 0);
    }

    pub(crate) fn both_over(&self) -> bool {
        self.over.iter().all(Option::is_some)
    }

    /// Lets the phones go on until this moment.
    pub(crate) fn go_on(&mut self, until: Instant) -> Result<(), Trouble> {
        loop {
            match self.hear(until)? {
                Event::Nothing => return Ok(()),
                Event::Noted => {}
                Event::Said(phone, reply) => return Err(confused(phone, &reply)),
                Event::Gone(phone) => return Err(gone(phone)),
            }
        }
    }

    /// Kills a phone and takes in what it had still said: when it died.
    pub(crate) fn kill(&mut self, phone: usize) -> Result<Instant, Trouble> {
        let Some(mut child) = self.phones[phone].take() else { return Err("nobody is there to be killed".into()) };
        let killed = Instant::now();
        child.kill()?;
        loop {
            match self.hear(killed + PATIENCE)? {
                Event::Gone(who) if who == phone => break,
                Event::Gone(other) => return Err(gone(other)),
                Event::Said(who, reply) => return Err(confused(who, &reply)),
                Event::Noted => {}
                Event::Nothing => return Err("a killed phone goes on".into()),
            }
        }
        self.connected = false;
        Ok(killed)
    }

    /// What a phone does comes to rest: nothing is typed, all is saved, nobody is connected.
    pub(crate) fn rest(&mut self, phone: usize) -> Result<(), Trouble> {
        self.order(phone, &Request::Rest)?;
        self.order(phone, &Request::HangUp)
    }

    /// Both phones close their vaults and end.
    pub(crate) fn end(mut self) -> Result<(), Trouble> {
        for phone in [0, 1] {
            self.order(phone, &Request::Close)?;
            self.phones[phone].take().map_or(Ok(()), Child::wait)?;
        }
        Ok(())
    }

    /// Copies a phone's file as it lies there. The phone is at rest, or dead.
    pub(crate) fn copy_file(&self, phone: usize, to: &Path) -> Result<(), Trouble> {
        file::copy(&self.file(phone), to)
    }

    /// What this phone answers.
    fn answer(&mut self, phone: usize) -> Result<Reply, Trouble> {
        loop {
            if let Some((who, reply)) = self.wait()? {
                return if who == phone { Ok(reply) } else { Err(confused(who, &reply)) };
            }
        }
    }

    /// What both answer.
    fn answers(&mut self) -> Result<[Reply; 2], Trouble> {
        let mut answers = [None, None];
        loop {
            if let Some((who, reply)) = self.wait()? {
                answers[who] = Some(reply);
            }
            if let [Some(alex), Some(sam)] = &mut answers {
                return Ok([std::mem::replace(alex, Reply::Done), std::mem::replace(sam, Reply::Done)]);
            }
        }
    }

    fn wait(&mut self) -> Result<Option<(usize, Reply)>, Trouble> {
        match self.hear(Instant::now() + PATIENCE)? {
            Event::Said(phone, reply) => Ok(Some((phone, reply))),
            Event::Noted => Ok(None),
            Event::Gone(phone) if self.phones[phone].is_none() => Ok(None),
            Event::Gone(phone) => Err(gone(phone)),
            Event::Nothing => Err("the phones have hung".into()),
        }
    }

    fn hear(&mut self, until: Instant) -> Result<Event, Trouble> {
        let (phone, heard) = match self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(heard) => heard,
            Err(RecvTimeoutError::Timeout) => return Ok(Event::Nothing),
            Err(RecvTimeoutError::Disconnected) => return Err("there are no phones".into()),
        };
        let reply = match heard {
            Heard::Said(reply) => reply,
            Heard::Gone => return Ok(Event::Gone(phone)),
            Heard::Mumbled => return Err(format!("{}'s phone mumbles", NAMES[phone]).into()),
        };
        let ledger = &mut self.ledgers[phone];
        match reply {
            Reply::Frame { base64 } if self.connected => self.tell(1 - phone, &Request::Frame { base64 })?,
            Reply::Frame { .. } => {}
            Reply::HandedOver { entries } => ledger.handed_over = entries,
            Reply::Written { id, title } => {
                self.written[phone] = Some(id.clone());
                ledger.wrote(id, title);
            }
            Reply::Typed { id, letters } => ledger.typed(id, letters, Instant::now()),
            Reply::Saved { id, letters } => ledger.saved(id, letters),
            Reply::Over { all_handed_over } => self.over[phone] = Some(all_handed_over),
            Reply::Failed { text } => return Err(format!("{}'s phone says: {text}", NAMES[phone]).into()),
            reply => return Ok(Event::Said(phone, reply)),
        }
        Ok(Event::Noted)
    }
}

fn gone(phone: usize) -> Trouble {
    format!("{}'s phone ended by itself", NAMES[phone]).into()
}

fn confused(phone: usize, reply: &Reply) -> Trouble {
    format!("{}'s phone said something that was not asked: {reply:?}", NAMES[phone]).into()
}
