//! What can go wrong, as an app sees it.

use nightstand::error::{
    Action, InvalidInput as InputFault, IoKind, NightstandError as CoreError, Refused as Refusal, Salvage,
};

/// Why a call failed. Nothing of what it was to do has happened, unless its own page says otherwise.
///
/// `code()` is a short name that never changes, `action()` says what the app can do about it, and `retryable()` whether the
/// same call may succeed later. No error holds anything that people wrote, a name, an id or a path: each may be logged.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Error)]
#[uniffi::export(Display)]
pub enum NightstandError {
    /// The key is not that of this vault.
    WrongKey,
    /// Somebody else has the vault open: another process, for example an extension, or another handle in this one.
    Locked,
    /// The vault is paused. It goes on after `resume`.
    Paused,
    /// The vault was locked, and its key is forgotten. It goes on after `unlock`.
    KeyNeeded,
    /// It is in Private, which is locked. It goes on after `unlock_private`.
    PrivateLocked,
    /// The vault was opened to read in it.
    ReadOnly,
    /// An earlier version of the app wrote the vault, and this is no place to bring it up to date: open it in the app itself
    /// once.
    MigrationNeeded,
    /// The vault was closed. Open it again.
    Closed,
    /// There is no room left on the device. What was there is unharmed.
    DiskFull,
    /// The file can't be read as it should. Keep it: it may be the only copy.
    Damaged {
        /// What can still be read, if that could be found out.
        salvage: Option<Salvage>,
    },
    /// A newer version of the app wrote the vault.
    NewerVersion {
        /// The vault's version.
        found: u32,
        /// The newest version that this app knows.
        supported: u32,
    },
    /// There is no such thing here.
    NotFound,
    /// It was deleted, here or by the partner. Nothing brings it back.
    Deleted,
    /// Only its writer may change it.
    NotYours,
    /// It is more than one entry, file or call may hold.
    TooLarge,
    /// Something handed in can't be used.
    InvalidInput {
        /// What, and why.
        what: InputFault,
    },
    /// There is no partner to do this with.
    NotPaired,
    /// There is a partner already.
    AlreadyPaired,
    /// Something else stands by now than the screen showed, or this vault does not know what the screen was drawn from.
    /// Nothing was written: draw the screen again, and wait for another tap.
    ChangedMeanwhile,
    /// The other phone's app is newer than this one can talk to.
    PeerTooNew,
    /// The other phone's app is too old to talk to.
    PeerTooOld,
    /// The other side, or the rules between the two, said no.
    Refused {
        /// What was refused.
        what: Refusal,
    },
    /// The other phone was not reached, or fell silent. What was handed over before stays.
    Unreachable,
    /// It was cancelled. What was done before stays, where the call does not say that it leaves all as it was.
    Cancelled,
    /// The file system failed.
    Io {
        /// How.
        kind: IoKind,
    },
    /// A mistake of ours.
    Internal {
        /// Which.
        what: String,
    },
}

#[uniffi::export]
impl NightstandError {
    /// A short name that never changes, such as `wrong_key`.
    pub fn code(&self) -> String {
        CoreError::from(self).code().into()
    }

    /// The key of the text that says it to people, for `Texts.say`: `input-…` and `refused-…` where it is known what can't be
    /// used or was refused, else `error-<code>`.
    pub fn text_key(&self) -> String {
        CoreError::from(self).text_key()
    }

    /// May the same call succeed later?
    pub fn retryable(&self) -> bool {
        CoreError::from(self).retryable()
    }

    /// What to do about it.
    pub fn action(&self) -> Action {
        CoreError::from(self).action()
    }

    /// One English line for a log. What people read is a text, by `text_key()`.
    pub fn describe(&self) -> String {
        self.to_string()
    }
}

impl core::fmt::Display for NightstandError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Internal { what } => write!(f, "internal error: {what}"),
            other => CoreError::from(other).fmt(f),
        }
    }
}

impl core::error::Error for NightstandError {}

/// What the app's own code throws into a call of ours is not looked at: it may quote what people wrote.
impl From<uniffi::UnexpectedUniFFICallbackError> for NightstandError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Internal { what: "the app's own code failed".into() }
    }
}

impl From<CoreError> for NightstandError {
    fn from(error: CoreError) -> Self {
        match error {
            CoreError::WrongKey => Self::WrongKey,
            CoreError::Locked => Self::Locked,
            CoreError::Paused => Self::Paused,
            CoreError::KeyNeeded => Self::KeyNeeded,
            CoreError::PrivateLocked => Self::PrivateLocked,
            CoreError::ReadOnly => Self::ReadOnly,
            CoreError::MigrationNeeded => Self::MigrationNeeded,
            CoreError::Closed => Self::Closed,
            CoreError::DiskFull => Self::DiskFull,
            CoreError::Damaged { salvage } => Self::Damaged { salvage },
            CoreError::NewerVersion { found, supported } => Self::NewerVersion { found, supported },
            CoreError::NotFound => Self::NotFound,
            CoreError::Deleted => Self::Deleted,
            CoreError::NotYours => Self::NotYours,
            CoreError::TooLarge => Self::TooLarge,
            CoreError::InvalidInput { what } => Self::InvalidInput { what },
            CoreError::NotPaired => Self::NotPaired,
            CoreError::AlreadyPaired => Self::AlreadyPaired,
            CoreError::ChangedMeanwhile => Self::ChangedMeanwhile,
            CoreError::PeerTooNew => Self::PeerTooNew,
            CoreError::PeerTooOld => Self::PeerTooOld,
            CoreError::Refused(what) => Self::Refused { what },
            CoreError::Unreachable => Self::Unreachable,
            CoreError::Cancelled => Self::Cancelled,
            CoreError::Io(kind) => Self::Io { kind },
            CoreError::Internal(what) => Self::Internal { what: what.into() },
        }
    }
}

impl From<&NightstandError> for CoreError {
    fn from(error: &NightstandError) -> Self {
        match error {
            NightstandError::WrongKey => Self::WrongKey,
            NightstandError::Locked => Self::Locked,
            NightstandError::Paused => Self::Paused,
            NightstandError::KeyNeeded => Self::KeyNeeded,
            NightstandError::PrivateLocked => Self::PrivateLocked,
            NightstandError::ReadOnly => Self::ReadOnly,
            NightstandError::MigrationNeeded => Self::MigrationNeeded,
            NightstandError::Closed => Self::Closed,
            NightstandError::DiskFull => Self::DiskFull,
            NightstandError::Damaged { salvage } => Self::Damaged { salvage: *salvage },
            NightstandError::NewerVersion { found, supported } => {
                Self::NewerVersion { found: *found, supported: *supported }
            }
            NightstandError::NotFound => Self::NotFound,
            NightstandError::Deleted => Self::Deleted,
            NightstandError::NotYours => Self::NotYours,
            NightstandError::TooLarge => Self::TooLarge,
            NightstandError::InvalidInput { what } => Self::InvalidInput { what: *what },
            NightstandError::NotPaired => Self::NotPaired,
            NightstandError::AlreadyPaired => Self::AlreadyPaired,
            NightstandError::ChangedMeanwhile => Self::ChangedMeanwhile,
            NightstandError::PeerTooNew => Self::PeerTooNew,
            NightstandError::PeerTooOld => Self::PeerTooOld,
            NightstandError::Refused { what } => Self::Refused(*what),
            NightstandError::Unreachable => Self::Unreachable,
            NightstandError::Cancelled => Self::Cancelled,
            NightstandError::Io { kind } => Self::Io(*kind),
            NightstandError::Internal { .. } => Self::Internal("see the text"),
        }
    }
}

/// What an app can do about an error.
#[uniffi::remote(Enum)]
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

/// What can still be read from a damaged file. Counts only.
#[uniffi::remote(Record)]
pub struct Salvage {
    /// How many pages of 4096 bytes the file has.
    pub pages: u64,
    /// How many of them are damaged.
    pub damaged_pages: u64,
    /// How many documents can be read, at least.
    pub documents: u64,
}

/// Which input can't be used, and why.
#[uniffi::remote(Enum)]
pub enum InputFault {
    /// A key that is not of 32 bytes, or an install mark that is not of 16.
    Key,
    /// A file that is not what it should be: for a vault another app's database; for an import a folder, or a file that is no
    /// Day One export, is damaged, or asks for a password.
    File,
    /// A path where there is something already. Nothing is overwritten.
    FileExists,
    /// A title over its limit.
    TitleTooLong,
    /// A title is one line.
    TitleOfSeveralLines,
    /// A text over its limit.
    TextTooLong,
    /// Styles that do not fit their text, or too many.
    Styles,
    /// A place in a text that is behind its end or inside a character, or a range that runs backwards.
    Position,
    /// A mood that is empty or over its limit.
    Mood,
    /// Too many tags, or one that is empty or over its limit.
    Tags,
    /// A time outside the years 1 to 9999, or an offset from UTC of more than 18 hours; the zone's name is not checked. Where
    /// something is set for later, a time that is past or absurdly far off; of what was, one that is still to come, or that
    /// belongs to nothing that was said.
    Date,
    /// Something said of an item of the preferences that it can't say, or an item that is none.
    Item,
    /// A text that is no id.
    Id,
    /// Something that can't be done with it as it stands, such as pausing a step that does not run, or
    /// setting aside a time that is over.
    State,
    /// Something that is over: a session that ended, a sealed reflection that lapsed.
    Ended,
    /// A session that is going on, where it has to have ended.
    Running,
    /// Something that one's partner is to look at and that is not shared with them.
    NotShared,
    /// An activity of one's own alone, where both have to have it: it is to be copied for both first.
    NotOfBoth,
    /// Something that is empty and may not be.
    Empty,
    /// One more than there is room for. Another goes in once one was taken away.
    Full,
    /// A word that is not in the list.
    Words,
    /// A number out of its range.
    Range,
    /// A check-in that says that something was not right, in a call that shares any other: `share_previewed` is for that.
    NotRight,
    /// A choice that the question does not have.
    Choices,
    /// An occasion to plan for that is out of range: its minutes, an energy, an own activity, or too much of something.
    Occasion,
    /// A link that is none, or of a kind that is not opened by a tap.
    Link,
    /// Something to search for that has no words, or too many.
    Query,
    /// A passphrase that is empty or too long.
    Passphrase,
    /// Bytes that are no wrapped key.
    WrappedKey,
    /// Words that are no recovery phrase.
    Phrase,
    /// The recovery phrase of another vault.
    AnotherPhrase,
    /// A text that is no invite.
    Invite,
    /// An invite for something else: for a device of one's own where a partner's is asked for, or the other way round.
    InvitePurpose,
    /// A text that is no network address, or no address of a relay.
    Address,
    /// An address where no mailbox can be, or one that credentials do not go to: without https, or with a name or password in it.
    MailboxPlace,
    /// A name, password, token or key that can't be sent as it is.
    Credentials,
    /// A text that is no tag of a language, such as `pt-BR`.
    Language,
    /// A file of texts that does not parse, or refers to what it does not hold.
    Texts,
    /// A text's parameter that is missing, too long or too large, or too many of them.
    Parameters,
}

/// What was refused.
#[uniffi::remote(Enum)]
pub enum Refusal {
    /// An invite that has expired, was used, or was withdrawn.
    Invite,
    /// A device that its person does not list.
    Device,
    /// Bytes that are not what they say.
    Bytes,
    /// A step that is not due yet: a yes to a pairing before there is a code to compare.
    NotYet,
    /// This phone was removed from its person's devices. What is on it stays readable here, and goes nowhere any more.
    Removed,
    /// Private is under no second key here, which this would be the proof of.
    NoSecondKey,
    /// This phone is not in its person's list of devices: it was restored. The recovery phrase lists it.
    NotListed,
    /// A vault in which something was written already can't become that of another person's.
    NotEmpty,
}

/// How the file system failed.
#[uniffi::remote(Enum)]
pub enum IoKind {
    /// The file or its folder can't be opened: it is not there, the app may not, or the locked phone protects it.
    NoAccess,
    /// The file can be read and not written.
    ReadOnly,
    /// Reading or writing failed.
    Device,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_keeps_its_name_on_the_way() {
        let kinds = [
            CoreError::WrongKey,
            CoreError::Locked,
            CoreError::Paused,
            CoreError::KeyNeeded,
            CoreError::PrivateLocked,
            CoreError::ReadOnly,
            CoreError::MigrationNeeded,
            CoreError::Closed,
            CoreError::DiskFull,
            CoreError::Damaged { salvage: Some(Salvage { pages: 3, damaged_pages: 1, documents: 2 }) },
            CoreError::NewerVersion { found: 9, supported: 1 },
            CoreError::NotFound,
            CoreError::Deleted,
            CoreError::NotYours,
            CoreError::TooLarge,
            CoreError::InvalidInput { what: InputFault::Mood },
            CoreError::NotPaired,
            CoreError::AlreadyPaired,
            CoreError::ChangedMeanwhile,
            CoreError::PeerTooNew,
            CoreError::PeerTooOld,
            CoreError::Refused(Refusal::Device),
            CoreError::Refused(Refusal::NotYet),
            CoreError::Unreachable,
            CoreError::Cancelled,
            CoreError::Io(IoKind::ReadOnly),
            CoreError::Internal("why"),
        ];
        for kind in kinds {
            let told = NightstandError::from(kind);
            assert_eq!((told.code().as_str(), told.action()), (kind.code(), kind.action()));
            assert_eq!((told.retryable(), told.describe()), (kind.retryable(), kind.to_string()));
            assert_eq!(told.text_key(), kind.text_key());
        }
    }
}
