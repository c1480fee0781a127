//! Conversations that are replayed, flooded, or filled with nonsense.

use std::collections::BTreeMap;

use nightstand_engine::batch::Batch;
use nightstand_engine::change::{self};
use nightstand_engine::ids::{LogId, Space};
use nightstand_engine::session::{Session, SessionError};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::store::DiskFull;
use nightstand_engine::simulator::talk::{couple, faithfully, talk};
use nightstand_engine::wire::WireError;
use proptest::prelude::*;

use crate::lie::{Lie, document, honest_change, tell};

#[test]
fn a_replayed_first_message_changes_nothing_and_acknowledges_nothing() {
    let mut devices = couple(11);
    let mut random = nightstand_engine::random::Seeded::from_number(1);
    let key = devices[0].new_key(Space::Mine, &mut random);
    devices[0].write(key, "hello", 0).expect("room");
    let transcript = talk(&mut devices, 1, faithfully);
    let first = &transcript.frames[0].frame;

    let [_, sam] = &mut devices;
    let before = sam.store.stored.clone();
    for seed in 0..3 {
        let mut session = Session::respond(sam.config(false, [seed; 32], 0));
        session.handle_frame(&mut sam.store, first, 0).expect("it is genuine");
        while session.poll_frame(&mut sam.store).expect("memory").is_some() {}
        // The attacker can't go on: it has no keys for a second frame.
        assert!(session.handle_frame(&mut sam.store, first, 0).is_err());
    }
    assert_eq!(sam.store.stored, before);
}

#[test]
fn a_stranger_gets_no_answer() {
    let [_, mut sam] = couple(12);
    let [stranger, _] = &mut couple(13);
    let peer = sam.record();
    let mut session = Session::initiate(stranger.config(true, [1; 32], 0), peer, &mut stranger.store).expect("memory");
    let hello = session.poll_frame(&mut stranger.store).expect("memory").expect("the first frame");
    let mut answering = Session::respond(sam.config(false, [2; 32], 0));
    let refused = answering.handle_frame(&mut sam.store, &hello, 0);
    assert!(matches!(refused, Err(SessionError::UnknownPeer)), "{refused:?}");
    assert_eq!(answering.poll_frame(&mut sam.store), Ok(None));
}

/// A listed device that floods: frames that say nothing, that it is still there, batches without entries, acknowledgements
/// of nothing. The session has enough at some point.
#[test]
fn a_flood_of_idle_frames_ends_the_session() {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::TRANSPORT_OVERHEAD;
    let nothing = Batch { runs: BTreeMap::new(), entries: Vec::new() }.to_bytes(None);
    let mut part = vec![1];
    part.extend(nightstand_engine::batch::pack(&nothing).expect("packs"));
    let malformed = SessionError::Wire(WireError::Malformed);
    let floods: [(u64, &[u8], _); 4] = [
        (0, &[], SessionError::Silent),
        (9, &[], SessionError::Silent),
        (3, &part, SessionError::Silent),
        (4, &[0], malformed),
    ];
    for (kind, body, end) in floods {
        let [alex, mut sam] = couple(14);
        let mut lying = talk_first_frame(&alex, &sam);
        let mut answering = Session::respond(sam.config(false, [2; 32], 0));
        answering.handle_frame(&mut sam.store, &lying.1, 0).expect("a listed device");
        let answer = answering.poll_frame(&mut sam.store).expect("memory").expect("an answer");
        lying.0.read(&answer).expect("for us");
        let mut transport = lying.0.into_transport().expect("finished");
        let before = sam.store.stored.clone();
        let ended = (0..1_000).find_map(|number| {
            let mut writer = FrameWriter::new();
            if kind > 0 {
                writer.push(kind, IfUnknown::Refuse, body);
            }
            let frame = transport.seal(&writer.finish(TRANSPORT_OVERHEAD)).expect("small");
            // Saying at leisure that one is still there keeps no session open that is not live.
            answering.handle_frame(&mut sam.store, &frame, number * 100_000).err()
        });
        assert_eq!(ended, Some(end));
        assert_eq!(sam.store.stored, before);
    }
}

/// The first frame of Alex's phone, with the handshake in the liar's hands. Alex has something to say, so that it does not
/// end at once.
pub(crate) fn talk_first_frame(alex: &Device, sam: &Device) -> (nightstand_engine::noise::Handshake, Vec<u8>) {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::{FIRST_OVERHEAD, Handshake, Pattern};
    use nightstand_engine::wire::{Unknown, Writer};
    let config = alex.config(true, [1; 32], 0);
    let name = |rosters: &nightstand_engine::roster::Membership| {
        let mut writer = Writer::new();
        writer.varint(rosters.roster().epoch).raw(&rosters.signed().hash().first::<8>());
        writer.finish()
    };
    let empty = nightstand_engine::vector::VersionVector::default();
    let mut moved = empty.clone();
    moved.set(LogId::from_bytes([1; 16]), nightstand_engine::vector::Position { count: 1, hash: [0; 8] });
    let mut hello = Writer::new();
    hello
        .field(1, Unknown::Refuse, &[1, 1])
        .field(2, Unknown::Refuse, &name(&config.parties.me))
        .field(3, Unknown::Refuse, &name(config.parties.other()))
        .field(4, Unknown::Refuse, &empty.digest())
        .field(5, Unknown::Refuse, &moved.to_bytes())
        .field(7, Unknown::Skip, alex.record().as_bytes());
    let mut frame = FrameWriter::new();
    frame.push(1, IfUnknown::Refuse, &hello.finish());
    let mut handshake =
        Handshake::initiate(Pattern::Session, &config.device.noise_key(&alex.bond()), &sam.record().noise_key, [5; 32]);
    let first = handshake.write(&frame.finish(FIRST_OVERHEAD)).expect("small");
    (handshake, first)
}

/// A listed device that sends bombs, truncated batches and nonsense in place of a batch.
#[test]
fn bombs_and_nonsense_end_the_session_with_the_vault_unchanged() {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::TRANSPORT_OVERHEAD;
    let bomb = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 19).expect("compresses");
    let cut = &bomb[..bomb.len() / 2];
    for body in [&bomb[..], cut, b"", b"\x28\xb5\x2f\xfd", &[0xff; 4000]] {
        let [alex, mut sam] = couple(15);
        let (mut handshake, first) = talk_first_frame(&alex, &sam);
        let mut answering = Session::respond(sam.config(false, [2; 32], 0));
        answering.handle_frame(&mut sam.store, &first, 0).expect("a listed device");
        let answer = answering.poll_frame(&mut sam.store).expect("memory").expect("an answer");
        handshake.read(&answer).expect("for us");
        let mut transport = handshake.into_transport().expect("finished");
        let before = sam.store.stored.clone();
        let mut part = vec![1];
        part.extend_from_slice(body);
        let mut frame = FrameWriter::new();
        frame.push(3, IfUnknown::Refuse, &part);
        let frame = transport.seal(&frame.finish(TRANSPORT_OVERHEAD)).expect("small");
        let handled: Result<(), SessionError<DiskFull>> = answering.handle_frame(&mut sam.store, &frame, 0);
        assert!(matches!(handled, Err(SessionError::Wire(_))), "{handled:?}");
        assert_eq!(sam.store.stored, before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_first_frame_ends_in_an_error(frame in proptest::collection::vec(any::<u8>(), 0..600)) {
        let [_, mut sam] = couple(16);
        let before = sam.store.stored.clone();
        let mut session = Session::respond(sam.config(false, [2; 32], 0));
        prop_assert!(session.handle_frame(&mut sam.store, &frame, 0).is_err());
        prop_assert_eq!(&sam.store.stored, &before);
    }

    #[test]
    fn any_truncation_ends_in_an_error(position in 0usize..4, keep in 0usize..400) {
        let mut devices = couple(17);
        let mut random = nightstand_engine::random::Seeded::from_number(1);
        for side in &mut devices {
            let key = side.new_key(Space::Mine, &mut random);
            side.write(key, "hello", 0).expect("room");
        }
        let transcript = talk(&mut devices, 1, |index, sent| {
            let frame = &sent.frame;
            vec![if index == position { frame[..keep.min(frame.len().saturating_sub(1))].to_vec() } else { frame.clone() }]
        });
        prop_assert!(transcript.errors.iter().any(Option::is_some));
        // Whatever happened, the next meeting brings both to the same.
        prop_assert!(talk(&mut devices, 2, faithfully).succeeded());
        prop_assert_eq!(devices[0].store.stored.documents().len(), 2);
        prop_assert_eq!(devices[1].store.stored.documents().len(), 2);
    }

    #[test]
    fn any_change_bytes_are_set_aside_and_block_nothing(bytes in proptest::collection::vec(any::<u8>(), 8..300)) {
        let [mut alex, sam] = couple(18);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let honest = honest_change(&lie.opening.log(), "fine");
        let lie = lie.change(document(1), bytes).change(document(2), honest);
        let admitted = tell(&mut alex, &lie.plain());
        prop_assert_eq!(admitted.map(|admitted| admitted.entries), Ok(2));
        prop_assert_eq!(alex.store.stored.documents().len(), 1);
    }

    #[test]
    fn a_mutated_change_never_harms_its_document(at in 10usize..200, bit in 0u8..8) {
        let [mut alex, sam] = couple(19);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let mut chunk = honest_change(&log, "a text that is long enough to be changed in many places");
        let at = 10 + at % (chunk.len() - 10);
        chunk[at] ^= 1 << bit;
        // A liar fixes the checksum.
        let digest = change::digest(&chunk).expect("long enough");
        chunk[4..8].copy_from_slice(&digest.first::<4>());
        tell(&mut alex, &lie.change(document(1), chunk).plain()).expect("authentic");
        for key in alex.store.stored.documents().keys() {
            prop_assert!(alex.text(key).is_some(), "a stored document does not read");
        }
    }
}
