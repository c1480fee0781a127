//! What the two sides say of themselves.
//!
//! ```text
//! introduction := record   1 roster (missing on a device without a person) · 2 device record · 3 name
//!                          4 to an own device: this one's keys among own devices · 5 of who comes back: their proof
//! ```

use super::PairingError;
use super::back::{self, Back};
use super::invite::Purpose;
use crate::ids::BondId;
use crate::keys::DeviceKeys;
use crate::roster::{DeviceRecord, RosterError, SignedRoster};
use crate::wire::{Record, Unknown, WireError, Writer};

/// Most characters of a name.
const NAME_CHARS: usize = 64;

/// Who stands at this end.
#[derive(Clone)]
pub struct Me {
    /// This person's roster, which lists this device. Missing on a device that is to be added to a person's.
    pub roster: Option<SignedRoster>,
    /// This device.
    pub device: DeviceKeys,
    /// What the person wants to be called. [`display_name`] is applied to it.
    pub name: String,
    /// In a pairing by which somebody comes back, and in no other.
    pub back: Option<Back>,
}

impl Me {
    pub(super) fn check(&self, purpose: Purpose) -> Result<(), PairingError> {
        match (&self.roster, &self.back) {
            (None, _) if purpose == Purpose::Partner => Err(PairingError::NoPerson),
            (None, None | Some(Back::Awaits(_))) | (Some(_), None | Some(Back::Comes(_)))
                if purpose == Purpose::Return =>
            {
                Err(PairingError::NoPerson)
            }
            (Some(roster), _) if !roster.lists(&self.device.device()) => Err(RosterError::NotTheirs.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn introduction(&self, bond: BondId, purpose: Purpose) -> Vec<u8> {
        let mut writer = Writer::new();
        if let Some(roster) = &self.roster {
            writer.field(1, Unknown::Refuse, roster.as_bytes());
        }
        writer.field(2, Unknown::Refuse, DeviceRecord::sign(&self.device, bond).as_bytes()).field(
            3,
            Unknown::Skip,
            display_name(&self.name).as_bytes(),
        );
        if let Some(roster) = self.roster.as_ref().filter(|_| purpose == Purpose::OwnDevice) {
            let own = BondId::of_own_devices(&roster.roster().person);
            writer.field(4, Unknown::Skip, DeviceRecord::sign(&self.device, own).as_bytes());
        }
        if let (Purpose::Return, Some(Back::Comes(root))) = (purpose, &self.back) {
            writer.field(5, Unknown::Refuse, &back::proof(root, &bond, &self.device.device()));
        }
        writer.finish()
    }
}

/// A name as it is sent and shown: one line of at most 64 characters, without the invisible ones that turn text around.
pub fn display_name(text: &str) -> String {
    let visible = text.chars().filter(|char| !turns_text_around(*char));
    let spaced: String = visible.map(|char| if char.is_control() { ' ' } else { char }).collect();
    let one_line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(NAME_CHARS).collect::<String>().trim_end().to_owned()
}

fn turns_text_around(char: char) -> bool {
    let marks = ['\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'];
    marks.contains(&char) || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What the other side said of itself, checked.
pub(super) struct Introduction {
    pub(super) roster: Option<SignedRoster>,
    pub(super) record: DeviceRecord,
    pub(super) name: String,
    pub(super) own_record: Option<DeviceRecord>,
}

impl Introduction {
    pub(super) fn parse(body: &[u8], bond: BondId, purpose: Purpose, me: &Me) -> Result<Self, PairingError> {
        let mut fields = Record::parse(body)?;
        let roster = fields.field(1).map(SignedRoster::parse).transpose()?;
        let record = DeviceRecord::parse(fields.required(2)?)?;
        let name = fields.field(3).unwrap_or_default();
        let own_record = fields.field(4).map(DeviceRecord::parse).transpose()?;
        let proof = fields.field(5);
        fields.finish()?;
        let comes_back = proof.map(|proof| back::proven(proof, &bond, &record.device)).transpose()?;
        let own = roster.as_ref().map(|roster| BondId::of_own_devices(&roster.roster().person));
        if own_record.as_ref().is_some_and(|known| known.device != record.device || Some(known.bond) != own) {
            return Err(RosterError::NotTheirs.into());
        }
        if name.len() > NAME_CHARS * 4 {
            return Err(WireError::TooLarge.into());
        }
        let name = display_name(core::str::from_utf8(name).map_err(|_| WireError::Malformed)?);

        if record.bond != bond || roster.as_ref().is_some_and(|roster| !roster.lists(&record.device)) {
            return Err(RosterError::NotTheirs.into());
        }
        if record.device == me.device.device() {
            return Err(PairingError::SamePerson);
        }
        if purpose == Purpose::Return {
            return match (&me.back, comes_back, &roster) {
                (Some(Back::Awaits(awaited)), Some(person), None) if *awaited != person => {
                    Err(PairingError::OtherPerson)
                }
                (Some(Back::Comes(root)), None, Some(theirs)) if theirs.roster().person == root.person() => {
                    Err(PairingError::SamePerson)
                }
                (Some(Back::Awaits(_)), Some(_), None) | (Some(Back::Comes(_)), None, Some(_)) => {
                    Ok(Self { roster, record, name, own_record: None })
                }
                _ => Err(PairingError::NoPerson),
            };
        }
        let person = |roster: &SignedRoster| roster.roster().person;
        match (purpose, me.roster.as_ref().map(person), roster.as_ref().map(person)) {
            (Purpose::Partner, Some(mine), Some(theirs)) if mine == theirs => Err(PairingError::SamePerson),
            (Purpose::OwnDevice, Some(mine), Some(theirs)) if mine != theirs => Err(PairingError::OtherPerson),
            (Purpose::Partner, _, None) | (Purpose::OwnDevice, None, None) => Err(PairingError::NoPerson),
            _ => Ok(Self { roster, record, name, own_record }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_one_line_that_reads_as_it_looks() {
        assert_eq!(display_name("  Sam\n\t Okonkwo "), "Sam Okonkwo");
        assert_eq!(display_name("\u{202e}maS\u{202c}"), "maS");
        assert_eq!(display_name("👩‍🚀 Zoë"), "👩‍🚀 Zoë");
        assert_eq!(display_name("\u{0}\u{feff}"), "");
        assert_eq!(display_name(&"a".repeat(100)).len(), 64);
    }

    proptest! {
        #[test]
        fn a_shown_name_is_shown_as_it_is(text: String) {
            let name = display_name(&text);
            prop_assert!(name.chars().count() <= NAME_CHARS);
            prop_assert_eq!(display_name(&name), name);
        }
    }
}
