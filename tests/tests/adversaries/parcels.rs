//! Parcels that do not hold all that there is.

use std::collections::BTreeSet;

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::Space;
use nightstand_engine::parcel::{self, Cut, Head, PARCEL_BYTES, ParcelError};
use nightstand_engine::random::Seeded;
use nightstand_engine::simulator::store::DiskFull;
use nightstand_engine::simulator::talk::couple;
use nightstand_engine::store::Store;
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
