//! T7: the diary is searched, and the first 20 hits are shown with a snippet each.
//!
//! Ours answers with rows as a list shows them, and with the places of the matches. Bare FTS5 has the same titles and texts in
//! a table of its own, under SQLCipher, with a leaf size that fits its pages. It is asked for the same words, the last letters
//! of which may be missing, as ours always allows: MATCH, `ORDER BY rank LIMIT 20`, `snippet()`, and the time of each entry. It
//! folds Latin letters as `unicode61` does; ours folds more scripts, and knows of authors and filters.

use nightstand::{journal::RowsQuery, vault::Vault};
use rusqlite::{Connection, params};

use super::{Counts, OURS, Peer, Row};
use crate::{
    bare,
    child::Measured,
    diary, ours, shelf,
    timing::{median, timed},
};

pub(crate) const ROW: Row = Row {
    id: "T7",
    figures: &[
        ("search: comet (rare)", "ms"),
        ("search: plague", "ms"),
        ("search: plague town", "ms"),
        ("search: office (in every second)", "ms"),
        ("search: home (in nearly all)", "ms"),
        ("search: ho (typed so far)", "ms"),
    ],
    peers: &[Peer::of("bare FTS5")],
    sizes: |_| diary::entries().map(|entries| vec![entries.len()]),
    prepare: Some(prepare),
    runs: 3,
    counts: Counts::Median,
    measure,
};

const SOUGHT: [&str; 6] = ["comet", "plague", "plague town", "office", "home", "ho"];

const SHOWN: u32 = 20;

/// How often each is searched.
const TIMES: usize = 41;

const DIARY: &str = "diary";
const BARE: &str = "diary-in-fts5";

fn prepare(_: usize, seed: u64) {
    let entries = diary::entries().expect("the diary was there a moment ago");
    ours::keep(&shelf::path(DIARY), &entries, seed);
    let table = || -> rusqlite::Result<()> {
        let mut connection = bare::open(&shelf::path(BARE))?;
        let tx = connection.transaction()?;
        tx.execute_batch(
            "CREATE VIRTUAL TABLE diary USING fts5 (title, text, at UNINDEXED, tokenize = 'unicode61');
             INSERT INTO diary (diary, rank) VALUES ('pgsz', 3900);",
        )?;
        for entry in &entries {
            tx.prepare_cached("INSERT INTO diary (title, text, at) VALUES (?1, ?2, ?3)")?.execute(params![
                entry.title,
                entry.body,
                entry.updated
            ])?;
        }
        tx.commit()
    };
    table().expect("there is room");
}

fn measure(who: &str, _: usize, _: u64) -> Measured {
    let search: Box<dyn Fn(&str) -> usize> = match who {
        OURS => {
            let vault = ours::reopen(&shelf::path(DIARY));
            Box::new(move |text| search(&vault, text))
        }
        _ => {
            let connection = bare::open(&shelf::path(BARE)).expect("the table is sound");
            Box::new(move |text| query(&connection, text).expect("the table is sound"))
        }
    };
    let values = SOUGHT.map(|text| {
        let mut times: Vec<f64> = (0..TIMES)
            .map(|_| {
                let (time, hits) = timed(|| search(text));
                assert!((1..=SHOWN as usize).contains(&hits), "{hits} hits for {text}");
                time
            })
            .collect();
        Some(median(&mut times))
    });
    Measured { values: values.to_vec(), wire_bytes: None }
}

fn search(vault: &Vault, text: &str) -> usize {
    let query = RowsQuery { limit: SHOWN, ..RowsQuery::default() };
    let page = vault.journal().search(text, &query, 0).expect("it can be searched for");
    assert!(page.hits.iter().all(|hit| !hit.snippet_matches.is_empty()), "a snippet shows a match");
    page.hits.len()
}

fn query(connection: &Connection, text: &str) -> rusqlite::Result<usize> {
    let words: Vec<_> = text.split(' ').map(|word| format!("\"{word}\" *")).collect();
    let sql = "SELECT rowid, title, at, snippet(diary, 1, '[', ']', '…', 32) FROM diary
               WHERE diary MATCH ?1 ORDER BY rank LIMIT 20";
    let mut statement = connection.prepare_cached(sql)?;
    let hits = statement.query_map([words.join(" AND ")], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?))
    })?;
    let hits = hits.collect::<rusqlite::Result<Vec<_>>>()?;
    assert!(hits.iter().all(|hit| hit.3.contains('[')), "a snippet shows a match");
    Ok(hits.len())
}
