//! One sync over whatever roads are up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use nightstand::mailbox::Folder;
use nightstand::sync::{Attention, MailboxTrouble, OnceReport, SyncOutcome, Way};

use crate::channel::{Channel, pipe};
use crate::error::NightstandError;
use crate::mailbox::{Storage, storage};
use crate::road::Road;
use crate::server::MailboxServer;
use crate::sync::{Cancel, Sync};
use crate::work::{Held, apart};

/// The roads that are up at this moment, for `once()`. What the app has not is left out.
#[derive(uniffi::Record)]
pub struct Ways {
    /// A channel that is connected to the partner's phone, which answers there.
    #[uniffi(default)]
    pub channel: Option<Arc<dyn Channel>>,
    /// For a channel that takes less than a frame at once: see `drive()`.
    #[uniffi(default)]
    pub piece_bytes: Option<u32>,
    /// QUIC: the partner's devices and own ones are called.
    #[uniffi(default)]
    pub road: Option<Arc<Road>>,
    /// Where the app found somebody, for `road`. Who answers is known by their key, so an address may be anybody's. Relays and
    /// mDNS are tried besides, where the road has them.
    #[uniffi(default)]
    pub addresses: Vec<SocketAddr>,
    /// A mailbox on a storage of the app's own.
    #[uniffi(default)]
    pub storage: Option<Arc<dyn Storage>>,
    /// A mailbox in this folder.
    #[uniffi(default)]
    pub folder: Option<String>,
    /// A mailbox on a server.
    #[uniffi(default)]
    pub server: Option<MailboxServer>,
}

#[uniffi::export]
impl Sync {
    /// Syncs over whatever is up, the best road first: a connected channel, then calls over QUIC, then a mailbox. For a background
    /// task: it ends when all is handed over or the time is over, may be stopped at any byte, and the next one goes on from
    /// there. The other phone has to answer (`answer()`, with `accept()` or `drive()`); a mailbox needs nobody.
    ///
    /// Who does not answer is no error. Errors: `NotPaired` where there is neither a partner nor another own device; `Cancelled`;
    /// `Closed` for a road that has ended; `InvalidInput` for a server as of `use_mailbox_server()`; and those of the vault. In every case what was committed stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn once(
        &self,
        ways: Ways,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<OnceReport, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        let road = ways.road.map(|road| road.core()).transpose()?;
        let server = ways.server.map(|server| server.storage(self.0.vault())).transpose()?;
        let mut pipe = ways.channel.map(|channel| pipe(Held::new(channel), ways.piece_bytes));
        apart(move || {
            let mut up = Vec::new();
            up.extend(pipe.as_mut().map(|pipe| Way::Pipe(pipe)));
            up.extend(road.as_ref().map(|road| Way::Road { road, addresses: &ways.addresses }));
            up.extend(ways.storage.map(|own| Way::Mailbox(storage(own))));
            up.extend(ways.folder.map(|path| Way::Mailbox(Arc::new(Folder::new(path)))));
            up.extend(server.map(Way::Mailbox));
            vault.sync().once(up, within, &cancel)
        })
        .await
    }

    /// For a screen: has the partner's phone everything, as far as this one knows? It stands until something is written or comes
    /// from an own device, over restarts too. It says nothing of what the partner has written since.
    ///
    /// Errors: `NotPaired`.
    pub async fn status(&self) -> Result<SyncOutcome, NightstandError> {
        self.0.read(|vault| vault.sync().status()).await
    }
}

/// What a sync can't mend by itself.
#[uniffi::remote(Enum)]
pub enum Attention {
    /// This app is to be updated: the other phone has a newer version.
    UpdateThisPhone,
    /// The other phone's app is to be updated.
    UpdateOtherPhone,
    /// This phone was taken off its person's list of devices.
    ThisPhoneRemoved,
}

/// What one sync came to.
#[uniffi::remote(Record)]
pub struct OnceReport {
    /// What is known of the partner's phone. Where there is no partner, of one's own devices.
    pub outcome: SyncOutcome,
    /// A device of the partner's or an own one was talked to.
    pub met: bool,
    /// What a mailbox did not do.
    pub trouble: Option<MailboxTrouble>,
    /// What only a person can mend, where somebody was met.
    pub attention: Option<Attention>,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that others acknowledged or that were left in a mailbox.
    pub entries_sent: u64,
    /// Something was learned of this person's devices, of the partner's, or of a parting on another own device: worth another look
    /// at `devices()`.
    pub devices_changed: bool,
}
