//! What a stranger who speaks QUIC by hand can do.

use std::net::Ipv4Addr;
use std::time::Duration;

use ::iroh::endpoint::{Connection, PortmapperConfig, presets};
use ::iroh::{Endpoint, EndpointAddr, EndpointId, SecretKey};
use tokio::runtime::Runtime;

use super::listen::PLACES;
use super::{ALPN, IrohPipe, IrohRoad};
use crate::transport::{Pipe, PipeError};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_frame_that_is_half_there_is_whole_later() {
    let (sam, robin) = (road(), Stranger::new());
    robin.runtime.block_on(async {
        let connection = robin.connect(&sam).await.unwrap();
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        send.write_all(&[5]).await.unwrap();
        let mut pipe = sam.accept(LONG).unwrap().unwrap();
        for piece in [&[0][..], b"wh"] {
            assert_eq!(pipe.receive(Duration::from_millis(5)), Ok(None));
            send.write_all(piece).await.unwrap();
        }
        assert_eq!(pipe.receive(Duration::from_millis(5)), Ok(None));
        send.write_all(b"ole\x01").await.unwrap();
        assert_eq!(pipe.receive(LONG), Ok(Some(b"whole".to_vec())));
        // What is half there at the end never was.
        send.finish().unwrap();
        assert_eq!(pipe.receive(LONG), Err(PipeError::Closed));
    });
}

#[test]
fn a_side_that_vanishes_is_the_end() {
    let sam = road();
    // This runtime does nothing except in `block_on`: afterwards not a packet comes from it.
    let robin = Stranger::on(tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    let (_send, _receive, (_sam, mut pipe)) = robin.runtime.block_on(async {
        let connection = robin.connect(&sam).await.unwrap();
        let (mut send, receive) = connection.open_bi().await.unwrap();
        send.write_all(b"\x02\0hi").await.unwrap();
        let taken = tokio::task::spawn_blocking(move || {
            let mut pipe = sam.accept(LONG).unwrap().unwrap();
            assert_eq!(pipe.receive(LONG), Ok(Some(b"hi".to_vec())));
            (sam, pipe)
        });
        (send, receive, taken.await.unwrap())
    });
    assert_eq!(pipe.receive(Duration::from_secs(30)), Err(PipeError::Closed));
}

#[test]
fn a_second_stream_is_not_to_be_had() {
    let (sam, robin) = (road(), Stranger::new());
    robin.runtime.block_on(async {
        let connection = robin.connect(&sam).await.unwrap();
        let _first = connection.open_bi().await.unwrap();
        let brief = Duration::from_millis(50);
        assert!(tokio::time::timeout(brief, connection.open_bi()).await.is_err());
        assert!(tokio::time::timeout(brief, connection.open_uni()).await.is_err());
        assert!(connection.max_datagram_size().is_none());
    });
}

#[test]
fn what_a_stranger_may_send_before_it_is_taken_is_bounded() {
    let (sam, robin) = (road(), Stranger::new());
    robin.runtime.block_on(async {
        let connection = robin.connect(&sam).await.unwrap();
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        let mut written = 0;
        while let Ok(Ok(())) = tokio::time::timeout(Duration::from_millis(200), send.write_all(&[0; 1024])).await {
            written += 1024;
        }
        let arrived = connection.stats().udp_tx.bytes;
        assert!(arrived < 200 * 1024, "{arrived} bytes left of {written}");
    });
}

#[test]
fn strangers_fill_only_the_places_there_are_and_leave_them_again() {
    let (sam, robin) = (road(), Stranger::new());
    let mut held = Vec::new();
    let mut refused = 0;
    robin.runtime.block_on(async {
        for _ in 0..2 * PLACES {
            match robin.connect(&sam).await {
                Ok(connection) => held.push(connection),
                Err(()) => refused += 1,
            }
        }
    });
    assert_eq!((held.len(), refused), (PLACES, PLACES));
    assert!(sam.accept(Duration::ZERO).unwrap().is_none(), "who says nothing is not heard of");
    let alex = IrohRoad::bind([1; 32], (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    assert_eq!(dial(&alex, &sam).err(), Some(PipeError::Unreachable));

    held.drain(..).for_each(|connection| connection.close(0_u32.into(), b""));
    // The strangers' farewell may be behind alex's first packets.
    let mut pipe = (0..100).find_map(|_| dial(&alex, &sam).ok()).unwrap();
    pipe.send(b"at last").unwrap();
    let mut taken = sam.accept(LONG).unwrap().unwrap();
    assert_eq!(taken.receive(LONG), Ok(Some(b"at last".to_vec())));
}

fn road() -> IrohRoad {
    IrohRoad::bind([2; 32], (Ipv4Addr::LOCALHOST, 0).into()).unwrap()
}

fn dial(alex: &IrohRoad, sam: &IrohRoad) -> Result<IrohPipe, PipeError> {
    alex.dial(sam.endpoint_id(), &sam.addresses(), LONG)
}

/// An endpoint that follows no rules but QUIC's.
struct Stranger {
    runtime: Runtime,
    endpoint: Endpoint,
}

impl Stranger {
    fn new() -> Self {
        Self::on(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
    }

    fn on(runtime: Runtime) -> Self {
        let builder = Endpoint::builder(presets::Minimal)
            .secret_key(SecretKey::from_bytes(&[3; 32]))
            .portmapper_config(PortmapperConfig::Disabled)
            .clear_ip_transports()
            .bind_addr((Ipv4Addr::LOCALHOST, 0))
            .unwrap();
        let endpoint = runtime.block_on(builder.bind()).unwrap();
        Self { runtime, endpoint }
    }

    async fn connect(&self, road: &IrohRoad) -> Result<Connection, ()> {
        let id = EndpointId::from_bytes(&road.endpoint_id()).unwrap();
        let to = road.addresses().into_iter().fold(EndpointAddr::new(id), EndpointAddr::with_ip_addr);
        self.endpoint.connect(to, ALPN).await.map_err(|_| ())
    }
}
