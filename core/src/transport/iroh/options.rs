//! How a road is made.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::str::FromStr;

use ::iroh::RelayUrl;

use crate::error::InvalidInput;
use crate::transport::PipeError;

/// How a road is made, at first and at each [`rebuild`](super::IrohRoad::rebuild).
#[derive(Clone, Default)]
pub struct RoadOptions {
    /// Where to listen. None means every interface, with IPv4 and, where there is one, IPv6, and any free port.
    pub listen: Option<SocketAddr>,
    /// Servers of the app's own that carry packets where neither phone reaches the other. None by default. Of several, a
    /// phone stays connected to one that answers soon. See the [module](super) for what they learn.
    pub relays: Vec<Relay>,
    /// Find and be found in the local network. **It shows this phone's endpoint id to everybody there.** See the
    /// [module](super).
    pub mdns: bool,
}

impl RoadOptions {
    pub(super) fn check(&self) -> Result<(), PipeError> {
        let can = !self.mdns || cfg!(feature = "mdns");
        if can { Ok(()) } else { Err(PipeError::Io(ErrorKind::Unsupported)) }
    }
}

/// Where a relay is: an address such as `https://relay.example.org`. One that begins with `http:` is for tests: who watches
/// the network then reads which two endpoints talk.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay(pub(super) RelayUrl);

impl FromStr for Relay {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: RelayUrl = text.parse().map_err(|_| InvalidInput::Address)?;
        let good = matches!(url.scheme(), "https" | "http") && url.has_host();
        if good { Ok(Self(url)) } else { Err(InvalidInput::Address) }
    }
}
