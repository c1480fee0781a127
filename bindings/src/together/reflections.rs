//! Sealed reflections.

use std::sync::Arc;

use nightstand::journal::Prompt;
use nightstand::records::RecordId;
use nightstand::together::reflections as core;
use nightstand::together::reflections::ReflectionState;

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Sealed reflections: both write to the same question, unseen; each seals; when both have, both open, on both phones, whatever
/// the order of syncs.
///
/// Until then the partner's phone has a commitment and nothing of the text; afterwards it checks that what was opened is what
/// was sealed. Phones do the steps in between by themselves, at each sync. Nothing tells the one who has not sealed that the
/// other has. A modified app can read and not open: say `waiting-for-phone`, and promise no more.
///
/// It takes two: every call is told `NotPaired` without a partner. Texts lie in Private until both are sealed, so every call is
/// told `PrivateLocked` while that is locked; then the phone also neither locks nor opens.
#[derive(uniffi::Object)]
pub struct Reflections(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Reflections {
    /// Asks the two a question: the partner sees it after the next sync, as one of theirs. A deck's question that is open
    /// already is that round, unless it has lapsed by this phone's clock; where both ask it while they are apart, the two rounds
    /// become one.
    ///
    /// Errors: `InvalidInput` for a question that is in no deck, or words out of range; `NotPaired`, `PrivateLocked`.
    pub async fn begin(&self, prompt: Prompt) -> Result<ReflectionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.reflections().begin(&prompt)?.into())).await
    }

    /// Keeps what one is writing, on one's own phones alone. An empty text takes it away. `since` is what the text field held
    /// when it was last filled or kept: what came to the draft behind its back, given back or typed on another screen or
    /// device, stays with what was typed. The field is to show the draft that is told.
    ///
    /// Errors: `InvalidInput` for a text over 8,000 UTF-16 units, also together with what came meanwhile: then nothing was
    /// kept. `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub async fn write_draft(
        &self,
        id: RecordId,
        text: String,
        since: String,
    ) -> Result<ReflectionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.reflections().write_draft(&id, &text, &since)?.into())).await
    }

    /// Seals a text to the question that was shown: `hash` is what came with it. The text can't be changed from here on,
    /// only taken back as a whole with `withdraw`; the draft is emptied.
    ///
    /// Errors: `ChangedMeanwhile` if something else is asked by now; then nothing is sealed. `InvalidInput`:
    /// `Empty` for an empty text, `TextTooLong` over 8,000 UTF-16 units, `State` if something is sealed already or was taken
    /// back on both sides while one was open, `Ended` if the question has lapsed, or after 32 seals that were withdrawn: then
    /// another round takes its place. `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub async fn seal(&self, id: RecordId, text: String, hash: Vec<u8>) -> Result<ReflectionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.reflections().seal(&id, &text, &hash)?.into())).await
    }

    /// Takes one's seal back, and the text with it: it is the draft again, in front of what was written there since; of
    /// several that stand between which one has not chosen, all are. Where the partner has taken theirs back, one's own can be
    /// taken back as well, though both were sealed for a while.
    ///
    /// Errors: `InvalidInput` if nothing is sealed, or if both are and a phone of one's own has noted that: then the partner's
    /// text may be open already. `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn withdraw(&self, id: RecordId) -> Result<ReflectionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.reflections().withdraw(&id)?.into())).await
    }

    /// Of several texts that one's devices sealed, the one that counts. The others are withdrawn, and stay one's own:
    /// `set_aside`.
    ///
    /// Errors: `InvalidInput` if there is nothing to choose; `NotFound` if it is none of them; `NotPaired`, `PrivateLocked`.
    pub async fn choose(&self, id: RecordId, seal: RecordId) -> Result<ReflectionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.reflections().choose(&id, &seal)?.into())).await
    }

    /// One round.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<ReflectionView, NightstandError> {
        self.0.read(move |vault| Ok(vault.reflections().read(&id)?.into())).await
    }

    /// The rounds of the two, the newest first, at most 500. One that has lapsed is there as long as something of one's own is in
    /// it. What one wrote with an earlier partner is in `former`.
    ///
    /// Errors: `NotPaired`, `PrivateLocked`.
    pub async fn list(&self) -> Result<Vec<ReflectionView>, NightstandError> {
        self.0.read(|vault| Ok(vault.reflections().list()?.into_iter().map(ReflectionView::from).collect())).await
    }

    /// Deletes a round, with all that one has written in it, on both phones. What the partner wrote in it stays with them.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn delete(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.reflections().delete(&id)).await
    }

    /// What one wrote with an earlier partner, the newest first, at most 500: it stays one's own. There may be no partner.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn former(&self) -> Result<Vec<FormerReflection>, NightstandError> {
        self.0.read(|vault| Ok(vault.reflections().former()?.into_iter().map(FormerReflection::from).collect())).await
    }

    /// Deletes what one wrote in such a round, on all phones of one's own.
    ///
    /// Errors: `NotFound`, also for a round with one's partner; `PrivateLocked`.
    pub async fn delete_former(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.reflections().delete_former(&id)).await
    }
}

/// How a round stands for this phone's person.
#[uniffi::remote(Enum)]
pub enum ReflectionState {
    /// Nothing of one's own is sealed. Whether the other has sealed is not told.
    Open,
    /// One's own is sealed, and can be withdrawn. So it is again when the partner takes theirs back.
    Sealed,
    /// Both have sealed, and it can't be withdrawn any more: the partner's text comes when their phone has been reached.
    Waiting,
    /// Both texts are here.
    Opened,
    /// What the partner's phone opened is not what it had sealed. It is not shown.
    NotAsSealed,
    /// Two devices of one's own sealed a text each: one is to be chosen.
    Choose,
    /// The question was deleted, before both were open or afterwards. What one has written stays, the partner's text goes.
    Ended,
    /// Texts were taken back on both sides, and a device that did not know it had opened one. It is not shown, and nothing
    /// else is opened in this round; what one has written stays, and the same can be asked anew.
    TakenBack,
}

/// A round of one question.
#[derive(uniffi::Record)]
pub struct ReflectionView {
    /// Which.
    pub id: RecordId,
    /// What is asked.
    pub prompt: Prompt,
    /// How it stands.
    pub state: ReflectionState,
    /// When it was begun.
    pub at: Timestamp,
    /// Until when it can be sealed: two weeks. After that it lapses, without a word.
    pub until: Timestamp,
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
    /// Of exactly this question, 32 bytes; `seal` is given it.
    pub hash: Vec<u8>,
}

/// What one wrote in a round of a bond that is over. Whatever of it was sealed or opened, it is on one's own phones alone.
#[derive(uniffi::Record)]
pub struct FormerReflection {
    /// Which round it was.
    pub id: RecordId,
    /// What was asked; none if that is not known any more.
    pub prompt: Option<Prompt>,
    /// When the newest text was sealed; none if none was.
    pub at: Option<Timestamp>,
    /// What was sealed, the newest first, and what was a draft.
    pub texts: Vec<String>,
}

/// A text of one's own that was sealed.
#[derive(uniffi::Record)]
pub struct SealedText {
    /// Which.
    pub seal: RecordId,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

impl From<core::ReflectionView> for ReflectionView {
    fn from(view: core::ReflectionView) -> Self {
        let core::ReflectionView { id, prompt, state, at_ms, until_ms, draft, mine, theirs, choices, set_aside, hash } =
            view;
        let [choices, set_aside] = [choices, set_aside].map(|texts| texts.into_iter().map(SealedText::from).collect());
        let (at, until) = (Timestamp(at_ms), Timestamp(until_ms));
        Self { id, prompt, state, at, until, draft, mine, theirs, choices, set_aside, hash }
    }
}

impl From<core::FormerReflection> for FormerReflection {
    fn from(former: core::FormerReflection) -> Self {
        let core::FormerReflection { id, prompt, at_ms, texts } = former;
        Self { id, prompt, at: at_ms.map(Timestamp), texts }
    }
}

impl From<core::SealedText> for SealedText {
    fn from(core::SealedText { seal, at_ms, text }: core::SealedText) -> Self {
        Self { seal, at: Timestamp(at_ms), text }
    }
}
