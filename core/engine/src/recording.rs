//! What a session or a pairing sent, as it was before encryption: for a check that nothing private leaves. Without the
//! feature `recording` nothing is kept, and no app has that feature.

/// The plaintext of every frame, and of every batch once more as it was before it was packed.
#[derive(Default)]
pub(crate) struct Recording {
    #[cfg(feature = "recording")]
    sent: Vec<Vec<u8>>,
}

#[cfg(feature = "recording")]
impl Recording {
    pub(crate) fn keep(&mut self, frame: &[u8]) {
        self.sent.push(frame.to_vec());
    }

    pub(crate) fn keep_batch(&mut self, packed: &[u8]) {
        self.sent.push(crate::batch::unpack(packed).expect("it was packed here"));
    }

    pub(crate) fn sent(&self) -> impl Iterator<Item = &[u8]> {
        self.sent.iter().map(Vec::as_slice)
    }
}

#[cfg(not(feature = "recording"))]
impl Recording {
    pub(crate) fn keep(&mut self, _: &[u8]) {}

    pub(crate) fn keep_batch(&mut self, _: &[u8]) {}
}
