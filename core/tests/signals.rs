//! One-tap signals: they fade, ask for nothing, and tell nobody who has read them.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;
use std::sync::Arc;

use common::{Couple, Hands, meet, vault, vault_at};
use nightstand::care::Whose;
use nightstand::care::settings::{Mute, QuietHours, Settings};
use nightstand::care::signals::{Hush, KEPT_MS, MOST_SENT, Signal, SignalKind, SignalList};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::vault::{Clock, Vault};

const EVENING: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

fn list(vault: &Vault) -> SignalList {
    vault.signals().list().unwrap()
}

fn counts(vault: &Vault) -> (usize, usize) {
    let list = list(vault);
    (list.live.len(), list.earlier.len())
}

fn own(words: &str) -> Signal {
    Signal::Own(words.into())
}

const QUIET: Signal = Signal::Listed(SignalKind::QuietFine);
const WATER: Signal = Signal::Listed(SignalKind::WaterPlease);

#[test]
fn it_counts_for_a_while_and_fades() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let sent = couple.alex.signals().send(&QUIET, None).unwrap();
    assert_eq!((sent.whose, sent.sent_ms, sent.live_until_ms), (Whose::Me, EVENING, Some(EVENING + 60 * MINUTE)));
    clock.pass(MINUTE);
    couple.meet();
    let seen = list(&couple.sam).live.remove(0);
    assert_eq!((seen.id, seen.whose, &seen.signal), (sent.id, Whose::Partner, &QUIET));
    assert_eq!((seen.received_ms, seen.live_until_ms), (Some(EVENING + MINUTE), sent.live_until_ms));
    assert_eq!(list(&couple.alex).live, [sent]);

    clock.pass(58 * MINUTE);
    assert_eq!((counts(&couple.alex), counts(&couple.sam)), ((1, 0), (1, 0)));
    clock.pass(MINUTE);
    assert_eq!((counts(&couple.alex), counts(&couple.sam)), ((0, 1), (0, 1)));

    // The same again takes its place, others stand beside it.
    couple.alex.signals().send(&QUIET, Some(5)).unwrap();
    couple.alex.signals().send(&own("Bring the dog"), Some(1_440)).unwrap();
    couple.meet();
    assert_eq!(counts(&couple.sam), (2, 0));
    assert_eq!(list(&couple.sam).live[0].signal, list(&couple.alex).live[0].signal);
    clock.pass(6 * MINUTE);
    assert_eq!(counts(&couple.sam), (1, 1));
}

#[test]
fn who_hears_late_hears_that_it_was_earlier() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    couple.meet();
    // A backup of Sam's phone, before the evening.
    couple.sam.close().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(couple.path_of_sam(), folder.path().join("sam.db")).unwrap();
    couple.alex.signals().send(&WATER, None).unwrap();
    clock.pass(20 * MINUTE);
    let sam = vault_at(&folder, "sam.db", 2, Arc::clone(&clock) as Arc<dyn Clock>);
    meet(&couple.alex, &sam);
    assert_eq!(counts(&sam), (0, 1));
    assert_eq!(list(&sam).earlier[0].sent_ms, EVENING);
    assert!(sam.signals().to_notify(i64::MIN, Hush::Off).unwrap().is_empty());
}

#[test]
fn clocks_are_advice() {
    let (of_alex, of_sam) = (Hands::at(EVENING), Hands::at(EVENING));
    let couple = Couple::by(&of_alex, &of_sam);
    // Alex's clock is some minutes ahead: that wins no time.
    of_alex.pass(5 * MINUTE);
    couple.alex.signals().send(&WATER, None).unwrap();
    couple.meet();
    let seen = list(&couple.sam).live.remove(0);
    assert_eq!((seen.sent_ms, seen.live_until_ms), (EVENING, Some(EVENING + 15 * MINUTE)));
    // It is two hours ahead: what it says is not believed, neither then nor when Sam's clock gets there.
    of_alex.pass(115 * MINUTE);
    couple.alex.signals().send(&QUIET, None).unwrap();
    couple.meet();
    assert_eq!(counts(&couple.sam), (1, 1));
    of_sam.pass(120 * MINUTE);
    assert_eq!(counts(&couple.sam), (0, 2));
    // Alex's phone had set its clock back by then: the one from the future goes at the next occasion.
    of_alex.pass(-115 * MINUTE);
    couple.meet();
    assert_eq!(counts(&couple.sam).0, 0);
    assert_eq!(list(&couple.sam).earlier.len(), 1);
}

#[test]
fn reading_and_muting_change_no_byte() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    couple.alex.signals().send(&QUIET, None).unwrap();
    couple.meet();
    let quiet = couple.meet().bytes_received;
    let before = (couple.copy_of_alex(), copy_of_sam(&couple));
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(list(vault).live.len(), 1);
        vault.signals().to_notify(0, Hush::Off).unwrap();
        vault.signals().to_notify(0, Hush::On).unwrap();
    }
    assert!(before == (couple.copy_of_alex(), copy_of_sam(&couple)));
    assert_eq!(couple.meet().bytes_received, quiet);
}

fn copy_of_sam(couple: &Couple) -> Vec<u8> {
    couple.sam.pause(std::time::Duration::from_secs(10)).unwrap();
    let copy = std::fs::read(couple.path_of_sam()).unwrap();
    couple.sam.resume().unwrap();
    copy
}

#[test]
fn a_notification_comes_once_and_tells_a_stranger_nothing() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    couple.alex.signals().send(&WATER, None).unwrap();
    clock.pass(MINUTE);
    couple.meet();
    let sam = couple.sam.signals();
    let told = sam.to_notify(EVENING, Hush::Off).unwrap();
    assert_eq!((told.len(), told[0].title_key, told[0].until_ms), (1, "due-signal", EVENING + 15 * MINUTE));
    assert_eq!(told[0].id, list(&couple.sam).live[0].id);
    assert!(sam.to_notify(EVENING, Hush::On).unwrap().is_empty());
    // As Sam's settings say, of which nobody else learns.
    // Noon two days later: a mute that is taken off covers what came before.
    let (settings, noon) = (couple.sam.settings(), (EVENING / DAY + 2) * DAY + 12 * 60 * MINUTE);
    let hush = |change: &dyn Fn(&mut Settings)| {
        let mut said = Settings::default();
        change(&mut said);
        settings.set(&said, &settings.read().unwrap()).unwrap();
        settings.hush(noon, "UTC", &()).unwrap()
    };
    assert_eq!(hush(&|_| {}), Hush::Off);
    assert_eq!(hush(&|said| said.signals_notify = false), Hush::On);
    assert_eq!(hush(&|said| said.mute = Mute::UntilTakenOff), Hush::On);
    assert_eq!(hush(&|said| said.quiet_hours = Some(QuietHours { from: 700, to: 800 })), Hush::On);
    assert_eq!(hush(&|said| said.quiet_hours = Some(QuietHours { from: 720 + 60, to: 600 })), Hush::Off);
    assert!(sam.to_notify(EVENING + MINUTE, Hush::Off).unwrap().is_empty());
    assert!(couple.alex.signals().to_notify(0, Hush::Off).unwrap().is_empty(), "one's own are no news");
}

#[test]
fn it_is_taken_back() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let sent = couple.alex.signals().send(&QUIET, None).unwrap();
    couple.meet();
    assert_eq!(couple.sam.signals().take_back(&sent.id), Err(NightstandError::NotFound));
    couple.alex.signals().take_back(&sent.id).unwrap();
    couple.meet();
    assert_eq!((counts(&couple.alex), counts(&couple.sam)), ((0, 0), (0, 0)));
    assert_eq!(couple.alex.signals().take_back(&sent.id), Err(NightstandError::Deleted));
}

#[test]
fn nobody_collects_them() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let documents = |vault: &Vault| -> u64 {
        let report = vault.support_report().unwrap();
        report.lines.iter().find(|line| line.name == "documents_mine").unwrap().value.parse().unwrap()
    };
    let mut sizes = Vec::new();
    for number in 0..300 {
        let kind = SignalKind::ALL[number % SignalKind::ALL.len()];
        couple.alex.signals().send(&Signal::Listed(kind), None).unwrap();
        couple.alex.signals().send(&own(&format!("Come to the balcony, number {number}")), None).unwrap();
        clock.pass(60 * MINUTE);
        if number % 10 == 9 {
            couple.meet();
            assert!(documents(&couple.sam) <= MOST_SENT as u64, "{number}");
            sizes.push(copy_of_sam(&couple).len());
        }
    }
    let (half, whole) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    assert!(whole < half + 300 * 2_000, "{half} {whole}: what stays of one is its tombstone");
    let list = list(&couple.sam);
    assert_eq!(list.live.len() + list.earlier.len(), MOST_SENT);

    // Nobody sends any more: what is left goes when the phones talk.
    clock.pass(KEPT_MS + 1_440 * MINUTE);
    couple.meet();
    assert_eq!((documents(&couple.alex), documents(&couple.sam)), (0, 0));
    let idle = couple.meet();
    assert!(idle.bytes_sent < 400 && idle.round_trips == 1);
}

#[test]
fn own_words_are_kept_to_be_sent_again() {
    let couple = Couple::new();
    let alex = couple.alex.signals();
    let saved = alex.save("Hum to me", Some(20)).unwrap();
    assert_eq!(alex.saved().unwrap(), std::slice::from_ref(&saved));
    couple.meet();
    assert!(couple.sam.signals().saved().unwrap().is_empty() && counts(&couple.sam) == (0, 0));
    let sent = alex.send(&own(&saved.words), Some(saved.lives_minutes)).unwrap();
    alex.forget(&saved.id).unwrap();
    couple.meet();
    assert_eq!(list(&couple.sam).live[0].signal, own("Hum to me"));
    assert!(alex.saved().unwrap().is_empty());
    assert_eq!(alex.forget(&saved.id), Err(NightstandError::Deleted));
    for shown in [format!("{sent:?}"), format!("{saved:?}")] {
        assert!(!shown.contains("Hum"), "{shown}");
    }

    // Under a second key what is kept is closed; signals come and go.
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(alex.saved(), Err(NightstandError::PrivateLocked));
    assert_eq!(alex.save("More", None), Err(NightstandError::PrivateLocked));
    alex.send(&WATER, None).unwrap();
    assert_eq!(list(&couple.alex).live.len(), 2);
}

#[test]
fn words_and_minutes_have_limits() {
    let couple = Couple::new();
    let alex = couple.alex.signals();
    let refused = |signal: &Signal, minutes| match alex.send(signal, minutes) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&own(" "), None), InvalidInput::Empty);
    assert_eq!(refused(&own("a\nb"), None), InvalidInput::TitleOfSeveralLines);
    assert_eq!(refused(&own(&"x".repeat(101)), None), InvalidInput::TitleTooLong);
    assert_eq!(refused(&QUIET, Some(0)), InvalidInput::Range);
    assert_eq!(refused(&QUIET, Some(1_441)), InvalidInput::Range);
    let folder = tempfile::tempdir().unwrap();
    let alone = vault(&folder, "alone.db", 3);
    assert_eq!(alone.signals().send(&QUIET, None), Err(NightstandError::NotPaired));
    alone.signals().save("Tea?", None).unwrap();
    assert_eq!(counts(&alone), (0, 0));
}
