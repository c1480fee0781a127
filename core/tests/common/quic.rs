//! Roads over QUIC on this computer.
#![allow(dead_code, reason = "each test file uses a part")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use nightstand::transport::Pipe;
use nightstand::transport::iroh::{IrohPipe, IrohRoad};

/// More than anything needs on a busy machine; nothing waits so long if the road is good.
const LONG: Duration = Duration::from_secs(60);

pub(crate) fn road(seed: u8) -> IrohRoad {
    road_of([seed; 32])
}

pub(crate) fn road_of(key: [u8; 32]) -> IrohRoad {
    IrohRoad::bind(key, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

/// The first one dials. The other side hears of it with the first frame.
pub(crate) fn meet(dialling: &IrohRoad, accepting: &IrohRoad) -> (IrohPipe, IrohPipe) {
    let mut there = dialling.dial(accepting.endpoint_id(), &accepting.addresses(), LONG).unwrap();
    there.send(b"hello").unwrap();
    let mut here = accepting.accept(LONG).unwrap().unwrap();
    assert_eq!(here.receive(LONG), Ok(Some(b"hello".to_vec())));
    (there, here)
}
