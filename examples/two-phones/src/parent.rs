//! The story, from the first page to the verdict.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Trouble;
use crate::child::Child;
use crate::options::Options;
use crate::protocol::{Closed, Found, Outcome, Page, PageSpace, Reply, Request, Screen, Synced};
use crate::report::{self, Moved, PhoneFigures, Report};
use crate::screen::{self, Bar, thousands};
use crate::story;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The same with a journal of thousands of entries.
const PATIENCE_WITH_JOURNAL: Duration = Duration::from_secs(900);

/// How often a sync that is cut is begun.
const MOST_CALLS: u32 = 4;

/// Did both phones end up with the same, and nothing private elsewhere?
pub(crate) enum Verdict {
    Good,
    Bad,
}

/// Runs the story.
pub(crate) fn run(options: &Options) -> Result<Verdict, Trouble> {
    let journal = options.journal.as_deref().map(readable).transpose()?;
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
    if let Some(journal) = journal {
        couple.import(journal)?;
    }
    let first_sync = couple.meet(Caller::Alex)?;
    println!("They share some pages and sync: {}.\n", screen::moved(&first_sync));
    couple.show()?;

    couple.part()?;
    couple.write_apart(options.leak_on_purpose)?;
    let edit_sync = couple.meet(Caller::Sam)?;
    println!("They meet again and sync: {}.", screen::moved(&edit_sync));
    couple.part()?;
    let idle_sync = couple.meet(Caller::Alex)?;
    println!("Once more, with nothing new: {}.\n", screen::moved(&idle_sync));
    couple.part()?;
    let screens = couple.show()?;
    let story_kept = couple.check_story()?;

    let closed = couple.close()?;
    let leaked = couple.look_for_leaks(&closed)?;
    let [alex, sam] = &screens;
    let same = alex.documents > 0
        && (alex.documents, &alex.digest) == (sam.documents, &sam.digest)
        && alex.shared_count == sam.shared_count;
    let handed_over = [first_sync, edit_sync, idle_sync].iter().all(|synced| synced.outcome == Outcome::AllHandedOver);
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
        report::write_keys(home.path(), [("Alex", &closed[0], alex), ("Sam", &closed[1], sam)])?;
        println!("Both vaults and their keys are in {}.", folder.display());
    }
    Ok(judge(&report, &leaked))
}

fn judge(report: &Report, leaked: &BTreeSet<String>) -> Verdict {
    if report.converged {
        println!("Both phones show the same {} shared entries.", thousands(report.entries));
    } else {
        println!("The two phones do NOT show the same.");
    }
    if leaked.is_empty() {
        println!("Nothing private left a phone.");
    } else {
        println!("{} private phrases were found where they must not be:", leaked.len());
        leaked.iter().take(10).for_each(|phrase| println!("    {phrase}"));
    }
    if report.converged && leaked.is_empty() { Verdict::Good } else { Verdict::Bad }
}

fn readable(journal: &Path) -> Result<PathBuf, Trouble> {
    let found = std::fs::File::open(journal).and_then(|_| journal.canonicalize());
    Ok(found.map_err(|error| format!("{} can't be read: {error}", journal.display()))?)
}

/// Where the vaults lie.
enum Home {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Home {
    fn new(keep: Option<&Path>) -> Result<Self, Trouble> {
        let Some(keep) = keep else { return Ok(Self::Temporary(tempfile::tempdir()?)) };
        std::fs::create_dir_all(keep)?;
        if std::fs::read_dir(keep)?.next().is_some() {
            return Err(format!("{} is not empty; nothing in it was touched", keep.display()).into());
        }
        Ok(Self::Kept(keep.canonicalize()?))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary(_))
    }
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
        println!("Alex and Sam each keep a private journal. Today they put their phones together.");
        println!("Alex's phone shows an invite:\n");
        self.alex.tell(&Request::Invite { within_s: self.alex.remaining_s() })?;
        let Reply::Invite { link, qr } = self.alex.hear()? else { return Err(self.alex.confused()) };
        println!("{qr}\n{link}\n");
        let began = Instant::now();
        self.sam.tell(&Request::Join { link, within_s: self.sam.remaining_s() })?;
        println!("Sam scans it. Each phone shows a code, and the two of them compare:\n");
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
        println!("\nThe same. Both say yes, and they are paired, {ms} ms after the scan.\n");
        Ok(ms)
    }

    fn import(&mut self, file: PathBuf) -> Result<(), Trouble> {
        let bar = Bar::new("Alex brings an old journal along");
        self.alex.tell(&Request::Import { file })?;
        loop {
            match self.alex.hear()? {
                Reply::Progress { done, total } => bar.show(done, total),
                Reply::Imported { imported, unreadable, .. } => {
                    let rest = if unreadable > 0 { format!(", {unreadable} could not be read") } else { String::new() };
                    println!("{} entries are in{rest}.\n", thousands(imported));
                    return Ok(());
                }
                _ => return Err(self.alex.confused()),
            }
        }
    }

    /// Both go online, and one calls; again, if they are cut off. The answer is what the caller saw, all calls together.
    fn meet(&mut self, caller: Caller) -> Result<Synced, Trouble> {
        let mut synced = self.call(caller, false)?;
        for _ in 1..MOST_CALLS {
            if synced.outcome != Outcome::Cut {
                return Ok(synced);
            }
            println!("They were cut off. What had arrived stays; they try again.");
            synced = self.call(caller, true)?.after(synced);
        }
        let cut = || format!("the phones were cut off {MOST_CALLS} times in a row; what had arrived stays");
        if synced.outcome == Outcome::Cut { Err(cut().into()) } else { Ok(synced) }
    }

    fn call(&mut self, caller: Caller, again: bool) -> Result<Synced, Trouble> {
        let (calling, called) = match caller {
            Caller::Alex => (&mut self.alex, &mut self.sam),
            Caller::Sam => (&mut self.sam, &mut self.alex),
        };
        let Reply::Online { .. } = calling.ask(&Request::Online)? else { return Err(calling.confused()) };
        let Reply::Online { addresses } = called.ask(&Request::Online)? else { return Err(called.confused()) };
        called.tell(&Request::Answer { within_s: called.remaining_s() })?;
        calling.tell(&Request::Begin { addresses, again, within_s: calling.remaining_s() })?;
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

    fn write_apart(&mut self, leak: bool) -> Result<(), Trouble> {
        let edit = |title: &str, (replace, with): story::Change| Request::Edit {
            title: title.into(),
            replace: replace.into(),
            with: with.into(),
        };
        println!("Then a train, and no network. Offline, both write, and both add to “{}”.", story::JOINT);
        println!("Alex takes “{}” back, and goes on with “{}”", story::TAKEN_BACK, story::DRAFTED);
        println!("without sharing that.\n");
        self.alex.order(&Request::Write { pages: story::alex_apart() })?;
        self.sam.order(&Request::Write { pages: story::sam_apart() })?;
        self.alex.order(&edit(story::JOINT, story::ALEX_IN_JOINT))?;
        self.sam.order(&edit(story::JOINT, story::SAM_IN_JOINT))?;
        self.alex.order(&Request::TakeBack { title: story::TAKEN_BACK.into() })?;
        self.alex.order(&edit(story::DRAFTED, story::DRAFT))?;
        if leak {
            println!("(On purpose, Alex also pastes a private line into a shared page.)\n");
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
        println!("{}", screen::side_by_side(&screens[0], &screens[1]));
        Ok(screens)
    }

    /// Did what was written apart come together: both hands in the joint entry, the page taken back gone there and kept here?
    fn check_story(&mut self) -> Result<bool, Trouble> {
        let (alex, sam) = (read(&mut self.alex, story::JOINT)?, read(&mut self.sam, story::JOINT)?);
        let joint = alex.clone().unwrap_or_default();
        println!("“{}”, as it reads on both phones:\n\n{}", story::JOINT, screen::indented(&joint));
        let merged = alex == sam && story::BOTH_IN_JOINT.iter().all(|words| joint.contains(words));
        let kept = read(&mut self.alex, story::TAKEN_BACK)?.is_some();
        Ok(merged && kept && read(&mut self.sam, story::TAKEN_BACK)?.is_none())
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
        println!(
            "Looking for {} private phrases in all that was sent and in both files …",
            thousands((alex.private.len() + sam.private.len()) as u64)
        );
        self.alex.tell(&Request::Search { own: alex.clone(), partners: sam.clone() })?;
        self.sam.tell(&Request::Search { own: sam.clone(), partners: alex.clone() })?;
        let mut leaked = BTreeSet::new();
        for (phone, own, partners) in [(&mut self.alex, alex, sam), (&mut self.sam, sam, alex)] {
            let Reply::Found(found) = phone.hear()? else { return Err(phone.confused()) };
            let Found { own: own_found, partners: partners_found, own_shared, partners_shared } = found;
            for (seen, of) in [(own_shared, own.shared.len()), (partners_shared, partners.shared.len())] {
                // A long text travels in pieces, and a phrase may stand across two.
                if of == 0 || seen * 10 < of * 9 {
                    return Err(format!("the search is blind: it saw {seen} of {of} shared phrases").into());
                }
            }
            leaked.extend(own_found);
            leaked.extend(partners_found);
        }
        Ok(leaked)
    }
}

fn compare(phone: &mut Child) -> Result<(Vec<String>, String), Trouble> {
    let Reply::Compare { words, digits, name } = phone.hear()? else { return Err(phone.confused()) };
    println!("    {:<4} reads: {}   {digits}   (with {name})", phone.name, words.join(" "));
    Ok((words, digits))
}

fn read(phone: &mut Child, title: &str) -> Result<Option<String>, Trouble> {
    match phone.ask(&Request::Read { title: title.into() })? {
        Reply::Text { markdown } => Ok(markdown),
        _ => Err(phone.confused()),
    }
}
