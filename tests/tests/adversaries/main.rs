//! A partner's phone that lies, and a network that meddles: each ends as the design says, with the victim's vault unchanged.

mod changes;
mod lie;
mod logs;
mod parcels;
mod rosters;
mod sessions;
