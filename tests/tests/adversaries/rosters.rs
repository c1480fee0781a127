//! Lists of devices that are made up, old, or somebody else's.

use nightstand_engine::frame::{FrameWriter, IfUnknown};
use nightstand_engine::ids::BondId;
use nightstand_engine::noise::TRANSPORT_OVERHEAD;
use nightstand_engine::random::{self, Seeded};
use nightstand_engine::roster::RosterError;
use nightstand_engine::session::{Event, Session, SessionError};
use nightstand_engine::simulator::device::{Device, Person};
use nightstand_engine::simulator::store::DiskFull;

use crate::sessions::talk_first_frame;

/// The message that brings a roster.
const ROSTER: u64 = 6;

struct Home {
    alex: Person,
    sam: Person,
    /// A device of Alex's, whose other one was removed, and Sam's phone, which knows.
    phones: [Device; 2],
}

fn home() -> Home {
    let mut random = Seeded::from_number(31);
    let (alex, sam) = (Person::make(2, &mut random), Person::make(1, &mut random));
    let bond = BondId::from_bytes(random::make_bytes(&mut random));
    let lost = Device::new(&alex, &sam, bond, 1, &mut random).device();
    let mut phones = [Device::new(&alex, &sam, bond, 0, &mut random), Device::new(&sam, &alex, bond, 0, &mut random)];
    let newer = alex.remove(&[lost], &phones[0], &mut random);
    phones.iter_mut().for_each(|phone| phone.take_roster(newer.clone()));
    Home { alex, sam, phones }
}

/// Alex's phone, which lies, sends this as a roster in the midst of a session. What Sam's phone says to it.
fn send(home: &mut Home, roster: &[u8]) -> Result<Vec<Event>, SessionError<DiskFull>> {
    let [alex, sam] = &mut home.phones;
    let mut lying = talk_first_frame(alex, sam);
    let mut answering = Session::respond(sam.config(false, [2; 32], 0));
    answering.handle_frame(&mut sam.store, &lying.1, 0).expect("a listed device");
    let answer = answering.poll_frame(&mut sam.store).expect("memory").expect("an answer");
    lying.0.read(&answer).expect("for us");
    let mut transport = lying.0.into_transport().expect("finished");
    let mut writer = FrameWriter::new();
    writer.push(ROSTER, IfUnknown::Refuse, roster);
    let frame = transport.seal(&writer.finish(TRANSPORT_OVERHEAD)).expect("small");
    answering.handle_frame(&mut sam.store, &frame, 0)?;
    Ok(std::iter::from_fn(|| answering.poll_event()).collect())
}

#[test]
fn no_roster_counts_but_a_newer_one_that_its_person_signed() {
    let mut home = home();
    let mallory = Person::make(1, &mut Seeded::from_number(32));
    // Mallory's list in Sam's name; Sam's own with a broken signature; and Mallory's own.
    let (name, sams) = (mallory.roster.roster().person, home.phones[1].person());
    let mut forged = mallory.roster.as_bytes().to_vec();
    let at = forged.windows(32).position(|bytes| bytes == name.as_bytes()).expect("it names its person");
    forged[at..at + 32].copy_from_slice(sams.as_bytes());
    let mut broken = home.sam.roster.as_bytes().to_vec();
    *broken.last_mut().expect("not empty") ^= 1;
    let before = home.phones[1].store.stored.clone();
    for (lie, error) in [
        (forged, RosterError::Forged),
        (broken, RosterError::Forged),
        (mallory.roster.as_bytes().to_vec(), RosterError::NotTheirs),
        // Alex's own first one, which lists the device that was removed.
        (home.alex.roster.as_bytes().to_vec(), RosterError::Stale),
    ] {
        assert_eq!(send(&mut home, &lie).map(drop), Err(SessionError::Roster(error)));
    }
    assert_eq!(home.phones[1].store.stored, before);
    assert_eq!(home.phones[1].parties().other().roster().epoch, 2);
    // An honest one is taken.
    let mut random = Seeded::from_number(33);
    let next = home.alex.remove(&[], &home.phones[0], &mut random);
    let told = send(&mut home, next.as_bytes()).expect("signed and newer");
    assert!(told.iter().any(|event| matches!(event, Event::Roster(roster) if *roster == next)));
}
