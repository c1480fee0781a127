//! Kill after kill: what goes on, the moment, and what is looked at afterwards.
//!
//! The seed draws who is killed, what goes on meanwhile and at which part of it. How far the phone has come at that moment is
//! up to the machine, so the same seed is not the same instruction.

mod checks;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Trouble;
use crate::couple::{Couple, NAMES};
use crate::dice::Dice;
use crate::file::{self, Inside};
use crate::material;
use crate::options::Options;
use crate::protocol::{PAGE, Reply, Request, Sharing, Sum};
use crate::report::Report;

/// The longest that people type before a phone is killed: some three saves of the editor's.
const TYPING: Duration = Duration::from_millis(900);

/// What goes on when a phone is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    FirstSync,
    Typing,
    LaterSync,
    TypingConnected,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::FirstSync, Self::Typing, Self::LaterSync, Self::TypingConnected];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::FirstSync => "in a first sync",
            Self::Typing => "typing",
            Self::LaterSync => "in a later sync",
            Self::TypingConnected => "typing, and connected",
        }
    }

    /// What was the matter with the kills that came amid something.
    pub(crate) fn amid(self) -> &'static str {
        match self {
            Self::FirstSync | Self::LaterSync => "before it was over",
            Self::Typing | Self::TypingConnected => "with letters that were not saved",
        }
    }
}

/// Runs it, and says what came of it. Does everything hold?
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let mut runner = Runner::prepare(options)?;
    while runner.report.kills() < options.kills {
        match runner.report.rarest() {
            Kind::FirstSync => runner.first_sync()?,
            Kind::LaterSync => runner.later_sync()?,
            Kind::Typing => runner.typing(false)?,
            Kind::TypingConnected => runner.typing(true)?,
        }
    }
    runner.end()
}

struct Runner {
    options: Options,
    folder: TempDir,
    dice: Dice,
    couple: Option<Couple>,
    /// How long a first sync takes that nobody disturbs, and what both have then.
    first_sync: Duration,
    diary: Sum,
    /// How far each phone was when both were last at rest and level.
    known: [Inside; 2],
    rounds: u32,
    report: Report,
}

impl Runner {
    /// A couple that has paired, with the diary on Alex's phone, is kept as it is before its first sync.
    fn prepare(options: &Options) -> Result<Self, Trouble> {
        let folder = TempDir::new()?;
        let mut couple = Couple::start(&folder.path().join("prepared"))?;
        couple.pair()?;
        let file = material::export(options, folder.path())?;
        let Reply::Imported { entries } = couple.ask(0, &Request::Import { file })? else {
            return Err("the diary was not imported".into());
        };
        let diary = couple.sum(0)?;
        couple.end()?;
        let report = Report { seed: options.seed, diary: entries, ..Report::default() };
        let mut runner = Self {
            options: options.clone(),
            folder,
            dice: Dice::new(options.seed),
            couple: None,
            first_sync: Duration::ZERO,
            diary,
            known: Default::default(),
            rounds: 0,
            report,
        };
        runner.restore()?;
        runner.first_sync = runner.sync(0)?;
        Ok(runner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn couple(&mut self) -> Result<&mut Couple, Trouble> {
        Ok(self.couple.as_mut().ok_or("there is no couple")?)
    }

    /// Begins anew with the couple that was kept.
    fn restore(&mut self) -> Result<(), Trouble> {
        if let Some(couple) = self.couple.take() {
            couple.end()?;
        }
        std::fs::create_dir_all(self.path("phones"))?;
        for name in NAMES {
            let file = format!("{name}.db");
            file::copy(&self.path("prepared").join(&file), &self.path("phones").join(&file))?;
        }
        self.couple = Some(Couple::start(&self.path("phones"))?);
        self.know()
    }

    fn first_sync(&mut self) -> Result<(), Trouble> {
        self.restore()?;
        self.keep()?;
        // Half of those that are cut are cut once more when they are taken up again.
        for more in [self.dice.below(2) == 0, false] {
            let caller = self.dice.below(2) as usize;
            let moment = self.part_of(self.first_sync);
            self.couple()?.connect(caller, false)?;
            let amid = self.kill_at(Kind::FirstSync, moment)?;
            let enough = !more || self.report.kills() == self.options.kills;
            if !amid || enough || !self.report.is_good() {
                break;
            }
        }
        let from_nothing = self.known[1].received == 0;
        let took = self.level(Some(self.diary.clone()))?;
        if from_nothing {
            // A machine that was busy at first would put most moments behind the end.
            self.first_sync = self.first_sync.min(took);
        }
        Ok(())
    }

    fn later_sync(&mut self) -> Result<(), Trouble> {
        // Once undisturbed, to see how long it takes.
        self.write_apart()?;
        let caller = self.dice.below(2) as usize;
        let takes = self.sync(caller)?;
        self.know()?;
        self.keep()?;
        self.write_apart()?;
        let moment = self.part_of(takes);
        self.couple()?.connect(caller, false)?;
        self.kill_at(Kind::LaterSync, moment)?;
        self.level(None).map(drop)
    }

    fn typing(&mut self, connected: bool) -> Result<(), Trouble> {
        self.keep()?;
        self.rounds += 1;
        let round = self.rounds;
        let couple = self.couple()?;
        let joint = couple.write(0, format!("{PAGE} {round} of both"), Sharing::Joint)?;
        let privates = [
            couple.write(0, format!("{PAGE} {round} of Alex"), Sharing::Private)?,
            couple.write(1, format!("{PAGE} {round} of Sam"), Sharing::Private)?,
        ];
        self.sync(0)?;
        self.know()?;
        let seeds = [self.dice.number(), self.dice.number()];
        let caller = self.dice.below(2) as usize;
        let couple = self.couple()?;
        if connected {
            couple.connect(caller, true)?;
        }
        for (phone, (private, seed)) in privates.into_iter().zip(seeds).enumerate() {
            couple.tell(phone, &Request::Type { private, joint: joint.clone(), seed })?;
        }
        let moment = self.part_of(TYPING);
        self.kill_at(if connected { Kind::TypingConnected } else { Kind::Typing }, moment)?;
        self.level(None).map(drop)
    }

    /// Each writes some entries that the other has not.
    fn write_apart(&mut self) -> Result<(), Trouble> {
        self.rounds += 1;
        let round = self.rounds;
        for phone in [0, 1] {
            for number in 0..1 + self.dice.below(6) {
                let sharing = [Sharing::Shared, Sharing::Shared, Sharing::Private][self.dice.below(3) as usize];
                self.couple()?.write(phone, format!("{round}.{number} of {}", NAMES[phone]), sharing)?;
            }
        }
        Ok(())
    }

    fn part_of(&mut self, whole: Duration) -> Duration {
        whole.mul_f64(self.dice.below(1_000_000) as f64 / 1e6)
    }

    /// Keeps both files as they are, to put one back where a loss is wanted.
    fn keep(&mut self) -> Result<(), Trouble> {
        if self.options.lose_on_purpose {
            for phone in [0, 1] {
                let to = self.path(&format!("kept {phone}.db"));
                self.couple()?.copy_file(phone, &to)?;
            }
        }
        Ok(())
    }

    /// Kills one of the phones when this time has passed, and looks at what is left. Was something under way?
    fn kill_at(&mut self, kind: Kind, after: Duration) -> Result<bool, Trouble> {
        let moment = Instant::now() + after;
        let victim = self.dice.below(2) as usize;
        let couple = self.couple()?;
        couple.go_on(moment)?;
        let killed = couple.kill(victim)?;
        let syncing = matches!(kind, Kind::FirstSync | Kind::LaterSync);
        let amid = if syncing { !couple.both_over() } else { couple.ledgers[victim].has_unsaved() };
        couple.rest(1 - victim)?;
        let counts = &mut self.report.kills[kind as usize];
        counts.of[victim] += 1;
        counts.amid += u32::from(amid);
        let so_far = self.report.kills();
        let mut out = std::io::stdout().lock();
        writeln!(out, "{so_far:>4}  {} {}, {} ms in", NAMES[victim], kind.words(), after.as_millis())?;
        drop(out);
        self.look_after(victim, killed)?;
        Ok(amid)
    }

    fn sync(&mut self, caller: usize) -> Result<Duration, Trouble> {
        self.couple()?.sync(caller)
    }

    fn end(mut self) -> Result<bool, Trouble> {
        for phone in [0, 1] {
            self.check_file(phone)?;
        }
        if let Some(couple) = self.couple.take() {
            couple.end()?;
        }
        write!(std::io::stdout().lock(), "{}", self.report)?;
        Ok(self.report.is_good())
    }
}
