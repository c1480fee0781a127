//! Two people with something in their vaults, for previews.

use std::sync::Arc;

use nightstand::care::{Item, ItemDraft, Line, Question, Remark, Side, Stance};
use nightstand::error::NightstandError as CoreError;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, Moment, Sharing};
use nightstand::vault::{Clock, Vault as CoreVault};
use nightstand_ffi::error::NightstandError;
use nightstand_ffi::vault::Vault;
use nightstand_ffi::work::apart;

use crate::clock::{TestClock, or_sunday};
use crate::partner::ScriptedPartner;
use crate::scratch::open;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Alex, whose vault a screen shows, and Sam. They are paired, each has written for themself and for both, both have said
/// what they want afterwards, and they have met since.
#[derive(uniffi::Object)]
pub struct Couple {
    alex: Arc<Vault>,
    sam: Arc<ScriptedPartner>,
    clock: Arc<TestClock>,
}

#[uniffi::export]
impl Couple {
    /// A couple; equal ones for equal seeds, down to the ids. What they wrote is from the weeks before the clock's time; the
    /// rest is as with `scratch_vault`.
    #[uniffi::constructor(default(clock = None, parent = None))]
    pub async fn make(
        seed: u64,
        clock: Option<Arc<TestClock>>,
        parent: Option<String>,
    ) -> Result<Arc<Self>, NightstandError> {
        let clock = or_sunday(clock);
        let theirs = Arc::clone(&clock);
        let (alex, sam) = apart(move || {
            let vault = |seed| open(seed, &theirs, parent.as_ref().map(Into::into));
            // Two seeds of one, that no other couple has.
            let (alex, sam) = (vault(seed.wrapping_mul(2))?, vault(seed.wrapping_mul(2).wrapping_add(1))?);
            Ok((Vault::from_core(alex)?, ScriptedPartner::begin("Sam".into(), Arc::clone(&theirs), sam)?))
        })
        .await?;
        Arc::clone(&sam).pairs(Arc::clone(&alex), "Alex".into()).await?;
        let now = clock.now_ms();
        let (on_alex, on_sam) = (Arc::clone(&alex), sam.vault());
        apart(move || {
            write(on_alex.core(), &ALEX, now)?;
            write(on_sam.core(), &SAM, now)?;
            alex_wants(on_alex.core())?;
            sam_wants(on_sam.core())
        })
        .await?;
        Arc::clone(&sam).meets(Arc::clone(&alex)).await?;
        Ok(Arc::new(Self { alex, sam, clock }))
    }

    /// Alex's vault: the one that the app shows.
    pub fn alex(&self) -> Arc<Vault> {
        Arc::clone(&self.alex)
    }

    /// Sam, on the other phone.
    pub fn sam(&self) -> Arc<ScriptedPartner> {
        Arc::clone(&self.sam)
    }

    /// The clock of both phones.
    pub fn clock(&self) -> Arc<TestClock> {
        Arc::clone(&self.clock)
    }
}

struct Page {
    days_ago: i64,
    title: &'static str,
    text: &'static str,
    mood: &'static str,
    tags: &'static [&'static str],
    sharing: Sharing,
}

const ALEX: [Page; 4] = [
    Page {
        days_ago: 19,
        title: "Rain on the skylight",
        text: "We did nothing clever afterwards. Sam counted the seconds between lightning and thunder, out loud, badly. \
               I fell asleep somewhere around nine.",
        mood: "calm",
        tags: &["afterwards"],
        sharing: Sharing::Shared,
    },
    Page {
        days_ago: 11,
        title: "What I didn't say",
        text: "I was quiet for a while and let it look like tiredness. It was more that I was happy and didn't want to \
               spill it. I'd like to find words for that, in my own time.",
        mood: "thoughtful",
        tags: &["feelings"],
        sharing: Sharing::Private,
    },
    Page {
        days_ago: 6,
        title: "Our short list for weeknights",
        text: "A glass of water each. The big blanket. Ten minutes without a screen. Whoever is more awake puts the light \
               out.",
        mood: "content",
        tags: &["ritual", "us"],
        sharing: Sharing::Joint,
    },
    Page {
        days_ago: 1,
        title: "Pancakes at noon",
        text: "Slept in, both of us. Sam burned the first one and called it a tradition.",
        mood: "playful",
        tags: &["next morning"],
        sharing: Sharing::Shared,
    },
];

const SAM: [Page; 4] = [
    Page {
        days_ago: 16,
        title: "The hand on my back",
        text: "Alex left a hand between my shoulders until I slept. No talking, no patting, just there. That was the whole \
               thing, and it was plenty.",
        mood: "safe",
        tags: &["what helped"],
        sharing: Sharing::Shared,
    },
    Page {
        days_ago: 9,
        title: "A wobbly morning",
        text: "Woke up thin-skinned and didn't know why. By lunch it had passed. Writing it down so that I believe it next \
               time.",
        mood: "tender",
        tags: &["next morning"],
        sharing: Sharing::Private,
    },
    Page {
        days_ago: 4,
        title: "For a long Sunday",
        text: "The bath, if the boiler agrees. Each reads one page aloud. Soup from the freezer, so that nobody has to get \
               dressed.",
        mood: "hopeful",
        tags: &["wishes", "us"],
        sharing: Sharing::Joint,
    },
    Page {
        days_ago: 2,
        title: "Thank you for asking",
        text: "You asked once, and then you let me think. I noticed.",
        mood: "grateful",
        tags: &["words"],
        sharing: Sharing::Shared,
    },
];

fn write(vault: &CoreVault, pages: &[Page], now_ms: i64) -> Result<(), CoreError> {
    for page in pages {
        let when = Moment { utc_ms: now_ms.saturating_sub(page.days_ago * DAY_MS), offset_seconds: None, zone: None };
        let draft = EntryDraft {
            title: page.title.into(),
            body: RichText::plain(page.text),
            when,
            mood: Some(page.mood.into()),
            tags: page.tags.iter().map(|tag| (*tag).into()).collect(),
            ..EntryDraft::default()
        };
        vault.journal().write(&draft, page.sharing)?;
    }
    Ok(())
}

fn alex_wants(vault: &CoreVault) -> Result<(), CoreError> {
    say(vault, &about("holding-hands", Side::Together), stance(Stance::Love, "Not too tight."))?;
    say(vault, &about("blanket", Side::Receive), stance(Stance::Like, ""))?;
    say(vault, &about("debrief", Side::Together), stance(Stance::NotNow { until_ms: None }, "Ask me tomorrow."))?;
    say(vault, &Item::Question(Question::UsualAfter), chosen("sleepy"))?;
    say(vault, &Item::Remark(Remark::Quiet), note("I am far away, and glad."))?;
    add(vault, Line::Wish, "A walk before breakfast")
}

fn sam_wants(vault: &CoreVault) -> Result<(), CoreError> {
    say(vault, &about("holding-hands", Side::Together), stance(Stance::Like, ""))?;
    say(vault, &about("back-rub", Side::Receive), stance(Stance::Love, "Slow, and nothing to guess."))?;
    say(vault, &about("show-in-bed", Side::Together), stance(Stance::Never, "I can't come down with a screen on."))?;
    say(vault, &Item::Remark(Remark::Distance), note("It does not mean that you did something wrong."))?;
    add(vault, Line::Helps, "I'm not going anywhere.")
}

fn about(activity: &str, side: Side) -> Item {
    Item::Stance { activity: activity.into(), side, condition: None }
}

fn stance(stance: Stance, note: &str) -> ItemDraft {
    ItemDraft { stance: Some(stance), note: Some(note.into()), ..ItemDraft::default() }
}

fn chosen(choice: &str) -> ItemDraft {
    ItemDraft { choices: Some([choice.to_owned()].into()), ..ItemDraft::default() }
}

fn note(note: &str) -> ItemDraft {
    ItemDraft { note: Some(note.into()), ..ItemDraft::default() }
}

fn say(vault: &CoreVault, item: &Item, draft: ItemDraft) -> Result<(), CoreError> {
    let preferences = vault.preferences();
    let said = preferences.set(item, &draft, &preferences.read(item)?.version)?;
    preferences.share(item, &said.version).map(drop)
}

fn add(vault: &CoreVault, line: Line, note: &str) -> Result<(), CoreError> {
    let preferences = vault.preferences();
    let added = preferences.add(line, note)?;
    preferences.share(&added.item, &added.version).map(drop)
}
