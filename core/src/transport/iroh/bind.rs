//! Makes an endpoint as the options say.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use ::iroh::endpoint::{BindError, BindOpts, Builder, PortmapperConfig, QuicTransportConfig, VarInt, presets};
use ::iroh::{Endpoint, RelayMode, SecretKey, Watcher};

use super::options::RoadOptions;
use super::{ALPN, WINDOW};
use crate::transport::PipeError;

/// How long binding waits for the local addresses to be known.
const ADDRESS_PATIENCE: Duration = Duration::from_millis(500);

/// How long the network may be silent before the road is over. iroh sends a sign of life every five seconds.
const SILENCE: VarInt = VarInt::from_u32(15_000);

/// Most bytes on their way in one conversation, towards this side, until somebody took the conversation.
const FIRST_WINDOW: u32 = 128 * 1024;

/// Binds at the sockets it had before, or as the options say if it had none.
pub(super) async fn endpoint(
    key: SecretKey,
    options: RoadOptions,
    before: Vec<SocketAddr>,
) -> Result<Endpoint, PipeError> {
    let relays = options.relays.iter().map(|relay| relay.0.clone());
    let builder = Endpoint::builder(presets::Minimal)
        .secret_key(key)
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(if options.relays.is_empty() { RelayMode::Disabled } else { RelayMode::custom(relays) })
        .clear_address_lookup()
        .portmapper_config(PortmapperConfig::Disabled)
        .transport_config(transport());
    let endpoint = at(builder, options.listen, &before)?.bind().await.map_err(|error| match error {
        BindError::Sockets { source, .. } => PipeError::Io(source.kind()),
        _ => PipeError::Io(ErrorKind::Other),
    })?;
    #[cfg(feature = "mdns")]
    if options.mdns {
        be_found(&endpoint);
    }
    let mut known = endpoint.watch_addr();
    let addresses = async { while known.get().ip_addrs().next().is_none() && known.updated().await.is_ok() {} };
    // Without any interface there may be none: then the bound socket must do.
    let _known_or_not = tokio::time::timeout(ADDRESS_PATIENCE, addresses).await;
    Ok(endpoint)
}

/// Where to listen. An IPv6 socket that it had beside another may be gone with its network.
fn at(builder: Builder, listen: Option<SocketAddr>, before: &[SocketAddr]) -> Result<Builder, PipeError> {
    let sockets = if before.is_empty() { listen.as_slice() } else { before };
    let builder = if sockets.is_empty() { builder } else { builder.clear_ip_transports() };
    sockets
        .iter()
        .try_fold(builder, |builder, socket| {
            let required = listen.is_some() || socket.is_ipv4();
            builder.bind_addr_with_opts(*socket, BindOpts::default().set_is_required(required))
        })
        .map_err(|_| PipeError::Io(ErrorKind::InvalidInput))
}

/// Under iroh's own name of the service, which tells the network no more than that some app here uses iroh. Where multicast
/// can't begin, the road does without.
#[cfg(feature = "mdns")]
fn be_found(endpoint: &Endpoint) {
    let lookup = iroh_mdns_address_lookup::MdnsAddressLookup::builder().build(endpoint.id());
    if let (Ok(lookup), Ok(services)) = (lookup, endpoint.address_lookup()) {
        services.add(lookup);
    }
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
