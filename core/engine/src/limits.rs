//! Every limit on what comes from outside, in one place.
//!
//! They are constants of the protocol: writers keep them by splitting, readers hold everybody to them. An authentic entry
//! over a limit is stored and set aside, so it never blocks its log; anything else over a limit ends the conversation.

/// Most bytes of one change. Writers split at a quarter of it.
pub const CHANGE_BYTES: usize = 256 * 1024;

/// Most operations of one change. A change of 104 bytes that claims a million makes Automerge take 453 MiB.
pub const CHANGE_OPERATIONS: usize = 32 * 1024;

/// Most operations of one document, counted along its longest history. About half a million keystrokes.
pub const DOCUMENT_OPERATIONS: u64 = 500_000;

/// Most dependencies and most other actors that one change may name.
pub const CHANGE_REFERENCES: usize = 256;

/// Most earlier operations that the operations of one change may overwrite, all together. One that is written over takes one
/// of them, or as many as stood side by side.
pub const CHANGE_PREDECESSORS: u64 = 128 * 1024;

/// Most bytes that a batch may inflate to.
pub const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Most operations of the changes of one batch. Bytes do not bound them: an empty value costs a change none.
pub const BATCH_OPERATIONS: u64 = 1024 * 1024;

/// How many bytes of entries a writer puts into a batch.
pub const BATCH_TARGET: usize = 1024 * 1024;

/// Most bytes of compressed batch that a receiver gathers before it must end.
pub const BATCH_PACKED_BYTES: usize = BATCH_BYTES + 64 * 1024;

/// Most bytes of changes of one document that wait for others and are looked at together, those that came first before the
/// rest. Changes arrive after what they build on, so that hardly any wait.
pub const WAITING_BYTES: usize = 4 * 1024 * 1024;

/// Most entries of one batch.
pub const BATCH_ENTRIES: usize = 16 * 1024;

/// Most logs of one person under a bond: each install of each of their devices opens two. The vectors of both persons then
/// fit into one frame.
pub const LOGS_PER_PERSON: usize = 1024;

/// Most bytes of one frame: what one Noise message holds.
pub const FRAME_BYTES: usize = 65_535;

/// Most bytes of a batch inside the second handshake message.
pub const FIRST_BATCH_BYTES: usize = 4 * 1024;

/// How many batches may be on their way unacknowledged.
pub const BATCHES_UNDER_WAY: usize = 2;
