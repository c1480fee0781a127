//! What the two of them write in these two weeks. What is for nobody else has a word in it that begins with `canary-`.

use nightstand::care::activities::ActivityDraft;
use nightstand::care::catalogue::{Family, Need};
use nightstand::together::agreements::AgreementDraft;
use nightstand::together::songs::SongDraft;

use super::Who;
use crate::protocol::{Feels, Said};

/// What each wants beside what the two said in the other story, so that there is something to plan.
pub(super) fn more_wants(who: Who) -> Vec<Said> {
    use Feels::{Like, Love, Open};
    let said: &[(&str, Feels, &str)] = match who {
        Who::Alex => &[
            ("stance/silent-cuddling/together", Love, "With the window a little open."),
            ("stance/pillow-talk/together", Like, ""),
            ("stance/light-massage/give", Love, "My hands like it too."),
            ("stance/breathing-together/together", Open, ""),
            ("stance/music/together", Love, ""),
            ("stance/blanket/receive", Love, "The heavy one."),
        ],
        Who::Sam => &[
            ("stance/silent-cuddling/together", Love, ""),
            ("stance/pillow-talk/together", Love, "About anything but work."),
            ("stance/light-massage/receive", Like, "Shoulders."),
            ("stance/breathing-together/together", Like, ""),
            ("stance/music/together", Like, "Quietly."),
            ("stance/blanket/give", Like, ""),
        ],
    };
    let said = said.iter().map(|(item, feels, note)| Said {
        item: (*item).into(),
        feels: *feels,
        note: (*note).into(),
        shared: true,
    });
    said.collect()
}

pub(super) fn tea() -> ActivityDraft {
    ActivityDraft {
        title: "Tea on the balcony".into(),
        about: "The blue cups, and a blanket each.".into(),
        family: Family::Body,
        needs: [Need::Body, Need::Quiet].into(),
        minutes: (5, 20),
        works_apart: false,
    }
}

pub(super) const RITUAL: &str = "Coming back down";

pub(super) fn songs() -> [SongDraft; 3] {
    [("Low tide", "The Lamplighters"), ("Snow on the line", "Ana Vidar"), ("Kitchen radio", "Small Hours")]
        .map(|(title, artist)| SongDraft { title: title.into(), artist: artist.into(), ..SongDraft::default() })
}

/// What either adds to a check-in for themself. None stands in both lists.
pub(super) fn notes(who: Who) -> &'static [&'static str] {
    match who {
        Who::Alex => &[
            "I liked the quiet more than I said.",
            "The lamp was bright, and I let it be.",
            "I kept counting your breaths and lost count.",
            "I want to ask for the heavy blanket earlier.",
        ],
        Who::Sam => &[
            "My thoughts went out by the window, and came back.",
            "My feet were cold the whole time, and I was happy.",
            "I nearly said something, and it can wait.",
            "I would have liked to lie there another hour.",
        ],
    }
}

/// What either wishes for, for the other to read.
pub(super) fn wishes(who: Who) -> &'static [&'static str] {
    match who {
        Who::Alex => &["A slow breakfast", "Your hand on my back", "A walk by the canal"],
        Who::Sam => &["Toast, and the good chair", "To be read to", "Another ten minutes here"],
    }
}

/// Feelings that an ordinary evening has.
pub(super) const FEELINGS: &[&str] =
    &["calm", "close", "content", "playful", "tender", "relieved", "loved", "safe", "grateful", "seen", "sleepy"];

pub(super) const BODY: &[&str] = &["warm", "sensitive", "thirsty", "hungry"];

pub(super) const ALEX_IS_LOW: &str =
    "Flat since the morning, and the hotel room is very large. Nothing happened. (canary-alex-low-1)";

pub(super) const ALEX_HELPS: &str = "The grey jumper, and the long way round (canary-alex-helps-1)";

pub(super) const ALEX_WISHES: &str = "Buy the good tea, and hide it behind the oats (canary-alex-wish-1)";

pub(super) const SAM_NOT_RIGHT: &str =
    "When your hands came back to my shoulders I had said that it was enough, quietly. (canary-sam-not-right-1)";

/// Where the boundary is that Sam sets afterwards.
pub(super) const NOT_RIGHT_ACTIVITY: &str = "light-massage";

pub(super) const SEALED_WITHDRAWN: &str =
    "I would like to be held before anybody says a word, even sorry. (canary-alex-sealed-1)";

pub(super) const SEALED_ALEX: &str =
    "Water first, then your hand on my back, and the light off. (canary-alex-sealed-2)";

pub(super) const SEALED_SAM: &str =
    "I look for your hand, and like it when you find mine sooner. (canary-sam-sealed-1)";

pub(super) fn phones_away() -> AgreementDraft {
    AgreementDraft { title: "Phones after ten".into(), text: "After ten the phones stay in the kitchen.".into() }
}

pub(super) fn phones_away_reworded() -> AgreementDraft {
    AgreementDraft {
        title: "Phones after ten".into(),
        text: "After ten the phones stay in the kitchen. Whoever is on call keeps theirs.".into(),
    }
}

pub(super) const JOINT_TITLE: &str = "Two weeks, in a few lines";
pub(super) const JOINT_BODY: &str = "Tea outside in November. The radiator that knocks. You, reading in the doorway.";

pub(super) const PROMPTED_TITLE: &str = "How I notice";
pub(super) const PROMPTED_BODY: &str = "When my shoulders come down and I stop listening for the stairs. Nobody needs to know that yet. \
     (canary-alex-prompt-1)";
