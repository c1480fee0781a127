//! A pairing or a conversation whose frames pass through the runner.

use data_encoding::BASE64;
use nightstand::pairing::PairingTalk;
use nightstand::sync::Conversation;

use crate::Trouble;
use crate::protocol::Reply;

pub(super) enum Talking {
    Pairing {
        talk: Box<PairingTalk>,
        /// The code was shown.
        asked: bool,
    },
    Sync {
        talk: Box<Conversation>,
        /// As it was said last.
        handed_over: u64,
    },
}

impl Talking {
    pub(super) fn handle_frame(&mut self, base64: &str) -> Result<(), Trouble> {
        let frame = BASE64.decode(base64.as_bytes())?;
        match self {
            Self::Pairing { talk, .. } => talk.handle_frame(&frame)?,
            Self::Sync { talk, .. } => talk.handle_frame(&frame)?,
        }
        Ok(())
    }

    pub(super) fn poll_frame(&mut self) -> Result<Option<Reply>, Trouble> {
        let frame = match self {
            Self::Pairing { talk, .. } => talk.poll_frame()?,
            Self::Sync { talk, .. } => talk.poll_frame()?,
        };
        Ok(frame.map(|frame| Reply::Frame { base64: BASE64.encode(&frame) }))
    }
}
