//! What the two of them write.

use crate::Trouble;
use crate::protocol::{Feels, Page, PageSpace, Said, Stay};

/// An entry that both write in while they are apart.
pub(crate) const JOINT: &str = "What we want to remember";

/// An entry that Alex shares and takes back.
pub(crate) const TAKEN_BACK: &str = "The evening that turned into soup";

/// An entry that Alex has shared and goes on with, without sharing that.
pub(crate) const DRAFTED: &str = "Two squeezes";

/// Words to replace, and what with.
pub(crate) type Change = (&'static str, &'static str);

/// What Alex changes in [`JOINT`].
pub(crate) const ALEX_IN_JOINT: Change =
    ("Not planning the evening.", "Not planning the evening. Then not planning the next one either.");

/// What Sam changes in [`JOINT`].
pub(crate) const SAM_IN_JOINT: Change =
    ("- Sam reading out", "- The owl at four in the morning. We both heard it.\n- Sam reading out");

/// What each adds to [`JOINT`] with that; it has to stand there on both phones afterwards.
pub(crate) const ADDED_TO_JOINT: [(&str, &str); 2] =
    [("Sam", "The owl at four in the morning. We both heard it."), ("Alex", "Then not planning the next one either.")];

/// What Alex changes in [`DRAFTED`] and keeps.
pub(crate) const DRAFT: Change = (
    "had to come up with a sentence.",
    "had to come up with a sentence. I had practised on my own hand in the lift, which nobody needs to know. \
     (canary-alex-draft-1)",
);

/// The journals that each has kept before.
pub(crate) fn samples() -> Result<[Vec<Page>; 2], Trouble> {
    Ok([
        serde_json::from_str(include_str!("../samples/alex.json"))?,
        serde_json::from_str(include_str!("../samples/sam.json"))?,
    ])
}

/// What each wants afterwards. Each keeps a boundary to themself.
pub(crate) fn wants() -> [Vec<Said>; 2] {
    use Feels::{Like, Love, Never, NotNow, Open};
    let alex = [
        ("stance/holding-hands/together", Love, "Two squeezes.", true),
        (DEBRIEF, Open, "", true),
        ("stance/reassurance/receive", Love, "Say that you're here. It need not be a whole sentence.", true),
        ("stance/water/give", Like, "", true),
        (
            "stance/bath/together/vulnerable",
            Never,
            "Too bright in there, and nowhere to hide. (canary-alex-boundary-1)",
            false,
        ),
    ];
    let sam = [
        ("stance/holding-hands/together", Like, "", true),
        (DEBRIEF, Like, "", true),
        ("stance/quiet-presence/together", Love, "Turning pages counts.", true),
        ("stance/water/receive", Love, "With ice.", true),
        (
            "stance/kissing/receive/tired",
            NotNow,
            "I go stiff and then I feel I have to explain it. (canary-sam-boundary-1)",
            false,
        ),
    ];
    [alex.map(said).into(), sam.map(said).into()]
}

/// What Sam sets a boundary to while they are apart.
pub(crate) const DEBRIEF: &str = "stance/debrief/together";

/// That boundary.
pub(crate) fn sam_sets_a_boundary() -> Said {
    said((DEBRIEF, Feels::NotNow, "Tomorrow, with coffee.", true))
}

fn said((item, feels, note, shared): (&str, Feels, &str, bool)) -> Said {
    Said { item: item.into(), feels, note: note.into(), shared }
}

/// What Alex writes while they are apart.
pub(crate) fn alex_apart() -> Vec<Page> {
    vec![
        page(
            "Two cups",
            "The kettle was on before I noticed that I had put **two cups** out. I left yours standing there. It looked \
             like somebody about to come in.",
            "2026-11-20T18:40:00+01:00",
            "tender",
            PageSpace::Mine,
        ),
        page(
            "What I nearly said at the station",
            "I had a whole sentence ready and then the doors closed. It was: I sleep better when you are a little too \
             warm. Next time, before the platform. (canary-alex-private-4)",
            "2026-11-20T23:10:00+01:00",
            "wistful",
            PageSpace::Private,
        ),
    ]
}

/// What Sam writes while they are apart.
pub(crate) fn sam_apart() -> Vec<Page> {
    vec![
        page(
            "Somewhere after Hannover",
            "Fields, a horse in a coat, fields. I read your page about the two squeezes again and did it to my own hand. \
             It half works.",
            "2026-11-20T20:05:00+01:00",
            "loved",
            PageSpace::Mine,
        ),
        page(
            "Not for the list yet",
            "I'd like to be read to, with the light off, by somebody who does not mind when I fall asleep in the middle. \
             Too small to ask for, I keep thinking, and then it's still there. (canary-sam-private-4)",
            "2026-11-20T22:30:00+01:00",
            "quiet",
            PageSpace::Private,
        ),
    ]
}

/// What the two write while both have the app open: Alex first, then Sam, who has just read it; then Alex leaves.
pub(crate) fn evening() -> [Stay; 2] {
    let alex = page(
        "Home",
        "I can hear you turning pages in the other room. I'm not coming over yet. I like that you're there.",
        "2026-11-21T21:15:00+01:00",
        "calm",
        PageSpace::Mine,
    );
    let sam = page(
        "I can hear you typing",
        "Come over whenever. Or don't, and I'll keep turning pages.",
        "2026-11-21T21:16:00+01:00",
        "warm",
        PageSpace::Mine,
    );
    let (first, second) = (alex.title.clone(), sam.title.clone());
    [Stay { write: alex, after: None, until: Some(second) }, Stay { write: sam, after: Some(first), until: None }]
}

/// What each writes in the week in which their phones are never awake together: Alex by day, Sam by night.
pub(crate) fn never_together() -> [Page; 2] {
    let alex = page(
        "Early shift",
        "You were asleep with one foot out of the blanket. I put the blanket back. You put the foot back.",
        "2026-11-22T05:20:00+01:00",
        "tender",
        PageSpace::Mine,
    );
    let sam = page(
        "Late shift",
        "The foot says thank you. It was too warm. It always is, on your side, and I like it there.",
        "2026-11-22T23:55:00+01:00",
        "warm",
        PageSpace::Mine,
    );
    [alex, sam]
}

/// A private word on a shared page: what must never happen, so that the check can show that it would notice.
pub(crate) fn leak() -> Vec<Page> {
    vec![page(
        "Not meant for anybody else",
        "This was meant for me alone: canary-alex-private-1",
        "2026-11-20T23:30:00+01:00",
        "exposed",
        PageSpace::Mine,
    )]
}

fn page(title: &str, body: &str, when: &str, mood: &str, space: PageSpace) -> Page {
    Page {
        title: title.into(),
        body: body.into(),
        when: when.into(),
        zone: Some("Europe/Amsterdam".into()),
        mood: Some(mood.into()),
        tags: Vec::new(),
        favourite: false,
        space,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_stands_in_the_samples() {
        let [alex, _] = samples().unwrap();
        let body = |title: &str| alex.iter().find(|page| page.title == title).unwrap().body.as_str();
        assert!(body(JOINT).contains(ALEX_IN_JOINT.0) && body(JOINT).contains(SAM_IN_JOINT.0));
        for (_, added) in ADDED_TO_JOINT {
            assert!(!body(JOINT).contains(added));
            assert!([ALEX_IN_JOINT, SAM_IN_JOINT].iter().any(|(_, with)| with.contains(added)));
        }
        assert!(body(DRAFTED).contains(DRAFT.0));
        assert!(!body(TAKEN_BACK).is_empty());
    }
}
