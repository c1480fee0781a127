//! Coming back: a person who has their recovery phrase, and no device any more, meets the phone of the partner they had.
//!
//! No bond is made: the two have one. The partner's phone invites, and lets nobody in but the person of that bond, who shows by
//! their root that they are. Once both have compared the code and confirmed, it **hands over** what the new phone can't know
//! without it: which devices that person has, as they signed it last, and under which bond and keys this phone is to be found.
//! The new phone then signs the next roster, which lists it, and all else comes with the first session under the bond.
//!
//! ```text
//! proof  := person (32) · signature of its root (64) over the pairing's bond and the device, which no other pairing has
//! HANDED := roster of the person who comes back     one of these each, the one that counts first
//! BOND   := record   1 bond · 2 since · 3 the inviter's keys under it
//! ```

use std::sync::Arc;

use super::PairingError;
use crate::hash::Label;
use crate::ids::{BondId, DeviceId, PersonId};
use crate::keys::{self, Root};
use crate::roster::{DeviceRecord, Membership, RosterError, SignedRoster, to_be_signed};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Which end of it this is.
#[derive(Clone)]
pub enum Back {
    /// Of the one who comes back: the root of their phrase.
    Comes(Arc<Root>),
    /// Of the partner's phone: whom it waits for.
    Awaits(PersonId),
}

/// What the partner's phone hands over.
#[derive(Clone, PartialEq, Eq)]
pub struct Handover {
    /// The devices of the person who comes back, as far as the partner's phone knows.
    pub theirs: Membership,
    /// The bond that the two have.
    pub bond: BondId,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// The partner's phone under that bond.
    pub record: DeviceRecord,
}

impl core::fmt::Debug for Handover {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Handover({:?})", self.bond)
    }
}

impl Handover {
    pub(super) fn bond_to_bytes(&self) -> Vec<u8> {
        let mut since = Writer::new();
        since.signed(self.since_ms);
        let mut writer = Writer::new();
        writer.field(1, Unknown::Refuse, self.bond.as_bytes()).field(2, Unknown::Skip, &since.finish()).field(
            3,
            Unknown::Refuse,
            self.record.as_bytes(),
        );
        writer.finish()
    }

    /// What came, if it is about this person, and from the device of this partner that was introduced.
    pub(super) fn read(
        bond: &[u8],
        theirs: Option<Membership>,
        me: PersonId,
        partner: &SignedRoster,
        device: &DeviceId,
    ) -> Result<Self, PairingError> {
        let mut fields = Record::parse(bond)?;
        let bond = BondId::from_bytes(fields.array(1)?);
        let since_ms = fields.field(2).map(|bytes| Reader::new(bytes).signed()).transpose()?.unwrap_or_default();
        let record = DeviceRecord::parse(fields.required(3)?)?;
        fields.finish()?;
        let theirs = theirs.filter(|theirs| theirs.person() == me).ok_or(RosterError::NotTheirs)?;
        if record.bond != bond || record.device != *device || !partner.lists(device) {
            return Err(RosterError::NotTheirs.into());
        }
        Ok(Self { theirs, bond, since_ms, record })
    }
}

/// Shows that this device is in the hands of who has the root.
pub(super) fn proof(root: &Root, bond: &BondId, device: &DeviceId) -> Vec<u8> {
    let mut bytes = root.person().as_bytes().to_vec();
    bytes.extend(root.sign(&signed(bond, device)));
    bytes
}

/// Whose root made this, for this pairing and device.
pub(super) fn proven(bytes: &[u8], bond: &BondId, device: &DeviceId) -> Result<PersonId, PairingError> {
    let mut reader = Reader::new(bytes);
    let (person, signature) = (reader.array::<32>()?, reader.array::<64>()?);
    if !reader.is_empty() {
        return Err(WireError::Malformed.into());
    }
    if !keys::signature_holds(&person, &signed(bond, device), &signature) {
        return Err(RosterError::Forged.into());
    }
    Ok(PersonId::from_bytes(person))
}

fn signed(bond: &BondId, device: &DeviceId) -> [u8; 32] {
    to_be_signed(Label::ComingBack, &[&bond.as_bytes()[..], &device.as_bytes()[..]].concat())
}
