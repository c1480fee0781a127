//! From phone to phone over QUIC, with iroh: direct addresses, no relay, no discovery, nothing sent unasked.
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
//! # On phones
//!
//! Make the road anew at each resume: after a suspension its socket may be dead without a sign. Hand on what the
//! system says of changed networks with [`IrohRoad::network_changed`]. On Android, give iroh's JNI context before the
//! first road.
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

mod listen;
mod pipe;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::iroh::endpoint::{BindError, PortmapperConfig, QuicTransportConfig, VarInt, presets};
use ::iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey, Watcher};
use tokio::runtime::{self, Handle, Runtime};
use zeroize::Zeroizing;

use self::listen::Arrival;
pub use self::pipe::IrohPipe;
use super::{CLOSE_PATIENCE, PipeError};

/// The protocol's name in QUIC's handshake.
const ALPN: &[u8] = b"nightstand/1";

/// Threads of the road's runtime. A second one was no faster.
const WORKERS: usize = 1;

/// How long binding may take, and how long it waits for the local addresses to be known.
const BIND_PATIENCE: Duration = Duration::from_secs(5);
const ADDRESS_PATIENCE: Duration = Duration::from_millis(500);

/// How long the network may be silent before the road is over. iroh sends a sign of life every five seconds.
const SILENCE: VarInt = VarInt::from_u32(15_000);

/// Most bytes on their way in one conversation, each way: a tenth of a second at 80 Mbit/s.
const WINDOW: u32 = 1024 * 1024;

/// The same until somebody took the conversation.
const FIRST_WINDOW: u32 = 128 * 1024;

/// This device's end of all its QUIC conversations.
pub struct IrohRoad {
    endpoint: Endpoint,
    arrivals: Mutex<Receiver<Arrival>>,
    /// None only while dropping.
    runtime: Option<Runtime>,
}

impl IrohRoad {
    /// Listens at an address, under the endpoint key whose Ed25519 seed this is. `0.0.0.0:0` means every interface that
    /// has an IPv4 address, and any free port.
    ///
    /// # Errors
    ///
    /// [`PipeError::Io`] if the system gives no thread or no socket.
    pub fn bind(endpoint_secret: [u8; 32], listen: SocketAddr) -> Result<Self, PipeError> {
        let secret = Zeroizing::new(endpoint_secret);
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("nightstand-road")
            .enable_all()
            .build()
            .map_err(|error| PipeError::Io(error.kind()))?;
        let key = SecretKey::from_bytes(&secret);
        let bound = wait_for(runtime.handle(), BIND_PATIENCE, bind_endpoint(key, listen));
        let Some(Ok(endpoint)) = bound else {
            runtime.shutdown_background();
            return Err(bound.and_then(Result::err).unwrap_or(PipeError::Io(ErrorKind::TimedOut)));
        };
        let (sender, arrivals) = mpsc::channel();
        runtime.spawn(listen::listen(endpoint.clone(), sender));
        Ok(Self { endpoint, arrivals: Mutex::new(arrivals), runtime: Some(runtime) })
    }

    /// The public key that others dial.
    pub fn endpoint_id(&self) -> [u8; 32] {
        *self.endpoint.id().as_bytes()
    }

    /// Where others in reach may find this device: the address it listens at, or those of its interfaces if it listens
    /// at all of them.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let known: Vec<_> = self.endpoint.addr().ip_addrs().copied().collect();
        if known.is_empty() { self.endpoint.bound_sockets() } else { known }
    }

    /// Opens a conversation with the holder of an endpoint key, trying these addresses for at most this long. The other
    /// side hears of it with the first frame.
    ///
    /// # Errors
    ///
    /// [`PipeError::Unreachable`] if nobody with that key answered, [`PipeError::Closed`] if this road is closed.
    pub fn dial(&self, peer: [u8; 32], addresses: &[SocketAddr], wait: Duration) -> Result<IrohPipe, PipeError> {
        let peer = EndpointId::from_bytes(&peer).map_err(|_| PipeError::Unreachable)?;
        let to = addresses.iter().fold(EndpointAddr::new(peer), |to, address| to.with_ip_addr(*address));
        let endpoint = self.endpoint.clone();
        let dialled = wait_for(self.handle()?, wait, async move {
            let connection = endpoint.connect(to, ALPN).await.ok()?;
            let (send, receive) = connection.open_bi().await.ok()?;
            Some((connection, send, receive))
        });
        match dialled.flatten() {
            Some((connection, send, receive)) => Ok(IrohPipe::new(self.handle()?, connection, send, receive)),
            None if self.endpoint.is_closed() => Err(PipeError::Closed),
            None => Err(PipeError::Unreachable),
        }
    }

    /// The next conversation that somebody opened, or `None` if nobody did in this time. One thread at a time: a second
    /// one first waits until the first is served.
    ///
    /// # Errors
    ///
    /// [`PipeError::Closed`] if this road is closed.
    pub fn accept(&self, wait: Duration) -> Result<Option<IrohPipe>, PipeError> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        loop {
            match arrivals.recv_timeout(wait.saturating_sub(began.elapsed())) {
                Ok(gone) if gone.connection.close_reason().is_some() => {}
                Ok(Arrival { connection, send, receive, .. }) => {
                    return Ok(Some(IrohPipe::new(self.handle()?, connection, send, receive)));
                }
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(PipeError::Closed),
            }
        }
    }

    /// The system says that networks came or went.
    pub fn network_changed(&self) {
        if let Ok(handle) = self.handle() {
            let endpoint = self.endpoint.clone();
            handle.spawn(async move { endpoint.network_change().await });
        }
    }

    /// Ends every conversation and lets go of the port, within [`CLOSE_PATIENCE`]. Dropping the road does the same.
    pub fn close(&self) {
        if let (Ok(handle), false) = (self.handle(), self.endpoint.is_closed()) {
            let endpoint = self.endpoint.clone();
            wait_for(handle, CLOSE_PATIENCE, async move { endpoint.close().await });
        }
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

async fn bind_endpoint(key: SecretKey, listen: SocketAddr) -> Result<Endpoint, PipeError> {
    let endpoint = Endpoint::builder(presets::Minimal)
        .secret_key(key)
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .portmapper_config(PortmapperConfig::Disabled)
        .transport_config(transport())
        .clear_ip_transports()
        .bind_addr(listen)
        .map_err(|_| PipeError::Io(ErrorKind::InvalidInput))?
        .bind()
        .await
        .map_err(|error| match error {
            BindError::Sockets { source, .. } => PipeError::Io(source.kind()),
            _ => PipeError::Io(ErrorKind::Other),
        })?;
    let mut known = endpoint.watch_addr();
    let addresses = async { while known.get().is_empty() && known.updated().await.is_ok() {} };
    // Without any interface there may be none: then the bound socket must do.
    let _known_or_not = tokio::time::timeout(ADDRESS_PATIENCE, addresses).await;
    Ok(endpoint)
}

fn transport() -> QuicTransportConfig {
    QuicTransportConfig::builder()
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None)
        .stream_receive_window(VarInt::from_u32(WINDOW))
        .receive_window(VarInt::from_u32(FIRST_WINDOW))
        .send_window(WINDOW.into())
        .max_idle_timeout(Some(SILENCE.into()))
        // Its probes double what an idle sync costs; the larger packets save one byte in two hundred of a large one.
        .mtu_discovery_config(None)
        // It lets who watches the network read the round trips.
        .allow_spin(false)
        .build()
}

/// Lets the runtime do something and waits for it on this thread. What is not done in time is dropped.
fn wait_for<T: Send + 'static>(
    handle: &Handle,
    wait: Duration,
    future: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let task = handle.spawn(async move {
        // Nobody waits any more: it is dropped here.
        let _unwanted = sender.send(future.await);
    });
    let done = receiver.recv_timeout(wait).ok();
    task.abort();
    done
}
