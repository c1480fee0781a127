//! Roads without a conversation, with Alex's devices and Sam's.

mod bundle;
mod mailbox;
mod once;
