//! Two weeks in the life of a couple, with all that there is, in one process and by a clock of their own.
//!
//! ```text
//!   dice        one number decides: keys, ids, who does what when; the same number, the same story, byte by byte
//!   phone       a vault, and what its person wrote for nobody else
//!   couple      they pair, they sync
//!   days        the fourteen days, in their order
//!   beginning … check    what happens in them, by concern
//!   tell        what is said here, and what of it is checked: a line with ✓ was looked up and is so
//!   figures     what --json writes
//! ```
//!
//! What has to happen stands on fixed days; which evenings there are, what is picked of a plan, levels, signals and who calls
//! are left to chance.

mod agreed;
mod apart;
mod beginning;
mod check;
mod check_ins;
mod couple;
mod days;
mod dice;
mod due;
mod evening;
mod figures;
mod hard;
mod looking_back;
mod phone;
mod sealed;
mod tell;
mod words;
mod written;

use std::collections::BTreeSet;
use std::sync::Arc;

use nightstand::records::RecordId;
use nightstand::texts::Texts;

use crate::Trouble;
use crate::home::Home;
use crate::options::FortnightOptions;
use crate::parent::Verdict;
use crate::{report, screen};
use dice::Dice;
use figures::Figures;
use phone::{Hands, Phone};

/// Evenings on which chance may put a session, beside those that are there anyway.
const EVENINGS: [i64; 6] = [2, 4, 8, 9, 12, 13];

/// Runs the two weeks.
pub(crate) fn run(options: &FortnightOptions) -> Result<Verdict, Trouble> {
    options.json.as_deref().map_or(Ok(()), report::check_new)?;
    let home = Home::new(options.keep.as_deref())?;
    let mut story = Story::new(&home, options.seed)?;
    story.live(options.leak_on_purpose)?;
    let (closed, leaked) = story.close()?;
    if let Some(folder) = &options.keep {
        let [alex, sam] = [0, 1].map(|at| story.figures.phones[at].digest.as_str());
        report::write_keys(home.path(), [("Alex", &closed[0], alex), ("Sam", &closed[1], sam)])?;
        screen::line(format_args!("Both vaults and their keys are in {}.", folder.display()))?;
    }
    if let Some(path) = &options.json {
        report::write_new_json(path, &story.figures)?;
    }
    story.claim_nothing_leaked("nothing private of either is in anything that the other got", &leaked)?;
    Ok(Verdict::Good)
}

/// One of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Alex,
    Sam,
}

impl Who {
    fn other(self) -> Self {
        match self {
            Self::Alex => Self::Sam,
            Self::Sam => Self::Alex,
        }
    }
}

/// Two weeks, as far as they are told.
struct Story {
    alex: Phone,
    sam: Phone,
    clock: Arc<Hands>,
    begins_ms: i64,
    now_ms: i64,
    day: i64,
    dice: Dice,
    evenings: BTreeSet<i64>,
    /// The session of the evening before, or the newest.
    last_session: Option<RecordId>,
    /// Is a line said of every sync?
    tells_syncs: bool,
    texts: Texts,
    figures: Figures,
}

impl Story {
    fn new(home: &Home, seed: u64) -> Result<Self, Trouble> {
        let begins_ms = tell::beginning()?;
        let clock = Hands::at(begins_ms);
        let mut dice = Dice::new(seed);
        let many = 3 + dice.below(3);
        Ok(Self {
            alex: Phone::new("Alex", &home.path().join("alex"), seed, &clock)?,
            sam: Phone::new("Sam", &home.path().join("sam"), seed, &clock)?,
            clock,
            begins_ms,
            now_ms: begins_ms,
            day: 1,
            evenings: dice.some_of(&EVENINGS, many).into_iter().collect(),
            dice,
            last_session: None,
            tells_syncs: true,
            texts: Texts::new(),
            figures: Figures { seed, days: days::DAYS, ..Figures::default() },
        })
    }

    fn phone(&self, who: Who) -> &Phone {
        match who {
            Who::Alex => &self.alex,
            Who::Sam => &self.sam,
        }
    }

    fn phone_mut(&mut self, who: Who) -> &mut Phone {
        match who {
            Who::Alex => &mut self.alex,
            Who::Sam => &mut self.sam,
        }
    }
}
