//! What the entries of a batch refer to: earlier entries, of the batch or here.

use super::{AdmitError, Intake, Refusal};
use crate::batch::{Dependency, EntryName};
use crate::change::Stripped;
use crate::hash::Hash;
use crate::ids::{DocumentId, DocumentKey, LogId, Place};
use crate::store::Transaction;
use crate::wire::WireError;

/// Most stored entries that are remembered while a batch is read.
const MOST_NAMED: usize = 16 * 1024;

/// What a reference to an entry stands for.
#[derive(Clone, Copy)]
pub(super) struct Named {
    document: DocumentId,
    digest: Hash,
    last_op: u64,
}

impl Intake<'_> {
    /// The document of the entry that a batch names, which has to be of this place.
    pub(super) fn named_document<T: Transaction>(
        &mut self,
        tx: &T,
        name: &EntryName,
        place: &Place,
    ) -> Result<DocumentId, AdmitError<T::Error>> {
        if self.place_of(&name.log)?.ok_or(WireError::Malformed)? != *place {
            return Err(Refusal::NotTheirs.into());
        }
        Ok(self.lookup(tx, name)?.document)
    }

    /// The place of a log's documents. None of a log that the batch does not name.
    fn place_of(&self, log: &LogId) -> Result<Option<Place>, Refusal> {
        match self.logs.get(log) {
            None if self.left_out.contains(log) => Err(Refusal::UnknownReference),
            named => Ok(named.map(|named| named.place)),
        }
    }

    fn lookup<T: Transaction>(&mut self, tx: &T, name: &EntryName) -> Result<Named, AdmitError<T::Error>> {
        if let Some(fresh) = self.fresh.get(&(name.log, name.number)) {
            let (_, last_op) = fresh.numbers();
            return Ok(Named { document: fresh.row.document, digest: fresh.row.digest, last_op });
        }
        if self.logs.get(&name.log).is_some_and(|named| named.replaces(name.number)) {
            return Err(Refusal::UnknownReference.into());
        }
        if let Some(named) = self.named.get(name) {
            return Ok(*named);
        }
        let stored = tx.reference(&name.log, name.number).map_err(AdmitError::Store)?;
        let row = stored.ok_or(AdmitError::Refused(Refusal::UnknownReference))?;
        let named = Named { document: row.document, digest: row.digest, last_op: row.last_op };
        if self.named.len() < MOST_NAMED {
            self.named.insert(*name, named);
        }
        Ok(named)
    }

    /// The number that its author gave the change before this entry, of the same document; 0 if this is the first.
    pub(super) fn sequence_before<T: Transaction>(
        &self,
        tx: &T,
        log: &LogId,
        key: &DocumentKey,
        number: u64,
    ) -> Result<u64, AdmitError<T::Error>> {
        let fresh = self.fresh.range((*log, 0)..(*log, number)).rev().find(|(_, fresh)| fresh.row.document == key.id);
        if let Some((_, fresh)) = fresh {
            return Ok(fresh.numbers().0);
        }
        let cut = self.logs.get(log).and_then(|state| state.dispute.as_ref()?.cut.as_ref());
        let number = cut.map_or(number, |(_, kept)| number.min(kept + 1));
        tx.sequence_before(log, key, number).map_err(AdmitError::Store)
    }

    /// Puts a change together again from its parts.
    #[expect(clippy::too_many_arguments, reason = "the parts of one change")]
    pub(super) fn rebuild<T: Transaction>(
        &mut self,
        tx: &T,
        author: &LogId,
        place: &Place,
        dependencies: &[Dependency],
        actors: &[LogId],
        operations: &[u8],
        sequence: u64,
    ) -> Result<Vec<u8>, AdmitError<T::Error>> {
        let mut last_op = 0;
        let mut digests = Vec::with_capacity(dependencies.len());
        for dependency in dependencies {
            let (digest, op) = match dependency {
                Dependency::First(kind) => (kind.first_change(), kind.first_last_op()),
                Dependency::Digest(digest) => (*digest, 0),
                Dependency::Entry(name) => {
                    if self.place_of(&name.log)? != Some(*place) {
                        return Err(Refusal::NotTheirs.into());
                    }
                    let named = self.lookup(tx, name)?;
                    (named.digest, named.last_op)
                }
            };
            last_op = last_op.max(op);
            digests.push(digest);
        }
        let start_op = last_op.checked_add(1).ok_or(Refusal::UnknownReference)?;
        let stripped = Stripped { dependencies: digests, sequence, start_op, actors: actors.to_vec(), operations };
        Ok(stripped.chunk(author))
    }
}
