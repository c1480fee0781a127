//! A relay of one's own: iroh's server, as it is.

use std::net::SocketAddr;

use iroh_relay::server::{RelayConfig, Server, ServerConfig};
use tokio::runtime::{Builder, Runtime};

use crate::namespaces::inside;

/// A relay while it lasts.
pub(crate) struct Running {
    server: Option<Server>,
    runtime: Runtime,
}

/// Runs one in the namespace `relay`.
pub(crate) fn run(address: SocketAddr) -> Running {
    inside("relay", || {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut config = ServerConfig::default();
        config.relay = Some(RelayConfig::new(address));
        let server = runtime.block_on(Server::spawn(config)).unwrap();
        Running { server: Some(server), runtime }
    })
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            let _ended = self.runtime.block_on(server.shutdown());
        }
    }
}
