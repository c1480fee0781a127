//! What this device remembers of its mailbox.

use nightstand_engine::mailbox::Posts;

use super::{Rows, StoreError, StoreTx};

/// In `meta`.
const POSTS: &str = "posts";

impl Rows<'_> {
    /// Nothing is remembered that can't be read: lanes are opened anew then.
    pub(crate) fn posts(&self) -> Result<Posts, StoreError> {
        let kept: Option<Vec<u8>> = self.meta(POSTS)?;
        Ok(kept.and_then(|bytes| Posts::parse(&bytes).ok()).unwrap_or_default())
    }
}

impl StoreTx<'_> {
    pub(crate) fn put_posts(&mut self, posts: &Posts) -> Result<(), StoreError> {
        self.rows().set_meta(POSTS, posts.to_bytes())
    }
}
