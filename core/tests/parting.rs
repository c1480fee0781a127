//! Alex leaves: what goes, what stays, and what Sam's phone sees of it.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, SATURDAY, entry, meet, vault};
use nightstand::care::{Item, ItemDraft, Side, Stance, Whose};
use nightstand::error::NightstandError;
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::pairing::{PartingChoice, Stays};
use nightstand::sync::Conversation;
use nightstand::vault::Vault;

const EVERYTHING: PartingChoice = PartingChoice { mine: Stays::Kept, together: Stays::Kept };
const NOTHING: PartingChoice = PartingChoice { mine: Stays::LetGo, together: Stays::LetGo };

fn titles(vault: &Vault) -> Vec<String> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let mut titles: Vec<_> = rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

/// Alex and Sam with a private, a shared and a joint entry each, and all of them where they may be.
fn with_entries(couple: &Couple) {
    for (vault, whose) in [(&couple.alex, "Alex"), (&couple.sam, "Sam")] {
        for (sharing, word) in [(Sharing::Private, "alone"), (Sharing::Shared, "shared"), (Sharing::Joint, "joint")] {
            vault.journal().write(&entry(&format!("{whose} {word}"), "velvet-otter-dusk", 1), sharing).unwrap();
        }
    }
    couple.meet();
}

fn carry(mut one: Conversation, mut other: Conversation) -> Result<(), NightstandError> {
    loop {
        let mut moved = false;
        while let Some(frame) = one.poll_frame()? {
            moved = true;
            other.handle_frame(&frame)?;
        }
        while let Some(frame) = other.poll_frame()? {
            moved = true;
            one.handle_frame(&frame)?;
        }
        if !moved {
            return Ok(());
        }
    }
}

#[test]
fn what_was_written_together_stays_or_goes_as_each_chooses() {
    let couple = Couple::new();
    with_entries(&couple);
    couple.alex.pairing().part(&EVERYTHING).unwrap();
    assert_eq!(titles(&couple.alex), ["Alex alone", "Alex joint", "Alex shared", "Sam joint"]);
    assert_eq!(couple.alex.pairing().partner(), Ok(None));
    couple.sam.pairing().part(&NOTHING).unwrap();
    // What Sam shared has its working copy in Private: it was written there first.
    assert_eq!(titles(&couple.sam), ["Sam alone", "Sam shared"]);
    assert_eq!(couple.alex.pairing().part(&NOTHING), Err(NightstandError::NotPaired));
}

#[test]
fn to_the_other_phone_it_looks_like_out_of_reach() {
    let couple = Couple::new();
    with_entries(&couple);
    let begun = couple.sam.sync().begin().unwrap();
    couple.alex.pairing().part(&EVERYTHING).unwrap();
    assert_eq!(couple.alex.sync().answer().err(), Some(NightstandError::NotPaired));
    assert_eq!(couple.alex.sync().begin().err(), Some(NightstandError::NotPaired));
    drop(begun);
    // Sam's phone has all it had, and still calls Alex its partner.
    assert_eq!(titles(&couple.sam).len(), 5);
    assert!(couple.sam.pairing().partner().unwrap().is_some());
    couple.sam.journal().write(&entry("Later", "and alone", 2), Sharing::Shared).unwrap();
}

#[test]
fn a_conversation_that_goes_on_ends_with_the_bond() {
    let couple = Couple::new();
    let (mut begun, mut answering) =
        (couple.sam.sync().begin_live().unwrap(), couple.alex.sync().answer_live().unwrap());
    for _ in 0..6 {
        while let Some(frame) = begun.poll_frame().unwrap() {
            answering.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = answering.poll_frame().unwrap() {
            begun.handle_frame(&frame).unwrap();
        }
    }
    couple.alex.pairing().part(&EVERYTHING).unwrap();
    couple.sam.journal().write(&entry("Later", "and alone", 2), Sharing::Shared).unwrap();
    let frame = begun.poll_frame().unwrap().unwrap();
    assert_eq!(answering.handle_frame(&frame), Err(NightstandError::NotPaired));
    assert!(titles(&couple.alex).is_empty());
}

#[test]
fn boundaries_stay_whatever_is_let_go() {
    let couple = Couple::new();
    let hands = Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition: None };
    let preferences = couple.alex.preferences();
    let draft = ItemDraft { stance: Some(Stance::Never), ..ItemDraft::default() };
    let seen = preferences.read(&hands).unwrap().version;
    let seen = preferences.set(&hands, &draft, &seen).unwrap().version;
    preferences.share(&hands, &seen).unwrap();
    couple.meet();
    couple.alex.pairing().part(&NOTHING).unwrap();
    let mine = couple.alex.preferences().list(Whose::Me).unwrap().items;
    assert_eq!(mine.iter().map(|row| row.stance).collect::<Vec<_>>(), [Some(Stance::Never)]);
    assert!(!mine[0].shared);
}

#[test]
fn pairing_again_with_the_same_or_another_person_begins_with_nothing() {
    let couple = Couple::new();
    with_entries(&couple);
    couple.alex.pairing().part(&EVERYTHING).unwrap();
    // Sam has not left and can't be paired with anybody else; both leave, and come back.
    couple.sam.pairing().part(&NOTHING).unwrap();
    couple.pair();
    couple.meet();
    assert_eq!(titles(&couple.alex), ["Alex alone", "Alex joint", "Alex shared", "Sam joint"]);
    assert_eq!(titles(&couple.sam), ["Sam alone", "Sam shared"]);
    couple.alex.journal().write(&entry("Anew", "for both", 3), Sharing::Shared).unwrap();
    couple.meet();
    assert!(titles(&couple.sam).contains(&"Anew".to_owned()));
    couple.alex.pairing().part(&NOTHING).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let kim = vault(&folder, "kim.db", 9);
    let mut inviting = couple.alex.pairing().invite("Alex").unwrap();
    let mut joining = kim.pairing().join("Kim", &inviting.link(&[])).unwrap();
    for round in 0..6 {
        while let Some(frame) = joining.poll_frame().unwrap() {
            inviting.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = inviting.poll_frame().unwrap() {
            joining.handle_frame(&frame).unwrap();
        }
        if round == 2 {
            inviting.confirm().unwrap();
            joining.confirm().unwrap();
        }
    }
    meet(&couple.alex, &kim);
    assert_eq!(titles(&kim), [""; 0]);
    // Sam's phone calls as before, and is heard by nobody.
    let called = carry(couple.sam.sync().begin().unwrap(), couple.alex.sync().answer().unwrap());
    assert!(called.is_err());
}

#[test]
fn nobody_needs_a_key_to_leave() {
    for (choice, meanwhile, after) in [
        (
            EVERYTHING,
            ["Alex joint", "Alex shared", "Sam joint"].as_slice(),
            ["Alex alone", "Alex joint", "Alex shared", "Sam joint"].as_slice(),
        ),
        (NOTHING, &["Alex shared"], &["Alex alone", "Alex shared"]),
    ] {
        let clock = Hands::at(SATURDAY);
        let couple = Couple::at(&clock);
        with_entries(&couple);
        couple.alex.set_private_key(Some([7; 32]), |_| core::ops::ControlFlow::Continue(())).unwrap();
        couple.alex.lock_private().unwrap();
        couple.alex.pairing().part(&choice).unwrap();
        assert_eq!(couple.alex.pairing().partner(), Ok(None));
        assert_eq!(couple.alex.sync().begin().err(), Some(NightstandError::NotPaired));
        assert_eq!(couple.alex.sync().answer().err(), Some(NightstandError::NotPaired));
        assert_eq!(titles(&couple.alex), meanwhile);
        couple.alex.unlock_private([7; 32], |_| core::ops::ControlFlow::Continue(())).unwrap();
        assert_eq!(titles(&couple.alex), after);
        let found = couple.alex.journal().search("velvet", &RowsQuery::default(), 0).unwrap();
        assert_eq!(found.hits.len(), after.len());
    }
}
