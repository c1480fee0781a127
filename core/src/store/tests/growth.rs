//! How a vault grows with edits. The ordinary run makes 4,000 of them, phrases of the diary that stands beside the project, or
//! of made-up words where it is absent. The figures of `docs/storage.md` come from
//! `NIGHTSTAND_EDITS=100000 cargo test -p nightstand --lib -- store::tests::growth --nocapture`.
#![expect(clippy::print_stdout, reason = "figures, and what was skipped")]

use std::io::Read;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use nightstand_engine::author::Draft;
use nightstand_engine::ids::{DocumentId, DocumentKey, Space};
use nightstand_engine::kinds::Kind;

use super::{Journaling, Phone};
use crate::vault::Vault;

/// Edits in one transaction, so that the disk is not what is waited for.
const AT_ONCE: usize = 500;

/// Whoever writes has so many pages at hand, and goes back and forth among them.
const PAGES_AT_HAND: u64 = 8;

/// Pages with their phrases.
fn pages(edits: usize) -> Vec<Vec<String>> {
    let diary = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pepys-dayone.zip");
    let Ok(file) = std::fs::File::open(diary) else {
        println!("SKIPPED: the diary is not beside the project; made-up words are written instead");
        let made_up = |page: usize| (0..40).map(|phrase| format!("{} rain, {phrase} tea, ", page * 7919)).collect();
        return (0..edits / 40 + 1).map(made_up).collect();
    };
    let mut json = String::new();
    zip::ZipArchive::new(file).unwrap().by_name("Journal.json").unwrap().read_to_string(&mut json).unwrap();
    let journal: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut left = edits;
    let mut pages = Vec::new();
    for entry in journal["entries"].as_array().unwrap() {
        let phrases = entry["text"].as_str().unwrap().split_inclusive([',', '.', ';', '?', '!']);
        let page: Vec<String> = phrases.take(left).map(str::to_owned).collect();
        left -= page.len();
        pages.push(page);
        if left == 0 {
            break;
        }
    }
    pages
}

/// The order in which phrases are written: which page each is of.
fn order(pages: &[Vec<String>]) -> Vec<usize> {
    let mut random = 88_172_645_463_325_252u64;
    let mut at_hand: Vec<(usize, usize)> = Vec::new();
    let mut order = Vec::new();
    let mut next = pages.iter().map(Vec::len).enumerate();
    loop {
        while at_hand.len() < PAGES_AT_HAND as usize {
            let Some(page) = next.next() else { break };
            at_hand.extend(Some(page).filter(|(_, left)| *left > 0));
        }
        if at_hand.is_empty() {
            return order;
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let at = (random % at_hand.len() as u64) as usize;
        let (page, left) = &mut at_hand[at];
        order.push(*page);
        *left -= 1;
        if *left == 0 {
            at_hand.swap_remove(at);
        }
    }
}

fn write_in(vault: &Vault, space: Space, pages: &[Vec<String>], order: &[usize]) {
    let mut keys: Vec<Option<DocumentKey>> = vec![None; pages.len()];
    let mut written = vec![0; pages.len()];
    for (turn, edits) in order.chunks(AT_ONCE).enumerate() {
        vault
            .write(|tx| {
                for (at, page) in edits.iter().enumerate() {
                    let phrase = &pages[*page][written[*page]];
                    written[*page] += 1;
                    let place = vault.place(space);
                    let new = DocumentKey { place, id: DocumentId::from_bytes(tx.randomness().bytes()) };
                    let key = *keys[*page].get_or_insert(new);
                    let log = tx.open_writing_log(&place)?;
                    let minutes = (turn * AT_ONCE + at) as i64;
                    let draft = Draft::open(tx, &log, key, Kind::JournalEntry)?;
                    let mut draft = draft.at(1_700_000_000_000 + minutes * 60_000);
                    draft.edit(|edit| {
                        let (_, body) = edit.get(ROOT, "body")?.unwrap();
                        edit.splice_text(&body, edit.length(&body), 0, phrase)
                    })?;
                    draft.finish(tx)?;
                }
                Ok(())
            })
            .unwrap();
    }
}

/// Bytes of the pages of these tables and their indexes.
fn bytes(tool: &rusqlite::Connection, tables: &[&str]) -> i64 {
    let sql = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name IN
               (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)";
    tables.iter().map(|table| tool.query_row(sql, [table], |row| row.get::<_, i64>(0)).unwrap()).sum()
}

/// Bytes of pages, beside the bytes that documents are saved as.
struct Sizes {
    saved: i64,
    documents: i64,
    log: i64,
}

impl Sizes {
    fn of(tool: &rusqlite::Connection) -> Self {
        let saved = tool.query_row("SELECT sum(length(stored)) FROM document", [], |row| row.get(0)).unwrap();
        let log = bytes(tool, &["entry", "segment", "segment_document", "log", "tag"]);
        Self { saved, documents: bytes(tool, &["document", "place"]), log }
    }

    fn say(&self, when: &str) {
        let of_saved = |bytes: i64| bytes as f64 / self.saved as f64;
        println!(
            "{when}: saved {}; document table {} ({:.2}); log tables {} ({:.2}); together {:.2}",
            self.saved,
            self.documents,
            of_saved(self.documents),
            self.log,
            of_saved(self.log),
            of_saved(self.documents + self.log)
        );
    }
}

#[test]
fn the_log_stays_small_beside_the_documents() {
    let edits = std::env::var("NIGHTSTAND_EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(4_000);
    let (phone, pages) = (Phone::alex(), pages(edits));
    let vault = phone.open();
    let order = order(&pages);
    write_in(&vault, Space::Private, &pages, &order);
    assert_eq!(order.len(), edits);
    drop(vault);

    let tool = phone.writing_tool();
    let count = |sql: &str| tool.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let old = count("SELECT sum(count) FROM segment");
    let told =
        count("SELECT sum(length(entries)) FROM segment") + count("SELECT sum(length(numbers)) FROM segment_document");
    let search = ["words", "search_data", "search_idx", "search_docsize", "search_config"];
    println!(
        "{edits} edits of {} documents: {old} entries in segments, {told} bytes; rows of lists {}, search and its text {}",
        pages.len(),
        bytes(&tool, &["row", "row_tag"]),
        bytes(&tool, &search),
    );
    let sizes = Sizes::of(&tool);
    sizes.say("as it is");
    tool.execute_batch("VACUUM").unwrap();
    Sizes::of(&tool).say("with full pages");
    // All but the newest, and the first of each page.
    let rows = count("SELECT count(*) FROM entry");
    assert!(rows <= 1_024 + 64 + 2 * pages.len() as i64, "{rows} rows");
    assert!(told < old * 6, "{told} bytes for {old} entries");
    assert!(edits < 100_000 || sizes.log * 2 < sizes.saved, "{} bytes of log", sizes.log);
}
