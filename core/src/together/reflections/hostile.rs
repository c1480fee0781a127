//! A partner whose app is not ours writes whatever it likes into their `Mine` and into `Joint`.

use nightstand_engine::hash::{Hash, Hasher, Label};

use super::round::{Seal, Withdrawn};
use super::sealed::{self, OPENED, SEAL};
use super::{Couple, MOST_ROUNDS, REFLECTION, ReflectionState, ReflectionView, go_on};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::hostile::{joint, mine, write_to};
use crate::journal::Prompt;
use crate::records::{self, Name, RecordId};
use crate::store::tests::{BOND, hand_over, paired};
use crate::vault::Vault;

const ALEX: &str = "I listen to you breathe, and count.";
const ASKED: &str = "question:first-minute";
const NONCE: [u8; 32] = [3; 32];

fn hex(hash: &Hash) -> String {
    data_encoding::HEXLOWER.encode(hash.as_bytes())
}

/// As a lock names two seals.
fn lock(own: &Seal, other: &Seal) -> String {
    format!("{} {} {} {}", own.id, hex(&own.commitment), other.id, hex(&other.commitment))
}

/// What Sam's app promises with this text, whatever it does with it.
fn promised(sam: &Vault, round: &RecordId, text: &str) -> Seal {
    let mut hasher = Hasher::new(Label::Seal);
    hasher.field(BOND.as_bytes()).field(round.as_bytes()).field(ASKED.as_bytes());
    hasher.field(sam.person().as_bytes()).field(&NONCE).field(text.as_bytes());
    Seal { id: RecordId::from_bytes([9; 16]), commitment: hasher.finish() }
}

/// Seals to what is shown.
fn seal(vault: &Vault, id: &RecordId, text: &str) -> Result<ReflectionView, NightstandError> {
    let shown = vault.reflections().read(id)?;
    vault.reflections().seal(id, text, &shown.hash)
}

/// A round that both know, in which Alex has sealed.
fn sealed(alex: &Vault, sam: &Vault) -> RecordId {
    let id = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
    seal(alex, &id, ALEX).unwrap();
    hand_over(alex, sam);
    id
}

/// Alex's seal and whether it was opened.
fn of_alex(alex: &Vault, id: &RecordId) -> (Seal, bool) {
    let found = alex.read(|rows, person| {
        let place = Couple::with(rows, person)?.shared.mine;
        let seal = *sealed::side(rows, place, id)?.seals.first_key_value().unwrap().0;
        Ok((seal, sealed::was_opened(rows, place, &seal)?))
    });
    found.unwrap()
}

/// Sam seals two texts, has Alex's phone lock both, locks both, and chooses when Alex's text is read.
#[test]
fn a_partner_is_bound_to_one_text_before_mine_leaves() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    let texts = ["I never liked it.", "Just what you say: I love it."];
    let seals = texts.map(|text| promised(&sam, &id, text));
    for seal in &seals {
        write_to(&sam, mine, (SEAL, seal.id), |record| {
            record.set("of", Some(id.to_string()));
            record.set("commitment", Some(hex(&seal.commitment)));
        });
        hand_over(&sam, &alex);
        go_on(&alex).unwrap();
    }
    let (of_alex_seal, _) = of_alex(&alex, &id);
    let lock = |seal: &Seal| lock(seal, &of_alex_seal);
    write_to(&sam, mine, ("lock", id), |record| record.marks.extend(seals.iter().map(lock)));
    hand_over(&sam, &alex);
    go_on(&alex).unwrap();
    assert!(of_alex(&alex, &id).1, "Alex's text left");

    // From here on Sam has read it.
    let mut read = Vec::new();
    for (seal, text) in seals.iter().zip(texts) {
        write_to(&sam, mine, ("lock", id), |record| record.marks = [lock(seal)].into());
        write_to(&sam, mine, (OPENED, seal.id), |record| {
            record.set("asked", Some(ASKED));
            record.set("nonce", Some(data_encoding::HEXLOWER.encode(&NONCE)));
            record.text = text.into();
        });
        hand_over(&sam, &alex);
        read.extend(alex.reflections().read(&id).unwrap().theirs);
    }
    assert_eq!(read.len(), 1, "Sam could choose between {read:?}");
}

/// What a question that no app of ours asks does to what is written to it.
#[test]
fn a_question_too_long_takes_no_text_away() {
    let (_phones, alex, sam) = paired();
    let id = RecordId::from_bytes([8; 16]);
    write_to(&sam, joint, (REFLECTION, id), |record| {
        record.text = "and ".repeat(2_000);
        record.set("at", Some(sam.now_ms()));
        record.set("until", Some(i64::MAX));
    });
    hand_over(&sam, &alex);
    alex.reflections().write_draft(&id, ALEX, "").unwrap();
    let _ = seal(&alex, &id, ALEX);
    let view = alex.reflections().read(&id).unwrap();
    assert!(view.draft == ALEX || view.mine.as_deref() == Some(ALEX), "what Alex wrote is nowhere");
}

/// A text that somebody takes for over does not leave any more.
#[test]
fn what_has_ended_is_not_opened() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    seal(&sam, &id, "I look for your hand.").unwrap();
    let buried = sam.write(|tx| {
        let place = Couple::of(tx)?.shared.joint;
        records::bury(tx, &Name { what: REFLECTION, id, place })
    });
    buried.unwrap();
    hand_over(&sam, &alex);
    assert_eq!(alex.reflections().read(&id).unwrap().state, ReflectionState::Ended);
    go_on(&alex).unwrap();
    assert!(!of_alex(&alex, &id).1, "it says that it has ended, and opens");
}

/// What one wrote stands under the question that one wrote it to.
#[test]
fn a_question_that_changes_does_not_change_what_was_sealed() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    write_to(&sam, joint, (REFLECTION, id), |record| {
        record.set("question", None::<bool>);
        record.text = "Whom do you think of?".into();
    });
    hand_over(&sam, &alex);
    assert!(alex.reflections().read(&id).unwrap().prompt == Prompt::Question("first-minute".into()));
}

/// What one seals is sealed to the question that one read.
#[test]
fn a_question_that_changes_meanwhile_gets_no_seal() {
    let (_phones, alex, sam) = paired();
    let id = sam.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
    hand_over(&sam, &alex);
    let shown = alex.reflections().read(&id).unwrap();
    write_to(&sam, joint, (REFLECTION, id), |record| {
        record.set("question", None::<bool>);
        record.text = "Whom do you think of?".into();
    });
    hand_over(&sam, &alex);
    assert_eq!(alex.reflections().seal(&id, ALEX, &shown.hash), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(alex.reflections().read(&id).unwrap().state, ReflectionState::Open);
}

/// A seal is sealed whatever holds up another round.
#[test]
fn a_call_answers_for_its_own_round() {
    let (_phones, alex, sam) = paired();
    let held_up = sealed(&alex, &sam);
    seal(&sam, &held_up, "I look for your hand.").unwrap();
    write_to(&alex, mine, ("lock", held_up), |record| record.set("of", Some("nothing")));
    let place = alex.read(|rows, person| Ok(Couple::with(rows, person)?.shared.mine)).unwrap();
    alex.write(|tx| records::bury(tx, &Name { what: "lock", id: held_up, place })).unwrap();
    hand_over(&sam, &alex);
    assert_eq!(go_on(&alex), Err(NightstandError::Deleted));
    let other = alex.reflections().begin(&Prompt::Words("What was good?".into())).unwrap();
    let told = alex.reflections().seal(&other.id, ALEX, &other.hash);
    assert_eq!(told.map(|view| view.state), Ok(ReflectionState::Sealed));
}

/// Whatever one has sealed and withdrawn before: a seal that waits is found.
#[test]
fn many_seals_that_were_withdrawn_hide_none_that_waits() {
    let (_phones, alex, sam) = paired();
    let many = alex.write(|tx| {
        let place = Couple::of(tx)?.shared.mine;
        for number in 0..MOST_ROUNDS {
            let id = RecordId::make(tx);
            records::write(tx, &Name { what: SEAL, id, place }, |record| {
                record.set("of", Some(format!("{number:032x}")));
                record.set("commitment", Some("00".repeat(32)));
                record.set("withdrawn", Some(true));
                Ok(())
            })?;
        }
        Ok(())
    });
    many.unwrap();
    let id = sealed(&alex, &sam);
    seal(&sam, &id, "I look for your hand.").unwrap();
    for (from, to) in [(&sam, &alex), (&alex, &sam), (&sam, &alex)] {
        hand_over(from, to);
        go_on(to).unwrap();
    }
    assert_eq!(alex.reflections().read(&id).unwrap().state, ReflectionState::Opened);
}

/// An app that is not ours begins the round of a question, and asks something else in it.
#[test]
fn a_question_is_asked_in_a_round_that_asks_it() {
    let (_phones, alex, sam) = paired();
    let question = Prompt::Question("first-minute".into());
    let id = sam.reflections().begin(&question).unwrap().id;
    write_to(&sam, joint, (REFLECTION, id), |record| record.set("question", Some("something-else")));
    hand_over(&sam, &alex);
    let begun = alex.reflections().begin(&question).unwrap();
    assert!(begun.id != id && begun.prompt == question);
}

/// Sam withdraws, so that Alex's phone lets Alex withdraw as well; and then Sam locks and opens.
#[test]
fn what_was_withdrawn_after_the_partner_withdrew_stays_closed() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    let text = "I look for your hand.";
    let seal = promised(&sam, &id, text);
    let tell = |change: &dyn Fn(&mut Record), what| {
        write_to(&sam, mine, what, change);
        hand_over(&sam, &alex);
        go_on(&alex).unwrap();
    };
    tell(
        &|record| {
            record.set("of", Some(id.to_string()));
            record.set("commitment", Some(hex(&seal.commitment)));
        },
        (SEAL, seal.id),
    );
    assert_eq!(alex.reflections().read(&id).unwrap().state, ReflectionState::Waiting);
    tell(&|record| record.set("withdrawn", Some(true)), (SEAL, seal.id));
    assert_eq!(alex.reflections().withdraw(&id).unwrap().draft, ALEX);

    let (of_alex_seal, _) = of_alex(&alex, &id);
    tell(&|record| record.marks = [lock(&seal, &of_alex_seal)].into(), ("lock", id));
    assert!(!of_alex(&alex, &id).1, "it was withdrawn, and opens");
    tell(
        &|record| {
            record.set("asked", Some(ASKED));
            record.set("nonce", Some(data_encoding::HEXLOWER.encode(&NONCE)));
            record.text = text.into();
        },
        (OPENED, seal.id),
    );
    assert!(!of_alex(&alex, &id).1, "what Alex had withdrawn is open");
    assert_eq!(alex.reflections().read(&id).unwrap().theirs, None);
}

/// Who changes their mind many times has sealed what they sealed, or is told that they have not.
#[test]
fn what_is_sealed_is_sealed_however_often_something_was_before() {
    let (_phones, alex, _sam) = paired();
    let id = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
    for number in 0..80 {
        alex.reflections().write_draft(&id, ALEX, "").unwrap();
        match seal(&alex, &id, ALEX) {
            Ok(view) => {
                assert_eq!((view.state, view.mine.as_deref()), (ReflectionState::Sealed, Some(ALEX)), "{number}")
            }
            Err(_) => {
                assert_eq!(alex.reflections().read(&id).unwrap().draft, ALEX, "{number}");
                continue;
            }
        }
        alex.reflections().withdraw(&id).unwrap();
    }
}

/// A text that is withdrawn is there again, whatever was written meanwhile.
#[test]
fn what_is_withdrawn_is_there_again() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    alex.reflections().write_draft(&id, "Another beginning", "").unwrap();
    let draft = alex.reflections().withdraw(&id).unwrap().draft;
    assert!(draft.contains(ALEX) && draft.contains("Another beginning"), "{draft}");
}

/// What a device of Alex's did that knew nothing of what the other one, and Sam's, did: it withdrew, and sealed anew.
fn sealed_anew(alex: &Vault, id: &RecordId, first: &Seal) -> Seal {
    let anew = alex.write(|tx| {
        let couple = Couple::of(tx)?;
        sealed::withdraw(tx, couple.shared.mine, id, first, Withdrawn::Yes)?;
        let sealed = sealed::Sealed::make(tx, ASKED, "Something else.");
        let bound = couple.bound(id, couple.me);
        sealed.seal(tx, &bound, couple.private, couple.shared.mine)?;
        Ok(sealed.commitment(&bound))
    });
    let anew = anew.unwrap();
    let seals = alex.read(|rows, person| Ok(sealed::side(rows, Couple::with(rows, person)?.shared.mine, id)?.seals));
    seals.unwrap().into_keys().find(|seal| seal.commitment == anew).unwrap()
}

/// The seal of one's own, where there is one.
fn the_one_of(vault: &Vault, id: &RecordId) -> Seal {
    let side = vault.read(|rows, person| sealed::side(rows, Couple::with(rows, person)?.shared.mine, id));
    *side.unwrap().seals.first_key_value().unwrap().0
}

fn exchanged(alex: &Vault, sam: &Vault) {
    for (from, to) in [(sam, alex), (alex, sam)].repeat(3) {
        hand_over(from, to);
        go_on(to).unwrap();
    }
}

/// One text of each is opened: what was sealed anew meanwhile stays where it is.
#[test]
fn where_both_are_open_nothing_else_leaves() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    seal(&sam, &id, "I look for your hand.").unwrap();
    exchanged(&alex, &sam);
    let (first, opened) = of_alex(&alex, &id);
    assert!(opened);
    let anew = sealed_anew(&alex, &id, &first);
    exchanged(&alex, &sam);
    // An app of ours locks nothing else here.
    let of_sam = the_one_of(&sam, &id);
    write_to(&sam, mine, ("lock", id), |record| record.marks.extend([lock(&of_sam, &anew)]));
    exchanged(&alex, &sam);
    let left = alex.read(|rows, person| sealed::was_opened(rows, Couple::with(rows, person)?.shared.mine, &anew));
    assert_eq!(left, Ok(false), "Sam has two texts for one");
    assert_eq!(alex.reflections().read(&id).unwrap().mine.as_deref(), Some(ALEX));
    assert_eq!(sam.reflections().read(&id).unwrap().theirs.as_deref(), Some(ALEX));
}

/// Where two were opened nevertheless, both phones show the same one.
#[test]
fn of_two_that_are_open_both_read_the_same() {
    let (_phones, alex, sam) = paired();
    let id = sealed(&alex, &sam);
    seal(&sam, &id, "I look for your hand.").unwrap();
    exchanged(&alex, &sam);
    let (first, _) = of_alex(&alex, &id);
    let of_sam = the_one_of(&sam, &id);
    for _ in 0..8 {
        let anew = sealed_anew(&alex, &id, &first);
        let opened = alex.write(|tx| {
            let couple = Couple::of(tx)?;
            let (mine, bound) = (couple.shared.mine, couple.bound(&id, couple.me));
            sealed::lock(tx, mine, &id, (anew, of_sam))?;
            let sealed = sealed::Sealed::own(&tx.rows(), couple.private, &bound, &anew)?.unwrap();
            sealed.open(tx, mine, &bound, &(anew, of_sam))
        });
        opened.unwrap();
        write_to(&sam, mine, ("lock", id), |record| record.marks.extend([lock(&of_sam, &anew)]));
    }
    exchanged(&alex, &sam);
    let (own, theirs) = (alex.reflections().read(&id).unwrap().mine, sam.reflections().read(&id).unwrap().theirs);
    assert_eq!(own, theirs);
}
