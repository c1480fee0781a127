//! What the stories can't reach: changes of a text by themselves, and a disk that fills.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nightstand_engine::ids::{DocumentKey, Space};
use proptest::prelude::*;

use super::delta::{Delta, First};
use super::edit::{Edit, Restyle, StyleKind};
use super::styled::Styled;
use super::{Editor, Field};
use crate::docs::typing::FieldText;
use crate::error::NightstandError;
use crate::journal::rich_text::{Mark, Style};
use crate::journal::{Author, EntryId};
use crate::store::tests::{Journaling, Phone};
use crate::vault::Vault;

const NEVER: Duration = Duration::from_secs(3_600);

fn made(text: &[u16], delta: &Delta) -> Vec<u16> {
    let mut text = text.to_vec();
    for splice in delta.splices() {
        text.splice(splice.at..splice.at + splice.gone, splice.put.iter().copied());
    }
    text
}

/// A change of a text of this length.
fn delta(length: usize) -> impl Strategy<Value = Delta> {
    prop::collection::vec((0..4u8, 1..4usize, 97..123u16), 0..8).prop_map(move |pieces| {
        let (mut delta, mut rest) = (Delta::default(), length);
        for (kind, units, letter) in pieces {
            let most = units.min(rest);
            match kind {
                0 | 1 => delta.keep(most),
                2 => delta.drop(most),
                _ => delta.put(vec![letter; units]),
            }
            rest -= if kind == 3 { 0 } else { most };
        }
        delta
    })
}

proptest! {
    #[test]
    fn two_changes_end_in_one_text_in_either_order(a in delta(10), b in delta(10)) {
        let text: Vec<u16> = (48..58).collect();
        let one = made(&made(&text, &a), &b.past(&a, First::Theirs));
        let other = made(&made(&text, &b), &a.past(&b, First::Mine));
        prop_assert_eq!(&one, &other);
        let as_one = a.then(&b.past(&a, First::Theirs));
        prop_assert_eq!(made(&text, &as_one), one);
    }

    #[test]
    fn what_lies_between_two_texts_leads_from_one_to_the_other(a in "[ab🕯🕮\n]{0,12}", b in "[ab🕯🕮\n]{0,12}") {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let between = Delta::between(&units(&a), &units(&b));
        prop_assert_eq!(made(&units(&a), &between), units(&b));
        prop_assert!(between.divides_no_character(&units(&a)));
    }

    /// A letter that stays is found again where its place has gone.
    #[test]
    fn places_follow_their_letters(a in delta(10)) {
        let text: Vec<u16> = (48..58).collect();
        let after = made(&text, &a);
        for (at, letter) in text.iter().enumerate() {
            if after.contains(letter) {
                prop_assert_eq!(after[a.place(at, true)], *letter);
            }
        }
    }

    /// Undoing gives back the text and the look of it.
    #[test]
    fn what_undoes_an_edit_undoes_all_of_it(
        change in delta(12),
        marks in prop::collection::vec((0..12u32, 1..6u32, 0..4u8), 0..5),
        restyled in (0..12usize, 0..6usize, any::<bool>()),
    ) {
        let style = |kind| match kind {
            0 => Style::Bold,
            1 => Style::Italic,
            2 => Style::Link { url: "x".into() },
            _ => Style::Bullet,
        };
        let mark = |(start, length, kind): (u32, u32, u8)| Mark { start, end: (start + length).min(12), style: style(kind) };
        let marks: Vec<_> = marks.into_iter().map(mark).collect();
        let mut text = Styled::of(&FieldText { text: "one\ntwo\nfour".into(), marks });
        let before = text.rich();
        let (start, length, set) = restyled;
        let end = (start + length).min(12);
        let runs = if set && start < end { vec![(start, end, Style::Italic)] } else { Vec::new() };
        let edits = [Edit::Styles(Restyle { kind: StyleKind::Italic, start, end, runs }), Edit::Text(change)];
        let undo: Vec<_> = edits.iter().map(|edit| text.apply(edit)).collect();
        undo.into_iter().rev().flatten().for_each(|edit| drop(text.apply(&edit)));
        prop_assert_eq!(text.rich(), before);
    }
}

fn open(vault: &Vault, space: Space) -> (EntryId, Editor) {
    let id = EntryId::new(Author::Me, vault.begin_entry(space, "Lighthouse", "We walked.").id);
    (id, vault.journal().open_editor_saving_after(&id, NEVER).unwrap())
}

fn room(vault: &Vault, pages: u32) {
    vault.with_store(|store| Ok(store.limit_pages(pages)?)).unwrap();
}

#[test]
fn a_full_disk_keeps_what_is_typed_in_memory_until_there_is_room() {
    let phone = Phone::alex();
    let vault = phone.open();
    let (id, editor) = open(&vault, Space::Private);
    let long = "and talked, and walked. ".repeat(1_500);
    room(&vault, 1);
    editor.replace(Field::Body, 10..10, &long).unwrap();
    assert_eq!(editor.flush(), Err(NightstandError::DiskFull));
    editor.replace(Field::Body, 0..2, "They").unwrap();
    assert_eq!(editor.close(), Err(NightstandError::DiskFull));
    let state = editor.state();
    assert_eq!((state.unsaved, state.failed, state.ended), (true, Some(NightstandError::DiskFull), None));
    assert_eq!(vault.journal().read(&id).unwrap().entry.body.text, "We walked.");
    room(&vault, u32::MAX);
    editor.flush().unwrap();
    assert_eq!((editor.state().unsaved, editor.state().failed), (false, None));
    assert_eq!(vault.journal().read(&id).unwrap().entry.body.text, format!("They walked.{long}"));
}

#[test]
fn what_could_not_be_saved_outlives_ones_own_deletion() {
    let phone = Phone::alex();
    let vault = phone.open();
    let (id, editor) = open(&vault, Space::Private);
    editor.flush().unwrap();
    editor.replace(Field::Body, 10..10, " And talked.").unwrap();
    // As a deletion that comes from another device of the same person: nobody asks the editor first.
    let place = vault.place(Space::Private);
    vault
        .write(|tx| {
            let log = tx.open_writing_log(&place)?;
            Ok(nightstand_engine::author::bury(tx, &log, &DocumentKey { place, id: id.id })?)
        })
        .unwrap();
    editor.flush().unwrap();
    let state = editor.state();
    assert_eq!((state.ended, state.unsaved), (Some(NightstandError::Deleted), false));
    let kept = vault.journal().read(&state.kept.unwrap()).unwrap().entry;
    assert_eq!((kept.title.as_str(), kept.body.text.as_str()), ("Lighthouse", "We walked. And talked."));
}

#[test]
fn typing_that_goes_on_while_it_is_saved_is_neither_lost_nor_doubled() {
    let phone = Phone::alex();
    let vault = phone.open();
    let (id, editor) = open(&vault, Space::Private);
    let typed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..2_000u32 {
                let letter = char::from(b'a' + (n % 26) as u8).to_string();
                editor.replace(Field::Body, 10 + n..10 + n, &letter).unwrap();
            }
            typed.store(true, Ordering::SeqCst);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !typed.load(Ordering::SeqCst) {
                    editor.flush().unwrap();
                }
            });
        }
    });
    editor.flush().unwrap();
    let expected: String = "We walked.".chars().chain(('a'..='z').cycle().take(2_000)).collect();
    assert_eq!(editor.text(Field::Body).text, expected);
    assert_eq!(vault.journal().read(&id).unwrap().entry.body.text, expected);
}

#[test]
fn a_change_among_equal_characters_may_divide_them_and_lead_to_the_right_text() {
    let candles: Vec<u16> = "🕯🕯🕯".encode_utf16().collect();
    let (whole, divided) = (Delta::splice(2, 2, Vec::new()), Delta::splice(1, 2, Vec::new()));
    assert_eq!(made(&candles, &whole), made(&candles, &divided));
    assert!(whole.divides_no_character(&candles) && !divided.divides_no_character(&candles));
    let half = Delta::splice(2, 0, vec![candles[1], candles[0]]);
    assert!(!half.divides_no_character(&candles));
    assert!(Delta::splice(6, 0, candles.clone()).divides_no_character(&candles));
}
