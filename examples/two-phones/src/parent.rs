//! The story, from the first page to the verdict.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nightstand::journal::day_one::{DayOneError, DayOneExport};

use crate::Trouble;
use crate::child::Child;
use crate::home::Home;
use crate::leaks;
use crate::options::Options;
use crate::protocol::{Closed, Outcome, Page, PageSpace, Preferences, Reply, Request, Said, Screen, Stay, Synced};
use crate::report::{self, Moved, PhoneFigures, Report};
use crate::screen::{self, Bar, counted};
use crate::story;
use crate::wants;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The same with a journal of thousands of entries.
const PATIENCE_WITH_JOURNAL: Duration = Duration::from_secs(900);

/// How often a sync that is cut is begun.
const MOST_CALLS: u32 = 4;

/// How often each phone visits the folder.
const MOST_ROUNDS: u64 = 4;

/// Did both phones end up with the same, and nothing private elsewhere?
pub(crate) enum Verdict {
    Good,
    Bad,
}

/// Runs the story.
pub(crate) fn run(options: &Options) -> Result<Verdict, Trouble> {
    let journal = options.journal.as_deref().map(importable).transpose()?;
    options.json.as_deref().map_or(Ok(()), report::check_writable)?;
    let home = Home::new(options.keep.as_deref())?;
    let end = Instant::now() + if journal.is_some() { PATIENCE_WITH_JOURNAL } else { PATIENCE };
    let mut couple = Couple {
        alex: Child::start("Alex", &home.path().join("alex"), home.is_temporary(), end)?,
        sam: Child::start("Sam", &home.path().join("sam"), home.is_temporary(), end)?,
    };

    let pages = story::samples()?;
    couple.write_samples(&pages, |space| space == PageSpace::Private)?;
    let pair_ms = couple.pair()?;
    couple.write_samples(&pages, |space| space != PageSpace::Private)?;
    for (phone, said) in [&mut couple.alex, &mut couple.sam].into_iter().zip(story::wants()) {
        phone.order(&Request::Prefer { said })?;
    }
    if let Some(journal) = journal {
        couple.import(journal)?;
    }
    screen::line("They share some pages and sync …")?;
    let first_sync = couple.meet(Caller::Alex)?;
    screen::prose(format_args!("{}.\n", screen::moved(&first_sync)))?;
    screen::line(screen::legend(screen::columns()))?;
    couple.show()?;
    screen::prose("What the two want afterwards, as Alex's phone shows it:\n")?;
    let [known, _] = couple.preferences()?;
    screen::line(wants::table("Alex", "Sam", &known))?;

    couple.part()?;
    couple.write_apart(options.leak_on_purpose)?;
    let edit_sync = couple.meet(Caller::Sam)?;
    screen::prose(format_args!("They meet again and sync: {}.", screen::moved(&edit_sync)))?;
    couple.part()?;
    let [alex_stays, sam_stays] = story::evening();
    screen::prose(
        "In the evening both have the app open, and the phones stay connected. Alex writes a few lines; Sam's phone shows \
         them at once, and Sam answers.",
    )?;
    let live_sync = couple.stay(alex_stays, sam_stays)?;
    screen::prose(format_args!("Until Alex puts the phone away: {}.", screen::moved(&live_sync)))?;
    couple.part()?;
    let idle_sync = couple.meet(Caller::Alex)?;
    screen::prose(format_args!("Once more, with nothing new: {}.\n", screen::moved(&idle_sync)))?;
    couple.part()?;
    let left = couple.leave_in_a_folder(&home.path().join("between"))?;
    let screens = couple.show()?;
    let story_kept = couple.check_story()? & couple.check_preferences()?;

    let closed = couple.close()?;
    let leaked = couple.look_for_leaks(&closed)?;
    let [alex, sam] = &screens;
    let same = alex.documents > 0
        && (alex.documents, &alex.digest) == (sam.documents, &sam.digest)
        && alex.shared_count == sam.shared_count;
    let handed_over =
        [first_sync, edit_sync, live_sync, idle_sync].iter().all(|synced| synced.outcome == Outcome::AllHandedOver)
            && left == Outcome::AllHandedOver;
    let report = Report {
        converged: same && handed_over && story_kept,
        entries: alex.shared_count.min(sam.shared_count),
        phones: [PhoneFigures::from(alex), PhoneFigures::from(sam)],
        pair_ms,
        first_sync: Moved::from(first_sync),
        edit_sync: Moved::from(edit_sync),
        idle_sync: Moved::from(idle_sync),
        private_leaked: leaked.len(),
    };
    if let Some(path) = &options.json {
        report::write_json(path, &report)?;
    }
    if let Some(folder) = &options.keep {
        report::write_keys(home.path(), [("Alex", &closed[0], &alex.digest), ("Sam", &closed[1], &sam.digest)])?;
        screen::line(format_args!("Both vaults and their keys are in {}.", folder.display()))?;
    }
    judge(&report, &leaked)
}

fn judge(report: &Report, leaked: &BTreeSet<String>) -> Result<Verdict, Trouble> {
    if report.converged {
        let entries = counted(report.entries, "shared entry", "shared entries");
        screen::line(format_args!("Both phones show the same {entries}."))?;
    } else {
        screen::line("The two phones do NOT show the same.")?;
    }
    if leaked.is_empty() {
        screen::line("Nothing private left a phone.")?;
    } else {
        let found = match leaked.len() {
            1 => "1 private phrase was found where it must not be:".to_owned(),
            several => format!("{several} private phrases were found where they must not be:"),
        };
        screen::line(found)?;
        for phrase in leaked.iter().take(10) {
            screen::line(format_args!("    {phrase}"))?;
        }
    }
    Ok(if report.converged && leaked.is_empty() { Verdict::Good } else { Verdict::Bad })
}

/// Looks into a journal before anything begins: who mistyped a name should not have to wait for a pairing.
fn importable(journal: &Path) -> Result<PathBuf, Trouble> {
    let file = journal.display();
    if journal.is_dir() {
        return Err(format!("{file} is a folder, not a Day One export").into());
    }
    let unusable = |error| match error {
        DayOneError::NotAnExport => format!("{file} is no Day One export"),
        DayOneError::Encrypted => format!("{file} has a password; it has to be unpacked first"),
        DayOneError::TooLarge => format!("{file} is larger than an export may be"),
        DayOneError::Damaged => format!("{file} breaks off or is damaged"),
        DayOneError::Unreadable(kind) => format!("{file} can't be read: {kind}"),
    };
    if DayOneExport::open(journal).map_err(unusable)?.is_empty() {
        return Err(format!("{file} has no entries").into());
    }
    Ok(journal.canonicalize()?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    Alex,
    Sam,
}

struct Couple {
    alex: Child,
    sam: Child,
}

impl Couple {
    fn write_samples(&mut self, pages: &[Vec<Page>; 2], which: impl Fn(PageSpace) -> bool) -> Result<(), Trouble> {
        for (phone, pages) in [&mut self.alex, &mut self.sam].into_iter().zip(pages) {
            let pages = pages.iter().filter(|page| which(page.space)).cloned().collect();
            phone.order(&Request::Write { pages })?;
        }
        Ok(())
    }

    fn pair(&mut self) -> Result<u64, Trouble> {
        screen::prose("Alex and Sam each keep a private journal. Today they put their phones together.")?;
        screen::line("Alex's phone shows an invite:\n")?;
        self.alex.tell(&Request::Invite { within_s: self.alex.remaining_s() })?;
        let Reply::Invite { link, qr } = self.alex.hear()? else { return Err(self.alex.confused()) };
        screen::line(format_args!("{qr}\n{link}\n"))?;
        let began = Instant::now();
        self.sam.tell(&Request::Join { link, within_s: self.sam.remaining_s() })?;
        screen::prose("Sam scans it. Each phone shows a code, and the two of them compare:\n")?;
        let codes = [compare(&mut self.alex)?, compare(&mut self.sam)?];
        if codes[0] != codes[1] {
            return Err("the codes differ: somebody is in between".into());
        }
        for phone in [&mut self.alex, &mut self.sam] {
            phone.tell(&Request::Confirm)?;
        }
        for phone in [&mut self.alex, &mut self.sam] {
            let Reply::Paired { .. } = phone.hear()? else { return Err(phone.confused()) };
        }
        let ms = u64::try_from(began.elapsed().as_millis())?;
        screen::prose(format_args!("\nThe same. Both say yes, and they are paired, {ms} ms after the scan.\n"))?;
        Ok(ms)
    }

    fn import(&mut self, file: PathBuf) -> Result<(), Trouble> {
        let bar = Bar::new("Alex brings an old journal along");
        self.alex.tell(&Request::Import { file })?;
        loop {
            match self.alex.hear()? {
                Reply::Progress { done, total } => bar.show(done, total)?,
                Reply::Imported { imported, unreadable, .. } => {
                    let rest = if unreadable > 0 { format!(", {unreadable} could not be read") } else { String::new() };
                    let entries = counted(imported, "entry is", "entries are");
                    screen::line(format_args!("Its {entries} on Alex's phone{rest}.\n"))?;
                    return Ok(());
                }
                _ => return Err(self.alex.confused()),
            }
        }
    }

    /// Both go online, and one calls; again, if they are cut off. The answer is what the caller saw, all calls together.
    fn meet(&mut self, caller: Caller) -> Result<Synced, Trouble> {
        let mut synced = self.call(caller, false, [None, None])?;
        for _ in 1..MOST_CALLS {
            if synced.outcome != Outcome::Cut {
                return Ok(synced);
            }
            screen::prose("They were cut off. What had arrived stays; they try again.")?;
            synced = self.call(caller, true, [None, None])?.after(synced);
        }
        let cut = || format!("the phones were cut off {MOST_CALLS} times in a row; what had arrived stays");
        if synced.outcome == Outcome::Cut { Err(cut().into()) } else { Ok(synced) }
    }

    /// Both go online, Alex calls, and they stay connected while both write.
    fn stay(&mut self, alex: Stay, sam: Stay) -> Result<Synced, Trouble> {
        match self.call(Caller::Alex, false, [Some(alex), Some(sam)])? {
            Synced { outcome: Outcome::Cut, .. } => Err("the phones were cut off while both were in use".into()),
            synced => Ok(synced),
        }
    }

    fn call(&mut self, caller: Caller, again: bool, stay: [Option<Stay>; 2]) -> Result<Synced, Trouble> {
        let [stays_calling, stays_called] = stay;
        let (calling, called) = match caller {
            Caller::Alex => (&mut self.alex, &mut self.sam),
            Caller::Sam => (&mut self.sam, &mut self.alex),
        };
        let Reply::Online { .. } = calling.ask(&Request::Online)? else { return Err(calling.confused()) };
        let Reply::Online { addresses } = called.ask(&Request::Online)? else { return Err(called.confused()) };
        called.tell(&Request::Answer { stay: stays_called, within_s: called.remaining_s() })?;
        let within_s = calling.remaining_s();
        calling.tell(&Request::Begin { addresses, again, stay: stays_calling, within_s })?;
        let (synced, answered) = match (calling.hear(), called.hear()) {
            (Ok(Reply::Synced(synced)), Ok(Reply::Synced(answered))) => (synced, answered),
            // Either may be the cause of the other.
            (Err(here), Err(there)) => return Err(format!("{here}; {there}").into()),
            (Err(trouble), _) | (_, Err(trouble)) => return Err(trouble),
            _ => return Err("a phone answered something else".into()),
        };
        Ok(Synced { outcome: synced.outcome.max(answered.outcome), ..synced })
    }

    fn part(&mut self) -> Result<(), Trouble> {
        self.alex.order(&Request::Offline)?;
        self.sam.order(&Request::Offline)
    }

    /// Early and late shifts: the phones are never awake together, and leave each other sealed files in a folder.
    fn leave_in_a_folder(&mut self, folder: &Path) -> Result<Outcome, Trouble> {
        screen::prose(
            "Then a week of early and late shifts: the phones are never awake together. Each leaves what the other lacks \
             in a folder that both reach, sealed.",
        )?;
        std::fs::create_dir(folder)?;
        let [alex, sam] = story::never_together();
        let titles = [sam.title.clone(), alex.title.clone()];
        self.alex.order(&Request::Write { pages: vec![alex] })?;
        self.sam.order(&Request::Write { pages: vec![sam] })?;
        let mut outcomes = [Outcome::NotYet; 2];
        for round in 1..=MOST_ROUNDS {
            for (phone, outcome) in [&mut self.alex, &mut self.sam].into_iter().zip(&mut outcomes) {
                *outcome = visit(phone, folder)?;
            }
            if outcomes == [Outcome::AllHandedOver; 2] {
                let rounds = counted(round, "visit each", "visits each");
                screen::prose(format_args!("After {rounds}, both have all of it.\n"))?;
                break;
            }
        }
        for (phone, title) in [&mut self.alex, &mut self.sam].into_iter().zip(titles) {
            if read(phone, &title)?.is_none() {
                outcomes[0] = Outcome::Cut;
            }
        }
        std::fs::remove_dir_all(folder)?;
        Ok(outcomes[0].max(outcomes[1]))
    }

    fn write_apart(&mut self, leak: bool) -> Result<(), Trouble> {
        let edit = |title: &str, (replace, with): story::Change| Request::Edit {
            title: title.into(),
            replace: replace.into(),
            with: with.into(),
        };
        let (joint, kept, drafted) = (story::JOINT, story::TAKEN_BACK, story::DRAFTED);
        screen::prose(format_args!(
            "Then a train, and no network. Offline, both write, and both add to “{joint}”.\n\
             Alex would rather keep “{kept}” to themself for now; it leaves Sam's phone at the next sync.\n\
             Alex also goes on with “{drafted}”, and does not share that yet.\n\
             Sam would rather not talk it through this time, and says so: not now.\n"
        ))?;
        self.alex.order(&Request::Write { pages: story::alex_apart() })?;
        self.sam.order(&Request::Write { pages: story::sam_apart() })?;
        self.alex.order(&edit(story::JOINT, story::ALEX_IN_JOINT))?;
        self.sam.order(&edit(story::JOINT, story::SAM_IN_JOINT))?;
        self.alex.order(&Request::TakeBack { title: story::TAKEN_BACK.into() })?;
        self.alex.order(&edit(story::DRAFTED, story::DRAFT))?;
        self.sam.order(&Request::Prefer { said: vec![story::sam_sets_a_boundary()] })?;
        if leak {
            screen::prose(
                "As --leak-on-purpose asks, words that Alex wrote for nobody else now stand in a shared page. No app may \
                 let that happen; the check below has to find them.\n",
            )?;
            self.alex.order(&Request::Write { pages: story::leak() })?;
        }
        Ok(())
    }

    fn screens(&mut self) -> Result<[Screen; 2], Trouble> {
        let look = |phone: &mut Child| match phone.ask(&Request::Screen { rows: screen::ROWS })? {
            Reply::Screen(screen) => Ok(screen),
            _ => Err(phone.confused()),
        };
        Ok([look(&mut self.alex)?, look(&mut self.sam)?])
    }

    fn show(&mut self) -> Result<[Screen; 2], Trouble> {
        let screens = self.screens()?;
        screen::line(screen::both(&screens[0], &screens[1], screen::columns()))?;
        Ok(screens)
    }

    /// Did what was written apart come together: both hands in the joint entry, the page taken back gone there and kept here?
    fn check_story(&mut self) -> Result<bool, Trouble> {
        let (alex, sam) = (read(&mut self.alex, story::JOINT)?, read(&mut self.sam, story::JOINT)?);
        let joint = alex.clone().unwrap_or_default();
        let same = alex == sam;
        let phones = if same { "both phones" } else { "Alex's phone" };
        screen::prose(format_args!("“{}”, as it now reads on {phones}:\n", story::JOINT))?;
        screen::line(screen::indented(&joint, screen::columns()))?;
        if !same {
            screen::line("And on Sam's phone:\n")?;
            screen::line(screen::indented(&sam.unwrap_or_default(), screen::columns()))?;
        }
        let mut merged = same;
        for (name, added) in story::ADDED_TO_JOINT {
            let arrived = joint.contains(added);
            let told = if arrived { format!("{name} added:") } else { format!("What {name} added is missing:") };
            screen::prose(format_args!("{told} “{added}”"))?;
            merged &= arrived;
        }
        let apart = "Each wrote that while the other was away";
        screen::prose(if merged { format!("{apart}; nobody had to choose.\n") } else { format!("{apart}.\n") })?;
        let kept = read(&mut self.alex, story::TAKEN_BACK)?.is_some();
        Ok(merged && kept && read(&mut self.sam, story::TAKEN_BACK)?.is_none())
    }

    fn preferences(&mut self) -> Result<[Preferences; 2], Trouble> {
        let look = |phone: &mut Child| match phone.ask(&Request::Preferences)? {
            Reply::Preferences(known) => Ok(known),
            _ => Err(phone.confused()),
        };
        Ok([look(&mut self.alex)?, look(&mut self.sam)?])
    }

    /// Does each phone show what the other shares, Sam's boundary among it, and nothing that is kept?
    fn check_preferences(&mut self) -> Result<bool, Trouble> {
        let [alex, sam] = self.preferences()?;
        screen::prose("What the two want afterwards, as Alex's phone shows it by now:\n")?;
        screen::line(wants::table("Alex", "Sam", &alex))?;
        let shared = |said: &[Said]| said.iter().filter(|said| said.shared).cloned().collect::<BTreeSet<_>>();
        let same = shared(&alex.mine) == shared(&sam.partners) && shared(&sam.mine) == shared(&alex.partners);
        let boundary = story::sam_sets_a_boundary();
        let arrived = alex.partners.contains(&boundary);
        if arrived {
            screen::prose("Sam's “not now” has reached Alex's phone.\n")?;
        }
        Ok(same && arrived && !alex.partners.is_empty() && !sam.partners.is_empty())
    }

    fn close(&mut self) -> Result<[Closed; 2], Trouble> {
        let close = |phone: &mut Child| match phone.ask(&Request::Close)? {
            Reply::Closed(closed) => Ok(closed),
            _ => Err(phone.confused()),
        };
        Ok([close(&mut self.alex)?, close(&mut self.sam)?])
    }

    /// The private phrases of both that were sent, or that the other's file holds.
    fn look_for_leaks(&mut self, closed: &[Closed; 2]) -> Result<BTreeSet<String>, Trouble> {
        let [alex, sam] = closed.each_ref().map(|closed| &closed.canaries);
        screen::prose(format_args!(
            "Looking for {} in all that was sent and in both files …",
            counted((alex.private.len() + sam.private.len()) as u64, "private phrase", "private phrases")
        ))?;
        self.alex.tell(&Request::Search { own: alex.clone(), partners: sam.clone() })?;
        self.sam.tell(&Request::Search { own: sam.clone(), partners: alex.clone() })?;
        let mut leaked = BTreeSet::new();
        for (phone, own, partners) in [(&mut self.alex, alex, sam), (&mut self.sam, sam, alex)] {
            let Reply::Found(found) = phone.hear()? else { return Err(phone.confused()) };
            leaked.extend(leaks::leaked(found, own, partners)?);
        }
        Ok(leaked)
    }
}

fn compare(phone: &mut Child) -> Result<(Vec<String>, String), Trouble> {
    let Reply::Compare { words, digits, name } = phone.hear()? else { return Err(phone.confused()) };
    // The code's two forms belong together, so where they do not fit beside each other they stand one below the other.
    let apart = if screen::columns() < 80 { "\n                " } else { "   " };
    screen::line(format_args!("    {:<4} reads: {}{apart}{digits}   (with {name})", phone.name, words.join(" ")))?;
    Ok((words, digits))
}

fn visit(phone: &mut Child, folder: &Path) -> Result<Outcome, Trouble> {
    let request = Request::Visit { folder: folder.into(), within_s: phone.remaining_s() };
    match phone.ask(&request)? {
        Reply::Visited { outcome } => Ok(outcome),
        _ => Err(phone.confused()),
    }
}

fn read(phone: &mut Child, title: &str) -> Result<Option<String>, Trouble> {
    match phone.ask(&Request::Read { title: title.into() })? {
        Reply::Text { markdown } => Ok(markdown),
        _ => Err(phone.confused()),
    }
}
