//! Parcels that do not hold all that there is.

use std::collections::BTreeSet;

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::{BondId, Space};
use nightstand_engine::parcel::{self, Cut, Head, Missing, PARCEL_BYTES, ParcelError};
use nightstand_engine::random::Seeded;
use nightstand_engine::simulator::device::{Device, Person};
use nightstand_engine::simulator::store::DiskFull;
use nightstand_engine::simulator::talk::{couple, talk};
use nightstand_engine::store::{Store, Transaction};
use nightstand_engine::vector::VersionVector;
use nightstand_engine::wire::WireError;

use crate::lie::{Lie, document, honest_change, tell};

/// Sam's phone gave no tag under which its person's devices would take their own entries back.
#[test]
fn a_parcel_that_keeps_something_back_does_not_call_itself_whole() {
    for is_told in [false, true] {
        let [mut alex, mut sam] = couple(3);
        if is_told {
            let lie = Lie::by(&sam, sam.person(), Space::Mine);
            let chunk = honest_change(&lie.opening.log(), "hello");
            tell(&mut alex, &lie.change(document(1), chunk).plain()).expect("authentic");
        }
        let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
        let cut = Cut { most: PARCEL_BYTES, goes_on: &|| true };
        let config = alex.config(false, [1; 32], 0);
        let tx = alex.store.begin().expect("memory");
        let (readers, mut random) = ([sam.record()], Seeded::from_number(1));
        let made = parcel::make(&tx, &config, &readers, Head::default(), &mut outbox, &cut, &mut random);
        let made = made.expect("memory");
        assert_eq!((made.entries, outbox.held_back()), (0, is_told));

        let mut config = sam.config(false, [2; 32], 0);
        let mut sealed = parcel::open::<DiskFull>(&made.bytes, &config).expect("it is for Sam's phone");
        let introduced = sealed.introduce::<DiskFull>(&mut config).expect("from Alex's");
        let taken = parcel::take_in(sealed, introduced, &config, &mut sam.store, &|| true).expect("nothing is wrong");
        assert_eq!((taken.missing, taken.complete), (None, !is_told));
    }
}

/// A log of Sam's phone has two contents and is frozen on Alex's. Sam's tablet hands over both its own and what follows in that
/// log: what is its own comes in, and the frozen log stays as it is.
#[test]
fn a_frozen_log_holds_up_nothing_else_in_a_parcel() {
    let mut random = Seeded::from_number(5);
    let (alex, person) = (Person::make(1, &mut random), Person::make(2, &mut random));
    let bond = BondId::from_bytes([5; 16]);
    let mut reader = Device::new(&alex, &person, bond, 0, &mut random);
    let [phone, tablet] = [0, 1].map(|index| Device::new(&person, &alex, bond, index, &mut random));
    let mut own = [phone, tablet];
    let keys = [own[0].new_key(Space::Mine, &mut random), own[1].new_key(Space::Mine, &mut random)];
    own[0].write(keys[0], "from the phone", 0).expect("room");
    own[1].write(keys[1], "from the tablet", 0).expect("room");
    own[1].store.peers.push(own[0].own_record());
    assert!(talk(&mut own, 5, |_, sent| vec![sent.frame.clone()]).succeeded());
    let [phone, mut tablet] = own;
    assert_eq!(tablet.text(&keys[0]).as_deref(), Some("from the phone"));

    let log = phone.log(Space::Mine);
    let lie = Lie::by(&phone, phone.person(), Space::Mine);
    let opening = phone.store.stored.logs().find(|row| row.opening.log() == log).expect("it is open").opening;
    let lie = Lie { opening, head: opening.hash(), ..lie };
    tell(&mut reader, &lie.change(document(1), honest_change(&log, "another past")).plain()).expect("authentic");
    let mut tx = reader.store.begin().expect("memory");
    tx.set_frozen(&log, true).and_then(|()| tx.commit()).expect("there is room");

    let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
    outbox.send_whole();
    let mut sent = VersionVector::default();
    for text in ["from the tablet", "later from the tablet"] {
        let config = tablet.config(true, [1; 32], 0);
        let tx = tablet.store.begin().expect("memory");
        let cut = Cut { most: PARCEL_BYTES, goes_on: &|| true };
        let head = Head { base: sent.clone(), ..Head::default() };
        let readers = [reader.record()];
        let made = parcel::make(&tx, &config, &readers, head, &mut outbox, &cut, &mut random).expect("memory");
        drop(tx);
        sent = sent.with(&made.reaches);

        let mut config = reader.config(true, [2; 32], 0);
        let mut sealed = parcel::open::<DiskFull>(&made.bytes, &config).expect("it is for Alex's phone");
        let introduced = sealed.introduce::<DiskFull>(&mut config).expect("from Sam's tablet");
        let taken =
            parcel::take_in(sealed, introduced, &config, &mut reader.store, &|| true).expect("nothing is wrong");
        assert_eq!((taken.missing, taken.complete), (Some(Missing::Talk), true));
        assert_eq!(reader.text(&keys[1]).as_deref(), Some(text));
        assert_eq!(reader.text(&keys[0]), None);
        tablet.write(keys[1], "later ", 0).expect("room");
        outbox.look_again();
    }
    let row = reader.store.stored.logs().find(|row| row.opening.log() == log).expect("it is here");
    assert!(row.frozen && row.count == 1);
}

/// Messages that a later version may know, two bytes each and without end: they are not gone through one by one.
#[test]
fn a_parcel_of_nothing_but_unknown_messages_is_refused() {
    let [alex, sam] = couple(3);
    let (readers, mut random) = ([sam.record()], Seeded::from_number(1));
    let content = [8 << 1, 0].repeat(1 << 20);
    let bytes = parcel::seal_any(&content, &alex.config(false, [1; 32], 0), &readers, &mut random);
    let mut config = sam.config(false, [2; 32], 0);
    let mut sealed = parcel::open::<DiskFull>(&bytes, &config).expect("it is for Sam's phone");
    let refused = sealed.introduce::<DiskFull>(&mut config).err();
    assert!(matches!(refused, Some(ParcelError::Wire(WireError::TooLarge))), "{refused:?}");
}
