//! `nightstand-testing`: Nightstand in an app's tests and previews.
//!
//! | for | there is |
//! |---|---|
//! | a vault that leaves nothing behind | [`scratch_vault`](scratch::scratch_vault) |
//! | the time | [`TestClock`](clock::TestClock): it stands still until it is moved |
//! | chance | a seed: equal seeds and equal calls give equal ids, keys and frames |
//! | the other phone | [`ScriptedPartner`](partner::ScriptedPartner): it pairs, writes, meets, and can fail |
//! | a full disk | [`set_disk`](scratch::set_disk) |
//! | previews | [`Couple`](couple::Couple): two paired vaults with something in them |
//!
//! # Why it is a library of its own
//!
//! An app's tests need what no app may have: ids and keys from a seed, a disk that is full at will. So this crate holds the
//! whole binding and adds a second module to it: `nightstand` is the same in both libraries, `nightstand_testing` is in this
//! one alone. In a build for tests or previews this library takes the place of the ordinary one, **under the ordinary one's
//! name**; both in one process would be two cores that do not know each other. What ships is built from `nightstand-ffi`,
//! which knows nothing of this crate, and from a core without its feature `testing`.
//!
//! # Why no vault in memory
//!
//! A vault is one file with two connections over a write-ahead log, and the core has no other kind. One that is only in
//! memory would be another store, and a test on it would test that. So a vault for a test lies in a folder that is removed
//! with it, and is as fast as on a phone, no faster.

pub mod clock;
pub mod couple;
pub mod partner;
pub mod scratch;

use nightstand::care::Item;
use nightstand::journal::{EntryId, Sharing};
use nightstand::sync::SyncReport;

uniffi::setup_scaffolding!("nightstand_testing");
nightstand_ffi::uniffi_reexport_scaffolding!();

uniffi::use_remote_type!(nightstand_ffi::EntryId);
uniffi::use_remote_type!(nightstand_ffi::Item);
uniffi::use_remote_type!(nightstand_ffi::Sharing);
uniffi::use_remote_type!(nightstand_ffi::SyncReport);
