//! A phone whose clock says anything.

use std::sync::Arc;

use super::NOON;
use crate::care::Side;
use crate::care::sessions::{SessionDraft, SessionLead, StepDraft, StepVerb};
use crate::care::settings::Mute;
use crate::journal::Prompt;
use crate::records::{Audience, RecordId};
use crate::store::tests::{Phone, hand_over, pair};
use crate::vault::{Clock, OpenOptions, Vault};

struct At(i64);

impl Clock for At {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

/// A clock that is wrong by as much as it can be stops nothing.
#[test]
fn no_clock_is_too_wrong() {
    for now in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
        let (alex_phone, sam_phone) = (Phone::alex(), Phone::sam());
        let options = OpenOptions::new(alex_phone.path(), alex_phone.key(), alex_phone.install_mark);
        let alex = Vault::open_with(options.clock(Arc::new(At(now))).seed([1; 32])).unwrap();
        let sam = sam_phone.open();
        pair(&alex, &sam);
        let mut settings = alex.settings().read().unwrap();
        let since = settings.clone();
        settings.offer_reconnect = true;
        settings.ask_closing = true;
        settings.mute = Mute::UntilTakenOff;
        alex.settings().set(&settings, &since).unwrap();
        let _ = alex.settings().set(&since, &settings);
        let step = StepDraft { activity: "water".into(), side: Side::Together, minutes: 600, way: None };
        let draft = SessionDraft { steps: vec![step.clone(), step], ..SessionDraft::default() };
        for audience in [Audience::Me, Audience::Both] {
            let session = alex.sessions().plan(audience, &draft).unwrap();
            let session = alex.sessions().lead(&session.id, SessionLead::ByItself).unwrap();
            let _ = alex.sessions().step(&session.id, session.steps[0].id, StepVerb::Extend { minutes: 1 });
            alex.sessions().step(&session.id, session.steps[0].id, StepVerb::Done).unwrap();
            for (from, until) in [(i64::MIN, i64::MAX), (now, i64::MAX), (i64::MIN, now)] {
                let due = alex.due().between(from, until, "Etc/UTC", &()).unwrap();
                for item in due.items {
                    for until in [0, NOON, i64::MAX, i64::MIN] {
                        let _ = alex.due().snooze(&item.id, until);
                    }
                }
            }
            alex.sessions().end(&session.id).unwrap();
            alex.due().between(i64::MIN, i64::MAX, "Etc/UTC", &()).unwrap();
            let _ = alex.sessions().copy_to_both(&session.id);
        }
        for number in 0..3 {
            let id = RecordId::from_bytes([number; 16]);
            let _ = alex.due().snooze(&id.to_string().parse().unwrap(), NOON);
        }
        let round = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap();
        let _ = alex.reflections().seal(&round.id, "Text", &round.hash);
        let _ = alex.reflections().begin(&Prompt::Question("first-minute".into()));
        alex.reflections().list().unwrap();
        let _ = alex.rooms().list(i64::MIN, i64::MAX);
        let _ = alex.preferences().review(now);
        let _ = alex.drop_care().now();
        hand_over(&alex, &sam);
        sam.sessions().list(i64::MIN, i64::MAX).unwrap();
        sam.due().between(i64::MIN, i64::MAX, "Etc/UTC", &()).unwrap();
    }
}
