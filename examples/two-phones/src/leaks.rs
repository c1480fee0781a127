//! Looking for private phrases where they must not be: in what phones sent, and in each other's file.

use std::collections::BTreeSet;

use crate::Trouble;
use crate::canaries::{Canaries, Search};
use crate::file::File;
use crate::protocol::Found;

/// What of both people's phrases was sent by one phone, or lies in its closed file.
pub(crate) fn search(sent: &[Vec<u8>], file: &File, own: &Canaries, partners: &Canaries) -> Result<Found, Trouble> {
    let (mut own_private, mut own_shared) = (Search::new(&own.private), Search::new(&own.shared));
    let (mut their_private, mut their_shared) = (Search::new(&partners.private), Search::new(&partners.shared));
    for plain in sent {
        own_private.look(plain);
        own_shared.look(plain);
        their_private.look(plain);
    }
    file.search(&mut [&mut their_private, &mut their_shared])?;
    let list = |search: Search<'_>| search.found().into_iter().map(str::to_owned).collect();
    Ok(Found {
        own: list(own_private),
        partners: list(their_private),
        own_shared: own_shared.found().len(),
        partners_shared: their_shared.found().len(),
    })
}

/// The private phrases that were found. A search that does not see what was shared is no search, and no answer.
pub(crate) fn leaked(found: Found, own: &Canaries, partners: &Canaries) -> Result<BTreeSet<String>, Trouble> {
    let Found { own: own_found, partners: partners_found, own_shared, partners_shared } = found;
    for (seen, of) in [(own_shared, own.shared.len()), (partners_shared, partners.shared.len())] {
        // A long text travels in pieces, and a phrase may stand across two.
        if of == 0 || seen * 10 < of * 9 {
            return Err(format!("the search is blind: it saw {seen} of {of} shared phrases").into());
        }
    }
    Ok(own_found.into_iter().chain(partners_found).collect())
}
