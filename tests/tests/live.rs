//! A session that stays open while both apps are in use.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use nightstand_engine::ids::Space;
use nightstand_engine::random::{self, Seeded};
use nightstand_engine::session::{BREATH_MS, Event, GOODBYE_MS, Outcome, PATIENCE_MS, Session};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::talk::couple;

struct Meeting {
    devices: [Device; 2],
    sessions: [Session; 2],
    random: Seeded,
    now: u64,
    frames: usize,
}

impl Meeting {
    fn begin(seed: u64, live: [bool; 2]) -> Self {
        let mut devices = couple(seed);
        let mut random = Seeded::from_number(seed);
        let peer = devices[1].record();
        devices[0].store.peers.push(peer.clone());
        let [first, second] = [0, 1].map(|side| {
            let mut config = devices[side].config(false, random::make_bytes(&mut random), 0);
            config.live = live[side];
            config
        });
        let begun = Session::initiate(first, peer, &mut devices[0].store).unwrap();
        Self { devices, sessions: [begun, Session::respond(second)], random, now: 0, frames: 0 }
    }

    /// Passes frames until there are none. Returns what happened on each side.
    fn pass(&mut self) -> [Vec<Event>; 2] {
        let mut events = [Vec::new(), Vec::new()];
        loop {
            let before = self.frames;
            for (one, other) in [(0, 1), (1, 0)] {
                while let Some(frame) = self.sessions[one].poll_frame(&mut self.devices[one].store).unwrap() {
                    self.frames += 1;
                    self.sessions[other].handle_frame(&mut self.devices[other].store, &frame, self.now).unwrap();
                }
                events[one].extend(std::iter::from_fn(|| self.sessions[one].poll_event()));
            }
            if self.frames == before {
                return events;
            }
        }
    }

    fn write(&mut self, side: usize, space: Space, text: &str) {
        let key = self.devices[side].new_key(space, &mut self.random);
        self.devices[side].write(key, text, 0).unwrap();
        self.sessions[side].wake();
    }

    fn documents(&self) -> [usize; 2] {
        [0, 1].map(|side: usize| self.devices[side].store.stored.documents().len())
    }
}

fn sent(events: &[Event]) -> u64 {
    events.iter().map(|event| if let Event::HandedOver(entries) = event { *entries } else { 0 }).sum()
}

#[test]
fn what_is_written_while_it_is_open_is_with_the_other_at_once() {
    let mut meeting = Meeting::begin(1, [true, true]);
    let events = meeting.pass();
    assert!(events.iter().all(|events| events.contains(&Event::Level(Outcome::AllHandedOver))));
    assert!(meeting.sessions.iter().all(Session::is_level));

    for turn in 0..6 {
        let side = turn % 2;
        meeting.write(side, Space::Joint, "word");
        meeting.write(side, Space::Private, "not a word of this");
        let events = meeting.pass();
        // It goes over once, and nothing is sent back to who wrote it.
        assert_eq!((sent(&events[side]), sent(&events[1 - side])), (1, 0));
        assert!(events.iter().all(|events| events.contains(&Event::Level(Outcome::AllHandedOver))));
    }
    assert_eq!(meeting.documents(), [6 + 3, 6 + 3]);

    meeting.sessions[1].leave();
    let events = meeting.pass();
    assert!(events.iter().all(|events| events.contains(&Event::Ended(Outcome::AllHandedOver))));
    assert!(meeting.sessions.iter().all(Session::is_over));
}

#[test]
fn both_write_at_once_and_one_leaves_in_the_middle() {
    let mut meeting = Meeting::begin(2, [true, true]);
    meeting.pass();
    for _ in 0..20 {
        meeting.write(0, Space::Joint, "from here");
        meeting.write(1, Space::Mine, "from there");
    }
    meeting.sessions[0].leave();
    let events = meeting.pass();
    assert!(events.iter().all(|events| events.contains(&Event::Ended(Outcome::AllHandedOver))));
    assert_eq!(meeting.documents(), [40, 40]);
}

/// The goodbye of one crosses with words of the other: it stays until it has them.
#[test]
fn a_goodbye_that_crosses_with_an_entry_waits_for_it() {
    let mut meeting = Meeting::begin(7, [true, true]);
    meeting.pass();
    meeting.sessions[0].leave();
    meeting.write(1, Space::Joint, "one more thing");
    let frames = [0, 1].map(|side: usize| {
        let frame = meeting.sessions[side].poll_frame(&mut meeting.devices[side].store).unwrap();
        frame.unwrap()
    });
    for (side, frame) in [1, 0].into_iter().zip(&frames) {
        meeting.sessions[side].handle_frame(&mut meeting.devices[side].store, frame, 0).unwrap();
    }
    let events = meeting.pass();
    assert!(events.iter().all(|events| events.last() == Some(&Event::Ended(Outcome::AllHandedOver))));
    assert_eq!(meeting.documents(), [1, 1]);
}

/// Whoever does not ask for it, or left before it began, has a session like any other.
#[test]
fn it_takes_both_to_stay() {
    for live in [[true, false], [false, true]] {
        let mut meeting = Meeting::begin(3, live);
        let events = meeting.pass();
        assert!(events.iter().all(|events| events.last() == Some(&Event::Ended(Outcome::AllHandedOver))));
    }
    for early in [0, 1] {
        let mut meeting = Meeting::begin(4, [true, true]);
        meeting.sessions[early].leave();
        let events = meeting.pass();
        assert!(events.iter().all(|events| events.last() == Some(&Event::Ended(Outcome::AllHandedOver))), "{early}");
    }
}

#[test]
fn it_lasts_for_days_while_both_breathe_and_ends_when_one_is_gone() {
    let mut meeting = Meeting::begin(5, [true, true]);
    meeting.pass();
    for _ in 0..5_000 {
        meeting.now += BREATH_MS;
        for session in &mut meeting.sessions {
            session.handle_timeout::<()>(meeting.now).unwrap();
        }
        let frames = meeting.frames;
        meeting.pass();
        assert_eq!(meeting.frames, frames + 2);
    }
    assert!(meeting.sessions.iter().all(Session::is_level));
    meeting.write(0, Space::Joint, "still here");
    meeting.pass();
    assert_eq!(meeting.documents(), [1, 1]);

    let silent = meeting.now + PATIENCE_MS;
    assert!(meeting.sessions[0].handle_timeout::<()>(silent - 1).is_ok());
    assert!(meeting.sessions[0].handle_timeout::<()>(silent).is_err());
}

/// Whoever leaves waits for the other's goodbye and for nothing else, however often that one says that it is still there.
#[test]
fn a_goodbye_without_an_answer_ends_it_too() {
    let mut meeting = Meeting::begin(8, [true, true]);
    meeting.pass();
    meeting.sessions[0].leave();
    let [left, _] = &mut meeting.sessions;
    assert!(left.poll_frame(&mut meeting.devices[0].store).unwrap().is_some());
    meeting.now = BREATH_MS;
    meeting.sessions[1].handle_timeout::<()>(meeting.now).unwrap();
    let frame = meeting.sessions[1].poll_frame(&mut meeting.devices[1].store).unwrap().unwrap();
    meeting.sessions[0].handle_frame(&mut meeting.devices[0].store, &frame, meeting.now).unwrap();
    assert!(meeting.sessions[0].poll_timeout().unwrap() <= GOODBYE_MS);
    assert!(meeting.sessions[0].handle_timeout::<()>(meeting.now).is_err());
}
