//! Copies for both, of what somebody made alone before there was a partner.
//!
//! The original stays as it is, and each goes its own way from there. A copy holds what its sort says that it holds, read and
//! written anew, and nothing else of the original; its id follows from the original's and the bond, so that copying twice, or on
//! two devices, makes one. An id is 16 random bytes, so the copy's tells nothing of it.

use nightstand_engine::ids::Place;

use super::{Name, Places, RecordId, find, read};
use crate::error::NightstandError;
use crate::store::Rows;

/// An original, and where its copy goes.
pub(crate) struct Copying {
    pub(crate) from: Name<'static>,
    pub(crate) to: Name<'static>,
    /// It was copied before: then it stays as both have it.
    pub(crate) stands: bool,
}

impl Copying {
    /// Errors: `NotPaired`; `NotFound` for what is not one's own alone; `Deleted` if it, or the copy, was deleted;
    /// `PrivateLocked`.
    pub(crate) fn of(
        rows: &Rows<'_>,
        places: &Places,
        what: &'static str,
        id: &RecordId,
    ) -> Result<Self, NightstandError> {
        let joint = places.shared()?.joint;
        let from = find(rows, [places.private], what, *id)?;
        let to = Name { what, id: derive_copy_id(what, id, &joint), place: joint };
        Ok(Self { from, to, stands: read(rows, &to)?.is_some() })
    }
}

/// The id of the copy that this bond has of a record.
pub(crate) fn derive_copy_id(what: &str, id: &RecordId, joint: &Place) -> RecordId {
    let mut hasher = blake3::Hasher::new_derive_key("nightstand 1 copy for both");
    let bond = joint.bond();
    let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
    for field in [what.as_bytes(), id.as_bytes(), bond] {
        hasher.update(&(field.len() as u64).to_le_bytes()).update(field);
    }
    let mut copy = [0; 16];
    hasher.finalize_xof().fill(&mut copy);
    RecordId::from_bytes(copy)
}
