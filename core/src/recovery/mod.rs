//! What a person can do when phones are lost, and beforehand.
//!
//! Everything begins with the [recovery phrase](phrase): 24 words that stand for the person. A [backup] is all that a
//! vault holds in one sealed file; an [archive] is the same on a storage, kept up to date.

pub mod archive;
pub mod backup;
pub mod phrase;
