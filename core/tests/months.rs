//! The months of a list.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::sync::{Arc, mpsc};

use nightstand::journal::live::{RowsObserver, RowsUpdate};
use nightstand::journal::{EntryDraft, Moment, Month, RowsQuery, Sharing};
use nightstand::vault::Vault;

/// 2026-02-01T00:00:00Z.
const FEBRUARY: i64 = 1_769_904_000_000;
const HOUR: i64 = 3_600_000;

fn write(vault: &Vault, hours: i64, offset_hours: i32) {
    let when =
        Moment { utc_ms: FEBRUARY + hours * HOUR, offset_seconds: Some(offset_hours * 3_600), ..Moment::default() };
    let title = format!("{hours} {offset_hours}");
    vault.journal().write(&EntryDraft { title, when, ..EntryDraft::default() }, Sharing::Private).unwrap();
}

fn counts(months: &[Month]) -> Vec<(i32, u8, u64)> {
    months.iter().map(|month| (month.year, month.month, month.entries)).collect()
}

/// Tells the months of each window that it sees.
struct Screen(mpsc::Sender<Vec<Month>>);

impl RowsObserver for Screen {
    fn updated(&self, update: RowsUpdate) {
        let (RowsUpdate::Whole { state: nightstand::journal::live::RowsState { months, .. } }
        | RowsUpdate::Changed { months, .. }) = update
        else {
            panic!("the list could not be read");
        };
        self.0.send(months).unwrap();
    }
}

#[test]
fn entries_stand_in_the_month_in_which_they_were_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let vault = common::vault(&folder, "alex.db", 1);
    assert_eq!(counts(&vault.journal().months(&RowsQuery::default()).unwrap()), []);
    // Midnight in Warsaw is still January for UTC; five o'clock of February for UTC is still January in Honolulu.
    [(-1, 1), (0, 0), (5, 0), (-24 * 40, 0), (5, -10), (24 * 28, 0)]
        .iter()
        .for_each(|&(at, there)| write(&vault, at, there));
    // The one in Honolulu comes after some of February: it stands there, and no month comes twice.
    let months = vault.journal().months(&RowsQuery::default()).unwrap();
    assert_eq!(counts(&months), [(2026, 3, 1), (2026, 2, 4), (2025, 12, 1)]);
    let favourites = RowsQuery { favourites: true, ..RowsQuery::default() };
    assert_eq!(counts(&vault.journal().months(&favourites).unwrap()), []);

    // A window's sections are those of the list, wherever it begins and ends.
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let (sender, receiver) = mpsc::channel();
    let mut query = RowsQuery { limit: 2, ..RowsQuery::default() };
    let list = vault.journal().watch_rows(&query, Arc::new(Screen(sender))).unwrap();
    let mut sections = vec![counts(&receiver.recv().unwrap())];
    while let Some(next) = vault.journal().rows(&query).unwrap().next {
        list.show(Some(next.clone()), 2);
        query.after = Some(next);
        sections.push(counts(&receiver.recv().unwrap()));
    }
    assert_eq!(sections, [vec![(2026, 3, 1), (2026, 2, 1)], vec![(2026, 2, 2)], vec![(2026, 2, 1), (2025, 12, 1)]]);

    // A page can begin with a month's newest entry.
    for (month, first) in months.iter().zip([0, 1, 5]) {
        let from = RowsQuery { after: Some(month.start.clone()), limit: 1, ..RowsQuery::default() };
        assert_eq!(vault.journal().rows(&from).unwrap().rows[0], rows[first]);
    }
}
