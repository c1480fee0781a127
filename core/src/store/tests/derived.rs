//! Lists and search.

use automerge::ROOT;
use automerge::transaction::Transactable;
use nightstand_engine::ids::{DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::Kind;
use rusqlite::types::Value::{self, Null};

use super::{Journaling, Phone};
use crate::care::sessions::{SessionDraft, StepDraft, StepVerb};
use crate::care::{Condition, ItemDraft, ItemVersion, Line, Side, Stance};
use crate::records::Audience;
use crate::store::Rows;
use crate::vault::Vault;

/// What the tests' clock says.
const NOON: Value = Value::Integer(1_800_000_000_000);

/// Everything that is derived, down to each word of the index.
fn everything(vault: &Vault) -> Vec<Vec<Vec<Value>>> {
    let table = |rows: &Rows<'_>, sql: &str| {
        rows.all(sql, [], |row| (0..row.as_ref().column_count()).map(|column| Ok(row.get(column)?)).collect())
    };
    vault
        .write(|tx| {
            tx.rows().run(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocab USING fts5vocab('main', 'search', 'instance')",
                [],
            )?;
            let rows = tx.rows();
            Ok(vec![
                table(&rows, "SELECT * FROM row ORDER BY document")?,
                table(&rows, "SELECT * FROM row_tag ORDER BY tag, document")?,
                table(&rows, "SELECT * FROM words ORDER BY document")?,
                table(&rows, "SELECT term, doc, col, offset FROM vocab ORDER BY term, doc, col, offset")?,
                table(&rows, "SELECT * FROM preference ORDER BY document")?,
                table(&rows, "SELECT * FROM record ORDER BY document")?,
                table(&rows, "SELECT * FROM session ORDER BY document")?,
            ])
        })
        .unwrap()
}

fn diary(vault: &Vault) {
    let preferences = vault.preferences();
    let hands = "stance/holding-hands/together".parse().unwrap();
    let until = Stance::NotNow { until_ms: Some(1_900_000_000_000) };
    let draft = ItemDraft { stance: Some(until), note: Some("Not too tight.".into()), ..ItemDraft::default() };
    preferences.set(&hands, &draft, &ItemVersion::default()).unwrap();
    let wish = preferences.add(Line::Wish, "A walk").unwrap();
    preferences.remove(&wish.item).unwrap();
    let steps = ["water", "cuddling"].map(|activity| StepDraft {
        activity: activity.into(),
        side: Side::Together,
        way: None,
        minutes: 5,
    });
    let draft = SessionDraft { situation: [Condition::Tired].into(), apart: true, steps: steps.into() };
    let sessions = [(); 3].map(|()| vault.sessions().plan(Audience::Me, &draft).unwrap());
    for step in &sessions[0].steps {
        vault.sessions().step(&sessions[0].id, step.id, StepVerb::Start).unwrap();
    }
    vault.sessions().end(&sessions[0].id).unwrap();
    vault.sessions().delete(&sessions[1].id).unwrap();
    for number in 0..30 {
        let key =
            vault.begin_entry(Space::Private, &format!("Evening {number}"), "Tea, and the café by the lighthouse.");
        match number % 5 {
            0 => vault.edit_title(&key, &format!("A quiet evening {number}")).unwrap(),
            1 => vault.delete(&key),
            _ => {}
        }
    }
}

#[test]
fn rows_made_again_are_those_that_were_kept() {
    let phone = Phone::alex();
    let vault = phone.open();
    diary(&vault);
    let kept = everything(&vault);
    assert_eq!(kept.iter().map(Vec::len).collect::<Vec<_>>(), [24, 0, 24, kept[3].len(), 1, 2, 2]);
    // Cuddling was going on when the session ended; water was put off for it.
    let text = |text: &str| Value::Text(text.to_owned());
    let situation = text("apart\u{1f}tired");
    assert_eq!(kept[6][0][3..], [NOON, NOON, NOON, text("cuddling"), situation.clone()]);
    assert_eq!(kept[6][1][3..], [NOON, Null, Null, text(""), situation]);
    assert!(kept[3].len() > 24 * 8);
    vault.write(|tx| Ok(tx.rebuild_rows(&mut |_| std::ops::ControlFlow::Continue(()))?)).unwrap();
    assert_eq!(everything(&vault), kept);
}

#[test]
fn a_file_of_an_earlier_version_of_the_code_gets_its_rows_again() {
    let phone = Phone::alex();
    let vault = phone.open();
    diary(&vault);
    let kept = everything(&vault);
    drop(vault);
    let tool = phone.writing_tool();
    tool.execute_batch("UPDATE meta SET value = 0 WHERE name = 'derived_version'; UPDATE row SET title = 'stale'")
        .unwrap();
    drop(tool);
    assert_eq!(everything(&phone.open()), kept);
}

/// The step that made the table for sessions has their rows made, too, whichever code made the others.
#[test]
fn a_file_from_before_sessions_had_rows_gets_them() {
    let phone = Phone::alex();
    let vault = phone.open();
    diary(&vault);
    let kept = everything(&vault);
    drop(vault);
    let back = "DROP TABLE segment; DROP TABLE segment_document; DROP TABLE session; DROP TABLE roster_rival; DROP TABLE own_device; DROP TABLE aside;
                ALTER TABLE bond DROP COLUMN kept; PRAGMA user_version = 8";
    phone.writing_tool().execute_batch(back).unwrap();
    assert_eq!(everything(&phone.open()), kept);
}

#[test]
fn search_finds_what_is_there_and_nothing_that_was() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "We had soup at the café.");
    assert_eq!((vault.found("lighthouse"), vault.found("cafe"), vault.found("harbour")), (1, 1, 0));
    vault.edit_title(&key, "Harbour").unwrap();
    assert_eq!((vault.found("lighthouse"), vault.found("harbour")), (0, 1));
    vault.delete(&key);
    assert_eq!((vault.found("harbour"), vault.found("soup")), (0, 0));
    assert!(vault.listed().is_empty());
}

/// The index holds the words of `words`, each where it stands, and nothing else.
#[test]
fn the_index_agrees_with_the_words() {
    let phone = Phone::alex();
    let vault = phone.open();
    diary(&vault);
    let indexed = everything(&vault).remove(3);
    let texts: Vec<(i64, String)> = vault
        .read(|rows, _| Ok(rows.all("SELECT document, text FROM words", [], |row| Ok((row.get(0)?, row.get(1)?)))?))
        .unwrap();
    let mut expected = Vec::new();
    for (document, text) in texts {
        let (title, rest) = text.split_once('\n').unwrap();
        for (column, part) in [("title", title), ("text", rest)] {
            for (place, word) in crate::words::words(part).enumerate() {
                let place = i64::try_from(place).unwrap();
                expected.push(vec![word.folded.into(), document.into(), column.to_owned().into(), place.into()]);
            }
        }
    }
    let sorted = |mut rows: Vec<Vec<Value>>| {
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    assert_eq!(sorted(indexed), sorted(expected));
    vault.write(|tx| Ok(tx.rows().run("INSERT INTO search (search) VALUES ('integrity-check')", [])?)).unwrap();
}

/// A later change may make of a document what nothing lists, as a partner's app that is not ours might: its row goes.
#[test]
fn what_is_no_item_any_more_is_not_listed() {
    let phone = Phone::alex();
    let vault = phone.open();
    diary(&vault);
    let key = vault
        .read(|rows, person| {
            let place = Place::Private { owner: person };
            let id = rows.one(
                "SELECT document.document FROM preference JOIN document ON document.id = preference.document",
                [],
                |row| Ok(DocumentId::from_bytes(row.get(0)?)),
            )?;
            Ok(DocumentKey { place, id: id.unwrap() })
        })
        .unwrap();
    vault
        .write(|tx| {
            let mut draft = tx.draft(key, Kind::Preference)?;
            draft.edit(|edit| edit.put(ROOT, "item", "stance/bath/give"))?;
            draft.finish(tx)?;
            Ok(())
        })
        .unwrap();
    assert!(everything(&vault)[4].is_empty());
}
