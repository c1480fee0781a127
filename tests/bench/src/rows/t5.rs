//! T5: a sentence is appended to an entry among 10,000, and is in the file when the call returns.
//!
//! The bare transaction writes as many bytes to the write-ahead log: how many frames each of our edits appends is counted
//! first, in a run of its own, and the bare one then replaces one row on each of as many pages, anywhere in a file as large as
//! ours, and commits.

use std::{collections::BTreeSet, path::Path};

use nightstand::{
    journal::{EntryId, EntryView, RowsQuery},
    vault::Vault,
};
use rusqlite::{Connection, TransactionBehavior, params};

use super::{Counts, OURS, Peer, Row};
use crate::{
    bare,
    child::Measured,
    ours, shelf,
    timing::{at, median, timed},
    wal::Wal,
    work::{self, Draw, Edit},
};

pub(crate) const ROW: Row = Row {
    id: "T5",
    figures: &[
        ("one durable edit: median", "ms"),
        ("one durable edit: 95 of 100 within", "ms"),
        ("one durable edit: into the write-ahead log", "B"),
    ],
    peers: &[Peer::of("bare SQLCipher")],
    sizes: |settings| Ok(settings.sizes.clone().unwrap_or(vec![10_000])),
    prepare: Some(super::t4::prepare),
    runs: 3,
    counts: Counts::Median,
    measure,
};

const EDITS: usize = 300;

/// Fills most of a page, so that no two rows share one: 4,096 bytes less what SQLCipher and SQLite need.
const ROW_BYTES: usize = 3_900;

fn measure(who: &str, n: usize, seed: u64) -> Measured {
    let (_folder, path) = shelf::copy(&super::t4::name(n));
    let (times, frames) = edit(&path, n, seed);
    let (mut times, frames) = match who {
        OURS => (times, frames),
        _ => {
            let pages = std::fs::metadata(&path).map_or(0, |file| file.len() as usize / 4_096);
            let rows = pages.max(frames.iter().copied().max().unwrap_or_default());
            replace(&path.with_extension("bare"), rows, &frames, seed).expect("there is room")
        }
    };
    let bytes = frames.iter().sum::<usize>() * Wal::FRAME / frames.len();
    Measured { values: vec![Some(median(&mut times)), Some(at(&mut times, 95)), Some(bytes as f64)], wire_bytes: None }
}

/// What each of our edits takes, and how many frames it appends.
fn edit(path: &Path, n: usize, seed: u64) -> (Vec<f64>, Vec<usize>) {
    let vault = ours::reopen(path);
    let ids = ids(&vault);
    let mut wal = Wal::of(path);
    let mut edits = work::endless_edits(n, seed);
    let mut next = || edit_once(&vault, &ids, &edits.next().expect("they have no end"));
    next();
    wal.appended();
    (0..EDITS).map(|_| (next(), wal.appended())).unzip()
}

fn ids(vault: &Vault) -> Vec<EntryId> {
    let (mut ids, mut query) = (Vec::new(), RowsQuery::default());
    loop {
        let page = vault.journal().rows(&query).expect("a list can be read");
        ids.extend(page.rows.into_iter().map(|row| row.id));
        query.after = page.next;
        if query.after.is_none() {
            return ids;
        }
    }
}

fn edit_once(vault: &Vault, ids: &[EntryId], edit: &Edit) -> f64 {
    let (journal, id) = (vault.journal(), &ids[edit.entry]);
    let EntryView { mut entry, version, .. } = journal.read(id).expect("the entry is there");
    entry.body.text.push_str(&edit.sentence);
    timed(|| journal.edit(id, &entry, &version).expect("the edit is written")).0
}

/// The same for a bare table.
fn replace(path: &Path, rows: usize, frames: &[usize], seed: u64) -> rusqlite::Result<(Vec<f64>, Vec<usize>)> {
    let mut connection = bare::open(path)?;
    connection.execute_batch("CREATE TABLE page (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let tx = connection.transaction()?;
    for id in 0..rows as i64 {
        tx.prepare_cached("INSERT INTO page (id, bytes) VALUES (?1, zeroblob(?2))")?
            .execute(params![id, ROW_BYTES as i64])?;
    }
    tx.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;

    let mut draw = Draw::new(seed, "pages");
    let mut wal = Wal::of(path);
    let mut next = |pages: usize| {
        let mut ids = BTreeSet::new();
        while ids.len() < pages {
            ids.insert(draw.below(rows) as i64);
        }
        let bytes: Vec<u8> = (0..ROW_BYTES).map(|_| draw.number() as u8).collect();
        let (time, done) = timed(|| replace_once(&mut connection, &ids, &bytes));
        done.map(|()| time)
    };
    next(frames[0])?;
    wal.appended();
    frames.iter().map(|frames| Ok((next(*frames)?, wal.appended()))).collect()
}

fn replace_once(connection: &mut Connection, ids: &BTreeSet<i64>, bytes: &[u8]) -> rusqlite::Result<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for id in ids {
        tx.prepare_cached("UPDATE page SET bytes = ?2 WHERE id = ?1")?.execute(params![id, bytes])?;
    }
    tx.commit()
}
