//! From phone to phone over QUIC.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nightstand::error::NightstandError as CoreError;
use nightstand::sync::{self as core, SyncReport};
use nightstand::transport::PipeError;
use nightstand::transport::iroh::{IrohRoad, RoadOptions as CoreOptions};

use crate::error::NightstandError;
use crate::pairing::{PairingState, PairingTalk};
use crate::sync::{Cancel, Conversation, Sync};
use crate::work::{apart, drop_apart, lock};

/// How a road is made.
#[derive(uniffi::Record, Default)]
pub struct RoadOptions {
    /// Where to listen, as in `192.168.1.7:4433`. None means every interface that there is, and any free port.
    #[uniffi(default)]
    pub listen: Option<SocketAddr>,
    /// Servers of the app's own that carry packets where neither phone reaches the other, each as in
    /// `https://relay.example.org`; `iroh-relay` is such a server. None by default. Both phones have to name the same one.
    ///
    /// What passes is encrypted twice. Who runs a relay sees both phones' endpoint ids and internet addresses, and when and how
    /// much passes.
    #[uniffi(default)]
    pub relays: Vec<String>,
    /// Find the other phone in the local network without an address, and be found. **It shows this phone's endpoint id and
    /// addresses to everybody in that network**, so ask the person first. It is there in a library that was built with the
    /// feature `mdns`. On iOS let the app's own Bonjour find the other phone, and hand in its addresses.
    #[uniffi(default = false)]
    pub mdns: bool,
}

impl RoadOptions {
    fn into_core(self) -> Result<CoreOptions, CoreError> {
        if self.mdns && !cfg!(feature = "mdns") {
            return Err(CoreError::Internal("this library was built without mDNS"));
        }
        let relays = self.relays.iter().map(|relay| relay.parse()).collect::<Result<_, _>>();
        let relays = relays.map_err(|what| CoreError::InvalidInput { what })?;
        Ok(CoreOptions { listen: self.listen, relays, mdns: self.mdns })
    }
}

/// This phone's end of QUIC: it listens while it lasts, and calls from there. One for syncing, under the bond's key; one for a
/// pairing, under a key of that pairing's alone.
///
/// Without relays and without mDNS it sends nothing unasked. Let go of it with `end()` when the app leaves the foreground, or
/// keep it and call `rebuild()` on coming back.
#[derive(uniffi::Object)]
pub struct Road(Mutex<Option<Arc<IrohRoad>>>);

impl Road {
    async fn make(key: [u8; 32], options: RoadOptions) -> Result<Arc<Self>, NightstandError> {
        apart(move || {
            let road = IrohRoad::bind_with(key, options.into_core()?)?;
            Ok(Arc::new(Self(Mutex::new(Some(Arc::new(road))))))
        })
        .await
    }

    pub(crate) fn core(&self) -> Result<Arc<IrohRoad>, CoreError> {
        lock(&self.0).clone().ok_or(CoreError::Closed)
    }

    /// Does something with it that may have to wait.
    async fn with<R: Send + 'static>(
        &self,
        what: impl FnOnce(&IrohRoad) -> Result<R, PipeError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        let road = self.core()?;
        apart(move || Ok(what(&road)?)).await
    }
}

#[uniffi::export]
impl Road {
    /// Where this phone can be reached in this moment: for the link of an invite, or for whatever means the app has to tell
    /// the other phone. None while there is no network.
    ///
    /// Errors: `Closed`.
    pub async fn addresses(&self) -> Result<Vec<SocketAddr>, NightstandError> {
        self.with(|road| Ok(road.addresses())).await
    }

    /// The system says that networks came or went. A conversation goes on from the new address if it can, which may take ten
    /// seconds; cancelling it and calling anew is quicker.
    ///
    /// Errors: `Closed`.
    pub async fn network_changed(&self) -> Result<(), NightstandError> {
        self.with(|road| {
            road.network_changed();
            Ok(())
        })
        .await
    }

    /// Makes it anew, with the same options and, if it is still to be had, the same port. Call it each time the app comes back
    /// to the foreground: after a suspension the sockets may be dead without a sign. What was open ends; whoever waits for a
    /// call waits on.
    ///
    /// Errors: `Unreachable` if the system gives no socket now, `Closed`.
    pub async fn rebuild(&self) -> Result<(), NightstandError> {
        self.with(IrohRoad::rebuild).await
    }

    /// Ends every conversation on it and lets go of the port. A second time it does nothing.
    ///
    /// Errors: none so far.
    pub async fn end(&self) -> Result<(), NightstandError> {
        let ended = lock(&self.0).take();
        apart(move || {
            if let Some(road) = ended {
                road.close();
            }
            Ok(())
        })
        .await
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        // It says goodbye, which takes a moment.
        if let Some(left) = lock(&self.0).take() {
            drop_apart(left);
        }
    }
}

#[uniffi::export]
impl Sync {
    /// Listens for the partner's phone, and calls it from there.
    ///
    /// Errors: `NotPaired`; `InvalidInput` for a relay's address that is none; `Unreachable` if the system gives no socket.
    pub async fn road(&self, options: RoadOptions) -> Result<Arc<Road>, NightstandError> {
        let key = self.0.read(|vault| vault.sync().endpoint_key()).await?;
        Road::make(key, options).await
    }
}

#[uniffi::export]
impl Conversation {
    /// Calls the partner's phone and leads the conversation to its end, for at most this long, or until it is cancelled. For one
    /// that was begun. `addresses` are those that the app knows: it may have found them by Bonjour or NSD. Relays and mDNS are
    /// tried besides, where the road has them.
    ///
    /// Errors: `Unreachable` when nobody answers, or the road ends early or the time is over; `Cancelled`; and those of
    /// `handle_frame`. What was committed stays, and a later conversation goes on from there.
    #[uniffi::method(default(cancel = None))]
    pub async fn dial(
        &self,
        road: Arc<Road>,
        addresses: Vec<SocketAddr>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<SyncReport, NightstandError> {
        let (road, cancel) = (road.core()?, Cancel::or_none(cancel));
        let lead = self.0.lead(move |talk| {
            let to = talk.look(|conversation| conversation.endpoint())?;
            let to = to.ok_or(CoreError::Internal("a conversation that answers calls nobody"))?;
            core::dial(talk, &road, to, &addresses, within, &cancel)
        });
        lead.await?;
        Ok(self.report())
    }

    /// Waits for the partner's call and leads the conversation to its end, for at most this long, or until it is cancelled. For
    /// one that answers. Anybody who reaches the port may call: who is not the partner is let go of, and the next one heard.
    ///
    /// Errors: `Unreachable` when nobody calls, or the road ends early or the time is over; `Cancelled`; and those of
    /// `handle_frame`. What was committed stays, and a later conversation goes on from there.
    #[uniffi::method(default(cancel = None))]
    pub async fn accept(
        &self,
        road: Arc<Road>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<SyncReport, NightstandError> {
        let (road, cancel) = (road.core()?, Cancel::or_none(cancel));
        let known = self.0.read(|vault| vault.sync().partner_endpoints()).await?;
        self.0.lead(move |talk| core::accept(talk, &road, Some(&known), within, &cancel)).await?;
        Ok(self.report())
    }
}

#[uniffi::export]
impl PairingTalk {
    /// Listens under a key of this pairing's alone: for the inviter, whose `link` takes the road's `addresses()`, and for who
    /// joins, to call from there. Let go of it when the pairing is over.
    ///
    /// Errors: `InvalidInput` for a relay's address that is none; `Unreachable` if the system gives no socket.
    pub async fn road(&self, options: RoadOptions) -> Result<Arc<Road>, NightstandError> {
        let key = self.0.run(|talk| Ok(talk.endpoint_key())).await?;
        Road::make(key, options).await
    }

    /// Calls the inviter, at the addresses that came with the invite, and leads the pairing to its end. For who joins. While it
    /// runs, look at `state()` now and then, show the code once there is one, and call `confirm` or `refuse`.
    ///
    /// Errors: `Unreachable` when nobody answers, or the road ends early or the time is over; `Cancelled`; and those of
    /// `handle_frame`.
    #[uniffi::method(default(cancel = None))]
    pub async fn dial(
        &self,
        road: Arc<Road>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<PairingState, NightstandError> {
        let (road, cancel) = (road.core()?, Cancel::or_none(cancel));
        let lead = self.0.lead(move |talk| {
            let inviter = talk.look(|pairing| pairing.inviter_endpoint())?;
            let (to, addresses) = inviter.ok_or(CoreError::Internal("an inviter calls nobody"))?;
            core::dial(talk, &road, to, &addresses, within, &cancel)
        });
        lead.await?;
        Ok(self.state())
    }

    /// Waits for whoever takes the invite up, and leads the pairing to its end. For the inviter. While it runs, do as with
    /// `dial`. Who calls without the invite is let go of, and the next one heard.
    ///
    /// Errors: `Unreachable` when nobody calls, or the road ends early or the time is over; `Cancelled`; and those of
    /// `handle_frame`.
    #[uniffi::method(default(cancel = None))]
    pub async fn accept(
        &self,
        road: Arc<Road>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<PairingState, NightstandError> {
        let (road, cancel) = (road.core()?, Cancel::or_none(cancel));
        self.0.lead(move |talk| core::accept(talk, &road, None, within, &cancel)).await?;
        Ok(self.state())
    }
}
