//! How long SQLCipher takes with each page tag, and SQLite without encryption; where the docs' figures come from.
//!
//! `cargo run --release -p nightstand-sqlcipher --example speed`

use nightstand_sqlcipher as _;
use rusqlite::Connection;
use std::{path::Path, time::Instant};

const ROWS: u32 = 40_000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = format!("key = \"x'{}'\"", "07".repeat(32));
    println!("{ROWS} rows of 1 kB, milliseconds, median of {ROUNDS}");
    println!("{:<16} {:>8} {:>8}", "", "insert", "scan");
    for (name, settings) in [
        ("HMAC-SHA-512", vec![key.as_str()]),
        ("HMAC-SHA-256", vec![&key, "cipher_hmac_algorithm = HMAC_SHA256"]),
        ("no encryption", vec![]),
    ] {
        let (mut inserts, mut scans) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let dir = tempfile::tempdir()?;
            let path = dir.path().join("speed.db");
            inserts.push(milliseconds(|| insert(&open(&path, &settings)?))?);
            scans.push(milliseconds(|| scan(&open(&path, &settings)?))?);
        }
        println!("{name:<16} {:>8} {:>8}", median(inserts), median(scans));
    }
    Ok(())
}

fn open(path: &Path, settings: &[&str]) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    for setting in settings.iter().chain(&["journal_mode = WAL"]) {
        db.execute_batch(&format!("PRAGMA {setting}"))?;
    }
    Ok(db)
}

fn insert(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("BEGIN; CREATE TABLE entry (words BLOB NOT NULL)")?;
    let mut insert = db.prepare("INSERT INTO entry VALUES (randomblob(1000))")?;
    for _ in 0..ROWS {
        insert.execute([])?;
    }
    db.execute_batch("COMMIT")
}

fn scan(db: &Connection) -> rusqlite::Result<()> {
    let bytes: i64 =
        db.query_row("SELECT sum(length(CAST(words AS TEXT))) + count(*) FROM entry", [], |row| row.get(0))?;
    assert!(bytes > 0);
    Ok(())
}

fn milliseconds(work: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<u128> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_millis())
}

fn median(mut times: Vec<u128>) -> u128 {
    times.sort_unstable();
    times[times.len() / 2]
}
