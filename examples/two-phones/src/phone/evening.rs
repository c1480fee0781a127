//! Both phones open at the same time: the conversation stays open, and each writes when it is its turn.

use nightstand::error::NightstandError;
use nightstand::journal::{EntryDraft, Sharing};
use nightstand::sync::{Conversation, Talk};
use nightstand::vault::Vault;

use super::pages;
use crate::Trouble;
use crate::protocol::Stay;

/// A conversation, and what this phone does while it lasts.
pub(super) struct Evening {
    pub(super) conversation: Conversation,
    vault: Vault,
    /// To be written, and the title that it waits for.
    turn: Option<(EntryDraft, Sharing, Option<String>)>,
    until: Option<String>,
}

impl Evening {
    pub(super) fn new(conversation: Conversation, vault: &Vault, stay: Option<Stay>) -> Result<Self, Trouble> {
        let (mut turn, mut until) = (None, None);
        if let Some(stay) = stay {
            turn = Some((pages::draft(&stay.write)?, pages::sharing(stay.write.space), stay.after));
            until = stay.until;
        }
        Ok(Self { conversation, vault: vault.clone(), turn, until })
    }

    /// Writes, or leaves, if it is time for it.
    fn act(&mut self) -> Result<bool, NightstandError> {
        let is_here = |title: &Option<String>| match title {
            Some(title) => Ok(pages::look_for(&self.vault, title)?.is_some()),
            None => Ok::<_, NightstandError>(true),
        };
        match &self.turn {
            Some((entry, sharing, after)) if is_here(after)? => {
                self.vault.journal().write(entry, *sharing)?;
                self.turn = None;
                Ok(true)
            }
            None if self.until.is_some() && is_here(&self.until)? => {
                self.until = None;
                self.conversation.leave();
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

impl Talk for Evening {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        self.conversation.handle_frame(frame)
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        let frame = self.conversation.poll_frame()?;
        let idle = frame.is_none() && self.conversation.is_level();
        if idle && self.act()? { self.conversation.poll_frame() } else { Ok(frame) }
    }

    fn is_over(&self) -> bool {
        self.conversation.is_over()
    }

    fn leave(&mut self) -> bool {
        Talk::leave(&mut self.conversation)
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        self.conversation.handle_timeout()
    }
}
