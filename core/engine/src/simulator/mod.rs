//! A seeded network of devices: the whole engine under loss, cuts, crashes, full disks, wrong clocks and old copies put
//! back, against a model so small that one can see that it is right.
//!
//! The model knows of each write only which entry it became, and of each document which writes it holds and whether it was
//! deleted. A phone that is replaced by an older copy of itself forgets what it had told nobody; everything else must be on
//! every device of the couple at the end, exactly once, and nothing of `Private` anywhere but with its person. Where somebody
//! removed a device, those that are left must hold the same, whatever that device told whom and when; and none of them talks
//! with it.
//!
//! ```
//! use nightstand_engine::simulator::{Plan, run};
//!
//! let report = run(&Plan::from_seed(7)).unwrap_or_else(|failure| panic!("{failure}"));
//! assert_eq!(report.trace, run(&Plan::from_seed(7)).unwrap().trace);
//! ```

pub mod device;
mod model;
pub mod network;
pub mod store;
pub mod talk;

use device::{Device, Person};
use model::Model;
use network::{Faults, Link};

use crate::hash::Hash;
use crate::ids::{BondId, Space};
use crate::random::{self, Seeded};
use crate::session::{Event, Session};
use store::MemoryStore;

/// What a run does. All of it follows from the seed.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many devices, from 2 to 4; the two persons take turns.
    pub devices: usize,
    /// How many things happen before everybody meets in peace.
    pub steps: u64,
    /// How unkind the network is.
    pub faults: Faults,
    /// May devices crash, fill their disks and be replaced by older copies?
    pub accidents: bool,
    /// May somebody remove one of their two devices?
    pub removal: bool,
}

impl Plan {
    /// The plan of a seed. Every third is free of faults.
    pub fn from_seed(seed: u64) -> Self {
        let mut draw = Draw(Seeded::from_number(seed));
        let kind = seed.is_multiple_of(3);
        let faults = Faults {
            loss: draw.below(300),
            duplicates: draw.below(500),
            reordered: draw.below(100),
            cuts: draw.below(60),
        };
        Self {
            seed,
            devices: 2 + draw.below(3) as usize,
            steps: 40 + draw.below(120),
            faults: if kind { Faults::NONE } else { faults },
            accidents: !kind,
            removal: seed.is_multiple_of(4),
        }
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Stands for every frame and every state: equal for equal plans.
    pub trace: Hash,
    /// How many writes there were.
    pub writes: u64,
    /// How many sessions were begun.
    pub sessions: u64,
    /// How many entries were handed over.
    pub entries: u64,
    /// How many old copies were put back.
    pub restored: u64,
    /// How many of them under the same install mark, so that the device did not notice.
    pub unnoticed: u64,
    /// How many forked logs were put right.
    pub repaired: u64,
    /// How many devices were removed by another of their person.
    pub removed: u64,
}

/// A run that went wrong, with what it takes to see it again.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}: {what}")]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What was wrong.
    pub what: String,
}

/// Runs a plan to its end.
pub fn run(plan: &Plan) -> Result<Report, Failure> {
    let mut world = World::new(plan);
    for _ in 0..plan.steps {
        world.step();
    }
    world.meet_in_peace().and_then(|()| world.check()).map_err(|what| Failure { seed: plan.seed, what })?;
    Ok(world.report())
}

struct Draw(Seeded);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        u64::from_le_bytes(random::make_bytes(&mut self.0)) % limit.max(1)
    }
}

struct World {
    plan: Plan,
    draw: Draw,
    persons: [Person; 2],
    devices: Vec<Device>,
    /// The device that its person has removed.
    removed: Option<usize>,
    links: Vec<Link>,
    /// A copy of each device's store, and the install mark it was made under.
    copies: Vec<Option<([u8; 16], MemoryStore)>>,
    model: Model,
    trace: blake3::Hasher,
    now_ms: u64,
    report: Report,
}

impl World {
    fn new(plan: &Plan) -> Self {
        let mut random = Seeded::from_number(plan.seed ^ 0x6e69_6768_7473_7461);
        let persons = [Person::make(2, &mut random), Person::make(2, &mut random)];
        let bond = BondId::from_bytes(random::make_bytes(&mut random));
        let devices: Vec<_> = (0..plan.devices)
            .map(|index| Device::new(&persons[index % 2], &persons[1 - index % 2], bond, index / 2, &mut random))
            .collect();
        let report = Report {
            trace: Hash::from_bytes([0; 32]),
            writes: 0,
            sessions: 0,
            entries: 0,
            restored: 0,
            unnoticed: 0,
            repaired: 0,
            removed: 0,
        };
        Self {
            plan: *plan,
            draw: Draw(random),
            persons,
            removed: None,
            copies: devices.iter().map(|_| None).collect(),
            devices,
            links: Vec::new(),
            model: Model::default(),
            trace: blake3::Hasher::new(),
            now_ms: 0,
            report,
        }
    }

    fn step(&mut self) {
        self.now_ms += self.draw.below(400);
        match self.draw.below(100) {
            0..30 => self.write(),
            30..33 => self.delete(),
            33..45 => self.connect(),
            45..46 if self.plan.accidents => self.crash(),
            46..47 if self.plan.accidents => self.fill_disk(),
            47..51 if self.plan.accidents => self.copy_or_put_back(),
            51..52 if self.plan.accidents => self.jump_clock(),
            52..53 if self.plan.accidents && self.plan.removal => self.remove_device(),
            _ => self.move_frames(),
        }
    }

    fn some_device(&mut self) -> usize {
        self.draw.below(self.devices.len() as u64) as usize
    }

    fn write(&mut self) {
        let index = self.some_device();
        self.write_on(index);
    }

    fn write_on(&mut self, index: usize) {
        let space = [Space::Private, Space::Mine, Space::Joint][self.draw.below(3) as usize];
        let device = &self.devices[index];
        let known: Vec<_> = device.writable().into_iter().filter(|key| key.place.space() == space).collect();
        let key = match self.draw.below(3) {
            0 => device.new_key(space, &mut self.draw.0),
            _ if known.is_empty() => device.new_key(space, &mut self.draw.0),
            _ => known[self.draw.below(known.len() as u64) as usize],
        };
        let token = format!("<{}>", self.report.writes);
        let at = self.draw.below(1 << 20);
        if let Ok(entry) = self.devices[index].write(key, &token, at) {
            self.model.wrote(key, token, entry);
            self.report.writes += 1;
        }
    }

    fn delete(&mut self) {
        let index = self.some_device();
        let keys = self.devices[index].writable();
        if keys.is_empty() {
            return;
        }
        let key = keys[self.draw.below(keys.len() as u64) as usize];
        if self.devices[index].bury(key).is_ok() {
            self.model.deleted(key);
        }
    }

    fn connect(&mut self) {
        let (first, second) = (self.some_device(), self.some_device());
        if first == second || self.links.iter().any(|link| link.ends.contains(&first) && link.ends.contains(&second)) {
            return;
        }
        let introduce = self.draw.below(2) == 0;
        self.open_link([first, second], introduce);
    }

    fn open_link(&mut self, ends: [usize; 2], introduce: bool) {
        let seeds = [random::make_bytes(&mut self.draw.0), random::make_bytes(&mut self.draw.0)];
        let live = [self.draw.below(3) > 0, self.draw.below(3) > 0];
        if let Some(link) = Link::open(ends, &mut self.devices, introduce, live, seeds, self.now_ms) {
            self.links.push(link);
            self.report.sessions += 1;
        }
    }

    fn move_frames(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let link = self.draw.below(self.links.len() as u64) as usize;
        let end = self.draw.below(2) as usize;
        let faults = self.plan.faults;
        self.step_link(link, end, &faults);
    }

    fn step_link(&mut self, link: usize, end: usize, faults: &Faults) {
        let draw = &mut self.draw;
        let step = self.links[link].step(end, &mut self.devices, faults, self.now_ms, &mut |limit| draw.below(limit));
        self.trace.update(&step.trace);
        for event in &step.events {
            if let Event::Took(admitted) = event {
                self.report.entries += admitted.entries;
                self.report.repaired += admitted.repaired.len() as u64;
            }
        }
        if step.over {
            self.links.remove(link);
        }
    }

    /// One of the two devices of a person removes the other, which knows nothing of it and goes on.
    fn remove_device(&mut self) {
        let index = self.some_device();
        let others = 0..self.devices.len();
        let signer = others.clone().find(|other| *other != index && other % 2 == index % 2);
        if let (None, Some(signer)) = (self.removed, signer) {
            self.devices[signer].store.commits_left = None;
            let gone = [self.devices[index].device()];
            let roster = self.persons[index % 2].remove(&gone, &self.devices[signer], &mut self.draw.0);
            self.devices[signer].take_roster(roster);
            self.drop_links(signer);
            self.removed = Some(index);
            self.report.removed += 1;
        }
    }

    fn crash(&mut self) {
        let index = self.some_device();
        self.drop_links(index);
        self.devices[index].store.commits_left = None;
    }

    fn fill_disk(&mut self) {
        let index = self.some_device();
        self.devices[index].store.commits_left = Some(self.draw.below(4));
    }

    fn copy_or_put_back(&mut self) {
        let index = self.some_device();
        let device = &mut self.devices[index];
        if self.draw.below(2) > 0 || self.copies[index].is_none() {
            self.copies[index] = Some((device.install_mark(), device.store.clone()));
        } else if let Some((mark, copy)) = self.copies[index].clone() {
            device.store = MemoryStore { commits_left: None, ..copy };
            // Under the same mark the vault can't know, writes on in its old logs, and forks them. Where more than one phone
            // of the partner took different branches, that is frozen and said, so it is tried among two devices alone.
            let unnoticed = mark == device.install_mark() && self.plan.devices == 2 && self.draw.below(4) > 0;
            device.settle_removals();
            if !unnoticed {
                device.install(&mut self.draw.0);
            }
            self.drop_links(index);
            self.model.forget_what_nobody_has(&self.devices);
            self.report.restored += 1;
            if unnoticed {
                self.report.unnoticed += 1;
                (0..self.draw.below(4)).for_each(|_| self.write_on(index));
            }
        }
    }

    /// Sessions take a clock that only goes forward; a jump makes every deadline pass at once.
    fn jump_clock(&mut self) {
        self.now_ms += 10 * 365 * 24 * 3_600_000;
    }

    fn drop_links(&mut self, device: usize) {
        self.links.retain(|link| !link.ends.contains(&device));
    }

    fn meet_in_peace(&mut self) -> Result<(), String> {
        self.links.clear();
        for device in &mut self.devices {
            device.store.commits_left = None;
        }
        for round in 0..3 {
            let listed: Vec<_> = (0..self.devices.len()).filter(|index| Some(*index) != self.removed).collect();
            for first in &listed {
                for second in &listed {
                    let [first, second] = [*first, *second];
                    if first != second {
                        self.talk([first, second]).map_err(|what| format!("round {round}: {what}"))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// One session without faults, to its end.
    fn talk(&mut self, ends: [usize; 2]) -> Result<(), String> {
        self.open_link(ends, true);
        for turn in 0..100_000 {
            if self.links.is_empty() {
                return Ok(());
            }
            self.step_link(0, turn % 2, &Faults::NONE);
        }
        Err("a session without faults does not end".into())
    }

    fn check(&mut self) -> Result<(), String> {
        match self.removed {
            None => self.model.check(&self.devices),
            Some(removed) => self.check_removed(removed),
        }
    }

    /// The devices that are left hold the same, whatever the removed one told whom; and nobody talks with it.
    fn check_removed(&mut self, removed: usize) -> Result<(), String> {
        let gone = self.devices.remove(removed);
        for device in &mut self.devices {
            let own = device.person() == gone.person();
            let mut other = MemoryStore { ..gone.store.clone() };
            let config = if own { gone.own_config(true, [1; 32], 0) } else { gone.config(true, [1; 32], 0) };
            let peer = if own { device.own_record() } else { device.record() };
            let mut begun = Session::initiate(config, peer, &mut other).map_err(|error| format!("{error}"))?;
            let answering = [device.config(false, [2; 32], 0), device.own_config(false, [2; 32], 0)];
            let [as_partner, as_own] = answering;
            let mut answering = Session::respond_to_any(as_partner, vec![as_own]);
            let frame = begun.poll_frame(&mut other).ok().flatten().ok_or("nothing to say")?;
            if answering.handle_frame(&mut device.store, &frame, 0).is_ok() {
                return Err("a removed device is answered".into());
            }
        }
        self.model.check_equal(&self.devices)
    }

    fn report(mut self) -> Report {
        for device in &self.devices {
            for key in device.store.stored.documents().keys() {
                self.trace.update(device.text(key).unwrap_or_default().as_bytes());
            }
        }
        self.report.trace = Hash::from_bytes(*self.trace.finalize().as_bytes());
        self.report
    }
}
