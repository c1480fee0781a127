//! Alex and Sam with an entry open, typing.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use common::{Couple, edit, entry};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::editor::{Changes, Editor, Field, Selection, StyleKind};
use nightstand::journal::entry::{MOST_BODY_UNITS, MOST_TITLE_UNITS};
use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::journal::{EntryId, ImportInto, RowsQuery, Sharing};
use nightstand::observe::Observer;
use nightstand::vault::{Clock, OpenOptions, Vault};
use proptest::prelude::*;

/// So late that a test saves by itself.
const NEVER: Duration = Duration::from_secs(3_600);

/// A text view: it has a text of its own, and does to it what the editor says.
struct Screen {
    editor: Editor,
    title: Vec<u16>,
    body: Vec<u16>,
}

impl Screen {
    fn open(vault: &Vault, id: &EntryId) -> Self {
        let editor = vault.journal().open_editor_saving_after(id, NEVER).unwrap();
        let text = |field| editor.text(field).text.encode_utf16().collect();
        Self { title: text(Field::Title), body: text(Field::Body), editor }
    }

    fn text(&self) -> String {
        String::from_utf16(&self.body).unwrap()
    }

    fn replace(&mut self, start: usize, end: usize, text: &str) {
        self.editor.replace(Field::Body, start as u32..end as u32, text).unwrap();
        self.body.splice(start..end, text.encode_utf16());
        self.agrees();
    }

    fn type_after(&mut self, word: &str, text: &str) {
        let at = self.text().find(word).unwrap() + word.len();
        self.replace(at, at, text);
    }

    /// Shows what came, and says how much it was.
    fn look(&mut self) -> Changes {
        self.editor.flush().unwrap();
        let changes = self.editor.poll_changes().unwrap();
        self.follow(&changes);
        changes
    }

    fn follow(&mut self, changes: &Changes) {
        for change in &changes.texts {
            let text = if change.field == Field::Title { &mut self.title } else { &mut self.body };
            let start = change.start as usize;
            text.splice(start..start + change.deleted as usize, change.inserted.encode_utf16());
        }
        self.agrees();
    }

    fn agrees(&self) {
        assert_eq!(self.editor.text(Field::Body).text, self.text());
        assert_eq!(self.editor.text(Field::Title).text, String::from_utf16(&self.title).unwrap());
    }

    fn undo(&mut self) {
        let changes = self.editor.undo().unwrap();
        self.follow(&changes);
    }

    fn redo(&mut self) {
        let changes = self.editor.redo().unwrap();
        self.follow(&changes);
    }
}

/// A joint entry on both phones, open on both.
fn both_open(couple: &Couple, text: &str) -> (EntryId, Screen, Screen) {
    let id = couple.alex.journal().write(&entry("Evening", text, 1), Sharing::Joint).unwrap();
    couple.meet();
    (id, Screen::open(&couple.alex, &id), Screen::open(&couple.sam, &id))
}

/// Both save, meet, and show what came.
fn meet(couple: &Couple, alex: &mut Screen, sam: &mut Screen) {
    alex.editor.flush().unwrap();
    sam.editor.flush().unwrap();
    couple.meet();
    alex.look();
    sam.look();
    assert_eq!((&alex.body, &alex.title), (&sam.body, &sam.title));
    assert_eq!(alex.editor.text(Field::Body), sam.editor.text(Field::Body));
    assert_eq!(couple.alex.journal().shared_digest().unwrap(), couple.sam.journal().shared_digest().unwrap());
}

fn read(vault: &Vault, id: &EntryId) -> String {
    vault.journal().read(id).unwrap().entry.body.text
}

fn mark(start: u32, end: u32, style: Style) -> Mark {
    Mark { start, end, style }
}

fn invalid<T>(what: InvalidInput) -> Result<T, NightstandError> {
    Err(NightstandError::InvalidInput { what })
}

#[test]
fn both_type_offline_into_one_entry_and_meet() {
    let couple = Couple::new();
    let (id, mut alex, mut sam) = both_open(&couple, "We lay there.");
    alex.type_after("We", " just");
    alex.type_after("there.", " It was quiet.");
    sam.replace(0, 0, "The lamp was on 🕯. ");
    alex.editor.replace(Field::Title, 0..0, "A slow ").unwrap();
    alex.title.splice(0..0, "A slow ".encode_utf16());
    assert_eq!(read(&couple.alex, &id), "We lay there.", "not saved yet");
    meet(&couple, &mut alex, &mut sam);
    assert_eq!(alex.text(), "The lamp was on 🕯. We just lay there. It was quiet.");
    assert_eq!(read(&couple.sam, &id), alex.text());
    assert_eq!(couple.sam.journal().read(&id).unwrap().entry.title, "A slow Evening");
    let report = couple.meet();
    assert_eq!((report.round_trips, report.forks, report.repaired), (1, 0, 0));
}

#[test]
fn what_the_partner_types_comes_as_ranges_and_the_cursor_is_kept() {
    let couple = Couple::new();
    let (_, mut alex, mut sam) = both_open(&couple, "We lay there.");
    alex.editor.set_selection(Selection { field: Field::Body, anchor: 7, head: 12 }).unwrap();
    sam.replace(0, 2, "Both of us");
    sam.editor.flush().unwrap();
    couple.meet();
    // Alex types on before the screen shows what came.
    alex.type_after("there", " still");
    alex.editor.set_selection(Selection { field: Field::Body, anchor: 7, head: 18 }).unwrap();
    let changes = alex.look();
    assert_eq!(alex.text(), "Both of us lay there still.");
    assert_eq!(changes.texts.iter().map(|change| change.deleted).sum::<u32>(), 2);
    let Selection { anchor, head, .. } = changes.selection.unwrap();
    assert_eq!(&alex.text()[anchor as usize..head as usize], "there still");
    assert!(!format!("{changes:?}").contains("Both"));
    assert_eq!(alex.editor.poll_changes().unwrap().texts, []);
    meet(&couple, &mut alex, &mut sam);

    // What is put in at the cursor stands behind it, and one types on in front of it.
    let end = alex.body.len();
    alex.editor.set_selection(Selection { field: Field::Body, anchor: end as u32, head: end as u32 }).unwrap();
    sam.replace(end, end, " Sam.");
    sam.editor.flush().unwrap();
    couple.meet();
    assert_eq!(alex.look().selection.unwrap().head as usize, end);
    assert_eq!(alex.text(), "Both of us lay there still. Sam.");
}

#[test]
fn styles_are_set_typed_on_in_and_arrive() {
    let couple = Couple::new();
    let (id, mut alex, mut sam) = both_open(&couple, "Tea in bed\nLate");
    alex.editor.set_style(0..3, &Style::Bold).unwrap();
    alex.editor.set_style(12..13, &Style::Bullet).unwrap();
    alex.replace(3, 3, "s");
    alex.replace(16, 16, "\n");
    alex.editor.toggle_style(5..7, &Style::Italic).unwrap();
    let link = Style::Link { url: "https://example.org".into() };
    alex.editor.set_style(8..11, &link).unwrap();
    alex.replace(11, 11, "s");
    meet(&couple, &mut alex, &mut sam);
    let expected = [mark(0, 4, Style::Bold), mark(5, 7, Style::Italic), mark(8, 11, link), mark(13, 18, Style::Bullet)];
    assert_eq!(couple.sam.journal().read(&id).unwrap().entry.body.marks, expected);
    assert_eq!(sam.editor.part(5..9).unwrap().marks[0], mark(0, 2, Style::Italic));

    sam.editor.toggle_style(5..7, &Style::Italic).unwrap();
    sam.editor.clear_style(0..30.min(sam.body.len() as u32), StyleKind::Bold).unwrap();
    sam.editor.flush().unwrap();
    couple.meet();
    let changes = alex.look();
    assert_eq!((changes.texts.len(), changes.styles.len()), (0, 1));
    assert_eq!((changes.styles[0].start, changes.styles[0].end), (0, 7));
    meet(&couple, &mut alex, &mut sam);
    assert_eq!(alex.editor.text(Field::Body).marks.len(), 2);
    alex.undo();
    meet(&couple, &mut alex, &mut sam);

    let before = alex.editor.text(Field::Body);
    assert_eq!(alex.editor.set_style(0..99, &Style::Bold), invalid(InvalidInput::Position));
    assert_eq!(alex.editor.set_style(0..2, &Style::Heading { level: 9 }), invalid(InvalidInput::Styles));
    assert_eq!(alex.editor.set_style(0..2, &Style::Link { url: String::new() }), invalid(InvalidInput::Styles));
    assert_eq!(alex.editor.text(Field::Body), before);
}

#[test]
fn a_paste_brings_its_own_styles_and_is_one_step() {
    let couple = Couple::new();
    let (id, mut alex, mut sam) = both_open(&couple, "We lay there.");
    alex.editor.set_style(0..13, &Style::Bold).unwrap();
    let pasted = RichText { text: "slowly ".into(), marks: vec![mark(0, 6, Style::Italic)] };
    alex.editor.paste(3..3, &pasted).unwrap();
    alex.body.splice(3..3, "slowly ".encode_utf16());
    meet(&couple, &mut alex, &mut sam);
    let marks = couple.sam.journal().read(&id).unwrap().entry.body.marks;
    assert_eq!(marks, [mark(0, 3, Style::Bold), mark(3, 9, Style::Italic), mark(10, 20, Style::Bold)]);
    alex.undo();
    assert_eq!(alex.text(), "We lay there.");
    assert_eq!(alex.editor.text(Field::Body).marks, [mark(0, 13, Style::Bold)]);
    alex.redo();
    assert_eq!(alex.editor.text(Field::Body).marks, marks);
    meet(&couple, &mut alex, &mut sam);
    let bad = RichText { text: "x".into(), marks: vec![mark(0, 2, Style::Bold)] };
    assert_eq!(alex.editor.paste(0..0, &bad), invalid(InvalidInput::Styles));
    // A long one goes in as many changes as the limits ask.
    let long = RichText::plain("🕯 and a quiet line of it. ".repeat(4_000));
    alex.editor.paste(0..20, &long).unwrap();
    alex.body.splice(0..20, long.text.encode_utf16());
    meet(&couple, &mut alex, &mut sam);
    alex.undo();
    meet(&couple, &mut alex, &mut sam);
    assert_eq!(sam.text(), "We slowly lay there.");
}

/// The steps before it were made to the text without what is composed.
#[test]
fn what_comes_while_something_is_composed_moves_older_steps_as_they_were() {
    let couple = Couple::new();
    let (_, mut alex, mut sam) = both_open(&couple, "We lay 🕯 there.");
    alex.replace(7, 11, "🕯");
    alex.editor.set_composing(Field::Body, 0..2, "").unwrap();
    alex.body.splice(0..2, []);
    sam.replace(11, 11, "X");
    sam.editor.flush().unwrap();
    alex.editor.flush().unwrap();
    couple.meet();
    assert!(!alex.look().is_empty());
    assert_eq!(alex.text().replace('X', ""), " lay 🕯here.");
    alex.undo();
    alex.undo();
    assert_eq!((alex.text().replace('X', ""), alex.text().contains('X')), ("We lay 🕯 there.".into(), true));
}

#[test]
fn undo_takes_back_ones_own_letters_and_nobody_elses() {
    let couple = Couple::new();
    let (_, mut alex, mut sam) = both_open(&couple, "We lay there.");
    for (n, letter) in " It was quiet.".chars().enumerate() {
        alex.replace(13 + n, 13 + n, &letter.to_string());
    }
    meet(&couple, &mut alex, &mut sam);
    sam.type_after("was", " very");
    sam.replace(0, 2, "Both");
    meet(&couple, &mut alex, &mut sam);
    assert_eq!(alex.text(), "Both lay there. It was very quiet.");
    alex.undo();
    assert_eq!(alex.text(), "Both lay there. very", "one step, without Sam's word");
    meet(&couple, &mut alex, &mut sam);
    alex.redo();
    assert_eq!(alex.text(), "Both lay there. It was very quiet.");
    meet(&couple, &mut alex, &mut sam);
    alex.undo();
    alex.undo();
    assert_eq!(alex.text(), "Both lay there. very", "there is nothing else of Alex's in this editor");
    assert!(!alex.editor.state().can_undo && alex.editor.state().can_redo);
    alex.replace(0, 0, "x");
    assert!(!alex.editor.state().can_redo);
    // What Sam deleted can't be taken back any more: the step before can.
    alex.editor.end_step().unwrap();
    alex.replace(5, 5, "yy");
    meet(&couple, &mut alex, &mut sam);
    sam.replace(5, 7, "");
    meet(&couple, &mut alex, &mut sam);
    alex.undo();
    assert_eq!(alex.text(), "Both lay there. very");
}

struct SetClock(std::sync::atomic::AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

#[test]
fn a_pause_in_typing_begins_a_new_step() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SetClock(0.into()));
    let options = OpenOptions::new(folder.path().join("alex.db"), [1; 32], [1; 16]);
    let alex = Vault::open_with(options.clock(clock.clone())).unwrap();
    let id = alex.journal().write(&entry("", "", 1), Sharing::Private).unwrap();
    let mut screen = Screen::open(&alex, &id);
    for (n, letter) in "Tea. More tea.".chars().enumerate() {
        clock.0.fetch_add(if n == 4 { 5_000 } else { 100 }, std::sync::atomic::Ordering::SeqCst);
        screen.replace(n, n, &letter.to_string());
    }
    screen.undo();
    assert_eq!(screen.text(), "Tea.");
    screen.undo();
    assert_eq!(screen.text(), "");
}

#[test]
fn composed_text_is_shown_and_travels_only_once_it_is_finished() {
    let couple = Couple::new();
    let (id, mut alex, mut sam) = both_open(&couple, "We lay there.");
    let compose = |alex: &mut Screen, text: &str| {
        let (_, range) = alex.editor.composing().unwrap_or((Field::Body, 3..6));
        alex.editor.set_composing(Field::Body, range.clone(), text).unwrap();
        alex.body.splice(range.start as usize..range.end as usize, text.encode_utf16());
        alex.agrees();
    };
    for text in ["s", "sa", "sat", "座"] {
        compose(&mut alex, text);
    }
    alex.editor.flush().unwrap();
    assert_eq!((read(&couple.alex, &id).as_str(), alex.editor.state().unsaved), ("We lay there.", false));
    // Sam types around it, and into the very word that it replaces.
    sam.replace(0, 0, "Hey. ");
    sam.type_after("la", "aa");
    sam.editor.flush().unwrap();
    couple.meet();
    alex.look();
    let (_, range) = alex.editor.composing().unwrap();
    assert_eq!(&alex.body[range.start as usize..range.end as usize], "座".encode_utf16().collect::<Vec<_>>());
    compose(&mut alex, "sat");
    alex.editor.finish_composing().unwrap();
    assert_eq!(alex.editor.composing(), None);
    meet(&couple, &mut alex, &mut sam);
    assert_eq!(sam.text(), "Hey. We sataa there.");
    alex.undo();
    assert_eq!(alex.text(), "Hey. We layaa there.");
    meet(&couple, &mut alex, &mut sam);
    // Any other edit finishes it, and so does the end of the editor.
    alex.editor.set_composing(Field::Body, 0..0, "x").unwrap();
    alex.editor.replace(Field::Body, 1..1, "y").unwrap();
    alex.editor.set_composing(Field::Body, 2..2, "z").unwrap();
    drop(alex);
    assert_eq!(read(&couple.alex, &id), "xyzHey. We layaa there.");
}

#[test]
fn places_and_lengths_that_can_t_be_change_nothing() {
    let couple = Couple::new();
    let (_, alex, _sam) = both_open(&couple, "a🕯b");
    let replace = |field, range: std::ops::Range<u32>, text: &str| alex.editor.replace(field, range, text);
    #[expect(clippy::reversed_empty_ranges, reason = "a screen may hand in anything")]
    for range in [0..5, 2..2, 1..2, 2..4, 3..1, 0..u32::MAX, u32::MAX..u32::MAX] {
        assert_eq!(replace(Field::Body, range.clone(), "x"), invalid(InvalidInput::Position), "{range:?}");
        assert_eq!(alex.editor.set_composing(Field::Body, range, "x"), invalid(InvalidInput::Position));
    }
    assert_eq!(replace(Field::Title, 0..0, "a\nb"), invalid(InvalidInput::TitleOfSeveralLines));
    assert_eq!(replace(Field::Title, 0..0, &"x".repeat(MOST_TITLE_UNITS)), invalid(InvalidInput::TitleTooLong));
    assert_eq!(replace(Field::Body, 0..0, &"x".repeat(MOST_BODY_UNITS - 3)), invalid(InvalidInput::TextTooLong));
    alex.agrees();
    assert!(!alex.editor.state().unsaved && !alex.editor.state().can_undo);
    replace(Field::Body, 0..0, &"x".repeat(MOST_BODY_UNITS - 4)).unwrap();
    assert_eq!(replace(Field::Body, 0..0, "x"), invalid(InvalidInput::TextTooLong));
    replace(Field::Body, 0..1, "y").unwrap();
    assert_eq!(alex.editor.length(Field::Body) as usize, MOST_BODY_UNITS);
    assert!(!format!("{:?} {:?}", alex.editor, alex.editor.state()).contains("xx"));
    alex.editor.flush().unwrap();
}

#[test]
fn an_own_entry_is_edited_in_its_working_copy_and_the_partners_not_at_all() {
    let couple = Couple::new();
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("Journal.json");
    std::fs::write(&export, r#"{"entries":[{"uuid":"A","creationDate":"2024-03-01T11:00:00Z","text":"Hello."}]}"#)
        .unwrap();
    couple.alex.journal().import_day_one(&export, ImportInto::Shared, &(), &mut |_| true).unwrap();
    couple.meet();
    let mine = couple.alex.journal().rows(&RowsQuery::default()).unwrap().rows[0].id;
    let theirs = couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows[0].id;
    assert_eq!(couple.sam.journal().open_editor(&theirs).unwrap_err(), NightstandError::NotYours);
    assert_eq!(couple.alex.journal().open_editor(&theirs).unwrap_err(), NightstandError::NotYours);
    let mut alex = Screen::open(&couple.alex, &mine);
    alex.replace(5, 5, ", you");
    alex.editor.flush().unwrap();
    couple.meet();
    assert_eq!(read(&couple.sam, &theirs), "Hello.");
    assert!(couple.alex.journal().read(&mine).unwrap().unshared_edits);
    // Sharing takes along what is typed.
    alex.type_after("you", " two");
    couple.alex.journal().share(&mine).unwrap();
    couple.meet();
    assert_eq!(read(&couple.sam, &theirs), "Hello, you two.");
}

#[test]
fn two_screens_and_a_call_write_to_one_entry_at_once() {
    let couple = Couple::new();
    let (id, mut one, mut sam) = both_open(&couple, "We lay there.");
    let mut other = Screen::open(&couple.alex, &id);
    one.replace(0, 0, "One. ");
    other.type_after("there.", " Other.");
    edit(&couple.alex, &id, &entry("Evening, late", "We just lay there.", 1));
    sam.type_after("there", ", both");
    sam.editor.flush().unwrap();
    one.look();
    other.look();
    couple.meet();
    one.look();
    other.look();
    assert_eq!(one.text(), "One. We just lay there, both. Other.");
    assert_eq!((&one.body, &one.title), (&other.body, &other.title));
    assert_eq!(read(&couple.alex, &id), one.text());
    meet(&couple, &mut one, &mut sam);
    let report = couple.meet();
    assert_eq!((report.round_trips, report.forks, report.set_aside), (1, 0, 0));
}

#[test]
fn a_save_is_one_change_however_many_letters_it_has() {
    let couple = Couple::new();
    let (_, mut alex, mut sam) = both_open(&couple, "");
    for n in 0..300 {
        alex.replace(n, n, "x");
    }
    alex.editor.set_style(0..3, &Style::Bold).unwrap();
    alex.editor.flush().unwrap();
    assert_eq!(couple.meet().entries_sent, 1);
    meet(&couple, &mut alex, &mut sam);
}

#[test]
fn an_entry_deleted_by_the_partner_leaves_what_was_typed() {
    let couple = Couple::new();
    let (id, mut alex, mut sam) = both_open(&couple, "");
    sam.replace(0, 0, "Sam says that.");
    meet(&couple, &mut alex, &mut sam);
    alex.replace(0, 0, "Alex says this. ");
    alex.editor.flush().unwrap();
    alex.replace(4, 4, " never");
    drop(sam);
    couple.sam.journal().delete(&id).unwrap();
    couple.meet_whatever_it_says();
    alex.editor.flush().unwrap();
    let state = alex.editor.state();
    assert_eq!((state.ended, state.unsaved), (Some(NightstandError::Deleted), false));
    assert_eq!(read(&couple.alex, &state.kept.unwrap()), "Alex never says this. ");
    assert_eq!(alex.editor.replace(Field::Body, 0..0, "x"), Err(NightstandError::Deleted));
    assert_eq!(alex.editor.undo(), Err(NightstandError::Deleted));
    alex.agrees();
    let rows = couple.alex.journal().rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!((rows.len(), rows[0].kept, Some(rows[0].id)), (1, true, state.kept));
    assert_eq!(couple.sam.journal().count(&RowsQuery::default()).unwrap(), 0);
}

#[test]
fn an_entry_deleted_on_another_screen_is_gone_and_an_editor_says_so() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Mine", "for me alone", 1), Sharing::Private).unwrap();
    let mut alex = Screen::open(&couple.alex, &id);
    alex.replace(0, 0, "Only ");
    couple.alex.journal().delete(&id).unwrap();
    assert_eq!(alex.editor.flush(), Ok(()));
    let state = alex.editor.state();
    assert_eq!((state.ended, state.kept), (Some(NightstandError::Deleted), None), "it was saved, and then deleted");
    assert_eq!(couple.alex.journal().count(&RowsQuery::default()).unwrap(), 0);
    assert_eq!(couple.alex.journal().open_editor(&id).unwrap_err(), NightstandError::Deleted);
}

struct Told(Sender<u64>);

impl Observer for Told {
    fn changed(&self, news: u64) {
        let _ = self.0.send(news);
    }
}

#[test]
fn the_editors_thread_saves_by_itself_and_takes_in_what_comes() {
    let mut couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.meet();
    let alex = couple.alex.journal().open_editor(&id).unwrap();
    let (told, heard) = channel();
    let subscription = alex.observe(Arc::new(Told(told))).unwrap();
    alex.replace(Field::Body, 13..13, " Quiet.").unwrap();
    while alex.state().unsaved {
        heard.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    assert_eq!(read(&couple.alex, &id), "We lay there. Quiet.");
    edit(&couple.sam, &id, &entry("Evening", "Sam: We lay there.", 1));
    couple.meet();
    while !alex.state().arrived {
        heard.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    assert_eq!(alex.poll_changes().unwrap().texts[0].inserted, "Sam: ");
    // The app is killed: what the thread has saved is in the file.
    let path = couple.path_of_alex();
    let killed: Vec<_> =
        ["", "-wal"].map(|ending| std::fs::read(format!("{}{ending}", path.display())).unwrap()).into();
    drop(subscription);
    alex.replace(Field::Body, 0..0, "x").unwrap();
    drop(alex);
    assert_eq!(read(&couple.alex, &id), "xSam: We lay there. Quiet.", "an editor that is let go of saves");
    couple.reopen_alex(&killed[0]);
    couple.alex.close().unwrap();
    std::fs::write(&path, &killed[0]).unwrap();
    std::fs::write(format!("{}-wal", path.display()), &killed[1]).unwrap();
    couple.alex = Vault::open_with(OpenOptions::new(&path, [1; 32], [1; 16])).unwrap();
    assert_eq!(read(&couple.alex, &id), "Sam: We lay there. Quiet.");
}

#[test]
fn a_pause_saves_first_and_what_is_typed_while_paused_is_saved_afterwards() {
    let couple = Couple::new();
    let (id, mut alex, _sam) = both_open(&couple, "We lay there.");
    alex.type_after("there.", " Quiet.");
    couple.alex.pause(Duration::from_secs(600)).unwrap();
    assert!(!alex.editor.state().unsaved);
    alex.type_after("Quiet.", " Dark.");
    assert_eq!(alex.editor.flush(), Err(NightstandError::Paused));
    let state = alex.editor.state();
    assert_eq!((state.unsaved, state.failed), (true, Some(NightstandError::Paused)));
    let (told, heard) = channel();
    let subscription = alex.editor.observe(Arc::new(Told(told))).unwrap();
    couple.alex.resume().unwrap();
    while alex.editor.state().unsaved {
        heard.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    drop(subscription);
    assert_eq!((read(&couple.alex, &id), alex.editor.state().failed), ("We lay there. Quiet. Dark.".into(), None));
    alex.replace(0, 0, "x");
    alex.editor.close().unwrap();
    assert_eq!(alex.editor.replace(Field::Body, 0..0, "x"), Err(NightstandError::Closed));
    let again = couple.alex.journal().open_editor_saving_after(&id, NEVER).unwrap();
    again.replace(Field::Body, 0..0, "y").unwrap();
    couple.alex.close().unwrap();
    assert!(!again.state().unsaved, "closing the vault saves");
    assert_eq!(again.text(Field::Body).text, "yxWe lay there. Quiet. Dark.");
}

/// One thing that somebody does; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Replace(usize, usize, &'static str),
    Compose(usize, usize, &'static str),
    Style(usize, usize, u8),
    Undo,
    Redo,
    Save,
    Look,
    Meet,
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec!["", "a", "bc", "🕯", "\n", "one two ", "é"]);
    prop_oneof![
        6 => (0..60usize, 0..6usize, words.clone()).prop_map(|(at, gone, put)| Act::Replace(at, gone, put)),
        1 => (0..60usize, 0..4usize, words).prop_map(|(at, gone, put)| Act::Compose(at, gone, put)),
        1 => (0..60usize, 0..9usize, 0..6u8).prop_map(|(at, length, style)| Act::Style(at, length, style)),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
        1 => Just(Act::Save),
        2 => Just(Act::Look),
        1 => Just(Act::Meet),
    ]
}

fn perform(couple: &Couple, screen: &mut Screen, act: &Act) {
    // The nearest place before that is none inside a character.
    let place = |body: &[u16], at: usize| {
        let at = at.min(body.len());
        if at < body.len() && (0xdc00..0xe000).contains(&body[at]) { at - 1 } else { at }
    };
    match *act {
        Act::Replace(at, gone, put) => {
            let at = place(&screen.body, at % (screen.body.len() + 1));
            let end = place(&screen.body, at + gone).max(at);
            screen.replace(at, end, put);
        }
        Act::Compose(at, gone, put) => {
            let at = place(&screen.body, at % (screen.body.len() + 1));
            let (field, range) = screen
                .editor
                .composing()
                .unwrap_or_else(|| (Field::Body, at as u32..place(&screen.body, at + gone).max(at) as u32));
            screen.editor.set_composing(field, range.clone(), put).unwrap();
            screen.body.splice(range.start as usize..range.end as usize, put.encode_utf16());
            screen.agrees();
        }
        Act::Style(at, length, style) => {
            let start = place(&screen.body, at % (screen.body.len() + 1));
            let end = place(&screen.body, start + length).max(start);
            let (start, end) = (start as u32, end as u32);
            let editor = &screen.editor;
            match style {
                0 => editor.set_style(start..end, &Style::Bold),
                1 => editor.toggle_style(start..end, &Style::Italic),
                2 => editor.set_style(start..end, &Style::Link { url: "https://example.org".into() }),
                3 => editor.set_style(start..end, &Style::Quote),
                4 => editor.clear_style(start..end, StyleKind::Block),
                _ => editor.clear_style(start..end, StyleKind::Bold),
            }
            .unwrap();
        }
        Act::Undo => screen.undo(),
        Act::Redo => screen.redo(),
        Act::Save => screen.editor.flush().unwrap(),
        Act::Look => drop(screen.look()),
        Act::Meet => drop(couple.meet()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    /// Whatever three screens on two phones do: each shows what its own text view has, and in the end all show the same.
    #[test]
    fn all_screens_agree_in_the_end(acts in prop::collection::vec((0..3usize, act()), 0..60)) {
        let couple = Couple::new();
        let (id, one, sam) = both_open(&couple, "We lay 🕯 there.\nAnd slept.");
        let mut screens = [one, Screen::open(&couple.alex, &id), sam];
        for (who, act) in &acts {
            perform(&couple, &mut screens[*who], act);
        }
        for screen in &screens {
            screen.editor.finish_composing().unwrap();
            screen.editor.flush().unwrap();
        }
        couple.meet();
        for screen in &mut screens {
            screen.look();
        }
        for (screen, vault) in screens.iter().zip([&couple.alex, &couple.alex, &couple.sam]) {
            prop_assert_eq!(screen.editor.text(Field::Body), screens[0].editor.text(Field::Body));
            prop_assert_eq!(&vault.journal().read(&id).unwrap().entry.body, &screen.editor.text(Field::Body));
        }
        prop_assert_eq!(couple.meet().round_trips, 1);
    }
}
