//! What stands by itself on the wire: invites, frames, vectors, rosters.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use nightstand_engine::frame::{self, FrameWriter, IfUnknown};
use nightstand_engine::hash::{Hasher, Label};
use nightstand_engine::ids::{BondId, LogId};
use nightstand_engine::keys::DeviceKeys;
use nightstand_engine::pairing::invite::{AddressHint, Invite, LINK_BYTES, Purpose};
use nightstand_engine::roster::{DeviceRecord, Floor, Membership, Roster, SignedRoster};
use nightstand_engine::simulator::talk::couple;
use nightstand_engine::store::{self, Store};
use nightstand_engine::vector::VersionVector;
use nightstand_engine::wire::{Record, Unknown, Writer};

use crate::bytes::Source;

/// A link as it was scanned, or the record that would stand behind its `#`.
pub(crate) fn invite(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let link = match mode % 2 {
        0 => String::from_utf8_lossy(rest).into_owned(),
        _ => format!("nightstand://pair#{}", BASE64URL_NOPAD.encode(rest)),
    };
    let Ok(invite) = Invite::from_link(&link) else { return };
    let again = invite.to_link();
    assert_eq!(Invite::from_link(&again), Ok(invite), "what is read is written so that it reads alike");
    assert!(again.len() <= LINK_BYTES);
}

pub(crate) fn invites() -> Vec<Vec<u8>> {
    let hints = [
        AddressHint { address: [192, 168, 1, 20].into(), port: 4242 },
        AddressHint { address: [0xfd00, 0, 0, 0, 0, 0, 0, 1].into(), port: 1 },
    ];
    let invite = |purpose, hints: &[AddressHint]| Invite {
        inviter_key: [1; 32],
        endpoint: [2; 32],
        secret: [3; 16].into(),
        expires: 1_795_000_000,
        purpose,
        hints: hints.to_vec(),
    };
    let invites = [invite(Purpose::Partner, &hints), invite(Purpose::OwnDevice, &[])];
    let links = invites.iter().map(Invite::to_link);
    let record = |link: &str| {
        let (_, record) = link.split_once('#').expect("an invite has a fragment");
        BASE64URL_NOPAD.decode(record.as_bytes()).expect("it was encoded so")
    };
    links.flat_map(|link| [[&[0], link.as_bytes()].concat(), [&[1], &record(&link)[..]].concat()]).collect()
}

/// The plain bytes of a frame, and a record as it may stand in one.
pub(crate) fn frame(data: &[u8]) {
    if let Ok(record) = Record::parse(data)
        && let Ok(kept) = record.finish()
    {
        let again = Record::parse(kept.as_bytes()).and_then(Record::finish);
        assert_eq!(again, Ok(kept), "what is kept is kept on");
    }
    let Ok(messages) = frame::messages(data) else { return };
    let mut writer = FrameWriter::new();
    for message in &messages {
        if message.kind >= 8192 || message.body.len() >= writer.room(16) {
            return;
        }
        writer.push(message.kind, message.if_unknown, message.body);
    }
    let plain = writer.finish(16);
    assert_eq!(plain.len() + 16, frame::padded_size(plain.len() + 16));
    assert!(frame::messages(&plain).is_ok_and(|again| again == messages));
}

pub(crate) fn frames() -> Vec<Vec<u8>> {
    let mut writer = FrameWriter::new();
    writer.push(1, IfUnknown::Refuse, b"tea").push(70, IfUnknown::Skip, b"").push(4000, IfUnknown::Skip, &[9; 200]);
    let mut record = Writer::new();
    record.number(1, Unknown::Refuse, 7).field(5, Unknown::Skip, b"skip").field(6, Unknown::Keep, b"keep");
    vec![writer.finish(16), FrameWriter::new().finish(16), record.finish(), vec![18, 4, b'k', b'e', b'e', b'p']]
}

/// A version vector, which has one form.
pub(crate) fn vector(data: &[u8]) {
    if let Ok(vector) = VersionVector::parse(data) {
        assert_eq!(vector.to_bytes(), data);
    }
}

pub(crate) fn vectors() -> Vec<Vec<u8>> {
    let mut devices = couple(3);
    let mut random = nightstand_engine::random::Seeded::from_number(3);
    for device in &mut devices {
        for space in [nightstand_engine::ids::Space::Mine, nightstand_engine::ids::Space::Joint] {
            let key = device.new_key(space, &mut random);
            device.write(key, "rain", 0).expect("memory");
        }
    }
    let vectors = devices.each_mut().map(|device| {
        let parties = device.parties().clone();
        store::vector(&device.store.begin().expect("memory"), &parties)
    });
    let [alex, sam] = vectors.map(|vector| vector.expect("memory"));
    vec![alex.to_bytes(), alex.with(&sam).to_bytes()]
}

/// A roster or a device's record: as it is, or signed by a person or device of ours.
pub(crate) fn roster(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let label = if mode & 1 == 0 { Label::Roster } else { Label::DeviceRecord };
    let bytes = if mode & 2 == 0 { rest.to_vec() } else { signed(label, rest) };
    match label {
        Label::Roster => {
            let Ok(roster) = SignedRoster::parse(&bytes) else { return };
            assert_eq!(roster.as_bytes(), bytes);
            assert!(roster.roster().devices.iter().all(|device| roster.lists(device)));
            assert_eq!(Membership::from(roster.clone()).take(roster.clone()), Ok(false));
        }
        _ => {
            let Ok(record) = DeviceRecord::parse(&bytes) else { return };
            assert_eq!(record.as_bytes(), bytes);
        }
    }
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[11; 32])
}

/// A signed record whose first field names who signs, and whose others are the fuzzer's.
fn signed(label: Label, fields: &[u8]) -> Vec<u8> {
    let key = signing_key();
    let mut body = Writer::new();
    body.field(1, Unknown::Refuse, &key.verifying_key().to_bytes()).raw(fields);
    let body = body.finish();
    let mut hasher = Hasher::new(label);
    hasher.field(&body);
    let signature = key.sign(hasher.finish().as_bytes()).to_bytes();
    let mut bytes = Writer::new();
    bytes.bytes(&body).raw(&signature);
    bytes.finish()
}

pub(crate) fn rosters() -> Vec<Vec<u8>> {
    let keys = DeviceKeys::new([2; 32], [3; 16]);
    let root = nightstand_engine::keys::Phrase::from_entropy([1; 32]).root();
    let [first, second, third] = [0, 1, 2].map(|number| DeviceKeys::new([number; 32], [0; 16]).device());
    let floors = [(LogId::from_bytes([5; 16]), Floor { number: 9, hash: [6; 16] })].into();
    let listed = Roster::first(root.person(), first).with(second).with(third).without(&[third].into(), floors);
    let roster = SignedRoster::sign(&root, listed, vec![7; 40]);
    let record = DeviceRecord::sign(&keys, BondId::from_bytes([4; 16]));
    let mut seeds = Vec::new();
    for (mode, bytes) in [(0, roster.as_bytes()), (1, record.as_bytes())] {
        seeds.push([&[mode], bytes].concat());
        // The body without its first field, of 34 bytes, and without the signature.
        let mut source = Source::new(bytes);
        let long = source.byte() & 0x80 != 0;
        let body = &source.rest()[usize::from(long)..bytes.len() - 65];
        seeds.push([&[mode | 2], &body[34..]].concat());
    }
    seeds
}
