//! What can be chosen: sides, conditions, questions and their answers.

/// Which side of an activity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// It is done for me.
    Receive,
    /// I do it.
    Give,
    /// We both do it.
    Together,
}

/// When a stance counts, beside always. A stance under a condition only ever tightens what stands without one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Condition {
    /// After something intense.
    Intense,
    /// After role play.
    RolePlay,
    /// After something extra vigorous.
    Vigorous,
    /// After something new.
    New,
    /// When tired.
    Tired,
    /// When vulnerable.
    Vulnerable,
    /// When disappointed or not satisfied.
    Disappointed,
    /// When an old issue was stirred.
    OldIssue,
    /// Short on time.
    ShortTime,
    /// With little privacy, or interrupted.
    LittlePrivacy,
    /// While apart.
    Apart,
    /// After closeness without sex.
    Closeness,
    /// After another emotionally charged moment.
    Charged,
}

/// A question with choices. Any number of them can be picked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Question {
    /// How I like to connect first.
    FirstConnection,
    /// How long.
    Length,
    /// When I like to talk about it.
    WhenToTalk,
    /// How I usually am afterwards: help for reading me, never inferred.
    UsualAfter,
    /// What to avoid.
    Avoid,
    /// How often to look at all of it again, since needs change.
    Review,
}

/// Something to say in one's own words, once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Remark {
    /// When I go quiet it means …
    Quiet,
    /// When I need distance it does not mean …
    Distance,
}

/// Something of which there can be many, each a line in the person's own words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Line {
    /// Words that help.
    Helps,
    /// Words that don't.
    DoesNotHelp,
    /// What else to avoid.
    Avoid,
    /// For next time.
    Wish,
}

macro_rules! names {
    ($type:ty { $($value:path = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All, in the order of a screen.
            pub const ALL: &'static [Self] = &[$($value),+];

            /// Its name in everything saved.
            pub const fn name(self) -> &'static str {
                match self { $($value => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

pub(super) use names;

names!(Side { Self::Receive = "receive", Self::Give = "give", Self::Together = "together" });
names!(Condition {
    Self::Intense = "intense",
    Self::RolePlay = "role-play",
    Self::Vigorous = "vigorous",
    Self::New = "new",
    Self::Tired = "tired",
    Self::Vulnerable = "vulnerable",
    Self::Disappointed = "disappointed",
    Self::OldIssue = "old-issue",
    Self::ShortTime = "short-time",
    Self::LittlePrivacy = "little-privacy",
    Self::Apart = "apart",
    Self::Closeness = "closeness",
    Self::Charged = "charged",
});
names!(Question {
    Self::FirstConnection = "first-connection",
    Self::Length = "length",
    Self::WhenToTalk = "when-to-talk",
    Self::UsualAfter = "usual-after",
    Self::Avoid = "avoid",
    Self::Review = "review",
});
names!(Remark { Self::Quiet = "quiet", Self::Distance = "distance" });
names!(Line {
    Self::Helps = "helps",
    Self::DoesNotHelp = "does-not-help",
    Self::Avoid = "avoid-also",
    Self::Wish = "wish",
});

impl Question {
    /// The ids of what can be picked. More may come with later versions; what is not known here is kept.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::FirstConnection => &["touch", "words", "quiet", "body", "space", "laughing", "being-asked"],
            Self::Length => &["short", "long", "into-next-day", "brief-is-enough"],
            Self::WhenToTalk => &["now", "later-today", "tomorrow", "when-i-bring-it-up"],
            Self::UsualAfter => &["sleepy", "hungry", "talkative", "tearful", "slow-to-come-down"],
            Self::Avoid => &[
                "phone-at-once",
                "getting-dressed-at-once",
                "falling-asleep-at-once",
                "jokes",
                "analysis",
                "leaving-the-room",
                "lights-on",
            ],
            Self::Review => &["every-month", "every-season", "every-half-year", "every-year", "when-i-ask"],
        }
    }
}
