//! Agreements.

use std::sync::Arc;

use nightstand::care::Whose;
use nightstand::records::RecordId;
use nightstand::together::agreements as core;
use nightstand::together::agreements::AgreementState;

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Agreements: a text that holds while both have accepted this exact wording, and not a moment longer.
///
/// Nobody edits an agreement: another wording is another proposal, and whoever proposes it accepts it with that. It holds while
/// both accept the same proposal. Either withdraws at once, alone, and without a reason. An agreement is never consent to an
/// act, and overrides no boundary: show the text `agreement-about` beside it. That somebody has not answered looks like nothing.
#[derive(uniffi::Object)]
pub struct Agreements(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Agreements {
    /// Proposes an agreement, and accepts it with that. Saved when this returns; the partner reads it after the next sync.
    ///
    /// Errors: `InvalidInput` for a title or text out of range, or if one has proposed and accepted 500 already; `NotPaired`.
    pub async fn propose(&self, draft: AgreementDraft) -> Result<AgreementView, NightstandError> {
        self.0.write(move |vault| Ok(vault.agreements().propose(&draft.into())?.into())).await
    }

    /// Proposes another wording, and accepts that one from here on. Until the partner accepts it too, nothing holds.
    ///
    /// Errors: as `propose`; `NotFound`.
    pub async fn reword(&self, id: RecordId, draft: AgreementDraft) -> Result<AgreementView, NightstandError> {
        self.0.write(move |vault| Ok(vault.agreements().reword(&id, &draft.into())?.into())).await
    }

    /// Accepts a wording, and no other of this agreement: `hash` is what was shown with it.
    ///
    /// Errors: `ChangedMeanwhile` if its words are others than those that were shown; then nothing is accepted. `NotFound`,
    /// `Deleted`, `NotPaired`.
    pub async fn accept(
        &self,
        id: RecordId,
        proposal: RecordId,
        hash: Vec<u8>,
    ) -> Result<AgreementView, NightstandError> {
        self.0.write(move |vault| Ok(vault.agreements().accept(&id, &proposal, &hash)?.into())).await
    }

    /// Accepts no wording of it any more: from this moment it holds nothing on this phone, and on the partner's from the next
    /// sync on. No reason is asked for.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub async fn withdraw(&self, id: RecordId) -> Result<AgreementView, NightstandError> {
        self.0.write(move |vault| Ok(vault.agreements().withdraw(&id)?.into())).await
    }

    /// Takes one's own last step back: what one accepted before it is what one accepts. Twice is as if nothing was.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub async fn undo(&self, id: RecordId) -> Result<AgreementView, NightstandError> {
        self.0.write(move |vault| Ok(vault.agreements().undo(&id)?.into())).await
    }

    /// One agreement.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub async fn read(&self, id: RecordId) -> Result<AgreementView, NightstandError> {
        self.0.read(move |vault| Ok(vault.agreements().read(&id)?.into())).await
    }

    /// All agreements, the one with the newest wording first: those that one has proposed or accepted, and of the others at most
    /// 500.
    ///
    /// Errors: `NotPaired`.
    pub async fn list(&self) -> Result<Vec<AgreementView>, NightstandError> {
        self.0.read(|vault| Ok(vault.agreements().list()?.into_iter().map(AgreementView::from).collect())).await
    }

    /// Deletes an agreement with all its wordings, on both phones. It holds no more.
    ///
    /// Errors: `NotFound`, `NotPaired`.
    pub async fn delete(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.agreements().delete(&id)).await
    }
}

/// What somebody proposes.
#[derive(uniffi::Record)]
pub struct AgreementDraft {
    /// One line, not empty, at most 120 UTF-16 units.
    pub title: String,
    /// What is agreed: not empty, at most 4,000 UTF-16 units.
    #[uniffi(default)]
    pub text: String,
}

/// A wording of an agreement. It never changes.
#[derive(uniffi::Record)]
pub struct Proposal {
    /// Which.
    pub id: RecordId,
    /// Who proposed it, as it says; who accepts it does not rest on that.
    pub by: Whose,
    /// When, as their clock said.
    pub at: Timestamp,
    /// What it says.
    pub content: AgreementDraft,
    /// Of exactly these words, 32 bytes; `accept` is given it.
    pub hash: Vec<u8>,
    /// I accept it.
    pub mine: bool,
    /// The partner accepts it.
    pub theirs: bool,
}

/// How an agreement stands.
#[uniffi::remote(Enum)]
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

/// An agreement as this phone knows it. The wording that holds is the proposal that both accept.
#[derive(uniffi::Record)]
pub struct AgreementView {
    /// Which.
    pub id: RecordId,
    /// How it stands.
    pub state: AgreementState,
    /// Its wordings, the newest first, at most 100.
    pub proposals: Vec<Proposal>,
}

impl From<AgreementDraft> for core::AgreementDraft {
    fn from(AgreementDraft { title, text }: AgreementDraft) -> Self {
        Self { title, text }
    }
}

impl From<core::AgreementView> for AgreementView {
    fn from(core::AgreementView { id, state, proposals }: core::AgreementView) -> Self {
        Self { id, state, proposals: proposals.into_iter().map(Proposal::from).collect() }
    }
}

impl From<core::Proposal> for Proposal {
    fn from(proposal: core::Proposal) -> Self {
        let core::Proposal { id, by, at_ms, content, hash, mine, theirs } = proposal;
        let core::AgreementDraft { title, text } = content;
        Self { id, by, at: Timestamp(at_ms), content: AgreementDraft { title, text }, hash, mine, theirs }
    }
}
