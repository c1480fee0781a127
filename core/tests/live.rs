//! Alex and Sam have the app open at the same time, and stay connected.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::time::Duration;

use common::{Couple, entry};
use nightstand::error::NightstandError;
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::sync::{Cancel, Conversation, SyncOutcome, Talk, drive};
use nightstand::transport::memory;
use nightstand::vault::Vault;

const LONG: Duration = Duration::from_secs(3600);

fn titles(vault: &Vault) -> Vec<String> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap();
    rows.rows.into_iter().map(|row| row.title).collect()
}

fn pass(sides: &mut [Conversation; 2]) {
    let mut moved = true;
    while std::mem::take(&mut moved) {
        for _ in 0..2 {
            sides.reverse();
            let [one, other] = sides;
            while let Some(frame) = one.poll_frame().unwrap() {
                moved = true;
                other.handle_frame(&frame).unwrap();
            }
        }
    }
}

/// An app that passes frames itself.
#[test]
fn an_entry_written_while_connected_is_there_with_the_next_frames() {
    let couple = Couple::new();
    let mut sides = [couple.alex.sync().begin_live().unwrap(), couple.sam.sync().answer_live().unwrap()];
    pass(&mut sides);
    assert!(sides.iter().all(Conversation::is_level));
    assert!(sides[0].poll_frame().unwrap().is_none());

    couple.alex.journal().write(&entry("for both", "tea", 1), Sharing::Joint).unwrap();
    couple.alex.journal().write(&entry("for me", "quiet", 2), Sharing::Private).unwrap();
    assert!(!Talk::leave(&mut sides[0]), "what was just written is not with Sam");
    pass(&mut sides);
    couple.sam.journal().write(&entry("from Sam", "coffee", 3), Sharing::Shared).unwrap();
    pass(&mut sides);
    assert_eq!(titles(&couple.sam), ["from Sam", "for both"]);
    assert_eq!(titles(&couple.alex), ["from Sam", "for me", "for both"]);

    sides[1].leave();
    pass(&mut sides);
    for side in &sides {
        assert!(side.is_over());
        let report = side.report();
        assert_eq!(report.outcome, Some(SyncOutcome::AllHandedOver));
        // One entry of a log each way: nothing was sent back.
        assert_eq!((report.entries_sent, report.entries_received), (1, 1));
    }
    assert_eq!(couple.meet().round_trips, 1);
}

/// Leaves the app once both phones show this many entries and have nothing more to say.
struct UntilBothHave<'a>(Conversation, &'a Couple, usize, Cancel);

impl Talk for UntilBothHave<'_> {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        self.0.handle_frame(frame)
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        let frame = self.0.poll_frame();
        if self.0.is_level() && [&self.1.alex, &self.1.sam].map(|vault| titles(vault).len()) == [self.2; 2] {
            self.3.cancel();
        }
        frame
    }

    fn is_over(&self) -> bool {
        self.0.is_over()
    }

    fn leave(&mut self) -> bool {
        Talk::leave(&mut self.0)
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        self.0.handle_timeout()
    }
}

/// An app that lets the core lead the conversation: it goes on until the app is left, and both sides end well.
#[test]
fn led_by_the_core_it_goes_on_until_it_is_cancelled() {
    let couple = Couple::new();
    let (mut road_of_alex, mut road_of_sam) = memory::pair();
    let cancel = Cancel::new();
    let alex = couple.alex.sync().begin_live().unwrap();
    let mut alex = UntilBothHave(alex, &couple, 2, cancel.clone());
    let mut sam = couple.sam.sync().answer_live().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| drive(&mut alex, &mut road_of_alex, LONG, &cancel).unwrap());
        scope.spawn(|| drive(&mut sam, &mut road_of_sam, LONG, &Cancel::new()).unwrap());
        couple.alex.journal().write(&entry("while you read", "tea", 1), Sharing::Joint).unwrap();
        couple.sam.journal().write(&entry("while you write", "thanks", 2), Sharing::Joint).unwrap();
    });
    assert_eq!(alex.0.report().outcome, Some(SyncOutcome::AllHandedOver));
    assert_eq!(sam.report().outcome, Some(SyncOutcome::AllHandedOver));
    assert_eq!(couple.meet().round_trips, 1);
}
