//! The two phones meet: they pair, and they sync.

use nightstand::pairing::{PairingState, PairingTalk};
use nightstand::sync::SyncOutcome;

use super::{Story, Who};
use crate::Trouble;
use crate::screen::{counted, thousands};

/// How often they sync at most until neither has anything left to say.
const MOST_SYNCS: u32 = 8;

impl Story {
    pub(super) fn they_pair(&mut self) -> Result<(), Trouble> {
        self.say("Alex and Sam each keep a private journal. This evening they put their phones together.")?;
        let mut alex = self.alex.vault.pairing().invite("Alex")?;
        let mut sam = self.sam.vault.pairing().join("Sam", &alex.link(&[]))?;
        while pass(&mut alex, &mut sam)? {}
        let (PairingState::Compare { code, name }, PairingState::Compare { code: same, name: inviter }) =
            (alex.state(), sam.state())
        else {
            return Err("neither phone shows a code to compare".into());
        };
        self.say(format_args!("Both phones show a code: {}, {}.", code.words.join(" "), code.digits))?;
        self.claim(
            "both read the same words and digits",
            code == same && (name, inviter) == ("Sam".into(), "Alex".into()),
        )?;
        alex.confirm()?;
        sam.confirm()?;
        while pass(&mut alex, &mut sam)? {}
        self.alex.sent.extend(alex.recorded().map(<[u8]>::to_vec));
        self.sam.sent.extend(sam.recorded().map(<[u8]>::to_vec));
        let paired = [Who::Alex, Who::Sam].map(|who| self.phone(who).vault.pairing().partner());
        let mut both = true;
        for partner in paired {
            both &= partner?.is_some_and(|partner| partner.confirmed_by_both);
        }
        self.claim("both said yes, and the phones are paired", both)
    }

    /// The phones are in one place and sync, again if something is left to come.
    pub(super) fn meet(&mut self) -> Result<(), Trouble> {
        let caller = self.dice.pick(&[Who::Alex, Who::Sam]);
        for _ in 0..MOST_SYNCS {
            if self.sync(caller)?.level {
                return Ok(());
            }
        }
        Err(format!("after {MOST_SYNCS} syncs in a row there is still something to come").into())
    }

    /// They sync until neither has anything left to say: what comes of a sync may be something to say.
    pub(super) fn meet_until_quiet(&mut self) -> Result<u32, Trouble> {
        for syncs in 1..=MOST_SYNCS {
            let synced = self.sync(Who::Alex)?;
            if synced.level && synced.entries == 0 {
                return Ok(syncs);
            }
        }
        Err(format!("after {MOST_SYNCS} syncs in a row they still have something to say").into())
    }

    pub(super) fn sync(&mut self, caller: Who) -> Result<Synced, Trouble> {
        let mut calling = self.phone(caller).vault.sync().begin()?;
        let mut called = self.phone(caller.other()).vault.sync().answer()?;
        loop {
            let mut moved = false;
            while let Some(frame) = calling.poll_frame()? {
                moved = true;
                called.handle_frame(&frame)?;
            }
            while let Some(frame) = called.poll_frame()? {
                moved = true;
                calling.handle_frame(&frame)?;
            }
            if !moved {
                break;
            }
        }
        self.phone_mut(caller).sent.extend(calling.recorded().map(<[u8]>::to_vec));
        self.phone_mut(caller.other()).sent.extend(called.recorded().map(<[u8]>::to_vec));
        let (here, there) = (calling.report(), called.report());
        let all = Some(SyncOutcome::AllHandedOver);
        let synced = Synced {
            bytes: here.bytes_sent + here.bytes_received,
            round_trips: here.round_trips,
            entries: here.entries_received + there.entries_received,
            level: (here.outcome, there.outcome) == (all, all),
        };
        if here.outcome.is_none() || here.set_aside + here.forks + there.set_aside + there.forks > 0 {
            return Err("a sync broke off, or brought what can't be used".into());
        }
        self.figures.synced(&synced);
        if self.tells_syncs {
            self.tell_sync(caller, &synced)?;
        }
        Ok(synced)
    }

    fn tell_sync(&self, caller: Who, synced: &Synced) -> Result<(), Trouble> {
        self.say(format_args!(
            "{} The phones sync, {} calling: {}, {} bytes in {}.",
            self.time(),
            self.phone(caller).name,
            counted(synced.entries, "entry", "entries"),
            thousands(synced.bytes),
            counted(synced.round_trips, "round trip", "round trips")
        ))
    }
}

/// What a sync moved, both ways together.
pub(super) struct Synced {
    pub(super) bytes: u64,
    pub(super) round_trips: u64,
    /// Entries of logs.
    pub(super) entries: u64,
    /// Each has everything of the other.
    pub(super) level: bool,
}

/// Hands over what each has to say. Was there anything?
fn pass(one: &mut PairingTalk, other: &mut PairingTalk) -> Result<bool, Trouble> {
    let mut moved = false;
    while let Some(frame) = other.poll_frame()? {
        one.handle_frame(&frame)?;
        moved = true;
    }
    while let Some(frame) = one.poll_frame()? {
        other.handle_frame(&frame)?;
        moved = true;
    }
    Ok(moved)
}
