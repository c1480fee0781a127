//! A mailbox: any dumb storage where devices that are never awake together leave each other parcels.
//!
//! ```text
//! name := lane(32 hex digits) "-" number(10 digits)        a blob: one parcel
//! ```
//!
//! **Lanes.** Each device writes in a lane of its own, one for the partner's devices and one for its person's other devices, and
//! in a new one once it has other keys. Nobody else writes there, and a number is used once: no lock, no comparing and
//! swapping, no clock. A lane's name is random and says nothing. It is neither derived nor told beforehand: whoever finds a
//! lane tries whether its newest blob opens, and the blob says whose it is. (A name that is derived needs a secret that all
//! readers have, now and later; a removed device would have it too, and could follow the lanes for ever. A directory would be
//! one more thing that can be stale. To try costs one blob for each lane that is for others, once.)
//!
//! **Blobs.** Each says what it builds on, and is taken in when that is here; so no blob needs the one before it to be
//! there, only what that one said, by whichever road it came. It also says what its writer has: that is how a writer learns
//! that its blobs did their work, and deletes them. Who took something in and has nothing to say leaves a blob without
//! entries, and only the newest of those stays. It says as well up to which number it has read each lane: a device that was put
//! back from a copy, and would use numbers again, hears so that it has to go on in a new lane. What lies in a lane that was left
//! stays until its readers have answered to the new one.
//!
//! **Whatever the storage does**, it can only withhold: a blob that is missing, older than what was read, half there or under
//! another name is passed over. If a reader finds, twice in a row, only blobs that build on what it lacks, it says so in
//! its own next blob, and the writer begins anew from what its readers are known to have. It does so as well when its own blobs are
//! gone before their time, when a reader comes to it that could not open the earlier ones, and when something was
//! deleted: then the earlier blobs, which may hold it, go.
//!
//! What a lane's owner of the storage sees: how many lanes there are, when they are written and read, and sizes in steps.
//!
//! [`Posts`] is what a device remembers of all this. Losing it does no harm: new lanes are opened, and what was handed over
//! goes over once more.

mod posts;

use std::collections::{BTreeMap, BTreeSet};

pub use posts::{Begun, Heard, Lanes, Posts};

/// A lane's random name.
pub type Lane = [u8; 16];

/// Most lanes and most blobs of a lane that are looked at: what a storage lists beyond is passed over.
const MOST_LANES: usize = 256;
const MOST_BLOBS: usize = 4096;

/// Where a blob lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BlobName {
    /// Its lane.
    pub lane: Lane,
    /// Its number there, from 1.
    pub number: u64,
}

impl BlobName {
    /// The name as a storage has it.
    pub fn to_text(&self) -> String {
        format!("{}-{:010}", data_encoding::HEXLOWER.encode(&self.lane), self.number)
    }

    /// Reads a name. None for whatever else lies there, as a copy that a service made of a blob.
    pub fn parse(text: &str) -> Option<Self> {
        let (lane, number) = text.split_once('-')?;
        let lane = data_encoding::HEXLOWER.decode(lane.as_bytes()).ok()?.try_into().ok()?;
        let digits = number.len() == 10 && number.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.then(|| number.parse().ok())?.filter(|number| *number > 0)?;
        Some(Self { lane, number })
    }
}

/// What lies in a mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing(BTreeMap<Lane, BTreeSet<u64>>);

impl Listing {
    /// The blobs among these names: those that `posts` has to do with before the rest, of which there may be any number.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>, posts: &Posts) -> Self {
        let names = names.into_iter().filter_map(BlobName::parse);
        let (mut names, rest): (Vec<_>, Vec<_>) = names.partition(|name| posts.has_to_do_with(&name.lane));
        names.extend(rest);
        let mut lanes = BTreeMap::<Lane, BTreeSet<u64>>::new();
        for name in names {
            if lanes.len() < MOST_LANES || lanes.contains_key(&name.lane) {
                let blobs = lanes.entry(name.lane).or_default();
                if blobs.len() < MOST_BLOBS {
                    blobs.insert(name.number);
                }
            }
        }
        Self(lanes)
    }

    /// The blobs of a lane.
    pub fn of_lane(&self, lane: &Lane) -> Vec<BlobName> {
        self.numbers(lane).map(|number| BlobName { lane: *lane, number }).collect()
    }

    fn has(&self, lane: &Lane) -> bool {
        self.0.contains_key(lane)
    }

    fn numbers(&self, lane: &Lane) -> impl DoubleEndedIterator<Item = u64> {
        self.0.get(lane).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_else_is_one() {
        let name = BlobName { lane: [0xab; 16], number: 42 };
        let text = name.to_text();
        assert_eq!(text, "abababababababababababababababab-0000000042");
        assert_eq!(BlobName::parse(&text), Some(name));
        let upper = text.to_uppercase();
        for other in [&format!("{text} (1)"), &format!(".{text}.icloud"), &format!("{text}.tmp"), &upper, "", "-"] {
            assert_eq!(BlobName::parse(other), None, "{other}");
        }
    }
}
