//! Sealed reflections: both write to the same question, unseen; each seals; when both have, both open, on both phones,
//! without a server, and whatever the order of syncs.
//!
//! Until then the partner's phone has a commitment and nothing else: a hash over the round, the question, the person, 32
//! random bytes and the exact text. Afterwards it checks that what was opened is what was sealed.
//!
//! ```text
//!            Alex's phone                                     Sam's phone
//!   write    text and nonce, in Private                       text and nonce, in Private
//!   seal     commitment a ──────────────────────────────────▶
//!                         ◀────────────────────────────────── commitment b
//!   lock     sees b while a stands: "a and b" ──────────────▶
//!                         ◀────────────────────────────────── sees a while b stands: "b and a"
//!   open     has locked, sees Sam's lock: text of a ────────▶
//!                         ◀────────────────────────────────── has locked, sees Alex's lock: text of b
//! ```
//!
//! A **lock** names two seals, one of each person. A device locks when one seal of its own person and one of the other's
//! stand; it opens its person's text when both persons have locked the same two. So a text leaves `Private` only when the other
//! is bound as well.
//!
//! # What can happen meanwhile
//!
//! | | then |
//! |---|---|
//! | a seal is withdrawn before a device of its own person has locked it | it is withdrawn, also if the partner's phone has locked it: theirs stays closed too, and can be withdrawn as well |
//! | the partner withdraws after this side has locked | this side is not left bound: it can withdraw, which then is for good, or delete the round. If it does neither, it waits for what the partner seals next |
//! | a withdrawal and a lock of the same person, or of the other's devices, cross | the withdrawal counts, unless a text was opened because of the locks: then both are |
//! | both withdraw, and a device that knows nothing of it opens meanwhile | that one text has gone out and is not shown; the round goes no further, and [both are told](ReflectionState::TakenBack). What each wrote stays with them, and the same can be asked in another round at once |
//! | two devices of one person seal a text each | neither counts until their person has [chosen](Reflections::choose). What was not chosen stays [theirs to read](ReflectionView::set_aside) |
//! | the text was changed after sealing | it can't be, in this app; what is no longer what was sealed is neither locked nor opened |
//! | a phone is lost | what it had sealed and not opened stays closed; the other's stays closed as well, unless it was bound |
//! | the partner's app reads and does not open | a modified app can do that, once it has locked; we say "waiting for Sam's phone", and promise no more |
//! | a changed app seals several texts, and has all of them locked | a text is opened for one of them, and says for which |
//! | the question is deleted | nothing is locked or opened any more on a phone that knows |
//! | nobody seals | the question lapses after two weeks, without a word |
//! | the clocks of the two differ | each phone goes by its own: where it says that a round has lapsed, nothing is sealed in it, and asking the same begins another round. What the other's clock still lets be sealed counts, and what was sealed in time opens whenever phones meet |
//! | the two part | what each has written stays theirs, [apart](Reflections::former) from the rounds with whoever is their partner |
//!
//! The design that this follows let any lock beat a withdrawal. Here no lock does; an open text does. It is as fair: nobody opens
//! before both have locked, and where one text is open the other one opens too, though another device withdrew it meanwhile. What
//! somebody withdraws once they have seen that the partner withdrew stays closed for good: nothing that a changed app locks or
//! opens afterwards gets it.
//!
//! Nothing tells the one who has not sealed that the other has: for them a round looks the same.

mod couple;
#[cfg(test)]
mod devices;
mod draft;
mod former;
#[cfg(test)]
mod hostile;
mod round;
mod sealed;
mod view;

use std::collections::BTreeSet;

use crate::error::{InvalidInput, NightstandError};
use crate::journal::Prompt;
use crate::records::{self, RecordId, check_text, is_blank};
use crate::store::Records;
use crate::vault::Vault;
pub(crate) use couple::go_on;
use couple::{Couple, Standing};
pub use former::FormerReflection;
use round::Withdrawn;
use sealed::Sealed;
use view::{read_prompt, shown, write_prompt};

/// The sort of record of a round.
const REFLECTION: &str = "reflection";

/// Longest text, in UTF-16 units.
pub const MOST_TEXT_UNITS: usize = 8_000;

/// How long a question can be sealed, in days.
pub const ROUND_DAYS: i64 = 14;

/// Most rounds that a list has.
pub const MOST_ROUNDS: usize = 500;

/// Longest question to which something is sealed: more than one of ours has.
const MOST_ASKED_BYTES: usize = 2_000;

const DAY_MS: i64 = 86_400_000;

/// How a round stands for this phone's person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReflectionState {
    /// Nothing of one's own is sealed. Whether the other has sealed is not told.
    Open,
    /// One's own is sealed, and can be withdrawn. So it is again when the partner takes theirs back.
    Sealed,
    /// Both have sealed, and it can't be withdrawn any more: the partner's text comes when their phone has been reached.
    Waiting,
    /// Both texts are here.
    Opened,
    /// What the partner's phone opened is not what it had sealed, or answers another question. It is not shown.
    NotAsSealed,
    /// Two devices of one's own sealed a text each: one is to be chosen.
    Choose,
    /// The question was deleted, before both were open or afterwards. What one has written stays, the partner's text goes.
    Ended,
    /// Texts were taken back on both sides, and a device that did not know it had opened one. It is not shown, and nothing
    /// else is opened in this round; what one has written stays, and the same can be asked anew.
    TakenBack,
}

crate::names::names!(ReflectionState {
    Self::Open = "open",
    Self::Sealed = "sealed",
    Self::Waiting = "waiting",
    Self::Opened = "opened",
    Self::NotAsSealed = "not-as-sealed",
    Self::Choose = "choose",
    Self::Ended = "ended",
    Self::TakenBack = "taken-back",
});

/// A round of one question.
#[derive(Clone, PartialEq, Eq)]
pub struct ReflectionView {
    /// Which.
    pub id: RecordId,
    /// What is asked.
    pub prompt: Prompt,
    /// How it stands.
    pub state: ReflectionState,
    /// When it was begun, in milliseconds since 1970.
    pub at_ms: i64,
    /// Until when it can be sealed, in milliseconds since 1970.
    pub until_ms: i64,
    /// What one is writing. On one's own phones alone.
    pub draft: String,
    /// What one has sealed; none if nothing is, or if its text is not on this phone.
    pub mine: Option<String>,
    /// What the partner had sealed, once both are open.
    pub theirs: Option<String>,
    /// What stands to be chosen from, where two devices sealed.
    pub choices: Vec<SealedText>,
    /// What one's devices sealed and one did not choose, the newest first: to read, and to take up as a draft. On one's own
    /// phones alone.
    pub set_aside: Vec<SealedText>,
    /// Of exactly this question, 32 bytes; [`seal`](Reflections::seal) is given it.
    pub hash: Vec<u8>,
}

/// A text of one's own that was sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedText {
    /// Which.
    pub seal: RecordId,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What it says.
    pub text: String,
}

/// The sealed reflections of a couple.
///
/// A small handle; get one from [`Vault::reflections`]. It takes two: every call is told `NotPaired` without a partner. Texts
/// lie in `Private` until both are sealed, so every call is told `PrivateLocked` while that is locked; then phones also neither
/// lock nor open.
///
/// ```
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # fn write_and_seal(vault: &Vault) -> Result<(), nightstand::error::NightstandError> {
/// use nightstand::journal::Prompt;
/// use nightstand::together::reflections::ReflectionState;
///
/// let round = vault.reflections().begin(&Prompt::Question("first-minute".into()))?;
/// vault.reflections().write_draft(&round.id, "I listen to you breathe", &round.draft)?;
/// let sealed = vault.reflections().seal(&round.id, "I listen to you breathe.", &round.hash)?;
/// assert_eq!(sealed.state, ReflectionState::Sealed);
/// // Syncs do the rest; some time later:
/// if let Some(theirs) = vault.reflections().read(&round.id)?.theirs {
///     println!("{theirs}");
/// }
/// # Ok(())
/// # }
/// # let folder = tempfile::tempdir().unwrap();
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock)).unwrap();
/// # assert_eq!(write_and_seal(&vault), Err(nightstand::error::NightstandError::NotPaired));
/// ```
#[derive(Clone)]
pub struct Reflections {
    vault: Vault,
}

impl Vault {
    /// What both write to one question, unseen until both have sealed.
    pub fn reflections(&self) -> Reflections {
        Reflections { vault: self.clone() }
    }
}

impl Reflections {
    /// Asks the two a question: the partner sees it after the next sync, as one of theirs. A deck's question that is open
    /// already is that round, unless it has lapsed by this phone's clock; where both ask it while they are apart, the two rounds
    /// become one.
    ///
    /// Errors: `InvalidInput` for a question that is in no deck, or words out of range; `NotPaired`, `PrivateLocked`.
    pub fn begin(&self, prompt: &Prompt) -> Result<ReflectionView, NightstandError> {
        prompt.check()?;
        self.vault.write(|tx| {
            let (couple, now_ms) = (Couple::of(tx)?, tx.now_ms());
            let id = match prompt {
                Prompt::Words(_) => RecordId::make(tx),
                Prompt::Question(question) => match couple.standing(&tx.rows(), question, now_ms)? {
                    Standing::New(id) => id,
                    Standing::Begun(view) => return Ok(*view),
                },
            };
            records::write(tx, &couple.round(id), |record| {
                write_prompt(prompt, record);
                record.set("at", Some(now_ms));
                record.set("until", Some(now_ms.saturating_add(ROUND_DAYS * DAY_MS)));
                Ok(())
            })?;
            couple.view(&tx.rows(), &id)
        })
    }

    /// Keeps what one is writing, on one's own phones alone. An empty text takes it away. `since` is what the text field held
    /// when it was last filled or kept: what came to the draft behind its back, given back or typed on another screen or device,
    /// stays with what was typed. The field is to show the draft that is told.
    ///
    /// Errors: `InvalidInput` for a text over [`MOST_TEXT_UNITS`], also together with what came meanwhile: then nothing was kept.
    /// `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub fn write_draft(&self, id: &RecordId, text: &str, since: &str) -> Result<ReflectionView, NightstandError> {
        check_text(text, MOST_TEXT_UNITS)?;
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let asked = read_prompt(&couple.prompt(&tx.rows(), id)?).saved();
            let text = couple.draft_with(&tx.rows(), id, text, since)?;
            check_text(&text, MOST_TEXT_UNITS)?;
            couple.keep_draft(tx, id, &text, &asked)?;
            couple.view(&tx.rows(), id)
        })
    }

    /// Seals a text to the question that was shown: `hash` is what came with it. The text can't be changed from here on, and
    /// is withdrawn as a whole if it is; the draft is emptied.
    ///
    /// Errors: `ChangedMeanwhile` if something else is asked by now; then nothing is sealed. `InvalidInput` for an empty text
    /// or one over [`MOST_TEXT_UNITS`], if something is sealed already, if it was taken back on both sides while one was
    /// open, or if the question has lapsed by this phone's clock or is longer than a question may be; with `Ended` if one has
    /// sealed and withdrawn 32 times in this round: then another takes its place. `NotFound`, `Deleted`, `NotPaired`,
    /// `PrivateLocked`.
    pub fn seal(&self, id: &RecordId, text: &str, hash: &[u8]) -> Result<ReflectionView, NightstandError> {
        check_text(text, MOST_TEXT_UNITS)?;
        if is_blank(text) {
            return Err(InvalidInput::Empty.into());
        }
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let round = couple.prompt(&tx.rows(), id)?;
            let (me, partner) = couple.sides(&tx.rows(), id)?;
            let is_over = !couple.agreed(&tx.rows(), id, &me, &partner)?.is_empty()
                || couple.is_one_sided(&tx.rows(), id, &me, &partner)?;
            if is_over || !me.standing().is_empty() {
                return Err(InvalidInput::State.into());
            }
            if lapsed(round.number("until"), tx.now_ms()) {
                return Err(InvalidInput::Ended.into());
            }
            let prompt = read_prompt(&round);
            shown(id, &prompt).check(hash)?;
            let asked = prompt.saved();
            // More than any app of ours asks would not be read again.
            if asked.len() > MOST_ASKED_BYTES {
                return Err(InvalidInput::State.into());
            }
            if sealed::is_full(&tx.rows(), couple.shared.mine, id)? {
                return Err(InvalidInput::Ended.into());
            }
            let sealed = Sealed::make(tx, &asked, text);
            sealed.seal(tx, &couple.bound(id, couple.me), couple.private, couple.shared.mine)?;
            couple.keep_draft(tx, id, "", &asked)
        })?;
        self.view_after(id)
    }

    /// Takes one's seal back, and the text with it: it is the draft again, in front of what was written there since; of several
    /// that stand between which one has not chosen, all are. Where the
    /// partner has taken theirs back, one's own can be taken back as well, though both were sealed for a while.
    ///
    /// Errors: `InvalidInput` if nothing is sealed, or if both are and a device of one's own has noted that: then the partner's
    /// text may be open already. `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn withdraw(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let (me, partner) = couple.sides(&tx.rows(), id)?;
            let is_open = !couple.agreed(&tx.rows(), id, &me, &partner)?.is_empty();
            if is_open || me.standing().is_empty() || round::is_bound(&me, &partner) {
                return Err(InvalidInput::State.into());
            }
            couple.drop_seals(tx, id, &me)
        })?;
        self.view_after(id)
    }

    /// Of several texts that one's devices sealed, the one that counts. The others are withdrawn, and stay
    /// [one's own](ReflectionView::set_aside).
    ///
    /// Errors: `InvalidInput` if there is nothing to choose; `NotFound` if it is none of them; `NotPaired`, `PrivateLocked`.
    pub fn choose(&self, id: &RecordId, seal: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let me = sealed::side(&tx.rows(), couple.shared.mine, id)?;
            let open = me.choices();
            if open.is_empty() {
                return Err(InvalidInput::State.into());
            }
            if !open.iter().any(|one| one.id == *seal) {
                return Err(NightstandError::NotFound);
            }
            let mut others = me.standing();
            others.retain(|one| one.id != *seal);
            others.iter().try_for_each(|one| sealed::withdraw(tx, couple.shared.mine, id, one, Withdrawn::Yes))?;
            couple.lay_aside(tx, id, &others)
        })?;
        self.view_after(id)
    }

    /// One round.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.read(|rows, person| Couple::with(rows, person)?.view(rows, id))
    }

    /// The rounds of the two, the newest first, at most [`MOST_ROUNDS`]. One that has lapsed is there as long as something of
    /// one's own is in it. What one wrote with an earlier partner is [elsewhere](Self::former).
    ///
    /// Errors: `NotPaired`, `PrivateLocked`.
    pub fn list(&self) -> Result<Vec<ReflectionView>, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            let couple = Couple::with(rows, person)?;
            let mut ids = couple.rounds(rows)?;
            for (_, record) in sealed::kept(rows, couple.private, None, MOST_ROUNDS)? {
                ids.extend(record.text_of("of").and_then(|of| of.parse::<RecordId>().ok()));
            }
            let drafts = Records { what: sealed::DRAFT, place: Some(couple.private), ..Records::default() };
            ids.extend(records::named(rows.records(&drafts, MOST_ROUNDS)?).map(|(id, _)| id));
            let mut rounds = Vec::new();
            for id in ids {
                match couple.view(rows, &id) {
                    Ok(view) if !view.has_lapsed(now_ms) => rounds.push(view),
                    Ok(_) | Err(NightstandError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            // Those in which one has written something stay, however many the partner begins.
            let newest = |round: &ReflectionView| (core::cmp::Reverse(round.at_ms), round.id);
            rounds.sort_by_key(|round| (!round.has_words(), newest(round)));
            rounds.truncate(MOST_ROUNDS);
            rounds.sort_by_key(newest);
            Ok(rounds)
        })
    }

    /// Deletes a round, with all that one has written in it, on both phones. What the partner wrote in it stays with them.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn delete(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            couple.view(&tx.rows(), id)?;
            let me = sealed::side(&tx.rows(), couple.shared.mine, id)?;
            let kept = sealed::kept(&tx.rows(), couple.private, Some(id), MOST_ROUNDS)?;
            let seals: BTreeSet<_> =
                me.seals.keys().map(|seal| seal.id).chain(kept.into_iter().map(|(id, _)| id)).collect();
            sealed::bury(tx, couple.private, couple.shared.mine, id, &seals)?;
            records::bury(tx, &couple.round(*id))
        })
    }

    /// What lists know has the last transaction in it here. What was to be done is done: if this phone can't lock or open at
    /// once, it does with the next sync.
    fn view_after(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        let _ = self.vault.write(|tx| Couple::of(tx)?.go_on(tx, id));
        self.read(id)
    }
}

/// Has it lapsed, by the clock of the phone that asks? A round without an end has.
fn lapsed(until_ms: Option<i64>, now_ms: i64) -> bool {
    until_ms.is_none_or(|until_ms| until_ms <= now_ms)
}

impl core::fmt::Debug for ReflectionView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ReflectionView({:?})", self.state)
    }
}

impl core::fmt::Debug for SealedText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SealedText(…)")
    }
}
