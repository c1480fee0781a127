//! Roads without a conversation, with Alex's devices and Sam's.

mod bundle;
mod mailbox;
mod once;
mod mailbox_devices;
mod mailbox_faults;
mod mailbox_histories;
mod shelf;
