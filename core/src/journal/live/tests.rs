use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use nightstand_engine::ids::DocumentId;
use proptest::prelude::*;

use super::*;
use crate::journal::rich_text::RichText;
use crate::journal::{Author, EntryDraft, EntryId, Moment, Sharing, Visibility};
use crate::store::tests::Phone;

fn row(id: u8, title: u8) -> JournalRow {
    JournalRow {
        id: EntryId::new(Author::Me, DocumentId::from_bytes([id; 16])),
        visibility: Visibility::OnlyMe,
        title: title.to_string(),
        preview: String::new(),
        when: Moment::default(),
        all_day: false,
        mood: None,
        favourite: false,
        tags: Vec::new(),
        kept: false,
    }
}

/// Some of twenty rows in any order, each of which shows one of two things.
fn rows() -> impl Strategy<Value = Vec<JournalRow>> {
    let ids = prop::sample::subsequence((0..20).collect::<Vec<u8>>(), 0..=20).prop_shuffle();
    (ids, prop::collection::vec(0..2_u8, 20))
        .prop_map(|(ids, titles)| ids.into_iter().map(|id| row(id, titles[usize::from(id)])).collect())
}

proptest! {
    #[test]
    fn the_changes_lead_from_one_list_to_the_other(old in rows(), new in rows()) {
        let changes = changes::between(&old, &new);
        let mut rows = old.clone();
        for change in changes.clone() {
            let before = rows.clone();
            change.apply(&mut rows);
            prop_assert!(rows != before, "a step that does nothing");
        }
        prop_assert_eq!(&rows, &new);
        // No shorter way: what stays is of the longest run that stands in both in the same order.
        let moves = changes.iter().filter(|change| matches!(change, RowChange::Move { .. })).count();
        prop_assert_eq!(moves, common(&old, &new) - longest_common(&old, &new));
    }
}

fn common(old: &[JournalRow], new: &[JournalRow]) -> usize {
    old.iter().filter(|row| new.iter().any(|other| other.id == row.id)).count()
}

/// The length of the longest run of ids that both have, by the table of all beginnings.
fn longest_common(old: &[JournalRow], new: &[JournalRow]) -> usize {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for (i, left) in old.iter().enumerate() {
        for (j, right) in new.iter().enumerate() {
            table[i + 1][j + 1] =
                if left.id == right.id { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    table[old.len()][new.len()]
}

#[test]
fn one_row_that_goes_to_the_end_is_one_move() {
    let old: Vec<_> = (0..5).map(|id| row(id, 0)).collect();
    let mut new = old.clone();
    new.rotate_left(1);
    assert_eq!(changes::between(&old, &new), [RowChange::Move { origin: 0, target: 4 }]);
}

/// A screen: what it shows follows from what it was told.
struct Screen(Mutex<(RowsState, u64)>, Sender<RowsUpdate>);

impl RowsObserver for Screen {
    fn updated(&self, update: RowsUpdate) {
        let (shown, wholes) = &mut *lock(&self.0);
        match update.clone() {
            RowsUpdate::Whole { state } => {
                assert_eq!(state.number, shown.number + 1);
                (*shown, *wholes) = (state, *wholes + 1);
            }
            RowsUpdate::Changed { number, changes, months, next } => {
                assert_eq!(number, shown.number + 1);
                changes.into_iter().for_each(|change| change.apply(&mut shown.rows));
                (shown.number, shown.months, shown.next) = (number, months, next);
            }
            RowsUpdate::Failed { .. } => {}
        }
        let _ = self.1.send(update);
    }
}

impl Screen {
    fn new() -> (Arc<Self>, Receiver<RowsUpdate>) {
        let (sender, receiver) = channel();
        (Arc::new(Self(Mutex::default(), sender)), receiver)
    }

    fn titles(&self) -> Vec<String> {
        lock(&self.0).0.rows.iter().map(|row| row.title.clone()).collect()
    }
}

fn hear(told: &Receiver<RowsUpdate>) -> RowsUpdate {
    told.recv_timeout(Duration::from_secs(60)).unwrap()
}

fn draft(title: &str, day: i64) -> EntryDraft {
    let when = Moment { utc_ms: day * 86_400_000, ..Moment::default() };
    EntryDraft { title: title.into(), body: RichText::plain("…"), when, ..EntryDraft::default() }
}

fn window(limit: u32) -> RowsQuery {
    RowsQuery { limit, ..RowsQuery::default() }
}

#[test]
fn a_screen_is_told_the_whole_first_and_then_what_changes() {
    let phone = Phone::alex();
    let vault = phone.open();
    let journal = vault.journal();
    journal.write(&draft("old", 1), Sharing::Private).unwrap();
    let (screen, told) = Screen::new();
    let list = journal.watch_rows(&window(2), screen.clone()).unwrap();
    assert!(matches!(hear(&told), RowsUpdate::Whole { .. }));

    let newer = journal.write(&draft("newer", 2), Sharing::Private).unwrap();
    let RowsUpdate::Changed { number: 2, changes, .. } = hear(&told) else { panic!("the whole") };
    assert!(matches!(&changes[..], [RowChange::Insert { at: 0, row }] if row.id == newer));

    // The window keeps its size: the oldest gives way, and comes again when the window grows.
    journal.write(&draft("newest", 3), Sharing::Private).unwrap();
    hear(&told);
    assert_eq!(screen.titles(), ["newest", "newer"]);
    assert!(lock(&screen.0).0.next.is_some());
    list.show(None, 10);
    hear(&told);
    assert_eq!(screen.titles(), ["newest", "newer", "old"]);

    // Another day is another place; nothing is drawn anew.
    let version = journal.read(&newer).unwrap().version;
    journal.edit(&newer, &draft("newer", 0), &version).unwrap();
    let RowsUpdate::Changed { changes, .. } = hear(&told) else { panic!("the whole") };
    assert!(
        matches!(&changes[..], [RowChange::Move { origin: 1, target: 2 }, RowChange::Update { at: 2, .. }]),
        "{changes:?}"
    );
    journal.delete(&newer).unwrap();
    let RowsUpdate::Changed { changes, .. } = hear(&told) else { panic!("the whole") };
    assert_eq!(changes, [RowChange::Delete { at: 2 }]);

    // A page further down, and a text that changes nothing there.
    list.show(Some(RowCursor { when_ms: 2 * 86_400_000, order: String::new() }), 10);
    hear(&told);
    assert_eq!(screen.titles(), ["old"]);
    journal.write(&draft("above", 9), Sharing::Private).unwrap();
    journal.write(&draft("below", -9), Sharing::Private).unwrap();
    hear(&told);
    assert_eq!((screen.titles(), lock(&screen.0).1), (vec!["old".into(), "below".into()], 1));
    drop(list);
    journal.write(&draft("unheard", -10), Sharing::Private).unwrap();
    assert!(told.try_recv().is_err());
}

#[test]
fn after_a_pause_the_whole_is_told_again() {
    let phone = Phone::alex();
    let vault = phone.open();
    let (screen, told) = Screen::new();
    let list = vault.journal().watch_rows(&window(0), screen.clone()).unwrap();
    hear(&told);
    vault.pause(Duration::from_secs(10)).unwrap();
    list.show(None, 5);
    vault.resume().unwrap();
    let update = hear(&told);
    assert!(matches!(update, RowsUpdate::Whole { state: RowsState { number: 2, .. } }), "{update:?}");

    vault.close().unwrap();
    assert_eq!(hear(&told), RowsUpdate::Failed { error: NightstandError::Closed });
    vault.close().unwrap();
    drop(list);
    assert!(told.try_recv().is_err(), "it is told once");
}

#[test]
fn much_at_once_is_told_as_a_whole() {
    let rows = |count: usize| -> Vec<JournalRow> {
        let id = |number: usize| DocumentId::from_bytes((number as u128).to_be_bytes());
        (0..count).map(|number| JournalRow { id: EntryId::new(Author::Me, id(number)), ..row(0, 0) }).collect()
    };
    let state = |number, rows| RowsState { number, rows, ..RowsState::default() };
    let few = changed(&state(1, rows(0)), &state(2, rows(MOST_CHANGES)));
    assert!(matches!(few, RowsUpdate::Changed { number: 2, .. }));
    let many = changed(&state(1, rows(0)), &state(2, rows(MOST_CHANGES + 1)));
    assert!(matches!(many, RowsUpdate::Whole { state: RowsState { number: 2, .. } }));
}

#[test]
fn a_query_that_cant_be_used_is_said_at_once() {
    let phone = Phone::alex();
    let vault = phone.open();
    let query = RowsQuery { day: Some(crate::journal::DayOfYear { month: 13, day: 1 }), ..RowsQuery::default() };
    let refused = vault.journal().watch_rows(&query, Screen::new().0).map(drop);
    assert_eq!(refused.unwrap_err().code(), "invalid_input");
}
