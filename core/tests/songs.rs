//! Songs to come down to: added, asked for beforehand, moved, and heard nowhere from here.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, vault};
use nightstand::care::Condition;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::together::songs::{SongBy, SongDraft, SongState, SongView};
use nightstand::vault::Vault;

fn song(title: &str) -> SongDraft {
    SongDraft {
        title: title.into(),
        artist: "Somebody".into(),
        link: "https://music.example/1".into(),
        ..SongDraft::default()
    }
}

fn titles(songs: &[SongView]) -> Vec<&str> {
    songs.iter().map(|song| song.content.title.as_str()).collect()
}

fn listed(vault: &Vault) -> Vec<SongView> {
    vault.songs().list(None).unwrap()
}

fn refused(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

#[test]
fn a_list_is_made_by_both() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.songs(), couple.sam.songs());
    let one = alex.add(Audience::Both, &song("One")).unwrap();
    let two = alex.add(Audience::Both, &SongDraft { situation: [Condition::Tired].into(), ..song("Two") }).unwrap();
    couple.meet();
    let seen = listed(&couple.sam);
    assert_eq!(titles(&seen), ["One", "Two"]);
    assert_eq!((seen[0].by, seen[0].state, &seen[0].content), (SongBy::Partner, SongState::Listed, &song("One")));
    assert_eq!((one.by, one.audience), (SongBy::Me, Audience::Both));
    assert_eq!(titles(&sam.list(Some(Condition::Tired)).unwrap()), ["One", "Two"]);
    assert_eq!(titles(&sam.list(Some(Condition::New)).unwrap()), ["One"]);

    // Both put something at the end, and one moves what the other changes.
    alex.add(Audience::Both, &song("Three")).unwrap();
    sam.add(Audience::Both, &song("Four")).unwrap();
    alex.move_to(&two.id, 0).unwrap();
    sam.change(&two.id, &song("Two, slower"), &two.content).unwrap();
    couple.meet();
    couple.meet();
    assert_eq!(titles(&listed(&couple.alex)), titles(&listed(&couple.sam)));
    assert_eq!(titles(&listed(&couple.alex))[..2], ["Two, slower", "One"]);
    assert_eq!(listed(&couple.alex).len(), 4);

    // However often something moves between two others, it arrives there.
    for turn in 0..50 {
        let songs = listed(&couple.alex);
        let moved = songs[if turn % 2 == 0 { 2 } else { 0 }].id;
        alex.move_to(&moved, 1).unwrap();
        assert_eq!(listed(&couple.alex)[1].id, moved);
    }
    couple.meet();
    assert_eq!(titles(&listed(&couple.alex)), titles(&listed(&couple.sam)));

    sam.remove(&one.id).unwrap();
    couple.meet();
    assert_eq!(listed(&couple.alex).len(), 3);
    assert_eq!(alex.change(&one.id, &song("One"), &one.content), Err(NightstandError::Deleted));
}

#[test]
fn a_screen_that_is_behind_overwrites_nothing() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.songs(), couple.sam.songs());
    let SongView { id, content: shown, .. } = alex.add(Audience::Both, &song("One")).unwrap();
    couple.meet();
    let slower = song("One, slower");
    sam.change(&id, &slower, &shown).unwrap();
    couple.meet();
    let tired = |song: &SongDraft| SongDraft { situation: [Condition::Tired].into(), ..song.clone() };
    assert_eq!(alex.change(&id, &tired(&shown), &shown), Err(NightstandError::ChangedMeanwhile));
    couple.meet();
    assert_eq!(
        [&couple.alex, &couple.sam].map(|vault| listed(vault).remove(0).content),
        [slower.clone(), slower.clone()]
    );
    // To say what stands is no mistake: a second tap, or what the other has said.
    sam.change(&id, &slower, &shown).unwrap();
    assert_eq!(alex.change(&id, &slower, &shown).unwrap().content, slower);
    // Drawn again, the screen has it.
    alex.change(&id, &tired(&slower), &slower).unwrap();
    couple.meet();
    assert_eq!(listed(&couple.sam)[0].content, tired(&slower));
    // Another screen of the same phone is no other than the partner's.
    assert_eq!(alex.change(&id, &shown, &slower), Err(NightstandError::ChangedMeanwhile));
}

#[test]
fn a_song_is_asked_for_beforehand() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.songs(), couple.sam.songs());
    alex.add(Audience::Both, &song("One")).unwrap();
    let asked = sam.ask(&song("The one from the train")).unwrap();
    assert_eq!(asked.state, SongState::Asked);
    assert_eq!(sam.let_in(&asked.id), Err(refused(InvalidInput::State)), "that is the other's to say");
    couple.meet();
    assert_eq!(titles(&alex.asked().unwrap()), ["The one from the train"]);
    assert_eq!(titles(&listed(&couple.sam)), ["One"]);
    assert_eq!(alex.move_to(&asked.id, 0), Err(refused(InvalidInput::State)));
    let let_in = alex.let_in(&asked.id).unwrap();
    assert_eq!((let_in.state, let_in.by), (SongState::Listed, SongBy::Partner));
    assert_eq!(alex.let_in(&asked.id).unwrap(), let_in);
    couple.meet();
    assert_eq!(titles(&listed(&couple.sam)), ["One", "The one from the train"]);
    assert!(sam.asked().unwrap().is_empty());

    let asked = sam.ask(&song("Another")).unwrap();
    couple.meet();
    alex.remove(&asked.id).unwrap();
    couple.meet();
    assert!(sam.asked().unwrap().is_empty());
}

#[test]
fn ones_own_list_limits_and_links() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let wrong = |draft: SongDraft| alex.songs().add(Audience::Me, &draft).unwrap_err();
    assert_eq!(wrong(SongDraft { title: " ".into(), ..song("") }), refused(InvalidInput::Empty));
    assert_eq!(wrong(song("a\nb")), refused(InvalidInput::TitleOfSeveralLines));
    assert_eq!(wrong(song(&"x".repeat(201))), refused(InvalidInput::TitleTooLong));
    assert_eq!(wrong(SongDraft { artist: "x".repeat(201), ..song("One") }), refused(InvalidInput::TitleTooLong));
    for link in ["javascript:alert(1)", "music.example", "https://music.example@evil.example/"] {
        assert_eq!(wrong(SongDraft { link: link.into(), ..song("One") }), refused(InvalidInput::Link));
    }
    assert_eq!(alex.songs().ask(&song("One")), Err(NightstandError::NotPaired));
    let plain = SongDraft { artist: String::new(), link: String::new(), ..song("Humming") };
    assert_eq!(alex.songs().add(Audience::Me, &plain).unwrap().content, plain);

    let couple = Couple::new();
    couple.alex.songs().add(Audience::Me, &song("Mine")).unwrap();
    let both = couple.alex.songs().add(Audience::Both, &song("Ours")).unwrap();
    couple.meet();
    assert_eq!(titles(&listed(&couple.sam)), ["Ours"]);
    assert_eq!(titles(&listed(&couple.alex)), ["Ours", "Mine"]);
    couple.alex.set_private_key(Some([9; 32]), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(listed(&couple.alex), std::slice::from_ref(&both));
    assert!(!format!("{both:?}{:?}", both.content).contains("Ours"));
}
