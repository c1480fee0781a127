//! What a pairing sent, as it was before encryption: for a check that nothing private leaves. Without the feature
//! `recording` nothing is kept, and no app has that feature.

/// The plaintext of every frame.
#[derive(Default)]
pub(super) struct Recording {
    #[cfg(feature = "recording")]
    sent: Vec<Vec<u8>>,
}

#[cfg(feature = "recording")]
impl Recording {
    pub(super) fn keep(&mut self, plain: &[u8]) {
        self.sent.push(plain.to_vec());
    }

    pub(super) fn sent(&self) -> impl Iterator<Item = &[u8]> {
        self.sent.iter().map(Vec::as_slice)
    }
}

#[cfg(not(feature = "recording"))]
impl Recording {
    pub(super) fn keep(&mut self, _: &[u8]) {}
}
