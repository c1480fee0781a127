//! Talking with the partner's phone.

use std::sync::Arc;

use nightstand::sync::{Cancel as CoreCancel, Conversation as CoreConversation, SyncOutcome, SyncReport};

use crate::error::NightstandError;
use crate::work::{Desk, Led, Shown};

/// Sync of a vault with the partner's phone, one `Conversation` at a time.
///
/// What travels is encrypted before the app sees it, and private entries never travel. Cut off at any byte, a conversation
/// leaves what it had committed, and the next one goes on from there.
#[derive(uniffi::Object)]
pub struct Sync(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Sync {
    /// Begins a conversation with the partner's phone. It has the first frame to send.
    ///
    /// Errors: `NotPaired`.
    pub async fn begin(&self) -> Result<Arc<Conversation>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(|vault| Ok(Conversation::new(desk, vault.sync().begin()?))).await
    }

    /// Begins a conversation after one that got no answer: the other phone may have forgotten this one's keys, so they are
    /// said again. Costs a few hundred bytes more.
    ///
    /// Errors: `NotPaired`.
    pub async fn begin_again(&self) -> Result<Arc<Conversation>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(|vault| Ok(Conversation::new(desk, vault.sync().begin_again()?))).await
    }

    /// Begins a conversation with another device of one's own: what is private passes too, once it may. `device` is its id, as
    /// `devices().list()` has it.
    ///
    /// Errors: `NotFound` for a device that is not known, or whose keys are not: it has to begin, once.
    pub async fn begin_with_own(&self, device: String) -> Result<Arc<Conversation>, NightstandError> {
        let (desk, device) = (Arc::clone(&self.0), crate::devices::id(&device)?);
        self.0.write(move |vault| Ok(Conversation::new(desk, vault.sync().begin_with_own(&device)?))).await
    }

    /// The same, to stay open while both are in use: see `begin_live()`.
    ///
    /// Errors: as `begin_with_own()`.
    pub async fn begin_live_with_own(&self, device: String) -> Result<Arc<Conversation>, NightstandError> {
        let (desk, device) = (Arc::clone(&self.0), crate::devices::id(&device)?);
        self.0.write(move |vault| Ok(Conversation::new(desk, vault.sync().begin_live_with_own(&device)?))).await
    }

    /// How many entries came that this version of the app can't use. They are kept and counted; a later version may know what to
    /// do with them. Worth a line on a screen, since something that was written can't be seen here.
    pub async fn set_aside(&self) -> Result<u64, NightstandError> {
        self.0.read(|vault| vault.sync().set_aside()).await
    }

    /// Answers a conversation that the partner's phone, or another device of one's own, begins. It waits for the first frame.
    ///
    /// Errors: `NotPaired`.
    pub async fn answer(&self) -> Result<Arc<Conversation>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(|vault| Ok(Conversation::new(desk, vault.sync().answer()?))).await
    }

    /// Begins a conversation that stays open while both apps are in use: what either of the two writes is with the other
    /// within moments. If the other side answers with `answer()`, it ends as any other.
    ///
    /// The app calls `poll_frame()` after every change of the vault, of which an observer tells, and at least every half
    /// minute, so that each side hears that the other is still there; `leave()` ends it.
    ///
    /// Errors: `NotPaired`.
    pub async fn begin_live(&self) -> Result<Arc<Conversation>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(|vault| Ok(Conversation::new(desk, vault.sync().begin_live()?))).await
    }

    /// Answers a conversation, and stays open if the other side wants that: see `begin_live()`.
    ///
    /// Errors: `NotPaired`.
    pub async fn answer_live(&self) -> Result<Arc<Conversation>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(|vault| Ok(Conversation::new(desk, vault.sync().answer_live()?))).await
    }
}

/// One conversation with the partner's phone. The core leads it over QUIC (`dial`, `accept`) or over a channel of the app's own
/// (`drive`). Or the app passes frames itself, whole and in order.
///
/// Who passes frames, until `is_over()`: send what `poll_frame()` gives until it gives none, then wait for a frame from the other phone and hand
/// it to `handle_frame()`. When the channel ends early, let go of it; nothing has to be said.
#[derive(uniffi::Object)]
pub struct Conversation(pub(crate) Led<CoreConversation>);

impl Conversation {
    fn new(desk: Arc<Desk>, conversation: CoreConversation) -> Arc<Self> {
        Arc::new(Self(Led::new(desk, conversation)))
    }
}

/// Where a conversation stands.
#[derive(Clone)]
pub struct Picture {
    is_over: bool,
    is_level: bool,
    report: SyncReport,
}

impl Shown for CoreConversation {
    type Picture = Picture;

    fn picture(&self) -> Self::Picture {
        Picture { is_over: self.is_over(), is_level: self.is_level(), report: self.report() }
    }
}

#[uniffi::export]
impl Conversation {
    /// Takes a frame of the other side in. What it brought is on disk when this returns.
    ///
    /// Errors end the conversation; what was committed stays. What `poll_frame()` still gives is sent before the channel closes:
    /// it tells the other phone why. `Refused` is for bytes that are not what they say and for a
    /// device that is not the partner's, `PeerTooNew` and `PeerTooOld` say which phone needs an update.
    pub async fn handle_frame(&self, frame: Vec<u8>) -> Result<(), NightstandError> {
        self.0.run(move |conversation| conversation.handle_frame(&frame)).await
    }

    /// The next frame to send; none until the other side has said more, or until something was written that a live
    /// conversation hands on.
    ///
    /// Errors: `Unreachable` when nothing came from the other side for two minutes.
    pub async fn poll_frame(&self) -> Result<Option<Vec<u8>>, NightstandError> {
        self.0.run(CoreConversation::poll_frame).await
    }

    /// Is there nothing more to do? As of the last call that has returned.
    pub fn is_over(&self) -> bool {
        self.0.picture().is_over
    }

    /// Do both sides have everything, and stay connected for what is written next? As of the last call that has returned.
    pub fn is_level(&self) -> bool {
        self.0.picture().is_level
    }

    /// Ends a live conversation once both sides have everything: each says goodbye when it has nothing more to send. Go on
    /// passing frames until `is_over()`.
    pub async fn leave(&self) -> Result<(), NightstandError> {
        self.0
            .run(|conversation| {
                conversation.leave();
                Ok(())
            })
            .await
    }

    /// What it has moved so far, as of the last call that has returned.
    pub fn report(&self) -> SyncReport {
        self.0.picture().report
    }
}

impl Cancel {
    /// What was handed in, or one that nobody uses.
    pub(crate) fn or_none(cancel: Option<Arc<Self>>) -> CoreCancel {
        cancel.map(|cancel| cancel.0.clone()).unwrap_or_default()
    }
}

/// Ends a long call from another thread. What was done before stays.
#[derive(uniffi::Object, Default)]
pub struct Cancel(CoreCancel);

#[uniffi::export]
impl Cancel {
    /// A handle that was not used yet, good for one call or several.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the calls that were given this handle, soon.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Was it used?
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// How a conversation ended.
#[uniffi::remote(Enum)]
pub enum SyncOutcome {
    /// Each has everything of the other.
    AllHandedOver,
    /// Something is still to come, or can't be taken by one side.
    NotYet,
}

/// What a conversation moved.
#[uniffi::remote(Record)]
pub struct SyncReport {
    /// How it ended; none while it goes on, or if it was cut off. Of a live conversation it is there while both have said
    /// all, and gone while something is under way.
    pub outcome: Option<SyncOutcome>,
    /// Bytes of the frames that this side sent.
    pub bytes_sent: u64,
    /// Bytes of the frames that this side received.
    pub bytes_received: u64,
    /// How often the word went to the other side and back.
    pub round_trips: u64,
    /// Entries of logs that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that the other side has acknowledged.
    pub entries_sent: u64,
    /// Entries of logs that came, are kept and can't be used by this version.
    pub set_aside: u64,
    /// Logs that were found to have two contents, as when an old copy of a vault was put back and written to. Of the
    /// partner's, nothing more is taken until theirs agrees again.
    pub forks: u64,
    /// Of this device's own such logs: how many were put right. Both what the partner has and what was written here since is
    /// kept; the latter goes on in new logs.
    pub repaired: u64,
    /// Something was learned of this person's devices, of the partner's, or of a parting on another own device: worth another
    /// look at `devices()`.
    pub devices_changed: bool,
}
