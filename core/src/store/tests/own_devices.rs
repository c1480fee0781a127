//! Two devices of one person that know of each other what they are told.

use automerge::Automerge;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, DocumentRow, Transaction};

use super::Phone;
use crate::store::places;
use crate::vault::{OpenOptions, Vault};

impl Phone {
    /// Another device of this phone's person, that has all that this one has so far. It writes logs of its own.
    pub(crate) fn another_device(&self, number: u8) -> Vault {
        let options = OpenOptions::new(self.copy_as(&format!("device-{number}.db")), self.key(), [0xd0 + number; 16]);
        Vault::open_with(options.clock(std::sync::Arc::new(super::Noon)).seed([0xd0 + number; 32])).unwrap()
    }
}

/// Both have what either has.
pub(crate) fn meet_own(one: &Vault, other: &Vault) {
    tell(one, other, |_| true);
    tell(other, one, |_| true);
}

/// The partner has all that is not private. Not by its logs, in which there is nothing of what another device wrote.
pub(crate) fn tell_partner(from: &Vault, to: &Vault) {
    tell(from, to, |space| space != Space::Private);
}

/// `to` has what `from` has, of these places.
pub(crate) fn tell(from: &Vault, to: &Vault, which: impl Fn(Space) -> bool) {
    let keys = from.read(|rows, _| {
        let sql = "SELECT place.space, place.bond, place.owner, document.document
                   FROM document JOIN place ON place.id = document.place WHERE document.kind != 0";
        Ok(rows.all(sql, [], |row| {
            Ok(DocumentKey { place: places::read(row, 0)?, id: DocumentId::from_bytes(row.get(3)?) })
        })?)
    });
    for key in keys.unwrap().into_iter().filter(|key| which(key.place.space())) {
        let theirs = from.read(|rows, _| Ok(rows.document(&key)?)).unwrap().unwrap();
        let told = to.write(|tx| {
            match (theirs, tx.document(&key)?) {
                (_, Some(DocumentRow::Buried)) => {}
                (DocumentRow::Buried, ours) => {
                    // Whoever ended it had seen all of it.
                    let heads = match ours {
                        Some(DocumentRow::Alive { stored, .. }) => Document::load(&stored).unwrap().heads(),
                        _ => Vec::new(),
                    };
                    tx.bury(&Burial { key, by: from.person(), heads })?;
                }
                (DocumentRow::Alive { kind, stored }, ours) => {
                    let mut merged = match &ours {
                        Some(DocumentRow::Alive { stored, .. }) => load(stored),
                        _ => kind.new_document(),
                    };
                    merged.merge(&mut load(&stored)).unwrap();
                    put(tx, &key, kind, &merged)?;
                }
            }
            Ok(())
        });
        told.unwrap();
    }
}

fn put(
    tx: &mut crate::store::StoreTx<'_>,
    key: &DocumentKey,
    kind: Kind,
    merged: &Automerge,
) -> Result<(), crate::error::NightstandError> {
    Ok(tx.put_document(key, kind, merged, &merged.save())?)
}

fn load(stored: &[u8]) -> Automerge {
    Document::load(stored).unwrap().into_automerge()
}
