//! A pipe as Bluetooth gives it: 20 kB a second for both ways together, small packets, one in eight lost on the air and sent
//! again by the link below, so that nothing overtakes anything. Its time is made up: nobody waits.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use common::{Couple, Hands, edit, entry};
use nightstand::care::signals::{Signal, SignalKind};
use nightstand::care::{Item, ItemDraft, Side, Stance};
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::sync::{Conversation, SyncOutcome};
use nightstand::transport::pieces::{PiecePipe, pieces};
use nightstand::transport::{Pipe, PipeError, WireBytes, memory};
use nightstand::vault::Vault;

const BYTES_A_SECOND: u64 = 20_000;

/// What one packet holds, and what it costs beside.
const PACKET: usize = 182;
const HEADER: usize = 14;

/// Packets that one side's radio takes in ahead.
const AHEAD: usize = 8;

/// One packet in so many is lost on the air.
const LOST_IN: u64 = 8;

/// What is between two phones: one packet at a time, whoever sends it.
#[derive(Default)]
struct Air {
    now_us: u64,
    free_at_us: u64,
    /// On their way to each side, with the time at which they are there.
    ways: [VecDeque<(u64, Vec<u8>)>; 2],
    chance: u64,
    packets: usize,
    lost: usize,
    /// So many packets pass before the two are out of reach.
    left: Option<usize>,
    broken: bool,
}

impl Air {
    fn send(&mut self, side: usize, packet: &[u8]) -> Result<(), PipeError> {
        let there = 1 - side;
        let waiting = |air: &Self| air.ways[there].iter().filter(|(at, _)| *at > air.now_us).count();
        if self.broken {
            return Err(PipeError::Closed);
        }
        if waiting(self) >= AHEAD {
            self.pass(Duration::from_millis(50));
        }
        if waiting(self) >= AHEAD {
            return Err(PipeError::Timeout);
        }
        if self.left == Some(0) {
            self.broken = true;
            self.ways = Default::default();
            return Ok(());
        }
        self.left = self.left.map(|left| left - 1);
        self.packets += 1;
        loop {
            let air_time = (packet.len() + HEADER) as u64 * 1_000_000 / BYTES_A_SECOND;
            self.free_at_us = self.free_at_us.max(self.now_us) + air_time;
            self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if !(self.chance >> 33).is_multiple_of(LOST_IN) {
                break;
            }
            self.lost += 1;
        }
        self.ways[there].push_back((self.free_at_us, packet.to_vec()));
        Ok(())
    }

    fn receive(&mut self, side: usize, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        if self.ways[side].front().is_none_or(|(at, _)| *at > self.now_us) {
            self.pass(wait);
        }
        let there = self.ways[side].front().is_some_and(|(at, _)| *at <= self.now_us);
        match if there { self.ways[side].pop_front() } else { None } {
            Some((_, packet)) => Ok(Some(packet)),
            None if self.broken => Err(PipeError::Closed),
            None => Ok(None),
        }
    }

    /// Time passes until something arrives anywhere, and no longer than this.
    fn pass(&mut self, most: Duration) {
        let until = self.now_us + u64::try_from(most.as_micros()).unwrap();
        let next = self.ways.iter().flatten().map(|(at, _)| *at).filter(|at| *at > self.now_us).min();
        self.now_us = next.map_or(until, |next| next.min(until));
    }
}

/// One side's radio.
struct Radio {
    air: Arc<Mutex<Air>>,
    side: usize,
}

impl Radio {
    fn air(&self) -> MutexGuard<'_, Air> {
        self.air.lock().unwrap()
    }
}

impl Pipe for Radio {
    fn send(&mut self, packet: &[u8]) -> Result<(), PipeError> {
        assert!(packet.len() <= PACKET, "{} bytes do not go into a packet", packet.len());
        self.air().send(self.side, packet)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        self.air().receive(self.side, wait)
    }

    fn close(&mut self) {
        self.air().broken = true;
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        None
    }
}

/// Alex and Sam in reach of each other, for so many packets or without end.
fn air(packets: Option<usize>) -> (Arc<Mutex<Air>>, [PiecePipe<Radio>; 2]) {
    let air = Arc::new(Mutex::new(Air { left: packets, chance: 7, ..Air::default() }));
    let radio = |side| pieces(Radio { air: Arc::clone(&air), side }, PACKET);
    let sides = [radio(0), radio(1)];
    (air, sides)
}

/// Leads both sides by turns until both are through, or the two are out of reach. A real phone has a thread for each.
fn talk(sides: &mut [(Conversation, PiecePipe<Radio>); 2]) -> Result<(), PipeError> {
    let mut unsent = [None, None];
    while sides.iter().any(|(talk, _)| !talk.is_over()) || unsent.iter().any(Option::is_some) {
        for ((talk, pipe), unsent) in sides.iter_mut().zip(&mut unsent) {
            while let Some(frame) = unsent.take().or_else(|| talk.poll_frame().unwrap()) {
                match pipe.send(&frame) {
                    Err(PipeError::Timeout) => {
                        *unsent = Some(frame);
                        break;
                    }
                    sent => sent?,
                }
            }
            if let Some(frame) = pipe.receive(Duration::from_millis(5))? {
                talk.handle_frame(&frame).unwrap();
            }
        }
    }
    Ok(())
}

fn conversations(couple: &Couple) -> [Conversation; 2] {
    [couple.alex.sync().begin().unwrap(), couple.sam.sync().answer().unwrap()]
}

/// One meeting, cut after so many packets. Was it through, how many packets did it take, and how long?
fn meet(couple: &Couple, packets: Option<usize>) -> (bool, Arc<Mutex<Air>>, [Conversation; 2]) {
    let (air, pipes) = air(packets);
    let mut pipes = pipes.into_iter();
    let mut sides = conversations(couple).map(|talk| (talk, pipes.next().unwrap()));
    let through = talk(&mut sides).is_ok();
    (through, air, sides.map(|(talk, _)| talk))
}

const WORDS: &[&str] = &[
    "we",
    "lay",
    "there",
    "long",
    "and",
    "nobody",
    "had",
    "to",
    "say",
    "anything",
    "lamp",
    "window",
    "open",
    "outside",
    "rain",
    "I",
    "would",
    "like",
    "that",
    "more",
    "often",
    "while",
    "still",
    "know",
    "how",
    "it",
    "felt",
    "warm",
    "tired",
    "glad",
    "slowly",
    "hand",
    "blanket",
    "tea",
    "morning",
    "quiet",
    "close",
    "again",
    "you",
    "listened",
    "breathing",
];

/// What two people write on a day: an entry and a comment on it, an answer, a signal, a wish that was thought over.
fn a_day(couple: &Couple, day: i64) {
    let mut chance = u64::try_from(day).unwrap();
    let mut word = || {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[usize::try_from(chance >> 33).unwrap() % WORDS.len()]
    };
    let text = (0..80).map(|_| word()).collect::<Vec<_>>().join(" ");
    let id = couple.alex.journal().write(&entry(&format!("day {day}"), &text, day), Sharing::Joint).unwrap();
    edit(&couple.alex, &id, &entry(&format!("day {day}"), &format!("{text} And the tea was good."), day));
    couple.sam.journal().write(&entry(&format!("answer {day}"), "Yes. Let's.", day), Sharing::Shared).unwrap();
    couple.sam.signals().send(&Signal::Listed(SignalKind::WaterPlease), None).unwrap();
    let item = Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition: None };
    let preferences = couple.alex.preferences();
    let stance = if day % 2 == 0 { Stance::Love } else { Stance::Like };
    let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
    let set = preferences.set(&item, &draft, &preferences.read(&item).unwrap().version).unwrap();
    preferences.share(&item, &set.version).unwrap();
}

fn titles(vault: &Vault) -> Vec<String> {
    let rows = vault.journal().rows(&RowsQuery { limit: 1000, ..RowsQuery::default() }).unwrap();
    rows.rows.into_iter().map(|row| row.title).collect()
}

fn both_have(couple: &Couple, entries: usize) {
    assert_eq!(titles(&couple.alex).len(), entries);
    assert_eq!(titles(&couple.alex), titles(&couple.sam));
    let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
    assert_eq!(digest(&couple.alex), digest(&couple.sam));
}

/// 2,288 bytes in 18 packets and 0.15 s; after a month 10,384 bytes in 0.65 s; with nothing new 384 bytes in 0.03 s.
#[test]
fn a_days_changes_take_a_moment() {
    let couple = Couple::at(&Hands::at(common::SATURDAY));
    meet(&couple, None);
    let mut days = 0;
    let told =
        [("a day's changes", 1, 3_000, 0.25), ("those of a month", 30, 15_000, 1.2), ("nothing new", 0, 600, 0.05)];
    for (what, apart, most_bytes, most_s) in told {
        for _ in 0..apart {
            days += 1;
            a_day(&couple, days);
        }
        let (through, air, sides) = meet(&couple, None);
        assert!(through);
        let reports = sides.map(|side| side.report());
        assert!(reports.iter().all(|report| report.outcome == Some(SyncOutcome::AllHandedOver)));
        let bytes = reports[0].bytes_sent + reports[0].bytes_received;
        let air = air.lock().unwrap();
        let seconds = air.now_us as f64 / 1e6;
        let said = format!("{what}: {bytes} bytes, {} packets, {} lost, {seconds:.2} s", air.packets, air.lost);
        assert!(bytes <= most_bytes && seconds <= most_s, "{said}");
    }
    both_have(&couple, 62);
}

#[test]
fn out_of_reach_after_any_packet_the_next_meeting_goes_on() {
    let couple = Couple::at(&Hands::at(common::SATURDAY));
    let mut days = 0;
    let mut entries_received = 0;
    for packets in 0.. {
        days += 1;
        a_day(&couple, days);
        let (through, ..) = meet(&couple, Some(packets));
        if through {
            break;
        }
        // The next one finishes, and what had come before the cut is not sent again.
        let (through, _, sides) = meet(&couple, None);
        assert!(through);
        entries_received += sides[1].report().entries_received;
        both_have(&couple, usize::try_from(days).unwrap() * 2);
    }
    assert!(days > 10, "it was over after {days} packets");
    assert!(entries_received > 0);
    both_have(&couple, usize::try_from(days).unwrap() * 2);
}

#[test]
fn frames_of_every_size_come_out_as_they_went_in() {
    let (_air, [mut alex, mut sam]) = air(None);
    for size in [0, 1, PACKET - 2, PACKET - 1, PACKET, 5_000, 65_535] {
        let frame: Vec<u8> = (0..size).map(|n| (n * 7 % 251).to_le_bytes()[0]).collect();
        alex.send(&frame).unwrap();
        sam.send(&frame).unwrap();
        let mut came = [None, None];
        while came.iter().any(Option::is_none) {
            for (pipe, came) in [&mut alex, &mut sam].into_iter().zip(&mut came) {
                if came.is_none() {
                    *came = pipe.receive(Duration::from_millis(5)).unwrap();
                } else {
                    assert_eq!(pipe.receive(Duration::ZERO), Ok(None));
                }
            }
        }
        assert_eq!(came, [Some(frame.clone()), Some(frame)], "{size} bytes");
    }
    assert_eq!(alex.send(&[0; 65_536]), Err(PipeError::FrameTooLarge));
}

#[test]
fn a_channel_that_is_full_gets_the_frame_later() {
    let (alex, sam) = memory::pair();
    let (mut alex, mut sam) = (pieces(alex, 20_000), pieces(sam, 20_000));
    let frame = |number: usize| vec![number.to_le_bytes()[0]; 60_000];
    let mut sent = 0;
    while alex.send(&frame(sent)) != Err(PipeError::Timeout) {
        sent += 1;
    }
    for number in 0..sent {
        let came = loop {
            if let Some(came) = sam.receive(Duration::ZERO).unwrap() {
                break came;
            }
            // What was taken and did not go in whole goes out while its side calls.
            assert_eq!(alex.receive(Duration::ZERO), Ok(None));
        };
        assert!(came == frame(number), "frame {number}");
    }
    alex.send(&[7; 9]).unwrap();
    alex.close();
    assert_eq!(sam.receive(Duration::ZERO), Ok(Some(vec![7; 9])));
    assert_eq!(sam.receive(Duration::ZERO), Err(PipeError::Closed));
    assert_eq!(sam.send(&[0; 3]), Err(PipeError::Closed));
}
