//! Nightstand itself: two vaults on disk that have paired, every entry a joint one.
//!
//! Counted: whole session frames, handshake, encryption and padding included. The wall time
//! includes what a peer's does not: every batch is checked, committed with `synchronous=FULL`,
//! encrypted, and indexed for lists and search. The phones are two threads, as they would be two
//! machines, and the receiving one uses a further core if there is one; the peers' steps follow
//! one another on one core.
//!
//! An entry's `updated` is our `when`, its `created` stands where a mood would, so that every
//! field is stored and an edit changes what a peer's changes.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use nightstand::{
    error::NightstandError,
    journal::{EntryDraft, EntryId, EntryView, Moment, Sharing, rich_text::RichText},
    pairing::PairingState,
    sync::{Cancel, Conversation, SyncOutcome, SyncReport, Talk, drive},
    transport::{Pipe, iroh::IrohRoad, memory},
    vault::{OpenOptions, Vault},
};

use crate::{
    pair::{Cost, Pair, Side},
    work::{Edit, Entry},
};

/// Longer than any meeting here.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// How long a call on loopback may take.
const SHORT: Duration = Duration::from_secs(10);

/// Phone A's key: the one that `docs/open-the-file.md` writes out, so that its salt is known too.
pub(crate) const KEY: [u8; 32] = {
    let mut key = [0; 32];
    let mut at = 0;
    while at < key.len() {
        key[at] = at as u8;
        at += 1;
    }
    key
};

/// Where the app of phone A was installed.
const MARK_OF_A: [u8; 16] = [1; 16];

/// Two paired phones with empty journals.
pub(crate) fn open(seed: u64) -> Box<dyn Pair> {
    Box::new(couple(seed))
}

/// Puts the file of a phone A into `path` that wrote these entries and has met its partner since.
pub(crate) fn keep(path: &Path, entries: &[Entry], seed: u64) {
    let mut ours = couple(seed);
    ours.create(entries);
    ours.sync();
    ours.a.close().expect("a vault closes");
    std::fs::copy(ours.folder.path().join("a"), path).expect("there is room for a copy");
}

/// Puts the file of a phone A into `path` after both wrote something and have met since.
pub(crate) fn keep_filled(path: &Path, seed: u64, fill: impl Fn(&Vault, Side)) {
    let mut ours = couple(seed);
    for side in Side::BOTH {
        fill(ours.vault(side), side);
    }
    ours.sync();
    ours.a.close().expect("a vault closes");
    std::fs::copy(ours.folder.path().join("a"), path).expect("there is room for a copy");
}

/// Opens a file that was kept. Ids are drawn anew, as the same ones may not come twice.
pub(crate) fn reopen(path: &Path) -> Vault {
    Vault::open_with(OpenOptions::new(path, KEY, MARK_OF_A)).expect("a kept vault opens")
}

fn couple(seed: u64) -> Ours {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let vault = |name, number: u8, key, mark| {
        let mut randomness = [number; 32];
        randomness[..8].copy_from_slice(&seed.to_le_bytes());
        let options = OpenOptions::new(folder.path().join(name), key, mark);
        Vault::open_with(options.seed(randomness)).expect("a new vault opens")
    };
    let (a, b) = (vault("a", 1, KEY, MARK_OF_A), vault("b", 2, [2; 32], [2; 16]));
    let mut ours = Ours { a, b, ids: Vec::new(), folder };
    ours.pair();
    ours
}

struct Ours {
    a: Vault,
    b: Vault,
    /// Joint entries have the same id on both phones.
    ids: Vec<EntryId>,
    folder: tempfile::TempDir,
}

impl Ours {
    fn pair(&mut self) {
        let mut a = self.a.pairing().invite("A").expect("nobody is paired yet");
        let mut b = self.b.pairing().join("B", &a.link(&[])).expect("an invite just made is good");
        let mut confirmed = false;
        while leg(&mut b, &mut a) | leg(&mut a, &mut b) || !confirmed {
            if !confirmed && matches!(a.state(), PairingState::Compare { .. }) {
                a.confirm().expect("there is a code");
                b.confirm().expect("there is a code");
                confirmed = true;
            }
        }
        assert_eq!((a.state(), b.state()), (PairingState::Paired, PairingState::Paired));
    }

    fn vault(&self, side: Side) -> &Vault {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

/// Two phones with one empty joint entry, to be typed into.
pub(crate) struct Typists(Ours);

impl Typists {
    pub(crate) fn begin(seed: u64) -> Self {
        let mut ours = couple(seed);
        ours.create(&[Entry::default()]);
        ours.sync();
        Self(ours)
    }

    pub(crate) fn vaults(&self) -> [&Vault; 2] {
        Side::BOTH.map(|side| self.0.vault(side))
    }

    pub(crate) fn entry(&self) -> &EntryId {
        &self.0.ids[0]
    }

    pub(crate) fn meet(&mut self) {
        self.0.sync();
    }
}

impl Pair for Ours {
    fn create(&mut self, entries: &[Entry]) {
        let journal = self.a.journal();
        let write = |entry| journal.write(&draft(entry), Sharing::Joint).expect("an entry is written");
        self.ids = entries.iter().map(write).collect();
    }

    fn sync(&mut self) -> Cost {
        let since = Instant::now();
        let (road_of_a, road_of_b) = memory::pair();
        let (a, b) = thread::scope(|scope| {
            let b = scope.spawn(|| meet(self.b.sync().answer(), road_of_b).0);
            (meet(self.a.sync().begin(), road_of_a).0, b.join().expect("an honest talk goes on"))
        });
        Cost {
            a_to_b: a.bytes_sent,
            b_to_a: b.bytes_sent,
            round_trips: a.round_trips,
            wall_ms: since.elapsed().as_secs_f64() * 1e3,
        }
    }

    fn wire_bytes(&mut self) -> Option<u64> {
        let key = |vault: &Vault| vault.sync().endpoint_key().expect("they are paired");
        let bind = |vault| IrohRoad::bind(key(vault), (Ipv4Addr::LOCALHOST, 0).into()).expect("loopback is there");
        let (road_of_a, road_of_b) = (bind(&self.a), bind(&self.b));
        let pipe = thread::scope(|scope| {
            let b = scope.spawn(|| {
                let pipe = road_of_b.accept(SHORT).expect("the road is open").expect("A calls");
                meet(self.b.sync().answer(), pipe);
            });
            let pipe = road_of_a.dial(road_of_b.endpoint_id(), &road_of_b.addresses(), SHORT).expect("B listens");
            let pipe = meet(self.a.sync().begin(), pipe).1;
            b.join().expect("an honest talk goes on");
            pipe
        });
        pipe.wire_bytes().map(|wire| wire.sent + wire.received)
    }

    fn edit(&mut self, side: Side, edit: &Edit) {
        let (journal, id) = (self.vault(side).journal(), &self.ids[edit.entry]);
        let EntryView { mut entry, version, .. } = journal.read(id).expect("the entry is there");
        entry.body.text.push_str(&edit.sentence);
        entry.when.utc_ms = edit.at;
        journal.edit(id, &entry, &version).expect("the edit is written");
    }

    fn read(&mut self, side: Side, entry: usize) -> Entry {
        let read = self.vault(side).journal().read(&self.ids[entry]).expect("the entry is there").entry;
        Entry {
            title: read.title,
            body: read.body.text,
            tags: read.tags.into_iter().collect(),
            created: read.mood.and_then(|mood| mood.parse().ok()).expect("it was written there"),
            updated: read.when.utc_ms,
        }
    }
}

/// One phone's half of a meeting.
fn meet<P: Pipe>(conversation: Result<Conversation, NightstandError>, mut road: P) -> (SyncReport, P) {
    let mut conversation = conversation.expect("they are paired");
    drive(&mut conversation, &mut road, LONG, &Cancel::new()).expect("an honest talk goes on");
    let report = conversation.report();
    assert_eq!(report.outcome, Some(SyncOutcome::AllHandedOver));
    (report, road)
}

/// Hands over what one side has to say at this moment.
fn leg(from: &mut dyn Talk, to: &mut dyn Talk) -> bool {
    let mut said_any = false;
    while let Some(frame) = from.poll_frame().expect("an honest talk goes on") {
        to.handle_frame(&frame).expect("an honest frame is taken");
        said_any = true;
    }
    said_any
}

fn draft(entry: &Entry) -> EntryDraft {
    EntryDraft {
        title: entry.title.clone(),
        body: RichText::plain(&entry.body),
        when: Moment { utc_ms: entry.updated, ..Moment::default() },
        mood: Some(entry.created.to_string()),
        tags: entry.tags.iter().cloned().collect::<BTreeSet<_>>(),
        ..EntryDraft::default()
    }
}
