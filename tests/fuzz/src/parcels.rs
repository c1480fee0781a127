//! Bundles, and a mailbox's blobs, whose writer holds Sam's keys and says what the fuzzer chose.

use std::collections::BTreeSet;

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::mailbox::{BlobName, Heard, Listing, Posts};
use nightstand_engine::parcel::{self, Head, ParcelError};
use nightstand_engine::random::Seeded;
use nightstand_engine::session::Config;
use nightstand_engine::simulator::store::{DiskFull, MemoryStore};
use nightstand_engine::store::Store;
use nightstand_engine::vector::VersionVector;
use nightstand_engine::wire::Writer;

use crate::bytes::{Source, piece};
use crate::pair::{PAIR, assert_documents_load};

/// Of a mode: the file is what the fuzzer chose, and else what it encloses. The phone is new.
const OUTSIDE: u8 = 1;
const LOST: u8 = 4;

/// The size of a parcel before any padding, at most: sealing more tells nothing new.
const MOST_CONTENT: usize = 64 * 1024;

/// One file.
pub(crate) fn bundle(data: &[u8]) {
    let mut source = Source::new(data);
    let mode = source.byte();
    let bytes = source.rest();
    let mut store = PAIR.alexs_store(mode & LOST != 0);
    let _ = match mode & OUTSIDE {
        0 => take(&mut store, &sealed(bytes)),
        _ => take(&mut store, bytes),
    };
    assert_documents_load(&store);
}

/// What Alex's phone makes of it: whether it brought anything.
fn take(store: &mut MemoryStore, bytes: &[u8]) -> Result<(Head, [u8; 32], Heard), ParcelError<DiskFull>> {
    let mut config = alexs();
    let mut sealed = parcel::open(bytes, &config)?;
    let introduced = sealed.introduce(&mut config)?;
    let (head, writer) = (introduced.head.clone(), introduced.peer.noise_key);
    let taken = parcel::take_in(sealed, introduced, &config, store, &|| true)?;
    let heard = match (taken.missing, taken.batches.iter().any(|batch| batch.entries > 0)) {
        (Some(_), _) => Heard::BuildsOnMore,
        (None, true) => Heard::News,
        (None, false) => Heard::Nothing,
    };
    Ok((head, writer, heard))
}

fn alexs() -> Config {
    let config = PAIR.alex.config(false, [1; 32], 0);
    Config { peers: vec![PAIR.sam.record()], ..config }
}

/// Sealed to Alex's phone, with Sam's keys.
fn sealed(content: &[u8]) -> Vec<u8> {
    let sams = PAIR.sam.config(false, [2; 32], 0);
    let content = &content[..content.len().min(MOST_CONTENT)];
    parcel::seal_any(content, &sams, &[PAIR.alex.record()], &mut Seeded::from_number(3))
}

pub(crate) fn bundles() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (bytes, content) in [VersionVector::default(), PAIR.alexs_vector()].iter().map(honest) {
        for mode in [0, LOST] {
            seeds.push([&[mode], &content[..]].concat());
            seeds.push([&[mode | OUTSIDE], &bytes[..]].concat());
        }
    }
    seeds
}

/// A parcel of Sam's phone for one that has this, and what it encloses.
fn honest(have: &VersionVector) -> (Vec<u8>, Vec<u8>) {
    let sams = PAIR.sam.config(false, [2; 32], 0);
    let mut store = PAIR.sam.store.clone();
    let tx = store.begin().expect("memory");
    let mut outbox = Outbox::new(have, BTreeSet::new());
    let head = Head { base: have.clone(), ..Head::default() };
    let random = &mut Seeded::from_number(4);
    let cut = parcel::Cut { most: usize::MAX, goes_on: &|| true };
    let made = parcel::make(&tx, &sams, &[PAIR.alex.record()], head, &mut outbox, &cut, random).expect("memory");
    let mut content = Writer::new();
    for (kind, body) in parcel::open::<DiskFull>(&made.bytes, &alexs()).expect("it is for Alex").contents() {
        content.varint(kind << 1 | 1).bytes(&body);
    }
    (made.bytes, content.finish())
}

/// A folder: names, and a blob for each that is to be read.
pub(crate) fn mailbox(data: &[u8]) {
    let mut source = Source::new(data);
    let mode = source.byte();
    let mut posts = Posts::parse(source.piece()).unwrap_or_default();
    let names = String::from_utf8_lossy(source.piece()).into_owned();
    let listing = Listing::of(names.split('\n'), &posts);
    let mut store = PAIR.alexs_store(mode & LOST != 0);
    let bond = PAIR.alex.bond();
    let to_read: Vec<_> = posts.to_read(&listing).into_iter().flatten().collect();
    for name in to_read.iter().copied().take(8) {
        assert_eq!(BlobName::parse(&name.to_text()), Some(name), "a name reads as it is written");
        let blob = sealed(source.piece());
        match take(&mut store, &blob) {
            Ok((head, writer, heard)) => {
                posts.note_open(bond, name.lane, &listing);
                posts.lanes(bond).note_read(name, writer, &head, heard);
            }
            Err(_) => posts.note_closed(name, &listing),
        }
    }
    let kept = Posts::parse(&posts.to_bytes()).expect("what is kept reads");
    assert!(kept == posts, "and reads as it was");
    let to_delete = posts.lanes(bond).to_delete(&listing);
    let others: BTreeSet<_> = to_read.iter().map(|name| name.lane).collect();
    assert!(!to_delete.iter().any(|name| others.contains(&name.lane)), "nobody deletes what another device wrote");
    assert_documents_load(&store);
}

pub(crate) fn mailboxes() -> Vec<Vec<u8>> {
    let name = |number| BlobName { lane: [5; 16], number }.to_text();
    let names = [name(1), name(2), format!("{} (1)", name(2)), "other.txt".to_owned()].join("\n");
    let [whole, rest] = [VersionVector::default(), PAIR.alexs_vector()].map(|have| honest(&have).1);
    let mut seeds = Vec::new();
    for mode in [0, LOST] {
        let head = [&[mode][..], &piece(&Posts::default().to_bytes()), &piece(names.as_bytes())].concat();
        seeds.push([&head[..], &piece(&whole), &piece(&rest)].concat());
        seeds.push([&head[..], &piece(&rest), &piece(&whole)].concat());
    }
    seeds
}
