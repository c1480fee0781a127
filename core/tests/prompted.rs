//! Entries that answer a question, and entries about a care session.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, edit, entry};
use nightstand::care::sessions::SessionDraft;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::{EntryDraft, ExportAs, MOST_PROMPT_UNITS, Prompt, RowsQuery, Sharing};
use nightstand::records::{Audience, RecordId};
use nightstand::vault::Vault;

fn question(id: &str) -> Option<Prompt> {
    Some(Prompt::Question(id.into()))
}

fn session(vault: &Vault, audience: Audience) -> RecordId {
    vault.sessions().plan(audience, &SessionDraft::default()).unwrap().id
}

fn titles(vault: &Vault, query: RowsQuery) -> Vec<String> {
    vault.journal().rows(&query).unwrap().rows.into_iter().map(|row| row.title).collect()
}

#[test]
fn what_it_answers_goes_with_it_and_a_session_of_ones_own_does_not() {
    let couple = Couple::new();
    let alex = couple.alex.journal();
    let (own, both) = (session(&couple.alex, Audience::Me), session(&couple.alex, Audience::Both));
    let draft = EntryDraft { prompt: question("tears-mean"), session: Some(own), ..entry("Salt", "They pass.", 1) };
    let id = alex.write(&draft, Sharing::Private).unwrap();
    assert_eq!(alex.read(&id).unwrap().entry, draft);
    let partners = EntryDraft { session: None, ..draft.clone() };
    assert_eq!(alex.preview(&id).unwrap().next, partners);
    alex.share(&id).unwrap();
    assert!(!alex.read(&id).unwrap().unshared_edits, "the partner has all that they may have");
    couple.meet();
    let seen = couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows[0].id;
    assert_eq!(couple.sam.journal().read(&seen).unwrap().entry, partners);

    edit(&couple.alex, &id, &EntryDraft { session: Some(both), ..draft.clone() });
    assert!(alex.read(&id).unwrap().unshared_edits);
    alex.share(&id).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().read(&seen).unwrap().entry.session, Some(both));

    // Where both write, likewise.
    let joint = alex.write(&draft, Sharing::Joint).unwrap();
    assert_eq!(alex.read(&joint).unwrap().entry, partners);
    edit(&couple.alex, &joint, &EntryDraft { session: Some(both), prompt: None, ..draft });
    couple.meet();
    let read = couple.sam.journal().read(&joint).unwrap().entry;
    assert_eq!((read.session, read.prompt), (Some(both), None));
}

#[test]
fn a_list_has_those_that_answer_one_question_or_are_about_one_session() {
    let couple = Couple::new();
    let both = session(&couple.alex, Audience::Both);
    let words = Prompt::Words("What was good?".into());
    for (title, prompt, session) in [
        ("one", question("first-minute"), Some(both)),
        ("two", question("tears-mean"), None),
        ("three", Some(words.clone()), Some(both)),
        ("four", None, None),
    ] {
        let draft = EntryDraft { prompt, session, ..entry(title, "", 1) };
        couple.alex.journal().write(&draft, Sharing::Shared).unwrap();
    }
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        let with = |prompt: Option<Prompt>| titles(vault, RowsQuery { prompt, ..RowsQuery::default() });
        assert_eq!(with(question("tears-mean")), ["two"]);
        assert_eq!(with(Some(words.clone())), ["three"]);
        assert_eq!(with(None).len(), 4);
        let mut about = titles(vault, RowsQuery { session: Some(both), ..RowsQuery::default() });
        about.sort();
        assert_eq!(about, ["one", "three"]);
        let of = RowsQuery { session: Some(both), prompt: question("first-minute"), ..RowsQuery::default() };
        assert_eq!(vault.journal().count(&of).unwrap(), 1);
    }
    let folder = tempfile::tempdir().unwrap();
    for (form, name, expected) in
        [(ExportAs::Json, "j.json", "words:What was good?"), (ExportAs::Json, "k.json", "question:first-minute")]
    {
        let path = folder.path().join(name);
        couple.alex.journal().export(&path, form, &RowsQuery::default(), &mut |_| true).unwrap();
        assert!(std::fs::read_to_string(path).unwrap().contains(expected));
    }
}

#[test]
fn a_question_is_one_of_a_deck_or_a_few_words() {
    let couple = Couple::strangers();
    let long = Prompt::Words("é".repeat(MOST_PROMPT_UNITS + 1));
    for (prompt, what) in [
        (Prompt::Question("no-such-thing".into()), InvalidInput::Words),
        (Prompt::Words("  ".into()), InvalidInput::Empty),
        (long, InvalidInput::TextTooLong),
    ] {
        let draft = EntryDraft { prompt: Some(prompt), ..entry("", "", 1) };
        let written = couple.alex.journal().write(&draft, Sharing::Private);
        assert_eq!(written, Err(NightstandError::InvalidInput { what }));
    }
}

/// An edit says what was changed of what its screen showed, and nothing else, whichever of the two phones counts for more.
#[test]
fn an_edit_of_an_earlier_state_leaves_the_session_that_the_other_named() {
    for names in [0, 1] {
        let couple = Couple::new();
        let vaults = [&couple.alex, &couple.sam];
        let (namer, editor) = (vaults[names], vaults[1 - names]);
        let (first, other) = (session(namer, Audience::Both), session(namer, Audience::Both));
        let draft = EntryDraft { session: Some(first), ..entry("Salt", "They pass.", 1) };
        let id = namer.journal().write(&draft, Sharing::Joint).unwrap();
        couple.meet();
        let seen = editor.journal().rows(&RowsQuery::default()).unwrap().rows.remove(0).id;
        let screen = editor.journal().read(&seen).unwrap();
        edit(namer, &id, &EntryDraft { session: Some(other), ..draft.clone() });
        namer.sessions().delete(&first).unwrap();
        couple.meet();
        let titled = EntryDraft { title: "Sea salt".into(), ..screen.entry };
        let read = editor.journal().edit(&seen, &titled, &screen.version).unwrap().entry;
        assert_eq!((read.title.as_str(), read.session), ("Sea salt", Some(other)));
        couple.meet();
        assert_eq!(namer.journal().read(&id).unwrap().entry, read);
    }
}

/// Who edits what both wrote takes nothing out of it that is not theirs to look up.
#[test]
fn a_session_that_is_not_here_stays_named_whoever_edits() {
    let couple = Couple::new();
    let both = session(&couple.alex, Audience::Both);
    let draft = EntryDraft { session: Some(both), ..entry("Salt", "They pass.", 1) };
    let id = couple.alex.journal().write(&draft, Sharing::Joint).unwrap();
    couple.alex.sessions().delete(&both).unwrap();
    couple.meet();
    let sam = couple.sam.journal();
    let seen = sam.rows(&RowsQuery::default()).unwrap().rows.remove(0).id;
    assert_eq!(sam.read(&seen).unwrap().entry.session, Some(both));
    edit(&couple.sam, &seen, &EntryDraft { title: "Salt water".into(), ..draft.clone() });
    assert_eq!(sam.read(&seen).unwrap().entry.session, Some(both), "taken out with an edit of the title");

    // The same while Private is locked, which is not asked.
    couple.sam.set_private_key(Some([5; 32]), |_| ControlFlow::Continue(())).unwrap();
    couple.sam.lock_private().unwrap();
    edit(&couple.sam, &seen, &EntryDraft { title: "Sea salt".into(), ..draft.clone() });
    let read = sam.read(&seen).unwrap().entry;
    assert_eq!((read.title.as_str(), read.session), ("Sea salt", Some(both)));
    // A session that nobody knows is not named anew.
    edit(&couple.sam, &seen, &EntryDraft { session: Some("07".repeat(16).parse().unwrap()), ..read });
    assert_eq!(sam.read(&seen).unwrap().entry.session, None);
    couple.meet();
    assert_eq!(couple.alex.journal().read(&id).unwrap().entry.title, "Sea salt");
}
