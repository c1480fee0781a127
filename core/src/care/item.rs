//! What an item is about.
//!
//! | item | says |
//! |---|---|
//! | a stance on an activity, on one side, always or under one condition | a [`Stance`](super::Stance), and a note |
//! | a question: how I like to connect first, how long, when to talk, my usual after … | any of its choices, and a note |
//! | a remark: when I go quiet it means …, when I need distance it does not mean … | a note |
//! | a line, as many as one likes: words that help or don't, something to avoid, a wish | a note |
//!
//! An item's name is text, such as `stance/holding-hands/receive` or `line/wish/` and 32 hexadecimal digits. It stands in the
//! document, and the document's id follows from it, so that two phones of one person that begin the same item begin the same
//! document.

use core::fmt;
use core::str::FromStr;

use super::{Condition, Line, Question, Remark, Side, Stance, activities, catalogue};
use crate::error::{InvalidInput, NightstandError};

/// Which item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// How somebody feels about an activity.
    Stance {
        /// Its id in the [catalogue]: a lower-case word with hyphens.
        activity: String,
        /// On which side.
        side: Side,
        /// Under which condition; none: always. One under a condition only ever tightens what stands without.
        condition: Option<Condition>,
    },
    /// A question with choices.
    Question(Question),
    /// Something to say once.
    Remark(Remark),
    /// One of many.
    Line(Line, LineId),
}

/// Tells the lines of one kind apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId([u8; 16]);

impl LineId {
    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineId(…)")
    }
}

impl FromStr for LineId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(InvalidInput::Item.into())
    }
}

/// Longest id of an activity, in bytes.
const MOST_ACTIVITY_BYTES: usize = 64;

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stance { activity, side, condition: None } => write!(f, "stance/{activity}/{}", side.name()),
            Self::Stance { activity, side, condition: Some(condition) } => {
                write!(f, "stance/{activity}/{}/{}", side.name(), condition.name())
            }
            Self::Question(question) => write!(f, "question/{}", question.name()),
            Self::Remark(remark) => write!(f, "remark/{}", remark.name()),
            Self::Line(line, id) => write!(f, "line/{}/{id}", line.name()),
        }
    }
}

/// Names no activity: what somebody has said of which is theirs.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stance { .. } => "Item(stance)",
            Self::Question(_) => "Item(question)",
            Self::Remark(_) => "Item(remark)",
            Self::Line(..) => "Item(line)",
        })
    }
}

impl FromStr for Item {
    type Err = NightstandError;

    fn from_str(name: &str) -> Result<Self, NightstandError> {
        let parse = || -> Option<Self> {
            let parts: Vec<_> = name.split('/').collect();
            Some(match *parts.as_slice() {
                ["stance", activity, side] => Self::stance(activity, Side::from_name(side)?, None)?,
                ["stance", activity, side, condition] => {
                    Self::stance(activity, Side::from_name(side)?, Some(Condition::from_name(condition)?))?
                }
                ["question", question] => Self::Question(Question::from_name(question)?),
                ["remark", remark] => Self::Remark(Remark::from_name(remark)?),
                ["line", line, id] => Self::Line(Line::from_name(line)?, id.parse().ok()?),
                _ => return None,
            })
        };
        parse().ok_or(InvalidInput::Item.into())
    }
}

impl Item {
    fn stance(activity: &str, side: Side, condition: Option<Condition>) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=MOST_ACTIVITY_BYTES).contains(&activity.len()) && activity.bytes().all(plain);
        fits.then(|| Self::Stance { activity: activity.to_owned(), side, condition })
    }

    /// The stance that its documents hold, if it can say one: elsewhere a stance is there to be a change (see `review.rs`).
    pub(super) fn stance_of(&self, held: Option<Stance>) -> Option<Stance> {
        held.filter(|_| matches!(self, Self::Stance { .. }))
    }

    /// Is it one that this version knows, or of an own activity, so that something can be said about it? A partner with a newer
    /// version may share
    /// one that it does not know.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Stance { activity, .. } => catalogue::activity(activity).is_some() || activities::is_own(activity),
            Self::Question(_) | Self::Remark(_) | Self::Line(..) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let stances = catalogue::activities().iter().flat_map(|activity| {
            Side::ALL.iter().flat_map(move |side| {
                let conditions = Condition::ALL.iter().copied().map(Some).chain([None]);
                conditions.map(move |condition| Item::stance(activity.id, *side, condition).unwrap())
            })
        });
        let questions = Question::ALL.iter().copied().map(Item::Question);
        let remarks = Remark::ALL.iter().copied().map(Item::Remark);
        let lines = Line::ALL.iter().map(|line| Item::Line(*line, LineId([7; 16])));
        let mut names = std::collections::BTreeSet::new();
        for item in stances.chain(questions).chain(remarks).chain(lines) {
            assert_eq!(item.to_string().parse(), Ok(item.clone()));
            assert!(names.insert(item.to_string()));
        }
        let wrong =
            ["", "stance", "stance//give", "stance/Bath/give", "stance/bath/give/", "line/wish/12", "question/why"];
        for name in wrong {
            assert!(name.parse::<Item>().is_err(), "{name}");
        }
        let later = "stance/dancing/give".parse::<Item>().unwrap();
        assert!(!later.is_known());
    }
}
