//! What earlier landings wrote opens, reads as it did, and goes on: see each folder `fixtures/landing-…`.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::journal::{Author, EntryDraft, Moment, RowsQuery, Visibility};
use nightstand::sync::{SyncOutcome, SyncReport};
use nightstand::vault::{FileForm, Layout, SystemClock, Vault, inspect, inspect_with_key};

/// A page as its reader finds it: who wrote it, who can read it, whether it has edits that were not shared, and what it says.
type Found = (Author, Visibility, bool, EntryDraft);

#[test]
fn the_vaults_of_landing_1_open_and_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["alex.vault", "sam.vault"].map(|name| {
        let path = folder.path().join(name);
        std::fs::copy(fixture(name), &path).unwrap();
        path
    });
    for (path, number) in paths.iter().zip([1, 2]) {
        assert_eq!(inspect(path).unwrap().form, FileForm::Plausible);
        let keyed = inspect_with_key(path, [number; 32]).unwrap();
        assert_eq!((keyed.version, keyed.layout), (1, Layout::NeedsMigration));
    }

    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    assert_eq!(pages(&alex), alex_apart());
    assert_eq!(pages(&sam), sam_apart());
    let partner = |vault: &Vault| vault.pairing().partner().unwrap().map(|it| (it.name, it.confirmed_by_both));
    assert_eq!((partner(&alex), partner(&sam)), (Some(("Sam".into(), true)), Some(("Alex".into(), true))));

    let met = meet(&alex, &sam);
    assert_eq!(met.outcome, Some(SyncOutcome::AllHandedOver));
    // Alex: the joint page, a page taken back, a new one. Sam: the joint page, a page deleted, a new one.
    assert!(met.entries_sent >= 3 && met.entries_received >= 3 && met.set_aside == 0, "{met:?}");
    assert_eq!(pages(&alex), alex_afterwards());
    assert_eq!(pages(&sam), sam_afterwards());
    let digest = alex.journal().shared_digest().unwrap();
    assert_eq!((digest.documents, &digest), (7, &sam.journal().shared_digest().unwrap()));
    let idle = meet(&alex, &sam);
    assert_eq!((idle.round_trips, idle.bytes_sent + idle.bytes_received <= 400), (1, true), "{idle:?}");

    alex.close().unwrap();
    sam.close().unwrap();
    for (path, number) in paths.iter().zip([1, 2]) {
        let keyed = inspect_with_key(path, [number; 32]).unwrap();
        assert_eq!((keyed.version > 1, keyed.layout), (true, Layout::Current));
        open(path, number).close().unwrap();
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/landing-1").join(name)
}

fn open(path: &Path, number: u8) -> Vault {
    Vault::open(path, [number; 32], [number; 16], Arc::new(SystemClock)).unwrap()
}

/// Every page, newest first. What the list shows of it has to fit what stands in it.
fn pages(vault: &Vault) -> Vec<Found> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let read = |row: nightstand::journal::JournalRow| {
        let view = vault.journal().read(&row.id).unwrap();
        let entry = view.entry;
        assert_eq!((&row.title, &row.when, row.all_day), (&entry.title, &entry.when, entry.all_day));
        assert_eq!((&row.mood, row.favourite), (&entry.mood, entry.favourite));
        assert!(row.tags.iter().eq(&entry.tags), "{:?}", row.tags);
        assert_eq!((row.preview, row.visibility), (entry.body.text.replace('\n', " "), view.visibility));
        (row.id.author(), view.visibility, view.unshared_edits, entry)
    };
    rows.into_iter().map(read).collect()
}

/// One sync, begun by Alex.
fn meet(alex: &Vault, sam: &Vault) -> SyncReport {
    let (mut alex, mut sam) = (alex.sync().begin().unwrap(), sam.sync().answer().unwrap());
    loop {
        let mut moved = false;
        while let Some(frame) = alex.poll_frame().unwrap() {
            moved = true;
            sam.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = sam.poll_frame().unwrap() {
            moved = true;
            alex.handle_frame(&frame).unwrap();
        }
        if !moved {
            return alex.report();
        }
    }
}

fn alex_apart() -> Vec<Found> {
    vec![
        shared(Author::Me, two_cups()),
        shared(Author::Partner, plain("Not for long", "gone tomorrow", 11)),
        shared(Author::Partner, horse()),
        shared(Author::Both, plain(REMEMBER, "The owl. The lamp was on.", 9)),
        private(plain("A letter", "dear Sam", 8)),
        private(plain("Soup", "it turned into soup", 7)),
        (Author::Me, Visibility::Shared, true, plain("Two squeezes", "It means I am here, and stay.", 6)),
        shared(Author::Me, many_scripts()),
        private(plain("Only for me", "for me alone, still", 2)),
        shared(Author::Me, slow_evening()),
        private(long_ago()),
    ]
}

fn sam_apart() -> Vec<Found> {
    vec![
        shared(Author::Both, plain("On the train", "It half works.", 13)),
        shared(Author::Me, horse()),
        shared(Author::Both, plain(REMEMBER, "We both heard it: The owl.", 9)),
        shared(Author::Partner, plain("A letter", "dear Sam", 8)),
        shared(Author::Partner, plain("Two squeezes", "It means I am here.", 6)),
        shared(Author::Partner, many_scripts()),
        private(plain("Not for the list yet", "to be read to, with the light off", 4)),
        shared(Author::Partner, slow_evening()),
    ]
}

fn alex_afterwards() -> Vec<Found> {
    let mut pages = alex_apart();
    pages.remove(1);
    pages[2] = merged();
    pages.insert(0, shared(Author::Both, plain("On the train", "It half works.", 13)));
    pages
}

fn sam_afterwards() -> Vec<Found> {
    let mut pages = sam_apart();
    pages.remove(3);
    pages[2] = merged();
    pages.insert(1, shared(Author::Partner, two_cups()));
    pages
}

const REMEMBER: &str = "What we want to remember";

fn merged() -> Found {
    shared(Author::Both, plain(REMEMBER, "We both heard it: The owl. The lamp was on.", 9))
}

fn shared(author: Author, entry: EntryDraft) -> Found {
    (author, Visibility::Shared, false, entry)
}

fn private(entry: EntryDraft) -> Found {
    (Author::Me, Visibility::OnlyMe, false, entry)
}

fn plain(title: &str, text: &str, day: i64) -> EntryDraft {
    let utc_ms = 1_794_000_000_000 + day * 86_400_000;
    EntryDraft {
        title: title.into(),
        body: RichText::plain(text),
        when: Moment { utc_ms, offset_seconds: Some(3600), zone: Some("Europe/Warsaw".into()) },
        ..EntryDraft::default()
    }
}

fn two_cups() -> EntryDraft {
    plain("Two cups", "I left yours standing there.", 12)
}

fn horse() -> EntryDraft {
    plain("A horse in a coat", "Fields, a horse in a coat, fields.", 10)
}

fn many_scripts() -> EntryDraft {
    let text = "ただいま。 👩‍👧 e\u{301} zażółć gęślą jaźń \u{1f1f5}\u{1f1f1}";
    EntryDraft { mood: Some("静か".into()), ..plain("雨の夜 🌧️", text, 5) }
}

fn long_ago() -> EntryDraft {
    EntryDraft {
        when: Moment { utc_ms: -9_767_001_525_000, offset_seconds: Some(-75), zone: Some("Europe/London".into()) },
        all_day: true,
        ..plain("A day in 1660", "Blessed be God.", 0)
    }
}

fn slow_evening() -> EntryDraft {
    let text = "How it was\nWe left the phones in the kitchen.\ntea\na song\nstay a little\nfirst";
    let mark = |start, end, style| Mark { start, end, style };
    let marks = vec![
        mark(0, 11, Style::Heading { level: 1 }),
        mark(23, 29, Style::Italic),
        mark(37, 44, Style::Bold),
        mark(46, 50, Style::Bullet),
        mark(50, 57, Style::Bullet),
        mark(50, 56, Style::Link { url: "https://example.org/song".into() }),
        mark(57, 71, Style::Quote),
        mark(71, 76, Style::Numbered),
    ];
    EntryDraft {
        body: RichText { text: text.into(), marks }.normalised().unwrap(),
        mood: Some("tender".into()),
        favourite: true,
        tags: ["evening", "wieczór"].map(str::to_owned).into(),
        ..plain("A slow evening", "", 1)
    }
}

/// What landing 1 said to another phone.
mod wire {
    use std::collections::{BTreeMap, BTreeSet};

    use data_encoding::HEXLOWER;
    use nightstand_engine::batch::{self, Batch, Form};
    use nightstand_engine::document::Document;
    use nightstand_engine::exchange::Couple;
    use nightstand_engine::exchange::admit::{Terms, admit};
    use nightstand_engine::ids::{BondId, DocumentId, Space};
    use nightstand_engine::keys::{DeviceKeys, Phrase, Root};
    use nightstand_engine::log::{EntryKind, Opening};
    use nightstand_engine::noise::{Handshake, Pattern};
    use nightstand_engine::pairing::invite::{Invite, Purpose};
    use nightstand_engine::roster::{DeviceRecord, SignedRoster};
    use nightstand_engine::session::{Config, Event, Outcome, Session};
    use nightstand_engine::simulator::store::MemoryStore;
    use nightstand_engine::store::{DocumentRow, Store, Transaction};

    const BOND: BondId = BondId::from_bytes([0xb0; 16]);

    /// The recorded lines, in order.
    fn recorded() -> Vec<(String, String)> {
        let text = std::fs::read_to_string(super::fixture("wire.txt")).unwrap();
        text.lines().map(|line| line.split_once(' ').unwrap()).map(|(name, rest)| (name.into(), rest.into())).collect()
    }

    fn all(name: &str) -> Vec<Vec<u8>> {
        let lines = recorded().into_iter().filter(|(found, _)| found == name);
        lines.map(|(_, hex)| HEXLOWER.decode(hex.as_bytes()).unwrap()).collect()
    }

    fn one(name: &str) -> Vec<u8> {
        let [bytes] = all(name).try_into().expect("one line of this name");
        bytes
    }

    /// One of the two phones that were recorded, with nothing in it.
    struct Phone {
        root: Root,
        keys: DeviceKeys,
        couple: Couple,
        peer: DeviceRecord,
        store: MemoryStore,
    }

    impl Phone {
        fn alex() -> Self {
            Self::new(0xa0, "alex", "sam")
        }

        fn sam() -> Self {
            Self::new(0x50, "sam", "alex")
        }

        fn new(number: u8, me: &str, partner: &str) -> Self {
            let root = Phrase::from_entropy([number; 32]).root();
            let roster = |name| SignedRoster::parse(&one(&format!("roster.{name}"))).unwrap();
            let (me, own_key) = (roster(me), root.own_entries_key(1));
            Self {
                keys: DeviceKeys::new([number + 1; 32], [number + 2; 16]),
                peer: DeviceRecord::parse(&one(&format!("record.{partner}"))).unwrap(),
                store: MemoryStore { person: Some(root.person()), ..MemoryStore::default() },
                couple: Couple { bond: BOND, me, partner: roster(partner), own_key },
                root,
            }
        }

        fn take(&mut self, packed: &[u8]) {
            let mut tx = self.store.begin().unwrap();
            let terms = Terms { workers: 1, disputed: &BTreeSet::new() };
            let admitted = admit(&mut tx, &self.couple, &batch::unpack(packed).unwrap(), &terms).unwrap();
            assert_eq!(admitted.set_aside, 0);
            tx.commit().unwrap();
        }

        fn config(&self) -> Config {
            Config {
                couple: self.couple.clone(),
                noise_key: self.keys.noise_key(&BOND),
                record: DeviceRecord::sign(&self.keys, BOND),
                peers: vec![self.peer.clone()],
                introduce: false,
                offered: false,
                live: false,
                workers: 1,
                seed: [1; 32],
                now_ms: 0,
            }
        }

        /// What is here, by the byte that each document's id repeats; none where it was deleted.
        fn documents(&self) -> BTreeMap<u8, Option<Document>> {
            let rows = self.store.stored.documents().iter();
            rows.map(|(key, row)| {
                let number = key.id.as_bytes()[0];
                assert_eq!(key.id, DocumentId::from_bytes([number; 16]));
                (number, alive(row))
            })
            .collect()
        }

        fn text(&self, number: u8) -> Option<String> {
            self.documents().remove(&number)?.map(|document| text(&document))
        }
    }

    fn alive(row: &DocumentRow) -> Option<Document> {
        match row {
            DocumentRow::Buried => None,
            DocumentRow::Alive { stored, .. } => Some(Document::load(stored).unwrap()),
        }
    }

    fn text(document: &Document) -> String {
        use automerge::ReadDoc;
        let document = document.automerge();
        let (_, body) = document.get(automerge::ROOT, "body").unwrap().unwrap();
        document.text(&body).unwrap()
    }

    #[test]
    fn keys_rosters_records_and_logs_of_landing_1_come_out_the_same() {
        for (phone, name, nonce) in [(Phone::alex(), "alex", 0x10), (Phone::sam(), "sam", 0x20)] {
            let roster = SignedRoster::parse(&one(&format!("roster.{name}"))).unwrap();
            assert_eq!(roster, SignedRoster::sign(&phone.root, 1, vec![phone.keys.device()], 1));
            let record = DeviceRecord::parse(&one(&format!("record.{name}"))).unwrap();
            assert_eq!(record, DeviceRecord::sign(&phone.keys, BOND));
            let packed = batch::unpack(&one(&format!("batch.{name}"))).unwrap();
            let batch = Batch::parse(&packed, BOND).unwrap();
            let opening = Opening {
                person: phone.root.person(),
                device: phone.keys.device(),
                space: Space::Mine,
                bond: Some(BOND),
                nonce: [nonce + Space::Mine.number(); 16],
            };
            assert_eq!(batch.runs[&opening.log()].opening, Some(opening));
        }
    }

    #[test]
    fn an_invite_of_landing_1_reads() {
        let (_, link) = recorded().into_iter().find(|(name, _)| name == "invite").unwrap();
        let invite = Invite::from_link(&link).unwrap();
        assert_eq!((invite.inviter_key, invite.endpoint, *invite.secret), ([1; 32], [2; 32], [3; 16]));
        assert_eq!((invite.expires, invite.purpose), (1_795_000_600, Purpose::Partner));
        let hints: Vec<_> = invite.hints.into_iter().map(|hint| std::net::SocketAddr::from(hint).to_string()).collect();
        assert_eq!(hints, ["192.0.2.7:4433", "[2001:db8::7]:4434"]);
    }

    #[test]
    fn batches_of_landing_1_give_a_new_phone_everything() {
        let packed = one("batch.everything");
        let plain = batch::unpack(&packed).unwrap();
        let entries = Batch::parse(&plain, BOND).unwrap().entries;
        let of = |which: fn(&batch::Entry<'_>) -> bool| entries.iter().filter(|entry| which(entry)).count();
        assert_eq!(of(|entry| entry.kind == EntryKind::Tombstone), 2);
        assert_eq!(of(|entry| matches!(entry.form, Form::Withheld(_))), 2);
        assert_eq!(of(|entry| matches!(entry.form, Form::Stripped { .. })), 6);

        let mut sam = Phone::sam();
        sam.take(&packed);
        let documents = sam.documents();
        for (number, document) in &documents {
            match document {
                None => assert_eq!(one(&format!("buried.{number:02x}")), b""),
                Some(document) => {
                    let stored = Document::load(&one(&format!("document.{number:02x}"))).unwrap();
                    assert_eq!((document.heads(), text(document)), (stored.heads(), text(&stored)));
                }
            }
        }
        assert_eq!(documents.keys().copied().collect::<Vec<_>>(), [0x11, 0x12, 0x13, 0x21, 0x22]);
        assert_eq!(sam.text(0x11).as_deref(), Some("Rain on the roof, and nobody moved. 🌧️"));
        assert_eq!(sam.text(0x13).as_deref(), Some("The lamp was on. We lay there. It was quiet."));
        assert_eq!(sam.text(0x21).as_deref(), Some("Ein Brief, für später."));
    }

    /// The recorded Alex calls: Sam's phone is of today, Alex's says what landing 1 said.
    #[test]
    fn a_phone_of_landing_1_hands_over_to_one_of_today() {
        let mut sam = Phone::sam();
        sam.take(&one("batch.sam"));
        let alex = Phone::alex();
        let pattern = Pattern::Session;
        let mut old = Handshake::initiate(pattern, &alex.keys.noise_key(&BOND), &alex.peer.noise_key, [2; 32]);
        let mut session = Session::respond(sam.config());
        let mut said = all("frame.alex").into_iter();
        let first = old.write(&said.next().unwrap()).unwrap();
        session.handle_frame(&mut sam.store, &first, 0).unwrap();
        old.read(&session.poll_frame(&mut sam.store).unwrap().unwrap()).unwrap();
        let mut old = old.into_transport().unwrap();
        for plain in said {
            session.handle_frame(&mut sam.store, &old.seal(&plain).unwrap(), 0).unwrap();
            while let Some(frame) = session.poll_frame(&mut sam.store).unwrap() {
                old.open(&frame).unwrap();
            }
        }
        let ended = std::iter::from_fn(|| session.poll_event()).last();
        assert_eq!(ended, Some(Event::Ended(Outcome::AllHandedOver)));
        assert_eq!(sam.text(0x11).as_deref(), Some("Rain on the roof, and nobody moved. 🌧️"));
        assert_eq!((sam.documents()[&0x12].is_none(), sam.text(0x13).as_deref()), (true, Some("We lay there.")));
    }

    /// The recorded Sam answers a phone of today that has nothing yet.
    #[test]
    fn a_phone_of_landing_1_answers_one_of_today() {
        let (mut alex, sam) = (Phone::alex(), Phone::sam());
        let mut session = Session::initiate(alex.config(), alex.peer.clone(), &mut alex.store).unwrap();
        let mut old = Handshake::respond(Pattern::Session, &sam.keys.noise_key(&BOND), [2; 32]);
        old.read(&session.poll_frame(&mut alex.store).unwrap().unwrap()).unwrap();
        let answer = old.write(&all("frame.sam")[0]).unwrap();
        session.handle_frame(&mut alex.store, &answer, 0).unwrap();
        assert_eq!(alex.text(0x21).as_deref(), Some("Ein Brief, für später."));
    }
}
