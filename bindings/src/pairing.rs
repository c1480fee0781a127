//! Pairing with a partner.

use std::net::SocketAddr;
use std::sync::Arc;

use nightstand::error::InvalidInput;
use nightstand::pairing as core;
use nightstand::pairing::{PartingChoice, Partner, QrCode, Stays};
use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::work::{Desk, Led, Shown};

/// Pairing of a vault with a partner's: an invite shown on one phone and scanned by the other, a code that both compare, and
/// a yes on both. Until both have confirmed, nothing that anybody wrote leaves a phone.
#[derive(uniffi::Object)]
pub struct Pairing(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Pairing {
    /// Makes an invite, good for ten minutes and for one phone.
    ///
    /// `name` is what the person wants to be called; the partner sees it. Errors: `AlreadyPaired`.
    pub async fn invite(&self, name: String) -> Result<Arc<PairingTalk>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(move |vault| Ok(PairingTalk::new(desk, vault.pairing().invite(&name)?))).await
    }

    /// Takes up an invite, from its link.
    ///
    /// Errors: `InvalidInput` for a link that is no invite, `PeerTooNew` for one of a newer version, `Refused` for one that
    /// has expired, `AlreadyPaired`.
    pub async fn join(&self, name: String, link: String) -> Result<Arc<PairingTalk>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(move |vault| Ok(PairingTalk::new(desk, vault.pairing().join(&name, &link)?))).await
    }

    /// On the phone of the partner of somebody who has lost all theirs: makes an invite for that person alone, good for ten
    /// minutes and for one phone. `name` is what the person here wants to be called. It goes on like a pairing, and makes none:
    /// the two have one.
    ///
    /// Errors: `NotPaired` unless both had confirmed a pairing; `Refused` if this phone was removed, or is not listed.
    pub async fn invite_back(&self, name: String) -> Result<Arc<PairingTalk>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(move |vault| Ok(PairingTalk::new(desk, vault.pairing().invite_back(&name)?))).await
    }

    /// On a new phone of somebody who has lost all theirs and has the recovery phrase: takes up an invite that the partner's
    /// phone made by `invite_back`. `words` are the 24 words; `this_device` is what this phone is called on others to come.
    ///
    /// Once both have confirmed, this is the vault of the phrase's person and its own phrase is void. The first sync, begun by
    /// `begin_again`, brings everything back that was shared; what was private is not among it. The devices that were lost are
    /// to be removed after that.
    ///
    /// Where the two phones do not belong together, `handle_frame` fails with `Refused` (`Device`), and the invite is used up.
    ///
    /// Errors: `InvalidInput` for words that are no phrase, for a link that is no invite, or one for something else; `PeerTooNew`;
    /// `Refused` for one that has expired, or if something was written here (`NotEmpty`): a backup is brought back in place of
    /// this, not before it.
    pub async fn join_back(
        &self,
        words: String,
        this_device: String,
        link: String,
    ) -> Result<Arc<PairingTalk>, NightstandError> {
        let (desk, words) = (Arc::clone(&self.0), Zeroizing::new(words));
        let joined = move |vault: &nightstand::vault::Vault| vault.pairing().join_back(&words, &this_device, &link);
        self.0.write(move |vault| Ok(PairingTalk::new(desk, joined(vault)?))).await
    }

    /// The partner, if there is one.
    pub async fn partner(&self) -> Result<Option<Partner>, NightstandError> {
        self.0.read(|vault| vault.pairing().partner()).await
    }

    /// Parts from the partner: at once, offline, without a word to the other phone, to which it looks like out of reach. When it
    /// returns, nothing of the two goes to the other any more, and what was to go is gone from this phone, from its search and
    /// from the free room of its file. Own devices hear of it with their next sync, and do the same. Coming back takes a new
    /// pairing, with the same person or another.
    ///
    /// What one said of oneself (preferences, boundaries) always stays, in Private. What is on the other phone, and what a
    /// person remembers or photographed, stays with them.
    ///
    /// While Private is locked it is done all the same: nobody should need a key to leave. What stays waits where it is then, and is
    /// copied once Private is unlocked; of this person's own everything stays, whatever `choice` says of it.
    ///
    /// Errors: `NotPaired`.
    pub async fn part(&self, choice: PartingChoice) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.pairing().part(&choice)).await
    }
}

/// One pairing. It is led or passes frames like a `Conversation`; the joining side speaks first.
#[derive(uniffi::Object)]
pub struct PairingTalk(pub(crate) Led<core::PairingTalk>);

impl PairingTalk {
    pub(crate) fn new(desk: Arc<Desk>, talk: core::PairingTalk) -> Arc<Self> {
        Arc::new(Self(Led::new(desk, talk)))
    }
}

impl Shown for core::PairingTalk {
    type Picture = (bool, core::PairingState);

    fn picture(&self) -> Self::Picture {
        (self.is_over(), self.state())
    }
}

#[uniffi::export]
impl PairingTalk {
    /// The invite as a link, with the addresses where this phone can be reached in this moment (at most four count). It holds
    /// a secret: show it to the partner alone. Of the joining side: the link that it was given, as it was.
    ///
    /// An address has a port, as in `192.168.1.7:4433` and `[fd00::7]:4433`. Errors: `InvalidInput` for another text.
    #[uniffi::method(default(addresses = []))]
    pub async fn link(&self, addresses: Vec<SocketAddr>) -> Result<String, NightstandError> {
        self.0.run(move |talk| Ok(talk.link(&addresses))).await
    }

    /// The link as a picture.
    ///
    /// Errors: as `link`.
    #[uniffi::method(default(addresses = []))]
    pub async fn qr(&self, addresses: Vec<SocketAddr>) -> Result<QrCode, NightstandError> {
        self.0.run(move |talk| talk.qr(&addresses)).await
    }

    /// The addresses that came with the invite, on the joining side. The inviting side has none.
    pub async fn inviter_addresses(&self) -> Result<Vec<SocketAddr>, NightstandError> {
        self.0.run(|talk| Ok(talk.inviter_endpoint().map(|(_, addresses)| addresses).unwrap_or_default())).await
    }

    /// Where it stands, as of the last call that has returned.
    pub fn state(&self) -> PairingState {
        self.0.picture().1.into()
    }

    /// Takes a frame of the other side in.
    ///
    /// After an error an inviter may go on with another connection, until `state()` says that it failed.
    pub async fn handle_frame(&self, frame: Vec<u8>) -> Result<(), NightstandError> {
        self.0.run(move |talk| talk.handle_frame(&frame)).await
    }

    /// The next frame to send; none until the other side, or the person, has said more.
    pub async fn poll_frame(&self) -> Result<Option<Vec<u8>>, NightstandError> {
        self.0.run(core::PairingTalk::poll_frame).await
    }

    /// The person says that both phones show the same code. Poll for frames afterwards.
    ///
    /// Errors: `AlreadyPaired` with somebody else meanwhile; `Refused`: `NotYet` before there is a code to compare, `Invite`
    /// when it was shown too long ago.
    pub async fn confirm(&self) -> Result<(), NightstandError> {
        self.0.run(core::PairingTalk::confirm).await
    }

    /// The person says no. The other phone is told: poll for frames afterwards.
    ///
    /// Errors: `AlreadyPaired` once this person has said yes.
    pub async fn refuse(&self) -> Result<(), NightstandError> {
        self.0.run(core::PairingTalk::refuse).await
    }

    /// Looks at the clock: an invite that has expired ends here. Call it now and then while the screen is open.
    pub async fn handle_timeout(&self) -> Result<(), NightstandError> {
        self.0.run(core::PairingTalk::handle_timeout).await
    }

    /// Is there nothing more to do? As of the last call that has returned.
    pub fn is_over(&self) -> bool {
        self.0.picture().0
    }
}

// A network address with its port, as a text.
uniffi::custom_type!(SocketAddr, String, {
    remote,
    try_lift: |text| {
        let invalid = NightstandError::InvalidInput { what: InvalidInput::Address };
        text.parse::<SocketAddr>().map_err(|_| invalid.into())
    },
    lower: |address| address.to_string(),
});

/// Where a pairing stands.
#[derive(uniffi::Enum)]
pub enum PairingState {
    /// The two phones have not met yet.
    Meeting,
    /// Show the code, and ask whether the other phone shows the same.
    Compare {
        /// What both phones show.
        code: Code,
        /// What the other side calls itself: unproven until the codes were compared.
        name: String,
    },
    /// This person has said yes, the other has not yet.
    Waiting,
    /// Both have said yes.
    Paired,
    /// One of the two said no.
    Refused,
    /// It came to nothing: expired, cut off, or somebody else answered.
    Failed,
}

/// What two people compare.
#[derive(uniffi::Record)]
pub struct Code {
    /// Four words, to be read aloud.
    pub words: Vec<String>,
    /// The same as digits.
    pub digits: String,
}

impl From<core::PairingState> for PairingState {
    fn from(state: core::PairingState) -> Self {
        match state {
            core::PairingState::Meeting => Self::Meeting,
            core::PairingState::Compare { code: core::Code { words, digits }, name } => {
                Self::Compare { code: Code { words: words.into(), digits }, name }
            }
            core::PairingState::Waiting => Self::Waiting,
            core::PairingState::Paired => Self::Paired,
            core::PairingState::Refused => Self::Refused,
            core::PairingState::Failed => Self::Failed,
        }
    }
}

/// Whether something stays.
#[uniffi::remote(Enum)]
pub enum Stays {
    /// It is copied to Private.
    Kept,
    /// It goes with the bond.
    LetGo,
}

/// What stays of what lived under a bond.
#[uniffi::remote(Record)]
pub struct PartingChoice {
    /// Entries and check-ins of one's own that stand nowhere but in what was shared.
    pub mine: Stays,
    /// What both wrote together: journal entries, sessions, rituals, songs, as they read today.
    pub together: Stays,
}

/// The person that a vault is paired with.
#[uniffi::remote(Record)]
pub struct Partner {
    /// What they want to be called. It may be empty.
    pub name: String,
    /// Have both said yes? Nothing is shared before.
    pub confirmed_by_both: bool,
}

/// A QR code: a square of dark and light modules.
#[uniffi::remote(Record)]
pub struct QrCode {
    /// Modules along one side.
    pub width: u32,
    /// `width` × `width` modules, line by line; true is dark. Leave a light margin of four modules around it.
    pub dark: Vec<bool>,
}
