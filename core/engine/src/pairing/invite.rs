//! The invite: what one phone shows as a QR code or a link, and the other reads.
//!
//! ```text
//! link   := anything '#' base64url(record)     at most 300 bytes as `nightstand://pair#…`
//! record := 1 version · 2 the inviter's one-time X25519 key · 3 its one-time endpoint key · 4 secret (16)
//!           5 expiry (Unix seconds) · 6 purpose · 7 IPv4 hints (4 + 2 bytes each) · 8 IPv6 hints (16 + 2 bytes each)
//! ```
//!
//! Everything stands behind the `#`, which browsers do not send, so a page that catches such links for people without the
//! app learns nothing. The version comes first: a reader of an older version sees that and looks no further.
//!
//! Whoever holds the invite can answer it once. That is why two people then compare a code (see [`super::code`]).

use core::net::{IpAddr, SocketAddr};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::hash::{self, Label};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Most bytes of an invite's link, without a prefix of the host's own.
pub const LINK_BYTES: usize = 300;

/// Most address hints that an invite carries; further ones are left out.
pub const MOST_HINTS: usize = 4;

/// For how many seconds an invite is good.
pub const GOOD_FOR: u64 = 10 * 60;

const VERSION: u64 = 1;
const BASE: &str = "nightstand://pair";

/// What a pairing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Two persons become partners.
    Partner,
    /// A person adds a device.
    OwnDevice,
    /// A person who has lost all devices comes back to their partner.
    Return,
}

impl Purpose {
    const fn number(self) -> u64 {
        match self {
            Self::Partner => 1,
            Self::OwnDevice => 2,
            Self::Return => 3,
        }
    }
}

/// Where the inviter may be reached in this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressHint {
    /// The address.
    pub address: IpAddr,
    /// The UDP port.
    pub port: u16,
}

impl From<SocketAddr> for AddressHint {
    fn from(address: SocketAddr) -> Self {
        Self { address: address.ip(), port: address.port() }
    }
}

impl From<AddressHint> for SocketAddr {
    fn from(hint: AddressHint) -> Self {
        Self::new(hint.address, hint.port)
    }
}

/// What the joiner must know to reach the inviter and to be let in. It holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// The inviter's X25519 public key, made for this invite alone.
    pub inviter_key: [u8; 32],
    /// The inviter's Ed25519 endpoint key on the road underneath, made for this invite alone.
    pub endpoint: [u8; 32],
    /// What only who has the invite knows.
    pub secret: Zeroizing<[u8; 16]>,
    /// Until when it is good, in Unix seconds by the inviter's clock.
    pub expires: u64,
    /// What it is for.
    pub purpose: Purpose,
    /// Where to try first; IPv4 stands before IPv6.
    pub hints: Vec<AddressHint>,
}

/// Why a text was not taken for an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// It is something else, or was cut off or changed on its way.
    #[error("not an invite")]
    NotAnInvite,
    /// It is an invite of a newer version: this side must update.
    #[error("made by a newer version")]
    TooNew,
    /// It is longer than an invite may be.
    #[error("too long")]
    TooLong,
}

impl From<WireError> for InviteError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Malformed => Self::NotAnInvite,
            WireError::TooNew => Self::TooNew,
            WireError::TooLarge => Self::TooLong,
        }
    }
}

impl Invite {
    /// The link, with the scheme that the app registers.
    pub fn to_link(&self) -> Zeroizing<String> {
        self.link(BASE)
    }

    /// The link behind a prefix of the host's own, such as `https://example.org/pair`, which has no `#`.
    pub fn to_link_with(&self, base: &str) -> Result<Zeroizing<String>, InviteError> {
        if base.contains('#') {
            return Err(InviteError::NotAnInvite);
        }
        let link = self.link(base);
        if link.len() > LINK_BYTES { Err(InviteError::TooLong) } else { Ok(link) }
    }

    /// Reads a link as it was scanned or pasted. What stands before the `#` does not matter.
    pub fn from_link(text: &str) -> Result<Self, InviteError> {
        let (_, fragment) = text.trim().rsplit_once('#').ok_or(InviteError::NotAnInvite)?;
        if fragment.len() > LINK_BYTES {
            return Err(InviteError::TooLong);
        }
        let bytes = BASE64URL_NOPAD.decode(fragment.as_bytes()).map_err(|_| InviteError::NotAnInvite)?;
        Self::parse(&Zeroizing::new(bytes))
    }

    /// The pre-shared key of the pairing. Everything that the invite says but where to reach the inviter goes into it: who
    /// changes a word of an invite on its way has made another one, which opens nothing.
    pub(super) fn psk(&self) -> Zeroizing<[u8; 32]> {
        let mut secret = Zeroizing::new([0; 32]);
        secret[..16].copy_from_slice(&self.secret[..]);
        hash::derive_key(
            Label::InviteKey,
            &secret,
            &[&self.inviter_key, &self.endpoint, &self.expires.to_le_bytes(), &self.purpose.number().to_le_bytes()],
        )
    }

    fn link(&self, base: &str) -> Zeroizing<String> {
        let bytes = Zeroizing::new(self.to_bytes());
        let length = base.len() + 1 + BASE64URL_NOPAD.encode_len(bytes.len());
        let mut link = Zeroizing::new(String::with_capacity(length));
        link.push_str(base);
        link.push('#');
        BASE64URL_NOPAD.encode_append(&bytes, &mut link);
        link
    }

    fn to_bytes(&self) -> Vec<u8> {
        let (mut v4, mut v6) = (Writer::new(), Writer::new());
        for hint in self.hints.iter().take(MOST_HINTS) {
            match hint.address {
                IpAddr::V4(address) => v4.raw(&address.octets()).raw(&hint.port.to_be_bytes()),
                IpAddr::V6(address) => v6.raw(&address.octets()).raw(&hint.port.to_be_bytes()),
            };
        }
        let mut writer = Writer::new();
        writer
            .number(1, Unknown::Refuse, VERSION)
            .field(2, Unknown::Refuse, &self.inviter_key)
            .field(3, Unknown::Refuse, &self.endpoint)
            .field(4, Unknown::Refuse, &self.secret[..])
            .number(5, Unknown::Refuse, self.expires)
            .number(6, Unknown::Refuse, self.purpose.number());
        if !v4.is_empty() {
            writer.field(7, Unknown::Skip, &v4.finish());
        }
        if !v6.is_empty() {
            writer.field(8, Unknown::Skip, &v6.finish());
        }
        writer.finish()
    }

    fn parse(bytes: &[u8]) -> Result<Self, InviteError> {
        let mut record = Record::parse(bytes)?;
        match record.number(1)? {
            Some(VERSION) => {}
            Some(version) if version > VERSION => return Err(InviteError::TooNew),
            _ => return Err(InviteError::NotAnInvite),
        }
        let (inviter_key, endpoint) = (record.array(2)?, record.array(3)?);
        let secret = Zeroizing::new(record.array(4)?);
        let expires = record.number(5)?.ok_or(InviteError::NotAnInvite)?;
        let purpose = match record.number(6)? {
            Some(1) => Purpose::Partner,
            Some(2) => Purpose::OwnDevice,
            Some(3) => Purpose::Return,
            Some(number) if number > 3 => return Err(InviteError::TooNew),
            _ => return Err(InviteError::NotAnInvite),
        };
        let mut hints = read_hints::<4>(record.field(7))?;
        hints.extend(read_hints::<16>(record.field(8))?);
        record.finish()?;
        if hints.len() > MOST_HINTS {
            return Err(InviteError::NotAnInvite);
        }
        Ok(Self { inviter_key, endpoint, secret, expires, purpose, hints })
    }
}

fn read_hints<const N: usize>(bytes: Option<&[u8]>) -> Result<Vec<AddressHint>, WireError>
where
    IpAddr: From<[u8; N]>,
{
    let mut reader = Reader::new(bytes.unwrap_or_default());
    let mut hints = Vec::new();
    while !reader.is_empty() {
        let (address, port) = (IpAddr::from(reader.array::<N>()?), u16::from_be_bytes(reader.array()?));
        hints.push(AddressHint { address, port });
    }
    Ok(hints)
}

impl core::fmt::Debug for Invite {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Invite({:?}, {} hints)", self.purpose, self.hints.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite() -> Invite {
        Invite {
            inviter_key: [1; 32],
            endpoint: [2; 32],
            secret: Zeroizing::new([3; 16]),
            expires: 1_795_000_000,
            purpose: Purpose::Partner,
            hints: vec![AddressHint { address: [192, 168, 1, 20].into(), port: 4242 }],
        }
    }

    #[test]
    fn this_link_reads_for_ever() {
        let link = "nightstand://pair#\
            BgEBCiABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ4gAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgISEAMDAwMD\
            AwMDAwMDAwMDAwMWBcCN9tcGGgEBHAbAqAEUEJI";
        assert_eq!(*invite().to_link(), link);
        assert_eq!(Invite::from_link(link), Ok(invite()));
        assert_eq!(Invite::from_link(&link.replace("nightstand://pair", " https://example.org/pair")), Ok(invite()));
    }

    #[test]
    fn what_is_not_an_invite_says_why() {
        let link = invite().to_link();
        let refused = |text: &str| Invite::from_link(text).unwrap_err();
        assert_eq!(refused(""), InviteError::NotAnInvite);
        assert_eq!(refused("https://example.org/recipes#soup"), InviteError::NotAnInvite);
        assert_eq!(refused(&link[..link.len() - 3]), InviteError::NotAnInvite);
        assert_eq!(refused(&format!("#{}", "A".repeat(301))), InviteError::TooLong);
        let newer = BASE64URL_NOPAD.encode(&[6, 1, 2, 40, 1, 0]);
        assert_eq!(refused(&format!("nightstand://pair#{newer}")), InviteError::TooNew);
    }

    #[test]
    fn a_prefix_of_ones_own_must_leave_room() {
        assert!(invite().to_link_with("https://example.org/p").unwrap().starts_with("https://example.org/p#"));
        assert_eq!(invite().to_link_with(&"a".repeat(200)), Err(InviteError::TooLong));
        assert_eq!(invite().to_link_with("https://a#b"), Err(InviteError::NotAnInvite));
    }

    #[test]
    fn every_word_but_the_hints_goes_into_the_key() {
        let psk = invite().psk();
        assert_eq!(Invite { hints: vec![], ..invite() }.psk(), psk);
        assert_ne!(Invite { purpose: Purpose::OwnDevice, ..invite() }.psk(), psk);
        assert_ne!(Invite { expires: 1_795_000_001, ..invite() }.psk(), psk);
        assert_ne!(Invite { endpoint: [9; 32], ..invite() }.psk(), psk);
        assert_ne!(Invite { secret: Zeroizing::new([9; 16]), ..invite() }.psk(), psk);
    }

    #[test]
    fn nothing_secret_is_shown() {
        assert_eq!(format!("{:?}", invite()), "Invite(Partner, 1 hints)");
    }
}
