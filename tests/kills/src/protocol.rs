//! What the runner and a phone say to each other: one JSON object a line, over the phone's standard input and output.
//!
//! A phone says that something is done **after** the call for it returned: whatever stands in the pipe when it is killed has
//! been acknowledged to an app.

use serde::{Deserialize, Serialize};

/// What a phone is to do.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Begin a pairing, or take an invite up.
    Invite,
    Join {
        link: String,
    },
    /// Both codes are the same.
    Confirm,
    /// Share a Day One export.
    Import {
        file: std::path::PathBuf,
    },
    /// Write an entry with this title; its text follows from it.
    Write {
        title: String,
        sharing: Sharing,
    },
    /// Begin or answer a conversation, which passes its frames through the runner.
    Talk {
        side: Side,
        live: bool,
    },
    /// A frame of the other phone's, in base64.
    Frame {
        base64: String,
    },
    /// The road is gone.
    HangUp,
    /// Type into these entries until something else is said.
    Type {
        private: String,
        joint: String,
        seed: u64,
    },
    /// Type no more, and save.
    Rest,
    /// The texts of these entries.
    Look {
        ids: Vec<String>,
    },
    /// What both share, in sum.
    Sum,
    /// Close the vault and end.
    Close,
}

/// What a phone says.
#[derive(Serialize, Deserialize, Debug)]
#[serde(tag = "said", rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The vault is open.
    Open,
    Done,
    Failed {
        text: String,
    },
    Invite {
        link: String,
    },
    Code {
        words: Vec<String>,
    },
    Paired,
    Imported {
        entries: u64,
    },
    Written {
        id: String,
        title: String,
    },
    Frame {
        base64: String,
    },
    /// The other phone has acknowledged so many of this one's log entries in this conversation.
    HandedOver {
        entries: u64,
    },
    /// The conversation is over.
    Over {
        all_handed_over: bool,
    },
    /// So many letters were typed, and are in memory.
    Typed {
        id: String,
        letters: u64,
    },
    /// So many letters are in the file.
    Saved {
        id: String,
        letters: u64,
    },
    /// In the order of the question. None where there is no such entry.
    Texts {
        texts: Vec<Option<String>>,
    },
    Sum(Sum),
}

/// What both share, in sum.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sum {
    pub(crate) documents: u64,
    pub(crate) digest: String,
}

/// Where an entry goes.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sharing {
    Private,
    Shared,
    Joint,
}

/// Who calls.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    Calls,
    Answers,
}

/// How the title of an entry begins that is typed into.
pub(crate) const PAGE: &str = "page";

/// The text of an entry that is written under this title: none of one that is typed into.
pub(crate) fn text_of(title: &str) -> String {
    if title.starts_with(PAGE) {
        return String::new();
    }
    format!("What {title} says: we lay there for a while, and nobody looked at a phone.")
}
