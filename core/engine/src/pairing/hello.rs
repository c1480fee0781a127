//! What stands in the two handshake messages: versions, and 32 bytes.

use super::{PairingError, VERSION_RANGE, VERSIONS};
use crate::frame::{self, FrameWriter, IfUnknown};
use crate::wire::{Reader, WireError, Writer};

/// The payload of a handshake message. `kind` says what the 32 bytes are.
pub(super) fn write(kind: u64, bytes: &[u8; 32], overhead: usize) -> Vec<u8> {
    let mut versions = Writer::new();
    versions.varint(VERSIONS.0).varint(VERSIONS.1);
    let mut writer = FrameWriter::new();
    writer.push(VERSION_RANGE, IfUnknown::Skip, &versions.finish()).push(kind, IfUnknown::Refuse, bytes);
    writer.finish(overhead)
}

/// The 32 bytes. The versions are looked at first: what another version says beside them is not judged.
pub(super) fn parse(plain: &[u8], kind: u64) -> Result<[u8; 32], PairingError> {
    let messages = frame::messages(plain)?;
    let versions = messages.iter().find(|message| message.kind == VERSION_RANGE).ok_or(WireError::Malformed)?;
    let mut reader = Reader::new(versions.body);
    let (oldest, newest) = (reader.varint()?, reader.varint()?);
    if oldest > VERSIONS.1 {
        return Err(PairingError::UpdateThisSide);
    }
    if newest < VERSIONS.0 {
        return Err(PairingError::UpdateOtherSide);
    }
    let mut bytes = None;
    for message in &messages {
        match message.kind {
            VERSION_RANGE => {}
            known if known == kind && bytes.is_none() => bytes = Some(message.body),
            known if known <= super::REFUSE => return Err(PairingError::OutOfOrder),
            _ => message.unknown()?,
        }
    }
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(WireError::Malformed)?)
}
