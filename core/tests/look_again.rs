//! The partner hears of a change only if the owner says so: once, and nothing but where to look.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, vault};
use nightstand::care::{Item, ItemDraft, Line, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::vault::Vault;

fn say(vault: &Vault, item: &Item, stance: Stance) {
    let seen = vault.preferences().read(item).unwrap().version;
    let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
    let said = vault.preferences().set(item, &draft, &seen).unwrap();
    vault.preferences().share(item, &said.version).unwrap();
}

fn asked(vault: &Vault) -> Vec<Item> {
    vault.preferences().to_look_at().unwrap()
}

#[test]
fn a_change_is_heard_of_if_its_owner_says_so_and_once() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.preferences(), couple.sam.preferences());
    let [bath, water]: [Item; 2] = ["stance/bath/receive", "stance/water/give"].map(|name| name.parse().unwrap());
    say(&couple.alex, &bath, Stance::Like);
    say(&couple.alex, &water, Stance::Like);
    say(&couple.alex, &bath, Stance::Never);
    couple.meet();
    assert!(asked(&couple.sam).is_empty(), "nobody said so");
    alex.ask_to_look(&bath).unwrap();
    alex.ask_to_look(&bath).unwrap();
    couple.meet();
    assert_eq!(asked(&couple.sam), std::slice::from_ref(&bath));
    assert!(asked(&couple.alex).is_empty());
    sam.looked(&bath).unwrap();
    couple.meet();
    assert!(asked(&couple.sam).is_empty());
    // Another time it is said again, and taken back with the item.
    alex.ask_to_look(&bath).unwrap();
    alex.ask_to_look(&water).unwrap();
    couple.meet();
    assert_eq!(asked(&couple.sam), [bath.clone(), water.clone()]);
    alex.take_back(&bath).unwrap();
    couple.meet();
    assert_eq!(asked(&couple.sam), [water]);
    say(&couple.alex, &bath, Stance::Never);
    couple.meet();
    assert_eq!(asked(&couple.sam).len(), 1, "shared anew, it asks for nothing by itself");
}

#[test]
fn what_is_not_shared_is_not_spoken_of() {
    let couple = Couple::new();
    let alex = couple.alex.preferences();
    let wish = alex.add(Line::Wish, "Slower.").unwrap();
    let not_shared = Err(NightstandError::InvalidInput { what: InvalidInput::NotShared });
    assert_eq!(alex.ask_to_look(&wish.item), not_shared);
    alex.share(&wish.item, &wish.version).unwrap();
    alex.ask_to_look(&wish.item).unwrap();
    couple.meet();
    assert_eq!(asked(&couple.sam), std::slice::from_ref(&wish.item));
    alex.remove(&wish.item).unwrap();
    couple.meet();
    assert!(asked(&couple.sam).is_empty());

    let folder = tempfile::tempdir().unwrap();
    let kim = vault(&folder, "kim.db", 3);
    assert_eq!(kim.preferences().ask_to_look(&"stance/bath/receive".parse().unwrap()), Err(NightstandError::NotPaired));
    assert!(asked(&kim).is_empty());
}
