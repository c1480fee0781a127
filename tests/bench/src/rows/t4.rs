//! T4: a vault of 10,000 entries is opened and its newest 50 are shown, each time in a process that has done nothing yet.
//!
//! The bare query opens the very same file, and reads the same columns of the same list table through the same index. The
//! system has the file in its cache for both.

use super::{Counts, OURS, Peer, Row};
use crate::{bare, child::Measured, memory, ours, shelf, timing::timed, work};
use nightstand::journal::RowsQuery;
use rusqlite::{Connection, types::ValueRef};

pub(crate) const ROW: Row = Row {
    id: "T4",
    figures: &[("open and show the newest 50: time", "ms"), ("open and show the newest 50: memory", "MiB")],
    peers: &[Peer::of("bare SQLCipher")],
    sizes: |settings| Ok(settings.sizes.clone().unwrap_or(vec![10_000])),
    prepare: Some(prepare),
    runs: 21,
    counts: Counts::Median,
    measure,
};

const SHOWN: u32 = 50;

/// What a list shows of an entry.
const QUERY: &str = "
    SELECT document, place, kind, when_ms, offset_seconds, zone, all_day, favourite, kept, mood, title, preview, published,
        (SELECT group_concat(tag, char(31)) FROM row_tag WHERE row_tag.document = row.document)
    FROM row WHERE kind = 1 ORDER BY when_ms DESC LIMIT 50";

pub(super) fn prepare(n: usize, seed: u64) {
    let path = shelf::path(&name(n));
    // It may stand there for another row.
    if !path.exists() {
        ours::keep(&path, &work::entries(n, seed), seed);
    }
}

fn measure(who: &str, n: usize, _: u64) -> Measured {
    let path = shelf::path(&name(n));
    let (time, memory, shown) = match who {
        OURS => measured(|| {
            let vault = ours::reopen(&path);
            let query = RowsQuery { limit: SHOWN, ..RowsQuery::default() };
            let page = vault.journal().rows(&query).expect("a list can be read");
            (page.rows.len(), vault)
        }),
        _ => measured(|| {
            let connection = bare::open(&path).expect("the file is sound");
            (query(&connection).expect("the file is sound"), connection)
        }),
    };
    assert_eq!(shown, n.min(SHOWN as usize));
    Measured { values: vec![Some(time), memory], wire_bytes: None }
}

/// Time and memory until something is shown. What was opened is closed when both were taken.
fn measured<T>(show: impl FnOnce() -> (usize, T)) -> (f64, Option<f64>, usize) {
    let before = memory::most();
    let (time, (shown, _open)) = timed(show);
    (time, before.zip(memory::most()).map(|(before, after)| after - before), shown)
}

/// Reads every value, as a list would.
fn query(connection: &Connection) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare(QUERY)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut shown: Vec<Vec<Vec<u8>>> = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| {
            Ok(match row.get_ref(column)? {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
                ValueRef::Integer(number) => number.to_le_bytes().to_vec(),
                _ => Vec::new(),
            })
        });
        shown.push(values.collect::<rusqlite::Result<_>>()?);
    }
    Ok(shown.len())
}

pub(super) fn name(n: usize) -> String {
    format!("vault-of-{n}")
}
