//! Roads without a conversation, with Alex's devices and Sam's.

mod bundle;
mod mailbox;
mod mailbox_devices;
mod mailbox_faults;
mod mailbox_histories;
mod mailbox_http;
mod once;
pub(crate) mod shelf;
