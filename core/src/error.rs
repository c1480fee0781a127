//! What can go wrong, as an app sees it.
//!
//! There are few kinds, each because an app does something different about it; [`NightstandError::action`] says what. No
//! error holds anything that people wrote, a name, an id or a path, so each may be logged as it is.
//!
//! None of these enums is `non_exhaustive`: the binding and the apps match every kind, and one that is added must not compile
//! until each of them says what it does about it. That makes a new kind a breaking change, which to an app it is.

mod inside;

use crate::names::names;

/// Why a call failed. Nothing of what it was to do has happened, unless its own page says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NightstandError {
    /// The key is not that of this vault.
    #[error("the key does not open this vault")]
    WrongKey,
    /// Somebody else has the vault open: another process, for example an extension, or another handle in this one.
    #[error("the vault is open elsewhere")]
    Locked,
    /// The vault is paused. It goes on after `resume`.
    #[error("the vault is paused")]
    Paused,
    /// The vault was locked, and its key is forgotten. It goes on after `unlock`.
    #[error("the vault is locked and needs its key")]
    KeyNeeded,
    /// It is in Private, which is locked. It goes on after `unlock_private`.
    #[error("Private is locked and needs its second key")]
    PrivateLocked,
    /// The vault was opened to read in it.
    #[error("the vault was opened for reading alone")]
    ReadOnly,
    /// An earlier version of the app wrote the vault, and this is no place to bring it up to date: open it in the app itself
    /// once.
    #[error("the vault has to be brought up to date in the app itself")]
    MigrationNeeded,
    /// The vault was closed. Open it again.
    #[error("the vault is closed")]
    Closed,
    /// There is no room left on the device. What was there is unharmed.
    #[error("no room is left on the device")]
    DiskFull,
    /// The file can't be read as it should. Keep it: it may be the only copy.
    #[error("the vault's file is damaged")]
    Damaged {
        /// What can still be read, if that could be found out.
        salvage: Option<Salvage>,
    },
    /// A newer version of the app wrote the vault.
    #[error("the vault is of version {found}, this app knows versions up to {supported}")]
    NewerVersion {
        /// The vault's version.
        found: u32,
        /// The newest version that this app knows.
        supported: u32,
    },
    /// There is no such thing here.
    #[error("not found")]
    NotFound,
    /// It was deleted, here or by the partner. Nothing brings it back.
    #[error("it was deleted")]
    Deleted,
    /// Only its writer may change it.
    #[error("somebody else's to change")]
    NotYours,
    /// It is more than one entry, file or call may hold.
    #[error("too large")]
    TooLarge,
    /// Something handed in can't be used.
    #[error("an input can't be used: {what}")]
    InvalidInput {
        /// What, and why.
        what: InvalidInput,
    },
    /// There is no partner to do this with.
    #[error("not paired")]
    NotPaired,
    /// There is a partner already.
    #[error("already paired")]
    AlreadyPaired,
    /// Something else stands by now than the screen showed, or this vault does not know what the screen was drawn from.
    /// Nothing was written: draw the screen again, and wait for another tap.
    #[error("it changed meanwhile")]
    ChangedMeanwhile,
    /// The other phone's app is newer than this one can talk to.
    #[error("the other phone has a newer app")]
    PeerTooNew,
    /// The other phone's app is too old to talk to.
    #[error("the other phone has an older app")]
    PeerTooOld,
    /// The other side, or the rules between the two, said no.
    #[error("refused: {0}")]
    Refused(Refused),
    /// The other phone was not reached, or fell silent. What was handed over before stays.
    #[error("the other phone is out of reach")]
    Unreachable,
    /// It was cancelled. What was done before stays, where the call does not say that it leaves all as it was.
    #[error("cancelled")]
    Cancelled,
    /// The file system failed.
    #[error("the file system failed: {0}")]
    Io(IoKind),
    /// A mistake of ours.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl From<InvalidInput> for NightstandError {
    fn from(what: InvalidInput) -> Self {
        Self::InvalidInput { what }
    }
}

/// What can still be read from a damaged file. Counts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salvage {
    /// How many pages of 4096 bytes the file has.
    pub pages: u64,
    /// How many of them are damaged.
    pub damaged_pages: u64,
    /// How many documents can be read, at least.
    pub documents: u64,
}

/// Which input can't be used, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInput {
    /// A key that is not of 32 bytes, or an install mark that is not of 16. In Rust their types see to that.
    #[error("a key or an install mark of the wrong length")]
    Key,
    /// A file that is not what it should be: for a vault another app's database; for an import a folder, or a file that is no
    /// Day One export, is damaged, or asks for a password.
    #[error("a file that is not what it should be")]
    File,
    /// A path where there is something already. Nothing is overwritten.
    #[error("a file that is there already")]
    FileExists,
    /// A title over its limit.
    #[error("a title that is too long")]
    TitleTooLong,
    /// A title is one line.
    #[error("a title of several lines")]
    TitleOfSeveralLines,
    /// A text over its limit.
    #[error("a text that is too long")]
    TextTooLong,
    /// Styles that do not fit their text, or too many.
    #[error("styles that do not fit their text, or too many")]
    Styles,
    /// A place in a text that is behind its end or inside a character, or a range that runs backwards.
    #[error("a place that is not in the text, or inside a character")]
    Position,
    /// A mood that is empty or over its limit.
    #[error("a mood that is empty or too long")]
    Mood,
    /// Too many tags, or one that is empty or over its limit.
    #[error("too many tags, or one that is empty or too long")]
    Tags,
    /// A time outside the years 1 to 9999, or an offset from UTC of more than 18 hours; the zone's name is not checked. Where
    /// something is set for later, a time that is past or absurdly far off; of what was, one that is still to come, or that
    /// belongs to nothing that was said.
    #[error("a time that can't be meant here")]
    Date,
    /// Something said of an item of the preferences that it can't say, or an item that is none.
    #[error("an item that can't say this")]
    Item,
    /// A text that is no id.
    #[error("no id")]
    Id,
    /// Something that can't be done with it as it stands, such as pausing a step that does not run, or
    /// setting aside a time that is over.
    #[error("not as it stands")]
    State,
    /// Something that is over: a session that ended, a sealed reflection that lapsed.
    #[error("it is over")]
    Ended,
    /// A session that is going on, where it has to have ended.
    #[error("it is going on")]
    Running,
    /// Something that one's partner is to look at and that is not shared with them.
    #[error("not shared")]
    NotShared,
    /// An activity of one's own alone, where both have to have it: it is to be copied for both first.
    #[error("one's own alone")]
    NotOfBoth,
    /// Something that is empty and may not be.
    #[error("empty")]
    Empty,
    /// One more than there is room for. Another goes in once one was taken away.
    #[error("no room for another")]
    Full,
    /// A word that is not in the list.
    #[error("words that are not in the list")]
    Words,
    /// A number out of its range.
    #[error("a number out of its range")]
    Range,
    /// A check-in that says that something was not right, in a call that shares any other.
    #[error("what was not right is not shared with the call for any other")]
    NotRight,
    /// A choice that the question does not have.
    #[error("a choice that the question does not have")]
    Choices,
    /// An occasion to plan for that is out of range: its minutes, an energy, an own activity, or too much of something.
    #[error("an occasion out of range")]
    Occasion,
    /// A link that is none, or of a kind that is not opened by a tap.
    #[error("a link that may not be opened")]
    Link,
    /// Something to search for that has no words, or too many.
    #[error("nothing to search for, or too much")]
    Query,
    /// A passphrase that is empty or too long.
    #[error("a passphrase that is empty or too long")]
    Passphrase,
    /// Bytes that are no wrapped key.
    #[error("no wrapped key")]
    WrappedKey,
    /// Words that are no recovery phrase.
    #[error("no recovery phrase")]
    Phrase,
    /// The recovery phrase of another vault.
    #[error("another vault's recovery phrase")]
    AnotherPhrase,
    /// A text that is no invite.
    #[error("no invite")]
    Invite,
    /// An invite for something else: for a device of one's own where a partner's is asked for, or the other way round.
    #[error("an invite for something else")]
    InvitePurpose,
    /// A text that is no network address, or no address of a relay.
    #[error("no network address")]
    Address,
    /// An address where no mailbox can be, or one that credentials do not go to: without https, or with a name or password in it.
    #[error("no place for a mailbox")]
    MailboxPlace,
    /// A name, password, token or key that can't be sent as it is.
    #[error("credentials that can't be sent")]
    Credentials,
    /// A text that is no tag of a language, such as `pt-BR`.
    #[error("no language")]
    Language,
    /// A file of texts that does not parse, or refers to what it does not hold.
    #[error("a file of texts that can't be used")]
    Texts,
    /// A text's parameter that is missing, too long or too large, or too many of them.
    #[error("parameters that do not fit their text")]
    Parameters,
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An invite that has expired, was used, or was withdrawn.
    #[error("the invite is no longer good")]
    Invite,
    /// A device that its person does not list.
    #[error("the device is not listed")]
    Device,
    /// Bytes that are not what they say.
    #[error("bytes that are not what they say")]
    Bytes,
    /// A step that is not due yet: a yes to a pairing before there is a code to compare.
    #[error("it is not due yet")]
    NotYet,
    /// This phone was removed from its person's devices. What is on it stays readable here, and goes nowhere any more.
    #[error("this phone was removed from its person's devices")]
    Removed,
    /// Private is under no second key here, which this would be the proof of.
    #[error("Private is under no second key")]
    NoSecondKey,
    /// This phone is not in its person's list of devices: it was restored. The recovery phrase lists it.
    #[error("this phone is not in its person's list of devices")]
    NotListed,
    /// A vault in which something was written already can't become that of another person's.
    #[error("something was written here already")]
    NotEmpty,
}

/// How the file system failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IoKind {
    /// The file or its folder can't be opened: it is not there, the app may not, or the locked phone protects it.
    #[error("no access")]
    NoAccess,
    /// The file can be read and not written.
    #[error("it can only be read")]
    ReadOnly,
    /// Reading or writing failed.
    #[error("reading or writing went wrong")]
    Device,
}

/// What an app can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Try again later, or after `resume`.
    Wait,
    /// Open the vault, with its key.
    Unlock,
    /// Ask the person to free space.
    FreeSpace,
    /// Update the app on this phone.
    UpdateThisApp,
    /// Update the app on the other phone.
    UpdateOtherPhone,
    /// Link this phone with the partner's.
    Pair,
    /// Let the person choose something else.
    ChooseAgain,
    /// Show the page on support.
    ShowSupport,
}

names!(InvalidInput {
    Self::Key = "key",
    Self::File = "file",
    Self::FileExists = "file-exists",
    Self::TitleTooLong = "title-too-long",
    Self::TitleOfSeveralLines = "title-of-several-lines",
    Self::TextTooLong = "text-too-long",
    Self::Styles = "styles",
    Self::Position = "position",
    Self::Mood = "mood",
    Self::Tags = "tags",
    Self::Date = "date",
    Self::Item = "item",
    Self::Id = "id",
    Self::State = "state",
    Self::Ended = "ended",
    Self::Running = "running",
    Self::NotShared = "not-shared",
    Self::NotOfBoth = "not-of-both",
    Self::Empty = "empty",
    Self::Full = "full",
    Self::Words = "words",
    Self::Range = "range",
    Self::NotRight = "not-right",
    Self::Choices = "choices",
    Self::Query = "query",
    Self::Passphrase = "passphrase",
    Self::WrappedKey = "wrapped-key",
    Self::Phrase = "phrase",
    Self::AnotherPhrase = "another-phrase",
    Self::Invite = "invite",
    Self::InvitePurpose = "invite-purpose",
    Self::Address = "address",
    Self::MailboxPlace = "mailbox-place",
    Self::Credentials = "credentials",
    Self::Language = "language",
    Self::Texts = "texts",
    Self::Parameters = "parameters",
    Self::Occasion = "occasion",
    Self::Link = "link",
});
names!(Refused {
    Self::Invite = "invite",
    Self::Device = "device",
    Self::Bytes = "bytes",
    Self::NotYet = "not-yet",
    Self::Removed = "removed",
    Self::NotListed = "not-listed",
    Self::NotEmpty = "not-empty",
    Self::NoSecondKey = "no-second-key",
});
names!(Action {
    Self::Wait = "wait",
    Self::Unlock = "unlock",
    Self::FreeSpace = "free-space",
    Self::UpdateThisApp = "update-this-app",
    Self::UpdateOtherPhone = "update-other-phone",
    Self::Pair = "pair",
    Self::ChooseAgain = "choose-again",
    Self::ShowSupport = "show-support",
});

macro_rules! codes {
    ($($kind:pat => $code:literal),+ $(,)?) => {
        /// All codes.
        pub const CODES: &'static [&'static str] = &[$($code),+];

        /// A short name that never changes, for tests of kinds and keys of texts.
        pub fn code(&self) -> &'static str {
            match self { $($kind => $code),+ }
        }
    };
}

impl NightstandError {
    codes! {
        Self::WrongKey => "wrong_key",
        Self::Locked => "locked",
        Self::Paused => "paused",
        Self::KeyNeeded => "key_needed",
        Self::PrivateLocked => "private_locked",
        Self::ReadOnly => "read_only",
        Self::MigrationNeeded => "migration_needed",
        Self::Closed => "closed",
        Self::DiskFull => "disk_full",
        Self::Damaged { .. } => "damaged",
        Self::NewerVersion { .. } => "newer_version",
        Self::NotFound => "not_found",
        Self::Deleted => "deleted",
        Self::NotYours => "not_yours",
        Self::TooLarge => "too_large",
        Self::InvalidInput { .. } => "invalid_input",
        Self::NotPaired => "not_paired",
        Self::AlreadyPaired => "already_paired",
        Self::ChangedMeanwhile => "changed_meanwhile",
        Self::PeerTooNew => "peer_too_new",
        Self::PeerTooOld => "peer_too_old",
        Self::Refused(_) => "refused",
        Self::Unreachable => "unreachable",
        Self::Cancelled => "cancelled",
        Self::Io(_) => "io",
        Self::Internal(_) => "internal",
    }

    /// The key of the [text](crate::texts) that says it to people: `input-<name>` and `refused-<name>` where it is known what
    /// can't be used or was refused, else `error-<code>`.
    pub fn text_key(&self) -> String {
        match self {
            Self::InvalidInput { what } => format!("input-{}", what.name()),
            Self::Refused(what) => format!("refused-{}", what.name()),
            other => format!("error-{}", other.code()),
        }
    }

    /// May the same call succeed later?
    pub fn retryable(&self) -> bool {
        matches!(
            self,
            Self::Locked
                | Self::Paused
                | Self::KeyNeeded
                | Self::PrivateLocked
                | Self::MigrationNeeded
                | Self::DiskFull
                | Self::Refused(Refused::NotYet)
                | Self::Unreachable
                | Self::Cancelled
                | Self::Io(_)
        )
    }

    /// What to do about it.
    pub fn action(&self) -> Action {
        match self {
            Self::Locked
            | Self::Paused
            | Self::MigrationNeeded
            | Self::Refused(Refused::NotYet)
            | Self::Unreachable
            | Self::Cancelled
            | Self::Io(IoKind::Device) => Action::Wait,
            Self::WrongKey | Self::KeyNeeded | Self::PrivateLocked | Self::Closed | Self::Io(IoKind::NoAccess) => {
                Action::Unlock
            }
            Self::DiskFull => Action::FreeSpace,
            Self::NewerVersion { .. } | Self::PeerTooNew => Action::UpdateThisApp,
            Self::PeerTooOld => Action::UpdateOtherPhone,
            Self::NotPaired => Action::Pair,
            Self::NotFound
            | Self::Deleted
            | Self::NotYours
            | Self::TooLarge
            | Self::InvalidInput { .. }
            | Self::ChangedMeanwhile
            | Self::Refused(
                Refused::Invite
                | Refused::Device
                | Refused::Bytes
                | Refused::NotEmpty
                | Refused::NotListed
                | Refused::NoSecondKey,
            ) => Action::ChooseAgain,
            Self::Damaged { .. }
            | Self::ReadOnly
            | Self::Refused(Refused::Removed)
            | Self::AlreadyPaired
            | Self::Io(IoKind::ReadOnly)
            | Self::Internal(_) => Action::ShowSupport,
        }
    }
}
