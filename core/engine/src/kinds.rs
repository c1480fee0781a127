//! The kinds of documents, and the change that each begins with.
//!
//! Every document begins with its kind's **first change**: a fixed change of the zero actor that makes the kind's
//! containers. It is compiled in, never sent and never altered. So two devices that begin the same document make the same
//! containers (two phones each making a map under one key would hide one of the two), no document pays for its containers
//! on the wire, and what a document is follows from what its first entry builds on.
//!
//! A later version may give a kind more scalars at its root, and may add kinds. It never gives a kind another container.

use automerge::{Automerge, ChangeHash, LoadOptions, TextEncoding};
use std::sync::OnceLock;

use crate::change;
use crate::hash::Hash;
use crate::ids::LogId;

/// A kind of document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A journal entry: `title` and `body` are texts, `tags` a map whose keys are the tags.
    JournalEntry,
    /// One item of a person's preferences: `note` is a text, `choices` a map whose keys are what was chosen.
    Preference,
    /// Something noted in a fixed form, such as a check-in or a ritual: `text` is a text, `marks` a map whose keys are what
    /// was ticked, `items` a map whose values are maps of scalars, one for each thing that it lists.
    Record,
}

/// The actor of every first change.
pub const ZERO_ACTOR: LogId = LogId::from_bytes([0; 16]);

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::JournalEntry, Self::Preference, Self::Record];

    /// The greatest number that stands for a kind.
    pub const NEWEST: u32 = Self::ALL.len() as u32;

    /// The greatest number that a peer knows which does not say.
    pub const KNOWN_TO_ALL: u32 = 1;

    /// The number that stands for the kind in files and frames.
    pub const fn number(self) -> u32 {
        match self {
            Self::JournalEntry => 1,
            Self::Preference => 2,
            Self::Record => 3,
        }
    }

    /// The kind with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The kind whose first change has this digest.
    pub fn from_first_change(digest: &Hash) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.first_change() == *digest)
    }

    /// The digest of its first change.
    pub fn first_change(self) -> Hash {
        change::hash_of(&self.template().1)
    }

    /// The number of the last operation of its first change.
    pub fn first_last_op(self) -> u64 {
        self.template().0.get_change_meta_by_hash(&self.template().1).map_or(0, |meta| meta.max_op)
    }

    /// A document with nothing but its first change. Text is counted in UTF-16 code units.
    pub fn new_document(self) -> Automerge {
        self.template().0.clone()
    }

    /// The chunk of its first change.
    const fn chunk(self) -> &'static [u8] {
        match self {
            Self::JournalEntry => include_bytes!("kinds/journal-entry.change"),
            Self::Preference => include_bytes!("kinds/preference.change"),
            Self::Record => include_bytes!("kinds/record.change"),
        }
    }

    fn template(self) -> &'static (Automerge, ChangeHash) {
        static TEMPLATES: [OnceLock<(Automerge, ChangeHash)>; Kind::ALL.len()] =
            [const { OnceLock::new() }; Kind::ALL.len()];
        TEMPLATES[self as usize].get_or_init(|| {
            let document = Automerge::load_with_options(self.chunk(), load_options()).expect("a test loads it");
            let hash = document.get_heads()[0];
            (document, hash)
        })
    }
}

/// How documents are loaded everywhere: text counted as NSString and Kotlin's String count it.
pub fn load_options() -> LoadOptions<'static> {
    LoadOptions::new().text_encoding(TextEncoding::Utf16CodeUnit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{AutoCommit, ObjType, ROOT, transaction::Transactable};

    /// The first change is part of the format: if this moves, two versions of the app no longer share documents.
    #[test]
    fn first_changes_are_pinned() {
        let hex = |kind: Kind| data_encoding::HEXLOWER.encode(kind.first_change().as_bytes());
        assert_eq!(hex(Kind::JournalEntry), "75164af5ced802150eb083843babde5b39655f7ac14177f0d4b593289b6efe7f");
        assert_eq!(hex(Kind::Preference), "e4bf7dddd220168d6ad701186365bff5eebfd947ce0b4af36b907b1d973909ea");
    }

    #[test]
    fn the_recorded_bytes_are_what_automerge_makes() {
        let containers: [(Kind, &[(&str, ObjType)]); Kind::ALL.len()] = [
            (Kind::JournalEntry, &[("body", ObjType::Text), ("tags", ObjType::Map), ("title", ObjType::Text)]),
            (Kind::Preference, &[("choices", ObjType::Map), ("note", ObjType::Text)]),
            (Kind::Record, &[("items", ObjType::Map), ("marks", ObjType::Map), ("text", ObjType::Text)]),
        ];
        for (kind, containers) in containers {
            let mut document = AutoCommit::new().with_actor(change::actor(&ZERO_ACTOR));
            for (key, kind) in containers {
                document.put_object(ROOT, *key, *kind).expect("a new root takes a container");
            }
            let change = document.get_last_local_change().expect("containers were made");
            assert_eq!(change.raw_bytes(), kind.chunk(), "{kind:?}");
        }
    }

    #[test]
    fn kinds_are_found_by_what_they_begin_with() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_first_change(&kind.first_change()), Some(kind));
            assert_eq!(Kind::from_number(kind.number()), Some(kind));
            assert!((1..=Kind::NEWEST).contains(&kind.number()));
        }
    }
}
