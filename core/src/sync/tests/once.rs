//! One call over whatever is up.

use std::sync::Arc;
use std::time::Duration;

use crate::devices::tests::{Home, meet, meet_own, titles, write};
use crate::error::NightstandError;
use crate::journal::Sharing;
use crate::mailbox::{Folder, Storage};
use crate::sync::{Cancel, OnceReport, SyncOutcome, Way, drive};
use crate::transport::{Pipe, PipeError, WireBytes, memory};
use crate::vault::Vault;

const LONG: Duration = Duration::from_secs(60);

fn once(vault: &Vault, ways: Vec<Way<'_>>) -> OnceReport {
    vault.sync().once(ways, LONG, &Cancel::new()).unwrap()
}

/// Somebody's phone answers at the other end, as long as the road lasts.
fn answering<R>(vault: &Vault, mut pipe: impl Pipe, meanwhile: impl FnOnce() -> R) -> R {
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut talk = vault.sync().answer().unwrap();
            let _ = drive(&mut talk, &mut pipe, LONG, &Cancel::new());
        });
        meanwhile()
    })
}

#[test]
fn with_a_mailbox_alone_it_is_not_yet_and_then_all() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Folder::new(folder.path()));
    write(&home.phone, "Under the trees", Sharing::Shared);
    let sent = once(&home.phone, vec![Way::Mailbox(storage.clone())]);
    assert_eq!((sent.outcome, sent.entries_sent > 0, sent.met), (SyncOutcome::NotYet, true, false));
    assert!(once(&home.sam, vec![Way::Mailbox(storage.clone())]).entries_received > 0);
    assert_eq!(titles(&home.sam), ["Under the trees"]);
    assert_eq!(once(&home.phone, vec![Way::Mailbox(storage.clone())]).outcome, SyncOutcome::AllHandedOver);
}

/// Whatever order the app names them in.
#[test]
fn what_is_connected_goes_before_what_is_read_later() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Folder::new(folder.path()));
    write(&home.phone, "Under the trees", Sharing::Shared);
    let (mut here, there) = memory::pair();
    let report =
        answering(&home.sam, there, || once(&home.phone, vec![Way::Mailbox(storage.clone()), Way::Pipe(&mut here)]));
    assert_eq!((report.outcome, report.met), (SyncOutcome::AllHandedOver, true));
    assert_eq!(titles(&home.sam), ["Under the trees"]);
}

/// Gives up after so many frames.
struct Cut<P> {
    pipe: P,
    left: usize,
}

impl<P: Pipe> Cut<P> {
    fn go(&mut self) -> Result<(), PipeError> {
        self.left = self.left.checked_sub(1).ok_or(PipeError::Closed)?;
        Ok(())
    }
}

impl<P: Pipe> Pipe for Cut<P> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        self.go()?;
        self.pipe.send(frame)
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        let came = self.pipe.receive(wait)?;
        if came.is_some() {
            self.go()?;
        }
        Ok(came)
    }

    fn close(&mut self) {
        self.pipe.close();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        None
    }
}

#[test]
fn wherever_it_is_cut_the_next_one_goes_on() {
    let home = Home::new();
    for number in 0..30 {
        write(&home.phone, &format!("Evening {number:02}"), Sharing::Shared);
        write(&home.sam, &format!("Morning {number:02}"), Sharing::Shared);
    }
    let mut frames = 0;
    loop {
        let (here, there) = memory::pair();
        let mut cut = Cut { pipe: here, left: frames };
        let report = answering(&home.sam, there, || {
            let report = once(&home.phone, vec![Way::Pipe(&mut cut)]);
            drop(cut);
            report
        });
        if report.outcome == SyncOutcome::AllHandedOver {
            break;
        }
        frames += 1;
        assert!(frames < 100, "it never came to an end");
    }
    assert!(frames > 1, "nothing was cut");
    assert_eq!(titles(&home.phone), titles(&home.sam));
    assert_eq!(titles(&home.phone).len(), 60);
}

#[test]
fn time_that_is_over_and_a_cancel_end_it() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Folder::new(folder.path()));
    write(&home.phone, "Under the trees", Sharing::Shared);
    let sync = home.phone.sync();
    let nothing = sync.once(vec![Way::Mailbox(storage.clone())], Duration::ZERO, &Cancel::new()).unwrap();
    assert_eq!((nothing.outcome, nothing.entries_sent), (SyncOutcome::NotYet, 0));
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = sync.once(vec![Way::Mailbox(storage.clone())], LONG, &cancel);
    assert_eq!(cancelled, Err(NightstandError::Cancelled));
    assert_eq!(sync.once(Vec::new(), LONG, &Cancel::new()).unwrap().outcome, SyncOutcome::NotYet);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_status_says_all_until_something_is_written() {
    let home = Home::new();
    let status = |vault: &Vault| vault.sync().status().unwrap();
    assert_eq!(status(&home.phone), SyncOutcome::AllHandedOver);
    write(&home.phone, "For me", Sharing::Private);
    assert_eq!(status(&home.phone), SyncOutcome::AllHandedOver, "nobody waits for what is private");
    write(&home.phone, "Under the trees", Sharing::Shared);
    assert_eq!(status(&home.phone), SyncOutcome::NotYet);
    meet(&home.phone, &home.sam);
    for vault in [&home.phone, &home.sam] {
        assert_eq!(status(vault), SyncOutcome::AllHandedOver);
    }
    // What comes from an own device, the partner's phone may not have.
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    assert_eq!(status(&tablet), SyncOutcome::NotYet);
    meet(&tablet, &home.sam);
    assert_eq!(status(&tablet), SyncOutcome::AllHandedOver);
    write(&tablet, "Late", Sharing::Shared);
    meet_own(&tablet, &home.phone);
    assert_eq!(status(&home.phone), SyncOutcome::NotYet);
}
