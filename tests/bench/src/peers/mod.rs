//! Those that Nightstand is measured against, a file each. What each counts as a message stands
//! in its file; what holds for all stands in [`pair`](crate::pair).

mod automerge;
mod loro;
mod samod;
mod yrs;

use crate::pair::Pair;

/// Two phones of the peer of that name (the names stand with the rows).
pub(crate) fn open(name: &str, seed: u64) -> Box<dyn Pair> {
    match name {
        "automerge" => Box::new(automerge::Automerge::new(seed, Layout::DocumentPerEntry)),
        "automerge, one document" => Box::new(automerge::Automerge::new(seed, Layout::OneDocument)),
        "samod" => Box::new(samod::Samod::new()),
        "yrs" => Box::new(yrs::Yrs::new(seed, yrs::Encoding::V1)),
        "yrs v2" => Box::new(yrs::Yrs::new(seed, yrs::Encoding::V2)),
        "loro" => Box::new(loro::Loro::new(seed, Layout::DocumentPerEntry)),
        "loro, one document" => Box::new(loro::Loro::new(seed, Layout::OneDocument)),
        _ => panic!("no peer is called {name}"),
    }
}

/// One document for everything is there for reference. It is no way to keep a diary: all of it is
/// in memory to show a line of it, and none of it can be shared or forgotten alone.
#[derive(Clone, Copy)]
enum Layout {
    DocumentPerEntry,
    OneDocument,
}

/// The name of an entry within one document.
fn key(entry: usize) -> String {
    format!("entry-{entry:08}")
}

#[cfg(test)]
mod tests {
    use crate::{
        pair,
        rows::{OURS, open},
        work,
    };

    /// Not samod: it can only be waited for.
    #[test]
    fn everybody_does_the_work() {
        for name in [OURS, "automerge", "automerge, one document", "yrs", "yrs v2", "loro", "loro, one document"] {
            let mut pair = open(name, 7);
            let entries = work::entries(10, 7);
            let first = pair::first_sync(&mut *pair, &entries);
            let idle = pair::idle_sync(&mut *pair, &entries);
            let edits = pair::edits_sync(&mut *pair, &entries, 7);
            assert!(first.a_to_b > first.b_to_a, "{name}: A had everything");
            assert!(idle.bytes() < edits.bytes(), "{name}: nothing costs less than something");
        }
    }
}
