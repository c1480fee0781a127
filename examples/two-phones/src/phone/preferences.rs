//! What this phone's person wants afterwards, and what it knows of the partner.

use nightstand::care::{Item, ItemDraft, ItemRow, Stance, Whose};
use nightstand::vault::Vault;

use super::Phone;
use crate::Trouble;
use crate::protocol::{Feels, Preferences, Reply, Said};

impl Phone {
    pub(super) fn prefer(&self, said: &[Said]) -> Result<Reply, Trouble> {
        say(&self.vault, said)?;
        Ok(Reply::Done)
    }

    pub(super) fn preferences(&self) -> Result<Reply, Trouble> {
        Ok(Reply::Preferences(known(&self.vault)?))
    }
}

/// Says what somebody wants, and shares what is to be shared.
pub(crate) fn say(vault: &Vault, said: &[Said]) -> Result<(), Trouble> {
    let preferences = vault.preferences();
    for Said { item, feels, note, shared } in said {
        let item: Item = item.parse()?;
        let draft = ItemDraft { stance: Some(stance(*feels)), note: Some(note.clone()), ..ItemDraft::default() };
        let seen = preferences.read(&item)?;
        let view = preferences.set(&item, &draft, &seen.version)?;
        if *shared {
            preferences.share(&item, &view.version)?;
        }
    }
    Ok(())
}

/// What a phone knows of what both want.
pub(crate) fn known(vault: &Vault) -> Result<Preferences, Trouble> {
    let list = |whose| -> Result<Vec<Said>, Trouble> {
        Ok(vault.preferences().list(whose)?.items.into_iter().filter_map(said).collect())
    };
    Ok(Preferences { mine: list(Whose::Me)?, partners: list(Whose::Partner)? })
}

fn said(row: ItemRow) -> Option<Said> {
    let feels = match row.stance? {
        Stance::Never => Feels::Never,
        Stance::NotNow { .. } => Feels::NotNow,
        Stance::Open => Feels::Open,
        Stance::Like => Feels::Like,
        Stance::Love => Feels::Love,
    };
    Some(Said { item: row.item.to_string(), feels, note: row.note, shared: row.shared })
}

fn stance(feels: Feels) -> Stance {
    match feels {
        Feels::Never => Stance::Never,
        Feels::NotNow => Stance::NotNow { until_ms: None },
        Feels::Open => Stance::Open,
        Feels::Like => Stance::Like,
        Feels::Love => Stance::Love,
    }
}
