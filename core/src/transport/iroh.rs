//! From phone to phone over QUIC, with iroh: direct addresses, and beyond those only what the app asks for. Without relays
//! and without mDNS nothing is sent unasked.
//!
//! ```text
//!   a thread of the core                    the road's runtime (its own threads)
//!   ────────────────────                    ────────────────────────────────────
//!   IrohRoad::dial, accept  ◀──────────────  listener: at most 16 connections that nobody took
//!   IrohPipe::send     ──── frames ───────▶  writer ──┐
//!                      ◀─── written n ─────           ├── one QUIC stream
//!   IrohPipe::receive  ◀─── frame, end ────  reader ──┘
//! ```
//!
//! Each conversation is a QUIC connection with one stream both ways; a frame follows its length in two bytes, the low
//! one first. Callers block on ordinary channels and never on the runtime, so they may be any thread, and a frame that
//! is half there stays with its reader.
//!
//! Two small frames, there and back, cost about 9 KB of UDP payload in all, and 7 KB if the two roads met before; many
//! large ones 2.8 % more than their bytes. Most of the 9 KB is QUIC's handshake, which pads its packets to 1,200 bytes.
//!
//! # What it lets others do
//!
//! TLS inside QUIC proves that the other side holds the key of its endpoint id, and nothing more: **anybody who reaches
//! the port may connect**. Ask [`IrohPipe::remote`], and let the Noise session decide. Until somebody takes it, a
//! connection costs little: at most 16 are kept, each with at most 128 KiB, and none for longer than ten seconds
//! without a first frame; half of the places go only to who shows that the address is theirs. Who fills all places
//! keeps others out for as long as they go on, which anyone in the same network could do by other means.
//!
//! A connected side, stranger or not, can learn the addresses that this device listens at: iroh tells them while it
//! looks for better paths. iroh also writes ids and addresses to `tracing`; an app leaves that without a subscriber.
//!
//! # Relays
//!
//! A relay carries packets between two phones of which neither can reach the other, as when both are behind their
//! provider's NAT. It is a server of the app's own, named in [`RoadOptions::relays`]; there is none by default, and both
//! phones have to know the same one, since each calls the other at every relay that it knows itself. What passes is
//! encrypted twice, by QUIC and by Noise. Who runs the relay sees both endpoint ids and internet addresses, and when and
//! how much passes; with a relay the phone also keeps a connection to it open, and asks it now and then by which address
//! it is seen. Where a direct way is found meanwhile, it is taken. Nothing here waits until a relay has answered: the
//! road is there at once, and a direct call needs no internet.
//!
//! # mDNS
//!
//! With [`RoadOptions::mdns`], phones in one local network find each other by endpoint id, without an address. It is off
//! unless asked for, **since it shows the endpoint id and the addresses of this phone to everybody in that network**, for
//! as long as the road is there: who watches two networks can tell that the same phone is in both. It needs the feature
//! `mdns`, and a network that lets multicast through; where it can't begin, the road is there without it. On iOS an app
//! needs Apple's leave for multicast, so let the app's own Bonjour find the other phone, and hand in its addresses.
//!
//! # On phones
//!
//! Call [`IrohRoad::rebuild`] at each resume: after a suspension the sockets may be dead without a sign. Hand on what the
//! system says of changed networks with [`IrohRoad::network_changed`]; a conversation goes on from the new address where
//! it can, and where it can't, the next one goes on from what was committed. On Android, give iroh's JNI context before
//! the first road.
//!
//! ```
//! use std::time::Duration;
//! use nightstand::transport::Pipe;
//! use nightstand::transport::iroh::IrohRoad;
//!
//! let here = "127.0.0.1:0".parse().expect("an address");
//! let (alex, sam) = (IrohRoad::bind([1; 32], here)?, IrohRoad::bind([2; 32], here)?);
//! let wait = Duration::from_secs(5);
//!
//! let mut to_sam = alex.dial(sam.endpoint_id(), &sam.addresses(), wait)?;
//! to_sam.send(b"who dials speaks first")?;
//! let mut from_alex = sam.accept(wait)?.expect("alex called");
//! assert_eq!(from_alex.remote(), alex.endpoint_id());
//! assert_eq!(from_alex.receive(wait)?, Some(b"who dials speaks first".to_vec()));
//! # Ok::<(), nightstand::transport::PipeError>(())
//! ```

mod bind;
mod listen;
mod options;
mod pipe;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use ::iroh::{Endpoint, EndpointAddr, EndpointId, SecretKey};
use tokio::runtime::{self, Handle, Runtime};
use zeroize::Zeroizing;

use self::listen::Arrival;
pub use self::options::{Relay, RoadOptions};
pub use self::pipe::IrohPipe;
use super::{CLOSE_PATIENCE, GLANCE, PipeError};
use crate::cancel::Cancel;

/// The protocol's name in QUIC's handshake.
const ALPN: &[u8] = b"nightstand/1";

/// Threads of the road's runtime. A second one was no faster.
const WORKERS: usize = 1;

/// How long binding may take.
const BIND_PATIENCE: Duration = Duration::from_secs(5);

/// How long an endpoint that is about to be replaced may say goodbye. After a suspension nobody hears it.
const FAREWELL: Duration = Duration::from_millis(200);

/// How long it waits for its port to be free again, and how often it looks.
const PORT_PATIENCE: Duration = Duration::from_secs(1);
const PORT_GLANCE: Duration = Duration::from_millis(10);

/// Most bytes on their way in one conversation, each way: a tenth of a second at 80 Mbit/s.
const WINDOW: u32 = 1024 * 1024;

/// This device's end of all its QUIC conversations.
pub struct IrohRoad {
    key: SecretKey,
    options: RoadOptions,
    /// None where a rebuild found no network to listen at.
    endpoint: RwLock<Option<Endpoint>>,
    /// How often it was rebuilt: who dialled before has to do it again.
    rebuilt: AtomicU64,
    closed: AtomicBool,
    /// Whoever called, over all rebuilds.
    callers: Sender<Arrival>,
    arrivals: Mutex<Receiver<Arrival>>,
    /// None only while dropping.
    runtime: Option<Runtime>,
}

impl IrohRoad {
    /// Listens at an address, under the endpoint key whose Ed25519 seed this is. `0.0.0.0:0` means every interface that
    /// has an IPv4 address, and any free port. No relay, no mDNS.
    ///
    /// # Errors
    ///
    /// [`PipeError::Io`] if the system gives no thread or no socket.
    pub fn bind(endpoint_secret: [u8; 32], listen: SocketAddr) -> Result<Self, PipeError> {
        Self::bind_with(endpoint_secret, RoadOptions { listen: Some(listen), ..RoadOptions::default() })
    }

    /// Makes the road that these options describe, under the endpoint key whose Ed25519 seed this is.
    ///
    /// # Errors
    ///
    /// [`PipeError::Io`] if the system gives no thread or no socket; of the kind `Unsupported` if mDNS is asked for and the
    /// feature is not there.
    pub fn bind_with(endpoint_secret: [u8; 32], options: RoadOptions) -> Result<Self, PipeError> {
        options.check()?;
        let secret = Zeroizing::new(endpoint_secret);
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("nightstand-road")
            .enable_all()
            .build()
            .map_err(|error| PipeError::Io(error.kind()))?;
        let (callers, arrivals) = mpsc::channel();
        let road = Self {
            key: SecretKey::from_bytes(&secret),
            options,
            endpoint: RwLock::new(None),
            rebuilt: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            callers,
            arrivals: Mutex::new(arrivals),
            runtime: Some(runtime),
        };
        let endpoint = road.listen(&[])?;
        *road.endpoint.write().unwrap_or_else(PoisonError::into_inner) = Some(endpoint);
        Ok(road)
    }

    /// Makes the endpoint anew, with the same key, the same options and, if it is still to be had, the same port. For
    /// each resume: after a suspension the sockets may be dead without a sign. Conversations that were open end; whoever
    /// waits in [`Self::accept`] or [`Self::dial`] waits on, at the new endpoint.
    ///
    /// # Errors
    ///
    /// [`PipeError::Io`] if the system gives no socket: nobody is reached until a later call succeeds.
    /// [`PipeError::Closed`] if this road was closed.
    pub fn rebuild(&self) -> Result<(), PipeError> {
        let mut place = self.endpoint.write().unwrap_or_else(PoisonError::into_inner);
        if self.is_closed() {
            return Err(PipeError::Closed);
        }
        self.rebuilt.fetch_add(1, Ordering::SeqCst);
        let mut before = Vec::new();
        if let Some(old) = place.take() {
            before = old.bound_sockets();
            wait_for(self.handle()?, FAREWELL, None, async move { old.close().await });
        }
        *place = Some(self.listen_again(&before)?);
        Ok(())
    }

    /// An endpoint at the port of the one before, which may need a moment to be free.
    fn listen_again(&self, before: &[SocketAddr]) -> Result<Endpoint, PipeError> {
        let began = Instant::now();
        loop {
            match self.listen(before) {
                Err(PipeError::Io(ErrorKind::AddrInUse)) if began.elapsed() < PORT_PATIENCE => {
                    thread::sleep(PORT_GLANCE)
                }
                Err(_) => return self.listen(&[]),
                again => return again,
            }
        }
    }

    /// An endpoint that is listened at: at the addresses it had, if it had any.
    fn listen(&self, before: &[SocketAddr]) -> Result<Endpoint, PipeError> {
        let handle = self.handle()?;
        let bound = bind::endpoint(self.key.clone(), self.options.clone(), before.to_vec());
        let bound = wait_for(handle, BIND_PATIENCE, None, bound);
        let endpoint = bound.unwrap_or(Err(PipeError::Io(ErrorKind::TimedOut)))?;
        handle.spawn(listen::listen(endpoint.clone(), self.callers.clone()));
        Ok(endpoint)
    }

    /// The public key that others dial.
    pub fn endpoint_id(&self) -> [u8; 32] {
        *self.key.public().as_bytes()
    }

    /// Where others in reach may find this device: the addresses it listens at, or those of its interfaces if it listens
    /// at all of them. None while there is no network.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let Some(endpoint) = self.endpoint() else { return Vec::new() };
        let known: Vec<_> = endpoint.addr().ip_addrs().copied().collect();
        if known.is_empty() { endpoint.bound_sockets() } else { known }
    }

    /// Opens a conversation with the holder of an endpoint key, trying these addresses, and the road's relays, for at most
    /// this long. The other side hears of it with the first frame.
    ///
    /// # Errors
    ///
    /// [`PipeError::Unreachable`] if nobody with that key answered, [`PipeError::Closed`] if this road is closed.
    pub fn dial(&self, peer: [u8; 32], addresses: &[SocketAddr], wait: Duration) -> Result<IrohPipe, PipeError> {
        self.dial_unless(&Cancel::new(), peer, addresses, wait)
    }

    /// [`Self::dial`], until it is cancelled.
    ///
    /// # Errors
    ///
    /// As `dial`, and [`PipeError::Cancelled`].
    pub fn dial_unless(
        &self,
        cancel: &Cancel,
        peer: [u8; 32],
        addresses: &[SocketAddr],
        wait: Duration,
    ) -> Result<IrohPipe, PipeError> {
        let peer = EndpointId::from_bytes(&peer).map_err(|_| PipeError::Unreachable)?;
        let to = addresses.iter().fold(EndpointAddr::new(peer), |to, address| to.with_ip_addr(*address));
        let to = self.options.relays.iter().fold(to, |to, relay| to.with_relay_url(relay.0.clone()));
        let began = Instant::now();
        loop {
            let rebuilt = self.rebuilt.load(Ordering::SeqCst);
            let (Some(endpoint), to) = (self.endpoint(), to.clone()) else { return Err(self.not_reached()) };
            let left = wait.saturating_sub(began.elapsed());
            let dialled = wait_for(self.handle()?, left, Some(cancel), async move {
                let connection = endpoint.connect(to, ALPN).await.ok()?;
                let (send, receive) = connection.open_bi().await.ok()?;
                Some((connection, send, receive))
            });
            match dialled.flatten() {
                Some((connection, send, receive)) => {
                    return Ok(IrohPipe::new(self.handle()?, connection, send, receive));
                }
                None if cancel.is_cancelled() => return Err(PipeError::Cancelled),
                None if rebuilt != self.rebuilt.load(Ordering::SeqCst) && began.elapsed() < wait => {}
                None => return Err(self.not_reached()),
            }
        }
    }

    /// The next conversation that somebody opened, or `None` if nobody did in this time. One thread at a time: a second
    /// one first waits until the first is served.
    ///
    /// # Errors
    ///
    /// [`PipeError::Closed`] if this road is closed.
    pub fn accept(&self, wait: Duration) -> Result<Option<IrohPipe>, PipeError> {
        self.accept_unless(&Cancel::new(), wait)
    }

    /// [`Self::accept`], until it is cancelled.
    ///
    /// # Errors
    ///
    /// As `accept`, and [`PipeError::Cancelled`].
    pub fn accept_unless(&self, cancel: &Cancel, wait: Duration) -> Result<Option<IrohPipe>, PipeError> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        loop {
            if self.is_closed() {
                return Err(PipeError::Closed);
            }
            if cancel.is_cancelled() {
                return Err(PipeError::Cancelled);
            }
            let left = wait.saturating_sub(began.elapsed());
            match arrivals.recv_timeout(left.min(GLANCE)) {
                Ok(gone) if gone.connection.close_reason().is_some() => {}
                Ok(Arrival { connection, send, receive, .. }) => {
                    return Ok(Some(IrohPipe::new(self.handle()?, connection, send, receive)));
                }
                Err(RecvTimeoutError::Timeout) if left > GLANCE => {}
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(PipeError::Closed),
            }
        }
    }

    /// The system says that networks came or went.
    pub fn network_changed(&self) {
        if let (Ok(handle), Some(endpoint)) = (self.handle(), self.endpoint()) {
            handle.spawn(async move { endpoint.network_change().await });
        }
    }

    /// Ends every conversation and lets go of the port, within [`CLOSE_PATIENCE`]. Dropping the road does the same.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        let endpoint = self.endpoint.write().unwrap_or_else(PoisonError::into_inner).take();
        if let (Ok(handle), Some(endpoint)) = (self.handle(), endpoint) {
            wait_for(handle, CLOSE_PATIENCE, None, async move { endpoint.close().await });
        }
    }

    fn endpoint(&self) -> Option<Endpoint> {
        self.endpoint.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn not_reached(&self) -> PipeError {
        if self.is_closed() { PipeError::Closed } else { PipeError::Unreachable }
    }

    fn handle(&self) -> Result<&Handle, PipeError> {
        self.runtime.as_ref().map(Runtime::handle).ok_or(PipeError::Closed)
    }
}

impl Drop for IrohRoad {
    fn drop(&mut self) {
        self.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lets the runtime do something and waits for it on this thread. What is not done in time, or is cancelled, is dropped.
fn wait_for<T: Send + 'static>(
    handle: &Handle,
    wait: Duration,
    cancel: Option<&Cancel>,
    future: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let task = handle.spawn(async move {
        // Nobody waits any more: it is dropped here.
        let _unwanted = sender.send(future.await);
    });
    let began = Instant::now();
    let done = loop {
        let left = wait.saturating_sub(began.elapsed());
        let glance = if cancel.is_some() { left.min(GLANCE) } else { left };
        match receiver.recv_timeout(glance) {
            Err(RecvTimeoutError::Timeout) if left > glance && !cancel.is_some_and(Cancel::is_cancelled) => {}
            done => break done.ok(),
        }
    };
    task.abort();
    done
}
