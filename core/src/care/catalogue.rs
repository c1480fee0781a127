//! The built-in activities: what couples do for each other in the time after.
//!
//! An id stands in what people have saved, so it is never given another meaning and never taken away. An activity's title is
//! the [text](crate::texts) `activity-<id>`, and what is meant by it, in one sentence, `activity-<id>.about`.

use crate::names::names;

/// Rises when activities are added or what is said of them changes.
pub const VERSION: u32 = 1;

/// What kind of thing an activity is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// Bodies near each other.
    Touch,
    /// Something said.
    Words,
    /// Little is said and done.
    Quiet,
    /// Looking after the body.
    Body,
    /// Sleep.
    Rest,
    /// Something done side by side.
    Shared,
    /// For some time afterwards.
    Later,
}

/// What an activity can be good for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Need {
    /// To be touched.
    Touch,
    /// To hear something.
    Words,
    /// To know that all is well.
    Reassurance,
    /// To be seen as who one is.
    BeingSeen,
    /// To have it quiet.
    Quiet,
    /// To have room.
    Space,
    /// To have the body looked after.
    Body,
    /// To rest.
    Rest,
    /// To play.
    Play,
}

names!(Family {
    Self::Touch = "touch",
    Self::Words = "words",
    Self::Quiet = "quiet",
    Self::Body = "body",
    Self::Rest = "rest",
    Self::Shared = "shared",
    Self::Later = "later",
});
names!(Need {
    Self::Touch = "touch",
    Self::Words = "words",
    Self::Reassurance = "reassurance",
    Self::BeingSeen = "being-seen",
    Self::Quiet = "quiet",
    Self::Space = "space",
    Self::Body = "body",
    Self::Rest = "rest",
    Self::Play = "play",
});

/// One thing to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Activity {
    /// Its name in everything saved, such as `holding-hands`.
    pub id: &'static str,
    /// Its kind.
    pub family: Family,
    /// What it can be good for; the first is what it is best known for.
    pub needs: &'static [Need],
    /// How long it usually takes, in minutes: at least and at most. The later ones take only the moment that they need.
    pub minutes: (u16, u16),
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

/// All of them, family by family.
pub fn activities() -> &'static [Activity] {
    ACTIVITIES
}

/// The activity with this id.
pub fn activity(id: &str) -> Option<&'static Activity> {
    ACTIVITIES.iter().find(|activity| activity.id == id)
}

macro_rules! activities {
    ($($family:ident { $($id:literal $least:literal..$most:literal $place:ident $($need:ident)+;)+ })+) => {
        &[$($(Activity {
            id: $id,
            family: Family::$family,
            needs: &[$(Need::$need),+],
            minutes: ($least, $most),
            works_apart: activities!(@ $place),
        },)+)+]
    };
    (@ here) => { false };
    (@ anywhere) => { true };
}

const ACTIVITIES: &[Activity] = activities! {
    Touch {
        "cuddling" 5..30 here Touch Reassurance;
        "spooning" 5..30 here Touch Rest;
        "holding-hands" 2..20 here Touch Reassurance;
        "skin-to-skin" 5..30 here Touch Reassurance Quiet;
        "light-massage" 5..20 here Touch Body;
        "back-rub" 5..15 here Touch Body;
        "kissing" 2..15 here Touch BeingSeen;
        "quick-kisses" 1..5 here Touch Play;
        "caressing" 5..20 here Touch BeingSeen;
        "slow-ending" 5..20 here Touch Quiet Rest;
    }
    Words {
        "specific-compliment" 1..5 anywhere Words BeingSeen;
        "words-of-affection" 1..5 anywhere Words Reassurance;
        "gratitude" 1..5 anywhere Words BeingSeen;
        "reassurance" 1..5 anywhere Reassurance Words;
        "pillow-talk" 5..30 anywhere Words BeingSeen Play;
        "debrief" 10..30 anywhere Words BeingSeen;
        "stepping-out-of-roles" 2..10 anywhere Reassurance Words;
    }
    Quiet {
        "silent-cuddling" 5..30 here Quiet Touch;
        "lying-side-by-side" 5..30 here Quiet Space;
        "breathing-together" 3..10 anywhere Quiet Reassurance Body;
        "quiet-presence" 5..30 anywhere Quiet Reassurance;
        "time-alone-door-open" 10..45 here Space Quiet;
        "phones-away" 1..2 here Quiet BeingSeen;
    }
    Body {
        "water" 1..3 here Body;
        "snack" 3..15 here Body;
        "small-treat" 1..10 here Body Play;
        "warmth" 2..30 here Body Reassurance;
        "warm-towel" 2..5 here Body BeingSeen;
        "blanket" 1..5 here Body Rest;
        "clean-up" 3..10 here Body;
        "washing-each-other" 5..20 here Body Touch;
        "shower" 5..20 here Body;
        "bath" 15..45 here Body Rest;
        "bathroom-break" 2..10 here Body Space;
        "gentle-stretch" 3..10 here Body;
        "tending-sore-places" 3..15 here Body Reassurance BeingSeen;
    }
    Rest {
        "nap-together" 15..60 here Rest Touch;
        "falling-asleep-together" 10..60 here Rest Reassurance;
    }
    Shared {
        "show-in-bed" 20..120 here Play Rest;
        "music" 5..60 anywhere Quiet Play;
        "playing-or-singing" 5..30 anywhere Play BeingSeen;
        "journaling-together" 10..30 anywhere BeingSeen Words;
        "reading-journals" 5..30 anywhere BeingSeen Words;
    }
    Later {
        "message-later-today" 1..5 anywhere Reassurance Words;
        "check-in-this-evening" 2..15 anywhere Reassurance BeingSeen;
        "check-in-next-morning" 2..15 anywhere Reassurance BeingSeen;
        "kind-word-next-day" 1..5 anywhere Words Reassurance;
        "cuddle-kept-for-later" 5..30 here Touch Reassurance;
        "reconnect-later" 5..30 anywhere Reassurance Words;
    }
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_plain_and_stand_once() {
        let ids: BTreeSet<_> = activities().iter().map(|activity| activity.id).collect();
        assert_eq!(ids.len(), activities().len());
        for activity in activities() {
            assert!(activity.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", activity.id);
            assert!(activity.minutes.0 >= 1 && activity.minutes.0 <= activity.minutes.1, "{}", activity.id);
            let needs: BTreeSet<_> = activity.needs.iter().collect();
            assert_eq!(needs.len(), activity.needs.len(), "{}", activity.id);
            assert_eq!(super::activity(activity.id), Some(activity));
        }
    }

    /// Ids stand in people's files: this list only grows.
    #[test]
    fn no_activity_is_taken_away() {
        let pinned = include_str!("activities.txt");
        let here: String = activities().iter().map(|activity| format!("{}\n", activity.id)).collect();
        assert_eq!(here, pinned);
    }

    #[test]
    fn every_need_and_family_has_its_activities() {
        let needs: BTreeSet<_> = activities().iter().flat_map(|activity| activity.needs).collect();
        let families: BTreeSet<_> = activities().iter().map(|activity| activity.family).collect();
        assert_eq!((needs.len(), families.len()), (9, 7));
        assert!(activities().iter().any(|activity| activity.works_apart && activity.family == Family::Words));
    }
}
