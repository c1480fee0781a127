//! Conversations with somebody who holds the right keys and says what the fuzzer chose.

use std::sync::{LazyLock, OnceLock};

use nightstand_engine::frame::{self, FrameWriter, IfUnknown};
use nightstand_engine::hash::{self, Hasher, Label};
use nightstand_engine::ids::BondId;
use nightstand_engine::keys::{DeviceKeys, Phrase, noise_public_key};
use nightstand_engine::noise::{FIRST_OVERHEAD, Handshake, Pattern, SECOND_OVERHEAD, TRANSPORT_OVERHEAD, Transport};
use nightstand_engine::pairing::invite::{Invite, Purpose};
use nightstand_engine::pairing::{Me, Pairing};
use nightstand_engine::random::Seeded;
use nightstand_engine::roster::{DeviceRecord, Roster, SignedRoster};
use nightstand_engine::session::{Config, Session};
use nightstand_engine::simulator::store::MemoryStore;
use nightstand_engine::wire::{Unknown, Writer};

use crate::bytes::{Source, piece};
use crate::pair::{PAIR, assert_documents_load};

/// More frames than this tell nothing new.
const MOST_FRAMES: usize = 64;

/// Of a mode: Alex's phone begins. It would stay connected. It is new. The first frame is the honest one, and what follows is
/// the fuzzer's.
const BEGINS: u8 = 1;
const LIVE: u8 = 2;
const LOST: u8 = 4;
const HONEST: u8 = 8;
/// The bond is offered, not held.
const OFFERED: u8 = 16;

/// The kind of a message that holds a part of a batch, and its flag for the last one: see `session`.
const PART: u64 = 3;
const LAST: u8 = 1;

/// A session of Alex's phone with Sam's.
pub(crate) fn session(data: &[u8]) {
    let _ = spoken(data);
}

/// What Alex's phone has after it, if they spoke.
fn spoken(data: &[u8]) -> Option<MemoryStore> {
    let mut source = Source::new(data);
    let mode = source.byte();
    let mut store = PAIR.alexs_store(mode & LOST != 0);
    let (mut session, mut transport) = shake(mode, &mut store, &mut source)?;
    for _ in 0..MOST_FRAMES {
        hear(&mut session, &mut store, &mut transport);
        if source.is_empty() || session.is_over() {
            break;
        }
        let plain = next_frame(&mut source);
        let Ok(frame) = transport.seal(&plain) else { break };
        let _ = session.handle_frame(&mut store, &frame, 1);
    }
    hear(&mut session, &mut store, &mut transport);
    assert_documents_load(&store);
    Some(store)
}

/// What Alex's and Sam's phones bring.
static CONFIGS: LazyLock<[Config; 2]> =
    LazyLock::new(|| [PAIR.alex.config(true, [1; 32], 0), PAIR.sam.config(true, [2; 32], 0)]);

/// Alex's part.
fn config(mode: u8) -> Config {
    Config { live: mode & LIVE != 0, offered: mode & OFFERED != 0, ..CONFIGS[0].clone() }
}

/// The handshake. None if Alex's phone ends it.
fn shake(mode: u8, store: &mut MemoryStore, source: &mut Source<'_>) -> Option<(Session, Transport)> {
    let said = if mode & HONEST == 0 { source.piece() } else { honest_hello(mode) };
    let (config, noise_key) = (config(mode), CONFIGS[1].device.noise_key(&PAIR.alex.bond()));
    if mode & BEGINS == 0 {
        let alex = noise_public_key(&config.device.noise_key(&PAIR.alex.bond()));
        let mut handshake = Handshake::initiate(Pattern::Session, &noise_key, &alex, [3; 32]);
        let first = handshake.write(said).ok()?;
        let mut session = Session::respond(config);
        let _ = session.handle_frame(store, &first, 0);
        let second = session.poll_frame(store).ok()??;
        handshake.read(&second).expect("it answers the handshake");
        return Some((session, handshake.into_transport().expect("both messages are through")));
    }
    let mut session = Session::initiate(config, PAIR.sam.record(), store).ok()?;
    let first = session.poll_frame(store).ok()??;
    let mut handshake = Handshake::respond(Pattern::Session, &noise_key, [3; 32]);
    handshake.read(&first).expect("Alex knows the key");
    let second = handshake.write(said).ok()?;
    let _ = session.handle_frame(store, &second, 0);
    Some((session, handshake.into_transport().expect("both messages are through")))
}

/// The hello of Sam's phone, as it is in a session with Alex's.
fn honest_hello(mode: u8) -> &'static [u8] {
    static HELLOS: [OnceLock<Vec<u8>>; 32] = [const { OnceLock::new() }; 32];
    let mode = mode % 32;
    HELLOS[usize::from(mode)].get_or_init(|| honest_frames(mode).into_iter().next().unwrap_or_default())
}

/// What Sam's phone says in a session with Alex's, as plain frames.
fn honest_frames(mode: u8) -> Vec<Vec<u8>> {
    let config = config(mode);
    let sams = Config { live: config.live, ..CONFIGS[1].clone() };
    let (mut alexs_store, mut sams_store) = (PAIR.alexs_store(mode & LOST != 0), PAIR.sam.store.clone());
    let (mut alex, mut sam);
    if mode & BEGINS == 0 {
        sam = Session::initiate(sams, PAIR.alex.record(), &mut sams_store).expect("memory");
        alex = Session::respond(config);
    } else {
        alex = Session::initiate(config, PAIR.sam.record(), &mut alexs_store).expect("memory");
        sam = Session::respond(sams);
    }
    for _ in 0..MOST_FRAMES {
        while let Ok(Some(frame)) = sam.poll_frame(&mut sams_store) {
            let _ = alex.handle_frame(&mut alexs_store, &frame, 0);
        }
        while let Ok(Some(frame)) = alex.poll_frame(&mut alexs_store) {
            let _ = sam.handle_frame(&mut sams_store, &frame, 0);
        }
    }
    // Batches are recorded once more as they were before packing; those are no frames.
    let fits = |plain: &&[u8]| {
        [FIRST_OVERHEAD, SECOND_OVERHEAD, TRANSPORT_OVERHEAD].iter().any(|overhead| {
            frame::padded_size(plain.len() + overhead) == plain.len() + overhead && frame::messages(plain).is_ok()
        })
    };
    sam.recorded().filter(fits).map(<[u8]>::to_vec).collect()
}

/// Lets Alex's phone say what it has to say.
fn hear(session: &mut Session, store: &mut MemoryStore, transport: &mut Transport) {
    let mut frames = 0;
    while let Ok(Some(frame)) = session.poll_frame(store) {
        frames += 1;
        assert!(frames < 1000, "it speaks without end");
        if let Ok(plain) = transport.open(&frame) {
            assert!(frame::messages(&plain).is_ok(), "it says what can be read");
        }
    }
    while session.poll_event().is_some() {}
}

/// A frame: as it is, or one message of any kind, or a batch that is packed here.
fn next_frame(source: &mut Source<'_>) -> Vec<u8> {
    let how = source.byte();
    let body = source.piece();
    let mut writer = FrameWriter::new();
    match how {
        0 => return body.to_vec(),
        0xff => {
            let packed = zstd::bulk::compress(body, 1).expect("memory");
            writer.push(PART, IfUnknown::Refuse, &[&[LAST], &packed[..]].concat());
        }
        kind => {
            writer.push(u64::from(kind), IfUnknown::Refuse, body);
        }
    }
    writer.finish(TRANSPORT_OVERHEAD)
}

pub(crate) fn sessions() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for mode in [0, BEGINS, LIVE, BEGINS | LIVE, LOST, BEGINS | LOST, OFFERED, BEGINS | OFFERED] {
        let frames = honest_frames(mode);
        let (first, rest) = frames.split_first().expect("there is a hello");
        let rest: Vec<u8> = rest.iter().flat_map(|plain| [vec![0], piece(trimmed(plain))].concat()).collect();
        seeds.push([&[mode], &piece(trimmed(first))[..], &rest[..]].concat());
        seeds.push([&[mode | HONEST], &rest[..]].concat());
        let mut seed = vec![mode | HONEST];
        let have = if mode & LOST == 0 { PAIR.alexs_vector() } else { Default::default() };
        for plain in PAIR.sams_batches(&have, false) {
            seed.push(0xff);
            seed.extend(piece(&plain));
        }
        // An acknowledgement, a question for everything as it is, that there is nothing more, that it leaves.
        for (kind, body) in [(4, &[1][..]), (7, &[6, 0, 10, 0]), (5, &[]), (9, &[]), (10, &[])] {
            seed.push(kind);
            seed.extend(piece(body));
        }
        let after = spoken(&seed).expect("the hello is an honest one");
        assert!(after.stored != PAIR.alexs_store(mode & LOST != 0).stored, "Alex learns what Sam wrote");
        seeds.push(seed);
    }
    seeds
}

/// A frame without its padding.
fn trimmed(plain: &[u8]) -> &[u8] {
    let end = plain.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    // A message may end with zeros of its own: some of the padding stays.
    &plain[..plain.len().min(end + 8)]
}

/// The invite lets Alex join, rather than being Alex's. Alex confirms. The first message is the honest one.
const JOINS: u8 = 1;
const CONFIRMS: u8 = 2;
const HONEST_FIRST: u8 = 4;
/// It is for a device of Alex's own.
const OWN_DEVICE: u8 = 8;

/// In place of a piece: an introduction that is signed for this very meeting, with the piece as its further fields.
const INTRODUCED: u8 = 1;

/// A pairing of Alex's phone with somebody who has the invite.
pub(crate) fn pairing(data: &[u8]) {
    let mut source = Source::new(data);
    let mode = source.byte();
    let Some((mut pairing, mut transport, bond)) = meet(mode, &mut source) else { return };
    for _ in 0..MOST_FRAMES {
        settle(&mut pairing, &mut transport, mode);
        if source.is_empty() || pairing.is_over() {
            break;
        }
        let how = source.byte();
        let body = source.piece();
        let plain = if how == INTRODUCED { introduction(bond, mode, body) } else { body.to_vec() };
        let Ok(frame) = transport.seal(&plain) else { break };
        let _ = pairing.handle_frame(2, &frame);
    }
    settle(&mut pairing, &mut transport, mode);
    let _ = pairing.refuse();
}

fn settle(pairing: &mut Pairing, transport: &mut Transport, mode: u8) {
    while pairing.poll_event().is_some() {}
    if mode & CONFIRMS != 0 {
        let _ = pairing.confirm(1);
        while pairing.poll_event().is_some() {}
    }
    while let Some(frame) = pairing.poll_frame() {
        if let Ok(plain) = transport.open(&frame) {
            assert!(frame::messages(&plain).is_ok(), "it says what can be read");
        }
    }
}

fn meet(mode: u8, source: &mut Source<'_>) -> Option<(Pairing, Transport, BondId)> {
    let (me, purpose) = (PEOPLE[0].clone(), if mode & OWN_DEVICE == 0 { Purpose::Partner } else { Purpose::OwnDevice });
    let random = &mut Seeded::from_number(5);
    let said = if mode & HONEST_FIRST == 0 { source.piece().to_vec() } else { honest_first(mode) };
    let (pairing, handshake) = if mode & JOINS == 0 {
        let (mut pairing, offer) = Pairing::invite(me, purpose, 0, random).ok()?;
        let invite = offer.invite(&[]);
        let pattern_key = psk(&invite);
        let pattern = Pattern::Pairing { psk: &pattern_key };
        let mut handshake = Handshake::initiate(pattern, &[4; 32], &invite.inviter_key, [5; 32]);
        let _ = pairing.handle_frame(1, &handshake.write(&said).ok()?);
        handshake.read(&pairing.poll_frame()?).expect("it answers the handshake");
        (pairing, handshake)
    } else {
        let invite = Invite {
            inviter_key: noise_public_key(&[4; 32]),
            endpoint: [6; 32],
            secret: [7; 16].into(),
            expires: 600,
            purpose,
            hints: Vec::new(),
        };
        let mut pairing = Pairing::join(me, &invite, 1, random).ok()?;
        let pattern_key = psk(&invite);
        let mut handshake = Handshake::respond(Pattern::Pairing { psk: &pattern_key }, &[4; 32], [5; 32]);
        handshake.read(&pairing.poll_frame()?).expect("it has the invite");
        let _ = pairing.handle_frame(1, &handshake.write(&said).ok()?);
        (pairing, handshake)
    };
    let mut bond = Hasher::new(Label::Bond);
    bond.field(&handshake.hash());
    let transport = handshake.into_transport().expect("both messages are through");
    Some((pairing, transport, BondId::from_bytes(bond.finish().first())))
}

/// As an invite makes it.
fn psk(invite: &Invite) -> [u8; 32] {
    let purpose = if invite.purpose == Purpose::Partner { 1_u64 } else { 2 };
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(&invite.secret[..]);
    let fields: [&[u8]; 4] =
        [&invite.inviter_key, &invite.endpoint, &invite.expires.to_le_bytes(), &purpose.to_le_bytes()];
    *hash::derive_key(Label::InviteKey, &secret, &fields)
}

/// Alex and Sam. To make a root of a phrase takes long, so it is done once.
static PEOPLE: LazyLock<[Me; 2]> = LazyLock::new(|| {
    [1, 2].map(|number| {
        let root = Phrase::from_entropy([number; 32]).root();
        let device = DeviceKeys::new([number; 32], [0; 16]);
        let roster = SignedRoster::sign(&root, Roster::first(root.person(), device.device()), Vec::new());
        Me { roster: Some(roster), device, name: "Alex".into(), back: None }
    })
});

/// Versions, and the number that is shown at the end: the joiner's is promised first.
fn honest_first(mode: u8) -> Vec<u8> {
    let (kind, number) = if mode & JOINS == 0 { (2, commitment(&NUMBER)) } else { (3, NUMBER) };
    let mut writer = FrameWriter::new();
    writer.push(1, IfUnknown::Skip, &[1, 1]).push(kind, IfUnknown::Refuse, &number);
    writer.finish(FIRST_OVERHEAD)
}

const NUMBER: [u8; 32] = [12; 32];

fn commitment(number: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Hasher::new(Label::PairingCommitment);
    hasher.field(number);
    *hasher.finish().as_bytes()
}

fn introduction(bond: BondId, mode: u8, more: &[u8]) -> Vec<u8> {
    let sam = &PEOPLE[1];
    let mut body = Writer::new();
    if let Some(roster) = &sam.roster {
        body.field(1, Unknown::Refuse, roster.as_bytes());
    }
    body.field(2, Unknown::Refuse, DeviceRecord::sign(&sam.device, bond).as_bytes()).raw(more);
    let mut writer = FrameWriter::new();
    if mode & JOINS == 0 {
        writer.push(3, IfUnknown::Refuse, &NUMBER);
    }
    let body = body.finish();
    if body.len() < writer.room(TRANSPORT_OVERHEAD) {
        writer.push(4, IfUnknown::Refuse, &body);
    }
    writer.finish(TRANSPORT_OVERHEAD)
}

pub(crate) fn pairings() -> Vec<Vec<u8>> {
    let name = {
        let mut name = Writer::new();
        name.field(3, Unknown::Skip, b"Sam");
        name.finish()
    };
    let message = |kind| {
        let mut writer = FrameWriter::new();
        writer.push(kind, IfUnknown::Refuse, &[]);
        [vec![0], piece(trimmed(&writer.finish(TRANSPORT_OVERHEAD)))].concat()
    };
    let mut seeds = Vec::new();
    for mode in [0, JOINS, CONFIRMS, JOINS | CONFIRMS, OWN_DEVICE, JOINS | OWN_DEVICE] {
        let introduced = [vec![INTRODUCED], piece(&name)].concat();
        for end in [message(5), message(6)] {
            let rest = [&introduced[..], &end].concat();
            seeds.push([&[mode | HONEST_FIRST], &rest[..]].concat());
            seeds.push([&[mode], &piece(trimmed(&honest_first(mode)))[..], &rest].concat());
        }
    }
    seeds
}
