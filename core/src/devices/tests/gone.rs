//! What is taken back or deleted is gone from the other phone too: from every page of its file, deciphered.

use super::*;
use crate::journal::{RowsQuery, Visibility};
use crate::store::tests::burial::{canary, holds, plain_pages_of};

/// All that stands in the file of Sam's phone.
fn sams_pages(home: &Home) -> Vec<u8> {
    home.sam.with_store(|store| Ok(store.checkpoint()?)).unwrap();
    plain_pages_of(home.folder.path().join("sam"), &[2; 32])
}

fn share_a_note(vault: &Vault, note: &str) {
    let (item, preferences) = (hands(), vault.preferences());
    let draft = ItemDraft { note: Some(note.into()), stance: Some(Stance::Love), ..ItemDraft::default() };
    let seen = preferences.read(&item).unwrap().version;
    let seen = preferences.set(&item, &draft, &seen).unwrap().version;
    preferences.share(&item, &seen).unwrap();
}

#[test]
fn no_page_of_the_other_phone_keeps_what_was_taken_back_or_deleted() {
    let home = Home::new();
    let [shared, joint, note, sams] = [0, 1, 2, 3].map(|number| canary(number, 9));
    let taken_back = write(&home.phone, &format!("Evening {shared}"), Sharing::Shared);
    let deleted = write(&home.phone, &format!("Ours {joint}"), Sharing::Joint);
    share_a_note(&home.phone, &format!("slowly {note}"));
    meet(&home.phone, &home.sam);
    // Sam writes into what is joint, and Alex edits what is shared, so that there are several states of each.
    let mut seen = home.sam.journal().read(&deleted).unwrap();
    seen.entry.body = RichText::plain(format!("{sams} {}", seen.entry.body.text));
    home.sam.journal().edit(&deleted, &seen.entry, &seen.version).unwrap();
    share_a_note(&home.phone, &format!("very slowly {note}"));
    meet(&home.phone, &home.sam);
    let before = sams_pages(&home);
    for word in [&shared, &joint, &note, &sams] {
        assert!(holds(&before, word), "the test looks in the right place");
    }

    home.phone.journal().take_back(&taken_back).unwrap();
    home.phone.journal().delete(&deleted).unwrap();
    home.phone.preferences().take_back(&hands()).unwrap();
    meet(&home.phone, &home.sam);
    let after = sams_pages(&home);
    for word in [&shared, &joint, &note] {
        assert!(!holds(&after, word), "{word}");
    }
    // What Sam wrote stays with Sam, alone.
    assert!(holds(&after, &sams));
    let rows = home.sam.journal().rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.visibility).collect::<Vec<_>>(), [Visibility::OnlyMe]);
    assert_eq!(said(&home.sam, Whose::Partner), None);
}
