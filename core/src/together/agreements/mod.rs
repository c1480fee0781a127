//! Agreements: a text that holds while both have accepted this exact wording, and not a moment longer.
//!
//! ```text
//!   Joint        proposal 3f…  of agreement 7…    "Phones stay in the kitchen."       frozen, by Alex
//!                proposal c1…  of agreement 7…    "… until breakfast."                frozen, by Sam
//!   Alex's Mine  agreement 7…  accepts 3f…, hash of its words
//!   Sam's Mine   agreement 7…  accepts c1…, hash of its words
//! ```
//!
//! Nobody edits an agreement: another wording is another proposal, with an id of its own, and whoever proposes it accepts it
//! with that. Each person has one register for each agreement, which their own devices alone write. The agreement holds while
//! both registers name the same proposal and the hash of what it says; so a text that changed in any way holds nothing, and
//! what two people did at the same time never makes an agreement of a wording that one of them has not seen.
//!
//! | while they are apart | afterwards |
//! |---|---|
//! | one proposes another wording, the other accepts the first | neither holds: each sees what the other accepts |
//! | both propose another wording | neither holds |
//! | one accepts, the other withdraws | it does not hold |
//! | one withdraws and undoes that, the other does nothing | it holds as before |
//! | two devices of one person say different things | that person accepts none, until they say so again |
//!
//! Either withdraws at once, alone, and without a reason. An agreement is never consent to an act, and no plan reads one: it
//! overrides no boundary. That somebody has not answered looks like nothing at all.
//!
//! Of devices of one person that name the same wording the register reads as that wording, though its values differ in their
//! random bytes: all that stand say the same.

mod register;
mod wordings;

use nightstand_engine::ids::{BondId, PersonId, Place};

use crate::care::Whose;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId, SharedPlaces, check_new_line, check_text, is_blank, mark_of};
use crate::store::{Rows, StoreTx};
use crate::vault::Vault;
use register::Wording;
use wordings::{Found, list, own, proposals, read_proposals};

/// The sort of record of a wording, in `Joint`.
const PROPOSAL: &str = "proposal";
/// The sort of record of a register, in `Mine`; its id is the agreement's.
const AGREEMENT: &str = "agreement";

/// What the register's person accepts, and what they accepted before their last step.
const ACCEPTS: &str = "accepts";
const BEFORE: &str = "before";

/// Longest title, in UTF-16 units.
pub const MOST_TITLE_UNITS: usize = 120;

/// Longest text, in UTF-16 units.
pub const MOST_TEXT_UNITS: usize = 4_000;

/// Most agreements that one person proposes and accepts, and that a list has of those that the partner alone proposed; and most
/// wordings of one that are read, the newest, beside those that are accepted.
pub const MOST_AGREEMENTS: usize = 500;
/// See [`MOST_AGREEMENTS`].
pub const MOST_PROPOSALS: usize = 100;

/// What somebody proposes.
#[derive(Clone, PartialEq, Eq)]
pub struct AgreementDraft {
    /// One line, not empty, at most [`MOST_TITLE_UNITS`] UTF-16 units.
    pub title: String,
    /// What is agreed: not empty, at most [`MOST_TEXT_UNITS`] UTF-16 units.
    pub text: String,
}

/// A wording of an agreement. It never changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub id: RecordId,
    /// Who proposed it, as it says; who [accepts](Self::mine) it does not rest on that.
    pub by: Whose,
    /// When, in milliseconds since 1970, as their clock said.
    pub at_ms: i64,
    /// What it says.
    pub content: AgreementDraft,
    /// Of exactly these words, 32 bytes; [`accept`](Agreements::accept) is given it.
    pub hash: Vec<u8>,
    /// I accept it.
    pub mine: bool,
    /// The partner accepts it.
    pub theirs: bool,
}

/// How an agreement stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AgreementState {
    /// Both accept the same wording.
    Holds,
    /// I accept a wording, and as far as this phone knows my partner does not.
    Proposed,
    /// My partner accepts a wording that I do not.
    ForMe,
    /// Each accepts another wording.
    Apart,
    /// Neither accepts any: it was withdrawn.
    Withdrawn,
}

crate::names::names!(AgreementState {
    Self::Holds = "holds",
    Self::Proposed = "proposed",
    Self::ForMe = "for-me",
    Self::Apart = "apart",
    Self::Withdrawn = "withdrawn",
});

/// An agreement as this phone knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgreementView {
    /// Which.
    pub id: RecordId,
    /// How it stands.
    pub state: AgreementState,
    /// Its wordings, the newest first.
    pub proposals: Vec<Proposal>,
}

impl AgreementView {
    /// The wording that holds.
    pub fn holding(&self) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.mine && proposal.theirs)
    }
}

/// The agreements of a couple.
///
/// A small handle; get one from [`Vault::agreements`].
///
/// ```
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # fn phones_away(vault: &Vault) -> Result<(), nightstand::error::NightstandError> {
/// use nightstand::together::agreements::{AgreementDraft, AgreementState};
///
/// let draft = AgreementDraft { title: "Phones".into(), text: "They stay in the kitchen.".into() };
/// let agreement = vault.agreements().propose(&draft)?;
/// assert_eq!(agreement.state, AgreementState::Proposed);
/// // The partner sees it after the next sync, and accepts what they read:
/// let read = vault.agreements().read(&agreement.id)?;
/// let shown = &read.proposals[0];
/// vault.agreements().accept(&read.id, &shown.id, &shown.hash)?;
/// # Ok(())
/// # }
/// # let folder = tempfile::tempdir().unwrap();
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock)).unwrap();
/// # assert_eq!(phones_away(&vault), Err(nightstand::error::NightstandError::NotPaired));
/// ```
#[derive(Clone)]
pub struct Agreements {
    vault: Vault,
}

impl Vault {
    /// What the two agreed on.
    pub fn agreements(&self) -> Agreements {
        Agreements { vault: self.clone() }
    }
}

impl Agreements {
    /// Proposes an agreement, and accepts it with that. Saved when this returns; the partner reads it after the next sync.
    ///
    /// Errors: `InvalidInput` for a title or text out of range, or if one has proposed and accepted [`MOST_AGREEMENTS`]
    /// already; `NotPaired`.
    pub fn propose(&self, draft: &AgreementDraft) -> Result<AgreementView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            if own(&tx.rows(), &couple)?.len() >= MOST_AGREEMENTS {
                return Err(InvalidInput::Full.into());
            }
            let id = RecordId::make(tx);
            couple.put_forward(tx, id, draft)
        })
    }

    /// Proposes another wording, and accepts that one from here on. Until the partner accepts it too, nothing holds.
    ///
    /// Errors: as [`propose`](Self::propose); `NotFound`.
    pub fn reword(&self, id: &RecordId, draft: &AgreementDraft) -> Result<AgreementView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            couple.load(tx, id)?;
            couple.put_forward(tx, *id, draft)
        })
    }

    /// Accepts a wording, and no other of this agreement: `hash` is what was shown with it.
    ///
    /// Errors: `ChangedMeanwhile` if its words are others than those that were shown; then nothing is accepted. `NotFound`,
    /// `Deleted`, `NotPaired`.
    pub fn accept(&self, id: &RecordId, proposal: &RecordId, hash: &[u8]) -> Result<AgreementView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let (_, accepted) = couple.proposal(tx, id, proposal)?;
            if accepted.hash.as_bytes()[..] != *hash {
                return Err(NightstandError::ChangedMeanwhile);
            }
            couple.say(tx, id, Some(&accepted))?;
            couple.load(tx, id)
        })
    }

    /// Accepts no wording of it any more: from this moment it holds nothing on this phone, and on the partner's from the next
    /// sync on. No reason is asked for.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub fn withdraw(&self, id: &RecordId) -> Result<AgreementView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            couple.load(tx, id)?;
            couple.say(tx, id, None)?;
            couple.load(tx, id)
        })
    }

    /// Takes one's own last step back: what one accepted before it is what one accepts. Twice is as if nothing was.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub fn undo(&self, id: &RecordId) -> Result<AgreementView, NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            couple.load(tx, id)?;
            let before = couple.register(&tx.rows(), couple.shared.mine, id, BEFORE)?;
            couple.say(tx, id, before.as_ref())?;
            couple.load(tx, id)
        })
    }

    /// One agreement.
    ///
    /// Errors: `NotFound`; `NotPaired`.
    pub fn read(&self, id: &RecordId) -> Result<AgreementView, NightstandError> {
        self.vault.read(|rows, person| {
            let couple = Couple::with(rows, person)?;
            couple.view(rows, id, proposals(rows, &couple, Some(id))?)?.ok_or(NightstandError::NotFound)
        })
    }

    /// All agreements, the one with the newest wording first: those that one has proposed or accepted, and of the others at most
    /// [`MOST_AGREEMENTS`].
    ///
    /// Errors: `NotPaired`.
    pub fn list(&self) -> Result<Vec<AgreementView>, NightstandError> {
        self.vault.read(|rows, person| list(rows, &Couple::with(rows, person)?))
    }

    /// Deletes an agreement with all its wordings, on both phones. It holds no more.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub fn delete(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let couple = Couple::of(tx)?;
            let found = read_proposals(&tx.rows(), &couple, Some(id), usize::MAX)?;
            if found.is_empty() {
                return Err(NightstandError::NotFound);
            }
            // The register stays, and says none: what is buried could not be begun again.
            couple.say(tx, id, None)?;
            let bury = |(proposal, ..): &Found| records::bury(tx, &couple.name(*proposal));
            found.iter().try_for_each(bury)
        })
    }
}

/// Where the agreements of a bond stand.
struct Couple {
    shared: SharedPlaces,
    bond: BondId,
    me: String,
}

impl Couple {
    fn of(tx: &StoreTx<'_>) -> Result<Self, NightstandError> {
        Self::with(&tx.rows(), tx.person())
    }

    fn with(rows: &Rows<'_>, person: PersonId) -> Result<Self, NightstandError> {
        let shared = Places::of(rows, person)?.shared()?;
        let bond = shared.joint.bond().ok_or(NightstandError::NotPaired)?;
        Ok(Self { shared, bond, me: mark_of(&person) })
    }

    fn name(&self, proposal: RecordId) -> Name<'static> {
        Name { what: PROPOSAL, id: proposal, place: self.shared.joint }
    }

    fn put_forward(
        &self,
        tx: &mut StoreTx<'_>,
        id: RecordId,
        draft: &AgreementDraft,
    ) -> Result<AgreementView, NightstandError> {
        draft.check()?;
        let (proposal, now_ms) = (RecordId::make(tx), tx.now_ms());
        records::write(tx, &self.name(proposal), |record| {
            draft.write(record);
            record.set("of", Some(id.to_string()));
            record.set("by", Some(self.me.as_str()));
            record.set("at", Some(now_ms));
            Ok(())
        })?;
        let wording = Wording::of(&self.bond, &id, proposal, &draft.title, &draft.text);
        self.say(tx, &id, Some(&wording))?;
        self.load(tx, &id)
    }

    /// One's own register.
    fn say(&self, tx: &mut StoreTx<'_>, id: &RecordId, wording: Option<&Wording>) -> Result<(), NightstandError> {
        let name = Name { what: AGREEMENT, id: *id, place: self.shared.mine };
        let before = self.register(&tx.rows(), self.shared.mine, id, ACCEPTS)?;
        let mut random = tx.randomness();
        let (accepts, before) = (register::write(wording, &mut random), register::write(before.as_ref(), &mut random));
        records::write(tx, &name, |record| {
            record.set(ACCEPTS, Some(accepts));
            record.set(BEFORE, Some(before));
            Ok(())
        })
    }

    fn register(
        &self,
        rows: &Rows<'_>,
        place: Place,
        id: &RecordId,
        field: &str,
    ) -> Result<Option<Wording>, NightstandError> {
        let name = Name { what: AGREEMENT, id: *id, place };
        match records::read(rows, &name) {
            Ok(record) => Ok(record.and_then(|record| register::read(record.values(field)))),
            Err(NightstandError::Deleted) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A proposal of this agreement, with what stands for its words.
    fn proposal(
        &self,
        tx: &StoreTx<'_>,
        id: &RecordId,
        proposal: &RecordId,
    ) -> Result<(AgreementDraft, Wording), NightstandError> {
        let record = records::read(&tx.rows(), &self.name(*proposal))?.ok_or(NightstandError::NotFound)?;
        if record.text_of("of") != Some(&id.to_string()) {
            return Err(NightstandError::NotFound);
        }
        let content = AgreementDraft::of(&record);
        let wording = Wording::of(&self.bond, id, *proposal, &content.title, &content.text);
        Ok((content, wording))
    }

    /// As the present transaction has it: what lists know does not have its changes.
    fn load(&self, tx: &StoreTx<'_>, id: &RecordId) -> Result<AgreementView, NightstandError> {
        let rows = tx.rows();
        let mut found = proposals(&rows, self, Some(id))?;
        if let Some(Wording { proposal, .. }) = self.register(&rows, self.shared.mine, id, ACCEPTS)?
            && found.iter().all(|(known, ..)| *known != proposal)
            && let Some(record) = records::read(&rows, &self.name(proposal))?
        {
            found.insert(0, (proposal, *id, record));
        }
        self.view(&rows, id, found)?.ok_or(NightstandError::NotFound)
    }

    fn view(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        found: Vec<Found>,
    ) -> Result<Option<AgreementView>, NightstandError> {
        if found.is_empty() {
            return Ok(None);
        }
        let mine = self.register(rows, self.shared.mine, id, ACCEPTS)?;
        let theirs = self.register(rows, self.shared.theirs, id, ACCEPTS)?;
        // What is accepted is seen, however many wordings were put forward since.
        let mut found = found;
        found.truncate(MOST_PROPOSALS);
        for Wording { proposal, .. } in [mine, theirs].into_iter().flatten() {
            if found.iter().all(|(known, ..)| *known != proposal)
                && let Some(record) = records::listed(rows, &self.name(proposal))?
                && record.text_of("of") == Some(&id.to_string())
            {
                found.push((proposal, *id, record));
            }
        }
        let read = |(proposal, _, record): Found| {
            let content = AgreementDraft::of(&record);
            let wording = Wording::of(&self.bond, id, proposal, &content.title, &content.text);
            Proposal {
                id: proposal,
                by: if record.text_of("by") == Some(&self.me) { Whose::Me } else { Whose::Partner },
                at_ms: record.number("at").unwrap_or_default(),
                content,
                hash: wording.hash.as_bytes().to_vec(),
                mine: mine == Some(wording),
                theirs: theirs == Some(wording),
            }
        };
        let proposals: Vec<_> = found.into_iter().map(read).collect();
        let (mine, theirs) = (proposals.iter().position(|one| one.mine), proposals.iter().position(|one| one.theirs));
        let state = match (mine, theirs) {
            (None, None) => AgreementState::Withdrawn,
            (Some(_), None) => AgreementState::Proposed,
            (None, Some(_)) => AgreementState::ForMe,
            (Some(mine), Some(theirs)) if mine == theirs => AgreementState::Holds,
            (Some(_), Some(_)) => AgreementState::Apart,
        };
        Ok(Some(AgreementView { id: *id, state, proposals }))
    }
}

impl AgreementDraft {
    fn check(&self) -> Result<(), NightstandError> {
        check_new_line(&self.title, 1, MOST_TITLE_UNITS)?;
        check_text(&self.text, MOST_TEXT_UNITS)?;
        if is_blank(&self.text) { Err(InvalidInput::Empty.into()) } else { Ok(()) }
    }

    fn write(&self, record: &mut Record) {
        record.set("title", Some(self.title.as_str()));
        record.text.clone_from(&self.text);
    }

    fn of(record: &Record) -> Self {
        Self { title: record.text_of("title").unwrap_or_default().into(), text: record.text.clone() }
    }
}

impl core::fmt::Debug for AgreementDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AgreementDraft(…)")
    }
}

/// Without its words, and without what could be tried against guesses of them.
impl core::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Proposal(mine: {}, theirs: {})", self.mine, self.theirs)
    }
}
