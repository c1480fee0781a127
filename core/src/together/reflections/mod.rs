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
//! | a seal is withdrawn before a device of its own person has locked it | it is withdrawn, also if the partner's phone has locked it: theirs stays closed too, since it waits for this side's lock |
//! | one device locks, another of the same person withdraws at the same time | the lock counts: the partner's text may be open because of it |
//! | two devices of one person seal a text each | neither counts until their person has [chosen](Reflections::choose) |
//! | the text was changed after sealing | it can't be, in this app; what is no longer what was sealed is neither locked nor opened |
//! | a phone is lost | what it had sealed and not opened stays closed; the other's stays closed as well, unless it was bound |
//! | the partner's app reads and does not open | a modified app can do that, once it has locked; we say "waiting for Sam's phone", and promise no more |
//! | nobody seals | the question lapses after two weeks, without a word |
//!
//! The design that this follows let any lock beat a withdrawal. Here the lock of the seal's own person does, and the partner's
//! does not: it is as fair, since nobody opens before both have locked, and whoever withdrew in time has withdrawn, whatever
//! the other phone says later.
//!
//! Nothing tells the one who has not sealed that the other has: for them a round looks the same.

mod round;
mod sealed;

use std::collections::BTreeSet;

use nightstand_engine::hash::{Hasher, Label};
use nightstand_engine::ids::{BondId, PersonId, Place};

use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::journal::Prompt;
use crate::records::{self, Name, Places, RecordId, SharedPlaces, check_text};
use crate::store::{Records, Rows, StoreTx};
use crate::vault::Vault;
use round::{Seal, Side};
use sealed::{Bound, Sealed};

/// The sort of record of a round.
const REFLECTION: &str = "reflection";

/// Longest text, in UTF-16 units.
pub const MOST_TEXT_UNITS: usize = 8_000;

/// How long a question can be sealed, in days.
pub const ROUND_DAYS: i64 = 14;

/// Most rounds that a list has.
pub const MOST_ROUNDS: usize = 500;

const DAY_MS: i64 = 86_400_000;

/// How a round stands for this phone's person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReflectionState {
    /// Nothing of one's own is sealed. Whether the other has sealed is not told.
    Open,
    /// One's own is sealed, and can be withdrawn.
    Sealed,
    /// Both have sealed, and it can't be withdrawn any more: the partner's text comes when their phone has been reached.
    Waiting,
    /// Both texts are here.
    Opened,
    /// What the partner's phone opened is not what it had sealed. It is not shown.
    NotAsSealed,
    /// Two devices of one's own sealed a text each: one is to be chosen.
    Choose,
    /// The question was deleted before both were open. What one has written stays.
    Ended,
}

crate::names::names!(ReflectionState {
    Self::Open = "open",
    Self::Sealed = "sealed",
    Self::Waiting = "waiting",
    Self::Opened = "opened",
    Self::NotAsSealed = "not-as-sealed",
    Self::Choose = "choose",
    Self::Ended = "ended",
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
/// vault.reflections().write_draft(&round.id, "I listen to you breathe")?;
/// let sealed = vault.reflections().seal(&round.id, "I listen to you breathe.")?;
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
    /// already is that round; where both ask it while they are apart, the two rounds become one.
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

    /// Keeps what one is writing, on one's own phones alone. An empty text takes it away.
    ///
    /// Errors: `InvalidInput` for a text over [`MOST_TEXT_UNITS`]; `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub fn write_draft(&self, id: &RecordId, text: &str) -> Result<ReflectionView, NightstandError> {
        check_text(text, MOST_TEXT_UNITS)?;
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            couple.prompt(&tx.rows(), id)?;
            couple.keep_draft(tx, id, text)?;
            couple.view(&tx.rows(), id)
        })
    }

    /// Seals a text. It can't be changed from here on, and is withdrawn as a whole if it is; the draft is emptied.
    ///
    /// Errors: `InvalidInput` for an empty text or one over [`MOST_TEXT_UNITS`], if something is sealed already, or if the
    /// question has lapsed; `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub fn seal(&self, id: &RecordId, text: &str) -> Result<ReflectionView, NightstandError> {
        check_text(text, MOST_TEXT_UNITS)?;
        if text.trim().is_empty() {
            return Err(invalid(InvalidInput::Words));
        }
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let round = couple.prompt(&tx.rows(), id)?;
            let me = sealed::side(&tx.rows(), couple.shared.mine, id)?;
            let lapsed = round.number("until").is_some_and(|until| until <= tx.now_ms());
            if me.standing().next().is_some() || !me.bound().is_empty() || lapsed {
                return Err(invalid(InvalidInput::State));
            }
            let asked = read_prompt(&round).saved();
            let sealed = Sealed::make(tx, &asked, text);
            sealed.seal(tx, &couple.bound(id, couple.me), couple.private, couple.shared.mine)?;
            couple.keep_draft(tx, id, "")
        })?;
        self.view_after(id)
    }

    /// Takes one's seal back, and the text with it: it is the draft again.
    ///
    /// Errors: `InvalidInput` if nothing is sealed, or if both are and a device of one's own has noted that: then the partner's
    /// text may be open already. `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn withdraw(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let me = sealed::side(&tx.rows(), couple.shared.mine, id)?;
            let standing: Vec<_> = me.standing().collect();
            if standing.is_empty() || !me.bound().is_empty() {
                return Err(invalid(InvalidInput::State));
            }
            couple.drop_seals(tx, id, &standing)
        })?;
        self.view_after(id)
    }

    /// Of several texts that one's devices sealed, the one that counts. The others are withdrawn.
    ///
    /// Errors: `InvalidInput` if there is nothing to choose; `NotFound` if it is none of them; `NotPaired`, `PrivateLocked`.
    pub fn choose(&self, id: &RecordId, seal: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let me = sealed::side(&tx.rows(), couple.shared.mine, id)?;
            let open = open_choice(&me);
            if open.is_empty() {
                return Err(invalid(InvalidInput::State));
            }
            if !open.iter().any(|one| one.id == *seal) {
                return Err(NightstandError::NotFound);
            }
            let others: Vec<_> = me.standing().filter(|one| one.id != *seal).collect();
            others.iter().try_for_each(|one| sealed::withdraw(tx, couple.shared.mine, one))
        })?;
        self.view_after(id)
    }

    /// One round.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        self.vault.read(|rows, person| Couple::with(rows, person)?.view(rows, id))
    }

    /// The rounds, the newest first, at most [`MOST_ROUNDS`]. One that has lapsed is there as long as something of one's own
    /// is in it.
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
            let mut rounds = Vec::new();
            for id in ids {
                match couple.view(rows, &id) {
                    Ok(view) if !view.has_lapsed(now_ms) => rounds.push(view),
                    Ok(_) | Err(NightstandError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            rounds.sort_by_key(|round| (core::cmp::Reverse(round.at_ms), round.id));
            rounds.truncate(MOST_ROUNDS);
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

    /// What lists know has the last transaction in it here.
    fn view_after(&self, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        go_on(&self.vault)?;
        self.read(id)
    }
}

/// Locks and opens what is due: after a seal, and after whatever a sync brought.
///
/// Errors: `PrivateLocked` if something is due and the texts are locked away; it is done after they are unlocked.
pub(crate) fn go_on(vault: &Vault) -> Result<(), NightstandError> {
    let due = vault.read(|rows, person| match Couple::with(rows, person) {
        Ok(couple) => couple.due(rows),
        Err(NightstandError::NotPaired) => Ok(Vec::new()),
        Err(error) => Err(error),
    })?;
    if due.is_empty() || vault.is_read_only() {
        return Ok(());
    }
    vault.write(|tx| {
        let couple = Couple::of(tx)?;
        due.iter().try_for_each(|id| couple.go_on(tx, id))
    })
}

/// Where the reflections of a bond stand.
struct Couple {
    private: Place,
    shared: SharedPlaces,
    bond: BondId,
    me: PersonId,
    partner: PersonId,
}

/// The round in which a question can be asked.
enum Standing {
    New(RecordId),
    Begun(Box<ReflectionView>),
}

impl Couple {
    fn of(tx: &StoreTx<'_>) -> Result<Self, NightstandError> {
        Self::with(&tx.rows(), tx.person())
    }

    fn with(rows: &Rows<'_>, me: PersonId) -> Result<Self, NightstandError> {
        let places = Places::of(rows, me)?;
        let shared = places.shared()?;
        let Place::Mine { bond, owner: partner } = shared.theirs else { return Err(NightstandError::NotPaired) };
        Ok(Self { private: places.private, shared, bond, me, partner })
    }

    fn round(&self, id: RecordId) -> Name<'static> {
        Name { what: REFLECTION, id, place: self.shared.joint }
    }

    fn bound(&self, id: &RecordId, person: PersonId) -> Bound {
        Bound { bond: self.bond, round: *id, person }
    }

    /// What is asked.
    ///
    /// Errors: `NotFound`, `Deleted`.
    fn prompt(&self, rows: &Rows<'_>, id: &RecordId) -> Result<Record, NightstandError> {
        records::read(rows, &self.round(*id))?.ok_or(NightstandError::NotFound)
    }

    /// Rounds of one question are numbered, so that both phones begin the same one.
    fn standing(&self, rows: &Rows<'_>, question: &str, now_ms: i64) -> Result<Standing, NightstandError> {
        for number in 0_u64.. {
            let mut hasher = Hasher::new(Label::Round);
            hasher.field(self.bond.as_bytes()).field(question.as_bytes()).field(&number.to_le_bytes());
            let id = RecordId::from_bytes(hasher.finish().first());
            match records::read(rows, &self.round(id)) {
                Ok(None) => return Ok(Standing::New(id)),
                Ok(Some(_)) => {
                    let view = self.view(rows, &id)?;
                    let over = matches!(view.state, ReflectionState::Opened | ReflectionState::NotAsSealed);
                    if !over && (view.until_ms > now_ms || view.state != ReflectionState::Open) {
                        return Ok(Standing::Begun(Box::new(view)));
                    }
                }
                Err(NightstandError::Deleted) => {}
                Err(error) => return Err(error),
            }
        }
        Err(NightstandError::TooLarge)
    }

    fn rounds(&self, rows: &Rows<'_>) -> Result<BTreeSet<RecordId>, NightstandError> {
        let (place, bond) = (Some(self.shared.joint), Some(self.bond));
        let query = Records { what: REFLECTION, place, bond, ..Records::default() };
        Ok(records::named(rows.records(&query, MOST_ROUNDS)?).map(|(id, _)| id).collect())
    }

    fn keep_draft(&self, tx: &mut StoreTx<'_>, id: &RecordId, text: &str) -> Result<(), NightstandError> {
        let name = Name { what: sealed::DRAFT, id: *id, place: self.private };
        if text.is_empty() && records::read(&tx.rows(), &name)?.is_none() {
            return Ok(());
        }
        records::write(tx, &name, |record| {
            text.clone_into(&mut record.text);
            Ok(())
        })
    }

    /// Withdraws these, and gives the newest text back to the draft, unless something is written there.
    fn drop_seals(&self, tx: &mut StoreTx<'_>, id: &RecordId, seals: &[Seal]) -> Result<(), NightstandError> {
        let bound = self.bound(id, self.me);
        let mut text = None;
        for seal in seals {
            sealed::withdraw(tx, self.shared.mine, seal)?;
            text = Sealed::own(&tx.rows(), self.private, &bound, seal)?.map(|sealed| sealed.text).or(text);
        }
        match text {
            Some(text) if self.draft(&tx.rows(), id)?.is_empty() => self.keep_draft(tx, id, &text),
            _ => Ok(()),
        }
    }

    fn draft(&self, rows: &Rows<'_>, id: &RecordId) -> Result<String, NightstandError> {
        let draft = sealed::standing(rows, &Name { what: sealed::DRAFT, id: *id, place: self.private })?;
        Ok(draft.map(|draft| draft.text).unwrap_or_default())
    }

    fn sides(&self, rows: &Rows<'_>, id: &RecordId) -> Result<(Side, Side), NightstandError> {
        Ok((sealed::side(rows, self.shared.mine, id)?, sealed::side(rows, self.shared.theirs, id)?))
    }

    /// The rounds in which this device may have something to do.
    fn due(&self, rows: &Rows<'_>) -> Result<Vec<RecordId>, NightstandError> {
        let mut due = Vec::new();
        for of in rows.records_without(sealed::SEAL, sealed::OPENED, &self.shared.mine, MOST_ROUNDS)? {
            let Ok(id) = of.parse() else { continue };
            let (me, partner) = self.sides(rows, &id)?;
            if round::lock_due(&me, &partner).is_some() || self.to_open(rows, &me, &partner)?.next().is_some() {
                due.push(id);
            }
        }
        Ok(due)
    }

    /// Seals of one's own that both have locked and that are not open.
    fn to_open(
        &self,
        rows: &Rows<'_>,
        me: &Side,
        partner: &Side,
    ) -> Result<impl Iterator<Item = Seal> + use<>, NightstandError> {
        let mut closed = Vec::new();
        for (mine, _) in round::agreed(me, partner) {
            if !sealed::was_opened(rows, self.shared.mine, &mine)? {
                closed.push(mine);
            }
        }
        Ok(closed.into_iter())
    }

    fn go_on(&self, tx: &mut StoreTx<'_>, id: &RecordId) -> Result<(), NightstandError> {
        let (mut me, partner) = self.sides(&tx.rows(), id)?;
        let bound = self.bound(id, self.me);
        if let Some(pair) = round::lock_due(&me, &partner)
            && Sealed::own(&tx.rows(), self.private, &bound, &pair.0)?.is_some()
        {
            sealed::lock(tx, self.shared.mine, id, pair)?;
            me.locks.insert(pair);
        }
        for seal in self.to_open(&tx.rows(), &me, &partner)? {
            if let Some(sealed) = Sealed::own(&tx.rows(), self.private, &bound, &seal)? {
                sealed.open(tx, self.shared.mine, &bound, &seal)?;
            }
        }
        Ok(())
    }

    fn view(&self, rows: &Rows<'_>, id: &RecordId) -> Result<ReflectionView, NightstandError> {
        let round = sealed::standing(rows, &self.round(*id))?;
        let kept = sealed::kept(rows, self.private, Some(id), MOST_ROUNDS)?;
        let draft = self.draft(rows, id)?;
        let (me, partner) = self.sides(rows, id)?;
        let ended = round.is_none();
        let (prompt, at_ms, until_ms) = match (&round, kept.first()) {
            (Some(round), _) => (read_prompt(round), round.number("at"), round.number("until")),
            (None, Some((_, kept))) => (
                Prompt::of_saved(kept.text_of("asked").unwrap_or_default()).unwrap_or(Prompt::Words(String::new())),
                kept.number("at"),
                None,
            ),
            (None, None) => return Err(NightstandError::NotFound),
        };
        let own = |seal: &Seal| Sealed::own(rows, self.private, &self.bound(id, self.me), seal);
        let agreed = round::agreed(&me, &partner).next();
        let (mut state, mut theirs) = (ReflectionState::of(&me), None);
        if let Some((_, seal)) = agreed {
            theirs = Sealed::opened(rows, self.shared.theirs, &self.bound(id, self.partner), &seal)?;
            state = match &theirs {
                Some(_) => ReflectionState::Opened,
                None if sealed::was_opened(rows, self.shared.theirs, &seal)? => ReflectionState::NotAsSealed,
                None => ReflectionState::Waiting,
            };
        }
        if ended && state != ReflectionState::Opened {
            state = ReflectionState::Ended;
        }
        let counts = agreed.map(|(mine, _)| mine).or_else(|| me.counts());
        let mut mine = counts.as_ref().map(own).transpose()?.flatten().map(|sealed| sealed.text);
        if ended && mine.is_none() {
            mine = kept.first().map(|(_, record)| record.text.clone());
        }
        let mut choices = Vec::new();
        if state == ReflectionState::Choose {
            for seal in open_choice(&me) {
                let at_ms = kept.iter().find(|(id, _)| *id == seal.id).and_then(|(_, record)| record.number("at"));
                let text = own(&seal)?.map(|sealed| sealed.text).unwrap_or_default();
                choices.push(SealedText { seal: seal.id, at_ms: at_ms.unwrap_or_default(), text });
            }
        }
        let theirs = theirs.map(|sealed| sealed.text);
        let (at_ms, until_ms) = (at_ms.unwrap_or_default(), until_ms.unwrap_or_default());
        Ok(ReflectionView { id: *id, prompt, state, at_ms, until_ms, draft, mine, theirs, choices })
    }
}

/// The seals between which a person has to choose.
fn open_choice(me: &Side) -> Vec<Seal> {
    let bound = me.bound();
    let open: Vec<_> = me.standing().filter(|seal| bound.is_empty() || bound.contains(seal)).collect();
    if bound.len() == 1 || open.len() < 2 { Vec::new() } else { open }
}

impl ReflectionState {
    /// As long as not both have locked.
    fn of(me: &Side) -> Self {
        if !open_choice(me).is_empty() {
            return Self::Choose;
        }
        match me.counts() {
            None => Self::Open,
            Some(seal) if me.bound().contains(&seal) => Self::Waiting,
            Some(_) => Self::Sealed,
        }
    }
}

impl ReflectionView {
    /// Lapsed, and nothing of one's own is in it.
    fn has_lapsed(&self, now_ms: i64) -> bool {
        self.state == ReflectionState::Open && self.draft.is_empty() && self.until_ms <= now_ms
    }
}

/// What is asked, as a round's record has it.
fn write_prompt(prompt: &Prompt, record: &mut Record) {
    match prompt {
        Prompt::Question(id) => record.set("question", Some(id.as_str())),
        Prompt::Words(words) => record.text.clone_from(words),
    }
}

fn read_prompt(record: &Record) -> Prompt {
    match record.text_of("question") {
        Some(id) => Prompt::Question(id.into()),
        None => Prompt::Words(record.text.clone()),
    }
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

fn invalid(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}
