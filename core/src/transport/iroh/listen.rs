//! Takes connections in, up to a bound, until somebody asks for them.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use ::iroh::Endpoint;
use ::iroh::endpoint::{Accepting, Connection, RecvStream, SendStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Connections that are shaking hands, are silent, or wait to be taken.
pub(super) const PLACES: usize = 16;

/// So many of them may have sent from an address that is not theirs.
const UNPROVEN: usize = PLACES / 2;

/// How long a connection may take until its first frame begins.
const FIRST_FRAME_PATIENCE: Duration = Duration::from_secs(10);

/// A conversation that nobody took yet.
pub(super) struct Arrival {
    pub(super) connection: Connection,
    pub(super) send: SendStream,
    pub(super) receive: RecvStream,
    /// Dropped, and so given back, when the conversation is taken.
    _place: OwnedSemaphorePermit,
}

/// Serves until the endpoint is closed. Nothing here may wait, or datagrams of strangers would pile up before it.
pub(super) async fn listen(endpoint: Endpoint, arrivals: Sender<Arrival>) {
    let places = Arc::new(Semaphore::new(PLACES));
    while let Some(incoming) = endpoint.accept().await {
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            incoming.refuse();
            continue;
        };
        if places.available_permits() < PLACES - UNPROVEN && !incoming.remote_addr_validated() {
            // Costs nothing to remember; who can receive at that address comes again.
            let _refused = incoming.retry();
            continue;
        }
        let Ok(accepting) = incoming.accept() else { continue };
        let arrivals = arrivals.clone();
        tokio::spawn(async move {
            if let Ok(Some(arrival)) = timeout(FIRST_FRAME_PATIENCE, greet(accepting, place)).await {
                // If the road is gone, so is the connection.
                let _road_gone = arrivals.send(arrival);
            }
        });
    }
}

/// Waits until the other side proved its key and began its first frame.
async fn greet(accepting: Accepting, place: OwnedSemaphorePermit) -> Option<Arrival> {
    let connection = accepting.await.ok()?;
    let (send, receive) = connection.accept_bi().await.ok()?;
    Some(Arrival { connection, send, receive, _place: place })
}
