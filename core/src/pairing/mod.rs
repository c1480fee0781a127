//! Pairing with a partner: an invite shown on one phone and scanned by the other, a code that both compare, and a yes on
//! both.
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! # let (alex, sam): (nightstand::vault::Vault, nightstand::vault::Vault) = unimplemented!();
//! use nightstand::pairing::PairingState;
//!
//! let mut on_alex = alex.pairing().invite("Alex")?;
//! let mut on_sam = sam.pairing().join("Sam", &on_alex.link(&[]))?;
//! // … pass frames between the two until each shows the code. The side that joins speaks first …
//! if let PairingState::Compare { code, .. } = on_alex.state() {
//!     println!("{}", code.words.join(" "));
//! }
//! // … both look at both screens, and say that it is the same:
//! on_alex.confirm()?;
//! on_sam.confirm()?;
//! # Ok(())
//! # }
//! ```
//!
//! Until both have confirmed, nothing that anybody wrote leaves a phone.

mod back;
mod part;
mod qr;
mod talk;

pub(crate) use part::follow_partings;
pub use part::{PartingChoice, Stays};
pub use qr::QrCode;
pub use talk::{Code, PairingState, PairingTalk};

use nightstand_engine::pairing::invite::Purpose;

use crate::error::NightstandError;
use crate::store::BondState;
use crate::vault::Vault;

/// Pairing of a vault with a partner's.
#[derive(Clone)]
pub struct Pairing {
    vault: Vault,
}

/// The person that a vault is paired with.
#[derive(Clone, PartialEq, Eq)]
pub struct Partner {
    /// What they want to be called. It may be empty.
    pub name: String,
    /// Have both said yes? Nothing is shared before.
    pub confirmed_by_both: bool,
}

impl core::fmt::Debug for Partner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Partner(confirmed by both: {})", self.confirmed_by_both)
    }
}

impl Vault {
    /// Pairing with a partner.
    pub fn pairing(&self) -> Pairing {
        Pairing { vault: self.clone() }
    }
}

impl Pairing {
    /// Makes an invite, good for ten minutes and for one phone.
    ///
    /// `name` is what the person wants to be called; the partner sees it. Errors: `AlreadyPaired`.
    pub fn invite(&self, name: &str) -> Result<PairingTalk, NightstandError> {
        self.check_alone()?;
        PairingTalk::invite(&self.vault, name, Purpose::Partner, None)
    }

    /// Takes up an invite.
    ///
    /// Errors: `InvalidInput` for a link that is no invite, or is one for a device of one's own, `PeerTooNew` for one of a newer version, `Refused` for one that
    /// has expired, `AlreadyPaired`.
    pub fn join(&self, name: &str, link: &str) -> Result<PairingTalk, NightstandError> {
        self.check_alone()?;
        PairingTalk::join(&self.vault, name, link)
    }

    /// The partner, if there is one.
    pub fn partner(&self) -> Result<Option<Partner>, NightstandError> {
        let now = self.vault.now_ms();
        self.vault.read(|rows, _| {
            let standing = rows.standing_bond(now)?;
            Ok(standing.map(|bond| Partner { confirmed_by_both: bond.state == BondState::Held, name: bond.name }))
        })
    }

    /// One bond at a time: who is paired can't be paired with somebody else. An offer that the other side never confirmed
    /// does not stand in the way of a new one.
    pub(super) fn check_alone(&self) -> Result<(), NightstandError> {
        match self.partner()? {
            Some(Partner { confirmed_by_both: true, .. }) => Err(NightstandError::AlreadyPaired),
            _ => Ok(()),
        }
    }
}
