//! Words for how one feels and what one's body says, to pick from in a check-in. Own words go beside them.
//!
//! An id stands in what people have saved, so it is never given another meaning and never taken away. How each is said is a
//! [text](crate::texts), `feeling-<id>` or `body-<id>`.
//!
//! ```
//! use nightstand::care::feelings::{feeling, feelings};
//!
//! assert!(feelings().iter().any(|one| one.id == "playful"));
//! // Answered with the text `answer-low`: all of this happens.
//! assert!(feeling("tearful").is_some_and(|one| one.is_low));
//! ```

/// A word for how one feels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Feeling {
    /// Its name in everything saved, such as `calm`.
    pub id: &'static str,
    /// Whoever picks it is answered, on their own phone, that all of this happens, whatever the desire or the satisfaction
    /// was (the text `answer-low`).
    pub is_low: bool,
}

/// All of them, in the order of a screen.
pub fn feelings() -> &'static [Feeling] {
    FEELINGS
}

/// The feeling with this id.
pub fn feeling(id: &str) -> Option<&'static Feeling> {
    FEELINGS.iter().find(|feeling| feeling.id == id)
}

/// The ids of the words for what the body says, in the order of a screen.
pub fn body_words() -> &'static [&'static str] {
    &["warm", "cold", "tense", "sore", "sensitive", "shaky", "thirsty", "hungry"]
}

macro_rules! feelings {
    (fine $($fine:literal)+; low $($low:literal)+;) => {
        &[$(Feeling { id: $fine, is_low: false },)+ $(Feeling { id: $low, is_low: true },)+]
    };
}

#[rustfmt::skip]
const FEELINGS: &[Feeling] = feelings! {
    fine "calm" "close" "content" "playful" "tender" "relieved" "loved" "safe" "grateful" "joyful" "seen" "energised"
        "elated" "sleepy" "tired" "exhausted";
    low "vulnerable" "tearful" "numb" "anxious" "overwhelmed" "confused" "uncertain" "insecure" "irritable" "distant"
        "disconnected" "used" "lonely" "disappointed" "ashamed" "sad";
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Ids stand in people's files: these lists only grow.
    #[test]
    fn no_word_is_taken_away() {
        let ids = || feelings().iter().map(|feeling| feeling.id).chain(body_words().iter().copied());
        let here: String = ids().map(|id| format!("{id}\n")).collect();
        assert_eq!(here, include_str!("feelings.txt"));
        assert_eq!(ids().collect::<BTreeSet<_>>().len(), ids().count());
        assert_eq!(ids().count(), 40);
    }

    #[test]
    fn being_tired_is_nothing_to_be_answered() {
        assert!(["sleepy", "tired", "exhausted", "calm"].iter().all(|id| !feeling(id).unwrap().is_low));
        assert!(["numb", "used", "sad"].iter().all(|id| feeling(id).unwrap().is_low));
        assert_eq!(feeling("happy"), None);
    }
}
